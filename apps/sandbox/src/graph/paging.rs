//! Lists in pages, with Meta's cursors and its `next`, which carries the token.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use url::form_urlencoded::Serializer;

use super::GraphError;
use crate::call::Call;

const DEFAULT_LIMIT: usize = 25;
const LARGEST_LIMIT: usize = 100;

/// Returns the page of `items` that the call asks for. Each item has an `id` or, in a list without ids,
/// another field that names it.
///
/// # Errors
/// Code 100, when the limit is not a positive number or a cursor is not one of ours.
pub(crate) fn page(call: &Call, items: Vec<Value>) -> Result<Value, GraphError> {
    let limit = match call.param("limit") {
        None => DEFAULT_LIMIT,
        Some(text) => text
            .parse::<usize>()
            .ok()
            .filter(|limit| *limit > 0)
            .ok_or_else(|| GraphError::new(100, "(#100) param limit must be a positive number"))?
            .min(LARGEST_LIMIT),
    };
    let (start, end) = match (call.param("after"), call.param("before")) {
        (Some(cursor), _) => {
            let start = position(&items, cursor)? + 1;
            (start, items.len().min(start + limit))
        }
        (None, Some(cursor)) => {
            let end = position(&items, cursor)?;
            (end.saturating_sub(limit), end)
        }
        (None, None) => (0, items.len().min(limit)),
    };
    let total = items.len();
    let data: Vec<Value> = items
        .into_iter()
        .skip(start)
        .take(end.saturating_sub(start))
        .collect();
    let (Some(first), Some(last)) = (data.first().map(cursor), data.last().map(cursor)) else {
        return Ok(json!({ "data": [] }));
    };
    let mut paging = json!({ "cursors": { "before": first, "after": last } });
    if let Some(paging) = paging.as_object_mut() {
        if end < total {
            paging.insert("next".to_owned(), link(call, limit, "after", &last).into());
        }
        if start > 0 {
            paging.insert(
                "previous".to_owned(),
                link(call, limit, "before", &first).into(),
            );
        }
    }
    Ok(json!({ "data": data, "paging": paging }))
}

fn key(item: &Value) -> &str {
    let field = |name| item.get(name).and_then(Value::as_str);
    ["id", "permission", "code", "wa_id", "user_id"]
        .into_iter()
        .find_map(field)
        .unwrap_or_default()
}

fn cursor(item: &Value) -> String {
    URL_SAFE_NO_PAD.encode(format!("c:{}", key(item)))
}

fn position(items: &[Value], wanted: &str) -> Result<usize, GraphError> {
    let wrong = || GraphError::new(100, "(#100) Invalid cursor");
    let bytes = URL_SAFE_NO_PAD.decode(wanted).map_err(|_| wrong())?;
    let text = String::from_utf8(bytes).map_err(|_| wrong())?;
    let wanted = text.strip_prefix("c:").ok_or_else(wrong)?;
    let place = items.iter().position(|item| key(item) == wanted);
    place.ok_or_else(wrong)
}

fn link(call: &Call, limit: usize, direction: &str, cursor: &str) -> String {
    let mut query = Serializer::new(String::new());
    query.append_pair("access_token", call.token().unwrap_or_default());
    if let Some(fields) = call.param("fields") {
        query.append_pair("fields", fields);
    }
    query
        .append_pair("limit", &limit.to_string())
        .append_pair(direction, cursor);
    let version = call.version.as_deref().unwrap_or(super::versions::DEFAULT);
    format!("{}/{version}/{}?{}", call.origin, call.path, query.finish())
}
