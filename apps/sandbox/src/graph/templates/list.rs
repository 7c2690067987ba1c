//! `GET {waba}/message_templates` and `GET {template}`: nodes, filters, pages, the summary.

use chrono::NaiveDateTime;
use serde_json::{Value, json};

use super::{check, find, limit};
use crate::call::Call;
use crate::graph::fields::Node;
use crate::graph::{GraphError, auth, paging};
use crate::put::Put as _;
use crate::state::{Template, World};

/// The form of `last_updated_time`.
pub(super) const TIME: &str = "%Y-%m-%dT%H:%M:%S+0000";

/// Answers `GET {waba}/message_templates`.
pub(in crate::graph) fn list(
    world: &World,
    call: &Call,
    waba_id: &str,
) -> Result<Value, GraphError> {
    auth::waba_of(world, call, waba_id)?;
    let of_waba = world.templates.iter().filter(|it| it.waba_id == waba_id);
    let wanted = Filter::read(call)?;
    let found: Vec<&Template> = of_waba.clone().filter(|it| wanted.meets(it)).collect();
    let ids = found.iter().map(|it| json!({ "id": it.id })).collect();
    let mut page = paging::page(call, ids)?;
    // Only the templates of the page are shown: there can be thousands.
    let items = page.get_mut("data").and_then(Value::as_array_mut);
    for item in items.into_iter().flatten() {
        let is_it = |template: &&&Template| item["id"] == template.id.as_str();
        if let Some(template) = found.iter().find(is_it) {
            *item = view(template).pick(world, call)?;
        }
    }
    if call.param("summary").is_some() {
        page.put(
            "summary",
            json!({
                "total_count": found.len(),
                "message_template_count": of_waba.count(),
                "message_template_limit": limit(world, waba_id),
                "are_translations_complete": true,
            }),
        );
    }
    Ok(page)
}

/// Answers `GET {template}`.
pub(in crate::graph) fn node(world: &World, call: &Call, id: &str) -> Result<Value, GraphError> {
    view(find(world, call, id)?).pick(world, call)
}

fn view(template: &Template) -> Node {
    let mut values = json!({
        "id": template.id,
        "name": template.name,
        "language": template.language,
        "status": template.status,
        "category": template.category,
        "parameter_format": "POSITIONAL",
        "components": check::shown(template),
        "quality_score": { "score": "UNKNOWN" },
        "health_status": {
            "can_send_message": if template.status == "APPROVED" { "AVAILABLE" } else { "BLOCKED" },
            "entities": [
                { "entity_type": "MESSAGE_TEMPLATE", "id": template.id },
                { "entity_type": "WABA", "id": template.waba_id, "can_send_message": "AVAILABLE" },
            ],
        },
    });
    for (name, value) in &template.fields {
        values.put(name, value.clone());
    }
    Node {
        kind: "WhatsAppMessageTemplate",
        values,
        defaults: &[
            "name",
            "parameter_format",
            "components",
            "language",
            "status",
            "category",
            "sub_category",
            "previous_category",
            "id",
        ],
        silent: &[
            "bid_spec",
            "correct_category",
            "creative_sourcing_spec",
            "cta_url_link_tracking_opted_out",
            "degrees_of_freedom_spec",
            "display_format",
            "is_primary_device_delivery_only",
            "last_updated_time",
            "library_template_name",
            "message_send_ttl_seconds",
            "optimization_spec",
            "previous_category",
            "rejected_reason",
            "send_type",
            "source",
            "sub_category",
        ],
        edges: &[],
    }
}

/// The filters of a list.
struct Filter {
    name: Option<String>,
    /// Filters by one of several values: the filter, and the values in upper case.
    lists: Vec<(&'static str, Vec<String>)>,
    content: Option<String>,
    name_or_content: Option<String>,
    since: Option<i64>,
    until: Option<i64>,
}

impl Filter {
    fn read(call: &Call) -> Result<Self, GraphError> {
        let names = [
            "status",
            "category",
            "language",
            "quality_score",
            "source",
            "correct_category",
        ];
        let lists = names.into_iter().filter_map(|name| {
            let values = match call.value(name)? {
                Value::Array(items) => items.iter().filter_map(Value::as_str).map(upper).collect(),
                Value::String(list) => list.split(',').map(upper).collect(),
                _ => Vec::new(),
            };
            Some((name, values))
        });
        let lower = |name: &str| call.param(name).map(str::to_lowercase);
        let time = |name: &'static str| {
            let text = call.param(name);
            let time = text.map(str::parse::<i64>);
            time.transpose()
                .map_err(|_| super::params::wrong(name, "a time in unix seconds"))
        };
        Ok(Self {
            name: call.param("name").map(str::to_owned),
            lists: lists.collect(),
            content: lower("content"),
            name_or_content: lower("name_or_content"),
            since: time("since")?,
            until: time("until")?,
        })
    }

    fn meets(&self, template: &Template) -> bool {
        let field = |name: &str| template.fields.get(name).and_then(Value::as_str);
        let value = |name: &str| match name {
            "status" => template.status.as_str(),
            "category" => template.category.as_str(),
            "language" => template.language.as_str(),
            "quality_score" => {
                let quality = template.fields.get("quality_score");
                let score = quality.and_then(|quality| quality.get("score")?.as_str());
                score.unwrap_or("UNKNOWN")
            }
            name => field(name).unwrap_or_default(),
        };
        let is_in = |(name, values): &(&str, Vec<String>)| {
            values.iter().any(|it| it.eq_ignore_ascii_case(value(name)))
        };
        let contents = || words(&check::shown(template)).to_lowercase();
        let changed = || {
            let text = field("last_updated_time")?;
            let time = NaiveDateTime::parse_from_str(text, TIME).ok()?;
            Some(time.and_utc().timestamp())
        };
        self.name.as_ref().is_none_or(|name| *name == template.name)
            && self.lists.iter().all(is_in)
            && self.since.is_none_or(|since| changed() >= Some(since))
            && self
                .until
                .is_none_or(|until| changed().is_none_or(|time| time <= until))
            && self
                .content
                .as_ref()
                .is_none_or(|wanted| contents().contains(wanted))
            && self
                .name_or_content
                .as_ref()
                .is_none_or(|wanted| template.name.contains(wanted) || contents().contains(wanted))
    }
}

/// Returns the texts of components, one on each line.
fn words(value: &Value) -> String {
    match value {
        Value::Array(items) => items.iter().map(words).collect(),
        Value::Object(fields) => {
            let text = fields.get("text").and_then(Value::as_str);
            let inner = ["buttons", "cards", "components"];
            let inner = inner.iter().filter_map(|name| fields.get(*name));
            let inner: String = inner.map(words).collect();
            format!("{}\n{inner}", text.unwrap_or_default())
        }
        _ => String::new(),
    }
}

fn upper(text: &str) -> String {
    text.trim().to_ascii_uppercase()
}
