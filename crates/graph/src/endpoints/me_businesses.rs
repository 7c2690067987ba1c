use serde::Deserialize;

use crate::endpoint::{Endpoint, Request};
use crate::paging::Page;
use crate::wire::{Extra, lenient};

/// `GET /me/businesses`: lists the business portfolios in which the token's user has a role. Needs
/// `business_management`.
#[derive(Debug, Clone, Copy)]
pub struct MeBusinesses;

impl Endpoint for MeBusinesses {
    type Response = Page<Business>;
    const NAME: &'static str = "MeBusinesses";

    fn request(&self) -> Request {
        Request::get(["me", "businesses"]).query("fields", "id,name")
    }
}

/// A business portfolio.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Business {
    /// The id.
    #[serde(deserialize_with = "lenient::id")]
    pub id: String,
    /// The name.
    #[serde(default)]
    pub name: Option<String>,
    /// Fields that this crate does not know.
    #[serde(flatten)]
    pub extra: Extra,
}
