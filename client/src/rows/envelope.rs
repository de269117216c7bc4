//! An answer with a page of rows, read straight from its bytes: each row goes into the caller's type as it is met, and
//! nothing of it is kept in any other form.

use std::fmt;
use std::marker::PhantomData;

use dune_api::types::{ExecutionResultMetadata, QueryResultError};
use serde::Deserialize;
use serde::de::{
    DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor,
};
use serde_json::value::RawValue;

use super::text::OrNull;

/// What stands around the rows (`models.ReadExecutionResultResponse`), and whatever the rows were read into.
pub(super) struct Envelope<R> {
    pub(super) execution_id: String,
    pub(super) state: String,
    pub(super) next_offset: Option<i64>,
    pub(super) next_uri: Option<String>,
    pub(super) error: Option<QueryResultError>,
    pub(super) result: Option<Data<R>>,
}

/// The rows and what is said of them (`models.QueryResultData`).
pub(super) struct Data<R> {
    pub(super) rows: Option<R>,
    pub(super) metadata: ExecutionResultMetadata,
}

/// Reads an answer whose rows go where `rows` puts them.
pub(super) fn read<'de, S: DeserializeSeed<'de>>(
    body: &'de [u8],
    rows: S,
) -> serde_json::Result<Envelope<S::Value>> {
    // Checked once as a whole, which is quick, and not piece by piece at each text.
    let text = str::from_utf8(body).map_err(serde_json::Error::custom)?;
    read_text(text, rows)
}

fn read_text<'de, S: DeserializeSeed<'de>>(
    text: &'de str,
    rows: S,
) -> serde_json::Result<Envelope<S::Value>> {
    let mut json = serde_json::Deserializer::from_str(text);
    let envelope = EnvelopeSeed(rows).deserialize(&mut json)?;
    json.end()?;
    Ok(envelope)
}

/// Reads an answer and keeps its rows as they came.
pub(super) fn read_raw(body: &[u8]) -> serde_json::Result<Envelope<&RawValue>> {
    read(body, PhantomData)
}

/// Reads an answer that is known to be text, and keeps its rows as they came.
pub(super) fn read_raw_text(text: &str) -> serde_json::Result<Envelope<&RawValue>> {
    read_text(text, PhantomData)
}

/// Reads what stands before the list of rows, and where that begins: as Dune orders its answers, this says whose rows they
/// are and how the execution went. `None` where it does not, and the whole answer has to be read for it.
pub(super) fn read_head(text: &str) -> Option<(Envelope<IgnoredAny>, usize)> {
    const ROWS: &str = "\"rows\":[";
    let begin = text.find(ROWS)? + ROWS.len() - 1;
    // Read as an answer without a row, it has a list of rows at the very end: so this is where it begins.
    let answer = without_rows(text, begin, "}}").ok()?;
    answer.result.as_ref()?.rows.as_ref()?;
    Some((answer, begin))
}

/// Reads an answer without the list of rows, which begins there, and with what stands after it.
pub(super) fn without_rows(
    text: &str,
    begin: usize,
    after: &str,
) -> serde_json::Result<Envelope<IgnoredAny>> {
    let before = text.get(..begin).unwrap_or(text);
    read_text(&[before, "[]", after].concat(), PhantomData)
}

/// Puts rows behind those that are there. Where one of them does not fit, those before it remain.
pub(super) struct Append<'v, T>(pub(super) &'v mut Vec<T>);

impl<'de, T: Deserialize<'de>> DeserializeSeed<'de> for Append<'_, T> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de, T: Deserialize<'de>> Visitor<'de> for Append<'_, T> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of rows")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut rows: A) -> Result<(), A::Error> {
        while let Some(row) = rows.next_element()? {
            self.0.push(row);
        }
        Ok(())
    }
}

struct EnvelopeSeed<S>(S);

/// The fields of an answer that matter here.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Field {
    ExecutionId,
    State,
    NextOffset,
    NextUri,
    Error,
    Result,
    #[serde(other)]
    Other,
}

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for EnvelopeSeed<S> {
    type Value = Envelope<S::Value>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de, S: DeserializeSeed<'de>> Visitor<'de> for EnvelopeSeed<S> {
    type Value = Envelope<S::Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the result of an execution")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Self::Value, A::Error> {
        let mut rows = Some(self.0);
        let (mut execution_id, mut state) = (None, None);
        let (mut next_offset, mut next_uri) = (None, None);
        let (mut error, mut result) = (None, None);
        while let Some(field) = fields.next_key()? {
            match field {
                Field::ExecutionId => execution_id = Some(fields.next_value()?),
                Field::State => state = Some(fields.next_value()?),
                Field::NextOffset => next_offset = fields.next_value()?,
                Field::NextUri => next_uri = fields.next_value()?,
                Field::Error => error = fields.next_value()?,
                Field::Result => {
                    let rows = rows.take();
                    let rows = rows.ok_or_else(|| A::Error::duplicate_field("result"))?;
                    result = fields.next_value_seed(OrNull(DataSeed(rows)))?;
                }
                Field::Other => drop(fields.next_value::<IgnoredAny>()?),
            }
        }
        Ok(Envelope {
            execution_id: execution_id.ok_or_else(|| A::Error::missing_field("execution_id"))?,
            state: state.ok_or_else(|| A::Error::missing_field("state"))?,
            next_offset,
            next_uri,
            error,
            result,
        })
    }
}

struct DataSeed<S>(S);

/// The fields of a result that matter here.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum DataField {
    Rows,
    Metadata,
    #[serde(other)]
    Other,
}

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for DataSeed<S> {
    type Value = Data<S::Value>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de, S: DeserializeSeed<'de>> Visitor<'de> for DataSeed<S> {
    type Value = Data<S::Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("rows and their metadata")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Self::Value, A::Error> {
        let mut seed = Some(self.0);
        let (mut rows, mut metadata) = (None, None);
        while let Some(field) = fields.next_key()? {
            match field {
                DataField::Rows => {
                    let seed = seed.take();
                    let seed = seed.ok_or_else(|| A::Error::duplicate_field("rows"))?;
                    rows = fields.next_value_seed(OrNull(seed))?;
                }
                DataField::Metadata => metadata = fields.next_value::<Option<_>>()?,
                DataField::Other => drop(fields.next_value::<IgnoredAny>()?),
            }
        }
        Ok(Data {
            rows,
            metadata: metadata.unwrap_or_default(),
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    fn values(body: &str) -> Result<(Envelope<()>, Vec<Value>), String> {
        let mut rows = Vec::new();
        let envelope = read(body.as_bytes(), Append(&mut rows));
        envelope
            .map(|envelope| (envelope, rows))
            .map_err(|error| error.to_string())
    }

    #[test]
    fn fields_may_come_in_any_order_and_unknown_ones_do_no_harm() {
        let (envelope, rows) = values(
            r#"{"next_offset": 2, "new": [{"rows": 1}], "result": {"metadata": null, "update_type": "x",
                "rows": [{"a": 1}, {"a": "\u00e9"}]}, "state": "S", "execution_id": "01C", "next_uri": null}"#,
        )
        .unwrap();
        assert_eq!((envelope.state.as_str(), rows.len()), ("S", 2));
        assert_eq!(envelope.next_offset, Some(2));
        assert!(envelope.result.unwrap().rows.is_some());
    }

    #[test]
    fn what_stands_before_the_rows_is_enough_where_it_says_all_that_counts() {
        let dune = r#"{"execution_id": "01C", "state": "S", "result": {"rows":[{"rows":[]}]}}"#;
        let (answer, begin) = read_head(dune).unwrap();
        assert_eq!(answer.state, "S");
        assert_eq!(dune.get(begin..), Some(r#"[{"rows":[]}]}}"#));
        let after = without_rows(dune, begin, r#"}, "next_offset": 2}"#);
        assert_eq!(after.ok().and_then(|answer| answer.next_offset), Some(2));
        for other in [
            r#"{"result": {"rows":[]}, "execution_id": "01C", "state": "S"}"#,
            r#"{"execution_id": "01C", "state": "S", "new": {"rows":[]}, "result": {"rows":[]}}"#,
            r#"{"execution_id": "01C", "state": "S", "result": {"rows" : []}}"#,
            r#"{"execution_id": "01C", "state": "S"}"#,
        ] {
            assert!(read_head(other).is_none(), "{other}");
        }
    }

    #[test]
    fn rows_and_results_may_be_null_or_missing() {
        let result = |result: &str| {
            let body = format!(r#"{{"execution_id": "01C", "state": "S" {result}}}"#);
            values(&body).unwrap().0.result.map(|data| data.rows)
        };
        assert_eq!(result(""), None);
        assert_eq!(result(r#", "result": null"#), None);
        assert_eq!(result(r#", "result": {}"#), Some(None));
        assert_eq!(result(r#", "result": {"rows": null}"#), Some(None));
        assert_eq!(result(r#", "result": {"rows": []}"#), Some(Some(())));
    }

    #[test]
    fn what_is_no_answer_says_why() {
        for (body, reason) in [
            ("", "EOF"),
            ("<html>", "expected value"),
            ("[]", "the result of an execution"),
            (r#"{"state": "S"}"#, "missing field `execution_id`"),
            (r#"{"execution_id": "01C"}"#, "missing field `state`"),
            (
                r#"{"execution_id": "01C", "state": "S", "result": {"rows": {}}}"#,
                "a list of rows",
            ),
            (
                r#"{"execution_id": "01C", "state": "S", "result": {}, "result": {}}"#,
                "duplicate field `result`",
            ),
            (r#"{"execution_id": "01C", "state": "S"} x"#, "trailing"),
        ] {
            let error = values(body).map(|_| ()).unwrap_err();
            assert!(error.contains(reason), "{body}: {error}");
        }
        let error = read(b"\"\xff\"", Append(&mut Vec::<Value>::new()));
        assert!(error.is_err_and(|error| error.to_string().contains("utf-8")));
    }
}
