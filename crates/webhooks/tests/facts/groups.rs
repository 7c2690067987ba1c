use serde_json::{Value, json};
use wabakit_domain::inbound::{
    Fact, GroupPerson, GroupRole, GroupSetting, GroupUpdate, Management, Party,
};

use crate::support::{PARENT, PERSON, USER, at, extras, facts, metadata, of_number, phone, some};

const FIELDS: [&str; 5] = [
    "group_lifecycle_update",
    "group_participants_update",
    "group_participant_update",
    "group_settings_update",
    "group_status_update",
];

fn group(more: Value) -> Value {
    let mut group = json!({"group_id": "Y2Fw", "timestamp": "1749416383"});
    for (name, value) in more.as_object().unwrap() {
        group[name] = value.clone();
    }
    group
}

fn update_beside(beside: Value, more: Value) -> GroupUpdate {
    let mut value = of_number(json!({"groups": [group(more)]}));
    for (name, part) in beside.as_object().unwrap() {
        value[name] = part.clone();
    }
    match facts("group_participants_update", &value).remove(0) {
        Fact::Group(update) => *update,
        other => panic!("{other:?}"),
    }
}

fn update(more: Value) -> GroupUpdate {
    update_beside(json!({}), more)
}

fn person(role: GroupRole, party: Party) -> GroupPerson {
    GroupPerson {
        party,
        role,
        input: None,
        errors: Vec::new(),
    }
}

fn user() -> Party {
    Party {
        user_id: Some(USER.into()),
        ..Party::default()
    }
}

fn error(title: &str) -> Value {
    json!([{"code": 131_209, "title": title, "error_data": {"details": "why"}}])
}

#[test]
fn each_group_of_an_update_is_told_by_itself() {
    for field in FIELDS {
        let one = |id: &str| json!({"type": "group_create", "group_id": id, "timestamp": "1", "request_id": "r"});
        let value = of_number(json!({"groups": [one("a"), one("b"), "odd"]}));
        let found = facts(field, &value);
        for (fact, id) in found.iter().zip(["a", "b"]) {
            let Fact::Group(told) = fact else {
                panic!("{fact:?}");
            };
            assert_eq!((&*told.change.field, told.at), (field, Some(at(1))));
            assert_eq!(told.change.group_id, Some(id.into()));
            assert_eq!(told.change.request_id, some("r"));
            assert_eq!(told.change.event, some("group_create"));
        }
        // What is no group is kept as it came.
        assert!(matches!(&found[2], Fact::Management(kept)
            if matches!(&**kept, Management::Other { value, .. } if *value == json!("odd"))));
        for nothing in [
            json!({"groups": []}),
            json!({"x": 1}),
            json!([1]),
            json!("odd"),
        ] {
            let found = facts(field, &nothing);
            assert!(
                matches!(found.as_slice(), [Fact::Management(_)]),
                "{nothing}"
            );
        }
    }
}

#[test]
fn a_group_is_created_with_all_that_it_has() {
    let told = update(
        json!({"type": "group_create", "subject": "Order", "description": "Left", "request_id": 7,
        "invite_link": "https://chat.whatsapp.com/L", "join_approval_mode": "auto_approve"}),
    )
    .change;
    let setting = |text: &str| {
        Some(GroupSetting {
            text: some(text),
            is_applied: true,
            errors: vec![],
        })
    };
    assert_eq!(
        (told.subject, told.description),
        (setting("Order"), setting("Left"))
    );
    assert_eq!(told.request_id, some("7"));
    assert_eq!(told.invite_link, some("https://chat.whatsapp.com/L"));
    assert_eq!(told.join_approval_mode, some("auto_approve"));
    let failed = update(
        json!({"type": "group_create", "group_id": null, "subject": "Order", "errors": error("T")}),
    );
    assert_eq!(failed.change.group_id, None);
    assert!(!failed.change.subject.unwrap().is_applied);
    assert_eq!(failed.change.errors[0].code, 131_209);
}

#[test]
fn each_setting_has_an_outcome_of_its_own() {
    let failed = error("T");
    for (part, beside, applied) in [
        (
            json!({"text": "x", "update_successful": true}),
            json!([]),
            true,
        ),
        (
            json!({"text": "x", "update_successful": "true"}),
            failed.clone(),
            true,
        ),
        (
            json!({"text": "x", "update_successful": false}),
            json!([]),
            false,
        ),
        (
            json!({"text": "x", "update_successful": false, "errors": failed}),
            failed.clone(),
            false,
        ),
        (json!({"text": "x", "errors": failed}), json!([]), false),
        (json!({"text": "x"}), failed.clone(), false),
        (json!({"text": "x"}), json!([]), true),
        (json!("x"), json!([]), true),
        (json!("x"), failed.clone(), false),
    ] {
        for (subject, description) in [
            ("group_subject", "group_description"),
            ("subject", "description"),
        ] {
            let told = update(
                json!({"type": "group_settings_update", subject: part, description: part,
                "errors": beside}),
            )
            .change;
            for setting in [told.subject.unwrap(), told.description.unwrap()] {
                assert_eq!(
                    (setting.text.as_deref(), setting.is_applied),
                    (Some("x"), applied),
                    "{part} {beside}"
                );
            }
        }
    }
    let picture = json!({"mime_type": "image/jpeg", "sha256": "s", "update_successful": false, "errors": failed});
    let told = update(json!({"profile_picture": picture})).change.picture;
    let told = told.unwrap();
    assert_eq!((told.is_applied, told.errors.len()), (false, 1));
    assert_eq!(
        (told.mime_type, told.sha256),
        (some("image/jpeg"), some("s"))
    );
    assert_eq!(update(json!({})).change.subject, None);
}

#[test]
fn people_join_and_leave_in_each_of_metas_forms() {
    let both = Party {
        user_id: Some(USER.into()),
        parent_user_id: Some(PARENT.into()),
        username: some("zoe"),
        profile_name: some("Zoë"),
        ..phone(PERSON)
    };
    for (told, party) in [
        (json!({"wa_id": PERSON}), phone(PERSON)),
        (
            json!({"input": "+1 650 555 1234", "wa_id": PERSON}),
            phone(PERSON),
        ),
        (json!({"input": "+1 (650) 555-1234"}), phone(PERSON)),
        (json!({"input": USER}), user()),
        (json!({"wa_id": USER}), user()),
        (json!({"user_id": USER}), user()),
        (json!(PERSON), phone(PERSON)),
        (json!(16505551234_u64), phone(PERSON)),
        (
            json!({"wa_id": PERSON, "input": USER}),
            Party {
                user_id: Some(USER.into()),
                ..phone(PERSON)
            },
        ),
        (
            json!({"wa_id": PERSON, "user_id": USER, "parent_user_id": PARENT, "username": "zoe", "name": "Zoë"}),
            both.clone(),
        ),
        (
            json!({"wa_id": PERSON, "user_id": USER, "parent_user_id": PARENT,
                "profile": {"username": "zoe", "name": "Zoë"}}),
            both,
        ),
    ] {
        for (list, role) in [
            ("added_participants", GroupRole::Added),
            ("removed_participants", GroupRole::Removed),
            ("failed_participants", GroupRole::Failed),
        ] {
            let read = update(json!({list: [told]}));
            assert_eq!(read.people, [person(role, party.clone())], "{told}");
        }
    }
}

#[test]
fn who_failed_is_told_with_the_reason_and_who_succeeded_without() {
    let told = update(
        json!({"type": "group_participants_remove", "request_id": "r", "initiated_by": "business",
        "removed_participants": [{"input": PERSON}],
        "failed_participants": [{"input": USER, "errors": error("Not in it")}, {"input": "nobody we know"}],
        "errors": error("Partly")}),
    );
    assert_eq!(told.change.errors[0].title, some("Partly"));
    assert_eq!(told.change.initiated_by, some("business"));
    let [removed, failed, nobody] = told.people.as_slice() else {
        panic!("{told:?}");
    };
    assert_eq!(*removed, person(GroupRole::Removed, phone(PERSON)));
    assert_eq!((&failed.party, failed.role), (&user(), GroupRole::Failed));
    assert_eq!(failed.errors[0].title, some("Not in it"));
    assert_eq!(nobody.input, some("nobody we know"));
    assert!(nobody.party.is_nobody());
}

#[test]
fn who_asks_to_join_is_named_by_the_update_itself() {
    for event in ["group_join_request_created", "group_join_request_revoked"] {
        let told = update(
            json!({"type": event, "join_request_id": "j1", "reason": "invite_link", "wa_id": PERSON,
            "user_id": USER, "username": "zoe"}),
        );
        let party = Party {
            user_id: Some(USER.into()),
            username: some("zoe"),
            ..phone(PERSON)
        };
        assert_eq!(told.people, [person(GroupRole::Requester, party)]);
        assert_eq!(told.change.join_request_id, some("j1"));
        assert_eq!(told.change.reason, some("invite_link"));
    }
}

#[test]
fn who_caused_an_update_is_read_from_the_group_or_beside_it() {
    let left = || json!({"type": "group_participants_remove", "removed_participants": [{"wa_id": PERSON}]});
    let with = |by: &str| {
        let mut left = left();
        left["initiated_by"] = json!(by);
        left
    };
    for word in ["participant", "business"] {
        for told in [
            update(with(word)),
            update_beside(json!({"initiated_by": word}), left()),
        ] {
            assert_eq!(told.change.initiated_by, some(word));
            assert_eq!(told.people.len(), 1);
        }
    }
    // A person is one, and no word.
    for id in [PERSON, USER] {
        let told = update(with(id));
        assert_eq!(told.change.initiated_by, None);
        assert_eq!(told.people[1].role, GroupRole::Initiator);
        assert!(!told.people[1].party.is_nobody());
    }
}

#[test]
fn contacts_beside_a_group_tell_more_of_those_who_share_an_id_and_of_nobody_else() {
    let contact = json!({"wa_id": PERSON, "user_id": USER, "profile": {"name": "Z"}});
    let two = json!({"added_participants": [{"wa_id": "16505550009"}, {"wa_id": PERSON}]});
    let told = update_beside(json!({"contacts": [contact]}), two.clone());
    assert_eq!(told.people[0].party, phone("16505550009"));
    assert_eq!(told.people[1].party.user_id, Some(USER.into()));
    let other = json!({"wa_id": "16505550009", "user_id": "US.9"});
    let told = update_beside(json!({"contacts": [contact, other]}), two);
    assert_eq!(told.people[0].party.user_id, Some("US.9".into()));
    assert_eq!(told.people[1].party.user_id, Some(USER.into()));
}

#[test]
fn what_is_new_in_a_group_is_kept_beside_it() {
    let value = |group: Value| json!({"metadata": metadata(), "groups": [group]});
    let whole = group(
        json!({"type": "group_participants_add", "reason": "invite_link", "initiated_by": "participant",
        "added_participants": [{"wa_id": PERSON, "input": "+1 650 555 1234"}]}),
    );
    assert_eq!(extras("group_participants_update", &value(whole)), [None]);
    let new = group(
        json!({"type": "group_theme_update", "theme": {"colour": "green"}, "invited": [PERSON],
        "added_participants": [{"wa_id": PERSON, "rank": "admin"}], "group_subject": {"text": "x", "emoji": "y"}}),
    );
    let rest = json!({"theme": {"colour": "green"}, "invited": [PERSON],
        "added_participants": [{"rank": "admin"}], "group_subject": {"emoji": "y"}});
    assert_eq!(extras("group_settings_update", &value(new)), [Some(rest)]);
    // Parts of another type than expected are not lost either.
    let odd = json!({"group_id": {"odd": 1}, "type": ["a"], "timestamp": "soon", "profile_picture": "none"});
    assert_eq!(
        extras("group_status_update", &value(odd.clone())),
        [Some(odd)]
    );
}

#[test]
fn a_group_without_a_time_may_have_one_beside_it_or_none() {
    let none = || json!({"timestamp": null});
    assert_eq!(update(none()).at, None);
    let beside = update_beside(json!({"timestamp": 1749416384}), none());
    assert_eq!(beside.at, Some(at(1_749_416_384)));
    assert_eq!(
        update(json!({"timestamp": 1_749_416_385_000_i64})).at,
        Some(at(1_749_416_385))
    );
}
