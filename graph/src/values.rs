//! What a view's name, a query's id and a node's id can be: the checks of single values.
//! Only what no Dune account could hold is refused; whether a view or a query exists is for the API to say.

use crate::Rule;

/// Why a text cannot be the name of a materialized view.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ViewFault {
    /// Nothing is in it.
    Empty,
    /// A blank, a line break or a control character is in it.
    Blanks,
    /// Neither one part nor three, but this many, counted at the dots outside of quotes.
    Parts(usize),
    /// Nothing stands before, between or after its dots, or between its quotes.
    EmptyPart,
    /// A quote that does not enclose a whole part.
    Quotes,
}

/// Checks that a text can be the name of a materialized view: `dune.<team>.result_<name>`, or the last part alone. A part
/// may stand in double quotes, as SQL wants it for a team whose handle starts with a digit: `dune."21co".result_volume`.
///
/// # Errors
/// [`Rule::ViewName`], which says what is wrong with it.
pub fn check_view(view: &str) -> Result<(), Rule> {
    view_key(view).map(drop).map_err(|fault| Rule::ViewName {
        view: view.to_owned(),
        fault,
    })
}

/// Checks that a number can be the id of a query: 1 to [`i64::MAX`], which is what the API's types hold.
///
/// # Errors
/// [`Rule::QueryId`].
pub fn check_query_id(id: i128) -> Result<i64, Rule> {
    positive(id).ok_or(Rule::QueryId { id })
}

/// Checks that a number can be the id of a node: 1 to [`i64::MAX`], which is what the API's types hold.
///
/// # Errors
/// [`Rule::NodeId`].
pub fn check_node_id(id: i128) -> Result<i64, Rule> {
    positive(id).ok_or(Rule::NodeId { id })
}

fn positive(id: i128) -> Option<i64> {
    i64::try_from(id).ok().filter(|&id| id > 0)
}

/// What two spellings of one view have in common: SQL's names know neither case nor quotes.
pub(crate) fn view_key(view: &str) -> Result<String, ViewFault> {
    if view.is_empty() {
        return Err(ViewFault::Empty);
    }
    if view.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Err(ViewFault::Blanks);
    }
    let mut quoted = false;
    let at_dots = view.split(|c| {
        quoted ^= c == '"';
        c == '.' && !quoted
    });
    let (mut key, mut parts, mut has_empty) = (String::new(), 0, false);
    for part in at_dots {
        let part = unquoted(part)?;
        has_empty |= part.is_empty();
        parts += 1;
        // A dot within quotes is no separator: behind what no name can hold, the parts stay apart.
        key.push('\n');
        key.push_str(part);
    }
    match parts {
        _ if has_empty => Err(ViewFault::EmptyPart),
        1 | 3 => Ok(key.to_lowercase()),
        _ => Err(ViewFault::Parts(parts)),
    }
}

fn unquoted(part: &str) -> Result<&str, ViewFault> {
    let inner = match part.strip_prefix('"') {
        Some(rest) => rest.strip_suffix('"').ok_or(ViewFault::Quotes)?,
        None => part,
    };
    if inner.bytes().any(|byte| byte == b'"') {
        Err(ViewFault::Quotes)
    } else {
        Ok(inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_view_is_named_with_its_team_or_by_its_last_part_alone() {
        for view in [
            "dune.acme.result_dex_daily",
            "result_dex_daily",
            "mv_1",
            "dune.analyst.mv_base_data",
            "dune.\"21co\".result_x",
            "\"dune\".\"a.b\".result_x",
            "dune.équipe.result_x",
        ] {
            assert_eq!(check_view(view), Ok(()), "{view}");
        }
    }

    #[test]
    fn what_cannot_name_a_view_is_told_apart() {
        for (view, fault) in [
            ("", ViewFault::Empty),
            ("dune.acme.result x", ViewFault::Blanks),
            (" mv_1", ViewFault::Blanks),
            ("mv_1\n", ViewFault::Blanks),
            ("mv\u{0}", ViewFault::Blanks),
            ("acme.result_x", ViewFault::Parts(2)),
            ("dune.acme.result.x", ViewFault::Parts(4)),
            ("dune..result_x", ViewFault::EmptyPart),
            (".", ViewFault::EmptyPart),
            ("dune.\"\".result_x", ViewFault::EmptyPart),
            ("dune.\"acme.result_x", ViewFault::Quotes),
            ("dune.21\"co\".result_x", ViewFault::Quotes),
            ("\"", ViewFault::Quotes),
        ] {
            assert_eq!(
                check_view(view),
                Err(Rule::ViewName {
                    view: view.into(),
                    fault
                }),
                "{view:?}"
            );
        }
    }

    #[test]
    fn case_and_quotes_make_no_other_view() {
        assert_eq!(
            view_key("Dune.\"Acme\".RESULT_x"),
            view_key("dune.acme.result_X")
        );
        assert_ne!(view_key("result_x"), view_key("dune.acme.result_x"));
        assert_ne!(view_key("dune.\"a.b\".c"), view_key("\"dune.a\".b.c"));
    }

    #[test]
    fn ids_are_positive_and_fit_the_apis_type() {
        for id in [1, 3101, i64::MAX.into()] {
            assert_eq!(check_query_id(id).map(i128::from), Ok(id));
            assert_eq!(check_node_id(id).map(i128::from), Ok(id));
        }
        for id in [0, -1, i128::from(i64::MAX) + 1, i128::MIN, i128::MAX] {
            assert_eq!(check_query_id(id), Err(Rule::QueryId { id }));
            assert_eq!(check_node_id(id), Err(Rule::NodeId { id }));
        }
    }
}
