//! Runs the checks of both sides on one body, and adds up what many bodies gave.

use std::{collections::BTreeMap, fmt};

use serde_json::{Value, json};
use wabakit_domain::outbound::{Invalid, Outbound};
use wabakit_sandbox::{MessageRefusal, judge_message};

use crate::{
    Case, Generator,
    listed::{self, Listed},
    meaning,
};

/// Both sides' judgements of a body.
#[derive(Debug)]
pub enum Outcome {
    /// Both take it.
    Taken,
    /// Both refuse it.
    Refused {
        /// Tells whether both name the same place, or one a place within the other's.
        same_place: bool,
    },
    /// One side refuses it, for a reason that is listed.
    Listed(&'static Listed),
    /// One side refuses it alone, or both differ from Meta's pages, or the product sends something else.
    Disagreement(String),
}

/// Compares both sides on a body.
///
/// `messaging_product` is added where it is missing, as the product does when it sends.
pub fn compare(case: &Case) -> Outcome {
    let product = Outbound::from_json(case.body.clone());
    let sandbox = judge_message(&sent(&case.body));
    match (product, sandbox) {
        (Ok(message), Ok(())) => match arrives(case, &message) {
            Err(what) => Outcome::Disagreement(what),
            Ok(()) if case.expected == Some(false) => Outcome::Disagreement(
                "both take it, though Meta's pages say that it is refused".to_owned(),
            ),
            Ok(()) => Outcome::Taken,
        },
        (Err(faults), Err(_)) if case.expected == Some(true) => Outcome::Disagreement(format!(
            "both refuse it, though Meta's pages say that it is taken: {faults:?}"
        )),
        (Err(faults), Err(refusal)) => Outcome::Refused {
            same_place: is_same_place(&faults, &refusal),
        },
        (Err(faults), Ok(())) => match listed::product_alone(case, &faults) {
            Some(listed) => Outcome::Listed(listed),
            None => Outcome::Disagreement(format!("the product alone refuses it: {faults:?}")),
        },
        (Ok(_), Err(refusal)) => match listed::sandbox_alone(case, &refusal) {
            Some(listed) => Outcome::Listed(listed),
            None => Outcome::Disagreement(format!("the sandbox alone refuses it: {refusal:?}")),
        },
    }
}

/// Returns the body as it is sent.
fn sent(body: &Value) -> Value {
    let mut sent = body.clone();
    if let Value::Object(fields) = &mut sent
        && fields.get("messaging_product").is_none_or(Value::is_null)
    {
        fields.insert("messaging_product".to_owned(), json!("whatsapp"));
    }
    sent
}

/// Checks that the message which the product sends is taken, and means what the caller wrote.
fn arrives(case: &Case, message: &Outbound) -> Result<(), String> {
    let own = message.to_json();
    judge_message(&sent(&own))
        .map_err(|refusal| format!("the sandbox refuses what the product sends: {refusal:?}"))?;
    let (written, sent) = (meaning::of(&case.body), meaning::of(&own));
    match written == sent {
        true => Ok(()),
        false => Err(format!("the product sends another message: {sent}")),
    }
}

/// Tells whether the sandbox names a place at, above or below one that the product names.
fn is_same_place(faults: &[Invalid], refusal: &MessageRefusal) -> bool {
    let text = refusal.details.as_deref().unwrap_or(&refusal.message);
    let places: Vec<String> = text
        .split_whitespace()
        .map(|word| word.trim_matches(|c: char| "\".,:()#".contains(c)))
        .filter(|word| !word.is_empty())
        .map(|word| {
            let path = word.replace("['", "/").replace("']", "");
            format!("/{}", path.replace('[', "/").replace(']', ""))
        })
        .collect();
    faults.iter().any(|fault| {
        let at = &fault.pointer;
        let is_within = |inner: &str, outer: &str| {
            inner == outer
                || inner
                    .strip_prefix(outer)
                    .is_some_and(|rest| rest.starts_with('/'))
        };
        places
            .iter()
            .any(|place| is_within(place, at) || is_within(at, place))
    })
}

/// The outcome of many bodies.
#[derive(Debug, Default)]
pub struct Report {
    /// The number of bodies.
    pub bodies: u64,
    /// Bodies that both sides take.
    pub taken: u64,
    /// Bodies that both sides refuse.
    pub refused: u64,
    /// Refused bodies of which both sides name the same place.
    pub same_place: u64,
    /// The number of times that each listed disagreement was met, by its input.
    pub listed: BTreeMap<&'static str, u64>,
    /// The number of disagreements that are not listed.
    pub disagreements: u64,
    /// The first of them.
    pub first: Vec<String>,
}

/// The most disagreements that a report tells.
const TOLD: usize = 20;

impl Report {
    /// Compares both sides on the bodies of these places.
    pub fn of(generator: &Generator, places: std::ops::Range<u64>) -> Self {
        let mut report = Self::default();
        for place in places {
            report.add(place, &generator.case(place));
        }
        report
    }

    fn add(&mut self, place: u64, case: &Case) {
        self.bodies += 1;
        match compare(case) {
            Outcome::Taken => self.taken += 1,
            Outcome::Refused { same_place } => {
                self.refused += 1;
                self.same_place += u64::from(same_place);
            }
            Outcome::Listed(listed) => *self.listed.entry(listed.input).or_default() += 1,
            Outcome::Disagreement(what) => {
                self.disagreements += 1;
                if self.first.len() < TOLD {
                    let short = |text: String| text.chars().take(1_500).collect::<String>();
                    self.first.push(format!(
                        "{place}: {}\n  {}\n  {}",
                        case.what,
                        short(what),
                        short(case.body.to_string())
                    ));
                }
            }
        }
    }

    /// Adds another report.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.bodies += other.bodies;
        self.taken += other.taken;
        self.refused += other.refused;
        self.same_place += other.same_place;
        self.disagreements += other.disagreements;
        for (input, many) in other.listed {
            *self.listed.entry(input).or_default() += many;
        }
        self.first.extend(other.first);
        self.first.truncate(TOLD);
        self
    }
}

impl fmt::Display for Report {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(to, "{:>8} bodies", self.bodies)?;
        writeln!(to, "{:>8} taken by both", self.taken)?;
        writeln!(
            to,
            "{:>8} refused by both, {} of them for the same place",
            self.refused, self.same_place
        )?;
        for (input, many) in &self.listed {
            writeln!(to, "{many:>8} listed: {input}")?;
        }
        writeln!(to, "{:>8} disagreements", self.disagreements)?;
        for one in &self.first {
            writeln!(to, "\n{one}")?;
        }
        Ok(())
    }
}
