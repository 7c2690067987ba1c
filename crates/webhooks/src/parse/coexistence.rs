//! Facts from the business's own phone: echoes, history, contact book.

use serde_json::value::RawValue;
use wabakit_domain::{
    inbound::{ContactBookEntry, Fact, Origin, Party},
    message::Direction,
    phone::canonical,
};

use super::{
    ItemError, ParsedItems, Scene,
    message::{addressee, message, sender},
    people::{filled, party, who},
    status::{faults, reported},
    time, unsupported,
};
use crate::json::Object;

/// Reads an element of `message_echoes[]`, or a message of the history that the business wrote on its phone.
pub(super) fn echo(
    scene: &Scene<'_>,
    raw: &RawValue,
    item: &Object<'_>,
) -> Result<Fact, ItemError> {
    let origin = match scene.field {
        "history" => Origin::History {
            status: past_status(item),
        },
        _ => Origin::Echo,
    };
    let party = match item.raw("group_id") {
        Some(_) => Party::default(),
        None => scene.people.complete(addressee(item)),
    };
    message(item, raw, Direction::Outbound, party, origin)
}

/// Reads a message of the history outside of a thread: the file of a message that was a placeholder.
pub(super) fn imported(
    scene: &Scene<'_>,
    raw: &RawValue,
    item: &Object<'_>,
) -> Result<Fact, ItemError> {
    of_thread(scene, raw, item, &Party::default())
}

/// Reads `history[]`: the messages of a chunk, then the progress of the import.
pub(super) fn history<'a>(scene: &Scene<'_>, raw: &'a RawValue, items: &mut ParsedItems<'a>) {
    let Some(chunk) = Object::of(raw) else {
        return items.push(raw.get(), Err(ItemError::NotAnObject));
    };
    for raw in chunk.list("threads") {
        let Some(thread) = Object::of(raw) else {
            items.push(raw.get(), Err(ItemError::NotAnObject));
            continue;
        };
        let with = thread_party(&thread);
        for raw in thread.list("messages") {
            let fact = Object::of(raw)
                .ok_or(ItemError::NotAnObject)
                .and_then(|item| of_thread(scene, raw, &item, &with));
            items.push(raw.get(), fact);
        }
    }
    let metadata = chunk.object("metadata");
    let small = |name: &str| u8::try_from(metadata.as_ref()?.int(name)?).ok();
    match chunk.raw("errors").or_else(|| chunk.raw("metadata")) {
        Some(part) => items.push(
            part.get(),
            Ok(Fact::History {
                progress: small("progress"),
                phase: small("phase"),
                faults: faults(chunk.list("errors")),
            }),
        ),
        None if chunk.raw("threads").is_none() => {
            items.push(raw.get(), Ok(unsupported("history", Some("history"))));
        }
        None => {}
    }
}

/// Finds the other party of a thread. Its context is more reliable than its id.
fn thread_party(thread: &Object<'_>) -> Party {
    let mut with = thread
        .object("context")
        .map(|context| Party {
            username: context.some("username"),
            ..party(&context, "wa_id", "user_id", "parent_user_id")
        })
        .unwrap_or_default();
    if with.is_nobody() {
        let named = thread.id("id").map(who).unwrap_or_default();
        with.phone = named.phone;
        with.user_id = named.user_id;
    }
    with
}

fn of_thread(
    scene: &Scene<'_>,
    raw: &RawValue,
    item: &Object<'_>,
    thread: &Party,
) -> Result<Fact, ItemError> {
    let (from, to) = (sender(item), addressee(item));
    let same = |one: &Option<String>, other: &Option<String>| {
        let one = one.as_deref().map(canonical)?;
        Some(one == canonical(other.as_deref()?))
    };
    // An author other than the thread's person is the business, even if its number is spelled in another way here.
    let by_business = same(&from.phone, &scene.number) == Some(true)
        || same(&from.phone, &thread.phone) == Some(false)
        || !to.is_nobody();
    let (direction, other) = match by_business {
        true => (Direction::Outbound, to),
        false => (Direction::Inbound, from),
    };
    let with = filled(other, thread);
    let origin = Origin::History {
        status: past_status(item),
    };
    message(item, raw, direction, scene.people.complete(with), origin)
}

fn past_status(item: &Object<'_>) -> Option<wabakit_domain::message::ReportedStatus> {
    reported(&item.object("history_context")?.text("status")?)
}

/// Reads an element of `state_sync[]`: the phone's contact book.
pub(super) fn contact_book(
    scene: &Scene<'_>,
    _raw: &RawValue,
    item: &Object<'_>,
) -> Result<Fact, ItemError> {
    if let Some(other) = item.text("type").filter(|kind| kind != "contact") {
        return Ok(unsupported(
            scene.field,
            Some(&format!("state_sync.{other}")),
        ));
    }
    let contact = item.raw("contact").ok_or(ItemError::Missing("contact"))?;
    let contact = Object::of(contact).ok_or(ItemError::Invalid("contact"))?;
    let party = Party {
        username: contact.some("username"),
        ..party(&contact, "phone_number", "user_id", "parent_user_id")
    };
    if party.is_nobody() {
        return Err(ItemError::Missing("phone_number"));
    }
    let metadata = item.object("metadata");
    Ok(Fact::ContactBook(ContactBookEntry {
        party,
        full_name: contact.some("full_name"),
        first_name: contact.some("first_name"),
        removed: item
            .text("action")
            .is_some_and(|action| action.eq_ignore_ascii_case("remove")),
        at: metadata
            .and_then(|metadata| time(&metadata, "timestamp"))
            .or_else(|| time(item, "timestamp")),
    }))
}
