//! WhatsApp Business Accounts.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::auth::{self, MANAGE_WHATSAPP};
use super::fields::Node;
use super::{GraphError, business, me, paging, params};
use crate::call::Call;
use crate::state::{Token, Waba, World};

type Time = DateTime<Utc>;

/// The switch that leaves marketing templates to their own route.
const SWITCH: &str = "disable_marketing_messages_on_cloud_api";
/// Meta's automatic changes of images and texts.
const CREATIVE: &str = "degrees_of_freedom_spec";

pub(crate) fn node(world: &World, call: &Call, now: Time, id: &str) -> Result<Value, GraphError> {
    let token = auth::holder(world, call, now)?;
    view(world, auth::waba(world, &token, id, "get")?).pick(world, call)
}

/// Answers `POST {waba}`: changes its name, time zone or switches.
pub(crate) fn update(world: &mut World, call: &Call, id: &str) -> Result<(), GraphError> {
    let mut waba = auth::waba_of(world, call, id)?.clone();
    let mut is_changed = false;
    if let Some(name) = call.param("name") {
        params::length("name", name, 1, 100)?;
        name.clone_into(&mut waba.name);
        is_changed = true;
    }
    if let Some(zone) = call.param("timezone_id") {
        if !zone.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(params::wrong("timezone_id", "the id of a time zone"));
        }
        zone.clone_into(&mut waba.timezone_id);
        is_changed = true;
    }
    if let Some(switch) = call.param(SWITCH) {
        waba.extras.disable_marketing_on_cloud_api = switch
            .parse()
            .map_err(|_| params::wrong(SWITCH, "a boolean"))?;
        is_changed = true;
    }
    if let Some(spec) = call.value(CREATIVE) {
        if !spec.is_object() {
            return Err(params::wrong(CREATIVE, "a JSON object"));
        }
        waba.extras.creative_features = Some(spec);
        is_changed = true;
    }
    if !is_changed {
        return Err(params::missing("name"));
    }
    if let Some(known) = world.waba_mut(id) {
        *known = waba;
    }
    Ok(())
}

/// Lists the WABAs that the business owns.
pub(crate) fn owned(world: &World, call: &Call, now: Time, id: &str) -> Result<Value, GraphError> {
    of_business(world, call, now, id, |waba| waba.business_id == id)
}

/// Lists the WABAs that clients share with the business.
pub(crate) fn client(world: &World, call: &Call, now: Time, id: &str) -> Result<Value, GraphError> {
    of_business(world, call, now, id, |waba| {
        waba.shared_with.iter().any(|each| each == id)
    })
}

fn of_business(
    world: &World,
    call: &Call,
    now: Time,
    id: &str,
    wanted: impl Fn(&Waba) -> bool,
) -> Result<Value, GraphError> {
    let token = auth::holder(world, call, now)?;
    business::shared(world, &token, id)?;
    list(world, call, &token, wanted)
}

/// Lists the WABAs assigned to the token's user.
pub(crate) fn assigned(
    world: &World,
    call: &Call,
    now: Time,
    user: &str,
) -> Result<Value, GraphError> {
    let token = auth::holder(world, call, now)?;
    me::is_me(&token, user)?;
    list(world, call, &token, |_| true)
}

fn list(
    world: &World,
    call: &Call,
    token: &Token,
    wanted: impl Fn(&Waba) -> bool,
) -> Result<Value, GraphError> {
    auth::require_scope(token, MANAGE_WHATSAPP)?;
    let shared = world
        .wabas
        .iter()
        .filter(|waba| token.targets.wabas.contains(&waba.id));
    let items: Result<Vec<Value>, GraphError> = shared
        .filter(|waba| wanted(waba))
        .map(|waba| view(world, waba).pick(world, call))
        .collect();
    paging::page(call, items?)
}

fn view(world: &World, waba: &Waba) -> Node {
    let owner = world.business(&waba.business_id);
    let owner_info = owner.map(|owner| json!({ "id": owner.id, "name": owner.name }));
    Node {
        kind: "WhatsAppBusinessAccount",
        values: json!({
            "id": waba.id,
            "name": waba.name,
            "timezone_id": waba.timezone_id,
            "currency": waba.currency,
            "country": waba.country,
            "message_template_namespace": format!("namespace_{}", waba.id),
            "account_review_status": "APPROVED",
            "business_verification_status": owner.map(|owner| owner.verification_status.as_str()),
            "status": "ACTIVE",
            "ownership_type": if waba.shared_with.is_empty() { "SELF" } else { "CLIENT_OWNED" },
            "is_shared_with_partners": !waba.shared_with.is_empty(),
            "owner_business": owner_info,
            "owner_business_info": owner_info,
            "on_behalf_of_business_info": null,
            "whatsapp_business_manager_messaging_limit": "TIER_250",
            "disable_marketing_messages_on_cloud_api": waba.extras.disable_marketing_on_cloud_api,
            "marketing_messages_onboarding_status": waba.extras.marketing_messages,
            "marketing_messages_lite_api_status": waba.extras.marketing_messages,
            "degrees_of_freedom_spec": waba.extras.creative_features,
            "health_status": {
                "can_send_message": "AVAILABLE",
                "entities": [
                    { "entity_type": "WABA", "id": waba.id, "can_send_message": "AVAILABLE" },
                ],
            },
        }),
        defaults: &[
            "id",
            "name",
            "currency",
            "timezone_id",
            "message_template_namespace",
        ],
        silent: &[
            "auth_international_rate_eligibility",
            "creation_time",
            "is_enabled_for_insights",
            "linked_commerce_account",
            "primary_business_location",
            "primary_funding_id",
            "purchase_order_number",
            "template_auto_archival_enabled",
        ],
        edges: &[
            "flows",
            "message_templates",
            "phone_numbers",
            "subscribed_apps",
        ],
    }
}
