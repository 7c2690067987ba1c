//! The content of messages.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{ContactCard, MetaFault, Party};
use crate::{
    Time,
    ids::{GroupId, MetaMediaId, Wamid},
};

/// The content of a message. How it is stored and shown is in the crates `stored` and `wire`.
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
    /// An image.
    Image(MediaContent),
    /// A video.
    Video(MediaContent),
    /// An audio file or a voice note.
    Audio(MediaContent),
    /// Any other file.
    Document(MediaContent),
    /// A sticker, animated or not.
    Sticker(MediaContent),
    /// A placeholder for media of an imported message that Meta no longer has.
    MediaPlaceholder,
    /// A location.
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
        /// The reason for the cards, such as an answer to a request for contact data.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        origin: Option<String>,
    },
    /// An emoji on a message.
    Reaction {
        /// The message.
        message_id: Wamid,
        /// The emoji. None removes the reaction.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        emoji: Option<String>,
    },
    /// A tap on a template's quick reply.
    Button {
        /// The button's text.
        text: String,
        /// The button's payload.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        payload: Option<String>,
    },
    /// A tap on a reply button.
    ButtonReply {
        /// The button's id.
        id: String,
        /// The button's text.
        title: String,
    },
    /// A choice from a list.
    ListReply {
        /// The row's id.
        id: String,
        /// The row's title.
        title: String,
        /// The row's description.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        description: Option<String>,
    },
    /// A filled-in form: a flow, or an address.
    FormReply {
        /// `flow` or `address_message`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<String>,
        /// The text that the person sees.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        body: Option<String>,
        /// The answers. A text when Meta sent no readable JSON.
        response: Value,
    },
    /// An answer to a request for permission to call.
    CallPermissionReply {
        /// `accept` or `reject`.
        response: String,
        /// `user_action` or `automatic`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        source: Option<String>,
        /// The time when the permission ends.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        expires_at: Option<Time>,
        /// Tells whether the permission is permanent.
        #[serde(default)]
        is_permanent: bool,
    },
    /// An order from a catalog.
    Order {
        /// The catalog.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        catalog_id: Option<String>,
        /// The person's note.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        text: Option<String>,
        /// The ordered products.
        items: Vec<OrderItem>,
    },
    /// WhatsApp reports a change of the person: a new number or a new identity.
    System {
        /// `user_changed_number`, `user_changed_user_id`, `customer_identity_changed`, …
        kind: String,
        /// The explanation.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        body: Option<String>,
        /// The person's new identity.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        now: Option<Party>,
        /// The person's former ids, where Meta tells them.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        previous: Option<Box<Party>>,
    },
    /// The person opened the chat for the first time.
    RequestWelcome,
    /// An edit of another message. The planner changes that message; this is the record of the edit.
    Edit {
        /// The message.
        original_message_id: Wamid,
        /// The new content.
        content: Box<MessageContent>,
    },
    /// A revoke of another message.
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
        /// The values of its parameters, in Meta's form.
        components: Value,
    },
    /// An interactive message of the business: buttons, a list, a form, products, …
    Interactive {
        /// Meta's name of the type: `button`, `list`, `cta_url`, `flow`, …
        kind: String,
        /// The header. For a file, its name or kind.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        header: Option<String>,
        /// The text.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        body: Option<String>,
        /// The footer.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        footer: Option<String>,
        /// The texts of the buttons.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        buttons: Vec<String>,
        /// The other options: rows of a list, products, cards.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        options: Vec<String>,
    },
    /// The business pinned or unpinned a group's message.
    Pin {
        /// The message.
        message_id: Wamid,
        /// Tells whether it is pinned now.
        pinned: bool,
        /// The number of days.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        expiration_days: Option<u8>,
    },
    /// A call.
    Call(Call),
    /// A message without a typed form: a template sent from elsewhere, or another type, which is shown by its name.
    Unsupported {
        /// Meta's type, if it names one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        kind: Option<String>,
        /// Meta's words.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        errors: Vec<MetaFault>,
        /// The message, unchanged.
        raw: Value,
    },
}

impl MessageContent {
    /// Returns the name of the type, as the API shows it.
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

    /// Returns the file that it carries.
    pub const fn media(&self) -> Option<&MediaContent> {
        match self {
            Self::Image(media)
            | Self::Video(media)
            | Self::Audio(media)
            | Self::Document(media)
            | Self::Sticker(media) => Some(media),
            Self::Call(call) => match &call.recording {
                Some(recording) => Some(recording),
                None => None,
            },
            _ => None,
        }
    }

    /// Returns the file that it carries, to change it.
    pub const fn media_mut(&mut self) -> Option<&mut MediaContent> {
        match self {
            Self::Image(media)
            | Self::Video(media)
            | Self::Audio(media)
            | Self::Document(media)
            | Self::Sticker(media) => Some(media),
            _ => None,
        }
    }

    /// Returns the message that it edits or revokes.
    pub const fn amends(&self) -> Option<&Wamid> {
        match self {
            Self::Edit {
                original_message_id,
                ..
            }
            | Self::Revoke {
                original_message_id,
            } => Some(original_message_id),
            _ => None,
        }
    }

    /// Returns the message that it names: the one that it reacts to, edits, revokes or pins.
    pub const fn quotes(&self) -> Option<&Wamid> {
        match self {
            Self::Reaction { message_id, .. } | Self::Pin { message_id, .. } => Some(message_id),
            _ => self.amends(),
        }
    }

    /// Gives the named message another spelling of its id.
    pub fn respell(&mut self, wamid: Wamid) {
        match self {
            Self::Reaction { message_id, .. } | Self::Pin { message_id, .. } => *message_id = wamid,
            Self::Edit {
                original_message_id,
                ..
            }
            | Self::Revoke {
                original_message_id,
            } => *original_message_id = wamid,
            _ => {}
        }
    }

    /// Tells whether WhatsApp wrote it and not the person: a change of their number or identity, a chat that was
    /// opened, a permission that was given by itself. A notice wants no answer and opens no window.
    pub fn is_notice(&self) -> bool {
        match self {
            Self::System { .. } | Self::RequestWelcome => true,
            Self::CallPermissionReply { source, .. } => source.as_deref() == Some("automatic"),
            Self::Unsupported { kind, .. } => matches!(
                kind.as_deref(),
                Some("system" | "request_welcome" | "errors" | "notification" | "e2e_notification")
            ),
            _ => false,
        }
    }

    /// Returns one line for lists: text, caption, or the title that was tapped.
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
            Self::Call(call) if call.is_missed() => Some("Missed call"),
            Self::Call(_) => Some("Call"),
            Self::Contacts { contacts, .. } => contacts
                .first()
                .and_then(|card| card.name.formatted_name.as_deref()),
            other => other
                .media()
                .and_then(|media| media.caption.as_deref().or(media.filename.as_deref())),
        }
    }

    /// Tells whether it refers to another message and is no line of the conversation itself.
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
    /// Meta's id of the file, if it still has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meta_media_id: Option<MetaMediaId>,
    /// The MIME type, from the sender's phone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mime_type: Option<String>,
    /// The SHA-256 of the bytes, in Meta's form.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// The caption.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caption: Option<String>,
    /// The file's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filename: Option<String>,
    /// Tells whether it is a voice note.
    #[serde(default)]
    pub voice: bool,
    /// Tells whether it is an animated sticker.
    #[serde(default)]
    pub animated: bool,
    /// The link, which works for some minutes. It is not stored with the message.
    #[serde(skip)]
    pub link: Option<String>,
}

/// One product of an order.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OrderItem {
    /// The shop's own id of the product.
    pub product_retailer_id: String,
    /// The quantity.
    pub quantity: f64,
    /// The price of one, in `currency`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item_price: Option<f64>,
    /// ISO 4217.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
}

/// A call and its state.
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
    /// Tells whether the person called the business.
    pub by_customer: bool,
    /// `connect`, `terminate`, `call_recording_available`; or `RINGING`, `ACCEPTED`, `REJECTED`.
    pub event: String,
    /// The result: `COMPLETED`, `FAILED`, …
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// The time when it happened, according to Meta.
    pub at: Time,
    /// The time when it began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_at: Option<Time>,
    /// The time when it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Time>,
    /// The duration in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration: Option<i64>,
    /// The recording.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recording: Option<Box<MediaContent>>,
    /// The transcript. It becomes a message of its own, for it is a second file.
    #[serde(skip)]
    pub transcript: Option<Box<MediaContent>>,
    /// The reason why it failed. The message of the call tells it.
    #[serde(skip)]
    pub errors: Vec<MetaFault>,
}

impl Call {
    /// Tells whether the person called and nobody answered.
    pub fn is_missed(&self) -> bool {
        let is_completed = |status: &str| status.eq_ignore_ascii_case("COMPLETED");
        let is_answered = self.status.as_deref().is_some_and(is_completed)
            || self.duration.is_some_and(|seconds| seconds > 0);
        self.by_customer && self.event == "terminate" && !is_answered
    }

    /// Returns the id under which the transcript's message is kept. Meta gives it none.
    pub fn transcript_key(&self) -> Wamid {
        self.call_id.beside("transcript")
    }
}
