//! A template as it is stored: Meta's node with the facts of webhooks applied to it, and the history of its parts.
//!
//! A template belongs to a WABA. An organisation reaches it by an active account on that WABA, so a WABA that changes
//! hands takes its templates along, and two organisations with numbers on one WABA share them.
//!
//! Facts have Meta's time. A part (status, category, quality, content) keeps when it was last told, and an older fact
//! changes nothing. Of a sync, that time is when its page was requested.

mod sync;

use serde_json::{Map, Value, json};

use crate::{
    Time,
    audit::Actor,
    ids::{MetaTemplateId, OrgId, TemplateHistoryId, TemplateId, WabaId},
    inbound::TemplateUpdate,
};

pub use sync::{PageFacts, PagePlan, plan_page};

/// A template in one language, as it is stored.
#[derive(Clone, PartialEq, Debug)]
pub struct TemplateRecord {
    /// Our id.
    pub id: TemplateId,
    /// The WABA that it belongs to.
    pub waba: WabaId,
    /// Meta's id.
    pub meta_id: MetaTemplateId,
    /// Meta's facts.
    pub state: TemplateState,
    /// When it was stored.
    pub created_at: Time,
    /// When it last changed here.
    pub updated_at: Time,
    /// The number of its changes.
    pub version: i64,
}

/// Meta's facts about a template.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct TemplateState {
    /// Meta's node (a JSON object), as it was last read, with what webhooks told since.
    pub node: Value,
    /// When Meta told each part.
    pub told: TemplateTimes,
    /// Meta's words about the present status.
    pub notice: Option<TemplateNotice>,
    /// When the category becomes the one in `correct_category`.
    pub category_changes_at: Option<Time>,
}

/// When Meta told each part of a template.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct TemplateTimes {
    /// The status.
    pub status: Option<Time>,
    /// The category.
    pub category: Option<Time>,
    /// The quality.
    pub quality: Option<Time>,
    /// Everything else.
    pub content: Option<Time>,
}

/// Meta's words about a status, from its webhook. The node has none of them.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct TemplateNotice {
    /// The event, in Meta's words: PAUSED, FLAGGED, …
    pub event: String,
    /// FIRST_PAUSE, …
    pub title: Option<String>,
    /// The explanation.
    pub description: Option<String>,
    /// Why it was rejected, as text.
    pub rejection: Option<String>,
    /// Meta's recommendation.
    pub recommendation: Option<String>,
    /// When it will be disabled, in Meta's format.
    pub disable_date: Option<String>,
}

/// A part of a template that has a history.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum TemplatePart {
    /// The status, with the reason of a rejection.
    Status,
    /// The category.
    Category,
    /// The quality.
    Quality,
    /// Everything else.
    Content,
}

impl TemplatePart {
    /// Returns the word of the part.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Status => "status",
            Self::Category => "category",
            Self::Quality => "quality",
            Self::Content => "content",
        }
    }

    /// Reads the word of a part.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Status, Self::Category, Self::Quality, Self::Content]
            .into_iter()
            .find(|part| part.as_str() == word)
    }
}

/// A change of one part of a template.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PartChange {
    /// The part.
    pub part: TemplatePart,
    /// The value before. None for content, and for a template that was not stored.
    pub from: Option<String>,
    /// The new value. None for content.
    pub to: Option<String>,
    /// Further words: the reason of a rejection, the category to come.
    pub detail: Option<String>,
}

/// The author of a change of a template.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum TemplateAuthor {
    /// Meta, by a webhook.
    Meta,
    /// A sync, which found the change.
    Sync,
    /// A principal of an organisation.
    Principal(OrgId, Actor),
}

/// An entry of a template's history.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TemplateHistory {
    /// Its id.
    pub id: TemplateHistoryId,
    /// The template.
    pub template: TemplateId,
    /// The change.
    pub change: PartChange,
    /// The author.
    pub by: TemplateAuthor,
    /// When it happened, by Meta's time where Meta told it.
    pub at: Time,
}

/// The most entries of history that are kept of a template.
pub const MOST_HISTORY: i64 = 100;

/// How long a webhook's wish for a sync waits for others.
pub const SYNC_SOON: chrono::Duration = chrono::Duration::seconds(5);
/// How long after a sync such a wish waits at least.
pub const SYNC_REST: chrono::Duration = chrono::Duration::seconds(60);

/// What a fact changed in a template.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Told {
    /// Whether the record has to be written.
    pub is_changed: bool,
    /// The parts that changed.
    pub changes: Vec<PartChange>,
    /// Whether the fact leaves out something that only a sync can tell.
    pub needs_sync: bool,
}

/// Tells whether a moment is before another. Meta's times are whole seconds.
fn is_before(at: Time, other: Option<Time>) -> bool {
    other.is_some_and(|other| at.timestamp() < other.timestamp())
}

/// Words of `event` that are no status, each with the status that it leaves. `None` leaves the status unchanged.
const EVENTS: [(&str, Option<&str>); 4] = [
    ("REINSTATED", Some("APPROVED")),
    ("UNARCHIVED", Some("APPROVED")),
    ("FLAGGED", None),
    ("LOCKED", None),
];

/// The statuses that Meta documents.
const STATUSES: [&str; 10] = [
    "APPROVED",
    "IN_APPEAL",
    "PENDING",
    "REJECTED",
    "PENDING_DELETION",
    "DELETED",
    "DISABLED",
    "PAUSED",
    "LIMIT_EXCEEDED",
    "ARCHIVED",
];

impl TemplateState {
    /// Makes the state of a node that was read at this time.
    pub fn read(node: Value, at: Time) -> Self {
        let at = Some(at);
        Self {
            node,
            told: TemplateTimes {
                status: at,
                category: at,
                quality: at,
                content: at,
            },
            notice: None,
            category_changes_at: None,
        }
    }

    fn text(&self, field: &str) -> Option<&str> {
        let text = self.node.get(field)?.as_str()?;
        Some(text).filter(|text| !text.is_empty())
    }

    /// Returns the name, which all languages share.
    pub fn name(&self) -> &str {
        self.text("name").unwrap_or_default()
    }

    /// Returns the language, written with `_`.
    pub fn language(&self) -> String {
        self.text("language").unwrap_or_default().replace('-', "_")
    }

    /// Returns the status in Meta's capitals.
    pub fn status(&self) -> String {
        upper(self.text("status"))
    }

    /// Returns the category in Meta's capitals.
    pub fn category(&self) -> String {
        upper(self.text("category"))
    }

    /// Returns the quality in Meta's capitals.
    pub fn quality(&self) -> String {
        let score = self.node.get("quality_score");
        let score = score.and_then(|it| it.get("score").and_then(Value::as_str).or(it.as_str()));
        upper(score)
    }

    /// Returns the reason of the rejection, in Meta's word.
    pub fn rejected_reason(&self) -> Option<&str> {
        self.text("rejected_reason")
            .filter(|reason| *reason != "NONE")
    }

    /// Returns the category that Meta will set, if it differs from the present one.
    pub fn correct_category(&self) -> Option<String> {
        let correct = upper(Some(self.text("correct_category")?));
        (correct != self.category()).then_some(correct)
    }

    /// Returns the category before Meta changed it.
    pub fn previous_category(&self) -> Option<&str> {
        self.text("previous_category")
    }

    /// Returns the texts that a search looks in: the name, and the texts of the components.
    pub fn search(&self) -> String {
        let mut texts = vec![self.name().to_lowercase()];
        let components = self.node.get("components").and_then(Value::as_array);
        for component in components.into_iter().flatten() {
            let text = component.get("text").and_then(Value::as_str);
            texts.extend(text.map(str::to_lowercase));
        }
        texts.join("\n")
    }

    fn set(&mut self, field: &str, value: Value) {
        if let Some(node) = self.node.as_object_mut() {
            node.insert(field.to_owned(), value);
        }
    }

    /// Takes a node that was read at `at`. A part that Meta told later stays. Returns what changed: nothing where the
    /// node says what is known, and then the record is not written.
    pub fn take(&mut self, mut node: Value, at: Time) -> Told {
        let stale = |told| is_before(at, told);
        let fields: [(Option<Time>, &[&str]); 3] = [
            (self.told.status, &["status", "rejected_reason"]),
            (
                self.told.category,
                &["category", "correct_category", "previous_category"],
            ),
            (self.told.quality, &["quality_score"]),
        ];
        if stale(self.told.content) {
            // The texts were told later than they were read.
            let old = node;
            node = self.node.clone();
            for (told, names) in fields {
                if !stale(told) {
                    copy(&old, &mut node, names);
                }
            }
        } else {
            for (told, names) in fields {
                if stale(told) {
                    copy(&self.node, &mut node, names);
                }
            }
        }
        if lasting(&node) == lasting(&self.node) {
            return Told::default();
        }
        let before = self.clone();
        self.node = node;
        let mut told = Told {
            is_changed: true,
            ..Told::default()
        };
        let at = Some(at);
        let mut differs = |part, from: String, to: String, detail: Option<String>| {
            let is_new = from != to;
            if is_new {
                told.changes.push(PartChange {
                    part,
                    from: Some(from),
                    to: Some(to),
                    detail,
                });
            }
            is_new
        };
        let reason = self.rejected_reason().map(ToOwned::to_owned);
        if differs(TemplatePart::Status, before.status(), self.status(), reason) {
            self.told.status = at;
            self.notice = None;
        }
        let correct = self.correct_category();
        if differs(
            TemplatePart::Category,
            before.category(),
            self.category(),
            correct.clone(),
        ) {
            self.told.category = at;
        }
        if correct.is_none() {
            self.category_changes_at = None;
        }
        if differs(
            TemplatePart::Quality,
            before.quality(),
            self.quality(),
            None,
        ) {
            self.told.quality = at;
        }
        if content(&before.node) != content(&self.node) {
            self.told.content = at;
            told.changes.push(PartChange {
                part: TemplatePart::Content,
                from: None,
                to: None,
                detail: None,
            });
        }
        told
    }

    /// Takes what a webhook told at Meta's time `at`. An older fact changes nothing.
    pub fn hear(&mut self, update: &TemplateUpdate, at: Time) -> Told {
        match update {
            TemplateUpdate::Status { .. } => self.hear_status(update, at),
            TemplateUpdate::Quality { new, .. } => self.hear_quality(new.as_deref(), at),
            TemplateUpdate::Category { .. } => self.hear_category(update, at),
            TemplateUpdate::Components { .. } => self.hear_components(update, at),
        }
    }

    fn hear_status(&mut self, update: &TemplateUpdate, at: Time) -> Told {
        let TemplateUpdate::Status {
            event,
            reason,
            title,
            description,
            rejection,
            recommendation,
            disable_date,
            ..
        } = update
        else {
            return Told::default();
        };
        if is_before(at, self.told.status) {
            return Told::default();
        }
        let event = upper(Some(event));
        let known = EVENTS.iter().find(|(word, _)| *word == event);
        let status = match known {
            Some((_, status)) => *status,
            None => STATUSES.iter().find(|word| **word == event).copied(),
        };
        let before = self.clone();
        let from = self.status();
        if let Some(status) = status {
            self.set("status", status.into());
            let reason = reason.clone().unwrap_or_else(|| "NONE".to_owned());
            self.set("rejected_reason", reason.into());
        }
        let notice = TemplateNotice {
            event: event.clone(),
            title: title.clone(),
            description: description.clone(),
            rejection: rejection.clone(),
            recommendation: recommendation.clone(),
            disable_date: disable_date.clone(),
        };
        let is_plain = notice
            == TemplateNotice {
                event: event.clone(),
                ..TemplateNotice::default()
            };
        let is_status = status == Some(event.as_str());
        self.notice = (!is_plain || !is_status).then_some(notice);
        self.told.status = Some(at);
        let to = self.status();
        let is_changed = before.node != self.node || before.notice != self.notice || from != to;
        if !is_changed {
            self.told.status = before.told.status;
            return Told::default();
        }
        let detail = title.clone().or_else(|| reason.clone());
        Told {
            is_changed,
            changes: vec![PartChange {
                part: TemplatePart::Status,
                from: Some(from),
                to: Some(to),
                detail: detail.or_else(|| (!is_status).then_some(event)),
            }],
            // A word of a newer API, and the end of a state of which only Meta knows what it was before.
            needs_sync: !is_status,
        }
    }

    fn hear_quality(&mut self, new: Option<&str>, at: Time) -> Told {
        if is_before(at, self.told.quality) {
            return Told::default();
        }
        let (from, to) = (self.quality(), upper(new));
        if from == to {
            return Told::default();
        }
        self.set("quality_score", json!({ "score": to }));
        self.told.quality = Some(at);
        Told::of(TemplatePart::Quality, from, to, None)
    }

    fn hear_category(&mut self, update: &TemplateUpdate, at: Time) -> Told {
        let TemplateUpdate::Category {
            previous,
            new,
            current,
            correct,
            takes_effect_at,
        } = update
        else {
            return Told::default();
        };
        if is_before(at, self.told.category) {
            return Told::default();
        }
        let before = self.clone();
        if let Some(category) = new.as_deref().or(current.as_deref()) {
            self.set("category", upper(Some(category)).into());
        }
        if let Some(previous) = previous {
            self.set("previous_category", upper(Some(previous)).into());
        }
        let correct = correct.as_deref().filter(|it| !it.is_empty());
        self.set(
            "correct_category",
            correct.map_or(Value::Null, |it| upper(Some(it)).into()),
        );
        let effect = takes_effect_at.and_then(|seconds| Time::from_timestamp(seconds, 0));
        self.category_changes_at = effect.filter(|_| self.correct_category().is_some());
        let (from, to) = (before.category(), self.category());
        let is_told = from != to || before.correct_category() != self.correct_category();
        if !is_told && before.category_changes_at == self.category_changes_at {
            *self = before;
            return Told::default();
        }
        self.told.category = Some(at);
        Told::of(TemplatePart::Category, from, to, self.correct_category())
    }

    fn hear_components(&mut self, update: &TemplateUpdate, at: Time) -> Told {
        let TemplateUpdate::Components {
            body,
            title,
            footer,
            buttons,
        } = update
        else {
            return Told::default();
        };
        if is_before(at, self.told.content) {
            return Told::default();
        }
        let before = self.node.clone();
        let texts = [("BODY", body), ("HEADER", title), ("FOOTER", footer)];
        let components = self
            .node
            .get_mut("components")
            .and_then(Value::as_array_mut);
        for component in components.into_iter().flatten() {
            let kind = upper(component.get("type").and_then(Value::as_str));
            let Some(component) = component.as_object_mut() else {
                continue;
            };
            let text = texts.iter().find(|(name, _)| *name == kind);
            if let Some((_, Some(text))) = text
                && component.contains_key("text")
            {
                component.insert("text".to_owned(), text.clone().into());
            }
            if kind == "BUTTONS" {
                patch_buttons(component, buttons);
            }
        }
        if before == self.node {
            return Told {
                needs_sync: true,
                ..Told::default()
            };
        }
        self.told.content = Some(at);
        Told {
            is_changed: true,
            changes: vec![PartChange {
                part: TemplatePart::Content,
                from: None,
                to: None,
                detail: None,
            }],
            // Examples and buttons without a text are not in the webhook.
            needs_sync: true,
        }
    }

    /// Returns the report of a change, in the form in which Meta's webhooks tell one.
    pub fn report(&self, change: &PartChange) -> TemplateUpdate {
        match change.part {
            TemplatePart::Status => TemplateUpdate::Status {
                event: change.to.clone().unwrap_or_default(),
                reason: self.rejected_reason().map(ToOwned::to_owned),
                category: Some(self.category()),
                disable_date: None,
                title: None,
                description: None,
                rejection: None,
                recommendation: None,
            },
            TemplatePart::Category => TemplateUpdate::Category {
                previous: change.from.clone(),
                new: change.to.clone(),
                current: None,
                correct: self.correct_category(),
                takes_effect_at: None,
            },
            TemplatePart::Quality => TemplateUpdate::Quality {
                previous: change.from.clone(),
                new: change.to.clone(),
            },
            TemplatePart::Content => self.report_content(),
        }
    }

    fn report_content(&self) -> TemplateUpdate {
        let components = self.node.get("components").and_then(Value::as_array);
        let components: Vec<&Value> = components.into_iter().flatten().collect();
        let find = |wanted: &str| {
            let mut found = components.iter();
            found.find(|it| upper(it.get("type").and_then(Value::as_str)) == wanted)
        };
        let text = |wanted: &str| {
            let text = find(wanted)?.get("text")?.as_str()?;
            Some(text.to_owned())
        };
        let buttons = find("BUTTONS").and_then(|it| it.get("buttons")?.as_array());
        let buttons = buttons.into_iter().flatten().map(|button| {
            let named = BUTTON_FIELDS.iter().filter_map(|(name, told)| {
                let value = button.get(*name)?.clone();
                Some(((*told).to_owned(), value))
            });
            Value::Object(named.collect::<Map<String, Value>>())
        });
        TemplateUpdate::Components {
            body: text("BODY"),
            title: text("HEADER"),
            footer: text("FOOTER"),
            buttons: buttons.collect(),
        }
    }
}

/// The fields of a button in a node, and in a webhook.
const BUTTON_FIELDS: [(&str, &str); 4] = [
    ("type", "message_template_button_type"),
    ("text", "message_template_button_text"),
    ("url", "message_template_button_url"),
    ("phone_number", "message_template_button_phone_number"),
];

/// Writes the texts of a webhook's buttons into those of a node, if they are the same buttons.
fn patch_buttons(component: &mut Map<String, Value>, told: &[Value]) {
    let buttons = component.get_mut("buttons").and_then(Value::as_array_mut);
    let Some(buttons) = buttons.filter(|buttons| buttons.len() == told.len()) else {
        return;
    };
    for (button, told) in buttons.iter_mut().zip(told) {
        let Some(button) = button.as_object_mut() else {
            continue;
        };
        for (name, told_name) in BUTTON_FIELDS.iter().skip(1) {
            if let Some(value) = told.get(*told_name)
                && button.contains_key(*name)
            {
                button.insert((*name).to_owned(), value.clone());
            }
        }
    }
}

impl Told {
    fn of(part: TemplatePart, from: String, to: String, detail: Option<String>) -> Self {
        Self {
            is_changed: true,
            changes: vec![PartChange {
                part,
                from: Some(from),
                to: Some(to),
                detail,
            }],
            needs_sync: false,
        }
    }
}

/// Brings a word of Meta's into capitals, bounded. A missing word is `UNKNOWN`.
fn upper(word: Option<&str>) -> String {
    match word.map(str::trim).filter(|word| !word.is_empty()) {
        Some(word) => word
            .chars()
            .take(100)
            .collect::<String>()
            .to_ascii_uppercase(),
        None => "UNKNOWN".to_owned(),
    }
}

/// Copies fields. A field that is missing there is removed.
fn copy(from: &Value, to: &mut Value, names: &[&str]) {
    let Some(to) = to.as_object_mut() else {
        return;
    };
    for name in names {
        match from.get(*name) {
            Some(value) => to.insert((*name).to_owned(), value.clone()),
            None => to.remove(*name),
        };
    }
}

/// The fields that have a part of their own.
const OWN_PARTS: [&str; 6] = [
    "status",
    "rejected_reason",
    "category",
    "correct_category",
    "previous_category",
    "quality_score",
];

/// Returns a node without what Meta makes anew for each read: the links to examples, which expire.
fn lasting(node: &Value) -> Value {
    let mut node = node.clone();
    forget_links(&mut node, 0);
    if let Some(fields) = node.as_object_mut() {
        fields.retain(|_, value| !value.is_null());
        for name in ["correct_category", "rejected_reason"] {
            let is_none = fields.get(name).is_some_and(|it| it == "" || it == "NONE");
            if is_none {
                fields.remove(name);
            }
        }
        let quality = fields.get("quality_score").and_then(|it| it.get("score"));
        let quality = quality.cloned().unwrap_or(Value::Null);
        // The date beside the score changes without news.
        fields.insert("quality_score".to_owned(), quality);
    }
    node
}

fn content(node: &Value) -> Value {
    let mut node = lasting(node);
    if let Some(fields) = node.as_object_mut() {
        fields.retain(|name, _| !OWN_PARTS.contains(&name.as_str()));
    }
    node
}

fn forget_links(value: &mut Value, depth: usize) {
    // Meta nests six levels.
    if depth > 16 {
        return;
    }
    match value {
        Value::Object(fields) => {
            fields.remove("header_handle");
            for field in fields.values_mut() {
                forget_links(field, depth + 1);
            }
            let is_bare = fields.get("example").and_then(Value::as_object);
            if is_bare.is_some_and(Map::is_empty) {
                fields.remove("example");
            }
        }
        Value::Array(items) => {
            for item in items {
                forget_links(item, depth + 1);
            }
        }
        _ => {}
    }
}
