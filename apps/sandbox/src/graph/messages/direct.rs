//! Direct Send: a free message with a `category`, of which Meta makes a template.
//!
//! Source: Meta's page on Direct Send, as told by others (B), and vendors that hand it on. Conventions of the sandbox: the
//! template is one for each name or, without a name, for each category and type of message, and its text is that of the
//! first such message; the name of the time to live.

use serde_json::{Map, Value, json};

use super::content::Content;
use super::recipient::To;
use super::{Sender, check::Object};
use crate::graph::GraphError;
use crate::graph::templates;
use crate::state::{Store, Template, World};

/// The seconds that a message may wait for delivery.
const TTL: std::ops::RangeInclusive<u64> = 30..=43_200;
const SOURCE: &str = "AUTO_GENERATED";

/// A message that goes by Direct Send.
pub(super) struct Direct {
    /// The pricing category.
    pub(super) category: &'static str,
    /// The name of its template.
    name: String,
    words: String,
}

/// Reads the message's category. `None` for a message that needs the window, and for a template.
pub(super) fn read(
    body: &Map<String, Value>,
    content: &Content<'_>,
    to: &To,
) -> Result<Option<Direct>, GraphError> {
    if content.template.is_some() || body.get("category").is_none_or(Value::is_null) {
        return Ok(None);
    }
    let object = Object::body(body);
    let named = object.given("category", usize::MAX)?.to_ascii_lowercase();
    let category = match named.as_str() {
        "service" => return Ok(None),
        "utility" => "utility",
        "authentication" => "authentication",
        other => {
            let text = format!(
                "Param category must be one of {{utility, authentication, service}} - got \"{other}\"."
            );
            return Err(GraphError::parameter(text));
        }
    };
    match to {
        To::Group(_) => {
            let text = format!("A message of category {category} cannot go to a group");
            return Err(GraphError::parameter(text));
        }
        To::User(_) if category == "authentication" => return Err(GraphError::of(131_062)),
        _ => {}
    }
    let form = form(content);
    let is_right = match category {
        "authentication" => form == "text",
        _ => matches!(
            form,
            "text" | "image" | "video" | "document" | "cta_url" | "button" | "voice_call"
        ),
    };
    let has_footer = content.value.get("footer").is_some_and(|it| !it.is_null());
    if !is_right || (form == "voice_call" && has_footer) {
        let text = format!("A message of type {form} cannot have the category {category}");
        return Err(GraphError::parameter(text));
    }
    object.whole("message_send_ttl_seconds", TTL).map_err(|_| {
        let text = "Param message_send_ttl_seconds must be from 30 to 43200";
        GraphError::parameter(text)
    })?;
    let config = object.object_or_none("direct_send_config")?;
    let given = match &config {
        Some(config) => config.text_or_none("template_name", 512)?,
        None => None,
    };
    let is_name = |name: &str| {
        let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        !name.is_empty() && name.bytes().all(fits)
    };
    if given.is_some_and(|name| category != "utility" || !is_name(name)) {
        let text = "direct_send_config['template_name'] has lower case letters, digits and \
                    underscores, and belongs to the category utility";
        return Err(GraphError::parameter(text));
    }
    Ok(Some(Direct {
        category,
        name: given.map_or_else(|| format!("direct_send_{category}_{form}"), str::to_owned),
        words: content.value.to_string().to_lowercase(),
    }))
}

/// Returns the type of the message or, of an interactive one, its inner type.
fn form<'a>(content: &Content<'a>) -> &'a str {
    match content.kind {
        "interactive" => content
            .value
            .get("type")
            .and_then(Value::as_str)
            .unwrap_or("interactive"),
        kind => kind,
    }
}

impl Direct {
    /// Refuses what this account may not send so.
    pub(super) fn may_go(&self, world: &World, sender: &Sender) -> Result<(), GraphError> {
        let category = self.category;
        if !sender.may_send_directly {
            let text = format!(
                "The WhatsApp Business Account is not eligible for messages with the category value {category}"
            );
            return Err(GraphError::parameter(text));
        }
        if sender.is_misclassified && category == "utility" {
            return Err(GraphError::of(131_064));
        }
        let is_blocked = |word: &String| self.words.contains(&word.to_lowercase());
        if world.sending.blocked_words.iter().any(is_blocked) {
            return Err(GraphError::of(139_200));
        }
        let other = of_name(world, sender, &self.name).filter(|it| !is_generated(it));
        if other.is_some() {
            let text = "direct_send_config['template_name'] is the name of another template";
            return Err(GraphError::parameter(text));
        }
        Ok(())
    }

    /// Returns the id of the message's template, which is made with the first message.
    pub(super) fn template(self, store: &Store, sender: &Sender, content: &Content<'_>) -> String {
        let known = |world: &World| Some(of_name(world, sender, &self.name)?.id.clone());
        if let Some(id) = store.read(known) {
            return id;
        }
        store.change(|world| {
            // Another message may have made it meanwhile.
            if let Some(id) = known(world) {
                return id;
            }
            let id = world.new_id(920);
            let fields = json!({ "source": SOURCE, "parameter_format": "POSITIONAL" });
            let mut template = Template::new(&sender.waba_id, &self.name, "en");
            template.id.clone_from(&id);
            template.category = self.category.to_ascii_uppercase();
            template.body_parameters = Some(0);
            template.components = Some(components(content));
            template.fields = fields.as_object().cloned().unwrap_or_default();
            templates::touch(&mut template, sender.now);
            world.templates.push(template);
            id
        })
    }
}

fn of_name<'a>(world: &'a World, sender: &Sender, name: &str) -> Option<&'a Template> {
    let mut all = world.templates.iter();
    all.find(|it| it.name == name && *it.waba_id == *sender.waba_id)
}

/// Tells whether Direct Send made the template.
pub(in crate::graph) fn is_generated(template: &Template) -> bool {
    template
        .fields
        .get("source")
        .is_some_and(|source| source == SOURCE)
}

/// Makes the components of a template out of a message.
fn components(content: &Content<'_>) -> Value {
    let field = |pointer: &str| content.value.pointer(pointer).cloned().unwrap_or_default();
    let body = |text: Value| json!({ "type": "BODY", "text": text });
    match content.kind {
        "text" => json!([body(field("/body"))]),
        "interactive" => {
            let buttons = content
                .value
                .pointer("/action/buttons")
                .and_then(Value::as_array);
            let replies = buttons.into_iter().flatten().map(|button| {
                let title = button.pointer("/reply/title");
                json!({ "type": "QUICK_REPLY", "text": title })
            });
            let mut all: Vec<Value> = replies.collect();
            if content.value.pointer("/action/parameters/url").is_some() {
                all.push(json!({
                    "type": "URL",
                    "text": field("/action/parameters/display_text"),
                    "url": field("/action/parameters/url"),
                }));
            }
            json!([body(field("/body/text")), { "type": "BUTTONS", "buttons": all }])
        }
        kind => json!([
            { "type": "HEADER", "format": kind.to_ascii_uppercase() },
            body(content.value.get("caption").cloned().unwrap_or_else(|| json!(""))),
        ]),
    }
}
