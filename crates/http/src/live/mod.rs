//! Live events over a WebSocket: an organisation's log, read from a cursor.
//!
//! A push only says that there is more; what is sent is always read from the log, in order, so a listener that comes
//! back with the last sequence it saw misses nothing and sees nothing twice.

mod frames;
mod limits;
mod listener;

pub(crate) use limits::Place;
pub use limits::{ListenerLimits, Listeners};
pub(crate) use listener::{Listener, listen};
