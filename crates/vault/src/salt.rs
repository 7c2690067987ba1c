use wabakit_ports::{store::DataKeyStore, system::Random};

use crate::{VaultStartError, keyring::SALT};

const SETTING: &str = "passphrase_salt";

/// Returns the database's salt for passphrases, and creates it at the first call. The salt is no secret, but without
/// it a passphrase gives another key.
///
/// # Errors
/// [`VaultStartError::DamagedSalt`] when the stored value is not a salt; [`VaultStartError::Store`] and
/// [`VaultStartError::Random`] when it cannot be read or created.
pub async fn passphrase_salt(
    store: &dyn DataKeyStore,
    random: &dyn Random,
) -> Result<[u8; SALT], VaultStartError> {
    let stored = match store.vault_setting(SETTING).await? {
        Some(salt) => salt,
        None => {
            let mut salt = vec![0; SALT];
            random.fill(&mut salt)?;
            store.init_vault_setting(SETTING, salt).await?
        }
    };
    stored.try_into().map_err(|_| VaultStartError::DamagedSalt)
}
