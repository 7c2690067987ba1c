//! Groups of a number: `{phone}/groups`, `{group}` with its participants, invitation and join requests.
//!
//! Source: OpenAPI v23 for paths and shapes (A). A group is made at once and told by webhook, as at Meta. Customers join
//! and ask to join by the control API. What Meta demands of a business before it may have groups is not checked.

use actix_web::http::Method;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use serde_json::{Value, json};

use super::blocks::{error, put_ids};
use super::fields::Node;
use super::params::{self, length, one_of, required};
use super::{GraphError, auth, paging};
use crate::call::Call;
use crate::clock::Time;
use crate::customer::{Person, digits};
use crate::put::Put as _;
use crate::secrets;
use crate::state::{Group, World};
use crate::webhooks::Update;

/// The groups that a number can have.
const MOST: usize = 10_000;
/// The customers in a group.
const PARTICIPANTS: usize = 8;
const MODES: [&str; 2] = ["auto_approve", "approval_required"];

/// Answers `GET {phone}/groups`, whose list stands in `data.groups`.
pub(super) fn list(world: &World, call: &Call, id: &str) -> Result<Value, GraphError> {
    auth::phone_of(world, call, id)?;
    let groups = world.groups.iter();
    let groups = groups.filter(|(_, group)| group.phone_number_id == id);
    let view = |(id, group): (&String, &Group)| {
        json!({
            "id": id,
            "subject": group.subject,
            "created_at": seconds(group).to_string(),
        })
    };
    let mut page = paging::page(call, groups.map(view).collect())?;
    let items = page.get("data").cloned().unwrap_or_default();
    page.put("data", json!({ "groups": items }));
    Ok(page)
}

/// Answers `POST {phone}/groups`.
pub(super) fn create(
    world: &mut World,
    call: &Call,
    now: Time,
    id: &str,
) -> Result<Value, GraphError> {
    let phone = auth::phone_of(world, call, id)?;
    params::product(call)?;
    if phone.is_on_biz_app {
        return Err(GraphError::parameter(
            "A number that is used in the WhatsApp Business app has no groups here.",
        ));
    }
    let subject = required(call, "subject")?.trim();
    length("subject", subject, 1, 128)?;
    let description = call.param("description").unwrap_or_default();
    length("description", description, 0, 2_048)?;
    let mode = call.param("join_approval_mode").unwrap_or("auto_approve");
    let mode = one_of("join_approval_mode", mode, &MODES)?;
    let of_phone = |group: &&Group| group.phone_number_id == id;
    if world.groups.values().filter(of_phone).count() >= MOST {
        return Err(GraphError::parameter("The number has too many groups."));
    }
    let digits = phone.digits();
    let group = Group {
        phone_number_id: id.to_owned(),
        subject: subject.to_owned(),
        description: description.to_owned(),
        needs_approval: mode == "approval_required",
        created_at: Some(now),
        ..Group::default()
    };
    let count = world.count();
    let group_id = STANDARD_NO_PAD.encode(format!("capi_group:{digits}:{count}"));
    let request_id = format!("request_{count}");
    let fields = json!({
        "subject": group.subject,
        "description": group.description,
        "invite_link": link(world, &group_id, &group),
        "join_approval_mode": mode,
        "request_id": request_id,
    });
    tell(
        world,
        (&group_id, &group),
        "group_lifecycle_update",
        "group_create",
        fields,
        now,
    );
    world.groups.insert(group_id, group);
    Ok(json!({ "messaging_product": "whatsapp", "request_id": request_id }))
}

/// Answers `GET {group}`.
pub(super) fn node(world: &World, call: &Call, id: &str) -> Result<Value, GraphError> {
    let group = find(world, call, id)?;
    let participants = group.participants.iter();
    let participants: Vec<Value> = participants
        .map(|number| member(world, group, number))
        .collect();
    Node {
        kind: "WhatsAppBusinessGroup",
        values: json!({
            "id": id,
            "messaging_product": "whatsapp",
            "subject": group.subject,
            "description": group.description,
            "join_approval_mode": mode(group),
            "suspended": false,
            "creation_timestamp": seconds(group),
            "participants": participants,
            "total_participant_count": group.participants.len(),
        }),
        defaults: &["id", "messaging_product"],
        silent: &["profile_picture_url"],
        edges: &["join_requests"],
    }
    .pick(world, call)
}

/// Answers `GET {group}/invite_link`.
pub(super) fn invitation(world: &World, call: &Call, id: &str) -> Result<Value, GraphError> {
    let group = find(world, call, id)?;
    Ok(json!({ "messaging_product": "whatsapp", "invite_link": link(world, id, group) }))
}

/// Answers `GET {group}/join_requests`.
pub(super) fn join_requests(world: &World, call: &Call, id: &str) -> Result<Value, GraphError> {
    let group = find(world, call, id)?;
    let view = |(id, number): (&String, &String)| {
        let mut item = member(world, group, number);
        item.put("id", json!(id));
        item.put("join_request_id", json!(id));
        item.put("creation_timestamp", json!(seconds(group)));
        item
    };
    let mut page = paging::page(call, group.join_requests.iter().map(view).collect())?;
    let items = page.get_mut("data").and_then(Value::as_array_mut);
    for item in items.into_iter().flatten().filter_map(Value::as_object_mut) {
        item.remove("id");
    }
    Ok(page)
}

/// Answers an act on a group. `None` for another path.
pub(super) fn act(
    world: &mut World,
    call: &Call,
    now: Time,
    id: &str,
    edge: Option<&str>,
) -> Option<Result<Value, GraphError>> {
    if !world.groups.contains_key(id) {
        return None;
    }
    let is_post = call.method == Method::POST;
    Some(match edge {
        None if is_post => update(world, call, now, id),
        None => remove(world, call, now, id),
        Some("invite_link") => renew(world, call, id, is_post),
        Some("join_requests") => decide(world, call, now, id, is_post),
        Some("participants") if !is_post => expel(world, call, now, id),
        Some(_) => return None,
    })
}

fn update(world: &mut World, call: &Call, now: Time, id: &str) -> Result<Value, GraphError> {
    let mut group = find(world, call, id)?.clone();
    params::product(call)?;
    let mut changed = json!({ "request_id": format!("request_{}", world.count()) });
    if let Some(subject) = call.param("subject") {
        length("subject", subject.trim(), 1, 128)?;
        subject.trim().clone_into(&mut group.subject);
        changed.put(
            "group_subject",
            json!({ "text": group.subject, "update_successful": true }),
        );
    }
    if let Some(description) = call.param("description") {
        length("description", description, 0, 2_048)?;
        description.clone_into(&mut group.description);
        let text = &group.description;
        changed.put(
            "group_description",
            json!({ "text": text, "update_successful": true }),
        );
    }
    tell(
        world,
        (id, &group),
        "group_settings_update",
        "group_settings_update",
        changed.clone(),
        now,
    );
    world.groups.insert(id.to_owned(), group);
    let request_id = changed.get("request_id").cloned();
    Ok(json!({ "messaging_product": "whatsapp", "request_id": request_id, "success": true }))
}

fn remove(world: &mut World, call: &Call, now: Time, id: &str) -> Result<Value, GraphError> {
    let group = find(world, call, id)?.clone();
    let fields = json!({ "request_id": format!("request_{}", world.count()) });
    tell(
        world,
        (id, &group),
        "group_lifecycle_update",
        "group_delete",
        fields,
        now,
    );
    world.groups.remove(id);
    Ok(json!({ "success": true }))
}

/// Makes a new invitation, or takes the old one back. The old one no longer works.
fn renew(world: &mut World, call: &Call, id: &str, shows: bool) -> Result<Value, GraphError> {
    let mut group = find(world, call, id)?.clone();
    group.invitations += 1;
    let answer = if shows {
        json!({ "messaging_product": "whatsapp", "invite_link": link(world, id, &group) })
    } else {
        json!({ "messaging_product": "whatsapp", "success": true })
    };
    world.groups.insert(id.to_owned(), group);
    Ok(answer)
}

/// Approves or rejects requests to join.
fn decide(
    world: &mut World,
    call: &Call,
    now: Time,
    id: &str,
    approves: bool,
) -> Result<Value, GraphError> {
    let mut group = find(world, call, id)?.clone();
    params::product(call)?;
    let wanted = params::texts(call, "join_requests")?;
    let wanted = wanted.ok_or_else(|| params::missing("join_requests"))?;
    let (mut done, mut failed, mut joined) = (Vec::new(), Vec::new(), Vec::new());
    for request in wanted {
        let is_full = approves && group.participants.len() >= PARTICIPANTS;
        match group.join_requests.get(&request).cloned() {
            Some(number) if !is_full => {
                group.join_requests.remove(&request);
                if approves {
                    joined.push(member(world, &group, &number));
                    group.participants.push(number);
                }
                done.push(request);
            }
            known => {
                let code = if known.is_some() { 131_204 } else { 131_213 };
                failed.push(json!({ "join_request_id": request, "errors": [error(code)] }));
            }
        }
    }
    if !joined.is_empty() {
        let fields = json!({ "reason": "invite_link", "added_participants": joined });
        let field = "group_participants_update";
        tell(
            world,
            (id, &group),
            field,
            "group_participants_add",
            fields,
            now,
        );
    }
    world.groups.insert(id.to_owned(), group);
    let name = if approves {
        "approved_join_requests"
    } else {
        "rejected_join_requests"
    };
    let mut answer = json!({ "messaging_product": "whatsapp", name: done });
    if !failed.is_empty() {
        answer.put("failed_join_requests", failed.into());
    }
    Ok(answer)
}

/// Removes participants. They cannot be added by the business.
fn expel(world: &mut World, call: &Call, now: Time, id: &str) -> Result<Value, GraphError> {
    let mut group = find(world, call, id)?.clone();
    params::product(call)?;
    let users = params::list(call, "participants")?;
    let users = users.ok_or_else(|| params::missing("participants"))?;
    if users.is_empty() || users.len() > PARTICIPANTS {
        return Err(params::wrong(
            "participants",
            "an array of 1 to 8 participants",
        ));
    }
    let (mut removed, mut failed) = (Vec::new(), Vec::new());
    for user in &users {
        let input = user.get("user").and_then(Value::as_str).unwrap_or_default();
        let number = digits(input);
        let at = group.participants.iter().position(|known| {
            number.as_ref() == Some(known) || person(world, &group, known).user_id == input
        });
        match at {
            Some(at) => {
                let number = group.participants.remove(at);
                let mut item = member(world, &group, &number);
                item.put("input", json!(input));
                removed.push(item);
            }
            None => failed.push(json!({ "input": input, "errors": [error(131_212)] })),
        }
    }
    let mut fields = json!({
        "request_id": format!("request_{}", world.count()),
        "initiated_by": "business",
        "removed_participants": removed,
    });
    if !failed.is_empty() {
        fields.put("failed_participants", failed.into());
    }
    let field = "group_participants_update";
    tell(
        world,
        (id, &group),
        field,
        "group_participants_remove",
        fields.clone(),
        now,
    );
    world.groups.insert(id.to_owned(), group);
    let request_id = fields.get("request_id").cloned();
    Ok(json!({ "messaging_product": "whatsapp", "request_id": request_id }))
}

/// Returns a customer as the business of the group knows them.
fn person(world: &World, group: &Group, number: &str) -> Person {
    let phone = world.phone(&group.phone_number_id);
    let business = phone.and_then(|phone| world.business_of(phone));
    let business = business.map(|business| business.id.as_str());
    Person::of(world, number, business.unwrap_or_default())
}

/// Returns the ids of a customer in a group that Meta tells the business.
pub(crate) fn member(world: &World, group: &Group, number: &str) -> Value {
    let mut item = json!({});
    put_ids(&mut item, &person(world, group, number));
    item
}

/// Tells a change of a group by webhook.
pub(crate) fn tell(
    world: &mut World,
    (id, group): (&str, &Group),
    field: &str,
    kind: &str,
    fields: Value,
    now: Time,
) {
    let Some(phone) = world.phone(&group.phone_number_id) else {
        return;
    };
    let mut item = json!({
        "timestamp": now.timestamp().to_string(),
        "group_id": id,
        "type": kind,
    });
    for (name, value) in fields.as_object().into_iter().flatten() {
        item.put(name, value.clone());
    }
    let update = Update {
        waba_id: phone.waba_id.clone(),
        phone_id: Some(phone.id.clone()),
        time: None,
        field: field.to_owned(),
        value: json!({
            "messaging_product": "whatsapp",
            "metadata": {
                "display_phone_number": phone.digits(),
                "phone_number_id": phone.id,
            },
            "groups": [item],
        }),
    };
    world.said.push(update);
}

fn find<'a>(world: &'a World, call: &Call, id: &str) -> Result<&'a Group, GraphError> {
    let token = auth::holder(world, call, world.now())?;
    let absent = || GraphError::no_object(id, &call.verb());
    let group = world.groups.get(id).ok_or_else(absent)?;
    let sees = token.targets.phone_numbers.contains(&group.phone_number_id);
    if sees { Ok(group) } else { Err(absent()) }
}

fn link(world: &World, id: &str, group: &Group) -> String {
    let mark = format!("invite:{id}:{}", group.invitations);
    let mark = secrets::short(&world.key, &mark, 22);
    format!("https://chat.whatsapp.com/{mark}")
}

fn mode(group: &Group) -> &'static str {
    if group.needs_approval {
        "approval_required"
    } else {
        "auto_approve"
    }
}

fn seconds(group: &Group) -> i64 {
    group.created_at.map_or(0, |time| time.timestamp())
}
