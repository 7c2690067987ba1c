//! The challenge that a callback must pass before it gets webhooks.

use std::time::Duration;

use url::Url;

/// The time that the callback has to answer.
const LIMIT: Duration = Duration::from_secs(6);

/// A callback to challenge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Challenge {
    pub(crate) url: String,
    pub(crate) verify_token: String,
}

/// Challenges the callback, and returns what was wrong with its answer.
pub(crate) async fn answer_is_right(
    client: &reqwest::Client,
    challenge: &Challenge,
    number: &str,
) -> Result<(), String> {
    let invalid = |_| "The callback URL is not valid".to_owned();
    let mut url = Url::parse(&challenge.url).map_err(invalid)?;
    url.query_pairs_mut()
        .append_pair("hub.mode", "subscribe")
        .append_pair("hub.challenge", number)
        .append_pair("hub.verify_token", &challenge.verify_token);
    let asked = async {
        let answer = client.get(url).send().await?;
        let status = answer.status();
        Ok::<_, reqwest::Error>((status, answer.text().await?))
    };
    let (status, text) = match tokio::time::timeout(LIMIT, asked).await {
        Err(_) => return Err("The callback did not answer in time".to_owned()),
        Ok(Err(_)) => return Err("The callback could not be reached".to_owned()),
        Ok(Ok(answer)) => answer,
    };
    if status.as_u16() != 200 {
        let reason = status.canonical_reason().unwrap_or_default();
        let code = status.as_u16();
        return Err(format!(
            "HTTP Status Code = {code}; HTTP Message = {reason}"
        ));
    }
    if text.trim() != number {
        return Err("HTTP Status Code = 200; the challenge was not returned".to_owned());
    }
    Ok(())
}
