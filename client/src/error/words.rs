//! The parts of which the sentences of errors are made.

use std::error::Error as StdError;
use std::time::Duration;

use super::{Call, StatusCode};
use crate::pipeline::Task;

/// An error with all that is behind it, for the interesting part is mostly the last.
pub(super) fn chain(error: &(dyn StdError + 'static)) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(error) = next {
        let cause = error.to_string();
        if !text.ends_with(&cause) {
            text = format!("{text}: {cause}");
        }
        next = error.source();
    }
    text
}

/// A text of the other side at readable length: as it came, or on one line if it is a page of HTML. What a terminal would
/// obey rather than show is not in it.
pub(super) fn short(text: &str) -> String {
    const LONGEST: usize = 2_000;
    const LONGEST_PAGE: usize = 300;
    let text = text.trim().replace("\r\n", "\n");
    let text = text.replace(is_order, "\u{fffd}");
    let (text, longest) = match text.starts_with('<') {
        true => {
            let words: Vec<_> = text.split_whitespace().collect();
            (words.join(" "), LONGEST_PAGE)
        }
        false => (text.to_owned(), LONGEST),
    };
    match text.char_indices().nth(longest) {
        Some((end, _)) => format!("{}...", text.get(..end).unwrap_or(&text)),
        None => text,
    }
}

/// Whether it moves, colours or turns what stands around it: a control character that breaks no line, or one of direction.
fn is_order(c: char) -> bool {
    (c.is_control() && c != '\n' && c != '\t')
        || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// The start of an answer that cannot be read, ready to follow the sentence.
pub(super) fn beginning(text: &str) -> String {
    match text.is_empty() {
        true => String::new(),
        false => format!("; it begins `{}`", short(text)),
    }
}

/// What to do about a status, where that is the same for every request.
pub(super) fn remedy(status: StatusCode) -> &'static str {
    match status {
        StatusCode::UNAUTHORIZED => " (check the key: `DUNE_API_KEY` or `.api_key(..)`)",
        StatusCode::PAYMENT_REQUIRED => " (raise the limit in Dune's settings)",
        _ => "",
    }
}

/// Whether an answer of this status leaves open if the request was carried out: the server, or a proxy before it, failed
/// on the way, or sends elsewhere as one does after a request that was carried out.
pub(super) fn tells_nothing(status: StatusCode) -> bool {
    status.is_server_error()
        || matches!(
            status,
            StatusCode::REQUEST_TIMEOUT | StatusCode::FOUND | StatusCode::SEE_OTHER
        )
}

/// What to add to a refusal that may have come after the work began.
pub(super) fn doubt_on(call: &Call, status: StatusCode) -> &'static str {
    match tells_nothing(status) {
        true => call.doubt(),
        false => "",
    }
}

/// When to try again, if the server said so.
pub(super) fn wait_for(retry_after: Option<Duration>) -> String {
    match retry_after {
        Some(time) => format!(" (try again in {})", seconds(time)),
        None => String::new(),
    }
}

/// What a node is in a pipeline, if it has it.
pub(super) fn declared_as(task: Option<&Task>) -> String {
    match task {
        Some(task) => format!("is declared as {task}"),
        None => "the pipeline has no such node".to_owned(),
    }
}

/// A duration as people say it.
pub(super) fn seconds(time: Duration) -> String {
    match time.as_secs() {
        0..10 => format!("{:.1} s", time.as_secs_f64()),
        whole => format!("{whole} s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_of_several_lines_stays_as_it_came() {
        let text = "dependency cycle: `1` -> `2` -> `1`\nnote: `1` waits for `2`";
        assert_eq!(short(&format!("{text}\n")), text);
    }

    #[test]
    fn a_text_gives_a_terminal_no_orders() {
        assert_eq!(
            short("\u{1b}[2Jgone\rback \u{202e}drawkcab\r\nnext\tone"),
            "\u{fffd}[2Jgone\u{fffd}back \u{fffd}drawkcab\nnext\tone"
        );
    }

    #[test]
    fn a_page_of_html_is_told_on_one_line_and_cut() {
        assert_eq!(
            short(" <html>\n <h1>Bad\tGateway</h1>\n"),
            "<html> <h1>Bad Gateway</h1>"
        );
        let page = short(&format!("<html>{}", "\u{e9}".repeat(10_000)));
        assert_eq!(page.chars().count(), 303);
    }
}
