//! Facts about numbers, WABAs and apps: which accounts they change, what takes them back, and when they are repeats.

use chrono::Duration;
use serde_json::{Value, json};
use wabakit_domain::{account::Account, event::EventData, ids::AccountId};
use wabakit_ports::system::Clock;
use wabakit_services::Severity;

use crate::support::{Receiver, delivery};

/// Makes a WABA with the numbers `n1` and `n2`, both connected.
async fn two_numbers() -> (Receiver, Account) {
    let r = Receiver::new().await;
    r.connects(&r.world.admin, "n2", "waba").await;
    let listed = r.world.listed(&r.world.admin).await;
    let second = listed.into_iter().find(|a| a.id != r.account.id).unwrap();
    (r, second)
}

async fn trouble(r: &Receiver, id: AccountId) -> Option<String> {
    let account = r.world.account(id).await;
    account.trouble(r.world.clock.now()).map(ToOwned::to_owned)
}

fn update(value: Value) -> Value {
    delivery("waba", "account_update", value)
}

fn at(mut body: Value, time: i64) -> Value {
    body["entry"][0]["time"] = json!(time);
    body
}

#[tokio::test]
async fn a_fact_touches_only_the_number_and_the_app_that_it_names() {
    let info = |app: Option<&str>| json!({"waba_id": "waba", "partner_app_id": app});
    let alert = |id: &str| {
        json!({"entity_type": "PHONE_NUMBER", "entity_id": id, "alert_info":
            {"alert_severity": "CRITICAL", "alert_status": "ACTIVE", "alert_type": "OBA_REJECTED"}})
    };
    let removed = |number: Option<&str>| json!({"event": "PARTNER_REMOVED", "phone_number": number, "waba_info": info(None)});
    let of_both = |number: &str, app: &str| json!({"event": "PARTNER_REMOVED", "phone_number": number, "waba_info": info(Some(app))});
    let security =
        |number: &str| json!({"event": "PIN_RESET_REQUEST", "display_phone_number": number});
    let settings = |id: &str| json!({"type": "PHONE_NUMBER_SETTINGS", "phone_number_settings": {"phone_number_id": id}});
    let uninstalled = |app| json!({"event": "PARTNER_APP_UNINSTALLED", "waba_info": info(app)});
    for (field, value, touched, named) in [
        // In these tests, these are the digits of n2's display number.
        ("account_update", removed(Some("+1 (555) 2")), [0, 1], true),
        ("account_update", removed(Some("15552")), [0, 1], true),
        ("account_update", removed(Some("15559")), [0, 0], false),
        ("account_update", removed(None), [1, 1], false),
        ("account_update", of_both("15552", "1001"), [0, 1], true),
        (
            "account_update",
            of_both("15552", "999999999999999"),
            [0, 0],
            false,
        ),
        ("account_update", of_both("15559", "1001"), [0, 0], false),
        (
            "account_update",
            uninstalled(Some("999999999999999")),
            [0, 0],
            false,
        ),
        ("account_update", uninstalled(Some("1001")), [1, 1], false),
        ("account_update", uninstalled(None), [1, 1], false),
        ("account_alerts", alert("n2"), [0, 1], true),
        ("account_alerts", alert("n9"), [0, 0], false),
        ("security", security("+1 555 n2"), [0, 1], true),
        ("security", security("+1 555 n9"), [0, 0], false),
        (
            "security",
            json!({"event": "PIN_RESET_REQUEST"}),
            [0, 0],
            false,
        ),
        ("account_settings_update", settings("n2"), [0, 0], true),
        ("account_settings_update", settings("n9"), [0, 0], false),
    ] {
        let (r, second) = two_numbers().await;
        r.receive(&delivery("waba", field, value.clone())).await;
        let mut found = [0, 0];
        for (place, id) in [r.account.id, second.id].into_iter().enumerate() {
            let account = r.world.account(id).await;
            found[place] = account.standing.at(r.world.clock.now()).count();
        }
        assert_eq!(found, touched, "{value}");
        let events = r.events(r.account.org).await;
        let told = events.into_iter().find_map(|event| match event.data {
            EventData::AccountUpdated(told) => Some(told.account),
            _ => None,
        });
        assert_eq!(told, Some(named.then_some(second.id)), "{value}");
    }
}

#[tokio::test]
async fn a_check_clears_only_what_it_asks_about() {
    let r = Receiver::new().await;
    let id = r.account.id;
    let ban = |state: &str| {
        update(json!({"event": "DISABLED_UPDATE", "ban_info": {"waba_ban_state": state}}))
    };
    r.receive(&ban("DISABLE")).await;
    assert_eq!(trouble(&r, id).await.as_deref(), Some("waba_disabled"));
    let view = r.world.accounts.verify(&r.world.admin, id).await.unwrap();
    assert_eq!(view.account.health.status.as_deref(), Some("CONNECTED"));
    assert_eq!(trouble(&r, id).await.as_deref(), Some("waba_disabled"));
    assert_eq!(view.warnings()[0].code, "waba_disabled");
    r.receive(&ban("REINSTATE")).await;
    assert_eq!(trouble(&r, id).await, None);
    let view = r.world.accounts.get(&r.world.admin, id).await.unwrap();
    assert_eq!(view.warnings(), []);
    // A check asks Meta about access.
    r.receive(&update(json!({"event": "PARTNER_REMOVED"})))
        .await;
    assert_eq!(trouble(&r, id).await.as_deref(), Some("access_removed"));
    r.world.accounts.verify(&r.world.admin, id).await.unwrap();
    assert_eq!(trouble(&r, id).await, None);
    let restricted = json!({"event": "ACCOUNT_RESTRICTION", "restriction_info": [
        {"restriction_type": "RESTRICTED_BIZ_INITIATED_MESSAGING"}]});
    r.receive(&update(restricted)).await;
    r.world.accounts.verify(&r.world.admin, id).await.unwrap();
    assert_eq!(trouble(&r, id).await.as_deref(), Some("waba_restricted"));
}

#[tokio::test]
async fn a_numbers_status_in_a_check_is_judged() {
    let r = Receiver::new().await;
    let id = r.account.id;
    r.world.clock.advance(Duration::hours(1));
    for (status, severity, code) in [
        ("BANNED", Severity::Critical, "number_banned"),
        ("RESTRICTED", Severity::Critical, "number_restricted"),
        ("DISCONNECTED", Severity::Critical, "number_disconnected"),
        ("MIGRATED", Severity::Critical, "number_migrated"),
        ("PENDING", Severity::Critical, "number_pending"),
        ("FLAGGED", Severity::Warning, "number_flagged"),
        ("RATE_LIMITED", Severity::Warning, "number_rate_limited"),
        ("SOMETHING_NEW", Severity::Warning, "number_status_unknown"),
    ] {
        let set = |h: &mut wabakit_domain::account::NumberHealth| h.status = Some(status.into());
        r.world.meta.set_health("n1", set);
        let view = r.world.accounts.verify(&r.world.admin, id).await.unwrap();
        let warnings = view.warnings();
        assert_eq!(warnings.len(), 1, "{status}");
        assert_eq!((warnings[0].severity, &*warnings[0].code), (severity, code));
        let is_critical = severity == Severity::Critical;
        assert_eq!(trouble(&r, id).await.is_some(), is_critical, "{status}");
    }
    r.world
        .meta
        .set_health("n1", |h| h.status = Some("CONNECTED".into()));
    let view = r.world.accounts.verify(&r.world.admin, id).await.unwrap();
    assert_eq!(view.warnings(), []);
}

#[tokio::test]
async fn a_fact_from_before_the_connection_does_not_mark_it() {
    let r = Receiver::new().await;
    let connected = r.account.connected_at.timestamp();
    for (time, marked) in [
        (connected - 7_200, false),
        (connected - 1, false),
        (connected, true),
    ] {
        r.receive(&at(update(json!({"event": "PARTNER_REMOVED"})), time))
            .await;
        assert_eq!(trouble(&r, r.account.id).await.is_some(), marked, "{time}");
    }
    // Connected again, the account has a fresh standing.
    r.world.clock.advance(Duration::minutes(5));
    r.connects(&r.world.admin, "n1", "waba").await;
    assert_eq!(trouble(&r, r.account.id).await, None);
}

#[tokio::test]
async fn a_ban_that_is_announced_warns_with_its_date() {
    let r = Receiver::new().await;
    for date in [json!("December 5, 2027"), json!(["December 5, 2027"])] {
        let part = json!({"waba_ban_state": ["SCHEDULE_FOR_DISABLE"], "waba_ban_date": date});
        r.receive(&update(
            json!({"event": "DISABLED_UPDATE", "ban_info": part}),
        ))
        .await;
        let warnings = r.world.accounts.warnings(&r.world.admin).await.unwrap();
        assert_eq!(warnings.len(), 1);
        assert_eq!(warnings[0].code, "waba_ban_scheduled");
        assert_eq!(warnings[0].at.to_rfc3339(), "2027-12-05T00:00:00+00:00");
        assert!(warnings[0].detail.contains("5 December 2027"));
        assert_eq!(trouble(&r, r.account.id).await, None);
        r.world.clock.advance(Duration::seconds(1));
    }
}

#[tokio::test]
async fn a_true_event_is_not_taken_for_a_repeat() {
    let (r, _) = two_numbers().await;
    let of = |number: &str, part: Value| {
        let mut value = json!({"metadata": {"phone_number_id": number}});
        value
            .as_object_mut()
            .unwrap()
            .extend(part.as_object().unwrap().clone());
        delivery("waba", "messages", value)
    };
    let errors = json!({"errors": [{"code": 130429, "title": "Rate limit hit"}]});
    for number in ["n1", "n2", "n1"] {
        r.receive(&of(number, errors.clone())).await;
    }
    let progress =
        json!({"history": [{"metadata": {"phase": 0, "chunk_order": 1, "progress": 55}}]});
    for number in ["n1", "n2", "n1"] {
        let mut body = of(number, progress.clone());
        body["entry"][0]["changes"][0]["field"] = json!("history");
        r.receive(&body).await;
    }
    let kinds = r.kinds(r.account.org).await;
    let count = |kind: &str| kinds.iter().filter(|told| **told == kind).count();
    assert_eq!(count("account.errors"), 3);
    assert_eq!(count("history.progress"), 2, "the third is a repeat");
    // A week later, another import reports the same.
    r.world.clock.advance(Duration::days(1));
    let mut body = of("n1", progress);
    body["entry"][0]["changes"][0]["field"] = json!("history");
    r.receive(&body).await;
    let kinds = r.kinds(r.account.org).await;
    let told = kinds.iter().filter(|told| **told == "history.progress");
    assert_eq!(told.count(), 3);
}

#[tokio::test]
async fn a_refusal_of_marketing_without_a_time_is_never_taken_for_a_repeat() {
    for (values, opted_out) in [
        (&["stop", "resume", "stop"][..], true),
        (&["stop", "stop"], true),
        (&["resume", "stop", "resume"], true),
        (&["stop", "resume"], false),
        (&["stop", "signup", "stop"], true),
    ] {
        let r = Receiver::new().await;
        for value in values {
            let choice =
                json!({"wa_id": "491510000", "category": "marketing_messages", "value": value});
            let value =
                json!({"metadata": {"phone_number_id": "n1"}, "user_preferences": [choice]});
            r.receive(&delivery("waba", "user_preferences", value))
                .await;
            r.world.clock.advance(Duration::seconds(1));
        }
        let found = r
            .receive
            .inbox
            .contacts(&r.world.admin, None, Default::default());
        assert_eq!(
            found.await.unwrap().rows[0].opted_out,
            opted_out,
            "{values:?}"
        );
    }
}

fn groups(number: &str, groups: Value) -> Value {
    let value = json!({"metadata": {"phone_number_id": number}, "groups": groups});
    delivery("waba", "group_participants_update", value)
}

#[tokio::test]
async fn an_update_of_a_group_is_told_once_and_a_bad_one_costs_no_sibling() {
    let (r, second) = two_numbers().await;
    let left = |id: &str, time: &str| {
        json!({"type": "group_participants_remove", "group_id": id, "timestamp": time,
        "initiated_by": "participant", "removed_participants": [{"wa_id": "491510000"}], "theme": "green"})
    };
    let created = |id: &str| json!({"type": "group_create", "group_id": id, "timestamp": "1767225000", "subject": "Order"});
    r.receive(&groups(
        "n1",
        json!([left("g1", "1767225001"), "odd", created("g1"), {}]),
    ))
    .await;
    // A repeat is told once; the same for another number, and at another time, is news.
    r.receive(&groups("n1", json!([left("g1", "1767225001")])))
        .await;
    r.receive(&groups("n2", json!([left("g1", "1767225001")])))
        .await;
    r.receive(&groups("n1", json!([left("g1", "1767225002")])))
        .await;
    let events = r.events(r.account.org).await;
    let told: Vec<_> = events
        .iter()
        .filter_map(|event| match &event.data {
            EventData::GroupUpdated(told) => Some(told),
            _ => None,
        })
        .collect();
    let accounts: Vec<_> = told.iter().map(|told| told.account.unwrap()).collect();
    let (first, second) = (r.account.id, second.id);
    assert_eq!(accounts, [first, first, first, second, first]);
    assert_eq!(told[0].extra.as_ref().unwrap()["theme"], "green");
    assert_eq!(
        told[1].change.subject.as_ref().unwrap().text.as_deref(),
        Some("Order")
    );
    let kept = events
        .iter()
        .filter(|event| matches!(event.data, EventData::AccountNotice(_)));
    assert_eq!(kept.count(), 1, "what is no group is told as it came");
    assert_eq!(r.parked().await.len(), 0);
    let found =
        r.receive
            .inbox
            .conversations(&r.world.admin, Default::default(), Default::default());
    let found = found.await.unwrap().rows;
    let shown: Vec<_> = found
        .iter()
        .map(|row| row.conversation.group.as_ref().unwrap().shown().0)
        .collect();
    assert_eq!(shown, [Some("Order")]);
}

#[tokio::test]
async fn an_update_of_a_group_of_a_number_that_nobody_connected_waits_for_it() {
    let r = Receiver::new().await;
    let created = json!([{"type": "group_create", "group_id": "g9", "timestamp": "1767225000", "subject": "Order"}]);
    r.receive(&groups("n9", created)).await;
    let parked = r.parked().await;
    assert_eq!((parked.len(), &*parked[0].reason), (1, "unknown_number"));
    assert!(!r.kinds(r.account.org).await.contains(&"group.updated"));
}

#[tokio::test]
async fn a_status_of_another_kind_has_an_event_and_changes_no_message() {
    let r = Receiver::new().await;
    let amount = json!({"value": 21000, "offset": 100});
    for kind in ["payment", "PAYMENT", "shipment"] {
        let status = json!({"id": "wamid.x", "status": "failed", "type": kind,
            "timestamp": "1767225000", "recipient_id": "491510000",
            "payment": {"reference_id": format!("order-{kind}"), "amount": amount}});
        let value = json!({"metadata": {"phone_number_id": "n1"}, "statuses": [status]});
        r.receive(&delivery("waba", "messages", value)).await;
    }
    let events = r.events(r.account.org).await;
    let told: Vec<_> = events
        .iter()
        .filter_map(|event| match &event.data {
            EventData::AccountNotice(told) => Some((told.account, &*told.change)),
            EventData::MessageStatus(_) => panic!("a message was touched"),
            _ => None,
        })
        .collect();
    assert_eq!(told.len(), 3);
    assert!(
        told.iter()
            .all(|(account, _)| *account == Some(r.account.id))
    );
    let first = serde_json::to_string(told[0].1).unwrap();
    assert!(first.contains("statuses.payment") && first.contains("order-payment"));
    assert_eq!(r.parked().await.len(), 0);
}
