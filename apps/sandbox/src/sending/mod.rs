//! The sending side: limits (limits, tiers), accepted messages (ledger) and their statuses (plan, said, statuses).

mod held;
mod knobs;
mod ledger;
mod limits;
mod people;
mod plan;
mod said;
mod statuses;
mod tiers;

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

pub(crate) use held::{HeldMessage, HeldMessages, Shown};
pub(crate) use knobs::{MarketingKnobs, Pickup, SendingKnobs, TOLD_BY_STATUS, Window};
pub(crate) use ledger::{Acceptance, Page, Sends};
pub(crate) use limits::{Charge, Limits, Refusal};
pub(crate) use people::People;
pub(crate) use plan::Plan;
pub(crate) use said::{Recipient, Sent};
pub(crate) use statuses::{Outbox, run};
pub(crate) use tiers::Tiers;

use crate::state::Store;
use crate::webhooks::Webhooks;

/// The sending side as a whole.
pub(crate) struct Sending {
    pub(crate) ledger: Sends,
    pub(crate) limits: Limits,
    pub(crate) tiers: Tiers,
    pub(crate) people: People,
    pub(crate) held: HeldMessages,
    pub(crate) outbox: Arc<Outbox>,
}

impl Sending {
    pub(crate) fn open(
        ledger: PathBuf,
        store: Arc<Store>,
        webhooks: Arc<Webhooks>,
    ) -> io::Result<Self> {
        Ok(Self {
            ledger: Sends::open(ledger)?,
            limits: Limits::default(),
            tiers: Tiers::default(),
            people: People::default(),
            held: HeldMessages::default(),
            outbox: Arc::new(Outbox::new(store, webhooks)),
        })
    }

    /// Clears everything.
    pub(crate) fn clear(&self) -> io::Result<()> {
        self.limits.clear();
        self.tiers.clear();
        self.people.clear();
        self.held.clear();
        self.outbox.clear();
        self.ledger.clear()
    }
}
