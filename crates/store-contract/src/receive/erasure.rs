//! Erasing a person.

use wabakit_domain::{
    event::{ErasureEvent, EventData},
    ids::ContactId,
    inbound::{MessageFact, Party},
    media::MediaState,
    message::ReportedStatus,
};

use super::{
    ReceiveWorld, echo, fact, item, known, management::group_update, messages::image, named,
    of_message, phone, reported, says, text, user, wrote,
};
use crate::{assert_refused, at};
use wabakit_ports::store::{Erased, StoreError};

fn ada() -> Party {
    Party {
        username: Some("secret.username".into()),
        ..named(known("4915100000001", "DE.SECRET"), "Secret Ada")
    }
}

async fn erase(w: &ReceiveWorld, id: ContactId) -> Erased {
    let audit = vec![w.connect.make.event(w.ours.org, "contact.erased")];
    let erased = w
        .store
        .erase_contact(w.ours.org, id, audit, at(5_000), w.ids());
    erased.await.unwrap()
}

async fn contact_with(w: &ReceiveWorld, number: &str) -> ContactId {
    let all = w.contacts(w.ours.org).await;
    let found = all.iter().find(|c| c.phone.as_deref() == Some(number));
    found.unwrap().id
}

/// Asserts that no event of the organisation mentions Ada.
async fn assert_no_event_mentions_ada(w: &ReceiveWorld) {
    for event in w.events(w.ours.org).await {
        let told = format!("{:?}", event.data);
        for secret in ["Secret", "secret", "4915100000001", "SECRET"] {
            assert!(!told.contains(secret), "{secret} in {told}");
        }
    }
}

pub async fn an_erased_contact_leaves_nothing_but_places_in_the_log(w: ReceiveWorld) {
    let to = &w.ours.number;
    let bob = named(phone("15550100"), "Bob");
    w.apply(vec![
        says(to, "secret.1", &ada(), 1),
        says(to, "bob.1", &bob, 1),
        wrote(to, "secret.2", &ada(), 2, image("1")),
        echo(to, "secret.3", &ada(), 3),
        reported(to, "secret.3", ReportedStatus::Read, 4),
        says(&w.ours.second, "secret.4", &ada(), 5),
    ])
    .await;
    let file = w.message(w.ours.org, "secret.2").await.media.unwrap();
    let stored = wabakit_domain::media::Media {
        state: MediaState::Stored,
        key: Some("org/file-1".into()),
        ..file.clone()
    };
    w.store
        .save_media(stored, None, true, vec![], at(1_001), w.ids())
        .await
        .unwrap();
    let message = w.message(w.ours.org, "secret.3").await.message;
    let id = contact_with(&w, "4915100000001").await;
    let theirs = w.seen_by(w.theirs.org).await;
    let events = w.events(w.ours.org).await;

    let erased = erase(&w, id).await;
    assert_eq!(erased.files, ["org/file-1"]);
    assert_eq!(erased.messages, 4);
    assert_eq!(erased.head, w.ours.log + events.len() as i64 + 1);
    let bobs = w.contact(w.ours.org).await;
    assert_eq!(bobs.profile_name.as_deref(), Some("Bob"));
    let left = w.conversation(w.ours.org).await;
    assert_eq!(left.contact, Some(bobs));
    assert_eq!(w.thread(&left).await.len(), 1);
    assert_eq!(w.store.message(w.ours.org, message.id).await.unwrap(), None);
    let gone = w
        .store
        .messages(w.ours.org, message.conversation, super::whole())
        .await;
    assert!(gone.unwrap().rows.is_empty());
    let gone = w.store.conversation(w.ours.org, message.conversation).await;
    assert!(gone.unwrap().is_none());
    assert_eq!(w.store.media(w.ours.org, file.id).await.unwrap(), None);
    assert!(
        w.store
            .claim_media(at(9_000), at(9_001), 10)
            .await
            .unwrap()
            .is_empty()
    );
    let saved = w
        .store
        .save_media(file, None, true, vec![], at(5_001), w.ids())
        .await;
    assert_refused!(saved, StoreError::Missing(_));

    assert_no_event_mentions_ada(&w).await;
    w.assert_log_ends_at(w.ours.org, erased.head).await;
    let after = w.events(w.ours.org).await;
    for (before, now) in events.iter().zip(&after) {
        assert_eq!(
            (before.id, before.at),
            (now.id, now.at),
            "each keeps its place"
        );
    }
    let bobs_events = after
        .iter()
        .filter(|event| format!("{event:?}").contains("bob.1"));
    assert_eq!(bobs_events.count(), 1, "what is told of others stays");
    let told = EventData::ContactErased(ErasureEvent { contact: id });
    assert_eq!(after.last().map(|event| &event.data), Some(&told));
    assert_eq!(w.connect.actions(w.ours.org).await, ["contact.erased"]);
    assert_eq!(w.seen_by(w.theirs.org).await, theirs);
}

pub async fn an_erased_person_who_writes_again_is_a_new_contact(w: ReceiveWorld) {
    w.apply(vec![says(&w.ours.number, "wamid.1", &ada(), 1)])
        .await;
    let id = w.contact(w.ours.org).await.id;
    erase(&w, id).await;
    assert!(w.contacts(w.ours.org).await.is_empty());
    w.apply(vec![says(&w.ours.number, "wamid.2", &ada(), 2)])
        .await;
    assert_ne!(w.contact(w.ours.org).await.id, id);
    assert_eq!(w.only_thread(w.ours.org).await.len(), 1);
}

pub async fn contacts_merged_into_an_erased_one_are_erased_with_it(w: ReceiveWorld) {
    let to = &w.ours.number;
    let by_phone = named(phone("4915100000001"), "Secret Ada");
    let by_user = named(user("DE.SECRET"), "Secret Ada");
    w.apply_each([
        says(to, "secret.1", &by_phone, 1),
        says(to, "secret.2", &by_user, 2),
        echo(to, "secret.3", &by_user, 3),
        reported(to, "secret.3", ReportedStatus::Read, 4),
        wrote(to, "secret.4", &by_user, 4, image("1")),
        says(to, "secret.5", &ada(), 5),
    ])
    .await;
    let id = w.contact(w.ours.org).await.id;
    let erased = erase(&w, id).await;
    assert_eq!(erased.messages, 5);
    assert!(w.conversations(w.ours.org).await.is_empty());
    assert_no_event_mentions_ada(&w).await;
    w.assert_log_ends_at(w.ours.org, erased.head).await;
}

pub async fn a_group_forgets_only_the_persons_messages(w: ReceiveWorld) {
    let in_group = |wamid: &str, from: &Party, seconds| MessageFact {
        group_id: Some("group-1".into()),
        ..fact(wamid, from, seconds, text(wamid))
    };
    let bob = named(phone("15550100"), "Bob");
    w.apply(vec![
        of_message(&w.ours.number, in_group("bob.1", &bob, 1)),
        of_message(&w.ours.number, in_group("secret.1", &ada(), 2)),
        item(&w.ours.number, group_update("Order", 3, ada())),
    ])
    .await;
    let id = contact_with(&w, "4915100000001").await;
    assert_eq!(erase(&w, id).await.messages, 1);
    let group = w.conversation(w.ours.org).await;
    let thread = w.thread(&group).await;
    assert_eq!(thread.len(), 1);
    assert_eq!(thread[0].message.wamid, Some("bob.1".into()));
    let last = group.last_message.map(|message| message.id);
    assert!(last.is_none_or(|id| id == thread[0].message.id));
    assert_no_event_mentions_ada(&w).await;
}

pub async fn another_org_erases_no_contact(w: ReceiveWorld) {
    w.apply(vec![says(&w.ours.number, "wamid.1", &ada(), 1)])
        .await;
    let id = w.contact(w.ours.org).await.id;
    let before = w.seen_by(w.ours.org).await;
    for id in [id, w.id()] {
        let audit = vec![w.connect.make.event(w.theirs.org, "contact.erased")];
        let erased = w
            .store
            .erase_contact(w.theirs.org, id, audit, at(5_000), w.ids());
        assert_refused!(erased.await, StoreError::Missing(_));
    }
    assert_eq!(w.seen_by(w.ours.org).await, before);
    assert!(w.connect.actions(w.theirs.org).await.is_empty());
    assert!(w.events(w.theirs.org).await.is_empty());
}
