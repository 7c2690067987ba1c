//! Updates of groups: the facts at the conversation, the people, and the events.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests fail by panicking"
)]

#[allow(dead_code, reason = "the other suites use the rest")]
mod common;

use common::{ACCOUNT, ORG, Store, at, item, text};
use rstest::rstest;
use uuid::Uuid;
use wabakit_domain::{
    contact::{Contact, ContactKey},
    conversation::{Conversation, ConversationState, Peer},
    event::{EventData, GroupEvent},
    group::Group,
    ids::AccountId,
    inbound::{
        Fact, GroupChange, GroupPerson, GroupRole, GroupSetting, GroupUpdate, MessageContent,
        MessageFact, MetaFault, Origin, Party, StatusUpdate,
    },
    inbox::Item,
    message::{Direction, ReportedStatus},
};

const G: &str = "Y2FwaV9ncm91cDox";
const P: &str = "15550100001";
const P2: &str = "15550100002";
const U: &str = "BR.1000000000000001";
const U2: &str = "BR.1000000000000002";
/// Another number of the same WABA.
const SISTER: AccountId = AccountId(Uuid::from_u128(3));

fn store() -> Store {
    let mut store = Store::default();
    let portfolios = [(ACCOUNT, "b1"), (SISTER, "b1")];
    store.rows.portfolios = portfolios.map(|(id, name)| (id, name.to_owned())).into();
    store
}

fn who(phone: &str, user: &str) -> Party {
    let some = |id: &str| (!id.is_empty()).then(|| id.to_owned());
    Party {
        phone: some(phone),
        user_id: some(user).map(Into::into),
        ..Party::default()
    }
}

fn change(event: &str) -> GroupChange {
    GroupChange {
        field: "group_settings_update".into(),
        event: Some(event.to_owned()),
        group_id: Some(G.into()),
        ..GroupChange::default()
    }
}

fn setting(text: &str, is_applied: bool) -> Option<GroupSetting> {
    Some(GroupSetting {
        text: Some(text.to_owned()),
        is_applied,
        errors: vec![],
    })
}

fn named(subject: &str) -> GroupChange {
    GroupChange {
        subject: setting(subject, true),
        ..change("group_settings_update")
    }
}

fn failed(change: GroupChange) -> GroupChange {
    let fault = MetaFault {
        code: 131_209,
        title: None,
        message: None,
        details: None,
        href: None,
    };
    GroupChange {
        errors: vec![fault],
        ..change
    }
}

fn told(seconds: i64, change: GroupChange, people: &[(GroupRole, Party)]) -> Item {
    let people = people.iter().map(|(role, party)| GroupPerson {
        party: party.clone(),
        role: *role,
        input: None,
        errors: vec![],
    });
    item(Fact::Group(Box::new(GroupUpdate {
        change,
        people: people.collect(),
        at: Some(at(seconds)),
    })))
}

fn message(wamid: &str, from: &Party, seconds: i64, content: MessageContent) -> Item {
    item(Fact::Message(Box::new(MessageFact {
        wamid: wamid.into(),
        direction: Direction::Inbound,
        party: from.clone(),
        group_id: Some(G.into()),
        at: at(seconds),
        origin: Origin::Live,
        context: None,
        referral: None,
        content,
    })))
}

fn thread(store: &Store) -> Conversation {
    store.rows.conversations[&(ACCOUNT, Peer::Group(G.into()))].clone()
}

fn facts(store: &Store) -> Group {
    *thread(store).group.unwrap()
}

fn owner(store: &Store, key: ContactKey) -> Contact {
    store.rows.contacts[&store.rows.keys[&(ORG, key)]].clone()
}

fn last(store: &Store) -> GroupEvent {
    let mut events = store.events.iter().rev();
    let found = events.find_map(|event| match event {
        EventData::GroupUpdated(told) => Some((**told).clone()),
        _ => None,
    });
    found.unwrap()
}

#[test]
fn a_group_that_is_created_has_a_conversation_that_waits_for_nobody() {
    let mut store = store();
    let created = GroupChange {
        subject: setting("Order", true),
        description: setting("Left", true),
        join_approval_mode: Some("auto_approve".into()),
        ..change("group_create")
    };
    store.apply(&[told(10, created, &[])]);
    let found = thread(&store);
    assert_eq!((found.state, found.unread), (ConversationState::Closed, 0));
    assert_eq!(found.window_until(), None);
    assert_eq!(
        facts(&store).shown(),
        (
            Some("Order"),
            Some("Left"),
            Some("auto_approve"),
            false,
            false
        )
    );
    assert_eq!(store.told, ["conversation.updated", "group.updated"]);
    let EventData::ConversationUpdated(event) = &store.events[0] else {
        panic!("{:?}", store.events);
    };
    assert_eq!(**event, found, "the event tells it as it is stored");
    assert_eq!(last(&store).conversation, Some(found.id));
    // What somebody writes in it goes there, and opens it.
    store.apply(&[message("in", &who(P, U), 20, text("Hi"))]);
    let after = thread(&store);
    assert_eq!(
        (after.id, after.state, after.unread),
        (found.id, ConversationState::Open, 1)
    );
    assert_eq!(after.group, found.group);
    assert_eq!(
        (after.user_id, after.is_phone_stale),
        (None, false),
        "answers go to the group"
    );
}

#[rstest]
#[case::older(&[(10, named("b")), (5, named("a"))], "b")]
#[case::newer(&[(10, named("a")), (11, named("b"))], "b")]
#[case::same_second(&[(10, named("a")), (10, named("b"))], "b")]
#[case::older_creation(&[(10, named("b")), (5, GroupChange { subject: setting("a", true), ..change("group_create") })], "b")]
#[case::part_that_failed(&[(10, named("a")), (11, GroupChange { subject: setting("b", false), ..change("group_settings_update") })], "a")]
#[case::creation_that_failed(&[(10, named("a")), (11, failed(GroupChange { subject: setting("b", false), ..change("group_create") }))], "a")]
#[case::part_that_succeeded(&[(10, named("a")), (11, failed(named("b")))], "b")]
fn the_subject_is_the_newest_that_meta_applied(
    #[case] changes: &[(i64, GroupChange)],
    #[case] subject: &str,
) {
    let mut one_by_one = store();
    let mut at_once = store();
    let items = changes.iter().cloned();
    let items: Vec<_> = items.map(|(at, change)| told(at, change, &[])).collect();
    at_once.apply(&items);
    for item in items {
        one_by_one.apply(&[item]);
    }
    for store in [one_by_one, at_once] {
        assert_eq!(facts(&store).subject.value.as_deref(), Some(subject));
        let events = store.told.iter().filter(|kind| **kind == "group.updated");
        assert_eq!(events.count(), changes.len(), "each is told");
    }
}

#[test]
fn a_suspension_and_a_deletion_stand_until_they_are_taken_back() {
    for (events, shown) in [
        (&[("group_suspend", 10)][..], (true, false)),
        (
            &[("group_suspend", 10), ("group_suspend_cleared", 20)],
            (false, false),
        ),
        (
            &[("group_suspend_cleared", 20), ("group_suspend", 10)],
            (false, false),
        ),
        (
            &[("group_suspend_cleared", 10), ("group_suspend", 20)],
            (true, false),
        ),
        (&[("group_delete", 10)], (false, true)),
        (&[("group_delete", 20), ("group_create", 10)], (false, true)),
        (&[("group_suspend", 5), ("group_delete", 20)], (true, true)),
    ] {
        let mut store = store();
        for (event, seconds) in events {
            store.apply(&[told(*seconds, change(event), &[])]);
        }
        let facts = facts(&store);
        assert_eq!(
            (facts.is_suspended.value, facts.is_deleted.value),
            shown,
            "{events:?}"
        );
    }
    // One that Meta refused changes nothing, and one of a kind to come neither.
    let mut store = store();
    store.apply(&[
        told(10, failed(change("group_delete")), &[]),
        told(20, change("group_archived_to_come"), &[]),
        told(30, failed(change("group_create")), &[]),
    ]);
    assert!(store.rows.conversations.is_empty());
    assert_eq!(store.told, ["group.updated"; 3]);
}

#[test]
fn what_changes_nothing_that_is_shown_is_told_once() {
    let mut store = store();
    store.apply(&[told(10, named("a"), &[])]);
    store.told.clear();
    store.apply(&[told(20, named("a"), &[])]);
    assert_eq!(store.told, ["group.updated"]);
    // Its time counts all the same.
    store.apply(&[told(15, named("b"), &[])]);
    assert_eq!(facts(&store).subject.value.as_deref(), Some("a"));
}

#[rstest]
#[case::added(GroupRole::Added)]
#[case::removed(GroupRole::Removed)]
#[case::failed(GroupRole::Failed)]
#[case::requester(GroupRole::Requester)]
#[case::initiator(GroupRole::Initiator)]
fn everybody_in_an_update_is_learnt_and_told_by_contact(#[case] role: GroupRole) {
    let mut store = store();
    store.apply(&[message("in", &who(P, ""), 1, text("Hi"))]);
    let both = Party {
        profile_name: Some("Zoe".into()),
        ..who(P, U)
    };
    let update = change("group_participants_update");
    store.apply(&[told(10, update, &[(role, both), (role, who("", U2))])]);
    let zoe = owner(&store, ContactKey::UserId(U.into()));
    assert_eq!(zoe.phone.as_deref(), Some(P));
    assert_eq!(zoe.profile_name.as_deref(), Some("Zoe"));
    let event = last(&store);
    let told: Vec<_> = event
        .people
        .iter()
        .map(|it| (it.contact, it.role))
        .collect();
    let other = owner(&store, ContactKey::UserId(U2.into()));
    assert_eq!(told, [(Some(zoe.id), role), (Some(other.id), role)]);
    let written = format!("{event:?}");
    assert!(!written.contains(P) && !written.contains(U), "{written}");
    assert_eq!(store.rows.contacts.len(), 2);
    assert!(
        thread(&store).group.is_none(),
        "people are no fact of the group"
    );
}

#[test]
fn one_person_who_is_named_twice_is_one_contact() {
    let mut store = store();
    store.apply(&[
        message("a", &who(P, ""), 1, text("Hi")),
        message("b", &who("", U), 2, text("Hi")),
    ]);
    assert_eq!(store.rows.contacts.len(), 2);
    let people = [
        (GroupRole::Added, who("", U)),
        (GroupRole::Added, who(P, "")),
        (GroupRole::Initiator, who(P, U)),
    ];
    store.apply(&[told(10, change("group_participants_add"), &people)]);
    let zoe = owner(&store, ContactKey::UserId(U.into()));
    assert_eq!(store.rows.contacts.len(), 1);
    let event = last(&store);
    assert!(event.people.iter().all(|it| it.contact == Some(zoe.id)));
}

#[test]
fn an_older_update_undoes_no_newer_fact_about_a_person() {
    let mut store = store();
    let newer = Party {
        profile_name: Some("New".into()),
        ..who(P, U)
    };
    store.apply(&[message("in", &newer, 20, text("Hi"))]);
    let older = Party {
        profile_name: Some("Old".into()),
        ..who(P, "BR.OLD")
    };
    store.apply(&[told(
        10,
        change("group_participants_add"),
        &[(GroupRole::Added, older)],
    )]);
    let zoe = owner(&store, ContactKey::UserId(U.into()));
    assert_eq!(zoe.profile_name.as_deref(), Some("New"));
    assert_eq!(zoe.phone.as_deref(), Some(P), "the number stays hers");
}

#[test]
fn without_a_time_of_its_own_an_update_has_that_of_its_delivery() {
    for (told_at, kept) in [(Some(at(5)), "old"), (None, "new"), (Some(at(11)), "new")] {
        let mut store = store();
        store.apply(&[told(10, named("old"), &[])]);
        let mut new = told(0, named("new"), &[]);
        new.told_at = told_at;
        let Fact::Group(update) = &mut new.fact else {
            panic!("a group");
        };
        update.at = None;
        store.apply(&[new]);
        assert_eq!(
            facts(&store).subject.value.as_deref(),
            Some(kept),
            "{told_at:?}"
        );
        assert_eq!(last(&store).at, None, "Meta told none");
    }
}

#[test]
fn a_group_is_one_numbers_and_an_update_for_a_waba_finds_it() {
    let mut store = store();
    store.apply(&[told(10, named("a"), &[])]);
    let mut other = told(20, named("b"), &[]);
    other.accounts = vec![SISTER];
    store.apply(&[other]);
    assert_eq!(facts(&store).subject.value.as_deref(), Some("a"));
    assert_eq!(store.rows.conversations.len(), 2);
    store
        .rows
        .conversations
        .remove(&(SISTER, Peer::Group(G.into())));
    let mut of_both = told(30, named("c"), &[(GroupRole::Added, who(P, U))]);
    of_both.accounts = vec![SISTER, ACCOUNT];
    store.apply(&[of_both.clone()]);
    assert_eq!(facts(&store).subject.value.as_deref(), Some("c"));
    assert_eq!(last(&store).account, Some(ACCOUNT));
    // A group that none of them has is told, and kept nowhere.
    let Fact::Group(update) = &mut of_both.fact else {
        panic!("a group");
    };
    update.change.group_id = Some("other".into());
    store.apply(&[of_both]);
    let event = last(&store);
    assert_eq!((event.account, event.conversation), (None, None));
    assert_eq!(event.people.len(), 1);
    assert_eq!(store.rows.conversations.len(), 1);
}

#[test]
fn a_status_teaches_who_the_member_is() {
    let mut store = store();
    store.apply(&[message("in", &who(P, ""), 1, text("Hi"))]);
    let sent = MessageFact {
        wamid: "out".into(),
        direction: Direction::Outbound,
        party: Party::default(),
        group_id: Some(G.into()),
        at: at(2),
        origin: Origin::Echo,
        context: None,
        referral: None,
        content: text("Hello"),
    };
    store.apply(&[item(Fact::Message(Box::new(sent)))]);
    let read = |member: Party| {
        item(Fact::Status(Box::new(StatusUpdate {
            wamid: "out".into(),
            status: ReportedStatus::Read,
            at: at(3),
            participant: member.phone.clone(),
            recipient: member,
            group_id: Some(G.into()),
            opaque: None,
            pricing: None,
            conversation: None,
            errors: vec![],
            extra: None,
        })))
    };
    store.apply(&[read(who(P, U)), read(who(P2, U2)), read(Party::default())]);
    assert_eq!(
        owner(&store, ContactKey::UserId(U.into())).phone.as_deref(),
        Some(P)
    );
    assert_eq!(
        owner(&store, ContactKey::UserId(U2.into()))
            .phone
            .as_deref(),
        Some(P2)
    );
    assert_eq!(store.rows.contacts.len(), 2);
    assert_eq!(store.rows.statuses.len(), 3, "each member read it");
    assert_eq!(store.rows.conversations.len(), 1);
    let extras = store.events.iter().filter_map(|event| match event {
        EventData::MessageStatus(told) => told.entry.extra.clone(),
        _ => None,
    });
    let extras: Vec<_> = extras.map(|extra| extra.to_string()).collect();
    assert!(
        extras[0].contains("recipient_participant_user_id"),
        "{extras:?}"
    );
}
