//! JSON Schema of the values that a message with a template needs.

use serde_json::{Map, Value, json};

use super::{
    ParameterKind, TemplateDefinition, TemplateParameter,
    fill::{LARGEST, is_needed_in_card},
};

/// Shows something, and has no NUL. The class holds Unicode's white space, as each engine reads it alike.
const SHOWN: &str = "[^\\u0000\\u0009-\\u000d\\u0020\\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]";
/// Has no NUL.
const NO_NUL: &str = "^[^\\u0000]*$";
/// Stands in one line.
const ONE_LINE: &str = "^[^\\u0000\\u0009\\u000a\\u000d]*$";
/// Has more than four spaces in a row.
const SPACES: &str = "\\u0020{5}";
/// A whole web address.
const LINK: &str = "^[hH][tT][tT][pP][sS]?://[^/?#]*[^/?#\\u0009-\\u000d\\u0020\\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]";

impl TemplateDefinition {
    /// Returns the JSON Schema (2020-12) of the named values that [`fill`](Self::fill) takes.
    ///
    /// It accepts what pre-flight accepts, but for the length of a text that several values fill together, which JSON
    /// Schema cannot tell: each value may be as long as the others leave room when they have one character.
    pub fn schema(&self) -> Value {
        let parameters = self.parameters();
        let mut properties = Map::new();
        let mut required = Vec::new();
        let mut dependent = Map::new();
        for parameter in &parameters {
            properties.insert(parameter.key.clone(), of(parameter));
            if parameter.is_required {
                required.push(parameter.key.as_str());
            }
            // A card beyond those of the template needs the cards before it.
            if let Some(card) = parameter.card {
                let needed = parameters.iter().filter(|other| {
                    !other.is_required
                        && other.key != parameter.key
                        && other.card.is_some_and(|other| other <= card)
                        && is_needed_in_card(other, &parameters)
                });
                let needed: Vec<Value> = needed.map(|other| other.key.as_str().into()).collect();
                if !needed.is_empty() {
                    dependent.insert(parameter.key.clone(), needed.into());
                }
            }
        }
        let mut schema = json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": format!("Values of {} ({})", self.name, self.language),
            "type": "object",
            "properties": properties,
            "required": required,
            "additionalProperties": false,
        });
        if let (false, Value::Object(schema)) = (dependent.is_empty(), &mut schema) {
            schema.insert("dependentRequired".to_owned(), dependent.into());
        }
        schema
    }
}

fn of(parameter: &TemplateParameter) -> Value {
    let mut schema = by_kind(parameter);
    let Value::Object(fields) = &mut schema else {
        return schema;
    };
    fields.insert("title".to_owned(), parameter.key.as_str().into());
    if let Some(example) = &parameter.example {
        fields.insert("examples".to_owned(), json!([example]));
    }
    schema
}

fn by_kind(parameter: &TemplateParameter) -> Value {
    use ParameterKind as Kind;
    let most = parameter.max_length.unwrap_or(32_768);
    match parameter.kind {
        Kind::Text | Kind::Code | Kind::Url | Kind::CouponCode => json!({
            "type": "string", "minLength": 1, "maxLength": most,
            "allOf": [{"pattern": ONE_LINE}, {"pattern": SHOWN}, {"not": {"pattern": SPACES}}],
        }),
        Kind::Payload => id(),
        Kind::Image | Kind::Video | Kind::Gif => file(json!({"id": id(), "link": link()})),
        Kind::Document => file(
            json!({"id": id(), "link": link(), "filename": {"type": "string", "pattern": NO_NUL}}),
        ),
        Kind::Location => object(
            json!({
                "latitude": {"type": "number", "minimum": -90, "maximum": 90},
                "longitude": {"type": "number", "minimum": -180, "maximum": 180},
                "name": {"type": "string", "pattern": NO_NUL},
                "address": {"type": "string", "pattern": NO_NUL},
            }),
            &["latitude", "longitude"],
        ),
        Kind::Product => object(
            json!({"product_retailer_id": id(), "catalog_id": id()}),
            &["product_retailer_id", "catalog_id"],
        ),
        Kind::Flow => object(
            json!({
                "flow_token": {"type": "string", "pattern": NO_NUL},
                "flow_action_data": {"type": "object"},
            }),
            &[],
        ),
        Kind::Catalog => object(json!({"thumbnail_product_retailer_id": id()}), &[]),
        Kind::Products => {
            let item = object(
                json!({"product_retailer_id": id()}),
                &["product_retailer_id"],
            );
            let section = object(
                json!({
                    "title": {"type": "string", "pattern": NO_NUL},
                    "product_items": {"type": "array", "minItems": 1, "maxItems": 30, "items": item},
                }),
                &["product_items"],
            );
            object(
                json!({
                    "thumbnail_product_retailer_id": id(),
                    "sections": {"type": "array", "minItems": 1, "maxItems": 10, "items": section},
                }),
                &["sections"],
            )
        }
        Kind::OfferEnd => json!({"type": "integer", "minimum": 1, "maximum": LARGEST}),
    }
}

fn object(properties: Value, required: &[&str]) -> Value {
    json!({
        "type": "object", "properties": properties, "required": required, "additionalProperties": false,
    })
}

/// A file by exactly one of `id` and `link`.
fn file(properties: Value) -> Value {
    json!({
        "type": "object", "properties": properties, "additionalProperties": false,
        "oneOf": [{"required": ["id"]}, {"required": ["link"]}],
    })
}

fn id() -> Value {
    json!({"type": "string", "minLength": 1, "pattern": NO_NUL})
}

fn link() -> Value {
    json!({"type": "string", "allOf": [{"pattern": LINK}, {"pattern": NO_NUL}]})
}
