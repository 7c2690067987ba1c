//! Compares the product's pre-flight with the sandbox's check of values against a template.

use std::{collections::BTreeMap, fmt, ops::Range, time::Instant};

use serde_json::Value;
use wabakit_domain::template::{TemplateCheck, TemplateDefinition};
use wabakit_sandbox::{MessageRefusal, judge_template};

use crate::{
    listed::{self, Listed},
    pairs::{Pair, PairGenerator},
};

/// Both sides' judgements of a pair.
#[derive(Debug)]
pub enum PairOutcome {
    /// Both take it.
    Taken,
    /// Both refuse it.
    Refused {
        /// Whether both name the same code of Meta.
        same_code: bool,
    },
    /// One side refuses it, for a reason that is listed.
    Listed(&'static Listed),
    /// One side refuses it alone, or both refuse a valid one.
    Disagreement(String),
}

/// Compares both sides on a pair.
pub fn compare_pair(pair: &Pair) -> PairOutcome {
    let template = TemplateDefinition::read(pair.template.clone());
    judge(pair, &template.check(components(pair)))
}

fn components(pair: &Pair) -> &Value {
    pair.message.get("components").unwrap_or(&Value::Null)
}

fn judge(pair: &Pair, product: &TemplateCheck) -> PairOutcome {
    let sandbox: Result<(), MessageRefusal> = judge_template(&pair.template, &pair.message);
    let is_valid = pair.what.is_empty();
    match (product.is_ok(), sandbox) {
        (true, Ok(())) => PairOutcome::Taken,
        (false, Err(refusal)) if is_valid => PairOutcome::Disagreement(format!(
            "both refuse a valid message: {:?} {refusal:?}",
            product.faults
        )),
        (false, Err(refusal)) => PairOutcome::Refused {
            same_code: product
                .faults
                .iter()
                .any(|fault| fault.code == refusal.code),
        },
        (false, Ok(())) => PairOutcome::Disagreement(format!(
            "the product alone refuses it: {:?}",
            product.faults
        )),
        (true, Err(refusal)) => match listed::of_pair(pair, &refusal) {
            Some(listed) => PairOutcome::Listed(listed),
            None => PairOutcome::Disagreement(format!("the sandbox alone refuses it: {refusal:?}")),
        },
    }
}

/// The outcome of many pairs.
#[derive(Debug, Default)]
pub struct PairReport {
    /// The number of pairs.
    pub pairs: u64,
    /// Pairs that both sides take.
    pub taken: u64,
    /// Pairs that both sides refuse.
    pub refused: u64,
    /// Refused pairs of which both sides name the same code.
    pub same_code: u64,
    /// The count of each listed disagreement, by its input.
    pub listed: BTreeMap<&'static str, u64>,
    /// The count of disagreements that are not listed.
    pub disagreements: u64,
    /// The first of them.
    pub first: Vec<String>,
    /// The nanoseconds of all pre-flights together.
    pub nanoseconds: u128,
}

/// The most disagreements that a report tells.
const TOLD: usize = 20;

impl PairReport {
    /// Compares both sides on the pairs of these places.
    pub fn of(generator: &PairGenerator, places: Range<u64>) -> Self {
        let mut report = Self::default();
        for place in places {
            let pair = generator.pair(place);
            let template = TemplateDefinition::read(pair.template.clone());
            let begun = Instant::now();
            let product = template.check(components(&pair));
            report.nanoseconds += begun.elapsed().as_nanos();
            report.add(place, &pair, judge(&pair, &product));
        }
        report
    }

    fn add(&mut self, place: u64, pair: &Pair, outcome: PairOutcome) {
        self.pairs += 1;
        match outcome {
            PairOutcome::Taken => self.taken += 1,
            PairOutcome::Refused { same_code } => {
                self.refused += 1;
                self.same_code += u64::from(same_code);
            }
            PairOutcome::Listed(listed) => *self.listed.entry(listed.input).or_default() += 1,
            PairOutcome::Disagreement(what) => {
                self.disagreements += 1;
                if self.first.len() < TOLD {
                    let short = |text: String| text.chars().take(1_500).collect::<String>();
                    self.first.push(format!(
                        "{place}: {}\n  {}\n  {}\n  {}",
                        pair.what,
                        short(what),
                        short(pair.template["components"].to_string()),
                        short(pair.message.to_string()),
                    ));
                }
            }
        }
    }

    /// Adds another report.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.pairs += other.pairs;
        self.taken += other.taken;
        self.refused += other.refused;
        self.same_code += other.same_code;
        self.disagreements += other.disagreements;
        self.nanoseconds += other.nanoseconds;
        for (input, many) in other.listed {
            *self.listed.entry(input).or_default() += many;
        }
        self.first.extend(other.first);
        self.first.truncate(TOLD);
        self
    }
}

impl fmt::Display for PairReport {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(to, "{:>8} pairs of a template and values", self.pairs)?;
        writeln!(to, "{:>8} taken by both", self.taken)?;
        writeln!(
            to,
            "{:>8} refused by both, {} of them with the same code",
            self.refused, self.same_code
        )?;
        for (input, many) in &self.listed {
            writeln!(to, "{many:>8} listed: {input}")?;
        }
        writeln!(to, "{:>8} disagreements", self.disagreements)?;
        let mean = self.nanoseconds as f64 / 1_000.0 / self.pairs.max(1) as f64;
        writeln!(to, "{mean:>8.1} µs for a pre-flight, on average")?;
        for one in &self.first {
            writeln!(to, "\n{one}")?;
        }
        Ok(())
    }
}
