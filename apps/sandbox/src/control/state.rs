//! `/_sandbox/state` and `/_sandbox/health`: the current state.

use actix_web::web::{Data, Json, ServiceConfig, get, resource};
use serde_json::{Value, json};

use super::error::Answer;
use crate::context::Context;
use crate::state::{Phone, World};

pub(super) fn routes(config: &mut ServiceConfig) {
    config
        .service(resource("/state").route(get().to(show)))
        .service(resource("/health").route(get().to(health)));
}

async fn health() -> Answer {
    Ok(Json(json!({ "status": "ok" })))
}

async fn show(context: Data<Context>) -> Answer {
    Ok(Json(context.store.read(view)))
}

fn view(world: &World) -> Value {
    let businesses: Vec<Value> = world
        .businesses
        .iter()
        .map(|business| {
            let owned = world.wabas.iter().filter(|waba| waba.business_id == business.id);
            let wabas: Vec<Value> = owned
                .map(|waba| {
                    let numbers = world.phones.iter().filter(|phone| phone.waba_id == waba.id);
                    json!({
                        "id": waba.id,
                        "name": waba.name,
                        "sharedWith": waba.shared_with,
                        "subscribedApps": waba.subscriptions.iter().map(|(app_id, subscription)| json!({
                            "appId": app_id,
                            "overrideCallbackUri": subscription.override_callback_uri,
                        })).collect::<Vec<Value>>(),
                        "phoneNumbers": numbers.map(phone).collect::<Vec<Value>>(),
                    })
                })
                .collect();
            json!({
                "id": business.id,
                "name": business.name,
                "verificationStatus": business.verification_status,
                "wabas": wabas,
            })
        })
        .collect();
    json!({ "now": world.now(), "users": world.users, "businesses": businesses })
}

/// Shows the number, with the code of its SMS or call, but without its PIN.
fn phone(phone: &Phone) -> Value {
    json!({
        "id": phone.id,
        "displayPhoneNumber": phone.display_phone_number,
        "verifiedName": phone.verified_name,
        "qualityRating": phone.quality_rating,
        "codeVerificationStatus": phone.code_verification_status,
        "status": phone.status,
        "isOnBizApp": phone.is_on_biz_app,
        "isPinEnabled": phone.pin.is_some(),
        "registrations": phone.registrations,
        "verificationCode": phone.verification_code,
        "overrideCallbackUri": phone.override_callback_uri,
    })
}
