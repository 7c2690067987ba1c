//! `POST /` with `batch`: several calls in one request, and the dependencies between them.
//!
//! Source: Meta's page on batch requests, general Graph knowledge (C). An operation that needs the answer of one that
//! failed is not run and answers null: a convention of the sandbox.

use actix_web::HttpResponse;
use actix_web::body::to_bytes;
use actix_web::http::Method;
use serde::Deserialize;
use serde_json::{Value, json};

use super::GraphError;
use crate::call::Call;

/// The most operations of one batch.
const MOST: usize = 50;

/// One call of a batch.
#[derive(Deserialize)]
pub(crate) struct Operation {
    method: String,
    relative_url: String,
    #[serde(default)]
    body: String,
    name: Option<String>,
    depends_on: Option<String>,
    omit_response_on_success: Option<bool>,
    /// The name of the part of the batch's form that is this operation's file.
    attached_files: Option<String>,
}

/// The answer to an operation.
pub(crate) struct Answer {
    code: u16,
    headers: Vec<(String, String)>,
    body: String,
}

/// Reads the operations of a batch. `None` when the call is none.
///
/// # Errors
/// Code 100 for a malformed list, code 1 for too many operations.
pub(crate) fn operations(call: &Call) -> Option<Result<Vec<Operation>, GraphError>> {
    if call.method != Method::POST || !call.segments().is_empty() {
        return None;
    }
    let batch = call.value("batch")?;
    let read: Result<Vec<Operation>, _> = serde_json::from_value(batch);
    Some(match read {
        Err(error) => Err(GraphError::new(
            100,
            format!("(#100) Param batch must be a list of operations: {error}"),
        )),
        Ok(operations) if operations.len() > MOST => Err(GraphError::new(
            1,
            format!("Too many requests in batch message. Maximum batch size is {MOST}"),
        )),
        Ok(operations) => Ok(operations),
    })
}

impl Operation {
    /// Makes the operation's call. `None` when it depends on an operation that failed or has not run.
    pub(crate) fn call(
        &self,
        batch: &Call,
        operations: &[Self],
        answers: &[Option<Answer>],
    ) -> Option<Call> {
        let succeeded = |name: &str| {
            let at = operations
                .iter()
                .position(|each| each.name.as_deref() == Some(name))?;
            let answer = answers.get(at)?.as_ref()?;
            (answer.code == 200).then_some(answer)
        };
        if let Some(name) = &self.depends_on {
            succeeded(name)?;
        }
        let fill = |text: &str| {
            filled(text, |name, path| {
                let body: Value = serde_json::from_str(&succeeded(name)?.body).ok()?;
                Some(found(&body, path).join(","))
            })
        };
        let method = Method::from_bytes(self.method.to_ascii_uppercase().as_bytes()).ok()?;
        let url = self.relative_url.trim_start_matches('/');
        let mut call = batch.inner(method, &fill(url)?, &fill(&self.body)?);
        let attached = self.attached_files.as_deref();
        let first = attached.and_then(|names| names.split(',').next());
        call.form = first.and_then(|name| batch.form.as_ref()?.of_attached(name.trim()));
        Some(call)
    }

    fn refers_to(&self, name: &str) -> bool {
        let mark = format!("{{result={name}:");
        self.depends_on.as_deref() == Some(name)
            || self.relative_url.contains(&mark)
            || self.body.contains(&mark)
    }
}

impl Answer {
    /// Reads a response. `None` when its body breaks off.
    pub(crate) async fn of(response: HttpResponse) -> Option<Self> {
        let headers = response.headers().iter().filter_map(|(name, value)| {
            Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned()))
        });
        let (code, headers) = (response.status().as_u16(), headers.collect());
        let bytes = to_bytes(response.into_body()).await.ok()?;
        Some(Self {
            code,
            headers,
            body: String::from_utf8_lossy(&bytes).into_owned(),
        })
    }
}

/// Makes the batch's answer. The answer of a successful operation that others refer to is left out, unless it says
/// `omit_response_on_success: false`.
pub(crate) fn list(call: &Call, operations: &[Operation], answers: &[Option<Answer>]) -> Value {
    let has_headers = call.param("include_headers") != Some("false");
    let show = |(operation, answer): (&Operation, &Option<Answer>)| {
        let Some(answer) = answer else {
            return Value::Null;
        };
        let is_used = operation
            .name
            .as_deref()
            .is_some_and(|name| operations.iter().any(|other| other.refers_to(name)));
        let omits = operation.omit_response_on_success.unwrap_or(is_used);
        if omits && answer.code == 200 {
            return Value::Null;
        }
        let headers = answer.headers.iter();
        let headers: Value = headers
            .map(|(name, value)| json!({ "name": name, "value": value }))
            .collect();
        if has_headers {
            json!({ "code": answer.code, "headers": headers, "body": answer.body })
        } else {
            json!({ "code": answer.code, "body": answer.body })
        }
    };
    operations.iter().zip(answers).map(show).collect()
}

/// Replaces each `{result=<name>:<path>}`. `None` when one has no value.
fn filled(text: &str, value: impl Fn(&str, &str) -> Option<String>) -> Option<String> {
    let mut filled = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{result=") {
        let (reference, behind) = after.split_once('}')?;
        let (name, path) = reference.split_once(':')?;
        filled.push_str(before);
        filled.push_str(&value(name, path)?);
        rest = behind;
    }
    filled.push_str(rest);
    Some(filled)
}

/// Returns the values at a JSONPath of names, indices and `*`: `$.data.*.id`, `$.data[0].id`.
fn found(body: &Value, path: &str) -> Vec<String> {
    let path = path
        .trim_start_matches('$')
        .replace('[', ".")
        .replace(']', "");
    let mut values = vec![body];
    for step in path.split('.').filter(|step| !step.is_empty()) {
        values = values
            .into_iter()
            .flat_map(|value| children(value, step))
            .collect();
    }
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    values.into_iter().map(text).collect()
}

fn children<'a>(value: &'a Value, step: &str) -> Vec<&'a Value> {
    match value {
        Value::Array(items) if step == "*" => items.iter().collect(),
        Value::Object(fields) if step == "*" => fields.values().collect(),
        Value::Array(items) => {
            let at = step.parse::<usize>().ok();
            at.and_then(|at| items.get(at)).into_iter().collect()
        }
        Value::Object(fields) => fields.get(step).into_iter().collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{filled, found};

    #[test]
    fn a_reference_is_replaced_by_the_values_at_its_path() {
        let body = json!({ "data": [{ "id": "1" }, { "id": 2 }], "id": "x" });
        for (path, values) in [
            ("$.id", "x"),
            ("$.data.*.id", "1,2"),
            ("$.data[1].id", "2"),
            ("$.nothing", ""),
        ] {
            assert_eq!(found(&body, path).join(","), values, "{path}");
        }
        let value = |name: &str, path: &str| Some(format!("<{name}|{path}>"));
        let text = filled("a/{result=one:$.id}?b={result=two:$.c}", value);
        assert_eq!(text.as_deref(), Some("a/<one|$.id>?b=<two|$.c>"));
    }
}
