//! A change as items to apply, for those whom it concerns.

use std::{collections::BTreeSet, ops::Range};

use ring::digest;
use wabakit_domain::{
    delivery::{Change, Lane, ParkedState, Route},
    ids::{AccountId, OrgId, WabaId},
    inbound::{Fact, Management, NumberUpdate, TEST_FIELD},
    inbox::{Digest, Item, Refused, check},
};
use wabakit_webhooks::parse;

/// One item of a change.
pub(super) struct Piece {
    /// Its place in the change, or [`WHOLE`].
    pub(super) index: i32,
    /// Where its bytes are in the change's.
    pub(super) bytes: Range<usize>,
    /// What is to be done with it.
    pub(super) verdict: Verdict,
}

/// The index of what is parked for a change as a whole.
pub(super) const WHOLE: i32 = -1;

#[allow(
    clippy::large_enum_variant,
    reason = "nearly all of them are the large one"
)]
pub(super) enum Verdict {
    /// It is applied.
    Apply(Item),
    /// It is parked.
    Park(Parking),
}

/// Why an item is not applied, and what it waits for.
pub(super) struct Parking {
    pub(super) state: ParkedState,
    /// As a code.
    pub(super) reason: String,
    /// In words.
    pub(super) detail: String,
}

/// The routes that concern a change: where its org is known, only those of that org.
pub(super) fn concerned<'r>(change: &Change, routes: &'r [Route]) -> Vec<&'r Route> {
    let routes = routes.iter();
    routes
        .filter(|route| change.org.is_none_or(|org| route.org == org))
        .collect()
}

/// Reads a change. Without anybody whom it concerns, it is one piece that waits for a home.
pub(super) fn read(change: &Change, routes: &[Route]) -> Vec<Piece> {
    let routes = concerned(change, routes);
    if routes.is_empty() {
        return vec![homeless(change)];
    }
    let orgs: BTreeSet<OrgId> = routes.iter().map(|route| route.org).collect();
    let mut pieces = Vec::new();
    for (index, raw, fact) in facts(change) {
        let index = i32::try_from(index).unwrap_or(i32::MAX);
        let bytes = range(&change.raw, raw);
        let fact = match fact {
            Ok(fact) => fact,
            Err((reason, detail)) => {
                pieces.push(parked(index, bytes, ParkedState::Parked, reason, detail));
                continue;
            }
        };
        let digest = needs_digest(&fact).then(|| digest_of(change, raw));
        let mut last = Some(fact);
        let mut orgs = orgs.iter().copied().peekable();
        while let Some(org) = orgs.next() {
            // The last one takes the fact, the others a copy.
            let fact = match orgs.peek() {
                Some(_) => last.clone(),
                None => last.take(),
            };
            let Some(fact) = fact else { break };
            let item = Item {
                org,
                accounts: accounts(&fact, org, &routes),
                received_at: change.received_at,
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

/// An item of a change: its place, its bytes, and what it says, or why that cannot be told.
type ReadFact<'a> = (usize, &'a [u8], Result<Fact, (&'static str, String)>);

fn facts(change: &Change) -> Vec<ReadFact<'_>> {
    if change.field == TEST_FIELD {
        return vec![(0, &change.raw, Ok(Fact::Test))];
    }
    let items = parse(&change.field, &change.raw).into_iter();
    items
        .map(|item| {
            let fact = item.fact.map_err(|error| (error.code(), error.to_string()));
            (item.index, item.raw, fact)
        })
        .collect()
}

/// Where a part of these bytes is in them; all of them where it is none.
fn range(all: &[u8], part: &[u8]) -> Range<usize> {
    let start = part.as_ptr().addr().checked_sub(all.as_ptr().addr());
    let range = start.map(|start| start..start + part.len());
    range
        .filter(|range| range.end <= all.len())
        .unwrap_or(0..all.len())
}

fn homeless(change: &Change) -> Piece {
    let (reason, detail) = match &change.lane {
        Lane::Number(id) => (
            "unknown_number",
            format!("nobody here has connected the number {id}"),
        ),
        Lane::Waba(id) => (
            "unknown_waba",
            format!("nobody here has a connected number on the WABA {id}"),
        ),
        Lane::Nowhere => (
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

/// The accounts that an item speaks of: of what is said of one number of a WABA, that number's.
fn accounts(fact: &Fact, org: OrgId, routes: &[&Route]) -> Vec<AccountId> {
    let of_org = routes.iter().filter(|route| route.org == org);
    let Fact::Management(management) = fact else {
        return of_org.map(|route| route.account).collect();
    };
    let Management::Number {
        display_phone_number,
        update,
    } = &**management
    else {
        return of_org.map(|route| route.account).collect();
    };
    let id = match update {
        NumberUpdate::Settings {
            phone_number_id, ..
        } => phone_number_id.as_deref(),
        _ => None,
    };
    let number = display_phone_number.as_deref().map(digits);
    of_org
        .filter(|route| match (id, &number) {
            (Some(id), _) => route.phone_number_id.as_str() == id,
            (None, Some(number)) => digits(&route.display_phone_number) == *number,
            (None, None) => false,
        })
        .map(|route| route.account)
        .collect()
}

fn digits(number: &str) -> String {
    number.chars().filter(char::is_ascii_digit).collect()
}

/// Whether Meta gives it no id by which a repeat is known.
const fn needs_digest(fact: &Fact) -> bool {
    !matches!(fact, Fact::Message(_) | Fact::Status(_) | Fact::Call(_))
}

/// Each part goes in with its length before it, so that no two changes feed the hash the same bytes.
fn digest_of(change: &Change, raw: &[u8]) -> Digest {
    let time = change.entry_time.map(i64::to_be_bytes);
    let parts: [&[u8]; 4] = [
        change.field.as_bytes(),
        change.entry_id.as_deref().unwrap_or_default().as_bytes(),
        time.as_ref().map_or(&[], |time| &time[..]),
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

/// The WABA that a change counts for.
pub(super) fn waba(change: &Change, routes: &[Route]) -> Option<(OrgId, WabaId)> {
    let routes = concerned(change, routes);
    routes
        .first()
        .map(|route| (route.org, route.waba_id.clone()))
}
