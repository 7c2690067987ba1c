//! Groups of at most eight people, for official business accounts.
//!
//! Source: Meta, WhatsApp Cloud API, "Groups".

use serde::Deserialize;
use serde_json::{Value, json};

use super::Success;
use super::table::endpoint;
use crate::endpoint::Request;
use crate::paging::Page;
use crate::wire::{Extra, lenient};

endpoint! {
    /// `POST /{phone number}/groups`: asks for a new group. The group and its invite link come by webhook
    /// (`group_lifecycle_update`).
    pub struct CreateGroup {
        /// Meta's id of the number.
        phone_number_id,
        /// The subject, at most 128 characters.
        subject,
        /// The description, at most 2,048 characters.
        description: Option<String>,
        /// Tells whether people who follow the link must be approved.
        approve_joins: bool,
    }
    GroupRequest: |it| {
        let mode = if it.approve_joins { "approval_required" } else { "auto_approve" };
        let mut body = json!({
            "messaging_product": "whatsapp", "subject": it.subject, "join_approval_mode": mode,
        });
        if let (Some(description), Some(fields)) = (&it.description, body.as_object_mut()) {
            fields.insert("description".to_owned(), description.as_str().into());
        }
        Request::post([it.phone_number_id.as_str(), "groups"]).json(body)
    }
}

endpoint! {
    /// `GET /{phone number}/groups`: lists the number's groups, at most 1,024 in a page.
    pub struct ListGroups {
        /// Meta's id of the number.
        phone_number_id,
    }
    Page<ListedGroup>: |it| Request::get([it.phone_number_id.as_str(), "groups"])
}

endpoint! {
    /// `GET /{group}`: reads a group and its people.
    pub struct GetGroup {
        /// Meta's id of the group.
        group_id,
    }
    GroupInfo: |it| Request::get([it.group_id.as_str()]).query("fields", GroupInfo::FIELDS)
}

endpoint! {
    /// `POST /{group}`: changes the subject or the description.
    pub struct UpdateGroup {
        /// Meta's id of the group.
        group_id,
        /// The new subject. `None` keeps it.
        subject: Option<String>,
        /// The new description. `None` keeps it.
        description: Option<String>,
    }
    GroupRequest: |it| {
        let given = [("subject", &it.subject), ("description", &it.description)];
        let given = given.into_iter().filter_map(|(key, value)| Some((key, value.as_deref()?)));
        let mut body = json!({"messaging_product": "whatsapp"});
        if let Some(fields) = body.as_object_mut() {
            fields.extend(given.map(|(key, value)| (key.to_owned(), Value::from(value))));
        }
        Request::post([it.group_id.as_str()]).json(body).idempotent(true)
    }
}

endpoint! {
    /// `DELETE /{group}`: deletes a group.
    pub struct DeleteGroup {
        /// Meta's id of the group.
        group_id,
    }
    Success: |it| Request::delete([it.group_id.as_str()])
}

endpoint! {
    /// `DELETE /{group}/participants`: removes at most eight people. The result comes by webhook.
    pub struct RemoveGroupParticipants {
        /// Meta's id of the group.
        group_id,
        /// The people: WhatsApp ids or business-scoped user ids.
        participants: Vec<String>,
    }
    GroupRequest: |it| {
        let people: Vec<_> = it.participants.iter().map(|user| json!({"user": user})).collect();
        Request::delete([it.group_id.as_str(), "participants"])
            .json(json!({"messaging_product": "whatsapp", "participants": people}))
    }
}

endpoint! {
    /// `GET /{group}/join_requests`: lists the people who ask to join.
    pub struct ListJoinRequests {
        /// Meta's id of the group.
        group_id,
    }
    Page<JoinRequest>: |it| Request::get([it.group_id.as_str(), "join_requests"])
}

endpoint! {
    /// `POST /{group}/join_requests`: lets people in. Some may fail while others succeed: read
    /// [`JoinDecisions::failed`].
    pub struct ApproveJoinRequests {
        /// Meta's id of the group.
        group_id,
        /// Meta's ids of the requests.
        join_requests: Vec<String>,
    }
    JoinDecisions: |it| Request::post([it.group_id.as_str(), "join_requests"])
        .json(join_requests(&it.join_requests))
}

endpoint! {
    /// `DELETE /{group}/join_requests`: turns people away.
    pub struct RejectJoinRequests {
        /// Meta's id of the group.
        group_id,
        /// Meta's ids of the requests.
        join_requests: Vec<String>,
    }
    JoinDecisions: |it| Request::delete([it.group_id.as_str(), "join_requests"])
        .json(join_requests(&it.join_requests))
}

fn join_requests(ids: &[String]) -> Value {
    json!({"messaging_product": "whatsapp", "join_requests": ids})
}

endpoint! {
    /// `GET /{group}/invite_link`: reads the invite link.
    pub struct GetGroupInviteLink {
        /// Meta's id of the group.
        group_id,
    }
    GroupInvite: |it| Request::get([it.group_id.as_str(), "invite_link"])
}

endpoint! {
    /// `POST /{group}/invite_link`: replaces the invite link. The old one stops working.
    pub struct ResetGroupInviteLink {
        /// Meta's id of the group.
        group_id,
    }
    GroupInvite: |it| Request::post([it.group_id.as_str(), "invite_link"])
        .json(json!({"messaging_product": "whatsapp"}))
}

/// A change of a group that Meta took. Its result comes by webhook.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct GroupRequest {
    /// Meta's id of the request, which the webhook repeats.
    #[serde(deserialize_with = "lenient::optional_id")]
    pub request_id: Option<String>,
    /// Fields that this crate does not know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A group.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct GroupInfo {
    /// Meta's id of the group.
    #[serde(deserialize_with = "lenient::optional_id")]
    pub id: Option<String>,
    /// The subject.
    pub subject: Option<String>,
    /// The description.
    pub description: Option<String>,
    /// Tells whether Meta suspended it.
    pub suspended: Option<bool>,
    /// The time when it was created, in Unix seconds.
    #[serde(deserialize_with = "lenient::integer")]
    pub creation_timestamp: Option<i64>,
    /// The people.
    #[serde(deserialize_with = "lenient::or_default")]
    pub participants: Vec<GroupMember>,
    /// The number of people.
    #[serde(deserialize_with = "lenient::integer")]
    pub total_participant_count: Option<i64>,
    /// `auto_approve` or `approval_required`.
    pub join_approval_mode: Option<String>,
    /// Fields that this crate does not know.
    #[serde(flatten)]
    pub extra: Extra,
}

impl GroupInfo {
    /// The fields that are asked for.
    pub const FIELDS: &str = "subject,description,suspended,creation_timestamp,participants,\
        total_participant_count,join_approval_mode";
}

/// A person in a group.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct GroupMember {
    /// The WhatsApp id.
    #[serde(deserialize_with = "lenient::optional_id")]
    pub wa_id: Option<String>,
    /// The business-scoped user id.
    #[serde(deserialize_with = "lenient::optional_id")]
    pub user_id: Option<String>,
    /// Fields that this crate does not know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// The invite link of a group.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct GroupInvite {
    /// The link.
    pub invite_link: Option<String>,
    /// Fields that this crate does not know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A group as the list of groups shows it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct ListedGroup {
    /// Meta's id of the group.
    #[serde(deserialize_with = "lenient::id")]
    pub id: String,
    /// The subject.
    #[serde(default)]
    pub subject: Option<String>,
    /// The time when it was created, in Unix seconds.
    #[serde(default, deserialize_with = "lenient::integer")]
    pub created_at: Option<i64>,
    /// Fields that this crate does not know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A person's request to join a group.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct JoinRequest {
    /// Meta's id of the request.
    #[serde(deserialize_with = "lenient::id")]
    pub join_request_id: String,
    /// The WhatsApp id.
    #[serde(default, deserialize_with = "lenient::optional_id")]
    pub wa_id: Option<String>,
    /// The business-scoped user id.
    #[serde(default, deserialize_with = "lenient::optional_id")]
    pub user_id: Option<String>,
    /// The time when it was made, in Unix seconds.
    #[serde(default, deserialize_with = "lenient::integer")]
    pub creation_timestamp: Option<i64>,
    /// Fields that this crate does not know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// The decisions on requests to join, request by request.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct JoinDecisions {
    /// Meta's ids of the requests that were approved or rejected.
    #[serde(
        alias = "approved_join_requests",
        alias = "rejected_join_requests",
        deserialize_with = "lenient::or_default"
    )]
    pub done: Vec<String>,
    /// The requests for which it failed.
    #[serde(
        rename = "failed_join_requests",
        deserialize_with = "lenient::or_default"
    )]
    pub failed: Vec<FailedJoinRequest>,
}

/// A request to join on which nothing could be decided.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct FailedJoinRequest {
    /// Meta's id of the request.
    #[serde(deserialize_with = "lenient::optional_id")]
    pub join_request_id: Option<String>,
    /// Fields that this crate does not know: `errors`.
    #[serde(flatten)]
    pub extra: Extra,
}
