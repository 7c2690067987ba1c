use std::{sync::Arc, sync::atomic::Ordering, time::Duration};

use moka::future::Cache;
use secrecy::SecretString;
use wabakit_domain::{
    ids::{MetaAppId, OrgId},
    meta_app::MetaApp,
    secret::Purpose,
};
use wabakit_ports::vault::VaultError;
use wabakit_webhooks::SignatureVerifier;

use crate::{Ports, ServiceError};

/// The secrets that a route accepts.
pub(super) struct RouteSecrets {
    pub(super) verifier: SignatureVerifier,
    pub(super) verify_tokens: Vec<SecretString>,
}

/// Caches the opened secrets of routes. A change of an app is seen at once in this process, and within seconds in
/// others.
#[derive(Clone)]
pub(super) struct SecretCache {
    ports: Ports,
    /// Secrets of the environment that the common route accepts besides those of the platform's apps.
    more: Arc<[SecretString]>,
    /// By route, and by the version of the apps that it was read from. `None` means that there is no such route.
    cache: Cache<(u64, Option<MetaAppId>), Option<Arc<RouteSecrets>>>,
}

const REMEMBERED: Duration = Duration::from_secs(5);
const AT_MOST: u64 = 10_000;

impl SecretCache {
    pub(super) fn new(ports: Ports, more: Vec<SecretString>) -> Self {
        Self {
            ports,
            more: more.into(),
            cache: Cache::builder()
                .max_capacity(AT_MOST)
                .time_to_live(REMEMBERED)
                .build(),
        }
    }

    /// Returns the secrets of a route. `None` when there is no such route.
    pub(super) async fn of(
        &self,
        app: Option<MetaAppId>,
    ) -> Result<Option<Arc<RouteSecrets>>, Arc<ServiceError>> {
        let key = (self.ports.app_changes.load(Ordering::Acquire), app);
        if let Some(known) = self.cache.get(&key).await {
            return Ok(known);
        }
        self.cache.try_get_with(key, self.read(app)).await
    }

    async fn read(
        &self,
        app: Option<MetaAppId>,
    ) -> Result<Option<Arc<RouteSecrets>>, ServiceError> {
        let apps = match app {
            None => self.ports.meta_apps.meta_apps(OrgId::PLATFORM).await?,
            Some(id) => match self.ports.meta_apps.meta_app_of_route(id).await? {
                Some(app) => vec![app],
                None => return Ok(None),
            },
        };
        let more = app.is_none().then(|| self.more.iter().cloned());
        let mut secrets: Vec<SecretString> = more.into_iter().flatten().collect();
        let mut verify_tokens = Vec::new();
        for app in &apps {
            secrets.extend(self.open(app, Purpose::AppSecret).await?);
            secrets.extend(self.former(app).await);
            verify_tokens.extend(self.open(app, Purpose::VerifyToken).await?);
        }
        Ok(Some(Arc::new(RouteSecrets {
            verifier: SignatureVerifier::new(&secrets),
            verify_tokens,
        })))
    }

    /// Opens the secret before the last change, while webhooks may still be signed with it.
    async fn former(&self, app: &MetaApp) -> Option<SecretString> {
        let (sealed, until) = app.former_secret.as_ref()?;
        if *until <= self.ports.now() {
            return None;
        }
        let binding = app.binding(Purpose::AppSecret);
        self.ports.vault.open(binding, sealed).await.ok()
    }

    /// Opens a secret. One that does not open is left out, so that the other apps keep working.
    pub(super) async fn open(
        &self,
        app: &MetaApp,
        purpose: Purpose,
    ) -> Result<Option<SecretString>, ServiceError> {
        let sealed = match purpose {
            Purpose::VerifyToken => &app.verify_token,
            _ => &app.app_secret,
        };
        match self.ports.vault.open(app.binding(purpose), sealed).await {
            Ok(secret) => Ok(Some(secret)),
            Err(error @ (VaultError::CannotOpen | VaultError::UnknownKey)) => {
                tracing::error!(%error, app = %app.id, purpose = purpose.as_str(), "a Meta app's secret does not open");
                Ok(None)
            }
            Err(error) => Err(error.into()),
        }
    }
}
