use super::Waba;
use crate::endpoint::{Endpoint, Request};
use crate::paging::Page;

/// `GET /{business}/owned_whatsapp_business_accounts`: lists the WABAs that a business owns. Needs
/// `business_management` and `whatsapp_business_management`.
#[derive(Debug, Clone)]
pub struct OwnedWabas {
    /// The business portfolio.
    pub business_id: String,
}

impl Endpoint for OwnedWabas {
    type Response = Page<Waba>;
    const NAME: &'static str = "OwnedWabas";

    fn request(&self) -> Request {
        Request::get([
            self.business_id.as_str(),
            "owned_whatsapp_business_accounts",
        ])
        .query("fields", Waba::LIST_FIELDS)
    }
}
