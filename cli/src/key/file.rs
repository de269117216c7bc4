//! The file that keeps a key: for its owner alone, and whole or not there.
//! Its first line is the key, its second the address that the key is for, so that it is sent nowhere else.

use std::env;
use std::fmt;
use std::fs::{self, File};
use std::io::{ErrorKind, Read as _, Write as _};
use std::path::{Path, PathBuf};

use super::KeyError;

/// Far more than a key and an address take; a file that was named by mistake is not read whole.
const LARGEST: u64 = 16 * 1024;

/// Where a key is kept.
#[derive(Debug)]
pub(crate) struct KeyFile {
    path: PathBuf,
}

/// What the file holds. It does not print.
pub(crate) struct StoredKey {
    key: String,
    address: String,
}

impl StoredKey {
    pub(crate) fn key(&self) -> &str {
        &self.key
    }

    /// The address that it is for, as the client names it.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }
}

impl fmt::Debug for StoredKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoredKey")
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}

impl KeyFile {
    /// `dune-pipeline/key` in the folder for configuration: `$XDG_CONFIG_HOME`, or else `~/.config`.
    #[cfg(unix)]
    pub(crate) fn usual() -> Result<KeyFile, KeyError> {
        // A path that is not absolute is to be ignored, says the standard of these folders.
        let folder = |variable| {
            let value = env::var_os(variable).map(PathBuf::from);
            value.filter(|path| path.is_absolute())
        };
        let home = || folder("HOME").map(|home| home.join(".config"));
        let config = folder("XDG_CONFIG_HOME").or_else(home);
        let config = config.ok_or(KeyError::NoHome)?;
        let path = config.join("dune-pipeline").join("key");
        Ok(KeyFile { path })
    }

    /// None: see [`KeyError::Unprotected`].
    #[cfg(not(unix))]
    pub(crate) fn usual() -> Result<KeyFile, KeyError> {
        Err(KeyError::Unprotected)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// What is in it; `None` where there is no such file.
    pub(crate) fn read(&self) -> Result<Option<StoredKey>, KeyError> {
        let file = match File::open(&self.path) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(self.failed(error)),
        };
        // Judged by what was opened: the name may be another file by now.
        self.check_permissions(&file)?;
        let mut text = String::new();
        let read = file.take(LARGEST).read_to_string(&mut text);
        read.map_err(|error| self.failed(error))?;
        let mut lines = text.lines().map(str::trim);
        match (lines.next(), lines.next()) {
            (Some(key), Some(address)) if !key.is_empty() && !address.is_empty() => {
                Ok(Some(StoredKey {
                    key: key.to_owned(),
                    address: address.to_owned(),
                }))
            }
            _ => Err(self.holds_none(
                "it has not a key in its first line and an address in its second".to_owned(),
            )),
        }
    }

    /// Keeps a key for an address. Nobody else can read it at any moment, and what was there stays until all is written.
    pub(crate) fn write(&self, key: &str, address: &str) -> Result<(), KeyError> {
        let folder = self.path.parent().unwrap_or(Path::new("."));
        let failed = |error| self.failed(error);
        self.make_folder(folder).map_err(failed)?;
        // Such a file is made with mode 600.
        let mut file = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
        writeln!(file, "{key}\n{address}").map_err(failed)?;
        file.as_file().sync_all().map_err(failed)?;
        file.persist(&self.path)
            .map_err(|error| self.failed(error.error))?;
        Ok(())
    }

    /// What is in it is no key, and why.
    pub(crate) fn holds_none(&self, reason: String) -> KeyError {
        KeyError::NoKey {
            file: self.path.clone(),
            reason,
        }
    }

    fn failed(&self, source: std::io::Error) -> KeyError {
        KeyError::File {
            file: self.path.clone(),
            source,
        }
    }

    #[cfg(unix)]
    fn make_folder(&self, folder: &Path) -> std::io::Result<()> {
        use std::os::unix::fs::DirBuilderExt as _;
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)
    }

    #[cfg(not(unix))]
    fn make_folder(&self, folder: &Path) -> std::io::Result<()> {
        fs::create_dir_all(folder)
    }

    #[cfg(unix)]
    fn check_permissions(&self, file: &File) -> Result<(), KeyError> {
        use std::os::unix::fs::MetadataExt as _;
        let about = file.metadata().map_err(|error| self.failed(error))?;
        let mode = about.mode() & 0o777;
        if about.uid() != rustix::process::geteuid().as_raw() {
            return Err(KeyError::OfAnother {
                file: self.path.clone(),
            });
        }
        match mode & 0o077 {
            0 => Ok(()),
            _ => Err(KeyError::Open {
                file: self.path.clone(),
                mode,
            }),
        }
    }

    #[cfg(not(unix))]
    fn check_permissions(&self, _: &File) -> Result<(), KeyError> {
        Err(KeyError::Unprotected)
    }
}
