//! Writes a small file so that after a crash either all of the new text is there or all of the old; and how times stand in such
//! files.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

/// Puts `content` in the place of `file`: written beside it, flushed to the disk, moved over it,
/// and the move flushed too.
pub(crate) fn replace(file: &Path, content: &[u8]) -> io::Result<()> {
    let folder = file.parent().ok_or(io::ErrorKind::InvalidInput)?;
    let mut beside = tempfile::Builder::new()
        .prefix(LEFTOVER)
        .tempfile_in(folder)?;
    beside.write_all(content)?;
    beside.as_file().sync_all()?;
    beside.persist(file)?;
    sync_folder(folder)
}

/// How the names of files begin that are of no use after a crash.
pub(crate) const LEFTOVER: &str = ".new-";

/// Makes what was created, moved or removed in a folder last.
pub(crate) fn sync_folder(folder: &Path) -> io::Result<()> {
    // Windows cannot open a folder to flush it, and does not need to.
    if cfg!(unix) {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

/// Times as text, in what is kept.
pub(crate) mod rfc3339 {
    use chrono::{DateTime, SecondsFormat, Utc};
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(crate) fn serialize<S: Serializer>(time: &DateTime<Utc>, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&time.to_rfc3339_opts(SecondsFormat::Nanos, true))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<DateTime<Utc>, D::Error> {
        let text = String::deserialize(from)?;
        let time = DateTime::parse_from_rfc3339(&text).map_err(D::Error::custom)?;
        Ok(time.with_timezone(&Utc))
    }
}
