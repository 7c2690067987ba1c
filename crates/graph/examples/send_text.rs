//! Sends a text message, and then one with buttons. The person must have written in the last 24 hours.
#![allow(clippy::print_stdout, reason = "an example shows what it did")]

mod common;

use common::{Outcome, connect, setting};
use wabakit_graph::endpoints::SendMessage;
use wabakit_graph::messages::{InteractiveMessage, NewMessage, TextContent};
use wabakit_graph::{Credentials, GraphClient};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Outcome {
    let (client, credentials) = connect()?;
    let (number, recipient) = (setting("PHONE_NUMBER_ID")?, setting("RECIPIENT")?);
    run(&client, &credentials, &number, &recipient).await
}

pub(crate) async fn run(
    client: &GraphClient,
    credentials: &Credentials,
    number: &str,
    recipient: &str,
) -> Outcome {
    let text =
        TextContent::new("Your table is ready: https://example.com/table/7").preview_url(true);
    let text = NewMessage::to(recipient).text(text);
    let sent = client
        .call(credentials, &SendMessage::new(number, &text))
        .await?;
    println!("sent {}", sent.body.id);

    let question = InteractiveMessage::buttons(
        "Will you come?",
        [("yes", "Yes"), ("later", "In ten minutes")],
    );
    let question = NewMessage::to(recipient)
        .interactive(question)
        .reply_to(sent.body.id)
        .callback_data("table-7");
    let sent = client
        .call(credentials, &SendMessage::new(number, &question))
        .await?;
    println!("sent {}", sent.body.id);
    Ok(())
}
