//! Reading and changing the inbox.

use wabakit_domain::{
    conversation::ConversationState,
    event::EventData,
    ids::{ConversationId, MessageId},
    inbound::{Call, ContactBookEntry, Fact, MessageContent, MessageFact, Party},
};

use super::{ReceiveWorld, echo, fact, item, named, of_message, phone, says, text, whole};
use crate::{assert_refused, at, world::assert_pages};
use wabakit_ports::store::{
    Assignee, ConversationChange, ConversationFilter, ConversationOverview, Limit, PageRequest,
    StoreError,
};

fn person(n: i64) -> Party {
    named(phone(&format!("1555{n:04}")), &format!("Person {n}"))
}

/// Writes one message each from so many people, the first at second one. Every third time stands still.
async fn people_write(w: &ReceiveWorld, count: i64) -> Vec<ConversationOverview> {
    let items = (1..=count).map(|n| says(&w.ours.number, &format!("wamid.{n}"), &person(n), n / 3));
    w.apply(items.collect()).await;
    w.conversations(w.ours.org).await
}

pub async fn conversations_are_paged_newest_first_also_within_a_second(w: ReceiveWorld) {
    w.apply(vec![says(&w.theirs.number, "wamid.1", &person(1), 2)])
        .await;
    let all = people_write(&w, 8).await;
    assert_eq!(all.len(), 8);
    let key = |c: &ConversationOverview| (c.conversation.last_message_at, c.conversation.id);
    let keys: Vec<_> = all.iter().map(key).collect();
    assert!(keys.is_sorted_by(|a, b| a > b), "{keys:?}");
    let all_kept = ConversationFilter::default;
    assert_pages(&all, |page| {
        w.store.conversations(w.ours.org, all_kept(), page)
    })
    .await;
    // A new message moves the conversation to the front.
    w.apply(vec![says(&w.ours.number, "wamid.new", &person(1), 50)])
        .await;
    let first = w.conversations(w.ours.org).await.remove(0);
    assert_eq!(first.last_message.unwrap().wamid, Some("wamid.new".into()));
}

pub async fn threads_are_paged_newest_first_also_within_a_second(w: ReceiveWorld) {
    let items = (0..9).map(|n| {
        // They are written in no order of time.
        let seconds = (n * 7) % 9 / 3;
        says(&w.ours.number, &format!("wamid.{n}"), &person(1), seconds)
    });
    w.apply_each(items).await;
    let conversation = w.conversation(w.ours.org).await;
    let all = w.thread(&conversation).await;
    assert_eq!(all.len(), 9);
    let keys: Vec<_> = all.iter().map(|m| (m.message.at, m.message.id)).collect();
    assert!(keys.is_sorted_by(|a, b| a > b), "{keys:?}");
    let id = conversation.conversation.id;
    assert_pages(&all, |page| w.store.messages(w.ours.org, id, page)).await;
}

pub async fn contacts_are_paged_newest_first(w: ReceiveWorld) {
    people_write(&w, 5).await;
    let all = w.contacts(w.ours.org).await;
    let ids: Vec<_> = all.iter().map(|contact| contact.id).collect();
    assert!(ids.is_sorted_by(|a, b| a > b));
    assert_eq!(all.len(), 5);
    assert_pages(&all, |page| w.store.contacts(w.ours.org, None, page)).await;
    let found = w.store.contact(w.ours.org, all[2].id).await.unwrap();
    assert_eq!(found.as_ref(), Some(&all[2]));
}

async fn change(w: &ReceiveWorld, id: ConversationId, change: ConversationChange) {
    let changed = w
        .store
        .change_conversation(w.ours.org, id, change, vec![], at(2_000), w.ids());
    changed.await.unwrap();
}

/// Returns the conversations that a filter finds, by the number in the person's name, the newest first.
async fn let_through(w: &ReceiveWorld, filter: ConversationFilter) -> Vec<i64> {
    let whole_page = w
        .store
        .conversations(w.ours.org, filter.clone(), whole())
        .await;
    let whole_page = whole_page.unwrap().rows;
    // Pages give the same rows.
    assert_pages(&whole_page, |page| {
        w.store.conversations(w.ours.org, filter.clone(), page)
    })
    .await;
    let names = whole_page.into_iter().map(|found| found.contact.unwrap());
    let numbers = names.map(|c| {
        let name = c.profile_name.unwrap();
        name.trim_start_matches("Person ").parse().unwrap()
    });
    numbers.collect()
}

pub async fn every_filter_of_conversations_holds(w: ReceiveWorld) {
    let all = people_write(&w, 6).await;
    let id_of = |n: i64| {
        let name = format!("Person {n}");
        let found = all
            .iter()
            .find(|found| found.contact.as_ref().unwrap().profile_name.as_deref() == Some(&name));
        found.unwrap()
    };
    let ada = w.ours.tenant.owner.id;
    w.apply(vec![says(&w.ours.second, "second", &person(2), 40)])
        .await;
    let id = |n| id_of(n).conversation.id;
    let closed = ConversationChange {
        state: Some(ConversationState::Closed),
        ..ConversationChange::default()
    };
    let read = ConversationChange {
        unread: Some(0),
        ..ConversationChange::default()
    };
    let given = ConversationChange {
        assignee: Some(Assignee::User(ada)),
        ..ConversationChange::default()
    };
    change(&w, id(1), closed).await;
    change(&w, id(4), read.clone()).await;
    change(&w, id(5), read).await;
    change(&w, id(4), given.clone()).await;
    change(&w, id(6), given).await;

    let none = ConversationFilter::default;
    let newest_first = let_through(&w, none()).await;
    assert_eq!(newest_first, [2, 6, 5, 4, 3, 2, 1]);
    let second = ConversationFilter {
        account: Some(w.ours.second.id),
        ..none()
    };
    assert_eq!(let_through(&w, second).await, [2]);
    let closed = ConversationFilter {
        state: Some(ConversationState::Closed),
        ..none()
    };
    assert_eq!(let_through(&w, closed).await, [1]);
    let open = ConversationFilter {
        state: Some(ConversationState::Open),
        account: Some(w.ours.number.id),
        ..none()
    };
    assert_eq!(let_through(&w, open.clone()).await, [6, 5, 4, 3, 2]);
    let unread = ConversationFilter {
        unread: true,
        ..open
    };
    assert_eq!(let_through(&w, unread.clone()).await, [6, 3, 2]);
    let adas = ConversationFilter {
        assignee: Some(Assignee::User(ada)),
        ..none()
    };
    assert_eq!(let_through(&w, adas.clone()).await, [6, 4]);
    let nobodys = ConversationFilter {
        assignee: Some(Assignee::Nobody),
        ..unread
    };
    assert_eq!(let_through(&w, nobodys).await, [3, 2]);
    let with = ConversationFilter {
        contact: Some(id_of(2).contact.as_ref().unwrap().id),
        ..none()
    };
    assert_eq!(let_through(&w, with).await, [2, 2]);
    let all_at_once = ConversationFilter {
        account: Some(w.ours.number.id),
        state: Some(ConversationState::Open),
        unread: true,
        contact: Some(id_of(6).contact.as_ref().unwrap().id),
        search: Some("person".into()),
        ..adas
    };
    assert_eq!(let_through(&w, all_at_once).await, [6]);
    assert_eq!(w.store.unread_count(w.ours.org, 100).await.unwrap(), 5);
    assert_eq!(w.store.unread_count(w.ours.org, 2).await.unwrap(), 2);
    assert_eq!(w.store.unread_count(w.theirs.org, 100).await.unwrap(), 0);
}

pub async fn the_customers_last_message_that_meta_knows_is_found(w: ReceiveWorld) {
    let (to, ada) = (&w.ours.number, phone("15550100"));
    let wrote = vec![
        says(to, "1", &ada, 1),
        echo(to, "2", &ada, 5),
        says(to, "3", &ada, 5),
    ];
    w.apply(wrote).await;
    let one = w.conversation(w.ours.org).await.conversation;
    let last_heard = |org, seconds| {
        let (w, id) = (w.clone(), one.id);
        async move { w.store.last_heard(org, id, at(seconds)).await.unwrap() }
    };
    assert_eq!(one.last_inbound_at, Some(at(5)));
    assert_eq!(last_heard(w.ours.org, 5).await, Some("3".into()));
    assert_eq!(last_heard(w.ours.org, 1).await, Some("1".into()));
    assert_eq!(last_heard(w.ours.org, 2).await, Some("1".into()));
    assert_eq!(last_heard(w.ours.org, 0).await, None);
    assert_eq!(last_heard(w.theirs.org, 5).await, None);
    // Meta knows neither calls, nor what came with a call's id, nor notices by an id.
    let call = Call {
        call_id: "wacid.1".into(),
        party: ada.clone(),
        group_id: None,
        by_customer: true,
        event: "terminate".into(),
        status: Some("FAILED".into()),
        at: at(10),
        started_at: None,
        ended_at: None,
        duration: None,
        recording: None,
        transcript: None,
        errors: vec![],
    };
    let notice = MessageContent::System {
        kind: "customer_identity_changed".into(),
        body: None,
        now: None,
        previous: None,
    };
    w.apply(vec![
        item(to, Fact::Call(Box::new(call))),
        says(to, "wacid.1", &ada, 11),
        super::wrote(to, "4", &ada, 12, notice),
        super::wrote(to, "5", &ada, 13, MessageContent::RequestWelcome),
    ])
    .await;
    assert_eq!(last_heard(w.ours.org, 20).await, Some("3".into()));
    w.apply(vec![says(to, "6", &ada, 14)]).await;
    assert_eq!(last_heard(w.ours.org, 20).await, Some("6".into()));
}

pub async fn search_finds_names_and_numbers_whatever_the_case(w: ReceiveWorld) {
    let ada = Party {
        username: Some("Ada_Byron".into()),
        ..named(phone("4915112345678"), "Änne 100%")
    };
    let entry = ContactBookEntry {
        party: phone("15550100"),
        full_name: Some("Charles Babbage".into()),
        first_name: None,
        removed: false,
        at: None,
    };
    let in_group = MessageFact {
        group_id: Some("ada-group".into()),
        ..fact("wamid.3", &phone("15550199"), 3, text("ada"))
    };
    w.apply(vec![
        says(&w.ours.number, "wamid.1", &ada, 1),
        item(&w.ours.number, Fact::ContactBook(entry)),
        says(
            &w.ours.number,
            "wamid.2",
            &named(phone("15550100"), "CB"),
            2,
        ),
        of_message(&w.ours.number, in_group),
        says(&w.theirs.number, "wamid.4", &ada, 4),
    ])
    .await;
    for (search, expected) in [
        ("änne", vec!["4915112345678"]),
        ("ÄNN", vec!["4915112345678"]),
        ("ada_b", vec!["4915112345678"]),
        ("babbage", vec!["15550100"]),
        ("cb", vec!["15550100"]),
        ("51123", vec!["4915112345678"]),
        ("ANNE", vec!["4915112345678"]),
        ("a\u{308}nne", vec!["4915112345678"]),
        ("+49 151 123-45678", vec!["4915112345678"]),
        ("(0151) 12345678", vec!["4915112345678"]),
        ("0049 (0)151/12345678", vec!["4915112345678"]),
        ("+1 555 0100", vec!["15550100"]),
        ("0%", vec!["4915112345678"]),
        ("%", vec!["4915112345678"]),
        ("a_b", vec!["4915112345678"]),
        ("s_b", vec![]),
        ("\\", vec![]),
        ("'", vec![]),
        ("nobody", vec![]),
    ] {
        let filter = ConversationFilter {
            search: Some(search.into()),
            ..ConversationFilter::default()
        };
        let found = w.store.conversations(w.ours.org, filter, whole()).await;
        let found = found.unwrap().rows.into_iter();
        let found: Vec<_> = found.map(|c| c.contact.unwrap().phone.unwrap()).collect();
        assert_eq!(found, expected, "conversations of {search}");
        let found = w
            .store
            .contacts(w.ours.org, Some(search.into()), whole())
            .await;
        let found = found.unwrap().rows.into_iter();
        let found: Vec<_> = found.map(|contact| contact.phone.unwrap()).collect();
        assert_eq!(found, expected, "contacts of {search}");
    }
    // A contact that a member named is found by that name and by the one in the contact book.
    let contact = w.contacts(w.ours.org).await;
    let babbage = contact.iter().find(|c| c.book_name.is_some()).unwrap();
    let name = Some("Countess".to_owned());
    let renamed = w
        .store
        .rename_contact(w.ours.org, babbage.id, name, vec![], at(5), w.ids());
    renamed.await.unwrap();
    for (search, count) in [("countess", 1), ("babbage", 1), ("charlotte", 0)] {
        let found = w
            .store
            .contacts(w.ours.org, Some(search.into()), whole())
            .await;
        assert_eq!(found.unwrap().rows.len(), count, "{search}");
    }
}

pub async fn a_changed_conversation_has_an_event(w: ReceiveWorld) {
    people_write(&w, 1).await;
    let before = w.conversation(w.ours.org).await.conversation;
    let events = w.ours.log + w.events(w.ours.org).await.len() as i64;
    let user = w.ours.tenant.owner.id;
    let change = ConversationChange {
        state: Some(ConversationState::Closed),
        assignee: Some(Assignee::User(user)),
        unread: Some(0),
    };
    let (changed, head) = w
        .store
        .change_conversation(w.ours.org, before.id, change, vec![], at(2_000), w.ids())
        .await
        .unwrap();
    assert_eq!(head, events + 1);
    assert_eq!(changed.state, ConversationState::Closed);
    assert_eq!((changed.assignee, changed.unread), (Some(user), 0));
    assert_eq!(changed.updated_at, at(2_000));
    assert_eq!(w.conversation(w.ours.org).await.conversation, changed);
    let told = w.told(w.ours.org).await.pop();
    let expected = EventData::ConversationUpdated(Box::new(changed.clone()));
    assert_eq!(told, Some(expected));
    // Fields that the change does not name stay.
    let nobodys = ConversationChange {
        assignee: Some(Assignee::Nobody),
        unread: Some(1),
        ..ConversationChange::default()
    };
    let again =
        w.store
            .change_conversation(w.ours.org, before.id, nobodys, vec![], at(3_000), w.ids());
    let (again, head) = again.await.unwrap();
    assert_eq!(head, events + 2);
    assert_eq!((again.assignee, again.unread), (None, 1));
    assert_eq!(again.state, ConversationState::Closed);
    let nowhere = w.store.change_conversation(
        w.ours.org,
        w.id(),
        ConversationChange::default(),
        vec![],
        at(3_000),
        w.ids(),
    );
    assert_refused!(nowhere.await, StoreError::Missing(_));
    w.assert_log_ends_at(w.ours.org, events + 2).await;
}

pub async fn a_renamed_contact_has_an_event(w: ReceiveWorld) {
    people_write(&w, 1).await;
    let before = w.contact(w.ours.org).await;
    for name in [Some("Ada 👋".to_owned()), None] {
        let renamed = w
            .store
            .rename_contact(
                w.ours.org,
                before.id,
                name.clone(),
                vec![],
                at(2_000),
                w.ids(),
            )
            .await;
        let (contact, head) = renamed.unwrap();
        assert_eq!(contact.name, name);
        assert_eq!(w.contact(w.ours.org).await, contact);
        let told = w.events(w.ours.org).await.pop().unwrap();
        assert_eq!(told.sequence, head);
        assert_eq!(told.data, EventData::ContactUpdated(Box::new(contact)));
    }
    let nowhere = w
        .store
        .rename_contact(w.ours.org, w.id(), None, vec![], at(2_000), w.ids());
    assert_refused!(nowhere.await, StoreError::Missing(_));
}

pub async fn changes_of_people_and_of_webhooks_do_not_undo_each_other(w: ReceiveWorld) {
    people_write(&w, 1).await;
    let id = w.conversation(w.ours.org).await.conversation.id;
    let user = w.ours.tenant.owner.id;
    w.connect
        .race(|_, turn| {
            let w = w.clone();
            async move {
                if turn == 7 {
                    let given = ConversationChange {
                        assignee: Some(Assignee::User(user)),
                        ..ConversationChange::default()
                    };
                    for _ in 0..100 {
                        let change = w.store.change_conversation(
                            w.ours.org,
                            id,
                            given.clone(),
                            vec![],
                            at(2_000),
                            w.ids(),
                        );
                        match change.await {
                            Ok(_) => return,
                            Err(StoreError::Conflict) => tokio::task::yield_now().await,
                            Err(other) => panic!("{other}"),
                        }
                    }
                    panic!("no end of conflicts");
                }
                let item = says(&w.ours.number, &format!("more.{turn}"), &person(1), 9);
                super::queue::apply_until_done(&w, || w.batch(vec![item.clone()])).await;
            }
        })
        .await;
    let found = w.conversation(w.ours.org).await.conversation;
    assert_eq!((found.assignee, found.unread), (Some(user), 20));
}

pub async fn a_missing_row_is_not_found(w: ReceiveWorld) {
    assert!(
        w.store
            .conversation(w.ours.org, w.id())
            .await
            .unwrap()
            .is_none()
    );
    assert!(w.store.message(w.ours.org, w.id()).await.unwrap().is_none());
    assert!(w.store.contact(w.ours.org, w.id()).await.unwrap().is_none());
    assert!(w.store.media(w.ours.org, w.id()).await.unwrap().is_none());
    let page = PageRequest {
        after: Some((at(0), MessageId(w.id()))),
        limit: Limit::new(1),
    };
    let found = w.store.messages(w.ours.org, w.id(), page).await.unwrap();
    assert!(found.rows.is_empty() && found.next.is_none());
}
