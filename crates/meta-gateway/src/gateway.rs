use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, PoisonError, RwLock},
};

use async_trait::async_trait;
use chrono::Duration;
use url::Url;
use wabakit_domain::{
    connect::SignupHints,
    grant::Grant,
    ids::{PhoneNumberId, WabaId},
    meta_app::MetaApp,
    secret::{Purpose, SealedSecret, SecretString},
};
use wabakit_graph::{
    AccessToken, Credentials, Endpoint, GraphClient,
    endpoints::{
        DebugToken, DeletePermissions, DeregisterPhone, ExchangeCode, ExchangeLongLived,
        IssuedToken, RegisterPhone, SubscribeApp, SubscribedApps, UnsubscribeApp,
    },
};
use wabakit_ports::{
    meta::{
        Assets, DialogRequest, ExchangedToken, GrantAccess, MetaError, MetaErrorKind, MetaGateway,
        NumberFacts, SdkConfig, TokenFacts, WabaFacts,
    },
    vault::Vault,
};

use crate::{
    GatewayConfig, GatewayConfigError, assets,
    caller::{Caller, app_credentials, open_secret, open_token},
    dialog,
    errors::{Asked, meta_error},
    facts,
};

/// The timeout of one attempt. A login's code lives 30 seconds, and a connect session's lease must outlast a step.
const ATTEMPT: std::time::Duration = std::time::Duration::from_secs(10);

/// Meta, over its Graph API. Make one for a process: its calls share their connections.
pub struct GraphGateway {
    pub(crate) client: GraphClient,
    /// Clients of apps with a version of their own, by version.
    versions: RwLock<HashMap<String, GraphClient>>,
    pub(crate) vault: Arc<dyn Vault>,
    config: GatewayConfig,
    dialog: Url,
}

impl GraphGateway {
    /// Creates a gateway with these settings. Needs no network.
    ///
    /// # Errors
    /// [`GatewayConfigError`] for a setting that cannot be used.
    pub fn new(config: GatewayConfig, vault: Arc<dyn Vault>) -> Result<Self, GatewayConfigError> {
        let client = client(&config, &config.graph_version)?;
        Ok(Self {
            client,
            versions: RwLock::default(),
            vault,
            dialog: dialog::base(&config)?,
            config,
        })
    }

    pub(crate) async fn caller(&self, access: &GrantAccess) -> Result<Caller, MetaError> {
        Caller::open(&self.client_of(&access.app), &*self.vault, access).await
    }

    /// Returns the client of the app's own Graph version, or of the server's. So few versions live at a time that all
    /// clients are kept; what is no version was refused when the app was saved.
    pub(crate) fn client_of(&self, app: &MetaApp) -> GraphClient {
        let own = app.graph_version.as_ref();
        let Some(version) = own.filter(|version| **version != self.config.graph_version) else {
            return self.client.clone();
        };
        let known = self.versions.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = known.get(version) {
            return client.clone();
        }
        let is_full = known.len() >= MOST_VERSIONS;
        drop(known);
        let Ok(client) = client(&self.config, version) else {
            return self.client.clone();
        };
        if !is_full {
            let mut known = self
                .versions
                .write()
                .unwrap_or_else(PoisonError::into_inner);
            known.insert(version.clone(), client.clone());
        }
        client
    }

    /// Calls an endpoint without a grant's token.
    async fn call<E: Endpoint>(
        &self,
        app: &MetaApp,
        asked: Asked,
        credentials: &Credentials,
        endpoint: E,
    ) -> Result<E::Response, MetaError> {
        match self.client_of(app).call(credentials, &endpoint).await {
            Ok(response) => Ok(response.body),
            Err(error) => Err(meta_error(asked, &error)),
        }
    }

    async fn seal(&self, grant: &Grant, issued: IssuedToken) -> Result<ExchangedToken, MetaError> {
        let binding = grant.binding(Purpose::AccessToken);
        let token = SecretString::from(issued.access_token.expose());
        let sealed = self.vault.seal(binding, &token).await.map_err(|error| {
            let detail = format!("the new token cannot be sealed: {error}");
            MetaError::new(MetaErrorKind::VaultUnavailable, detail)
        })?;
        let seconds = issued.expires_in.filter(|seconds| *seconds > 0);
        Ok(ExchangedToken {
            token: sealed,
            expires_in: seconds.and_then(Duration::try_seconds),
        })
    }

    async fn debug(&self, app: &MetaApp, token: AccessToken) -> Result<TokenFacts, MetaError> {
        let credentials = app_credentials(&*self.vault, app).await?;
        let endpoint = DebugToken { token };
        let info = self
            .call(app, Asked::AsApp, &Credentials::app(&credentials), endpoint)
            .await?;
        Ok(facts::token(info))
    }
}

/// More versions than this live at no time.
const MOST_VERSIONS: usize = 32;

fn client(config: &GatewayConfig, version: &str) -> Result<GraphClient, GatewayConfigError> {
    Ok(GraphClient::builder()
        .base_url(&config.graph_url)
        .version(version)
        .request_timeout(ATTEMPT)
        .retry(config.retry)
        .build()?)
}

impl fmt::Debug for GraphGateway {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GraphGateway")
            .field("config", &self.config)
            .finish_non_exhaustive()
    }
}

#[async_trait]
impl MetaGateway for GraphGateway {
    fn dialog_url(&self, app: &MetaApp, request: &DialogRequest) -> String {
        let own = app.graph_version.as_ref().and_then(|version| {
            let config = GatewayConfig {
                graph_version: version.clone(),
                ..self.config.clone()
            };
            dialog::base(&config).ok()
        });
        let base = own.as_ref().unwrap_or(&self.dialog);
        dialog::url(base, &self.config.scopes, app, request)
    }

    fn sdk_config(&self) -> SdkConfig {
        SdkConfig {
            graph_version: self.config.graph_version.clone(),
            sdk_url: self.config.sdk_url.clone(),
        }
    }

    async fn exchange_code(
        &self,
        app: &MetaApp,
        grant: &Grant,
        code: &SealedSecret,
        redirect_uri: Option<String>,
    ) -> Result<ExchangedToken, MetaError> {
        let binding = grant.binding(Purpose::AuthorizationCode);
        let endpoint = ExchangeCode {
            app: app_credentials(&*self.vault, app).await?,
            code: open_secret(&*self.vault, binding, code, MetaErrorKind::TokenUnreadable).await?,
            redirect_uri,
        };
        let issued = self
            .call(app, Asked::Code, &Credentials::none(), endpoint)
            .await?;
        self.seal(grant, issued).await
    }

    async fn exchange_long_lived(&self, access: &GrantAccess) -> Result<ExchangedToken, MetaError> {
        let endpoint = ExchangeLongLived {
            app: app_credentials(&*self.vault, &access.app).await?,
            token: open_token(&*self.vault, access).await?,
        };
        let issued = self
            .call(
                &access.app,
                Asked::LongLived,
                &Credentials::none(),
                endpoint,
            )
            .await?;
        self.seal(&access.grant, issued).await
    }

    async fn inspect_token(&self, access: &GrantAccess) -> Result<TokenFacts, MetaError> {
        let token = open_token(&*self.vault, access).await?;
        self.debug(&access.app, token).await
    }

    async fn inspect_foreign_token(
        &self,
        app: &MetaApp,
        token: &SecretString,
    ) -> Result<TokenFacts, MetaError> {
        self.debug(app, AccessToken::from(token.clone())).await
    }

    async fn find_assets(
        &self,
        access: &GrantAccess,
        granted: &[WabaId],
        hints: &SignupHints,
    ) -> Result<Assets, MetaError> {
        let caller = self.caller(access).await?;
        assets::find(&caller, access.grant.meta_user.as_ref(), granted, hints).await
    }

    async fn number(
        &self,
        access: &GrantAccess,
        number: &PhoneNumberId,
    ) -> Result<NumberFacts, MetaError> {
        let caller = self.caller(access).await?;
        let number = caller.call(facts::get_number(number)).await?;
        Ok(facts::number(number, None, &SignupHints::default()))
    }

    async fn waba(&self, access: &GrantAccess, waba: &WabaId) -> Result<WabaFacts, MetaError> {
        let caller = self.caller(access).await?;
        Ok(facts::waba(caller.call(facts::get_waba(waba)).await?))
    }

    async fn numbers(
        &self,
        access: &GrantAccess,
        waba: &WabaId,
    ) -> Result<Vec<NumberFacts>, MetaError> {
        let caller = self.caller(access).await?;
        let numbers = caller.list(facts::get_numbers(waba)).await?;
        let unhinted = SignupHints::default();
        Ok(numbers
            .into_iter()
            .map(|number| facts::number(number, None, &unhinted))
            .collect())
    }

    async fn is_subscribed(&self, access: &GrantAccess, waba: &WabaId) -> Result<bool, MetaError> {
        let caller = self.caller(access).await?;
        let waba_id = waba.as_str().to_owned();
        let apps = caller.list(SubscribedApps { waba_id }).await?;
        let ours = access.app.app_id.as_str();
        Ok(apps
            .into_iter()
            .filter_map(|app| app.whatsapp_business_api_data)
            .any(|app| app.id == ours))
    }

    async fn subscribe(&self, access: &GrantAccess, waba: &WabaId) -> Result<(), MetaError> {
        let endpoint = SubscribeApp {
            waba_id: waba.as_str().to_owned(),
            override_callback: None,
        };
        self.caller(access).await?.call(endpoint).await.map(drop)
    }

    async fn unsubscribe(&self, access: &GrantAccess, waba: &WabaId) -> Result<(), MetaError> {
        let waba_id = waba.as_str().to_owned();
        let endpoint = UnsubscribeApp { waba_id };
        self.caller(access).await?.call(endpoint).await.map(drop)
    }

    async fn register(
        &self,
        access: &GrantAccess,
        number: &PhoneNumberId,
        pin: &SealedSecret,
    ) -> Result<(), MetaError> {
        let binding = access.grant.binding(Purpose::RegistrationPin);
        let endpoint = RegisterPhone {
            phone_number_id: number.as_str().to_owned(),
            // A PIN that does not open says nothing about the token.
            pin: open_secret(&*self.vault, binding, pin, MetaErrorKind::Refused).await?,
            data_localization_region: None,
        };
        self.caller(access).await?.call(endpoint).await.map(drop)
    }

    async fn deregister(
        &self,
        access: &GrantAccess,
        number: &PhoneNumberId,
    ) -> Result<(), MetaError> {
        let phone_number_id = number.as_str().to_owned();
        let endpoint = DeregisterPhone { phone_number_id };
        self.caller(access).await?.call(endpoint).await.map(drop)
    }

    async fn revoke(&self, access: &GrantAccess) -> Result<(), MetaError> {
        let endpoint = DeletePermissions {
            user_id: "me".to_owned(),
            scope: None,
        };
        self.caller(access).await?.call(endpoint).await.map(drop)
    }
}
