//! Ids of runs and executions: those that people give, and those that Dune gives.

use dune_api::ApiKey;

/// Whether a text can stand in a path as it is: one with a slash, or an empty one, would ask for something else.
pub(crate) fn may_be_id(id: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    !id.is_empty() && id.chars().all(fits)
}

/// The id in an answer, or the text in its place. Any one word will do, for it is escaped where it is asked for: where Dune
/// changes the form of its ids, what was started is still not lost. A sentence is none, nor a server that says the key
/// back: such answers come of something else than Dune.
pub(crate) fn given_id(text: String, key: &ApiKey) -> Result<String, String> {
    let word = !text.contains(|c: char| c.is_whitespace() || c.is_control());
    let clean = key.redact(&text);
    match word && *clean == *text && !text.trim_matches('.').is_empty() {
        true => Ok(text),
        false => Err(clean.into_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(text: &str) -> Result<String, String> {
        let key = ApiKey::new("k3yThatNobodyMaySee").unwrap();
        given_id(text.to_owned(), &key)
    }

    #[test]
    fn any_one_word_is_an_id() {
        for id in ["01HKZJ2683PHF9Q9PHHQ8FW4Q1", "01/new:form", "7"] {
            assert_eq!(given(id).as_deref(), Ok(id));
        }
    }

    #[test]
    fn nothing_dots_sentences_and_the_key_are_no_ids() {
        for text in ["", ".", "..", "not found", "01\n"] {
            assert_eq!(given(text), Err(text.to_owned()));
        }
        let said_back = given("key=k3yThatNobodyMaySee");
        assert_eq!(said_back, Err("key=<api key>".to_owned()));
    }
}
