//! The parts that every handler uses.

use std::sync::Arc;

use tokio::sync::{Notify, watch};

use crate::customer::Chat;
use crate::har::Har;
use crate::ledger::Ledger;
use crate::media::Shelf;
use crate::meter::Meter;
use crate::scenarios::Scenarios;
use crate::sending::Sending;
use crate::state::Store;
use crate::webhooks::Webhooks;

pub(crate) struct Context {
    pub(crate) store: Arc<Store>,
    pub(crate) ledger: Ledger,
    pub(crate) meter: Meter,
    pub(crate) chat: Chat,
    pub(crate) media: Shelf,
    pub(crate) sending: Sending,
    pub(crate) webhooks: Arc<Webhooks>,
    pub(crate) scenarios: Scenarios,
    pub(crate) har: Har,
    /// Wakes what Meta does to templates after a while.
    pub(crate) agenda: Notify,
    /// The client for requests to callbacks.
    pub(crate) client: reqwest::Client,
    /// `http://127.0.0.1:<port>`.
    pub(crate) base_url: String,
    /// Becomes true when the sandbox stops, so that nothing waits any longer.
    pub(crate) stopping: watch::Receiver<bool>,
}
