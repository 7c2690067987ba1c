//! Files to send.

use std::io;

use actix_web::{
    HttpMessage, HttpRequest, HttpResponse,
    http::header,
    post,
    web::{Bytes, Data, Payload},
};
use futures::{StreamExt as _, future::join, stream};
use serde::Deserialize;
use tokio::sync::mpsc;
use utoipa::IntoParams;
use wabakit_services::{NewUpload, wire};
use wabakit_wire::send::Uploaded;

use crate::{
    Api,
    edge::body_is_streamed,
    extract::{MediaWrite, Query},
    problem::ApiError,
};

/// Pieces of a file that are read ahead of the store.
const AHEAD: usize = 4;

/// What the file is called.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct UploadQuery {
    /// Its name, at most 240 characters.
    filename: Option<String>,
}

/// Upload a file to send
///
/// The body is the file itself, with its own `Content-Type`. Give the answer's `id` as `id` of `image`, `video`,
/// `audio`, `document` or `sticker`. The same file again is the same id.
#[utoipa::path(tag = "Messages", operation_id = "uploadMedia",
    security(("bearer" = ["media:write"]), ("cookie" = ["media:write"])),
    params(UploadQuery),
    request_body(content = [u8], content_type = "application/octet-stream", description = "The file"),
    responses((status = 201, body = Uploaded),
        (status = 413, description = "`media_too_large`: pictures to 5 MB, films and sound to 16 MB, stickers to 100 KB or 500 KB animated, documents to 100 MB"),
        (status = 415, description = "`media_type`: Meta takes no such file, or its bytes are not what was declared"),
        (status = 422, description = "`media_empty`; `invalid`: the name, or the file broke off")))]
#[post("/api/media")]
pub(crate) async fn upload(
    api: Data<Api>,
    request: HttpRequest,
    MediaWrite(caller): MediaWrite,
    Query(query): Query<UploadQuery>,
    payload: Payload,
) -> Result<HttpResponse, ApiError> {
    body_is_streamed(&request);
    let length = request.headers().get(header::CONTENT_LENGTH);
    let length = length.and_then(|length| length.to_str().ok()?.parse().ok());
    let (to, from) = mpsc::channel(AHEAD);
    let file = NewUpload {
        content_type: request.content_type().to_owned(),
        filename: query.filename,
        size: length,
        bytes: stream::unfold(from, |mut from| async move {
            from.recv().await.map(|piece| (piece, from))
        })
        .boxed(),
    };
    let stored = api.sending.uploads.upload(&caller, file);
    // The body belongs to this thread, the store does not: pieces go from one to the other.
    let (stored, ()) = join(stored, feed(payload, to)).await;
    let (upload, kind) = stored?;
    Ok(HttpResponse::Created().json(wire::uploaded(upload, kind)))
}

/// Ends early where nobody takes the pieces any more.
async fn feed(mut payload: Payload, to: mpsc::Sender<io::Result<Bytes>>) {
    while let Some(piece) = payload.next().await {
        let piece = piece.map_err(|error| io::Error::other(error.to_string()));
        if to.send(piece).await.is_err() {
            return;
        }
    }
}
