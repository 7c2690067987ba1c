use super::Success;
use crate::endpoint::{Endpoint, Request};

/// `DELETE /{user}/permissions`: revokes one permission, or all of them and with them the token.
///
/// Not idempotent, because the token may be gone after the first call: Meta would refuse a second one for an invalid
/// token. Ask [`DebugToken`](super::DebugToken) instead.
#[derive(Debug, Clone)]
pub struct DeletePermissions {
    /// The user, or `me`.
    pub user_id: String,
    /// The permission; all when `None`.
    pub scope: Option<String>,
}

impl Endpoint for DeletePermissions {
    type Response = Success;
    const NAME: &'static str = "DeletePermissions";

    fn request(&self) -> Request {
        let path = [self.user_id.as_str(), "permissions"]
            .into_iter()
            .chain(self.scope.as_deref());
        Request::delete(path).idempotent(false)
    }
}
