//! Meta's error body.

use std::fmt;

use serde::Deserialize;
use serde_json::Value;

use super::Scrubber;
use crate::wire::lenient;

/// An error in Meta's words. Tokens and secrets are already removed from its texts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct MetaError {
    /// The code, which identifies the error.
    pub code: Option<i64>,
    /// The subcode. It matters for code 190 and in the code exchange.
    pub subcode: Option<i64>,
    /// The type, such as `OAuthException`.
    pub error_type: Option<String>,
    /// The message, for developers.
    pub message: String,
    /// A title that may be shown to users.
    pub user_title: Option<String>,
    /// A message that may be shown to users.
    pub user_message: Option<String>,
    /// `error_data.details`, or `error_data` itself where Meta sends a bare string.
    pub details: Option<String>,
    /// Tells whether Meta says that the call may work later.
    pub is_transient: bool,
    /// The trace id that Meta's support asks for.
    pub fbtrace_id: Option<String>,
}

#[derive(Deserialize)]
struct Envelope {
    error: Wire,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Wire {
    Full(Box<Fields>),
    /// Plain OAuth 2.0 errors, `{"error": "invalid_request"}`, and those of gateways.
    Bare(String),
}

#[derive(Deserialize)]
struct Fields {
    #[serde(default, deserialize_with = "lenient::integer")]
    code: Option<i64>,
    #[serde(default, deserialize_with = "lenient::integer")]
    error_subcode: Option<i64>,
    #[serde(default, rename = "type")]
    error_type: Option<Value>,
    #[serde(default)]
    message: Option<Value>,
    #[serde(default)]
    error_user_title: Option<Value>,
    #[serde(default)]
    error_user_msg: Option<Value>,
    #[serde(default)]
    error_data: Option<Value>,
    #[serde(default)]
    is_transient: Option<Value>,
    #[serde(default)]
    fbtrace_id: Option<Value>,
}

impl MetaError {
    /// Reads Meta's error body. `None` when the body is not one.
    pub(crate) fn read(body: &[u8], scrubber: &Scrubber<'_>) -> Option<Self> {
        let Envelope { error } = serde_json::from_slice(body).ok()?;
        Some(match error {
            Wire::Full(fields) => Self::from_fields(*fields, scrubber),
            Wire::Bare(message) => Self {
                message: scrubber.scrub(&message),
                ..Self::default()
            },
        })
    }

    fn from_fields(fields: Fields, scrubber: &Scrubber<'_>) -> Self {
        let text = |value: Option<Value>| match value {
            Some(Value::String(text)) => Some(scrubber.scrub(&text)),
            Some(Value::Number(number)) => Some(number.to_string()),
            _ => None,
        };
        let details = match fields.error_data {
            Some(Value::Object(mut data)) => data.remove("details"),
            bare => bare,
        };
        Self {
            code: fields.code,
            subcode: fields.error_subcode,
            error_type: text(fields.error_type),
            message: text(fields.message).unwrap_or_default(),
            user_title: text(fields.error_user_title),
            user_message: text(fields.error_user_msg),
            details: text(details),
            is_transient: fields.is_transient == Some(Value::Bool(true)),
            fbtrace_id: text(fields.fbtrace_id),
        }
    }
}

impl fmt::Display for MetaError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Meta answered ")?;
        match (self.code, self.subcode) {
            (Some(code), Some(subcode)) => write!(f, "code {code}, subcode {subcode}")?,
            (Some(code), None) => write!(f, "code {code}")?,
            (None, _) => f.write_str("an error without a code")?,
        }
        if !self.message.is_empty() {
            write!(f, ": {}", self.message)?;
        }
        if let Some(details) = &self.details {
            write!(f, " ({details})")?;
        }
        if let Some(trace) = &self.fbtrace_id {
            write!(f, " [fbtrace_id {trace}]")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &str) -> Option<MetaError> {
        MetaError::read(body.as_bytes(), &Scrubber::default())
    }

    #[test]
    fn every_field_is_read() {
        let error = read(
            r##"{"error":{"message":"(#130429) Rate limit hit","type":"OAuthException",
            "code":130429,"error_data":{"messaging_product":"whatsapp","details":"Slow down"},
            "error_subcode":2494055,"error_user_title":"Slow","error_user_msg":"Please wait",
            "is_transient":true,"fbtrace_id":"Az8"}}"##,
        )
        .unwrap();
        assert_eq!(
            error,
            MetaError {
                code: Some(130_429),
                subcode: Some(2_494_055),
                error_type: Some("OAuthException".into()),
                message: "(#130429) Rate limit hit".into(),
                user_title: Some("Slow".into()),
                user_message: Some("Please wait".into()),
                details: Some("Slow down".into()),
                is_transient: true,
                fbtrace_id: Some("Az8".into()),
            }
        );
        assert_eq!(
            error.to_string(),
            "Meta answered code 130429, subcode 2494055: (#130429) Rate limit hit (Slow down) \
             [fbtrace_id Az8]"
        );
    }

    #[test]
    fn error_data_may_be_a_bare_string() {
        let error = read(r#"{"error":{"code":100,"error_data":"bad parameter"}}"#).unwrap();
        assert_eq!(error.details.as_deref(), Some("bad parameter"));
    }

    #[test]
    fn fields_of_other_types_do_not_hide_the_code() {
        let error = read(
            r#"{"error":{"code":"190","error_subcode":null,"message":7,"error_data":[1],
            "is_transient":"no","type":{},"fbtrace_id":false}}"#,
        )
        .unwrap();
        assert_eq!(error.code, Some(190));
        assert_eq!(error.message, "7");
    }

    #[test]
    fn a_bare_error_string_is_its_message() {
        assert_eq!(
            read(r#"{"error":"invalid_grant"}"#).unwrap().message,
            "invalid_grant"
        );
    }

    #[test]
    fn other_documents_are_no_meta_errors() {
        for body in [
            "",
            "<html></html>",
            "{}",
            "[]",
            r#"{"error":7}"#,
            r#"{"error":null}"#,
        ] {
            assert_eq!(read(body), None, "{body}");
        }
    }
}
