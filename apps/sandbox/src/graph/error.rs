//! Meta's errors: codes, texts and HTTP statuses.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, HttpResponseBuilder};
use serde_json::{Value, json};

use super::codes;
use crate::faults::Then;

/// An error of the Graph API.
#[derive(Debug, Clone)]
pub(crate) struct GraphError {
    status: u16,
    kind: &'static str,
    code: i64,
    subcode: Option<i64>,
    message: String,
    details: Option<String>,
    /// `error_user_title` and `error_user_msg`.
    for_user: Option<Box<(String, String)>>,
}

impl GraphError {
    /// Makes an error with Meta's HTTP status for the code.
    pub(crate) fn new(code: i64, message: impl Into<String>) -> Self {
        Self {
            status: status_of(code),
            kind: "OAuthException",
            code,
            subcode: None,
            message: message.into(),
            details: None,
            for_user: None,
        }
    }

    pub(crate) fn with_subcode(mut self, subcode: i64) -> Self {
        self.subcode = Some(subcode);
        self
    }

    /// Adds a title and a text for the person who uses the app.
    pub(crate) fn for_user(mut self, title: &str, text: &str) -> Self {
        self.for_user = Some(Box::new((title.to_owned(), text.to_owned())));
        self
    }

    /// Changes the type to the one of unknown objects and of wrong proofs.
    pub(crate) fn of_method(mut self) -> Self {
        self.kind = "GraphMethodException";
        self
    }

    /// Changes the HTTP status to that of the examples in Meta's OpenAPI file.
    pub(crate) fn with_openapi_status(mut self) -> Self {
        self.status = match self.code {
            4 | 17 | 613 | 80007 | 80008 | 130_429 | 131_056 => 429,
            1 | 2 => 500,
            _ => self.status,
        };
        self
    }

    /// Makes a WhatsApp error: `(#code) title`, with details in `error_data`.
    pub(crate) fn whatsapp(code: i64, title: &str, details: impl Into<String>) -> Self {
        let mut error = Self::new(code, format!("(#{code}) {title}"));
        error.details = Some(details.into());
        error
    }

    /// Makes a WhatsApp error with Meta's usual text.
    pub(crate) fn of(code: i64) -> Self {
        Self::detailed(code, codes::words(code).1)
    }

    /// Makes a WhatsApp error with Meta's title and these details.
    pub(crate) fn detailed(code: i64, details: impl Into<String>) -> Self {
        Self::whatsapp(code, codes::words(code).0, details)
    }

    /// Makes the error of a missing parameter in a message.
    pub(crate) fn missing(details: impl Into<String>) -> Self {
        Self::detailed(131_008, details)
    }

    /// Makes the error of an invalid value in a message.
    pub(crate) fn value(details: impl Into<String>) -> Self {
        Self::detailed(131_009, details)
    }

    /// Makes the error of a missing or wrong parameter.
    pub(crate) fn parameter(details: impl Into<String>) -> Self {
        Self::whatsapp(100, "Invalid parameter", details)
    }

    /// Makes the error of an object that does not exist, or not for this token: Meta does not say which.
    pub(crate) fn no_object(id: &str, verb: &str) -> Self {
        Self::new(
            100,
            format!(
                "Unsupported {verb} request. Object with ID '{id}' does not exist, cannot be \
                 loaded due to missing permissions, or does not support this operation. Please \
                 read the Graph API documentation at \
                 https://developers.facebook.com/docs/graph-api"
            ),
        )
        .with_subcode(33)
        .of_method()
    }

    /// Makes the error of a token that cannot be read. The subcode is that of the OpenAPI file's examples.
    pub(crate) fn bad_token() -> Self {
        let text = "Invalid OAuth access token - Cannot parse access token";
        Self::new(190, text).with_subcode(463)
    }

    pub(crate) fn unknown_path(path: &str) -> Self {
        Self::new(2500, format!("Unknown path components: /{path}"))
    }

    /// Makes the error of a missing scope.
    pub(crate) fn missing_scope(scope: &str) -> Self {
        if scope == "business_management" {
            return Self::new(
                200,
                format!("(#200) Requires {scope} permission to manage the object"),
            );
        }
        Self::new(
            10,
            format!("(#10) Application does not have permission for this action: {scope}"),
        )
    }

    pub(crate) fn proof(message: &str) -> Self {
        Self::new(100, message).of_method()
    }

    /// Makes the error of a callback that did not pass its challenge.
    pub(crate) fn callback(reason: String) -> Self {
        let text = "(#2200) Callback verification failed with the following errors";
        Self::new(2200, format!("{text}: {reason}"))
    }

    pub(crate) fn too_many_calls() -> Self {
        let title = "There have been too many calls to this WhatsApp Business account. Wait a bit \
                     and try again.";
        Self::new(80008, format!("(#80008) {title}"))
    }

    /// Makes the error that a fault orders.
    pub(crate) fn from_fault(then: &Then) -> Self {
        let code = then.code.unwrap_or(match then.status {
            Some(401) => 190,
            Some(403) => 10,
            Some(429) => 4,
            Some(400 | 422) => 100,
            _ => 2,
        });
        let (title, details) = codes::words(code);
        let mut error = match &then.message {
            Some(message) => Self::new(code, message),
            None if matches!(code, 1 | 2 | 190) => Self::new(code, title),
            None if code < 100_000 => Self::new(code, format!("(#{code}) {title}")),
            None => Self::whatsapp(code, title, details),
        };
        error.status = then.status.unwrap_or(error.status);
        error.subcode = then.subcode;
        error
    }

    pub(crate) fn status(&self) -> u16 {
        self.status
    }

    pub(crate) fn code(&self) -> i64 {
        self.code
    }

    pub(crate) fn message(&self) -> &str {
        &self.message
    }

    pub(crate) fn details(&self) -> Option<&str> {
        self.details.as_deref()
    }

    pub(crate) fn subcode(&self) -> Option<i64> {
        self.subcode
    }

    pub(crate) fn response(&self, trace: &str, headers: &[(&'static str, String)]) -> HttpResponse {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = HttpResponseBuilder::new(status);
        if self.status == 401 {
            let value = "OAuth \"Facebook Platform\" \"invalid_token\"";
            response.insert_header(("WWW-Authenticate", value));
        }
        for (name, value) in headers {
            response.insert_header((*name, value.as_str()));
        }
        response
            .insert_header(("x-fb-trace-id", trace))
            .json(self.body(trace))
    }

    fn body(&self, trace: &str) -> Value {
        let mut error = json!({ "message": self.message, "type": self.kind, "code": self.code });
        if let Some(fields) = error.as_object_mut() {
            if let Some(subcode) = self.subcode {
                fields.insert("error_subcode".to_owned(), subcode.into());
            }
            if let Some(details) = &self.details {
                let data = json!({ "messaging_product": "whatsapp", "details": details });
                fields.insert("error_data".to_owned(), data);
            }
            if let Some((title, text)) = self.for_user.as_deref() {
                fields.insert("is_transient".to_owned(), false.into());
                fields.insert("error_user_title".to_owned(), title.as_str().into());
                fields.insert("error_user_msg".to_owned(), text.as_str().into());
            }
            if self.status >= 500 && matches!(self.code, 1 | 2) {
                fields.insert("is_transient".to_owned(), true.into());
            }
            fields.insert("fbtrace_id".to_owned(), trace.into());
        }
        json!({ "error": error })
    }
}

/// Returns the HTTP status that Meta's error page gives a code (copy of 2025-12-12): rate limits are 400. The status of
/// 803 is that of the OpenAPI file, the page does not have it.
fn status_of(code: i64) -> u16 {
    match code {
        0 | 102 | 104 | 190 => 401,
        10 | 200..=299 | 368 | 130_497 | 131_005 | 131_031 => 403,
        803 | 132_001 => 404,
        3 | 131_000 | 131_016 | 131_045 | 131_057 | 133_000 => 500,
        2 | 133_004 => 503,
        _ => 400,
    }
}
