//! Finds `{{key}}` in SQL and puts the values there.

use super::Values;

/// A `{{key}}` in a piece of SQL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Placeholder<'a> {
    pub(crate) key: &'a str,
    start: usize,
    end: usize,
}

impl Placeholder<'_> {
    /// Line and column in the SQL it was found in, both from 1.
    pub(crate) fn place(&self, sql: &str) -> (u64, u64) {
        let before = sql.get(..self.start).unwrap_or_default();
        let last = before.rsplit('\n').next().unwrap_or_default();
        let line = before.matches('\n').count() as u64 + 1;
        (line, last.chars().count() as u64 + 1)
    }
}

/// Every placeholder of a piece of SQL, in order. Blanks inside the braces do not count.
pub(crate) fn placeholders(sql: &str) -> Vec<Placeholder<'_>> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some((before, rest)) = sql.get(from..).and_then(|rest| rest.split_once("{{")) {
        let start = from + before.len();
        let Some((inner, _)) = rest.split_once("}}") else {
            break;
        };
        let key = inner.trim();
        if key.is_empty() || key.contains(['{', '\n']) {
            from = start + 1;
            continue;
        }
        let end = start + inner.len() + 4;
        found.push(Placeholder { key, start, end });
        from = end;
    }
    found
}

/// The SQL with every placeholder replaced. The first one without a value is the error.
pub(crate) fn fill<'a>(sql: &'a str, values: &Values) -> Result<String, Placeholder<'a>> {
    let mut filled = String::with_capacity(sql.len());
    let mut from = 0;
    for placeholder in placeholders(sql) {
        let Some(value) = values.get(placeholder.key) else {
            return Err(placeholder);
        };
        filled.push_str(sql.get(from..placeholder.start).unwrap_or_default());
        filled.push_str(value);
        from = placeholder.end;
    }
    filled.push_str(sql.get(from..).unwrap_or_default());
    Ok(filled)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn values(given: serde_json::Value) -> Values {
        Values::free(given.as_object().unwrap()).unwrap()
    }

    #[test]
    fn a_value_replaces_its_key_wherever_it_stands() {
        let values = values(json!({"chain": "base", "n": 3, "list": ["a", "b"]}));
        let sql = "select '{{list}}' from {{chain}}.trades where x > {{ n }} -- {{n}}";
        assert_eq!(
            fill(sql, &values).unwrap(),
            "select 'a,b' from base.trades where x > 3 -- 3"
        );
    }

    #[test]
    fn a_value_is_not_searched_for_keys_again() {
        let values = values(json!({"a": "{{b}}", "b": "x"}));
        assert_eq!(fill("select '{{a}}'", &values).unwrap(), "select '{{b}}'");
    }

    #[test]
    fn a_key_without_a_value_is_named_with_its_line() {
        let sql = "select 1\nfrom t\nwhere x = {{ who }}";
        let missing = fill(sql, &Values::default()).unwrap_err();
        assert_eq!((missing.key, missing.place(sql)), ("who", (3, 11)));
    }

    #[test]
    fn braces_that_hold_no_key_are_left_alone() {
        for sql in [
            "select '{{'",
            "select '{{}}'",
            "select '{{{a}}'",
            "é {{ \n }}",
        ] {
            match fill(sql, &Values::default()) {
                Ok(same) => assert_eq!(same, sql),
                Err(found) => assert_eq!(found.key, "a"),
            }
        }
    }
}
