//! Meta's errors, explained.

use actix_web::{HttpResponse, get};

use wabakit_services::wire;
use wabakit_wire::{lists::Listed, send::KnownError};

use crate::{extract::Member, problem::ApiError, views::lists::listed};

/// List explanations of Meta's errors
///
/// The table of Meta's errors: the cause, the remedy, who can act, and whether the same message may be sent again.
#[utoipa::path(tag = "Messages", operation_id = "listMetaErrors",
    security(("bearer" = ["member"]), ("cookie" = ["member"])),
    responses((status = 200, body = Listed<KnownError>)))]
#[get("/api/meta-errors")]
pub(crate) async fn list(Member(_caller): Member) -> Result<HttpResponse, ApiError> {
    Ok(HttpResponse::Ok().json(listed(wire::known_errors(), |known| known)))
}
