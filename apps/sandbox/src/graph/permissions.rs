//! The permissions that a user granted the app, and their revocation.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::auth::{self, Caller};
use super::{GraphError, me, paging};
use crate::call::Call;
use crate::state::World;

type Time = DateTime<Utc>;

pub(crate) fn list(world: &World, call: &Call, now: Time, user: &str) -> Result<Value, GraphError> {
    let (app_id, user_id) = whose(world, call, now, user)?;
    let entry = |scope: &String, status| json!({ "permission": scope, "status": status });
    let items = world
        .grant(&app_id, &user_id)
        .map_or_else(Vec::new, |grant| {
            let granted = grant.granted.iter().map(|scope| entry(scope, "granted"));
            let declined = grant.declined.iter().map(|scope| entry(scope, "declined"));
            granted.chain(declined).collect()
        });
    paging::page(call, items)
}

/// Revokes all permissions, or one.
pub(crate) fn remove(
    world: &mut World,
    call: &Call,
    now: Time,
    user: &str,
    scope: Option<&str>,
) -> Result<(), GraphError> {
    let (app_id, user_id) = whose(world, call, now, user)?;
    let Some(scope) = scope.or_else(|| call.param("permission")) else {
        world.remove_app(&app_id, &user_id);
        return Ok(());
    };
    let has = world
        .grant(&app_id, &user_id)
        .is_some_and(|grant| grant.granted.contains(scope));
    if !has {
        return Err(GraphError::new(
            100,
            format!("(#100) The user did not grant {scope}"),
        ));
    }
    world.remove_scope(&app_id, &user_id, scope);
    Ok(())
}

/// Finds the app and the user of the call. An app's own token may name any user.
fn whose(
    world: &World,
    call: &Call,
    now: Time,
    user: &str,
) -> Result<(String, String), GraphError> {
    match auth::caller(world, call, now)? {
        Caller::Token(token) => {
            me::is_me(&token, user)?;
            Ok((token.app_id, token.user_id))
        }
        Caller::App(app) if world.user_name(user).is_some() => Ok((app.id, user.to_owned())),
        Caller::App(_) => Err(GraphError::no_object(user, "get")),
    }
}
