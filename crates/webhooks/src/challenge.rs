//! The challenge by which Meta verifies a callback address.

use ring::hmac;
use thiserror::Error;
use url::form_urlencoded;
use wabakit_domain::secret::{ExposeSecret, SecretString};

/// The reason why a challenge is refused. Meta gets a 403 for each of them.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Error)]
pub enum ChallengeRefusal {
    /// `hub.mode` is missing, or is not `subscribe`.
    #[error("hub.mode is not subscribe")]
    WrongMode,
    /// `hub.verify_token` is missing.
    #[error("hub.verify_token is missing")]
    MissingToken,
    /// `hub.verify_token` is not one of the accepted tokens.
    #[error("hub.verify_token is not one of ours")]
    WrongToken,
    /// `hub.challenge` is missing or empty.
    #[error("hub.challenge is missing")]
    MissingChallenge,
}

/// Checks the `GET` by which Meta verifies a callback address. Returns the text to send back unchanged, as
/// text/plain.
///
/// `query` is the URL's query without `?`. An empty accepted token accepts nothing. The time of the comparison
/// reveals neither where tokens differ nor which one matched.
///
/// # Errors
/// [`ChallengeRefusal`], in the order of its variants.
pub fn challenge<'s>(
    query: &str,
    accepted: impl IntoIterator<Item = &'s SecretString>,
) -> Result<String, ChallengeRefusal> {
    let parameter = |name: &str| {
        form_urlencoded::parse(query.as_bytes())
            .find(|(key, _)| key == name)
            .map(|(_, value)| value)
    };
    if parameter("hub.mode").as_deref() != Some("subscribe") {
        return Err(ChallengeRefusal::WrongMode);
    }
    let given = parameter("hub.verify_token").ok_or(ChallengeRefusal::MissingToken)?;
    if !is_any(&given, accepted) {
        return Err(ChallengeRefusal::WrongToken);
    }
    parameter("hub.challenge")
        .filter(|challenge| !challenge.is_empty())
        .map(Into::into)
        .ok_or(ChallengeRefusal::MissingChallenge)
}

/// Compares HMAC tags of the texts instead of the texts, so that the time shows not even their lengths.
fn is_any<'s>(given: &str, accepted: impl IntoIterator<Item = &'s SecretString>) -> bool {
    let key = hmac::Key::new(hmac::HMAC_SHA256, b"webhook verify token");
    let tag = hmac::sign(&key, given.as_bytes());
    accepted
        .into_iter()
        .map(ExposeSecret::expose_secret)
        .filter(|token| !token.is_empty())
        .fold(false, |matched, token| {
            hmac::verify(&key, token.as_bytes(), tag.as_ref()).is_ok() | matched
        })
}
