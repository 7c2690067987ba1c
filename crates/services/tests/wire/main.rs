//! Pins the JSON of every resource and event, byte by byte.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]

mod document;
mod resources;
#[path = "../../../domain/tests/samples/mod.rs"]
mod samples;

use serde::Serialize;
use serde_json::{Value, json};
use wabakit_domain::{Time, event, ids::GroupId, message::Message as DomainMessage, outbound};
use wabakit_services::{ConversationOverview, MessageDetail, ShownMessage, Waiting, wire};
use wabakit_wire::{
    contact::Contact,
    event::Event,
    export::{
        ExportedContact, ExportedConversation, ExportedFile, ExportedMessage, ExportedStatus,
    },
    message::{BareMessage, LastMessage},
};

use samples::{
    at, bare_contact, bare_contents, bare_conversation, bare_message, bare_status_entry, contact,
    contents, conversation, id, media, message, revoked_message, status_entry, word,
};

/// The time when all of it is told.
fn now() -> Time {
    at(40)
}

/// Values by name, each as it is written, spread over lines.
fn written<T: Serialize>(values: impl IntoIterator<Item = (impl AsRef<str>, T)>) -> String {
    let mut text = String::new();
    for (name, value) in values {
        let json = serde_json::to_string_pretty(&value).unwrap();
        text.push_str(&format!("{}: {json}\n", name.as_ref()));
    }
    text
}

macro_rules! pin {
    ($name:expr, $values:expr) => {
        insta::with_settings!({prepend_module_to_snapshot => false, omit_expression => true}, {
            insta::assert_snapshot!($name, written($values));
        });
    };
}
use pin;

fn shown(message: DomainMessage) -> ShownMessage {
    ShownMessage {
        to: message.job.as_ref().and_then(|_| word("16505551234")),
        waiting: message.job.as_ref().map(|_| Waiting {
            reason: outbound::WaitReason::Paused,
            until: None,
            is_passed: false,
        }),
        is_stuck: message.job.is_some(),
        message,
    }
}

#[test]
fn events_are_written_as_ever() {
    let events = samples::events().into_iter().zip(1..);
    for ((name, data), sequence) in events {
        let event = event::Event {
            id: id(100),
            sequence,
            at: at(10),
            data,
        };
        let told = wire::event(event, now());
        let json = serde_json::to_string(&told).unwrap();
        let read: Event = serde_json::from_str(&json).unwrap();
        assert_eq!(read, told, "a client reads what is written");
        pin!(format!("event_{name}"), [(name, told)]);
    }
    for (n, change) in samples::managements().into_iter().enumerate() {
        let data = event::EventData::AccountNotice(event::ManagementEvent {
            account: None,
            change: Box::new(change),
            extra: None,
        });
        let event = event::Event {
            id: id(100),
            sequence: 1,
            at: at(10),
            data,
        };
        pin!(
            format!("event_management_{n:02}"),
            [("event", wire::event(event, now()))]
        );
    }
}

#[test]
fn contents_are_written_as_ever() {
    let of = |content| {
        let kind = wabakit_domain::inbound::MessageContent::kind(&content).to_owned();
        let message = DomainMessage {
            content,
            ..bare_message()
        };
        let told = wire::form::<BareMessage>(shown(message));
        let json = serde_json::to_value(told).unwrap();
        (kind, json["content"].clone())
    };
    // The order of fields is that of the content as it is written in a message; the values are compared here.
    pin!("contents", contents().into_iter().map(of));
    pin!("contents_bare", bare_contents().into_iter().map(of));
    let whole = contents().into_iter().map(|content| {
        let name = content.kind();
        let message = DomainMessage {
            content,
            ..bare_message()
        };
        (name, wire::form::<BareMessage>(shown(message)))
    });
    pin!("messages_by_content", whole);
    let lines = contents().into_iter().map(|content| {
        let name = content.kind();
        let message = DomainMessage {
            content,
            ..bare_message()
        };
        (name, wire::form::<LastMessage>(message))
    });
    pin!("last_messages", lines);
}

#[test]
fn messages_are_written_as_ever() {
    let detail = |message: DomainMessage| MessageDetail {
        timeline: vec![status_entry(), bare_status_entry()],
        media: Some(media()),
        message,
    };
    let whole = |message: DomainMessage| {
        let shown = shown(message.clone());
        wire::message(detail(message), shown)
    };
    let bare_media = wabakit_domain::media::Media {
        state: wabakit_domain::media::MediaState::Failed,
        error: word("expired"),
        mime_type: None,
        filename: None,
        size: None,
        ..media()
    };
    let failed = DomainMessage {
        status: wabakit_domain::message::MessageStatus::Unknown,
        group_id: None::<GroupId>,
        ..message()
    };
    let mut failed_detail = detail(failed.clone());
    failed_detail.media = Some(bare_media);
    pin!(
        "messages",
        [
            ("sent", whole(message())),
            ("received", whole(bare_message())),
            ("revoked", whole(revoked_message())),
            ("unknown", wire::message(failed_detail, shown(failed))),
        ]
    );
    pin!(
        "last_message",
        [("revoked", wire::form::<LastMessage>(revoked_message()))]
    );
}

#[test]
fn contacts_and_conversations_are_written_as_ever() {
    pin!(
        "contacts",
        [
            ("contact", wire::form::<Contact>(contact())),
            ("bare", wire::form::<Contact>(bare_contact())),
        ]
    );
    let with_person = ConversationOverview {
        conversation: conversation(),
        contact: Some(contact()),
        last_message: Some(message()),
    };
    let with_group = ConversationOverview {
        conversation: bare_conversation(),
        contact: None,
        last_message: None,
    };
    let service = ConversationOverview {
        conversation: wabakit_domain::conversation::Conversation {
            free_entry_until: None,
            last_inbound_at: Some(at(-90_000)),
            ..conversation()
        },
        contact: None,
        last_message: None,
    };
    pin!(
        "conversations",
        [
            ("with_person", wire::conversation(with_person, now())),
            ("with_group", wire::conversation(with_group, now())),
            ("window_closed", wire::conversation(service, now())),
        ]
    );
}

/// Exports once were the domain's JSON, which version 1 of stored events holds.
#[test]
fn exports_are_written_as_ever() {
    let v1 = include_str!("../../../stored/tests/v1/events.jsonl");
    let stored = |n: usize| serde_json::from_str::<Value>(v1.lines().nth(n).unwrap()).unwrap();
    // Samples that came later are in no document of version 1.
    let samples = samples::events().into_iter().take(v1.lines().count());
    for (n, (name, data)) in samples.enumerate() {
        let (told, before) = match data {
            event::EventData::MessageReceived(told)
            | event::EventData::MessageUpdated(told)
            | event::EventData::MessageQueued(told) => (
                serde_json::to_value(wire::form::<ExportedMessage>(*told.message)),
                stored(n)["data"]["message"].clone(),
            ),
            event::EventData::ConversationUpdated(told) => (
                serde_json::to_value(wire::form::<ExportedConversation>(*told)),
                stored(n)["data"].clone(),
            ),
            event::EventData::ContactUpdated(told) => (
                serde_json::to_value(wire::form::<ExportedContact>(*told)),
                stored(n)["data"].clone(),
            ),
            event::EventData::MessageStatus(told) => (
                serde_json::to_value(wire::form::<ExportedStatus>(told.entry)),
                stored(n)["data"]["entry"].clone(),
            ),
            _ => continue,
        };
        assert_eq!(told.unwrap(), before, "{name}");
    }
    let file = serde_json::to_value(wire::form::<ExportedFile>(media())).unwrap();
    let before = json!({
        "id": media().id,
        "state": "stored",
        "mimeType": "image/jpeg",
        "filename": "cup.jpg",
        "sha256": "dI5Z",
        "size": 84_213,
        "storedAt": at(2),
    });
    assert_eq!(file, before);
}
