//! The rows of a finished execution: written once, as they come, to memory or, when they are many,
//! to a file that has no name and so is gone with the process; read in pages.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tempfile::{SpooledData, SpooledTempFile};

use crate::engine::{Column, Row};

/// Results up to this size stay in memory.
const IN_MEMORY: usize = 64 << 10;
/// The place of every so-manieth row is remembered.
const BLOCK: usize = 512;

/// What all results together take.
#[derive(Debug, Clone, Default)]
pub(super) struct Room(Arc<AtomicU64>);

impl Room {
    /// In bytes.
    pub(super) fn taken(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// One result's part of it, given back when it is dropped.
#[derive(Debug)]
struct Taken {
    room: Room,
    bytes: u64,
}

impl Drop for Taken {
    fn drop(&mut self) {
        self.room.0.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

/// The rows of an execution.
#[derive(Debug)]
pub(crate) struct StoredResult {
    pub(crate) columns: Vec<Column>,
    pub(crate) rows: usize,
    /// The length of all values and one line of column names, as text.
    pub(crate) text_bytes: u64,
    /// What the statement did, where it was more than reading: `CREATE TABLE`.
    pub(crate) update_type: Option<&'static str>,
    data: Data,
    blocks: Vec<u64>,
    taken: Taken,
}

#[derive(Debug)]
enum Data {
    Memory(Vec<u8>),
    Disk(Mutex<File>),
}

impl StoredResult {
    /// The rows from `offset` on, at most `limit`.
    pub(crate) fn page(&self, offset: usize, limit: usize) -> io::Result<Vec<Row>> {
        let end = offset.saturating_add(limit).min(self.rows);
        if offset >= end {
            return Ok(Vec::new());
        }
        let first = offset / BLOCK;
        let from = self.blocks.get(first).copied().unwrap_or(self.taken.bytes);
        let to = self
            .blocks
            .get(end.div_ceil(BLOCK))
            .copied()
            .unwrap_or(self.taken.bytes);
        let text = self.read(from, to)?;
        let skipped = offset - first * BLOCK;
        text.split(|byte| *byte == b'\n')
            .skip(skipped)
            .take(end - offset)
            .map(|line| serde_json::from_slice(line).map_err(io::Error::from))
            .collect()
    }

    fn read(&self, from: u64, to: u64) -> io::Result<Vec<u8>> {
        let length = usize::try_from(to.saturating_sub(from)).map_err(io::Error::other)?;
        match &self.data {
            Data::Memory(bytes) => {
                let from = usize::try_from(from).map_err(io::Error::other)?;
                let part = bytes.get(from..from.saturating_add(length));
                part.map(<[u8]>::to_vec)
                    .ok_or(io::ErrorKind::UnexpectedEof.into())
            }
            Data::Disk(file) => {
                let mut part = vec![0; length];
                let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
                file.seek(SeekFrom::Start(from))?;
                file.read_exact(&mut part)?;
                Ok(part)
            }
        }
    }
}

/// Takes the rows of an execution as they come.
pub(crate) struct ResultWriter {
    columns: Vec<Column>,
    file: SpooledTempFile,
    line: Vec<u8>,
    rows: usize,
    blocks: Vec<u64>,
    bytes: u64,
    text_bytes: u64,
    limit: u64,
    room: Room,
}

impl ResultWriter {
    /// A result of these columns that may take `limit` bytes, and goes to `folder` if it is large.
    pub(crate) fn new(columns: Vec<Column>, folder: &Path, limit: u64, room: Room) -> Self {
        let header: usize = columns.iter().map(|column| column.name.len() + 1).sum();
        Self {
            columns,
            file: tempfile::spooled_tempfile_in(IN_MEMORY, folder),
            line: Vec::new(),
            rows: 0,
            blocks: Vec::new(),
            bytes: 0,
            text_bytes: header as u64,
            limit,
            room,
        }
    }

    pub(crate) fn push(&mut self, row: &Row) -> io::Result<()> {
        if self.rows.is_multiple_of(BLOCK) {
            self.blocks.push(self.bytes);
        }
        self.line.clear();
        serde_json::to_writer(&mut self.line, row)?;
        self.line.push(b'\n');
        self.bytes += self.line.len() as u64;
        if self.bytes > self.limit {
            let message = format!(
                "the result is larger than the {} bytes that are kept",
                self.limit
            );
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, message));
        }
        self.file.write_all(&self.line)?;
        self.text_bytes += text_bytes(row);
        self.rows += 1;
        Ok(())
    }

    pub(crate) fn finish(self) -> io::Result<StoredResult> {
        let data = match self.file.into_inner() {
            SpooledData::InMemory(cursor) => {
                let mut bytes = cursor.into_inner();
                bytes.shrink_to_fit();
                Data::Memory(bytes)
            }
            SpooledData::OnDisk(file) => Data::Disk(Mutex::new(file)),
        };
        Ok(StoredResult {
            columns: self.columns,
            rows: self.rows,
            text_bytes: self.text_bytes,
            update_type: None,
            data,
            blocks: self.blocks,
            taken: {
                self.room.0.fetch_add(self.bytes, Ordering::Relaxed);
                Taken {
                    room: self.room,
                    bytes: self.bytes,
                }
            },
        })
    }
}

/// The length of a row as text, a separator after each value.
pub(crate) fn text_bytes(row: &Row) -> u64 {
    let length = |value: &serde_json::Value| match value {
        serde_json::Value::Null => 0,
        serde_json::Value::String(text) => text.len(),
        other => other.to_string().len(),
    };
    row.iter().map(|value| length(value) as u64 + 1).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn stored(rows: usize, pad: &str) -> StoredResult {
        let folder = std::env::temp_dir();
        let mut writer = ResultWriter::new(
            vec![Column::new("n", "bigint")],
            &folder,
            1 << 30,
            Room::default(),
        );
        for n in 0..rows {
            writer.push(&vec![json!(n), json!(pad)]).unwrap();
        }
        writer.finish().unwrap()
    }

    #[test]
    fn any_page_can_be_read_from_memory_and_from_disk() {
        for (rows, pad) in [
            (1_300, ""),
            (
                1_300,
                "line\nbreak and a tail that makes it long enough to spill",
            ),
        ] {
            let result = stored(rows, pad);
            let large = result.taken.bytes > IN_MEMORY as u64;
            assert_eq!(matches!(result.data, Data::Disk(_)), large);
            for (offset, limit) in [
                (0, 1),
                (0, 5_000),
                (511, 2),
                (512, 512),
                (1_299, 9),
                (1_300, 1),
                (9_999, 1),
            ] {
                let page = result.page(offset, limit).unwrap();
                let numbers: Vec<_> = page
                    .iter()
                    .map(|row| row[0].as_u64().unwrap() as usize)
                    .collect();
                let wanted: Vec<_> = (offset.min(rows)..(offset + limit).min(rows)).collect();
                assert_eq!(numbers, wanted, "{offset} {limit}");
            }
        }
    }

    #[test]
    fn the_room_a_result_takes_is_given_back_with_it() {
        let room = Room::default();
        let mut writer = ResultWriter::new(Vec::new(), &std::env::temp_dir(), 20, room.clone());
        writer.push(&vec![json!("abc")]).unwrap();
        let result = writer.finish().unwrap();
        assert_eq!(room.taken(), 8);
        drop(result);
        assert_eq!(room.taken(), 0);
    }

    #[test]
    fn a_result_beyond_the_limit_is_refused() {
        let mut writer = ResultWriter::new(Vec::new(), &std::env::temp_dir(), 20, Room::default());
        writer.push(&vec![json!("0123456789")]).unwrap();
        let error = writer.push(&vec![json!("0123456789")]).unwrap_err();
        assert!(error.to_string().contains("larger than the 20 bytes"));
    }
}
