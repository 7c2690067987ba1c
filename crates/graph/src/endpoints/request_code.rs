use serde_json::json;

use super::Success;
use crate::endpoint::{Endpoint, Request};
use crate::wire::open_enum;

/// `POST /{phone number}/request_code`: has Meta send a verification code to the number.
#[derive(Debug, Clone)]
pub struct RequestCode {
    /// Meta's id of the number.
    pub phone_number_id: String,
    /// How the code is sent.
    pub code_method: CodeMethod,
    /// The language of the message, such as `en` or `pt_BR`.
    pub language: String,
}

impl Endpoint for RequestCode {
    type Response = Success;
    const NAME: &'static str = "RequestCode";

    fn request(&self) -> Request {
        Request::post([self.phone_number_id.as_str(), "request_code"])
            .json(json!({ "code_method": self.code_method, "language": self.language }))
    }
}

open_enum! {
    /// How a verification code is sent.
    pub enum CodeMethod {
        /// As a text message.
        Sms = "SMS",
        /// By a call.
        Voice = "VOICE",
    }
}
