//! Acts of Meta on templates after a while, in the sandbox's time: the review, the end of a pause, an announced change
//! of category, the release of held messages, the deletion of an archived template.

use std::time::Duration as Wait;

use chrono::Duration;
use serde_json::json;
use tokio::sync::watch;

use super::shift::{Shift, shift};
use crate::clock::Time;
use crate::context::Context;
use crate::state::{Due, Later, Template, World};

/// The acts that wait. Further ones are dropped.
const MOST: usize = 20_000;
/// The longest sleep.
const NAP: Wait = Wait::from_secs(60);
/// The time for which messages of a paced template are held without a verdict.
pub(super) const HELD: Duration = Duration::hours(1);
/// The time in which an archived template can come back.
pub(super) const ARCHIVED: Duration = Duration::days(28);

/// Plans an act on a template.
pub(super) fn plan(world: &mut World, id: &str, at: Time, act: Later) {
    if world.due.len() < MOST {
        world.due.push(Due {
            at,
            template_id: id.to_owned(),
            act,
        });
    }
}

/// Drops the acts of this kind on a template.
pub(super) fn cancel(world: &mut World, id: &str, is_it: impl Fn(&Later) -> bool) {
    world
        .due
        .retain(|due| due.template_id != id || !is_it(&due.act));
}

/// Does what is due, until the sandbox stops.
pub(crate) async fn run(
    context: actix_web::web::Data<Context>,
    mut stopping: watch::Receiver<bool>,
) {
    loop {
        let next = context.store.read(|world| {
            let first = world.due.iter().map(|due| due.at).min()?;
            Some((first - world.now()).to_std().unwrap_or_default())
        });
        match next {
            Some(wait) if wait.is_zero() => settle(&context).await,
            _ => {
                let nap = next.unwrap_or(NAP).min(NAP);
                tokio::select! {
                    _ = stopping.wait_for(|stopping| *stopping) => return,
                    () = context.agenda.notified() => {}
                    () = tokio::time::sleep(nap) => {}
                }
            }
        }
    }
}

/// Does what is due now, and tells it.
async fn settle(context: &Context) {
    let (said, released) = context.store.change(|world| {
        let now = world.now();
        let all = std::mem::take(&mut world.due);
        let (due, rest): (Vec<Due>, Vec<Due>) = all.into_iter().partition(|due| due.at <= now);
        world.due = rest;
        let mut released = Vec::new();
        for due in due {
            if due.act == Later::Release {
                released.push(due.template_id.clone());
            }
            act(world, &due, now);
        }
        (std::mem::take(&mut world.said), released)
    });
    for id in released {
        crate::graph::release(context, &id);
    }
    if let Err(error) = context.webhooks.emit(&said) {
        tracing::error!(%error, "a change of a template was not told");
    }
    if let Err(error) = context.store.flush().await {
        tracing::error!(%error, "a change of a template was not kept");
    }
}

fn act(world: &mut World, due: &Due, now: Time) {
    let id = due.template_id.as_str();
    let Some(template) = world.templates.iter().find(|it| it.id == id) else {
        return;
    };
    let is = |status: &str| template.status == status;
    let to = |status: &str| Shift {
        status: Some(status.to_owned()),
        ..Shift::default()
    };
    let order = match &due.act {
        Later::Review { event, reason } if is("PENDING") => Shift {
            reason: reason.clone(),
            ..to(event)
        },
        Later::Unpause if is("PAUSED") => Shift {
            webhook: unpaused(),
            ..to("APPROVED")
        },
        Later::Recategorize { category } => Shift {
            category: Some(category.clone()),
            ..Shift::default()
        },
        Later::Delete if is("ARCHIVED") => {
            super::delete(world, &|template: &Template| template.id == id, now);
            return;
        }
        Later::Release => {
            super::pace(world, id, None);
            return;
        }
        _ => return,
    };
    shift(world, id, &order, now);
}

/// Returns the part of the webhook that says that a pause is over.
pub(super) fn unpaused() -> Option<serde_json::Map<String, serde_json::Value>> {
    let info = json!({ "other_info": {
        "title": "UNPAUSE",
        "description": "Your WhatsApp message template has been unpaused.",
    }});
    info.as_object().cloned()
}
