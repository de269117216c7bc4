//! The count of verdicts, area by area, as a table for people.
//! Different is what answers and is wrong: the column that may only shrink.

use std::collections::BTreeMap;
use std::fmt;

use super::verdict::Verdict;

/// How many statements came to which verdict.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Count {
    equal: usize,
    type_differs: usize,
    refused: usize,
    different: usize,
    refused_alike: usize,
    refused_otherwise: usize,
    answered: usize,
}

impl Count {
    fn add(&mut self, verdict: &Verdict) {
        let counter = match verdict {
            Verdict::Equal => &mut self.equal,
            Verdict::TypeDiffers(_) => &mut self.type_differs,
            Verdict::Refused(_) => &mut self.refused,
            Verdict::Different(_) => &mut self.different,
            Verdict::RefusedAlike => &mut self.refused_alike,
            Verdict::RefusedOtherwise(_) => &mut self.refused_otherwise,
            Verdict::Answered(_) => &mut self.answered,
        };
        *counter += 1;
    }

    fn columns(&self) -> [usize; 8] {
        let all = [
            self.equal,
            self.type_differs,
            self.refused,
            self.different,
            self.refused_alike,
            self.refused_otherwise,
            self.answered,
        ];
        let [a, b, c, d, e, f, g] = all;
        [all.iter().sum(), a, b, c, d, e, f, g]
    }
}

/// The verdicts of a run.
#[derive(Debug, Default)]
pub(crate) struct Report {
    areas: BTreeMap<String, Count>,
    all: Count,
}

impl Report {
    pub(crate) fn add(&mut self, area: &str, verdict: &Verdict) {
        self.areas.entry(area.to_owned()).or_default().add(verdict);
        self.all.add(verdict);
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{:24}   {:^39}   {:^29}",
            "", "Trino answers, we answer or refuse", "Trino refuses, and we"
        )?;
        writeln!(
            f,
            "{:14} {:>9}   {:>8} {:>10} {:>8} {:>10}   {:>8} {:>9} {:>9}",
            "area",
            "of",
            "equal",
            "type only",
            "refused",
            "different",
            "same",
            "by other",
            "answer"
        )?;
        let rows = self
            .areas
            .iter()
            .map(|(area, count)| (area.as_str(), count));
        let total = (self.areas.len() > 1).then_some(("all together", &self.all));
        for (area, count) in rows.chain(total) {
            let [
                of,
                equal,
                types,
                refused,
                different,
                alike,
                otherwise,
                answered,
            ] = count.columns();
            writeln!(
                f,
                "{area:14} {of:>9}   {equal:>8} {types:>10} {refused:>8} {different:>10}   {alike:>8} {otherwise:>9} {answered:>9}"
            )?;
        }
        let Count {
            equal,
            type_differs,
            refused,
            different,
            refused_alike,
            refused_otherwise,
            answered,
        } = self.all;
        write!(
            f,
            "\nequal: {}; only the type differs: {type_differs}; refused: {}; different: {}",
            equal + refused_alike,
            refused + refused_otherwise,
            different + answered,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_answers_and_is_wrong_counts_as_different_on_both_sides() {
        let mut report = Report::default();
        let why = String::new;
        for (area, verdict) in [
            ("math", Verdict::Equal),
            ("math", Verdict::Different(why())),
            ("math", Verdict::Answered(why())),
            ("array", Verdict::Refused(why())),
            ("array", Verdict::RefusedAlike),
            ("array", Verdict::RefusedOtherwise(why())),
            ("array", Verdict::TypeDiffers(why())),
        ] {
            report.add(area, &verdict);
        }
        let text = report.to_string();
        let rows: Vec<Vec<&str>> = text
            .lines()
            .skip(2)
            .map(|line| line.split_whitespace().collect())
            .collect();
        assert_eq!(rows[0], ["array", "4", "0", "1", "1", "0", "1", "1", "0"]);
        assert_eq!(rows[1], ["math", "3", "1", "0", "0", "1", "0", "0", "1"]);
        assert_eq!(
            rows[2],
            ["all", "together", "7", "1", "1", "1", "1", "1", "1", "1"]
        );
        assert!(
            text.ends_with("equal: 2; only the type differs: 1; refused: 2; different: 2"),
            "{text}"
        );
    }
}
