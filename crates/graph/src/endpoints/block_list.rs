//! Source: Meta, WhatsApp Cloud API, "Block users".

use serde::Deserialize;
use serde_json::{Value, json};

use super::table::endpoint;
use crate::endpoint::Request;
use crate::paging::Page;
use crate::wire::{Extra, lenient};

endpoint! {
    /// `GET /{phone number}/block_users`: lists the people whom the number blocked.
    pub struct ListBlockedUsers {
        /// Meta's id of the number.
        phone_number_id,
    }
    Page<BlockedUser>: |it| Request::get([it.phone_number_id.as_str(), "block_users"])
}

endpoint! {
    /// `POST /{phone number}/block_users`: blocks people who wrote in the last 24 hours. Some may fail while others
    /// succeed: read [`BlockChanges::failed`].
    pub struct BlockUsers {
        /// Meta's id of the number.
        phone_number_id,
        /// The people.
        users: Vec<UserToBlock>,
    }
    BlockChanges: |it| Request::post([it.phone_number_id.as_str(), "block_users"])
        .json(body(&it.users))
        .idempotent(true)
}

endpoint! {
    /// `DELETE /{phone number}/block_users`: unblocks people.
    pub struct UnblockUsers {
        /// Meta's id of the number.
        phone_number_id,
        /// The people.
        users: Vec<UserToBlock>,
    }
    BlockChanges: |it| Request::delete([it.phone_number_id.as_str(), "block_users"])
        .json(body(&it.users))
}

fn body(users: &[UserToBlock]) -> Value {
    let users: Vec<_> = users
        .iter()
        .map(|user| match user {
            UserToBlock::Phone(phone) => json!({"user": phone}),
            UserToBlock::UserId(id) => json!({"user_id": id}),
        })
        .collect();
    json!({"messaging_product": "whatsapp", "block_users": users})
}

/// A person to block or to unblock.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum UserToBlock {
    /// By phone number.
    Phone(String),
    /// By business-scoped user id.
    UserId(String),
}

/// A person whom the number blocked.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct BlockedUser {
    /// The WhatsApp id.
    #[serde(deserialize_with = "lenient::optional_id")]
    pub wa_id: Option<String>,
    /// The business-scoped user id.
    #[serde(deserialize_with = "lenient::optional_id")]
    pub user_id: Option<String>,
    /// The person as the request named them.
    #[serde(deserialize_with = "lenient::optional_id")]
    pub input: Option<String>,
    /// Fields that this crate does not know: `errors` where it failed.
    #[serde(flatten)]
    pub extra: Extra,
}

/// The changes of the block list, person by person.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct BlockChanges {
    /// The people for whom it was done.
    pub done: Vec<BlockedUser>,
    /// The people for whom it failed.
    pub failed: Vec<BlockedUser>,
}

impl<'de> Deserialize<'de> for BlockChanges {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Answer {
            block_users: Lists,
        }
        #[derive(Deserialize)]
        struct Lists {
            // Meta's page prints `added_users` for removals too.
            #[serde(default, alias = "removed_users")]
            added_users: Vec<BlockedUser>,
            #[serde(default)]
            failed_users: Vec<BlockedUser>,
        }
        let Answer { block_users } = Answer::deserialize(deserializer)?;
        Ok(Self {
            done: block_users.added_users,
            failed: block_users.failed_users,
        })
    }
}
