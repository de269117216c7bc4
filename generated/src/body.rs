//! An answer with another body, and everything else as it came.

use http::response::Parts;
use reqwest::{Body, Response, ResponseBuilderExt as _};

/// The same answer, once its body and what is said of it were changed.
pub(crate) fn with_body(
    response: Response,
    change: impl FnOnce(&mut Parts, Body) -> Body,
) -> Response {
    let address = http::Response::builder().url(response.url().clone());
    let (mut parts, body) = http::Response::<Body>::from(response).into_parts();
    // reqwest forgets the address on the way, and errors would name one that it makes up.
    if let Ok(address) = address.body(()) {
        parts.extensions.extend(address.into_parts().0.extensions);
    }
    let body = change(&mut parts, body);
    http::Response::from_parts(parts, body).into()
}
