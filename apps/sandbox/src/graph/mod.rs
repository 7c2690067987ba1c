//! The Graph API: routes each call. Reading calls get shared access to the world, changing calls mutable access, so
//! that a read can change nothing.

mod app_data;
mod app_subscriptions;
mod auth;
pub(crate) mod batch;
pub(crate) mod blocks;
mod business;
mod calls;
mod code_verification;
pub(crate) mod codes;
mod debug;
mod error;
mod fields;
pub(crate) mod flows;
pub(crate) mod groups;
mod me;
mod media;
mod messages;
mod oauth;
mod paging;
mod params;
mod permissions;
mod phone;
mod qr_codes;
mod registration;
mod sheets;
mod subscriptions;
pub(crate) mod templates;
mod uploads;
pub(crate) mod versions;
mod waba;

use actix_web::http::Method;
use serde_json::{Value, json};

pub(crate) use app_subscriptions::FIELDS;
pub(crate) use auth::{MANAGE_BUSINESS, MANAGE_WHATSAPP, MESSAGE_WHATSAPP};
pub(crate) use error::GraphError;
pub(crate) use media::{Download, download};
pub use messages::{MessageRefusal, judge_message, judge_template};
pub(crate) use messages::{drop_held, is_message, is_sending, release};

use crate::call::Call;
use crate::context::Context;
use crate::state::World;
use crate::webhooks::{self, Challenge};

/// Answers a Graph call. If the call names a callback, the callback is challenged first. `url_is_dead`: the address
/// of a media object in the answer does not work.
pub(crate) async fn answer(
    context: &Context,
    call: &Call,
    url_is_dead: bool,
) -> Result<Value, GraphError> {
    let store = &context.store;
    if let Some(challenge) = store.read(|world| challenge(world, call))? {
        let number = store
            .change(|world| 1_000_000_000 + world.count())
            .to_string();
        webhooks::answer_is_right(&context.client, &challenge, &number)
            .await
            .map_err(GraphError::callback)?;
    }
    match (call.method.as_str(), call.segments().as_slice()) {
        ("POST", [app, "subscriptions"]) => {
            let read = |world: &World| app_subscriptions::read(world, call, world.now(), app);
            let subscription = store.read(read)?;
            let done = context.webhooks.subscribe(app, subscription);
            done.map_err(|_| GraphError::new(2, "Service temporarily unavailable"))?;
            Ok(json!({ "success": true }))
        }
        ("POST", [phone, "messages"]) => messages::post(context, call, phone),
        ("POST", [phone, "marketing_messages"]) => messages::post_marketing(context, call, phone),
        ("POST", [phone, "media"]) => media::upload(context, call, phone),
        ("POST", [phone, "calls"]) => calls::act(context, call, phone),
        ("POST", [phone, "block_users"]) => blocks::change(context, call, phone, true),
        ("DELETE", [phone, "block_users"]) => blocks::change(context, call, phone, false),
        ("POST", [phone, "smb_app_data"]) => app_data::sync(context, call, phone),
        ("GET", [id]) if context.media.is_media(id) => media::node(context, call, id, url_is_dead),
        ("DELETE", [id]) if context.media.is_media(id) => media::remove(context, call, id),
        _ if changes(call) => {
            let (result, said) = store.change(|world| {
                let result = act(world, call);
                (result, std::mem::take(&mut world.said))
            });
            context.agenda.notify_one();
            let told = context.webhooks.emit(&said);
            told.map_err(|_| GraphError::of(2)).and(result)
        }
        _ => store.read(|world| look(world, call)),
    }
}

/// Returns the callback that must answer before the call does.
fn challenge(world: &World, call: &Call) -> Result<Option<Challenge>, GraphError> {
    let now = world.now();
    match (call.method.as_str(), call.segments().as_slice()) {
        ("POST", [waba, "subscribed_apps"]) => subscriptions::challenge(world, call, now, waba),
        ("POST", [phone]) if world.phone(phone).is_some() => {
            phone::challenge(world, call, now, phone)
        }
        ("POST", [app, "subscriptions"]) => {
            app_subscriptions::challenge(world, call, now, app).map(Some)
        }
        _ => Ok(None),
    }
}

/// Tells whether the call may change the state. Meta exchanges codes with a GET.
pub(crate) fn changes(call: &Call) -> bool {
    call.method != Method::GET || call.path == "oauth/access_token"
}

/// The app and the WABA that a call counts for.
pub(crate) struct Subject {
    pub(crate) app_id: Option<String>,
    pub(crate) waba: Option<SubjectWaba>,
}

/// The WABA of a call.
pub(crate) struct SubjectWaba {
    pub(crate) id: String,
    pub(crate) business_id: String,
    pub(crate) is_active: bool,
}

/// Finds what a call counts for, without checking the call.
pub(crate) fn subject(world: &World, call: &Call) -> Subject {
    let by_token = call
        .token()
        .and_then(|token| auth::app_of_token(world, token));
    let by_param = call.param("client_id").and_then(|id| world.apps.get(id));
    let segments = call.segments();
    let first = segments.first().copied().unwrap_or_default();
    let waba_id = world
        .phone(first)
        .map_or(first, |phone| phone.waba_id.as_str());
    let waba = by_token
        .and_then(|_| world.waba(waba_id))
        .map(|waba| SubjectWaba {
            id: waba.id.clone(),
            business_id: waba.business_id.clone(),
            is_active: world
                .phones
                .iter()
                .any(|phone| phone.waba_id == waba.id && phone.is_connected()),
        });
    Subject {
        app_id: by_token.or(by_param).map(|app| app.id.clone()),
        waba,
    }
}

fn look(world: &World, call: &Call) -> Result<Value, GraphError> {
    let now = world.now();
    match call.segments().as_slice() {
        ["debug_token"] => debug::inspect(world, call, now),
        ["me"] => me::node(world, call, now),
        [_, "businesses"] => business::of_me(world, call, now),
        ["app"] => me::app(world, call, now),
        [user, "permissions"] => permissions::list(world, call, now, user),
        [user, "assigned_whatsapp_business_accounts"] => waba::assigned(world, call, now, user),
        [business, "owned_whatsapp_business_accounts"] => waba::owned(world, call, now, business),
        [business, "client_whatsapp_business_accounts"] => waba::client(world, call, now, business),
        [waba, "phone_numbers"] => phone::of_waba(world, call, now, waba),
        [waba, "subscribed_apps"] => subscriptions::list(world, call, now, waba),
        [app, "subscriptions"] => app_subscriptions::list(world, call, now, app),
        [phone, "block_users"] => blocks::list(world, call, phone),
        [phone, "call_permissions"] => calls::permissions(world, call, now, phone),
        [phone, "message_qrdls"] => qr_codes::list(world, call, phone, None),
        [phone, "message_qrdls", code] => qr_codes::list(world, call, phone, Some(code)),
        [phone, "groups"] => groups::list(world, call, phone),
        [group, "invite_link"] => groups::invitation(world, call, group),
        [group, "join_requests"] => groups::join_requests(world, call, group),
        ["message_template_library"] => templates::library(world, call),
        [waba, "message_templates"] => templates::list(world, call, waba),
        [waba, "message_template_previews"] => templates::previews(world, call, waba),
        [waba, "flows"] => flows::list(world, call, waba),
        [flow, "assets"] => flows::assets(world, call, flow),
        [phone, edge] if let Some(sheet) = sheets::find(edge) => sheet.read(world, call, phone),
        [id] if id.starts_with("upload:") => uploads::status(world, call, now, id),
        [id] => object(world, call, id),
        _ => Err(unknown(world, call)),
    }
}

fn object(world: &World, call: &Call, id: &str) -> Result<Value, GraphError> {
    let now = world.now();
    if world.waba(id).is_some() {
        waba::node(world, call, now, id)
    } else if world.phone(id).is_some() {
        phone::node(world, call, now, id)
    } else if world.business(id).is_some() {
        business::node(world, call, now, id)
    } else if world.apps.contains_key(id) {
        me::app(world, call, now)
    } else if world.user_name(id).is_some() {
        me::node(world, call, now)
    } else if templates::is_one(world, id) {
        templates::node(world, call, id)
    } else if world.flows.iter().any(|flow| flow.id == id) {
        flows::node(world, call, id)
    } else if world.groups.contains_key(id) {
        groups::node(world, call, id)
    } else {
        Err(unknown(world, call))
    }
}

fn act(world: &mut World, call: &Call) -> Result<Value, GraphError> {
    let now = world.now();
    let success = |()| json!({ "success": true });
    match (call.method.as_str(), call.segments().as_slice()) {
        ("GET" | "POST", ["oauth", "access_token"]) => oauth::access_token(world, call, now),
        ("POST", [app, "uploads"]) => uploads::open(world, call, now, app),
        ("POST", [id]) if id.starts_with("upload:") => uploads::take(world, call, now, id),
        ("POST", [waba, "subscribed_apps"]) => {
            subscriptions::subscribe(world, call, now, waba).map(success)
        }
        ("DELETE", [waba, "subscribed_apps"]) => {
            subscriptions::unsubscribe(world, call, now, waba).map(success)
        }
        ("DELETE", [app, "subscriptions"]) => {
            app_subscriptions::remove(world, call, now, app).map(success)
        }
        ("POST", [phone, "register"]) => {
            registration::register(world, call, now, phone).map(success)
        }
        ("POST", [phone, "deregister"]) => {
            registration::deregister(world, call, now, phone).map(success)
        }
        ("POST", [phone, "request_code"]) => {
            code_verification::request(world, call, now, phone).map(success)
        }
        ("POST", [phone, "verify_code"]) => {
            code_verification::verify(world, call, now, phone).map(success)
        }
        ("POST", [phone]) if world.phone(phone).is_some() => {
            phone::update(world, call, now, phone).map(success)
        }
        ("POST", [waba]) if world.waba(waba).is_some() => {
            waba::update(world, call, waba).map(success)
        }
        ("POST", [waba, "message_templates"]) => templates::create(world, call, now, waba),
        ("POST", [waba, "upsert_message_templates"]) => templates::upsert(world, call, now, waba),
        ("POST", [waba, "message_templates", "archive"]) => {
            templates::archive(world, call, now, waba, true)
        }
        ("POST", [waba, "message_templates", "unarchive"]) => {
            templates::archive(world, call, now, waba, false)
        }
        ("DELETE", [waba, "message_templates"]) => {
            templates::remove(world, call, now, waba).map(success)
        }
        ("POST", [id]) if templates::is_one(world, id) => {
            templates::edit(world, call, now, id).map(success)
        }
        ("POST", [id, "unpause"]) if templates::is_one(world, id) => {
            templates::unpause(world, call, now, id)
        }
        ("POST", [waba, "phone_numbers"]) => phone::create(world, call, waba),
        ("POST", [waba, "flows"]) => flows::create(world, call, now, waba),
        ("POST", [phone, "groups"]) => groups::create(world, call, now, phone),
        ("POST", [phone, "message_qrdls"]) => qr_codes::put(world, call, phone),
        ("DELETE", [phone, "message_qrdls", code]) => {
            qr_codes::remove(world, call, phone, code).map(success)
        }
        ("POST", [phone, edge]) if let Some(sheet) = sheets::find(edge) => {
            sheet.write(world, call, now, phone).map(success)
        }
        ("DELETE", [user, "permissions"]) => {
            permissions::remove(world, call, now, user, None).map(success)
        }
        ("DELETE", [user, "permissions", scope]) => {
            permissions::remove(world, call, now, user, Some(scope)).map(success)
        }
        ("POST" | "DELETE", [id, rest @ ..]) if rest.len() < 2 => {
            let edge = rest.first().copied();
            let found = flows::act(world, call, now, id, edge)
                .or_else(|| groups::act(world, call, now, id, edge));
            found.unwrap_or_else(|| Err(unknown(world, call)))
        }
        _ => Err(unknown(world, call)),
    }
}

/// Makes the error of an unknown object, alias or path.
fn unknown(world: &World, call: &Call) -> GraphError {
    let segments = call.segments();
    let verb = call.method.as_str().to_lowercase();
    match segments.as_slice() {
        [] => GraphError::new(100, format!("Unsupported {verb} request.")),
        [id, ..] if id.bytes().all(|byte| byte.is_ascii_digit()) => {
            if let Err(refusal) = auth::caller(world, call, world.now()) {
                return refusal;
            }
            match segments.as_slice() {
                [_, edge, ..] if is_known(world, id) => GraphError::unknown_path(edge),
                _ => GraphError::no_object(id, &verb),
            }
        }
        [alias] => GraphError::new(
            803,
            format!("(#803) Some of the aliases you requested do not exist: {alias}"),
        )
        .of_method(),
        _ => GraphError::unknown_path(&call.path),
    }
}

/// Tells whether an object has this id.
fn is_known(world: &World, id: &str) -> bool {
    world.waba(id).is_some()
        || world.phone(id).is_some()
        || world.business(id).is_some()
        || world.apps.contains_key(id)
        || world.user_name(id).is_some()
        || world.flows.iter().any(|flow| flow.id == id)
        || templates::is_one(world, id)
}
