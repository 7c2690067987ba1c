//! Orders of the control API about templates: reviews, quality, pauses, categories, pacing, many at once.

use chrono::Duration;
use serde::Deserialize;
use serde_json::{Value, json};

use super::due::{self, unpaused};
use super::shift::{Shift, shift};
use super::{check, touch};
use crate::clock::Time;
use crate::state::{Later, ReviewOutcome, Template, World};

/// The hours of the first and the second pause. The third time the template is disabled.
const PAUSES: [(&str, i64); 2] = [("FIRST_PAUSE", 3), ("SECOND_PAUSE", 6)];
/// The most templates of one order.
const MOST: usize = 20_000;

/// An order to review a template.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Review {
    outcome: ReviewOutcome,
    /// The reason of a rejection, `INVALID_FORMAT` at first.
    reason: Option<String>,
    /// The category that the review gives it.
    category: Option<String>,
}

/// Ends the review of a template.
pub(crate) fn review(world: &mut World, id: &str, order: Review, now: Time) -> Option<()> {
    due::cancel(world, id, |act| matches!(act, Later::Review { .. }));
    let template = world.templates.iter().find(|it| it.id == id)?;
    let is_pending = template.status == "PENDING";
    if let Some(category) = order.category.filter(|it| *it != template.category) {
        let order = Shift {
            category: Some(category),
            ..Shift::default()
        };
        shift(world, id, &order, now)?;
    }
    let (status, reason) = match order.outcome {
        ReviewOutcome::Approve => ("APPROVED", None),
        ReviewOutcome::Reject => {
            let reason = order.reason.unwrap_or_else(|| "INVALID_FORMAT".to_owned());
            ("REJECTED", Some(reason))
        }
        ReviewOutcome::Pend if is_pending => return Some(()),
        ReviewOutcome::Pend => ("PENDING", None),
    };
    let order = Shift {
        status: Some(status.to_owned()),
        reason,
        ..Shift::default()
    };
    shift(world, id, &order, now)
}

/// An order for a quality.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Quality {
    /// `GREEN`, `YELLOW`, `RED` or `UNKNOWN`.
    score: String,
    /// Pauses a red template, as Meta does.
    #[serde(default = "yes")]
    pauses: bool,
}

fn yes() -> bool {
    true
}

/// Rates a template. A red one that is approved is paused.
pub(crate) fn rate(world: &mut World, id: &str, order: Quality, now: Time) -> Option<()> {
    let is_red = order.score == "RED";
    let rated = Shift {
        quality_score: Some(order.score),
        ..Shift::default()
    };
    shift(world, id, &rated, now)?;
    let template = world.templates.iter().find(|it| it.id == id)?;
    if is_red && order.pauses && template.status == "APPROVED" {
        pause(world, id, Pause::default(), now)?;
    }
    Some(())
}

/// An order for a pause.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Pause {
    /// Pauses by pacing. Such a pause ends by `unpause` only.
    pacing: bool,
}

/// Pauses a template for 3 hours, the second time for 6. The third time it is disabled.
pub(crate) fn pause(world: &mut World, id: &str, order: Pause, now: Time) -> Option<()> {
    let template = world.templates.iter_mut().find(|it| it.id == id)?;
    let told = |title: &str, description: &str| {
        let info = json!({ "other_info": { "title": title, "description": description } });
        Shift {
            status: Some("PAUSED".to_owned()),
            webhook: info.as_object().cloned(),
            ..Shift::default()
        }
    };
    if order.pacing {
        let text = "Your WhatsApp message template has been paused because of low quality.";
        return shift(world, id, &told("RATE_LIMITING_PAUSE", text), now);
    }
    let pauses = usize::from(template.pauses);
    template.pauses = template.pauses.saturating_add(1);
    let Some((title, hours)) = PAUSES.get(pauses) else {
        return disable(world, id, now);
    };
    let text = format!("Your WhatsApp message template has been paused for {hours} hours.");
    shift(world, id, &told(title, &text), now)?;
    due::cancel(world, id, |act| *act == Later::Unpause);
    due::plan(world, id, now + Duration::hours(*hours), Later::Unpause);
    Some(())
}

/// Ends a pause.
pub(super) fn unpause(world: &mut World, id: &str, now: Time) -> Option<()> {
    due::cancel(world, id, |act| *act == Later::Unpause);
    let order = Shift {
        status: Some("APPROVED".to_owned()),
        webhook: unpaused(),
        ..Shift::default()
    };
    shift(world, id, &order, now)
}

/// Disables a template for good.
pub(crate) fn disable(world: &mut World, id: &str, now: Time) -> Option<()> {
    let info = json!({ "disable_info": { "disable_date": now.timestamp() } });
    let order = Shift {
        status: Some("DISABLED".to_owned()),
        webhook: info.as_object().cloned(),
        ..Shift::default()
    };
    shift(world, id, &order, now)
}

/// An order for another category.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Recategorizing {
    category: String,
    /// Announces it a day ahead.
    #[serde(default)]
    notice: bool,
}

/// Changes the category of a template: at once, or with notice.
pub(crate) fn recategorize(
    world: &mut World,
    id: &str,
    order: Recategorizing,
    now: Time,
) -> Option<()> {
    due::cancel(world, id, |act| matches!(act, Later::Recategorize { .. }));
    let Recategorizing { category, notice } = order;
    let change = match notice {
        true => Shift {
            correct_category: Some(category.clone()),
            ..Shift::default()
        },
        false => Shift {
            category: Some(category.clone()),
            ..Shift::default()
        },
    };
    shift(world, id, &change, now)?;
    if notice {
        let act = Later::Recategorize { category };
        due::plan(world, id, now + Duration::days(1), act);
    }
    Some(())
}

/// Paces a template: so many further messages go, and the rest is held. `None` ends it.
pub(crate) fn pace(world: &mut World, id: &str, further: Option<u64>) -> Option<()> {
    let template = world.templates.iter_mut().find(|it| it.id == id)?;
    template.pacing = further;
    if further.is_none() {
        due::cancel(world, id, |act| *act == Later::Release);
    }
    Some(())
}

/// Ends pacing with a bad verdict: the template is red, and paused until it is unpaused by hand.
pub(crate) fn condemn(world: &mut World, id: &str, now: Time) -> Option<()> {
    pace(world, id, None)?;
    let order = Quality {
        score: "RED".to_owned(),
        pauses: false,
    };
    rate(world, id, order, now)?;
    pause(world, id, Pause { pacing: true }, now)
}

/// An order for many templates of one form.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Seeding {
    pub(crate) waba_id: String,
    pub(crate) count: usize,
    /// The name, in which `{n}` counts from 1.
    #[serde(default = "name")]
    name: String,
    /// Each name is made in each of them.
    #[serde(default = "languages")]
    languages: Vec<String>,
    #[serde(default = "utility")]
    category: String,
    #[serde(default = "approved")]
    status: String,
    /// Meta's components, in whose texts `{n}` counts.
    components: Option<Value>,
}

fn name() -> String {
    "seeded_{n}".to_owned()
}

fn languages() -> Vec<String> {
    vec!["en_US".to_owned()]
}

fn utility() -> String {
    "UTILITY".to_owned()
}

fn approved() -> String {
    "APPROVED".to_owned()
}

impl Seeding {
    /// Returns why the order cannot be followed, if so.
    pub(crate) fn objection(&self) -> Option<String> {
        let all = self.count.saturating_mul(self.languages.len());
        match () {
            () if !(1..=MOST).contains(&all) => Some(format!("count must be from 1 to {MOST}")),
            () if self.count > 1 && !self.name.contains("{n}") => {
                Some("name must have {n}".to_owned())
            }
            () => None,
        }
    }
}

/// Adds templates without a word to anybody.
pub(crate) fn seed(world: &mut World, order: &Seeding, now: Time) {
    for n in 1..=order.count {
        let name = counted(&json!(order.name), n);
        let name = name.as_str().unwrap_or_default();
        let components = order.components.as_ref().map(|it| counted(it, n));
        for language in &order.languages {
            let mut template = Template::new(&order.waba_id, name, language);
            template.id = world.new_id(920);
            template.category.clone_from(&order.category);
            template.status.clone_from(&order.status);
            template.body_parameters = Some(components.as_ref().map_or(0, check::body_parameters));
            template.components.clone_from(&components);
            touch(&mut template, now);
            world.templates.push(template);
        }
    }
}

/// Puts a number for each `{n}` that is no variable.
fn counted(value: &Value, n: usize) -> Value {
    match value {
        Value::String(text) => json!(text.replace("{n}", &n.to_string())),
        Value::Array(items) => items.iter().map(|item| counted(item, n)).collect(),
        Value::Object(fields) => {
            let each = |(name, item): (&String, &Value)| (name.clone(), counted(item, n));
            Value::Object(fields.iter().map(each).collect())
        }
        other => other.clone(),
    }
}
