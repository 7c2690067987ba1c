//! Verifying the ownership of a number: `request_code` and `verify_code`.

use chrono::{DateTime, Utc};

use super::{GraphError, auth};
use crate::call::Call;
use crate::secrets;
use crate::state::World;

type Time = DateTime<Utc>;

/// Sends the code. The state shows the SMS or the call.
pub(crate) fn request(
    world: &mut World,
    call: &Call,
    now: Time,
    id: &str,
) -> Result<(), GraphError> {
    unverified(world, call, now, id)?;
    if !matches!(call.param("code_method"), Some("SMS" | "VOICE")) {
        return Err(GraphError::parameter("code_method must be SMS or VOICE"));
    }
    if call.param("language").is_none() {
        return Err(GraphError::parameter("language is required"));
    }
    let count = world.count();
    let code = secrets::six_digits(&world.key, &format!("sms:{count}"));
    if let Some(phone) = world.phone_mut(id) {
        phone.verification_code = Some(code);
    }
    Ok(())
}

pub(crate) fn verify(
    world: &mut World,
    call: &Call,
    now: Time,
    id: &str,
) -> Result<(), GraphError> {
    unverified(world, call, now, id)?;
    let code = call
        .param("code")
        .ok_or_else(|| GraphError::parameter("code is required"))?;
    let phone = world
        .phone_mut(id)
        .ok_or_else(|| GraphError::no_object(id, "post"))?;
    if phone.verification_code.as_deref() != Some(code) {
        return Err(GraphError::parameter(
            "The verification code is not correct",
        ));
    }
    phone.verification_code = None;
    phone.code_verification_status = "VERIFIED".to_owned();
    phone.status = "PENDING".to_owned();
    Ok(())
}

fn unverified(world: &World, call: &Call, now: Time, id: &str) -> Result<(), GraphError> {
    let token = auth::holder(world, call, now)?;
    if auth::phone(world, &token, id, "post")?.code_verification_status == "VERIFIED" {
        return Err(GraphError::whatsapp(
            136_024,
            "Request code error",
            "The phone number is already verified.",
        ));
    }
    Ok(())
}
