//! Names that become a part of a request's path: those that would make another path of it are refused.

use crate::error::Error;

/// The name, if it stays one part of a path.
pub(crate) fn in_path<'n>(what: &'static str, name: &'n str) -> Result<&'n str, Error> {
    let reason = match name {
        "" => "it is empty",
        "." | ".." => "it would ask for something else",
        name if name.chars().any(|c| c.is_whitespace() || c.is_control()) => {
            "a blank or a control character is in it"
        }
        name if name.contains(['/', '\\', '?', '#', '%']) => {
            "one of `/`, `\\`, `?`, `#` and `%` is in it"
        }
        name => return Ok(name),
    };
    Err(Error::InvalidName {
        what,
        name: name.to_owned(),
        reason,
    })
}
