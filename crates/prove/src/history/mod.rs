//! The history of a run, and the checker that judges it.
//!
//! A history says what was asked of a system that sends and receives messages, what it answered, what the other side
//! accepted, and what stands at the end. `docs/history.md` describes the file, so that the history of any system can
//! be judged.

mod judge;
mod line;
mod record;

pub use judge::{Breach, Rule, RuleCount, Verdict, judge};
pub use line::{Answered, Asked, Line, ReadLineError, read};
pub use record::{keep, now, uphold};
