//! A Meta with templates, which answers in pages and fails on demand.

use std::{
    collections::VecDeque,
    future::pending,
    sync::{Arc, Mutex},
};

use async_trait::async_trait;
use serde_json::{Value, json};
use tokio::sync::Notify;
use wabakit_domain::ids::{MetaTemplateId, WabaId};
use wabakit_ports::meta::{
    CreatedTemplate, GrantAccess, MetaError, MetaErrorKind, TemplateGateway, TemplatePage,
};

use super::meta::meta_error;

/// The templates that Meta gives in a page at most.
const PAGE: usize = 100;

#[derive(Default)]
pub(crate) struct TemplateScript {
    pub(crate) nodes: Vec<Value>,
    /// The cursors of the calls for pages.
    pub(crate) calls: Vec<Option<String>>,
    /// How the next calls fail.
    pub(crate) faults: VecDeque<MetaErrorKind>,
    /// The number of the call that is never answered.
    pub(crate) hangs_at: Option<usize>,
    /// The number of answers that are lost after Meta acted.
    pub(crate) lost: usize,
    /// The acts: creates, edits, deletes.
    pub(crate) acts: usize,
    /// The use of Meta's limits that it reports.
    pub(crate) usage: Option<u32>,
}

#[derive(Clone, Default)]
pub(crate) struct FakeTemplates {
    script: Arc<Mutex<TemplateScript>>,
    /// Notified when a call hangs.
    pub(crate) hung: Arc<Notify>,
}

pub(crate) fn template_node(n: usize) -> Value {
    json!({
        "id": (9_007_199_254_740_993_u64 + n as u64).to_string(), "name": format!("name_{n:05}"),
        "language": "en_US", "status": "APPROVED", "category": "UTILITY",
        "components": [{"type": "BODY", "text": "Order {{1}} is on its way.", "example": {"body_text": [["7"]]}}],
    })
}

impl FakeTemplates {
    pub(crate) fn with(count: usize) -> Self {
        let fake = Self::default();
        fake.script(|script| script.nodes = (0..count).map(template_node).collect());
        fake
    }

    pub(crate) fn script<T>(&self, change: impl FnOnce(&mut TemplateScript) -> T) -> T {
        change(&mut self.script.lock().unwrap())
    }

    pub(crate) fn calls(&self) -> usize {
        self.script(|script| script.calls.len())
    }
}

#[async_trait]
impl TemplateGateway for FakeTemplates {
    async fn template_page(
        &self,
        _access: &GrantAccess,
        _waba: &WabaId,
        after: Option<String>,
        limit: u32,
    ) -> Result<TemplatePage, MetaError> {
        let is_hung = self.script(|script| {
            script.calls.push(after.clone());
            script.hangs_at == Some(script.calls.len())
        });
        if is_hung {
            self.hung.notify_one();
            return pending().await;
        }
        self.script(|script| {
            if let Some(kind) = script.faults.pop_front() {
                return Err(meta_error(kind));
            }
            let start: usize = after.map_or(0, |after| after.parse().unwrap());
            let limit = PAGE.min(limit as usize);
            let end = script.nodes.len().min(start + limit);
            Ok(TemplatePage {
                nodes: script.nodes[start..end].to_vec(),
                next: (end < script.nodes.len()).then(|| end.to_string()),
                total: (start == 0).then_some(script.nodes.len() as i64),
                usage_percent: script.usage,
            })
        })
    }

    async fn templates_named(
        &self,
        _access: &GrantAccess,
        _waba: &WabaId,
        name: &str,
    ) -> Result<Vec<Value>, MetaError> {
        let named = |script: &mut TemplateScript| {
            let all = script.nodes.iter();
            all.filter(|node| node["name"] == name).cloned().collect()
        };
        Ok(self.script(named))
    }

    async fn template_node(
        &self,
        _access: &GrantAccess,
        template: &MetaTemplateId,
    ) -> Result<Value, MetaError> {
        let found = self.script(|script| {
            let mut all = script.nodes.iter();
            all.find(|node| node["id"] == template.as_str()).cloned()
        });
        found.ok_or_else(|| meta_error(MetaErrorKind::NotFound))
    }

    async fn create_template(
        &self,
        _access: &GrantAccess,
        _waba: &WabaId,
        body: Value,
    ) -> Result<CreatedTemplate, MetaError> {
        self.script(|script| {
            script.acts += 1;
            let is_same = |node: &&Value| {
                node["name"] == body["name"] && node["language"] == body["language"]
            };
            if script.nodes.iter().any(|node| is_same(&node)) {
                let mut error = meta_error(MetaErrorKind::Refused);
                error.meta.as_mut().unwrap().subcode = Some(2_388_024);
                return Err(error);
            }
            let mut node = body.clone();
            let id = format!("77{:05}", script.nodes.len());
            node["id"] = id.clone().into();
            node["status"] = "PENDING".into();
            // Meta finds advertising in it.
            node["category"] = "MARKETING".into();
            script.nodes.push(node);
            script.answer(CreatedTemplate {
                id: id.as_str().into(),
                status: Some("PENDING".into()),
                category: Some("MARKETING".into()),
            })
        })
    }

    async fn edit_template(
        &self,
        _access: &GrantAccess,
        template: &MetaTemplateId,
        body: Value,
    ) -> Result<(), MetaError> {
        self.script(|script| {
            script.acts += 1;
            let mut all = script.nodes.iter_mut();
            let node = all.find(|node| node["id"] == template.as_str()).unwrap();
            for (name, value) in body.as_object().unwrap() {
                node[name] = value.clone();
            }
            script.answer(())
        })
    }

    async fn delete_template(
        &self,
        _access: &GrantAccess,
        _waba: &WabaId,
        name: &str,
        template: Option<MetaTemplateId>,
    ) -> Result<(), MetaError> {
        self.script(|script| {
            script.acts += 1;
            let id = template.as_ref().map(MetaTemplateId::as_str);
            let is_meant =
                |node: &Value| node["name"] == name && id.is_none_or(|id| node["id"] == id);
            script.nodes.retain(|node| !is_meant(node));
            script.answer(())
        })
    }
}

impl TemplateScript {
    /// Answers, or loses the answer.
    fn answer<T>(&mut self, answer: T) -> Result<T, MetaError> {
        if self.lost > 0 {
            self.lost -= 1;
            return Err(meta_error(MetaErrorKind::Unavailable));
        }
        Ok(answer)
    }
}
