//! What every handler reaches.

use std::sync::Arc;

use tokio::sync::watch;

use crate::ledger::Ledger;
use crate::meter::Meter;
use crate::state::Store;

pub(crate) struct Context {
    pub(crate) store: Arc<Store>,
    pub(crate) ledger: Ledger,
    pub(crate) meter: Meter,
    /// Becomes true when the sandbox stops, so that nothing hangs on.
    pub(crate) stopping: watch::Receiver<bool>,
}
