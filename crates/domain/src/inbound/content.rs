//! What a message holds.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{ContactCard, MetaFault, Party};
use crate::{
    Time,
    ids::{GroupId, MetaMediaId, Wamid},
};

/// What a message holds. The serialised form is what is stored and what the API shows.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(
    tag = "type",
    rename_all = "snake_case",
    rename_all_fields = "camelCase"
)]
pub enum MessageContent {
    /// Text.
    Text {
        /// As the person wrote it.
        body: String,
    },
    /// A picture.
    Image(MediaContent),
    /// A film.
    Video(MediaContent),
    /// Sound: a file, or a voice note.
    Audio(MediaContent),
    /// Any other file.
    Document(MediaContent),
    /// A sticker, perhaps animated.
    Sticker(MediaContent),
    /// Media of an imported message that is no longer to be had.
    MediaPlaceholder,
    /// A place.
    Location {
        /// Degrees north.
        latitude: f64,
        /// Degrees east.
        longitude: f64,
        /// Its name.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<String>,
        /// Its address.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        address: Option<String>,
        /// A page about it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        url: Option<String>,
    },
    /// Contact cards.
    Contacts {
        /// The cards.
        contacts: Vec<ContactCard>,
        /// Why they came: an answer to a request for contact data, say.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        origin: Option<String>,
    },
    /// An emoji on a message.
    Reaction {
        /// The message.
        message_id: Wamid,
        /// The emoji; none takes the reaction back.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        emoji: Option<String>,
    },
    /// A tap on a template's quick reply.
    Button {
        /// What the button said.
        text: String,
        /// What it carries.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        payload: Option<String>,
    },
    /// A tap on a reply button.
    ButtonReply {
        /// The button's id.
        id: String,
        /// What it said.
        title: String,
    },
    /// A choice from a list.
    ListReply {
        /// The row's id.
        id: String,
        /// What it said.
        title: String,
        /// Its second line.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        description: Option<String>,
    },
    /// A form that was filled in: a flow, or an address.
    FormReply {
        /// `flow` or `address_message`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<String>,
        /// What the person sees.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        body: Option<String>,
        /// The answers; a text where Meta sent no readable JSON.
        response: Value,
    },
    /// An answer to the question whether the business may call.
    CallPermissionReply {
        /// `accept` or `reject`.
        response: String,
        /// `user_action` or `automatic`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        source: Option<String>,
        /// Until when.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        expires_at: Option<Time>,
        /// For ever.
        #[serde(default)]
        is_permanent: bool,
    },
    /// An order from a catalog.
    Order {
        /// The catalog.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        catalog_id: Option<String>,
        /// What the person added.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        text: Option<String>,
        /// What is ordered.
        items: Vec<OrderItem>,
    },
    /// WhatsApp tells something about the person: a new number, a new identity.
    System {
        /// `user_changed_number`, `user_changed_user_id`, `customer_identity_changed`, …
        kind: String,
        /// In words.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        body: Option<String>,
        /// Who the person is now.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        now: Option<Party>,
    },
    /// The person opened the chat for the first time.
    RequestWelcome,
    /// A message has a new content. The message itself is changed; this is the record of it.
    Edit {
        /// The message.
        original_message_id: Wamid,
        /// What it holds now.
        content: Box<MessageContent>,
    },
    /// A message was taken back.
    Revoke {
        /// The message.
        original_message_id: Wamid,
    },
    /// A template that the business sent.
    Template {
        /// Its name.
        name: String,
        /// Its language, such as `en_US`.
        language: String,
        /// The values for its places, in Meta's shape.
        components: Value,
    },
    /// Buttons, a list, a form, products, … that the business sent.
    Interactive {
        /// Meta's name of the type: `button`, `list`, `cta_url`, `flow`, …
        kind: String,
        /// What stands above the text; of a file its name or kind.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        header: Option<String>,
        /// The text.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        body: Option<String>,
        /// What stands below it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        footer: Option<String>,
        /// What the buttons say.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        buttons: Vec<String>,
        /// What can be chosen beside them: a list's rows, products, cards.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        options: Vec<String>,
    },
    /// The business pinned a group's message, or took the pin off.
    Pin {
        /// The message.
        message_id: Wamid,
        /// Whether it is pinned now.
        pinned: bool,
        /// For how many days.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        expiration_days: Option<u8>,
    },
    /// A call.
    Call(Call),
    /// What the business sent as a template from elsewhere, and other types that are shown by name.
    Unsupported {
        /// Meta's type, where it names one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        kind: Option<String>,
        /// Meta's words.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        errors: Vec<MetaFault>,
        /// The message as it came.
        raw: Value,
    },
}

impl MessageContent {
    /// The name of the type, as the API shows it.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Text { .. } => "text",
            Self::Image(_) => "image",
            Self::Video(_) => "video",
            Self::Audio(_) => "audio",
            Self::Document(_) => "document",
            Self::Sticker(_) => "sticker",
            Self::MediaPlaceholder => "media_placeholder",
            Self::Location { .. } => "location",
            Self::Contacts { .. } => "contacts",
            Self::Reaction { .. } => "reaction",
            Self::Button { .. } => "button",
            Self::ButtonReply { .. } => "button_reply",
            Self::ListReply { .. } => "list_reply",
            Self::FormReply { .. } => "form_reply",
            Self::CallPermissionReply { .. } => "call_permission_reply",
            Self::Order { .. } => "order",
            Self::System { .. } => "system",
            Self::RequestWelcome => "request_welcome",
            Self::Edit { .. } => "edit",
            Self::Revoke { .. } => "revoke",
            Self::Template { .. } => "template",
            Self::Interactive { .. } => "interactive",
            Self::Pin { .. } => "pin",
            Self::Call(_) => "call",
            Self::Unsupported { .. } => "unsupported",
        }
    }

    /// The file that it carries.
    pub const fn media(&self) -> Option<&MediaContent> {
        match self {
            Self::Image(media)
            | Self::Video(media)
            | Self::Audio(media)
            | Self::Document(media)
            | Self::Sticker(media) => Some(media),
            _ => None,
        }
    }

    /// What it says in one line: text, caption, or the title that was tapped.
    pub fn preview(&self) -> Option<&str> {
        match self {
            Self::Text { body } => Some(body),
            Self::Button { text, .. } => Some(text),
            Self::ButtonReply { title, .. } | Self::ListReply { title, .. } => Some(title),
            Self::FormReply { body, .. } | Self::System { body, .. } => body.as_deref(),
            Self::Order { text, .. } => text.as_deref(),
            Self::Template { name, .. } => Some(name),
            Self::Interactive { header, body, .. } => body.as_deref().or(header.as_deref()),
            Self::Location { name, address, .. } => name.as_deref().or(address.as_deref()),
            Self::Reaction { emoji, .. } => emoji.as_deref(),
            Self::Contacts { contacts, .. } => contacts
                .first()
                .and_then(|card| card.name.formatted_name.as_deref()),
            other => other
                .media()
                .and_then(|media| media.caption.as_deref().or(media.filename.as_deref())),
        }
    }

    /// Whether it speaks of another message and is no line of the conversation by itself.
    pub const fn amends_another(&self) -> bool {
        matches!(
            self,
            Self::Reaction { .. } | Self::Edit { .. } | Self::Revoke { .. }
        )
    }
}

/// A file at Meta.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MediaContent {
    /// Meta's id of the file, where it still has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meta_media_id: Option<MetaMediaId>,
    /// As the sender's phone says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mime_type: Option<String>,
    /// SHA-256 of the bytes, as Meta writes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// What the person wrote to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caption: Option<String>,
    /// The file's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filename: Option<String>,
    /// A voice note.
    #[serde(default)]
    pub voice: bool,
    /// An animated sticker.
    #[serde(default)]
    pub animated: bool,
    /// Where the bytes are for the next minutes; not stored with the message.
    #[serde(skip)]
    pub link: Option<String>,
}

/// One product of an order.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OrderItem {
    /// The shop's own id of it.
    pub product_retailer_id: String,
    /// How many.
    pub quantity: f64,
    /// For one, in `currency`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item_price: Option<f64>,
    /// ISO 4217.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
}

/// A call as it stands.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Call {
    /// Meta's id of the call, which begins with `wacid.`.
    pub call_id: Wamid,
    /// The person.
    pub party: Party,
    /// The group, of a group call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group_id: Option<GroupId>,
    /// Whether the person called the business.
    pub by_customer: bool,
    /// `connect`, `terminate`; or `RINGING`, `ACCEPTED`, `REJECTED`.
    pub event: String,
    /// How it ended: `COMPLETED`, `FAILED`, …
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// When Meta says that it happened.
    pub at: Time,
    /// When it began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_at: Option<Time>,
    /// When it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Time>,
    /// Seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration: Option<i64>,
}
