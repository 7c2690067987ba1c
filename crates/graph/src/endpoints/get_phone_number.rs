use super::PhoneNumber;
use crate::endpoint::{Endpoint, Request};

/// `GET /{phone number}`: reads one number.
#[derive(Debug, Clone)]
pub struct GetPhoneNumber {
    /// Meta's id of the number.
    pub phone_number_id: String,
    /// The fields wanted, separated by commas. One that Meta does not know fails the call.
    pub fields: String,
}

impl GetPhoneNumber {
    /// Asks for all fields of [`PhoneNumber`].
    pub fn new(phone_number_id: impl Into<String>) -> Self {
        Self {
            phone_number_id: phone_number_id.into(),
            fields: PhoneNumber::FIELDS.to_owned(),
        }
    }
}

impl Endpoint for GetPhoneNumber {
    type Response = PhoneNumber;
    const NAME: &'static str = "GetPhoneNumber";

    fn request(&self) -> Request {
        Request::get([self.phone_number_id.as_str()]).query("fields", &self.fields)
    }
}
