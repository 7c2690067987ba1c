//! Opens secrets for one call, and calls Meta in a grant's name.

use futures::TryStreamExt;
use wabakit_domain::{
    meta_app::MetaApp,
    secret::{Purpose, SealedSecret, SecretBinding, SecretString},
};
use wabakit_graph::{
    AccessToken, AppCredentials, Credentials, Endpoint, GraphClient, Page, PageOptions,
};
use wabakit_ports::{
    meta::{GrantAccess, MetaError, MetaErrorKind},
    vault::{Vault, VaultError},
};

use crate::errors::{Asked, meta_error};

/// Opens a secret. `unreadable` is the error for a secret that will never open. A missing ring key is a fault of this
/// process's configuration, and no reason to give the secret up.
pub(crate) async fn open_secret(
    vault: &dyn Vault,
    binding: SecretBinding,
    sealed: &SealedSecret,
    unreadable: MetaErrorKind,
) -> Result<SecretString, MetaError> {
    vault.open(binding, sealed).await.map_err(|error| {
        let kind = match error {
            VaultError::CannotOpen => unreadable,
            VaultError::UnknownKey | VaultError::Random(_) | VaultError::Store(_) => {
                MetaErrorKind::VaultUnavailable
            }
        };
        MetaError::new(kind, format!("{}: {error}", binding.purpose.as_str()))
    })
}

/// Opens an app's secret.
pub(crate) async fn app_credentials(
    vault: &dyn Vault,
    app: &MetaApp,
) -> Result<AppCredentials, MetaError> {
    let binding = app.binding(Purpose::AppSecret);
    let secret = open_secret(
        vault,
        binding,
        &app.app_secret,
        MetaErrorKind::AppMisconfigured,
    )
    .await?;
    Ok(AppCredentials::new(app.app_id.as_str(), secret))
}

/// Opens (unseals, decrypts) a grant's token. Only the gateway calls it, and no port returns what it opens.
pub(crate) async fn open_token(
    vault: &dyn Vault,
    access: &GrantAccess,
) -> Result<AccessToken, MetaError> {
    let grant = &access.grant;
    let sealed = grant.token.as_ref().ok_or_else(|| {
        MetaError::new(
            MetaErrorKind::TokenInvalid,
            "the grant's token was destroyed",
        )
    })?;
    let binding = grant.binding(Purpose::AccessToken);
    let token = open_secret(vault, binding, sealed, MetaErrorKind::TokenUnreadable).await?;
    Ok(AccessToken::from(token))
}

/// Calls Meta with a grant's token.
#[derive(Clone)]
pub(crate) struct Caller {
    pub(crate) client: GraphClient,
    pub(crate) credentials: Credentials,
}

impl Caller {
    /// Opens the grant's token and computes its proof.
    pub(crate) async fn open(
        client: &GraphClient,
        vault: &dyn Vault,
        access: &GrantAccess,
    ) -> Result<Self, MetaError> {
        let app = app_credentials(vault, &access.app).await?;
        let token = open_token(vault, access).await?;
        Ok(Self {
            client: client.clone(),
            credentials: Credentials::proven(token, &app),
        })
    }

    pub(crate) async fn call<E: Endpoint>(&self, endpoint: E) -> Result<E::Response, MetaError> {
        match self.client.call(&self.credentials, &endpoint).await {
            Ok(response) => Ok(response.body),
            Err(error) => Err(meta_error(Asked::AsGrant, &error)),
        }
    }

    /// Reads all pages of a list.
    pub(crate) async fn list<E, T>(&self, endpoint: E) -> Result<Vec<T>, MetaError>
    where
        E: Endpoint<Response = Page<T>>,
        T: Send,
    {
        self.client
            .items(self.credentials.clone(), endpoint, PageOptions::default())
            .try_collect()
            .await
            .map_err(|error| meta_error(Asked::AsGrant, &error))
    }
}
