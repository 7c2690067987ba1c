//! Groups of a number's settings that are read and written as one object: profile, settings, conversational components,
//! commerce settings, encryption, compliance.
//!
//! Source: OpenAPI v23 for edges and shapes (A); limits from Meta's pages as of 2026-03 (A). An answer without `fields`
//! has all parts that have a value.

use serde_json::{Map, Value, json};

use super::fields::Node;
use super::params::{self, length, one_of, wrong};
use super::{GraphError, auth, uploads};
use crate::call::Call;
use crate::clock::Time;
use crate::put::Put as _;
use crate::state::{Phone, World};
use crate::webhooks::Update;

/// A group of settings.
pub(super) struct Sheet {
    edge: &'static str,
    kind: &'static str,
    /// Tells whether it is answered as a list of one: `{"data": […]}`.
    is_list: bool,
    /// Tells whether writing needs `messaging_product`.
    has_product: bool,
    parts: &'static [(&'static str, Rule)],
    /// The parts that have a value before anyone wrote one.
    base: fn(&Phone) -> Value,
}

/// The form of a part.
#[derive(Clone, Copy)]
enum Rule {
    /// A text of so many characters.
    Text(usize, usize),
    Email(usize),
    /// Up to two addresses with a scheme.
    Websites,
    OneOf(&'static [&'static str]),
    Flag,
    /// An object, whose fields are laid over the known ones.
    Object,
    PublicKey,
    /// The handle of a resumable upload of a picture.
    Picture,
    Prompts,
    Commands,
    /// Answered only.
    Fixed,
}

const SHEETS: [Sheet; 6] = [
    Sheet {
        edge: "whatsapp_business_profile",
        kind: "WhatsAppBusinessProfile",
        is_list: true,
        has_product: true,
        parts: &[
            ("messaging_product", Rule::Fixed),
            ("about", Rule::Text(1, 139)),
            ("address", Rule::Text(0, 256)),
            ("description", Rule::Text(0, 512)),
            ("email", Rule::Email(128)),
            ("profile_picture_handle", Rule::Picture),
            ("profile_picture_url", Rule::Fixed),
            ("websites", Rule::Websites),
            ("vertical", Rule::OneOf(&VERTICALS)),
        ],
        // A profile that nobody filled has a vertical too: pywa reads it without a default.
        base: |_| json!({ "messaging_product": "whatsapp", "vertical": "UNDEFINED" }),
    },
    Sheet {
        edge: "settings",
        kind: "WhatsAppBusinessPhoneNumberSettings",
        is_list: false,
        has_product: false,
        parts: &[
            ("calling", Rule::Object),
            ("payload_encryption", Rule::Object),
            ("storage_configuration", Rule::Object),
            ("user_identity_change", Rule::Object),
        ],
        base: |_| {
            json!({
                "calling": {
                    "status": "DISABLED",
                    "call_icon_visibility": "DEFAULT",
                    "callback_permission_status": "DISABLED",
                },
                "payload_encryption": { "status": "DISABLED" },
                "storage_configuration": { "status": "DEFAULT" },
            })
        },
    },
    Sheet {
        edge: "conversational_automation",
        kind: "WhatsAppConversationalAutomation",
        is_list: false,
        has_product: false,
        parts: &[
            ("id", Rule::Fixed),
            // Without effect since 2026-03-27.
            ("enable_welcome_message", Rule::Flag),
            ("prompts", Rule::Prompts),
            ("commands", Rule::Commands),
        ],
        base: |phone| json!({ "id": phone.id, "prompts": [], "commands": [] }),
    },
    Sheet {
        edge: "whatsapp_commerce_settings",
        kind: "WhatsAppCommerceSettings",
        is_list: true,
        has_product: false,
        parts: &[
            ("id", Rule::Fixed),
            ("is_cart_enabled", Rule::Flag),
            ("is_catalog_visible", Rule::Flag),
        ],
        base: |phone| json!({ "id": phone.id, "is_cart_enabled": true, "is_catalog_visible": false }),
    },
    Sheet {
        edge: "whatsapp_business_encryption",
        kind: "WhatsAppBusinessEncryption",
        is_list: true,
        has_product: false,
        parts: &[
            ("business_public_key", Rule::PublicKey),
            ("business_public_key_signature_status", Rule::Fixed),
        ],
        base: |phone| {
            let has_key = phone
                .extras
                .sheets
                .contains_key("whatsapp_business_encryption");
            let status = if has_key { "VALID" } else { "MISMATCH" };
            json!({ "business_public_key_signature_status": status })
        },
    },
    Sheet {
        edge: "business_compliance_info",
        kind: "WhatsAppBusinessComplianceInfo",
        is_list: true,
        has_product: true,
        parts: &[
            ("whatsapp_business_account_id", Rule::Fixed),
            ("messaging_product", Rule::Fixed),
            ("entity_name", Rule::Text(2, 128)),
            ("entity_type", Rule::OneOf(&ENTITY_TYPES)),
            ("entity_type_custom", Rule::Text(2, 128)),
            ("is_registered", Rule::Flag),
            ("grievance_officer_details", Rule::Object),
            ("customer_care_details", Rule::Object),
        ],
        base: |phone| {
            json!({
                "whatsapp_business_account_id": phone.waba_id,
                "messaging_product": "whatsapp",
                "is_registered": false,
            })
        },
    },
];

const VERTICALS: [&str; 25] = [
    "",
    "ALCOHOL",
    "APPAREL",
    "AUTO",
    "BEAUTY",
    "EDU",
    "ENTERTAIN",
    "EVENT_PLAN",
    "FINANCE",
    "GOVT",
    "GROCERY",
    "HEALTH",
    "HOTEL",
    "NONPROFIT",
    "NOT_A_BIZ",
    "ONLINE_GAMBLING",
    "OTC_DRUGS",
    "OTHER",
    "PHYSICAL_GAMBLING",
    "PROF_SERVICES",
    "RESTAURANT",
    "RETAIL",
    "TRAVEL",
    "UNDEFINED",
    "MATRIMONY_SERVICE",
];

const ENTITY_TYPES: [&str; 6] = [
    "LIMITED_LIABILITY_PARTNERSHIP",
    "SOLE_PROPRIETORSHIP",
    "PARTNERSHIP",
    "PUBLIC_COMPANY",
    "PRIVATE_COMPANY",
    "OTHER",
];

/// Finds the settings of an edge.
pub(super) fn find(edge: &str) -> Option<&'static Sheet> {
    SHEETS.iter().find(|sheet| sheet.edge == edge)
}

impl Sheet {
    /// Returns the parts that have a value.
    pub(super) fn values(&self, phone: &Phone) -> Value {
        let mut values = (self.base)(phone);
        let known = phone.extras.sheets.get(self.edge);
        for (name, value) in known.into_iter().flatten() {
            values.put(name, value.clone());
        }
        values
    }

    /// Answers `GET {phone}/{edge}`.
    pub(super) fn read(&self, world: &World, call: &Call, id: &str) -> Result<Value, GraphError> {
        let phone = auth::phone_of(world, call, id)?;
        let names: Vec<&str> = self.parts.iter().map(|(name, _)| *name).collect();
        let mut values = self.values(phone);
        for name in &names {
            if values.get(name).is_none() {
                values.put(name, Value::Null);
            }
        }
        let node = Node {
            kind: self.kind,
            values,
            ..Node::default()
        };
        let picked = node.pick_or(world, call, &names)?;
        Ok(if self.is_list {
            json!({ "data": [picked] })
        } else {
            picked
        })
    }

    /// Answers `POST {phone}/{edge}`: lays the given parts over the known ones.
    pub(super) fn write(
        &self,
        world: &mut World,
        call: &Call,
        now: Time,
        id: &str,
    ) -> Result<(), GraphError> {
        let phone = auth::phone_of(world, call, id)?;
        if self.has_product {
            params::product(call)?;
        }
        let mut new = phone
            .extras
            .sheets
            .get(self.edge)
            .cloned()
            .unwrap_or_default();
        let before = self.values(phone);
        let mut is_given = false;
        for (name, rule) in self.parts {
            let Some(given) = rule.given(call, name) else {
                continue;
            };
            is_given = true;
            let value = rule.read(name, &given, before.get(name))?;
            if matches!(rule, Rule::Picture) {
                new.insert("profile_picture_url".to_owned(), picture(world, &value)?);
            } else {
                new.insert((*name).to_owned(), value);
            }
        }
        if !is_given {
            let names: Vec<&str> = self.parts.iter().map(|(name, _)| *name).collect();
            let text = format!("One of {} is required", names.join(", "));
            return Err(GraphError::parameter(text));
        }
        let update = self.update(phone, &new, now);
        if let Some(phone) = world.phone_mut(id) {
            phone.extras.sheets.insert(self.edge.to_owned(), new);
        }
        world.said.extend(update);
        Ok(())
    }

    /// Makes the webhook of new settings for calls.
    fn update(&self, phone: &Phone, new: &Map<String, Value>, now: Time) -> Option<Update> {
        if self.edge != "settings" {
            return None;
        }
        let calling = new.get("calling")?;
        Some(Update {
            waba_id: phone.waba_id.clone(),
            phone_id: Some(phone.id.clone()),
            time: Some(now.timestamp()),
            field: "account_settings_update".to_owned(),
            value: json!({
                "messaging_product": "whatsapp",
                "timestamp": now.timestamp().to_string(),
                "type": "PHONE_NUMBER_SETTINGS",
                "phone_number_settings": { "phone_number_id": phone.id, "calling": calling },
            }),
        })
    }
}

/// Returns the address of the picture of a handle.
fn picture(world: &World, handle: &Value) -> Result<Value, GraphError> {
    let handle = handle.as_str().unwrap_or_default();
    let found = uploads::of_handle(world, handle);
    let upload = found
        .filter(|upload| upload.file_type.starts_with("image/"))
        .ok_or_else(|| GraphError::parameter("The profile picture handle is invalid or expired"))?;
    let name = upload.signature.as_str();
    Ok(json!(format!(
        "https://pps.whatsapp.net/v/t61.24694-24/{name}.jpg"
    )))
}

impl Rule {
    /// Returns what the call gives for the part.
    fn given(self, call: &Call, name: &str) -> Option<Value> {
        match self {
            Self::Fixed => None,
            Self::Text(..) | Self::Email(_) | Self::OneOf(_) | Self::PublicKey | Self::Picture => {
                call.params.get(name).map(|text| json!(text))
            }
            _ => call.value(name),
        }
    }

    /// Reads a part, or says what it must be.
    fn read(self, name: &str, given: &Value, before: Option<&Value>) -> Result<Value, GraphError> {
        let text = || given.as_str().ok_or_else(|| wrong(name, "a string."));
        match self {
            Self::Text(least, most) => length(name, text()?, least, most)?,
            Self::Email(most) => {
                let text = text()?;
                length(name, text, 0, most)?;
                let is_address = text.split_once('@').is_some_and(|(user, host)| {
                    !user.is_empty() && host.contains('.') && !text.contains(char::is_whitespace)
                });
                if !text.is_empty() && !is_address {
                    return Err(wrong(name, "a valid email address"));
                }
            }
            Self::Websites => websites(name, given)?,
            Self::OneOf(known) => return Ok(json!(one_of(name, text()?, known)?)),
            Self::Flag => {
                return match given {
                    Value::Bool(_) => Ok(given.clone()),
                    Value::String(text) if text == "true" || text == "false" => {
                        Ok(json!(text == "true"))
                    }
                    _ => Err(wrong(name, "a boolean.")),
                };
            }
            Self::Object => {
                let fields = given.as_object().ok_or_else(|| wrong(name, "an object."))?;
                let mut whole = before.cloned().unwrap_or_else(|| json!({}));
                for (field, value) in fields {
                    whole.put(field, setting(name, field, value)?);
                }
                return Ok(whole);
            }
            Self::PublicKey => {
                let key = text()?.trim();
                let has_marks = key.starts_with("-----BEGIN PUBLIC KEY-----")
                    && key.ends_with("-----END PUBLIC KEY-----");
                if !has_marks {
                    return Err(wrong(name, "an RSA public key in PEM format"));
                }
            }
            Self::Picture => {
                text()?;
            }
            Self::Prompts => {
                let items = given.as_array().ok_or_else(|| wrong(name, "an array."))?;
                most(name, items.len(), 4)?;
                for item in items {
                    let text = item
                        .as_str()
                        .ok_or_else(|| wrong(name, "an array of strings."))?;
                    length(name, text, 1, 80)?;
                }
            }
            Self::Commands => {
                let items = given.as_array().ok_or_else(|| wrong(name, "an array."))?;
                most(name, items.len(), 30)?;
                for item in items {
                    for (field, longest) in [("command_name", 32), ("command_description", 256)] {
                        let text = item.get(field).and_then(Value::as_str);
                        let text = text.ok_or_else(|| params::missing(field))?;
                        length(field, text, 1, longest)?;
                    }
                }
            }
            Self::Fixed => {}
        }
        Ok(given.clone())
    }
}

/// Reads a field of a settings object: states are in upper case.
fn setting(name: &str, field: &str, value: &Value) -> Result<Value, GraphError> {
    let text = value.as_str();
    match (name, field, text) {
        ("calling", "status" | "callback_permission_status", Some(text)) => {
            Ok(json!(one_of(field, text, &["ENABLED", "DISABLED"])?))
        }
        ("calling", "status" | "callback_permission_status", None) => {
            Err(wrong(field, "a string."))
        }
        (_, "status" | "call_icon_visibility", Some(text)) => Ok(json!(text.to_ascii_uppercase())),
        _ => Ok(value.clone()),
    }
}

fn most(name: &str, count: usize, most: usize) -> Result<(), GraphError> {
    if count > most {
        return Err(wrong(name, &format!("at most {most} items")));
    }
    Ok(())
}

fn websites(name: &str, given: &Value) -> Result<(), GraphError> {
    let items = given.as_array().ok_or_else(|| wrong(name, "an array."))?;
    most(name, items.len(), 2)?;
    for item in items {
        let text = item
            .as_str()
            .ok_or_else(|| wrong(name, "an array of strings."))?;
        length(name, text, 0, 256)?;
        let has_scheme = text.starts_with("https://") || text.starts_with("http://");
        if !has_scheme || url::Url::parse(text).is_err() {
            return Err(wrong(name, "addresses that begin with http:// or https://"));
        }
    }
    Ok(())
}
