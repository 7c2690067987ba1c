//! Acts on templates: create, edit, delete; and what can be asked of one: its schema, a check, a preview.

use serde_json::{Map, Value, json};
use wabakit_domain::{
    Time,
    connect::{Occasion, Refusal},
    ids::{AccountId, IdBlock, MetaTemplateId, TemplateHistoryId, TemplateId, WabaId},
    principal::Scope,
    template::{TemplateCheck, TemplateDefinition, TemplatePreview, check_create, check_edit},
    template_record::{
        PartChange, TemplateAuthor, TemplateHistory, TemplatePart, TemplateRecord, TemplateState,
    },
};
use wabakit_ports::{
    meta::{GrantAccess, MetaError, MetaErrorKind},
    store::{Limit, PageRequest, StoreError, TemplateChange, TemplateFilter, TemplateWrite},
};

use super::{TemplateService, TemplateView};
use crate::{Caller, Invalid, ServiceError, audit::Trail};

/// Meta's number for a template that exists in this language. It comes as code or as subcode.
const EXISTS: i64 = 2_388_024;
/// The most accounts of an organisation that are looked through.
const ACCOUNTS: Limit = Limit::MAX;

/// The values of a message: Meta's components, or named values.
#[derive(Clone, PartialEq, Debug)]
pub enum TemplateValues {
    /// `components`, in Meta's form.
    Components(Value),
    /// Values by the keys of the template's parameters.
    Named(Map<String, Value>),
}

impl TemplateService {
    async fn definition(
        &self,
        caller: &Caller,
        id: TemplateId,
    ) -> Result<TemplateDefinition, ServiceError> {
        caller.require(Scope::TemplatesRead)?;
        let (record, _) = self.find(caller, id).await?;
        Ok(TemplateDefinition::read(record.state.node))
    }

    /// Returns the JSON Schema of the values that a message with the template gives.
    ///
    /// # Errors
    /// When it does not exist.
    pub async fn schema(&self, caller: &Caller, id: TemplateId) -> Result<Value, ServiceError> {
        Ok(self.definition(caller, id).await?.schema())
    }

    /// Checks values against the template, as they are checked before a message is queued.
    ///
    /// # Errors
    /// When it does not exist.
    pub async fn check(
        &self,
        caller: &Caller,
        id: TemplateId,
        values: &TemplateValues,
    ) -> Result<TemplateCheck, ServiceError> {
        let definition = self.definition(caller, id).await?;
        Ok(match values {
            TemplateValues::Components(components) => definition.check(components),
            TemplateValues::Named(values) => definition.fill(values).check,
        })
    }

    /// Renders the template with these values. A variable without a value stays in its braces.
    ///
    /// # Errors
    /// When it does not exist.
    pub async fn preview(
        &self,
        caller: &Caller,
        id: TemplateId,
        values: TemplateValues,
    ) -> Result<TemplatePreview, ServiceError> {
        let definition = self.definition(caller, id).await?;
        let values = match values {
            TemplateValues::Components(components) => definition.values(&components),
            TemplateValues::Named(values) => values,
        };
        Ok(definition.preview(&values))
    }

    /// Creates a template on a WABA, or on that of the default number. `body` is in Meta's form. Where Meta's answer is
    /// lost, it is read back, so that nothing is created twice.
    ///
    /// # Errors
    /// With all that Meta would refuse; when one of this name and language exists; when Meta refuses.
    pub async fn create(
        &self,
        caller: &Caller,
        waba: Option<WabaId>,
        body: Value,
    ) -> Result<TemplateView, ServiceError> {
        caller.require(Scope::TemplatesWrite)?;
        refuse(&check_create(&body))?;
        let (waba, access) = self.access_for(caller, waba).await?;
        let text = |field: &str| body.get(field).and_then(Value::as_str).unwrap_or_default();
        let (name, language) = (text("name").to_owned(), text("language").to_owned());
        let gateway = &self.ports.gateway;
        let begun = self.ports.base.now();
        let node = match gateway.create_template(&access, &waba, body.clone()).await {
            Ok(created) => {
                let read = gateway.template_node(&access, &created.id).await;
                read.unwrap_or_else(|_| {
                    // It is there; the next sync reads what Meta made of it.
                    let mut node = body.clone();
                    if let Some(fields) = node.as_object_mut() {
                        fields.insert("id".to_owned(), created.id.as_str().into());
                        fields.insert("status".to_owned(), created.status.into());
                        if let Some(category) = created.category {
                            fields.insert("category".to_owned(), category.into());
                        }
                    }
                    node
                })
            }
            Err(error) => {
                let exists = says(&error, EXISTS);
                if !exists && !is_lost(&error) {
                    return Err(error.into());
                }
                let found = gateway.templates_named(&access, &waba, &name).await;
                let found = found.ok().into_iter().flatten().find(|node| {
                    let state = TemplateState::read(node.clone(), begun);
                    state.language() == language.replace('-', "_")
                });
                match found {
                    Some(node) if !exists || has_same_texts(&node, &body) => node,
                    _ if exists => {
                        let detail = "A template of this name exists in this language.";
                        return Err(ServiceError::Conflict("already_exists", detail.into()));
                    }
                    _ => return Err(error.into()),
                }
            }
        };
        let asked = text("category").to_ascii_uppercase();
        self.keep_created(caller, &waba, node, asked).await
    }

    async fn keep_created(
        &self,
        caller: &Caller,
        waba: &WabaId,
        node: Value,
        asked: String,
    ) -> Result<TemplateView, ServiceError> {
        let base = &self.ports.base;
        let (now, mut ids) = (base.now(), base.id_block());
        let meta_id = node.get("id").and_then(Value::as_str).unwrap_or_default();
        let meta_id = MetaTemplateId::from(meta_id);
        let record = TemplateRecord {
            id: TemplateId(base.ids.next()),
            waba: waba.clone(),
            meta_id: meta_id.clone(),
            state: TemplateState::read(node, now),
            created_at: now,
            updated_at: now,
            version: 1,
        };
        let category = record.state.category();
        let change = PartChange {
            part: TemplatePart::Status,
            from: None,
            to: Some(record.state.status()),
            // Meta may choose another category than the one that was asked for.
            detail: (category != asked).then(|| format!("{asked} became {category}")),
        };
        let data = json!({"wabaId": waba, "name": record.state.name(), "language": record.state.language(),
            "category": category, "askedCategory": asked});
        let entry =
            Trail::of(base, caller).event("template.created", ("template", record.id), &data);
        let write = TemplateWrite {
            waba: waba.clone(),
            history: vec![entry_of(caller, &record, change, now, &mut ids)],
            change: TemplateChange::Created(vec![record.clone()]),
            audit: vec![entry],
            now,
            ids,
        };
        match self
            .ports
            .templates
            .write_templates(caller.org, write)
            .await
        {
            Ok(heads) => {
                base.bus.publish(&heads);
                Ok(TemplateView {
                    record,
                    synced_at: None,
                })
            }
            // A sync found it first.
            Err(StoreError::Conflict) => {
                let filter = TemplateFilter {
                    waba: Some(waba.clone()),
                    name: Some(record.state.name().to_owned()),
                    languages: vec![record.state.language()],
                    ..TemplateFilter::default()
                };
                let page = self.list(caller, filter, PageRequest::default()).await?;
                let mut rows = page.rows.into_iter();
                rows.find(|row| row.record.meta_id == meta_id)
                    .ok_or_else(|| StoreError::Conflict.into())
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Edits a template: `body` is in Meta's form, and its components replace all.
    ///
    /// # Errors
    /// With all that Meta would refuse; when it does not exist; when Meta refuses.
    pub async fn edit(
        &self,
        caller: &Caller,
        id: TemplateId,
        body: Value,
    ) -> Result<TemplateView, ServiceError> {
        caller.require(Scope::TemplatesWrite)?;
        let (mut record, _) = self.find(caller, id).await?;
        let definition = TemplateDefinition::read(record.state.node.clone());
        refuse(&check_edit(&body, &definition))?;
        let (waba, access) = self.access_for(caller, Some(record.waba.clone())).await?;
        let gateway = &self.ports.gateway;
        let edited = gateway
            .edit_template(&access, &record.meta_id, body.clone())
            .await;
        let read = gateway.template_node(&access, &record.meta_id).await;
        let node = match (edited, read) {
            (Ok(()), Ok(node)) => node,
            (Ok(()), Err(_)) => {
                let mut node = record.state.node.clone();
                for (name, value) in body.as_object().into_iter().flatten() {
                    if let Some(fields) = node.as_object_mut() {
                        fields.insert(name.clone(), value.clone());
                    }
                }
                node
            }
            // The answer was lost, and Meta has the new texts: it was done.
            (Err(error), Ok(node))
                if is_lost(&error)
                    && has_same_texts(&node, &body)
                    && !has_same_texts(&record.state.node, &body) =>
            {
                node
            }
            (Err(error), _) => return Err(error.into()),
        };
        let base = &self.ports.base;
        let (now, mut ids) = (base.now(), base.id_block());
        let told = record.state.take(node, now);
        record.updated_at = now;
        record.version += 1;
        let data = json!({"name": record.state.name(), "language": record.state.language()});
        let entry = Trail::of(base, caller).event("template.edited", ("template", id), &data);
        let changes = told.changes.clone();
        let history = told
            .changes
            .into_iter()
            .map(|change| entry_of(caller, &record, change, now, &mut ids));
        let history = history.collect();
        let write = TemplateWrite {
            waba,
            change: TemplateChange::Changed(Box::new(record.clone()), changes),
            history,
            audit: vec![entry],
            now,
            ids,
        };
        let heads = self
            .ports
            .templates
            .write_templates(caller.org, write)
            .await?;
        base.bus.publish(&heads);
        Ok(TemplateView {
            record,
            synced_at: None,
        })
    }

    /// Deletes a template in its language.
    ///
    /// # Errors
    /// When it does not exist; when Meta refuses.
    pub async fn delete(&self, caller: &Caller, id: TemplateId) -> Result<(), ServiceError> {
        caller.require(Scope::TemplatesWrite)?;
        let (record, _) = self.find(caller, id).await?;
        let name = record.state.name().to_owned();
        let waba = record.waba.clone();
        let gone = vec![record];
        self.remove(caller, waba, &name, gone, true).await
    }

    /// Deletes a name in all its languages.
    ///
    /// # Errors
    /// When there is none; when Meta refuses.
    pub async fn delete_name(
        &self,
        caller: &Caller,
        waba: Option<WabaId>,
        name: &str,
    ) -> Result<(), ServiceError> {
        caller.require(Scope::TemplatesWrite)?;
        let filter = TemplateFilter {
            waba,
            name: Some(name.to_owned()),
            ..TemplateFilter::default()
        };
        let page = PageRequest {
            after: None,
            limit: Limit::MAX,
        };
        let found = self.ports.templates.templates(caller.org, filter, page);
        let found = found.await?.rows;
        let first = found
            .first()
            .ok_or(ServiceError::NotFound("this template"))?;
        let waba = first.waba.clone();
        if found.iter().any(|record| record.waba != waba) {
            let detail = "Several WABAs have this name: give one.";
            return Err(Invalid::new("/wabaId", detail).into());
        }
        self.remove(caller, waba, name, found, false).await
    }

    async fn remove(
        &self,
        caller: &Caller,
        waba: WabaId,
        name: &str,
        gone: Vec<TemplateRecord>,
        is_one: bool,
    ) -> Result<(), ServiceError> {
        let (waba, access) = self.access_for(caller, Some(waba)).await?;
        let one = gone.first().filter(|_| is_one);
        let one = one.map(|record| record.meta_id.clone());
        let gateway = &self.ports.gateway;
        if let Err(error) = gateway.delete_template(&access, &waba, name, one).await {
            let left = match is_lost(&error) {
                true => gateway.templates_named(&access, &waba, name).await.ok(),
                false => None,
            };
            let is_left = |record: &TemplateRecord| {
                left.iter().flatten().any(|node| {
                    node.get("id").and_then(Value::as_str) == Some(record.meta_id.as_str())
                })
            };
            // The answer was lost, and Meta has none of them any more: it was done.
            if left.is_none() || gone.iter().any(is_left) {
                return Err(error.into());
            }
        }
        let base = &self.ports.base;
        let languages: Vec<String> = gone.iter().map(|record| record.state.language()).collect();
        let data = json!({"wabaId": waba, "name": name, "languages": languages});
        let subject = gone.first().filter(|_| is_one);
        let subject = subject.map_or_else(|| name.to_owned(), |record| record.id.to_string());
        let entry = Trail::of(base, caller).event("template.deleted", ("template", subject), &data);
        let write = TemplateWrite {
            waba,
            change: TemplateChange::Removed(gone.iter().map(|record| record.id).collect()),
            history: Vec::new(),
            audit: vec![entry],
            now: base.now(),
            ids: base.id_block(),
        };
        let heads = self
            .ports
            .templates
            .write_templates(caller.org, write)
            .await?;
        base.bus.publish(&heads);
        Ok(())
    }

    /// Finds the caller's own access to a WABA: of this one, or of that of the default number.
    async fn access_for(
        &self,
        caller: &Caller,
        waba: Option<WabaId>,
    ) -> Result<(WabaId, GrantAccess), ServiceError> {
        let page = PageRequest::<AccountId> {
            after: None,
            limit: ACCOUNTS,
        };
        let accounts = self
            .ports
            .base
            .accounts
            .list_accounts(caller.org, true, page);
        let mut accounts = accounts.await?.rows;
        accounts.sort_by_key(|(account, _)| !account.is_default);
        let waba = match waba {
            Some(waba) => waba,
            None => match accounts.first() {
                Some((account, _)) => account.waba_id.clone(),
                None => return Err(ServiceError::NotFound("an active number")),
            },
        };
        let on_waba = accounts
            .iter()
            .filter(|(account, _)| account.waba_id == waba);
        let on_waba: Vec<AccountId> = on_waba.map(|(account, _)| account.id).collect();
        if on_waba.is_empty() {
            return Err(ServiceError::NotFound("an active number on this WABA"));
        }
        for account in on_waba {
            if let Some(access) = self.access_of(caller.org, account).await? {
                return Ok((waba, access));
            }
        }
        let problem = wabakit_domain::connect::Problem::new(Refusal::TokenInvalid);
        Err(ServiceError::Refused(problem.at(Occasion::Account)))
    }
}

/// Refuses what Meta would refuse, all at once.
fn refuse(check: &TemplateCheck) -> Result<(), ServiceError> {
    if check.is_ok() {
        return Ok(());
    }
    let faults = check.faults.iter().map(|fault| {
        let pointer = fault
            .pointer
            .replace("/message_send_ttl_seconds", "/ttlSeconds")
            .replace("/parameter_format", "/parameterFormat");
        Invalid::new(pointer, fault.words.clone())
    });
    Err(ServiceError::InvalidFields(faults.collect()))
}

/// Tells whether Meta may have acted.
fn is_lost(error: &MetaError) -> bool {
    error.kind == MetaErrorKind::Unavailable
}

/// Tells whether Meta gave this number, as code or as subcode.
fn says(error: &MetaError, number: i64) -> bool {
    let meta = error.meta.as_ref();
    meta.is_some_and(|meta| meta.code == number || meta.subcode == Some(number))
}

/// Tells whether two nodes say the same: their texts, by component.
fn has_same_texts(one: &Value, other: &Value) -> bool {
    fn texts(node: &Value) -> Vec<(String, String)> {
        let components = node.get("components").and_then(Value::as_array);
        let mut texts: Vec<_> = components
            .into_iter()
            .flatten()
            .map(|it| {
                let word = |field: &str| it.get(field).and_then(Value::as_str).unwrap_or_default();
                (word("type").to_ascii_uppercase(), word("text").to_owned())
            })
            .collect();
        texts.sort_unstable();
        texts
    }
    texts(one) == texts(other)
}

fn entry_of(
    caller: &Caller,
    record: &TemplateRecord,
    change: PartChange,
    at: Time,
    ids: &mut IdBlock,
) -> TemplateHistory {
    TemplateHistory {
        id: TemplateHistoryId(ids.next().unwrap_or_default()),
        template: record.id,
        change,
        by: TemplateAuthor::Principal(caller.org, caller.actor()),
        at,
    }
}
