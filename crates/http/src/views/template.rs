//! Requests about templates.

use std::{fmt, str::FromStr};

use serde::Deserialize;
use serde_json::{Map, Value, json};
use utoipa::{IntoParams, ToSchema};
use wabakit_domain::ids::{TemplateId, WabaId};
use wabakit_services::{Invalid, TemplateFilter, TemplateKey, TemplateValues};

use super::given::a_value;

/// The most values of one filter.
const MOST_VALUES: usize = 20;
/// The longest text to search for.
const LONGEST: usize = 200;

/// The filter of templates. Of several values, separated by commas, one must match.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TemplateQuery {
    /// Only templates of this WABA.
    waba_id: Option<String>,
    /// Only templates with this status, such as `APPROVED`.
    status: Option<String>,
    /// Only templates of this category, such as `UTILITY`.
    category: Option<String>,
    /// Only templates in this language, such as `en_US`.
    language: Option<String>,
    /// Only templates with this quality, such as `GREEN`.
    quality: Option<String>,
    /// Only templates with exactly this name.
    name: Option<String>,
    /// Only templates whose name or texts contain this.
    q: Option<String>,
}

impl TemplateQuery {
    /// Returns the filter.
    ///
    /// # Errors
    /// When a filter has too many values, or a text is too long.
    pub(crate) fn filter(&self) -> Result<TemplateFilter, Invalid> {
        let bounded = |text: &Option<String>, pointer: &str| match text {
            Some(text) if text.chars().count() > LONGEST || text.contains('\0') => {
                Err(Invalid::new(
                    pointer,
                    "This is too long, or holds a character that no text has.",
                ))
            }
            text => Ok(text.clone().filter(|text| !text.trim().is_empty())),
        };
        let values = |text: &Option<String>, pointer: &str, form: fn(&str) -> String| {
            let text = bounded(text, pointer)?.unwrap_or_default();
            let values = text.split(',').map(str::trim).filter(|it| !it.is_empty());
            let values: Vec<String> = values.map(form).collect();
            match values.len() > MOST_VALUES {
                true => Err(Invalid::new(pointer, "Give at most 20 values.")),
                false => Ok(values),
            }
        };
        let capitals = |word: &str| word.to_ascii_uppercase();
        let query = bounded(&self.q, "/q")?;
        Ok(TemplateFilter {
            waba: bounded(&self.waba_id, "/wabaId")?.map(WabaId::from),
            statuses: values(&self.status, "/status", capitals)?,
            categories: values(&self.category, "/category", capitals)?,
            languages: values(&self.language, "/language", |word| word.replace('-', "_"))?,
            qualities: values(&self.quality, "/quality", capitals)?,
            name: bounded(&self.name, "/name")?,
            query: query.map(|text| text.trim().to_owned()),
        })
    }
}

/// The cursor of the list of templates: name, language and id.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct TemplateCursor(pub(crate) TemplateKey);

impl fmt::Display for TemplateCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let TemplateKey { name, language, id } = &self.0;
        write!(f, "{id}~{language}~{name}")
    }
}

impl FromStr for TemplateCursor {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        let mut parts = text.splitn(3, '~');
        let id = parts.next().and_then(|id| id.parse().ok()).ok_or(())?;
        let language = parts.next().ok_or(())?.to_owned();
        let name = parts.next().ok_or(())?.to_owned();
        let id = TemplateId(id);
        match name.contains('\0') || language.contains('\0') {
            true => Err(()),
            false => Ok(Self(TemplateKey { name, language, id })),
        }
    }
}

/// The WABA to sync.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SyncQuery {
    /// Only this WABA. Otherwise all of the organisation's.
    pub(crate) waba_id: Option<String>,
}

/// What a read of the sync shows.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SyncStatusQuery {
    /// Only this WABA. Otherwise all of the organisation's.
    pub(crate) waba_id: Option<String>,
    /// `true` starts a sync first, for older clients. It needs the scope `templates:write`.
    #[serde(default)]
    #[param(required = false)]
    pub(crate) run: bool,
}

/// The WABA to sync.
#[derive(Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct StartSync {
    /// Only this WABA. Without it, or without a body, all of the organisation's.
    #[serde(default, deserialize_with = "a_value")]
    pub(crate) waba_id: Option<String>,
}

/// A template to create, in Meta's form.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct CreateTemplate {
    /// The WABA. The default number's if it is left out.
    #[serde(default, deserialize_with = "a_value")]
    pub(crate) waba_id: Option<String>,
    /// The name: lower case letters, digits and `_`.
    #[schema(example = "order_update")]
    name: String,
    #[schema(example = "en_US")]
    language: String,
    /// `AUTHENTICATION`, `MARKETING` or `UTILITY`.
    #[schema(example = "UTILITY")]
    category: String,
    /// `POSITIONAL`, which is the default, or `NAMED`.
    #[serde(default, deserialize_with = "a_value")]
    parameter_format: Option<String>,
    /// The components in Meta's form.
    #[schema(value_type = Vec<Object>)]
    components: Value,
    /// The time in seconds for which Meta tries to deliver a message. -1 means 30 days.
    #[serde(default, deserialize_with = "a_value")]
    ttl_seconds: Option<i64>,
}

impl CreateTemplate {
    /// Returns the body in Meta's form.
    pub(crate) fn body(self) -> Value {
        let mut body = json!({
            "name": self.name, "language": self.language, "category": self.category, "components": self.components,
        });
        put(&mut body, "parameter_format", self.parameter_format);
        put(&mut body, "message_send_ttl_seconds", self.ttl_seconds);
        body
    }
}

/// New contents of a template, in Meta's form. Missing fields stay as they are.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct EditTemplate {
    /// A new category. That of an approved template stays.
    #[serde(default, deserialize_with = "a_value")]
    category: Option<String>,
    /// All components: they replace those of before.
    #[serde(default, deserialize_with = "a_value")]
    #[schema(value_type = Option<Vec<Object>>)]
    components: Option<Value>,
    #[serde(default, deserialize_with = "a_value")]
    parameter_format: Option<String>,
    /// The time in seconds for which Meta tries to deliver a message. -1 means 30 days.
    #[serde(default, deserialize_with = "a_value")]
    ttl_seconds: Option<i64>,
}

impl EditTemplate {
    /// Returns the body in Meta's form.
    pub(crate) fn body(self) -> Value {
        let mut body = json!({});
        put(&mut body, "category", self.category);
        put(&mut body, "components", self.components);
        put(&mut body, "parameter_format", self.parameter_format);
        put(&mut body, "message_send_ttl_seconds", self.ttl_seconds);
        body
    }
}

fn put(body: &mut Value, name: &str, value: Option<impl Into<Value>>) {
    if let (Some(fields), Some(value)) = (body.as_object_mut(), value) {
        fields.insert(name.to_owned(), value.into());
    }
}

/// The templates to delete.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DeleteQuery {
    /// The WABA. It is needed where several have the name.
    pub(crate) waba_id: Option<String>,
    /// The name. All its languages are deleted.
    #[param(required = true)]
    name: Option<String>,
}

impl DeleteQuery {
    /// Returns the name.
    ///
    /// # Errors
    /// When it is missing.
    pub(crate) fn name(&self) -> Result<&str, Invalid> {
        let name = self.name.as_deref().filter(|name| !name.is_empty());
        name.ok_or_else(|| Invalid::new("/name", "Give the name to delete."))
    }
}

/// Values of a message: `components` in Meta's form, or `parameters` by their keys.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TemplateInput {
    /// The components of a message, in Meta's form.
    #[serde(default, deserialize_with = "a_value")]
    #[schema(value_type = Option<Vec<Object>>)]
    components: Option<Value>,
    /// The values by the keys of the template's parameters.
    #[serde(default, deserialize_with = "a_value")]
    #[schema(value_type = Option<Object>)]
    parameters: Option<Map<String, Value>>,
}

impl TemplateInput {
    /// Returns the values. Neither is no value at all.
    ///
    /// # Errors
    /// When both are given.
    pub(crate) fn values(self) -> Result<TemplateValues, Invalid> {
        match (self.components, self.parameters) {
            (Some(_), Some(_)) => Err(Invalid::new(
                "/parameters",
                "Give either components, or parameters.",
            )),
            (Some(components), None) => Ok(TemplateValues::Components(components)),
            (None, parameters) => Ok(TemplateValues::Named(parameters.unwrap_or_default())),
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_cursor_is_read_as_it_was_written() {
        for name in ["order_update", "odd~name", ""] {
            let cursor = TemplateCursor(TemplateKey {
                name: name.to_owned(),
                language: "en_US".to_owned(),
                id: TemplateId(Uuid::from_u128(7)),
            });
            assert_eq!(cursor.to_string().parse(), Ok(cursor));
        }
        for other in ["", "~", "x~en~a", "00000000-0000-0000-0000-000000000007~en"] {
            assert!(other.parse::<TemplateCursor>().is_err(), "{other}");
        }
    }

    #[test]
    fn a_filter_takes_words_in_any_case_and_languages_in_either_spelling() {
        let query = TemplateQuery {
            waba_id: None,
            status: Some("approved, Paused,".to_owned()),
            category: Some(String::new()),
            language: Some("en-US".to_owned()),
            quality: Some("green".to_owned()),
            name: None,
            q: Some("  Order ".to_owned()),
        };
        let filter = query.filter().unwrap();
        assert_eq!(filter.statuses, ["APPROVED", "PAUSED"]);
        assert!(filter.categories.is_empty());
        assert_eq!(filter.languages, ["en_US"]);
        assert_eq!(filter.qualities, ["GREEN"]);
        assert_eq!(filter.query.as_deref(), Some("Order"));
        let long = TemplateQuery {
            q: Some("x".repeat(201)),
            ..query
        };
        assert!(long.filter().is_err());
    }
}
