//! A vault without encryption that checks each value's binding like the real one.

use async_trait::async_trait;
use wabakit_domain::secret::{ExposeSecret, SealedSecret, SecretBinding, SecretString};
use wabakit_ports::vault::{Vault, VaultError};

pub(crate) struct GlassVault;

fn label(binding: SecretBinding) -> String {
    format!(
        "{}/{}/{}|",
        binding.org,
        binding.subject,
        binding.purpose.as_str()
    )
}

#[async_trait]
impl Vault for GlassVault {
    async fn seal(
        &self,
        binding: SecretBinding,
        secret: &SecretString,
    ) -> Result<SealedSecret, VaultError> {
        let open = label(binding) + secret.expose_secret();
        Ok(SealedSecret::new(open.bytes().map(|b| b ^ 0x55).collect()))
    }

    async fn open(
        &self,
        binding: SecretBinding,
        sealed: &SealedSecret,
    ) -> Result<SecretString, VaultError> {
        let bytes = sealed.as_bytes().iter().map(|b| b ^ 0x55).collect();
        let open = String::from_utf8(bytes).map_err(|_| VaultError::CannotOpen)?;
        let secret = open.strip_prefix(&label(binding));
        Ok(secret.ok_or(VaultError::CannotOpen)?.into())
    }
}
