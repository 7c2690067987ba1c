//! Argon2id password hashes. Hashing is slow on purpose, so it runs on blocking threads, two at a time.

use std::sync::Arc;

use argon2::{Argon2, PasswordHasher as _, PasswordVerifier as _, password_hash::phc};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Semaphore;
use wabakit_domain::identity::PasswordHash;
use wabakit_ports::system::Random;

use super::common::is_common;
use crate::{Invalid, ServiceError};

/// The most hashes computed at the same time. Each takes 19 MiB.
const AT_ONCE: usize = 2;

/// Hashes and verifies passwords with Argon2id at the OWASP minimum (19 MiB, two passes).
#[derive(Clone)]
pub struct PasswordHasher {
    random: Arc<dyn Random>,
    slots: Arc<Semaphore>,
}

impl PasswordHasher {
    /// Creates a hasher that takes its salts from `random`.
    pub fn new(random: Arc<dyn Random>) -> Self {
        Self {
            random,
            slots: Arc::new(Semaphore::new(AT_ONCE)),
        }
    }

    /// Hashes a password.
    pub async fn hash(&self, password: SecretString) -> Result<PasswordHash, ServiceError> {
        let mut salt = [0; 16];
        self.random.fill(&mut salt)?;
        self.run(move || {
            let hash: phc::PasswordHash = Argon2::default()
                .hash_password_with_salt(password.expose_secret().as_bytes(), &salt)
                .map_err(|error| ServiceError::internal(error.to_string()))?;
            Ok(PasswordHash(SecretString::from(hash.to_string())))
        })
        .await
    }

    /// Compares a password with a hash. Without a hash (an unknown person) it does the same work and returns false, so
    /// that the time does not reveal who exists.
    pub async fn verify(
        &self,
        password: SecretString,
        hash: Option<PasswordHash>,
    ) -> Result<bool, ServiceError> {
        let Some(hash) = hash else {
            self.hash(password).await?;
            return Ok(false);
        };
        self.run(move || {
            Ok(Argon2::default()
                .verify_password(password.expose_secret().as_bytes(), hash.0.expose_secret())
                .is_ok())
        })
        .await
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, ServiceError> + Send + 'static,
    ) -> Result<T, ServiceError> {
        let _slot = self.slots.acquire().await.map_err(ServiceError::internal)?;
        tokio::task::spawn_blocking(work)
            .await
            .map_err(ServiceError::internal)?
    }
}

/// Requires a password of 12 to 200 characters that is not easy to guess.
pub(crate) fn checked_password(password: &SecretString, pointer: &str) -> Result<(), Invalid> {
    let length = password.expose_secret().chars().count();
    if !(12..=200).contains(&length) {
        return Err(Invalid::new(
            pointer,
            "A password has 12 to 200 characters.",
        ));
    }
    if is_common(password.expose_secret()) {
        return Err(Invalid::new(
            pointer,
            "This password is easy to guess: choose one without a common word, a row of keys or a repetition.",
        ));
    }
    Ok(())
}
