use super::Waba;
use crate::endpoint::{Endpoint, Request};
use crate::paging::Page;

/// `GET /{user}/assigned_whatsapp_business_accounts`: lists the WABAs assigned to a user or a system user.
#[derive(Debug, Clone)]
pub struct AssignedWabas {
    /// The user, or `me`.
    pub user_id: String,
}

impl Endpoint for AssignedWabas {
    type Response = Page<Waba>;
    const NAME: &'static str = "AssignedWabas";

    fn request(&self) -> Request {
        Request::get([self.user_id.as_str(), "assigned_whatsapp_business_accounts"])
            .query("fields", Waba::LIST_FIELDS)
    }
}
