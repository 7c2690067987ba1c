//! Authenticates callers: the token, its app, its proof, its scopes and its assets.

use chrono::{DateTime, Utc};

use super::GraphError;
use crate::App;
use crate::call::Call;
use crate::secrets;
use crate::state::{Phone, Token, Waba, World};

pub(crate) const MANAGE_BUSINESS: &str = "business_management";
pub(crate) const MANAGE_WHATSAPP: &str = "whatsapp_business_management";
pub(crate) const MESSAGE_WHATSAPP: &str = "whatsapp_business_messaging";

/// An authenticated caller.
pub(crate) enum Caller {
    /// An app token.
    App(App),
    /// A person's or a system user's token.
    Token(Token),
}

/// Returns the app's own token, which exists besides the literal `<app id>|<app secret>`.
pub(crate) fn app_token(world: &World, app: &App) -> String {
    let mark = format!("app:{}:{}", app.id, app.secret);
    format!("{}|{}", app.id, secrets::short(&world.key, &mark, 27))
}

/// Finds the app of a token, whether the token still works or not.
pub(crate) fn app_of_token<'a>(world: &'a World, token: &str) -> Option<&'a App> {
    if let Some(known) = world.tokens.get(token) {
        return world.apps.get(&known.app_id);
    }
    let (app_id, rest) = token.split_once('|')?;
    let app = world.apps.get(app_id)?;
    (rest == app.secret || token == app_token(world, app)).then_some(app)
}

/// Checks the token and the proof.
pub(crate) fn caller(world: &World, call: &Call, now: DateTime<Utc>) -> Result<Caller, GraphError> {
    if call.is_malformed {
        return Err(GraphError::new(100, "(#100) The body is not a JSON object"));
    }
    let Some(value) = call.token() else {
        return Err(match call.segments().first() {
            Some(&"me") | None => GraphError::new(
                2500,
                "An active access token must be used to query information about the current user.",
            ),
            _ => GraphError::new(104, "An access token is required to request this resource."),
        });
    };
    let Some(app) = app_of_token(world, value) else {
        return Err(GraphError::bad_token());
    };
    check_proof(app, value, call)?;
    let Some(token) = world.tokens.get(value) else {
        return Ok(Caller::App(app.clone()));
    };
    match token.trouble(now) {
        Some((subcode, message)) => Err(GraphError::new(190, message).with_subcode(subcode)),
        None => Ok(Caller::Token(token.clone())),
    }
}

fn check_proof(app: &App, token: &str, call: &Call) -> Result<(), GraphError> {
    match call.param("appsecret_proof") {
        Some(proof) if secrets::proof_is_right(&app.secret, token, proof) => Ok(()),
        Some(_) => Err(GraphError::proof(
            "Invalid appsecret_proof provided in the API argument",
        )),
        // An app's own token consists of the secret, and so proves it already.
        None if app.require_app_secret_proof && !token.contains('|') => Err(GraphError::proof(
            "API calls from the server require an appsecret_proof argument",
        )),
        None => Ok(()),
    }
}

/// Returns the caller's token, if it is a user's or a system user's.
pub(crate) fn holder(world: &World, call: &Call, now: DateTime<Utc>) -> Result<Token, GraphError> {
    match caller(world, call, now)? {
        Caller::Token(token) => Ok(token),
        Caller::App(_) => Err(GraphError::new(
            2500,
            "An active access token must be used to query information about the current user.",
        )),
    }
}

/// Requires that the token has the scope.
pub(crate) fn require_scope(token: &Token, scope: &str) -> Result<(), GraphError> {
    if token.scopes.contains(scope) {
        Ok(())
    } else {
        Err(GraphError::missing_scope(scope))
    }
}

/// Finds the WABA of a call, if the token's holder shared it.
pub(crate) fn waba_of<'a>(world: &'a World, call: &Call, id: &str) -> Result<&'a Waba, GraphError> {
    let token = holder(world, call, world.now())?;
    waba(world, &token, id, &call.verb())
}

/// Returns an object of a WABA, if the token's holder shared the WABA. Otherwise the object does not exist.
pub(crate) fn of_waba<'a, T>(
    world: &World,
    call: &Call,
    id: &str,
    found: Option<&'a T>,
    waba_of: impl Fn(&T) -> &str,
) -> Result<&'a T, GraphError> {
    let token = holder(world, call, world.now())?;
    let absent = || GraphError::no_object(id, &call.verb());
    let object = found.ok_or_else(absent)?;
    waba(world, &token, waba_of(object), &call.verb()).map_err(|error| {
        let is_hidden = error.subcode() == Some(33);
        if is_hidden { absent() } else { error }
    })?;
    Ok(object)
}

/// Finds the number of a call, if the token's holder shared it.
pub(crate) fn phone_of<'a>(
    world: &'a World,
    call: &Call,
    id: &str,
) -> Result<&'a Phone, GraphError> {
    let token = holder(world, call, world.now())?;
    phone(world, &token, id, &call.verb())
}

/// Finds the WABA, if the token's holder shared it.
pub(crate) fn waba<'a>(
    world: &'a World,
    token: &Token,
    id: &str,
    verb: &str,
) -> Result<&'a Waba, GraphError> {
    let found = world
        .waba(id)
        .filter(|waba| token.targets.wabas.contains(&waba.id));
    let waba = found.ok_or_else(|| GraphError::no_object(id, verb))?;
    require_scope(token, MANAGE_WHATSAPP)?;
    Ok(waba)
}

/// Finds the number, if the token's holder shared it.
pub(crate) fn phone<'a>(
    world: &'a World,
    token: &Token,
    id: &str,
    verb: &str,
) -> Result<&'a Phone, GraphError> {
    let found = world
        .phone(id)
        .filter(|phone| token.targets.phone_numbers.contains(&phone.id));
    let phone = found.ok_or_else(|| GraphError::no_object(id, verb))?;
    require_scope(token, MANAGE_WHATSAPP)?;
    Ok(phone)
}
