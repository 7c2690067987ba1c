use rstest::rstest;
use serde_json::json;
use wabakit_domain::ids::GroupId;

use super::*;

const TIME_TO_LIVE: Duration = Duration::hours(24);

fn now() -> Time {
    at("2026-10-05T08:00:00Z")
}

fn at(text: &str) -> Time {
    text.parse().unwrap()
}

fn read(message: Value) -> Result<Draft, Vec<Invalid>> {
    Draft::read(message, &Defaults::default(), (now(), TIME_TO_LIVE))
}

/// A text with this beside it.
fn with(ours: Value) -> Value {
    let mut message = json!({"messaging_product": "whatsapp", "to": "+1 555 010 0123", "type": "text",
        "text": {"body": "Hello"}});
    let fields = message.as_object_mut().unwrap();
    fields.extend(ours.as_object().unwrap().clone());
    message
}

fn pointers(refused: Result<Draft, Vec<Invalid>>) -> Vec<String> {
    let refused = refused.unwrap_err().into_iter();
    refused.map(|invalid| invalid.pointer).collect()
}

#[test]
fn metas_own_message_is_enough() {
    let draft = read(with(json!({}))).unwrap();
    assert_eq!(draft.priority, Priority::Normal);
    assert_eq!(draft.scheduled_at, None);
    assert_eq!(draft.expires_at, now() + TIME_TO_LIVE);
    assert!(!draft.ignore_window);
    let person = ContactKey::Phone("15550100123".to_owned());
    assert_eq!(draft.addressee(), Some(Addressee::Person(person)));
}

#[test]
fn our_fields_are_removed_from_metas_message() {
    let account = "018f0000-0000-7000-8000-000000000001";
    let draft = read(with(
        json!({"accountId": account, "priority": "high", "flow": "Spring", "category": null,
        "clientReference": "order 4711", "ignoreWindow": true, "scheduledAt": "2026-10-06T10:00:00+02:00"}),
    ));
    let draft = draft.unwrap();
    assert_eq!(draft.account, Some(account.parse().unwrap()));
    assert_eq!(
        (draft.priority, draft.flow.as_str()),
        (Priority::High, "Spring")
    );
    assert_eq!(draft.client_reference.as_deref(), Some("order 4711"));
    assert_eq!(draft.scheduled_at, Some(at("2026-10-06T08:00:00Z")));
    assert_eq!(
        draft.expires_at,
        at("2026-10-07T08:00:00Z"),
        "it lives from when it is due"
    );
    let sent = draft.outbound.to_json();
    let keys: Vec<_> = sent.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["text", "to", "type"]);
}

#[test]
fn a_message_takes_missing_fields_from_the_defaults_of_its_call() {
    let defaults = Defaults {
        account: None,
        priority: Some(Priority::Low),
        flow: Some("Spring".to_owned()),
    };
    let plain = Draft::read(with(json!({})), &defaults, (now(), TIME_TO_LIVE)).unwrap();
    assert_eq!(
        (plain.priority, plain.flow.as_str()),
        (Priority::Low, "Spring")
    );
    let own = with(json!({"priority": "normal", "flow": "Autumn"}));
    let own = Draft::read(own, &defaults, (now(), TIME_TO_LIVE)).unwrap();
    assert_eq!(
        (own.priority, own.flow.as_str()),
        (Priority::Normal, "Autumn")
    );
}

#[test]
fn a_schedule_that_is_past_is_now() {
    let draft = read(with(json!({"scheduledAt": "2026-10-05T07:59:59Z"}))).unwrap();
    assert_eq!(draft.scheduled_at, None);
}

#[rstest]
#[case(json!({"accountId": "1"}), "/accountId")]
#[case(json!({"priority": "urgent"}), "/priority")]
#[case(json!({"flow": ""}), "/flow")]
#[case(json!({"flow": "x".repeat(65)}), "/flow")]
#[case(json!({"flow": 7}), "/flow")]
#[case(json!({"clientReference": "x".repeat(201)}), "/clientReference")]
#[case(json!({"clientReference": "two\nlines"}), "/clientReference")]
#[case(json!({"scheduledAt": "tomorrow"}), "/scheduledAt")]
#[case(json!({"scheduledAt": "2026-11-04T08:00:01Z"}), "/scheduledAt")]
#[case(json!({"expiresAt": "2026-10-05T08:00:00Z"}), "/expiresAt")]
#[case(json!({"expiresAt": "2026-11-04T08:00:01Z"}), "/expiresAt")]
#[case(json!({"scheduledAt": "2026-10-06T08:00:00Z", "expiresAt": "2026-10-06T07:00:00Z"}), "/expiresAt")]
#[case(json!({"ignoreWindow": "yes"}), "/ignoreWindow")]
#[case(json!({"category": "spam"}), "/category")]
#[case(json!({"category": "utility"}), "/category")]
#[case(json!({"biz_opaque_callback_data": "x"}), "/biz_opaque_callback_data")]
#[case(json!({"clientreference": "x"}), "/clientreference")]
#[case(json!({"text": {"body": ""}}), "/text/body")]
fn a_field_that_is_wrong_is_named(#[case] ours: Value, #[case] pointer: &str) {
    assert_eq!(pointers(read(with(ours))), [pointer]);
}

#[test]
fn all_faults_of_a_message_are_returned_at_once() {
    let wrong =
        with(json!({"priority": 1, "expiresAt": "x", "text": {"body": "", "preview_url": "no"}}));
    let found = pointers(read(wrong));
    assert_eq!(
        found,
        ["/priority", "/expiresAt", "/text/body", "/text/preview_url"]
    );
    assert_eq!(pointers(read(json!("text"))), [""]);
}

#[test]
fn a_group_is_addressed_by_its_id() {
    let draft = read(with(json!({"recipient_type": "group", "to": "G-1"}))).unwrap();
    assert_eq!(
        draft.addressee(),
        Some(Addressee::Group(GroupId::from("G-1")))
    );
}
