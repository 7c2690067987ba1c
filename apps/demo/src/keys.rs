//! The demo's own keys: generated once, stored beside its data, readable by this user only.

use std::{
    fs,
    io::Write,
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::Path,
};

use base64::{Engine, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};
use thiserror::Error;
use wabakit_ports::system::{Random, RandomUnavailable};
use wabakit_server::SystemRandom;

#[derive(Serialize, Deserialize)]
pub(crate) struct Keys {
    pub(crate) encryption_key: String,
    pub(crate) jwt_secret: String,
}

#[derive(Debug, Error)]
pub(crate) enum KeysError {
    #[error("the demo's folder cannot be used: {0}")]
    Io(#[from] std::io::Error),
    #[error(
        "demo-keys.json in the demo's folder cannot be read ({0}): remove the whole folder to begin anew"
    )]
    Malformed(#[from] serde_json::Error),
    #[error(transparent)]
    Random(#[from] RandomUnavailable),
}

pub(crate) fn load_or_make(folder: &Path) -> Result<Keys, KeysError> {
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)?;
    let path = folder.join("demo-keys.json");
    match fs::read(&path) {
        Ok(bytes) => Ok(serde_json::from_slice(&bytes)?),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let keys = Keys {
                encryption_key: format!("base64:{}", random_base64()?),
                jwt_secret: random_base64()?,
            };
            // Written to another file and renamed: a crash leaves either no keys or complete ones.
            let fresh = folder.join("demo-keys.json.new");
            let mut file = fs::OpenOptions::new()
                .write(true)
                .create(true)
                .truncate(true)
                .mode(0o600)
                .open(&fresh)?;
            file.write_all(&serde_json::to_vec(&keys)?)?;
            file.sync_all()?;
            fs::rename(&fresh, &path)?;
            Ok(keys)
        }
        Err(error) => Err(error.into()),
    }
}

fn random_base64() -> Result<String, KeysError> {
    let mut bytes = [0; 32];
    SystemRandom::default().fill(&mut bytes)?;
    Ok(STANDARD.encode(bytes))
}
