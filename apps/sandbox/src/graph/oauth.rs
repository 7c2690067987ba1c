//! `oauth/access_token`: exchanges codes and tokens for tokens.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::{GraphError, auth};
use crate::App;
use crate::call::Call;
use crate::state::{Code, Kind, Token, World};

type Time = DateTime<Utc>;

pub(crate) fn access_token(world: &mut World, call: &Call, now: Time) -> Result<Value, GraphError> {
    let app = app(world, call)?;
    match call.param("grant_type") {
        None | Some("authorization_code") => {
            let token = exchange_code(world, call, now, &app)?;
            Ok(answer(world, &token, now))
        }
        Some("fb_exchange_token") => {
            let token = exchange_token(world, call, now, &app)?;
            Ok(answer(world, &token, now))
        }
        Some("client_credentials") => {
            Ok(json!({ "access_token": auth::app_token(world, &app), "token_type": "bearer" }))
        }
        Some(other) => Err(GraphError::new(100, format!("Invalid grant_type: {other}"))),
    }
}

fn app(world: &World, call: &Call) -> Result<App, GraphError> {
    let id = call
        .param("client_id")
        .ok_or_else(|| GraphError::new(101, "Missing client_id parameter."))?;
    let app = world.apps.get(id).ok_or_else(|| {
        GraphError::new(
            101,
            "Error validating application. Cannot get application info.",
        )
    })?;
    match call.param("client_secret") {
        None => Err(GraphError::new(1, "Missing client_secret parameter.")),
        Some(secret) if secret == app.secret => Ok(app.clone()),
        Some(_) => Err(GraphError::new(1, "Error validating client secret.")),
    }
}

fn exchange_code(
    world: &mut World,
    call: &Call,
    now: Time,
    app: &App,
) -> Result<Token, GraphError> {
    let value = call
        .param("code")
        .ok_or_else(|| GraphError::new(100, "Missing authorization code"))?;
    let refuse = |subcode, message: &str| Err(GraphError::new(100, message).with_subcode(subcode));
    let Some(code) = world
        .codes
        .get_mut(value)
        .filter(|code| code.app_id == app.id)
    else {
        return refuse(36_009, "Invalid verification code format.");
    };
    if code.used {
        return refuse(36_009, "This authorization code has been used.");
    }
    if code.expires_at <= now {
        return refuse(36_007, "This authorization code has expired.");
    }
    if code.mismatch || code.redirect_uri.as_deref() != call.param("redirect_uri") {
        return refuse(
            36_008,
            "Error validating verification code. Please make sure your redirect_uri is identical \
             to the one you used in the OAuth dialog request",
        );
    }
    code.used = true;
    let Code {
        user_id,
        kind,
        scopes,
        targets,
        ..
    } = code.clone();
    Ok(world.issue(&app.id, &user_id, kind, scopes, targets))
}

/// Exchanges the token of a person or of a business's own system user for a longer one. The expiry of data access
/// stays: only the person can renew it. A person's long token keeps its end, unless a quirk moves it.
fn exchange_token(
    world: &mut World,
    call: &Call,
    now: Time,
    app: &App,
) -> Result<Token, GraphError> {
    let value = call
        .param("fb_exchange_token")
        .ok_or_else(|| GraphError::new(100, "fb_exchange_token parameter not specified"))?;
    let found = world
        .tokens
        .get(value)
        .filter(|token| token.app_id == app.id);
    let Some(old) = found.cloned() else {
        return Err(GraphError::bad_token());
    };
    if let Some((subcode, message)) = old.trouble(now) {
        return Err(GraphError::new(190, message).with_subcode(subcode));
    }
    let kind = match old.kind {
        Kind::User | Kind::LongLivedUser => Kind::LongLivedUser,
        Kind::SystemUser => Kind::SystemUser,
        Kind::BusinessIntegration => {
            return Err(GraphError::new(
                100,
                "(#100) This access token cannot be exchanged",
            ));
        }
    };
    let mut token = world.issue(&app.id, &old.user_id, kind, old.scopes, old.targets);
    token.data_access_expires_at = old.data_access_expires_at;
    if old.kind == Kind::LongLivedUser && !world.quirks.refresh_moves_end {
        token.expires_at = old.expires_at;
    }
    world.tokens.insert(token.value.clone(), token.clone());
    Ok(token)
}

fn answer(world: &World, token: &Token, now: Time) -> Value {
    let mut body = json!({ "access_token": token.value, "token_type": "bearer" });
    let lasts = token.expires_at.map(|end| (end - now).num_seconds());
    if let (Some(seconds), Some(fields)) = (lasts, body.as_object_mut())
        && !world.quirks.omit_expires_in
    {
        fields.insert("expires_in".to_owned(), seconds.into());
    }
    body
}
