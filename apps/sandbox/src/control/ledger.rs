//! `/_sandbox/ledger`: the Graph calls received.

use actix_web::web::{Data, Json, Query, ServiceConfig, delete, get, resource};
use serde::Deserialize;
use serde_json::json;

use super::error::Answer;
use crate::context::Context;

#[derive(Deserialize)]
struct Filter {
    /// Part of the path.
    path: Option<String>,
    method: Option<String>,
    /// Only calls after this sequence.
    after: Option<u64>,
}

pub(super) fn routes(config: &mut ServiceConfig) {
    config.service(
        resource("/ledger")
            .route(get().to(list))
            .route(delete().to(clear)),
    );
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
