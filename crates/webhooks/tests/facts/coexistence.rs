use serde_json::{Value, json};
use wabakit_domain::{
    inbound::{ContactBookEntry, Fact, MessageContent, MessageFact, Origin, Party},
    message::{Direction, ReportedStatus},
};
use wabakit_webhooks::ItemError;

use crate::support::{
    DISPLAY, PERSON, USER, as_message, at, fact, facts, items, of_number, phone, some, text,
    with_base,
};

fn hello(more: Value) -> Value {
    let mut message = with_base(&json!({"type": "text", "text": {"body": "hello"}}));
    for (name, value) in more.as_object().unwrap() {
        message[name] = value.clone();
    }
    message
}

fn echo(field: &str, more: Value) -> MessageFact {
    let mut message = hello(json!({"from": DISPLAY, "to": PERSON}));
    for (name, value) in more.as_object().unwrap() {
        message[name] = value.clone();
    }
    as_message(fact(
        field,
        &of_number(json!({"message_echoes": [message]})),
    ))
}

#[test]
fn an_echo_is_what_the_business_wrote_on_its_phone() {
    for field in ["smb_message_echoes", "message_echoes"] {
        let told = echo(field, json!({}));
        assert_eq!(
            (told.direction, told.origin),
            (Direction::Outbound, Origin::Echo)
        );
        assert_eq!((told.party, told.content), (phone(PERSON), text("hello")));
    }
}

#[test]
fn an_echo_is_one_under_the_name_of_messages_too() {
    let message = hello(json!({"from": DISPLAY, "to": PERSON}));
    let value = of_number(json!({"messages": [message]}));
    let told = as_message(fact("smb_message_echoes", &value));
    assert_eq!(
        (told.direction, told.origin, told.party),
        (Direction::Outbound, Origin::Echo, phone(PERSON))
    );
}

#[test]
fn an_echo_may_name_the_person_by_the_scoped_id_alone() {
    let told = echo(
        "smb_message_echoes",
        json!({"to": null, "to_user_id": USER}),
    );
    assert_eq!(
        told.party,
        Party {
            user_id: Some(USER.into()),
            ..Party::default()
        }
    );
}

#[test]
fn an_echo_to_a_group_is_to_nobody() {
    let told = echo(
        "smb_message_echoes",
        json!({"to": null, "group_id": "Y2Fw"}),
    );
    assert_eq!(told.group_id, Some("Y2Fw".into()));
    assert!(told.party.is_nobody());
    // An echo to a group has no recipient, not even the only person that the change names.
    let message = hello(json!({"from": DISPLAY, "group_id": "Y2Fw"}));
    let value = json!({"contacts": [{"wa_id": PERSON}], "message_echoes": [message]});
    let told = as_message(fact("smb_message_echoes", &of_number(value)));
    assert!(told.party.is_nobody());
}

#[test]
fn an_echo_of_an_edit_or_a_revoke_is_one() {
    let edit = json!({"original_message_id": "wamid.o", "message": {"type": "text", "text": {"body": "neu"}}});
    assert_eq!(
        echo("smb_message_echoes", json!({"type": "edit", "edit": edit}))
            .content
            .kind(),
        "edit"
    );
    let revoke = json!({"type": "revoke", "revoke": {"original_message_id": "wamid.o"}});
    assert_eq!(echo("smb_message_echoes", revoke).content.kind(), "revoke");
}

fn chunk(phase: Value, threads: Value) -> Value {
    of_number(json!({"history": [{
        "metadata": {"phase": phase, "chunk_order": 1, "progress": 55}, "threads": threads,
    }]}))
}

/// Reads the only message of a thread.
fn imported(thread: Value) -> MessageFact {
    let mut facts = facts("history", &chunk(json!(0), json!([thread])));
    assert_eq!(facts.len(), 2, "{facts:?}");
    as_message(facts.remove(0))
}

#[test]
fn each_phase_of_the_history_tells_how_far_it_is() {
    for phase in 0..=2_u8 {
        for written in [json!(phase), json!(phase.to_string())] {
            let told = fact("history", &chunk(written, json!([])));
            let expected = Fact::History {
                progress: Some(55),
                phase: Some(phase),
                faults: vec![],
            };
            assert_eq!(told, expected);
        }
    }
    let odd = fact("history", &chunk(json!(-1), json!([])));
    assert!(matches!(
        odd,
        Fact::History {
            phase: None,
            progress: Some(55),
            ..
        }
    ));
}

#[test]
fn the_messages_of_a_chunk_come_before_its_progress() {
    let message = |id: &str| hello(json!({"id": id}));
    let threads = json!([
        {"id": PERSON, "messages": [message("a"), message("b")]},
        {"id": "12125557890", "messages": [message("c")]},
    ]);
    let found = facts("history", &chunk(json!(2), threads));
    let ids: Vec<_> = found
        .iter()
        .map(|it| match it {
            Fact::Message(it) => it.wamid.as_str(),
            Fact::History { .. } => "progress",
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(ids, ["a", "b", "c", "progress"]);
}

#[test]
fn an_imported_message_has_the_status_that_it_had() {
    for (status, expected) in [
        ("DELIVERED", Some(ReportedStatus::Delivered)),
        ("ERROR", Some(ReportedStatus::Failed)),
        ("PENDING", None),
        ("PLAYED", Some(ReportedStatus::Played)),
        ("READ", Some(ReportedStatus::Read)),
        ("SENT", Some(ReportedStatus::Sent)),
        ("ODD", None),
    ] {
        let message = hello(json!({"history_context": {"status": status}}));
        let told = imported(json!({"id": PERSON, "messages": [message]}));
        assert_eq!(
            told.origin,
            Origin::History { status: expected },
            "{status}"
        );
    }
    let told = imported(json!({"id": PERSON, "messages": [hello(json!({}))]}));
    assert_eq!(told.origin, Origin::History { status: None });
}

#[test]
fn a_message_of_the_thread_is_the_persons_or_the_business() {
    let told = |more: Value| {
        let told = imported(json!({"id": PERSON, "messages": [hello(more)]}));
        assert_eq!(told.party, phone(PERSON));
        told.direction
    };
    assert_eq!(told(json!({"from": PERSON})), Direction::Inbound);
    assert_eq!(told(json!({"from": null})), Direction::Inbound);
    assert_eq!(told(json!({"from": DISPLAY})), Direction::Outbound);
    assert_eq!(
        told(json!({"from": "+1 555 078 3881"})),
        Direction::Outbound
    );
    assert_eq!(
        told(json!({"from": DISPLAY, "to": PERSON})),
        Direction::Outbound
    );
    // An author other than the thread's person is the business, even if its number is spelled in another way.
    assert_eq!(told(json!({"from": "5550783881"})), Direction::Outbound);
}

#[test]
fn the_threads_context_tells_who_it_is_with() {
    let context = json!({"wa_id": PERSON, "user_id": USER, "username": "zoe"});
    let told = imported(
        json!({"id": "odd", "context": context, "messages": [hello(json!({"from": DISPLAY}))]}),
    );
    let expected = Party {
        phone: some(PERSON),
        user_id: Some(USER.into()),
        username: some("zoe"),
        ..Party::default()
    };
    assert_eq!(told.party, expected);
    // A thread may have no id, or a scoped id for one; a person may have no phone.
    let context = json!({"user_id": USER});
    let told = imported(json!({"context": context, "messages": [hello(json!({"from": null}))]}));
    assert_eq!(told.party.user_id, Some(USER.into()));
    let told = imported(json!({"id": USER, "messages": [hello(json!({"from": DISPLAY}))]}));
    assert_eq!(
        (told.party.phone, told.party.user_id),
        (None, Some(USER.into()))
    );
}

#[test]
fn a_message_to_somebody_else_than_the_thread_says_is_to_them() {
    let told = imported(
        json!({"id": PERSON, "context": {"wa_id": PERSON, "user_id": USER},
        "messages": [hello(json!({"from": DISPLAY, "to": "4915112345678"}))]}),
    );
    assert_eq!(told.party, phone("4915112345678"));
}

#[test]
fn a_file_that_is_not_sent_yet_has_a_placeholder() {
    let told =
        imported(json!({"id": PERSON, "messages": [hello(json!({"type": "media_placeholder"}))]}));
    assert_eq!(told.content, MessageContent::MediaPlaceholder);
}

#[test]
fn the_files_of_the_history_come_as_messages_or_echoes() {
    let image = json!({"type": "image", "image": {"id": "1", "mime_type": "image/jpeg"}});
    let value = of_number(json!({"messages": [hello(image.clone())]}));
    let told = as_message(fact("history", &value));
    assert_eq!(
        (told.direction, &told.party),
        (Direction::Inbound, &phone(PERSON))
    );
    assert_eq!(told.origin, Origin::History { status: None });
    assert_eq!(told.content.kind(), "image");

    let mut sent = hello(image);
    sent["from"] = json!(DISPLAY);
    let value = of_number(json!({"messages": [sent]}));
    assert_eq!(
        as_message(fact("history", &value)).direction,
        Direction::Outbound
    );
    sent["to"] = json!(PERSON);
    // The business wrote a message that has a recipient, even if its number is spelled in another way.
    let mut to = sent.clone();
    to["from"] = json!("5550783881");
    let told = as_message(fact("history", &of_number(json!({"messages": [to]}))));
    assert_eq!(
        (told.direction, told.party),
        (Direction::Outbound, phone(PERSON))
    );
    let value = of_number(json!({"message_echoes": [sent]}));
    let told = as_message(fact("history", &value));
    assert_eq!(
        (told.direction, told.party),
        (Direction::Outbound, phone(PERSON))
    );
    assert_eq!(told.origin, Origin::History { status: None });
}

#[test]
fn a_declined_history_says_so() {
    let title = "History sync is turned off by the business from the WhatsApp Business App";
    let errors = json!([{"code": 2593109, "title": title, "message": title,
        "error_data": {"details": "History sharing is turned off by the business"}}]);
    let Fact::History {
        progress,
        phase,
        faults,
    } = fact(
        "history",
        &of_number(json!({"history": [{"errors": errors}]})),
    )
    else {
        panic!()
    };
    assert_eq!((progress, phase), (None, None));
    assert_eq!((faults[0].code, &faults[0].title), (2593109, &some(title)));
}

#[test]
fn what_is_broken_in_a_history_costs_nothing_else() {
    let threads = json!([
        7,
        {"id": PERSON, "messages": ["odd", hello(json!({})), hello(json!({"id": null}))]},
    ]);
    let value = of_number(
        json!({"history": ["odd", {"metadata": {"progress": 100}, "threads": threads}, {}]}),
    );
    let found: Vec<_> = items("history", &value)
        .into_iter()
        .map(|(_, fact)| fact)
        .collect();
    assert_eq!(found.len(), 7);
    assert_eq!(found[0], Err(ItemError::NotAnObject));
    assert_eq!(found[1], Err(ItemError::NotAnObject));
    assert_eq!(found[2], Err(ItemError::NotAnObject));
    assert!(matches!(found[3], Ok(Fact::Message(_))));
    assert_eq!(found[4], Err(ItemError::Missing("id")));
    assert!(matches!(
        found[5],
        Ok(Fact::History {
            progress: Some(100),
            ..
        })
    ));
    assert_eq!(
        found[6],
        Ok(Fact::Unsupported {
            what: "history.history".to_owned()
        })
    );
}

fn book(entry: Value) -> Result<Fact, ItemError> {
    let value = of_number(json!({"state_sync": [entry]}));
    let mut found = items("smb_app_state_sync", &value);
    assert_eq!(found.len(), 1);
    found.remove(0).1
}

#[test]
fn the_phone_adds_and_removes_contacts() {
    let contact = json!({"full_name": "Pablo Morales", "first_name": "Pablo", "phone_number": PERSON,
        "user_id": USER, "username": "pablo"});
    let expected = |removed| ContactBookEntry {
        party: Party {
            phone: some(PERSON),
            user_id: Some(USER.into()),
            username: some("pablo"),
            ..Party::default()
        },
        full_name: some("Pablo Morales"),
        first_name: some("Pablo"),
        removed,
        at: Some(at(1738346006)),
    };
    for (action, removed) in [("add", false), ("remove", true)] {
        for time in [
            json!("1738346006"),
            json!(1738346006),
            json!("1738346006000"),
        ] {
            let entry = json!({"type": "contact", "contact": contact, "action": action, "metadata": {"timestamp": time}});
            assert_eq!(book(entry), Ok(Fact::ContactBook(expected(removed))));
        }
    }
}

#[test]
fn a_contact_of_the_phone_may_have_no_number() {
    let told = book(json!({"type": "contact", "contact": {"user_id": USER}, "action": "add"}));
    let Ok(Fact::ContactBook(told)) = told else {
        panic!()
    };
    assert_eq!(
        (told.party.phone, told.party.user_id),
        (None, Some(USER.into()))
    );
    assert_eq!((told.full_name, told.at), (None, None));
}

#[test]
fn a_contact_who_is_nobody_is_refused_and_other_syncs_are_unsupported() {
    assert_eq!(
        book(json!({"type": "contact", "contact": {}})),
        Err(ItemError::Missing("phone_number"))
    );
    assert_eq!(
        book(json!({"type": "contact"})),
        Err(ItemError::Missing("contact"))
    );
    assert_eq!(
        book(json!({"type": "contact", "contact": 1})),
        Err(ItemError::Invalid("contact"))
    );
    let label = Fact::Unsupported {
        what: "smb_app_state_sync.state_sync.label".to_owned(),
    };
    assert_eq!(book(json!({"type": "label"})), Ok(label));
}
