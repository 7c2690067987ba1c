//! The result of a dialog: a grant and a code, or a refusal.

use chrono::Duration;

use super::choice;
use super::outcome::{CodeFate, End, Outcome};
use super::request::{DialogRequest, PUBLIC_PROFILE};
use crate::state::{Code, Kind, Targets, World};

/// The lifetime of a code in seconds.
const CODE_SECONDS: i64 = 30;

/// The result of a dialog.
pub(crate) enum Decision {
    /// A code, with the content of the session message.
    Approved { code: String, session: Session },
    /// The person cancelled.
    Cancelled,
    /// The person reported an error.
    Failed,
}

/// The content of Embedded Signup's session message.
pub(crate) struct Session {
    pub(crate) event: String,
    pub(crate) targets: Targets,
}

pub(crate) fn decide(world: &mut World, request: &DialogRequest, chosen: &Outcome) -> Decision {
    match chosen.outcome {
        End::Cancel => return Decision::Cancelled,
        End::Error => return Decision::Failed,
        End::Approve | End::NoBusiness | End::NoWaba | End::NoNumber => {}
    }
    let targets = choice::targets(world, chosen);
    let app_id = &request.app.id;
    let person = person(world, chosen);
    let (user_id, kind) = if request.config_id.is_some() {
        let business = targets.businesses.first().map(String::as_str);
        (
            world.system_user(app_id, business),
            Kind::BusinessIntegration,
        )
    } else {
        (person, Kind::User)
    };
    let asked = asked(world, request, &user_id);
    let (declined, granted): (Vec<String>, Vec<String>) = asked
        .into_iter()
        .partition(|scope| scope != PUBLIC_PROFILE && chosen.decline_scopes.contains(scope));
    let grant = world.grant_mut(app_id, &user_id);
    for scope in &declined {
        grant.granted.remove(scope);
    }
    for scope in &granted {
        grant.declined.remove(scope);
    }
    grant.declined.extend(declined);
    grant.granted.extend(granted);
    let scopes = request
        .scopes
        .intersection(&grant.granted)
        .cloned()
        .collect();

    let now = world.now();
    let session = session(world, chosen, &targets);
    let lives = if chosen.code == CodeFate::Expired {
        0
    } else {
        CODE_SECONDS
    };
    let code = world.add_code(Code {
        app_id: app_id.clone(),
        user_id,
        kind,
        redirect_uri: request.redirect_uri.clone(),
        scopes,
        targets,
        expires_at: now + Duration::seconds(lives),
        used: chosen.code == CodeFate::Used,
        mismatch: chosen.code == CodeFate::RedirectMismatch,
    });
    Decision::Approved { code, session }
}

/// Returns the scopes that the person is asked for. Scopes that were declined before are asked for only on a
/// rerequest; a configuration asks anew each time.
pub(crate) fn asked(world: &World, request: &DialogRequest, user_id: &str) -> Vec<String> {
    let again = request.is_rerequest || request.config_id.is_some();
    let declined = world
        .grant(&request.app.id, user_id)
        .map(|grant| &grant.declined);
    let open = |scope: &&String| again || declined.is_none_or(|list| !list.contains(*scope));
    request.scopes.iter().filter(open).cloned().collect()
}

/// Returns the person who signs in.
pub(crate) fn person(world: &World, chosen: &Outcome) -> String {
    let named = world
        .users
        .iter()
        .find(|user| Some(&user.id) == chosen.user.as_ref());
    named
        .or(world.users.first())
        .map(|user| user.id.clone())
        .unwrap_or_default()
}

fn session(world: &World, chosen: &Outcome, targets: &Targets) -> Session {
    let phone = targets.phone_numbers.first().and_then(|id| world.phone(id));
    let fitting = match phone {
        None => "FINISH_ONLY_WABA",
        Some(phone) if phone.is_on_biz_app => "FINISH_WHATSAPP_BUSINESS_APP_ONBOARDING",
        Some(_) => "FINISH",
    };
    let event = chosen.event.clone().unwrap_or_else(|| fitting.to_owned());
    Session {
        event,
        targets: targets.clone(),
    }
}
