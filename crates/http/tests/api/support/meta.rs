//! A Meta that has one connected number for every organisation, or as many as it is told.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex},
};

use wabakit_domain::{
    account::NumberHealth,
    grant::{Expiry, TokenKind},
    ids::{OrgId, PhoneNumberId, WabaId},
    secret::SealedSecret,
};
use wabakit_ports::meta::{
    Assets, ExchangedToken, MetaError, MetaErrorKind, MockMetaGateway, NumberFacts, SdkConfig,
    TokenFacts, WabaFacts,
};

use super::vault::opened;

pub const TOKEN: &str = "canary-token-of-meta";
pub const EXPIRED_CODE: &str = "canary-code-expired";

/// The phone numbers that Meta holds for each organisation's login.
#[derive(Clone, Default)]
pub struct Holdings(Arc<Mutex<HashMap<OrgId, Vec<String>>>>);

impl Holdings {
    pub fn give(&self, org: OrgId, numbers: &[&str]) {
        let numbers = numbers.iter().map(|&number| number.to_owned()).collect();
        self.0.lock().unwrap().insert(org, numbers);
    }

    fn of(&self, org: OrgId) -> Vec<NumberFacts> {
        let numbers = self
            .0
            .lock()
            .unwrap()
            .get(&org)
            .cloned()
            .unwrap_or_default();
        numbers
            .iter()
            .map(|id| number(&PhoneNumberId::from(id.as_str())))
            .collect()
    }
}

fn number(id: &PhoneNumberId) -> NumberFacts {
    NumberFacts {
        id: id.clone(),
        display_phone_number: format!("+1 555 {id}"),
        verified_name: Some("Lucky Shrub".into()),
        health: NumberHealth {
            quality_rating: Some("GREEN".into()),
            status: Some("CONNECTED".into()),
            code_verification_status: Some("VERIFIED".into()),
            ..NumberHealth::default()
        },
    }
}

fn waba(org: OrgId) -> WabaFacts {
    WabaFacts {
        id: WabaId::from(format!("waba-{org}")),
        name: Some("Shrubs".into()),
        business_id: Some("business".into()),
        business_name: Some("Lucky Shrub".into()),
    }
}

fn facts() -> TokenFacts {
    let rights = [
        "whatsapp_business_management",
        "whatsapp_business_messaging",
        "business_management",
    ];
    TokenFacts {
        is_valid: true,
        app_id: Some("1001".into()),
        kind: TokenKind::SystemUser,
        meta_user: Some("meta-user".into()),
        scopes: rights.map(str::to_owned).to_vec(),
        granted_wabas: Vec::new(),
        expires: Expiry::Never,
        data_access_expires: Expiry::Unknown,
        error: None,
    }
}

pub fn scripted(holdings: Holdings) -> MockMetaGateway {
    let subscribed = Arc::new(Mutex::new(HashSet::<WabaId>::new()));
    let mut meta = MockMetaGateway::new();
    meta.expect_dialog_url().returning(|app, request| {
        format!(
            "https://meta.example/dialog?app={}&state={}",
            app.app_id, request.state
        )
    });
    meta.expect_sdk_config().returning(|| SdkConfig {
        graph_version: "v25.0".into(),
        sdk_url: "https://meta.example/sdk.js".into(),
    });
    meta.expect_exchange_code().returning(|_, _, code, _| {
        if opened(code) == EXPIRED_CODE {
            return Err(MetaError::new(MetaErrorKind::CodeExpired, "too late"));
        }
        Ok(ExchangedToken {
            token: SealedSecret::new(TOKEN.into()),
            expires_in: None,
        })
    });
    meta.expect_inspect_token().returning(|_| Ok(facts()));
    meta.expect_inspect_foreign_token()
        .returning(|_, _| Ok(facts()));
    let found = holdings.clone();
    meta.expect_find_assets().returning(move |access, _, _| {
        let org = access.grant.org;
        Ok(Assets {
            businesses: 1,
            wabas: vec![(waba(org), found.of(org))],
        })
    });
    meta.expect_number().returning(|_, id| Ok(number(id)));
    meta.expect_waba()
        .returning(|access, _| Ok(waba(access.grant.org)));
    meta.expect_numbers()
        .returning(move |access, _| Ok(holdings.of(access.grant.org)));
    let set = subscribed.clone();
    meta.expect_is_subscribed()
        .returning(move |_, waba| Ok(set.lock().unwrap().contains(waba)));
    let set = subscribed.clone();
    meta.expect_subscribe().returning(move |_, waba| {
        set.lock().unwrap().insert(waba.clone());
        Ok(())
    });
    meta.expect_unsubscribe().returning(move |_, waba| {
        subscribed.lock().unwrap().remove(waba);
        Ok(())
    });
    meta.expect_revoke().returning(|_| Ok(()));
    meta.expect_register().returning(|_, _, _| Ok(()));
    meta
}
