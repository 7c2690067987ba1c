//! Another organisation sees and changes nothing.

use super::{OutboxWorld, world::named};
use crate::{assert_refused, at, receive::whole};
use wabakit_ports::store::{OutboxFilter, StoreError, Upload};

pub async fn another_org_sees_nothing_of_an_outbox(w: OutboxWorld) {
    let theirs = w.theirs.org;
    w.submit(vec![w.call(&w.ours.number, "a", 1)])
        .await
        .unwrap();
    let id = w.one().await;
    let by_our_number = OutboxFilter {
        account: Some(w.ours.number.id),
        ..OutboxFilter::default()
    };
    for filter in [OutboxFilter::default(), by_our_number] {
        let page = w.store.sent(theirs, filter, whole()).await.unwrap();
        assert!(page.rows.is_empty());
    }
    assert_eq!(w.store.body(theirs, id).await.unwrap(), None);
    let kept = w.store.repeated(theirs, named("a", 1)).await.unwrap();
    assert_eq!(kept, None);
    let queues = w.store.queues(theirs, at(0), at(0), 10).await.unwrap();
    let mut accounts: Vec<_> = queues.iter().map(|queue| queue.account).collect();
    accounts.sort_unstable();
    let mut own = [w.theirs.number.id, w.theirs.second.id];
    own.sort_unstable();
    assert_eq!(accounts, own);
    assert!(queues.iter().all(|queue| queue.due == [0; 3]));
    let upload = Upload {
        id: w.id(),
        org: w.ours.org,
        key: "org/uploads/1".into(),
        sha256: [7; 32],
        mime_type: "image/png".into(),
        filename: None,
        size: 1,
        created_at: at(0),
    };
    let upload = w.store.save_upload(upload, None, vec![]).await.unwrap();
    assert_eq!(w.store.upload(theirs, upload.id).await.unwrap(), None);
}

pub async fn another_org_changes_nothing_of_an_outbox(w: OutboxWorld) {
    let id = w.one().await;
    let before = w.seen_by(w.ours.org).await;
    let event = w.connect.make.event(w.theirs.org, "queue.paused");
    let pause = w
        .store
        .pause_queue(w.theirs.org, w.ours.number.id, true, vec![event]);
    assert_refused!(pause.await, StoreError::Missing(_));
    assert!(!w.overview(0).await.is_paused);
    assert!(w.connect.log(w.theirs.org).await.is_empty());
    // Their organisation, our number and our message.
    let mut cancel = w.step(id, wabakit_domain::outbound::SendStep::Cancel);
    cancel.org = w.theirs.org;
    let cancelled = w.receive.store.apply(w.batch(vec![cancel])).await;
    assert_refused!(cancelled, StoreError::Forbidden(_));
    // Their number and our message.
    let mut cancel = w.step(id, wabakit_domain::outbound::SendStep::Cancel);
    (cancel.org, cancel.accounts) = (w.theirs.org, vec![w.theirs.number.id]);
    let cancelled = w.receive.store.apply(w.batch(vec![cancel])).await;
    assert_refused!(cancelled, StoreError::Forbidden(_));
    // A status at their number that carries our message's id.
    let mut proof = w.proof(
        id,
        "wamid.1",
        wabakit_domain::message::ReportedStatus::Delivered,
    );
    (proof.org, proof.accounts) = (w.theirs.org, vec![w.theirs.number.id]);
    w.apply(vec![proof]).await;
    assert_eq!(w.seen_by(w.ours.org).await, before);
    assert_eq!(w.all_due(0).await, [id]);
}
