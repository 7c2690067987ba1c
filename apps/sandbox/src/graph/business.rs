//! Business portfolios.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::auth::{self, MANAGE_BUSINESS};
use super::fields::Node;
use super::{GraphError, me, paging};
use crate::call::Call;
use crate::state::{Business, Token, World};

type Time = DateTime<Utc>;

pub(crate) fn of_me(world: &World, call: &Call, now: Time) -> Result<Value, GraphError> {
    let token = auth::holder(world, call, now)?;
    if let Some(user) = call.segments().first() {
        me::is_me(&token, user)?;
    }
    auth::require_scope(&token, MANAGE_BUSINESS)?;
    let shared = world
        .businesses
        .iter()
        .filter(|each| token.targets.businesses.contains(&each.id));
    let items: Result<Vec<Value>, GraphError> = shared
        .map(|business| view(world, business).pick(world, call))
        .collect();
    paging::page(call, items?)
}

pub(crate) fn node(world: &World, call: &Call, now: Time, id: &str) -> Result<Value, GraphError> {
    let token = auth::holder(world, call, now)?;
    view(world, shared(world, &token, id)?).pick(world, call)
}

/// Finds the business, if the token's holder shared it.
pub(crate) fn shared<'a>(
    world: &'a World,
    token: &Token,
    id: &str,
) -> Result<&'a Business, GraphError> {
    let found = world
        .business(id)
        .filter(|each| token.targets.businesses.contains(&each.id));
    let business = found.ok_or_else(|| GraphError::no_object(id, "get"))?;
    auth::require_scope(token, MANAGE_BUSINESS)?;
    Ok(business)
}

fn view(world: &World, business: &Business) -> Node {
    let wabas = world.wabas.iter();
    let mut signed = wabas
        .filter(|waba| waba.business_id == business.id && waba.extras.is_onboarded())
        .map(|waba| waba.extras.terms_signed_at);
    let onboarding = signed.next().map(|time| {
        let time = time.map(|time| time.timestamp());
        json!({ "status": "TERM_OF_SERVICE_SIGNED", "time": time })
    });
    Node {
        kind: "Business",
        values: json!({
            "id": business.id,
            "name": business.name,
            "verification_status": business.verification_status,
            "marketing_messages_onboarding_status": onboarding,
        }),
        defaults: &["id", "name"],
        silent: &[
            "created_time",
            "link",
            "primary_page",
            "profile_picture_uri",
            "timezone_id",
            "vertical",
        ],
        edges: &[
            "client_whatsapp_business_accounts",
            "owned_whatsapp_business_accounts",
        ],
    }
}
