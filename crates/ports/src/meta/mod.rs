//! Meta, as outcomes that a service can act on. The adapter opens and seals tokens itself: a service never
//! holds one in the open.

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

pub use error::{MetaError, MetaErrorKind};
pub use media::{MediaDownload, MediaGateway, MediaLink, MediaRemedy, Sha256};
pub use send::{
    Certainty, MediaUpload, RawAnswer, RawMethod, RawRequest, SendFailure, SendGateway, SendReceipt,
};
#[cfg(feature = "mock")]
pub use {media::MockMediaGateway, send::MockSendGateway};

/// What Meta's login dialog is opened with.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DialogRequest {
    /// Where Meta sends the browser back to.
    pub redirect_uri: String,
    /// The signed state.
    pub state: String,
    /// The page is shown in a popup.
    pub popup: bool,
}

/// What a browser needs to open Embedded Signup by Meta's JavaScript SDK.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SdkConfig {
    /// Graph's version, such as `v25.0`.
    pub graph_version: String,
    /// Where the SDK's script is.
    pub sdk_url: String,
}

/// A token fresh from Meta, sealed for the grant that asked.
#[derive(Clone, PartialEq, Debug)]
pub struct ExchangedToken {
    /// The token.
    pub token: SealedSecret,
    /// `expires_in`, where Meta told. Its absence does not mean never.
    pub expires_in: Option<Duration>,
}

/// A grant with the app that it belongs to: enough to call Meta on its behalf.
#[derive(Clone, PartialEq, Debug)]
pub struct GrantAccess {
    /// The app.
    pub app: MetaApp,
    /// The grant, with its token.
    pub grant: Grant,
}

/// What `debug_token` says.
#[derive(Clone, PartialEq, Debug)]
pub struct TokenFacts {
    /// Whether Meta accepts the token.
    pub is_valid: bool,
    /// The app that it was made for.
    pub app_id: Option<AppId>,
    /// What kind of token it is.
    pub kind: TokenKind,
    /// Whose it is.
    pub meta_user: Option<MetaUserId>,
    /// What it may do.
    pub scopes: Vec<String>,
    /// The WABAs that granular scopes name, without order.
    pub granted_wabas: Vec<WabaId>,
    /// `expires_at`.
    pub expires: Expiry,
    /// `data_access_expires_at`.
    pub data_access_expires: Expiry,
    /// Why it is not valid.
    pub error: Option<MetaErrorRef>,
}

/// A WABA that a login can reach.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct WabaFacts {
    /// Its id.
    pub id: WabaId,
    /// Its name.
    pub name: Option<String>,
    /// The portfolio, where Meta told.
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
    /// What Meta says of it.
    pub health: NumberHealth,
}

/// What a login can reach, gathered from every source.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Assets {
    /// How many businesses were found.
    pub businesses: usize,
    /// The WABAs, each with its numbers.
    pub wabas: Vec<(WabaFacts, Vec<NumberFacts>)>,
}

/// Meta. Each call retries by itself what is safe to retry, within bounds.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait MetaGateway: Send + Sync {
    /// The address of the login dialog. Holds no secret.
    fn dialog_url(&self, app: &MetaApp, request: &DialogRequest) -> String;

    /// What the browser needs for the SDK.
    fn sdk_config(&self) -> SdkConfig;

    /// Exchanges a login's code, which is opened here, for a token, which is sealed here for the grant.
    /// `redirect_uri` must be the dialog's; none for codes of the SDK.
    ///
    /// # Errors
    /// The kinds that speak of the code; it is tried once only.
    async fn exchange_code(
        &self,
        app: &MetaApp,
        grant: &Grant,
        code: &SealedSecret,
        redirect_uri: Option<String>,
    ) -> Result<ExchangedToken, MetaError>;

    /// Exchanges a person's token for a long-lived one.
    ///
    /// # Errors
    /// See [`MetaErrorKind`].
    async fn exchange_long_lived(&self, access: &GrantAccess) -> Result<ExchangedToken, MetaError>;

    /// Asks what the token is.
    ///
    /// # Errors
    /// See [`MetaErrorKind`].
    async fn inspect_token(&self, access: &GrantAccess) -> Result<TokenFacts, MetaError>;

    /// Asks what a token is that a person pasted and that no grant holds yet, with this app's own token.
    ///
    /// # Errors
    /// See [`MetaErrorKind`].
    async fn inspect_foreign_token(
        &self,
        app: &MetaApp,
        token: &SecretString,
    ) -> Result<TokenFacts, MetaError>;

    /// Finds businesses, WABAs and numbers: from the signup's hints, from granular scopes and from the business
    /// edges. No single source is trusted or needed.
    ///
    /// # Errors
    /// When no source answered; a source that fails while another answers is left out.
    async fn find_assets(
        &self,
        access: &GrantAccess,
        granted: &[WabaId],
        hints: &SignupHints,
    ) -> Result<Assets, MetaError>;

    /// Reads a number.
    ///
    /// # Errors
    /// See [`MetaErrorKind`].
    async fn number(
        &self,
        access: &GrantAccess,
        number: &PhoneNumberId,
    ) -> Result<NumberFacts, MetaError>;

    /// Reads a WABA.
    ///
    /// # Errors
    /// See [`MetaErrorKind`].
    async fn waba(&self, access: &GrantAccess, waba: &WabaId) -> Result<WabaFacts, MetaError>;

    /// The numbers of a WABA.
    ///
    /// # Errors
    /// See [`MetaErrorKind`].
    async fn numbers(
        &self,
        access: &GrantAccess,
        waba: &WabaId,
    ) -> Result<Vec<NumberFacts>, MetaError>;

    /// Whether the app is subscribed to the WABA.
    ///
    /// # Errors
    /// See [`MetaErrorKind`].
    async fn is_subscribed(&self, access: &GrantAccess, waba: &WabaId) -> Result<bool, MetaError>;

    /// Subscribes the app to the WABA. Doing so twice changes nothing.
    ///
    /// # Errors
    /// See [`MetaErrorKind`].
    async fn subscribe(&self, access: &GrantAccess, waba: &WabaId) -> Result<(), MetaError>;

    /// Unsubscribes the app from the WABA.
    ///
    /// # Errors
    /// See [`MetaErrorKind`].
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
    ///
    /// # Errors
    /// See [`MetaErrorKind`].
    async fn deregister(
        &self,
        access: &GrantAccess,
        number: &PhoneNumberId,
    ) -> Result<(), MetaError>;

    /// Takes all rights of the grant's Meta user back from the app.
    ///
    /// # Errors
    /// See [`MetaErrorKind`].
    async fn revoke(&self, access: &GrantAccess) -> Result<(), MetaError>;
}
