//! The effects of Meta's facts on an account, by their kind, time and end.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    dead_code,
    reason = "tests fail by panicking; the common store serves several tests"
)]

mod common;

use chrono::Duration;
use common::{ACCOUNT, ORG, Store, at, item};
use serde_json::{Value, json};
use wabakit_domain::{
    account::StatusJudgement,
    inbound::{Fact, Management, NumberUpdate, WabaUpdate},
    inbox::{Item, KnownAccount},
};

/// The time when the account was connected.
const CONNECTED: i64 = 0;

fn store() -> Store {
    let mut store = Store::default();
    let known = KnownAccount {
        status: Some("CONNECTED".into()),
        quality_rating: Some("GREEN".into()),
        last_verified_at: Some(at(CONNECTED)),
        connected_at: at(CONNECTED),
        standing: Default::default(),
    };
    store.rows.accounts.insert((ORG, ACCOUNT), known);
    store
}

fn known(store: &Store) -> &KnownAccount {
    &store.rows.accounts[&(ORG, ACCOUNT)]
}

/// Returns the codes that stand against the account at that time.
fn standing(store: &Store, now: i64) -> Vec<String> {
    let notes = known(store).standing.at(at(now));
    notes.filter_map(|note| note.code.clone()).collect()
}

fn told(seconds: i64, management: Management) -> Item {
    Item {
        told_at: Some(at(seconds)),
        ..item(Fact::Management(Box::new(management)))
    }
}

/// An `account_update` with these parts.
fn update(seconds: i64, event: &str, ban: Option<&str>, rest: Value) -> Item {
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    told(
        seconds,
        Management::Waba(WabaUpdate::Account {
            event: event.into(),
            waba_id: None,
            owner_business_id: None,
            partner_app_id: None,
            solution_id: None,
            solution_partner_business_ids: vec![],
            ban_state: ban.map(Into::into),
            ban_date: rest["date"].as_str().map(Into::into),
            restrictions: list(&rest["restrictions"]),
            violation: rest["violation"].as_str().map(Into::into),
            disconnection: None,
            disconnection_reason: None,
            disconnection_by: None,
            country: None,
            phone_number: None,
        }),
    )
}

fn event(seconds: i64, event: &str) -> Item {
    update(seconds, event, None, json!({}))
}

fn ban(seconds: i64, state: &str) -> Item {
    update(seconds, "DISABLED_UPDATE", Some(state), json!({}))
}

fn quality(seconds: i64, event: &str, limit: Option<&str>) -> Item {
    told(
        seconds,
        Management::Number {
            display_phone_number: None,
            update: NumberUpdate::Quality {
                event: Some(event.into()),
                current_limit: limit.map(Into::into),
                old_limit: None,
                max_daily_conversations: None,
            },
        },
    )
}

fn name(seconds: i64, decision: &str) -> Item {
    told(
        seconds,
        Management::Number {
            display_phone_number: None,
            update: NumberUpdate::Name {
                decision: Some(decision.into()),
                requested_name: Some(format!("Name {seconds}")),
                rejection_reason: None,
            },
        },
    )
}

#[test]
fn a_lifted_restriction_restricts_nothing_and_ends_the_one_of_its_kind() {
    let mut store = store();
    let lifted = json!({"violation": "DIRECT_SEND_UTILITY_CATEGORY_ABUSE_UNBAN"});
    store.apply(&[update(10, "ACCOUNT_RESTRICTION", None, lifted.clone())]);
    assert_eq!(standing(&store, 20), Vec::<String>::new());
    let set = json!({"violation": "DIRECT_SEND_UTILITY_CATEGORY_ABUSE_BAN",
        "restrictions": [{"restriction_type": "RESTRICTED_BIZ_INITIATED_MESSAGING"}]});
    let other = json!({"violation": "SPAM"});
    store.apply(&[
        update(20, "ACCOUNT_RESTRICTION", None, set.clone()),
        update(20, "account_restriction", None, other),
    ]);
    assert_eq!(standing(&store, 30), ["waba_restricted", "waba_restricted"]);
    store.apply(&[update(30, "ACCOUNT_RESTRICTION", None, lifted)]);
    assert_eq!(standing(&store, 40), ["waba_restricted"], "the other stays");
    assert_eq!(
        known(&store).standing.at(at(40)).next().unwrap().word,
        Some("SPAM".into())
    );
    let warning = json!({"violation": "DIRECT_SEND_UTILITY_CATEGORY_ABUSE_WARN"});
    store.apply(&[update(50, "ACCOUNT_RESTRICTION", None, warning)]);
    assert_eq!(standing(&store, 60), ["waba_restricted", "waba_violation"]);
}

#[test]
fn a_restriction_ends_when_it_says_and_says_what_it_restricts() {
    let kind = "RESTRICTED_BIZ_INITIATED_MESSAGING";
    let end = |seconds: i64| at(seconds).timestamp();
    for (expiration, at_90, at_200) in [
        (json!(end(40)), 0, 0),
        (json!(end(100)), 1, 0),
        (json!(end(100).to_string()), 1, 0),
        (json!(end(100) * 1000), 1, 0),
        (json!(at(100).to_rfc3339()), 1, 0),
        (json!(null), 1, 1),
        (json!("never"), 1, 1),
    ] {
        let mut store = store();
        let part = json!({"restrictions": [{"restriction_type": kind, "expiration": expiration}]});
        store.apply(&[update(50, "ACCOUNT_RESTRICTION", None, part)]);
        let stands = [standing(&store, 90).len(), standing(&store, 200).len()];
        assert_eq!(stands, [at_90, at_200], "{expiration}");
    }
    let mut store = store();
    let part =
        json!({"restrictions": [{"restriction_type": "RESTRICTED_ADD_PHONE_NUMBER_ACTION"}]});
    store.apply(&[update(50, "ACCOUNT_RESTRICTION", None, part)]);
    assert_eq!(standing(&store, 60), ["waba_limited"], "numbers still work");
}

#[test]
fn every_event_that_sets_something_has_one_that_takes_it_back() {
    let pairs = [
        (ban(10, "DISABLE"), ban(20, "REINSTATE")),
        (ban(10, "disable"), ban(20, "reinstate")),
        (ban(10, "SCHEDULE_FOR_DISABLE"), ban(20, "REINSTATE")),
        (event(10, "PARTNER_REMOVED"), event(20, "PARTNER_ADDED")),
        (
            event(10, "PARTNER_APP_UNINSTALLED"),
            event(20, "PARTNER_APP_INSTALLED"),
        ),
        (
            event(10, "ACCOUNT_OFFBOARDED"),
            event(20, "ACCOUNT_RECONNECTED"),
        ),
        (
            event(10, "PARTNER_REMOVED"),
            event(20, "ACCOUNT_RECONNECTED"),
        ),
    ];
    for (set, back) in pairs {
        let mut store = store();
        store.apply(std::slice::from_ref(&set));
        assert_eq!(standing(&store, 15).len(), 1, "{set:?}");
        store.apply(std::slice::from_ref(&back));
        assert_eq!(standing(&store, 25), Vec::<String>::new(), "{back:?}");
        assert_eq!(known(&store).status.as_deref(), Some("CONNECTED"));
        // Meta may deliver the same pair in the other order.
        store.apply(&[set]);
        assert_eq!(standing(&store, 25), Vec::<String>::new());
    }
    let mut store = store();
    store.apply(&[
        event(10, "PARTNER_REMOVED"),
        event(20, "PARTNER_APP_INSTALLED"),
    ]);
    assert_eq!(standing(&store, 25).len(), 1, "another pair's is no answer");
}

#[test]
fn every_word_for_a_lifting_ends_the_restriction_of_its_kind() {
    let set = json!({"violation": "SPAM_BAN", "restrictions": [
        {"restriction_type": "RESTRICTED_BIZ_INITIATED_MESSAGING"},
        {"restriction_type": "RESTRICTED_CUSTOMER_INITIATED_MESSAGING"}]});
    for (event, violation, ended) in [
        ("ACCOUNT_RESTRICTION", "SPAM_UNBAN", true),
        ("ACCOUNT_RESTRICTION", "spam_unbanned", true),
        ("ACCOUNT_RESTRICTION", "SPAM_LIFTED", true),
        ("ACCOUNT_RESTRICTION", "SPAM_UNRESTRICT", true),
        ("ACCOUNT_VIOLATION", "SPAM_UNBAN", true),
        ("ACCOUNT_RESTRICTION", "SCAM_UNBAN", false),
        ("ACCOUNT_VIOLATION", "SPAM_WARN", false),
    ] {
        let lifted = json!({"violation": violation});
        let mut both = [
            update(10, "ACCOUNT_RESTRICTION", None, set.clone()),
            update(20, event, None, lifted),
        ];
        for _ in 0..2 {
            let mut store = store();
            for fact in &both {
                store.apply(std::slice::from_ref(fact));
            }
            let stands = standing(&store, 30);
            let mut stands = stands.iter().filter(|code| *code == "waba_restricted");
            assert_eq!(stands.next().is_none(), ended, "{event} {violation}");
            // Meta may deliver the two in the other order.
            both.reverse();
        }
    }
}

#[test]
fn what_is_taken_back_also_takes_back_the_status_that_meta_answered_for_it() {
    let restricted = json!({"violation": "SPAM", "restrictions": [{"restriction_type": "X"}]});
    let lifted = json!({"violation": "SPAM_UNBAN"});
    for (status, set, back, left) in [
        (
            "BANNED",
            ban(10, "DISABLE"),
            ban(20, "REINSTATE"),
            "CONNECTED",
        ),
        (
            "RESTRICTED",
            update(10, "ACCOUNT_RESTRICTION", None, restricted),
            update(20, "ACCOUNT_RESTRICTION", None, lifted),
            "CONNECTED",
        ),
        (
            "PENDING",
            ban(10, "DISABLE"),
            ban(20, "REINSTATE"),
            "PENDING",
        ),
        (
            "BANNED",
            ban(10, "DISABLE"),
            ban(20, "SCHEDULE_FOR_DISABLE"),
            "BANNED",
        ),
    ] {
        let mut store = store();
        let account = store.rows.accounts.get_mut(&(ORG, ACCOUNT)).unwrap();
        account.status = Some(status.into());
        store.apply(&[set]);
        store.apply(&[back]);
        assert_eq!(known(&store).status.as_deref(), Some(left), "{status}");
    }
}

#[test]
fn a_request_to_reset_the_pin_stands_until_it_is_answered_or_over() {
    let security = |seconds, event: &str| {
        let update = NumberUpdate::Security {
            event: Some(event.into()),
            requester: None,
        };
        told(
            seconds,
            Management::Number {
                display_phone_number: None,
                update,
            },
        )
    };
    for answer in ["PIN_CHANGED", "PIN_REQUEST_SUCCESS", "pin_changed"] {
        let mut store = store();
        store.apply(&[security(10, "PIN_RESET_REQUEST")]);
        assert_eq!(standing(&store, 20), ["pin_reset_requested"]);
        store.apply(&[security(9, answer)]);
        assert_eq!(
            standing(&store, 20),
            ["pin_reset_requested"],
            "an older one"
        );
        store.apply(&[security(30, answer)]);
        assert_eq!(standing(&store, 40), Vec::<String>::new(), "{answer}");
        store.apply(&[security(10, "PIN_RESET_REQUEST")]);
        assert_eq!(standing(&store, 40), Vec::<String>::new(), "a repeat");
    }
    let mut store = store();
    store.apply(&[security(10, "PIN_RESET_REQUEST")]);
    let week = Duration::days(8).num_seconds();
    assert_eq!(standing(&store, week), Vec::<String>::new());
}

#[test]
fn a_fact_from_before_the_connection_or_before_a_newer_one_changes_nothing() {
    let mut store = store();
    let two_hours_ago = CONNECTED - 7_200;
    store.apply(&[
        event(two_hours_ago, "PARTNER_REMOVED"),
        ban(two_hours_ago, "DISABLE"),
        quality(two_hours_ago, "FLAGGED", Some("TIER_50")),
        name(-1, "REJECTED"),
    ]);
    assert_eq!(store.patches, []);
    store.apply(&[name(50, "APPROVED"), name(40, "REJECTED")]);
    let names: Vec<_> = store.patches.iter().map(|(_, p)| &p.name_status).collect();
    assert_eq!(names, [&Some("APPROVED".to_owned())]);
    // A fact of the same second as the connection counts.
    store.apply(&[event(CONNECTED, "PARTNER_REMOVED")]);
    assert_eq!(standing(&store, 60), ["access_removed"]);
}

#[test]
fn what_meta_answered_later_is_not_undone_by_a_fact_from_before_the_answer() {
    let mut store = store();
    let account = store.rows.accounts.get_mut(&(ORG, ACCOUNT)).unwrap();
    account.last_verified_at = Some(at(100));
    store.apply(&[
        quality(90, "FLAGGED", Some("TIER_50")),
        name(90, "REJECTED"),
        quality(99, "THROUGHPUT_UPGRADE", None),
    ]);
    assert_eq!(store.patches, []);
    store.apply(&[ban(90, "DISABLE")]);
    assert_eq!(
        standing(&store, 200),
        ["waba_disabled"],
        "no answer spoke of it"
    );
}

#[test]
fn quality_and_limit_follow_an_event_that_speaks_of_both() {
    let mut store = store();
    store.apply(&[quality(10, "FLAGGED", Some("TIER_10K"))]);
    let patch = &store.patches[0].1;
    assert_eq!(patch.messaging_limit.as_deref(), Some("TIER_10K"));
    assert_eq!(known(&store).quality_rating.as_deref(), Some("RED"));
    store.apply(&[quality(20, "unflagged", None)]);
    assert_eq!(known(&store).quality_rating.as_deref(), Some("GREEN"));
    store.apply(&[quality(30, "DOWNGRADE", Some("TIER_1K"))]);
    assert_eq!(known(&store).quality_rating.as_deref(), Some("GREEN"));
    let old = Management::Waba(WabaUpdate::Capability {
        max_daily_conversations_per_business: None,
        max_daily_conversation_per_phone: Some("250".into()),
        max_phone_numbers_per_business: None,
        max_phone_numbers_per_waba: None,
    });
    store.apply(&[told(40, old)]);
    let patch = &store.patches.last().unwrap().1;
    assert_eq!(patch.messaging_limit.as_deref(), Some("TIER_250"));
}

#[test]
fn an_announced_ban_has_its_date_in_every_form_of_metas() {
    let day = |text: &str| text.parse::<chrono::NaiveDate>().unwrap();
    for date in [
        "December 5, 2026",
        "Dec 5, 2026",
        "2026-12-05",
        "12/05/2026",
        "1796428800",
    ] {
        let mut store = store();
        let part = json!({"date": date});
        let state = Some("SCHEDULE_FOR_DISABLE");
        store.apply(&[update(10, "DISABLED_UPDATE", state, part)]);
        let note = known(&store).standing.get("ban").cloned().unwrap();
        assert_eq!(note.code.as_deref(), Some("waba_ban_scheduled"));
        assert!(!note.is_critical(), "there is time to appeal");
        assert_eq!(
            note.due.map(|due| due.date_naive()),
            Some(day("2026-12-05")),
            "{date}"
        );
        assert_eq!(note.word.as_deref(), Some(date));
    }
}

#[test]
fn what_asks_for_an_act_stands_until_it_is_over() {
    let alert = |seconds, severity: &str, status: &str, kind: &str| {
        let alert = WabaUpdate::Alert {
            entity_type: None,
            entity_id: None,
            severity: Some(severity.into()),
            status: Some(status.into()),
            alert: Some(kind.into()),
            description: None,
        };
        told(seconds, Management::Waba(alert))
    };
    let review = |seconds, decision: &str| {
        let decision = Some(decision.into());
        told(seconds, Management::Waba(WabaUpdate::Review { decision }))
    };
    let mut store = store();
    store.apply(&[
        alert(10, "CRITICAL", "ACTIVE", "OBA_REJECTED"),
        alert(10, "INFORMATIONAL", "ACTIVE", "PROFILE_PICTURE_LOST"),
        review(10, "rejected"),
        event(10, "ACCOUNT_VIOLATION"),
    ]);
    let codes = ["account_alert", "waba_review_rejected", "waba_violation"];
    assert_eq!(standing(&store, 20), codes);
    store.apply(&[
        alert(30, "INFORMATIONAL", "NONE", "OBA_APPROVED"),
        review(30, "APPROVED"),
    ]);
    assert_eq!(standing(&store, 40), ["waba_violation"]);
    let month = Duration::days(31).num_seconds();
    assert_eq!(standing(&store, month), Vec::<String>::new());
}

#[test]
fn every_status_of_a_number_has_a_judgement_and_an_unknown_one_too() {
    let critical = |status: &str| StatusJudgement::of(status).map(|judged| judged.is_critical);
    for works in ["CONNECTED", "connected", "LINKED", ""] {
        assert_eq!(critical(works), None, "{works}");
    }
    for broken in [
        "PENDING",
        "DISCONNECTED",
        "UNLINKED",
        "UNVERIFIED",
        "RESTRICTED",
        "BANNED",
        "banned",
        "DELETED",
        "MIGRATED",
    ] {
        assert_eq!(critical(broken), Some(true), "{broken}");
    }
    for odd in ["FLAGGED", "RATE_LIMITED", "SUSPENDED_BY_OWNER", "0"] {
        assert_eq!(critical(odd), Some(false), "{odd}");
    }
}

#[test]
fn an_account_that_is_not_the_orgs_is_left_alone() {
    let mut store = store();
    let mut fact = ban(10, "DISABLE");
    fact.accounts = vec![wabakit_domain::ids::AccountId(uuid::Uuid::from_u128(77))];
    store.apply(&[fact]);
    assert_eq!(store.patches, []);
}
