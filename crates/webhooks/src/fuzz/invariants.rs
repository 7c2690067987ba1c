//! The invariants that hold for every body.

use serde::{Serialize, de::DeserializeOwned};
use wabakit_domain::{inbound::Fact, secret::SecretString};

use super::{FuzzReport, random::Random};
use crate::{ParsedItem, SignatureRefusal, SignatureVerifier, parse, sign, split};

pub(super) struct Checker {
    secret: SecretString,
    verifier: SignatureVerifier,
}

impl Checker {
    pub(super) fn new() -> Self {
        let secret = SecretString::from("the app's secret");
        let before = SecretString::from("the secret before");
        let verifier = SignatureVerifier::new([&before, &secret]);
        Self { secret, verifier }
    }

    pub(super) fn check(
        &self,
        body: &[u8],
        random: &mut Random,
        report: &mut FuzzReport,
    ) -> Result<(), &'static str> {
        self.signature(body, random)?;
        let Ok(changes) = split(body) else {
            report.unreadable += 1;
            return Ok(());
        };
        let mut cut = 0;
        for change in &changes {
            cut += change.raw.len();
            holds(
                is_within(change.raw, body),
                "a change is a slice of the body",
            )?;
            holds(!change.field.contains('\0'), "no field has a NUL")?;
            let items = parse(&change.field, change.raw);
            items_of(&items, change.raw)?;
            for item in &items {
                *match &item.fact {
                    Ok(Fact::Unsupported { .. }) => &mut report.unsupported,
                    Ok(_) => &mut report.facts,
                    Err(_) => &mut report.refused,
                } += 1;
            }
        }
        report.changes += changes.len() as u64;
        holds(
            cut <= 2 * body.len(),
            "changes take no more memory than the body",
        )
    }

    fn signature(&self, body: &[u8], random: &mut Random) -> Result<(), &'static str> {
        let mut header = sign(&self.secret, body).into_bytes();
        let verify = |header: &[u8], body: &[u8]| self.verifier.verify(Some(header), body);
        holds(verify(&header, body) == Ok(1), "what is signed is accepted")?;
        let mut other = body.to_vec();
        let (at, bit) = (random.below(body.len()), 1 << random.below(8));
        match other.get_mut(at) {
            Some(byte) => *byte ^= bit,
            None => other.push(0),
        }
        holds(
            verify(&header, &other) == Err(SignatureRefusal::Wrong),
            "another body is refused",
        )?;
        let right = header.clone();
        let at = random.below(header.len());
        if let Some(byte) = header.get_mut(at) {
            *byte = random.next().to_le_bytes()[0];
        }
        let digits = |header: &[u8]| header.get(7..).map(<[u8]>::to_ascii_lowercase);
        let is_same = header.get(..7) == right.get(..7) && digits(&header) == digits(&right);
        holds(
            verify(&header, body).is_ok() == is_same,
            "another signature is refused",
        )
    }
}

fn items_of(items: &[ParsedItem<'_>], change: &[u8]) -> Result<(), &'static str> {
    let mut taken = 0;
    for (index, item) in items.iter().enumerate() {
        taken += item.raw.len();
        holds(item.index == index, "items are counted")?;
        holds(
            is_within(item.raw, change),
            "an item is a slice of its change",
        )?;
        match &item.fact {
            Ok(Fact::Message(message)) => stored(&message.content)?,
            Ok(Fact::Group(update)) => stored(&update.change)?,
            _ => {}
        }
    }
    holds(taken <= change.len(), "no byte is in two items")
}

/// Checks that every database can store the content and read it again.
fn stored<T: Serialize + DeserializeOwned>(content: &T) -> Result<(), &'static str> {
    let json = serde_json::to_string(content).map_err(|_| "content is written")?;
    let escapes = json.replace("\\\\", "");
    holds(!escapes.contains("\\u0000"), "no content has a NUL")?;
    serde_json::from_str::<T>(&json)
        .map(|_| ())
        .map_err(|_| "content that was written is read")
}

fn is_within(slice: &[u8], of: &[u8]) -> bool {
    let (slice, of) = (slice.as_ptr_range(), of.as_ptr_range());
    of.start <= slice.start && slice.end <= of.end
}

fn holds(rule: bool, what: &'static str) -> Result<(), &'static str> {
    rule.then_some(()).ok_or(what)
}
