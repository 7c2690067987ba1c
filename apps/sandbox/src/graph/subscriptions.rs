//! `subscribed_apps`: which apps hear of a WABA, and where.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::{GraphError, auth, me, paging};
use crate::call::Call;
use crate::state::{Subscription, World};

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
    // Meta answers this edge whole, without cursors; a limit is still checked.
    paging::page(call, Vec::new())?;
    Ok(json!({ "data": items }))
}

pub(crate) fn subscribe(
    world: &mut World,
    call: &Call,
    now: Time,
    id: &str,
) -> Result<(), GraphError> {
    let token = auth::holder(world, call, now)?;
    let waba = auth::waba(world, &token, id, "post")?;
    let mut subscription = Subscription::default();
    if let Some(uri) = call.param("override_callback_uri") {
        if !waba.subscriptions.contains_key(&token.app_id) {
            return Err(GraphError::new(
                100,
                "(#100) Before override the current callback uri, your app must be subscribed to \
                 receive messages for WhatsApp Business Account",
            ));
        }
        if url::Url::parse(uri).is_err() {
            return Err(GraphError::parameter("override_callback_uri must be a URL"));
        }
        let verify_token = call
            .param("verify_token")
            .ok_or_else(|| GraphError::parameter("verify_token is required with an override"))?;
        subscription.override_callback_uri = Some(uri.to_owned());
        subscription.verify_token = Some(verify_token.to_owned());
    }
    if let Some(waba) = world.waba_mut(id) {
        waba.subscriptions.insert(token.app_id, subscription);
    }
    Ok(())
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
