//! The rules that every history is judged by.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    fmt,
};

use super::Line;

/// A rule of one line. [`Rule::sentence`] says each in words.
#[allow(
    missing_docs,
    reason = "a sentence beside each name would be said twice"
)]
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Rule {
    AcceptedOnce,
    AnswersAgree,
    AnsweredEnds,
    StateIsTrue,
    NothingInvented,
    AppliedOnce,
    InOrder,
    PaceKept,
    LogWhole,
    TenantAlone,
}

impl Rule {
    /// All rules.
    pub const ALL: [Self; 10] = [
        Self::AcceptedOnce,
        Self::AnswersAgree,
        Self::AnsweredEnds,
        Self::StateIsTrue,
        Self::NothingInvented,
        Self::AppliedOnce,
        Self::InOrder,
        Self::PaceKept,
        Self::LogWhole,
        Self::TenantAlone,
    ];

    /// Returns the rule in words.
    #[must_use]
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::AcceptedOnce => {
                "a message is accepted once, and once more for each time that a person retried it"
            }
            Self::AnswersAgree => "every answer of a call names the same messages",
            Self::AnsweredEnds => "a message of an answered call ends in one stated state",
            Self::StateIsTrue => {
                "a message says that it was accepted exactly if it was, and says why it failed"
            }
            Self::NothingInvented => "nothing is sent or stored that nobody asked for or delivered",
            Self::AppliedOnce => "an item whose delivery was answered 200 is applied exactly once",
            Self::InOrder => "messages to one person are accepted in the order of their calls",
            Self::PaceKept => "no number sends faster than it may",
            Self::LogWhole => "a listener hears each event of its log once and in order",
            Self::TenantAlone => "no organisation sees what belongs to another one",
        }
    }
}

/// A break of a rule.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Breach {
    /// The rule.
    pub rule: Rule,
    /// The message, item, number or listener, and its fault.
    pub what: String,
}

/// The counts of a rule: how often it was looked at, and broken.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct RuleCount {
    /// The number of things that the rule was applied to.
    pub checked: usize,
    /// The number of them that broke it.
    pub broken: usize,
}

/// The judgement of a history. It displays as a table.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Verdict {
    counts: BTreeMap<Rule, RuleCount>,
    /// The first breaches of each rule.
    pub breaches: Vec<Breach>,
}

/// The most breaches of a rule that are kept in words.
const KEPT: usize = 5;
/// A message that waits at the head of its conversation for this long may be overtaken.
const PASSED_AFTER: f64 = 60_000.0;
/// By how much times may differ from the moments that they tell, in milliseconds.
const CLOCK: f64 = 5.0;

impl Verdict {
    /// Tells whether no rule was broken.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.counts.values().all(|count| count.broken == 0)
    }

    /// Returns the count of a rule.
    #[must_use]
    pub fn count(&self, rule: Rule) -> RuleCount {
        self.counts.get(&rule).copied().unwrap_or_default()
    }

    fn check(&mut self, rule: Rule, holds: bool, what: impl FnOnce() -> String) {
        let count = self.counts.entry(rule).or_default();
        count.checked += 1;
        if holds {
            return;
        }
        count.broken += 1;
        if count.broken <= KEPT {
            self.breaches.push(Breach { rule, what: what() });
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:>9} {:>7}  rule", "checked", "broken")?;
        for rule in Rule::ALL {
            let RuleCount { checked, broken } = self.count(rule);
            writeln!(f, "{checked:>9} {broken:>7}  {}", rule.sentence())?;
        }
        for Breach { rule, what } in &self.breaches {
            writeln!(f, "broken: {}: {what}", rule.sentence())?;
        }
        Ok(())
    }
}

/// Judges a history by all rules. A rule about something that the history does not tell is not applied.
#[must_use]
pub fn judge(lines: &[Line]) -> Verdict {
    let history = History::of(lines);
    let mut verdict = Verdict::default();
    history.accepted_once(&mut verdict);
    history.answers_agree(&mut verdict);
    history.answered_ends(&mut verdict);
    history.states_are_true(&mut verdict);
    history.nothing_invented(&mut verdict);
    history.applied_once(&mut verdict);
    history.in_order(&mut verdict);
    history.pace_kept(&mut verdict);
    history.logs_whole(&mut verdict);
    history.tenants_alone(&mut verdict);
    verdict
}

/// A message as its calls asked for it.
struct Wanted<'h> {
    org: Option<&'h str>,
    conversation: (&'h str, &'h str, &'h str),
    call: &'h str,
    /// Its place in the call.
    place: usize,
    /// When the call began.
    called: f64,
    /// When its call was first answered.
    answered: Option<f64>,
    ids: HashSet<&'h str>,
}

struct Taken<'h> {
    at: f64,
    message: &'h str,
    number: &'h str,
    wamid: &'h str,
}

struct Standing<'h> {
    message: &'h str,
    org: Option<&'h str>,
    reference: Option<&'h str>,
    state: &'h str,
    wamid: Option<&'h str>,
    has_reason: bool,
}

impl Standing<'_> {
    /// Tells whether it claims that the other side accepted it.
    fn claims(&self) -> bool {
        matches!(
            self.state,
            "accepted" | "sent" | "delivered" | "read" | "played"
        )
    }

    fn has_ended(&self) -> bool {
        let ended = matches!(self.state, "failed" | "cancelled" | "expired" | "unknown");
        ended || self.claims()
    }
}

/// An event that a listener heard.
struct Heard<'h> {
    sequence: u64,
    item: Option<&'h str>,
    about: &'h [String],
}

/// The lines of a history by what they are about.
#[derive(Default)]
struct History<'h> {
    /// By the sender's reference.
    wanted: HashMap<&'h str, Wanted<'h>>,
    /// The references of each call.
    calls: HashMap<&'h str, Vec<&'h str>>,
    /// The retries by a person, of each message.
    retried: HashMap<&'h str, usize>,
    /// In the order of acceptance.
    taken: Vec<Taken<'h>>,
    paces: HashMap<&'h str, (f64, f64)>,
    standing: Vec<Standing<'h>>,
    /// Items of deliveries that were answered 200.
    owed: HashSet<&'h str>,
    /// Items of all deliveries, with whose they are.
    delivered: HashMap<&'h str, Option<&'h str>>,
    applied: Vec<(&'h str, Option<&'h str>)>,
    /// By listener and organisation.
    heard: BTreeMap<(&'h str, &'h str), Vec<Heard<'h>>>,
    heads: HashMap<&'h str, u64>,
}

impl<'h> History<'h> {
    fn of(lines: &'h [Line]) -> Self {
        let mut history = Self::default();
        for line in lines {
            history.add(line);
        }
        history
    }

    fn add(&mut self, line: &'h Line) {
        match line {
            Line::Call {
                at,
                id,
                org,
                messages,
            } => {
                for (place, asked) in messages.iter().enumerate() {
                    let wanted = Wanted {
                        org: org.as_deref(),
                        conversation: (&asked.number, &asked.to, &asked.priority),
                        call: id,
                        place,
                        called: *at,
                        answered: None,
                        ids: HashSet::new(),
                    };
                    self.wanted.insert(&asked.reference, wanted);
                }
                let references = messages.iter().map(|asked| asked.reference.as_str());
                self.calls.insert(id, references.collect());
            }
            Line::Answered { at, messages, .. } => {
                for answered in messages {
                    if let Some(wanted) = self.wanted.get_mut(answered.reference.as_str()) {
                        wanted.answered = Some(wanted.answered.map_or(*at, |first| first.min(*at)));
                        wanted.ids.insert(&answered.message);
                    }
                }
            }
            Line::Retried { message } => *self.retried.entry(message).or_default() += 1,
            Line::Accepted {
                at,
                message,
                number,
                wamid,
                ..
            } => self.taken.push(Taken {
                at: *at,
                message,
                number,
                wamid,
            }),
            Line::Pace {
                number,
                per_second,
                at_once,
            } => {
                self.paces.insert(number, (*per_second, *at_once));
            }
            Line::State {
                message,
                org,
                reference,
                state,
                wamid,
                has_reason,
            } => self.standing.push(Standing {
                message,
                org: org.as_deref(),
                reference: reference.as_deref(),
                state,
                wamid: wamid.as_deref(),
                has_reason: *has_reason,
            }),
            Line::Delivery { status, org, items } => {
                for item in items {
                    if *status == Some(200) {
                        self.owed.insert(item);
                    }
                    self.delivered.insert(item, org.as_deref());
                }
            }
            Line::Applied { item, org } => self.applied.push((item, org.as_deref())),
            Line::Heard {
                listener,
                org,
                sequence,
                item,
                about,
            } => {
                let events = self.heard.entry((listener, org)).or_default();
                events.push(Heard {
                    sequence: *sequence,
                    item: item.as_deref(),
                    about,
                });
            }
            Line::Head { org, sequence } => {
                self.heads.insert(org, *sequence);
            }
            Line::Fault { .. } => {}
        }
    }

    fn accepted_once(&self, verdict: &mut Verdict) {
        let mut times: HashMap<&str, usize> = HashMap::new();
        for taken in &self.taken {
            *times.entry(taken.message).or_default() += 1;
        }
        for (message, times) in sorted(times) {
            let most = 1 + self.retried.get(message).copied().unwrap_or(0);
            verdict.check(Rule::AcceptedOnce, times <= most, || {
                format!("{message} was accepted {times} times, and may be {most} times")
            });
        }
    }

    fn answers_agree(&self, verdict: &mut Verdict) {
        for (reference, wanted) in by_reference(&self.wanted) {
            if wanted.answered.is_some() {
                verdict.check(Rule::AnswersAgree, wanted.ids.len() == 1, || {
                    format!("{reference} was answered as {:?}", wanted.ids)
                });
            }
        }
    }

    fn answered_ends(&self, verdict: &mut Verdict) {
        let mut states: HashMap<&str, Vec<&Standing<'_>>> = HashMap::new();
        for standing in &self.standing {
            states.entry(standing.message).or_default().push(standing);
        }
        for (reference, wanted) in by_reference(&self.wanted) {
            for id in &wanted.ids {
                let found = states.get(id).map_or(&[][..], Vec::as_slice);
                let ends = matches!(found, [one] if one.has_ended());
                verdict.check(Rule::AnsweredEnds, ends, || {
                    let states: Vec<&str> = found.iter().map(|one| one.state).collect();
                    format!("{reference}, answered as {id}, ends in {states:?}")
                });
            }
        }
    }

    fn states_are_true(&self, verdict: &mut Verdict) {
        let mut wamids: HashMap<&str, HashSet<&str>> = HashMap::new();
        for taken in &self.taken {
            wamids.entry(taken.message).or_default().insert(taken.wamid);
        }
        for standing in &self.standing {
            let Standing { message, state, .. } = standing;
            let why = match (wamids.get(message), standing.wamid) {
                (Some(taken), Some(wamid)) if !taken.contains(wamid) => "has another's id",
                (Some(_), None) => "was accepted and does not say so",
                (Some(_), _) if !standing.claims() && *state != "failed" => {
                    "was accepted and does not say so"
                }
                (None, _) if standing.claims() => "was never accepted and says so",
                _ if *state == "failed" && !standing.has_reason => "does not say why",
                _ => "",
            };
            verdict.check(Rule::StateIsTrue, why.is_empty(), || {
                format!("{message} is {state} and {why}")
            });
        }
    }

    fn nothing_invented(&self, verdict: &mut Verdict) {
        let known: HashSet<&str> = self.standing.iter().map(|one| one.message).collect();
        for taken in &self.taken {
            let message = taken.message;
            verdict.check(Rule::NothingInvented, known.contains(message), || {
                format!("{message} was accepted and is not stored")
            });
        }
        let mut stored = HashSet::new();
        for standing in &self.standing {
            let Some(reference) = standing.reference else {
                continue;
            };
            let wanted = self.wanted.contains_key(reference);
            verdict.check(Rule::NothingInvented, wanted, || {
                format!("{reference} is stored and nobody asked for it")
            });
            verdict.check(Rule::NothingInvented, stored.insert(reference), || {
                format!("{reference} is stored twice")
            });
        }
        for (item, _) in &self.applied {
            let delivered = self.delivered.contains_key(item);
            verdict.check(Rule::NothingInvented, delivered, || {
                format!("{item} is stored and nobody delivered it")
            });
        }
    }

    fn applied_once(&self, verdict: &mut Verdict) {
        let mut times: HashMap<&str, usize> = HashMap::new();
        for (item, _) in &self.applied {
            *times.entry(item).or_default() += 1;
        }
        let owed: HashMap<&str, usize> = self.owed.iter().map(|item| (*item, 0)).collect();
        for (item, _) in sorted(owed) {
            let times = times.remove(item).unwrap_or(0);
            verdict.check(Rule::AppliedOnce, times == 1, || {
                format!("{item} was answered 200 and is applied {times} times")
            });
        }
        // What was not answered may be applied or not, but not twice.
        for (item, times) in sorted(times) {
            verdict.check(Rule::AppliedOnce, times == 1, || {
                format!("{item} is applied {times} times")
            });
        }
    }

    fn in_order(&self, verdict: &mut Verdict) {
        let by_id: HashMap<&str, &Wanted<'_>> = self
            .wanted
            .values()
            .flat_map(|wanted| wanted.ids.iter().map(move |id| (*id, wanted)))
            .collect();
        let mut seen = HashSet::new();
        let mut conversations: BTreeMap<_, Vec<(&Taken<'_>, &Wanted<'_>)>> = BTreeMap::new();
        for taken in &self.taken {
            let Some(wanted) = by_id.get(taken.message) else {
                continue;
            };
            // A message that was retried by hand takes its turn at the retry.
            if seen.insert(taken.message) && !self.retried.contains_key(taken.message) {
                let messages = conversations.entry(wanted.conversation).or_default();
                messages.push((taken, wanted));
            }
        }
        for messages in conversations.values() {
            for (place, (early, one)) in messages.iter().enumerate() {
                let (before, after) = messages.split_at(place);
                let overtaken = after.iter().find(|(_, other)| {
                    // It stands at the head since the last one that was asked for before it left.
                    let ahead = before.iter().rfind(|(_, left)| left.is_before(other));
                    let left = ahead.map_or(0.0, |(taken, _)| taken.at);
                    let head_since = left.max(other.answered.unwrap_or(0.0));
                    other.is_before(one) && early.at - head_since < PASSED_AFTER
                });
                verdict.check(Rule::InOrder, overtaken.is_none(), || {
                    let first = overtaken.map_or("", |(late, _)| late.message);
                    format!(
                        "{first} was asked for first, and {} overtook it",
                        early.message
                    )
                });
            }
        }
    }

    fn pace_kept(&self, verdict: &mut Verdict) {
        // A bucket of each number that empties at its pace.
        let mut levels: HashMap<&str, (f64, f64)> = HashMap::new();
        for taken in &self.taken {
            let Some((per_second, at_once)) = self.paces.get(taken.number) else {
                continue;
            };
            let (level, since) = levels.get(taken.number).copied().unwrap_or((0.0, taken.at));
            let emptied = (taken.at - since).max(0.0) / 1_000.0 * per_second;
            let level = (level - emptied).max(0.0) + 1.0;
            levels.insert(taken.number, (level, taken.at.max(since)));
            let most = at_once + per_second * CLOCK / 1_000.0 + 1.0;
            verdict.check(Rule::PaceKept, level <= most, || {
                let Taken { number, at, .. } = taken;
                format!("{number} had sent {level:.0} at once at {at:.0}, and may {at_once}")
            });
        }
    }

    fn logs_whole(&self, verdict: &mut Verdict) {
        for ((listener, org), events) in &self.heard {
            let mut last = 0;
            let mut items = HashSet::new();
            for Heard { sequence, item, .. } in events {
                verdict.check(Rule::LogWhole, *sequence == last + 1, || {
                    format!("{listener} heard {sequence} of {org} after {last}")
                });
                last = *sequence;
                if let Some(item) = item {
                    verdict.check(Rule::LogWhole, items.insert(item), || {
                        format!("{listener} heard of {item} twice")
                    });
                }
            }
            if let Some(head) = self.heads.get(org) {
                verdict.check(Rule::LogWhole, last >= *head, || {
                    format!("{listener} heard {org} up to {last}, and its log ends at {head}")
                });
            }
        }
    }

    fn tenants_alone(&self, verdict: &mut Verdict) {
        let mut same = |what: &str, of: Option<&str>, seen_by: Option<&str>| {
            if let Some((of, seen_by)) = of.zip(seen_by) {
                verdict.check(Rule::TenantAlone, of == seen_by, || {
                    format!("{what} is {of}'s, and {seen_by} has it")
                });
            }
        };
        let mut whose: HashMap<&str, Option<&str>> = self.delivered.clone();
        for wanted in self.wanted.values() {
            whose.extend(wanted.ids.iter().map(|id| (*id, wanted.org)));
        }
        for taken in &self.taken {
            if let Some(org) = whose.get(taken.message).copied() {
                whose.insert(taken.wamid, org);
            }
        }
        let owner = |item: &str| whose.get(item).copied().flatten();
        for standing in &self.standing {
            same(standing.message, owner(standing.message), standing.org);
        }
        for (item, org) in &self.applied {
            same(item, owner(item), *org);
        }
        for ((_, org), events) in &self.heard {
            for Heard { item, about, .. } in events {
                for id in item.iter().copied().chain(about.iter().map(String::as_str)) {
                    same(id, owner(id), Some(org));
                }
            }
        }
    }
}

impl Wanted<'_> {
    /// Tells whether this was asked for before the other: it stands before it in the same call, or its call was
    /// answered before the other's began.
    fn is_before(&self, other: &Self) -> bool {
        if self.call == other.call {
            return self.place < other.place;
        }
        self.answered
            .is_some_and(|answered| answered < other.called)
    }
}

fn sorted(counts: HashMap<&str, usize>) -> Vec<(&str, usize)> {
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_unstable();
    counts
}

fn by_reference<'a, 'h>(
    wanted: &'a HashMap<&'h str, Wanted<'h>>,
) -> Vec<(&'h str, &'a Wanted<'h>)> {
    let mut all: Vec<_> = wanted.iter().map(|(name, one)| (*name, one)).collect();
    all.sort_unstable_by_key(|(reference, _)| *reference);
    all
}
