//! Writes a small file so that after a crash either all of the new text is there or all of the old.

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
