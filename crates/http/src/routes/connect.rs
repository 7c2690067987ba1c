//! Starting a connect session, Meta's redirect, and codes that a browser submits itself.

use actix_web::{HttpRequest, HttpResponse, get, http::header, post, web::Data};
use url::{Host, Url};
use wabakit_domain::{
    connect::{BrowserBinding, ConnectStatus},
    ids::MetaAppId,
};
use wabakit_services::{
    BeginConnect, Begun, CallbackParams, Caller, ConnectTry, OauthSubmission as Submission, wire,
};

use super::sessions::view;
use wabakit_wire::connect::{ConnectStart, OauthAnswer};

use crate::{
    Api, cookies,
    extract::{ConnectWrite, Json, Query, check_origin, client, viewer},
    popup,
    problem::ApiError,
    views::connect::{BeginQuery, CallbackQuery, OauthSubmission, WhichNumbers},
};

async fn begin(
    api: &Api,
    request: &HttpRequest,
    caller: &Caller,
    query: BeginQuery,
) -> Result<Begun, ApiError> {
    let address = client(api, request).address;
    api.connect
        .admit(ConnectTry::Begin, address.as_deref(), Some(caller.org))?;
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

/// Decides by `Sec-Fetch-Site` and `Sec-Fetch-Mode` whether the callback can be bound to the browser's cookie. Only our
/// own pages, and a window that navigates here, keep our `SameSite=Lax` cookie for certain. A page of another origin,
/// even on the same site, drops it unless it fetches with credentials, and a program may have no cookie store.
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
/// Answers with the address of Meta's login dialog, or in `sdk` mode with the parameters for Meta's JavaScript SDK.
/// Sets a cookie that binds the login to this browser.
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
    // The GET has an effect, so a page of another site must not trigger it by the cookie.
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
    caller: Result<ConnectWrite, ApiError>,
    query: Result<Query<BeginQuery>, ApiError>,
) -> Result<HttpResponse, ApiError> {
    // Decided before anybody is asked to sign in, because cookies belong to one host name.
    if let Some(url) = under_public_name(&api, &request) {
        return Ok(HttpResponse::Found()
            .insert_header((header::LOCATION, url.as_str()))
            .finish());
    }
    let (ConnectWrite(caller), Query(query)) = (caller?, query?);
    let begun = begin(&api, &request, &caller, query).await?;
    Ok(HttpResponse::Found()
        .insert_header((header::LOCATION, begun.auth_url))
        .cookie(cookies::nonce(&api.settings, &begun.nonce))
        .finish())
}

/// Returns the public address for a browser that reached this machine under another name. Our cookie would belong to
/// that name, and Meta sends the browser back to the public one.
fn under_public_name(api: &Api, request: &HttpRequest) -> Option<Url> {
    let public = &api.settings.public_url;
    let asked = Url::parse(&format!("http://{}", request.connection_info().host())).ok()?;
    if asked.host() == public.host() || !is_loopback(&asked) || !is_loopback(public) {
        return None;
    }
    let mut url = public.clone();
    url.set_path(request.path());
    url.set_query(request.uri().query());
    Some(url)
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

async fn land(
    api: &Api,
    request: &HttpRequest,
    query: CallbackQuery,
) -> Result<HttpResponse, ApiError> {
    let org = query
        .state
        .as_deref()
        .and_then(|state| api.connect.org_of(state));
    let address = client(api, request).address;
    api.connect
        .admit(ConnectTry::Callback, address.as_deref(), org)?;
    let params = CallbackParams {
        state: query.state,
        code: query.code,
        error: query.error,
        error_reason: query.error_reason,
        error_code: query.error_code,
        error_description: query
            .error_description
            .filter(|words| !words.trim().is_empty())
            .or(query.error_message),
        nonce: nonce(api, request),
        viewer: viewer(api, request).await,
    };
    let landing = api.connect.callback(params).await;
    Ok(popup::land(&landing, &api.settings.frontend_url))
}

/// Handle Meta's redirect
///
/// Sends the browser to `returnTo`, or the front end, with the result in the query:
/// `success=true&channel=whatsapp&phoneNumber=…&wabaId=…`, `pending=<sessionId>` if the session is not finished, or
/// `error=<code>&message=<words>&sessionId=<id>`. In popup mode it answers with a page that sends the result to its
/// opener and closes.
#[utoipa::path(tag = "Connect", operation_id = "callback", params(CallbackQuery),
    responses((status = 200, description = "The popup's last page", content_type = "text/html", body = String),
        (status = 302, description = "To the address to return to, with the result",
         headers(("Location" = String, description = "Where the connection began"))),
        (status = 429, description = "Too many tries: see Retry-After")))]
#[get("/auth/meta-oauth/callback")]
pub(crate) async fn callback(
    api: Data<Api>,
    request: HttpRequest,
    query: Result<Query<CallbackQuery>, ApiError>,
) -> Result<HttpResponse, ApiError> {
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
        (status = 302, description = "To the address to return to, with the result",
         headers(("Location" = String, description = "Where the connection began"))),
        (status = 429, description = "Too many tries: see Retry-After")))]
#[get("/api/integrations/whatsapp/callback")]
pub(crate) async fn callback_alias(
    api: Data<Api>,
    request: HttpRequest,
    query: Result<Query<CallbackQuery>, ApiError>,
) -> Result<HttpResponse, ApiError> {
    land(
        &api,
        &request,
        query.map(|query| query.0).unwrap_or_default(),
    )
    .await
}

/// Submit a login code
///
/// For a code that the browser got itself: from Embedded Signup, or by Meta's redirect to a host product's own page. A
/// login that fails is answered with its refusal as a problem that names the session.
#[utoipa::path(tag = "Connect", operation_id = "submitCode",
    security(("bearer" = ["connect:write"]), ("cookie" = ["connect:write"])),
    responses((status = 200, body = OauthAnswer),
        (status = 202, body = OauthAnswer, description = "The login was accepted, and the session is not finished"),
        (status = 429, description = "`meta_rate_limited`, or too many tries: see Retry-After")))]
#[post("/api/integrations/whatsapp/oauth")]
pub(crate) async fn submit(
    api: Data<Api>,
    request: HttpRequest,
    ConnectWrite(caller): ConnectWrite,
    Json(body): Json<OauthSubmission>,
) -> Result<HttpResponse, ApiError> {
    let address = client(&api, &request).address;
    api.connect
        .admit(ConnectTry::Submit, address.as_deref(), Some(caller.org))?;
    let submission = Submission {
        code: body.code,
        state: body.state,
        waba_id: body.waba_id,
        phone_number_id: body.phone_number_id,
        business_id: body.business_id,
        event: body.event,
        all_numbers: body.numbers == Some(WhichNumbers::All),
    };
    let session = api.connect.submit(&caller, submission).await?;
    match session.problem().cloned() {
        Some(problem) if session.status() == ConnectStatus::Failed => {
            Err(ApiError::Session(problem, session.id.uuid()))
        }
        _ => {
            let mut answer = match session.status() {
                ConnectStatus::Completed => HttpResponse::Ok(),
                _ => HttpResponse::Accepted(),
            };
            let session = view(&api, &caller, session).await?;
            Ok(answer.json(wire::oauth_answer(session)))
        }
    }
}
