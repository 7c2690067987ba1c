use serde_json::json;
use wabakit_domain::{
    inbound::{ConversationWindow, Fact, MetaFault, Party, Pricing},
    message::ReportedStatus,
};
use wabakit_webhooks::ItemError;

use crate::support::{
    PARENT, PERSON, USER, at, fact, facts, items, of_number, phone, some, status,
};

#[test]
fn every_status_is_known() {
    for (name, expected) in [
        ("sent", ReportedStatus::Sent),
        ("delivered", ReportedStatus::Delivered),
        ("read", ReportedStatus::Read),
        ("played", ReportedStatus::Played),
        ("failed", ReportedStatus::Failed),
    ] {
        let told = status(json!({"status": name}));
        assert_eq!(told.status, expected);
        assert_eq!(
            (told.wamid.as_str(), told.at),
            ("wamid.HBgL", at(1750263773))
        );
        assert_eq!(told.recipient, phone(PERSON));
    }
}

#[test]
fn a_new_status_is_unsupported_and_costs_no_sibling() {
    let one = |status: &str| json!({"id": "wamid.a", "status": status, "timestamp": "1"});
    let found = facts(
        "messages",
        &of_number(json!({"statuses": [one("warped"), one("read")]})),
    );
    assert_eq!(
        found[0],
        Fact::Unsupported {
            what: "messages.statuses.warped".to_owned()
        }
    );
    assert!(matches!(&found[1], Fact::Status(it) if it.status == ReportedStatus::Read));
}

#[test]
fn a_status_may_name_the_person_by_scoped_ids_alone() {
    let told = status(
        json!({"recipient_id": null, "recipient_user_id": USER, "recipient_parent_user_id": PARENT}),
    );
    let expected = Party {
        user_id: Some(USER.into()),
        parent_user_id: Some(PARENT.into()),
        ..Party::default()
    };
    assert_eq!(told.recipient, expected);
    let told = status(json!({"recipient_id": USER}));
    assert_eq!(
        (told.recipient.phone, told.recipient.user_id),
        (None, Some(USER.into()))
    );
    let told = status(json!({"recipient_id": null}));
    assert!(told.recipient.is_nobody());
}

#[test]
fn contacts_beside_a_status_tell_more_of_the_person() {
    let contact =
        json!({"profile": {"name": "A", "username": "a"}, "wa_id": PERSON, "user_id": USER});
    let one = json!({"id": "wamid.a", "status": "sent", "timestamp": "1", "recipient_id": PERSON});
    let value = of_number(json!({"contacts": [contact], "statuses": [one]}));
    let Fact::Status(told) = fact("messages", &value) else {
        panic!()
    };
    assert_eq!(told.recipient.user_id, Some(USER.into()));
    assert_eq!(told.recipient.username, some("a"));
}

#[test]
fn the_identity_hash_is_told() {
    let told = status(json!({"recipient_identity_key_hash": "DF2l"}));
    assert_eq!(told.recipient.identity_key_hash, some("DF2l"));
}

#[test]
fn a_group_status_names_group_and_member() {
    let told = status(
        json!({"recipient_id": "Y2FwaV9n", "recipient_type": "group", "recipient_participant_id": PERSON}),
    );
    assert_eq!(told.group_id, Some("Y2FwaV9n".into()));
    assert_eq!(told.participant, some(PERSON));
    assert_eq!(
        told.recipient,
        phone(PERSON),
        "the member, and not the group"
    );
    // A group's id may look like a number.
    let told = status(json!({"recipient_id": "120363025246125486", "recipient_type": "group"}));
    assert_eq!(told.group_id, Some("120363025246125486".into()));
    assert!(told.recipient.is_nobody());
    // A status aggregated over all members names none.
    let told = status(json!({"recipient_id": "Y2FwaV9n", "recipient_type": "group"}));
    assert_eq!(
        (told.group_id, told.participant),
        (Some("Y2FwaV9n".into()), None)
    );
}

#[test]
fn what_the_sender_gave_comes_back() {
    assert_eq!(
        status(json!({"biz_opaque_callback_data": "ord/1"})).opaque,
        some("ord/1")
    );
    assert_eq!(status(json!({})).opaque, None);
}

#[test]
fn the_window_is_told_with_and_without_its_end() {
    let window = json!({"id": "c2", "expiration_timestamp": "1750340000", "origin": {"type": "referral_conversion"}});
    assert_eq!(
        status(json!({"conversation": window})).conversation,
        Some(ConversationWindow {
            id: "c2".to_owned(),
            expires_at: Some(at(1750340000)),
            origin: some("referral_conversion"),
        })
    );
    let bare = status(json!({"status": "delivered", "conversation": {"id": "c2"}}))
        .conversation
        .unwrap();
    assert_eq!((bare.expires_at, bare.origin), (None, None));
    assert_eq!(status(json!({})).conversation, None, "left out since v24.0");
}

#[test]
fn the_price_keeps_metas_words() {
    for (model, kind, category) in [
        ("CBP", "regular", "marketing"),
        ("PMP", "free_customer_service", "utility"),
        ("PMP", "free_entry_point", "referral_conversion"),
        ("PMP", "regular", "authentication-international"),
        ("PMP", "regular", "authentication_international"),
        ("PMP", "regular", "group_marketing"),
        ("PMP", "regular", "general_purpose_ai"),
        ("NEW", "new", "new"),
    ] {
        let pricing =
            json!({"billable": true, "pricing_model": model, "type": kind, "category": category});
        assert_eq!(
            status(json!({"pricing": pricing})).pricing,
            Some(Pricing {
                billable: Some(true),
                model: some(model),
                kind: some(kind),
                category: some(category),
            })
        );
    }
    assert_eq!(status(json!({})).pricing, None);
    let none = status(json!({"pricing": {"pricing_model": "PMP"}}))
        .pricing
        .unwrap();
    assert_eq!((none.billable, none.kind), (None, None));
}

#[test]
fn a_failure_says_why() {
    let error = json!({"code": 131047, "title": "Re-engagement message", "message": "Re-engagement message",
        "error_data": {"details": "More than 24 hours have passed"},
        "href": "https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/"});
    let told = status(json!({"status": "failed", "errors": [error]}));
    assert_eq!(
        told.errors,
        [MetaFault {
            code: 131047,
            title: some("Re-engagement message"),
            message: some("Re-engagement message"),
            details: some("More than 24 hours have passed"),
            href: some(
                "https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/"
            ),
        }]
    );
    assert_eq!(status(json!({"status": "failed"})).errors, []);
}

#[test]
fn times_and_ids_may_be_integers() {
    let told = status(json!({"id": 7, "timestamp": 1750263773, "recipient_id": 16505551234_u64}));
    assert_eq!(
        (told.wamid.as_str(), told.at, told.recipient),
        ("7", at(1750263773), phone(PERSON))
    );
}

#[test]
fn a_status_without_id_status_or_time_fails_alone() {
    let value = json!({"statuses": [
        {"status": "sent", "timestamp": "1"}, {"id": "a", "timestamp": "1"}, {"id": "a", "status": "sent"},
        {"id": "a", "status": "sent", "timestamp": "1"},
    ]});
    let found: Vec<_> = items("messages", &of_number(value))
        .into_iter()
        .map(|(_, it)| it)
        .collect();
    assert_eq!(found[0], Err(ItemError::Missing("id")));
    assert_eq!(found[1], Err(ItemError::Missing("status")));
    assert_eq!(found[2], Err(ItemError::Missing("timestamp")));
    assert!(found[3].is_ok());
}
