//! Webhooks about templates.

use super::{Item, Planner};
use crate::{
    Time,
    ids::{MetaTemplateId, TemplateHistoryId},
    inbound::{TemplateRef, TemplateUpdate},
    template_record::{TemplateAuthor, TemplateHistory},
};

impl Planner<'_> {
    /// Applies what Meta told of a template. An unknown one, and one of which only a part was told, is left to a sync.
    pub(super) fn template(
        &mut self,
        item: &Item,
        template: &TemplateRef,
        update: &TemplateUpdate,
        told_at: Time,
    ) {
        let Some(account) = item.accounts.first().copied() else {
            return;
        };
        let key = (account, MetaTemplateId::from(template.id.as_str()));
        let id = self.state.template_keys.get(&key).copied();
        let Some(record) = id.and_then(|id| self.state.templates.get_mut(&id)) else {
            self.plan.template_syncs.insert(account);
            return;
        };
        let told = record.state.hear(update, told_at);
        if told.needs_sync {
            self.plan.template_syncs.insert(account);
        }
        if !told.is_changed {
            return;
        }
        let template = record.id;
        record.updated_at = self.now;
        // A batch is one change, however many facts it has.
        if self.touched.templates.insert(template) {
            record.version += 1;
        }
        for change in told.changes {
            let id = TemplateHistoryId(self.id());
            self.plan.template_history.push(TemplateHistory {
                id,
                template,
                change,
                by: TemplateAuthor::Meta,
                at: told_at,
            });
        }
    }
}
