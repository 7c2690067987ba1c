//! Source: Meta, "Facebook Login", "Embedded Signup", "System users".

use secrecy::SecretString;
use serde::Deserialize;

use super::Success;
use super::table::endpoint;
use crate::credentials::{AccessToken, AppCredentials};
use crate::endpoint::{Endpoint, Request};
use crate::paging::Page;
use crate::wire::{Extra, lenient};

endpoint! {
    /// `GET /oauth/access_token`: exchanges a login's code for a token. Call it without credentials.
    ///
    /// A code works once, and one from Embedded Signup lives 30 seconds. So the call is not idempotent: if the answer is
    /// lost, the code is lost too.
    pub struct ExchangeCode {
        /// The app that the login was made for.
        app: AppCredentials,
        /// The code.
        code: SecretString,
        /// The `redirect_uri` of the login dialog, character for character. `None` for a code that Embedded Signup gave
        /// to the browser.
        redirect_uri: Option<String>,
    }
    IssuedToken: |it| Request::get(["oauth", "access_token"])
        .query("client_id", &it.app.app_id)
        .secret_query("client_secret", &it.app.app_secret)
        .secret_query("code", &it.code)
        .optional_query("redirect_uri", it.redirect_uri.as_deref())
        .idempotent(false)
}

endpoint! {
    /// `GET /oauth/access_token` with `fb_exchange_token`: exchanges a user token of some hours for one of about 60 days.
    /// Call it without credentials.
    pub struct ExchangeLongLived {
        /// The app that the token belongs to.
        app: AppCredentials,
        /// The user token.
        token: AccessToken,
    }
    IssuedToken: |it| Request::get(["oauth", "access_token"])
        .query("grant_type", "fb_exchange_token")
        .query("client_id", &it.app.app_id)
        .secret_query("client_secret", &it.app.app_secret)
        .secret_query("fb_exchange_token", it.token.secret())
}

endpoint! {
    /// `GET /oauth/access_token` with `set_token_expires_in_60_days`: exchanges a system user's token of 60 days for a new
    /// one, before it expires. The old one works to its own end, so keep it until the new one has answered
    /// [`DebugToken`](super::DebugToken). Call it without credentials. Do not call it for a token that never expires.
    pub struct RefreshSystemUserToken {
        /// The app that the token belongs to.
        app: AppCredentials,
        /// The token.
        token: AccessToken,
    }
    IssuedToken: |it| Request::get(["oauth", "access_token"])
        .query("grant_type", "fb_exchange_token")
        .query("set_token_expires_in_60_days", "true")
        .query("client_id", &it.app.app_id)
        .secret_query("client_secret", &it.app.app_secret)
        .secret_query("fb_exchange_token", it.token.secret())
}

/// A token that Meta has just issued.
#[derive(Debug, Clone, Deserialize)]
#[non_exhaustive]
pub struct IssuedToken {
    /// The token.
    pub access_token: AccessToken,
    /// The way in which the token is presented: `bearer`.
    #[serde(default)]
    pub token_type: Option<String>,
    /// The lifetime in seconds. A missing value means that Meta did not say, not that the token never expires: ask
    /// [`DebugToken`](super::DebugToken).
    #[serde(default, deserialize_with = "lenient::integer")]
    pub expires_in: Option<i64>,
    /// Fields that this crate does not know.
    #[serde(flatten)]
    pub extra: Extra,
}

endpoint! {
    /// `DELETE /{user}/permissions`: revokes one permission, or all of them and with them the token.
    ///
    /// Not idempotent, because the token may be gone after the first call: Meta would refuse a second one for an invalid
    /// token. Ask [`DebugToken`](super::DebugToken) instead.
    pub struct DeletePermissions {
        /// The user, or `me`.
        user_id,
        /// The permission; all when `None`.
        scope: Option<String>,
    }
    Success: |it| {
        let path = [it.user_id.as_str(), "permissions"]
            .into_iter()
            .chain(it.scope.as_deref());
        Request::delete(path).idempotent(false)
    }
}

/// `GET /me`: reads the user or system user that the token acts as.
#[derive(Debug, Clone, Copy)]
pub struct Me;

impl Endpoint for Me {
    type Response = User;
    const NAME: &'static str = "Me";

    fn request(&self) -> Request {
        Request::get(["me"]).query("fields", "id,name")
    }
}

/// A user or a system user.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct User {
    /// The id, which is valid only within the app.
    #[serde(deserialize_with = "lenient::id")]
    pub id: String,
    /// The name.
    #[serde(default)]
    pub name: Option<String>,
    /// Fields that this crate does not know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// `GET /me/businesses`: lists the business portfolios in which the token's user has a role. Needs
/// `business_management`.
#[derive(Debug, Clone, Copy)]
pub struct MeBusinesses;

impl Endpoint for MeBusinesses {
    type Response = Page<Business>;
    const NAME: &'static str = "MeBusinesses";

    fn request(&self) -> Request {
        Request::get(["me", "businesses"]).query("fields", "id,name")
    }
}

/// A business portfolio.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Business {
    /// The id.
    #[serde(deserialize_with = "lenient::id")]
    pub id: String,
    /// The name.
    #[serde(default)]
    pub name: Option<String>,
    /// Fields that this crate does not know.
    #[serde(flatten)]
    pub extra: Extra,
}
