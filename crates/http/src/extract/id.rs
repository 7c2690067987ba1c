//! The id in a path.

use std::future::{Ready, ready};

use actix_web::{FromRequest, HttpRequest, dev::Payload};
use uuid::Uuid;
use wabakit_services::ServiceError;

use crate::{problem::ApiError, routes::fixed_methods};

/// The only id of a path. A text that is no id gets a 404.
pub(crate) struct Id<T>(pub(crate) T);

/// Returns the error for a path without an id. A fixed path in this place exists, but has other methods.
fn no_id(request: &HttpRequest) -> ApiError {
    match fixed_methods(request.path()) {
        Some(methods) => ApiError::WrongMethod(methods),
        None => ServiceError::NotFound("what the path names").into(),
    }
}

impl<T: From<Uuid>> FromRequest for Id<T> {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let text = request.match_info().iter().next().map(|(_, text)| text);
        let id = text.and_then(|text| Uuid::parse_str(text).ok());
        let id = id.map(|id| Self(T::from(id)));
        ready(id.ok_or_else(|| no_id(request)))
    }
}
