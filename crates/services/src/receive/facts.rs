//! Reads a change into items for the organisations and accounts that it concerns.

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
    /// Its index in the change, or [`WHOLE`].
    pub(super) index: i32,
    /// The place of its bytes in the change's bytes.
    pub(super) bytes: Range<usize>,
    /// What to do with it.
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

/// Why an item is parked, and what it waits for.
pub(super) struct Parking {
    pub(super) state: ParkedState,
    /// The reason as a code.
    pub(super) reason: String,
    /// The reason as text.
    pub(super) detail: String,
}

/// Returns the routes that the change concerns. If its organisation is known, only that one's.
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

/// An item of a change: its index, its bytes, and its fact or the reason why there is none.
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

/// Returns the place of a part in these bytes. The whole range when it is not a part.
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

/// Returns the accounts of an item. An update of one number of a WABA is about that number's account only.
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

/// Tells whether Meta gives the fact no id by which a repetition is recognised.
const fn needs_digest(fact: &Fact) -> bool {
    !matches!(fact, Fact::Message(_) | Fact::Status(_) | Fact::Call(_))
}

/// Each part is hashed with its length before it, so that no two changes feed the same bytes to the hash.
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

/// Returns the WABA that a change counts for.
pub(super) fn waba(change: &Change, routes: &[Route]) -> Option<(OrgId, WabaId)> {
    let routes = concerned(change, routes);
    routes
        .first()
        .map(|route| (route.org, route.waba_id.clone()))
}
