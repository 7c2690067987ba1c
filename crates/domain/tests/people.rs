//! The identity of people by everything that Meta tells about them, and unread messages.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]

#[allow(dead_code, reason = "the other suites use the rest")]
mod common;

use std::collections::BTreeSet;

use chrono::Duration;
use common::{ACCOUNT, ORG, Store, at, item, text};
use rstest::rstest;
use uuid::Uuid;
use wabakit_domain::{
    contact::{Contact, ContactKey},
    conversation::{Conversation, ConversationState},
    event::EventData,
    ids::{AccountId, Wamid},
    inbound::{
        Call, ContactBookEntry, Context, Fact, MarketingPreference, MediaContent, MessageContent,
        MessageFact, Origin, Party, StatusUpdate, UserIdChange,
    },
    inbox::Item,
    message::{Direction, Message, ReportedStatus},
};

const P: &str = "15550100001";
const P2: &str = "15550100002";
const U: &str = "BR.1000000000000001";
const U2: &str = "BR.1000000000000002";
const Q: &str = "BR.ENT.1";
const Q2: &str = "BR.ENT.2";
/// A number of the same portfolio, and one of another.
const SISTER: AccountId = AccountId(Uuid::from_u128(3));
const STRANGER: AccountId = AccountId(Uuid::from_u128(4));

fn store() -> Store {
    let mut store = Store::default();
    let portfolios = [(ACCOUNT, "b1"), (SISTER, "b1"), (STRANGER, "b2")];
    store.rows.portfolios = portfolios.map(|(id, name)| (id, name.to_owned())).into();
    store
}

/// A person by phone, user id and parent id; an empty text is none.
fn who(phone: &str, user: &str, parent: &str) -> Party {
    let some = |id: &str| (!id.is_empty()).then(|| id.to_owned());
    Party {
        phone: some(phone),
        user_id: some(user).map(Into::into),
        parent_user_id: some(parent).map(Into::into),
        ..Party::default()
    }
}

fn named(party: Party, name: &str) -> Party {
    Party {
        profile_name: Some(name.to_owned()),
        ..party
    }
}

fn fact(wamid: &str, from: &Party, seconds: i64, content: MessageContent) -> MessageFact {
    MessageFact {
        wamid: wamid.into(),
        direction: Direction::Inbound,
        party: from.clone(),
        group_id: None,
        at: at(seconds),
        origin: Origin::Live,
        context: None,
        referral: None,
        content,
    }
}

fn wrote(wamid: &str, from: &Party, seconds: i64, content: MessageContent) -> Item {
    item(Fact::Message(Box::new(fact(wamid, from, seconds, content))))
}

fn says(wamid: &str, from: &Party, seconds: i64) -> Item {
    wrote(wamid, from, seconds, text(wamid))
}

fn on(account: AccountId, item: Item) -> Item {
    Item {
        accounts: vec![account],
        ..item
    }
}

fn echo(wamid: &str, to: &Party, seconds: i64) -> Item {
    item(Fact::Message(Box::new(MessageFact {
        direction: Direction::Outbound,
        origin: Origin::Echo,
        ..fact(wamid, to, seconds, text(wamid))
    })))
}

fn delivered(wamid: &str, to: &Party, seconds: i64) -> Item {
    item(Fact::Status(Box::new(StatusUpdate {
        wamid: wamid.into(),
        status: ReportedStatus::Delivered,
        at: at(seconds),
        recipient: to.clone(),
        group_id: None,
        participant: None,
        opaque: None,
        pricing: None,
        conversation: None,
        errors: vec![],
        extra: None,
    })))
}

fn changed(kind: &str, from: &Party, seconds: i64, now: &Party, before: &Party) -> Item {
    let some = |party: &Party| (*party != Party::default()).then(|| party.clone());
    let content = MessageContent::System {
        kind: kind.to_owned(),
        body: Some("changed".to_owned()),
        now: some(now),
        previous: some(before).map(Box::new),
    };
    wrote(&format!("notice.{seconds}"), from, seconds, content)
}

fn only(store: &Store) -> Contact {
    assert_eq!(store.rows.contacts.len(), 1, "one person");
    store.rows.contacts.values().next().unwrap().clone()
}

fn owner(store: &Store, key: ContactKey) -> Contact {
    store.rows.contacts[&store.rows.keys[&(ORG, key)]].clone()
}

fn by_user(store: &Store, id: &str) -> Contact {
    owner(store, ContactKey::UserId(id.to_owned()))
}

fn by_phone(store: &Store, number: &str) -> Contact {
    owner(store, ContactKey::Phone(number.to_owned()))
}

fn thread(store: &Store) -> Conversation {
    assert_eq!(store.rows.conversations.len(), 1, "one conversation");
    store.rows.conversations.values().next().unwrap().clone()
}

fn message(store: &Store, wamid: &str) -> Message {
    store.rows.messages[&(ACCOUNT, wamid.into())].clone()
}

fn thread_of(store: &Store, wamid: &str) -> Conversation {
    let id = message(store, wamid).conversation;
    let mut all = store.rows.conversations.values();
    all.find(|thread| thread.id == id).unwrap().clone()
}

// Everything that Meta tells teaches ---------------------------------------------------------------------------

#[rstest]
#[case::status(delivered("out", &named(who(P, U, Q), "Bruna"), 2))]
#[case::call(item(Fact::Call(Box::new(call("wacid.1", &named(who(P, U, Q), "Bruna"), "connect", 2)))))]
#[case::echo(echo("out.2", &named(who(P, U, Q), "Bruna"), 2))]
#[case::import(item(Fact::Message(Box::new(MessageFact {
    origin: Origin::History { status: None },
    ..fact("old", &named(who(P, U, Q), "Bruna"), 2, text("old"))
}))))]
#[case::book(item(Fact::ContactBook(ContactBookEntry {
    party: named(who(P, U, Q), "Bruna"),
    full_name: None,
    first_name: None,
    removed: false,
    at: Some(at(2)),
})))]
#[case::preference(preference(&named(who(P, U, Q), "Bruna"), "stop", Some(2)))]
fn a_person_is_learnt_wherever_meta_names_them(#[case] told: Item) {
    let mut store = store();
    store.apply(&[echo("out", &who(P, "", ""), 1)]);
    store.apply(&[told]);
    store.apply(&[says("in", &who("", U, ""), 3)]);
    let contact = only(&store);
    assert_eq!(contact.ids().user_id, Some(U.into()));
    assert_eq!(contact.parent_user_id, Some(Q.into()));
    assert_eq!(contact.phone.as_deref(), Some(P));
    assert_eq!(contact.profile_name.as_deref(), Some("Bruna"));
    thread(&store);
}

#[test]
fn a_status_teaches_also_where_it_names_the_recipient_otherwise() {
    let mut store = store();
    store.apply(&[echo("out", &who("", U, ""), 1)]);
    store.apply(&[delivered("out", &who(P, "", ""), 2)]);
    store.apply(&[says("in", &who(P, "", ""), 3)]);
    assert_eq!(only(&store).user_id, Some(U.into()));
}

#[test]
fn a_status_that_came_before_its_message_teaches_when_it_arrives() {
    let mut store = store();
    store.apply(&[delivered("out", &who(P, U, ""), 2)]);
    assert!(store.rows.contacts.is_empty(), "nobody was written to yet");
    store.apply(&[echo("out", &who(P, "", ""), 1)]);
    store.apply(&[says("in", &who("", U, ""), 3)]);
    only(&store);
}

#[test]
fn a_call_teaches_also_when_it_goes_on() {
    let mut store = store();
    let started = call("wacid.1", &who(P, "", ""), "connect", 1);
    let ended = call("wacid.1", &who("", U, ""), "terminate", 2);
    store.apply(&[item(Fact::Call(Box::new(started)))]);
    store.apply(&[item(Fact::Call(Box::new(ended)))]);
    store.apply(&[says("in", &who("", U, ""), 3)]);
    assert_eq!(only(&store).phone.as_deref(), Some(P));
}

// A change of identity -----------------------------------------------------------------------------------------

/// The kind; the author; the ids that the notice gives as new and as former; the resulting phone, user id and parent
/// id.
type Change<'a> = (&'a str, Party, Party, Party, [&'a str; 3]);

#[rstest]
#[case::id_without_from(("user_changed_user_id", who("", U2, ""), who("", U2, ""), who("", U, ""), [P, U2, Q]))]
#[case::id_with_phone(("user_changed_user_id", who(P, "", ""), who("", U2, ""), who("", U, ""), [P, U2, Q]))]
#[case::id_with_both(("user_changed_user_id", who(P, U2, ""), who("", U2, ""), who("", U, ""), [P, U2, Q]))]
#[case::id_only_in_from(("user_changed_user_id", who("", U2, ""), Party::default(), who("", U, ""), [P, U2, Q]))]
#[case::from_is_the_former_id(("user_changed_user_id", who("", U, ""), who("", U2, ""), Party::default(), [P, U2, Q]))]
#[case::parent(("user_changed_user_id", who("", U2, Q2), who("", U2, Q2), who("", U, Q), [P, U2, Q2]))]
#[case::only_the_parent_is_told_as_former(("user_changed_user_id", Party::default(), who("", U2, Q2), who("", "", Q), [P, U2, Q2]))]
#[case::number(("user_changed_number", who(P, "", ""), who(P2, "", ""), Party::default(), [P2, U, Q]))]
#[case::number_and_id(("user_changed_number", who(P, "", ""), who(P2, U2, ""), who("", U, ""), [P2, U2, Q]))]
#[case::number_with_former_author(("user_changed_number", who(P, U, Q), who(P2, U2, Q2), Party::default(), [P2, U2, Q2]))]
#[case::number_without_from(("user_changed_number", Party::default(), who(P2, U2, Q2), who("", U, Q), [P2, U2, Q2]))]
#[case::older_word(("customer_changed_number", who(P, "", ""), who(P2, "", ""), Party::default(), [P2, U, Q]))]
#[case::number_that_is_not_told(("user_changed_number", who(P, "", ""), who("", U2, ""), who("", U, ""), ["", U2, Q]))]
fn every_form_of_a_change_of_identity_ends_as_one_contact_with_the_new_values(
    #[case] (kind, from, now, before, ids): Change<'_>,
) {
    let mut store = store();
    store.apply(&[says("before", &who(P, U, Q), 1)]);
    store.apply(&[changed(kind, &from, 2, &now, &before)]);
    let contact = only(&store);
    let [phone, user, parent] = ids;
    assert_eq!(contact.ids(), {
        let party = who(phone, user, parent);
        wabakit_domain::contact::ContactIds {
            phone: party.phone,
            user_id: party.user_id,
            parent_user_id: party.parent_user_id,
        }
    });
    let told = store.events.iter().filter_map(|event| match event {
        EventData::ContactIdentityChanged(told) => Some(told),
        _ => None,
    });
    let told: Vec<_> = told.collect();
    // A number that Meta takes away without naming the next is told after the new ids.
    let (first, told) = (told[0], told[told.len() - 1]);
    assert_eq!(
        (&told.contact.id, told.contact.ids()),
        (&contact.id, contact.ids())
    );
    let before = who(P, U, Q);
    assert_eq!(first.previous.phone, before.phone);
    assert_eq!(first.previous.user_id, before.user_id);
    assert_eq!(first.previous.parent_user_id, before.parent_user_id);
    store.apply(&[says("after", &who("", user, ""), 3)]);
    only(&store);
    thread(&store);
    // A message that was written before the change, and arrives only now, changes nothing.
    store.apply(&[says("late", &who(P, U, Q), 1)]);
    assert_eq!(only(&store).ids(), contact.ids());
}

#[test]
fn a_change_is_understood_although_the_new_id_wrote_first() {
    let mut store = store();
    store.apply(&[says("before", &who("", U, ""), 1)]);
    store.apply(&[says("early", &who("", U2, ""), 3)]);
    assert_eq!(store.rows.contacts.len(), 2);
    store.apply(&[changed(
        "user_changed_user_id",
        &who("", U2, ""),
        2,
        &who("", U2, ""),
        &who("", U, ""),
    )]);
    assert_eq!(only(&store).user_id, Some(U2.into()));
    assert_eq!(thread(&store).user_id, Some(U2.into()));
}

#[test]
fn a_change_that_names_nobody_we_know_is_a_new_person() {
    let mut store = store();
    store.apply(&[says("before", &who(P, U, ""), 1)]);
    store.apply(&[changed(
        "user_changed_user_id",
        &who("", "BR.9", ""),
        2,
        &who("", "BR.9", ""),
        &who("", "BR.8", ""),
    )]);
    assert_eq!(store.rows.contacts.len(), 2);
    assert_eq!(by_user(&store, "BR.8").id, by_user(&store, "BR.9").id);
}

#[test]
fn an_update_of_the_id_in_the_older_field_is_understood_too() {
    let mut store = store();
    store.apply(&[says("before", &who("", U, ""), 1)]);
    store.apply(&[item(Fact::UserId(UserIdChange {
        party: who("", U2, ""),
        previous: Some(U.into()),
        previous_parent: None,
        at: Some(at(2)),
    }))]);
    store.apply(&[says("after", &who("", U2, ""), 3)]);
    assert_eq!(only(&store).user_id, Some(U2.into()));
}

// Numbers that were passed on ----------------------------------------------------------------------------------

#[test]
fn a_number_that_was_passed_on_begins_a_new_person() {
    let mut store = store();
    store.apply(&[says("first", &named(who(P, U, ""), "First"), 1)]);
    store.apply(&[says("second", &named(who(P, U2, ""), "Second"), 2)]);
    let (first, second) = (by_user(&store, U), by_user(&store, U2));
    assert_ne!(first.id, second.id);
    assert_eq!(first.profile_name.as_deref(), Some("First"));
    assert_eq!(second.profile_name.as_deref(), Some("Second"));
    assert_eq!((first.phone, second.phone.as_deref()), (None, Some(P)));
    let passed = first.passed_on.unwrap();
    assert_eq!(
        (passed.phone.as_str(), passed.at, passed.to),
        (P, at(2), second.id)
    );
    assert_eq!(thread_of(&store, "first").state, ConversationState::Closed);
    assert_eq!(thread_of(&store, "second").state, ConversationState::Open);

    // The first person writes on, without a phone: answers go to them, and not to the number.
    store.apply(&[says("results", &who("", U, ""), 3)]);
    let on = thread_of(&store, "results");
    assert_eq!(on.id, thread_of(&store, "first").id);
    assert_eq!(
        (on.state, on.user_id, on.is_phone_stale),
        (ConversationState::Open, Some(U.into()), true)
    );
    // A fact that names only the number is about the second person.
    store.apply(&[says("number", &who(P, "", ""), 4)]);
    assert_eq!(message(&store, "number").contact, Some(second.id));
    // An older message that arrives late takes the number from nobody.
    store.apply(&[says("late", &who(P, U, ""), 1)]);
    assert_eq!(message(&store, "late").contact, Some(first.id));
    assert_eq!(by_phone(&store, P).id, second.id);
}

#[rstest]
#[case::text(says("other", &who(P, U2, ""), 2))]
#[case::status(delivered("out", &who(P, U2, ""), 2))]
#[case::call(item(Fact::Call(Box::new(call("wacid.1", &who(P, U2, ""), "connect", 2)))))]
#[case::echo(echo("other", &who(P, U2, ""), 2))]
#[case::sister(on(SISTER, says("other", &who(P, U2, ""), 2)))]
#[case::preference(preference(&who(P, U2, ""), "stop", Some(2)))]
fn ids_that_contradict_within_a_portfolio_are_two_people(#[case] told: Item) {
    let mut store = store();
    store.apply(&[
        says("first", &who(P, U, ""), 1),
        echo("out", &who(P, "", ""), 1),
    ]);
    store.apply(&[told]);
    assert_ne!(by_user(&store, U).id, by_user(&store, U2).id);
    assert_eq!(by_phone(&store, P).id, by_user(&store, U2).id);
    assert!(!by_user(&store, U).opted_out);
}

#[test]
fn ids_of_two_portfolios_are_one_persons() {
    let mut store = store();
    store.apply(&[says("one", &who(P, U, ""), 1)]);
    store.apply(&[on(STRANGER, says("two", &who(P, U2, ""), 2))]);
    only(&store);
    // An id contradicts only other ids of its own portfolio.
    store.apply(&[on(STRANGER, says("three", &who(P, "BR.3", ""), 3))]);
    assert_eq!(by_user(&store, U).id, by_user(&store, U2).id);
    assert_ne!(by_user(&store, U).id, by_user(&store, "BR.3").id);
}

#[test]
fn two_people_with_ids_of_their_own_are_not_merged_over_another_portfolio() {
    let mut store = store();
    store.apply(&[says("a", &who(P, U, ""), 1)]);
    store.apply(&[on(STRANGER, says("b", &who("", "BR.3", ""), 1))]);
    store.apply(&[says("c", &who("", U2, ""), 1)]);
    store.apply(&[on(STRANGER, says("d", &who(P, "BR.3", ""), 2))]);
    assert_eq!(
        by_user(&store, U).id,
        by_user(&store, "BR.3").id,
        "nothing contradicts"
    );
    store.apply(&[changed(
        "user_changed_number",
        &who("", "", ""),
        3,
        &who(P, "", ""),
        &who("", U2, ""),
    )]);
    assert_ne!(by_user(&store, U).id, by_user(&store, U2).id);
    assert_eq!(by_phone(&store, P).id, by_user(&store, U2).id);
}

#[test]
fn a_number_that_its_owner_left_is_free_for_the_next() {
    let mut store = store();
    store.apply(&[says("first", &who(P, "", ""), 1)]);
    store.apply(&[changed(
        "user_changed_number",
        &who(P, "", ""),
        2,
        &who(P2, "", ""),
        &Party::default(),
    )]);
    store.apply(&[says("stranger", &who(P, "", ""), 3)]);
    assert_eq!(store.rows.contacts.len(), 2);
    assert_ne!(by_phone(&store, P).id, by_phone(&store, P2).id);
    assert_eq!(by_phone(&store, P2).phone.as_deref(), Some(P2));
    store.apply(&[says("first.again", &who(P2, "", ""), 4)]);
    assert_eq!(
        message(&store, "first.again").contact,
        Some(by_phone(&store, P2).id)
    );
}

#[test]
fn a_new_number_that_was_somebody_elses_leaves_them() {
    let mut store = store();
    store.apply(&[
        says("other", &who(P2, "BR.9", ""), 1),
        says("mine", &who(P, U, ""), 1),
    ]);
    store.apply(&[changed(
        "user_changed_number",
        &who(P, "", ""),
        2,
        &who(P2, U2, ""),
        &who("", U, ""),
    )]);
    let other = by_user(&store, "BR.9");
    assert_eq!(
        (other.phone.as_deref(), other.passed_on.map(|it| it.to)),
        (None, Some(by_user(&store, U2).id))
    );
    assert_eq!(thread_of(&store, "other").state, ConversationState::Closed);
    assert_eq!(by_user(&store, U).id, by_user(&store, U2).id);
}

#[test]
fn contacts_that_an_admin_set_apart_stay_apart() {
    let mut store = store();
    store.apply(&[says("a", &who(P, "", ""), 1), says("b", &who("", U, ""), 1)]);
    let (a, b) = (by_phone(&store, P).id, by_user(&store, U).id);
    store.rows.contacts.get_mut(&a).unwrap().keep_apart(b);
    store.apply(&[says("c", &who(P, U, ""), 2)]);
    assert_eq!(store.rows.contacts.len(), 2);
    assert_eq!(message(&store, "c").contact, Some(b));
}

// Notices ------------------------------------------------------------------------------------------------------

#[rstest]
#[case::system(MessageContent::System { kind: "user_changed_user_id".into(), body: None, now: Some(who("", U2, "")), previous: Some(Box::new(who("", U, ""))) })]
#[case::identity(MessageContent::System { kind: "customer_identity_changed".into(), body: None, now: None, previous: None })]
#[case::unknown(MessageContent::Unsupported { kind: Some("system".into()), errors: vec![], raw: serde_json::Value::Null })]
#[case::welcome(MessageContent::RequestWelcome)]
#[case::encryption(MessageContent::Unsupported { kind: Some("e2e_notification".into()), errors: vec![], raw: serde_json::Value::Null })]
#[case::permission(MessageContent::CallPermissionReply { response: "accept".into(), source: Some("automatic".into()), expires_at: None, is_permanent: false })]
fn what_nobody_typed_is_a_line_and_nothing_else(#[case] content: MessageContent) {
    let mut store = store();
    store.apply(&[says("before", &who(P, U, ""), 0)]);
    for thread in store.rows.conversations.values_mut() {
        (thread.state, thread.unread) = (ConversationState::Closed, 0);
    }
    let before = thread(&store);
    store.told.clear();
    store.inbound.clear();
    store.apply(&[wrote("notice", &who(P, "", ""), 300_000, content)]);
    let after = thread(&store);
    assert_eq!((after.state, after.unread), (ConversationState::Closed, 0));
    assert_eq!(after.window_until(), before.window_until());
    assert_eq!(after.last_message, before.last_message);
    assert_eq!(message(&store, "notice").conversation, after.id);
    assert!(store.told.contains(&"message.notice"));
    assert!(!store.told.contains(&"message.received"));
    assert_eq!(store.inbound.get(&ACCOUNT), None);
}

#[test]
fn a_conversation_that_begins_with_a_notice_waits_for_nobody() {
    let mut store = store();
    store.apply(&[changed(
        "user_changed_number",
        &who(P, "", ""),
        1,
        &who(P2, "", ""),
        &Party::default(),
    )]);
    let thread = thread(&store);
    assert_eq!(
        (thread.state, thread.unread, thread.window_until()),
        (ConversationState::Closed, 0, None)
    );
    let begun = store.events.iter().find_map(|event| match event {
        EventData::ConversationUpdated(told) => Some(told.state),
        _ => None,
    });
    assert_eq!(
        begun,
        Some(ConversationState::Closed),
        "so listeners hear it"
    );
}

#[test]
fn a_notice_closes_no_conversation_that_is_open() {
    let mut store = store();
    store.apply(&[says("said", &who(P, "", ""), 0)]);
    // Its newest message may be gone, as after an erasure.
    for thread in store.rows.conversations.values_mut() {
        thread.last_message = None;
    }
    store.apply(&[wrote(
        "notice",
        &who(P, "", ""),
        5,
        MessageContent::RequestWelcome,
    )]);
    assert_eq!(thread(&store).state, ConversationState::Open);
}

#[test]
fn a_change_of_an_earlier_message_opens_no_window() {
    let mut store = store();
    store.apply(&[says("said", &who(P, "", ""), 0)]);
    let revoke = MessageContent::Revoke {
        original_message_id: "said".into(),
    };
    let edit = MessageContent::Edit {
        original_message_id: "said".into(),
        content: Box::new(text("x")),
    };
    store.apply(&[
        wrote("edit", &who(P, "", ""), 500, edit),
        wrote("revoke", &who(P, "", ""), 600, revoke),
    ]);
    assert_eq!(
        thread(&store).window_until(),
        Some(at(0) + Duration::hours(24))
    );
}

// Facts with a time at Meta ------------------------------------------------------------------------------------

fn preference(party: &Party, value: &str, seconds: Option<i64>) -> Item {
    item(Fact::Preference(MarketingPreference {
        party: party.clone(),
        value: value.to_owned(),
        detail: None,
        signup_id: None,
        at: seconds.map(at),
    }))
}

#[rstest]
#[case::late_resume(&[("stop", 100), ("resume", 50)], true)]
#[case::late_stop(&[("resume", 100), ("stop", 50)], false)]
#[case::late_signup(&[("stop", 100), ("signup", 99)], true)]
#[case::newer(&[("stop", 100), ("resume", 101)], false)]
#[case::same_second(&[("stop", 100), ("resume", 100)], false)]
#[case::refreshed(&[("stop", 100), ("stop", 200), ("resume", 150)], true)]
fn of_choices_about_marketing_the_newest_by_metas_clock_holds(
    #[case] choices: &[(&str, i64)],
    #[case] opted_out: bool,
) {
    let mut store = store();
    for (value, seconds) in choices {
        store.apply(&[preference(&who(P, "", ""), value, Some(*seconds))]);
    }
    assert_eq!(only(&store).opted_out, opted_out);
}

#[test]
fn a_choice_of_a_kind_to_come_changes_nothing_and_is_told() {
    let mut store = store();
    store.apply(&[preference(&who(P, "", ""), "stop", Some(10))]);
    assert!(!store.told.contains(&"account.notice"));
    store.apply(&[preference(&who(P, "", ""), "less_often", Some(20))]);
    assert!(only(&store).opted_out);
    let notice = store.events.iter().find_map(|event| match event {
        EventData::AccountNotice(told) => Some(format!("{:?}", told.change)),
        _ => None,
    });
    let notice = notice.unwrap();
    assert!(
        notice.contains("less_often") && notice.contains("contactId"),
        "{notice}"
    );
    assert!(!notice.contains(P), "it names the contact alone");
}

#[test]
fn a_choice_is_kept_through_a_merge_and_a_change_of_id() {
    let mut store = store();
    store.apply(&[
        preference(&who(P, "", ""), "stop", Some(10)),
        preference(&who("", U, ""), "resume", Some(5)),
    ]);
    store.apply(&[says("both", &who(P, U, ""), 20)]);
    assert!(only(&store).opted_out);
    store.apply(&[changed(
        "user_changed_user_id",
        &who("", U2, ""),
        30,
        &who("", U2, ""),
        &who("", U, ""),
    )]);
    assert!(only(&store).opted_out);
}

fn entry(name: Option<&str>, seconds: i64) -> Item {
    item(Fact::ContactBook(ContactBookEntry {
        party: who(P, "", ""),
        full_name: name.map(str::to_owned),
        first_name: None,
        removed: name.is_none(),
        at: Some(at(seconds)),
    }))
}

#[rstest]
#[case::add(&[entry(Some("Mari"), 1)], Some("Mari"))]
#[case::renamed(&[entry(Some("Mari"), 1), entry(Some("Maria"), 2)], Some("Maria"))]
#[case::removed(&[entry(Some("Mari"), 1), entry(None, 2)], None)]
#[case::given_name(&[item(Fact::ContactBook(ContactBookEntry { party: who(P, U, ""), full_name: None, first_name: Some("Mari".into()), removed: false, at: Some(at(1)) }))], Some("Mari"))]
#[case::without_a_time(&[item(Fact::ContactBook(ContactBookEntry { party: who(P, "", ""), full_name: Some("Mari".into()), first_name: None, removed: false, at: None }))], Some("Mari"))]
#[case::late(&[entry(Some("Maria"), 2), entry(Some("Mari"), 1)], Some("Maria"))]
#[case::late_removal(&[entry(Some("Maria"), 2), entry(None, 1)], Some("Maria"))]
fn the_phones_contact_book_never_overwrites_a_name_given_here(
    #[case] entries: &[Item],
    #[case] book: Option<&str>,
) {
    let mut store = store();
    store.apply(&[says("in", &named(who(P, "", ""), "M."), 0)]);
    for contact in store.rows.contacts.values_mut() {
        contact.name = Some("Maria (VIP)".to_owned());
    }
    for entry in entries {
        store.apply(std::slice::from_ref(entry));
    }
    let mut contact = only(&store);
    assert_eq!(contact.name.as_deref(), Some("Maria (VIP)"));
    assert_eq!(contact.book_name.as_deref(), book);
    contact.name = None;
    assert_eq!(contact.shown_name(), book.or(Some("M.")));
}

#[test]
fn a_removal_from_the_contact_book_makes_no_contact() {
    let mut store = store();
    store.apply(&[entry(None, 1)]);
    assert!(store.rows.contacts.is_empty());
}

// Spellings of an id -------------------------------------------------------------------------------------------

fn spelled(who: &str, token: &str, by_business: bool) -> String {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut bytes = vec![0x1c, 0x18, u8::try_from(who.len()).unwrap()];
    bytes.extend(who.bytes());
    let side = if by_business { 0x11 } else { 0x12 };
    bytes.extend([0x15, 2, 0, side, 0x18, u8::try_from(token.len()).unwrap()]);
    bytes.extend(token.bytes());
    bytes.push(0);
    let mut written = String::from("wamid.");
    for chunk in bytes.chunks(3) {
        let part = |n: usize| u32::from(chunk.get(n).copied().unwrap_or_default());
        let bits = part(0) << 16 | part(1) << 8 | part(2);
        for place in 0..4 {
            written.push(match place <= chunk.len() {
                true => char::from(LETTERS[(bits >> (18 - 6 * place) & 63) as usize]),
                false => '=',
            });
        }
    }
    written
}

#[rstest]
#[case::user_id(U, false)]
#[case::other_side(P, true)]
#[case::other_side_by_user_id(U, true)]
fn a_message_is_found_under_every_spelling_of_its_id(#[case] name: &str, #[case] side: bool) {
    let (ours, theirs) = (
        spelled(P, "3EB0AA01", false),
        spelled(name, "3EB0AA01", side),
    );
    let person = who(P, U, "");
    let mut store = store();
    store.apply(&[says(&ours, &person, 1)]);
    let edit = MessageContent::Edit {
        original_message_id: theirs.as_str().into(),
        content: Box::new(text("never mind")),
    };
    store.apply(&[wrote("edit", &person, 2, edit)]);
    assert_eq!(message(&store, &ours).content, text("never mind"));
    let quote = MessageFact {
        context: Some(Context {
            message_id: Some(theirs.as_str().into()),
            ..Context::default()
        }),
        ..fact("reply", &person, 3, text("reply"))
    };
    store.apply(&[item(Fact::Message(Box::new(quote)))]);
    let quoted = message(&store, "reply").context.unwrap().message_id;
    assert_eq!(quoted, Some(ours.as_str().into()));
    let reaction = MessageContent::Reaction {
        message_id: theirs.as_str().into(),
        emoji: Some("👍".into()),
    };
    store.apply(&[wrote("reaction", &person, 4, reaction)]);
    assert_eq!(
        message(&store, "reaction").content.quotes(),
        Some(&Wamid::from(ours.as_str()))
    );
    let imported = MessageFact {
        origin: Origin::History { status: None },
        ..fact(&theirs, &person, 1, text("again"))
    };
    store.apply(&[item(Fact::Message(Box::new(imported)))]);
    assert_eq!(store.rows.messages.len(), 4, "it is the same message");
    let revoke = MessageContent::Revoke {
        original_message_id: theirs.as_str().into(),
    };
    store.apply(&[wrote("revoke", &person, 5, revoke)]);
    assert_eq!(message(&store, &ours).revoked_at, Some(at(5)));
}

#[test]
fn a_status_finds_its_message_under_another_spelling() {
    let (ours, theirs) = (spelled(P, "3EB0AA02", true), spelled(U, "3EB0AA02", false));
    let mut store = store();
    store.apply(&[echo(&ours, &who(P, U, ""), 1)]);
    store.apply(&[delivered(&theirs, &who("", U, ""), 2)]);
    assert_eq!(
        message(&store, &ours).status,
        wabakit_domain::message::MessageStatus::Delivered
    );
}

#[test]
fn a_fact_before_its_message_waits_under_every_form_of_the_id() {
    let (ours, theirs) = (spelled(P, "3EB0AA03", false), spelled(U, "3EB0AA03", false));
    let person = who(P, U, "");
    let mut store = store();
    let revoke = MessageContent::Revoke {
        original_message_id: theirs.as_str().into(),
    };
    store.apply(&[wrote("revoke", &person, 5, revoke)]);
    store.apply(&[says(&ours, &person, 1)]);
    assert_eq!(message(&store, &ours).revoked_at, Some(at(5)));
    assert!(store.rows.waiting.is_empty());
}

#[test]
fn a_token_says_nothing_in_another_conversation_or_account() {
    let (ours, theirs) = (
        spelled(P, "3EB0AA04", false),
        spelled(P2, "3EB0AA04", false),
    );
    let mut store = store();
    store.apply(&[says(&ours, &who(P, U, ""), 1)]);
    let revoke = |of: &str| MessageContent::Revoke {
        original_message_id: of.into(),
    };
    store.apply(&[wrote("revoke.1", &who(P2, U2, ""), 5, revoke(&theirs))]);
    let other = spelled(U, "3EB0AA04", false);
    store.apply(&[on(
        SISTER,
        wrote("revoke.2", &who(P, U, ""), 5, revoke(&other)),
    )]);
    assert_eq!(message(&store, &ours).revoked_at, None);
    store.apply(&[says(&theirs, &who(P2, U2, ""), 1)]);
    assert_eq!(message(&store, &theirs).revoked_at, Some(at(5)));
}

#[test]
fn an_id_that_does_not_decode_is_compared_as_text() {
    for odd in [
        "wamid.1",
        "wamid.HBg",
        "wacid.1",
        "",
        "wamid.AAAA",
        &spelled(P, "", false),
    ] {
        assert_eq!(Wamid::from(odd).token(), None, "{odd}");
    }
    assert_eq!(
        Wamid::from(spelled(P, "3EB0", true)).token().as_deref(),
        Some("3EB0")
    );
}

// Edits --------------------------------------------------------------------------------------------------------

#[rstest]
#[case::at_once(true)]
#[case::one_by_one(false)]
fn of_edits_within_a_second_the_last_stands(#[case] is_late: bool) {
    let person = who(P, "", "");
    let edit = |body: &str| {
        let content = Box::new(text(body));
        let content = MessageContent::Edit {
            original_message_id: "said".into(),
            content,
        };
        wrote(body, &person, 10, content)
    };
    let edits = [edit("v2"), edit("v3"), edit("v4")];
    let mut store = store();
    if is_late {
        store.apply(&edits);
        store.apply(&[says("said", &person, 1)]);
    } else {
        store.apply(&[says("said", &person, 1)]);
        edits.into_iter().for_each(|edit| store.apply(&[edit]));
    }
    assert_eq!(message(&store, "said").content, text("v4"));
    store.apply(&[edit("v2")]);
    assert_eq!(
        message(&store, "said").content,
        text("v4"),
        "it is a repetition"
    );
}

fn photo(id: Option<&str>, caption: Option<&str>) -> MediaContent {
    MediaContent {
        meta_media_id: id.map(Into::into),
        mime_type: id.map(|_| "image/jpeg".into()),
        sha256: id.map(|_| "hash".into()),
        caption: caption.map(Into::into),
        filename: None,
        voice: false,
        animated: false,
        link: None,
    }
}

#[rstest]
#[case::image(MessageContent::Image as fn(MediaContent) -> MessageContent)]
#[case::video(MessageContent::Video as fn(MediaContent) -> MessageContent)]
#[case::document(MessageContent::Document as fn(MediaContent) -> MessageContent)]
fn an_edit_of_the_caption_leaves_the_file(#[case] of: fn(MediaContent) -> MessageContent) {
    let person = who(P, "", "");
    let mut store = store();
    store.apply(&[wrote(
        "photo",
        &person,
        1,
        of(photo(Some("7"), Some("old"))),
    )]);
    let content = Box::new(of(photo(None, Some("new"))));
    store.apply(&[wrote(
        "edit",
        &person,
        2,
        MessageContent::Edit {
            original_message_id: "photo".into(),
            content,
        },
    )]);
    assert_eq!(
        message(&store, "photo").content,
        of(photo(Some("7"), Some("new")))
    );
}

#[rstest]
#[case::caption_alone(photo(None, Some("new")), photo(Some("7"), Some("new")))]
#[case::same_file(photo(Some("7"), None), MediaContent { filename: Some("a.pdf".into()), ..photo(Some("7"), None) })]
#[case::other_file(photo(Some("8"), Some("new")), photo(Some("8"), Some("new")))]
#[case::nothing(photo(None, None), photo(Some("7"), Some("old")))]
fn an_edit_of_a_file_changes_only_what_it_names(
    #[case] told: MediaContent,
    #[case] after: MediaContent,
) {
    let person = who(P, "", "");
    let before = MediaContent {
        filename: Some("a.pdf".into()),
        ..photo(Some("7"), Some("old"))
    };
    let after = match after.meta_media_id == before.meta_media_id {
        true => MediaContent {
            filename: before.filename.clone(),
            ..after
        },
        false => after,
    };
    let mut store = store();
    store.apply(&[wrote("file", &person, 1, MessageContent::Document(before))]);
    let edit = MessageContent::Edit {
        original_message_id: "file".into(),
        content: Box::new(MessageContent::Document(told)),
    };
    store.apply(&[wrote("edit", &person, 2, edit)]);
    assert_eq!(
        message(&store, "file").content,
        MessageContent::Document(after)
    );
}

#[rstest]
#[case::image(MessageContent::Image as fn(MediaContent) -> MessageContent, "new", Some("new"))]
#[case::video(MessageContent::Video as fn(MediaContent) -> MessageContent, "new", Some("new"))]
#[case::taken_away(MessageContent::Document as fn(MediaContent) -> MessageContent, "", None)]
fn a_text_in_place_of_a_file_is_its_caption(
    #[case] of: fn(MediaContent) -> MessageContent,
    #[case] said: &str,
    #[case] caption: Option<&str>,
) {
    let person = who(P, "", "");
    let mut store = store();
    store.apply(&[wrote("file", &person, 1, of(photo(Some("7"), Some("old"))))]);
    let edit = MessageContent::Edit {
        original_message_id: "file".into(),
        content: Box::new(text(said)),
    };
    store.apply(&[wrote("edit", &person, 2, edit)]);
    assert_eq!(
        message(&store, "file").content,
        of(photo(Some("7"), caption))
    );
}

// Calls --------------------------------------------------------------------------------------------------------

fn call(id: &str, with: &Party, event: &str, seconds: i64) -> Call {
    Call {
        call_id: id.into(),
        party: with.clone(),
        group_id: None,
        by_customer: true,
        event: event.to_owned(),
        status: None,
        at: at(seconds),
        started_at: None,
        ended_at: None,
        duration: None,
        recording: None,
        transcript: None,
        errors: vec![],
    }
}

fn rings(call: Call) -> Item {
    item(Fact::Call(Box::new(call)))
}

#[rstest]
#[case::failed(&[("connect", None), ("terminate", Some("FAILED"))], 1)]
#[case::without_status(&[("connect", None), ("terminate", None)], 1)]
#[case::only_the_end(&[("terminate", Some("FAILED"))], 1)]
#[case::reversed(&[("terminate", Some("FAILED")), ("connect", None)], 1)]
#[case::twice(&[("connect", None), ("terminate", Some("FAILED")), ("terminate", Some("FAILED"))], 1)]
#[case::of_a_kind_to_come(&[("connect", None), ("terminate", Some("BUSY_TO_COME"))], 1)]
#[case::answered(&[("connect", None), ("terminate", Some("COMPLETED"))], 0)]
#[case::answered_in_small_letters(&[("connect", None), ("terminate", Some("completed"))], 0)]
#[case::rings(&[("connect", None)], 0)]
fn a_missed_call_wants_attention(#[case] events: &[(&str, Option<&str>)], #[case] unread: i32) {
    let person = who(P, U, "");
    let mut store = store();
    store.apply(&[says("before", &person, 0)]);
    for thread in store.rows.conversations.values_mut() {
        (thread.state, thread.unread) = (ConversationState::Closed, 0);
    }
    for (event, status) in events {
        let status = status.map(str::to_owned);
        store.apply(&[rings(Call {
            status,
            ..call("wacid.1", &person, event, 10)
        })]);
    }
    let thread = thread(&store);
    assert_eq!(thread.unread, unread);
    assert_eq!(thread.state == ConversationState::Open, unread > 0);
    assert_eq!(thread.last_inbound_at, Some(at(10)));
    assert_eq!(thread.last_message, Some(message(&store, "wacid.1").id));
    let preview = message(&store, "wacid.1")
        .content
        .preview()
        .map(str::to_owned);
    assert_eq!(
        preview.as_deref(),
        Some(if unread > 0 { "Missed call" } else { "Call" })
    );
}

#[test]
fn only_a_customers_call_is_missed_and_in_a_group_too() {
    let person = who(P, U, "");
    for (by_customer, group, duration, unread) in [
        (true, None, None, 1),
        (true, Some("g1"), None, 1),
        (true, None, Some(0), 1),
        (true, None, Some(3), 0),
        (false, None, None, 0),
    ] {
        let mut store = store();
        store.apply(&[rings(Call {
            by_customer,
            group_id: group.map(Into::into),
            duration,
            status: Some("FAILED".into()),
            ..call("wacid.1", &person, "terminate", 10)
        })]);
        assert_eq!(
            thread(&store).unread,
            unread,
            "{by_customer} {group:?} {duration:?}"
        );
    }
}

#[rstest]
#[case::call_first(false)]
#[case::voicemail_first(true)]
fn a_voicemail_is_a_message_beside_its_call(#[case] is_reversed: bool) {
    let person = who(P, U, "");
    let audio = MessageContent::Audio(photo(Some("9"), None));
    let voicemail = wrote("wacid.a", &person, 20, audio.clone());
    let missed = rings(call("wacid.a", &person, "terminate", 10));
    let mut items = vec![missed, voicemail];
    if is_reversed {
        items.reverse();
    }
    let mut store = store();
    for item in &items {
        store.apply(std::slice::from_ref(item));
    }
    let voice = message(&store, "wacid.a~message");
    assert_eq!(voice.content, audio);
    assert_eq!(voice.wamid.as_ref().map(Wamid::as_given), Some("wacid.a"));
    assert_eq!(store.files.len(), 1);
    assert_eq!(store.files[0].message, voice.id);
    assert_eq!(thread(&store).unread, 2);
    assert!(store.told.contains(&"message.received"));
    store.apply(&items);
    assert_eq!((store.rows.messages.len(), store.files.len()), (2, 1));
}

#[rstest]
#[case::after_the_end(&["connect", "terminate", "call_recording_available"])]
#[case::before_the_end(&["connect", "call_recording_available", "terminate"])]
#[case::first(&["call_recording_available", "connect", "terminate"])]
fn a_calls_files_are_kept_whenever_they_come(#[case] events: &[&str]) {
    let mut store = store();
    for event in events {
        let is_file = *event == "call_recording_available";
        let file = |id: &str| is_file.then(|| Box::new(photo(Some(id), None)));
        let told = Call {
            status: (*event == "terminate").then(|| "COMPLETED".to_owned()),
            recording: file("1"),
            transcript: file("2"),
            ..call("wacid.b", &who(P, "", ""), event, 10)
        };
        store.told.clear();
        store.apply(&[rings(told)]);
        assert!(!is_file || store.told.contains(&"call.updated"));
    }
    let MessageContent::Call(kept) = message(&store, "wacid.b").content else {
        panic!("a call")
    };
    assert_eq!(kept.event, "terminate");
    assert_eq!(kept.recording.unwrap().meta_media_id, Some("1".into()));
    let files: BTreeSet<_> = store
        .files
        .iter()
        .map(|file| file.meta_media_id.clone().unwrap())
        .collect();
    assert_eq!(files, BTreeSet::from(["1".into(), "2".into()]));
    assert_eq!(thread(&store).unread, 0);
}

#[test]
fn a_call_tells_why_it_failed() {
    let fault = wabakit_domain::inbound::MetaFault {
        code: 138_001,
        title: None,
        message: None,
        details: None,
        href: None,
    };
    let errors = vec![fault];
    let mut store = store();
    store.apply(&[rings(call("wacid.c", &who(P, "", ""), "connect", 1))]);
    store.told.clear();
    store.apply(&[rings(Call {
        errors: errors.clone(),
        ..call("wacid.c", &who(P, "", ""), "connect", 1)
    })]);
    assert_eq!(message(&store, "wacid.c").errors, errors);
    assert_eq!(store.told, ["call.updated"]);
}
