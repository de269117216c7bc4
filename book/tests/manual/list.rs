//! The list in `rules.md` to find a mistake by the first line of its error: complete, and each line leads to its section.

use std::collections::BTreeSet;

use crate::chapter::{Chapter, anchor};
use crate::{chapter, chapters, house, read};

#[test]
fn every_error_is_in_the_list_to_find_it_by() {
    let rows = Row::all(&chapter("rules.md"));
    let any = |headline: &String| rows.iter().any(|row| row.begins(headline));
    let (mut found, mut unlisted) = (BTreeSet::new(), BTreeSet::new());
    for chapter in chapters()
        .iter()
        .filter(|chapter| chapter.name.starts_with("rules"))
    {
        for (section, fence) in chapter.fences() {
            let Some(mistake) = fence.includes("stderr") else {
                continue;
            };
            let headlines = headlines(&mistake);
            unlisted.extend(headlines.iter().filter(|line| !any(line)).cloned());
            let target = format!("{}#{}", chapter.name, anchor(section));
            let row = rows.iter().find(|row| row.target == target);
            if let Some(row) = row {
                let says = |text: &String| headlines.iter().any(|line| matches(text, line));
                found.extend(row.texts.iter().filter(|text| says(text)).cloned());
            }
            let overview = chapter.name == "rules.md";
            assert!(
                row.is_some() || overview,
                "rules.md has no row for {target}"
            );
        }
    }
    assert!(unlisted.is_empty(), "rules.md has no row for {unlisted:#?}");
    for text in rows.iter().flat_map(|row| &row.texts) {
        assert!(
            found.contains(text),
            "no error in its section begins `{text}`"
        );
    }
}

/// A row of the list in `rules.md`: how errors begin, and the section about them.
struct Row {
    texts: Vec<String>,
    target: String,
}

impl Row {
    fn all(overview: &Chapter) -> Vec<Row> {
        let (_, table) = overview.text.split_once("\n|---|---|\n").unwrap();
        let row = |line: &str| {
            let (begins, link) = line.strip_prefix("| ").unwrap().split_once(" | ").unwrap();
            let (_, target) = link.rsplit_once("](").unwrap();
            let begins = begins.replace('`', "");
            // A code that stands before the first of them is that of all.
            let (code, texts) = match begins.split_once(": ") {
                Some((code, texts)) if is_code(code) => (format!("{code}: "), texts),
                _ => (String::new(), begins.as_str()),
            };
            Row {
                texts: texts
                    .split(", ")
                    .map(|text| code.clone() + text.trim())
                    .collect(),
                target: target.trim_end_matches(") |").to_owned(),
            }
        };
        table.lines().map(row).collect()
    }

    fn begins(&self, headline: &str) -> bool {
        self.texts.iter().any(|text| matches(text, headline))
    }
}

/// `E0277`
fn is_code(text: &str) -> bool {
    let number = text.strip_prefix('E').unwrap_or_default();
    !number.is_empty() && number.bytes().all(|digit| digit.is_ascii_digit())
}

/// Whether a headline begins with this text, in which `..` stands for anything.
fn matches(text: &str, headline: &str) -> bool {
    let mut rest = headline;
    let mut parts = text.split("..").map(str::trim).enumerate();
    parts.all(|(i, part)| match rest.find(part) {
        Some(at) if i > 0 || at == 0 => {
            rest = &rest[at + part.len()..];
            true
        }
        _ => false,
    })
}

/// The first line of each error, after its code if it has one, and without backticks.
fn headlines(mistake: &str) -> Vec<String> {
    let stderr = read(&house().join(format!("tests/ui/fail/{mistake}.stderr")));
    let errors = stderr
        .lines()
        .filter_map(|line| line.strip_prefix("error")?.split_once(": "));
    let headline = |(code, text): (&str, &str)| match code.trim_matches(['[', ']']) {
        "" => text.replace('`', ""),
        code => format!("{code}: {}", text.replace('`', "")),
    };
    errors.map(headline).collect()
}
