//! The second factor: codes of an authenticator app (RFC 6238), and recovery codes for a lost app.

use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use totp_rs::{Builder, Secret, Totp};
use url::form_urlencoded::byte_serialize;
use wabakit_domain::{
    Time,
    audit::{Actor, NewAuditEvent},
    identity::TokenHash,
    ids::{OrgId, UserId},
    second_factor::SecondFactor,
    secret::{Purpose, SecretBinding},
};
use wabakit_ports::store::SecondFactorEnd;

use super::{AuthService, throttle::Guesser};
use crate::{
    Caller, CallingPerson, Invalid, Origin, Revocation, ServiceError, audit::Trail,
    ports::hash_token,
};

const ISSUER: &str = "Wabakit";
const SECRET_BYTES: usize = 20;
const RECOVERY_CODES: usize = 10;
/// The bytes of a recovery code. 80 random bits cannot be guessed, so a plain hash is enough.
const RECOVERY_CODE_BYTES: usize = 10;
/// The longest code that is checked, blanks and hyphens included.
const CODE_AT_MOST: usize = 64;

/// The secret of an authenticator app that waits for its first code. It is shown once.
pub struct NewSecondFactor {
    /// The address that an authenticator app reads from a QR code.
    pub otpauth: SecretString,
    /// The secret in Base32, to type.
    pub secret: SecretString,
}

/// The proof of identity that a person gives: the password, and a code where one is needed.
#[derive(Clone)]
pub(crate) struct Proof<'a> {
    pub(crate) password: SecretString,
    pub(super) step: SecondStep<'a>,
}

impl<'a> Proof<'a> {
    /// Makes the proof of a person who signs in.
    pub(crate) const fn new(password: SecretString, code: Option<&'a SecretString>) -> Self {
        let step = SecondStep::Asked(code);
        Self { password, step }
    }
    /// Makes the proof of a person who is signed in. Only the password is checked.
    pub(super) const fn of_signed_in(password: SecretString) -> Self {
        let step = SecondStep::NotAsked;
        Self { password, step }
    }
}

/// The second step of a sign-in.
#[derive(Clone, Copy)]
pub(super) enum SecondStep<'a> {
    /// Only the password is checked, because the person is signed in.
    NotAsked,
    /// People with a second factor must give a code.
    Asked(Option<&'a SecretString>),
}

/// The result of checking a code.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Checked {
    /// The code is right, or none is needed.
    Right,
    /// A code is needed.
    Missing,
    /// The code is wrong, was used before, or is too old.
    Wrong,
}

impl AuthService {
    /// Returns the caller's second factor, if it is on.
    pub async fn two_factor(&self, caller: &Caller) -> Result<Option<SecondFactor>, ServiceError> {
        self.confirmed(caller.person()?.user).await
    }

    /// Makes a secret for the caller's authenticator app. Two-factor sign-in is on once the first code is confirmed.
    ///
    /// # Errors
    /// When the password is wrong; when two-factor sign-in is on already.
    pub async fn begin_two_factor(
        &self,
        caller: &Caller,
        password: SecretString,
    ) -> Result<NewSecondFactor, ServiceError> {
        let user = self
            .prove_caller(caller, Proof::of_signed_in(password))
            .await?;
        let mut bytes = [0; SECRET_BYTES];
        self.ports.random.fill(&mut bytes)?;
        let secret = SecretString::from(Secret::from(bytes).to_base32());
        let sealed = self.ports.vault.seal(binding(user.id), &secret).await?;
        let store = &self.ports.second_factors;
        store
            .begin_second_factor(user.id, sealed, self.ports.now())
            .await?;
        Ok(NewSecondFactor {
            otpauth: otpauth(&user.email, &secret),
            secret,
        })
    }

    /// Turns two-factor sign-in on with a first code, and returns the recovery codes. They are shown once.
    ///
    /// # Errors
    /// [`ServiceError::Invalid`] when the code is wrong; [`ServiceError::TooMany`] after ten wrong ones;
    /// [`ServiceError::Conflict`] when no secret waits for its first code.
    pub async fn confirm_two_factor(
        &self,
        caller: &Caller,
        code: &SecretString,
    ) -> Result<Vec<SecretString>, ServiceError> {
        let CallingPerson { user, session, .. } = caller.person()?;
        let waiting = self.ports.second_factors.second_factor(user).await?;
        let waiting = waiting.filter(|factor| factor.confirmed_at.is_none());
        let mut factor = waiting.ok_or_else(|| {
            ServiceError::Conflict("two_factor_not_begun", "No secret waits for a code.".into())
        })?;
        let now = self.ports.now();
        let whose = user.to_string();
        let guesser = Guesser::SignedIn(session);
        self.begin_try(&whose, guesser)?;
        let step = self.step_of(&factor, &canonical(code), now).await?;
        factor.last_step = Some(step.ok_or_else(wrong_code)?);
        self.throttle.succeeded(&whose, guesser);
        factor.confirmed_at = Some(now);
        let (codes, hashes) = self.recovery_codes()?;
        let events = self.person_events(user, "auth.two_factor_on", caller.request_id);
        let events = events.await?;
        let store = &self.ports.second_factors;
        match store.confirm_second_factor(factor, hashes, events).await? {
            true => Ok(codes),
            false => Err(wabakit_ports::store::StoreError::Conflict.into()),
        }
    }

    /// Replaces the recovery codes by ten new ones, and returns them. They are shown once.
    ///
    /// # Errors
    /// When the password is wrong; [`ServiceError::Conflict`] when two-factor sign-in is off.
    pub async fn renew_recovery_codes(
        &self,
        caller: &Caller,
        password: SecretString,
    ) -> Result<Vec<SecretString>, ServiceError> {
        let user = self
            .prove_caller(caller, Proof::of_signed_in(password))
            .await?
            .id;
        let (codes, hashes) = self.recovery_codes()?;
        let events = self.person_events(user, "auth.recovery_codes_made", caller.request_id);
        let events = events.await?;
        let store = &self.ports.second_factors;
        match store.replace_recovery_codes(user, hashes, events).await? {
            true => Ok(codes),
            false => Err(is_off()),
        }
    }

    /// Turns two-factor sign-in off. The person's other sign-ins end.
    ///
    /// # Errors
    /// When the password or the code is wrong; [`ServiceError::Conflict`] when it is off.
    pub async fn end_two_factor(
        &self,
        caller: &Caller,
        password: SecretString,
        code: &SecretString,
    ) -> Result<(), ServiceError> {
        let CallingPerson { user, session, .. } = caller.person()?;
        self.confirmed(user).await?.ok_or_else(is_off)?;
        let proof = Proof::new(password, Some(code));
        match self.prove_caller(caller, proof).await {
            Err(ServiceError::WrongCode | ServiceError::SecondFactorRequired) => {
                return Err(wrong_code());
            }
            proven => proven?,
        };
        let end = SecondFactorEnd {
            user,
            only_in: None,
            keep: Some(session),
            now: self.ports.now(),
            audit: self
                .person_events(user, "auth.two_factor_off", caller.request_id)
                .await?,
        };
        self.end_factor(end).await
    }

    /// Ends a second factor, and announces it to the WebSockets of the person's sign-ins.
    ///
    /// # Errors
    /// [`ServiceError::Conflict`] when it is off.
    pub(crate) async fn end_factor(&self, end: SecondFactorEnd) -> Result<(), ServiceError> {
        let user = end.user;
        match self.ports.second_factors.end_second_factor(end).await? {
            true => {
                self.revoke(Revocation::Person(user)).await;
                Ok(())
            }
            false => Err(is_off()),
        }
    }

    /// Checks the second step of a person whose password is right.
    pub(super) async fn check_second_step(
        &self,
        user: UserId,
        step: SecondStep<'_>,
        origin: &Origin,
    ) -> Result<Checked, ServiceError> {
        let SecondStep::Asked(code) = step else {
            return Ok(Checked::Right);
        };
        let Some(factor) = self.confirmed(user).await? else {
            return Ok(Checked::Right);
        };
        let Some(code) = code.map(canonical).filter(|code| !code.is_empty()) else {
            return Ok(Checked::Missing);
        };
        let is_right = if is_of_app(&code) {
            match self.step_of(&factor, &code, self.ports.now()).await? {
                Some(step) => self.ports.second_factors.accept_step(user, step).await?,
                None => false,
            }
        } else {
            let hash = hash_token(&code);
            let events = self.person_events(user, "auth.recovery_code_used", origin.request_id);
            let events = events.await?;
            let store = &self.ports.second_factors;
            store.use_recovery_code(user, hash, events).await?
        };
        Ok(if is_right {
            Checked::Right
        } else {
            Checked::Wrong
        })
    }

    async fn confirmed(&self, user: UserId) -> Result<Option<SecondFactor>, ServiceError> {
        let factor = self.ports.second_factors.second_factor(user).await?;
        Ok(factor.filter(|factor| factor.confirmed_at.is_some()))
    }

    /// Finds the time step that a code belongs to: the current one, the one before or the next.
    async fn step_of(
        &self,
        factor: &SecondFactor,
        code: &str,
        now: Time,
    ) -> Result<Option<i64>, ServiceError> {
        let binding = binding(factor.user);
        let secret = self.ports.vault.open(binding, &factor.secret).await?;
        let seconds = u64::try_from(now.timestamp()).unwrap_or_default();
        let step = totp(&secret)?.check(code, seconds);
        Ok(step.and_then(|step| i64::try_from(step).ok()))
    }

    fn recovery_codes(&self) -> Result<(Vec<SecretString>, Vec<TokenHash>), ServiceError> {
        let mut codes = Vec::new();
        for _ in 0..RECOVERY_CODES {
            let mut bytes = [0; RECOVERY_CODE_BYTES];
            self.ports.random.fill(&mut bytes)?;
            codes.push(Secret::from(bytes).to_base32());
        }
        let hashes = codes.iter().map(|code| hash_token(code)).collect();
        let shown = codes.iter().map(|code| in_fours(code).into()).collect();
        Ok((shown, hashes))
    }

    /// Makes an audit entry for each organisation of a person.
    async fn person_events(
        &self,
        user: UserId,
        action: &str,
        request_id: Option<uuid::Uuid>,
    ) -> Result<Vec<NewAuditEvent>, ServiceError> {
        let orgs = self.ports.identity.memberships(user).await?;
        let event = |org: OrgId| {
            let trail = Trail::by(&self.ports, org, Actor::User(user), request_id);
            trail.event(action, ("user", user), &json!({}))
        };
        Ok(orgs.iter().map(|(org, _)| event(org.id)).collect())
    }
}

const fn binding(user: UserId) -> SecretBinding {
    SecretBinding::person(user, Purpose::TotpSecret)
}

fn is_off() -> ServiceError {
    ServiceError::Conflict("two_factor_off", "Two-factor sign-in is off.".into())
}

fn wrong_code() -> ServiceError {
    let detail = "This code is wrong or was used: wait for the app's next one.";
    Invalid::new("/code", detail).into()
}

/// Returns a code without blanks and hyphens, in capitals.
fn canonical(code: &SecretString) -> String {
    let code = code.expose_secret();
    if code.len() > CODE_AT_MOST {
        return "too long".to_owned();
    }
    let kept = code.chars().filter(|c| !c.is_whitespace() && *c != '-');
    kept.collect::<String>().to_uppercase()
}

fn is_of_app(code: &str) -> bool {
    code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit())
}

fn in_fours(code: &str) -> String {
    let mut shown = String::new();
    for (at, letter) in code.chars().enumerate() {
        if at > 0 && at % 4 == 0 {
            shown.push('-');
        }
        shown.push(letter);
    }
    shown
}

/// Makes the generator of codes: SHA-1, six digits, 30 seconds and one step of tolerance, which every authenticator app
/// supports.
fn totp(secret: &SecretString) -> Result<Totp, ServiceError> {
    let secret = Secret::try_from_base32(secret.expose_secret());
    let secret =
        secret.map_err(|_| ServiceError::internal("a second factor's secret is not Base32"))?;
    let totp = Builder::new().with_secret(secret).build();
    totp.map_err(|_| ServiceError::internal("a second factor's secret is too short"))
}

fn otpauth(email: &str, secret: &SecretString) -> SecretString {
    let account: String = byte_serialize(email.as_bytes()).collect();
    let secret = secret.expose_secret();
    format!(
        "otpauth://totp/{ISSUER}:{account}?secret={secret}&issuer={ISSUER}&algorithm=SHA1&digits=6&period=30"
    )
    .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The codes are the last six digits of those in RFC 6238, appendix B.
    #[test]
    fn a_code_is_the_one_of_the_standard() {
        let secret = Secret::from(*b"12345678901234567890").to_base32().into();
        for (time, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_234_567_890, "005924"),
            (20_000_000_000, "353130"),
        ] {
            let totp = totp(&secret).unwrap();
            assert_eq!(totp.check(code, time), Some(time / 30));
            assert_eq!(totp.check(code, time + 30), Some(time / 30));
            assert_eq!(totp.check(code, time + 60), None, "the step before last");
        }
    }

    #[test]
    fn a_code_is_read_as_people_type_it() {
        let read = |typed: &str| canonical(&typed.into());
        assert_eq!(read(" 123 456 "), "123456");
        assert_eq!(read("abcd-efgh ijkl-MNOP"), "ABCDEFGHIJKLMNOP");
        assert_eq!(in_fours("ABCDEFGHIJKLMNOP"), "ABCD-EFGH-IJKL-MNOP");
        assert!(is_of_app("000000") && !is_of_app("00000a") && !is_of_app("١٢٣"));
        assert!(!is_of_app(&read(&"1".repeat(65))));
    }

    #[test]
    fn an_address_with_signs_makes_a_readable_uri() {
        let uri = otpauth("a+b@c.example", &"GEZDGNBV".into());
        assert!(
            uri.expose_secret()
                .starts_with("otpauth://totp/Wabakit:a%2Bb%40c.example?secret=GEZDGNBV&")
        );
    }
}
