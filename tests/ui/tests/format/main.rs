//! Every pipeline that is shown to people is as rustfmt writes it, and rustfmt really writes it: what is within a macro's
//! brackets it leaves alone, without a word, where it cannot read it.
#![expect(clippy::unwrap_used, reason = "what helps a test may fail like a test")]

mod calls;
mod sources;

use calls::{calls, disturbed};
use sources::{Source, sources};
use std::ffi::OsStr;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

const NO_DOCS: &str = "it takes no doc comment within the brackets of a macro";

/// Right calls that rustfmt cannot read: the file, what stands in the call, and why.
const LEFT_ALONE: &[(&str, &str, &str)] = &[
    ("pass/names.rs", "/// What", NO_DOCS),
    ("src/language.md", "/// Volume", NO_DOCS),
    (
        "pass/parameters.rs",
        "($($parameters)*)",
        "a macro's repetition",
    ),
    (
        "pass/places.rs",
        "$($label = $node,)+",
        "a macro's repetition",
    ),
];

#[test]
fn every_pipeline_that_is_shown_is_as_rustfmt_writes_it() {
    let Some(rustfmt) = rustfmt() else { return };
    let sources = sources();
    let texts = sources.iter().map(Source::code);
    let formatted = formatted(&rustfmt, "as_written", texts);
    let mut differences = String::new();
    for (source, formatted) in sources.iter().zip(&formatted) {
        match formatted {
            Ok(text) => differences += &difference(&source.place, &source.code(), text),
            Err(said) => writeln!(differences, "{}: {said}", source.place).unwrap(),
        }
    }
    assert!(differences.is_empty(), "\n{differences}");
}

#[test]
fn rustfmt_reads_what_is_in_the_brackets() {
    let Some(rustfmt) = rustfmt() else { return };
    let mut cases = Vec::new();
    // Of what is wrong much is no list of expressions; each file of it begins with what that is.
    let right = |source: &Source| !source.place.starts_with("tests/ui/fail/");
    for source in sources().into_iter().filter(right) {
        let code = source.code();
        for call in calls(&code) {
            let text = disturbed(&code, &call);
            assert_ne!(text, code, "{}: {call:?}", source.place);
            let line = code[..call.start].matches('\n').count();
            let shown = code.lines().nth(line).unwrap_or_default().trim();
            let place = format!("{}: {shown}", source.place);
            cases.push((place, code[call].to_owned(), code.clone(), text));
        }
    }
    assert!(cases.len() > 100, "{}", cases.len());
    let texts = cases.iter().map(|(_, _, _, text)| text.clone());
    let formatted = formatted(&rustfmt, "disturbed", texts);
    let mut differences = String::new();
    let mut left_alone = Vec::new();
    for ((place, call, code, _), formatted) in cases.iter().zip(&formatted) {
        let formatted = formatted
            .as_ref()
            .map_err(|said| format!("{place}: {said}"));
        let found = difference(place, code, formatted.unwrap());
        let known = LEFT_ALONE
            .iter()
            .find(|(file, part, _)| place.contains(&format!("/{file}:")) && call.contains(part));
        match known {
            Some(known) if !found.is_empty() => left_alone.push(known),
            _ => differences += &found,
        }
    }
    assert!(differences.is_empty(), "\n{differences}");
    for known in LEFT_ALONE {
        assert!(left_alone.contains(&known), "rustfmt reads {known:?}");
    }
}

/// The rustfmt of the toolchain, or a line that says that there is none.
///
/// # Panics
/// In CI there must be one.
fn rustfmt() -> Option<PathBuf> {
    let program = env::var_os("RUSTFMT").unwrap_or_else(|| "rustfmt".into());
    let version = Command::new(&program).arg("--version").output();
    if version.is_ok_and(|version| version.status.success()) {
        return Some(program.into());
    }
    let how = "the pipelines were not compared with what rustfmt writes, for there is none; to get it: rustup component add rustfmt\n";
    assert!(env::var("CI").as_deref() != Ok("true"), "{how}");
    // Not `println!`: what a test that passes prints so is not shown.
    std::io::Write::write_all(&mut std::io::stderr(), how.as_bytes()).unwrap();
    None
}

/// What rustfmt makes of each, or what it says.
fn formatted(
    rustfmt: &Path,
    folder: &str,
    texts: impl Iterator<Item = String>,
) -> Vec<Result<String, String>> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("format")
        .join(folder);
    fs::create_dir_all(&folder).unwrap();
    let files: Vec<PathBuf> = texts
        .enumerate()
        .map(|(index, text)| {
            let file = folder.join(format!("{index}.rs"));
            fs::write(&file, text).unwrap();
            file
        })
        .collect();
    let mut command = Command::new(rustfmt);
    let output = command
        .args(["--edition", "2024", "--color", "never"])
        .args(&files)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    let result = |file: &PathBuf| {
        let name = file.file_name().and_then(OsStr::to_str).unwrap();
        match said
            .split("\n\n")
            .find(|part| part.contains(&format!("/{name}:")))
        {
            Some(part) => Err(part.to_owned()),
            None => Ok(fs::read_to_string(file).unwrap()),
        }
    };
    files.iter().map(result).collect()
}

/// The lines from the first to the last that are not the same; nothing when all are.
fn difference(place: &str, written: &str, formatted: &str) -> String {
    if written == formatted {
        return String::new();
    }
    let (written, formatted): (Vec<&str>, Vec<&str>) =
        (written.lines().collect(), formatted.lines().collect());
    let same = |pairs: &mut dyn Iterator<Item = (&&str, &&str)>| {
        pairs.take_while(|(one, other)| one == other).count()
    };
    let start = same(&mut written.iter().zip(&formatted));
    let end = same(
        &mut written[start..]
            .iter()
            .rev()
            .zip(formatted[start..].iter().rev()),
    );
    let mut text = format!("{place}\n");
    for (sign, lines) in [('-', &written), ('+', &formatted)] {
        for line in &lines[start..lines.len() - end] {
            writeln!(text, "{sign}{line}").unwrap();
        }
    }
    text
}
