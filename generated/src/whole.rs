//! Answers as the bytes they came as: pages of rows are read straight into the caller's types, and parameters whose
//! names are the caller's (`params.<key>`) are in no document that code could be generated from.

use bytes::Bytes;
use progenitor_client::{ClientHooks as _, OperationInfo};
use reqwest::header::HeaderMap;
use reqwest::{Method, Request, Response, StatusCode};
use serde::de::Error as _;

use crate::length::{ROWS, is_too_long, limited_to};
use crate::{Client, Error, ResponseValue, types};

/// As much room as is made for a body before any of it has come, in bytes: what is announced need not be true.
const MOST_ROOM: u64 = 64 * 1024 * 1024;

/// As much of a longer one as an error keeps, in bytes.
const START: usize = 64 * 1024;

/// An answer as it came.
#[derive(Debug, Clone)]
pub struct Whole {
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Vec<u8>,
}

impl Client {
    /// `GET`s `/v1/<path>?<query>` as the generated method of that operation would, and gives the body as it came.
    ///
    /// # Errors
    /// Those of the generated methods. Every status but 200 is an [`Error::UnexpectedResponse`], and a body that is too long
    /// to be kept ([`is_too_long`]) an [`Error::InvalidResponsePayload`] with its start.
    pub async fn get_whole<K: AsRef<str>, V: AsRef<str>>(
        &self,
        operation_id: &'static str,
        path: &[&str],
        query: impl IntoIterator<Item = (K, V)>,
    ) -> Result<ResponseValue<Whole>, Error<types::Error>> {
        let mut url = self.base_url().url().clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.push("v1").extend(path);
        }
        url.query_pairs_mut().extend_pairs(query);
        let mut request = Request::new(Method::GET, url);
        let info = OperationInfo { operation_id };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status() {
            StatusCode::OK => {
                let (status, headers) = (response.status(), response.headers().clone());
                let body = whole(limited_to(response, ROWS)).await?;
                let whole = Whole {
                    headers: headers.clone(),
                    body,
                };
                Ok(ResponseValue::new(whole, status, headers))
            }
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
}

/// The body in one piece, put together as it comes in: `bytes` of reqwest has it in memory twice for a moment.
async fn whole(mut response: Response) -> Result<Vec<u8>, Error<types::Error>> {
    let announced = response.content_length().unwrap_or(0).min(MOST_ROOM);
    let mut body = Vec::with_capacity(usize::try_from(announced).unwrap_or(0));
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) => body.extend_from_slice(&chunk),
            Ok(None) => return Ok(body),
            Err(error) if is_too_long(&error) => {
                body.truncate(START);
                let why = "it is too long: ask for fewer rows at once";
                return Err(Error::InvalidResponsePayload(
                    Bytes::from_owner(body),
                    serde_json::Error::custom(why),
                ));
            }
            Err(error) => return Err(Error::ResponseBodyError(error)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_body_may_be_so_long_and_no_longer() {
        let answer = |limit| {
            let answer = http::Response::new(reqwest::Body::from("12345"));
            limited_to(answer.into(), limit)
        };
        assert_eq!(whole(answer(5)).await.unwrap(), b"12345");
        let error = whole(answer(4)).await.unwrap_err();
        let Error::InvalidResponsePayload(_, why) = error else {
            panic!("{error}");
        };
        assert!(why.to_string().contains("too long"), "{why}");
    }
}
