use super::IssuedToken;
use crate::credentials::{AccessToken, AppCredentials};
use crate::endpoint::{Endpoint, Request};

/// `GET /oauth/access_token` with `fb_exchange_token`: exchanges a user token of some hours for one of about 60 days.
/// Call it without credentials.
#[derive(Debug, Clone)]
pub struct ExchangeLongLived {
    /// The app that the token belongs to.
    pub app: AppCredentials,
    /// The user token.
    pub token: AccessToken,
}

impl Endpoint for ExchangeLongLived {
    type Response = IssuedToken;
    const NAME: &'static str = "ExchangeLongLived";

    fn request(&self) -> Request {
        Request::get(["oauth", "access_token"])
            .query("grant_type", "fb_exchange_token")
            .query("client_id", &self.app.app_id)
            .secret_query("client_secret", &self.app.app_secret)
            .secret_query("fb_exchange_token", self.token.secret())
    }
}
