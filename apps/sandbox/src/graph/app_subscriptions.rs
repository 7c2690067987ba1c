//! `<app>/subscriptions`: the app's own webhook subscription, with an app token.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::auth::{self, Caller};
use super::{GraphError, paging};
use crate::App;
use crate::call::Call;
use crate::state::{AppSubscription, World};
use crate::webhooks::Challenge;

type Time = DateTime<Utc>;

const OBJECT: &str = "whatsapp_business_account";

/// The fields of WhatsApp business accounts.
pub(crate) const FIELDS: [&str; 33] = [
    "account_alerts",
    "account_review_update",
    "account_settings_update",
    "account_update",
    "automatic_events",
    "business_capability_update",
    "business_username_updates",
    "calls",
    "flows",
    "group_lifecycle_update",
    "group_participants_update",
    "group_settings_update",
    "group_status_update",
    "history",
    "message_echoes",
    "message_template_components_update",
    "message_template_quality_update",
    "message_template_status_update",
    "messages",
    "messaging_handovers",
    "partner_solutions",
    "payment_configuration_update",
    "phone_number_name_update",
    "phone_number_quality_update",
    "security",
    "smb_app_state_sync",
    "smb_message_echoes",
    "standby",
    "template_category_update",
    "template_correct_category_detection",
    "tracking_events",
    "user_id_update",
    "user_preferences",
];

pub(crate) fn list(world: &World, call: &Call, now: Time, id: &str) -> Result<Value, GraphError> {
    let app = owner(world, call, now, id)?;
    let view = |subscription: &AppSubscription| {
        let version = call.version.as_deref().unwrap_or(super::versions::DEFAULT);
        let fields: Vec<Value> = FIELDS
            .iter()
            .filter(|field| subscription.has(field))
            .map(|field| json!({ "name": field, "version": version }))
            .collect();
        json!({
            "object": OBJECT,
            "callback_url": subscription.callback_url(),
            "active": true,
            "fields": fields,
        })
    };
    let items: Vec<Value> = world
        .app_subscriptions
        .get(&app.id)
        .map(view)
        .into_iter()
        .collect();
    paging::page(call, Vec::new())?;
    Ok(json!({ "data": items }))
}

/// Reads the call's subscription, and checks it.
pub(crate) fn read(
    world: &World,
    call: &Call,
    now: Time,
    id: &str,
) -> Result<AppSubscription, GraphError> {
    owner(world, call, now, id)?;
    let need = |name: &str| {
        call.param(name)
            .ok_or_else(|| GraphError::new(100, format!("(#100) The parameter {name} is required")))
    };
    let object = need("object")?;
    if object != OBJECT {
        let text = format!("(#100) Param object must be {OBJECT} here, not {object}");
        return Err(GraphError::new(100, text));
    }
    let url = need("callback_url")?;
    super::subscriptions::callback_address(url, "callback_url")?;
    let token = need("verify_token")?.to_owned();
    let fields = call.param("fields").map(fields).transpose()?;
    Ok(AppSubscription::new(url.to_owned(), Some(token), fields))
}

/// Returns the challenge that the call's callback must pass.
pub(crate) fn challenge(
    world: &World,
    call: &Call,
    now: Time,
    id: &str,
) -> Result<Challenge, GraphError> {
    let subscription = read(world, call, now, id)?;
    Ok(Challenge {
        url: subscription.callback_url().to_owned(),
        verify_token: subscription.verify_token.unwrap_or_default(),
    })
}

/// Removes the subscription, or some fields of it.
pub(crate) fn remove(
    world: &mut World,
    call: &Call,
    now: Time,
    id: &str,
) -> Result<(), GraphError> {
    let app_id = owner(world, call, now, id)?.id.clone();
    if let Some(object) = call.param("object")
        && object != OBJECT
    {
        return Ok(());
    }
    let gone = call.param("fields").map(fields).transpose()?;
    let Some(subscription) = world.app_subscriptions.get_mut(&app_id) else {
        return Ok(());
    };
    let left = gone.map_or_else(BTreeSet::new, |gone| {
        let all = FIELDS.iter().map(|field| (*field).to_owned());
        all.filter(|field| subscription.has(field) && !gone.contains(field))
            .collect()
    });
    if left.is_empty() {
        world.app_subscriptions.remove(&app_id);
    } else {
        subscription.fields = Some(left);
    }
    Ok(())
}

fn owner<'a>(world: &'a World, call: &Call, now: Time, id: &str) -> Result<&'a App, GraphError> {
    let app = match auth::caller(world, call, now)? {
        Caller::App(app) => app,
        Caller::Token(_) => {
            let text = "(#15) This method must be called with an app access_token.";
            return Err(GraphError::new(15, text));
        }
    };
    let found = world.apps.get(id).filter(|each| each.id == app.id);
    found.ok_or_else(|| GraphError::no_object(id, &call.method.as_str().to_lowercase()))
}

/// Reads `a,b` or `["a","b"]`.
fn fields(text: &str) -> Result<BTreeSet<String>, GraphError> {
    let names: BTreeSet<String> = if text.starts_with('[') {
        serde_json::from_str(text)
            .map_err(|_| GraphError::parameter("fields must be a list of names"))?
    } else {
        text.split(',').map(|name| name.trim().to_owned()).collect()
    };
    match names.iter().find(|name| !FIELDS.contains(&name.as_str())) {
        Some(unknown) => Err(GraphError::new(
            100,
            format!("(#100) Param fields must be one of the fields of {OBJECT}, not {unknown}"),
        )),
        None => Ok(names),
    }
}
