//! Turns a path of the manifest into a file that is certainly inside the workspace: a manifest
//! may come from anybody.

use std::path::{Component, Path, PathBuf};

/// Why a path of the manifest is refused.
#[derive(Debug, thiserror::Error)]
pub(super) enum PathFault {
    /// It is empty.
    #[error("a file has no name")]
    Empty,
    /// It is absolute, or climbs out with `..`.
    #[error("`{0}` leaves the workspace")]
    Outside(String),
    /// A link on its way leads out of the workspace.
    #[error("`{0}` leads out of the workspace through a symbolic link")]
    Link(String),
    /// There is nothing there.
    #[error("there is no file `{0}`")]
    Missing(String),
    /// There is something, and it is no file.
    #[error("`{0}` is not a file")]
    NotAFile(String),
    /// The file system said no.
    #[error("`{0}` cannot be reached: {1}")]
    Io(String, std::io::Error),
}

impl PathFault {
    /// What cures it.
    pub(super) fn remedy(&self) -> &'static str {
        match self {
            Self::Empty => "give the file's path inside the workspace",
            Self::Outside(_) => "give a path inside the workspace, without `..`",
            Self::Link(_) => "copy the file into the workspace",
            Self::Missing(_) => "create it, or correct `file`",
            Self::NotAFile(_) => "give the path of a file",
            Self::Io(..) => "make it readable",
        }
    }
}

/// The real path of a file that the manifest names. `root` is the workspace's real folder.
pub(super) fn inside(root: &Path, named: &str) -> Result<PathBuf, PathFault> {
    if named.is_empty() {
        return Err(PathFault::Empty);
    }
    let relative = Path::new(named);
    let stays = |part: Component<'_>| matches!(part, Component::Normal(_) | Component::CurDir);
    if !relative.components().all(stays) {
        return Err(PathFault::Outside(named.to_owned()));
    }
    let real = root.join(relative).canonicalize().map_err(|error| {
        if error.kind() == std::io::ErrorKind::NotFound {
            PathFault::Missing(named.to_owned())
        } else {
            PathFault::Io(named.to_owned(), error)
        }
    })?;
    if !real.starts_with(root) {
        return Err(PathFault::Link(named.to_owned()));
    }
    if !real.is_file() {
        return Err(PathFault::NotAFile(named.to_owned()));
    }
    Ok(real)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn workspace() -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        std::fs::create_dir(root.join("queries")).unwrap();
        std::fs::write(root.join("queries/a.sql"), "select 1").unwrap();
        (folder, root)
    }

    #[test]
    fn a_file_inside_is_found() {
        let (_folder, root) = workspace();
        let found = inside(&root, "./queries/a.sql").unwrap();
        assert_eq!(found, root.join("queries/a.sql"));
    }

    #[test]
    fn nothing_outside_can_be_named() {
        let (_folder, root) = workspace();
        for named in ["/etc/passwd", "../x", "queries/../../x", ""] {
            assert!(inside(&root, named).is_err(), "{named}");
        }
        assert!(matches!(
            inside(&root, "queries/b.sql"),
            Err(PathFault::Missing(_))
        ));
        assert!(matches!(
            inside(&root, "queries"),
            Err(PathFault::NotAFile(_))
        ));
    }

    #[cfg(unix)]
    #[test]
    fn a_link_that_leads_out_is_refused() {
        let (_folder, root) = workspace();
        let outside = tempfile::NamedTempFile::new().unwrap();
        std::os::unix::fs::symlink(outside.path(), root.join("queries/out.sql")).unwrap();
        std::os::unix::fs::symlink(root.join("queries/a.sql"), root.join("in.sql")).unwrap();
        assert!(matches!(
            inside(&root, "queries/out.sql"),
            Err(PathFault::Link(_))
        ));
        assert!(inside(&root, "in.sql").is_ok());
    }
}
