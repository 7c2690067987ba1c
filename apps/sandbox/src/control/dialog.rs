//! `/_sandbox/dialog`: the outcomes of the next dialogs.

use actix_web::web::{Data, Json, ServiceConfig, delete, get, post, resource};
use serde::Deserialize;
use serde_json::json;

use super::error::{Answer, ControlError};
use crate::context::Context;
use crate::dialog::Outcome;
use crate::state::World;

/// One outcome or several, in order.
#[derive(Deserialize)]
#[serde(untagged)]
enum Order {
    Many(Vec<Outcome>),
    One(Box<Outcome>),
}

pub(super) fn routes(config: &mut ServiceConfig) {
    config.service(
        resource("/dialog")
            .route(get().to(show))
            .route(post().to(order))
            .route(delete().to(forget)),
    );
}

async fn show(context: Data<Context>) -> Answer {
    Ok(Json(
        context
            .store
            .read(|world| json!({ "next": world.outcomes })),
    ))
}

/// Replaces the outcomes that were set before.
async fn order(context: Data<Context>, order: Json<Order>) -> Answer {
    let outcomes = match order.into_inner() {
        Order::Many(list) => list,
        Order::One(one) => vec![*one],
    };
    for outcome in &outcomes {
        if let Some(id) = context.store.read(|world| unknown(world, outcome)) {
            return Err(ControlError::Invalid(format!(
                "there is no {id} in the state"
            )));
        }
    }
    context
        .store
        .change(|world| world.outcomes = outcomes.into());
    context.store.flush().await?;
    show(context).await
}

async fn forget(context: Data<Context>) -> Answer {
    context.store.change(|world| world.outcomes.clear());
    context.store.flush().await?;
    show(context).await
}

/// Returns the first id that does not exist.
fn unknown(world: &World, outcome: &Outcome) -> Option<String> {
    let missing = |list: &Option<Vec<String>>, known: &dyn Fn(&str) -> bool| {
        list.iter().flatten().find(|id| !known(id)).cloned()
    };
    missing(&outcome.businesses, &|id| world.business(id).is_some())
        .or_else(|| missing(&outcome.wabas, &|id| world.waba(id).is_some()))
        .or_else(|| missing(&outcome.phone_numbers, &|id| world.phone(id).is_some()))
        .or_else(|| {
            outcome
                .user
                .clone()
                .filter(|id| !world.users.iter().any(|user| user.id == *id))
        })
}
