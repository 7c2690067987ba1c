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
    let group = group_of(item);
    let member = group.as_deref().map(|group| member(item, group));
    let recipient = match &member {
        Some(member) => scene.people.complete_known(member.clone()),
        None => scene.people.complete(Party {
            identity_key_hash: item.some("recipient_identity_key_hash"),
            ..recipient(item)
        }),
    };
    let window = item.object("conversation");
    // Samples of groups show the price inside of the window.
    let pricing = item
        .object("pricing")
        .or_else(|| window.as_ref()?.object("pricing"));
    Ok(Fact::Status(Box::new(StatusUpdate {
        wamid: required_id(item, "id")?.into(),
        status,
        at: required_time(item, "timestamp")?,
        recipient,
        group_id: group.map(Into::into),
        participant: member.and_then(|member| {
            let user_id = member.user_id.or(member.parent_user_id);
            let told = member.phone.or(user_id.map(|id| id.to_string()));
            // An id of a form to come still tells members apart.
            told.or_else(|| MEMBER.into_iter().find_map(|name| item.id(name)))
        }),
        opaque: item.some("biz_opaque_callback_data"),
        pricing: pricing.map(|it| Pricing {
            billable: it.bool("billable"),
            model: it.some("pricing_model"),
            kind: it.some("type"),
            category: it.some("category"),
        }),
        conversation: window.map(|it| ConversationWindow {
            id: it.id("id").unwrap_or_default(),
            expires_at: time(&it, "expiration_timestamp"),
            origin: it.object("origin").and_then(|origin| origin.some("type")),
        }),
        errors: faults(item.list("errors")),
        extra: None,
    })))
}

/// Finds the group of a status: it is the recipient, or stands beside the recipient.
fn group_of(item: &Object<'_>) -> Option<String> {
    let kind = item.text("recipient_type");
    let is_group = kind.is_some_and(|kind| kind.eq_ignore_ascii_case("group"));
    item.id("group_id")
        .or_else(|| is_group.then(|| item.id("recipient_id")).flatten())
}

/// The names of a member's id. Meta's samples have two orders of the words.
const MEMBER: [&str; 2] = ["recipient_participant_id", "participant_recipient_id"];

/// Reads the member of the group that a status is for.
fn member(item: &Object<'_>, group: &str) -> Party {
    let names = [
        MEMBER,
        [
            "recipient_participant_user_id",
            "participant_recipient_user_id",
        ],
        [
            "recipient_participant_parent_user_id",
            "participant_recipient_parent_user_id",
        ],
    ];
    let [phone, user_id, parent] = names.map(|[first, second]| match item.id(first) {
        Some(_) => first,
        None => second,
    });
    let member = party(item, phone, user_id, parent);
    match item.id("recipient_id").filter(|id| id != group) {
        Some(_) if member.is_nobody() => recipient(item),
        _ => member,
    }
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
