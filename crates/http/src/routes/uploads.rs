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

/// The most pieces of a file that are read ahead of the store.
const AHEAD: usize = 4;

/// The file's name.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct UploadQuery {
    /// The file's name, at most 240 characters.
    filename: Option<String>,
}

/// Upload a file to send
///
/// The body is the file itself, with its own `Content-Type`. Use the answer's `id` as `id` of `image`, `video`,
/// `audio`, `document` or `sticker`. The same file with the same name has the same id.
#[utoipa::path(tag = "Messages", operation_id = "uploadMedia",
    security(("bearer" = ["media:write"]), ("cookie" = ["media:write"])),
    params(UploadQuery),
    request_body(content = [u8], content_type = "application/octet-stream", description = "The file"),
    responses((status = 201, body = Uploaded),
        (status = 413, description = "`media_too_large`: images up to 5 MB, video and audio up to 16 MB, stickers up to 100 KB (animated 500 KB), documents up to 100 MB"),
        (status = 415, description = "`media_type`: Meta does not accept the file, or its bytes do not match the declared type"),
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
    // The payload must stay on this thread and the store may not, so a channel connects the two.
    let (stored, ()) = join(stored, feed(payload, to)).await;
    let (upload, kind) = stored?;
    Ok(HttpResponse::Created().json(wire::uploaded(upload, kind)))
}

/// Passes the pieces on. It ends early if the store stops reading.
async fn feed(mut payload: Payload, to: mpsc::Sender<io::Result<Bytes>>) {
    while let Some(piece) = payload.next().await {
        let piece = piece.map_err(|error| io::Error::other(error.to_string()));
        if to.send(piece).await.is_err() {
            return;
        }
    }
}
