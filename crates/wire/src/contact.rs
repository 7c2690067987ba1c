//! Contacts: the people with whom the organisation writes.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// A contact: a person at WhatsApp.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Contact {
    pub id: Uuid,
    /// The name that the organisation gave the person, or the one in its phone's contact book.
    #[schema(required)]
    pub name: Option<String>,
    /// The name to show: the organisation's own, otherwise the person's, otherwise the username, otherwise the phone
    /// number.
    #[schema(required)]
    pub shown_name: Option<String>,
    /// The WhatsApp id: a number in international form without `+`.
    #[schema(required, example = "16505551234")]
    pub phone: Option<String>,
    #[schema(required)]
    pub username: Option<String>,
    /// The name that the person gave in WhatsApp.
    #[schema(required)]
    pub profile_name: Option<String>,
    /// The business-scoped user id.
    #[schema(required)]
    pub user_id: Option<String>,
    /// The user id that is valid across a parent's portfolios, if Meta reports one.
    #[schema(required)]
    pub parent_user_id: Option<String>,
    /// The name in the contact book of the organisation's phone. A name that a member gave takes precedence.
    #[schema(required)]
    pub book_name: Option<String>,
    /// The number that the person lost to another contact. Null once they have another number.
    #[schema(required)]
    pub phone_passed_on: Option<PhonePassedOn>,
    /// Whether the person opted out of marketing.
    pub opted_out: bool,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// A number that was passed on to another person.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PhonePassedOn {
    /// The number: digits in international form without `+`.
    #[schema(example = "16505551234")]
    pub phone: String,
    /// When Meta first named the other person with it.
    pub at: DateTime<Utc>,
    /// The contact who has the number now.
    pub contact_id: Uuid,
}

/// The ids of a contact.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ContactIds {
    /// The WhatsApp id.
    #[schema(required)]
    pub phone: Option<String>,
    /// The business-scoped user id.
    #[schema(required)]
    pub user_id: Option<String>,
    /// The parent user id.
    #[schema(required)]
    pub parent_user_id: Option<String>,
}

/// The answer to an erasure.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct Erasure {
    pub success: bool,
    /// The number of messages that were erased.
    pub messages: i64,
}

/// A merge of another contact into this one.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ContactMerge {
    pub id: Uuid,
    /// The removed contact, as it was.
    pub merged: Contact,
    pub merged_at: DateTime<Utc>,
    /// The time at which it was undone. Null if it was not.
    #[schema(required)]
    pub undone_at: Option<DateTime<Utc>>,
}

/// The merges of a contact, newest first.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct ContactMerges {
    pub items: Vec<ContactMerge>,
}

/// Two contacts after a merge was undone.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct ContactSplit {
    /// The contact that remained after the merge.
    pub contact: Contact,
    /// The restored contact, under its former id.
    pub restored: Contact,
}
