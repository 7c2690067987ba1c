//! Pins the stored JSON byte by byte, and reads what older builds stored.
#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

#[path = "../../domain/tests/samples/mod.rs"]
mod samples;

use std::fmt::Debug;

use samples::{
    bare_contents, bare_fault, contents, context, events, fault, managements, pricing, referral,
    waiting,
};
use wabakit_domain::{
    connect,
    event::{EventData, ManagementEvent, SendingEvent},
    inbound::{self, MessageContent},
    message::MessageStatus,
    outbound::Job,
    standing::{Note, Standing},
    template_record::{TemplateNotice, TemplateState, TemplateTimes},
};
use wabakit_stored::{Stored, StoredError};

/// Pins how the values are stored, and reads them as they are stored now and as version 1 stored them.
macro_rules! pin {
    ($name:literal, $values:expr) => {{
        let values = $values;
        let lines: Vec<String> = values.iter().map(|value| value.to_json().unwrap()).collect();
        insta::with_settings!({prepend_module_to_snapshot => false, omit_expression => true}, {
            insta::assert_snapshot!($name, lines.join("\n"));
        });
        assert_read(lines.iter().map(String::as_str), &values);
        // The samples of version 1 come first; later samples follow.
        let v1 = include_str!(concat!("v1/", $name, ".jsonl")).lines();
        assert_read(v1.clone(), values.get(..v1.count()).unwrap());
    }};
}

fn assert_read<'l, T: Stored + PartialEq + Debug>(
    lines: impl Iterator<Item = &'l str>,
    values: &[T],
) {
    let read: Vec<T> = lines.map(|line| T::from_json(line).unwrap()).collect();
    assert_eq!(read, values);
}

/// Removes the link, which is not stored, because it works for minutes only.
fn without_link(mut content: MessageContent) -> MessageContent {
    match &mut content {
        MessageContent::Image(media)
        | MessageContent::Video(media)
        | MessageContent::Audio(media)
        | MessageContent::Document(media)
        | MessageContent::Sticker(media) => media.link = None,
        MessageContent::Edit { content, .. } => **content = without_link((**content).clone()),
        _ => {}
    }
    content
}

#[test]
fn contents_are_stored_as_ever() {
    let all = contents().into_iter().map(without_link);
    pin!("contents", all.collect::<Vec<_>>());
    pin!("contents_bare", bare_contents());
}

#[test]
fn what_goes_with_a_message_is_stored_as_ever() {
    pin!("contexts", vec![context(), inbound::Context::default()]);
    pin!("referrals", vec![referral(), inbound::Referral::default()]);
    let bare = inbound::Pricing {
        billable: None,
        model: None,
        kind: None,
        category: None,
    };
    pin!("pricings", vec![pricing(), bare]);
    pin!("faults", vec![vec![fault(), bare_fault()]]);
}

#[test]
fn events_are_stored_as_ever() {
    let all = events().into_iter().map(|(_, event)| event);
    pin!("events", all.collect::<Vec<_>>());
    let told = managements().into_iter().map(|change| {
        EventData::AccountNotice(ManagementEvent {
            account: None,
            change: Box::new(change),
            extra: None,
        })
    });
    pin!("managements", told.collect::<Vec<_>>());
}

#[test]
fn facts_about_a_template_are_stored_as_ever() {
    let at = |seconds| wabakit_domain::Time::from_timestamp(seconds, 0).unwrap();
    let node = serde_json::json!({"id": "9007199254740993", "name": "a", "new_field": [1, "\0"]});
    let all = TemplateState {
        told: TemplateTimes {
            status: Some(at(10)),
            category: Some(at(20)),
            quality: Some(at(30)),
            content: Some(at(40)),
        },
        notice: Some(TemplateNotice {
            event: "PAUSED".into(),
            title: Some("FIRST_PAUSE".into()),
            description: Some("People do not like it.".into()),
            rejection: Some("It is not clear.".into()),
            recommendation: Some("Say more.".into()),
            disable_date: Some("2026-12-24".into()),
        }),
        category_changes_at: Some(at(50)),
        ..TemplateState::read(node, at(10))
    };
    let states = [all, TemplateState::default()];
    let lines = states.iter().map(|state| state.to_json().unwrap());
    let lines: Vec<String> = lines.collect();
    insta::with_settings!({prepend_module_to_snapshot => false, omit_expression => true}, {
        insta::assert_snapshot!("template_states", lines.join("\n"));
    });
    assert_read(lines.iter().map(String::as_str), &states);
}

#[test]
fn what_metas_webhooks_told_about_an_account_is_stored_as_ever() {
    let at = |seconds| wabakit_domain::Time::from_timestamp(seconds, 0).unwrap();
    let all = Note {
        until: Some(at(20)),
        due: Some(at(30)),
        word: Some("SPAM".into()),
        ..Note::standing("ban", at(10), "waba_disabled")
    };
    let standing = [
        Standing::default(),
        Standing::of(vec![all, Note::cleared("value:limit", at(10))]),
    ];
    let lines: Vec<String> = standing
        .iter()
        .map(|told| told.to_json().unwrap())
        .collect();
    insta::with_settings!({prepend_module_to_snapshot => false, omit_expression => true}, {
        insta::assert_snapshot!("standing", lines.join("\n"));
    });
    assert_read(lines.iter().map(String::as_str), &standing);
}

/// Fields that version 1 got after its first builds are left out when they are unknown, so that older documents still
/// read.
#[test]
fn fields_that_came_later_are_stored_as_ever() {
    let job = Job {
        token: Some(samples::id(80)),
        duplicates: vec!["wamid.HBgD".into()],
        ..samples::job()
    };
    let sending = EventData::MessageSending(SendingEvent {
        message: samples::id(1),
        conversation: samples::id(4),
        account: samples::id(3),
        wamid: None,
        status: MessageStatus::Unknown,
        job,
        errors: Vec::new(),
    });
    let document = sending.to_json().unwrap();
    insta::with_settings!({prepend_module_to_snapshot => false, omit_expression => true}, {
        insta::assert_snapshot!("events_later", document);
    });
    assert_eq!(EventData::from_json(&document).unwrap(), sending);
}

#[test]
fn what_waits_for_its_message_is_stored_as_ever() {
    pin!("waiting", waiting());
}

#[test]
fn a_sessions_progress_is_stored_as_ever() {
    pin!(
        "progress",
        vec![samples::progress(), connect::Progress::default()]
    );
    pin!(
        "problems",
        vec![samples::problem(), connect::Refusal::NoWaba.into()]
    );
}

#[test]
fn what_a_newer_build_stored_is_refused() {
    let newer = r#"{"v":2,"type":"text","body":"Hello"}"#;
    let read = MessageContent::from_json(newer);
    assert!(matches!(read, Err(StoredError::Newer(2))), "{read:?}");
    let unknown = MessageContent::from_json(r#"{"v":1,"type":"hologram"}"#);
    assert!(
        matches!(unknown, Err(StoredError::Malformed(_))),
        "{unknown:?}"
    );
}
