//! `/_sandbox/apps`: the Meta apps.

use actix_web::web::{Data, Json, ServiceConfig, get, post, resource};
use serde_json::{Value, json};

use super::error::{Answer, ControlError};
use crate::App;
use crate::context::Context;
use crate::state::AppSubscription;

pub(super) fn routes(config: &mut ServiceConfig) {
    config.service(
        resource("/apps")
            .route(get().to(list))
            .route(post().to(put)),
    );
}

async fn list(context: Data<Context>) -> Answer {
    let data: Vec<Value> = context
        .store
        .read(|world| world.apps.values().map(view).collect());
    Ok(Json(json!({ "data": data })))
}

/// Registers an app, or replaces the one of that id.
async fn put(context: Data<Context>, app: Json<App>) -> Answer {
    let app = app.into_inner();
    if app.id.is_empty() || !app.id.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(ControlError::Invalid("id must be digits".to_owned()));
    }
    let shown = view(&app);
    let subscription = AppSubscription::of(&app);
    let id = app.id.clone();
    context
        .store
        .change(|world| world.apps.insert(id.clone(), app));
    if let Some(subscription) = subscription {
        context.webhooks.subscribe(&id, subscription)?;
    }
    context.store.flush().await?;
    Ok(Json(shown))
}

/// Shows the app without its secrets.
fn view(app: &App) -> Value {
    json!({
        "id": app.id,
        "name": app.name,
        "redirectUris": app.redirect_uris,
        "configIds": app.config_ids,
        "callbackUrl": app.callback_url,
        "requireAppSecretProof": app.require_app_secret_proof,
    })
}
