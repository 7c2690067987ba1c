//! Stuck messages: accepted by Meta, and without news since.

use wabakit_domain::{
    ids::MessageId,
    message::{
        MessageStatus,
        ReportedStatus::{self, Delivered, Failed, Played, Read, Sent},
    },
    outbound::{JobState, SendStep},
};

use super::OutboxWorld;
use crate::{
    at,
    receive::{reported, whole},
    world::assert_pages,
};
use wabakit_ports::store::OutboxFilter;

fn before(seconds: i64) -> OutboxFilter {
    OutboxFilter {
        stuck_before: Some(at(seconds)),
        ..OutboxFilter::default()
    }
}

async fn found(w: &OutboxWorld, filter: OutboxFilter) -> Vec<MessageId> {
    let page = w.store.sent(w.ours.org, filter, whole()).await.unwrap();
    page.rows.iter().map(|one| one.id).collect()
}

/// Sends a message of our number, begun at [`at`] ten and accepted by Meta.
async fn taken(w: &OutboxWorld) -> MessageId {
    let begun = w.begin().await;
    w.apply(vec![w.accepted(begun.id, 1, &name(begun.id))])
        .await;
    begun.id
}

fn name(id: MessageId) -> String {
    format!("wamid.{id}")
}

async fn tell(w: &OutboxWorld, id: MessageId, what: ReportedStatus) {
    w.apply(vec![reported(&w.ours.number, &name(id), what, 905)])
        .await;
}

pub async fn what_meta_took_long_ago_and_has_not_arrived_is_found(w: OutboxWorld) {
    let (accepted, sent, third) = (taken(&w).await, taken(&w).await, taken(&w).await);
    tell(&w, sent, Sent).await;
    assert_eq!(w.job(sent).await.state, JobState::Underway);
    assert_eq!(found(&w, before(10)).await, []);
    assert_eq!(w.overview(10).await.stuck, 0);
    assert_eq!(found(&w, before(11)).await, [third, sent, accepted]);
    assert_eq!(w.overview(11).await.stuck, 3);
    let mut all = Vec::new();
    for id in [third, sent, accepted] {
        all.push(w.now(id).await);
    }
    assert_pages(&all, |page| w.store.sent(w.ours.org, before(11), page)).await;
    // The other filters narrow it further.
    let by_status = OutboxFilter {
        status: Some(MessageStatus::Sent),
        account: Some(w.ours.number.id),
        ..before(11)
    };
    assert_eq!(found(&w, by_status).await, [sent]);
    let by_account = OutboxFilter {
        account: Some(w.ours.second.id),
        ..before(11)
    };
    assert_eq!(found(&w, by_account).await, []);
    let by_reference = OutboxFilter {
        client_reference: Some("order 7".into()),
        ..before(11)
    };
    assert_eq!(found(&w, by_reference).await, []);
    // It counts for its own number, up to the limit.
    let (org, number, second) = (w.ours.org, w.ours.number.id, w.ours.second.id);
    assert_eq!(w.queue_of(org, second, 11, 10).await.stuck, 0);
    assert_eq!(w.queue_of(org, number, 11, 2).await.stuck, 2);
    // The sender does not send it again.
    assert_eq!(w.all_due(2_000).await, []);
    let queue = w.overview(11).await;
    let open = queue.dispatching + queue.proving + queue.unknown + queue.failed;
    assert_eq!((queue.due, open), ([0; 3], 0));
    assert_eq!(w.store.overdue(at(100_000), 10).await.unwrap(), []);
}

pub async fn what_has_arrived_or_failed_is_not_stuck(w: OutboxWorld) {
    let stuck = taken(&w).await;
    for end in [Delivered, Read, Played, Failed] {
        let id = taken(&w).await;
        assert_eq!(found(&w, before(11)).await, [id, stuck]);
        tell(&w, id, end).await;
        assert_eq!(found(&w, before(11)).await, [stuck], "{end:?}");
        assert_eq!(w.overview(11).await.stuck, 1, "{end:?}");
    }
    // A message that Meta is not known to have accepted is not stuck.
    let _queued = w.one().await;
    let cancelled = w.one().await;
    let _dispatching = w.begin().await;
    let (proving, unknown) = (w.begin().await, w.begin().await);
    w.apply(vec![
        w.step(cancelled, SendStep::Cancel),
        w.unknown(proving.id, 1, 2_000),
        w.unknown(unknown.id, 1, 900),
        w.step(unknown.id, SendStep::Unproven { as_failed: false }),
    ])
    .await;
    assert_eq!(found(&w, before(9_000)).await, [stuck]);
    assert_eq!(w.overview(9_000).await.stuck, 1);
    // A proof shows that Meta accepted it. From then on it can be stuck.
    w.apply(vec![w.proof(proving.id, &name(proving.id), Sent)])
        .await;
    assert_eq!(found(&w, before(11)).await, [proving.id, stuck]);
}

pub async fn what_is_told_late_does_not_bring_back_what_arrived(w: OutboxWorld) {
    let id = taken(&w).await;
    tell(&w, id, Delivered).await;
    tell(&w, id, Sent).await;
    w.apply(vec![
        w.accepted(id, 1, &name(id)),
        w.proof(id, &name(id), Sent),
    ])
    .await;
    let message = w.now(id).await;
    assert_eq!(message.status, MessageStatus::Delivered);
    assert_eq!(message.job.unwrap().state, JobState::Done);
    assert_eq!(found(&w, before(9_000)).await, []);
    assert_eq!(w.overview(9_000).await.stuck, 0);
}

pub async fn a_message_that_is_sent_again_is_stuck_by_its_last_attempt(w: OutboxWorld) {
    let begun = w.begin().await;
    w.apply(vec![w.failed(begun.id, 1), w.retry(begun.id)])
        .await;
    w.begin_again(&begun).await;
    assert_eq!(found(&w, before(9_000)).await, []);
    w.apply(vec![w.accepted(begun.id, 2, "wamid.2")]).await;
    assert_eq!(found(&w, before(11)).await, []);
    assert_eq!(found(&w, before(12)).await, [begun.id]);
    assert_eq!(w.overview(11).await.stuck, 0);
    assert_eq!(w.overview(12).await.stuck, 1);
}

pub async fn another_org_sees_nothing_that_is_stuck(w: OutboxWorld) {
    let id = taken(&w).await;
    assert_eq!(found(&w, before(11)).await, [id]);
    let theirs = w.theirs.org;
    let by_our_number = OutboxFilter {
        account: Some(w.ours.number.id),
        ..before(11)
    };
    for filter in [before(11), by_our_number] {
        let page = w.store.sent(theirs, filter, whole()).await.unwrap();
        assert_eq!(page.rows, []);
    }
    let queues = w.store.queues(theirs, at(11), at(11), 10).await.unwrap();
    assert!(queues.iter().all(|queue| queue.stuck == 0));
}
