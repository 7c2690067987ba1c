//! Pins what is stored as JSON, byte by byte: a database that an older build wrote must stay readable.
#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

mod samples;

use samples::{
    bare_contents, bare_fault, bare_job, contents, context, events, fault, job, managements,
    pricing, referral, waiting,
};
use serde::{Serialize, de::DeserializeOwned};
use wabakit_domain::{
    connect, event::EventData, inbound, inbound::MessageContent, inbox::WaitingFor, outbound::Job,
};

/// Values as they are stored, one a line.
fn stored<T: Serialize>(values: impl IntoIterator<Item = T>) -> String {
    let lines = values.into_iter();
    lines
        .map(|value| serde_json::to_string(&value).unwrap() + "\n")
        .collect()
}

/// Pins them, and reads them back.
macro_rules! pin {
    ($name:expr, $values:expr) => {{
        let values = $values;
        let lines = stored(&values);
        insta::with_settings!({prepend_module_to_snapshot => false, omit_expression => true}, {
            insta::assert_snapshot!($name, &lines);
        });
        for (line, value) in lines.lines().zip(values) {
            assert_eq!(read(line, &value), value);
        }
    }};
}

fn read<T: DeserializeOwned>(line: &str, _like: &T) -> T {
    serde_json::from_str(line).unwrap()
}

/// Links live for minutes: they are not stored.
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
    pin!("events", all.collect::<Vec<EventData>>());
    pin!("managements", managements());
}

#[test]
fn jobs_and_what_waits_for_its_message_are_stored_as_ever() {
    pin!("jobs", vec![job(), bare_job()] as Vec<Job>);
    pin!("waiting", waiting() as Vec<WaitingFor>);
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
