//! WhatsApp Business Accounts.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::auth::{self, MANAGE_WHATSAPP};
use super::fields::Node;
use super::{GraphError, business, me, paging};
use crate::call::Call;
use crate::state::{Token, Waba, World};

type Time = DateTime<Utc>;

pub(crate) fn node(world: &World, call: &Call, now: Time, id: &str) -> Result<Value, GraphError> {
    let token = auth::holder(world, call, now)?;
    view(world, auth::waba(world, &token, id, "get")?).pick(world, call)
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
            "disable_marketing_messages_on_cloud_api",
            "is_enabled_for_insights",
            "linked_commerce_account",
            "marketing_messages_lite_api_status",
            "marketing_messages_onboarding_status",
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
