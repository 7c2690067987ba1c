//! Templates, of a Meta with one template in each WABA.

use std::sync::Arc;

use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;
use wabakit_ports::{
    meta::{CreatedTemplate, MockTemplateGateway, TemplatePage},
    store::ReceiveStore,
};
use wabakit_services::{Ports, TemplatePorts, TemplateService, TemplateSettings};

use super::{Who, World};

pub fn templates(store: &Arc<dyn ReceiveStore>, ports: &Ports) -> TemplateService {
    let ports = TemplatePorts {
        base: ports.clone(),
        templates: store.clone(),
        gateway: Arc::new(meta()),
    };
    TemplateService::new(ports, TemplateSettings::default())
}

fn meta() -> MockTemplateGateway {
    let mut meta = MockTemplateGateway::new();
    let late = || {
        json!({"id": "9007199254740997", "name": "order_late", "language": "en_US", "status": "PENDING",
            "category": "MARKETING", "components": [{"type": "BODY", "text": "Your order is late."}]})
    };
    meta.expect_create_template().returning(|_, _, _| {
        Ok(CreatedTemplate {
            id: "9007199254740997".into(),
            status: Some("PENDING".into()),
            category: Some("MARKETING".into()),
        })
    });
    meta.expect_template_node()
        .returning(move |_, _| Ok(late()));
    meta.expect_edit_template().returning(|_, _, _| Ok(()));
    meta.expect_delete_template().returning(|_, _, _, _| Ok(()));
    meta.expect_template_page().returning(|_, waba, _, _| {
        let is_odd = waba.as_str().len() % 2 == 1;
        let node = json!({
            "id": if is_odd { "9007199254740993" } else { "9007199254740995" },
            "name": "order_update", "language": "en-US", "status": "APPROVED", "category": "UTILITY",
            "quality_score": {"score": "GREEN"}, "parameter_format": "POSITIONAL",
            "components": [{"type": "BODY", "text": "Order {{1}} is on its way.", "example": {"body_text": [["7"]]}}],
        });
        Ok(TemplatePage {
            nodes: vec![node],
            total: Some(1),
            ..TemplatePage::default()
        })
    });
    meta
}

impl World {
    /// Runs due syncs, and returns the templates that a person sees.
    pub async fn synced_templates(&self, who: Who) -> Vec<Value> {
        let stop = CancellationToken::new();
        self.api.templates.run_due_syncs(&stop).await.unwrap();
        let list = self.get(who, "/api/templates").await.json();
        list["data"].as_array().unwrap().clone()
    }
}
