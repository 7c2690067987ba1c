use wabakit_ports::{store::DataKeyStore, system::Random};

use crate::{StartError, keyring::SALT};

const SETTING: &str = "passphrase_salt";

/// The database's salt for passphrases, made at the first call. It is no secret, but without it a passphrase
/// gives another key.
///
/// # Errors
/// [`StartError::DamagedSalt`] when what is stored is no salt; [`StartError::Store`] and
/// [`StartError::Random`] when it cannot be read or made.
pub async fn passphrase_salt(
    store: &dyn DataKeyStore,
    random: &dyn Random,
) -> Result<[u8; SALT], StartError> {
    let stored = match store.vault_setting(SETTING).await? {
        Some(salt) => salt,
        None => {
            let mut salt = vec![0; SALT];
            random.fill(&mut salt)?;
            store.init_vault_setting(SETTING, salt).await?
        }
    };
    stored.try_into().map_err(|_| StartError::DamagedSalt)
}
