//! `/_sandbox/media/{id}`: a media object's bytes without a token, for the phone page.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path, ServiceConfig, get, resource};

use super::error::ControlError;
use crate::context::Context;
use crate::state::World;

pub(super) fn routes(config: &mut ServiceConfig) {
    config.service(resource("/media/{id}").route(get().to(show)));
}

async fn show(context: Data<Context>, id: Path<String>) -> Result<HttpResponse, ControlError> {
    let now = context.store.read(World::now);
    let media = context.media.get(&id, now);
    let media = media.ok_or_else(|| ControlError::NotFound(format!("no media {id}")))?;
    let bytes = context.media.bytes(&media)?;
    Ok(HttpResponse::Ok()
        .content_type(media.mime_type)
        .insert_header(("X-Content-Type-Options", "nosniff"))
        .insert_header(("Content-Security-Policy", "sandbox"))
        .body(bytes))
}
