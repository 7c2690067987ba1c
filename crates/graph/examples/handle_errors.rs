//! Sends a message, and does what each kind of error asks for.
#![allow(clippy::print_stdout, reason = "an example shows what it did")]

mod common;

use std::time::Duration;

use common::{Outcome, connect, setting};
use wabakit_graph::endpoints::SendMessage;
use wabakit_graph::messages::{NewMessage, TemplateMessage};
use wabakit_graph::{Credentials, ErrorKind, GraphClient, GraphError, RetryAdvice};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Outcome {
    let (client, credentials) = connect()?;
    let (number, recipient) = (setting("PHONE_NUMBER_ID")?, setting("RECIPIENT")?);
    let done = run(&client, &credentials, &number, &recipient).await?;
    println!("{done:?}");
    Ok(())
}

/// The outcome of the message.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Done {
    /// Meta took it under this id.
    Sent(String),
    /// Nobody knows yet. The status webhook with our `callback_data` will tell.
    InDoubt,
    /// Meta will not take it, for this reason.
    Refused(ErrorKind),
}

pub(crate) async fn run(
    client: &GraphClient,
    credentials: &Credentials,
    number: &str,
    recipient: &str,
) -> Result<Done, GraphError> {
    let text = NewMessage::to(recipient)
        .text("Your table is ready.")
        .callback_data("table-7");
    let template = NewMessage::to(recipient)
        .template(TemplateMessage::new("table_ready", "en_US"))
        .callback_data("table-7");
    let mut message = &text;
    let mut attempts = 0;
    loop {
        attempts += 1;
        let error = match client
            .call(credentials, &SendMessage::new(number, message))
            .await
        {
            Ok(sent) => return Ok(Done::Sent(sent.body.id)),
            Err(error) => error,
        };
        match error.advice() {
            RetryAdvice::After(wait) if wait <= Duration::from_secs(60) && attempts < 5 => {
                tokio::time::sleep(wait * 2_u32.pow(attempts - 1)).await;
            }
            // The next request could be a second message.
            RetryAdvice::CheckFirst => return Ok(Done::InDoubt),
            RetryAdvice::ChangeRequest
                if error.kind() == ErrorKind::WindowClosed && attempts == 1 =>
            {
                message = &template;
            }
            RetryAdvice::Reauthorise => return Err(error),
            _ => return Ok(Done::Refused(error.kind())),
        }
    }
}
