//! `statuses[]`, and errors in Meta's words.

use serde_json::value::RawValue;
use wabakit_domain::{
    inbound::{ConversationWindow, Fact, Management, MetaFault, Party, Pricing, StatusUpdate},
    message::ReportedStatus,
};

use super::{
    ItemError, Scene, calls, people::party, required_id, required_time, time, unsupported,
};
use crate::json::{self, Object};

/// Reads an element of `statuses[]`: the status of a message or of a call.
pub(super) fn status(
    scene: &Scene<'_>,
    raw: &RawValue,
    item: &Object<'_>,
) -> Result<Fact, ItemError> {
    // One list holds statuses of several things. Only those of messages may touch a message.
    match item.some("type").map(|kind| kind.to_ascii_lowercase()) {
        None => {}
        Some(kind) if kind == "message" => {}
        Some(kind) if kind == "call" => return calls::status(scene, raw, item),
        Some(kind) => {
            let kind: String = kind.chars().take(100).collect();
            return Ok(Fact::Management(Box::new(Management::Other {
                field: format!("statuses.{kind}"),
                event: item.some("status"),
                value: json::value(raw),
            })));
        }
    }
    let status = item.some("status").ok_or(ItemError::Missing("status"))?;
    let Some(status) = reported(&status) else {
        return Ok(unsupported(
            scene.field,
            Some(&format!("statuses.{status}")),
        ));
    };
    let is_group = item.text("recipient_type").as_deref() == Some("group");
    let recipient = match is_group {
        true => Party::default(),
        false => scene.people.complete(Party {
            identity_key_hash: item.some("recipient_identity_key_hash"),
            ..recipient(item)
        }),
    };
    Ok(Fact::Status(Box::new(StatusUpdate {
        wamid: required_id(item, "id")?.into(),
        status,
        at: required_time(item, "timestamp")?,
        recipient,
        group_id: is_group
            .then(|| item.id("recipient_id"))
            .flatten()
            .map(Into::into),
        participant: item
            .id("recipient_participant_id")
            .or_else(|| item.id("participant_recipient_id"))
            .or_else(|| item.id("recipient_participant_user_id"))
            .or_else(|| item.id("participant_recipient_user_id")),
        opaque: item.some("biz_opaque_callback_data"),
        pricing: item.object("pricing").map(|it| Pricing {
            billable: it.bool("billable"),
            model: it.some("pricing_model"),
            kind: it.some("type"),
            category: it.some("category"),
        }),
        conversation: item.object("conversation").map(|it| ConversationWindow {
            id: it.id("id").unwrap_or_default(),
            expires_at: time(&it, "expiration_timestamp"),
            origin: it.object("origin").and_then(|origin| origin.some("type")),
        }),
        errors: faults(item.list("errors")),
        extra: None,
    })))
}

/// Reads the recipient of the message.
pub(super) fn recipient(item: &Object<'_>) -> Party {
    // Meta's samples have three names for the parent's id.
    let parent = ["recipient_parent_user_id", "parent_recipient_user_id"]
        .into_iter()
        .find(|name| item.id(name).is_some())
        .unwrap_or("parent_user_id");
    party(item, "recipient_id", "recipient_user_id", parent)
}

/// Reads a status's name, which the history writes in capitals.
pub(super) fn reported(status: &str) -> Option<ReportedStatus> {
    Some(match status.to_ascii_lowercase().as_str() {
        "sent" => ReportedStatus::Sent,
        "delivered" => ReportedStatus::Delivered,
        "read" => ReportedStatus::Read,
        "played" => ReportedStatus::Played,
        "failed" | "error" => ReportedStatus::Failed,
        _ => return None,
    })
}

/// Reads `errors[]`. An element that is no object is kept as its text. A missing code becomes 0, which Meta uses for
/// no known error of a message.
pub(super) fn faults(raw: Vec<&RawValue>) -> Vec<MetaFault> {
    raw.into_iter()
        .map(|raw| match Object::of(raw) {
            Some(error) => MetaFault {
                code: error.int("code").unwrap_or(0),
                title: error.some("title"),
                message: error.some("message"),
                // `error_data` is sometimes a bare text.
                details: match error.object("error_data") {
                    Some(data) => data.some("details"),
                    None => error.some("error_data"),
                }
                // In the older form, the details are beside the code.
                .or_else(|| error.some("details")),
                href: error.some("href"),
            },
            None => MetaFault {
                code: 0,
                title: None,
                message: json::text(raw),
                details: None,
                href: None,
            },
        })
        .collect()
}
