//! `debug_token`, with the known variations of its `granular_scopes`.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};

use super::GraphError;
use super::auth::{self, Caller, MANAGE_BUSINESS, MANAGE_WHATSAPP, MESSAGE_WHATSAPP};
use crate::call::Call;
use crate::state::{GranularScopes, Token, World};

pub(crate) fn inspect(world: &World, call: &Call, now: DateTime<Utc>) -> Result<Value, GraphError> {
    let caller = auth::caller(world, call, now)?;
    let app_id = match &caller {
        Caller::App(app) => &app.id,
        Caller::Token(token) => &token.app_id,
    };
    let input = call
        .param("input_token")
        .ok_or_else(|| GraphError::new(100, "(#100) The parameter input_token is required"))?;
    let Some(token) = world.tokens.get(input) else {
        return Ok(match auth::app_of_token(world, input) {
            Some(app) if app.id == *app_id => json!({ "data": {
                "app_id": app.id, "type": "APP", "application": app.name, "is_valid": true,
                "scopes": [],
            }}),
            _ => json!({ "data": {
                "error": { "code": 190, "message": "Invalid OAuth access token - Cannot parse access token" },
                "is_valid": false,
                "scopes": [],
            }}),
        });
    };
    if token.app_id != *app_id {
        return Err(GraphError::new(
            100,
            "(#100) The App_id in the input_token did not match the Viewing App",
        ));
    }
    Ok(json!({ "data": data(world, token, now) }))
}

fn data(world: &World, token: &Token, now: DateTime<Utc>) -> Value {
    let seconds = |time: Option<DateTime<Utc>>| time.map_or(0, |time| time.timestamp());
    let mut data = Map::new();
    let mut put = |name: &str, value: Value| data.insert(name.to_owned(), value);
    put("app_id", token.app_id.clone().into());
    if !world.quirks.omit_token_type {
        put("type", token.kind.meta_type().into());
    }
    if let Some(app) = world.apps.get(&token.app_id) {
        put("application", app.name.clone().into());
    }
    put(
        "data_access_expires_at",
        seconds(token.data_access_expires_at).into(),
    );
    put("expires_at", seconds(token.expires_at).into());
    put("issued_at", token.issued_at.timestamp().into());
    let trouble = token.trouble(now);
    put("is_valid", trouble.is_none().into());
    if let Some((subcode, message)) = trouble {
        put(
            "error",
            json!({ "code": 190, "subcode": subcode, "message": message }),
        );
    }
    put("user_id", token.user_id.clone().into());
    put("scopes", token.scopes.iter().cloned().collect());
    if let Some(granular) = granular_scopes(world, token) {
        put("granular_scopes", granular);
    }
    Value::Object(data)
}

fn granular_scopes(world: &World, token: &Token) -> Option<Value> {
    let id = |id: &String| match id.parse::<u64>() {
        Ok(number) if world.quirks.integer_ids => Value::from(number),
        _ => Value::from(id.clone()),
    };
    let ids = |ids: &[String]| ids.iter().map(id).collect::<Value>();
    let (businesses, wabas) = (ids(&token.targets.businesses), ids(&token.targets.wabas));
    let shape = world.quirks.granular_scopes;
    let entry = |scope: &String| match (scope.as_str(), shape) {
        (_, GranularScopes::Missing) => None,
        (_, GranularScopes::NoTargets) => Some(json!({ "scope": scope })),
        (MANAGE_BUSINESS, GranularScopes::UnderBusinessManagement) => {
            Some(json!({ "scope": scope, "target_ids": wabas }))
        }
        (MANAGE_WHATSAPP | MESSAGE_WHATSAPP, GranularScopes::UnderBusinessManagement) => None,
        (MANAGE_BUSINESS, _) => Some(json!({ "scope": scope, "target_ids": businesses })),
        (MANAGE_WHATSAPP | MESSAGE_WHATSAPP, _) => {
            Some(json!({ "scope": scope, "target_ids": wabas }))
        }
        _ => Some(json!({ "scope": scope })),
    };
    let entries: Vec<Value> = token.scopes.iter().filter_map(entry).collect();
    (shape != GranularScopes::Missing).then_some(Value::Array(entries))
}
