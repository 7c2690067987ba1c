//! Acts in the inbox are recorded by the write that does them, or not done at all.

use wabakit_domain::{audit::NewAuditEvent, delivery::ParkedState, ids::ContactId};

use super::{ReceiveWorld, messages::image, phone, says, wrote};
use crate::{assert_refused, at};
use wabakit_ports::store::{ConversationChange, Replay, Scope, StoreError};

fn act(w: &ReceiveWorld, action: &str) -> Vec<NewAuditEvent> {
    vec![w.connect.make.event(w.ours.org, action)]
}

async fn actions(w: &ReceiveWorld) -> Vec<String> {
    w.connect.assert_chain(w.ours.org).await;
    w.connect.actions(w.ours.org).await
}

pub async fn acts_of_people_in_the_inbox_are_recorded(w: ReceiveWorld) {
    let item = wrote(&w.ours.number, "a", &phone("1"), 1, image("1"));
    w.apply(vec![item]).await;
    assert!(actions(&w).await.is_empty(), "what came is no act");
    let message = w.message(w.ours.org, "a").await.message;
    let (org, conversation) = (w.ours.org, message.conversation);
    let contact = w.contact(org).await.id;
    let change = ConversationChange::default();
    let audit = act(&w, "conversation.changed");
    let done = w
        .store
        .change_conversation(org, conversation, change, audit, at(2), w.ids());
    done.await.unwrap();
    let audit = act(&w, "contact.renamed");
    let done = w
        .store
        .rename_contact(org, contact, None, audit, at(2), w.ids());
    done.await.unwrap();
    let media = w.media_of(org, &message).await;
    let audit = act(&w, "media.refetched");
    let done = w.store.save_media(media, None, true, audit, at(2), w.ids());
    done.await.unwrap();
    let mut batch = w.batch(vec![says(&w.ours.number, "b", &phone("1"), 2)]);
    batch.audit = act(&w, "message.cancelled");
    w.store.apply(batch).await.unwrap();
    let expected = [
        "conversation.changed",
        "contact.renamed",
        "media.refetched",
        "message.cancelled",
    ];
    assert_eq!(actions(&w).await, expected);
}

pub async fn an_act_that_changes_nothing_is_not_recorded(w: ReceiveWorld) {
    let (org, nobody): (_, ContactId) = (w.ours.org, w.id());
    let audit = act(&w, "contact.renamed");
    let renamed = w
        .store
        .rename_contact(org, nobody, None, audit, at(2), w.ids());
    assert_refused!(renamed.await, StoreError::Missing(_));
    let change = ConversationChange::default();
    let audit = act(&w, "conversation.changed");
    let changed = w
        .store
        .change_conversation(org, w.id(), change, audit, at(2), w.ids());
    assert_refused!(changed.await, StoreError::Missing(_));
    let scope = Scope::Org(org);
    let audit = act(&w, "webhook.replayed");
    let replayed = w.store.replay(scope, Replay::Parked, None, at(2), audit);
    assert_eq!(replayed.await.unwrap().0, 0);
    let mut batch = w.batch(vec![]);
    batch.unpark = vec![w.id()];
    batch.audit = act(&w, "message.cancelled");
    assert_refused!(w.store.apply(batch).await, StoreError::Conflict);
    assert!(actions(&w).await.is_empty());
}

pub async fn a_replay_is_recorded_by_its_first_write(w: ReceiveWorld) {
    let change = w.queue(&w.ours.number, 1).await.remove(0);
    w.park(&change, vec![w.parked(&change, 0, ParkedState::Parked)])
        .await;
    let scope = Scope::Org(w.ours.org);
    let audit = act(&w, "webhook.replayed");
    let replayed = w.store.replay(scope, Replay::Parked, None, at(2), audit);
    assert_eq!(replayed.await.unwrap().0, 1);
    assert_eq!(actions(&w).await, ["webhook.replayed"]);
}

/// One write has many entries of several organisations, while other writes go on. The chains hold.
pub async fn entries_of_several_orgs_at_once_leave_no_gap(w: ReceiveWorld) {
    w.connect
        .race(|_, turn| {
            let w = w.clone();
            async move {
                let mut orgs = [w.ours.org, w.theirs.org];
                orgs.rotate_left(turn % 2);
                let entries = (0..10).flat_map(|_| orgs);
                let entries = entries.map(|org| w.connect.make.event(org, "test.act"));
                let mut batch = w.batch(vec![]);
                batch.audit = entries.collect();
                w.store.apply(batch).await.unwrap();
            }
        })
        .await;
    for org in [w.ours.org, w.theirs.org] {
        w.connect.assert_chain(org).await;
        assert_eq!(w.connect.store.audit_head(org).await.unwrap().0, 200);
    }
}
