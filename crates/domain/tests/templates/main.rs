//! Templates: reading, parameters, pre-flight, schema, preview, and the rules for making them.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests fail by panicking"
)]

mod preflight;
mod reading;
mod route;
mod rules;
mod schema;
mod values;

use serde_json::{Value, json};
use wabakit_domain::template::TemplateDefinition;

/// A template with these components.
fn template(category: &str, components: Value) -> TemplateDefinition {
    TemplateDefinition::read(json!({
        "id": "1", "name": "n", "language": "en_US", "status": "APPROVED", "category": category,
        "components": components,
    }))
}

/// A template whose variables have names.
fn named(components: Value) -> TemplateDefinition {
    TemplateDefinition::read(json!({
        "name": "n", "language": "en_US", "status": "APPROVED", "category": "UTILITY",
        "parameter_format": "NAMED", "components": components,
    }))
}
