//! Routes updates to apps and callbacks. Both the WABA's `subscribed_apps` and the app's own subscription must
//! include the update. The number's callback takes precedence over the WABA's, and that over the app's.

use serde::Serialize;

use super::encode;
use super::update::{Held, Update};
use crate::state::{AppSubscription, World};

/// The reason why no app gets an update.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Silence {
    /// No app is in the WABA's `subscribed_apps`.
    NoSubscribedApp,
    /// None of those apps subscribes to the field.
    FieldNotSubscribed,
    /// The number blocks the customer.
    Blocked,
}

impl Silence {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::NoSubscribedApp => "no_subscribed_app",
            Self::FieldNotSubscribed => "field_not_subscribed",
            Self::Blocked => "blocked",
        }
    }
}

/// Returns the apps that subscribe to a field of the WABA.
pub(super) fn hearing<'a>(
    world: &'a World,
    waba_id: &str,
    field: &str,
) -> Result<Vec<&'a String>, Silence> {
    let apps = world.waba(waba_id).map(|waba| &waba.subscriptions);
    let mut apps = apps.into_iter().flatten().peekable();
    if apps.peek().is_none() {
        return Err(Silence::NoSubscribedApp);
    }
    let hearing: Vec<&String> = apps
        .map(|(app_id, _)| app_id)
        .filter(|app_id| {
            let subscription = world.app_subscriptions.get(*app_id);
            subscription.is_some_and(|subscription| subscription.has(field))
        })
        .collect();
    if hearing.is_empty() {
        return Err(Silence::FieldNotSubscribed);
    }
    Ok(hearing)
}

/// Makes the update for each app that gets it.
pub(super) fn audience(world: &World, update: &Update) -> Result<Vec<Held>, Silence> {
    let hearing = hearing(world, &update.waba_id, &update.field)?;
    let value = encode::escaped(&update.value);
    let held = |app_id: &String| Held {
        app_id: app_id.clone(),
        entry_id: update.waba_id.clone(),
        waba_id: Some(update.waba_id.clone()),
        phone_id: update.phone_id.clone(),
        time: update.time,
        field: update.field.clone(),
        value: value.clone(),
    };
    Ok(hearing.into_iter().map(held).collect())
}

/// Returns the current callback of the update. None when the app has no subscription any more.
pub(super) fn callback<'a>(world: &'a World, held: &Held) -> Option<&'a str> {
    let phone = held.phone_id.as_ref().and_then(|id| world.phone(id));
    let waba = held.waba_id.as_ref().and_then(|id| world.waba(id));
    let of_waba = waba
        .and_then(|waba| waba.subscriptions.get(&held.app_id))
        .and_then(|subscription| subscription.override_callback_uri.as_deref());
    let of_app = world
        .app_subscriptions
        .get(&held.app_id)
        .map(AppSubscription::callback_url);
    phone
        .and_then(|phone| phone.override_callback_uri.as_deref())
        .or(of_waba)
        .or(of_app)
}
