//! Query strings, and pages of lists.

use std::{
    future::{Ready, ready},
    str::FromStr,
};

use actix_web::{FromRequest, HttpRequest, dev::Payload, web};
use serde::{Deserialize, de::DeserializeOwned};
use utoipa::IntoParams;
use wabakit_domain::Time;
use wabakit_services::{Invalid, Limit, PageRequest};

use super::TimeKey;
use crate::problem::ApiError;

/// A query string.
pub(crate) struct Query<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequest for Query<T> {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let query = web::Query::<T>::from_query(request.query_string());
        ready(query.map(|query| Self(query.into_inner())).map_err(|_| {
            Invalid::new(
                "",
                "A query parameter does not have the type or value that it must have.",
            )
            .into()
        }))
    }
}

/// An empty query string. For acts that take a body, so that a filter in the query is never silently ignored.
pub(crate) struct NoQuery;

impl FromRequest for NoQuery {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let detail = "This takes no query parameters: say it in the body.";
        let is_empty = request.query_string().is_empty();
        ready(if is_empty {
            Ok(Self)
        } else {
            Err(Invalid::new("", detail).into())
        })
    }
}

/// Reads the number of rows, within the bounds of the OpenAPI document.
///
/// # Errors
/// When it is not between 1 and 200.
pub(crate) fn rows_of(limit: Option<u32>) -> Result<Limit, Invalid> {
    match limit {
        None => Ok(Limit::default()),
        Some(rows @ 1..=200) => Ok(Limit::new(rows)),
        Some(_) => Err(Invalid::new("/limit", "Ask for 1 to 200 rows.")),
    }
}

/// The page of a list.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct PageQuery {
    /// `nextCursor` of the previous page.
    pub(crate) cursor: Option<String>,
    /// The number of rows, 1 to 200. The default is 50.
    #[param(minimum = 1, maximum = 200, default = 50)]
    pub(crate) limit: Option<u32>,
}

impl PageQuery {
    /// # Errors
    /// When the cursor is malformed; when the limit is out of bounds.
    pub(crate) fn request<K: FromStr>(&self) -> Result<PageRequest<K>, Invalid> {
        let refused = |_| Invalid::new("/cursor", "Take nextCursor of the page before as it is.");
        Ok(PageRequest {
            after: self
                .cursor
                .as_deref()
                .map(str::parse)
                .transpose()
                .map_err(refused)?,
            limit: rows_of(self.limit)?,
        })
    }

    /// Reads the page of a list that is sorted by time.
    ///
    /// # Errors
    /// When the cursor is malformed.
    pub(crate) fn by_time<I: FromStr>(&self) -> Result<PageRequest<(Time, I)>, Invalid> {
        let request = self.request::<TimeKey<I>>()?;
        Ok(PageRequest {
            after: request.after.map(|TimeKey(at, id)| (at, id)),
            limit: request.limit,
        })
    }
}
