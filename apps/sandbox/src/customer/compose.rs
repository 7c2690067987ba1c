//! Composes a customer's message in the webhook's form.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::kinds::{self, Content, KINDS, Kind};
use super::person::{Identity, Person};
use crate::clock::{Time, real_now};
use crate::context::Context;
use crate::media::{self, Content as MediaContent, Origin};
use crate::put::Put as _;
use crate::secrets;
use crate::state::Phone;

/// An order for a customer's message. Omitted fields get Meta's usual values.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MessageOrder {
    /// The business number's id. An echo is sent `from` it.
    #[serde(alias = "from")]
    pub(crate) to: String,
    #[serde(rename = "type", default = "text")]
    pub(crate) kind: String,
    /// How often to write it. `{n}` in a text becomes the count.
    #[serde(default = "one")]
    pub(crate) count: usize,
    /// The message's id, to repeat one.
    pub(crate) id: Option<String>,
    /// Unix seconds. The default is the sandbox's time.
    pub(crate) timestamp: Option<i64>,
    pub(crate) identity: Option<Identity>,
    /// The message that this one answers.
    pub(crate) reply_to: Option<String>,
    /// Replaces the whole `context`.
    pub(crate) context: Option<Value>,
    /// `true` for a sample, or Meta's object.
    pub(crate) referral: Option<Value>,
    pub(crate) group_id: Option<String>,
    pub(crate) errors: Option<Value>,
    /// Whether to leave `contacts` out of the value.
    #[serde(default)]
    pub(crate) without_contacts: bool,
    /// The content, under the type's name.
    #[serde(flatten)]
    pub(crate) rest: Map<String, Value>,
}

fn text() -> String {
    "text".to_owned()
}

fn one() -> usize {
    1
}

/// Why a message cannot be composed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ComposeError {
    #[error("{0}")]
    Invalid(String),
    #[error("the media cannot be kept: {0}")]
    Io(#[from] std::io::Error),
}

/// A composed message, in the webhook's form.
pub(crate) struct Written {
    pub(crate) id: String,
    pub(crate) message: Value,
}

/// Composes the `n`th message of the order.
pub(crate) fn compose(
    context: &Context,
    person: &Person,
    phone: &Phone,
    order: &MessageOrder,
    n: usize,
) -> Result<Written, ComposeError> {
    let invalid = |text: String| ComposeError::Invalid(text);
    let kind = KINDS
        .iter()
        .find(|kind| kind.name == order.kind)
        .ok_or_else(|| invalid(format!("there is no message type {}", order.kind)))?;
    if let Some(stray) = order.rest.keys().find(|name| *name != kind.name) {
        let text = format!("{stray} does not belong to a message of type {}", kind.name);
        return Err(invalid(text));
    }
    let (now, key) = context.store.read(|world| (world.now(), world.key.clone()));
    let given = order.rest.get(kind.name).map(|given| numbered(given, n));
    let content = content(context, person, phone, kind, given, now)?;
    let id = order
        .id
        .clone()
        .unwrap_or_else(|| message_id(&key, &person.number));
    let mut message = Map::new();
    let timestamp = order.timestamp.unwrap_or_else(|| now.timestamp());
    message.insert("id".to_owned(), json!(id));
    message.insert("timestamp".to_owned(), json!(timestamp.to_string()));
    message.insert("type".to_owned(), json!(kind.meta_type));
    sender(person, &mut message);
    if let Some(content) = content {
        message.insert(kind.meta_type.to_owned(), content);
    }
    if kind.name == "unsupported" {
        message.insert("errors".to_owned(), unsupported());
    }
    let of = |value: &Option<Value>, name: &str, message: &mut Map<String, Value>| {
        if let Some(value) = value {
            message.insert(name.to_owned(), value.clone());
        }
    };
    if let Some(id) = &order.reply_to {
        let context = json!({ "from": phone.digits(), "id": id });
        message.insert("context".to_owned(), context);
    }
    of(&order.context, "context", &mut message);
    of(&order.errors, "errors", &mut message);
    match &order.referral {
        Some(Value::Bool(true)) => {
            message.insert("referral".to_owned(), referral());
        }
        Some(Value::Bool(false)) | None => {}
        other => of(other, "referral", &mut message),
    }
    if let Some(group) = &order.group_id {
        message.insert("group_id".to_owned(), json!(group));
    }
    Ok(Written {
        id,
        message: Value::Object(message),
    })
}

/// Adds the author, as far as the customer's identity shows.
fn sender(person: &Person, message: &mut Map<String, Value>) {
    if person.tells_number() {
        message.insert("from".to_owned(), json!(person.number));
    }
    if person.tells_user_id() {
        message.insert("from_user_id".to_owned(), json!(person.user_id));
        if let Some(parent) = &person.parent_user_id {
            message.insert("from_parent_user_id".to_owned(), json!(parent));
        }
    }
}

/// Makes the value's `contacts` for the customer.
pub(crate) fn contacts(person: &Person) -> Value {
    let mut profile = json!({ "name": person.name });
    if let Some(username) = &person.username {
        profile.put("username", json!(username));
    }
    let mut contact = json!({ "profile": profile });
    if person.tells_number() {
        contact.put("wa_id", json!(person.number));
    }
    if person.tells_user_id() {
        contact.put("user_id", json!(person.user_id));
        if let Some(parent) = &person.parent_user_id {
            contact.put("parent_user_id", json!(parent));
        }
    }
    json!([contact])
}

fn content(
    context: &Context,
    person: &Person,
    phone: &Phone,
    kind: &Kind,
    given: Option<Value>,
    now: Time,
) -> Result<Option<Value>, ComposeError> {
    let given = match given {
        Some(Value::String(body)) if kind.name == "text" => Some(json!({ "body": body })),
        given => given,
    };
    let mut content = merged(kinds::sample(kind.name), given);
    match kind.content {
        Content::None => return Ok(None),
        Content::Plain => {}
        Content::Interactive => {
            let name = kind.name;
            return Ok(Some(json!({ "type": name, name: content })));
        }
        Content::Media(sample) => attach(
            context,
            phone,
            &mut content,
            MediaContent::Sample(sample),
            now,
        )?,
        Content::About(field) => {
            if content.get(field).is_none() {
                let own = kind.name != "reaction";
                let newest = context.chat.newest(&person.number, &phone.id, own);
                let newest = newest.ok_or_else(|| {
                    let name = kind.name;
                    ComposeError::Invalid(format!(
                        "{name}.{field} is missing, and the thread is empty"
                    ))
                })?;
                content.put(field, json!(newest));
            }
        }
    }
    if kind.name == "system" {
        complete_system(person, &mut content);
    }
    Ok(Some(content))
}

/// Adds the text of a system message.
fn complete_system(person: &Person, content: &mut Value) {
    if content.get("body").is_some() {
        return;
    }
    let name = &person.name;
    let body = match content["type"].as_str() {
        Some("user_changed_number") => {
            if content.get("wa_id").is_none() {
                // Another number of the same length and country.
                let end = if person.number.ends_with('9') {
                    '8'
                } else {
                    '9'
                };
                let mut number = person.number.clone();
                number.pop();
                number.push(end);
                content.put("wa_id", json!(number));
            }
            let (from, to) = (
                &person.number,
                content["wa_id"].as_str().unwrap_or_default(),
            );
            format!("User {name} changed from {from} to {to}")
        }
        Some("user_changed_user_id") => format!("User {name} changed their user id"),
        _ => format!("The security code of {name} changed"),
    };
    content.put("body", json!(body));
}

/// Adds a media object's id, type and hash. `bytes` (base64) or `media_id` in the content replace the sample.
fn attach(
    context: &Context,
    phone: &Phone,
    content: &mut Value,
    sample: MediaContent<'_>,
    now: Time,
) -> Result<(), ComposeError> {
    let invalid = |text: &str| ComposeError::Invalid(text.to_owned());
    let fields = content
        .as_object_mut()
        .ok_or_else(|| invalid("media must be an object"))?;
    let text = |value: Option<Value>| value.and_then(|value| value.as_str().map(str::to_owned));
    let bytes = text(fields.remove("bytes"));
    let mime_type = text(fields.remove("mime_type"));
    let media = match (text(fields.remove("media_id")), bytes) {
        (Some(id), _) => context
            .media
            .get(&id, now)
            .ok_or_else(|| invalid("there is no such media_id"))?,
        (None, given) => {
            let made = match given {
                None => sample,
                Some(bytes) => MediaContent::Given {
                    bytes: STANDARD
                        .decode(bytes)
                        .map(Bytes::from)
                        .map_err(|_| invalid("bytes must be base64"))?,
                    mime_type: mime_type
                        .clone()
                        .ok_or_else(|| invalid("mime_type is missing beside bytes"))?,
                },
            };
            context.media.add(&phone.id, made, Origin::Webhook, now)?
        }
    };
    let defaults = [
        ("id", json!(media.id)),
        (
            "mime_type",
            json!(mime_type.unwrap_or(media.mime_type.clone())),
        ),
        ("sha256", json!(media.sha256_base64())),
    ];
    for (name, value) in defaults {
        fields.entry(name).or_insert(value);
    }
    let (key, has_url) = context
        .store
        .read(|world| (world.key.clone(), world.knobs.media_url));
    if has_url {
        let path = media::download_path(&key, &media.id, now);
        let url = format!("{}{path}", context.base_url);
        fields.entry("url").or_insert(json!(url));
    }
    Ok(())
}

/// Returns the sample with the given fields. A null removes a field; a value that is not an object replaces the whole
/// sample.
fn merged(sample: Value, given: Option<Value>) -> Value {
    match (sample, given) {
        (sample, None) => sample,
        (Value::Object(mut sample), Some(Value::Object(given))) => {
            for (name, value) in given {
                match value {
                    Value::Null => sample.remove(&name),
                    value => sample.insert(name, value),
                };
            }
            Value::Object(sample)
        }
        (_, Some(given)) => given,
    }
}

/// Returns the content with `{n}` replaced in its texts.
fn numbered(given: &Value, n: usize) -> Value {
    match given {
        Value::String(text) if text.contains("{n}") => json!(text.replace("{n}", &n.to_string())),
        Value::Object(fields) => {
            let each = |(name, value): (&String, &Value)| (name.clone(), numbered(value, n));
            Value::Object(fields.iter().map(each).collect())
        }
        other => other.clone(),
    }
}

/// Makes a message id: Meta's prefix, and base64 without a meaning.
pub(crate) fn message_id(key: &str, of: &str) -> String {
    use std::sync::atomic::{AtomicU64, Ordering};
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let moment = real_now().timestamp_micros();
    let mark = secrets::short(key, &format!("message:{of}:{moment}:{count}"), 36);
    format!("wamid.HBg{}=", mark.replace('-', "A").replace('_', "Q"))
}

fn referral() -> Value {
    json!({
        "source_url": "https://fb.me/3cr4Wqqkv",
        "source_id": "120226305854810726",
        "source_type": "ad",
        "headline": "Fresh beans, every Friday",
        "body": "Ask us about this week's roast",
        "media_type": "image",
        "image_url": "https://scontent.xx.fbcdn.net/v/t45.1/beans.jpg",
        "ctwa_clid": "Aff-n8ZTODiE79d22KtAwQKj9e_mIEOOj27vDVwFjN80dp4_0NiNhEgpGo0AHemvuSoifXaytfTzcchptiErTKCqTrJ5nW1h7IHYeYymGb5K5J5iTROpBhWAGaIAeUzHL50",
        "welcome_message": { "text": "Hi! What would you like to know?" },
    })
}

fn unsupported() -> Value {
    json!([{
        "code": 131_051,
        "title": "Message type unknown",
        "message": "Message type unknown",
        "error_data": { "details": "Message type is currently not supported." },
        "href": "https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/",
    }])
}
