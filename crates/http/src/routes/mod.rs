//! All routes, in one list: a route in the list is served and documented, and no other is.

pub(crate) mod accounts;
pub(crate) mod audit;
pub(crate) mod auth;
pub(crate) mod connect;
pub(crate) mod contacts;
pub(crate) mod conversations;
pub(crate) mod events;
pub(crate) mod media;
pub(crate) mod messages;
pub(crate) mod meta_apps;
pub(crate) mod meta_errors;
pub(crate) mod operator;
pub(crate) mod operator_webhooks;
pub(crate) mod ops;
pub(crate) mod orgs;
pub(crate) mod phone_numbers;
pub(crate) mod queues;
pub(crate) mod raw;
pub(crate) mod sessions;
pub(crate) mod status;
pub(crate) mod team;
pub(crate) mod templates;
pub(crate) mod two_factor;
pub(crate) mod uploads;
pub(crate) mod webhook_ingest;
pub(crate) mod webhooks;

use std::sync::OnceLock;

use actix_web::{
    Error, HttpRequest, HttpResponse, Scope,
    body::BoxBody,
    dev::{ResourceDef, ServiceRequest},
    middleware::{Next, from_fn},
    web,
};
use utoipa::OpenApi;

use crate::{
    Api,
    edge::{apply_plain, edge},
    openapi::{Complete, openapi},
    problem::ApiError,
};

macro_rules! operations {
    (apart: { $($apart:ident::$operation:ident,)* } $($module:ident::$handler:ident,)*) => {
        #[derive(OpenApi)]
        #[openapi(
            info(title = "Wabakit", description = "Connects the customers of a software product to WhatsApp Business."),
            paths($($apart::$operation,)* $($module::$handler),*),
            modifiers(&Complete),
        )]
        pub(crate) struct Document;

        fn mount(scope: Scope) -> Scope {
            scope$(.service($module::$handler))*
        }
    };
}

// "Add a route" in CONTRIBUTING.md lists the steps for a new route.
// The first matching path is used, so fixed paths stand before those with a parameter in the same place.
operations! {
    // Mounted by a module of their own, outside the edge. A test checks that each is served.
    apart: {
        webhook_ingest::take,
        webhook_ingest::take_of_app,
        webhook_ingest::verify,
        webhook_ingest::verify_of_app,
    }
    auth::login,
    auth::refresh,
    auth::logout,
    auth::me,
    auth::sign_ins,
    auth::end_sign_in,
    auth::end_other_sign_ins,
    auth::change_password,
    two_factor::get,
    two_factor::begin,
    two_factor::confirm,
    two_factor::renew_codes,
    two_factor::end,
    auth::reset_password,
    auth::request_password_reset,
    auth::request_address_proof,
    auth::prove_address,
    auth::options,
    auth::inspect_invitation,
    auth::accept_invitation,
    connect::init,
    connect::link,
    connect::callback,
    connect::callback_alias,
    connect::submit,
    status::status,
    status::status_alias,
    status::oauth_status_alias,
    status::disconnect,
    status::disconnect_alias,
    status::disconnect_by_delete,
    status::warnings,
    sessions::list,
    sessions::get,
    sessions::choose,
    sessions::resume,
    sessions::confirm,
    sessions::cancel,
    accounts::list,
    accounts::get,
    accounts::change,
    accounts::disconnect,
    accounts::verify,
    accounts::register,
    raw::call,
    phone_numbers::list,
    phone_numbers::add,
    team::invitations,
    team::invite,
    team::revoke_invitation,
    team::list,
    team::change_role,
    team::remove,
    team::password_reset,
    two_factor::end_of_member,
    audit::list,
    audit::verify,
    orgs::current,
    orgs::rename,
    operator::list_orgs,
    operator::create_org,
    operator_webhooks::health,
    operator_webhooks::deliveries,
    operator_webhooks::delivery,
    operator_webhooks::rejections,
    operator_webhooks::parked,
    operator_webhooks::parked_item,
    operator_webhooks::replay_item,
    operator_webhooks::discard,
    operator_webhooks::replay,
    meta_apps::list,
    meta_apps::add,
    meta_apps::remove,
    conversations::list,
    conversations::get,
    conversations::change,
    conversations::messages,
    messages::send,
    messages::send_many,
    messages::list,
    messages::get,
    messages::cancel,
    messages::retry,
    messages::dismiss,
    messages::read,
    messages::typing,
    queues::list,
    queues::pause,
    queues::resume,
    meta_errors::list,
    templates::list,
    templates::create,
    templates::remove_name,
    templates::sync,
    templates::sync_status,
    templates::sync_alias,
    templates::get,
    templates::edit,
    templates::remove,
    templates::schema,
    templates::check,
    templates::preview,
    contacts::list,
    contacts::get,
    contacts::name,
    contacts::export,
    contacts::merges,
    contacts::split,
    contacts::erase,
    uploads::upload,
    media::get,
    media::refetch,
    events::list,
    events::make_ticket,
    events::connect,
    webhooks::health,
    webhooks::changes,
    webhooks::change,
    webhooks::parked,
    webhooks::parked_item,
    webhooks::replay_item,
    webhooks::discard,
    webhooks::replay,
    webhooks::test,
    ops::health,
    ops::readiness,
    ops::metrics,
    ops::document,
}

/// The path prefixes that this server owns. Other paths are left to the host.
const OURS: [&str; 11] = [
    "/api",
    "/api/{tail:.*}",
    "/auth",
    "/auth/{tail:.*}",
    "/healthz",
    "/healthz/{tail:.*}",
    "/readyz",
    "/readyz/{tail:.*}",
    "/metrics",
    "/metrics/{tail:.*}",
    // Not all of `/templates`: pages may be there.
    "/templates/sync",
];

/// Mounts all routes, with their middleware: ids, traces, metrics, CORS and security headers.
///
/// Register it after a host's own routes. A path that no route of ours answers goes to the app's default service, and
/// gets the security headers too.
pub fn configure(api: Api) -> impl Fn(&mut web::ServiceConfig) + Clone {
    let is_https = api.settings.public_url.scheme() == "https";
    let api = web::Data::new(api);
    move |config| {
        for resource in webhook_ingest::resources(&api) {
            let headers = move |request: ServiceRequest, next: Next<BoxBody>| async move {
                let mut response = next.call(request).await?;
                apply_plain(is_https, &mut response);
                Ok::<_, Error>(response)
            };
            config.service(resource.wrap(from_fn(headers)));
        }
        let others = web::resource(OURS).to(no_such_operation);
        let scope = mount(web::scope("")).service(others);
        config.service(scope.app_data(api.clone()).wrap(from_fn(edge)));
    }
}

/// A path with its methods, and whether it has no parameters.
struct KnownPath {
    pattern: ResourceDef,
    is_fixed: bool,
    methods: Vec<String>,
}

/// Returns the patterns of all paths with their methods. They are compiled once, because anybody may ask for an unknown
/// path.
fn known_paths() -> &'static [KnownPath] {
    static PATHS: OnceLock<Vec<KnownPath>> = OnceLock::new();
    PATHS.get_or_init(|| {
        let methods = |item| {
            let item = serde_json::to_value(item).unwrap_or_default();
            let names = item.as_object().into_iter().flat_map(|item| item.keys());
            names.map(|method| method.to_uppercase()).collect()
        };
        let paths = openapi().paths.paths;
        let known = paths.iter().map(|(path, item)| KnownPath {
            pattern: ResourceDef::new(path.as_str()),
            is_fixed: !path.contains('{'),
            methods: methods(item),
        });
        known.collect()
    })
}

/// Returns the methods of a path, for `Allow`. `None` if the path does not exist. A fixed path never counts as the id
/// of a neighbouring pattern.
fn allowed(path: &str) -> Option<String> {
    fixed_methods(path).or_else(|| methods_of(path, false))
}

/// Returns the methods of a path without parameters.
pub(crate) fn fixed_methods(path: &str) -> Option<String> {
    methods_of(path, true)
}

fn methods_of(path: &str, is_fixed: bool) -> Option<String> {
    let mut known = known_paths()
        .iter()
        .filter(|known| known.is_fixed == is_fixed);
    let known = known.find(|known| known.pattern.is_match(path))?;
    Some(known.methods.join(", "))
}

/// Answers a request whose path or method does not exist.
async fn no_such_operation(request: HttpRequest) -> Result<HttpResponse, ApiError> {
    Err(match allowed(request.path()) {
        None => ApiError::UnknownRoute,
        Some(methods) => ApiError::WrongMethod(methods),
    })
}
