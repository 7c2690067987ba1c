use serde_json::{Value, json};
use wabakit_domain::inbound::{Fact, Party};
use wabakit_webhooks::ItemError;

use crate::support::{DISPLAY, PERSON, USER, at, call, fact, facts, items, of_number, phone, some};

fn one(more: Value) -> Value {
    let mut call = json!({"id": "wacid.ABGG", "from": PERSON, "to": DISPLAY, "event": "connect",
        "direction": "USER_INITIATED", "timestamp": "1671644824"});
    for (name, value) in more.as_object().unwrap() {
        call[name] = value.clone();
    }
    json!({"calls": [call]})
}

#[test]
fn a_customer_calls() {
    let told = call(one(json!({"session": {"sdp_type": "offer", "sdp": "v=0"}})));
    assert_eq!(told.call_id.as_str(), "wacid.ABGG");
    assert_eq!(
        (told.by_customer, told.event.as_str(), told.at),
        (true, "connect", at(1671644824))
    );
    assert_eq!((told.party, told.status), (phone(PERSON), None));
}

#[test]
fn the_business_calls() {
    let told = call(one(
        json!({"from": DISPLAY, "to": PERSON, "direction": "BUSINESS_INITIATED"}),
    ));
    assert_eq!((told.by_customer, told.party), (false, phone(PERSON)));
}

#[test]
fn without_a_direction_the_numbers_tell_it() {
    assert!(call(one(json!({"direction": null}))).by_customer);
    let unknown = json!({"direction": null, "from": null, "from_user_id": USER});
    assert!(call(one(unknown)).by_customer);
    let told = call(one(
        json!({"direction": null, "from": "+1 555-078-3881", "to": PERSON}),
    ));
    assert_eq!((told.by_customer, told.party), (false, phone(PERSON)));
}

#[test]
fn the_business_is_known_with_brazils_ninth_digit_and_without() {
    let calls = one(json!({"direction": null, "from": "551187654321", "to": PERSON}));
    let mut value = of_number(calls);
    value["metadata"]["display_phone_number"] = json!("+55 11 98765-4321");
    let Fact::Call(told) = fact("calls", &value) else {
        panic!()
    };
    assert!(!told.by_customer);
}

#[test]
fn a_call_ends_with_its_length() {
    let told = call(one(
        json!({"event": "terminate", "status": "COMPLETED", "start_time": "1671644824",
        "end_time": 1671644944, "duration": 120}),
    ));
    assert_eq!(
        (told.event.as_str(), told.status),
        ("terminate", some("COMPLETED"))
    );
    assert_eq!(
        (told.started_at, told.ended_at),
        (Some(at(1671644824)), Some(at(1671644944)))
    );
    assert_eq!(told.duration, Some(120));
    let told = call(one(
        json!({"event": "terminate", "status": ["FAILED"], "duration": "7"}),
    ));
    assert_eq!((told.status, told.duration), (some("FAILED"), Some(7)));
}

#[test]
fn the_state_of_a_call_is_a_status() {
    for state in ["RINGING", "ACCEPTED", "REJECTED"] {
        let told = call(
            json!({"statuses": [{"id": "wacid.A", "type": "call", "status": state,
            "timestamp": "1671644824", "recipient_id": PERSON, "recipient_user_id": USER}]}),
        );
        assert_eq!((told.event.as_str(), told.by_customer), (state, false));
        assert_eq!(told.party.user_id, Some(USER.into()));
    }
}

#[test]
fn the_state_of_a_call_never_makes_the_business_a_person() {
    for (recipient, known) in [
        (
            json!({"recipient_id": DISPLAY, "recipient_user_id": USER}),
            json!([]),
        ),
        (
            json!({"recipient_id": "+1 (555) 078-3881", "recipient_user_id": USER}),
            json!([]),
        ),
        (
            json!({"recipient_id": DISPLAY}),
            json!([{"wa_id": PERSON, "user_id": USER}]),
        ),
    ] {
        let mut state = json!({"id": "wacid.A", "type": "call", "status": "RINGING", "timestamp": "1671644824"});
        for (name, value) in recipient.as_object().unwrap() {
            state[name] = value.clone();
        }
        let told = call(json!({"statuses": [state], "contacts": known}));
        assert_ne!(told.party.phone.as_deref(), Some(DISPLAY), "{recipient}");
        assert_eq!(told.party.user_id, Some(USER.into()), "{recipient}");
    }
}

#[test]
fn a_caller_without_a_phone_is_known_by_the_scoped_id() {
    let told = call(one(json!({"from": null, "from_user_id": USER})));
    assert_eq!(
        (told.party.phone, told.party.user_id),
        (None, Some(USER.into()))
    );
}

#[test]
fn errors_beside_a_call_are_told() {
    let mut value = one(json!({}));
    value["errors"] = json!([{"code": 12455, "message": "m"}]);
    let found = facts("calls", &of_number(value));
    assert!(matches!(
        found.as_slice(),
        [Fact::Call(_), Fact::Faults(_)] | [Fact::Faults(_), Fact::Call(_)]
    ));
}

#[test]
fn a_call_of_a_group_names_it() {
    assert_eq!(
        call(one(json!({"group_id": "Y2Fw"}))).group_id,
        Some("Y2Fw".into())
    );
}

#[test]
fn without_a_timestamp_a_call_is_placed_by_its_times() {
    assert_eq!(
        call(one(json!({"timestamp": null, "end_time": "9"}))).at,
        at(9)
    );
    assert_eq!(
        call(one(json!({"timestamp": null, "start_time": "8"}))).at,
        at(8)
    );
    let found = items("calls", &of_number(one(json!({"timestamp": null}))));
    assert_eq!(found[0].1, Err(ItemError::Missing("timestamp")));
}

#[test]
fn a_call_without_an_event_is_refused() {
    let found = items("calls", &of_number(one(json!({"event": null}))));
    assert_eq!(found[0].1, Err(ItemError::Missing("event")));
}

#[test]
fn the_person_is_who_is_not_the_business_whichever_side_they_stand_on() {
    let known = json!([{"wa_id": PERSON, "user_id": USER}]);
    let person = Party {
        user_id: Some(USER.into()),
        ..phone(PERSON)
    };
    for direction in ["USER_INITIATED", "BUSINESS_INITIATED"] {
        for sides in [
            json!({"from": PERSON, "from_user_id": USER, "to": DISPLAY}),
            json!({"from": DISPLAY, "to": PERSON, "to_user_id": USER}),
            json!({"from": DISPLAY, "to": PERSON, "from_user_id": USER}),
            json!({"from": null, "from_user_id": USER, "to": DISPLAY}),
            json!({"from": PERSON, "to": null}),
            json!({"from": DISPLAY, "to": null, "to_user_id": USER}),
        ] {
            for event in ["connect", "terminate", "call_created"] {
                let mut sides = sides.clone();
                sides["direction"] = json!(direction);
                sides["event"] = json!(event);
                let mut value = one(sides.clone());
                value["contacts"] = known.clone();
                let told = call(value);
                assert_eq!(told.party, person, "{sides}");
                assert_eq!(told.by_customer, direction == "USER_INITIATED", "{sides}");
            }
        }
    }
}

#[test]
fn a_call_has_its_recording_and_its_transcript() {
    let audio = json!({"id": "77", "sha256": "hash", "mime_type": "audio/ogg"});
    let told = call(one(json!({
        "event": "call_recording_available",
        "call_recording": {"type": "audio", "audio": audio},
        "call_transcription": {"type": "document", "document": {"id": "78", "mime_type": "text/plain"}},
    })));
    let recording = told.recording.unwrap();
    assert_eq!(recording.meta_media_id, Some("77".into()));
    assert_eq!(recording.sha256, some("hash"));
    assert_eq!(told.transcript.unwrap().meta_media_id, Some("78".into()));
    for odd in [
        json!({"type": "audio"}),
        json!("77"),
        json!({"audio": {"mime_type": "a/b"}}),
    ] {
        assert_eq!(call(one(json!({"call_recording": odd}))).recording, None);
    }
}

#[test]
fn a_call_has_its_errors_and_those_beside_it() {
    let error = |code: i64| json!({"code": code, "title": "Calling"});
    let mut value = one(json!({"errors": [error(138_001)]}));
    value["errors"] = json!([error(138_002)]);
    let told = facts("calls", &of_number(value))
        .into_iter()
        .find_map(|fact| match fact {
            Fact::Call(call) => Some(call),
            _ => None,
        });
    let codes: Vec<_> = told
        .unwrap()
        .errors
        .iter()
        .map(|fault| fault.code)
        .collect();
    assert_eq!(codes, [138_001, 138_002]);
}
