//! Access tokens: JWTs of 15 minutes, signed with HS256, that name a sign-in. The person and the role are read from
//! the database, so nothing else in the token is trusted.

use chrono::Duration;
use jsonwebtoken::{
    Algorithm, DecodingKey, EncodingKey, Header, Validation,
    crypto::{CryptoProvider, JwtSigner, JwtVerifier, KeyUtils},
    errors::{Error, ErrorKind},
    signature::{self, Signer, Verifier},
};
use ring::hmac;
use serde::{Deserialize, Serialize};
use wabakit_domain::{Time, ids::AuthSessionId};

use crate::ServiceError;

/// The lifetime of an access token.
pub(crate) const LIFETIME: Duration = Duration::minutes(15);
const ISSUER: &str = "wabakit";

#[derive(Serialize, Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    sid: AuthSessionId,
    iat: i64,
    exp: i64,
}

pub(crate) struct AccessTokens {
    encoding: EncodingKey,
    decoding: DecodingKey,
    validation: Validation,
}

impl AccessTokens {
    pub(crate) fn new(secret: &[u8]) -> Self {
        // A provider that the host process installed earlier supports HS256 as well.
        let _ = PROVIDER.install_default();
        let mut validation = Validation::new(Algorithm::HS256);
        validation.set_issuer(&[ISSUER]);
        validation.set_required_spec_claims(&["exp", "iss"]);
        // The expiry is checked below, against our own clock.
        validation.validate_exp = false;
        Self {
            encoding: EncodingKey::from_secret(secret),
            decoding: DecodingKey::from_secret(secret),
            validation,
        }
    }

    pub(crate) fn issue(
        &self,
        user: &str,
        session: AuthSessionId,
        now: Time,
    ) -> Result<String, ServiceError> {
        let claims = Claims {
            iss: ISSUER.to_owned(),
            sub: user.to_owned(),
            sid: session,
            iat: now.timestamp(),
            exp: (now + LIFETIME).timestamp(),
        };
        jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &self.encoding)
            .map_err(ServiceError::internal)
    }

    /// Returns the sign-in that a token names, if we signed it and it has not expired.
    pub(crate) fn session(&self, token: &str, now: Time) -> Option<AuthSessionId> {
        let claims = jsonwebtoken::decode::<Claims>(token, &self.decoding, &self.validation)
            .ok()?
            .claims;
        (claims.exp > now.timestamp()).then_some(claims.sid)
    }
}

static PROVIDER: CryptoProvider = CryptoProvider {
    signer_factory: |algorithm, key| {
        require_hs256(*algorithm)?;
        Ok(Box::new(Hs256(hmac::Key::new(
            hmac::HMAC_SHA256,
            key.as_bytes(),
        ))))
    },
    verifier_factory: |algorithm, key| {
        require_hs256(*algorithm)?;
        Ok(Box::new(Hs256(hmac::Key::new(
            hmac::HMAC_SHA256,
            key.try_get_as_bytes()?,
        ))))
    },
    key_utils: KeyUtils::new_unimplemented(),
};

fn require_hs256(algorithm: Algorithm) -> Result<(), Error> {
    if algorithm == Algorithm::HS256 {
        Ok(())
    } else {
        Err(ErrorKind::InvalidAlgorithm.into())
    }
}

struct Hs256(hmac::Key);

impl Signer<Vec<u8>> for Hs256 {
    fn try_sign(&self, message: &[u8]) -> Result<Vec<u8>, signature::Error> {
        Ok(hmac::sign(&self.0, message).as_ref().to_vec())
    }
}
impl Verifier<Vec<u8>> for Hs256 {
    fn verify(&self, message: &[u8], tag: &Vec<u8>) -> Result<(), signature::Error> {
        hmac::verify(&self.0, message, tag).map_err(|_| signature::Error::new())
    }
}
impl JwtSigner for Hs256 {
    fn algorithm(&self) -> Algorithm {
        Algorithm::HS256
    }
}
impl JwtVerifier for Hs256 {
    fn algorithm(&self) -> Algorithm {
        Algorithm::HS256
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use uuid::Uuid;

    use super::*;

    const SECRET: &[u8] = b"a secret of the test's own, 32 bytes";

    #[test]
    fn a_token_names_its_session_until_it_ends_and_only_under_its_secret() {
        let now = DateTime::from_timestamp(1_700_000_000, 0).unwrap();
        let session = AuthSessionId(Uuid::from_u128(7));
        let tokens = AccessTokens::new(SECRET);
        let token = tokens.issue("u", session, now).unwrap();
        assert_eq!(tokens.session(&token, now), Some(session));
        assert_eq!(tokens.session(&token, now + LIFETIME), None);
        assert_eq!(AccessTokens::new(b"another").session(&token, now), None);
        assert_eq!(tokens.session(&format!("{token}x"), now), None);
    }

    #[test]
    fn a_token_without_a_signature_is_refused() {
        let now = DateTime::from_timestamp(1_700_000_000, 0).unwrap();
        let tokens = AccessTokens::new(SECRET);
        let token = tokens
            .issue("u", AuthSessionId(Uuid::from_u128(7)), now)
            .unwrap();
        let claims = token.split('.').nth(1).unwrap();
        // {"alg":"none"}
        let unsigned = format!("eyJhbGciOiJub25lIn0.{claims}.");
        assert_eq!(tokens.session(&unsigned, now), None);
    }
}
