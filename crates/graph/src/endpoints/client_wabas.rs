use super::Waba;
use crate::endpoint::{Endpoint, Request};
use crate::paging::Page;

/// `GET /{business}/client_whatsapp_business_accounts`: lists the WABAs that clients share with a business.
#[derive(Debug, Clone)]
pub struct ClientWabas {
    /// The business portfolio.
    pub business_id: String,
}

impl Endpoint for ClientWabas {
    type Response = Page<Waba>;
    const NAME: &'static str = "ClientWabas";

    fn request(&self) -> Request {
        Request::get([
            self.business_id.as_str(),
            "client_whatsapp_business_accounts",
        ])
        .query("fields", Waba::LIST_FIELDS)
    }
}
