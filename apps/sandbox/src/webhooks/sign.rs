//! `X-Hub-Signature-256` and the older `X-Hub-Signature`, over the exact bytes that are sent.

use ring::hmac;
use serde::{Deserialize, Serialize};

/// The signature of a delivery.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Signing {
    /// Made with the app's secret.
    #[default]
    Right,
    /// Made with another secret.
    Wrong,
    /// No signature header.
    Missing,
    /// A header that is not a signature.
    Malformed,
    /// Made with this secret.
    Secret(String),
}

/// Makes the signature headers of a body.
pub(super) fn headers(
    signing: &Signing,
    app_secret: &str,
    body: &[u8],
) -> Vec<(&'static str, String)> {
    let secret = match signing {
        Signing::Missing => return Vec::new(),
        Signing::Malformed => {
            return vec![("X-Hub-Signature-256", "sha256=not-a-signature".to_owned())];
        }
        Signing::Right => app_secret,
        Signing::Wrong => "a secret that no app has",
        Signing::Secret(secret) => secret,
    };
    let hex = |algorithm| {
        let key = hmac::Key::new(algorithm, secret.as_bytes());
        hex::encode(hmac::sign(&key, body))
    };
    let new = hex(hmac::HMAC_SHA256);
    let old = hex(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY);
    vec![
        ("X-Hub-Signature-256", format!("sha256={new}")),
        ("X-Hub-Signature", format!("sha1={old}")),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_signatures_come_out() {
        let body = b"what do ya want for nothing?";
        let headers = headers(&Signing::Secret("Jefe".to_owned()), "", body);
        assert_eq!(
            headers,
            [
                (
                    "X-Hub-Signature-256",
                    "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
                        .to_owned()
                ),
                (
                    "X-Hub-Signature",
                    "sha1=effcdf6ae5eb2fa2d27416d5f184df9c259a7c79".to_owned()
                ),
            ]
        );
    }
}
