//! The settings that all examples read from the environment.
//!
//! | variable | holds |
//! |---|---|
//! | `ACCESS_TOKEN` | the token of a system user |
//! | `PHONE_NUMBER_ID` | Meta's id of the sending number |
//! | `WABA_ID` | the WhatsApp Business Account |
//! | `RECIPIENT` | a phone number with country code |
//! | `GRAPH_URL` | where the Graph API is; `https://graph.facebook.com` if it is not set |

use std::error::Error;

use wabakit_graph::{AccessToken, Credentials, GraphClient};

pub(crate) type Outcome = Result<(), Box<dyn Error + Send + Sync>>;

#[allow(
    clippy::disallowed_methods,
    reason = "a program's settings come from the environment"
)]
pub(crate) fn setting(name: &str) -> Result<String, String> {
    std::env::var(name).map_err(|_| format!("set {name}"))
}

pub(crate) fn connect() -> Result<(GraphClient, Credentials), Box<dyn Error + Send + Sync>> {
    let mut client = GraphClient::builder();
    if let Ok(url) = setting("GRAPH_URL") {
        client = client.base_url(url);
    }
    let token = AccessToken::new(setting("ACCESS_TOKEN")?);
    Ok((client.build()?, Credentials::bearer(token)))
}
