//! A message, as one webhook tells it.

use serde::{Deserialize, Serialize};

use super::{MessageContent, Party};
use crate::{
    Time,
    ids::{GroupId, Wamid},
    message::{Direction, ReportedStatus},
};

/// Somebody wrote.
#[derive(Clone, PartialEq, Debug)]
pub struct MessageFact {
    /// Meta's id.
    pub wamid: Wamid,
    /// Who wrote: a customer, or the business itself on its phone.
    pub direction: Direction,
    /// The other side: who wrote to the business, or whom it wrote to.
    pub party: Party,
    /// The group, of a group message; then `party` is the member who wrote.
    pub group_id: Option<GroupId>,
    /// When it was written.
    pub at: Time,
    /// Whether it happens now, or is an old message that is imported.
    pub origin: Origin,
    /// What it answers or forwards.
    pub context: Option<Context>,
    /// The ad or post that it came from.
    pub referral: Option<Referral>,
    /// What it holds.
    pub content: MessageContent,
}

/// Where a message comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// A customer wrote it now.
    Live,
    /// The business wrote it on its phone (`smb_message_echoes`).
    Echo,
    /// It was imported from the phone (`history`), with the status that it had.
    History {
        /// `None` where Meta tells none, or one that we do not know.
        status: Option<ReportedStatus>,
    },
}

/// What a message answers or forwards.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Context {
    /// The message that it answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message_id: Option<Wamid>,
    /// Who wrote that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// Forwarded.
    pub forwarded: bool,
    /// Forwarded more than five times.
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
    /// Where it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_url: Option<String>,
    /// Meta's id of it.
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
    /// The picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_url: Option<String>,
    /// The film.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub video_url: Option<String>,
    /// A small picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub thumbnail_url: Option<String>,
    /// The click's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ctwa_clid: Option<String>,
    /// The greeting that the ad showed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub welcome_message: Option<String>,
}
