//! Converts Meta's answers into the port's types.

use std::collections::BTreeSet;

use wabakit_domain::{
    account::NumberHealth,
    connect::SignupHints,
    grant::{Expiry, TokenKind},
    ids::{AppId, BusinessId, MetaUserId, PhoneNumberId, WabaId},
    meta_error::MetaErrorRef,
};
use wabakit_graph::endpoints::{
    GetPhoneNumber, GetWaba, PhoneNumber, PhoneNumbers, Platform, TokenInfo,
    TokenKind as GraphTokenKind, Waba,
};
use wabakit_ports::meta::{NumberFacts, TokenFacts, WabaFacts};

/// The fields to ask for. Only fields that we use, because one field that a version does not know fails the whole call.
const NUMBER_FIELDS: &str = "id,display_phone_number,verified_name,quality_rating,status,\
    code_verification_status,name_status,throughput,whatsapp_business_manager_messaging_limit,\
    platform_type,is_on_biz_app,account_mode";
const WABA_FIELDS: &str = "id,name,owner_business_info";

/// The result of a signup after which the number stays in the WhatsApp Business app.
const COEXISTENCE: &str = "FINISH_WHATSAPP_BUSINESS_APP_ONBOARDING";

pub(crate) fn get_number(number: &PhoneNumberId) -> GetPhoneNumber {
    GetPhoneNumber {
        phone_number_id: number.as_str().to_owned(),
        fields: NUMBER_FIELDS.to_owned(),
    }
}

pub(crate) fn get_numbers(waba: &WabaId) -> PhoneNumbers {
    PhoneNumbers {
        waba_id: waba.as_str().to_owned(),
        fields: NUMBER_FIELDS.to_owned(),
    }
}

pub(crate) fn get_waba(waba: &WabaId) -> GetWaba {
    GetWaba {
        waba_id: waba.as_str().to_owned(),
        fields: WABA_FIELDS.to_owned(),
    }
}

/// Tells whether a signup's event says that this number stays in the phone's app. The event of such a signup carries
/// the WABA alone, or nothing: then it speaks of all numbers that it may mean. To register one that is in the app would
/// take it out of the app; a number that is left unregistered can be registered any time.
fn stays_in_app(id: &PhoneNumberId, waba: Option<&WabaId>, hints: &SignupHints) -> bool {
    let says_so = hints
        .event
        .as_deref()
        .is_some_and(|event| event.trim().eq_ignore_ascii_case(COEXISTENCE));
    let means_it = match (&hints.phone_number_id, &hints.waba_id) {
        (Some(named), _) => named == id,
        (None, Some(named)) => waba.is_none_or(|waba| waba == named),
        (None, None) => true,
    };
    says_so && means_it
}

/// Converts a number. `waba` is the WABA that listed it, if one did.
pub(crate) fn number(
    number: PhoneNumber,
    waba: Option<&WabaId>,
    hints: &SignupHints,
) -> NumberFacts {
    let id = PhoneNumberId::from(number.id);
    let is_coexistence = (number.is_on_biz_app == Some(true)
        && number.platform_type == Some(Platform::CloudApi))
        || stays_in_app(&id, waba, hints);
    let throughput = number.throughput.and_then(|throughput| throughput.level);
    NumberFacts {
        display_phone_number: number
            .display_phone_number
            .unwrap_or_else(|| id.as_str().to_owned()),
        verified_name: number.verified_name,
        health: NumberHealth {
            quality_rating: number.quality_rating.map(|value| value.to_string()),
            status: number.status.map(|value| value.to_string()),
            throughput_level: throughput.map(|value| value.to_string()),
            messaging_limit: number.whatsapp_business_manager_messaging_limit,
            name_status: number.name_status.map(|value| value.to_string()),
            code_verification_status: number
                .code_verification_status
                .map(|value| value.to_string()),
            is_coexistence,
        },
        id,
    }
}

pub(crate) fn waba(waba: Waba) -> WabaFacts {
    let (business_id, business_name) = waba
        .owner_business_info
        .map(|owner| (BusinessId::from(owner.id), owner.name))
        .unzip();
    WabaFacts {
        id: WabaId::from(waba.id),
        name: waba.name,
        business_id,
        business_name: business_name.flatten(),
    }
}

pub(crate) fn token(info: TokenInfo) -> TokenFacts {
    let named = |scope| info.target_ids(scope).map(WabaId::from);
    let granted: BTreeSet<WabaId> = named("whatsapp_business_management")
        .chain(named("whatsapp_business_messaging"))
        .collect();
    let mut scopes = info.scopes.clone();
    for granular in &info.granular_scopes {
        if !scopes.contains(&granular.scope) {
            scopes.push(granular.scope.clone());
        }
    }
    TokenFacts {
        is_valid: info.is_valid,
        app_id: info.app_id.map(AppId::from),
        kind: match info.kind {
            Some(GraphTokenKind::User) => TokenKind::User,
            Some(GraphTokenKind::SystemUser) => TokenKind::SystemUser,
            _ => TokenKind::Unknown,
        },
        meta_user: info.user_id.map(MetaUserId::from),
        scopes,
        granted_wabas: granted.into_iter().collect(),
        expires: expiry(info.expires_at),
        data_access_expires: expiry(info.data_access_expires_at),
        error: info.error.map(|error| MetaErrorRef {
            code: error.code.unwrap_or_default(),
            subcode: error.subcode,
            fbtrace_id: None,
            message: error.message.unwrap_or_default(),
        }),
    }
}

fn expiry(expiry: wabakit_graph::Expiry) -> Expiry {
    match expiry {
        wabakit_graph::Expiry::Never => Expiry::Never,
        wabakit_graph::Expiry::At(time) => Expiry::At(time),
        wabakit_graph::Expiry::Unknown => Expiry::Unknown,
    }
}
