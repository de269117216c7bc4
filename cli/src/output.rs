//! Where data goes: standard output, or a file that is whole or not there.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::error::CommandError;
use crate::live::text::lines;

/// Writes it all at once.
pub(crate) fn write(file: Option<&Path>, bytes: &[u8]) -> Result<(), CommandError> {
    let Some(file) = file else {
        let mut out = io::stdout().lock();
        let written = out.write_all(bytes).and_then(|()| out.flush());
        return written.map_err(CommandError::Output);
    };
    let whole = WholeFile::beside(file)?;
    let written = whole.file().write_all(bytes);
    written.map_err(|error| whole.failed(error))?;
    whole.keep()
}

/// A file that is written beside its place, and put there when it is whole. Dropped before, nothing is left.
#[derive(Debug)]
pub(crate) struct WholeFile {
    file: Target,
    place: PathBuf,
}

#[derive(Debug)]
enum Target {
    Beside(NamedTempFile),
    /// A device or a pipe, such as `/dev/null`, is written to: putting a file in its place would take it away.
    Straight(File),
}

impl WholeFile {
    pub(crate) fn beside(place: &Path) -> Result<WholeFile, CommandError> {
        // Behind a link, what it leads to is meant.
        let place = fs::canonicalize(place).unwrap_or_else(|_| place.to_owned());
        match open(&place) {
            Ok(file) => Ok(WholeFile { file, place }),
            Err(source) => Err(CommandError::Write {
                file: place,
                source,
            }),
        }
    }

    pub(crate) fn file(&self) -> &File {
        match &self.file {
            Target::Beside(file) => file.as_file(),
            Target::Straight(file) => file,
        }
    }

    /// What went wrong with it.
    pub(crate) fn failed(&self, source: io::Error) -> CommandError {
        CommandError::Write {
            file: self.place.clone(),
            source,
        }
    }

    /// Puts it where it belongs, over what was there.
    pub(crate) fn keep(self) -> Result<(), CommandError> {
        let kept = match self.file {
            Target::Beside(file) => {
                let whole = file.as_file().sync_all();
                let kept = whole.and_then(|()| Ok(file.persist(&self.place)?));
                kept.map(drop)
            }
            Target::Straight(_) => Ok(()),
        };
        kept.map_err(|source| CommandError::Write {
            file: self.place,
            source,
        })
    }
}

fn open(place: &Path) -> io::Result<Target> {
    let there = match OpenOptions::new().write(true).open(place) {
        Ok(there) => there,
        Err(error) if error.kind() == ErrorKind::NotFound => {
            return new_beside(place).map(Target::Beside);
        }
        Err(error) => return Err(error),
    };
    let about = there.metadata()?;
    if !about.is_file() {
        return Ok(Target::Straight(there));
    }
    // Who may read what was there may read what takes its place, and nobody else.
    let file = new_beside(place)?;
    file.as_file().set_permissions(about.permissions())?;
    Ok(Target::Beside(file))
}

fn new_beside(place: &Path) -> io::Result<NamedTempFile> {
    let folder = place
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    // Of a folder that is missing the error below would name a file in it that nobody asked for.
    folder.metadata()?;
    let mut builder = tempfile::Builder::new();
    // Such files are for their owner alone; this one should be as any other that a command writes.
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    builder.prefix(".dune-pipeline-").tempfile_in(folder)
}

/// Says something on standard error, where no word of Dune's or of a file steers the terminal. That nobody hears it, where that
/// is closed, stops nothing.
pub(crate) fn tell(text: &str) {
    drop(writeln!(io::stderr(), "{}", lines(text)));
}

/// Bytes as people read them.
pub(crate) fn size(bytes: u64) -> String {
    let mut left = bytes;
    let mut rest = 0;
    for unit in ["B", "kB", "MB", "GB"] {
        if left < 1000 {
            return match unit {
                "B" => format!("{left} B"),
                unit => format!("{left}.{} {unit}", rest / 100),
            };
        }
        (left, rest) = (left / 1000, left % 1000);
    }
    format!("{left}.{} TB", rest / 100)
}

#[cfg(test)]
mod tests {
    use super::{open, size};

    #[test]
    fn a_folder_that_is_missing_is_told_without_a_file_that_nobody_named() {
        let folder = tempfile::tempdir().unwrap();
        let missing = open(&folder.path().join("missing/rows.csv")).err().unwrap();
        assert_eq!(missing.kind(), std::io::ErrorKind::NotFound);
        let told = missing.to_string();
        assert!(!told.contains(".dune-pipeline-"), "{told}");
    }

    #[test]
    fn sizes_are_told_in_thousands() {
        let told = [0, 999, 1000, 1_234_567, u64::MAX].map(size);
        assert_eq!(told, ["0 B", "999 B", "1.0 kB", "1.2 MB", "18446744.0 TB"]);
    }
}
