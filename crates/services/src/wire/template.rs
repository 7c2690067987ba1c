use wabakit_domain::{
    audit::Actor,
    ids::OrgId,
    template::{self as model, TemplateDefinition},
    template_record as known,
};
use wabakit_ports::store::{TemplateSync, TemplateSyncState as SyncState};
use wabakit_wire::template::{
    Template, TemplateAuthor, TemplateAuthorKind, TemplateCheck, TemplateDetail, TemplateFault,
    TemplateHistoryEntry, TemplateNotice, TemplateParameter, TemplatePart, TemplatePreview,
    TemplatePreviewButton, TemplatePreviewCard, TemplatePreviewHeader, TemplatePreviewOffer,
    TemplateRejection, TemplateSyncState, TemplateSyncStatus, WabaTemplateSync,
};

use super::{IntoWire, record, words};
use crate::{TemplateSyncOverview, TemplateView};

impl IntoWire<Template> for TemplateView {
    fn into_wire(self) -> Template {
        let (record, state) = (&self.record, &self.record.state);
        let definition = TemplateDefinition::read(state.node.clone());
        let components = definition.components_json().as_array();
        Template {
            id: record.id.uuid(),
            meta_template_id: record.meta_id.to_string(),
            waba_id: record.waba.to_string(),
            name: state.name().to_owned(),
            language: state.language(),
            category: state.category(),
            previous_category: state.previous_category().map(ToOwned::to_owned),
            correct_category: state.correct_category(),
            category_changes_at: state.category_changes_at,
            status: state.status(),
            is_sendable: definition.is_sendable(),
            quality: state.quality(),
            parameter_format: match definition.is_named() {
                true => "NAMED",
                false => "POSITIONAL",
            }
            .to_owned(),
            components: components.cloned().unwrap_or_default(),
            parameters: definition.parameters().into_wire(),
            ttl_seconds: definition.ttl_seconds,
            rejection: definition.rejection().into_wire(),
            notice: state.notice.clone().into_wire(),
            synced_at: self.synced_at,
            created_at: record.created_at,
            updated_at: record.updated_at,
            version: record.version,
        }
    }
}

impl IntoWire<TemplateParameter> for model::TemplateParameter {
    fn into_wire(self) -> TemplateParameter {
        TemplateParameter {
            key: self.key,
            component: self.component.as_str().to_owned(),
            card: self.card,
            index: self.index,
            kind: self.kind.as_str().to_owned(),
            example: self.example,
            required: self.is_required,
            max_length: self.max_length,
        }
    }
}

record!(known::TemplateNotice => TemplateNotice {
    event, title, description, rejection, recommendation, disable_date,
});
words!(known::TemplatePart => TemplatePart { Status, Category, Quality, Content });
words!(SyncState => TemplateSyncState { Running, Done, Failed });

/// Makes the wire form of a template with its history, as `org` sees it.
pub fn template_detail(
    (view, history): (TemplateView, Vec<known::TemplateHistory>),
    org: OrgId,
) -> TemplateDetail {
    TemplateDetail {
        template: view.into_wire(),
        history: history
            .into_iter()
            .map(|entry| entry_of(entry, org))
            .collect(),
    }
}

fn entry_of(entry: known::TemplateHistory, org: OrgId) -> TemplateHistoryEntry {
    use TemplateAuthorKind as Kind;
    let (kind, id) = match entry.by {
        known::TemplateAuthor::Meta => (Kind::Meta, None),
        known::TemplateAuthor::Sync => (Kind::Sync, None),
        known::TemplateAuthor::Principal(by, _) if by != org => (Kind::OtherOrg, None),
        known::TemplateAuthor::Principal(_, actor) => match actor {
            Actor::User(user) => (Kind::User, Some(user.uuid())),
            Actor::Key(key) => (Kind::Key, Some(key.uuid())),
            Actor::Operator => (Kind::Operator, None),
            Actor::System | Actor::Meta => (Kind::System, None),
        },
    };
    TemplateHistoryEntry {
        id: entry.id.uuid(),
        at: entry.at,
        part: entry.change.part.into_wire(),
        from: entry.change.from,
        to: entry.change.to,
        detail: entry.change.detail,
        by: TemplateAuthor { kind, id },
    }
}

record!(TemplateSyncOverview => TemplateSyncStatus {
    sync_id: run, state, done, total, created, updated, removed, error, started_at, finished_at, wabas,
});
record!(TemplateSync => WabaTemplateSync {
    waba_id: waba, sync_id: run, state, done, total, created, updated, removed, error, started_at, finished_at,
    synced_at, next_at,
});

impl IntoWire<TemplateRejection> for model::TemplateRejection {
    fn into_wire(self) -> TemplateRejection {
        TemplateRejection {
            reason: self.reason,
            words: self.words.to_owned(),
            remedy: self.remedy.to_owned(),
        }
    }
}

record!(model::TemplateFault => TemplateFault { pointer, code, words });

impl IntoWire<TemplateCheck> for model::TemplateCheck {
    fn into_wire(self) -> TemplateCheck {
        TemplateCheck {
            ok: self.is_ok(),
            meta_code: self.meta_code(),
            errors: self.faults.into_wire(),
            warnings: self.warnings.into_wire(),
        }
    }
}

record!(model::TemplatePreview => TemplatePreview {
    header, body, footer, offer, buttons, cards, asks_to_call,
});
record!(model::PreviewHeader => TemplatePreviewHeader { kind, text, value });
record!(model::PreviewButton => TemplatePreviewButton { kind, text, value });
record!(model::PreviewCard => TemplatePreviewCard { header, body, buttons });

impl IntoWire<TemplatePreviewOffer> for model::PreviewOffer {
    fn into_wire(self) -> TemplatePreviewOffer {
        TemplatePreviewOffer {
            text: self.text,
            ends_at: self.ends_at,
        }
    }
}
