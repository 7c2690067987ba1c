//! Requests about templates.

use std::{fmt, str::FromStr};

use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use wabakit_domain::ids::{TemplateId, WabaId};
use wabakit_services::{Invalid, TemplateFilter, TemplateKey};

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
