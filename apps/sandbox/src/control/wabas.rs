//! `/_sandbox/wabas`: what Meta decides about a WABA: marketing messages, Direct Send, misuse of categories.

use actix_web::web::{Data, Json, Path, ServiceConfig, get, post, resource};
use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};

use super::error::{Answer, ControlError};
use crate::context::Context;
use crate::state::{Waba, World};
use crate::webhooks::{Held, escaped};

pub(super) fn routes(config: &mut ServiceConfig) {
    config
        .service(resource("/wabas").route(get().to(list)))
        .service(resource("/wabas/{id}").route(post().to(set)));
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Order {
    /// `marketing_messages_onboarding_status`: `ELIGIBLE`, `ONBOARDED` and others.
    marketing_messages: Option<String>,
    /// Tells whether `/messages` refuses marketing templates.
    disable_marketing_on_cloud_api: Option<bool>,
    message_activity_sharing: Option<bool>,
    /// Tells whether Direct Send is open. Null leaves it to the messaging limit.
    #[serde(default, deserialize_with = "given")]
    direct_send: Option<Option<bool>>,
    /// Tells whether the limit for misused categories is reached.
    misclassified: Option<bool>,
}

/// Reads a field that may be null, and tells null from a field that is left out.
fn given<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Option<bool>>, D::Error> {
    Option::deserialize(from).map(Some)
}

async fn list(context: Data<Context>) -> Answer {
    let view = |waba: &Waba| {
        json!({
            "id": waba.id,
            "marketingMessages": waba.extras.marketing_messages,
            "disableMarketingOnCloudApi": waba.extras.disable_marketing_on_cloud_api,
            "messageActivitySharing": waba.extras.message_activity_sharing,
            "directSend": waba.extras.direct_send,
            "misclassified": waba.extras.misclassified,
        })
    };
    let wabas: Vec<Value> = context
        .store
        .read(|world| world.wabas.iter().map(view).collect());
    Ok(Json(json!({ "data": wabas })))
}

/// Sets what is given. Signed terms of marketing messages are told by webhook.
async fn set(context: Data<Context>, id: Path<String>, order: Json<Order>) -> Answer {
    let order = order.into_inner();
    let held = context.store.change(|world| {
        let now = world.now();
        let waba = world.waba_mut(&id)?;
        let extras = &mut waba.extras;
        let was_onboarded = extras.is_onboarded();
        if let Some(status) = order.marketing_messages {
            extras.marketing_messages = status;
        }
        let signs = extras.is_onboarded() && !was_onboarded;
        if signs {
            extras.terms_signed_at = Some(now);
        }
        if let Some(switch) = order.disable_marketing_on_cloud_api {
            extras.disable_marketing_on_cloud_api = switch;
        }
        if let Some(sharing) = order.message_activity_sharing {
            extras.message_activity_sharing = sharing;
        }
        if let Some(direct) = order.direct_send {
            extras.direct_send = direct;
        }
        if let Some(misclassified) = order.misclassified {
            extras.misclassified = misclassified;
        }
        let waba = waba.clone();
        Some(if signs {
            signed(world, &waba)
        } else {
            Vec::new()
        })
    });
    let held = held.ok_or_else(|| ControlError::NotFound(format!("no WABA {id}")))?;
    context.webhooks.emit_to(held)?;
    context.store.flush().await?;
    list(context).await
}

/// Makes `account_update` with `MM_LITE_TERMS_SIGNED`, whose entry is the portfolio's.
fn signed(world: &World, waba: &Waba) -> Vec<Held> {
    let value = json!({
        "event": "MM_LITE_TERMS_SIGNED",
        "waba_info": { "waba_id": waba.id, "owner_business_id": waba.business_id },
    });
    let hears = |app_id: &&String| {
        let subscription = world.app_subscriptions.get(*app_id);
        subscription.is_some_and(|subscription| subscription.has("account_update"))
    };
    let held = |app_id: &String| Held {
        app_id: app_id.clone(),
        entry_id: waba.business_id.clone(),
        waba_id: Some(waba.id.clone()),
        phone_id: None,
        time: Some(world.now().timestamp()),
        field: "account_update".to_owned(),
        value: escaped(&value),
    };
    waba.subscriptions.keys().filter(hears).map(held).collect()
}
