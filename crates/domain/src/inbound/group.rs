//! Updates of groups (`group_…_update`). Meta's words are kept in Meta's form.

use serde::{Deserialize, Serialize};

use super::{MetaFault, Party};
use crate::{Time, ids::GroupId};

/// An update of a group, and the people in it.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct GroupUpdate {
    /// The update.
    pub change: GroupChange,
    /// The people that it names.
    pub people: Vec<GroupPerson>,
    /// The time when it happened.
    pub at: Option<Time>,
}

/// An update of a group without the people in it.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GroupChange {
    /// Meta's name of the field, such as `group_settings_update`.
    pub field: String,
    /// Meta's `type`: `group_create`, `group_participants_add`, `group_suspend`, …
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<String>,
    /// The group. A group that could not be created may have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group_id: Option<GroupId>,
    /// Meta's id of the request that caused it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// The new subject.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<GroupSetting>,
    /// The new description.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<GroupSetting>,
    /// The new picture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub picture: Option<GroupPicture>,
    /// `auto_approve` or `approval_required`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub join_approval_mode: Option<String>,
    /// The link by which people join.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invite_link: Option<String>,
    /// The reason why somebody joined or asked to, such as `invite_link`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// `business` or `participant`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub initiated_by: Option<String>,
    /// Meta's id of a request to join.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub join_request_id: Option<String>,
    /// The reason why the whole update, or a part of it, failed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<MetaFault>,
}

/// A setting of a group that the business changed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GroupSetting {
    /// The text. An empty one removes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Tells whether the change succeeded.
    pub is_applied: bool,
    /// The reason why it failed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<MetaFault>,
}

/// A group's picture that the business changed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GroupPicture {
    /// The MIME type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mime_type: Option<String>,
    /// The SHA-256 in Meta's form.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// Tells whether the change succeeded.
    pub is_applied: bool,
    /// The reason why it failed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<MetaFault>,
}

/// A person in an update of a group.
#[derive(Clone, PartialEq, Debug)]
pub struct GroupPerson {
    /// The person.
    pub party: Party,
    /// The person's part in the update.
    pub role: GroupRole,
    /// Meta's text, if it identifies nobody.
    pub input: Option<String>,
    /// The reason why it failed for this person.
    pub errors: Vec<MetaFault>,
}

/// The part of a person in an update of a group.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GroupRole {
    /// Joined, or was added.
    Added,
    /// Left, or was removed.
    Removed,
    /// Was to be added or removed, and was not.
    Failed,
    /// Asked to join, or took the request back.
    Requester,
    /// Caused the update.
    Initiator,
}
