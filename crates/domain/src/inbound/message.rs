//! A message, as one webhook reports it.

use serde::{Deserialize, Serialize};

use super::{MessageContent, Party};
use crate::{
    Time,
    ids::{GroupId, Wamid},
    message::{Direction, ReportedStatus},
};

/// A message that somebody wrote.
#[derive(Clone, PartialEq, Debug)]
pub struct MessageFact {
    /// Meta's id.
    pub wamid: Wamid,
    /// The direction: from a customer, or from the business itself on its phone.
    pub direction: Direction,
    /// The other person: the author of a message to the business, or the recipient of a message from it.
    pub party: Party,
    /// The group of a group message. `party` is then the member who wrote.
    pub group_id: Option<GroupId>,
    /// The time when it was written.
    pub at: Time,
    /// Tells whether it was written now, or is an old message that is imported.
    pub origin: Origin,
    /// The message that it answers, or that it was forwarded.
    pub context: Option<Context>,
    /// The ad or post that it came from.
    pub referral: Option<Referral>,
    /// The content.
    pub content: MessageContent,
}

impl MessageFact {
    /// Returns the id under which it is kept. A voicemail comes with the id of its call, and is kept beside it.
    pub fn key(&self) -> Wamid {
        match self.wamid.is_of_call() {
            true => self.wamid.beside("message"),
            false => self.wamid.clone(),
        }
    }
}

/// The origin of a message.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// A customer wrote it now.
    Live,
    /// The business wrote it on its phone (`smb_message_echoes`).
    Echo,
    /// It was imported from the phone (`history`), with this status.
    History {
        /// `None` when Meta sends no status, or an unknown one.
        status: Option<ReportedStatus>,
    },
}

/// The message that a message answers, or that it was forwarded.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Context {
    /// The message that it answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message_id: Option<Wamid>,
    /// The author of that message.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// Tells whether it was forwarded.
    pub forwarded: bool,
    /// Tells whether it was forwarded more than five times.
    pub frequently_forwarded: bool,
    /// The product that it asks about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub referred_product: Option<ReferredProduct>,
}

/// A product of a catalog.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReferredProduct {
    /// The catalog.
    pub catalog_id: String,
    /// The shop's own id.
    pub product_retailer_id: String,
}

/// The ad or post that brought the person here.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Referral {
    /// Its address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_url: Option<String>,
    /// Its id at Meta.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_id: Option<String>,
    /// `ad` or `post`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_type: Option<String>,
    /// Its headline.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub headline: Option<String>,
    /// Its text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// `image` or `video`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub media_type: Option<String>,
    /// The image.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_url: Option<String>,
    /// The video.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub video_url: Option<String>,
    /// The thumbnail.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub thumbnail_url: Option<String>,
    /// The click id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ctwa_clid: Option<String>,
    /// The greeting that the ad showed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub welcome_message: Option<String>,
}
