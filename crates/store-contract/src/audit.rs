use wabakit_domain::audit::Actor;

use super::{World, assert_refused, at, world::assert_pages};
use wabakit_ports::store::{AuditFilter, PageRequest, StoreError};

pub async fn an_empty_log_ends_at_zero(w: World) {
    let tenant = w.tenant().await;
    let head = w.store.audit_head(tenant.org).await.unwrap();
    assert_eq!(head, (0, [0; 32]));
    assert_eq!(w.log(tenant.org).await, []);
}

pub async fn events_are_chained_from_one_without_a_gap(w: World) {
    let tenant = w.tenant().await;
    let events: Vec<_> = ["a", "b", "c"].map(|a| w.make.event(tenant.org, a)).into();
    w.store
        .record(tenant.org, events[..2].to_vec())
        .await
        .unwrap();
    w.store
        .record(tenant.org, events[2..].to_vec())
        .await
        .unwrap();
    w.store.record(tenant.org, vec![]).await.unwrap();
    let log = w.log(tenant.org).await;
    let stored: Vec<_> = log.iter().map(|e| e.event.clone()).collect();
    assert_eq!(stored, events);
    assert_eq!(log[0].sequence, 1);
    w.assert_chain(tenant.org).await;
}

pub async fn twenty_writers_leave_neither_gap_nor_duplicate(w: World) {
    let orgs = [w.tenant().await.org, w.tenant().await.org];
    w.race(|w, turn| async move {
        for step in 0..3 {
            let org = orgs[turn % 2];
            let action = format!("race.{turn}.{step}");
            let events = vec![w.make.event(org, &action), w.make.event(org, "race.pair")];
            w.store.record(org, events).await.unwrap();
        }
    })
    .await;
    for org in orgs {
        w.assert_chain(org).await;
        let actions = w.actions(org).await;
        assert_eq!(actions.len(), 60);
        let pairs = actions.chunks(2);
        assert!(
            pairs.into_iter().all(|pair| pair[1] == "race.pair"),
            "events of one write stand together"
        );
    }
}

pub async fn events_come_back_byte_for_byte(w: World) {
    let tenant = w.tenant().await;
    let mut events: Vec<_> = (0..4).map(|_| w.make.event(tenant.org, "x.y")).collect();
    events[0].actor = Actor::User(tenant.owner.id);
    events[0].data = r#"{ "b":1, "a" : [1.0, 1e2], "b": 2 }"#.into();
    events[0].request_id = Some(w.make.id());
    events[1].actor = Actor::Operator;
    events[1].data = format!("{{\"name\":\"{}\"}}", "ß漢👋".repeat(1_700));
    events[1].subject_id = "é".repeat(200);
    events[2].actor = Actor::Meta;
    events[2].at = at(-86_400);
    events[2].data = r#"{"escaped":"\u00e9\n\\"}"#.into();
    events[3].actor = Actor::Key(w.make.id());
    w.store.record(tenant.org, events.clone()).await.unwrap();
    let log = w.log(tenant.org).await;
    let stored: Vec<_> = log.into_iter().map(|e| e.event).collect();
    assert_eq!(stored, events);
    w.assert_chain(tenant.org).await;
}

pub async fn events_of_another_org_are_refused_all_together(w: World) {
    let (tenant, other) = (w.tenant().await, w.tenant().await);
    let events = vec![
        w.make.event(tenant.org, "mine"),
        w.make.event(other.org, "theirs"),
    ];
    let refused = w.store.record(tenant.org, events).await;
    assert_refused!(refused, StoreError::Forbidden(_));
    assert_eq!(w.log(tenant.org).await, []);
    assert_eq!(w.log(other.org).await, []);
}

pub async fn the_log_is_paged_newest_first(w: World) {
    let tenant = w.tenant().await;
    let events = (0..5).map(|n| w.make.event(tenant.org, &format!("x.{n}")));
    w.store.record(tenant.org, events.collect()).await.unwrap();
    let mut log = w.log(tenant.org).await;
    log.reverse();
    let list = |page| w.store.audit_log(tenant.org, AuditFilter::default(), page);
    assert_pages(&log, list).await;
    log.retain(|e| e.event.action != "x.2");
    w.store
        .record(tenant.org, vec![w.make.event(tenant.org, "y")])
        .await
        .unwrap();
    let filter = AuditFilter {
        action: Some("x".into()),
        user: None,
    };
    let page = PageRequest {
        after: Some(4),
        ..PageRequest::default()
    };
    let found = w.store.audit_log(tenant.org, filter, page).await.unwrap();
    let sequences: Vec<_> = found.rows.iter().map(|e| e.sequence).collect();
    assert_eq!(sequences, [3, 2, 1]);
}

pub async fn the_log_is_filtered_by_whole_words_of_the_action(w: World) {
    let tenant = w.tenant().await;
    let actions = [
        "meta_app.saved",
        "meta_app",
        "meta_apps.saved",
        "metaxapp.saved",
        "META_APP.saved",
        "meta_app.x.y",
        "a%b",
    ];
    let events = actions.map(|action| w.make.event(tenant.org, action));
    w.store.record(tenant.org, events.into()).await.unwrap();
    let find = |action: &str| {
        let filter = AuditFilter {
            action: Some(action.into()),
            user: None,
        };
        let found = w
            .store
            .audit_log(tenant.org, filter, PageRequest::default());
        async {
            let rows = found.await.unwrap().rows;
            let actions = rows.into_iter().map(|e| e.event.action);
            actions.collect::<Vec<_>>()
        }
    };
    let expected = ["meta_app.x.y", "meta_app", "meta_app.saved"];
    assert_eq!(find("meta_app").await, expected);
    assert_eq!(find("meta_app.saved").await, ["meta_app.saved"]);
    assert!(find("%").await.is_empty());
    assert!(find("meta").await.is_empty());
}

pub async fn the_log_is_filtered_by_person(w: World) {
    let tenant = w.tenant().await;
    let mut by_owner = w.make.event(tenant.org, "x");
    by_owner.actor = Actor::User(tenant.owner.id);
    let mut by_other = w.make.event(tenant.org, "x");
    by_other.actor = Actor::User(w.make.id());
    let mut about = w.make.event(tenant.org, "x");
    about.subject_id = tenant.owner.id.to_string();
    let events = vec![by_owner.clone(), by_other, about];
    w.store.record(tenant.org, events).await.unwrap();
    let filter = AuditFilter {
        action: Some("x".into()),
        user: Some(tenant.owner.id),
    };
    let page = PageRequest::default();
    let found = w.store.audit_log(tenant.org, filter, page).await.unwrap();
    assert_eq!(found.rows.len(), 1);
    assert_eq!(found.rows[0].event, by_owner);
}

pub async fn the_chain_is_read_in_parts(w: World) {
    let tenant = w.tenant().await;
    let events = (0..5).map(|_| w.make.event(tenant.org, "x"));
    w.store.record(tenant.org, events.collect()).await.unwrap();
    let part = |after, limit| {
        let found = w.store.audit_chain(tenant.org, after, limit);
        async { found.await.unwrap().iter().map(|e| e.sequence).collect() }
    };
    let first: Vec<i64> = part(0, 2).await;
    assert_eq!(first, [1, 2]);
    let last: Vec<i64> = part(3, 10).await;
    assert_eq!(last, [4, 5]);
    let none: Vec<i64> = part(5, 10).await;
    assert!(none.is_empty());
}

pub async fn another_org_sees_nothing_of_a_log(w: World) {
    let (tenant, other) = (w.tenant().await, w.tenant().await);
    let event = w.make.event(tenant.org, "x");
    w.store.record(tenant.org, vec![event]).await.unwrap();
    let page = PageRequest::default();
    let filter = AuditFilter::default();
    let seen = w.store.audit_log(other.org, filter, page).await.unwrap();
    assert_eq!(seen.rows, []);
    assert_eq!(w.log(other.org).await, []);
    let head = w.store.audit_head(other.org).await.unwrap();
    assert_eq!(head, (0, [0; 32]));
}
