//! Changes become messages and events: each once, in order, and none held up by another.

use chrono::Duration;
use serde_json::json;
use wabakit_domain::{delivery::ParkedState, event::EventData, ids::IdBlock, inbound::Fact};
use wabakit_ports::store::{ApplyBatch, Scope, StoreError, VerifiedWrite};
use wabakit_services::{ReplayRequest, ServiceError, Whose};

use crate::support::{Fate, Receiver, delivery, down, message, receive_settings, texts};

/// Tells whether a message with this text is among the items.
fn has(batch: &ApplyBatch, text: &str) -> bool {
    let is_it = |fact: &Fact| match fact {
        Fact::Message(message) => message.content.preview() == Some(text),
        _ => false,
    };
    batch.items.iter().any(|item| is_it(&item.fact))
}

fn fails_on(text: &'static str, error: fn() -> StoreError) -> impl FnMut(&ApplyBatch) -> Fate {
    move |batch| match has(batch, text) {
        true => Fate::Refused(error()),
        false => Fate::Done,
    }
}

#[tokio::test]
async fn a_message_becomes_contact_conversation_message_and_event_once_however_often_it_comes() {
    let r = Receiver::new().await;
    for _ in 0..3 {
        r.receive(&texts("waba", "n1", &["hello"])).await;
    }
    let kinds = r.kinds(r.world.admin.org).await;
    let count = |kind| kinds.iter().filter(|other| **other == kind).count();
    assert_eq!(count("message.received"), 1, "{kinds:?}");
    assert_eq!(r.queued().await, 0);
    let inbox = &r.receive.inbox;
    let page = Default::default();
    let found = inbox
        .conversations(&r.world.admin, Default::default(), page)
        .await
        .unwrap();
    assert_eq!(found.rows.len(), 1);
    assert_eq!(found.rows[0].conversation.unread, 1);
}

#[tokio::test]
async fn a_repeated_fact_without_an_id_makes_one_event() {
    let r = Receiver::new().await;
    let review = |time: i64| {
        json!({"object": "whatsapp_business_account", "entry": [{"id": "waba", "time": time,
            "changes": [{"field": "account_review_update", "value": {"decision": "APPROVED"}}]}]})
    };
    for time in [1, 1, 2] {
        r.receive(&review(time)).await;
    }
    assert_eq!(
        r.kinds(r.world.admin.org).await,
        ["account.updated", "account.updated"]
    );
}

#[tokio::test]
async fn a_fact_about_one_number_changes_that_number_alone() {
    let r = Receiver::new().await;
    r.world.meta.script().wabas.clear();
    let (_, second) = r.connected(1, "n2", "waba").await;
    let value = json!({"display_phone_number": "1 (555) 2", "decision": "APPROVED",
        "requested_verified_name": "Second"});
    r.receive(&delivery("waba", "phone_number_name_update", value))
        .await;
    let name = async |id| r.world.account(id).await.verified_name;
    assert_eq!(name(second.id).await.as_deref(), Some("Second"));
    assert_eq!(name(r.account.id).await, r.account.verified_name);
    let events = r.events(r.world.admin.org).await;
    let EventData::AccountUpdated(told) = &events.last().unwrap().data else {
        panic!("{events:?}")
    };
    assert_eq!(told.account, Some(second.id));
}

#[tokio::test]
async fn an_item_that_cannot_be_read_is_parked_and_its_siblings_are_applied() {
    let r = Receiver::new().await;
    let mut body = texts("waba", "n1", &["a", "b"]);
    let value = &mut body["entry"][0]["changes"][0]["value"];
    value.as_object_mut().unwrap().remove("contacts");
    let messages = &mut value["messages"];
    let broken = json!({"from": "491510000", "type": "text", "text": {"body": "no id"}});
    messages.as_array_mut().unwrap().insert(1, broken.clone());
    let nobody = json!({"id": "wamid.nobody", "timestamp": "1767225000", "type": "text", "text": {"body": "?"}});
    messages.as_array_mut().unwrap().push(nobody);
    r.receive(&body).await;
    assert_eq!(r.texts(r.world.admin.org).await, ["a", "b"]);
    let parked = r.parked().await;
    let seen: Vec<_> = parked
        .iter()
        .map(|p| (p.index, p.state, p.reason.as_str()))
        .collect();
    let state = ParkedState::Parked;
    assert_eq!(seen, [(1, state, "missing_part"), (3, state, "no_sender")]);
    let id = parked[0].id;
    let (_, raw) = r
        .receive
        .webhooks
        .parked_item(&r.world.admin, Whose::Ours, id, true)
        .await
        .unwrap();
    let raw: serde_json::Value = serde_json::from_str(&raw).unwrap();
    assert_eq!(raw, broken, "with its own bytes");
}

#[tokio::test]
async fn an_unmodelled_field_is_kept_as_unsupported() {
    let r = Receiver::new().await;
    r.receive(&delivery("waba", "news_of_tomorrow", json!({"x": 1})))
        .await;
    let parked = r.parked().await;
    assert_eq!(parked.len(), 1);
    assert_eq!(
        (parked[0].state, parked[0].reason.as_str()),
        (ParkedState::Unsupported, "unsupported")
    );
    assert_eq!(r.queued().await, 0);
}

#[tokio::test]
async fn a_poison_item_is_found_by_halving_and_parked_alone() {
    let r = Receiver::new().await;
    r.store
        .on_apply(fails_on("poison", || StoreError::Forbidden("no")));
    r.post(&texts("waba", "n1", &["a", "b", "poison", "c"]))
        .await
        .unwrap();
    r.post(&texts("waba", "n1", &["d"])).await.unwrap();
    r.settle().await;
    assert_eq!(r.texts(r.world.admin.org).await, ["a", "b", "c", "d"]);
    let parked = r.parked().await;
    assert_eq!(parked.len(), 1);
    assert_eq!((parked[0].index, parked[0].state), (2, ParkedState::Parked));
    assert_eq!(
        (parked[0].reason.as_str(), parked[0].attempts),
        ("store_failed", 1)
    );
    let raw = r
        .world
        .inbox
        .parked_item(Scope::Platform, parked[0].id)
        .await
        .unwrap()
        .unwrap()
        .raw;
    assert_eq!(
        serde_json::from_slice::<serde_json::Value>(&raw).unwrap(),
        message("poison")
    );
    assert_eq!(r.queued().await, 0);
}

#[tokio::test]
async fn a_poison_item_of_one_org_holds_up_no_other() {
    let r = Receiver::new().await;
    let (other, _) = r.connected(2, "n2", "waba2").await;
    r.store.on_apply(fails_on("poison", || StoreError::Corrupt {
        table: "contacts",
        column: "name",
        row: "x".into(),
    }));
    r.post(&texts("waba", "n1", &["poison"])).await.unwrap();
    r.post(&texts("waba2", "n2", &["theirs"])).await.unwrap();
    r.settle().await;
    assert_eq!(r.texts(other.org).await, ["theirs"]);
    assert_eq!(r.parked().await.len(), 1);
}

#[tokio::test]
async fn a_change_is_done_only_with_the_last_of_its_items() {
    let r = Receiver::new().await;
    r.store
        .on_apply(fails_on("poison", || StoreError::Forbidden("no")));
    r.post(&texts("waba", "n1", &["a", "poison", "b"]))
        .await
        .unwrap();
    r.split().await;
    // The process dies after the siblings are applied, and before the change is marked as done.
    r.store.on_apply(
        |batch| match (has(batch, "poison"), batch.dequeue.is_empty()) {
            (true, _) => Fate::Refused(StoreError::Forbidden("no")),
            (false, true) => Fate::Done,
            (false, false) => Fate::Refused(down()),
        },
    );
    assert!(r.receive.applier(0).round().await.is_err());
    assert_eq!(r.texts(r.world.admin.org).await, ["a", "b"]);
    assert_eq!(
        (r.queued().await, r.parked().await.len()),
        (1, 0),
        "the change is not lost"
    );
    r.store
        .on_apply(fails_on("poison", || StoreError::Forbidden("no")));
    r.world.clock.advance(Duration::seconds(7));
    let mut reborn = r.restarted().applier(0);
    while reborn.round().await.unwrap() > 0 {}
    assert_eq!(
        r.texts(r.world.admin.org).await,
        ["a", "b"],
        "nothing twice"
    );
    assert_eq!((r.queued().await, r.parked().await.len()), (0, 1));
}

#[tokio::test]
async fn while_the_database_is_down_everything_stays_queued() {
    let r = Receiver::new().await;
    r.post(&texts("waba", "n1", &["a", "b"])).await.unwrap();
    r.split().await;
    r.store.on_apply(|_| Fate::Refused(down()));
    let mut applier = r.receive.applier(0);
    for _ in 0..10 {
        assert!(applier.round().await.is_err());
    }
    assert_eq!(
        (r.queued().await, r.parked().await.len()),
        (1, 0),
        "nothing is taken for poison"
    );
    r.store.heal();
    while applier.round().await.unwrap() > 0 {}
    assert_eq!(r.texts(r.world.admin.org).await, ["a", "b"]);
}

#[tokio::test]
async fn a_crash_right_after_the_write_applies_nothing_twice() {
    let r = Receiver::new().await;
    r.post(&texts("waba", "n1", &["a"])).await.unwrap();
    r.split().await;
    r.store.on_apply(|_| Fate::DoneUnheard);
    assert!(r.receive.applier(0).round().await.is_err());
    r.store.heal();
    r.world.clock.advance(Duration::seconds(7));
    let mut reborn = r.restarted().applier(0);
    while reborn.round().await.unwrap() > 0 {}
    assert_eq!(r.texts(r.world.admin.org).await, ["a"]);
    let events = r.events(r.world.admin.org).await;
    assert!(
        events
            .iter()
            .map(|event| event.sequence)
            .eq(1..=events.len() as i64)
    );
}

#[tokio::test]
async fn a_conflicting_write_makes_the_applier_read_again() {
    let r = Receiver::new().await;
    r.post(&texts("waba", "n1", &["a"])).await.unwrap();
    r.split().await;
    let mut first = true;
    r.store.on_apply(move |_| match std::mem::take(&mut first) {
        true => Fate::Refused(StoreError::Conflict),
        false => Fate::Done,
    });
    r.apply().await;
    assert_eq!(r.texts(r.world.admin.org).await, ["a"]);
    assert_eq!(r.parked().await.len(), 0);
}

#[tokio::test]
async fn an_item_that_alone_makes_the_database_fail_leaves_its_lane_and_is_tried_again() {
    let r = Receiver::new().await;
    r.store.on_apply(fails_on("slow", down));
    r.post(&texts("waba", "n1", &["a", "slow", "b"]))
        .await
        .unwrap();
    r.split().await;
    let mut applier = r.receive.applier(0);
    for _ in 0..3 {
        assert!(
            applier.round().await.is_err(),
            "first it is the database that is doubted"
        );
    }
    applier.round().await.unwrap();
    assert_eq!(r.texts(r.world.admin.org).await, ["a", "b"]);
    let parked = r.parked().await;
    assert_eq!(
        (parked[0].state, parked[0].attempts),
        (ParkedState::Retrying, 1)
    );
    assert!(parked[0].next_at.unwrap() > r.world.clock.advance(Duration::zero()));

    r.world.clock.advance(Duration::seconds(2));
    assert_eq!(r.receive.retry().await.unwrap(), 1);
    assert_eq!(r.parked().await[0].attempts, 2);
    r.store.heal();
    r.world.clock.advance(Duration::minutes(1));
    assert_eq!(r.receive.retry().await.unwrap(), 1);
    assert_eq!(r.texts(r.world.admin.org).await, ["a", "b", "slow"]);
    assert_eq!(r.parked().await.len(), 0);
    assert_eq!(r.receive.retry().await.unwrap(), 0);
}

#[tokio::test]
async fn an_item_that_fails_at_each_attempt_is_parked_for_a_person() {
    let mut settings = receive_settings();
    settings.processor.tries = 3;
    let r = Receiver::with(settings).await;
    r.store.on_apply(fails_on("slow", down));
    r.post(&texts("waba", "n1", &["slow"])).await.unwrap();
    r.split().await;
    let mut applier = r.receive.applier(0);
    for _ in 0..4 {
        let _ = applier.round().await;
    }
    for _ in 0..5 {
        r.world.clock.advance(Duration::minutes(20));
        r.receive.retry().await.unwrap();
    }
    let parked = r.parked().await;
    assert_eq!(
        (parked[0].state, parked[0].attempts),
        (ParkedState::Parked, 3)
    );
    r.store.heal();
    let replay = ReplayRequest::Item(parked[0].id);
    let webhooks = &r.receive.webhooks;
    assert_eq!(
        webhooks
            .replay(&r.world.admin, Whose::Ours, replay)
            .await
            .unwrap(),
        1
    );
    r.receive.retry().await.unwrap();
    assert_eq!(r.texts(r.world.admin.org).await, ["slow"]);
    assert_eq!(r.parked().await.len(), 0);
}

#[tokio::test]
async fn a_homeless_item_waits_until_its_number_is_connected() {
    let r = Receiver::new().await;
    r.receive(&texts("waba9", "n9", &["early", "bird"])).await;
    let parked = r.parked().await;
    assert_eq!(parked.len(), 1, "one for the whole change");
    assert_eq!(
        (parked[0].state, parked[0].reason.as_str()),
        (ParkedState::Homeless, "unknown_number")
    );
    r.connects(&r.world.admin, "n9", "waba9").await;
    while r.receive.retry().await.unwrap() > 0 {}
    assert_eq!(r.texts(r.world.admin.org).await, ["early", "bird"]);
    assert_eq!(r.parked().await.len(), 0);
}

#[tokio::test]
async fn a_number_that_is_connected_while_its_message_is_parked_gets_it() {
    let r = Receiver::new().await;
    r.post(&texts("waba9", "n9", &["early"])).await.unwrap();
    r.split().await;
    // The number is connected after the applier asked for the route and before it parks, so connecting finds nothing
    // parked.
    let (admin, account) = (r.world.admin.clone(), r.account.clone());
    let store = r.world.store.clone();
    let mut moved = account.clone();
    moved.phone_number_id = "n9".into();
    r.store.on_apply(move |batch| {
        if !batch.park.is_empty() {
            let ids = IdBlock::at(moved.id.0);
            let write = VerifiedWrite::account(moved.clone(), ids, Vec::new());
            let (store, org) = (store.clone(), admin.org);
            let connected = async move { drop(store.save_account(org, write).await.unwrap()) };
            return Fate::After(Box::pin(connected));
        }
        Fate::Done
    });
    r.apply().await;
    r.store.heal();
    while r.receive.retry().await.unwrap() > 0 {}
    assert_eq!(r.texts(r.world.admin.org).await, ["early"]);
}

#[tokio::test]
async fn a_delivery_for_a_number_that_moved_goes_to_no_other_org() {
    let r = Receiver::new().await;
    r.post(&texts("waba", "n1", &["secret"])).await.unwrap();
    r.split().await;
    r.world
        .accounts
        .disconnect(&r.world.admin, Some(r.account.id))
        .await
        .unwrap();
    r.world.clock.advance(Duration::seconds(5));
    let (other, _) = r.connected(2, "n1", "waba").await;
    let mut applier = r.restarted().applier(0);
    while applier.round().await.unwrap() > 0 {}
    assert_eq!(r.texts(other.org).await.len(), 0);
    assert_eq!(r.parked().await[0].org, Some(r.world.admin.org));
}

#[tokio::test]
async fn a_batch_is_bounded_in_items_and_a_change_is_not_cut() {
    let mut settings = receive_settings();
    settings.processor.batch_items = 5;
    let r = Receiver::with(settings).await;
    let long: Vec<String> = (0..9).map(|n| format!("long{n}")).collect();
    let long: Vec<&str> = long.iter().map(String::as_str).collect();
    for body in [
        texts("waba", "n1", &["a", "b"]),
        texts("waba", "n1", &["c", "d"]),
        texts("waba", "n1", &["e", "f"]),
        texts("waba", "n1", &long),
    ] {
        r.post(&body).await.unwrap();
    }
    r.settle().await;
    assert_eq!(*r.store.applied.lock().unwrap(), [(4, 2), (2, 1), (9, 1)]);
    assert_eq!(r.texts(r.world.admin.org).await.len(), 15);
}

#[tokio::test]
async fn a_change_with_more_items_than_one_write_can_hold_is_applied_in_parts() {
    let r = Receiver::new().await;
    let many: Vec<String> = (0..2_500).map(|n| format!("t{n}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    r.receive(&texts("waba", "n1", &many)).await;
    assert_eq!(r.texts(r.world.admin.org).await, many);
    assert_eq!(
        *r.store.applied.lock().unwrap(),
        [(1_000, 0), (1_000, 0), (500, 0), (0, 1)]
    );
    assert_eq!(r.queued().await, 0);
}

#[tokio::test]
async fn a_busy_lane_does_not_keep_the_others_waiting() {
    let mut settings = receive_settings();
    settings.processor.batch_items = 4;
    let r = Receiver::with(settings).await;
    let (other, _) = r.connected(2, "n2", "waba2").await;
    for n in 0..300 {
        r.post(&texts("waba", "n1", &[&format!("busy{n}")]))
            .await
            .unwrap();
    }
    r.post(&texts("waba2", "n2", &["quiet"])).await.unwrap();
    r.split().await;
    r.receive.applier(0).round().await.unwrap();
    assert_eq!(r.texts(other.org).await, ["quiet"]);
    assert!(r.queued().await > 0, "the busy lane has more");
}

#[tokio::test]
async fn two_appliers_share_the_partitions_and_do_nothing_twice() {
    let mut settings = receive_settings();
    settings.processor.appliers = 2;
    let r = Receiver::with(settings).await;
    let mut expected = 0;
    for org in 2..12 {
        let id = format!("m{org}");
        r.connected(org, &id, &format!("w{org}")).await;
        for n in 0..3 {
            r.post(&texts(&format!("w{org}"), &id, &[&format!("{org}.{n}")]))
                .await
                .unwrap();
            expected += 1;
        }
    }
    r.split().await;
    let (mut one, mut two) = (r.receive.applier(0), r.receive.applier(1));
    loop {
        let (a, b) = tokio::join!(one.round(), two.round());
        if a.unwrap() + b.unwrap() == 0 {
            break;
        }
    }
    assert_eq!(r.queued().await, 0);
    let mut told = 0;
    for org in 2..12 {
        let texts = r
            .texts(wabakit_domain::ids::OrgId(uuid::Uuid::from_u128(org)))
            .await;
        let expected: Vec<_> = (0..3).map(|n| format!("{org}.{n}")).collect();
        assert_eq!(texts, expected, "each lane in its order");
        told += texts.len();
    }
    assert_eq!(told, expected);
}

#[tokio::test]
async fn changes_of_a_dead_applier_are_applied_when_its_turn_has_lapsed() {
    let r = Receiver::new().await;
    r.post(&texts("waba", "n1", &["a"])).await.unwrap();
    r.split().await;
    let mut dead = r.receive.applier(0);
    dead.round().await.unwrap();
    r.post(&texts("waba", "n1", &["b"])).await.unwrap();
    r.split().await;
    drop(dead);
    let reborn = r.restarted();
    let mut reborn = reborn.applier(0);
    assert_eq!(reborn.round().await.unwrap(), 0, "the dead one's turn");
    r.world.clock.advance(Duration::seconds(7));
    assert_eq!(reborn.round().await.unwrap(), 1);
    assert_eq!(r.texts(r.world.admin.org).await, ["a", "b"]);
}

#[tokio::test]
async fn a_replay_of_a_time_range_applies_nothing_twice_and_parks_unsupported_items_again() {
    let r = Receiver::new().await;
    let from = r.world.clock.advance(Duration::seconds(1));
    r.receive(&texts("waba", "n1", &["a"])).await;
    r.receive(&delivery("waba", "news_of_tomorrow", json!({"x": 1})))
        .await;
    let to = r.world.clock.advance(Duration::seconds(1));
    let before = r.events(r.world.admin.org).await.len();
    let webhooks = &r.receive.webhooks;
    let replay = ReplayRequest::Range(from, to);
    assert_eq!(
        webhooks
            .replay(&r.world.admin, Whose::Ours, replay)
            .await
            .unwrap(),
        2
    );
    assert_eq!(r.queued().await, 2);
    r.apply().await;
    assert_eq!(r.events(r.world.admin.org).await.len(), before);
    assert_eq!(
        r.parked().await.len(),
        1,
        "what was parked of it is said anew"
    );
    let nothing = webhooks
        .replay(&r.world.admin, Whose::Ours, ReplayRequest::Range(to, from))
        .await;
    assert!(matches!(nothing, Err(ServiceError::Invalid(_))));
}

#[tokio::test]
async fn traffic_is_counted_by_waba_and_minute_and_a_failure_to_count_forgets_none() {
    let r = Receiver::new().await;
    let at = r.world.clock.advance(Duration::zero());
    r.post(&texts("waba", "n1", &["a", "b"])).await.unwrap();
    r.world.clock.advance(Duration::milliseconds(1_500));
    r.settle().await;
    r.receive.count().await.unwrap();
    let hour_ago = at - Duration::hours(1);
    let traffic = r
        .world
        .inbox
        .traffic(r.world.admin.org, hour_ago)
        .await
        .unwrap();
    assert_eq!(traffic.len(), 1);
    let minute = &traffic[0];
    assert_eq!(
        (
            minute.waba.as_str(),
            minute.changes,
            minute.items,
            minute.parked
        ),
        ("waba", 1, 2, 0)
    );
    assert_eq!(
        (minute.latency_sum_ms, minute.latency_max_ms, minute.last_at),
        (1_500, 1_500, at)
    );
}
