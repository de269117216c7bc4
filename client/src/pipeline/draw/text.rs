//! Text of users' on one line of a drawing: printable, bounded, and still recognisable.
//! What comes out of here holds no line break, nothing invisible and nothing that turns the direction of writing.

use serde_json::Value;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// How many characters of a text are shown.
const LONGEST: usize = 80;

/// A name, a key or a value: as it is where it is one plain word, else in quotes and escaped as Rust does.
pub(super) fn word(text: &str) -> String {
    quoted_unless(text, |c| c.is_alphanumeric() || "_-.:/+@[]".contains(c))
}

/// The name of a view, in which quotes around a part are nothing strange.
pub(super) fn view(text: &str) -> String {
    quoted_unless(text, |c| c.is_alphanumeric() || "_-.\"".contains(c))
}

/// The value of a parameter. They are texts; should a document ever give them another type, it is shown as JSON.
pub(super) fn value(value: &Value) -> String {
    match value {
        Value::String(text) => word(text),
        other => word(&other.to_string()),
    }
}

fn quoted_unless(text: &str, plain: impl Fn(char) -> bool) -> String {
    let shown = match text.char_indices().nth(LONGEST) {
        Some((end, _)) => text.get(..end).unwrap_or(text),
        None => text,
    };
    let cut = if shown.len() < text.len() { "…" } else { "" };
    if !shown.is_empty() && shown.chars().all(plain) {
        format!("{shown}{cut}")
    } else {
        format!("{shown:?}{cut}")
    }
}

/// How many columns of a terminal a text takes.
pub(super) fn width(text: &str) -> usize {
    text.width()
}

/// As much of a text as fits into so many columns, the last one showing that more follows.
pub(super) fn fitted(text: &str, columns: usize) -> String {
    if width(text) <= columns {
        return text.to_owned();
    }
    let mut taken = 1;
    let fits = |c: &char| {
        taken += c.width().unwrap_or(0);
        taken <= columns
    };
    text.chars().take_while(fits).chain(['…']).collect()
}

/// Items with commas between them and something around them, in pieces between which a line may break; none for none.
pub(super) fn enclosed(open: &str, mut items: Vec<String>, close: &str) -> Vec<String> {
    let last = items.len().saturating_sub(1);
    for (i, item) in items.iter_mut().enumerate() {
        let open = if i == 0 { open } else { "" };
        let end = if i == last { close } else { "," };
        *item = format!("{open}{item}{end}");
    }
    items
}

/// Names, with `share[0..=7]` for members of a group that follow one another, from three on.
pub(super) fn ranges<'a>(names: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut runs: Vec<Run<'a>> = Vec::new();
    for name in names {
        let member = member(name);
        match (runs.last_mut(), member) {
            (Some(run), Some((group, index))) if run.goes_on_with(group, index) => run.length += 1,
            _ => runs.push(Run {
                first: name,
                member,
                length: 1,
            }),
        }
    }
    runs.iter().flat_map(Run::words).collect()
}

struct Run<'a> {
    first: &'a str,
    member: Option<(&'a str, usize)>,
    length: usize,
}

impl Run<'_> {
    fn goes_on_with(&self, group: &str, index: usize) -> bool {
        let next = |(of, first): (&str, usize)| {
            of == group && first.checked_add(self.length) == Some(index)
        };
        self.member.is_some_and(next)
    }

    fn words(&self) -> Vec<String> {
        match (self.member, self.length) {
            (Some((group, first)), 2) => [first, first + 1].map(|i| format!("{group}[{i}]")).into(),
            (Some((group, first)), 3..) => {
                vec![format!("{group}[{first}..={}]", first + self.length - 1)]
            }
            _ => vec![self.first.to_owned()],
        }
    }
}

/// The group and the index in `share[3]`.
fn member(name: &str) -> Option<(&str, usize)> {
    let (group, digits) = name.strip_suffix(']')?.split_once('[')?;
    let index: usize = digits.parse().ok()?;
    // Not `share[03]`, which is somebody's label and no member.
    (index.to_string() == digits).then_some((group, index))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_word_stays_and_anything_else_is_quoted() {
        assert_eq!(word("dune.acme.result_x"), "dune.acme.result_x");
        assert_eq!(word("größe"), "größe");
        assert_eq!(word("share[0]"), "share[0]");
        assert_eq!(word(""), "\"\"");
        assert_eq!(word("2026-01-31 00:00:00"), "\"2026-01-31 00:00:00\"");
        assert_eq!(word("a, b = \"c\"\n"), r#""a, b = \"c\"\n""#);
        assert_eq!(view("dune.\"21co\".result_x"), "dune.\"21co\".result_x");
    }

    #[test]
    fn what_cannot_be_seen_is_written_out() {
        for hidden in [
            "\u{1b}[31m",
            "\u{202e}abc",
            "\u{200b}",
            "\u{feff}",
            "\u{fffe}",
            "\u{2028}",
        ] {
            let shown = word(hidden);
            assert!(shown.contains("\\u{"), "{shown}");
        }
    }

    #[test]
    fn a_long_text_is_cut_and_says_so() {
        assert_eq!(word(&"x".repeat(80)), "x".repeat(80));
        assert_eq!(word(&"ß".repeat(81)), "ß".repeat(80) + "…");
        assert_eq!(fitted("volume", 6), "volume");
        assert_eq!(fitted("volumes", 6), "volum…");
        assert_eq!(fitted("日本語", 5), "日本…");
    }

    #[test]
    fn members_side_by_side_are_told_together() {
        let told = |names: &[&str]| ranges(names.iter().copied()).join(", ");
        assert_eq!(
            told(&["share[0]", "share[1]", "share[2]", "x"]),
            "share[0..=2], x"
        );
        assert_eq!(told(&["share[0]", "share[1]"]), "share[0], share[1]");
        assert_eq!(
            told(&["share[0]", "share[2]", "share[1]"]),
            "share[0], share[2], share[1]"
        );
        assert_eq!(
            told(&["a[0]", "b[1]", "b[2]", "b[3]", "b[03]"]),
            "a[0], b[1..=3], b[03]"
        );
        assert_eq!(told(&["1", "2", "3"]), "1, 2, 3");
        assert_eq!(
            told(&["a[18446744073709551615]", "a[0]"]),
            "a[18446744073709551615], a[0]"
        );
    }
}
