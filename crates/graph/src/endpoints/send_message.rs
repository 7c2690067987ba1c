use serde::Deserialize;
use serde::de::Error as _;
use serde_json::Value;

use crate::endpoint::{Endpoint, Request};
use crate::messages::NewMessage;
use crate::wire::lenient;

/// `POST /{phone number}/messages`: sends one message. Meta has no idempotency key, so the call is made once: the
/// caller decides by [`GraphError::advice`](crate::GraphError::advice) whether to call again.
///
/// Source: Meta, WhatsApp Cloud API, "Messages".
#[derive(Debug, Clone, Copy)]
pub struct SendMessage<'a> {
    /// Meta's id of the number that sends.
    pub phone_number_id: &'a str,
    /// The message.
    pub message: MessageBody<'a>,
    /// `biz_opaque_callback_data`: Meta returns it with each status of the message. At most 512 characters. `None` for a
    /// message that has it in its body.
    pub opaque: Option<&'a str>,
}

impl<'a> SendMessage<'a> {
    /// Creates the call.
    pub fn new(phone_number_id: &'a str, message: impl Into<MessageBody<'a>>) -> Self {
        Self {
            phone_number_id,
            message: message.into(),
            opaque: None,
        }
    }
}

/// The body of a message.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum MessageBody<'a> {
    /// A message from the builders of [`messages`](crate::messages).
    Typed(&'a NewMessage),
    /// Meta's message object as JSON text, without `messaging_product` and, if [`SendMessage::opaque`] is given,
    /// `biz_opaque_callback_data`. It is copied into the request and not parsed, so that a program that stores its
    /// messages as text pays for no types.
    Json(&'a str),
}

impl<'a> From<&'a NewMessage> for MessageBody<'a> {
    fn from(message: &'a NewMessage) -> Self {
        Self::Typed(message)
    }
}

impl<'a> From<&'a str> for MessageBody<'a> {
    fn from(json: &'a str) -> Self {
        Self::Json(json)
    }
}

/// A message that Meta accepted. That says nothing about its delivery yet.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SentMessage {
    /// Meta's id of the message, `wamid.…`.
    pub id: String,
    /// For a template: `accepted`, `held_for_quality_assessment` or `paused`.
    pub message_status: Option<String>,
    /// The recipient, if Meta names it. It does not for a group.
    pub recipient: Option<SentTo>,
}

/// The recipient of an accepted message.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct SentTo {
    /// The recipient as the request named it.
    #[serde(deserialize_with = "lenient::optional_id")]
    pub input: Option<String>,
    /// The WhatsApp id. It can differ from the number in the request.
    #[serde(deserialize_with = "lenient::optional_id")]
    pub wa_id: Option<String>,
    /// The business-scoped user id, if the message was sent to one.
    #[serde(deserialize_with = "lenient::optional_id")]
    pub user_id: Option<String>,
}

/// Only the message's id is required: it proves that Meta accepted the message, and no other field may hide that
/// proof.
#[derive(Deserialize)]
struct Answer {
    #[serde(default)]
    contacts: Value,
    messages: Vec<Taken>,
}

#[derive(Deserialize)]
struct Taken {
    #[serde(deserialize_with = "lenient::id")]
    id: String,
    #[serde(default)]
    message_status: Value,
}

impl<'de> Deserialize<'de> for SentMessage {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Answer { contacts, messages } = Answer::deserialize(deserializer)?;
        let taken = (messages.into_iter().next()).ok_or_else(|| D::Error::custom("no message"))?;
        let recipient = contacts.get(0).map(SentTo::deserialize);
        Ok(Self {
            id: taken.id,
            message_status: taken.message_status.as_str().map(str::to_owned),
            recipient: recipient.and_then(Result::ok),
        })
    }
}

impl Endpoint for SendMessage<'_> {
    type Response = SentMessage;
    const NAME: &'static str = "SendMessage";

    fn request(&self) -> Request {
        let body = match self.message {
            MessageBody::Json(json) => envelope(json, self.opaque),
            // Keys that are texts always serialise. If they did not, Meta would refuse the empty body.
            MessageBody::Typed(message) => {
                let json = serde_json::to_string(message).unwrap_or_default();
                envelope(&json, self.opaque)
            }
        };
        Request::post([self.phone_number_id, "messages"])
            .raw_json(body)
            .once()
    }
}

/// Builds the request's body: the message, with two fields put before its own. Text that is no JSON object becomes an
/// empty body, which Meta refuses.
fn envelope(message: &str, opaque: Option<&str>) -> Vec<u8> {
    const HEAD: &str = r#"{"messaging_product":"whatsapp""#;
    let Some(fields) = message.trim_start().strip_prefix('{') else {
        return Vec::new();
    };
    let fields = fields.trim_start();
    let mut body = Vec::with_capacity(HEAD.len() + message.len() + 600);
    body.extend_from_slice(HEAD.as_bytes());
    if let Some(opaque) = opaque {
        body.extend_from_slice(br#","biz_opaque_callback_data":"#);
        // A text always serialises, and writing to a vector cannot fail.
        let _ = serde_json::to_writer(&mut body, opaque);
    }
    if !fields.starts_with('}') {
        body.push(b',');
    }
    body.extend_from_slice(fields.as_bytes());
    body
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_message_is_written_into_the_request_as_it_is() {
        let body = envelope(
            " { \"to\":\"+1\",\"text\":{\"body\":\"\\u00e4 }\"}}",
            Some("a\"b\n"),
        );
        assert_eq!(
            serde_json::from_slice::<Value>(&body).unwrap(),
            json!({
                "messaging_product": "whatsapp",
                "biz_opaque_callback_data": "a\"b\n",
                "to": "+1",
                "text": {"body": "ä }"},
            })
        );
    }

    #[test]
    fn an_empty_object_is_one() {
        let body = envelope("{ }", None);
        let expected = json!({"messaging_product": "whatsapp"});
        assert_eq!(serde_json::from_slice::<Value>(&body).unwrap(), expected);
    }

    #[test]
    fn what_is_no_object_is_not_sent() {
        assert!(envelope("[1]", None).is_empty());
    }

    #[test]
    fn whatever_else_an_answer_holds_the_id_is_the_acceptance() {
        let answer =
            r#"{"contacts":[{"wa_id":[]}],"messages":[{"id":"wamid.A","message_status":7}]}"#;
        let sent: SentMessage = serde_json::from_str(answer).unwrap();
        assert_eq!((sent.id.as_str(), sent.recipient), ("wamid.A", None));
        let null = r#"{"contacts":null,"messages":[{"id":"wamid.A"}]}"#;
        assert!(serde_json::from_str::<SentMessage>(null).is_ok());
    }

    #[test]
    fn an_answer_without_a_message_is_no_acceptance() {
        for answer in [r#"{"messages":[]}"#, "{}", r#"{"messages":[{}]}"#] {
            assert!(
                serde_json::from_str::<SentMessage>(answer).is_err(),
                "{answer}"
            );
        }
    }
}
