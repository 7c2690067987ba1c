//! A message with its recipient, and the options that every type has.

use serde_json::{Map, Value, json};

use super::MessageDraft;
use super::object::{json_object, text};
use crate::wire::open_enum;

json_object! {
    /// A message to a person or a group, without `messaging_product`, which the endpoint adds.
    pub struct NewMessage;
}

impl NewMessage {
    /// Addresses a person by phone number. Meta accepts `+`, spaces, hyphens and brackets. **Without `+` it may put the
    /// sender's country code before the number.**
    pub fn to(phone: impl Into<String>) -> MessageDraft {
        Self::addressed("individual", "to", phone)
    }

    /// Addresses a person by business-scoped user id, such as `BR.1000000000000001`. Authentication templates cannot be
    /// sent to it (131062).
    pub fn to_user(user_id: impl Into<String>) -> MessageDraft {
        Self::addressed("individual", "recipient", user_id)
    }

    /// Addresses a group. Groups take text, media, templates and pins, and no other type (130501).
    pub fn to_group(group_id: impl Into<String>) -> MessageDraft {
        Self::addressed("group", "to", group_id)
    }

    fn addressed(kind: &str, field: &str, recipient: impl Into<String>) -> MessageDraft {
        let message = Self(Map::new());
        MessageDraft(
            message
                .set("recipient_type", kind)
                .set(field, text(recipient)),
        )
    }

    /// Takes a message that exists as JSON.
    pub fn from_json(message: Map<String, Value>) -> Self {
        Self(message)
    }

    /// Quotes an earlier message of the same conversation.
    pub fn reply_to(self, message_id: impl Into<String>) -> Self {
        self.set("context", json!({"message_id": message_id.into()}))
    }

    /// Sets `biz_opaque_callback_data`, at most 512 characters, which Meta returns with each status of the message. It
    /// is the only way to find the message again when the answer was lost.
    pub fn callback_data(self, data: impl Into<String>) -> Self {
        self.set("biz_opaque_callback_data", text(data))
    }

    /// Sends the message only if the person still has this identity. Otherwise Meta fails it with 137000.
    pub fn identity_key_hash(self, hash: impl Into<String>) -> Self {
        self.set("recipient_identity_key_hash", text(hash))
    }

    /// Names the Messaging account that pays. It is needed only where the app holds several for one number.
    pub fn messaging_account(self, account_id: impl Into<String>) -> Self {
        self.set("messaging_account_id", text(account_id))
    }

    /// Sends the content outside the 24-hour window without a template of one's own ("Direct Send"). Meta makes the
    /// template. It is open to portfolios with a limit of 100,000 and above; others are refused with 100.
    pub fn direct_send(self, category: DirectSendCategory) -> Self {
        self.set("category", category.as_str())
    }

    /// Names the template that Direct Send makes: lower case letters, digits and `_`, unique in the WABA.
    pub fn direct_send_template(self, name: impl Into<String>) -> Self {
        self.set("direct_send_config", json!({"template_name": name.into()}))
    }
}

open_enum! {
    /// The category of a message that is sent by Direct Send.
    pub enum DirectSendCategory {
        /// About something that the person asked for or bought.
        Utility = "utility",
        /// A code to sign in. Text only.
        Authentication = "authentication",
        /// A message inside the window, as without a category.
        Service = "service",
    }
}
