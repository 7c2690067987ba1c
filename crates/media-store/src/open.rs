//! Opens a store from its settings.

use std::{fs, io, path::Path, sync::Arc, time::Duration};

use object_store::{
    BackoffConfig, RetryConfig,
    aws::{AmazonS3, AmazonS3Builder},
    local::LocalFileSystem,
    path::Path as Key,
};
use secrecy::ExposeSecret as _;
use thiserror::Error;

use crate::{MediaStore, MediaStoreConfig, S3Config, http::Connector};

/// A store that cannot be opened.
#[derive(Debug, Error)]
pub enum OpenError {
    /// The folder cannot be created, or the path is not a folder.
    #[error("the media folder cannot be used: {0}")]
    Folder(#[source] io::Error),
    /// The library refuses a setting.
    #[error("the media store cannot be used: {0}")]
    Settings(#[source] object_store::Error),
}

impl MediaStore {
    /// Opens a store. Creates a missing folder. Needs no network.
    ///
    /// # Errors
    /// [`OpenError`] for a folder or a setting that cannot be used.
    pub fn open(config: MediaStoreConfig) -> Result<Self, OpenError> {
        match config {
            MediaStoreConfig::Folder(path) => {
                make_private(&path).map_err(OpenError::Folder)?;
                let folder = LocalFileSystem::new_with_prefix(&path);
                let folder = folder.map_err(OpenError::Settings)?.with_fsync(true);
                Ok(Self::new(Arc::new(folder), Key::default()))
            }
            MediaStoreConfig::S3(config) => {
                let prefix = Key::from(config.prefix.as_str());
                let bucket = bucket(config).map_err(OpenError::Settings)?;
                Ok(Self::new(Arc::new(bucket), prefix))
            }
        }
    }
}

/// Creates a folder that only its owner can read: no other user of the machine may see customers' files. It syncs the
/// parent, because files in a folder that is lost in a power cut are lost too.
fn make_private(path: &Path) -> io::Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(path)?;
    for above in path.canonicalize()?.ancestors().skip(1) {
        // A parent that we may not read existed before, so it needs no sync.
        if let Ok(above) = fs::File::open(above) {
            above.sync_all()?;
        }
    }
    Ok(())
}

fn bucket(config: S3Config) -> Result<AmazonS3, object_store::Error> {
    let mut builder = AmazonS3Builder::new()
        .with_http_connector(Connector)
        .with_bucket_name(config.bucket)
        .with_region(config.region)
        .with_access_key_id(config.credentials.access_key_id)
        .with_secret_access_key(config.credentials.secret_access_key.expose_secret())
        // We delete one object at a time, and not every store supports bulk deletes.
        .with_disable_bulk_delete(true)
        .with_virtual_hosted_style_request(config.endpoint.is_none())
        .with_retry(RetryConfig {
            backoff: BackoffConfig {
                init_backoff: Duration::from_millis(100),
                max_backoff: Duration::from_secs(2),
                base: 2.0,
            },
            max_retries: 3,
            retry_timeout: Duration::from_secs(60),
        });
    if let Some(endpoint) = config.endpoint {
        builder = builder
            .with_allow_http(endpoint.scheme() == "http")
            .with_endpoint(endpoint.as_str().trim_end_matches('/'));
    }
    builder.build()
}
