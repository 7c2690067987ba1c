//! Resumable uploads: `POST {app}/uploads` opens one, `POST upload:…` brings bytes, and the whole file is a handle.
//!
//! Source: pywa `api.py` for paths, headers and answers (C). The form of ids and handles is that of Meta's samples. What
//! a part that does not end the file answers is a convention of the sandbox: where the upload stands.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use chrono::Duration;
use serde_json::{Value, json};

use super::GraphError;
use super::auth::{self, Caller};
use crate::call::Call;
use crate::clock::Time;
use crate::secrets;
use crate::state::{Upload, World};

/// The uploads that are kept. The oldest are dropped.
const KEPT: usize = 1_000;
/// The largest file, in bytes.
const LARGEST: usize = 100 << 20;
const TYPES: [&str; 5] = [
    "application/pdf",
    "image/jpeg",
    "image/jpg",
    "image/png",
    "video/mp4",
];

/// Answers `POST {app}/uploads`.
pub(crate) fn open(
    world: &mut World,
    call: &Call,
    now: Time,
    app: &str,
) -> Result<Value, GraphError> {
    let user = caller_of(world, call, now, app)?;
    let file_type = call.param("file_type").unwrap_or_default();
    if !TYPES.contains(&file_type) {
        let text = format!(
            "(#100) Param file_type must be one of {{{}}}",
            TYPES.join(", ")
        );
        return Err(GraphError::new(100, text));
    }
    let length = call.param("file_length").and_then(|text| text.parse().ok());
    let file_length = length
        .filter(|length| (1..=LARGEST).contains(length))
        .ok_or_else(|| {
            let text = format!("(#100) Param file_length must be 1 to {LARGEST} bytes");
            GraphError::new(100, text)
        })?;
    let count = world.count();
    let mark = secrets::short(&world.key, &format!("upload:{count}"), 27);
    let id = format!(
        "upload:{}",
        URL_SAFE_NO_PAD.encode(format!("1:attachment:{mark}"))
    );
    let file_name = call.param("file_name").unwrap_or("file");
    let upload = Upload {
        id: id.clone(),
        signature: format!("ARZ{mark}"),
        app_id: app.to_owned(),
        user_id: user,
        file_name: file_name.chars().take(256).collect(),
        file_type: file_type.to_owned(),
        file_length,
        received: 0,
        handle: None,
    };
    let named = upload.name();
    if world.uploads.len() >= KEPT {
        world.uploads.pop_front();
    }
    world.uploads.push_back(upload);
    Ok(json!({ "id": named }))
}

/// Answers `GET upload:…`: where the upload stands.
pub(crate) fn status(world: &World, call: &Call, now: Time, id: &str) -> Result<Value, GraphError> {
    let upload = find(world, call, now, id)?;
    Ok(json!({ "id": upload.name(), "file_offset": upload.received }))
}

/// Answers `POST upload:…`: takes bytes from `file_offset` on.
pub(crate) fn take(
    world: &mut World,
    call: &Call,
    now: Time,
    id: &str,
) -> Result<Value, GraphError> {
    let mut upload = find(world, call, now, id)?.clone();
    let offset = call.file_offset.as_deref().unwrap_or("0");
    if offset.parse() != Ok(upload.received) {
        let text = format!(
            "(#100) The file_offset {offset} is not where the upload stands: {}",
            upload.received
        );
        return Err(GraphError::new(100, text));
    }
    let received = upload.received + call.bytes.len();
    if received > upload.file_length {
        let text = format!(
            "(#100) The file is longer than {} bytes",
            upload.file_length
        );
        return Err(GraphError::new(100, text));
    }
    upload.received = received;
    if received == upload.file_length {
        upload.handle = Some(handle(world, &upload, now));
    }
    let answer = match &upload.handle {
        Some(handle) => json!({ "h": handle }),
        None => json!({ "id": upload.name(), "file_offset": received }),
    };
    if let Some(known) = world.uploads.iter_mut().find(|known| known.id == id) {
        *known = upload;
    }
    Ok(answer)
}

fn handle(world: &World, upload: &Upload, now: Time) -> String {
    let mark = secrets::short(&world.key, &upload.id, 43);
    format!(
        "4:{}:{}:ARa{mark}:e:{}:{}:{}:ARY{}",
        STANDARD.encode(&upload.file_name),
        STANDARD.encode(&upload.file_type),
        (now + Duration::days(30)).timestamp(),
        upload.app_id,
        upload.user_id,
        mark.get(..17).unwrap_or_default(),
    )
}

/// Returns the user of a token of this app.
fn caller_of(world: &World, call: &Call, now: Time, app: &str) -> Result<String, GraphError> {
    let (app_id, user_id) = match auth::caller(world, call, now)? {
        Caller::App(app) => (app.id, String::from("0")),
        Caller::Token(token) => (token.app_id, token.user_id),
    };
    if app_id == app {
        Ok(user_id)
    } else {
        Err(GraphError::no_object(app, "post"))
    }
}

fn find<'a>(world: &'a World, call: &Call, now: Time, id: &str) -> Result<&'a Upload, GraphError> {
    auth::caller(world, call, now)?;
    let verb = call.method.as_str().to_lowercase();
    let found = world.uploads.iter().find(|upload| upload.id == id);
    let upload = found
        .filter(|upload| call.param("sig") == Some(&upload.signature))
        .ok_or_else(|| GraphError::no_object(id, &verb))?;
    caller_of(world, call, now, &upload.app_id)?;
    Ok(upload)
}
/// Finds the upload of a handle.
pub(super) fn of_handle<'a>(world: &'a World, handle: &str) -> Option<&'a Upload> {
    let is_it = |upload: &&Upload| upload.handle.as_deref() == Some(handle);
    world.uploads.iter().find(is_it)
}
