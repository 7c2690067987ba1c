//! Signing in and out, passwords, and accepting invitations.

use std::sync::Once;

use actix_web::{HttpRequest, HttpResponse, delete, get, post, web::Data};
use secrecy::ExposeSecret;
use wabakit_domain::ids::{AuthSessionId, OrgId};
use wabakit_services::{Credentials, ServiceError, SignedIn, wire};
use wabakit_wire::{
    auth::{AuthAnswer, InvitationPreview, Me, SignIn, SignInOptions},
    lists::Listed,
};

use crate::{
    Api, cookies,
    extract::{Id, Json, Member, NoInput, client},
    problem::ApiError,
    views::{
        auth::{
            AcceptInvitation, ChangePassword, InspectInvitation, Login, ProveAddress, Refresh,
            RequestPasswordReset, ResetPassword, SessionKind,
        },
        lists::listed,
    },
};

fn signed_in(api: &Api, signed_in: SignedIn, kind: Option<SessionKind>) -> HttpResponse {
    let mut response = HttpResponse::Ok();
    if let Some(cookie) = &signed_in.cookie {
        response.cookie(cookies::session(&api.settings, cookie.expose_secret()));
    }
    if let Some(client) = &signed_in.known_client {
        response.cookie(cookies::client(&api.settings, client.expose_secret()));
    }
    response.json(wire::auth_answer(signed_in, kind.is_none()))
}

/// Warns once about a proxy that is not trusted: all clients behind it count as one.
fn warn_of_proxy(api: &Api, request: &HttpRequest) {
    static WARNED: Once = Once::new();
    if !api.settings.trust_proxy && request.headers().contains_key("x-forwarded-for") {
        WARNED.call_once(|| {
            tracing::warn!(
                "a proxy sets X-Forwarded-For and TRUST_PROXY is off, so all clients behind it share one limit of failed sign-ins"
            );
        });
    }
}

/// Sign in
///
/// Sets the session cookie, and answers with tokens unless the browser asks for the cookie alone. With two-factor
/// sign-in on, the right password without a code is refused with `second_factor_required`: send the same request with
/// `code`.
#[utoipa::path(tag = "Sign-in", operation_id = "login",
    responses((status = 200, body = AuthAnswer),
              (status = 401, description = "`invalid_credentials`; `second_factor_required` and `wrong_code` if the password is right"),
              (status = 429, description = "`too_many_attempts`: see Retry-After")))]
#[post("/auth/login")]
pub(crate) async fn login(
    api: Data<Api>,
    request: HttpRequest,
    Json(body): Json<Login>,
) -> Result<HttpResponse, ApiError> {
    warn_of_proxy(&api, &request);
    let credentials = Credentials {
        email: body.email,
        password: body.password,
        org: body.org_id.map(OrgId),
        code: body.code,
    };
    let answer = api.auth.login(credentials, &client(&api, &request)).await?;
    Ok(signed_in(&api, answer, body.session))
}

/// Exchange a refresh token
///
/// Answers with the next refresh token and a new access token. A refresh token that is used twice ends its sign-in.
#[utoipa::path(tag = "Sign-in", operation_id = "refresh",
    responses((status = 200, body = AuthAnswer),
              (status = 401, description = "`refresh_token_reused` or `session_expired`")))]
#[post("/auth/refresh")]
pub(crate) async fn refresh(
    api: Data<Api>,
    request: HttpRequest,
    Json(body): Json<Refresh>,
) -> Result<HttpResponse, ApiError> {
    let answer = api
        .auth
        .refresh(&body.refresh_token, &client(&api, &request))
        .await;
    match answer {
        Ok(answer) => Ok(signed_in(&api, answer, None)),
        Err(ServiceError::Unauthenticated) => Err(ApiError::SessionExpired),
        Err(error) => Err(error.into()),
    }
}

/// Sign out
///
/// Ends the sign-in at once: its cookie, access token and refresh token.
#[utoipa::path(tag = "Sign-in", operation_id = "logout",
    security(("bearer" = ["member"]), ("cookie" = ["member"])), responses((status = 204)))]
#[post("/auth/logout")]
pub(crate) async fn logout(
    api: Data<Api>,
    Member(caller): Member,
) -> Result<HttpResponse, ApiError> {
    api.auth.logout(&caller).await?;
    let gone = cookies::no_session(&api.settings);
    Ok(HttpResponse::NoContent().cookie(gone).finish())
}

/// Retrieve the signed-in person
#[utoipa::path(tag = "Sign-in", operation_id = "me",
    security(("bearer" = ["member"]), ("cookie" = ["member"])), responses((status = 200, body = Me)))]
#[get("/auth/me")]
pub(crate) async fn me(api: Data<Api>, Member(caller): Member) -> Result<HttpResponse, ApiError> {
    let (user, orgs) = api.auth.memberships(&caller).await?;
    let me = wire::me(&caller, user, orgs).ok_or(ServiceError::Unauthenticated)?;
    Ok(HttpResponse::Ok().json(me))
}

/// List your sign-ins
///
/// Lists the sign-ins that have not ended, in all your organisations, last used first, at most 200.
#[utoipa::path(tag = "Sign-in", operation_id = "listSignIns",
    security(("bearer" = ["member"]), ("cookie" = ["member"])),
    responses((status = 200, body = Listed<SignIn>)))]
#[get("/auth/sign-ins")]
pub(crate) async fn sign_ins(
    api: Data<Api>,
    Member(caller): Member,
) -> Result<HttpResponse, ApiError> {
    let current = caller.person()?.session;
    let sign_ins = api.auth.sign_ins(&caller).await?.into_iter();
    Ok(HttpResponse::Ok().json(listed(sign_ins, |each| wire::sign_in(each, current))))
}

/// End one of your sign-ins
///
/// It ends at once: its cookie, access token, refresh token and WebSockets.
#[utoipa::path(tag = "Sign-in", operation_id = "endSignIn",
    security(("bearer" = ["member"]), ("cookie" = ["member"])),
    params(("id" = Uuid, Path, description = "The sign-in")), responses((status = 204)))]
#[delete("/auth/sign-ins/{id}")]
pub(crate) async fn end_sign_in(
    api: Data<Api>,
    Member(caller): Member,
    Id(id): Id<AuthSessionId>,
) -> Result<HttpResponse, ApiError> {
    api.auth.end_sign_in(&caller, id).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// End all your other sign-ins
///
/// Ends all sign-ins except the one that calls, in all your organisations.
#[utoipa::path(tag = "Sign-in", operation_id = "endOtherSignIns",
    security(("bearer" = ["member"]), ("cookie" = ["member"])),
    responses((status = 204), (status = 422, description = "`invalid`: it takes neither query nor body")))]
#[delete("/auth/sign-ins")]
pub(crate) async fn end_other_sign_ins(
    api: Data<Api>,
    Member(caller): Member,
    _: NoInput,
) -> Result<HttpResponse, ApiError> {
    api.auth.end_other_sign_ins(&caller).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Change the password
///
/// All other sign-ins of the person end.
#[utoipa::path(tag = "Sign-in", operation_id = "changePassword",
    security(("bearer" = ["member"]), ("cookie" = ["member"])), responses((status = 204)))]
#[post("/auth/password")]
pub(crate) async fn change_password(
    api: Data<Api>,
    Member(caller): Member,
    Json(body): Json<ChangePassword>,
) -> Result<HttpResponse, ApiError> {
    api.auth
        .change_password(&caller, body.current_password, body.new_password)
        .await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Reset the password by a link
///
/// All sign-ins of the person end.
#[utoipa::path(tag = "Sign-in", operation_id = "resetPassword",
    responses((status = 204), (status = 410, description = "`link_gone`")))]
#[post("/auth/password-reset")]
pub(crate) async fn reset_password(
    api: Data<Api>,
    request: HttpRequest,
    Json(body): Json<ResetPassword>,
) -> Result<HttpResponse, ApiError> {
    let (token, origin) = (body.token.expose_secret(), client(&api, &request));
    api.team
        .reset_password(token, body.new_password, &origin)
        .await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Request a password reset by mail
///
/// A link is mailed to the address, if a person has proven it. The answer is the same if nobody has. If the server
/// sends no mail, an admin makes the link.
#[utoipa::path(tag = "Sign-in", operation_id = "requestPasswordReset",
    responses((status = 202), (status = 409, description = "`mail_not_set_up`"),
              (status = 429, description = "`too_many_attempts`: see Retry-After")))]
#[post("/auth/password/reset-requests")]
pub(crate) async fn request_password_reset(
    api: Data<Api>,
    request: HttpRequest,
    Json(body): Json<RequestPasswordReset>,
) -> Result<HttpResponse, ApiError> {
    let origin = client(&api, &request);
    api.team.request_password_reset(&body.email, &origin)?;
    Ok(HttpResponse::Accepted().finish())
}

/// Request a link that proves the address
///
/// The link is mailed to the person who is signed in.
#[utoipa::path(tag = "Sign-in", operation_id = "requestAddressProof",
    security(("bearer" = ["member"]), ("cookie" = ["member"])),
    responses((status = 202), (status = 409, description = "`mail_not_set_up` or `address_proven`"),
              (status = 429, description = "`too_many_attempts`: see Retry-After")))]
#[post("/auth/address/proof")]
pub(crate) async fn request_address_proof(
    api: Data<Api>,
    request: HttpRequest,
    Member(caller): Member,
) -> Result<HttpResponse, ApiError> {
    let origin = client(&api, &request);
    api.team.request_address_proof(&caller, &origin).await?;
    Ok(HttpResponse::Accepted().finish())
}

/// Prove the address by a link
///
/// Only the person who requested the link can use it.
#[utoipa::path(tag = "Sign-in", operation_id = "proveAddress",
    security(("bearer" = ["member"]), ("cookie" = ["member"])),
    responses((status = 204), (status = 409, description = "`address_taken`"),
              (status = 410, description = "`link_gone`")))]
#[post("/auth/address/proof/accept")]
pub(crate) async fn prove_address(
    api: Data<Api>,
    Member(caller): Member,
    Json(body): Json<ProveAddress>,
) -> Result<HttpResponse, ApiError> {
    let token = body.token.expose_secret();
    api.team.prove_address(&caller, token).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Retrieve the sign-in options
#[utoipa::path(tag = "Sign-in", operation_id = "signInOptions",
    responses((status = 200, body = SignInOptions)))]
#[get("/auth/options")]
pub(crate) async fn options(api: Data<Api>) -> HttpResponse {
    HttpResponse::Ok().json(SignInOptions {
        mail: api.team.mail().is_some(),
    })
}

/// Inspect an invitation
#[utoipa::path(tag = "Sign-in", operation_id = "inspectInvitation",
    responses((status = 200, body = InvitationPreview), (status = 410, description = "`link_gone`")))]
#[post("/auth/invitations/inspect")]
pub(crate) async fn inspect_invitation(
    api: Data<Api>,
    Json(body): Json<InspectInvitation>,
) -> Result<HttpResponse, ApiError> {
    let invitation = api
        .team
        .inspect_invitation(body.token.expose_secret())
        .await?;
    Ok(HttpResponse::Ok().json(wire::form::<InvitationPreview>(invitation)))
}

/// Accept an invitation
///
/// Creates the person, or adds the organisation to an existing person, and signs them in.
#[utoipa::path(tag = "Sign-in", operation_id = "acceptInvitation",
    responses((status = 200, body = AuthAnswer),
              (status = 401, description = "`invalid_credentials`, `second_factor_required`, `wrong_code`: as for signing in"),
              (status = 410, description = "`link_gone`")))]
#[post("/auth/invitations/accept")]
pub(crate) async fn accept_invitation(
    api: Data<Api>,
    request: HttpRequest,
    Json(body): Json<AcceptInvitation>,
) -> Result<HttpResponse, ApiError> {
    let (token, origin) = (body.token.expose_secret(), client(&api, &request));
    let answer = api
        .team
        .accept_invitation(token, &body.name, (body.password, body.code), &origin)
        .await?;
    Ok(signed_in(&api, answer, body.session))
}
