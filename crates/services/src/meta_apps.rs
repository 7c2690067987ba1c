//! Meta apps: the platform's app from the environment, and the organisations' own apps.

use chrono::Duration;
use secrecy::SecretString;
use serde_json::json;
use wabakit_domain::{
    Time,
    audit::{Actor, NewAuditEvent},
    ids::{AppId, MetaAppId, OrgId},
    meta_app::MetaApp,
    principal::Scope,
    secret::{Purpose, SealedSecret, SecretBinding},
};

use crate::{
    Caller, Invalid, Ports, ServiceError,
    audit::Trail,
    orgs::checked_name,
    pasted::{is_broken, pasted, trimmed},
};

/// The time for which webhooks signed with the former secret are accepted.
const OVERLAP: Duration = Duration::hours(24);

/// The platform's app, from the settings in the environment.
pub struct EnvironmentApp {
    /// `META_APP_ID`.
    pub app_id: AppId,
    /// `META_APP_SECRET`.
    pub app_secret: SecretString,
    /// `WHATSAPP_VERIFY_TOKEN`.
    pub verify_token: SecretString,
    /// `META_CONFIG_ID`.
    pub config_id: Option<String>,
}

/// An organisation's own app.
pub struct NewMetaApp {
    /// Meta's id.
    pub app_id: String,
    /// The name for people.
    pub name: String,
    /// The app secret.
    pub app_secret: SecretString,
    /// The webhook verify token.
    pub verify_token: SecretString,
    /// The configuration of Facebook Login for Business.
    pub config_id: Option<String>,
    /// The app's Graph version. `None` keeps the stored one. Empty uses the server's.
    pub graph_version: Option<String>,
}

/// The use cases of Meta apps.
#[derive(Clone)]
pub struct MetaAppService {
    ports: Ports,
}

impl MetaAppService {
    /// Creates the service on these ports.
    pub const fn new(ports: Ports) -> Self {
        Self { ports }
    }

    /// Lists the apps that the organisation may use.
    pub async fn list(&self, caller: &Caller) -> Result<Vec<MetaApp>, ServiceError> {
        caller.require(Scope::ConnectWrite)?;
        Ok(self.ports.meta_apps.meta_apps(caller.org).await?)
    }

    /// Adds an organisation's own app, or replaces its secrets. Webhooks signed with the former secret are accepted for
    /// a day.
    ///
    /// # Errors
    /// For an id that is not digits; for an empty secret; for a text that is no version.
    pub async fn add(&self, caller: &Caller, new: NewMetaApp) -> Result<MetaApp, ServiceError> {
        caller.require(Scope::ConnectWrite)?;
        let app_id = checked_app_id(&new.app_id, "/appId")?;
        let name = checked_name(&new.name, "/name")?;
        let app_secret = checked_secret(&new.app_secret, "/appSecret")?;
        let verify_token = checked_secret(&new.verify_token, "/verifyToken")?;
        let config_id = new.config_id.as_deref().map(trimmed);
        let config_id = config_id.filter(|id| !id.is_empty()).map(checked_config_id);
        let config_id = config_id.transpose()?;
        let graph_version = new.graph_version.as_deref().map(trimmed);
        let graph_version = graph_version.map(checked_version).transpose()?;
        let known = self
            .ports
            .meta_apps
            .meta_app_by_app_id(caller.org, &app_id)
            .await?;
        let known = known.filter(|app| app.org == caller.org);
        let id = known.as_ref().map_or_else(|| self.ports.id(), |app| app.id);
        let former_secret = match &known {
            Some(known) => self.former_secret(known, &app_secret).await,
            None => None,
        };
        let mut app = self
            .seal(
                caller.org,
                id,
                app_id,
                name,
                (&app_secret, &verify_token),
                config_id,
            )
            .await?;
        app.former_secret = former_secret;
        app.graph_version = match graph_version {
            Some(said) => said,
            None => known.and_then(|known| known.graph_version),
        };
        let event = Trail::of(&self.ports, caller).event(
            "meta_app.saved",
            ("meta_app", id),
            &json!({"appId": app.app_id.as_str(), "name": app.name}),
        );
        self.store(app, event).await
    }

    /// Removes an organisation's own app.
    ///
    /// # Errors
    /// When it is not the organisation's; while a connection uses it.
    pub async fn remove(&self, caller: &Caller, id: MetaAppId) -> Result<(), ServiceError> {
        caller.require(Scope::ConnectWrite)?;
        let event =
            Trail::of(&self.ports, caller).event("meta_app.removed", ("meta_app", id), &json!({}));
        if self
            .ports
            .meta_apps
            .delete_meta_app(caller.org, id, vec![event])
            .await?
        {
            self.ports.app_changed();
            Ok(())
        } else {
            Err(ServiceError::NotFound("this Meta app"))
        }
    }

    /// Stores the platform's app at every start. The settings in the environment replace the stored ones.
    ///
    /// # Errors
    /// When the vault cannot be used.
    pub async fn install_environment_app(
        &self,
        app: EnvironmentApp,
    ) -> Result<MetaApp, ServiceError> {
        let known = self
            .ports
            .meta_apps
            .meta_app_by_app_id(OrgId::PLATFORM, &app.app_id)
            .await?;
        if let Some(known) = &known
            && self.is_same(known, &app).await
        {
            return Ok(known.clone());
        }
        let id = known.map_or_else(|| self.ports.id(), |known| known.id);
        let secrets = (&app.app_secret, &app.verify_token);
        let name = "Platform app".to_owned();
        let app = self
            .seal(
                OrgId::PLATFORM,
                id,
                app.app_id,
                name,
                secrets,
                app.config_id,
            )
            .await?;
        let event = Trail::by(&self.ports, OrgId::PLATFORM, Actor::System, None).event(
            "meta_app.installed",
            ("meta_app", id),
            &json!({"appId": app.app_id.as_str()}),
        );
        self.store(app, event).await
    }

    /// Returns the secret that webhooks may still be signed with once this one is stored: the current one for a day, or
    /// the one that was replaced less than a day ago.
    async fn former_secret(
        &self,
        known: &MetaApp,
        new: &SecretString,
    ) -> Option<(SealedSecret, Time)> {
        use secrecy::ExposeSecret;
        let now = self.ports.now();
        let binding = known.binding(Purpose::AppSecret);
        let present = self
            .ports
            .vault
            .open(binding, &known.app_secret)
            .await
            .ok()?;
        if present.expose_secret() == new.expose_secret() {
            return known
                .former_secret
                .clone()
                .filter(|(_, until)| *until > now);
        }
        Some((known.app_secret.clone(), now + OVERLAP))
    }

    async fn store(&self, app: MetaApp, event: NewAuditEvent) -> Result<MetaApp, ServiceError> {
        let stored = self.ports.meta_apps.upsert_meta_app(app, vec![event]).await;
        // Announced after a failure too, because the app may have been stored.
        self.ports.app_changed();
        Ok(stored?)
    }

    /// Tells whether the stored app equals the settings in the environment. An app whose secrets do not open counts as
    /// different.
    async fn is_same(&self, known: &MetaApp, app: &EnvironmentApp) -> bool {
        use secrecy::ExposeSecret;
        let same = async |purpose, sealed, wanted: &SecretString| {
            let opened = self.ports.vault.open(known.binding(purpose), sealed).await;
            opened.is_ok_and(|opened| opened.expose_secret() == wanted.expose_secret())
        };
        known.config_id == app.config_id
            && same(Purpose::AppSecret, &known.app_secret, &app.app_secret).await
            && same(Purpose::VerifyToken, &known.verify_token, &app.verify_token).await
    }

    async fn seal(
        &self,
        org: OrgId,
        id: MetaAppId,
        app_id: AppId,
        name: String,
        (app_secret, verify_token): (&SecretString, &SecretString),
        config_id: Option<String>,
    ) -> Result<MetaApp, ServiceError> {
        let bound = |purpose| SecretBinding::meta_app(org, id, purpose);
        let now = self.ports.now();
        Ok(MetaApp {
            id,
            org,
            app_id,
            name,
            app_secret: self
                .ports
                .vault
                .seal(bound(Purpose::AppSecret), app_secret)
                .await?,
            verify_token: self
                .ports
                .vault
                .seal(bound(Purpose::VerifyToken), verify_token)
                .await?,
            config_id,
            created_at: now,
            updated_at: now,
            former_secret: None,
            graph_version: None,
        })
    }
}

fn checked_app_id(id: &str, pointer: &str) -> Result<AppId, Invalid> {
    let id = trimmed(id);
    if (1..=32).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_digit()) {
        Ok(AppId::from(id))
    } else {
        Err(Invalid::new(
            pointer,
            "A Meta app id is a number: copy it from the app's Basic settings.",
        ))
    }
}

/// Reads a version such as `v26.0`. `None` for an empty text, which means the server's version.
fn checked_version(version: &str) -> Result<Option<String>, Invalid> {
    let is_number = |part: &str| {
        (1..=3).contains(&part.len())
            && part.bytes().all(|b| b.is_ascii_digit())
            && (part.len() == 1 || !part.starts_with('0'))
    };
    let parts = version.strip_prefix('v').and_then(|it| it.split_once('.'));
    match parts {
        None if version.is_empty() => Ok(None),
        Some((major, minor)) if is_number(major) && is_number(minor) => {
            Ok(Some(version.to_owned()))
        }
        _ => Err(Invalid::new(
            "/graphVersion",
            "Give a version of the Graph API, such as v26.0.",
        )),
    }
}

fn checked_config_id(id: &str) -> Result<String, Invalid> {
    if id.len() <= 64 && id.bytes().all(|b| b.is_ascii_graphic()) {
        Ok(id.to_owned())
    } else {
        Err(Invalid::new(
            "/configId",
            "A configuration id is a number: copy it from Facebook Login for Business.",
        ))
    }
}

/// Trims and checks a pasted secret. It measures the trimmed secret, which is the one that is stored.
fn checked_secret(secret: &SecretString, pointer: &str) -> Result<SecretString, Invalid> {
    use secrecy::ExposeSecret;
    let secret = pasted(secret);
    if !(8..=500).contains(&secret.expose_secret().len()) {
        return Err(Invalid::new(pointer, "This must have 8 to 500 characters."));
    }
    if is_broken(&secret) {
        return Err(Invalid::new(
            pointer,
            "There is a line break inside: copy it again, in one piece.",
        ));
    }
    Ok(secret)
}
