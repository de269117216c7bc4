//! A small project with one file, in an editor: sources with a cursor in them, and what the editor is then told.

use crate::server::{Server, uri};
use crate::tool::rust_analyzer;
use serde_json::{Value, json};
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

/// Where the cursor is in a source.
pub(crate) const CURSOR: char = '‸';

pub(crate) struct Editor {
    server: Server,
    file: PathBuf,
    text: String,
    version: u64,
}

/// The one editor of all tests, for it takes seconds to start; `None` without rust-analyzer.
pub(crate) fn editor() -> Option<MutexGuard<'static, Editor>> {
    static EDITOR: OnceLock<Option<Mutex<Editor>>> = OnceLock::new();
    let editor = EDITOR.get_or_init(|| Some(Mutex::new(Editor::start(&rust_analyzer()?))));
    let editor = editor.as_ref()?;
    Some(editor.lock().unwrap_or_else(PoisonError::into_inner))
}

impl Editor {
    /// What the project is built of is there since these tests were, in the same target directory. What the standard library is
    /// built of need not be: cargo asks the registry for it, and without it rust-analyzer knows no `String`.
    fn start(program: &Path) -> Self {
        let scratch = Path::new(env!("CARGO_TARGET_TMPDIR"));
        let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let folder = scratch.join("editor-project");
        let file = folder.join("src/main.rs");
        fs::create_dir_all(folder.join("src")).unwrap();
        let manifest = fs::read_to_string(workspace.join("Cargo.toml")).unwrap();
        let profiles = manifest
            .find("[profile.dev]")
            .map_or("", |at| &manifest[at..]);
        let client = workspace.join("client").canonicalize().unwrap();
        fs::write(
            folder.join("Cargo.toml"),
            format!(
                "[package]\nname = \"shown-to-the-editor\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[workspace]\n\n\
                 [dependencies]\ndune-pipeline = {{ path = {client:?} }}\n\n{profiles}"
            ),
        )
        .unwrap();
        // The target directory may be far from the workspace, and another toolchain the one there.
        for name in ["Cargo.lock", "rust-toolchain.toml"] {
            fs::copy(workspace.join(name), folder.join(name)).unwrap();
        }
        fs::write(&file, "fn main() {}\n").unwrap();
        let mut command = Command::new(program);
        command.current_dir(&folder);
        // What `cargo test` tells these tests of their own package would have build scripts run again for it, and then for
        // the next `cargo test`.
        for (name, _) in env::vars_os() {
            let name = name.to_string_lossy();
            if name.starts_with("CARGO") && name != "CARGO_HOME" {
                command.env_remove(&*name);
            }
        }
        command.env("CARGO_TARGET_DIR", scratch.parent().unwrap());
        let mut server = Server::start(&mut command, &folder);
        server.tell(
            "textDocument/didOpen",
            json!({ "textDocument": { "uri": uri(&file), "languageId": "rust", "version": 0, "text": "fn main() {}\n" } }),
        );
        server.wait_until_quiescent();
        Self {
            server,
            file,
            text: String::new(),
            version: 0,
        }
    }

    /// Types this pipeline, which `daily` then is, and these statements behind it.
    pub(crate) fn types(&mut self, nodes: &str, behind: &str) -> At<'_> {
        let source = format!(
            "use dune_pipeline::{{Performance, pipeline}};\n\nfn main() {{\n    let chain = String::from(\"ethereum\");\n    \
             let tier = Performance::Large;\n    let daily = pipeline![\n{nodes}\n    ];\n{behind}\n}}\n"
        );
        let cursor = source.find(CURSOR);
        self.text = source.replace(CURSOR, "");
        self.version += 1;
        let document = json!({ "uri": uri(&self.file), "version": self.version });
        let changes = json!([{ "text": self.text }]);
        self.server.tell(
            "textDocument/didChange",
            json!({ "textDocument": document, "contentChanges": changes }),
        );
        let position = cursor.map_or(Value::Null, |offset| self.position(offset));
        At {
            editor: self,
            position,
        }
    }

    fn position(&self, offset: usize) -> Value {
        let before = &self.text[..offset];
        let line = before.matches('\n').count();
        let start = before.rfind('\n').map_or(0, |newline| newline + 1);
        json!({ "line": line, "character": before[start..].encode_utf16().count() })
    }

    fn offset(&self, position: &Value) -> usize {
        let number = |name: &str| usize::try_from(position[name].as_u64().unwrap()).unwrap();
        let lines = self.text.split_inclusive('\n').take(number("line"));
        lines.map(str::len).sum::<usize>() + number("character")
    }

    /// The text that a range covers, and what stands before it on its line.
    fn covered(&self, range: &Value) -> (String, String) {
        let (start, end) = (self.offset(&range["start"]), self.offset(&range["end"]));
        let line = self.text[..start]
            .rfind('\n')
            .map_or(0, |newline| newline + 1);
        let before = self.text[line..start].trim_start();
        (before.to_owned(), self.text[start..end].to_owned())
    }
}

/// A cursor in a source.
pub(crate) struct At<'e> {
    editor: &'e mut Editor,
    position: Value,
}

impl At<'_> {
    fn ask(&mut self, method: &str, mut more: Value) -> Value {
        more["textDocument"] = json!({ "uri": uri(&self.editor.file) });
        more["position"] = self.position.clone();
        self.editor.server.ask(method, more)
    }

    /// What could stand at the cursor, the likeliest first.
    pub(crate) fn completions(&mut self) -> Vec<String> {
        let answer = self.ask("textDocument/completion", json!({}));
        let items = answer["items"].as_array().or(answer.as_array());
        let mut items = items.cloned().unwrap_or_default();
        items.sort_by_key(|item| item["sortText"].as_str().unwrap_or_default().to_owned());
        let name = |item: &Value| {
            let label = item["label"].as_str().unwrap();
            let end = label.find(|c: char| !c.is_alphanumeric() && c != '_');
            label[..end.unwrap_or(label.len())].to_owned()
        };
        items.iter().map(name).collect()
    }

    pub(crate) fn hover(&mut self) -> String {
        let answer = self.ask("textDocument/hover", json!({}));
        answer["contents"]["value"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }

    /// The places a jump to the definition leads to: what stands on the line before the name, and the name.
    pub(crate) fn definitions(&mut self) -> Vec<(String, String)> {
        let answer = self.ask("textDocument/definition", json!({}));
        let file = uri(&self.editor.file);
        let places = answer.as_array().cloned().unwrap_or_default();
        let places = places.iter().map(|place| {
            let target = place["targetUri"]
                .as_str()
                .or(place["uri"].as_str())
                .unwrap();
            assert_eq!(target, file, "{place}");
            let range = place.get("targetSelectionRange").unwrap_or(&place["range"]);
            self.editor.covered(range)
        });
        places.collect()
    }

    /// The whole source after everything that is called so has been given this name.
    pub(crate) fn renamed(&mut self, name: &str) -> String {
        let answer = self.ask("textDocument/rename", json!({ "newName": name }));
        let file = uri(&self.editor.file);
        let in_changes = answer["changes"][&file].as_array();
        let changed = answer["documentChanges"].as_array().into_iter().flatten();
        let in_documents = changed.flat_map(|document| {
            assert_eq!(document["textDocument"]["uri"], file);
            document["edits"].as_array().into_iter().flatten()
        });
        let edits = in_changes.into_iter().flatten().chain(in_documents);
        let mut edits: Vec<(usize, usize, String)> = edits
            .map(|edit| {
                let range = &edit["range"];
                let [start, end] = ["start", "end"].map(|end| self.editor.offset(&range[end]));
                (start, end, edit["newText"].as_str().unwrap().to_owned())
            })
            .collect();
        edits.sort();
        let mut text = self.editor.text.clone();
        for (start, end, new) in edits.into_iter().rev() {
            text.replace_range(start..end, &new);
        }
        text
    }

    /// What is wrong: the tokens it is shown at, and the first line of what is said.
    pub(crate) fn diagnostics(&mut self) -> Vec<(String, String)> {
        let answer = self.ask("textDocument/diagnostic", json!({}));
        let mut items = answer["items"].as_array().unwrap().clone();
        items.retain(|item| item["severity"].as_u64() <= Some(2));
        items.sort_by_key(|item| self.editor.offset(&item["range"]["start"]));
        let item = |item: &Value| {
            let (_, tokens) = self.editor.covered(&item["range"]);
            let message = item["message"].as_str().unwrap();
            (
                tokens,
                message.lines().next().unwrap_or_default().to_owned(),
            )
        };
        items.iter().map(item).collect()
    }
}
