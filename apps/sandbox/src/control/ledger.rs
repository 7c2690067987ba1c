//! `/_sandbox/ledger`: the Graph calls received, and the messages accepted.

use actix_web::web::{Data, Json, Query, ServiceConfig, delete, get, resource};
use serde::Deserialize;
use serde_json::json;

use super::error::Answer;
use crate::context::Context;
use crate::sending::Page;

#[derive(Deserialize)]
struct Filter {
    /// Part of the path.
    path: Option<String>,
    method: Option<String>,
    /// Only calls after this sequence.
    after: Option<u64>,
}

/// The most messages in one answer.
const MOST: usize = 50_000;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct MessageFilter {
    /// The last `sequence` of the page before.
    #[serde(default)]
    after: u64,
    limit: Option<usize>,
    /// Only this `biz_opaque_callback_data`.
    opaque: Option<String>,
    /// Only messages that were accepted at least this often.
    at_least: Option<usize>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Detail {
    spans: Option<bool>,
}

pub(super) fn routes(config: &mut ServiceConfig) {
    config
        .service(
            resource("/ledger")
                .route(get().to(list))
                .route(delete().to(clear)),
        )
        .service(
            resource("/ledger/messages")
                .route(get().to(messages))
                .route(delete().to(clear_messages)),
        )
        .service(resource("/ledger/summary").route(get().to(summary)));
}

async fn list(context: Data<Context>, filter: Query<Filter>) -> Answer {
    let entries = context.ledger.list(filter.after.unwrap_or(0), |entry| {
        filter
            .path
            .as_ref()
            .is_none_or(|part| entry.path.contains(part))
            && filter
                .method
                .as_ref()
                .is_none_or(|name| entry.method.eq_ignore_ascii_case(name))
    });
    Ok(Json(json!({ "data": entries })))
}

async fn clear(context: Data<Context>) -> Answer {
    context.ledger.clear()?;
    Ok(Json(json!({ "success": true })))
}

/// Returns how often each message was accepted.
async fn messages(context: Data<Context>, filter: Query<MessageFilter>) -> Answer {
    let filter = filter.into_inner();
    let page = Page {
        after: filter.after,
        limit: filter.limit.unwrap_or(1_000).clamp(1, MOST),
        opaque: filter.opaque,
        at_least: filter.at_least.unwrap_or(1),
    };
    let key = context.store.read(|world| world.key.clone());
    Ok(Json(context.sending.ledger.page(&key, &page)))
}

async fn summary(context: Data<Context>, detail: Query<Detail>) -> Answer {
    let with_spans = detail.spans.unwrap_or(true);
    Ok(Json(context.sending.ledger.summary(with_spans)))
}

/// Clears the messages, and resets the limits' meters.
async fn clear_messages(context: Data<Context>) -> Answer {
    context.sending.ledger.clear()?;
    context.sending.limits.clear();
    Ok(Json(json!({ "success": true })))
}
