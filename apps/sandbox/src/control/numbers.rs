//! `/_sandbox/numbers`: the limits of a number, and the upgrade of its throughput.

use std::time::{Duration, Instant};

use actix_web::web::{Data, Json, Path, ServiceConfig, get, post, resource};
use serde::Deserialize;
use serde_json::{Value, json};

use super::error::{Answer, ControlError};
use crate::context::Context;
use crate::state::{Phone, Throughput, World};
use crate::webhooks::Update;

/// The longest maintenance, milliseconds.
const LONGEST_MS: u64 = 600_000;

pub(super) fn routes(config: &mut ServiceConfig) {
    config
        .service(resource("/numbers").route(get().to(list)))
        .service(resource("/numbers/{id}").route(post().to(set)))
        .service(resource("/numbers/{id}/upgrade").route(post().to(upgrade)));
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Order {
    status: Option<String>,
    throughput: Option<Throughput>,
    /// The tier of the whole portfolio.
    messaging_limit_tier: Option<String>,
    /// The decision on a display name in review: `APPROVED` or `DECLINED`.
    name_decision: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
struct Upgrade {
    maintenance_ms: Option<u64>,
}

async fn list(context: Data<Context>) -> Answer {
    let view = |world: &World, phone: &Phone| {
        let (now, rate) = (Instant::now(), phone.messages_a_second());
        let business = world.business_of(phone);
        let used = business.map(|it| context.sending.tiers.used(&it.id, world.now()));
        json!({
            "id": phone.id,
            "status": phone.status,
            "throughput": phone.throughput,
            "perSecond": rate,
            "available": context.sending.limits.tokens(&phone.id, rate, now),
            "isMaintained": context.sending.limits.is_maintained(&phone.id, now),
            "messagingLimitTier": business.map(|it| &it.messaging_limit_tier),
            "messagingLimitUsed": used,
        })
    };
    let numbers: Vec<Value> = context.store.read(|world| {
        let phones = world.phones.iter();
        phones.map(|phone| view(world, phone)).collect()
    });
    Ok(Json(json!({ "data": numbers })))
}

fn unknown(id: &str) -> ControlError {
    ControlError::NotFound(format!("no phone number {id}"))
}

async fn set(context: Data<Context>, id: Path<String>, order: Json<Order>) -> Answer {
    let order = order.into_inner();
    let tiers = [
        "TIER_250",
        "TIER_2K",
        "TIER_10K",
        "TIER_100K",
        "TIER_UNLIMITED",
    ];
    if let Some(tier) = &order.messaging_limit_tier
        && !tiers.contains(&tier.as_str())
    {
        let text = format!("messagingLimitTier must be one of {}", tiers.join(", "));
        return Err(ControlError::Invalid(text));
    }
    let decision = order.name_decision.as_deref();
    if decision.is_some_and(|it| !matches!(it, "APPROVED" | "DECLINED")) {
        let text = "nameDecision must be APPROVED or DECLINED".to_owned();
        return Err(ControlError::Invalid(text));
    }
    let said = context
        .store
        .change(|world| {
            change(world, &id, order)?;
            Some(std::mem::take(&mut world.said))
        })
        .ok_or_else(|| unknown(&id))?;
    context.webhooks.emit(&said)?;
    context.store.flush().await?;
    list(context).await
}

/// Decides on the display name that is in review, and tells it by webhook.
fn decide_name(world: &mut World, id: &str, decision: String) -> Option<()> {
    let now = world.now().timestamp();
    let phone = world.phone_mut(id)?;
    let name = phone.extras.new_name.as_mut()?;
    let is_approved = decision == "APPROVED";
    let value = json!({
        "display_phone_number": phone.display_phone_number.chars().filter(char::is_ascii_digit).collect::<String>(),
        "decision": if is_approved { "APPROVED" } else { "REJECTED" },
        "requested_verified_name": name.name,
        "rejection_reason": if is_approved { Value::Null } else { json!("NAME_NOT_CONSISTENT") },
    });
    name.status = decision;
    let update = Update {
        waba_id: phone.waba_id.clone(),
        phone_id: Some(id.to_owned()),
        time: Some(now),
        field: "phone_number_name_update".to_owned(),
        value,
    };
    world.said.push(update);
    Some(())
}

fn change(world: &mut World, id: &str, order: Order) -> Option<()> {
    let business_id = world.business_of(world.phone(id)?)?.id.clone();
    let phone = world.phone_mut(id)?;
    if let Some(status) = order.status {
        phone.status = status;
    }
    if let Some(throughput) = order.throughput {
        phone.throughput = throughput;
    }
    if let Some(decision) = order.name_decision {
        decide_name(world, id, decision);
    }
    if let Some(tier) = order.messaging_limit_tier {
        world.business_mut(&business_id)?.messaging_limit_tier = tier;
    }
    Some(())
}

/// Puts the number into maintenance for a while. Then it has 1,000 messages a second, and a webhook reports it.
async fn upgrade(context: Data<Context>, id: Path<String>, order: Option<Json<Upgrade>>) -> Answer {
    let order = order.map(Json::into_inner).unwrap_or_default();
    let pause = order.maintenance_ms.unwrap_or(60_000);
    if pause > LONGEST_MS {
        let text = format!("maintenanceMs must be {LONGEST_MS} at most");
        return Err(ControlError::Invalid(text));
    }
    let id = id.into_inner();
    if context.store.read(|world| world.phone(&id).is_none()) {
        return Err(unknown(&id));
    }
    let pause = Duration::from_millis(pause);
    let until = Instant::now() + pause;
    context.sending.limits.maintain(&id, Some(until));
    let later = context.clone();
    tokio::spawn(async move {
        let mut stopping = later.stopping.clone();
        // A sandbox that stops meanwhile does not finish the maintenance.
        tokio::select! {
            _ = stopping.wait_for(|stopping| *stopping) => {}
            () = tokio::time::sleep(pause) => {}
        }
        if let Err(error) = raise(&later, &id).await {
            tracing::error!(%error, "a number's throughput was not raised");
        }
    });
    list(context).await
}

async fn raise(context: &Context, id: &str) -> Result<(), ControlError> {
    let update = context.store.change(|world| {
        let phone = world.phone_mut(id)?;
        phone.throughput = Throughput::High;
        let (display, waba_id) = (phone.digits(), phone.waba_id.clone());
        let tier = &world.business_of(world.phone(id)?)?.messaging_limit_tier;
        Some(Update {
            waba_id,
            phone_id: Some(id.to_owned()),
            time: Some(world.now().timestamp()),
            field: "phone_number_quality_update".to_owned(),
            value: json!({
                "display_phone_number": display,
                "event": "THROUGHPUT_UPGRADE",
                "current_limit": tier,
                "max_daily_conversations_per_business": tier,
            }),
        })
    });
    context.sending.limits.maintain(id, None);
    context.store.flush().await?;
    if let Some(update) = update {
        context.webhooks.emit(&[update])?;
    }
    Ok(())
}
