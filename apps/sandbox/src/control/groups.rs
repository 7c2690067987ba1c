//! `/_sandbox/groups`: groups of customers and a number.

use actix_web::web::{Data, Json, ServiceConfig, get, post, resource};
use serde::Deserialize;
use serde_json::{Value, json};

use super::error::{Answer, ControlError};
use super::phones::number_of;
use crate::context::Context;
use crate::state::Group;

/// The most members of a group, as at Meta.
const MEMBERS: usize = 8;
/// The most groups.
const MOST: usize = 10_000;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct GroupOrder {
    /// The group's id. The default is made from the number and a count.
    id: Option<String>,
    phone_number_id: String,
    #[serde(default)]
    subject: String,
    /// The members' numbers.
    participants: Vec<String>,
}

pub(super) fn routes(config: &mut ServiceConfig) {
    config.service(
        resource("/groups")
            .route(get().to(list))
            .route(post().to(set)),
    );
}

fn view(id: &str, group: &Group) -> Value {
    json!({
        "id": id,
        "phoneNumberId": group.phone_number_id,
        "subject": group.subject,
        "participants": group.participants,
    })
}

async fn list(context: Data<Context>) -> Answer {
    Ok(Json(context.store.read(|world| {
        let groups = world.groups.iter().map(|(id, group)| view(id, group));
        json!({ "data": groups.collect::<Vec<Value>>() })
    })))
}

/// Makes a group, or replaces the one with this id.
async fn set(context: Data<Context>, order: Json<GroupOrder>) -> Answer {
    let order = order.into_inner();
    let numbers = order.participants.iter().map(|number| number_of(number));
    let participants = numbers.collect::<Result<Vec<String>, ControlError>>()?;
    if !(1..=MEMBERS).contains(&participants.len()) {
        let text = format!("a group has 1 to {MEMBERS} participants");
        return Err(ControlError::Invalid(text));
    }
    let phone_id = order.phone_number_id;
    let (phone, is_full) = context.store.read(|world| {
        let is_full = world.groups.len() >= MOST;
        (world.phone(&phone_id).cloned(), is_full)
    });
    let phone =
        phone.ok_or_else(|| ControlError::NotFound(format!("no phone number {phone_id}")))?;
    if is_full {
        return Err(ControlError::Invalid(format!("at most {MOST} groups")));
    }
    let group = Group {
        phone_number_id: phone_id,
        subject: order.subject,
        participants,
    };
    let made = context.store.change(|world| {
        let id = order.id.unwrap_or_else(|| {
            use base64::Engine as _;
            let count = world.count();
            let text = format!("capi_group:{}:{count}", phone.digits());
            base64::engine::general_purpose::STANDARD_NO_PAD.encode(text)
        });
        let made = view(&id, &group);
        world.groups.insert(id, group);
        made
    });
    context.store.flush().await?;
    Ok(Json(made))
}
