//! One request to the sandbox's Meta side. Its parameters are collected from query, form and JSON body, as Graph
//! does.

use std::borrow::Cow;
use std::collections::BTreeMap;

use actix_web::HttpRequest;
use actix_web::http::Method;
use actix_web::http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderName, RANGE};
use bytes::Bytes;
use serde_json::{Map, Value};

use crate::media::Form;

/// Parameters that stay text in a form, even if the text looks like JSON.
const TEXTS: [&str; 1] = ["biz_opaque_callback_data"];

/// A parsed request.
pub(crate) struct Call {
    pub(crate) method: Method,
    /// `v25.0`, where the path begins with one.
    pub(crate) version: Option<String>,
    /// The path without version and outer slashes.
    pub(crate) path: String,
    /// The scheme, host and port of the request.
    pub(crate) origin: String,
    /// The parameters of query and body. A JSON value that is not a string keeps its JSON text.
    pub(crate) params: BTreeMap<String, String>,
    /// All values of repeated form fields.
    pub(crate) lists: BTreeMap<String, Vec<String>>,
    pub(crate) is_malformed: bool,
    /// The body, if it is a JSON object.
    pub(crate) json: Option<Map<String, Value>>,
    /// The body, if it is a multipart form.
    pub(crate) form: Option<Form>,
    /// The bytes of a part of a resumable upload. Empty for all other calls.
    pub(crate) bytes: Bytes,
    /// `Range`, as the request has it.
    pub(crate) range: Option<String>,
    /// `file_offset`, where a part of a resumable upload begins.
    pub(crate) file_offset: Option<String>,
    token: Option<String>,
}

impl Call {
    pub(crate) fn read(request: &HttpRequest, body: &Bytes, form: Option<Form>) -> Self {
        let (version, path) = split_version(request.path());
        let host = request.connection_info().host().to_owned();
        let header = |name: HeaderName| {
            let value = request.headers().get(name)?;
            value.to_str().ok().map(str::to_owned)
        };
        let mut call = Self {
            method: request.method().clone(),
            version,
            path,
            origin: format!("http://{host}"),
            params: BTreeMap::new(),
            lists: BTreeMap::new(),
            is_malformed: false,
            json: None,
            form,
            bytes: Bytes::new(),
            range: header(RANGE),
            file_offset: header(HeaderName::from_static("file_offset")),
            token: header(AUTHORIZATION).as_deref().and_then(bearer),
        };
        call.take_form(request.query_string().as_bytes());
        let fields = call.form.as_ref().map(Form::texts);
        for (name, value) in fields.into_iter().flatten() {
            call.params.insert(name, value);
        }
        if call.is_upload_part() {
            call.bytes = body.clone();
        } else {
            call.take_body(content_type(request), body);
        }
        call
    }

    /// Makes a call inside this one: it has this call's token, and the parameters of `url` and `body`.
    pub(crate) fn inner(&self, method: Method, url: &str, body: &str) -> Self {
        let (path, query) = url.split_once('?').unwrap_or((url, ""));
        let (version, path) = split_version(path);
        let mut call = Self {
            method,
            version: version.or_else(|| self.version.clone()),
            path,
            origin: self.origin.clone(),
            params: BTreeMap::new(),
            lists: BTreeMap::new(),
            is_malformed: false,
            json: None,
            form: None,
            bytes: Bytes::new(),
            range: None,
            file_offset: None,
            token: self.token().map(str::to_owned),
        };
        call.take_form(query.as_bytes());
        if body.starts_with('{') {
            call.take_json(body.as_bytes());
        } else {
            call.take_form(body.as_bytes());
        }
        if call.param("access_token").is_none()
            && let Some(proof) = self.param("appsecret_proof")
        {
            let proof = proof.to_owned();
            call.params
                .entry("appsecret_proof".to_owned())
                .or_insert(proof);
        }
        call
    }

    /// Returns a parameter that is present and not empty.
    pub(crate) fn param(&self, name: &str) -> Option<&str> {
        self.params
            .get(name)
            .map(String::as_str)
            .filter(|value| !value.is_empty())
    }

    /// Returns all values of a repeated form field.
    pub(crate) fn list(&self, name: &str) -> &[String] {
        self.lists.get(name).map_or(&[], Vec::as_slice)
    }

    /// Returns the access token. One in the parameters wins over the header's.
    pub(crate) fn token(&self) -> Option<&str> {
        self.param("access_token").or(self.token.as_deref())
    }

    /// Returns the parameters as one object: those of query and form, with objects and lists read from their JSON
    /// text, and over them the fields of a JSON body.
    pub(crate) fn object(&self) -> Cow<'_, Map<String, Value>> {
        let known = self.json.as_ref();
        let is_all = |json: &Map<String, Value>| json.len() == self.params.len();
        if let Some(json) = known.filter(|json| is_all(json)) {
            return Cow::Borrowed(json);
        }
        let mut object = Map::new();
        for (name, text) in &self.params {
            object.insert(name.clone(), value_of(name, text));
        }
        for (name, value) in known.into_iter().flatten() {
            object.insert(name.clone(), value.clone());
        }
        Cow::Owned(object)
    }

    /// Returns a parameter as JSON, whether the body was JSON or a form. The JSON text of an object or list is read in
    /// both.
    pub(crate) fn value(&self, name: &str) -> Option<Value> {
        match self.json.as_ref().and_then(|json| json.get(name)) {
            Some(Value::String(text)) => Some(value_of(name, text)),
            Some(value) => Some(value.clone()),
            None => Some(value_of(name, self.params.get(name)?)),
        }
    }

    /// Tells whether the call brings bytes of a resumable upload.
    fn is_upload_part(&self) -> bool {
        self.method == Method::POST && self.path.starts_with("upload:")
    }

    /// Tells whether the request has a token in its header, not only in its parameters.
    pub(crate) fn has_token_header(&self) -> bool {
        self.token.is_some()
    }

    /// Returns the method as errors name it.
    pub(crate) fn verb(&self) -> String {
        self.method.as_str().to_lowercase()
    }

    pub(crate) fn segments(&self) -> Vec<&str> {
        self.path
            .split('/')
            .filter(|part| !part.is_empty())
            .collect()
    }

    fn take_body(&mut self, kind: &str, body: &[u8]) {
        if kind.to_ascii_lowercase().starts_with("application/json") {
            self.take_json(body);
        } else if self.form.is_none() {
            self.take_form(body);
        }
    }

    fn take_form(&mut self, bytes: &[u8]) {
        for (name, value) in url::form_urlencoded::parse(bytes) {
            self.lists
                .entry(name.to_string())
                .or_default()
                .push(value.to_string());
            self.params.insert(name.into_owned(), value.into_owned());
        }
    }

    fn take_json(&mut self, bytes: &[u8]) {
        if bytes.is_empty() {
            return;
        }
        let Ok(Value::Object(fields)) = serde_json::from_slice(bytes) else {
            self.is_malformed = true;
            return;
        };
        for (name, value) in &fields {
            let text = match value {
                Value::String(text) => text.clone(),
                other => other.to_string(),
            };
            self.params.insert(name.clone(), text);
        }
        self.json = Some(fields);
    }
}

/// Reads the token of an `Authorization` header, whose scheme may be in any case.
fn bearer(header: &str) -> Option<String> {
    let (scheme, token) = header.trim().split_once(' ')?;
    let is_known = ["bearer", "oauth"]
        .iter()
        .any(|known| scheme.eq_ignore_ascii_case(known));
    is_known.then(|| token.trim().to_owned())
}

/// Reads a parameter of a query or form: the JSON of an object or list, or a text.
fn value_of(name: &str, text: &str) -> Value {
    let is_json = text.trim_start().starts_with(['{', '[']) && !TEXTS.contains(&name);
    let read = is_json.then(|| serde_json::from_str(text).ok());
    read.flatten().unwrap_or_else(|| Value::from(text))
}

/// Returns the request's content type. Empty when there is none.
pub(crate) fn content_type(request: &HttpRequest) -> &str {
    let kind = request.headers().get(CONTENT_TYPE);
    kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default()
}

/// Splits `/v25.0/me/businesses` into `v25.0` and `me/businesses`.
pub(crate) fn split_version(path: &str) -> (Option<String>, String) {
    let path = path.trim_matches('/');
    let (first, rest) = path.split_once('/').unwrap_or((path, ""));
    let is_version = first
        .strip_prefix('v')
        .and_then(|rest| rest.split_once('.'))
        .is_some_and(|(major, minor)| {
            let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
            digits(major) && digits(minor)
        });
    if is_version {
        (Some(first.to_owned()), rest.to_owned())
    } else {
        (None, path.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::split_version;

    #[test]
    fn only_a_number_with_a_dot_is_a_version() {
        assert_eq!(
            split_version("/v25.0/me"),
            (Some("v25.0".to_owned()), "me".to_owned())
        );
        assert_eq!(
            split_version("/verify.me/x"),
            (None, "verify.me/x".to_owned())
        );
        assert_eq!(
            split_version("/v25.0"),
            (Some("v25.0".to_owned()), String::new())
        );
    }
}
