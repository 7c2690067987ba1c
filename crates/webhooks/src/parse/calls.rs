//! Calls, which are recorded and not answered.

use serde_json::value::RawValue;
use wabakit_domain::{
    inbound::{Call, Fact, MediaContent, MetaFault, Party},
    phone::canonical,
};

use super::{
    ItemError, Scene,
    content::media,
    message::{addressee, sender},
    required_id, required_time,
    status::{faults, recipient},
    time,
};
use crate::json::Object;

/// Reads an element of `calls[]`.
pub(super) fn call(
    scene: &Scene<'_>,
    _raw: &RawValue,
    item: &Object<'_>,
) -> Result<Fact, ItemError> {
    let (person, is_caller) = person(scene, item);
    let by_customer = match item.text("direction").as_deref() {
        Some("USER_INITIATED") => true,
        Some("BUSINESS_INITIATED") => false,
        _ => is_caller,
    };
    let at = required_time(item, "timestamp");
    Ok(Fact::Call(Box::new(Call {
        call_id: required_id(item, "id")?.into(),
        party: scene.people.complete(person),
        group_id: item.id("group_id").map(Into::into),
        by_customer,
        event: item.some("event").ok_or(ItemError::Missing("event"))?,
        status: item.some("status").or_else(|| {
            let first = item.list("status").into_iter().next()?;
            crate::json::text(first)
        }),
        at: at.or_else(|error| {
            time(item, "end_time")
                .or_else(|| time(item, "start_time"))
                .ok_or(error)
        })?,
        started_at: time(item, "start_time"),
        ended_at: time(item, "end_time"),
        duration: item.int("duration"),
        recording: file(item, &["call_recording", "recording"]).map(Box::new),
        transcript: file(
            item,
            &["call_transcription", "call_transcript", "transcription"],
        )
        .map(Box::new),
        errors: errors(scene, item),
    })))
}

/// Tells whether a side has the business's own number.
fn is_business(scene: &Scene<'_>, side: &Party) -> bool {
    match (&side.phone, &scene.number) {
        (Some(phone), Some(number)) => canonical(phone) == canonical(number),
        _ => false,
    }
}

/// Finds the person among the two sides of a call, and whether the person is the caller. Meta puts the business on
/// either side, whoever calls. The business has the number in `metadata`, and never a user id.
fn person(scene: &Scene<'_>, item: &Object<'_>) -> (Party, bool) {
    let (from, to) = (sender(item), addressee(item));
    let is_business = |side: &Party| is_business(scene, side);
    let has_id = |side: &Party| side.user_id.is_some() || side.parent_user_id.is_some();
    let is_caller = if is_business(&from) {
        false
    } else if is_business(&to) || to.is_nobody() {
        true
    } else if has_id(&from) != has_id(&to) {
        has_id(&from)
    } else {
        item.text("direction").as_deref() != Some("BUSINESS_INITIATED")
    };
    let (person, other) = match is_caller {
        true => (from, to),
        false => (to, from),
    };
    // Meta may put the person's ids on the business's side.
    let person = Party {
        user_id: person.user_id.or(other.user_id),
        parent_user_id: person.parent_user_id.or(other.parent_user_id),
        ..person
    };
    (person, is_caller)
}

/// Reads a file of a call: `{type: "audio", audio: {id, …}}`, or the file itself.
fn file(item: &Object<'_>, names: &[&str]) -> Option<MediaContent> {
    let outer = names.iter().find_map(|name| item.object(name))?;
    let kind = outer.some("type").unwrap_or_else(|| "audio".to_owned());
    let file = media(&outer.object(&kind).unwrap_or(outer));
    (file.meta_media_id.is_some() || file.link.is_some()).then_some(file)
}

/// Reads the errors of a call, and the errors beside `calls[]`.
fn errors(scene: &Scene<'_>, item: &Object<'_>) -> Vec<MetaFault> {
    let mut errors = faults(item.list("errors"));
    errors.extend(scene.faults.iter().cloned());
    errors
}

/// Reads an element of `statuses[]` of type `call`: the progress of a call by the business.
pub(super) fn status(
    scene: &Scene<'_>,
    _raw: &RawValue,
    item: &Object<'_>,
) -> Result<Fact, ItemError> {
    let mut person = recipient(item);
    if is_business(scene, &person) {
        person.phone = None;
    }
    Ok(Fact::Call(Box::new(Call {
        call_id: required_id(item, "id")?.into(),
        party: scene.people.complete(person),
        group_id: item.id("group_id").map(Into::into),
        by_customer: false,
        event: item.some("status").ok_or(ItemError::Missing("status"))?,
        status: None,
        at: required_time(item, "timestamp")?,
        started_at: None,
        ended_at: None,
        duration: None,
        recording: None,
        transcript: None,
        errors: errors(scene, item),
    })))
}
