//! Starting a connect session, Meta's redirect, and codes that a browser got itself.

use actix_web::{HttpRequest, HttpResponse, get, http::header, post, web::Data};
use wabakit_domain::{
    connect::{BrowserBinding, ConnectStatus},
    ids::MetaAppId,
};
use wabakit_services::{
    BeginConnect, Begun, CallbackParams, Caller, OauthSubmission as Submission, wire,
};

use super::sessions::view;
use wabakit_wire::connect::{ConnectStart, OauthAnswer};

use crate::{
    Api, cookies,
    extract::{ConnectWrite, Json, Query, check_origin, viewer},
    popup,
    problem::ApiError,
    views::connect::{BeginQuery, CallbackQuery, OauthSubmission},
};

async fn begin(
    api: &Api,
    request: &HttpRequest,
    caller: &Caller,
    query: BeginQuery,
) -> Result<Begun, ApiError> {
    let begin = BeginConnect {
        mode: query.mode.into(),
        redirect_uri: query.redirect_uri,
        return_to: query.return_to,
        meta_app: query.meta_app_id.map(MetaAppId),
        nonce: nonce(api, request),
        binding: binding(request),
    };
    Ok(api.connect.begin(caller, begin).await?)
}

fn nonce(api: &Api, request: &HttpRequest) -> Option<String> {
    let cookie = request.cookie(&cookies::nonce_name(&api.settings))?;
    Some(cookie.value().to_owned())
}

/// Decides how the callback is bound to the browser, by `Sec-Fetch-Site` and `Sec-Fetch-Mode`. Only our own pages,
/// and a window that navigates here, keep our `SameSite=Lax` cookie for certain. A page of another origin, even on
/// the same site, drops it unless it fetches with credentials, and a program may have no place to keep it.
fn binding(request: &HttpRequest) -> BrowserBinding {
    let fetched = |name| {
        request
            .headers()
            .get(name)
            .and_then(|value: &header::HeaderValue| value.to_str().ok())
    };
    let ours = matches!(fetched("sec-fetch-site"), Some("same-origin" | "none"));
    if ours || fetched("sec-fetch-mode") == Some("navigate") {
        BrowserBinding::Nonce
    } else {
        BrowserBinding::Confirmation
    }
}

/// Start a connect session
///
/// Answers with the address of Meta's login dialog, or in `sdk` mode with what Meta's JavaScript SDK is called with.
/// Sets a cookie that ties the login to this browser.
#[utoipa::path(tag = "Connect", operation_id = "beginConnect",
    security(("bearer" = ["connect:write"]), ("cookie" = ["connect:write"])),
    params(BeginQuery), responses((status = 200, body = ConnectStart)))]
#[get("/auth/meta-oauth/init")]
pub(crate) async fn init(
    api: Data<Api>,
    request: HttpRequest,
    ConnectWrite(caller): ConnectWrite,
    Query(query): Query<BeginQuery>,
) -> Result<HttpResponse, ApiError> {
    // It starts something, so a page of another site must not do it by the cookie, not even by GET.
    if !request.headers().contains_key(header::AUTHORIZATION) {
        check_origin(&api, &request)?;
    }
    let mode = query.mode;
    let begun = begin(&api, &request, &caller, query).await?;
    let cookie = cookies::nonce(&api.settings, &begun.nonce);
    Ok(HttpResponse::Ok()
        .cookie(cookie)
        .json(wire::connect_start(begun, mode.into())))
}

/// Start a connect session by a link
///
/// The same as `/auth/meta-oauth/init`, answered by a redirect to Meta's login dialog.
#[utoipa::path(tag = "Connect", operation_id = "connectLink",
    security(("bearer" = ["connect:write"]), ("cookie" = ["connect:write"])), params(BeginQuery),
    responses((status = 302, description = "To Meta's login dialog",
        headers(("Location" = String, description = "Meta's login dialog")))))]
#[get("/api/integrations/whatsapp/connect")]
pub(crate) async fn link(
    api: Data<Api>,
    request: HttpRequest,
    ConnectWrite(caller): ConnectWrite,
    Query(query): Query<BeginQuery>,
) -> Result<HttpResponse, ApiError> {
    let begun = begin(&api, &request, &caller, query).await?;
    Ok(HttpResponse::Found()
        .insert_header((header::LOCATION, begun.auth_url))
        .cookie(cookies::nonce(&api.settings, &begun.nonce))
        .finish())
}

async fn land(api: &Api, request: &HttpRequest, query: CallbackQuery) -> HttpResponse {
    let params = CallbackParams {
        state: query.state,
        code: query.code,
        error: query.error,
        error_description: query.error_description,
        nonce: nonce(api, request),
        viewer: viewer(api, request).await,
    };
    let landing = api.connect.callback(params).await;
    popup::land(&landing, &api.settings.frontend_url)
}

/// Handle Meta's redirect
///
/// Sends the browser to `returnTo`, or the front end, with the result in the query:
/// `success=true&channel=whatsapp&phoneNumber=…&wabaId=…`, `pending=<sessionId>` while something is still to do, or
/// `error=<code>&sessionId=<id>`. In popup mode answers with a page that tells its opener and closes.
#[utoipa::path(tag = "Connect", operation_id = "callback", params(CallbackQuery),
    responses((status = 200, description = "The popup's last page", content_type = "text/html", body = String),
        (status = 302, description = "Back, with the result",
         headers(("Location" = String, description = "Where the connection began")))))]
#[get("/auth/meta-oauth/callback")]
pub(crate) async fn callback(
    api: Data<Api>,
    request: HttpRequest,
    query: Result<Query<CallbackQuery>, ApiError>,
) -> HttpResponse {
    land(
        &api,
        &request,
        query.map(|query| query.0).unwrap_or_default(),
    )
    .await
}

/// Handle Meta's redirect (alias)
///
/// The same as `/auth/meta-oauth/callback`.
#[utoipa::path(tag = "Connect", operation_id = "callbackAlias", params(CallbackQuery),
    responses((status = 200, description = "The popup's last page", content_type = "text/html", body = String),
        (status = 302, description = "Back, with the result",
         headers(("Location" = String, description = "Where the connection began")))))]
#[get("/api/integrations/whatsapp/callback")]
pub(crate) async fn callback_alias(
    api: Data<Api>,
    request: HttpRequest,
    query: Result<Query<CallbackQuery>, ApiError>,
) -> HttpResponse {
    land(
        &api,
        &request,
        query.map(|query| query.0).unwrap_or_default(),
    )
    .await
}

/// Submit a login code that the browser got itself
///
/// Embedded Signup's, or one that Meta sent to a host product's own page. A login that fails is answered with its
/// refusal as a problem that names the session.
#[utoipa::path(tag = "Connect", operation_id = "submitCode",
    security(("bearer" = ["connect:write"]), ("cookie" = ["connect:write"])),
    responses((status = 200, body = OauthAnswer), (status = 429, description = "`meta_rate_limited`")))]
#[post("/api/integrations/whatsapp/oauth")]
pub(crate) async fn submit(
    api: Data<Api>,
    ConnectWrite(caller): ConnectWrite,
    Json(body): Json<OauthSubmission>,
) -> Result<HttpResponse, ApiError> {
    let submission = Submission {
        code: body.code,
        state: body.state,
        waba_id: body.waba_id,
        phone_number_id: body.phone_number_id,
        business_id: body.business_id,
        event: body.event,
    };
    let session = api.connect.submit(&caller, submission).await?;
    match session.problem.clone() {
        Some(problem) if session.status == ConnectStatus::Failed => {
            Err(ApiError::Session(problem, session.id.uuid()))
        }
        _ => {
            let session = view(&api, &caller, session).await?;
            Ok(HttpResponse::Ok().json(wire::oauth_answer(session)))
        }
    }
}
