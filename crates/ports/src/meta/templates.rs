//! Templates at Meta, as Meta's nodes.

use async_trait::async_trait;
use serde_json::Value;
use wabakit_domain::ids::{MetaTemplateId, WabaId};

use super::{GrantAccess, MetaError};

/// A page of templates.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct TemplatePage {
    /// The nodes as Meta wrote them.
    pub nodes: Vec<Value>,
    /// The cursor of the next page. None on the last page.
    pub next: Option<String>,
    /// How many templates there are. Only the first page tells it.
    pub total: Option<i64>,
    /// The most used of Meta's limits, in percent.
    pub usage_percent: Option<u32>,
}

/// A template that was created.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CreatedTemplate {
    /// Meta's id.
    pub id: MetaTemplateId,
    /// The status.
    pub status: Option<String>,
    /// The category that Meta chose. It may not be the one that was asked for.
    pub category: Option<String>,
}

/// Templates at Meta. A method without an "Errors" section can fail with every `MetaErrorKind`.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait TemplateGateway: Send + Sync {
    /// Reads one page of a WABA's templates, in one call.
    async fn template_page(
        &self,
        access: &GrantAccess,
        waba: &WabaId,
        after: Option<String>,
        limit: u32,
    ) -> Result<TemplatePage, MetaError>;

    /// Reads all languages of a name, at most 200.
    async fn templates_named(
        &self,
        access: &GrantAccess,
        waba: &WabaId,
        name: &str,
    ) -> Result<Vec<Value>, MetaError>;

    /// Reads one template.
    async fn template_node(
        &self,
        access: &GrantAccess,
        template: &MetaTemplateId,
    ) -> Result<Value, MetaError>;

    /// Creates a template, once. After [`MetaErrorKind::Unavailable`](super::MetaErrorKind::Unavailable) it may be there.
    async fn create_template(
        &self,
        access: &GrantAccess,
        waba: &WabaId,
        body: Value,
    ) -> Result<CreatedTemplate, MetaError>;

    /// Edits a template: all components are replaced.
    async fn edit_template(
        &self,
        access: &GrantAccess,
        template: &MetaTemplateId,
        body: Value,
    ) -> Result<(), MetaError>;

    /// Deletes a template in one language, or in all.
    async fn delete_template(
        &self,
        access: &GrantAccess,
        waba: &WabaId,
        name: &str,
        template: Option<MetaTemplateId>,
    ) -> Result<(), MetaError>;
}
