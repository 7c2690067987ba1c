//! `POST {waba}/message_templates/archive` and `/unarchive`.
//!
//! Source: Meta's page on the archival of templates, as told by one client (B).

use serde_json::{Map, Value, json};

use super::due::{self, ARCHIVED};
use super::ids;
use super::shift::{Shift, shift};
use crate::call::Call;
use crate::clock::Time;
use crate::graph::{GraphError, auth, params};
use crate::state::{Later, World};

/// Archives templates, or takes them back.
pub(in crate::graph) fn act(
    world: &mut World,
    call: &Call,
    now: Time,
    waba_id: &str,
    archives: bool,
) -> Result<Value, GraphError> {
    auth::waba_of(world, call, waba_id)?;
    let given = call.value("hsm_ids");
    let given = ids(&given.ok_or_else(|| params::missing("hsm_ids"))?)?;
    let (mut done, mut failed) = (Vec::new(), Map::new());
    for id in given {
        let known = world
            .templates
            .iter()
            .find(|it| it.id == id && it.waba_id == waba_id);
        let reason = match known.map(|it| (it.status == "ARCHIVED", it.status.as_str())) {
            None => Some("The template does not exist in this WhatsApp Business Account."),
            Some((true, _)) if archives => Some("The template is archived already."),
            Some((false, _)) if !archives => Some("The template is not archived."),
            Some((_, "DISABLED" | "PENDING_DELETION")) => Some("The template cannot be archived."),
            Some(_) => None,
        };
        if let Some(reason) = reason {
            failed.insert(id, json!(reason));
            continue;
        }
        let event = if archives { "ARCHIVED" } else { "UNARCHIVED" };
        let order = Shift {
            status: Some(event.to_owned()),
            ..Shift::default()
        };
        shift(world, &id, &order, now);
        match archives {
            true => due::plan(world, &id, now + ARCHIVED, Later::Delete),
            false => due::cancel(world, &id, |act| *act == Later::Delete),
        }
        done.push(json!(id));
    }
    let name = if archives {
        "archived_templates"
    } else {
        "unarchived_templates"
    };
    let mut answer = Map::new();
    answer.insert(name.to_owned(), Value::Array(done));
    answer.insert("failed_templates".to_owned(), Value::Object(failed));
    Ok(Value::Object(answer))
}
