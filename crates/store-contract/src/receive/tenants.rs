//! Another organisation sees and changes nothing.

use wabakit_domain::{delivery::ParkedState, media::MediaState};

use super::{ReceiveWorld, messages::image, phone, says, whole, wrote};
use crate::{assert_refused, at};
use wabakit_ports::store::{
    ChangeFilter, ConversationChange, ConversationFilter, Replay, Scope, StoreError,
};

pub async fn another_org_sees_nothing_of_an_inbox(w: ReceiveWorld) {
    w.apply(vec![
        says(&w.ours.number, "wamid.1", &phone("15550100"), 1),
        wrote(&w.ours.number, "wamid.2", &phone("15550100"), 2, image("1")),
    ])
    .await;
    let ours = w.conversation(w.ours.org).await;
    let thread = w.thread(&ours).await;
    let (id, contact) = (ours.conversation.id, ours.contact.unwrap().id);
    let theirs = w.theirs.org;
    assert!(w.conversations(theirs).await.is_empty());
    assert!(w.contacts(theirs).await.is_empty());
    assert!(w.events(theirs).await.is_empty());
    let by_our_names = ConversationFilter {
        account: Some(w.ours.number.id),
        contact: Some(contact),
        ..ConversationFilter::default()
    };
    let found = w
        .store
        .conversations(theirs, by_our_names, whole())
        .await
        .unwrap();
    assert!(found.rows.is_empty());
    assert!(w.store.conversation(theirs, id).await.unwrap().is_none());
    assert!(
        w.store
            .messages(theirs, id, whole())
            .await
            .unwrap()
            .rows
            .is_empty()
    );
    assert!(
        w.store
            .message(theirs, thread[0].message.id)
            .await
            .unwrap()
            .is_none()
    );
    assert!(w.store.contact(theirs, contact).await.unwrap().is_none());
    let file = thread[0].media.as_ref().unwrap();
    assert!(w.store.media(theirs, file.id).await.unwrap().is_none());
    let heads = w.store.event_heads(&[theirs]).await.unwrap();
    assert_eq!(heads, [(theirs, w.theirs.log)]);
}

pub async fn another_org_changes_nothing_of_an_inbox(w: ReceiveWorld) {
    w.apply(vec![wrote(
        &w.ours.number,
        "wamid.1",
        &phone("15550100"),
        1,
        image("1"),
    )])
    .await;
    let before = w.seen_by(w.ours.org).await;
    let ours = w.conversation(w.ours.org).await;
    let theirs = w.theirs.org;
    let change = ConversationChange {
        unread: Some(0),
        ..ConversationChange::default()
    };
    let id = ours.conversation.id;
    let changed = w
        .store
        .change_conversation(theirs, id, change, vec![], at(2_000), w.ids())
        .await;
    assert_refused!(changed, StoreError::Missing(_));
    let contact = ours.contact.unwrap().id;
    let name = Some("Mallory".to_owned());
    let renamed = w
        .store
        .rename_contact(theirs, contact, name, vec![], at(2_000), w.ids())
        .await;
    assert_refused!(renamed, StoreError::Missing(_));
    let mut file = w.media_of(w.ours.org, &ours.last_message.unwrap()).await;
    (file.org, file.state) = (theirs, MediaState::Failed);
    let saved = w
        .store
        .save_media(file, None, true, vec![], at(2_000), w.ids())
        .await;
    assert_refused!(saved, StoreError::Missing(_));
    assert_eq!(w.seen_by(w.ours.org).await, before);
    assert!(w.events(theirs).await.is_empty());
}

pub async fn another_org_sees_and_replays_nothing_of_the_queue(w: ReceiveWorld) {
    let changes = w.queue(&w.ours.number, 1).await;
    let item = w.parked(&changes[0], 0, ParkedState::Parked);
    w.park(&changes[0], vec![item.clone()]).await;
    let before = w.seen_by(w.ours.org).await;
    let scope = Scope::Org(w.theirs.org);
    let store = &w.store;
    let filter = ChangeFilter::default();
    assert!(
        store
            .changes(scope, filter.clone(), whole())
            .await
            .unwrap()
            .rows
            .is_empty()
    );
    assert!(store.change(scope, changes[0].id).await.unwrap().is_none());
    assert!(
        store
            .parked(scope, None, whole())
            .await
            .unwrap()
            .rows
            .is_empty()
    );
    assert!(store.parked_item(scope, item.id).await.unwrap().is_none());
    assert!(!store.discard(scope, item.id, vec![]).await.unwrap());
    for which in [
        Replay::Item(item.id),
        Replay::Parked,
        Replay::Homeless(vec![item.lane.clone()]),
        Replay::Range(at(-10), at(10)),
    ] {
        let (count, _) = store
            .replay(scope, which, None, at(3_000), vec![])
            .await
            .unwrap();
        assert_eq!(count, 0);
    }
    assert!(
        store
            .traffic(w.theirs.org, at(-10))
            .await
            .unwrap()
            .is_empty()
    );
    assert_eq!(w.seen_by(w.ours.org).await, before);
    assert!(w.waiting(&w.ours.number).await.is_empty());
    // The operator sees all of them.
    let platform = Scope::Platform;
    assert_eq!(
        store
            .changes(platform, filter, whole())
            .await
            .unwrap()
            .rows
            .len(),
        1
    );
    assert!(
        store
            .change(platform, changes[0].id)
            .await
            .unwrap()
            .is_some()
    );
    assert_eq!(
        store
            .parked(platform, None, whole())
            .await
            .unwrap()
            .rows
            .len(),
        1
    );
    assert!(
        store
            .parked_item(platform, item.id)
            .await
            .unwrap()
            .is_some()
    );
    assert!(store.discard(platform, item.id, vec![]).await.unwrap());
}
