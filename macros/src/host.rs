//! Which program runs the macro. `#[cfg(rust_analyzer)]` in what is written would not tell: the lint `unexpected_cfgs` of the
//! user's crate knows no such name, a compiler would read both halves, and what is broken is read otherwise for an editor.

use crate::pipeline::Reader;
use std::env;
use std::sync::OnceLock;

/// The programs in which editors run procedural macros, by how their names begin.
const EDITORS: [&str; 2] = ["rust-analyzer", "intellij-rust"];

/// Who the expansion is for, by the name of this program.
pub(crate) fn reader() -> Reader {
    static READER: OnceLock<Reader> = OnceLock::new();
    *READER.get_or_init(|| {
        let program = env::current_exe().ok();
        let name = program.as_deref().and_then(|program| program.file_name());
        let name = name.map(|name| name.to_string_lossy().into_owned());
        match name.is_some_and(|name| EDITORS.iter().any(|editor| name.starts_with(editor))) {
            true => Reader::Editor,
            false => Reader::Compiler,
        }
    })
}
