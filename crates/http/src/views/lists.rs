//! Lists, whole and by the page.

use std::fmt::Display;

use serde::Serialize;
use utoipa::ToSchema;
use wabakit_domain::Time;
use wabakit_services::Page;

use crate::extract::TimeKey;

/// A page of a list.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Paged<T: ToSchema> {
    /// The rows, in the list's order.
    pub(crate) data: Vec<T>,
    /// Ask for the next page with `?cursor=` this; null on the last page.
    #[schema(required)]
    pub(crate) next_cursor: Option<String>,
}

impl<T: ToSchema> Paged<T> {
    pub(crate) fn of<R, K: ToString>(page: Page<R, K>, view: impl FnMut(R) -> T) -> Self {
        Self {
            data: page.rows.into_iter().map(view).collect(),
            next_cursor: page.next.map(|key| key.to_string()),
        }
    }

    /// Of a list that is sorted by time.
    pub(crate) fn by_time<R, I: Display>(
        page: Page<R, (Time, I)>,
        view: impl FnMut(R) -> T,
    ) -> Self {
        let next = page.next.map(|(at, id)| TimeKey(at, id));
        Self::of(
            Page {
                rows: page.rows,
                next,
            },
            view,
        )
    }
}

/// A list that is short enough to come whole.
#[derive(Serialize, ToSchema)]
pub(crate) struct Listed<T: ToSchema> {
    /// The rows.
    pub(crate) data: Vec<T>,
}

impl<T: ToSchema> Listed<T> {
    pub(crate) fn of<R>(rows: impl IntoIterator<Item = R>, view: impl FnMut(R) -> T) -> Self {
        Self {
            data: rows.into_iter().map(view).collect(),
        }
    }
}
