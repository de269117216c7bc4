//! A chapter as its readers find it: headings, links, fences and what a fence includes.
//! Parsed by the parser that mdBook itself is built on.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag};

pub(crate) struct Chapter {
    /// The path below `src/`.
    pub(crate) name: String,
    pub(crate) text: String,
    pub(crate) pieces: Vec<Piece>,
    path: PathBuf,
}

pub(crate) enum Piece {
    Heading { level: usize, text: String },
    Link { text: String, target: String },
    Fence(Fence),
    Html(String),
}

pub(crate) struct Fence {
    /// The first word behind the backticks.
    pub(crate) language: String,
    pub(crate) text: String,
}

impl Chapter {
    pub(crate) fn read(root: &Path, name: &str) -> Chapter {
        let path = root.join(name);
        let text = fs::read_to_string(&path)
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()))
            .replace("\r\n", "\n");
        Chapter {
            name: name.to_owned(),
            pieces: pieces(&text),
            text,
            path,
        }
    }

    /// The folder that its includes are relative to.
    pub(crate) fn folder(&self) -> &Path {
        self.path.parent().unwrap()
    }

    /// The fences, each with the heading it stands under.
    pub(crate) fn fences(&self) -> impl Iterator<Item = (&str, &Fence)> {
        let mut section = "";
        self.pieces.iter().filter_map(move |piece| match piece {
            Piece::Heading { text, .. } => {
                section = text;
                None
            }
            Piece::Fence(fence) => Some((section, fence)),
            _ => None,
        })
    }

    /// Text and target of each link.
    pub(crate) fn links(&self) -> impl Iterator<Item = (String, String)> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Link { text, target } => Some((text.clone(), target.clone())),
            _ => None,
        })
    }

    /// What can stand behind `#` in a link to it. mdBook numbers those that come again.
    pub(crate) fn anchors(&self) -> BTreeSet<String> {
        let mut anchors = BTreeSet::new();
        for piece in &self.pieces {
            if let Piece::Heading { text, .. } = piece {
                let anchor = anchor(text);
                let again = (1..).map(|i| format!("{anchor}-{i}"));
                let mut names = std::iter::once(anchor.clone()).chain(again);
                anchors.insert(names.find(|name| !anchors.contains(name)).unwrap());
            }
        }
        anchors
    }

    /// The name of the chapter that a relative link leads to.
    pub(crate) fn beside(&self, link: &str) -> String {
        let mut parts: Vec<&str> = self.name.split('/').collect();
        parts.pop();
        for part in link.split('/') {
            match part {
                ".." => {
                    let up = parts.pop();
                    assert!(up.is_some(), "{}: {link} leaves the book", self.name);
                }
                "." => {}
                part => parts.push(part),
            }
        }
        parts.join("/")
    }
}

impl Fence {
    /// The code without its hidden lines.
    pub(crate) fn shown(&self) -> String {
        let is_hidden = |line: &&str| *line == "#" || line.starts_with("# ");
        let shown = self.text.lines().filter(|line| !is_hidden(line));
        shown.map(|line| format!("{line}\n")).collect()
    }

    /// The code with its hidden lines, the statements in a function: the one that a hidden line begins, or one of ours.
    pub(crate) fn in_a_function(&self) -> String {
        let begins =
            |line: &str| line.starts_with("# async fn ") || line.starts_with("# fn example(");
        let own = self.text.lines().any(begins);
        let mut inside = !own;
        let mut code = String::new();
        for line in self.text.lines() {
            inside &= !own || line != "# }";
            let shown = match line {
                "#" => "",
                line => line.strip_prefix("# ").unwrap_or(line),
            };
            let indent = if inside && !shown.is_empty() {
                "    "
            } else {
                ""
            };
            code = code + indent + shown + "\n";
            inside |= begins(line);
        }
        match own {
            true => code,
            false => format!("fn example() {{\n{code}}}\n"),
        }
    }

    /// Path and anchor of the file that is all there is in it.
    pub(crate) fn include(&self) -> Option<(&str, Option<&str>)> {
        let text = self.text.trim();
        let target = text.strip_prefix("{{#include ")?.strip_suffix("}}")?;
        match target.split_once(':') {
            Some((path, anchor)) => Some((path, Some(anchor))),
            None => Some((target, None)),
        }
    }

    /// The mistake of `tests/ui/fail` whose file with this extension it includes.
    pub(crate) fn includes(&self, extension: &str) -> Option<String> {
        let (path, _) = self.include()?;
        let (folder, file) = path.rsplit_once('/')?;
        let (mistake, found) = file.rsplit_once('.')?;
        (folder.ends_with("tests/ui/fail") && found == extension).then(|| mistake.to_owned())
    }
}

/// As mdBook makes it of a heading.
pub(crate) fn anchor(heading: &str) -> String {
    let kept = |c: char| match c {
        c if c.is_whitespace() => Some('-'),
        c if c.is_alphanumeric() || matches!(c, '_' | '-') => Some(c.to_ascii_lowercase()),
        _ => None,
    };
    heading.trim().chars().filter_map(kept).collect()
}

fn pieces(text: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut link: Option<(String, String)> = None;
    let mut heading: Option<String> = None;
    let mut fence: Option<Fence> = None;
    for event in Parser::new_ext(text, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH) {
        match event {
            Event::Start(Tag::Heading(..)) => heading = Some(String::new()),
            Event::End(Tag::Heading(level, ..)) => pieces.push(Piece::Heading {
                level: depth(level),
                text: heading.take().unwrap_or_default(),
            }),
            Event::Start(Tag::Link(_, target, _)) => {
                link = Some((String::new(), target.into_string()));
            }
            Event::End(Tag::Link(..)) => {
                let (text, target) = link.take().unwrap_or_default();
                pieces.push(Piece::Link { text, target });
            }
            Event::Start(Tag::CodeBlock(kind)) => {
                let language = match kind {
                    CodeBlockKind::Fenced(info) => {
                        let first = info.split([',', ' ']).next();
                        first.unwrap_or_default().to_owned()
                    }
                    CodeBlockKind::Indented => String::new(),
                };
                let text = String::new();
                fence = Some(Fence { language, text });
            }
            Event::End(Tag::CodeBlock(_)) => pieces.extend(fence.take().map(Piece::Fence)),
            Event::Html(html) => pieces.push(Piece::Html(html.into_string())),
            Event::Text(text) | Event::Code(text) => {
                let open = [
                    fence.as_mut().map(|fence| &mut fence.text),
                    heading.as_mut(),
                    link.as_mut().map(|(words, _)| words),
                ];
                for words in open.into_iter().flatten() {
                    words.push_str(&text);
                }
            }
            _ => {}
        }
    }
    pieces
}

fn depth(level: HeadingLevel) -> usize {
    level as usize
}
