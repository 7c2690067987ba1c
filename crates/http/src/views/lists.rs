//! Lists, complete and in pages.

use std::fmt::Display;

use utoipa::ToSchema;
use wabakit_domain::Time;
use wabakit_services::Page;
use wabakit_wire::lists::{Listed, Paged};

use crate::extract::TimeKey;

/// Makes a page of a list.
pub(crate) fn paged<T: ToSchema, R, K: ToString>(
    page: Page<R, K>,
    form: impl FnMut(R) -> T,
) -> Paged<T> {
    Paged {
        data: page.rows.into_iter().map(form).collect(),
        next_cursor: page.next.map(|key| key.to_string()),
    }
}

/// Makes a page of a list that is sorted by time.
pub(crate) fn paged_by_time<T: ToSchema, R, I: Display>(
    page: Page<R, (Time, I)>,
    form: impl FnMut(R) -> T,
) -> Paged<T> {
    let next = page.next.map(|(at, id)| TimeKey(at, id));
    let rows = page.rows;
    paged(Page { rows, next }, form)
}

/// Makes a list that is complete.
pub(crate) fn listed<T: ToSchema, R>(
    rows: impl IntoIterator<Item = R>,
    form: impl FnMut(R) -> T,
) -> Listed<T> {
    Listed {
        data: rows.into_iter().map(form).collect(),
    }
}
