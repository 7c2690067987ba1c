//! The event log for listeners: without gap, without repeat, and of one organisation.

use chrono::Duration;
use wabakit_domain::identity::Role;
use wabakit_ports::{bus::EventBus, store::EventPage};
use wabakit_services::{Caller, LocalBus, Receive, ReceivePorts, ServiceError};

use crate::support::{PASSWORD, People, Receiver, caller, receive_settings, texts};

fn sequences(page: EventPage) -> (Vec<i64>, i64) {
    match page {
        EventPage::Events { events, head } => {
            (events.iter().map(|event| event.sequence).collect(), head)
        }
        EventPage::Gone { .. } => panic!("gone"),
    }
}

#[tokio::test]
async fn a_listener_that_resumes_misses_and_repeats_nothing() {
    let r = Receiver::new().await;
    let many: Vec<String> = (0..40).map(|n| format!("t{n}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    r.receive(&texts("waba", "n1", &many)).await;
    let events = &r.receive.events;
    let head = events.head(&r.world.admin).await.unwrap();
    let (mut cursor, mut seen) = (0, Vec::new());
    while cursor < head {
        let (page, _) = sequences(events.list(&r.world.admin, cursor, 7).await.unwrap());
        cursor = *page.last().unwrap();
        seen.extend(page);
    }
    assert!(seen.into_iter().eq(1..=head));
    let (rest, _) = sequences(events.list(&r.world.admin, head, 7).await.unwrap());
    assert!(rest.is_empty());
}

#[tokio::test]
async fn a_page_of_events_is_bounded() {
    let r = Receiver::new().await;
    let many: Vec<String> = (0..300).map(|n| format!("t{n}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    r.receive(&texts("waba", "n1", &many)).await;
    let (page, head) = sequences(
        r.receive
            .events
            .list(&r.world.admin, 0, 10_000)
            .await
            .unwrap(),
    );
    assert_eq!(page.len(), 200);
    assert!(head > 200);
}

#[tokio::test]
async fn a_cursor_of_another_log_is_gone() {
    let r = Receiver::new().await;
    r.receive(&texts("waba", "n1", &["x"])).await;
    let head = r.receive.events.head(&r.world.admin).await.unwrap();
    let page = r
        .receive
        .events
        .list(&r.world.admin, head + 1, 10)
        .await
        .unwrap();
    assert_eq!(page, EventPage::Gone { oldest: head + 1 });
}

#[tokio::test]
async fn pruned_events_are_gone_and_the_oldest_kept_one_is_named() {
    let r = Receiver::new().await;
    r.receive(&texts("waba", "n1", &["x"])).await;
    let head = r.receive.events.head(&r.world.admin).await.unwrap();
    r.world.clock.advance(Duration::days(31));
    while r.receive.clear_away().await.unwrap() > 0 {}
    r.receive(&texts("waba", "n1", &["y"])).await;
    let page = r.receive.events.list(&r.world.admin, 0, 10).await.unwrap();
    assert_eq!(page, EventPage::Gone { oldest: head + 1 });
    let (page, _) = sequences(
        r.receive
            .events
            .list(&r.world.admin, head, 10)
            .await
            .unwrap(),
    );
    assert_eq!(page.first(), Some(&(head + 1)));
}

#[tokio::test]
async fn another_org_hears_nothing() {
    let r = Receiver::new().await;
    let (other, _) = r.connected(2, "n2", "waba2").await;
    let head = r.receive.events.head(&other).await.unwrap();
    let push = r.receive.events.subscribe(other.org);
    r.receive(&texts("waba", "n1", &["x"])).await;
    assert_eq!(r.receive.events.head(&other).await.unwrap(), head);
    assert!(!push.has_changed().unwrap());
}

#[tokio::test]
async fn applied_changes_wake_the_orgs_listeners() {
    let r = Receiver::new().await;
    let mut push = r.receive.events.subscribe(r.world.admin.org);
    r.receive(&texts("waba", "n1", &["x"])).await;
    assert!(push.has_changed().unwrap());
    let head = r.receive.events.head(&r.world.admin).await.unwrap();
    assert_eq!(*push.borrow_and_update(), head);
}

#[test]
fn late_notice_of_an_older_head_wakes_no_listener() {
    let bus = LocalBus::default();
    let org = caller(1, 1, Role::Viewer).org;
    let mut push = bus.subscribe(org);
    bus.publish(&[(org, 7)]);
    assert_eq!(*push.borrow_and_update(), 7);
    bus.publish(&[(org, 5)]);
    bus.publish(&[(org, 7)]);
    assert!(!push.has_changed().unwrap());
    assert_eq!(*push.borrow(), 7);
}

#[test]
fn logs_without_a_listener_are_not_polled() {
    let bus = LocalBus::default();
    let org = caller(1, 1, Role::Viewer).org;
    assert!(bus.listened().is_empty());
    let (first, second) = (bus.subscribe(org), bus.subscribe(org));
    drop(first);
    assert_eq!(bus.listened(), [org]);
    drop(second);
    assert!(bus.listened().is_empty());
}

#[tokio::test]
async fn a_ticket_opens_once_for_its_owner_and_not_for_long() {
    let p = People::new().await;
    let signed_in = p.login("owner@shrub.example", PASSWORD).await.unwrap();
    let token = wabakit_domain::secret::ExposeSecret::expose_secret(&signed_in.access_token);
    let principal = p.auth.by_bearer(token).await.unwrap();
    let owner = Caller::of(&principal, None);
    let world = &p.world;
    let ports = ReceivePorts::new(
        world.ports.clone(),
        world.inbox.clone(),
        std::sync::Arc::<wabakit_ports::fakes::MemoryBlobs>::default(),
        std::sync::Arc::<crate::support::FakeFiles>::default(),
    );
    let events = Receive::new(ports, receive_settings()).events;

    let (ticket, expires_at) = events.ticket(&owner).unwrap();
    assert_eq!(
        expires_at - world.clock.advance(Duration::zero()),
        Duration::seconds(30)
    );
    let redeemed = events.redeem(&ticket).await.unwrap();
    assert_eq!(
        (redeemed.org, redeemed.principal),
        (owner.org, owner.principal)
    );
    let unauthenticated = async |ticket: &str| {
        matches!(
            events.redeem(ticket).await,
            Err(ServiceError::Unauthenticated)
        )
    };
    assert!(unauthenticated(&ticket).await, "used up");
    assert!(unauthenticated("no ticket").await);
    let (late, _) = events.ticket(&owner).unwrap();
    world.clock.advance(Duration::seconds(30));
    assert!(unauthenticated(&late).await, "over");
    let (ticket, _) = events.ticket(&owner).unwrap();
    p.auth.logout(&owner).await.unwrap();
    assert!(unauthenticated(&ticket).await, "signed out");
    assert!(
        p.auth.recheck(&owner).await.is_err(),
        "and its open WebSockets end"
    );
}
