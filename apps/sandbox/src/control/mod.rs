//! The control API under `/_sandbox`: JSON in and out, one file for each subject.

mod apps;
mod calls;
mod clicks;
mod clock;
mod coexistence;
mod dialog;
mod error;
mod faults;
mod flows;
mod groups;
mod har;
mod ledger;
mod media;
mod numbers;
mod phones;
mod quirks;
mod raw;
mod reset;
mod scenarios;
mod sending;
mod state;
mod statuses;
mod templates;
mod tokens;
mod wabas;
mod webhooks;

use actix_web::web::{self, Json, JsonConfig, PathConfig, QueryConfig, ServiceConfig};

pub(crate) use coexistence::{tell_contacts, tell_history};
use serde_json::json;

use crate::clock::Time;
use crate::context::Context;
use crate::state::World;
use error::{Answer, ControlError};

/// Changes an object as Meta would, tells it by webhooks, and answers what was told. `named` names the object in the
/// error of one that does not exist.
async fn told(
    context: &Context,
    named: &str,
    act: impl FnOnce(&mut World, Time) -> Option<()>,
) -> Answer {
    let said = context.store.change(|world| {
        let now = world.now();
        act(world, now)?;
        Some(std::mem::take(&mut world.said))
    });
    let said = said.ok_or_else(|| ControlError::NotFound(format!("no {named}")))?;
    let emission = context.webhooks.emit(&said)?;
    context.store.flush().await?;
    context.agenda.notify_one();
    Ok(Json(json!(emission)))
}

/// The largest order in bytes: a large media file in base64.
const JSON_LIMIT: usize = 32 << 20;

/// Adds the control API.
pub(crate) fn routes(config: &mut ServiceConfig) {
    let refuse = |error: String| ControlError::Invalid(error).into();
    config.service(
        web::scope("/_sandbox")
            .app_data(
                JsonConfig::default()
                    .limit(JSON_LIMIT)
                    .error_handler(move |error, _| refuse(error.to_string())),
            )
            .app_data(
                PathConfig::default().error_handler(move |error, _| refuse(error.to_string())),
            )
            .app_data(
                QueryConfig::default().error_handler(move |error, _| refuse(error.to_string())),
            )
            .configure(apps::routes)
            .configure(calls::routes)
            .configure(clicks::routes)
            .configure(clock::routes)
            .configure(coexistence::routes)
            .configure(dialog::routes)
            .configure(faults::routes)
            .configure(flows::routes)
            .configure(groups::routes)
            .configure(har::routes)
            .configure(ledger::routes)
            .configure(media::routes)
            .configure(numbers::routes)
            .configure(phones::routes)
            .configure(quirks::routes)
            .configure(raw::routes)
            .configure(reset::routes)
            .configure(scenarios::routes)
            .configure(sending::routes)
            .configure(state::routes)
            .configure(statuses::routes)
            .configure(templates::routes)
            .configure(tokens::routes)
            .configure(wabas::routes)
            .configure(webhooks::routes)
            .default_service(web::to(|| async {
                Err::<&'static str, _>(ControlError::NotFound("no such control route".to_owned()))
            })),
    );
}
