//! The audit log.

use std::collections::HashMap;

use actix_web::{HttpResponse, get, web::Data};
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;
use wabakit_domain::ids::UserId;
use wabakit_services::{AuditFilter, Caller, Limit, PageRequest, ServiceError, wire};
use wabakit_wire::{
    audit::{AuditEvent, AuditVerification},
    lists::Paged,
};

use crate::{
    Api,
    extract::{AuditRead, PageQuery, Query},
    problem::ApiError,
    views::lists::paged,
};

/// The filter of audit entries.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct AuditQuery {
    /// Only entries of this action, or of all actions that begin with it and a dot: `connect` finds `connect.started`.
    action: Option<String>,
    /// Only entries of this person.
    actor: Option<Uuid>,
}

/// List the audit log, newest first
#[utoipa::path(tag = "Audit log", operation_id = "listAuditLog",
    security(("bearer" = ["audit:read"]), ("cookie" = ["audit:read"])),
    params(PageQuery, AuditQuery), responses((status = 200, body = Paged<AuditEvent>)))]
#[get("/api/audit")]
pub(crate) async fn list(
    api: Data<Api>,
    AuditRead(caller): AuditRead,
    Query(page): Query<PageQuery>,
    Query(query): Query<AuditQuery>,
) -> Result<HttpResponse, ApiError> {
    let filter = AuditFilter {
        action: query.action.filter(|action| !action.is_empty()),
        user: query.actor.map(UserId),
    };
    let page = api.audit.list(&caller, filter, page.request()?).await?;
    let names = names(&api, &caller).await?;
    Ok(HttpResponse::Ok().json(paged(page, |entry| wire::audit_event(entry, &names))))
}

/// Returns the names of the team, to show beside the ids. Only of the first 200 members.
async fn names(api: &Api, caller: &Caller) -> Result<HashMap<UserId, String>, ServiceError> {
    let request = PageRequest {
        after: None,
        limit: Limit::MAX,
    };
    let members = api.team.members(caller, request).await?.rows.into_iter();
    Ok(members
        .map(|member| (member.user.id, member.user.name))
        .collect())
}

/// Verify the audit log
///
/// Walks the hash chain from the first entry to the last.
#[utoipa::path(tag = "Audit log", operation_id = "verifyAuditLog",
    security(("bearer" = ["audit:read"]), ("cookie" = ["audit:read"])),
    responses((status = 200, body = AuditVerification)))]
#[get("/api/audit/verify")]
pub(crate) async fn verify(
    api: Data<Api>,
    AuditRead(caller): AuditRead,
) -> Result<HttpResponse, ApiError> {
    let verdict = api.audit.verify(&caller).await?;
    Ok(HttpResponse::Ok().json(wire::form::<AuditVerification>(verdict)))
}
