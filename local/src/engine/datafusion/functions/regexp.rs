//! Regular expressions. Trino's are Java's; what Rust's engine has not (look-around, back references) is refused.

use std::{cell::RefCell, collections::HashMap};

use regex::{Captures, Regex};

use super::{
    super::{
        types::Type,
        value::Value::{self, Bool, Int, List, Null, Text},
    },
    Line, bad_argument, misfit,
};
use crate::engine::SqlError;

type Out = Result<Value, SqlError>;

pub(super) const TABLE: &[Line] = &[
    ("regexp_like", "varchar,varchar->boolean", |v, _| {
        on(v, |s, re, _| Ok(Bool(re.is_match(s))))
    }),
    ("regexp_extract", "varchar,varchar->varchar", |v, _| {
        on(v, |s, re, _| {
            Ok(re.find(s).map_or(Null, |m| Value::text(m.as_str())))
        })
    }),
    (
        "regexp_extract",
        "varchar,varchar,bigint->varchar",
        |v, _| {
            on(v, |s, re, rest| {
                let group = group(re, rest)?;
                Ok(re
                    .captures(s)
                    .and_then(|c| c.get(group))
                    .map_or(Null, |m| Value::text(m.as_str())))
            })
        },
    ),
    (
        "regexp_extract_all",
        "varchar,varchar->array(varchar)",
        extract_all,
    ),
    (
        "regexp_extract_all",
        "varchar,varchar,bigint->array(varchar)",
        extract_all,
    ),
    ("regexp_count", "varchar,varchar->bigint", |v, _| {
        on(v, |s, re, _| {
            Ok(Int(i64::try_from(matches(re, s).len()).unwrap_or(i64::MAX)))
        })
    }),
    ("regexp_replace", "varchar,varchar->varchar", |v, _| {
        on(v, |s, re, _| Ok(replace(re, s, "")))
    }),
    (
        "regexp_replace",
        "varchar,varchar,varchar->varchar",
        |v, _| {
            on(v, |s, re, rest| {
                let [Text(with)] = rest else {
                    return Err(misfit());
                };
                Ok(replace(re, s, &template(with, re)?))
            })
        },
    ),
    ("regexp_position", "varchar,varchar->integer", |v, _| {
        on(v, |s, re, _| {
            let place = re
                .find(s)
                .and_then(|m| s.get(..m.start()))
                .map(|before| before.chars().count() + 1);
            Ok(Int(place
                .and_then(|place| i64::try_from(place).ok())
                .unwrap_or(-1)))
        })
    }),
    ("regexp_split", "varchar,varchar->array(varchar)", |v, _| {
        on(v, |s, re, _| {
            let (mut parts, mut from) = (Vec::new(), 0);
            for found in matches(re, s) {
                let Some(whole) = found.get(0) else { continue };
                parts.push(Value::text(s.get(from..whole.start()).unwrap_or_default()));
                from = whole.end();
            }
            parts.push(Value::text(s.get(from..).unwrap_or_default()));
            Ok(List(parts))
        })
    }),
];

thread_local! {
    /// Patterns are constants as a rule: each is compiled once a thread.
    static COMPILED: RefCell<HashMap<String, Regex>> = RefCell::default();
}

fn on(values: &[Value], work: impl Fn(&str, &Regex, &[Value]) -> Out) -> Out {
    let [Text(s), Text(pattern), rest @ ..] = values else {
        return Err(misfit());
    };
    let regex = compiled(pattern)?;
    work(s, &regex, rest)
}

fn compiled(pattern: &str) -> Result<Regex, SqlError> {
    if let Some(known) = COMPILED.with_borrow(|all| all.get(pattern).cloned()) {
        return Ok(known);
    }
    let refused = |what: &str| {
        Err(SqlError::new(
            "NOT_SUPPORTED",
            format!(
                "{what} in a regular expression is not supported by the local engine yet: {pattern}"
            ),
        ))
    };
    if ["(?=", "(?!", "(?<=", "(?<!", "(?>"]
        .iter()
        .any(|part| pattern.contains(part))
    {
        return refused("look-around");
    }
    if ["*+", "++", "?+", "}+"]
        .iter()
        .any(|part| pattern.contains(part))
    {
        return refused("a possessive quantifier");
    }
    if pattern.contains('&') && pattern.contains('[')
        || pattern.contains("\\Z")
        || pattern.contains("\\G")
        || pattern.contains("\\Q")
    {
        return refused("a construct of Java");
    }
    // Java's \d, \w, \s and \b know ASCII only.
    let ascii = pattern
        .replace("\\\\", "\u{0}")
        .replace("\\d", "[0-9]")
        .replace("\\D", "[^0-9]")
        .replace("\\w", "[a-zA-Z0-9_]")
        .replace("\\W", "[^a-zA-Z0-9_]")
        .replace("\\s", "[ \\t\\n\\x0B\\f\\r]")
        .replace("\\S", "[^ \\t\\n\\x0B\\f\\r]")
        .replace("\\b", "(?-u:\\b)")
        .replace('\u{0}', "\\\\");
    match Regex::new(&ascii) {
        Ok(regex) => {
            COMPILED.with_borrow_mut(|all| {
                if all.len() > 100 {
                    all.clear();
                }
                all.insert(pattern.to_owned(), regex.clone());
            });
            Ok(regex)
        }
        Err(error) => Err(bad_argument(
            error
                .to_string()
                .lines()
                .last()
                .unwrap_or("invalid pattern")
                .trim()
                .to_owned(),
        )),
    }
}

fn group(re: &Regex, rest: &[Value]) -> Result<usize, SqlError> {
    let group = match rest {
        [] => 0,
        [Int(group)] => *group,
        _ => return Err(misfit()),
    };
    let groups = re.captures_len() - 1;
    match usize::try_from(group) {
        Ok(group) if group <= groups => Ok(group),
        Ok(group) => Err(bad_argument(format!(
            "Pattern has {groups} groups. Cannot access group {group}"
        ))),
        Err(_) => Err(bad_argument("Group cannot be negative")),
    }
}

fn extract_all(values: &[Value], _: &[Type]) -> Out {
    on(values, |s, re, rest| {
        let group = group(re, rest)?;
        Ok(List(
            matches(re, s)
                .iter()
                .map(|c| c.get(group).map_or(Null, |m| Value::text(m.as_str())))
                .collect(),
        ))
    })
}

/// All matches as Java finds them: an empty one may stand right behind another.
fn matches<'s>(re: &Regex, s: &'s str) -> Vec<Captures<'s>> {
    let (mut all, mut from) = (Vec::new(), 0);
    while let Some(found) = (from <= s.len()).then(|| re.captures_at(s, from)).flatten() {
        let Some(whole) = found.get(0) else { break };
        let step = s
            .get(whole.end()..)
            .and_then(|rest| rest.chars().next())
            .map_or(1, char::len_utf8);
        from = if whole.is_empty() {
            whole.end() + step
        } else {
            whole.end()
        };
        all.push(found);
    }
    all
}

fn replace(re: &Regex, s: &str, template: &str) -> Value {
    let (mut out, mut from) = (String::new(), 0);
    for found in matches(re, s) {
        let Some(whole) = found.get(0) else { continue };
        out.push_str(s.get(from..whole.start()).unwrap_or_default());
        found.expand(template, &mut out);
        from = whole.end();
    }
    out.push_str(s.get(from..).unwrap_or_default());
    Value::text(out)
}

/// Java's `$1`, `${name}` and `\$` in Rust's words.
fn template(with: &str, re: &Regex) -> Result<String, SqlError> {
    let mut out = String::new();
    let mut chars = with.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some('$') => out.push_str("$$"),
                Some(c) => out.push(c),
                None => return Err(bad_argument("Illegal replacement sequence: \\")),
            },
            '$' if chars.peek() == Some(&'{') => out.push('$'),
            '$' => {
                // As many digits as name a group.
                let mut group: Option<usize> = None;
                while let Some(digit) = chars.peek().and_then(|c| c.to_digit(10)) {
                    let next = group.unwrap_or(0) * 10 + usize::try_from(digit).unwrap_or(0);
                    if group.is_some() && next >= re.captures_len() {
                        break;
                    }
                    group = Some(next);
                    chars.next();
                }
                match group {
                    Some(group) if group < re.captures_len() => {
                        out.push_str(&format!("${{{group}}}"))
                    }
                    Some(group) => {
                        return Err(bad_argument(format!(
                            "Illegal replacement sequence: unknown group: {group}"
                        )));
                    }
                    None => return Err(bad_argument("Illegal replacement sequence: $")),
                }
            }
            c => out.push(c),
        }
    }
    Ok(out)
}
