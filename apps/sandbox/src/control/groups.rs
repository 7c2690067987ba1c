//! `/_sandbox/groups`: groups of customers and a number.

use actix_web::web::{Data, Json, Path, ServiceConfig, get, post, resource};
use serde::Deserialize;
use serde_json::{Value, json};

use super::error::{Answer, ControlError};
use super::phones::number_of;
use crate::clock::Time;
use crate::context::Context;
use crate::graph::groups;
use crate::put::Put as _;
use crate::secrets;
use crate::state::{Group, World};

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
    config
        .service(
            resource("/groups")
                .route(get().to(list))
                .route(post().to(set)),
        )
        .service(resource("/groups/{id}").route(post().to(act)));
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
        ..Group::default()
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

/// An act of a customer in a group.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MemberOrder {
    /// The customer's number.
    number: String,
    act: Act,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "snake_case")]
enum Act {
    /// Follows the invitation: joins, or asks to where the group wants approval.
    Join,
    Leave,
    /// Takes a request to join back.
    Revoke,
}

async fn act(context: Data<Context>, id: Path<String>, order: Json<MemberOrder>) -> Answer {
    let number = number_of(&order.number)?;
    let said = context.store.change(|world| {
        let now = world.now();
        change(world, &id, &number, order.act, now)?;
        Ok::<_, ControlError>(std::mem::take(&mut world.said))
    })?;
    let emission = context.webhooks.emit(&said)?;
    context.store.flush().await?;
    Ok(Json(json!(emission)))
}

fn change(
    world: &mut World,
    id: &str,
    number: &str,
    act: Act,
    now: Time,
) -> Result<(), ControlError> {
    let group = world.groups.get(id).cloned();
    let mut group = group.ok_or_else(|| ControlError::NotFound(format!("no group {id}")))?;
    let refuse = |text: &str| Err(ControlError::Invalid(text.to_owned()));
    let is_in = group.participants.iter().any(|known| known == number);
    let asked = group
        .join_requests
        .iter()
        .find(|(_, known)| *known == number);
    let asked = asked.map(|(request, _)| request.clone());
    let field = "group_participants_update";
    let mut member = groups::member(world, &group, number);
    let person = json!([member]);
    let (kind, fields): (&str, Value) = match act {
        Act::Join if is_in => return refuse("the customer is in the group"),
        Act::Join if group.needs_approval => {
            let count = world.count();
            let request = secrets::short(&world.key, &format!("join:{count}"), 32);
            group
                .join_requests
                .insert(request.clone(), number.to_owned());
            ("group_join_request_created", {
                member.put("join_request_id", json!(request));
                member
            })
        }
        Act::Join if group.participants.len() >= MEMBERS => {
            return refuse("the group is full");
        }
        Act::Join => {
            group.participants.push(number.to_owned());
            (
                "group_participants_add",
                json!({ "reason": "invite_link", "added_participants": person }),
            )
        }
        Act::Leave if !is_in => return refuse("the customer is not in the group"),
        Act::Leave => {
            group.participants.retain(|known| known != number);
            (
                "group_participants_remove",
                json!({ "initiated_by": "participant", "removed_participants": person }),
            )
        }
        Act::Revoke => {
            let Some(request) = asked else {
                return refuse("the customer has not asked to join");
            };
            group.join_requests.remove(&request);
            ("group_join_request_revoked", {
                member.put("join_request_id", json!(request));
                member
            })
        }
    };
    groups::tell(world, (id, &group), field, kind, fields, now);
    world.groups.insert(id.to_owned(), group);
    Ok(())
}
