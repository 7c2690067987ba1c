//! Signing in: passwords, second factors, tokens and throttling.

mod access_token;
mod cache;
mod common;
mod device;
mod password;
mod second_factor;
mod service;
mod sign_ins;
mod throttle;

pub use password::PasswordHasher;
pub(crate) use password::checked_password;
pub use second_factor::NewSecondFactor;
pub(crate) use second_factor::Proof;
pub use service::{AuthService, AuthSettings, Credentials, Revocation, SignedIn};
pub(crate) use throttle::{Guesser, Throttle};

use crate::Invalid;

/// Checks and lower-cases an email address. It refuses only texts that cannot be an address: a mailed link proves the
/// rest.
pub(crate) fn checked_email(email: &str, pointer: &str) -> Result<String, Invalid> {
    let email = email.trim().to_lowercase();
    let plausible = email.len() <= 254
        && !email.chars().any(|c| c.is_whitespace() || c.is_control())
        && email.split_once('@').is_some_and(|(local, host)| {
            !local.is_empty() && !host.is_empty() && !host.contains('@')
        });
    if plausible {
        Ok(email)
    } else {
        Err(Invalid::new(pointer, "This is not an email address."))
    }
}
