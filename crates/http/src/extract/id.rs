//! The id in a path.

use std::future::{Ready, ready};

use actix_web::{FromRequest, HttpRequest, dev::Payload};
use uuid::Uuid;
use wabakit_services::ServiceError;

use crate::problem::ApiError;

/// The only id in a path. A text that is not an id gets a 404.
pub(crate) struct Id<T>(pub(crate) T);

impl<T: From<Uuid>> FromRequest for Id<T> {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let text = request.match_info().iter().next().map(|(_, text)| text);
        let id = text.and_then(|text| Uuid::parse_str(text).ok());
        ready(
            id.map(|id| Self(T::from(id)))
                .ok_or_else(|| ServiceError::NotFound("what the path names").into()),
        )
    }
}
