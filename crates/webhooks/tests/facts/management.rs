use serde_json::{Value, json};
use wabakit_domain::inbound::{Management, NumberUpdate, WabaUpdate};
use wabakit_webhooks::ItemError;

use crate::support::{DISPLAY, WABA, items, management, some};

fn number(field: &str, mut value: Value) -> NumberUpdate {
    value["display_phone_number"] = json!(DISPLAY);
    match management(field, value) {
        Management::Number {
            display_phone_number,
            update,
        } => {
            assert_eq!(display_phone_number, some(DISPLAY));
            update
        }
        other => panic!("{other:?}"),
    }
}

fn waba(field: &str, value: Value) -> WabaUpdate {
    match management(field, value) {
        Management::Waba(update) => update,
        other => panic!("{other:?}"),
    }
}

/// Reads a text from the JSON form of the update.
fn told(update: &impl serde::Serialize, name: &str) -> Option<String> {
    let value = serde_json::to_value(update).unwrap();
    value[name].as_str().map(str::to_owned)
}

#[test]
fn every_event_of_an_account_is_told_by_its_name() {
    for event in [
        "ACCOUNT_DELETED",
        "ACCOUNT_RESTRICTION",
        "ACCOUNT_VIOLATION",
        "AD_ACCOUNT_LINKED",
        "AUTH_INTL_PRICE_ELIGIBILITY_UPDATE",
        "BUSINESS_PRIMARY_LOCATION_COUNTRY_UPDATE",
        "DISABLED_UPDATE",
        "MM_LITE_TERMS_SIGNED",
        "PARTNER_ADDED",
        "PARTNER_REMOVED",
        "PARTNER_APP_INSTALLED",
        "PARTNER_APP_UNINSTALLED",
        "PARTNER_CLIENT_CERTIFICATION_NEEDED",
        "PARTNER_CLIENT_CERTIFICATION_STATUS_UPDATE",
        "VOLUME_BASED_PRICING_TIER_UPDATE",
        "ACCOUNT_OFFBOARDED",
        "ACCOUNT_RECONNECTED",
        "VERIFIED_ACCOUNT",
        "SOMETHING_NEW",
    ] {
        assert_eq!(
            told(&waba("account_update", json!({"event": event})), "event"),
            some(event)
        );
    }
}

#[test]
fn an_account_update_is_told_with_its_parts() {
    let restriction = json!({"restriction_type": "RESTRICTED_BIZ_INITIATED_MESSAGING", "expiration": 1641848290,
        "remediation": "verify"});
    let update = waba(
        "account_update",
        json!({
            "event": "DISABLED_UPDATE", "country": "DE", "phone_number": 16505552771_u64,
            "waba_info": {"waba_id": 102290129340398_u64, "owner_business_id": "2", "partner_app_id": "3", "solution_id": "4",
                "solution_partner_business_ids": ["5", 6]},
            "restriction_info": [restriction],
            "ban_info": {"waba_ban_state": "SCHEDULE_FOR_DISABLE", "waba_ban_date": "December 1, 2026"},
            "violation_info": {"violation_type": "ADULT"},
            "disconnection_info": {"reason": "UNLINKED", "initiated_by": "USER"},
        }),
    );
    let expected = WabaUpdate::Account {
        event: "DISABLED_UPDATE".to_owned(),
        waba_id: some(WABA),
        owner_business_id: some("2"),
        partner_app_id: some("3"),
        solution_id: some("4"),
        solution_partner_business_ids: vec!["5".to_owned(), "6".to_owned()],
        ban_state: some("SCHEDULE_FOR_DISABLE"),
        ban_date: some("December 1, 2026"),
        restrictions: vec![restriction],
        violation: some("ADULT"),
        disconnection: some("UNLINKED, by USER"),
        disconnection_reason: some("UNLINKED"),
        disconnection_by: some("USER"),
        country: some("DE"),
        phone_number: some("16505552771"),
    };
    assert_eq!(update, expected);
}

#[test]
fn every_state_of_a_ban_is_told() {
    for state in ["DISABLE", "REINSTATE", "SCHEDULE_FOR_DISABLE"] {
        for written in [json!(state), json!([state])] {
            let value =
                json!({"event": "DISABLED_UPDATE", "ban_info": {"waba_ban_state": written}});
            assert_eq!(
                told(&waba("account_update", value), "banState"),
                some(state)
            );
        }
    }
}

#[test]
fn a_part_of_an_account_update_may_stand_in_a_list() {
    let ban =
        || json!({"waba_ban_state": "SCHEDULE_FOR_DISABLE", "waba_ban_date": "December 5, 2026"});
    for told in [
        json!({"ban_info": ban()}),
        json!({"ban_info": [ban()]}),
        json!({"ban_info": {"waba_ban_state": ["SCHEDULE_FOR_DISABLE"], "waba_ban_date": ["December 5, 2026"]}}),
    ] {
        let mut value = told.clone();
        value["event"] = json!("DISABLED_UPDATE");
        value["violation_info"] = json!([{"violation_type": "SPAM"}]);
        let update = waba("account_update", value);
        let WabaUpdate::Account {
            ban_state,
            ban_date,
            violation,
            ..
        } = update
        else {
            panic!("{update:?}");
        };
        assert_eq!(ban_state, some("SCHEDULE_FOR_DISABLE"), "{told}");
        assert_eq!(ban_date, some("December 5, 2026"), "{told}");
        assert_eq!(violation, some("SPAM"));
    }
}

#[test]
fn an_account_update_without_an_event_is_refused() {
    assert_eq!(
        items("account_update", &json!({})).remove(0).1,
        Err(ItemError::Missing("event"))
    );
}

#[test]
fn an_alert_is_told() {
    let info = json!({"alert_severity": "WARNING", "alert_status": "ACTIVE", "alert_type": "OBA_REJECTED", "alert_description": "d"});
    let mut flat = info.clone();
    let nested = json!({"entity_type": "PHONE_NUMBER", "entity_id": 123, "alert_info": info});
    flat["entity_type"] = json!("PHONE_NUMBER");
    flat["entity_id"] = json!("123");
    for value in [nested, flat] {
        let expected = WabaUpdate::Alert {
            entity_type: some("PHONE_NUMBER"),
            entity_id: some("123"),
            severity: some("WARNING"),
            status: some("ACTIVE"),
            alert: some("OBA_REJECTED"),
            description: some("d"),
        };
        assert_eq!(waba("account_alerts", value), expected);
    }
}

#[test]
fn every_kind_of_alert_is_told_by_its_name() {
    for alert in [
        "INCREASED_CAPABILITIES_ELIGIBILITY_DEFERRED",
        "INCREASED_CAPABILITIES_ELIGIBILITY_FAILED",
        "INCREASED_CAPABILITIES_ELIGIBILITY_NEED_MORE_INFO",
        "OBA_APPROVED",
        "OBA_REJECTED",
        "PROFILE_PICTURE_LOST",
        "SOMETHING_NEW",
    ] {
        let value = json!({"alert_info": {"alert_type": alert}});
        assert_eq!(told(&waba("account_alerts", value), "alert"), some(alert));
    }
    for entity in ["BUSINESS", "PHONE_NUMBER", "CURRENT_STATUS_ID"] {
        let value = json!({"entity_type": entity});
        assert_eq!(
            told(&waba("account_alerts", value), "entityType"),
            some(entity)
        );
    }
}

#[test]
fn a_review_is_decided() {
    for decision in ["APPROVED", "REJECTED", "PENDING", "DEFERRED"] {
        let update = waba("account_review_update", json!({"decision": decision}));
        assert_eq!(
            update,
            WabaUpdate::Review {
                decision: some(decision)
            }
        );
    }
}

#[test]
fn a_name_is_decided() {
    let value = |reason: Value| json!({"decision": "REJECTED", "requested_verified_name": "Lücky", "rejection_reason": reason});
    let expected = |rejection_reason| NumberUpdate::Name {
        decision: some("REJECTED"),
        requested_name: some("Lücky"),
        rejection_reason,
    };
    let field = "phone_number_name_update";
    assert_eq!(
        number(field, value(json!("NAME_UNRELATED"))),
        expected(some("NAME_UNRELATED"))
    );
    assert_eq!(number(field, value(json!("NONE"))), expected(None));
    assert_eq!(number(field, value(json!(null))), expected(None));
}

#[test]
fn a_numbers_quality_and_limits_are_told_in_old_words_and_new() {
    for event in [
        "ONBOARDING",
        "THROUGHPUT_UPGRADE",
        "FLAGGED",
        "UNFLAGGED",
        "UPGRADE",
        "DOWNGRADE",
    ] {
        let value = json!({"event": event, "current_limit": "TIER_1K", "old_limit": "TIER_250",
            "max_daily_conversations_per_business": "TIER_2K"});
        let expected = NumberUpdate::Quality {
            event: some(event),
            current_limit: some("TIER_1K"),
            old_limit: some("TIER_250"),
            max_daily_conversations: some("TIER_2K"),
        };
        assert_eq!(number("phone_number_quality_update", value), expected);
    }
}

#[test]
fn a_business_may_do_so_much() {
    for (limit, expected) in [
        (json!(2000), "2000"),
        (json!(-1), "-1"),
        (json!("TIER_2K"), "TIER_2K"),
    ] {
        let value = json!({"max_daily_conversations_per_business": limit, "max_daily_conversation_per_phone": 1000,
            "max_phone_numbers_per_business": 25, "max_phone_numbers_per_waba": "25"});
        let expected = WabaUpdate::Capability {
            max_daily_conversations_per_business: some(expected),
            max_daily_conversation_per_phone: some("1000"),
            max_phone_numbers_per_business: Some(25),
            max_phone_numbers_per_waba: Some(25),
        };
        assert_eq!(waba("business_capability_update", value), expected);
    }
}

#[test]
fn a_pin_is_changed_or_asked_for() {
    for event in ["PIN_CHANGED", "PIN_RESET_REQUEST", "PIN_REQUEST_SUCCESS"] {
        let update = number(
            "security",
            json!({"event": event, "requester": 61555822107539_u64}),
        );
        let expected = NumberUpdate::Security {
            event: some(event),
            requester: some("61555822107539"),
        };
        assert_eq!(update, expected);
    }
    let update = number("security", json!({"event": "PIN_CHANGED"}));
    assert_eq!(told(&update, "requester"), None);
}

#[test]
fn a_username_of_the_business_changes() {
    for status in ["approved", "deleted", "reserved"] {
        let update = number(
            "business_username_updates",
            json!({"username": "lucky", "status": status}),
        );
        assert_eq!(
            update,
            NumberUpdate::Username {
                username: some("lucky"),
                status: some(status)
            }
        );
    }
    let update = number("business_username_updates", json!({"status": "deleted"}));
    assert_eq!(told(&update, "username"), None);
}

#[test]
fn a_numbers_settings_change() {
    let settings = json!({"phone_number_id": "1065", "calling": {"status": "ENABLED"}});
    let value = json!({"type": "PHONE_NUMBER_SETTINGS", "phone_number_settings": settings});
    let expected = Management::Number {
        display_phone_number: None,
        update: NumberUpdate::Settings {
            phone_number_id: some("1065"),
            settings,
        },
    };
    assert_eq!(management("account_settings_update", value), expected);
    let other = management("account_settings_update", json!({"type": "WABA_SETTINGS"}));
    assert!(
        matches!(other, Management::Other { event: Some(event), .. } if event == "WABA_SETTINGS")
    );
}

#[test]
fn fields_without_a_typed_form_are_kept_by_name() {
    let flow = json!({"event": "FLOW_STATUS_CHANGE", "flow_id": "1", "message": "Flow /x", "old_status": "DRAFT", "new_status": "PUBLISHED"});
    let payment = json!({"configuration_name": "n", "provider_name": "razorpay", "provider_mid": "m",
        "status": "Needs Testing", "created_timestamp": 1, "updated_timestamp": 2});
    let solution =
        json!({"event": "SOLUTION_UPDATED", "solution_id": "1", "solution_status": "ACTIVE"});
    for (field, event, value) in [
        ("flows", some("FLOW_STATUS_CHANGE"), flow),
        ("payment_configuration_update", None, payment),
        ("partner_solutions", some("SOLUTION_UPDATED"), solution),
        ("automatic_events", None, json!({"x": [1]})),
        ("messaging_handovers", None, json!({"x": "Ä"})),
        ("standby", None, json!([1])),
        ("tracking_events", None, json!("odd")),
    ] {
        let expected = Management::Other {
            field: field.to_owned(),
            event,
            value: value.clone(),
        };
        assert_eq!(management(field, value), expected);
    }
}

#[test]
fn every_flow_event_is_told_by_its_name() {
    for event in [
        "FLOW_STATUS_CHANGE",
        "CLIENT_ERROR_RATE",
        "ENDPOINT_ERROR_RATE",
        "ENDPOINT_LATENCY",
        "ENDPOINT_AVAILABILITY",
    ] {
        let told = management(
            "flows",
            json!({"event": event, "alert_state": "ACTIVATED", "threshold": 50}),
        );
        assert!(matches!(told, Management::Other { event: Some(it), .. } if it == event));
    }
}

#[test]
fn a_value_that_is_no_object_is_refused_and_kept() {
    for field in [
        "message_template_status_update",
        "account_update",
        "security",
        "account_review_update",
    ] {
        for value in [json!([]), json!("odd"), json!(1)] {
            let found = items(field, &value);
            assert_eq!(found[0].1, Err(ItemError::NotAnObject));
            assert!(found[0].0.contains(field), "the change as a whole is kept");
        }
        assert_eq!(
            items(field, &json!(null))[0].1,
            Err(ItemError::Missing("value"))
        );
    }
}
