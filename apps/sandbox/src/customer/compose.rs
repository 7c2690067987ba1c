//! Composes a customer's message in the webhook's form.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::chat::By;
use super::kinds::{self, Content, KINDS, Kind};
use super::person::{Identity, Person};
use super::system;
use crate::clock::Time;
use crate::context::Context;
use crate::media::{self, Content as MediaContent, Origin};
use crate::put::Put as _;
use crate::state::{MessageIds, Phone};
use crate::wamid::Side;

/// An order for a customer's message. Omitted fields get Meta's usual values.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MessageOrder {
    /// The business number's id. An echo is sent `from` it.
    #[serde(alias = "from")]
    pub(crate) to: String,
    #[serde(rename = "type", default = "text")]
    pub(crate) kind: String,
    /// The number of times to write it. `{n}` in a text becomes the count.
    #[serde(default = "one")]
    pub(crate) count: usize,
    /// The message's id, to repeat one.
    pub(crate) id: Option<String>,
    /// Unix seconds. The default is the sandbox's time.
    pub(crate) timestamp: Option<i64>,
    pub(crate) identity: Option<Identity>,
    /// The message that this one answers.
    pub(crate) reply_to: Option<String>,
    /// Replaces the whole `context`. `false` leaves it out.
    pub(crate) context: Option<Value>,
    /// The origin of contact cards: `contact_request` or `other`.
    pub(crate) origin: Option<Value>,
    /// The spelling of the message's own id.
    pub(crate) message_ids: Option<MessageIds>,
    /// `true` for a sample, or Meta's object.
    pub(crate) referral: Option<Value>,
    pub(crate) group_id: Option<String>,
    pub(crate) errors: Option<Value>,
    /// Tells whether to leave `contacts` out of the value.
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

/// The reason why a message cannot be composed.
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

/// The two ends of a message, and who writes it.
pub(crate) struct Scene<'a> {
    pub(crate) context: &'a Context,
    pub(crate) person: &'a Person,
    pub(crate) phone: &'a Phone,
    pub(crate) side: Side,
    pub(crate) ids: MessageIds,
}

/// The message of the business that an order answers.
pub(crate) struct Answered(Option<Value>);

impl Scene<'_> {
    /// Finds the message that the order answers: the newest of the business that asks for such an answer. An order that
    /// names one, or a context of its own, needs none.
    pub(crate) fn answered(&self, order: &MessageOrder) -> Answered {
        let is_given = order.reply_to.is_some() || order.context.is_some();
        let is_asked = match order.kind.as_str() {
            // People also send their place and cards without being asked.
            "contacts" => order
                .origin
                .as_ref()
                .is_some_and(|it| it == "contact_request"),
            _ => self.side == Side::Customer,
        };
        if is_given || !is_asked {
            return Answered(None);
        }
        let inner = order.rest.get(&order.kind).map_or("", |content| {
            content["type"].as_str().unwrap_or("button_reply")
        });
        let fits = |message: &Value| kinds::answers(&order.kind, inner, message);
        let is_here = |message: &Value| message["group_id"].as_str() == order.group_id.as_deref();
        Answered(match order.kind.as_str() {
            "location" => self.newest(By::Business, is_here).filter(fits),
            _ => self.newest(By::Business, |message| is_here(message) && fits(message)),
        })
    }

    fn newest(&self, by: By, fits: impl Fn(&Value) -> bool) -> Option<Value> {
        let (person, phone) = (self.person, self.phone);
        self.context
            .chat
            .newest(&person.number, &phone.id, by, fits)
    }

    /// Spells the id of a message of the thread as webhooks do now.
    fn spelled(&self, message: &Value) -> String {
        let id = message["id"].as_str().unwrap_or_default();
        match crate::wamid::who(id) {
            Some(who) if Some(who.as_str()) != message["group_id"].as_str() => {
                crate::wamid::spelled(id, self.person.scope(self.ids))
            }
            _ => id.to_owned(),
        }
    }
}

/// Composes the `n`th message of the order.
pub(crate) fn compose(
    scene: &Scene<'_>,
    order: &MessageOrder,
    answered: &Answered,
    n: usize,
) -> Result<Written, ComposeError> {
    let invalid = |text: String| ComposeError::Invalid(text);
    let Scene {
        context,
        person,
        phone,
        ..
    } = *scene;
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
    let content = content(scene, order, kind, (given, answered), now)?;
    let ids = order.message_ids.unwrap_or(scene.ids);
    let scope = match (&content, ids) {
        (Some(content), MessageIds::AsAddressed)
            if kind.name == "system" && system::hides_number(content) =>
        {
            person.user_id.as_str()
        }
        _ => person.scope(ids),
    };
    let id = match (&order.id, kind.name) {
        (Some(id), _) => id.clone(),
        (None, "voicemail") => {
            let missed = context.chat.call(&person.number, &phone.id);
            missed.map_or_else(
                || crate::wamid::call(&key, scope, &phone.digits()),
                |call| call.id,
            )
        }
        (None, _) => crate::wamid::fresh(&key, scene.side, scope),
    };
    let mut message = Map::new();
    let timestamp = order.timestamp.unwrap_or_else(|| now.timestamp());
    message.insert("id".to_owned(), json!(id));
    message.insert("timestamp".to_owned(), json!(timestamp.to_string()));
    message.insert("type".to_owned(), json!(kind.meta_type));
    sender(person, &mut message);
    if let Some(content) = content {
        if kind.name == "system" {
            system::name_author(&content, &mut message);
        }
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
    let answered = answered.0.as_ref().map(|message| scene.spelled(message));
    if let Some(id) = order.reply_to.clone().or(answered) {
        let context = json!({ "from": phone.digits(), "id": id });
        message.insert("context".to_owned(), context);
    }
    let context = order.context.clone().filter(|it| *it != json!(false));
    of(&context, "context", &mut message);
    of(&order.errors, "errors", &mut message);
    of(&order.origin, "origin", &mut message);
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

fn content(
    scene: &Scene<'_>,
    order: &MessageOrder,
    kind: &Kind,
    (given, answered): (Option<Value>, &Answered),
    now: Time,
) -> Result<Option<Value>, ComposeError> {
    let given = match given {
        Some(Value::String(body)) if kind.name == "text" => Some(json!({ "body": body })),
        given => given,
    };
    let hidden = nulls(given.as_ref());
    let first = answered.0.as_ref();
    let first = first.and_then(|message| kinds::first_choice(kind.name, message));
    let mut content = merged(first.unwrap_or_else(|| kinds::sample(kind.name)), given);
    match kind.content {
        Content::None => return Ok(None),
        Content::Plain => {}
        Content::Interactive => {
            let name = kind.name;
            return Ok(Some(json!({ "type": name, name: content })));
        }
        Content::Media(sample) => {
            let (context, phone) = (scene.context, scene.phone);
            let sample = MediaContent::Sample(sample);
            attach(context, phone, &mut content, sample, now)?;
        }
        Content::About(field) => {
            if content.get(field).is_none() {
                let by = match (kind.name, scene.side) {
                    ("reaction", _) => By::Anybody,
                    (_, Side::Customer) => By::Customer,
                    (_, Side::Business) => By::Business,
                };
                let group = order.group_id.as_deref();
                let newest = scene.newest(by, |message| {
                    message["group_id"].as_str() == group && kinds::is_own(message)
                });
                let newest = newest.ok_or_else(|| {
                    let name = kind.name;
                    ComposeError::Invalid(format!(
                        "{name}.{field} is missing, and the thread is empty"
                    ))
                })?;
                content.put(field, json!(scene.spelled(&newest)));
            }
        }
    }
    if kind.name == "system" {
        let world = |world: &_| system::complete(world, scene.person, scene.phone, &mut content);
        scene.context.store.read(world);
        if let Some(fields) = content.as_object_mut() {
            fields.retain(|name, _| !hidden.contains(name));
        }
    }
    Ok(Some(content))
}

/// Adds a media object's id, type and hash. `bytes` (base64) or `media_id` in the content replace the sample.
pub(crate) fn attach(
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

/// Returns the names of the fields that a null takes away.
fn nulls(given: Option<&Value>) -> Vec<String> {
    let fields = given.and_then(Value::as_object).into_iter().flatten();
    let nulls = fields.filter(|(_, value)| value.is_null());
    nulls.map(|(name, _)| name.clone()).collect()
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
