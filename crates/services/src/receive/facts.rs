//! Reads a change into items for the organisations and accounts that it concerns.

use std::{collections::BTreeSet, ops::Range};

use ring::digest;
use serde_json::Value;
use wabakit_domain::{
    Time,
    delivery::{Change, Lane, ParkedState, Route},
    ids::{AccountId, OrgId, WabaId},
    inbound::{
        ContactBookEntry, Fact, Management, MarketingPreference, NumberUpdate, TEST_FIELD,
        UserIdChange, WabaUpdate,
    },
    inbox::{Digest, Item, Refused, check},
};
use wabakit_webhooks::parse;

/// One item of a change.
pub(super) struct Piece {
    /// Its index in the change, or [`WHOLE`].
    pub(super) index: i32,
    /// The place of its bytes in the change's bytes.
    pub(super) bytes: Range<usize>,
    /// The act to take on it.
    pub(super) verdict: Verdict,
}

/// The index of an item that stands for the whole change.
pub(super) const WHOLE: i32 = -1;

#[allow(
    clippy::large_enum_variant,
    reason = "nearly all of them are the large one"
)]
pub(super) enum Verdict {
    /// Apply it.
    Apply(Item),
    /// Park it.
    Park(Parking),
}

/// The reason why an item is parked, and what it waits for.
pub(super) struct Parking {
    pub(super) state: ParkedState,
    /// The reason as a code.
    pub(super) reason: String,
    /// The reason as text.
    pub(super) detail: String,
}

/// Returns the routes that the change concerns. If the change's organisation is known, only its routes.
pub(super) fn concerned<'r>(change: &Change, routes: &'r [Route]) -> Vec<&'r Route> {
    let routes = routes.iter();
    routes
        .filter(|route| change.org.is_none_or(|org| route.org == org))
        .collect()
}

/// Reads a change. If it concerns nobody, it is one piece that is parked as homeless.
pub(super) fn read(change: &Change, routes: &[Route]) -> Vec<Piece> {
    let routes = concerned(change, routes);
    if routes.is_empty() {
        return vec![homeless(change)];
    }
    let orgs: BTreeSet<OrgId> = routes.iter().map(|route| route.org).collect();
    let mut pieces = Vec::new();
    for (index, raw, fact, extra) in facts(change) {
        let index = i32::try_from(index).unwrap_or(i32::MAX);
        let bytes = range(&change.raw, raw);
        let fact = match fact {
            Ok(fact) => fact,
            Err((reason, detail)) => {
                pieces.push(parked(index, bytes, ParkedState::Parked, reason, detail));
                continue;
            }
        };
        let digest = repeat_of(&fact).map(|repeat| digest_of(change, raw, repeat));
        let mut last = Some(fact);
        let mut orgs = orgs.iter().copied().peekable();
        while let Some(org) = orgs.next() {
            // The last organisation takes the fact, the others get copies.
            let fact = match orgs.peek() {
                Some(_) => last.clone(),
                None => last.take(),
            };
            let Some(fact) = fact else { break };
            let item = Item {
                org,
                accounts: accounts(&fact, org, &routes),
                received_at: change.received_at,
                told_at: change.entry_time.and_then(told_at),
                extra: extra.clone(),
                digest,
                fact,
            };
            pieces.push(match check(&item) {
                Ok(()) => Piece {
                    index,
                    bytes: bytes.clone(),
                    verdict: Verdict::Apply(item),
                },
                Err(refused) => parked(
                    index,
                    bytes.clone(),
                    state(refused),
                    refused.code(),
                    refused.to_string(),
                ),
            });
        }
    }
    pieces
}

/// An item of a change: its index, its bytes, its fact or the reason why there is none, and the parts without a typed
/// form.
type ReadFact<'a> = (
    usize,
    &'a [u8],
    Result<Fact, (&'static str, String)>,
    Option<Value>,
);

fn facts(change: &Change) -> Vec<ReadFact<'_>> {
    if change.field == TEST_FIELD {
        return vec![(0, &change.raw, Ok(Fact::Test), None)];
    }
    let items = parse(&change.field, &change.raw).into_iter();
    items
        .map(|item| {
            let mut extra = item.extra;
            let mut fact = item.fact.map_err(|error| (error.code(), error.to_string()));
            // A status may wait for its message, so it carries its own extra parts.
            if let Ok(Fact::Status(status)) = &mut fact {
                status.extra = extra.take();
            }
            (item.index, item.raw, fact, extra)
        })
        .collect()
}

/// Returns the range of a part in these bytes. The whole range if it is not a part.
fn range(all: &[u8], part: &[u8]) -> Range<usize> {
    let start = part.as_ptr().addr().checked_sub(all.as_ptr().addr());
    let range = start.map(|start| start..start + part.len());
    range
        .filter(|range| range.end <= all.len())
        .unwrap_or(0..all.len())
}

fn homeless(change: &Change) -> Piece {
    let (reason, detail) = match change.lane.named() {
        Lane::Number(id) => (
            "unknown_number",
            format!("nobody here has connected the number {id}"),
        ),
        Lane::Waba(id) => (
            "unknown_waba",
            format!("nobody here has a connected number on the WABA {id}"),
        ),
        Lane::Nowhere | Lane::Own(..) => (
            "no_lane",
            "it names neither a number nor a WABA of ours".to_owned(),
        ),
    };
    parked(
        WHOLE,
        0..change.raw.len(),
        ParkedState::Homeless,
        reason,
        detail,
    )
}

fn parked(
    index: i32,
    bytes: Range<usize>,
    state: ParkedState,
    reason: &str,
    detail: String,
) -> Piece {
    Piece {
        index,
        bytes,
        verdict: Verdict::Park(Parking {
            state,
            reason: reason.to_owned(),
            detail,
        }),
    }
}

const fn state(refused: Refused) -> ParkedState {
    match refused {
        Refused::Unsupported => ParkedState::Unsupported,
        Refused::NoNumber | Refused::Nobody | Refused::WrongState => ParkedState::Parked,
    }
}

/// Returns the accounts of an item: only those of the number and app that it names.
fn accounts(fact: &Fact, org: OrgId, routes: &[&Route]) -> Vec<AccountId> {
    let of_org = routes.iter().filter(|route| route.org == org);
    let Fact::Management(management) = fact else {
        return of_org.map(|route| route.account).collect();
    };
    let about = About::of(management);
    of_org
        .filter(|route| about.names(route))
        .map(|route| route.account)
        .collect()
}

/// The numbers that a fact about the business narrows itself to. A number must match everything that the fact names.
#[derive(Default)]
struct About<'f> {
    /// The app with which the number is connected.
    app: Option<&'f str>,
    /// Meta's id of the number.
    number_id: Option<&'f str>,
    /// The number's digits.
    number: Option<String>,
    /// Tells whether it is about a number, which it does not name.
    is_unnamed: bool,
}

impl<'f> About<'f> {
    fn of(management: &'f Management) -> Self {
        let mut about = Self::default();
        match management {
            Management::Number {
                display_phone_number,
                update,
            } => {
                if let NumberUpdate::Settings {
                    phone_number_id, ..
                } = update
                {
                    about.number_id = phone_number_id.as_deref();
                }
                // An id is surer than digits.
                if about.number_id.is_none() {
                    about.number = display_phone_number.as_deref().map(digits);
                    about.is_unnamed = about.number.is_none();
                }
            }
            Management::Waba(WabaUpdate::Account {
                phone_number,
                partner_app_id,
                ..
            }) => {
                about.number = phone_number.as_deref().map(digits);
                about.app = partner_app_id.as_deref();
            }
            Management::Waba(WabaUpdate::Alert {
                entity_type: Some(kind),
                entity_id: Some(id),
                ..
            }) if kind.eq_ignore_ascii_case("PHONE_NUMBER") => about.number_id = Some(id),
            Management::Waba(_) | Management::Template { .. } => {}
            Management::Other { value, .. } => {
                let recipient = value.get("recipient");
                let id = recipient.and_then(|recipient| recipient.get("phone_number_id"));
                about.number_id = id.and_then(Value::as_str);
            }
        }
        about
    }

    fn names(&self, route: &Route) -> bool {
        // An app that is unknown is not ours.
        let is_app = self
            .app
            .is_none_or(|app| route.app_id.as_deref() == Some(app));
        let is_id = self
            .number_id
            .is_none_or(|id| route.phone_number_id.as_str() == id);
        let is_number = self.number.as_ref().is_none_or(|number| {
            !number.is_empty() && digits(&route.display_phone_number) == *number
        });
        !self.is_unnamed && is_app && is_id && is_number
    }
}

fn digits(number: &str) -> String {
    number.chars().filter(char::is_ascii_digit).collect()
}

/// Reads `entry.time`: seconds, or milliseconds, since 1970.
fn told_at(time: i64) -> Option<Time> {
    match time {
        0..100_000_000_000 => Time::from_timestamp(time, 0),
        100_000_000_000..100_000_000_000_000 => Time::from_timestamp_millis(time),
        _ => None,
    }
}

/// The distance at which two facts with equal bytes are one fact that Meta sent twice.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Repeat {
    /// Always: the bytes hold the time.
    Always,
    /// On one day, unless the entry has a time: nothing else says when it happened.
    OnOneDay,
    /// Only when the same change is applied again: such facts come often, and each counts.
    OfOneChange,
}

/// Returns how a repetition of a fact is recognised to which Meta gives no id.
fn repeat_of(fact: &Fact) -> Option<Repeat> {
    match fact {
        Fact::Group(update) if update.at.is_some() => Some(Repeat::Always),
        Fact::Message(_) | Fact::Status(_) | Fact::Call(_) => None,
        Fact::ContactBook(ContactBookEntry { at: Some(_), .. })
        | Fact::Preference(MarketingPreference { at: Some(_), .. })
        | Fact::UserId(UserIdChange { at: Some(_), .. }) => Some(Repeat::Always),
        // Without a time, a repeated refusal may be a new one. It counts, for nobody may be written to against their
        // will.
        Fact::Preference(choice) if choice.opted_out() == Some(true) => Some(Repeat::OfOneChange),
        Fact::Faults(_) => Some(Repeat::OfOneChange),
        _ => Some(Repeat::OnOneDay),
    }
}

/// Hashes the parts that identify a fact: field, lane, entry, bytes and time. Each part is preceded by its length, so
/// that two different changes never feed the same bytes to the hash.
fn digest_of(change: &Change, raw: &[u8], repeat: Repeat) -> Digest {
    let moment = match (repeat, change.entry_time) {
        (Repeat::OfOneChange, _) => change.id.0.as_bytes().to_vec(),
        (_, Some(time)) => time.to_be_bytes().to_vec(),
        (Repeat::Always, None) => Vec::new(),
        (Repeat::OnOneDay, None) => change.received_at.date_naive().to_string().into_bytes(),
    };
    let lane = change.lane.key();
    let parts: [&[u8]; 5] = [
        change.field.as_bytes(),
        lane.as_bytes(),
        change.entry_id.as_deref().unwrap_or_default().as_bytes(),
        &moment,
        raw,
    ];
    let mut context = digest::Context::new(&digest::SHA256);
    for part in parts {
        context.update(&(part.len() as u64).to_be_bytes());
        context.update(part);
    }
    let mut digest = [0; 32];
    digest.copy_from_slice(context.finish().as_ref());
    digest
}

/// Returns the WABA that a change counts for.
pub(super) fn waba(change: &Change, routes: &[Route]) -> Option<(OrgId, WabaId)> {
    let routes = concerned(change, routes);
    routes
        .first()
        .map(|route| (route.org, route.waba_id.clone()))
}
