//! `/_sandbox/webhooks`: subscriptions, batching, waiting deliveries, and their answers.

use std::collections::BTreeSet;
use std::time::Duration;

use actix_web::web::{Data, Json, Query, ServiceConfig, delete, get, post, resource};
use serde::Deserialize;
use serde_json::{Value, json};

use super::error::{Answer, ControlError};
use crate::context::Context;
use crate::graph::FIELDS;
use crate::put::Put as _;
use crate::state::{AppSubscription, World};
use crate::webhooks::{self, Challenge, Knobs, Outcome};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Subscribe {
    app_id: Option<String>,
    callback_url: String,
    verify_token: Option<String>,
    fields: Option<BTreeSet<String>>,
    /// Tells whether to send Meta's challenge.
    #[serde(default)]
    challenge: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct OfApp {
    app_id: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Filter {
    after: Option<u64>,
    app_id: Option<String>,
    delivery: Option<u64>,
    outcome: Option<Outcome>,
    field: Option<String>,
}

#[derive(Deserialize)]
struct Limit {
    limit: Option<usize>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
struct Patience {
    timeout_ms: Option<u64>,
}

pub(super) fn routes(config: &mut ServiceConfig) {
    config
        .service(resource("/webhooks").route(get().to(show)))
        .service(
            resource("/webhooks/subscription")
                .route(post().to(subscribe))
                .route(delete().to(unsubscribe)),
        )
        .service(
            resource("/webhooks/knobs")
                .route(get().to(knobs))
                .route(post().to(set_knobs)),
        )
        .service(resource("/webhooks/flush").route(post().to(flush)))
        .service(resource("/webhooks/settle").route(post().to(settle)))
        .service(
            resource("/webhooks/queue")
                .route(get().to(queue))
                .route(delete().to(clear_queue)),
        )
        .service(
            resource("/webhooks/log")
                .route(get().to(log))
                .route(delete().to(clear_log)),
        );
}

async fn show(context: Data<Context>) -> Answer {
    let subscription = |(app_id, subscription): (&String, &AppSubscription)| {
        json!({
            "appId": app_id,
            "callbackUrl": subscription.callback_url(),
            "fields": subscription.fields,
        })
    };
    let (apps, knobs): (Vec<Value>, Knobs) = context.store.read(|world| {
        let apps = world.app_subscriptions.iter().map(subscription).collect();
        (apps, world.knobs.clone())
    });
    let mut view = context.webhooks.summary();
    view.put("subscriptions", json!(apps));
    view.put("knobs", json!(knobs));
    Ok(Json(view))
}

/// Sets the callback of an app's webhooks.
async fn subscribe(context: Data<Context>, order: Json<Subscribe>) -> Answer {
    let order = order.into_inner();
    let app_id = app_id(&context, order.app_id)?;
    if url::Url::parse(&order.callback_url).is_err() {
        return Err(ControlError::Invalid(
            "callbackUrl must be a URL".to_owned(),
        ));
    }
    let unknown = |field: &&String| !FIELDS.contains(&field.as_str());
    if let Some(field) = order.fields.iter().flatten().find(unknown) {
        return Err(ControlError::Invalid(format!("there is no field {field}")));
    }
    let token = order.verify_token.or_else(|| {
        context.store.read(|world| {
            let known = world.app_subscriptions.get(&app_id)?;
            known.verify_token.clone()
        })
    });
    if order.challenge {
        let challenge = Challenge {
            url: order.callback_url.clone(),
            verify_token: token.clone().unwrap_or_default(),
        };
        let answer = webhooks::answer_is_right(&context.client, &challenge, "1158201444").await;
        answer.map_err(ControlError::Invalid)?;
    }
    let subscription = AppSubscription::new(order.callback_url, token, order.fields);
    context.webhooks.subscribe(&app_id, subscription)?;
    context.store.flush().await?;
    show(context).await
}

async fn unsubscribe(context: Data<Context>, of: Query<OfApp>) -> Answer {
    let app_id = app_id(&context, of.into_inner().app_id)?;
    context
        .store
        .change(|world| world.app_subscriptions.remove(&app_id));
    context.store.flush().await?;
    show(context).await
}

/// Finds the named app, which must exist, or the first one.
pub(super) fn app_id(context: &Context, named: Option<String>) -> Result<String, ControlError> {
    let found = context.store.read(|world: &World| {
        named
            .or_else(|| world.apps.keys().next().cloned())
            .filter(|id| world.apps.contains_key(id))
    });
    found.ok_or_else(|| ControlError::NotFound("no such app".to_owned()))
}

async fn knobs(context: Data<Context>) -> Answer {
    Ok(Json(context.store.read(|world| json!(world.knobs))))
}

/// Replaces all knobs. Omitted ones get their defaults.
async fn set_knobs(context: Data<Context>, knobs: Json<Knobs>) -> Answer {
    let new = knobs.into_inner();
    if let Some(objection) = new.objection() {
        return Err(ControlError::Invalid(objection.to_owned()));
    }
    context.store.change(|world| world.knobs = new);
    context.store.flush().await?;
    context.webhooks.tell();
    self::knobs(context).await
}

async fn flush(context: Data<Context>) -> Answer {
    let deliveries = context.webhooks.flush()?;
    Ok(Json(json!({ "deliveries": deliveries })))
}

/// Waits until no delivery is under way or due.
async fn settle(context: Data<Context>, patience: Option<Json<Patience>>) -> Answer {
    let patience = patience.map(Json::into_inner).unwrap_or_default();
    let limit = Duration::from_millis(patience.timeout_ms.unwrap_or(10_000).min(120_000));
    let mut stopping = context.stopping.clone();
    let settled = tokio::select! {
        _ = stopping.wait_for(|stopping| *stopping) => false,
        () = context.webhooks.settled() => true,
        () = tokio::time::sleep(limit) => false,
    };
    let mut view = context.webhooks.summary();
    view.put("settled", json!(settled));
    Ok(Json(view))
}

async fn queue(context: Data<Context>, limit: Query<Limit>) -> Answer {
    let waiting = context.webhooks.waiting(limit.limit.unwrap_or(1_000));
    Ok(Json(json!({ "data": waiting })))
}

async fn clear_queue(context: Data<Context>) -> Answer {
    context.webhooks.clear_queue()?;
    Ok(Json(json!({ "success": true })))
}

async fn log(context: Data<Context>, filter: Query<Filter>) -> Answer {
    let attempts = context.webhooks.log(filter.after.unwrap_or(0), |attempt| {
        filter
            .app_id
            .as_ref()
            .is_none_or(|id| *id == attempt.app_id)
            && filter.delivery.is_none_or(|id| id == attempt.delivery)
            && filter
                .outcome
                .is_none_or(|outcome| outcome == attempt.outcome)
            && filter
                .field
                .as_ref()
                .is_none_or(|field| attempt.fields.contains(field))
    });
    Ok(Json(json!({ "data": attempts })))
}

async fn clear_log(context: Data<Context>) -> Answer {
    context.webhooks.clear_log()?;
    Ok(Json(json!({ "success": true })))
}
