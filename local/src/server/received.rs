//! A body that is too large for memory: it goes into a file as it comes.

use std::path::Path;

use axum::extract::Request;
use axum::http::StatusCode;
use axum::http::header::CONTENT_LENGTH;
use futures::StreamExt;
use tempfile::TempPath;
use tokio::io::AsyncWriteExt;

use super::error::ApiError;
use crate::uploads;

/// A received text. Its file goes when it is dropped.
#[derive(Debug)]
pub(super) struct Received(TempPath);

impl Received {
    pub(super) fn path(&self) -> &Path {
        &self.0
    }
}

/// Receives the body of a request into a file in `folder`, and says how many bytes it has. Of one that is too long, or that is
/// cut off, nothing is left.
pub(super) async fn into_file(
    request: Request,
    folder: &Path,
    most: u64,
) -> Result<(Received, u64), ApiError> {
    let announced = request.headers().get(CONTENT_LENGTH);
    let announced = announced.and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|length| length > most) {
        return Err(too_long(most));
    }
    let folder = folder.to_owned();
    let made = tokio::task::spawn_blocking(move || {
        let file = uploads::receiving(&folder)?;
        let writer = file.reopen()?;
        Ok((writer, file.into_temp_path()))
    });
    let (writer, path) = kept(made).await?;
    let mut writer =
        tokio::io::BufWriter::with_capacity(1 << 18, tokio::fs::File::from_std(writer));
    let mut body = request.into_body().into_data_stream();
    let mut bytes = 0;
    while let Some(piece) = body.next().await {
        let piece = piece.map_err(|_| ApiError::bad_request("the body was cut off"))?;
        bytes += piece.len() as u64;
        if bytes > most {
            return Err(too_long(most));
        }
        writer.write_all(&piece).await.map_err(full)?;
    }
    writer.flush().await.map_err(full)?;
    Ok((Received(path), bytes))
}

/// What work on the disk has come to.
pub(super) async fn kept<T>(
    work: tokio::task::JoinHandle<std::io::Result<T>>,
) -> Result<T, ApiError> {
    work.await
        .map_err(|error| full(std::io::Error::other(error)))?
        .map_err(full)
}

fn too_long(most: u64) -> ApiError {
    let text = format!("the body is larger than {most} bytes: send the rows in several requests");
    ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, text)
}

fn full(error: std::io::Error) -> ApiError {
    ApiError::internal(format!("the body cannot be kept: {error}"))
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::response::IntoResponse;

    use super::*;

    async fn received(body: Body, folder: &Path) -> Result<(String, u64), StatusCode> {
        let request = Request::new(body);
        match into_file(request, folder, 10).await {
            Ok((received, bytes)) => Ok((std::fs::read_to_string(received.path()).unwrap(), bytes)),
            Err(error) => Err(error.into_response().status()),
        }
    }

    #[tokio::test]
    async fn a_body_is_kept_whole_or_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        let pieces = |pieces: Vec<Result<&'static str, std::io::Error>>| {
            Body::from_stream(futures::stream::iter(pieces))
        };
        let whole = pieces(vec![Ok("12345"), Ok(""), Ok("67890")]);
        assert_eq!(
            received(whole, folder.path()).await,
            Ok(("1234567890".into(), 10))
        );
        let long = pieces(vec![Ok("12345"), Ok("678901")]);
        assert_eq!(
            received(long, folder.path()).await,
            Err(StatusCode::PAYLOAD_TOO_LARGE)
        );
        let cut = pieces(vec![
            Ok("12345"),
            Err(std::io::ErrorKind::ConnectionReset.into()),
        ]);
        assert_eq!(
            received(cut, folder.path()).await,
            Err(StatusCode::BAD_REQUEST)
        );
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
