//! What a message holds, described. The domain's own serialised form goes over the wire; these types only tell the
//! OpenAPI document what it looks like, and a test holds the two together.
#![allow(
    dead_code,
    reason = "they describe what the domain serialises; only tests make them"
)]

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

/// What a message holds, by type.
#[derive(Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum MessageContent {
    Text {
        /// As the person wrote it.
        body: String,
    },
    Image(MediaContent),
    Video(MediaContent),
    /// Sound: a file, or a voice note.
    Audio(MediaContent),
    Document(MediaContent),
    Sticker(MediaContent),
    /// Media of an imported message that is no longer to be had.
    MediaPlaceholder {},
    Location {
        /// Degrees north.
        latitude: f64,
        /// Degrees east.
        longitude: f64,
        name: Option<String>,
        address: Option<String>,
        /// A page about it.
        url: Option<String>,
    },
    /// Contact cards.
    Contacts {
        contacts: Vec<ContactCard>,
        /// Why they came: an answer to a request for contact data, say.
        origin: Option<String>,
    },
    /// An emoji on a message.
    Reaction {
        /// Meta's id of the message.
        #[serde(rename = "messageId")]
        message_id: String,
        /// Left out when the reaction is taken back.
        emoji: Option<String>,
    },
    /// A tap on a template's quick reply.
    Button {
        text: String,
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
        description: Option<String>,
    },
    /// A form that was filled in: a flow, or an address.
    FormReply {
        /// `flow` or `address_message`.
        name: Option<String>,
        /// What the person sees.
        body: Option<String>,
        /// The answers; a text where Meta sent no readable JSON.
        response: Value,
    },
    /// An answer to the question whether the business may call.
    CallPermissionReply {
        /// `accept` or `reject`.
        response: String,
        /// `user_action` or `automatic`.
        source: Option<String>,
        #[serde(rename = "expiresAt")]
        expires_at: Option<DateTime<Utc>>,
        #[serde(rename = "isPermanent")]
        is_permanent: bool,
    },
    /// An order from a catalog.
    Order {
        #[serde(rename = "catalogId")]
        catalog_id: Option<String>,
        text: Option<String>,
        items: Vec<OrderItem>,
    },
    /// WhatsApp tells something about the person: a new number, a new identity.
    System {
        /// `user_changed_number`, `user_changed_user_id`, `customer_identity_changed`, …
        kind: String,
        body: Option<String>,
        /// Who the person is now.
        now: Option<Party>,
    },
    /// The person opened the chat for the first time.
    RequestWelcome {},
    /// A message has a new content. The message itself is changed; this is the record of it.
    Edit {
        /// Meta's id of the message.
        #[serde(rename = "originalMessageId")]
        original_message_id: String,
        #[schema(no_recursion)]
        content: Box<MessageContent>,
    },
    /// A message was taken back.
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
        /// The values for its places, in Meta's shape.
        components: Value,
    },
    /// Buttons, a list, a form, products, … that the business sent.
    Interactive {
        /// Meta's name of the type: `button`, `list`, `cta_url`, `flow`, …
        kind: String,
        /// What stands above the text; of a file its name or kind.
        header: Option<String>,
        body: Option<String>,
        /// What stands below the text.
        footer: Option<String>,
        /// What the buttons say.
        #[serde(default)]
        #[schema(required = false)]
        buttons: Vec<String>,
        /// What can be chosen beside them: a list's rows, products, cards.
        #[serde(default)]
        #[schema(required = false)]
        options: Vec<String>,
    },
    /// The business pinned a group's message, or took the pin off.
    Pin {
        /// Meta's id of the message.
        #[serde(rename = "messageId")]
        message_id: String,
        /// Whether it is pinned now.
        pinned: bool,
        /// For how many days.
        #[serde(rename = "expirationDays")]
        expiration_days: Option<u8>,
    },
    Call(Call),
    /// A type that is shown by its name.
    Unsupported {
        /// Meta's type, where it names one.
        kind: Option<String>,
        /// Meta's words.
        #[serde(default)]
        #[schema(required = false)]
        errors: Vec<MetaFault>,
        /// The message as it came.
        raw: Value,
    },
}

/// A file, as the message tells of it. What became of it is in the message's `media`.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct MediaContent {
    /// Meta's id of the file, where it still has one.
    meta_media_id: Option<String>,
    /// As the sender's phone says it.
    mime_type: Option<String>,
    /// SHA-256 of the bytes, as Meta writes it.
    sha256: Option<String>,
    caption: Option<String>,
    filename: Option<String>,
    /// A voice note.
    voice: bool,
    /// An animated sticker.
    animated: bool,
}

/// One product of an order.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct OrderItem {
    /// The shop's own id of it.
    product_retailer_id: String,
    quantity: f64,
    /// For one, in `currency`.
    item_price: Option<f64>,
    /// ISO 4217.
    currency: Option<String>,
}

/// A contact card.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ContactCard {
    name: ContactName,
    /// The label is HOME, WORK, …
    #[serde(default)]
    #[schema(required = false)]
    phones: Vec<Labelled>,
    #[serde(default)]
    #[schema(required = false)]
    emails: Vec<Labelled>,
    #[serde(default)]
    #[schema(required = false)]
    urls: Vec<Labelled>,
    #[serde(default)]
    #[schema(required = false)]
    addresses: Vec<PostalAddress>,
    company: Option<String>,
    department: Option<String>,
    title: Option<String>,
    /// As written.
    birthday: Option<String>,
}

/// A name on a card.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ContactName {
    formatted_name: Option<String>,
    first_name: Option<String>,
    last_name: Option<String>,
}

/// A value with what it is for.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Labelled {
    value: String,
    /// HOME, WORK, …
    label: Option<String>,
    /// The WhatsApp id that goes with a number.
    wa_id: Option<String>,
}

/// An address on a card.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct PostalAddress {
    street: Option<String>,
    city: Option<String>,
    state: Option<String>,
    zip: Option<String>,
    country: Option<String>,
    /// HOME, WORK, …
    label: Option<String>,
}

/// A call as it stands.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Call {
    /// Meta's id of the call.
    call_id: String,
    party: Party,
    /// The group, of a group call.
    group_id: Option<String>,
    /// Whether the person called the business.
    by_customer: bool,
    /// `connect`, `terminate`; or `RINGING`, `ACCEPTED`, `REJECTED`.
    event: String,
    /// How it ended: `COMPLETED`, `FAILED`, …
    status: Option<String>,
    at: DateTime<Utc>,
    started_at: Option<DateTime<Utc>>,
    ended_at: Option<DateTime<Utc>>,
    /// Seconds.
    duration: Option<i64>,
}

/// A person, as far as one webhook tells.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Party {
    /// The WhatsApp id: a number in international form without `+`.
    #[schema(example = "16505551234")]
    phone: Option<String>,
    /// The business-scoped user id.
    user_id: Option<String>,
    /// The same across a parent's portfolios.
    parent_user_id: Option<String>,
    /// The name that the person gave in WhatsApp.
    profile_name: Option<String>,
    username: Option<String>,
    /// Changes when the person's WhatsApp was set up anew.
    identity_key_hash: Option<String>,
}

/// An error in Meta's words.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct MetaFault {
    /// Meta's code.
    #[schema(example = 131047)]
    code: i64,
    title: Option<String>,
    message: Option<String>,
    details: Option<String>,
    /// A page about it.
    href: Option<String>,
}

/// What a message answers or forwards.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct MessageContext {
    /// Meta's id of the message that it answers.
    message_id: Option<String>,
    /// Who wrote that.
    from: Option<String>,
    forwarded: bool,
    /// Forwarded more than five times.
    frequently_forwarded: bool,
    /// The product that it asks about.
    referred_product: Option<ReferredProduct>,
}

/// A product of a catalog.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ReferredProduct {
    catalog_id: String,
    /// The shop's own id.
    product_retailer_id: String,
}

/// The ad or post that brought the person here.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Referral {
    source_url: Option<String>,
    /// Meta's id of it.
    source_id: Option<String>,
    /// `ad` or `post`.
    source_type: Option<String>,
    headline: Option<String>,
    body: Option<String>,
    /// `image` or `video`.
    media_type: Option<String>,
    image_url: Option<String>,
    video_url: Option<String>,
    thumbnail_url: Option<String>,
    /// The click's id.
    ctwa_clid: Option<String>,
    /// The greeting that the ad showed.
    welcome_message: Option<String>,
}

/// What a message costs, as Meta tells it.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Pricing {
    billable: Option<bool>,
    /// `CBP` or `PMP`.
    model: Option<String>,
    /// `regular`, `free_customer_service`, `free_entry_point`.
    #[serde(rename = "type")]
    kind: Option<String>,
    /// `marketing`, `utility`, `service`, …
    category: Option<String>,
}

/// Which way a message goes.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Direction {
    /// A customer wrote.
    Inbound,
    /// The business wrote.
    Outbound,
}

/// How far a message came.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum MessageStatus {
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
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ReportedStatus {
    Sent,
    Delivered,
    Read,
    Played,
    Failed,
}

/// Who has to do something about an error.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Who {
    /// The business that owns the number.
    Business,
    /// The person on the other side.
    Customer,
    /// Who runs this platform.
    Platform,
    Meta,
    /// Time or another message settles it.
    Nobody,
}

/// Whether the same may be sent again.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Retry {
    /// It was rejected before it was processed.
    Safe,
    /// It may have been done: look for proof first.
    Unknown,
    /// Not by itself and not now: once what the action names has happened or passed.
    Later,
    /// It fails again.
    Never,
}

#[cfg(test)]
#[path = "content/tests.rs"]
mod tests;
