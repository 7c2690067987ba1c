//! Media endpoints: the object with its download address, the download, upload and deletion.

use bytes::Bytes;
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::GraphError;
use super::auth::{self, Caller, MESSAGE_WHATSAPP};
use crate::call::Call;
use crate::context::Context;
use crate::media::{self, Content, Form, Media, Origin};
use crate::state::World;

type Time = DateTime<Utc>;

/// The largest size and the MIME types of each kind.
const AUDIO: (usize, &[&str]) = (
    16 << 20,
    &[
        "audio/aac",
        "audio/mp4",
        "audio/mpeg",
        "audio/amr",
        "audio/ogg",
        "audio/opus",
    ],
);
const DOCUMENT: (usize, &[&str]) = (
    100 << 20,
    &[
        "application/vnd.ms-powerpoint",
        "application/msword",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "application/pdf",
        "text/plain",
        "application/vnd.ms-excel",
    ],
);
const IMAGE: (usize, &[&str]) = (5 << 20, &["image/jpeg", "image/png"]);
const STICKER: (usize, &[&str]) = (500 << 10, &["image/webp"]);
const VIDEO: (usize, &[&str]) = (16 << 20, &["video/mp4", "video/3gpp"]);

/// Answers `GET /<media>`: the object, and an address that works for five minutes. `is_dead`: the address does not
/// work.
pub(crate) fn node(
    context: &Context,
    call: &Call,
    id: &str,
    is_dead: bool,
) -> Result<Value, GraphError> {
    let (now, key) = context.store.read(|world| (world.now(), world.key.clone()));
    let media = seen(context, call, now, id, "get")?;
    if call
        .param("phone_number_id")
        .is_some_and(|phone| phone != media.phone_id)
    {
        return Err(GraphError::no_object(id, "get"));
    }
    let path = if is_dead {
        "/whatsapp_business/attachments/?mid=0&ext=0&hash=0".to_owned()
    } else {
        media::download_path(&key, &media.id, now)
    };
    Ok(json!({
        "url": format!("{}{path}", call.origin),
        "mime_type": media.mime_type,
        "sha256": media.sha256,
        "file_size": media.size,
        "id": media.id,
        "messaging_product": "whatsapp",
    }))
}

/// Answers `DELETE /<media>`.
pub(crate) fn remove(context: &Context, call: &Call, id: &str) -> Result<Value, GraphError> {
    let now = context.store.read(World::now);
    let media = seen(context, call, now, id, "delete")?;
    context.media.remove(&media.id).map_err(|_| broken())?;
    Ok(json!({ "success": true }))
}

/// The result of a download.
pub(crate) enum Download {
    Found(Media, Bytes),
    /// The HTTP status: 401 without a valid token, 404 for a dead address or object.
    Refused(u16),
}

/// Answers `GET <url>`, for a `url` that [`node`] returned.
pub(crate) fn download(context: &Context, call: &Call) -> Download {
    let (now, key) = context.store.read(|world| (world.now(), world.key.clone()));
    let id = call.param("mid").unwrap_or_default();
    // A token in the query is not accepted here.
    let has_token = call.has_token_header()
        && context
            .store
            .read(|world| auth::caller(world, call, now).is_ok());
    if !has_token {
        return Download::Refused(401);
    }
    let end = call.param("ext").unwrap_or_default();
    let hash = call.param("hash").unwrap_or_default();
    if !media::address_is_good(&key, id, end, hash, now) {
        return Download::Refused(404);
    }
    let found = seen(context, call, now, id, "get").ok();
    match found.and_then(|media| Some((context.media.bytes(&media).ok()?, media))) {
        Some((bytes, media)) => Download::Found(media, bytes),
        None => Download::Refused(404),
    }
}

/// Answers `POST /<phone>/media`: a multipart upload.
pub(crate) fn upload(context: &Context, call: &Call, phone_id: &str) -> Result<Value, GraphError> {
    let now = context.store.read(World::now);
    context.store.read(|world| {
        let token = auth::holder(world, call, now)?;
        auth::require_scope(&token, MESSAGE_WHATSAPP)?;
        auth::phone(world, &token, phone_id, "post").map(|_| ())
    })?;
    let required =
        |name: &str| GraphError::new(100, format!("(#100) The parameter {name} is required."));
    if call.param("messaging_product") != Some("whatsapp") {
        return Err(required("messaging_product"));
    }
    let form = call.form.as_ref();
    let file = form.and_then(Form::file);
    let file = file.ok_or_else(|| required("file"))?;
    // The part's own type counts. The parameter `type` does not change it.
    let mime_type = file.mime_type.as_str();
    check(mime_type, file.size)?;
    let content = Content::Spooled {
        file,
        mime_type: mime_type.to_owned(),
    };
    let media = context
        .media
        .add(phone_id, content, Origin::Upload, now)
        .map_err(|_| broken())?;
    Ok(json!({ "id": media.id }))
}

/// Finds the object, if it is alive and the token can access its number.
fn seen(
    context: &Context,
    call: &Call,
    now: Time,
    id: &str,
    verb: &str,
) -> Result<Media, GraphError> {
    let media = context.media.get(id, now);
    context.store.read(|world| {
        let token = match auth::caller(world, call, now)? {
            Caller::Token(token) => token,
            Caller::App(_) => return Err(GraphError::no_object(id, verb)),
        };
        let reached = media.filter(|media| token.targets.phone_numbers.contains(&media.phone_id));
        let media = reached.ok_or_else(|| GraphError::no_object(id, verb))?;
        auth::require_scope(&token, MESSAGE_WHATSAPP)?;
        Ok(media)
    })
}

/// Tells whether an object of this MIME type can be sent as this kind of message.
pub(super) fn suits(kind: &str, mime_type: &str) -> bool {
    let bare = mime_type.split(';').next().unwrap_or_default().trim();
    let (_, types) = match kind {
        "audio" => AUDIO,
        "document" => return true,
        "image" => IMAGE,
        "sticker" => STICKER,
        _ => VIDEO,
    };
    types.contains(&bare)
}

/// Checks type and size of an upload. The words and the order of the types are Meta's
/// (fbsamples/whatsapp-api-examples#10, MissaelAnda/laravel-whatsapp#4).
fn check(mime_type: &str, size: usize) -> Result<(), GraphError> {
    let bare = mime_type.split(';').next().unwrap_or_default().trim();
    let bare = bare.to_ascii_lowercase();
    let kinds = [AUDIO, DOCUMENT, IMAGE, STICKER, VIDEO];
    let kind = kinds
        .iter()
        .find(|(_, types)| types.contains(&bare.as_str()));
    let Some((limit, _)) = kind else {
        let types: Vec<&str> = kinds
            .iter()
            .flat_map(|(_, types)| *types)
            .copied()
            .collect();
        let types = types.join(", ");
        return Err(GraphError::new(
            100,
            format!(
                "(#100) Param file must be a file with one of the following types: {types}. \
                 Received file of type '{bare}'."
            ),
        ));
    };
    if size > *limit || size == 0 {
        let text = format!("A file of type {bare} has 1 to {limit} bytes, not {size}.");
        return Err(GraphError::whatsapp(131_053, "Media upload error", text));
    }
    Ok(())
}

fn broken() -> GraphError {
    GraphError::new(2, "Service temporarily unavailable")
}
