//! Seals and opens secrets.

use async_trait::async_trait;
use wabakit_domain::secret::{SealedSecret, SecretBinding, SecretString};

use crate::store::StoreError;

/// Seals secrets, bound to owner, subject and purpose, and opens them again.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait Vault: Send + Sync {
    /// Seals a secret for this binding. The owner's data key is created at its first use.
    ///
    /// # Errors
    /// [`VaultError::Store`] when the data key cannot be read or stored; [`VaultError::UnknownKey`] when it
    /// is wrapped by a ring key that is not configured.
    async fn seal(
        &self,
        binding: SecretBinding,
        secret: &SecretString,
    ) -> Result<SealedSecret, VaultError>;

    /// Opens a sealed secret.
    ///
    /// # Errors
    /// [`VaultError::CannotOpen`] when it was changed, or sealed for another binding: quarantine its holder. The
    /// others as for sealing.
    async fn open(
        &self,
        binding: SecretBinding,
        sealed: &SealedSecret,
    ) -> Result<SecretString, VaultError>;
}

/// The reason why the vault could not seal or open.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// The value does not open: it was changed, or sealed for another binding.
    #[error("the sealed value does not open")]
    CannotOpen,
    /// The data key, or the ring key that wraps it, is not known in this process.
    #[error("the key that sealed the value is not in the key ring")]
    UnknownKey,
    /// No randomness.
    #[error(transparent)]
    Random(#[from] crate::system::RandomUnavailable),
    /// The data keys could not be read or stored. Try again.
    #[error(transparent)]
    Store(#[from] StoreError),
}
