use super::Success;
use crate::endpoint::{Endpoint, Request};

/// `DELETE /{media}`: deletes a media file at Meta.
#[derive(Debug, Clone)]
pub struct DeleteMedia {
    /// Meta's id of the file.
    pub media_id: String,
    /// The number that the file was uploaded for. With it, Meta does not delete another number's file.
    pub phone_number_id: Option<String>,
}

impl Endpoint for DeleteMedia {
    type Response = Success;
    const NAME: &'static str = "DeleteMedia";

    fn request(&self) -> Request {
        let request = Request::delete([self.media_id.as_str()]);
        match &self.phone_number_id {
            Some(number) => request.query("phone_number_id", number),
            None => request,
        }
    }
}
