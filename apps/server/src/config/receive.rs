//! Settings of receiving.

use std::path::Path;

use secrecy::SecretString;
use wabakit_http::ListenerLimits;
use wabakit_media_store::{ACCESS_KEY_ID, MediaStoreConfig, S3Credentials, SECRET_ACCESS_KEY};

use super::{
    ConfigError,
    read::{Vars, at_least_one},
};

/// The settings of receiving.
#[derive(Clone, Debug)]
pub struct ReceiveConfig {
    /// `WHATSAPP_APP_SECRET`: secrets that sign webhooks, besides `META_APP_SECRET`. Several while one is being
    /// changed.
    pub app_secrets: Vec<SecretString>,
    /// `MEDIA_STORE`, with its credentials.
    pub media_store: MediaStoreConfig,
    /// `MEDIA_QUOTA_GB`: bytes of files that each org may store; no bound without it.
    pub media_quota: Option<i64>,
    /// The retention times, in days.
    pub retention: RetentionDays,
    /// `APPLIERS`: the workers that apply changes. The default fits the database.
    pub appliers: Option<usize>,
    /// `EVENT_LISTENERS`, `EVENT_LISTENERS_PER_ORG`, `EVENT_LISTENERS_PER_PERSON`: the most open WebSockets.
    pub listeners: ListenerLimits,
    /// `WABAKIT_HOLD_PROCESSOR`: whether deliveries are only stored and not processed. For measurements.
    pub hold_processor: bool,
    /// Tells whether the journal stores nothing, so that deliveries are lost. For measurements. Only the command line
    /// sets it.
    pub null_journal: bool,
}

/// The retention times, in days.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RetentionDays {
    /// `RETENTION_DELIVERIES_DAYS`: whole deliveries.
    pub deliveries: u16,
    /// `RETENTION_CHANGES_DAYS`: changes.
    pub changes: u16,
    /// `RETENTION_EVENTS_DAYS`: the event log.
    pub events: u16,
}

impl ReceiveConfig {
    pub(super) fn read(vars: &Vars<'_>, data_dir: &Path) -> Result<Self, ConfigError> {
        let limits = ListenerLimits::default();
        Ok(Self {
            app_secrets: vars.app_secrets("WHATSAPP_APP_SECRET")?,
            media_store: media_store(vars, data_dir)?,
            media_quota: media_quota(vars)?,
            retention: RetentionDays {
                deliveries: days(vars, "RETENTION_DELIVERIES_DAYS", 7)?,
                changes: days(vars, "RETENTION_CHANGES_DAYS", 30)?,
                events: days(vars, "RETENTION_EVENTS_DAYS", 30)?,
            },
            appliers: at_least_one(vars, "APPLIERS")?,
            listeners: ListenerLimits {
                total: at_least_one(vars, "EVENT_LISTENERS")?.unwrap_or(limits.total),
                per_org: at_least_one(vars, "EVENT_LISTENERS_PER_ORG")?.unwrap_or(limits.per_org),
                per_person: at_least_one(vars, "EVENT_LISTENERS_PER_PERSON")?
                    .unwrap_or(limits.per_person),
            },
            hold_processor: vars.get("WABAKIT_HOLD_PROCESSOR").as_deref() == Some("1"),
            null_journal: false,
        })
    }
}

fn media_store(vars: &Vars<'_>, data_dir: &Path) -> Result<MediaStoreConfig, ConfigError> {
    let folder = || format!("file:{}", data_dir.join("media").display());
    let url = vars.get("MEDIA_STORE").unwrap_or_else(folder);
    let credentials = vars.get(ACCESS_KEY_ID).zip(vars.get(SECRET_ACCESS_KEY));
    let credentials = credentials.map(|(access_key_id, secret)| S3Credentials {
        access_key_id,
        secret_access_key: secret.into(),
    });
    MediaStoreConfig::parse(&url, credentials)
        .map_err(|error| ConfigError::Unusable("MEDIA_STORE", error.to_string()))
}

/// The usual quota of an org's files, in GB.
const MEDIA_QUOTA: i64 = 20;
const GIGABYTES: &str =
    "a number of GB for each organisation's files, up to 1000000; 0 sets no bound";

fn media_quota(vars: &Vars<'_>) -> Result<Option<i64>, ConfigError> {
    match vars
        .parsed("MEDIA_QUOTA_GB", GIGABYTES)?
        .unwrap_or(MEDIA_QUOTA)
    {
        0 => Ok(None),
        gigabytes @ 1..=1_000_000 => Ok(Some(gigabytes << 30)),
        _ => Err(ConfigError::Malformed(
            "MEDIA_QUOTA_GB",
            GIGABYTES.to_owned(),
        )),
    }
}

fn days(vars: &Vars<'_>, name: &'static str, otherwise: u16) -> Result<u16, ConfigError> {
    let days = vars.parsed(name, "a number of days, from 1 to 3650")?;
    let days = days.unwrap_or(otherwise);
    if (1..=3_650).contains(&days) {
        Ok(days)
    } else {
        let what = "a number of days, from 1 to 3650".to_owned();
        Err(ConfigError::Malformed(name, what))
    }
}
