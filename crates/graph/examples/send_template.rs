//! Creates a template if the WABA does not have it, and sends it. A new template must be approved before it can be sent.
#![allow(clippy::print_stdout, reason = "an example shows what it did")]

mod common;

use common::{Outcome, connect, setting};
use futures::TryStreamExt as _;
use wabakit_graph::endpoints::{
    CreateTemplate, ListTemplates, MessageTemplate, SendMarketing, SendMessage, TemplateCategory,
    TemplateStatus,
};
use wabakit_graph::messages::{NewMessage, TemplateMessage};
use wabakit_graph::template_definitions::{TemplateBody, TemplateButton, TemplateDefinition};
use wabakit_graph::{Credentials, GraphClient, PageOptions};

const NAME: &str = "order_shipped";
const LANGUAGE: &str = "en_US";

#[tokio::main(flavor = "current_thread")]
async fn main() -> Outcome {
    let (client, credentials) = connect()?;
    let (number, recipient) = (setting("PHONE_NUMBER_ID")?, setting("RECIPIENT")?);
    let template = find_or_create(&client, &credentials, &setting("WABA_ID")?).await?;
    if template.status != Some(TemplateStatus::Approved) {
        println!("the template is {:?}", template.status);
        return Ok(());
    }
    let category = template.category.unwrap_or(TemplateCategory::Utility);
    send(&client, &credentials, &number, &recipient, &category).await
}

pub(crate) async fn find_or_create(
    client: &GraphClient,
    credentials: &Credentials,
    waba_id: &str,
) -> Result<MessageTemplate, Box<dyn std::error::Error + Send + Sync>> {
    let list = ListTemplates::new(waba_id).name(NAME);
    let list = client.items(credentials.clone(), list, PageOptions::default());
    let found: Vec<_> = list.try_collect().await?;
    let same = |template: &MessageTemplate| template.language.as_deref() == Some(LANGUAGE);
    if let Some(template) = found.into_iter().find(same) {
        return Ok(template);
    }
    let template = TemplateDefinition::new(NAME, LANGUAGE, TemplateCategory::Utility)
        .body(TemplateBody::new("Hi {{1}}, order {{2}} is on its way.").example(["Zoë", "TX-1"]))
        .buttons([TemplateButton::url("Track", "https://example.com/track/{{1}}").example("TX-1")]);
    let create = CreateTemplate {
        waba_id: waba_id.to_owned(),
        template,
    };
    // The answer's category decides the price and the route. It may not be the one that was asked for.
    let created = client.call(credentials, &create).await?.body;
    println!("created {} as {:?}", created.id, created.category);
    let json = serde_json::json!({
        "id": created.id, "language": LANGUAGE,
        "status": created.status, "category": created.category,
    });
    Ok(serde_json::from_value(json)?)
}

pub(crate) async fn send(
    client: &GraphClient,
    credentials: &Credentials,
    number: &str,
    recipient: &str,
    category: &TemplateCategory,
) -> Outcome {
    let template = TemplateMessage::new(NAME, LANGUAGE)
        .body(["Zoë", "TX-1"])
        .url(0, "TX-1");
    let message = NewMessage::to(recipient).template(template);
    let sent = match category {
        TemplateCategory::Marketing => {
            let call = SendMarketing::new(number, &message);
            client.call(credentials, &call).await?
        }
        _ => {
            let call = SendMessage::new(number, &message);
            client.call(credentials, &call).await?
        }
    };
    // `held_for_quality_assessment` is not sent yet, and may end as a failure.
    println!("sent {} {:?}", sent.body.id, sent.body.message_status);
    Ok(())
}
