//! Connect sessions: from the click to the stored account.

mod candidate;
mod record;
mod refusal;
mod session;
mod state;
mod step;

pub use candidate::{Candidate, NumberProgress, Unselectable, WabaProgress};
pub use record::{BrowserBinding, ConnectMode, Progress, SessionRecord, SignupHints};
pub use refusal::{Occasion, Problem, Refusal, Who};
pub use session::{ConnectSession, InvalidTransition, LOGIN_WINDOW, RESUME_WINDOW};
pub use state::{ConnectStatus, LoginReturn, RunnerLease, SessionRemains, SessionState};
pub use step::{Step, StepRecord, StepState};
