//! Names as people mistype them, and lists of names as people can read them.
//! The rule for near misses is rustc's own, so that a suggestion comes when a Rust programmer expects one; but of one letter
//! rustc suggests any other, which is left out here.

use std::fmt::{self, Display};

/// How many names a list shows before it only counts the others.
pub const SHOWN: usize = 8;

/// The candidate that `name` most likely stands for: the same but for case, else at a Damerau-Levenshtein distance of at most
/// `max(length, 3) / 3`, else the same words around its underscores in another order. The first of equally near ones. Nothing is near
/// an empty name, and a candidate that keeps no letter of the name where it stood is not near it: `y` is no slip of `x`.
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let mut candidates = candidates.into_iter();
    nearest_of(name, &mut || candidates.next())
}

/// Compiled once, whatever the candidates come from.
fn nearest_of<'a>(name: &str, next: &mut dyn FnMut() -> Option<&'a str>) -> Option<&'a str> {
    let written: Vec<char> = name.chars().collect();
    if written.is_empty() {
        return None;
    }
    let folded = name.to_lowercase();
    let mut limit = written.len().max(3) / 3;
    let (mut close, mut reordered) = (None, None);
    while let Some(candidate) = next() {
        if candidate.to_lowercase() == folded {
            return Some(candidate);
        }
        if let Some(distance) = distance(&written, candidate, limit)
            && distance < written.len()
        {
            close = Some(candidate);
            // From here on only nearer ones.
            limit = distance.saturating_sub(1);
        }
        if reordered.is_none() && has_words_of(candidate, name) {
            reordered = Some(candidate);
        }
    }
    close.or(reordered)
}

/// Are they the same words around underscores, in any order?
fn has_words_of(one: &str, other: &str) -> bool {
    let times = |name: &str, word: &str| name.split('_').filter(|&it| it == word).count();
    // Of one length, none has a word more that the other does not have.
    one.len() == other.len()
        && one
            .split('_')
            .all(|word| times(one, word) == times(other, word))
}

/// Insertions, deletions, substitutions and swaps of neighbours that make `b` of `a`, if that takes at most `limit` of them.
fn distance(a: &[char], b: &str, limit: usize) -> Option<usize> {
    let is_beyond = |row: &[usize]| row.iter().all(|&cost| cost > limit);
    let b: Vec<char> = b.chars().collect();
    if a.len().abs_diff(b.len()) > limit {
        return None;
    }
    let mut before_last = vec![0; b.len() + 1];
    let mut row = before_last.clone();
    let mut last = before_last.clone();
    for (j, cost) in last.iter_mut().enumerate() {
        *cost = j;
    }
    for i in 1..=a.len() {
        row[0] = i;
        for j in 1..=b.len() {
            let substituted = last[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            row[j] = substituted.min(last[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                row[j] = row[j].min(before_last[j - 2] + 1);
            }
        }
        // Every way to the end leads through this row or, by a swap, through the one above it.
        if is_beyond(&row) && is_beyond(&last) {
            return None;
        }
        std::mem::swap(&mut before_last, &mut last);
        std::mem::swap(&mut last, &mut row);
    }
    (last[b.len()] <= limit).then_some(last[b.len()])
}

/// Names in backquotes for the end of a sentence: all of them up to [`SHOWN`], else so many and how many others there are.
///
/// ```
/// # use dune_pipeline_graph::names::list;
/// assert_eq!(list(["small", "medium", "large"]), "`small`, `medium`, `large`");
/// assert_eq!(list(1..=20), "`1`, `2`, `3`, `4`, `5`, `6`, `7`, `8` and 12 others");
/// ```
pub fn list<T: Display>(names: impl IntoIterator<Item = T>) -> String {
    let mut names = names.into_iter();
    let shown: Vec<T> = names.by_ref().take(SHOWN).collect();
    Listed {
        shown: &shown,
        others: names.count(),
    }
    .to_string()
}

/// The same for names that were counted elsewhere.
pub(crate) struct Listed<'a, T> {
    pub(crate) shown: &'a [T],
    pub(crate) others: usize,
}

impl<T: Display> Display for Listed<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, name) in self.shown.iter().enumerate() {
            let comma = if i == 0 { "" } else { ", " };
            write!(f, "{comma}`{name}`")?;
        }
        match self.others {
            0 => Ok(()),
            1 => write!(f, " and 1 other"),
            others => write!(f, " and {others} others"),
        }
    }
}

/// Text that may come from anywhere, on one line: a line break in a name would tear a message apart.
pub(crate) struct OneLine<'a>(pub(crate) &'a str);

impl Display for OneLine<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.chars().try_for_each(|c| {
            if c.is_control() {
                write!(f, "{}", c.escape_default())
            } else {
                write!(f, "{c}")
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(name: &str, candidates: &[&'static str]) -> Option<&'static str> {
        nearest(name, candidates.iter().copied())
    }

    #[test]
    fn a_swap_of_neighbours_is_one_mistake() {
        assert_eq!(near("pricse", &["report", "prices"]), Some("prices"));
        assert_eq!(near("ab", &["ba"]), Some("ba"));
    }

    #[test]
    fn up_to_three_letters_bear_one_mistake_and_nine_bear_three() {
        assert_eq!(near("gas", &["gaz"]), Some("gaz"));
        assert_eq!(near("gas", &["ga"]), Some("ga"));
        assert_eq!(near("gas", &["gxy"]), None);
        assert_eq!(near("abcdefghi", &["xbcxefghx"]), Some("xbcxefghx"));
        assert_eq!(near("abcdefghi", &["xbcxefxhx"]), None);
    }

    #[test]
    fn the_nearest_wins_and_the_first_of_equally_near_ones() {
        assert_eq!(near("trends", &["brends", "trend"]), Some("brends"));
        assert_eq!(near("trends", &["brend", "trend"]), Some("trend"));
    }

    #[test]
    fn another_case_comes_before_another_letter() {
        assert_eq!(near("Volume", &["volume2", "VOLUME"]), Some("VOLUME"));
    }

    #[test]
    fn the_words_of_a_label_may_stand_in_another_order() {
        assert_eq!(
            near("volume_daily", &["takers", "daily_volume"]),
            Some("daily_volume")
        );
        assert_eq!(near("volume_daily", &["daily_volumes"]), None);
    }

    #[test]
    fn letters_are_counted_and_not_bytes() {
        assert_eq!(near("größe", &["grösse", "grõße"]), Some("grõße"));
        assert_eq!(near("日本", &["日木"]), Some("日木"));
        assert_eq!(near("日本", &["中国"]), None);
    }

    #[test]
    fn nothing_is_near_nothing() {
        assert_eq!(near("", &["abcd"]), None);
        assert_eq!(near("abcd", &[]), None);
        assert_eq!(near("", &["", "a"]), None);
        assert_eq!(near("a", &[""]), None);
    }

    #[test]
    fn one_letter_is_no_slip_of_another() {
        assert_eq!(near("x", &["y"]), None);
        assert_eq!(near("x", &["y", "X"]), Some("X"));
        assert_eq!(near("x1", &["y", "x"]), Some("x"));
        assert_eq!(near("ab", &["ba"]), Some("ba"));
    }

    #[test]
    fn a_list_of_nine_says_that_there_is_one_other() {
        assert_eq!(list(Vec::<u8>::new()), "");
        assert_eq!(list(["a"]), "`a`");
        assert_eq!(list(1..=8), "`1`, `2`, `3`, `4`, `5`, `6`, `7`, `8`");
        assert_eq!(
            list(1..=9),
            "`1`, `2`, `3`, `4`, `5`, `6`, `7`, `8` and 1 other"
        );
    }
}
