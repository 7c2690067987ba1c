//! `{phone}/smb_app_data`: asks for the contacts and the history of a number in the WhatsApp Business app. They come as
//! webhooks.
//!
//! Source: Meta's pages on coexistence (A, B): once for each kind, within 24 hours of the onboarding.

use chrono::Duration;
use serde_json::{Value, json};

use super::{GraphError, auth, params};
use crate::call::Call;
use crate::context::Context;
use crate::control;
use crate::state::World;

pub(super) fn sync(context: &Context, call: &Call, id: &str) -> Result<Value, GraphError> {
    let kind = context.store.read(|world| kind(world, call, id))?;
    let told = match kind {
        "history" => control::tell_history(context, id),
        _ => control::tell_contacts(context, id),
    };
    told.map_err(|_| GraphError::of(2))?;
    let number = context.store.change(|world| {
        if let Some(phone) = world.phone_mut(id) {
            phone.extras.synced.insert(kind.to_owned());
        }
        world.count()
    });
    Ok(json!({ "messaging_product": "whatsapp", "request_id": format!("sync_{number}") }))
}

/// Returns what can be synced now.
fn kind(world: &World, call: &Call, id: &str) -> Result<&'static str, GraphError> {
    let phone = auth::phone_of(world, call, id)?;
    params::product(call)?;
    let asked = params::required(call, "sync_type")?;
    let kind = params::one_of("sync_type", asked, &["history", "smb_app_state_sync"])?;
    if !phone.is_on_biz_app {
        return Err(GraphError::parameter(
            "The number is not used in the WhatsApp Business app.",
        ));
    }
    if phone.extras.synced.contains(kind) {
        return Err(GraphError::of(2_593_107));
    }
    let onboarded = phone.last_onboarded_time;
    if onboarded.is_some_and(|time| time + Duration::hours(24) < world.now()) {
        return Err(GraphError::of(2_593_108));
    }
    Ok(kind)
}
