//! Authentication templates in several languages at once: `upsert_message_templates` and `message_template_previews`.
//!
//! Source: Meta's page on authentication templates (A).

use serde_json::{Value, json};

use super::check::{self, Rules};
use super::{handles, review, take_fields, words};
use crate::call::Call;
use crate::clock::Time;
use crate::graph::params::{self, one_of, required};
use crate::graph::{GraphError, auth};
use crate::put::Put as _;
use crate::state::{Template, World};

/// The languages of one call.
const MOST: usize = 100;

/// Answers `POST {waba}/upsert_message_templates`: makes or replaces a template in each language.
pub(in crate::graph) fn upsert(
    world: &mut World,
    call: &Call,
    now: Time,
    waba_id: &str,
) -> Result<Value, GraphError> {
    auth::waba_of(world, call, waba_id)?;
    let name = required(call, "name")?;
    check::name(name)?;
    let category = one_of("category", required(call, "category")?, &["AUTHENTICATION"])?;
    let languages = languages(call)?.ok_or_else(|| params::missing("languages"))?;
    let given = params::list(call, "components")?;
    let given = given.ok_or_else(|| params::missing("components"))?;
    check::time_to_live(category, call.value("message_send_ttl_seconds").as_ref())?;
    let mut data = Vec::new();
    for language in languages {
        check::language(&language)?;
        let known = world
            .templates
            .iter()
            .find(|it| it.waba_id == waba_id && it.name == name && it.language == language);
        let known = known.cloned();
        if known.as_ref().is_some_and(|it| it.category != category) {
            let text = "The template of this name is no authentication template.";
            return Err(check::refused(2_388_024, "Content exists already", text));
        }
        let components = {
            let handles = handles(world);
            let rules = Rules {
                category,
                language: &language,
                is_named: false,
                handles: &handles,
            };
            check::components(given.clone(), rules)?
        };
        let is_new = known.is_none();
        let mut template = match known {
            Some(known) => known,
            None => super::new(world, waba_id, name, &language, category, now)?,
        };
        template.components = Some(components);
        template.body_parameters = Some(1);
        "PENDING".clone_into(&mut template.status);
        take_fields(&mut template, call, None, now);
        data.push(json!({
            "id": template.id,
            "status": template.status,
            "language": language,
        }));
        let id = template.id.clone();
        keep_or_add(world, template, is_new);
        review(world, &id, now);
    }
    Ok(json!({ "data": data }))
}

fn keep_or_add(world: &mut World, template: Template, is_new: bool) {
    match is_new {
        true => world.templates.push(template),
        false => super::keep(world, template),
    }
}

/// Answers `GET {waba}/message_template_previews`: Meta's own words in each language.
pub(in crate::graph) fn previews(
    world: &World,
    call: &Call,
    waba_id: &str,
) -> Result<Value, GraphError> {
    auth::waba_of(world, call, waba_id)?;
    one_of("category", required(call, "category")?, &["AUTHENTICATION"])?;
    let languages = languages(call)?;
    let languages = languages.unwrap_or_else(|| {
        ["de", "en_US", "es", "fr", "pt_BR"]
            .map(str::to_owned)
            .to_vec()
    });
    let warns = call.param("add_security_recommendation") == Some("true");
    let minutes = match call.param("code_expiration_minutes") {
        None => None,
        Some(text) => {
            let minutes = text.parse().ok().filter(|it| (1..=90).contains(it));
            let wrong = || params::wrong("code_expiration_minutes", "from 1 to 90");
            Some(minutes.ok_or_else(wrong)?)
        }
    };
    let has_button = call.param("button_types").is_some();
    let data: Vec<Value> = languages
        .iter()
        .map(|language| {
            let mut preview = json!({ "body": words::body(language, warns), "language": language });
            if let Some(minutes) = minutes {
                preview.put("footer", json!(words::footer(language, minutes)));
            }
            if has_button {
                let (text, autofill) = words::button(language);
                preview.put(
                    "buttons",
                    json!([{ "text": text, "autofill_text": autofill }]),
                );
            }
            preview
        })
        .collect();
    Ok(json!({ "data": data }))
}

/// Reads `languages`: a list, or a text with commas.
fn languages(call: &Call) -> Result<Option<Vec<String>>, GraphError> {
    let languages: Vec<String> = match call.value("languages") {
        None => return Ok(None),
        Some(Value::String(list)) => list.split(',').map(|it| it.trim().to_owned()).collect(),
        Some(_) => params::texts(call, "languages")?.unwrap_or_default(),
    };
    match (1..=MOST).contains(&languages.len()) {
        true => Ok(Some(languages)),
        false => Err(params::wrong("languages", "an array of 1 to 100 languages")),
    }
}
