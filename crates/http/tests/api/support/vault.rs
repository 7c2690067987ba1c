//! A vault of glass: what it holds can be seen, so that a test can look for it elsewhere.

use async_trait::async_trait;
use wabakit_domain::secret::{ExposeSecret, SealedSecret, SecretBinding, SecretString};
use wabakit_ports::vault::{Vault, VaultError};

pub struct GlassVault;

pub fn opened(sealed: &SealedSecret) -> String {
    String::from_utf8(sealed.as_bytes().to_vec()).unwrap()
}

#[async_trait]
impl Vault for GlassVault {
    async fn seal(
        &self,
        _: SecretBinding,
        secret: &SecretString,
    ) -> Result<SealedSecret, VaultError> {
        Ok(SealedSecret::new(
            secret.expose_secret().as_bytes().to_vec(),
        ))
    }

    async fn open(
        &self,
        _: SecretBinding,
        sealed: &SealedSecret,
    ) -> Result<SecretString, VaultError> {
        Ok(opened(sealed).into())
    }
}
