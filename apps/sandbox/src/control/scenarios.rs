//! `/_sandbox/scenarios`: the known scenarios, and playing one.

use actix_web::web::{Data, Json, Path, ServiceConfig, get, post, resource};
use serde::Deserialize;
use serde_json::{Value, json};

use super::error::{Answer, ControlError};
use crate::context::Context;
use crate::scenarios::{self, With};
use crate::state::World;

/// The customer of a play that names none.
const CUSTOMER: &str = "15550100001";

#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
struct Play {
    with: With,
}

pub(super) fn routes(config: &mut ServiceConfig) {
    config
        .service(resource("/scenarios").route(get().to(list)))
        .service(resource("/scenarios/{name}/play").route(post().to(play)));
}

async fn list(context: Data<Context>) -> Answer {
    let usual = usual(&context);
    let view = |(name, scenario): (String, Result<scenarios::Scenario, String>)| match scenario {
        Ok(scenario) => {
            let mut with = usual.clone();
            with.extend(scenario.with.clone());
            json!({ "name": name, "title": scenario.title, "about": scenario.about, "with": with })
        }
        Err(error) => json!({ "name": name, "error": error }),
    };
    let data: Vec<Value> = context.scenarios.all().into_iter().map(view).collect();
    Ok(Json(json!({ "data": data })))
}

/// Plays a scenario to its end. If the caller goes away, no further step is played.
async fn play(context: Data<Context>, name: Path<String>, order: Option<Json<Play>>) -> Answer {
    let scenario = context
        .scenarios
        .find(&name)
        .ok_or_else(|| ControlError::NotFound(format!("no scenario {name}")))?
        .map_err(ControlError::Invalid)?;
    let given = order.map(Json::into_inner).unwrap_or_default().with;
    let with = scenario.with(usual(&context), given);
    let with = with.map_err(ControlError::Invalid)?;
    let steps = scenario.steps(&with).map_err(ControlError::Invalid)?;
    let place = context.scenarios.begin().ok_or_else(|| {
        ControlError::Busy("other scenarios are played: wait until one ends".to_owned())
    })?;
    let played = scenarios::play(&context, steps).await?;
    drop(place);
    Ok(Json(
        json!({ "name": *name, "title": scenario.title, "with": with, "steps": played }),
    ))
}

/// Returns the parameters that each play has: the first app, the first registered number and its WABA, a customer.
fn usual(context: &Context) -> With {
    context.store.read(|world: &World| {
        let registered = world.phones.iter().find(|phone| phone.is_connected());
        let phone = registered.or(world.phones.first());
        let app = world.apps.keys().next();
        [
            ("app", app.map(String::as_str)),
            ("customer", Some(CUSTOMER)),
            ("number", phone.map(|phone| phone.id.as_str())),
            ("waba", phone.map(|phone| phone.waba_id.as_str())),
        ]
        .into_iter()
        .map(|(name, value)| (name.to_owned(), json!(value.unwrap_or_default())))
        .collect()
    })
}
