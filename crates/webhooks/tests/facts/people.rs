use serde_json::{Value, json};
use wabakit_domain::inbound::{Fact, MarketingPreference, MessageContent, Party, UserIdChange};
use wabakit_webhooks::ItemError;

use crate::support::{
    PARENT, PERSON, USER, at, items, message, message_with, of_number, phone, some, status,
};

fn only(field: &str, value: Value) -> Result<Fact, ItemError> {
    let mut found = items(field, &of_number(value));
    assert_eq!(found.len(), 1, "{found:?}");
    found.remove(0).1
}

fn change(item: Value) -> UserIdChange {
    match only("user_id_update", json!({"user_id_update": [item]})) {
        Ok(Fact::UserId(change)) => change,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_scoped_id_changes_from_one_to_another() {
    let told = change(
        json!({"wa_id": PERSON, "detail": "User changed", "timestamp": "1731705721",
        "user_id": {"previous": "US.1", "current": USER}}),
    );
    let party = Party {
        user_id: Some(USER.into()),
        ..phone(PERSON)
    };
    assert_eq!(
        told,
        UserIdChange {
            party,
            previous: Some("US.1".into()),
            previous_parent: None,
            at: Some(at(1731705721)),
        }
    );
}

#[test]
fn the_parent_id_may_be_one_or_a_pair_and_the_phone_missing() {
    let user = json!({"previous": "US.1", "current": USER});
    let told = change(json!({"user_id": user, "parent_user_id": PARENT}));
    assert_eq!(
        (told.party.phone, told.party.parent_user_id),
        (None, Some(PARENT.into()))
    );
    assert_eq!((told.previous_parent, told.at), (None, None));
    let told = change(
        json!({"user_id": user, "parent_user_id": {"previous": "US.ENT.1", "current": PARENT}}),
    );
    assert_eq!(told.party.parent_user_id, Some(PARENT.into()));
    assert_eq!(told.previous_parent, Some("US.ENT.1".into()));
    // The change names only one of the two ids.
    assert_eq!(
        change(json!({"user_id": USER})).party.user_id,
        Some(USER.into())
    );
    assert_eq!(
        change(json!({"user_id": {"previous": USER}})).previous,
        Some(USER.into())
    );
}

#[test]
fn a_change_of_no_id_is_refused() {
    for odd in [
        json!({}),
        json!({"user_id": {}}),
        json!({"user_id": null, "wa_id": PERSON}),
    ] {
        let told = only("user_id_update", json!({"user_id_update": [odd]}));
        assert_eq!(told, Err(ItemError::Missing("user_id")));
    }
}

#[test]
fn a_person_stops_resumes_or_signs_up() {
    for (value, opted_out) in [
        ("stop", Some(true)),
        ("resume", Some(false)),
        ("signup", Some(false)),
        ("STOP", Some(true)),
        ("Resume", Some(false)),
        ("new", None),
    ] {
        for time in [json!(1731705721), json!("1731705721")] {
            let item = json!({"wa_id": PERSON, "user_id": USER, "detail": "User requested", "value": value,
                "category": "marketing_messages", "timestamp": time, "signup_id": "s1"});
            let Ok(Fact::Preference(told)) =
                only("user_preferences", json!({"user_preferences": [item]}))
            else {
                panic!()
            };
            assert_eq!(told.opted_out(), opted_out);
            let expected = MarketingPreference {
                party: Party {
                    user_id: Some(USER.into()),
                    ..phone(PERSON)
                },
                value: value.to_owned(),
                detail: some("User requested"),
                signup_id: some("s1"),
                at: Some(at(1731705721)),
            };
            assert_eq!(told, expected);
        }
    }
}

#[test]
fn a_preference_of_a_new_category_is_unsupported() {
    let item = json!({"wa_id": PERSON, "category": "calls", "value": "stop"});
    let told = only("user_preferences", json!({"user_preferences": [item]}));
    assert_eq!(
        told,
        Ok(Fact::Unsupported {
            what: "user_preferences.calls".to_owned()
        })
    );
}

#[test]
fn a_preference_without_a_value_is_refused() {
    let told = only(
        "user_preferences",
        json!({"user_preferences": [{"wa_id": PERSON}]}),
    );
    assert_eq!(told, Err(ItemError::Missing("value")));
}

#[test]
fn contacts_beside_a_preference_tell_more_of_the_person() {
    let contact = json!({"profile": {"name": "A"}, "wa_id": PERSON, "user_id": USER});
    let item = json!({"wa_id": PERSON, "value": "stop"});
    let told = only(
        "user_preferences",
        json!({"contacts": [contact], "user_preferences": [item]}),
    );
    let Ok(Fact::Preference(told)) = told else {
        panic!()
    };
    assert_eq!(
        (told.party.profile_name, told.party.user_id),
        (some("A"), Some(USER.into()))
    );
}

fn card(origin: &str, phones: Value) -> Value {
    json!({"from": null, "from_user_id": USER, "type": "contacts", "origin": origin,
        "contacts": [{"name": {"formatted_name": "Me"}, "phones": phones}]})
}

#[test]
fn a_card_tells_the_persons_own_number_only_where_they_were_asked_for_it() {
    let own = |value| message(value).party.phone;
    let phones = json!([{"phone": "+1 650 555-0000", "wa_id": "16505550000"}]);
    assert_eq!(
        own(card("contact_request", phones.clone())),
        some("16505550000")
    );
    let written = json!([{"phone": "+1 650 555-0000"}]);
    assert_eq!(own(card("contact_request", written)), some("16505550000"));
    assert_eq!(own(card("other", phones.clone())), None);
    let national = json!([{"phone": "650 555-0000"}]);
    assert_eq!(own(card("contact_request", national)), None);
    let two = json!([{"wa_id": "1"}, {"wa_id": "2"}]);
    assert_eq!(own(card("contact_request", two)), None);
}

#[test]
fn a_notice_tells_former_ids_and_those_of_a_single_contact() {
    let told = |contacts: Value, system: Value, from: Value| {
        let mut value = from;
        value["type"] = json!("system");
        value["system"] = system;
        let told = message_with(contacts, value);
        match told.content {
            MessageContent::System { now, previous, .. } => {
                (told.party, now.unwrap_or_default(), previous)
            }
            other => panic!("{other:?}"),
        }
    };
    let nobody = || json!({"from": null});
    let system =
        json!({"type": "user_changed_user_id", "user_id": USER, "previous_user_id": "US.1"});
    let (_, now, previous) = told(json!([]), system, nobody());
    assert_eq!(now.user_id, Some(USER.into()));
    assert_eq!(previous.unwrap().user_id, Some("US.1".into()));
    // Only the contact has the new ids.
    let contact = json!([{"wa_id": "16505550000", "user_id": USER, "profile": {"name": "Ada"}}]);
    let system = json!({"type": "user_changed_number", "previous_user_id": "US.1"});
    let (party, now, _) = told(contact.clone(), system.clone(), json!({"from": PERSON}));
    assert_eq!(party, phone(PERSON));
    assert_eq!(now.profile_name, some("Ada"));
    assert_eq!(now.user_id, Some(USER.into()));
    assert_eq!(now.phone, some("16505550000"));
    // The contact is the former one.
    let former = json!([{"user_id": "US.1"}]);
    let (_, now, _) = told(former, system, json!({"from": PERSON}));
    assert_eq!(now, Party::default());
}

#[test]
fn a_parents_id_has_three_names_in_a_status() {
    for name in [
        "recipient_parent_user_id",
        "parent_recipient_user_id",
        "parent_user_id",
    ] {
        let told = status(json!({name: PARENT}));
        assert_eq!(told.recipient.parent_user_id, Some(PARENT.into()), "{name}");
    }
}
