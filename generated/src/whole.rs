//! Answers as the bytes they came as: pages of rows are read straight into the caller's types, and parameters whose
//! names are the caller's (`params.<key>`) are in no document that code could be generated from.

use bytes::Bytes;
use progenitor_client::{ClientHooks as _, OperationInfo};
use reqwest::header::HeaderMap;
use reqwest::{Method, Request, Response, StatusCode};
use serde::de::Error as _;

use crate::{Client, Error, ResponseValue, types};

/// As much room as is made for a body before any of it has come, in bytes: what is announced need not be true.
const MOST_ROOM: u64 = 64 * 1024 * 1024;

/// As long as a body may be, in bytes, unpacked where it came packed: a megabyte can be packed so that it becomes a
/// thousand. Rows can always be asked for in smaller pages.
const LONGEST: usize = 1024 * 1024 * 1024;

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
    /// Those of the generated methods. Every status but 200 is an [`Error::UnexpectedResponse`], and a body of more than
    /// 1 GiB an [`Error::InvalidResponsePayload`] with its start.
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
                let body = whole(response, LONGEST).await?;
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
async fn whole(mut response: Response, longest: usize) -> Result<Vec<u8>, Error<types::Error>> {
    let announced = response.content_length().unwrap_or(0).min(MOST_ROOM);
    let mut body = Vec::with_capacity(usize::try_from(announced).unwrap_or(0));
    while let Some(chunk) = response.chunk().await.map_err(Error::ResponseBodyError)? {
        if chunk.len() > longest - body.len() {
            body.truncate(START);
            return Err(Error::InvalidResponsePayload(
                Bytes::from_owner(body),
                serde_json::Error::custom(format_args!(
                    "it is longer than {longest} bytes: ask for fewer rows at once"
                )),
            ));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_body_may_be_so_long_and_no_longer() {
        let answer = || http::Response::new(reqwest::Body::from("12345")).into();
        assert_eq!(whole(answer(), 5).await.unwrap(), b"12345");
        let error = whole(answer(), 4).await.unwrap_err();
        let Error::InvalidResponsePayload(_, why) = error else {
            panic!("{error}");
        };
        assert!(why.to_string().contains("longer than 4 bytes"), "{why}");
    }
}
