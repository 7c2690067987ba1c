//! The plan of one page of a sync.

use std::collections::{HashMap, HashSet};

use serde_json::Value;
use uuid::Uuid;

use super::{
    PartChange, TemplateAuthor, TemplateHistory, TemplatePart, TemplateRecord, TemplateState,
};
use crate::{
    Time,
    ids::{MetaTemplateId, TemplateHistoryId, TemplateId, WabaId},
};

/// A page of templates as Meta answered it.
#[derive(Clone, PartialEq, Debug)]
pub struct PageFacts {
    /// The WABA.
    pub waba: WabaId,
    /// The nodes.
    pub nodes: Vec<Value>,
    /// When the page was requested.
    pub read_at: Time,
}

/// The writes that a page asks for. A page without news has none.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct PagePlan {
    /// Templates that were not stored.
    pub new: Vec<TemplateRecord>,
    /// Templates that changed, with their parts that did.
    pub changed: Vec<(TemplateRecord, Vec<PartChange>)>,
    /// Entries of their history.
    pub history: Vec<TemplateHistory>,
    /// Meta's ids of all templates of the page.
    pub seen: Vec<MetaTemplateId>,
}

impl PageFacts {
    /// Returns Meta's ids of the nodes.
    pub fn ids(&self) -> Vec<MetaTemplateId> {
        self.nodes.iter().filter_map(id_of).collect()
    }
}

fn id_of(node: &Value) -> Option<MetaTemplateId> {
    let id = node.get("id")?;
    let id = id
        .as_str()
        .map(ToOwned::to_owned)
        .or_else(|| id.as_number().map(ToString::to_string))?;
    (!id.is_empty() && id.len() <= 64).then(|| id.into())
}

/// Decides what a page writes. `stored` are the templates of the WABA with the page's ids. Nodes without an id are left
/// out.
pub fn plan_page(
    page: &PageFacts,
    stored: Vec<TemplateRecord>,
    now: Time,
    ids: &mut dyn FnMut() -> Uuid,
) -> PagePlan {
    let mut stored: HashMap<MetaTemplateId, TemplateRecord> = stored
        .into_iter()
        .map(|record| (record.meta_id.clone(), record))
        .collect();
    let mut plan = PagePlan::default();
    let mut seen = HashSet::new();
    for node in &page.nodes {
        let Some(meta_id) = id_of(node).filter(|id| seen.insert(id.clone())) else {
            continue;
        };
        plan.seen.push(meta_id.clone());
        let Some(mut record) = stored.remove(&meta_id) else {
            let record = TemplateRecord {
                id: TemplateId(ids()),
                waba: page.waba.clone(),
                meta_id,
                state: TemplateState::read(node.clone(), page.read_at),
                created_at: now,
                updated_at: now,
                version: 1,
            };
            plan.history.push(TemplateHistory {
                id: TemplateHistoryId(ids()),
                template: record.id,
                change: first(&record.state),
                by: TemplateAuthor::Sync,
                at: page.read_at,
            });
            plan.new.push(record);
            continue;
        };
        let told = record.state.take(node.clone(), page.read_at);
        if !told.is_changed {
            continue;
        }
        record.updated_at = now;
        record.version += 1;
        let entries = told.changes.iter().map(|change| TemplateHistory {
            id: TemplateHistoryId(ids()),
            template: record.id,
            change: change.clone(),
            by: TemplateAuthor::Sync,
            at: page.read_at,
        });
        plan.history.extend(entries);
        plan.changed.push((record, told.changes));
    }
    plan
}

/// Makes the first entry of a template's history.
pub(super) fn first(state: &TemplateState) -> PartChange {
    PartChange {
        part: TemplatePart::Status,
        from: None,
        to: Some(state.status()),
        detail: None,
    }
}
