use super::PhoneNumber;
use crate::endpoint::{Endpoint, Request};
use crate::paging::Page;

/// `GET /{waba}/phone_numbers`: lists the numbers of a WABA.
#[derive(Debug, Clone)]
pub struct PhoneNumbers {
    /// The WABA.
    pub waba_id: String,
    /// The fields wanted, separated by commas. One that Meta does not know fails the call.
    pub fields: String,
}

impl PhoneNumbers {
    /// Asks for all fields of [`PhoneNumber`].
    pub fn new(waba_id: impl Into<String>) -> Self {
        Self {
            waba_id: waba_id.into(),
            fields: PhoneNumber::FIELDS.to_owned(),
        }
    }
}

impl Endpoint for PhoneNumbers {
    type Response = Page<PhoneNumber>;
    const NAME: &'static str = "PhoneNumbers";

    fn request(&self) -> Request {
        Request::get([self.waba_id.as_str(), "phone_numbers"]).query("fields", &self.fields)
    }
}
