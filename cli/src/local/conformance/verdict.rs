//! How an answer of ours stands to Trino's: equal, equal but for types, refused, or different.
//! Rows are a multiset unless the statement orders them.

use std::fmt;

use serde_json::Value;

use super::case::{Answer, Case, Column, Outcome};
use super::kind::{Kind, same_kind};
use super::same::{Rule, unmatched};

/// How our outcome stands to Trino's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Both answer, and the same.
    Equal,
    /// Both answer the same values under the same names, of other types.
    TypeDiffers(String),
    /// Trino answers, we refuse.
    Refused(String),
    /// Both answer, and not the same.
    Different(String),
    /// Both refuse, for the same reason.
    RefusedAlike,
    /// Both refuse, each for its own reason.
    RefusedOtherwise(String),
    /// Trino refuses, we answer.
    Answered(String),
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Verdict::Equal => write!(f, "equal"),
            Verdict::TypeDiffers(how) => write!(f, "type differs: {how}"),
            Verdict::Refused(why) => write!(f, "refused: {why}"),
            Verdict::Different(how) => write!(f, "different: {how}"),
            Verdict::RefusedAlike => write!(f, "refused alike"),
            Verdict::RefusedOtherwise(how) => write!(f, "refused otherwise: {how}"),
            Verdict::Answered(why) => write!(f, "answered: {why}"),
        }
    }
}

/// Judges our outcome of a statement by Trino's.
pub(crate) fn judge(case: &Case, trino: &Outcome, ours: &Outcome) -> Verdict {
    match (trino, ours) {
        (Outcome::Answered(trino), Outcome::Answered(ours)) => answers(case, trino, ours),
        (Outcome::Answered(_), Outcome::Refused { error }) => {
            Verdict::Refused(format!("{}: {}", error.name, error.message))
        }
        (Outcome::Refused { error }, Outcome::Answered(_)) => {
            Verdict::Answered(format!("Trino: {}: {}", error.name, error.message))
        }
        (Outcome::Refused { error: trino }, Outcome::Refused { error: ours })
            if trino.name == ours.name =>
        {
            Verdict::RefusedAlike
        }
        (Outcome::Refused { error: trino }, Outcome::Refused { error: ours }) => {
            Verdict::RefusedOtherwise(format!(
                "Trino: {}; ours: {}: {}",
                trino.name, ours.name, ours.message
            ))
        }
    }
}

fn answers(case: &Case, trino: &Answer, ours: &Answer) -> Verdict {
    let names = |answer: &Answer| {
        answer
            .columns
            .iter()
            .map(|column| column.name.clone())
            .collect::<Vec<_>>()
            .join(", ")
    };
    if names(trino) != names(ours) {
        return Verdict::Different(format!(
            "columns: Trino: {}; ours: {}",
            names(trino),
            names(ours)
        ));
    }
    if trino.rows.len() != ours.rows.len() {
        return Verdict::Different(format!(
            "rows: Trino: {}; ours: {}",
            trino.rows.len(),
            ours.rows.len()
        ));
    }
    let rule = Rule {
        tolerance: case.rel_tol,
        any_order_arrays: case.any_order_arrays == Some(true),
    };
    let kinds = carried(&trino.columns);
    let same = |a: &Vec<Value>, b: &Vec<Value>| {
        let mut columns = kinds.iter().zip(a.iter().zip(b));
        columns.all(|(kind, (a, b))| kind.as_ref().is_none_or(|kind| rule.same(kind, a, b)))
    };
    let odd = match case.ordered {
        Some(true) => trino.rows.iter().zip(&ours.rows).find(|(a, b)| !same(a, b)),
        _ => unmatched(&trino.rows, &ours.rows, same),
    };
    if let Some((trino, ours)) = odd {
        return Verdict::Different(format!(
            "a row: Trino: {}; ours: {}",
            text(trino),
            text(ours)
        ));
    }
    let mut types = trino
        .columns
        .iter()
        .zip(&ours.columns)
        .filter(|(a, b)| !same_kind(&a.kind, &b.kind));
    match types.next() {
        Some((a, b)) => Verdict::TypeDiffers(format!(
            "column `{}`: Trino: {}; ours: {}",
            a.name, a.kind, b.kind
        )),
        None => Verdict::Equal,
    }
}

/// The columns whose values arrive. A row is an object in Dune's API, where the last column of a name hides those before it.
fn carried(columns: &[Column]) -> Vec<Option<Kind>> {
    let hidden =
        |at: usize, name: &str| columns.iter().skip(at + 1).any(|later| later.name == name);
    let kind = |(at, column): (usize, &Column)| {
        (!hidden(at, &column.name)).then(|| Kind::parse(&column.kind))
    };
    columns.iter().enumerate().map(kind).collect()
}

/// The start of a row's JSON: what a line on a terminal bears.
fn text(row: &[Value]) -> String {
    let json = row
        .iter()
        .map(Value::to_string)
        .collect::<Vec<_>>()
        .join(",");
    match json.char_indices().nth(200) {
        Some((end, _)) => format!("[{}..", json.get(..end).unwrap_or_default()),
        None => format!("[{json}]"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::case::Refusal;
    use super::*;
    use serde_json::json;

    fn case(flags: Value) -> Case {
        let mut case = json!({"id": "a/b", "sql": "select"});
        for (flag, value) in flags.as_object().unwrap() {
            case[flag] = value.clone();
        }
        serde_json::from_value(case).unwrap()
    }

    fn answer(kinds: &[&str], rows: Value) -> Outcome {
        let columns: Vec<Value> = kinds
            .iter()
            .enumerate()
            .map(|(i, kind)| json!({"name": format!("c{i}"), "type": kind}))
            .collect();
        serde_json::from_value(json!({"columns": columns, "rows": rows})).unwrap()
    }

    fn refusal(name: &str) -> Outcome {
        Outcome::Refused {
            error: Refusal::new(name, "why"),
        }
    }

    #[track_caller]
    fn differs(flags: Value, kinds: &[&str], trino: Value, ours: Value) {
        let verdict = judge(&case(flags), &answer(kinds, trino), &answer(kinds, ours));
        assert!(matches!(verdict, Verdict::Different(_)), "{verdict:?}");
    }

    #[track_caller]
    fn equal(flags: Value, kinds: &[&str], trino: Value, ours: Value) {
        assert_eq!(
            judge(&case(flags), &answer(kinds, trino), &answer(kinds, ours)),
            Verdict::Equal
        );
    }

    #[test]
    fn rows_are_a_multiset_unless_the_statement_orders_them() {
        equal(
            json!({}),
            &["integer"],
            json!([[1], [2], [1]]),
            json!([[2], [1], [1]]),
        );
        differs(
            json!({}),
            &["integer"],
            json!([[1], [2], [1]]),
            json!([[2], [1], [2]]),
        );
        differs(
            json!({"ordered": true}),
            &["integer"],
            json!([[1], [2]]),
            json!([[2], [1]]),
        );
        differs(json!({}), &["integer"], json!([[1]]), json!([[1], [1]]));
    }

    #[test]
    fn other_types_are_told_only_where_the_values_are_the_same() {
        let judge = |trino: &Outcome, ours: &Outcome| judge(&case(json!({})), trino, ours);
        let (integer, bigint) = (
            answer(&["integer"], json!([[1]])),
            answer(&["bigint"], json!([[1]])),
        );
        assert_eq!(
            judge(&integer, &bigint),
            Verdict::TypeDiffers("column `c0`: Trino: integer; ours: bigint".into())
        );
        assert_eq!(
            judge(
                &answer(&["varchar(1)"], json!([["a"]])),
                &answer(&["varchar"], json!([["a"]]))
            ),
            Verdict::Equal
        );
        assert!(matches!(
            judge(&integer, &answer(&["bigint"], json!([[2]]))),
            Verdict::Different(_)
        ));
    }

    #[test]
    fn columns_are_named_as_trino_names_them() {
        let named = |name: &str| {
            serde_json::from_value(
                json!({"columns": [{"name": name, "type": "integer"}], "rows": [[1]]}),
            )
            .unwrap()
        };
        let verdict = judge(&case(json!({})), &named("_col0"), &named("Int64(1)"));
        assert_eq!(
            verdict,
            Verdict::Different("columns: Trino: _col0; ours: Int64(1)".into())
        );
    }

    #[test]
    fn of_columns_that_share_a_name_the_last_is_compared() {
        let named = |rows: Value| -> Outcome {
            let column = json!({"name": "id", "type": "integer"});
            serde_json::from_value(json!({"columns": [column, column], "rows": rows})).unwrap()
        };
        let judge = |ours| judge(&case(json!({})), &named(json!([[1, 2]])), &named(ours));
        assert_eq!(judge(json!([[2, 2]])), Verdict::Equal);
        assert!(matches!(judge(json!([[1, 1]])), Verdict::Different(_)));
    }

    #[test]
    fn refusals_are_compared_by_name() {
        let (zero, missing, one) = (
            refusal("DIVISION_BY_ZERO"),
            refusal("COLUMN_NOT_FOUND"),
            answer(&["integer"], json!([[1]])),
        );
        let judge = |trino: &Outcome, ours: &Outcome| judge(&case(json!({})), trino, ours);
        assert_eq!(judge(&zero, &zero), Verdict::RefusedAlike);
        assert_eq!(
            judge(&zero, &missing),
            Verdict::RefusedOtherwise(
                "Trino: DIVISION_BY_ZERO; ours: COLUMN_NOT_FOUND: why".into()
            )
        );
        assert_eq!(
            judge(&one, &zero),
            Verdict::Refused("DIVISION_BY_ZERO: why".into())
        );
        assert_eq!(
            judge(&zero, &one),
            Verdict::Answered("Trino: DIVISION_BY_ZERO: why".into())
        );
    }
}
