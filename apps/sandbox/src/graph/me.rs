//! `me` and the app's own node.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::GraphError;
use super::auth::{self, Caller};
use super::fields::Node;
use crate::call::Call;
use crate::state::{Token, World};

type Time = DateTime<Utc>;

/// Returns the token's user, named `me` or by id.
pub(crate) fn node(world: &World, call: &Call, now: Time) -> Result<Value, GraphError> {
    let token = auth::holder(world, call, now)?;
    if let Some(id) = call.segments().first() {
        is_me(&token, id)?;
    }
    let client = world
        .system_users
        .iter()
        .find(|user| user.id == token.user_id);
    Node {
        kind: "User",
        values: json!({
            "id": token.user_id,
            "name": world.user_name(&token.user_id),
            "client_business_id": client.and_then(|user| user.business_id.as_deref()),
        }),
        defaults: &["name", "id"],
        silent: &["email", "first_name", "last_name", "picture"],
        edges: &[
            "assigned_whatsapp_business_accounts",
            "businesses",
            "permissions",
        ],
    }
    .pick(world, call)
}

/// Returns the calling app.
pub(crate) fn app(world: &World, call: &Call, now: Time) -> Result<Value, GraphError> {
    let app_id = match auth::caller(world, call, now)? {
        Caller::App(app) => app.id,
        Caller::Token(token) => token.app_id,
    };
    let named = call.segments().first().copied().unwrap_or_default();
    let found = world
        .apps
        .get(&app_id)
        .filter(|app| named == "app" || named == app.id);
    let app = found.ok_or_else(|| GraphError::no_object(named, "get"))?;
    Node {
        kind: "Application",
        values: json!({ "id": app.id, "name": app.name, "link": app_link(&app.id) }),
        defaults: &["link", "name", "id"],
        silent: &["category", "namespace"],
        edges: &["subscriptions"],
    }
    .pick(world, call)
}

pub(crate) fn app_link(app_id: &str) -> String {
    format!("https://www.facebook.com/games/?app_id={app_id}")
}

/// Requires that `named` is the token's own user.
pub(crate) fn is_me(token: &Token, named: &str) -> Result<(), GraphError> {
    if named == "me" || named == token.user_id {
        Ok(())
    } else {
        Err(GraphError::no_object(named, "get"))
    }
}
