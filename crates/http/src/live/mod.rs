//! Live events over a WebSocket: an organisation's log, read from a cursor.
//!
//! A push only says that there are more events. They are always read from the log, in order, so a listener that
//! returns with the last sequence that it saw misses nothing and sees nothing twice.

mod frames;
mod limits;
mod listener;

pub(crate) use limits::Place;
pub use limits::{ListenerLimits, Listeners};
pub(crate) use listener::{Listener, listen};
