//! How long an answer may be, in bytes as they are unpacked: what is kept in memory is for us to decide, and not for the
//! server.

use std::error::Error as StdError;

use http_body_util::{LengthLimitError, Limited};
use progenitor_client::OperationInfo;
use reqwest::{Body, Response};

use crate::body::with_body;

/// A page of rows. One can always ask for a smaller one.
pub(crate) const ROWS: usize = 1024 * 1024 * 1024;

/// All else: the SQL of a query and a page of any list are far below.
const OTHERS: usize = 64 * 1024 * 1024;

/// The longest answer to an operation; none where the generated method hands it on as it comes in.
fn limit(operation_id: &str) -> Option<usize> {
    match operation_id {
        "get_execution_results_csv" | "get_query_results_csv" => None,
        "get_execution_results" | "get_query_results" | "get_endpoint_results" => Some(ROWS),
        _ => Some(OTHERS),
    }
}

/// The same answer, which ends with an error where it is longer than it may be.
pub(crate) fn limited(response: Response, info: &OperationInfo) -> Response {
    match limit(info.operation_id) {
        Some(limit) => limited_to(response, limit),
        None => response,
    }
}

pub(crate) fn limited_to(response: Response, limit: usize) -> Response {
    with_body(response, |_, body| Body::wrap(Limited::new(body, limit)))
}

/// Whether the answer was not read to its end because it is too long to be kept: more than 1 GiB of rows, or 64 MiB of
/// anything else. Asking again does not help; asking for fewer at once may.
#[must_use]
pub fn is_too_long(error: &(dyn StdError + 'static)) -> bool {
    let mut chain = std::iter::successors(Some(error), |&error| error.source());
    chain.any(|error| error.is::<LengthLimitError>())
}
