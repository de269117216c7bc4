//! Files that are written once, under a name of their own, and never changed: the rows of a view or of an uploaded table.
//! Which of them answers is said by a pointer that each keeps for itself.

mod eras;

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};

pub(crate) use self::eras::{Eras, Reader};
use crate::durable;

/// Why a folder of versions cannot be used.
#[derive(Debug)]
pub(crate) enum FolderError {
    /// A file cannot be read, written or removed.
    Io {
        file: PathBuf,
        source: std::io::Error,
    },
    /// It is a symbolic link: files would be written and removed elsewhere.
    Link(PathBuf),
}

/// The file of a version.
pub(crate) fn file_of(version: &str) -> String {
    format!("{version}.parquet")
}

/// Whether a text names a version. It becomes part of a path: it is one of ours or none.
pub(crate) fn is_version(name: &str) -> bool {
    ulid::Ulid::from_string(name).is_ok()
}

/// When a version was begun, which its name says.
pub(crate) fn since(version: &str) -> Option<DateTime<Utc>> {
    let name = ulid::Ulid::from_string(version).ok()?;
    Some(name.datetime().into())
}

/// A version that is being written. Dropped before it is kept, its file is removed.
#[derive(Debug)]
pub(crate) struct Draft {
    name: String,
    file: PathBuf,
    kept: bool,
}

impl Draft {
    /// A new version in `folder`, which is made if it is not there.
    pub(crate) fn new(folder: &Path) -> Result<Self, FolderError> {
        not_a_link(folder)?;
        if !folder.is_dir() {
            std::fs::create_dir_all(folder).map_err(|source| io(folder, source))?;
            let above = folder.parent().unwrap_or(folder);
            durable::sync_folder(above).map_err(|source| io(above, source))?;
        }
        let name = ulid::Ulid::generate().to_string();
        Ok(Self {
            file: folder.join(file_of(&name)),
            name,
            kept: false,
        })
    }

    /// The version's name.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Where to write the rows.
    pub(crate) fn file(&self) -> &Path {
        &self.file
    }

    /// Leaves the file where it is.
    pub(crate) fn keep(mut self) {
        self.kept = true;
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        if !self.kept {
            // Not there is the usual case, and what cannot be removed now is at the next start.
            let _ = std::fs::remove_file(&self.file);
        }
    }
}

/// A folder of ours leads nowhere else.
pub(crate) fn not_a_link(folder: &Path) -> Result<(), FolderError> {
    if folder.is_symlink() {
        return Err(FolderError::Link(folder.to_owned()));
    }
    Ok(())
}

/// Removes what was left in a folder by a writer that was killed, but for the version to keep.
/// What else is there is not ours.
pub(crate) fn clean(folder: &Path, keep: Option<&str>) -> Result<(), FolderError> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(source) => return Err(io(folder, source)),
    };
    let keep = keep.map(file_of);
    for entry in entries {
        let entry = entry.map_err(|source| io(folder, source))?;
        let name = entry.file_name();
        let kept = keep.as_ref().is_some_and(|keep| name == keep.as_str());
        let is_file = entry.file_type().is_ok_and(|kind| kind.is_file());
        if is_file && !kept && is_ours(&name) {
            std::fs::remove_file(entry.path()).map_err(|source| io(&entry.path(), source))?;
        }
    }
    Ok(())
}

/// Whether a file has a name that only we give: a version's, or that of one being written.
fn is_ours(name: &OsStr) -> bool {
    let Some(name) = name.to_str() else {
        return false;
    };
    let version = name.strip_suffix(".parquet");
    version.is_some_and(is_version) || name.starts_with(durable::LEFTOVER)
}

fn io(file: &Path, source: std::io::Error) -> FolderError {
    FolderError::Io {
        file: file.to_owned(),
        source,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_a_writer_has_left_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        let version = || ulid::Ulid::generate().to_string();
        let (lost, kept) = (version(), version());
        let names = [
            &file_of(&lost),
            &file_of(&kept),
            ".new-Ab12Cd",
            "passwd",
            "notes.parquet",
        ];
        for name in names {
            std::fs::write(folder.path().join(name), "x").unwrap();
        }
        clean(folder.path(), Some(&kept)).unwrap();
        let left = std::fs::read_dir(folder.path()).unwrap();
        let mut left: Vec<_> = left
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        left.sort();
        assert_eq!(left, [&file_of(&kept), "notes.parquet", "passwd"]);
    }

    #[test]
    fn a_draft_that_is_given_up_leaves_no_file() {
        let folder = tempfile::tempdir().unwrap();
        let draft = Draft::new(&folder.path().join("t")).unwrap();
        let file = draft.file().to_owned();
        std::fs::write(&file, "half").unwrap();
        drop(draft);
        assert!(!file.exists());
        let draft = Draft::new(&folder.path().join("t")).unwrap();
        let file = draft.file().to_owned();
        std::fs::write(&file, "whole").unwrap();
        draft.keep();
        assert!(file.exists());
    }
}
