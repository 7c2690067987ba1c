//! Connect sessions: from the click to the stored account.

mod candidate;
mod refusal;
mod session;
mod step;

pub use candidate::{Candidate, NumberProgress, Unselectable, WabaProgress};
pub use refusal::{Occasion, Problem, Refusal, Who};
pub use session::{
    BrowserBinding, ConnectMode, ConnectSession, ConnectStatus, InvalidTransition, LOGIN_WINDOW,
    Progress, RESUME_WINDOW, RunnerLease, SignupHints,
};
pub use step::{Step, StepRecord, StepState};
