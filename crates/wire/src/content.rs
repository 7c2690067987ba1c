//! The content of messages, and the parts that belong to it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// The content of a message, by type.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum MessageContent {
    Text {
        /// The text as the person wrote it.
        body: String,
    },
    Image(MediaContent),
    Video(MediaContent),
    /// Audio: a file, or a voice note.
    Audio(MediaContent),
    Document(MediaContent),
    Sticker(MediaContent),
    /// Media of an imported message that is no longer available.
    MediaPlaceholder {},
    Location {
        /// The latitude in degrees north.
        latitude: f64,
        /// The longitude in degrees east.
        longitude: f64,
        #[serde(skip_serializing_if = "Option::is_none")]
        name: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        address: Option<String>,
        /// A web page about the place.
        #[serde(skip_serializing_if = "Option::is_none")]
        url: Option<String>,
    },
    /// Contact cards.
    Contacts {
        contacts: Vec<ContactCard>,
        /// Why the cards were sent, such as an answer to a request for contact data.
        #[serde(skip_serializing_if = "Option::is_none")]
        origin: Option<String>,
    },
    /// An emoji on a message.
    Reaction {
        /// Meta's id of the message.
        #[serde(rename = "messageId")]
        message_id: String,
        /// The emoji. Absent if the reaction was removed.
        #[serde(skip_serializing_if = "Option::is_none")]
        emoji: Option<String>,
    },
    /// A tap on a template's quick reply.
    Button {
        text: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        payload: Option<String>,
    },
    /// A tap on a reply button.
    ButtonReply {
        id: String,
        title: String,
    },
    /// A choice from a list.
    ListReply {
        id: String,
        title: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        description: Option<String>,
    },
    /// A submitted form: a flow, or an address.
    FormReply {
        /// `flow` or `address_message`.
        #[serde(skip_serializing_if = "Option::is_none")]
        name: Option<String>,
        /// The text that the person sees.
        #[serde(skip_serializing_if = "Option::is_none")]
        body: Option<String>,
        /// The answers. A string if Meta sent no readable JSON.
        response: Value,
    },
    /// An answer to the question whether the business may call.
    CallPermissionReply {
        /// `accept` or `reject`.
        response: String,
        /// `user_action` or `automatic`.
        #[serde(skip_serializing_if = "Option::is_none")]
        source: Option<String>,
        #[serde(rename = "expiresAt", skip_serializing_if = "Option::is_none")]
        expires_at: Option<DateTime<Utc>>,
        #[serde(rename = "isPermanent")]
        is_permanent: bool,
    },
    /// An order from a catalog.
    Order {
        #[serde(rename = "catalogId", skip_serializing_if = "Option::is_none")]
        catalog_id: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        text: Option<String>,
        items: Vec<OrderItem>,
    },
    /// A notice of WhatsApp about the person, such as a new number or identity.
    System {
        /// `user_changed_number`, `user_changed_user_id`, `customer_identity_changed`, …
        kind: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        body: Option<String>,
        /// The person with the present ids.
        #[serde(skip_serializing_if = "Option::is_none")]
        now: Option<Party>,
        /// The person's former ids, if Meta reports them.
        #[serde(skip_serializing_if = "Option::is_none")]
        previous: Option<Box<Party>>,
    },
    /// The person opened the chat for the first time.
    RequestWelcome {},
    /// An edit of a message. It is the record; the edited message has the new content.
    Edit {
        /// Meta's id of the message.
        #[serde(rename = "originalMessageId")]
        original_message_id: String,
        #[schema(no_recursion)]
        content: Box<MessageContent>,
    },
    /// A revocation of a message.
    Revoke {
        /// Meta's id of the message.
        #[serde(rename = "originalMessageId")]
        original_message_id: String,
    },
    /// A template that the business sent.
    Template {
        name: String,
        #[schema(example = "en_US")]
        language: String,
        /// The values of its placeholders, in Meta's shape.
        components: Value,
    },
    /// An interactive message that the business sent: buttons, a list, a form, products and others.
    Interactive {
        /// Meta's name of the type: `button`, `list`, `cta_url`, `flow`, …
        kind: String,
        /// The text above the body. For a file, its name or kind.
        #[serde(skip_serializing_if = "Option::is_none")]
        header: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        body: Option<String>,
        /// The text below the body.
        #[serde(skip_serializing_if = "Option::is_none")]
        footer: Option<String>,
        /// The labels of the buttons.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        #[schema(required = false)]
        buttons: Vec<String>,
        /// Other choices: a list's rows, products, cards.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        #[schema(required = false)]
        options: Vec<String>,
    },
    /// A pin or unpin of a group's message by the business.
    Pin {
        /// Meta's id of the message.
        #[serde(rename = "messageId")]
        message_id: String,
        /// Whether it is pinned now.
        pinned: bool,
        /// How many days the pin lasts.
        #[serde(rename = "expirationDays", skip_serializing_if = "Option::is_none")]
        expiration_days: Option<u8>,
    },
    Call(Call),
    /// A type without a form of its own.
    Unsupported {
        /// Meta's name of the type, if it has one.
        #[serde(skip_serializing_if = "Option::is_none")]
        kind: Option<String>,
        /// Meta's errors.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        #[schema(required = false)]
        errors: Vec<MetaFault>,
        /// The message as Meta sent it.
        raw: Value,
    },
}

/// A file, as the message describes it. Its state is in the message's `media`.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MediaContent {
    /// Meta's id of the file, if it still has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub meta_media_id: Option<String>,
    /// The MIME type that the sender's phone reported.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mime_type: Option<String>,
    /// SHA-256 of the bytes, as Meta writes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub caption: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filename: Option<String>,
    /// Whether it is a voice note.
    pub voice: bool,
    /// Whether the sticker is animated.
    pub animated: bool,
}

/// One product of an order.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OrderItem {
    /// The shop's own id of the product.
    pub product_retailer_id: String,
    pub quantity: f64,
    /// The price of one, in `currency`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub item_price: Option<f64>,
    /// The currency by ISO 4217.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
}

/// A contact card.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ContactCard {
    pub name: ContactName,
    /// Phone numbers, labelled HOME, WORK, …
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub phones: Vec<Labelled>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub emails: Vec<Labelled>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub urls: Vec<Labelled>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub addresses: Vec<PostalAddress>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub company: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub department: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The birthday as written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub birthday: Option<String>,
}

/// A name on a card.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ContactName {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub formatted_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_name: Option<String>,
}

/// A value with a label.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Labelled {
    pub value: String,
    /// The label: HOME, WORK, …
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// The WhatsApp id of a phone number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wa_id: Option<String>,
}

/// An address on a card.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PostalAddress {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub street: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub city: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zip: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// The label: HOME, WORK, …
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
}

/// A call in its present state.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Call {
    /// Meta's id of the call.
    pub call_id: String,
    pub party: Party,
    /// The group of a group call.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group_id: Option<String>,
    /// Whether the person called the business.
    pub by_customer: bool,
    /// `connect`, `terminate`, `call_recording_available`; or `RINGING`, `ACCEPTED`, `REJECTED`.
    pub event: String,
    /// The result: `COMPLETED`, `FAILED`, …
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    pub at: DateTime<Utc>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub started_at: Option<DateTime<Utc>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<DateTime<Utc>>,
    /// The duration in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration: Option<i64>,
    /// The recording, which is fetched like other files of messages.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recording: Option<Box<MediaContent>>,
}

/// A person, as one webhook names them.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Party {
    /// The WhatsApp id: a number in international form without `+`.
    #[schema(example = "16505551234")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// The business-scoped user id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_id: Option<String>,
    /// The user id across a parent's portfolios.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent_user_id: Option<String>,
    /// The name that the person gave in WhatsApp.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profile_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// A hash that changes when the person sets up WhatsApp anew.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identity_key_hash: Option<String>,
}

/// An error, as Meta reports it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MetaFault {
    /// Meta's code.
    #[schema(example = 131047)]
    pub code: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub details: Option<String>,
    /// A web page about the error.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub href: Option<String>,
    /// The cause and the remedy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub explanation: Option<crate::message::Explanation>,
}

/// The message that a message answers, and whether it was forwarded.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MessageContext {
    /// Meta's id of the message that it answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message_id: Option<String>,
    /// The author of that message.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    pub forwarded: bool,
    /// Whether it was forwarded more than five times.
    pub frequently_forwarded: bool,
    /// The product that the message asks about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub referred_product: Option<ReferredProduct>,
}

/// A product of a catalog.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReferredProduct {
    pub catalog_id: String,
    /// The shop's own id of the product.
    pub product_retailer_id: String,
}

/// The ad or post that brought the person here.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Referral {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_url: Option<String>,
    /// Meta's id of the ad or post.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_id: Option<String>,
    /// `ad` or `post`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub headline: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// `image` or `video`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub media_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub video_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub thumbnail_url: Option<String>,
    /// The id of the click.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ctwa_clid: Option<String>,
    /// The greeting that the ad showed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub welcome_message: Option<String>,
}

/// The price of a message, as Meta reports it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Pricing {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub billable: Option<bool>,
    /// `CBP` or `PMP`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// `regular`, `free_customer_service`, `free_entry_point`.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// `marketing`, `utility`, `service`, …
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
}

/// The direction of a message.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// A customer wrote.
    Inbound,
    /// The business wrote.
    Outbound,
}

/// The status of a message.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MessageStatus {
    Received,
    Queued,
    Sending,
    Accepted,
    Sent,
    Delivered,
    Read,
    Played,
    Failed,
    Unknown,
    Cancelled,
    Expired,
}

/// A status that Meta reports.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReportedStatus {
    Sent,
    Delivered,
    Read,
    Played,
    Failed,
}

/// The party that must act on an error.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Who {
    /// The business that owns the number.
    Business,
    /// The person on the other side.
    Customer,
    /// The operator of this platform.
    Platform,
    Meta,
    /// Nobody: time or another message resolves it.
    Nobody,
}

/// Whether the same message may be sent again.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Retry {
    /// It was rejected before it was processed.
    Safe,
    /// It may have been processed. Look for proof first.
    Unknown,
    /// Later: once the condition that the remedy names is met.
    Later,
    /// Never: it would fail again.
    Never,
}
