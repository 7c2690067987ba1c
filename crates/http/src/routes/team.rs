//! Members, roles, invitations.

use actix_web::{HttpResponse, delete, get, patch, post, web::Data};
use wabakit_domain::{
    identity::Role,
    ids::{LinkId, UserId},
};

use wabakit_services::wire::{self, FromWire};
use wabakit_wire::{
    lists::{Listed, Paged},
    team::{Invitation, ResetLink, TeamMember},
};

use crate::{
    Api,
    extract::{Id, Json, Member, PageQuery, Query, TeamRead, TeamWrite},
    problem::ApiError,
    views::{
        lists::{listed, paged},
        team::{ChangeRole, Invite, link_to},
    },
};

/// List the team
#[utoipa::path(tag = "Team", operation_id = "listTeam",
    security(("bearer" = ["team:read"]), ("cookie" = ["team:read"])),
    params(PageQuery), responses((status = 200, body = Paged<TeamMember>)))]
#[get("/api/team")]
pub(crate) async fn list(
    api: Data<Api>,
    TeamRead(caller): TeamRead,
    Query(page): Query<PageQuery>,
) -> Result<HttpResponse, ApiError> {
    let page = api.team.members(&caller, page.request()?).await?;
    Ok(HttpResponse::Ok().json(paged(page, wire::form::<TeamMember>)))
}

/// Change a member's role
///
/// The new role applies at once. Admins manage roles up to admin. Only owners appoint and remove owners.
#[utoipa::path(tag = "Team", operation_id = "changeRole",
    security(("bearer" = ["team:write"]), ("cookie" = ["team:write"])),
    params(("userId" = Uuid, Path, description = "The member")),
    responses((status = 200, body = TeamMember)))]
#[patch("/api/team/{userId}")]
pub(crate) async fn change_role(
    api: Data<Api>,
    TeamWrite(caller): TeamWrite,
    Id(user): Id<UserId>,
    Json(body): Json<ChangeRole>,
) -> Result<HttpResponse, ApiError> {
    let member = api
        .team
        .set_role(&caller, user, Role::from_wire(body.role))
        .await?;
    Ok(HttpResponse::Ok().json(wire::form::<TeamMember>(member)))
}

/// Remove a member
///
/// Their sign-ins in this organisation end at once. People may remove themselves.
#[utoipa::path(tag = "Team", operation_id = "removeMember",
    security(("bearer" = ["member"]), ("cookie" = ["member"])),
    params(("userId" = Uuid, Path, description = "The member")), responses((status = 204)))]
#[delete("/api/team/{userId}")]
pub(crate) async fn remove(
    api: Data<Api>,
    Member(caller): Member,
    Id(user): Id<UserId>,
) -> Result<HttpResponse, ApiError> {
    api.team.remove(&caller, user).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Create a password reset link
///
/// The link is shown once; hand it to the member. If the server sends mail and the member has proven the address, the
/// link is mailed and not shown.
#[utoipa::path(tag = "Team", operation_id = "makeResetLink",
    security(("bearer" = ["team:write"]), ("cookie" = ["team:write"])),
    params(("userId" = Uuid, Path, description = "The member")),
    responses((status = 200, body = ResetLink)))]
#[post("/api/team/{userId}/password-reset")]
pub(crate) async fn password_reset(
    api: Data<Api>,
    TeamWrite(caller): TeamWrite,
    Id(user): Id<UserId>,
) -> Result<HttpResponse, ApiError> {
    let link = api.team.password_reset(&caller, user).await?;
    Ok(HttpResponse::Ok().json(wire::reset_link(
        &link.link,
        link_to(&api.settings.public_url, "reset", &link),
    )))
}

/// List open invitations
#[utoipa::path(tag = "Team", operation_id = "listInvitations",
    security(("bearer" = ["team:write"]), ("cookie" = ["team:write"])),
    responses((status = 200, body = Listed<Invitation>)))]
#[get("/api/team/invitations")]
pub(crate) async fn invitations(
    api: Data<Api>,
    TeamWrite(caller): TeamWrite,
) -> Result<HttpResponse, ApiError> {
    let links = api.team.invitations(&caller).await?;
    let invitations = links
        .into_iter()
        .filter_map(|link| wire::invitation(link, None));
    Ok(HttpResponse::Ok().json(listed(invitations, |invitation| invitation)))
}

/// Invite a member
///
/// The link is shown once; hand it to the person. If the server sends mail, the link is mailed and not shown. A second
/// invitation of the same address replaces the first.
#[utoipa::path(tag = "Team", operation_id = "invite",
    security(("bearer" = ["team:write"]), ("cookie" = ["team:write"])),
    responses((status = 201, body = Invitation)))]
#[post("/api/team/invitations")]
pub(crate) async fn invite(
    api: Data<Api>,
    TeamWrite(caller): TeamWrite,
    Json(body): Json<Invite>,
) -> Result<HttpResponse, ApiError> {
    let new = api
        .team
        .invite(&caller, &body.email, Role::from_wire(body.role))
        .await?;
    let url = link_to(&api.settings.public_url, "invite", &new);
    Ok(HttpResponse::Created().json(wire::invitation(new.link, url)))
}

/// Revoke an invitation
#[utoipa::path(tag = "Team", operation_id = "revokeInvitation",
    security(("bearer" = ["team:write"]), ("cookie" = ["team:write"])),
    params(("id" = Uuid, Path, description = "The invitation")), responses((status = 204)))]
#[delete("/api/team/invitations/{id}")]
pub(crate) async fn revoke_invitation(
    api: Data<Api>,
    TeamWrite(caller): TeamWrite,
    Id(id): Id<LinkId>,
) -> Result<HttpResponse, ApiError> {
    api.team.revoke_invitation(&caller, id).await?;
    Ok(HttpResponse::NoContent().finish())
}
