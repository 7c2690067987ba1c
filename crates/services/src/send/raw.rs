//! The raw passthrough: one call of the Graph API that is not modelled here, on an account's own assets.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use wabakit_domain::{account::Account, ids::AccountId, principal::Scope};
use wabakit_ports::meta::{RawAnswer, RawMethod, RawRequest};

use super::{SendError, SendPorts};
use crate::{Caller, audit::Trail};

/// The length of the longest path, in bytes.
const LONGEST_PATH: usize = 200;
/// The most segments of a path.
const MOST_PARTS: usize = 3;

/// Edges that cannot be called. They are modelled here, and a raw call would bypass our state, pacing or secrecy; or
/// they concern the token and not an asset.
const CLOSED: [&str; 16] = [
    "me",
    "oauth",
    "access_token",
    "debug_token",
    "app",
    "messages",
    "marketing_messages",
    "media",
    "register",
    "deregister",
    "request_code",
    "verify_code",
    "subscribed_apps",
    "assigned_users",
    "smb_app_data",
    "message_echoes",
];

/// Parameters that cannot be used. They would change the call's identity, its objects, or the webhooks' callback.
const CLOSED_FIELDS: [&str; 15] = [
    "access_token",
    "appsecret_proof",
    "appsecret_time",
    "client_id",
    "client_secret",
    "input_token",
    "fb_exchange_token",
    "method",
    "batch",
    "id",
    "ids",
    "pin",
    "webhook_configuration",
    "override_callback_uri",
    "callback",
];

/// The raw passthrough.
#[derive(Clone)]
pub struct RawService {
    pub(super) ports: SendPorts,
}

/// One raw call.
#[derive(Clone, PartialEq, Debug)]
pub struct RawCall {
    /// The method.
    pub method: RawMethod,
    /// `<id>` or `<id>/<edge>`, without version; the id is the number's or its WABA's.
    pub path: String,
    /// The query.
    pub query: BTreeMap<String, String>,
    /// The body, of a POST.
    pub body: Option<Value>,
}

impl RawService {
    /// Makes the call once, with the account's token, and returns Meta's answer without tokens. The audit log records
    /// the call before it is made, without its values.
    ///
    /// # Errors
    /// When the account does not exist; [`SendError::RawNotAllowed`]; [`SendError::NotConnected`]; when Meta does not
    /// answer.
    pub async fn call(
        &self,
        caller: &Caller,
        account: AccountId,
        call: RawCall,
    ) -> Result<RawAnswer, SendError> {
        caller.require(Scope::GraphCall)?;
        let (account, access) = self.ports.connected(caller.org, account).await?;
        check(&account, &call).map_err(SendError::RawNotAllowed)?;
        let base = &self.ports.base;
        let data = json!({
            "method": name(call.method),
            "path": call.path,
            "parameters": call.query.keys().collect::<Vec<_>>(),
        });
        let event =
            Trail::of(base, caller).event("account.graph_call", ("account", account.id), &data);
        base.audit.record(caller.org, vec![event]).await?;
        let request = RawRequest {
            method: call.method,
            path: call.path,
            query: call.query.into_iter().collect(),
            body: call.body,
        };
        Ok(self.ports.gateway.raw(&access, request).await?)
    }
}

/// Checks the call. It refuses every path that it does not understand as written, and decodes or corrects nothing.
fn check(account: &Account, call: &RawCall) -> Result<(), &'static str> {
    let path = call.path.as_str();
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'/');
    if path.is_empty() || path.len() > LONGEST_PATH || !path.bytes().all(is_plain) {
        return Err(
            "A path has letters, digits, _ and / only; it begins with the id, without version.",
        );
    }
    let parts: Vec<&str> = path.split('/').collect();
    if parts.len() > MOST_PARTS || parts.iter().any(|part| part.is_empty()) {
        return Err("A path is an id and at most two edges below it.");
    }
    let (first, edges) = parts.split_first().unwrap_or((&"", &[]));
    if *first != account.phone_number_id.as_str() && *first != account.waba_id.as_str() {
        return Err("The path must begin with the phone number id or the WABA id of this account.");
    }
    let is_id = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if edges.iter().any(|part| is_id(part)) {
        return Err("Another object's id is not called: only edges of the number and of its WABA.");
    }
    if edges.iter().any(|part| is_closed(&CLOSED, part)) {
        return Err(
            "This edge is not called: what it does has a route of its own, or concerns the token.",
        );
    }
    let of_body = match &call.body {
        None => None,
        Some(_) if call.method != RawMethod::Post => {
            return Err("Only a POST has a body.");
        }
        Some(Value::Object(fields)) => Some(fields.keys()),
        Some(_) => return Err("A body is an object."),
    };
    let mut fields = call.query.keys().chain(of_body.into_iter().flatten());
    if fields.any(|field| is_closed(&CLOSED_FIELDS, field) || !is_field(field)) {
        return Err(
            "A parameter is not allowed: no token, no other object, no other method, no address of webhooks.",
        );
    }
    Ok(())
}

const fn name(method: RawMethod) -> &'static str {
    match method {
        RawMethod::Get => "GET",
        RawMethod::Post => "POST",
        RawMethod::Delete => "DELETE",
    }
}

fn is_closed(closed: &[&str], name: &str) -> bool {
    closed
        .iter()
        .any(|closed| closed.eq_ignore_ascii_case(name))
}

fn is_field(name: &str) -> bool {
    !name.is_empty()
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

#[cfg(test)]
mod tests;
