//! Lists the templates of a WABA as a stream.
#![allow(clippy::print_stdout, reason = "an example shows what it did")]

mod common;

use std::pin::pin;

use common::{Outcome, connect, setting};
use futures::TryStreamExt as _;
use wabakit_graph::endpoints::ListTemplates;
use wabakit_graph::{Credentials, GraphClient, PageOptions};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Outcome {
    let (client, credentials) = connect()?;
    run(&client, &credentials, &setting("WABA_ID")?).await
}

pub(crate) async fn run(client: &GraphClient, credentials: &Credentials, waba_id: &str) -> Outcome {
    // One call for each page, made when the stream gets there.
    let options = PageOptions {
        limit: Some(20),
        ..PageOptions::default()
    };
    let list = client.items(credentials.clone(), ListTemplates::new(waba_id), options);
    let mut list = pin!(list);
    while let Some(template) = list.try_next().await? {
        let name = template.name.unwrap_or_default();
        let language = template.language.unwrap_or_default();
        println!(
            "{name} {language} {:?} {:?}",
            template.status, template.category
        );
    }
    Ok(())
}
