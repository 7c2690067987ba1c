//! Meta, as outcomes that a service can act on. The adapter opens and seals tokens itself: a service never holds one
//! in plain text.

use async_trait::async_trait;
use chrono::Duration;
use wabakit_domain::{
    account::NumberHealth,
    connect::SignupHints,
    grant::{Expiry, Grant, TokenKind},
    ids::{AppId, BusinessId, MetaUserId, PhoneNumberId, WabaId},
    meta_app::MetaApp,
    meta_error::MetaErrorRef,
    secret::{SealedSecret, SecretString},
};

mod error;
mod media;
#[cfg_attr(
    feature = "mock",
    allow(
        clippy::result_large_err,
        reason = "the mock's closures return what the port does"
    )
)]
mod send;
mod templates;

pub use error::{MetaError, MetaErrorKind};
pub use media::{MediaDownload, MediaGateway, MediaLink, MediaRemedy, Sha256};
pub use send::{
    Certainty, MediaUpload, RawAnswer, RawMethod, RawRequest, SendFailure, SendGateway, SendReceipt,
};
pub use templates::{CreatedTemplate, TemplateGateway, TemplatePage};
#[cfg(feature = "mock")]
pub use {media::MockMediaGateway, send::MockSendGateway, templates::MockTemplateGateway};

/// The parameters of Meta's login dialog.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DialogRequest {
    /// The address that Meta sends the browser back to.
    pub redirect_uri: String,
    /// The signed state.
    pub state: String,
    /// Whether the page is shown in a popup.
    pub popup: bool,
}

/// The settings of Meta's JavaScript SDK for Embedded Signup.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SdkConfig {
    /// Graph's version, such as `v25.0`.
    pub graph_version: String,
    /// The address of the SDK's script.
    pub sdk_url: String,
}

/// A new token from Meta, sealed for the grant that asked.
#[derive(Clone, PartialEq, Debug)]
pub struct ExchangedToken {
    /// The token.
    pub token: SealedSecret,
    /// `expires_in`, if Meta sent it. A missing value does not mean never.
    pub expires_in: Option<Duration>,
}

/// A grant with its app: what a call on its behalf needs.
#[derive(Clone, PartialEq, Debug)]
pub struct GrantAccess {
    /// The app.
    pub app: MetaApp,
    /// The grant, with its token.
    pub grant: Grant,
}

/// The facts of `debug_token`.
#[derive(Clone, PartialEq, Debug)]
pub struct TokenFacts {
    /// Whether Meta accepts the token.
    pub is_valid: bool,
    /// The app that the token was issued for.
    pub app_id: Option<AppId>,
    /// The kind of token.
    pub kind: TokenKind,
    /// The user that the token acts as.
    pub meta_user: Option<MetaUserId>,
    /// Its permissions.
    pub scopes: Vec<String>,
    /// The WABAs in granular scopes, in no order.
    pub granted_wabas: Vec<WabaId>,
    /// `expires_at`.
    pub expires: Expiry,
    /// `data_access_expires_at`.
    pub data_access_expires: Expiry,
    /// Why it is not valid.
    pub error: Option<MetaErrorRef>,
}

/// A WABA that a login can access.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct WabaFacts {
    /// Its id.
    pub id: WabaId,
    /// Its name.
    pub name: Option<String>,
    /// The portfolio, if Meta named it.
    pub business_id: Option<BusinessId>,
    /// The portfolio's name.
    pub business_name: Option<String>,
}

/// A number of a WABA.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NumberFacts {
    /// Its id.
    pub id: PhoneNumberId,
    /// The number in international form.
    pub display_phone_number: String,
    /// The name that WhatsApp shows.
    pub verified_name: Option<String>,
    /// Meta's facts about its health.
    pub health: NumberHealth,
}

/// The assets that a login can access, from all sources.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Assets {
    /// How many businesses were found.
    pub businesses: usize,
    /// The WABAs, each with its numbers.
    pub wabas: Vec<(WabaFacts, Vec<NumberFacts>)>,
}

/// Meta. Each call retries by itself when that is safe, within limits. A method without an "Errors" section can fail
/// with every [`MetaErrorKind`].
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait MetaGateway: Send + Sync {
    /// Returns the address of the login dialog. It holds no secret.
    fn dialog_url(&self, app: &MetaApp, request: &DialogRequest) -> String;

    /// Returns the browser's settings of the SDK.
    fn sdk_config(&self) -> SdkConfig;

    /// Exchanges a login's code, which is opened here, for a token, which is sealed here for the grant.
    /// `redirect_uri` must be that of the dialog; `None` for codes of the SDK.
    ///
    /// # Errors
    /// The kinds about the code. The call is made once only.
    async fn exchange_code(
        &self,
        app: &MetaApp,
        grant: &Grant,
        code: &SealedSecret,
        redirect_uri: Option<String>,
    ) -> Result<ExchangedToken, MetaError>;

    /// Exchanges a person's token for a long-lived one.
    async fn exchange_long_lived(&self, access: &GrantAccess) -> Result<ExchangedToken, MetaError>;

    /// Inspects the token.
    async fn inspect_token(&self, access: &GrantAccess) -> Result<TokenFacts, MetaError>;

    /// Inspects a token that a person pasted and that no grant holds yet, with this app's own token.
    async fn inspect_foreign_token(
        &self,
        app: &MetaApp,
        token: &SecretString,
    ) -> Result<TokenFacts, MetaError>;

    /// Finds businesses, WABAs and numbers: from the signup's hints, from granular scopes and from the business
    /// edges. No single source is trusted or required.
    ///
    /// # Errors
    /// When no source answered. A source that fails while another one answers is left out.
    async fn find_assets(
        &self,
        access: &GrantAccess,
        granted: &[WabaId],
        hints: &SignupHints,
    ) -> Result<Assets, MetaError>;

    /// Reads a number.
    async fn number(
        &self,
        access: &GrantAccess,
        number: &PhoneNumberId,
    ) -> Result<NumberFacts, MetaError>;

    /// Reads a WABA.
    async fn waba(&self, access: &GrantAccess, waba: &WabaId) -> Result<WabaFacts, MetaError>;

    /// Lists the numbers of a WABA.
    async fn numbers(
        &self,
        access: &GrantAccess,
        waba: &WabaId,
    ) -> Result<Vec<NumberFacts>, MetaError>;

    /// Tells whether the app is subscribed to the WABA.
    async fn is_subscribed(&self, access: &GrantAccess, waba: &WabaId) -> Result<bool, MetaError>;

    /// Subscribes the app to the WABA. A repetition changes nothing.
    async fn subscribe(&self, access: &GrantAccess, waba: &WabaId) -> Result<(), MetaError>;

    /// Unsubscribes the app from the WABA.
    async fn unsubscribe(&self, access: &GrantAccess, waba: &WabaId) -> Result<(), MetaError>;

    /// Registers a number with a PIN, which is opened here.
    ///
    /// # Errors
    /// [`MetaErrorKind::PinMismatch`], [`MetaErrorKind::RegistrationLimit`] and the others.
    async fn register(
        &self,
        access: &GrantAccess,
        number: &PhoneNumberId,
        pin: &SealedSecret,
    ) -> Result<(), MetaError>;

    /// Deregisters a number.
    async fn deregister(
        &self,
        access: &GrantAccess,
        number: &PhoneNumberId,
    ) -> Result<(), MetaError>;

    /// Revokes all permissions that the grant's Meta user gave the app.
    async fn revoke(&self, access: &GrantAccess) -> Result<(), MetaError>;
}
