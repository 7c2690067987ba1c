use secrecy::SecretString;

use super::IssuedToken;
use crate::credentials::AppCredentials;
use crate::endpoint::{Endpoint, Request};

/// `GET /oauth/access_token`: exchanges a login's code for a token. Call it without credentials.
///
/// A code works once, and one from Embedded Signup lives 30 seconds. So the call is not idempotent: if the answer is
/// lost, the code is lost too.
#[derive(Debug, Clone)]
pub struct ExchangeCode {
    /// The app that the login was made for.
    pub app: AppCredentials,
    /// The code.
    pub code: SecretString,
    /// The `redirect_uri` of the login dialog, character for character. `None` for a code that Embedded Signup gave
    /// to the browser.
    pub redirect_uri: Option<String>,
}

impl Endpoint for ExchangeCode {
    type Response = IssuedToken;
    const NAME: &'static str = "ExchangeCode";

    fn request(&self) -> Request {
        let mut request = Request::get(["oauth", "access_token"])
            .query("client_id", &self.app.app_id)
            .secret_query("client_secret", &self.app.app_secret)
            .secret_query("code", &self.code)
            .idempotent(false);
        if let Some(redirect_uri) = &self.redirect_uri {
            request = request.query("redirect_uri", redirect_uri);
        }
        request
    }
}
