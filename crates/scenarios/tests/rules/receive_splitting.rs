//! Splitting deliveries into changes: for the right organisations, and once, whatever fails in between.

use bytes::Bytes;
use serde_json::json;
use wabakit_domain::{delivery::Lane, ids::OrgId};
use wabakit_ports::store::{ChangeFilter, ChangeOverview, Scope, StoreError};
use wabakit_services::{MetaAppService, NewMetaApp, PageRequest};

use crate::support::{APP_SECRET, Fate, Receiver, delivery, down, texts, texts_value};

/// Returns all changes, oldest first.
async fn changes(r: &Receiver) -> Vec<ChangeOverview> {
    let page = PageRequest::default();
    let found = r
        .world
        .inbox
        .changes(Scope::Platform, ChangeFilter::default(), page)
        .await;
    let mut rows = found.unwrap().rows;
    rows.reverse();
    rows
}

async fn orgs(r: &Receiver) -> Vec<Option<OrgId>> {
    changes(r)
        .await
        .into_iter()
        .map(|change| change.change.org)
        .collect()
}

#[tokio::test]
async fn every_change_of_a_delivery_becomes_a_row_in_its_lane() {
    let r = Receiver::new().await;
    let (other, _) = r.connected(2, "n2", "waba2").await;
    let body = json!({"object": "whatsapp_business_account", "entry": [
        {"id": "waba", "changes": [
            {"field": "messages", "value": texts_value("n1", &["a", "b"])},
            {"field": "messages", "value": texts_value("n1", &["c"])},
        ]},
        {"id": "waba2", "time": 1_767_225_000, "changes": [
            {"field": "messages", "value": texts_value("n2", &["d"])},
            {"field": "account_review_update", "value": {"decision": "APPROVED"}},
        ]},
    ]});
    r.post(&body).await.unwrap();
    r.split().await;
    let found = changes(&r).await;
    let seen: Vec<_> = found
        .iter()
        .map(|c| (c.change.org.unwrap(), c.change.lane.key()))
        .collect();
    let (ours, theirs) = (r.world.admin.org, other.org);
    assert_eq!(
        seen,
        [
            (ours, "n:n1".to_owned()),
            (ours, "n:n1".to_owned()),
            (theirs, "n:n2".to_owned()),
            (theirs, "w:waba2".to_owned()),
        ]
    );
    assert_eq!(found[3].change.entry_time, Some(1_767_225_000));
    assert_eq!(r.world.inbox.unsplit_count(10).await.unwrap(), 0);
    assert_eq!(r.queued().await, 4);
}

#[tokio::test]
async fn a_wabas_change_goes_to_every_org_with_a_number_there_and_a_message_to_one() {
    let r = Receiver::new().await;
    let (other, _) = r.connected(2, "n2", "waba").await;
    let review = delivery(
        "waba",
        "account_review_update",
        json!({"decision": "APPROVED"}),
    );
    r.receive(&review).await;
    r.receive(&texts("waba", "n2", &["x"])).await;
    let (ours, theirs) = (Some(r.world.admin.org), Some(other.org));
    assert_eq!(orgs(&r).await, [ours, theirs, theirs]);
    assert_eq!(r.kinds(r.world.admin.org).await, ["account.updated"]);
    assert!(r.texts(other.org).await.contains(&"x".to_owned()));
}

#[tokio::test]
async fn a_body_that_cannot_be_read_is_kept_and_holds_up_nothing() {
    let r = Receiver::new().await;
    let body = Bytes::from_static(b"not json");
    let signature = wabakit_webhooks::sign(&APP_SECRET.into(), &body);
    r.take(&r.receive, None, Some(&signature), body)
        .await
        .unwrap();
    r.receive(&texts("waba", "n1", &["x"])).await;
    let unreadable = r
        .world
        .inbox
        .deliveries(true, PageRequest::default())
        .await
        .unwrap();
    assert_eq!(unreadable.rows.len(), 1);
    assert!(
        unreadable.rows[0]
            .problem
            .as_deref()
            .unwrap()
            .contains("not JSON")
    );
    assert_eq!(r.texts(r.world.admin.org).await, ["x"]);
}

#[tokio::test]
async fn an_orgs_own_app_speaks_for_that_org_alone() {
    let r = Receiver::new().await;
    let (victim, _) = r.connected(2, "n2", "waba2").await;
    let new = NewMetaApp {
        app_id: "2002".into(),
        name: "Ours".into(),
        app_secret: "secret-of-ours".into(),
        verify_token: "token-of-ours".into(),
        config_id: None,
        graph_version: None,
    };
    let apps = MetaAppService::new(r.world.ports.clone());
    let app = apps.add(&r.world.admin, new).await.unwrap().id;
    for body in [
        texts("waba2", "n2", &["forged"]),
        delivery(
            "waba2",
            "account_update",
            json!({"event": "DISABLED_UPDATE", "ban_info": {"waba_ban_state": "DISABLE"}}),
        ),
        texts("waba9", "n9", &["forged later"]),
        texts("waba", "n1", &["ours"]),
    ] {
        r.post_by(Some(app), "secret-of-ours", &body).await.unwrap();
    }
    r.split().await;
    let platform = Lane::Number("n2".into()).key();
    for row in changes(&r).await {
        let lane = row.change.lane;
        assert!(matches!(lane, Lane::Own(org, _) if org == r.world.admin.org));
        assert_ne!(lane.key(), platform, "another organisation's lane");
        assert_eq!(Lane::read(&lane.key()), lane);
    }
    r.settle().await;
    assert_eq!(orgs(&r).await, [Some(r.world.admin.org); 4]);
    assert_eq!(r.kinds(victim.org).await.len(), 0);
    assert_eq!(r.texts(r.world.admin.org).await, ["ours"]);
    // Nor does it when the number is connected later, by anybody.
    r.connects(&victim, "n9", "waba9").await;
    while r.receive.retry().await.unwrap() > 0 {}
    assert_eq!(r.texts(victim.org).await.len(), 0);
    assert_eq!(r.parked().await.len(), 3);
}

#[tokio::test]
async fn a_delivery_of_a_removed_app_concerns_no_org() {
    let r = Receiver::new().await;
    let new = NewMetaApp {
        app_id: "2002".into(),
        name: "Ours".into(),
        app_secret: "secret-of-ours".into(),
        verify_token: "token-of-ours".into(),
        config_id: None,
        graph_version: None,
    };
    let apps = MetaAppService::new(r.world.ports.clone());
    let app = apps.add(&r.world.admin, new).await.unwrap().id;
    r.post_by(Some(app), "secret-of-ours", &texts("waba", "n1", &["x"]))
        .await
        .unwrap();
    apps.remove(&r.world.admin, app).await.unwrap();
    r.settle().await;
    let found = changes(&r).await;
    assert_eq!(
        (found[0].change.org, &found[0].change.lane),
        (None, &Lane::Nowhere)
    );
    assert_eq!(r.kinds(r.world.admin.org).await.len(), 0);
}

#[tokio::test]
async fn a_crash_before_the_write_splits_again_and_one_after_it_does_not() {
    let r = Receiver::new().await;
    r.post(&texts("waba", "n1", &["x"])).await.unwrap();
    r.store.on_split(|_| Fate::Refused(down()));
    assert!(r.receive.splitter().round().await.is_err());
    assert_eq!(r.world.inbox.unsplit_count(10).await.unwrap(), 1);
    r.store.on_split(|_| Fate::DoneUnheard);
    // The process that could not write has died, and its turn has lapsed.
    r.world.clock.advance(chrono::Duration::seconds(7));
    assert!(r.restarted().splitter().round().await.is_err());
    r.store.heal();
    r.world.clock.advance(chrono::Duration::seconds(7));
    assert_eq!(r.restarted().splitter().round().await.unwrap(), 0);
    assert_eq!(changes(&r).await.len(), 1);
}

#[tokio::test]
async fn one_replica_splits_at_a_time_and_another_goes_on_when_it_dies() {
    let r = Receiver::new().await;
    let (mut first, second) = (r.receive.splitter(), r.restarted());
    let mut second = second.splitter();
    r.post(&texts("waba", "n1", &["a"])).await.unwrap();
    assert_eq!(first.round().await.unwrap(), 1);
    r.post(&texts("waba", "n1", &["b"])).await.unwrap();
    assert_eq!(
        second.round().await.unwrap(),
        0,
        "it is the first one's turn"
    );
    r.world.clock.advance(chrono::Duration::seconds(7));
    assert_eq!(second.round().await.unwrap(), 1);
    assert_eq!(first.round().await.unwrap(), 0);
}

#[tokio::test]
async fn a_turn_that_is_given_back_is_free_at_once() {
    let r = Receiver::new().await;
    let (mut first, second) = (r.receive.splitter(), r.restarted());
    r.post(&texts("waba", "n1", &["a"])).await.unwrap();
    first.round().await.unwrap();
    first.rest().await;
    r.post(&texts("waba", "n1", &["b"])).await.unwrap();
    assert_eq!(second.splitter().round().await.unwrap(), 1);
}

#[tokio::test]
async fn a_batch_that_another_replica_split_is_left_alone() {
    let r = Receiver::new().await;
    r.post(&texts("waba", "n1", &["x"])).await.unwrap();
    r.store.on_split(|_| Fate::Refused(StoreError::Conflict));
    r.receive.splitter().round().await.unwrap();
    assert_eq!(changes(&r).await.len(), 0);
    r.store.heal();
    r.split().await;
    assert_eq!(changes(&r).await.len(), 1);
}

#[tokio::test]
async fn a_batch_that_cannot_be_written_does_not_hold_up_the_others_for_ever() {
    let r = Receiver::new().await;
    r.post(&texts("waba", "n1", &["bad"])).await.unwrap();
    r.post(&texts("waba", "n1", &["good"])).await.unwrap();
    r.store.on_split(|write| {
        let is_bad = |raw: &[u8]| String::from_utf8_lossy(raw).contains("wamid.bad");
        match write.changes.iter().any(|change| is_bad(&change.raw)) {
            true => Fate::Refused(StoreError::Forbidden("no")),
            false => Fate::Done,
        }
    });
    let mut splitter = r.receive.splitter();
    for _ in 0..5 {
        let _ = splitter.round().await;
    }
    r.apply().await;
    assert_eq!(r.texts(r.world.admin.org).await, ["good"]);
    let unreadable = r
        .world
        .inbox
        .deliveries(true, PageRequest::default())
        .await
        .unwrap();
    assert_eq!(unreadable.rows.len(), 1, "it is kept, for the operator");
}

#[tokio::test]
async fn an_own_apps_delivery_for_its_own_number_is_replayed_when_the_number_is_connected() {
    let r = Receiver::new().await;
    let new = NewMetaApp {
        app_id: "2002".into(),
        name: "Ours".into(),
        app_secret: "secret-of-ours".into(),
        verify_token: "token-of-ours".into(),
        config_id: None,
        graph_version: None,
    };
    let apps = MetaAppService::new(r.world.ports.clone());
    let app = apps.add(&r.world.admin, new).await.unwrap().id;
    let body = texts("waba9", "n9", &["early"]);
    r.post_by(Some(app), "secret-of-ours", &body).await.unwrap();
    r.settle().await;
    assert_eq!(r.parked().await.len(), 1);
    r.connects(&r.world.admin, "n9", "waba9").await;
    while r.receive.retry().await.unwrap() > 0 {}
    assert_eq!(r.texts(r.world.admin.org).await, ["early"]);
}
