//! The port `TemplateGateway`.

use async_trait::async_trait;
use serde_json::Value;
use wabakit_domain::ids::{MetaTemplateId, WabaId};
use wabakit_graph::endpoints::{
    DeleteTemplate, PatchTemplate, PostTemplate, TemplateNode, TemplateNodes,
};
use wabakit_ports::meta::{
    CreatedTemplate, GrantAccess, MetaError, MetaErrorKind, TemplateGateway, TemplatePage,
};

use crate::{
    GraphGateway,
    errors::{Asked, meta_error},
};

/// The most languages of a name.
const LANGUAGES: u32 = 200;

#[async_trait]
impl TemplateGateway for GraphGateway {
    async fn template_page(
        &self,
        access: &GrantAccess,
        waba: &WabaId,
        after: Option<String>,
        limit: u32,
    ) -> Result<TemplatePage, MetaError> {
        let endpoint = TemplateNodes {
            waba_id: waba.as_str().to_owned(),
            name: None,
            after: after.clone(),
            limit,
        };
        let caller = self.caller(access).await?;
        let answer = caller.client.call(&caller.credentials, &endpoint).await;
        let answer = answer.map_err(|error| meta_error(Asked::AsGrant, &error))?;
        let (usage_percent, page) = (answer.usage.highest_percent(), answer.body);
        let next = match (page.has_next(), page.after()) {
            (false, _) => None,
            (true, Some(next)) if after.as_deref() != Some(next) => Some(next.to_owned()),
            (true, _) => {
                let detail = "a further page was announced without a new cursor";
                return Err(MetaError::new(MetaErrorKind::Unavailable, detail));
            }
        };
        Ok(TemplatePage {
            total: page.total(),
            next,
            nodes: page.data,
            usage_percent,
        })
    }

    async fn templates_named(
        &self,
        access: &GrantAccess,
        waba: &WabaId,
        name: &str,
    ) -> Result<Vec<Value>, MetaError> {
        let endpoint = TemplateNodes {
            waba_id: waba.as_str().to_owned(),
            name: Some(name.to_owned()),
            after: None,
            limit: LANGUAGES,
        };
        let mut nodes = self.caller(access).await?.call(endpoint).await?.data;
        // Some versions take the name for a part of one.
        nodes.retain(|node| node.get("name").and_then(Value::as_str) == Some(name));
        Ok(nodes)
    }

    async fn template_node(
        &self,
        access: &GrantAccess,
        template: &MetaTemplateId,
    ) -> Result<Value, MetaError> {
        let template_id = template.as_str().to_owned();
        let caller = self.caller(access).await?;
        caller.call(TemplateNode { template_id }).await
    }

    async fn create_template(
        &self,
        access: &GrantAccess,
        waba: &WabaId,
        body: Value,
    ) -> Result<CreatedTemplate, MetaError> {
        let waba_id = waba.as_str().to_owned();
        let caller = self.caller(access).await?;
        let created = caller.call(PostTemplate { waba_id, body }).await?;
        Ok(CreatedTemplate {
            id: created.id.into(),
            status: created.status.map(|status| status.as_str().to_owned()),
            category: created.category.map(|it| it.as_str().to_owned()),
        })
    }

    async fn edit_template(
        &self,
        access: &GrantAccess,
        template: &MetaTemplateId,
        body: Value,
    ) -> Result<(), MetaError> {
        let template_id = template.as_str().to_owned();
        let caller = self.caller(access).await?;
        caller
            .call(PatchTemplate { template_id, body })
            .await
            .map(drop)
    }

    async fn delete_template(
        &self,
        access: &GrantAccess,
        waba: &WabaId,
        name: &str,
        template: Option<MetaTemplateId>,
    ) -> Result<(), MetaError> {
        let endpoint = DeleteTemplate {
            waba_id: waba.as_str().to_owned(),
            name: name.to_owned(),
            template_id: template.map(MetaTemplateId::into_string),
        };
        self.caller(access).await?.call(endpoint).await.map(drop)
    }
}
