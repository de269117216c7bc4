//! Texts in the columns of a terminal: how wide they are, and how they are cut without lying about where.
//! Nothing that comes out of here holds a control character, so that no label and no error can move the cursor.

use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

pub(crate) const CUT: &str = "…";

/// In columns.
pub(crate) fn width(text: &str) -> usize {
    text.width()
}

/// On one line, with one blank for any number of them and of line breaks, and without what would steer a terminal or turn the
/// direction of writing.
pub(crate) fn line(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            c if c.is_whitespace() => {
                if !out.is_empty() && !out.ends_with(' ') {
                    out.push(' ');
                }
            }
            c if steers(c) => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out.truncate(out.trim_end().len());
    out
}

/// On as many lines as it has, without what would steer a terminal or turn the direction of writing.
pub(crate) fn lines(text: &str) -> String {
    let text = text.replace("\r\n", "\n");
    let clean = text.chars().map(|c| match c {
        '\n' | '\t' => c,
        c if steers(c) => '\u{fffd}',
        c => c,
    });
    clean.collect()
}

fn steers(c: char) -> bool {
    c.is_control() || turns(c)
}

/// What makes a terminal write in another direction, or is not seen at all.
fn turns(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// At most as wide as this, with a mark where its end is missing.
pub(crate) fn cut(text: &str, columns: usize) -> String {
    if width(text) <= columns {
        return text.to_owned();
    }
    match columns.checked_sub(width(CUT)) {
        Some(room) => format!("{}{CUT}", beginning(text, room)),
        None => String::new(),
    }
}

/// At most as wide as this, with a mark where its middle is missing: the end of the name of a view tells it from others.
pub(crate) fn cut_inside(text: &str, columns: usize) -> String {
    if width(text) <= columns {
        return text.to_owned();
    }
    let Some(room) = columns.checked_sub(width(CUT)) else {
        return String::new();
    };
    let before = beginning(text, room / 2);
    let mut at = text.len();
    let mut left = room - width(before);
    for (start, c) in text.char_indices().rev() {
        let Some(rest) = left.checked_sub(c.width().unwrap_or(0)) else {
            break;
        };
        left = rest;
        at = start;
    }
    format!("{before}{CUT}{}", text.get(at..).unwrap_or_default())
}

/// Filled up with blanks to this width.
pub(crate) fn padded(text: &str, columns: usize) -> String {
    let missing = columns.saturating_sub(width(text));
    format!("{text}{:missing$}", "")
}

fn beginning(text: &str, columns: usize) -> &str {
    let mut left = columns;
    for (start, c) in text.char_indices() {
        match left.checked_sub(c.width().unwrap_or(0)) {
            Some(rest) => left = rest,
            None => return text.get(..start).unwrap_or_default(),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_never_wider_than_it_may_be() {
        let texts = [
            "",
            "a",
            "refresh dune.acme.result_dex_daily",
            "漢字漢字漢字",
            "é\u{301}é\u{301}",
            "👩‍👩‍👧 family",
        ];
        for text in texts {
            for columns in 0..40 {
                for cut in [cut(text, columns), cut_inside(text, columns)] {
                    assert!(
                        width(&cut) <= columns.max(width("")),
                        "{cut:?} in {columns}"
                    );
                }
            }
        }
    }

    #[test]
    fn the_end_of_a_view_is_kept() {
        assert_eq!(
            cut_inside("refresh dune.acme.result_dex_daily", 20),
            "refresh d…_dex_daily"
        );
        assert_eq!(cut("a long label", 7), "a long…");
    }

    #[test]
    fn nothing_that_steers_a_terminal_comes_through() {
        assert_eq!(
            line("a\x1b[2Jb\r\n c\u{202e}d\u{7}"),
            "a\u{fffd}[2Jb c\u{fffd}d\u{fffd}"
        );
    }

    #[test]
    fn a_text_of_lines_keeps_them_and_nothing_that_steers() {
        assert_eq!(
            lines("a\x1b]0;b\u{7}\r\n\n  c\u{202e}d\re\u{9b}f\tg"),
            "a\u{fffd}]0;b\u{fffd}\n\n  c\u{fffd}d\u{fffd}e\u{fffd}f\tg"
        );
    }
}
