//! Composing a message.

use super::*;

#[test]
fn composing_makes_contact_and_conversation_once() {
    let mut store = Store::default();
    let other = MessageId(Uuid::from_u128(0xdef));
    store.apply(&[
        composed(compose_to(ID, "15550100")),
        composed(compose_to(other, "+1 555-0100")),
    ]);
    let third = MessageId(Uuid::from_u128(0x123));
    store.apply(&[composed(compose_to(third, "15550100"))]);
    assert_eq!(store.rows.contacts.len(), 1);
    assert_eq!(store.rows.conversations.len(), 1);
    assert_eq!(store.rows.messages.len(), 3);
    assert_eq!(store.bodies.len(), 3);
    let told = ["contact.updated", "conversation.updated"];
    assert_eq!(store.told[..2], told);
    assert_eq!(store.told[2..], ["message.queued"; 3]);
    let conversation = store.rows.conversations.values().next().unwrap();
    assert_eq!(conversation.last_message, Some(third));
    assert!(store.rows.messages.values().all(|m| m.wamid.is_none()));
}

#[test]
fn a_number_without_its_mobile_digit_is_the_person_whom_meta_knows_with_it() {
    let mut store = Store::default();
    store.apply(&[wrote("in.1", "5511987654321", Origin::Live)]);
    store.apply(&[composed(compose_to(ID, "551187654321"))]);
    assert_eq!(store.rows.contacts.len(), 1);
    let contact = store.rows.contacts.values().next().unwrap();
    assert_eq!(contact.phone.as_deref(), Some("5511987654321"));
    assert_eq!(store.message().contact, Some(contact.id));
    assert!(!store.told.ends_with(&["contact.updated", "message.queued"]));
}

#[test]
fn a_group_is_written_to_without_a_person() {
    let mut store = Store::default();
    let group = GroupId::from("g.1");
    store.apply(&[composed(Compose {
        party: Party::default(),
        group_id: Some(group.clone()),
        ..compose_to(ID, "")
    })]);
    assert!(store.rows.contacts.is_empty());
    assert_eq!(store.rows.conversations.len(), 1);
    assert_eq!(store.message().group_id, Some(group));
    assert_eq!(store.message().contact, None);
}

#[test]
fn nobody_is_no_addressee() {
    let mut store = Store::default();
    let refused = store.apply_at(at(1_000), &[composed(compose_to(ID, "none"))]);
    assert_eq!(refused, [(0, Refused::Nobody)]);
    assert!(store.rows.messages.is_empty() && store.told.is_empty());
}

#[test]
fn who_answers_has_read_and_a_program_or_a_campaign_has_not() {
    let somebody = Some(UserId(Uuid::from_u128(9)));
    let cases = [
        (None, Priority::Normal, "", 1),
        (somebody, Priority::Normal, "", 0),
        (somebody, Priority::High, "", 0),
        (somebody, Priority::Low, "", 1),
        (somebody, Priority::Normal, "spring", 1),
    ];
    for (author, priority, flow, unread) in cases {
        let mut store = Store::default();
        store.apply(&[wrote("in.1", "15550100", Origin::Live)]);
        let mut compose = compose_to(ID, "15550100");
        compose.job.author = author;
        compose.job.priority = priority;
        compose.job.flow = flow.into();
        store.apply(&[composed(compose)]);
        let conversation = store.rows.conversations.values().next().unwrap();
        assert_eq!(conversation.unread, unread);
    }
}

#[test]
fn a_file_of_our_own_is_not_fetched() {
    let file = StoredFile {
        media: MediaId(Uuid::from_u128(5)),
        key: "org/file".into(),
        size: 3,
        mime_type: "image/png".into(),
        sha256: "00".into(),
        filename: None,
    };
    let mut store = Store::default();
    let compose = Compose {
        file: Some(file.clone()),
        ..compose_to(ID, "15550100")
    };
    store.apply(&[composed(compose)]);
    assert_eq!(store.message().media, Some(file.media));
    assert_eq!(store.files[0].stored, Some(file));
}

#[test]
fn only_what_customers_write_now_is_counted() {
    let mut store = queued();
    store.apply(&[
        wrote("in.1", "15550100", Origin::Live),
        wrote("in.1", "15550100", Origin::Live),
        wrote("in.2", "15550101", Origin::Live),
        wrote("echo", "15550100", Origin::Echo),
        wrote("old", "15550100", Origin::History { status: None }),
    ]);
    assert_eq!(store.inbound, [(ACCOUNT, 2)].into());
}
