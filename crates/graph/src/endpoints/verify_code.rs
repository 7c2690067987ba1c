use secrecy::{ExposeSecret, SecretString};
use serde_json::json;

use super::Success;
use crate::endpoint::{Endpoint, Request};

/// `POST /{phone number}/verify_code`: proves with a code that the owner holds the number.
#[derive(Debug, Clone)]
pub struct VerifyCode {
    /// Meta's id of the number.
    pub phone_number_id: String,
    /// The code that Meta sent, digits only.
    pub code: SecretString,
}

impl Endpoint for VerifyCode {
    type Response = Success;
    const NAME: &'static str = "VerifyCode";

    fn request(&self) -> Request {
        Request::post([self.phone_number_id.as_str(), "verify_code"])
            .json(json!({ "code": self.code.expose_secret() }))
            .hide(&self.code)
    }
}
