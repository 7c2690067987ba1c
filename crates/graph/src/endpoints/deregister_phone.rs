use super::Success;
use crate::endpoint::{Endpoint, Request};

/// `POST /{phone number}/deregister`: takes the number off the Cloud API. It counts towards the
/// same limit as [`RegisterPhone`](super::RegisterPhone).
#[derive(Debug, Clone)]
pub struct DeregisterPhone {
    /// Meta's id of the number.
    pub phone_number_id: String,
}

impl Endpoint for DeregisterPhone {
    type Response = Success;
    const NAME: &'static str = "DeregisterPhone";

    fn request(&self) -> Request {
        Request::post([self.phone_number_id.as_str(), "deregister"])
    }
}
