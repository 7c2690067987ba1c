use serde::Deserialize;

use crate::endpoint::{Endpoint, Request};
use crate::wire::{Extra, lenient};

/// `GET /me`: reads the user or system user that the token acts as.
#[derive(Debug, Clone, Copy)]
pub struct Me;

impl Endpoint for Me {
    type Response = User;
    const NAME: &'static str = "Me";

    fn request(&self) -> Request {
        Request::get(["me"]).query("fields", "id,name")
    }
}

/// A user or a system user.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct User {
    /// The id, which is valid only within the app.
    #[serde(deserialize_with = "lenient::id")]
    pub id: String,
    /// The name.
    #[serde(default)]
    pub name: Option<String>,
    /// Fields that this crate does not know.
    #[serde(flatten)]
    pub extra: Extra,
}
