//! Sending: a call is durable before it is answered, and what is sent is sent once.
//!
//! A message and its place in the queue are one row. Submitting checks what is asked and queues it, many
//! calls in one commit; the sender takes it to Meta at the number's pace; what a person or a program does to a
//! message meanwhile goes through the same plan as what Meta reports.

mod meter;
mod ports;
mod rate;
mod settings;
mod wakes;

pub use meter::{SendMeter, SendTotals};
pub use ports::SendPorts;
pub use rate::Rate;
pub use settings::{SendSettings, SubmitSettings, UnknownPolicy};
