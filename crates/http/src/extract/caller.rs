//! Extractors of the caller. The extractor that a handler takes is its authorisation.

use actix_web::{
    FromRequest, HttpRequest,
    dev::Payload,
    http::{Method, header},
    web,
};
use futures::future::LocalBoxFuture;
use wabakit_domain::{identity::SignedInPerson, ids::UserId, principal::Scope};
use wabakit_services::{Caller, ServiceError};

use crate::{Api, cookies, edge, problem::ApiError};

/// Any principal of the organisation. The use case checks further rights.
pub(crate) struct Member(pub(crate) Caller);

/// An operator of the platform.
pub(crate) struct Operator(pub(crate) Caller);

macro_rules! extractor {
    ($($name:ident => $check:expr;)*) => {$(
        impl FromRequest for $name {
            type Error = ApiError;
            type Future = LocalBoxFuture<'static, Result<Self, ApiError>>;

            fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
                let request = request.clone();
                Box::pin(async move {
                    let caller = identify(&request).await?;
                    $check(&caller)?;
                    Ok(Self(caller))
                })
            }
        }
    )*};
}

extractor! {
    Member => |_: &Caller| Ok::<(), ServiceError>(());
    Operator => Caller::require_operator;
}

/// Defines an extractor for each scope that a route needs. It requires the scope of its name.
macro_rules! scoped {
    ($($name:ident)*) => {
        $(pub(crate) struct $name(pub(crate) Caller);)*
        extractor! {
            $($name => |caller: &Caller| caller.require(Scope::$name);)*
        }
    };
}

scoped! {
    AccountsRead
    AccountsWrite
    AuditRead
    ConnectWrite
    ContactsRead
    ContactsWrite
    ConversationsRead
    ConversationsWrite
    EventsRead
    GraphCall
    MediaRead
    MediaWrite
    MessagesRead
    MessagesSend
    QueuesWrite
    TeamRead
    TeamWrite
    TemplatesRead
    TemplatesWrite
    WebhooksRead
    WebhooksWrite
}

async fn identify(request: &HttpRequest) -> Result<Caller, ApiError> {
    let from_anywhere = request.method().is_safe();
    identify_from(request, from_anywhere).await
}

/// Identifies the caller who opens a WebSocket. A WebSocket begins with a GET and CORS does not apply to it, so the
/// check of its origin keeps the pages of other sites out.
pub(crate) async fn identify_listener(request: &HttpRequest) -> Result<Caller, ApiError> {
    let caller = identify_from(request, false).await?;
    caller.require(Scope::EventsRead)?;
    Ok(caller)
}

/// Identifies the caller. With a bearer token the cookies are ignored, because another site cannot have made such a
/// request.
async fn identify_from(request: &HttpRequest, from_anywhere: bool) -> Result<Caller, ApiError> {
    let api = api(request)?;
    let principal = match request.headers().get(header::AUTHORIZATION) {
        Some(value) => {
            let token = value.to_str().ok().and_then(bearer);
            let token = token.ok_or(ServiceError::Unauthenticated)?;
            api.auth.by_bearer(token).await?
        }
        None => {
            let principal = by_cookie(api, request).await?;
            if !from_anywhere {
                check_origin(api, request)?;
            }
            principal
        }
    };
    Ok(Caller::of(&principal, edge::request_id(request)))
}

fn api(request: &HttpRequest) -> Result<&Api, ServiceError> {
    let api = request.app_data::<web::Data<Api>>();
    api.map(web::Data::get_ref)
        .ok_or_else(|| ServiceError::Internal("the API is not mounted".into()))
}

fn bearer(value: &str) -> Option<&str> {
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

async fn by_cookie(api: &Api, request: &HttpRequest) -> Result<SignedInPerson, ServiceError> {
    let cookie = session_cookie(api, request).ok_or(ServiceError::Unauthenticated)?;
    api.auth.by_cookie(&cookie).await
}

/// Returns the browser's sign-in cookie, if it has one.
fn session_cookie(api: &Api, request: &HttpRequest) -> Option<String> {
    let cookie = request.cookie(&cookies::session_name(&api.settings))?;
    Some(cookie.value().to_owned())
}

/// Returns the person who is signed in in this browser. `None` also when that cannot be checked.
pub(crate) async fn viewer(api: &Api, request: &HttpRequest) -> Option<UserId> {
    let principal = by_cookie(api, request).await.ok()?;
    Some(principal.user.id)
}

/// Requires that a request with a cookie comes from a page of ours or of a listed origin. A request that names no
/// origin is no browser's.
pub(crate) fn check_origin(api: &Api, request: &HttpRequest) -> Result<(), ApiError> {
    let header = |name: &str| {
        request
            .headers()
            .get(name)
            .map(|value| value.to_str().unwrap_or_default())
    };
    let origin = header("origin");
    let listed = origin.is_some_and(|origin| api.settings.is_allowed_origin(origin));
    let is_trusted = match (origin, header("sec-fetch-site")) {
        (Some(_), _) if !listed => false,
        (_, None | Some("same-origin")) => true,
        // The request comes from the address bar or a bookmark, and from no page.
        (_, Some("none")) => *request.method() == Method::GET,
        (_, Some("same-site" | "cross-site")) => listed,
        (_, Some(_)) => false,
    };
    if is_trusted {
        Ok(())
    } else {
        Err(ApiError::Csrf)
    }
}
