//! Registering a number for Cloud API, and the budget for it.

use chrono::{DateTime, Duration, Utc};

use super::{GraphError, auth};
use crate::call::Call;
use crate::state::{Phone, World};

type Time = DateTime<Utc>;

/// The number of times that a number can be registered or deregistered in [`WINDOW_HOURS`].
const BUDGET: usize = 10;
const WINDOW_HOURS: i64 = 72;

pub(crate) fn register(
    world: &mut World,
    call: &Call,
    now: Time,
    id: &str,
) -> Result<(), GraphError> {
    let pin = {
        let phone = allowed(world, call, now, id)?;
        if call.param("messaging_product") != Some("whatsapp") {
            return Err(GraphError::parameter("messaging_product must be whatsapp"));
        }
        let pin = call
            .param("pin")
            .ok_or_else(|| GraphError::parameter("pin is required"))?;
        refuse_coexistence(phone)?;
        self::pin(pin)?
    };
    let phone = spend(world, id, now)?;
    if phone.code_verification_status != "VERIFIED" {
        return Err(GraphError::whatsapp(
            133_006,
            "Phone number needs to be verified before registering",
            "The phone number needs to be verified before it can be registered.",
        ));
    }
    if phone.pin.as_ref().is_some_and(|known| *known != pin) {
        return Err(GraphError::whatsapp(
            133_005,
            "Two step verification PIN Mismatch",
            "The two-step verification PIN provided is incorrect.",
        ));
    }
    phone.pin = Some(pin);
    phone.status = "CONNECTED".to_owned();
    phone.last_onboarded_time = Some(now);
    // An approved name is shown once the number is registered again.
    if let Some(new) = phone
        .extras
        .new_name
        .take_if(|new| new.status == "APPROVED")
    {
        phone.verified_name = new.name;
        phone.name_status = new.status;
    }
    Ok(())
}

/// Deregisters the number from Cloud API. Its PIN stays set.
pub(crate) fn deregister(
    world: &mut World,
    call: &Call,
    now: Time,
    id: &str,
) -> Result<(), GraphError> {
    let phone = allowed(world, call, now, id)?;
    refuse_coexistence(phone)?;
    if !phone.is_connected() {
        return Err(GraphError::whatsapp(
            133_010,
            "Account not registered",
            "The phone number is not registered on the WhatsApp Business Platform.",
        ));
    }
    spend(world, id, now)?.status = "DISCONNECTED".to_owned();
    Ok(())
}

/// Reads a two-step verification PIN: six digits.
pub(crate) fn pin(text: &str) -> Result<String, GraphError> {
    if text.len() == 6 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        Ok(text.to_owned())
    } else {
        Err(GraphError::parameter("pin must be 6 digits"))
    }
}

fn allowed<'a>(
    world: &'a World,
    call: &Call,
    now: Time,
    id: &str,
) -> Result<&'a Phone, GraphError> {
    let token = auth::holder(world, call, now)?;
    auth::phone(world, &token, id, "post")
}

fn refuse_coexistence(phone: &Phone) -> Result<(), GraphError> {
    if phone.is_on_biz_app {
        return Err(GraphError::parameter(
            "The number is used in the WhatsApp Business app as well and is registered there.",
        ));
    }
    Ok(())
}

/// Counts one registration or deregistration of the number.
fn spend<'a>(world: &'a mut World, id: &str, now: Time) -> Result<&'a mut Phone, GraphError> {
    let phone = world
        .phone_mut(id)
        .ok_or_else(|| GraphError::no_object(id, "post"))?;
    phone
        .registrations
        .retain(|time| *time + Duration::hours(WINDOW_HOURS) > now);
    if phone.registrations.len() >= BUDGET {
        return Err(GraphError::whatsapp(
            133_016,
            "Account register/deregister rate limit exceeded",
            "There were too many registration attempts for this phone number. Try again later.",
        ));
    }
    phone.registrations.push(now);
    Ok(phone)
}
