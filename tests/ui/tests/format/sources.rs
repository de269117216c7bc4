//! The pipelines that people are shown: whole files, blocks of Markdown, and examples in docs.

use std::fs;
use std::path::{Path, PathBuf};

/// A file or a block with a pipeline in it.
pub(crate) struct Source {
    /// Its path in the workspace; of a block, with the line it begins in.
    pub(crate) place: String,
    text: String,
    /// Statements, which rustfmt reads only in a function.
    is_within: bool,
}

impl Source {
    /// What rustfmt is given.
    pub(crate) fn code(&self) -> String {
        if !self.is_within {
            return self.text.clone();
        }
        let mut code = "fn main() {\n".to_owned();
        for line in self.text.lines() {
            if !line.is_empty() {
                code += "    ";
            }
            code += line;
            code += "\n";
        }
        code + "}\n"
    }
}

pub(crate) fn sources() -> Vec<Source> {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut sources = Vec::new();
    for (folder, is_code) in [
        ("README.md", false),
        ("book/src", false),
        ("client/src", false),
        ("examples", true),
        ("tests/ui/fail", true),
        ("tests/ui/tests/pass", true),
    ] {
        let before = sources.len();
        for file in files(&workspace.join(folder)) {
            let text = fs::read_to_string(&file).unwrap();
            let file = file.strip_prefix(&workspace).unwrap().display().to_string();
            match is_code {
                true => sources.push(Source {
                    place: file,
                    text,
                    is_within: false,
                }),
                false => blocks(&file, &text, &mut sources),
            }
        }
        sources.retain(|source| source.text.contains("pipeline!"));
        assert!(sources.len() > before, "{folder}");
    }
    sources
}

/// All files of Rust and of Markdown in a folder and in those below, or the one that it is.
fn files(path: &Path) -> Vec<PathBuf> {
    let is_source = |path: &Path| {
        path.extension()
            .is_some_and(|end| end == "rs" || end == "md")
    };
    let Ok(folder) = fs::read_dir(path) else {
        return vec![path.to_owned()];
    };
    let mut files = Vec::new();
    let mut entries: Vec<PathBuf> = folder.map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for entry in entries {
        if entry.is_dir() {
            files.extend(self::files(&entry));
        } else if is_source(&entry) {
            files.push(entry);
        }
    }
    files
}

/// The blocks of Rust in Markdown, which in a file of Rust stands in comments, without the lines that rustdoc hides.
fn blocks(file: &str, text: &str, sources: &mut Vec<Source>) {
    let mut block: Option<(usize, bool, String)> = None;
    for (line, number) in text.lines().zip(1..) {
        let comment = ["///", "//!"].map(|sign| line.trim_start().strip_prefix(sign));
        let comment = comment.into_iter().flatten().next();
        let line = match comment {
            Some(line) if file.ends_with(".rs") => line.strip_prefix(' ').unwrap_or(line),
            None if file.ends_with(".rs") => continue,
            _ => line,
        };
        match (line.trim_start().strip_prefix("```"), &mut block) {
            (Some(info), None) => {
                let is_rust = info.is_empty() || info.starts_with("rust") || info == "no_run";
                block = Some((number, is_rust, String::new()));
            }
            (Some(_), Some(_)) => {
                if let Some((number, true, text)) = block.take() {
                    sources.push(Source {
                        place: format!("{file}:{number}"),
                        text,
                        is_within: true,
                    });
                }
            }
            (None, Some((_, _, text))) if line != "#" && !line.starts_with("# ") => {
                text.push_str(line);
                text.push('\n');
            }
            _ => {}
        }
    }
}
