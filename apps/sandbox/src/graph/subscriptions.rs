//! `subscribed_apps`: the apps that get a WABA's webhooks, and their callbacks.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::{GraphError, auth, me, paging};
use crate::call::Call;
use crate::state::{Subscription, World};
use crate::webhooks::Challenge;

type Time = DateTime<Utc>;

pub(crate) fn list(world: &World, call: &Call, now: Time, id: &str) -> Result<Value, GraphError> {
    let token = auth::holder(world, call, now)?;
    let waba = auth::waba(world, &token, id, "get")?;
    let view = |(app_id, subscription): (&String, &Subscription)| {
        let app = world.apps.get(app_id)?;
        let data = json!({ "id": app.id, "name": app.name, "link": me::app_link(&app.id) });
        Some(match &subscription.override_callback_uri {
            Some(uri) => {
                json!({ "whatsapp_business_api_data": data, "override_callback_uri": uri })
            }
            None => json!({ "whatsapp_business_api_data": data }),
        })
    };
    let items: Vec<Value> = waba.subscriptions.iter().filter_map(view).collect();
    // Meta answers this edge without pages; a limit is still checked.
    paging::page(call, Vec::new())?;
    Ok(json!({ "data": items }))
}

/// Subscribes the app to the WABA. A call without an override removes the existing one.
pub(crate) fn subscribe(
    world: &mut World,
    call: &Call,
    now: Time,
    id: &str,
) -> Result<(), GraphError> {
    let challenge = challenge(world, call, now, id)?;
    let token = auth::holder(world, call, now)?;
    let subscription = challenge.map_or_else(Subscription::default, |challenge| Subscription {
        override_callback_uri: Some(challenge.url),
        verify_token: Some(challenge.verify_token),
    });
    if let Some(waba) = world.waba_mut(id) {
        waba.subscriptions.insert(token.app_id, subscription);
    }
    Ok(())
}

/// Returns the challenge that an override's callback must pass.
pub(crate) fn challenge(
    world: &World,
    call: &Call,
    now: Time,
    id: &str,
) -> Result<Option<Challenge>, GraphError> {
    let token = auth::holder(world, call, now)?;
    let waba = auth::waba(world, &token, id, "post")?;
    let Some(uri) = call.param("override_callback_uri") else {
        return Ok(None);
    };
    if !waba.subscriptions.contains_key(&token.app_id) {
        return Err(GraphError::new(
            100,
            "(#100) Before override the current callback uri, your app must be subscribed to \
             receive messages for WhatsApp Business Account",
        ));
    }
    callback_address(uri, "override_callback_uri")?;
    let verify_token = call
        .param("verify_token")
        .ok_or_else(|| GraphError::parameter("verify_token is required with an override"))?;
    Ok(Some(Challenge {
        url: uri.to_owned(),
        verify_token: verify_token.to_owned(),
    }))
}

/// Checks the address of a callback.
pub(crate) fn callback_address(uri: &str, name: &str) -> Result<(), GraphError> {
    let is_web = url::Url::parse(uri).is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
    if is_web {
        Ok(())
    } else {
        Err(GraphError::parameter(format!("{name} must be a URL")))
    }
}

pub(crate) fn unsubscribe(
    world: &mut World,
    call: &Call,
    now: Time,
    id: &str,
) -> Result<(), GraphError> {
    let token = auth::holder(world, call, now)?;
    auth::waba(world, &token, id, "delete")?;
    if let Some(waba) = world.waba_mut(id) {
        waba.subscriptions.remove(&token.app_id);
    }
    Ok(())
}
