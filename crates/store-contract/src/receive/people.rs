//! Contacts: keys, merges and identity changes.

use wabakit_domain::{
    account::Account,
    conversation::{ConversationState, Peer},
    event::EventData,
    inbound::{
        ContactBookEntry, Context, Fact, MarketingPreference, MessageContent, MessageFact, Party,
        StatusUpdate, UserIdChange,
    },
    inbox::Item,
};

use super::{
    ReceiveWorld, echo, fact, item, known, messages::image, named, of_message, of_status, phone,
    reported, says, status, text, user, wrote,
};
use crate::{assert_refused, at};
use wabakit_domain::message::{MessageStatus, ReportedStatus};
use wabakit_ports::store::{ApplyBatch, StoreError};

pub async fn two_contacts_become_one_with_all_that_both_had(w: ReceiveWorld) {
    let to = &w.ours.number;
    w.apply(vec![says(
        to,
        "by.phone",
        &named(phone("15550100"), "Ada"),
        1,
    )])
    .await;
    w.apply(vec![says(to, "by.user", &user("US.1"), 2)]).await;
    w.apply(vec![wrote(to, "file", &user("US.1"), 3, image("1"))])
        .await;
    w.apply(vec![echo(to, "out", &user("US.1"), 4)]).await;
    w.apply(vec![says(&w.ours.second, "second", &user("US.1"), 5)])
        .await;
    assert_eq!(w.contacts(w.ours.org).await.len(), 2);
    assert_eq!(w.conversations(w.ours.org).await.len(), 3);
    let mut unmerged = w.contacts(w.ours.org).await;
    let oldest = unmerged.pop().unwrap();

    w.apply(vec![says(to, "by.both", &known("15550100", "US.1"), 6)])
        .await;
    let contact = w.contact(w.ours.org).await;
    assert_eq!(contact.id, oldest.id, "the oldest is left");
    assert_eq!(contact.phone.as_deref(), Some("15550100"));
    assert_eq!(contact.user_id, Some("US.1".into()));
    assert_eq!(contact.profile_name.as_deref(), Some("Ada"));
    let gone = w.store.contact(w.ours.org, unmerged[0].id).await.unwrap();
    assert_eq!(gone, None);

    let conversations = w.conversations(w.ours.org).await;
    assert_eq!(conversations.len(), 2, "one for each number");
    for found in &conversations {
        assert_eq!(found.conversation.peer, Peer::Contact(contact.id));
        assert_eq!(found.contact.as_ref(), Some(&contact));
    }
    let thread = w.thread(&conversations[0]).await;
    let wamids: Vec<_> = thread
        .iter()
        .map(|m| m.message.wamid.clone().unwrap())
        .collect();
    let expected = ["by.both", "out", "file", "by.user", "by.phone"];
    assert_eq!(wamids, expected.map(Into::into));
    for found in &thread {
        assert_eq!(found.message.contact, Some(contact.id));
        assert_eq!(found.message.conversation, conversations[0].conversation.id);
    }
    let file = w.media_of(w.ours.org, &thread[2].message).await;
    assert_eq!(file.conversation, conversations[0].conversation.id);

    // All keys lead to the remaining contact.
    w.apply_each([
        says(to, "again.phone", &phone("15550100"), 7),
        says(to, "again.user", &user("US.1"), 8),
        reported(to, "out", ReportedStatus::Read, 9),
    ])
    .await;
    assert_eq!(w.contacts(w.ours.org).await.len(), 1);
    assert_eq!(w.conversations(w.ours.org).await.len(), 2);
    let out = w.message(w.ours.org, "out").await.message;
    assert_eq!(out.status, MessageStatus::Read);

    let told = w.told(w.ours.org).await;
    let merges: Vec<_> = told
        .iter()
        .filter_map(|data| match data {
            EventData::ContactMerged(merge) => Some(merge),
            _ => None,
        })
        .collect();
    assert_eq!(merges.len(), 1);
    assert_eq!(merges[0].contact.id, contact.id);
    assert_eq!(merges[0].merged, unmerged[0].id);
    let into: Vec<_> = merges[0]
        .conversations
        .iter()
        .map(|(_, into)| *into)
        .collect();
    assert_eq!(into, [conversations[0].conversation.id]);
}

pub async fn a_conversation_moves_whole_to_the_contact_that_is_left(w: ReceiveWorld) {
    // The remaining contact has no conversation of its own.
    let entry = ContactBookEntry {
        party: phone("15550100"),
        full_name: Some("Ada Lovelace".into()),
        first_name: None,
        removed: false,
        at: None,
    };
    w.apply(vec![item(&w.ours.number, Fact::ContactBook(entry))])
        .await;
    w.apply(vec![says(&w.ours.number, "wamid.1", &user("US.1"), 1)])
        .await;
    let before = w.conversation(w.ours.org).await.conversation;
    w.apply(vec![says(
        &w.ours.second,
        "wamid.2",
        &known("15550100", "US.1"),
        2,
    )])
    .await;
    let contact = w.contact(w.ours.org).await;
    assert_eq!(contact.own_name(), Some("Ada Lovelace"));
    let found = w
        .store
        .conversation(w.ours.org, before.id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(found.conversation.peer, Peer::Contact(contact.id));
    let thread = w.thread(&found).await;
    assert_eq!(thread.len(), 1);
    assert_eq!(thread[0].message.contact, Some(contact.id));
    assert_eq!(found.conversation.unread, 1);
}

pub async fn a_stored_contact_remains_when_a_batch_merges_it_with_a_new_one(w: ReceiveWorld) {
    // Another replica's clock may be ahead, so a new row can have the smaller id.
    let ids = w.ids();
    let number = &w.ours.number;
    w.apply(vec![says(number, "old", &user("US.1"), 1)]).await;
    let before = w.conversation(w.ours.org).await;
    let items = vec![
        says(number, "new.1", &phone("15550100"), 2),
        says(number, "new.2", &known("15550100", "US.1"), 3),
        says(number, "new.3", &phone("15550100"), 4),
    ];
    let batch = ApplyBatch {
        ids,
        ..w.batch(items)
    };
    w.store.apply(batch).await.unwrap();
    let contact = w.contact(w.ours.org).await;
    assert_eq!(Some(contact.id), before.contact.map(|contact| contact.id));
    let found = w.conversation(w.ours.org).await;
    assert_eq!(found.conversation.id, before.conversation.id);
    assert_eq!(found.conversation.unread, 4);
    assert_eq!(w.thread(&found).await.len(), 4);
}

pub async fn a_new_conversation_gives_way_to_a_stored_one_in_a_merge(w: ReceiveWorld) {
    let entry = ContactBookEntry {
        party: phone("15550100"),
        full_name: Some("Ada".into()),
        first_name: None,
        removed: false,
        at: None,
    };
    let number = &w.ours.number;
    w.apply(vec![item(number, Fact::ContactBook(entry))]).await;
    w.apply(vec![says(number, "old", &user("US.1"), 1)]).await;
    let before = w.conversation(w.ours.org).await.conversation;
    w.apply(vec![
        wrote(number, "new.1", &phone("15550100"), 2, image("1")),
        says(number, "new.2", &known("15550100", "US.1"), 3),
    ])
    .await;
    let found = w.conversation(w.ours.org).await;
    assert_eq!(found.conversation.id, before.id);
    let thread = w.thread(&found).await;
    assert_eq!(thread.len(), 3);
    let file = w.media_of(w.ours.org, &thread[1].message).await;
    assert_eq!(file.conversation, before.id);
    assert_eq!(w.contact(w.ours.org).await.own_name(), Some("Ada"));
}

pub async fn three_contacts_become_one_in_one_batch(w: ReceiveWorld) {
    let to = &w.ours.number;
    let parent = Party {
        parent_user_id: Some("US.ENT.1".into()),
        ..Party::default()
    };
    w.apply_each([
        says(to, "phone", &phone("15550100"), 1),
        says(to, "user", &user("US.1"), 2),
        says(to, "parent", &parent, 3),
    ])
    .await;
    let all = Party {
        parent_user_id: parent.parent_user_id.clone(),
        ..known("15550100", "US.1")
    };
    w.apply(vec![says(to, "all", &all, 4)]).await;
    assert_eq!(w.only_thread(w.ours.org).await.len(), 4);
    assert_eq!(w.contacts(w.ours.org).await.len(), 1);
    assert_eq!(w.conversation(w.ours.org).await.conversation.unread, 4);
}

pub async fn a_number_with_and_without_its_mobile_digit_is_one_person(w: ReceiveWorld) {
    for (n, pair) in [
        ["5511987654321", "551187654321"],
        ["5215512345678", "525512345678"],
        ["5491112345678", "541112345678"],
    ]
    .into_iter()
    .enumerate()
    {
        for (m, number) in pair.into_iter().enumerate() {
            let wamid = format!("wamid.{n}.{m}");
            w.apply(vec![says(&w.ours.number, &wamid, &phone(number), 1)])
                .await;
        }
        let contacts = w.contacts(w.ours.org).await;
        assert_eq!(contacts.len(), n + 1, "{pair:?}");
        let newest = contacts[0].phone.as_deref();
        assert_eq!(newest, Some(pair[1]), "as Meta wrote it last");
    }
}

pub async fn a_changed_number_stays_the_same_person(w: ReceiveWorld) {
    let to = &w.ours.number;
    w.apply(vec![says(
        to,
        "wamid.1",
        &named(phone("15550100"), "Ada"),
        1,
    )])
    .await;
    let before = w.contact(w.ours.org).await;
    let system = MessageContent::System {
        kind: "user_changed_number".into(),
        body: Some("Ada changed from 15550100 to 15550199".into()),
        now: Some(phone("15550199")),
        previous: None,
    };
    w.apply(vec![wrote(to, "wamid.2", &phone("15550100"), 2, system)])
        .await;
    w.apply(vec![says(to, "wamid.3", &phone("15550199"), 3)])
        .await;
    let contact = w.contact(w.ours.org).await;
    assert_eq!(contact.id, before.id);
    assert_eq!(contact.phone.as_deref(), Some("15550199"));
    assert_eq!(contact.profile_name.as_deref(), Some("Ada"));
    assert_eq!(w.only_thread(w.ours.org).await.len(), 3);
}

pub async fn a_changed_user_id_stays_the_same_person(w: ReceiveWorld) {
    let to = &w.ours.number;
    w.apply(vec![says(to, "wamid.1", &user("US.1"), 1)]).await;
    w.apply(vec![says(to, "wamid.2", &user("US.2"), 2)]).await;
    assert_eq!(w.contacts(w.ours.org).await.len(), 2);
    let change = UserIdChange {
        party: user("US.2"),
        previous: Some("US.1".into()),
        previous_parent: None,
        at: Some(at(3)),
    };
    w.apply(vec![item(to, Fact::UserId(change))]).await;
    let contact = w.contact(w.ours.org).await;
    assert_eq!(contact.user_id, Some("US.2".into()));
    assert_eq!(w.only_thread(w.ours.org).await.len(), 2);
}

pub async fn the_contact_book_names_a_person_and_takes_the_name_back(w: ReceiveWorld) {
    let entry = |full: Option<&str>, first: Option<&str>, removed| {
        let entry = ContactBookEntry {
            party: named(phone("15550100"), "ada99"),
            full_name: full.map(str::to_owned),
            first_name: first.map(str::to_owned),
            removed,
            at: Some(at(1)),
        };
        item(&w.ours.number, Fact::ContactBook(entry))
    };
    w.apply(vec![entry(Some("Ada Lovelace"), Some("Ada"), false)])
        .await;
    let contact = w.contact(w.ours.org).await;
    assert_eq!(contact.shown_name(), Some("Ada Lovelace"));
    assert!(w.conversations(w.ours.org).await.is_empty(), "nobody wrote");
    w.apply(vec![entry(None, None, true)]).await;
    let contact = w.contact(w.ours.org).await;
    assert_eq!(contact.shown_name(), Some("ada99"));
}

pub async fn a_preference_marks_a_contact_as_opted_out(w: ReceiveWorld) {
    let wants = |value: &str| {
        let preference = MarketingPreference {
            party: phone("15550100"),
            value: value.into(),
            detail: None,
            signup_id: None,
            at: Some(at(1)),
        };
        item(&w.ours.number, Fact::Preference(preference))
    };
    for (value, opted_out) in [("stop", true), ("perhaps", true), ("resume", false)] {
        w.apply(vec![wants(value)]).await;
        assert_eq!(w.contact(w.ours.org).await.opted_out, opted_out, "{value}");
    }
}

pub async fn the_same_person_is_another_contact_of_another_org(w: ReceiveWorld) {
    let person = phone("15550100");
    w.apply(vec![
        says(&w.ours.number, "wamid.1", &person, 1),
        says(&w.theirs.number, "wamid.2", &person, 2),
    ])
    .await;
    let [ours, theirs] = [w.contact(w.ours.org).await, w.contact(w.theirs.org).await];
    assert_ne!(ours.id, theirs.id);
    assert_eq!((ours.org, theirs.org), (w.ours.org, w.theirs.org));
    let theirs_before = w.seen_by(w.theirs.org).await;
    // A merge in our organisation is none in theirs.
    w.apply(vec![says(&w.ours.number, "wamid.3", &user("US.3"), 3)])
        .await;
    w.apply(vec![says(
        &w.ours.number,
        "wamid.4",
        &known("15550100", "US.3"),
        4,
    )])
    .await;
    assert_eq!(w.contacts(w.ours.org).await.len(), 1);
    assert_eq!(w.seen_by(w.theirs.org).await, theirs_before);
}

pub async fn twenty_at_once_make_one_contact(w: ReceiveWorld) {
    w.connect
        .race(|_, turn| {
            let w = w.clone();
            async move {
                let number = match turn % 2 {
                    0 => &w.ours.number,
                    _ => &w.ours.second,
                };
                let person = match turn % 3 {
                    0 => phone("15550100"),
                    1 => user("US.1"),
                    _ => known("15550100", "US.1"),
                };
                let item = says(number, &format!("wamid.{turn}"), &person, 1);
                super::queue::apply_until_done(&w, || w.batch(vec![item.clone()])).await;
            }
        })
        .await;
    let contact = w.contact(w.ours.org).await;
    let conversations = w.conversations(w.ours.org).await;
    assert_eq!(conversations.len(), 2);
    let mut messages = 0;
    for found in conversations {
        let thread = w.thread(&found).await;
        assert!(thread.iter().all(|m| m.message.contact == Some(contact.id)));
        assert_eq!(found.conversation.unread, thread.len() as i32);
        messages += thread.len();
    }
    assert_eq!(messages, 20);
}

pub async fn a_number_that_was_passed_on_begins_a_new_person(w: ReceiveWorld) {
    let (to, second) = (&w.ours.number, &w.ours.second);
    let first = named(known("15550100", "US.1"), "First");
    w.apply(vec![says(to, "first", &first, 1)]).await;
    let before = w.contact(w.ours.org).await;
    // A number of the same portfolio reports it.
    let other = named(known("15550100", "US.2"), "Second");
    w.apply(vec![says(second, "second", &other, 2)]).await;
    let contacts = w.contacts(w.ours.org).await;
    let [new, old] = contacts.as_slice() else {
        panic!("two people: {contacts:?}")
    };
    assert_eq!(old.id, before.id);
    assert_eq!(
        (old.phone.as_deref(), new.phone.as_deref()),
        (None, Some("15550100"))
    );
    let passed = old.passed_on.as_ref().unwrap();
    assert_eq!(
        (passed.phone.as_str(), passed.at, passed.to),
        ("15550100", at(2), new.id)
    );
    let w = &w;
    let thread = |peer| async move {
        let all = w.conversations(w.ours.org).await;
        let mut all = all.into_iter().map(|found| found.conversation);
        all.find(|one| one.peer == Peer::Contact(peer)).unwrap()
    };
    let closed = thread(old.id).await;
    assert_eq!(closed.state, ConversationState::Closed);
    assert!(closed.is_phone_stale);
    assert_eq!(closed.user_id, Some("US.1".into()));
    // Each of them continues as their own contact.
    w.apply_each([
        says(to, "results", &user("US.1"), 3),
        says(second, "number", &phone("15550100"), 4),
    ])
    .await;
    assert_eq!(w.contacts(w.ours.org).await.len(), 2);
    let results = w.message(w.ours.org, "results").await.message;
    assert_eq!(results.contact, Some(old.id));
    let number = w.message(w.ours.org, "number").await.message;
    assert_eq!(number.contact, Some(new.id));
}

pub async fn a_status_adds_the_recipients_ids(w: ReceiveWorld) {
    let to = &w.ours.number;
    w.apply(vec![echo(to, "out", &phone("15550100"), 1)]).await;
    let told = StatusUpdate {
        recipient: named(known("15550100", "US.1"), "Bruna"),
        ..status("out", ReportedStatus::Delivered, 2)
    };
    w.apply(vec![of_status(to, told)]).await;
    w.apply(vec![says(to, "in", &user("US.1"), 3)]).await;
    let contact = w.contact(w.ours.org).await;
    assert_eq!(contact.phone.as_deref(), Some("15550100"));
    assert_eq!(contact.profile_name.as_deref(), Some("Bruna"));
    assert_eq!(w.only_thread(w.ours.org).await.len(), 2);
}

/// Two forms of one message's id: by the phone number and by the user id of the person.
const SPELLED: [&str; 2] = [
    "wamid.HBgIMTU1NTAxMDAVAgASGAgzRUIwQUEwMQA=",
    "wamid.HBgEVVMuMRUCABIYCDNFQjBBQTAxAA==",
];

pub async fn a_message_is_found_under_another_spelling_of_its_id(w: ReceiveWorld) {
    let to = &w.ours.number;
    let person = known("15550100", "US.1");
    let revoke = |wamid: &str| MessageContent::Revoke {
        original_message_id: wamid.into(),
    };
    w.apply(vec![says(to, SPELLED[0], &person, 1)]).await;
    // Another account and another conversation do not find it.
    w.apply_each([
        wrote(&w.ours.second, "r.1", &person, 2, revoke(SPELLED[1])),
        wrote(to, "r.2", &known("15550199", "US.9"), 2, revoke(SPELLED[1])),
    ])
    .await;
    let message = w.message(w.ours.org, SPELLED[0]).await.message;
    assert_eq!(message.revoked_at, None);
    w.apply(vec![wrote(to, "r.3", &person, 3, revoke(SPELLED[1]))])
        .await;
    let message = w.message(w.ours.org, SPELLED[0]).await.message;
    assert_eq!(message.revoked_at, Some(at(3)));
}

pub async fn a_fact_before_its_message_waits_under_every_form_of_the_id(w: ReceiveWorld) {
    let to = &w.ours.number;
    let person = known("15550100", "US.1");
    let revoke = MessageContent::Revoke {
        original_message_id: SPELLED[1].into(),
    };
    w.apply(vec![wrote(to, "r", &person, 3, revoke)]).await;
    w.apply(vec![says(to, SPELLED[0], &person, 1)]).await;
    let message = w.message(w.ours.org, SPELLED[0]).await.message;
    assert_eq!(message.revoked_at, Some(at(3)));
}

/// Makes a message of the person that answers this one.
fn answer(to: &Account, wamid: &str, from: &Party, seconds: i64, quoted: &str) -> Item {
    let context = Context {
        message_id: Some(quoted.into()),
        ..Context::default()
    };
    let fact = MessageFact {
        context: Some(context),
        ..fact(wamid, from, seconds, text(wamid))
    };
    of_message(to, fact)
}

pub async fn a_quoted_message_is_named_by_our_id(w: ReceiveWorld) {
    let (org, to) = (w.ours.org, &w.ours.number);
    let person = known("15550100", "US.1");
    w.apply(vec![says(to, SPELLED[0], &person, 1)]).await;
    w.apply(vec![echo(to, "plain", &person, 2)]).await;
    let spelled = w.message(org, SPELLED[0]).await.message.id;
    let plain = w.message(org, "plain").await.message.id;
    let reaction = |of: &str| MessageContent::Reaction {
        message_id: of.into(),
        emoji: None,
    };
    let edit = MessageContent::Edit {
        original_message_id: SPELLED[1].into(),
        content: Box::new(text("better")),
    };
    let revoke = MessageContent::Revoke {
        original_message_id: SPELLED[1].into(),
    };
    let quoting = [
        (
            "as.stored",
            answer(to, "as.stored", &person, 3, SPELLED[0]),
            spelled,
        ),
        (
            "by.user",
            answer(to, "by.user", &person, 3, SPELLED[1]),
            spelled,
        ),
        ("of.echo", answer(to, "of.echo", &person, 3, "plain"), plain),
        (
            "likes",
            wrote(to, "likes", &person, 4, reaction(SPELLED[1])),
            spelled,
        ),
        (
            "likes.echo",
            wrote(to, "likes.echo", &person, 4, reaction("plain")),
            plain,
        ),
        ("edit", wrote(to, "edit", &person, 5, edit), spelled),
        ("revoke", wrote(to, "revoke", &person, 6, revoke), spelled),
    ];
    for (wamid, item, quoted) in quoting {
        w.apply(vec![item]).await;
        let message = w.message(org, wamid).await.message;
        assert_eq!(message.quoted, Some(quoted), "{wamid} in the thread");
        let one = w.store.message(org, message.id).await.unwrap().unwrap();
        assert_eq!(one.message.quoted, Some(quoted), "{wamid} alone");
        let told = w
            .told(org)
            .await
            .into_iter()
            .rev()
            .find_map(|data| match data {
                EventData::MessageReceived(event) if event.message.id == message.id => {
                    Some(event.message.quoted)
                }
                _ => None,
            });
        assert_eq!(told, Some(Some(quoted)), "{wamid} in its event");
    }
    // Another account and another conversation have other messages.
    let stranger = known("15550199", "US.9");
    w.apply_each([
        answer(&w.ours.second, "sister", &person, 7, SPELLED[0]),
        answer(to, "stranger", &stranger, 7, SPELLED[1]),
        answer(to, "nothing", &person, 7, "never.seen"),
    ])
    .await;
    for wamid in ["sister", "stranger", "nothing"] {
        assert_eq!(w.message(org, wamid).await.message.quoted, None, "{wamid}");
    }
}

/// An import delivers the newest messages first.
pub async fn a_message_that_arrives_after_its_quote_is_named_by_our_id(w: ReceiveWorld) {
    let (org, to) = (w.ours.org, &w.ours.number);
    let person = known("15550100", "US.1");
    let pairs = [
        ("late.1", SPELLED[0], SPELLED[1]),
        ("late.2", "late", "late"),
    ];
    for (quoting, stored, named) in pairs {
        w.apply(vec![answer(to, quoting, &person, 9, named)]).await;
        assert_eq!(w.message(org, quoting).await.message.quoted, None);
        w.apply(vec![says(to, stored, &person, 1)]).await;
        let quoted = w.message(org, stored).await.message.id;
        let message = w.message(org, quoting).await.message;
        assert_eq!(message.quoted, Some(quoted), "{quoting}");
        let one = w.store.message(org, message.id).await.unwrap().unwrap();
        assert_eq!(one.message.quoted, Some(quoted), "{quoting}");
    }
}

pub async fn a_merge_can_be_undone(w: ReceiveWorld) {
    let (org, to) = (w.ours.org, &w.ours.number);
    w.apply_each([
        says(to, "a", &named(phone("15550100"), "Ann"), 1),
        says(&w.ours.second, "a.2", &phone("15550100"), 2),
        says(to, "b", &named(user("US.1"), "Bob"), 3),
    ])
    .await;
    w.apply(vec![says(to, "both", &known("15550100", "US.1"), 4)])
        .await;
    let merged = w.contact(org).await;
    let merges = w.store.contact_merges(org, merged.id).await.unwrap();
    assert_eq!(merges.len(), 1);
    let (merge, gone) = (merges[0].undo.id, merges[0].undo.contact.clone());
    assert_eq!(gone.profile_name.as_deref(), Some("Bob"));
    assert_eq!(merges[0].undone_at, None);

    let split = |org, into, merge| {
        w.store
            .split_contact(org, into, merge, vec![], at(5_000), w.ids())
    };
    let theirs = split(w.theirs.org, merged.id, merge).await;
    assert_refused!(theirs, StoreError::Missing(_));
    let elsewhere = split(org, gone.id, merge).await;
    assert_refused!(elsewhere, StoreError::Missing(_));
    let done = split(org, merged.id, merge).await.unwrap();
    assert_eq!((done.left.id, done.restored.id), (merged.id, gone.id));
    let again = split(org, merged.id, merge).await;
    assert_refused!(again, StoreError::Missing(_));
    let listed = w.store.contact_merges(org, merged.id).await.unwrap();
    assert_eq!(listed[0].undone_at, Some(at(5_000)));

    assert_eq!(w.contacts(org).await.len(), 2);
    let contact = |id| w.store.contact(org, id);
    let (ann, bob) = (contact(merged.id).await, contact(gone.id).await);
    let (ann, bob) = (ann.unwrap().unwrap(), bob.unwrap().unwrap());
    assert_eq!(
        (ann.phone.as_deref(), ann.user_id),
        (Some("15550100"), None)
    );
    assert_eq!((bob.phone, bob.user_id), (None, Some("US.1".into())));
    for (wamid, of) in [
        ("a", ann.id),
        ("a.2", ann.id),
        ("both", ann.id),
        ("b", bob.id),
    ] {
        let message = w.message(org, wamid).await.message;
        assert_eq!(message.contact, Some(of), "{wamid}");
        let found = w.store.conversation(org, message.conversation).await;
        let found = found.unwrap().unwrap();
        assert_eq!(found.conversation.peer, Peer::Contact(of), "{wamid}");
        assert!(found.last_message.is_some());
    }
    assert!(w.told(org).await.iter().any(|data| {
        matches!(data, EventData::ContactSplit(split) if split.restored.id == bob.id)
    }));
    // They stay apart, even if a fact names both of them.
    w.apply(vec![says(to, "again", &known("15550100", "US.1"), 6)])
        .await;
    assert_eq!(w.contacts(org).await.len(), 2);
    assert_eq!(w.message(org, "again").await.message.contact, Some(bob.id));
}
