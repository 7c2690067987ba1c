//! `/_sandbox/tokens`: shows, issues and revokes access tokens.

use std::collections::BTreeSet;

use actix_web::web::{Data, Json, Query, ServiceConfig, get, post, resource};
use chrono::Duration;
use serde::Deserialize;
use serde_json::{Value, json};

use super::error::{Answer, ControlError};
use crate::clock::Time;
use crate::context::Context;
use crate::graph::{MANAGE_BUSINESS, MANAGE_WHATSAPP, MESSAGE_WHATSAPP};
use crate::state::{Death, Kind, Targets, Token, World};

#[derive(Deserialize)]
struct Filter {
    /// Show the tokens themselves.
    #[serde(default)]
    reveal: bool,
}

/// A token to issue. The default is a person's token with all scopes and all assets.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Mint {
    app_id: Option<String>,
    user_id: Option<String>,
    kind: Option<Kind>,
    scopes: Option<BTreeSet<String>>,
    targets: Option<Targets>,
    /// The lifetime in seconds. 0 means for ever.
    expires_in: Option<i64>,
}

/// The tokens to revoke, and the reason.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Revoke {
    id: Option<String>,
    token: Option<String>,
    app_id: Option<String>,
    user_id: Option<String>,
    #[serde(default)]
    reason: Reason,
}

#[derive(Deserialize, Clone, Copy, Default)]
#[serde(rename_all = "snake_case")]
enum Reason {
    Expired,
    AppRemoved,
    UserCheckpointed,
    PasswordChanged,
    #[default]
    Invalidated,
}

pub(super) fn routes(config: &mut ServiceConfig) {
    config
        .service(
            resource("/tokens")
                .route(get().to(list))
                .route(post().to(mint)),
        )
        .service(resource("/tokens/revoke").route(post().to(revoke)));
}

async fn list(context: Data<Context>, filter: Query<Filter>) -> Answer {
    let mut tokens: Vec<Token> = context
        .store
        .read(|world| world.tokens.values().cloned().collect());
    tokens.sort_by_key(|token| token.issued_at);
    let now = context.store.read(World::now);
    let data: Vec<Value> = tokens
        .iter()
        .map(|token| view(token, now, filter.reveal))
        .collect();
    Ok(Json(json!({ "data": data })))
}

async fn mint(context: Data<Context>, order: Json<Mint>) -> Answer {
    let order = order.into_inner();
    let token = context.store.change(|world| make(world, order))?;
    context.store.flush().await?;
    let now = context.store.read(World::now);
    Ok(Json(view(&token, now, true)))
}

fn make(world: &mut World, order: Mint) -> Result<Token, ControlError> {
    let app_id = order
        .app_id
        .or_else(|| world.apps.keys().next().cloned())
        .filter(|id| world.apps.contains_key(id))
        .ok_or_else(|| ControlError::NotFound("no such app".to_owned()))?;
    let kind = order.kind.unwrap_or(Kind::User);
    let targets = order.targets.unwrap_or_else(|| Targets {
        businesses: world
            .businesses
            .iter()
            .map(|each| each.id.clone())
            .collect(),
        wabas: world.wabas.iter().map(|each| each.id.clone()).collect(),
        phone_numbers: world.phones.iter().map(|each| each.id.clone()).collect(),
    });
    let scopes = order.scopes.unwrap_or_else(|| {
        [MANAGE_BUSINESS, MANAGE_WHATSAPP, MESSAGE_WHATSAPP]
            .map(str::to_owned)
            .into()
    });
    let user_id = match order.user_id {
        Some(id) if world.user_name(&id).is_none() => {
            return Err(ControlError::NotFound(format!("no user {id}")));
        }
        Some(id) => id,
        None if kind.is_person() => world
            .users
            .first()
            .map(|user| user.id.clone())
            .unwrap_or_default(),
        None => {
            let business = targets.businesses.first().cloned();
            world.system_user(&app_id, business.as_deref())
        }
    };
    world
        .grant_mut(&app_id, &user_id)
        .granted
        .extend(scopes.iter().cloned());
    let mut token = world.issue(&app_id, &user_id, kind, scopes, targets);
    if let Some(seconds) = order.expires_in {
        token.expires_at = (seconds != 0).then(|| token.issued_at + Duration::seconds(seconds));
        world.tokens.insert(token.value.clone(), token.clone());
    }
    Ok(token)
}

async fn revoke(context: Data<Context>, order: Json<Revoke>) -> Answer {
    let order = order.into_inner();
    let fits = |asked: &Option<String>, has: &str| asked.as_ref().is_none_or(|id| id == has);
    if order.id.is_none()
        && order.token.is_none()
        && order.app_id.is_none()
        && order.user_id.is_none()
    {
        let text = "say which: id, token, appId or userId";
        return Err(ControlError::Invalid(text.to_owned()));
    }
    let count = context.store.change(|world| {
        let now = world.now();
        let mut count = 0;
        for token in world.tokens.values_mut().filter(|token| {
            fits(&order.id, &token.id)
                && fits(&order.token, &token.value)
                && fits(&order.app_id, &token.app_id)
                && fits(&order.user_id, &token.user_id)
        }) {
            kill(token, order.reason, now);
            count += 1;
        }
        count
    });
    if count == 0 {
        return Err(ControlError::NotFound("no such token".to_owned()));
    }
    context.store.flush().await?;
    Ok(Json(json!({ "revoked": count })))
}

fn kill(token: &mut Token, reason: Reason, now: Time) {
    token.death = match reason {
        Reason::Expired => {
            token.expires_at = Some(now);
            return;
        }
        Reason::AppRemoved => Some(Death::AppRemoved),
        Reason::UserCheckpointed => Some(Death::UserCheckpointed),
        Reason::PasswordChanged => Some(Death::PasswordChanged),
        Reason::Invalidated => Some(Death::Invalidated),
    };
}

fn view(token: &Token, now: Time, reveal: bool) -> Value {
    json!({
        "id": token.id,
        "accessToken": reveal.then_some(&token.value),
        "appId": token.app_id,
        "userId": token.user_id,
        "kind": token.kind,
        "scopes": token.scopes,
        "targets": token.targets,
        "issuedAt": token.issued_at,
        "expiresAt": token.expires_at,
        "dataAccessExpiresAt": token.data_access_expires_at,
        "isValid": token.trouble(now).is_none(),
        "death": token.death,
    })
}
