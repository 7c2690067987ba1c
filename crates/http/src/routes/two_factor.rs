//! Two-factor sign-in: an authenticator app and recovery codes.

use actix_web::{HttpResponse, delete, get, post, web::Data};
use wabakit_domain::ids::UserId;
use wabakit_services::wire;
use wabakit_wire::two_factor::{RecoveryCodes, TwoFactor, TwoFactorSetup};

use crate::{
    Api,
    extract::{Id, Json, Member, TeamWrite},
    problem::ApiError,
    views::two_factor::{BeginTwoFactor, ConfirmTwoFactor, EndTwoFactor, RenewRecoveryCodes},
};

/// Retrieve your two-factor sign-in
#[utoipa::path(tag = "Sign-in", operation_id = "getTwoFactor",
    security(("bearer" = ["member"]), ("cookie" = ["member"])),
    responses((status = 200, body = TwoFactor)))]
#[get("/auth/two-factor")]
pub(crate) async fn get(api: Data<Api>, Member(caller): Member) -> Result<HttpResponse, ApiError> {
    let factor = api.auth.two_factor(&caller).await?;
    Ok(HttpResponse::Ok().json(wire::two_factor(factor.as_ref())))
}

/// Make a secret for an authenticator app
///
/// The answer shows the secret once. Two-factor sign-in is on once a code of the app confirms it. Until then another
/// call makes another secret.
#[utoipa::path(tag = "Sign-in", operation_id = "beginTwoFactor",
    security(("bearer" = ["member"]), ("cookie" = ["member"])),
    responses((status = 200, body = TwoFactorSetup),
              (status = 409, description = "`not_allowed_now`: it is on already"),
              (status = 429, description = "`too_many_attempts`: see Retry-After")))]
#[post("/auth/two-factor")]
pub(crate) async fn begin(
    api: Data<Api>,
    Member(caller): Member,
    Json(body): Json<BeginTwoFactor>,
) -> Result<HttpResponse, ApiError> {
    let new = api
        .auth
        .begin_two_factor(&caller, body.current_password)
        .await?;
    Ok(HttpResponse::Ok().json(wire::two_factor_setup(&new)))
}

/// Turn two-factor sign-in on
///
/// Needs a code of the app. The answer shows ten recovery codes once. Each works once in place of a code.
#[utoipa::path(tag = "Sign-in", operation_id = "confirmTwoFactor",
    security(("bearer" = ["member"]), ("cookie" = ["member"])),
    responses((status = 200, body = RecoveryCodes),
              (status = 409, description = "`two_factor_not_begun`"),
              (status = 429, description = "`too_many_attempts`: see Retry-After")))]
#[post("/auth/two-factor/confirm")]
pub(crate) async fn confirm(
    api: Data<Api>,
    Member(caller): Member,
    Json(body): Json<ConfirmTwoFactor>,
) -> Result<HttpResponse, ApiError> {
    let codes = api.auth.confirm_two_factor(&caller, &body.code).await?;
    Ok(HttpResponse::Ok().json(wire::recovery_codes(&codes)))
}

/// Make new recovery codes
///
/// The old codes end. The answer shows the new ones once.
#[utoipa::path(tag = "Sign-in", operation_id = "renewRecoveryCodes",
    security(("bearer" = ["member"]), ("cookie" = ["member"])),
    responses((status = 200, body = RecoveryCodes),
              (status = 409, description = "`two_factor_off`"),
              (status = 429, description = "`too_many_attempts`: see Retry-After")))]
#[post("/auth/two-factor/recovery-codes")]
pub(crate) async fn renew_codes(
    api: Data<Api>,
    Member(caller): Member,
    Json(body): Json<RenewRecoveryCodes>,
) -> Result<HttpResponse, ApiError> {
    let codes = api
        .auth
        .renew_recovery_codes(&caller, body.current_password)
        .await?;
    Ok(HttpResponse::Ok().json(wire::recovery_codes(&codes)))
}

/// Turn two-factor sign-in off
///
/// Needs the password and a code. All other sign-ins of the person end.
#[utoipa::path(tag = "Sign-in", operation_id = "endTwoFactor",
    security(("bearer" = ["member"]), ("cookie" = ["member"])),
    responses((status = 204), (status = 409, description = "`two_factor_off`"),
              (status = 429, description = "`too_many_attempts`: see Retry-After")))]
#[delete("/auth/two-factor")]
pub(crate) async fn end(
    api: Data<Api>,
    Member(caller): Member,
    Json(body): Json<EndTwoFactor>,
) -> Result<HttpResponse, ApiError> {
    api.auth
        .end_two_factor(&caller, body.current_password, &body.code)
        .await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Turn a member's two-factor sign-in off
///
/// For a member who lost the app and the recovery codes. All sign-ins of the person end. It is refused for a person
/// whose password the caller may not reset.
#[utoipa::path(tag = "Team", operation_id = "endMemberTwoFactor",
    security(("bearer" = ["team:write"]), ("cookie" = ["team:write"])),
    params(("userId" = Uuid, Path, description = "The member")),
    responses((status = 204), (status = 409, description = "`two_factor_off`")))]
#[delete("/api/team/{userId}/two-factor")]
pub(crate) async fn end_of_member(
    api: Data<Api>,
    TeamWrite(caller): TeamWrite,
    Id(user): Id<UserId>,
) -> Result<HttpResponse, ApiError> {
    api.team.end_two_factor(&caller, user).await?;
    Ok(HttpResponse::NoContent().finish())
}
