//! The connect session's state machine. Transitions consume the session, so that no stale copy is saved.

use std::fmt;

use chrono::Duration;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{Candidate, NumberProgress, Problem, Step, StepRecord, StepState, WabaProgress};
use crate::{
    Time,
    identity::TokenHash,
    ids::{BusinessId, ConnectSessionId, GrantId, MetaAppId, OrgId, PhoneNumberId, UserId, WabaId},
    secret::SealedSecret,
};

/// The way in which a person reaches Meta's dialog.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConnectMode {
    /// In the same window, by redirects.
    Redirect,
    /// In a popup, by redirects.
    Popup,
    /// By Meta's JavaScript SDK: Embedded Signup. The code comes without a redirect address.
    Sdk,
    /// Without Meta's dialog: a person pasted a token. The session begins at its inspection.
    Manual,
}

impl ConnectMode {
    /// Returns the stored name, which is also the API's.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Redirect => "redirect",
            Self::Popup => "popup",
            Self::Sdk => "sdk",
            Self::Manual => "manual",
        }
    }
    /// Reads a stored name.
    pub fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "redirect" => Self::Redirect,
            "popup" => Self::Popup,
            "sdk" => Self::Sdk,
            "manual" => Self::Manual,
            _ => return None,
        })
    }
}

/// The state of a session.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConnectStatus {
    /// The person is at Meta's dialog.
    AwaitingLogin,
    /// The login came back in a browser that we could not recognise. The person who began must confirm it.
    AwaitingConfirmation,
    /// Steps are running, or were when their process died.
    Running,
    /// Several numbers were found, and a person must choose.
    AwaitingChoice,
    /// A step failed.
    Failed,
    /// Connected.
    Completed,
    /// Given up.
    Cancelled,
    /// Abandoned, and swept.
    Expired,
}

impl ConnectStatus {
    /// Returns the stored name, which is also the API's.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AwaitingLogin => "awaiting_login",
            Self::AwaitingConfirmation => "awaiting_confirmation",
            Self::Running => "running",
            Self::AwaitingChoice => "awaiting_choice",
            Self::Failed => "failed",
            Self::Completed => "completed",
            Self::Cancelled => "cancelled",
            Self::Expired => "expired",
        }
    }
    /// Reads a stored name.
    pub fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "awaiting_login" => Self::AwaitingLogin,
            "awaiting_confirmation" => Self::AwaitingConfirmation,
            "running" => Self::Running,
            "awaiting_choice" => Self::AwaitingChoice,
            "failed" => Self::Failed,
            "completed" => Self::Completed,
            "cancelled" => Self::Cancelled,
            "expired" => Self::Expired,
            _ => return None,
        })
    }
    /// Tells whether the session has ended.
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Completed | Self::Cancelled | Self::Expired)
    }
}

/// How the callback is bound to the browser that began.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BrowserBinding {
    /// The browser holds our nonce. A callback without it is refused.
    Nonce,
    /// The browser could not take the nonce, because init was called from another site or by a program. A callback
    /// without it waits for the person who began.
    Confirmation,
}

/// The choice in Embedded Signup's message. It is a hint, never trusted alone.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct SignupHints {
    /// `waba_id`.
    pub waba_id: Option<WabaId>,
    /// `phone_number_id`.
    pub phone_number_id: Option<PhoneNumberId>,
    /// `business_id`.
    pub business_id: Option<BusinessId>,
    /// The event, such as `FINISH_WHATSAPP_BUSINESS_APP_ONBOARDING`.
    pub event: Option<String>,
}

/// What a session has done and found so far.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Progress {
    /// One record for each step, in order.
    pub steps: Vec<StepRecord>,
    /// The numbers that the login can reach.
    pub candidates: Vec<Candidate>,
    /// The chosen numbers.
    pub numbers: Vec<NumberProgress>,
    /// The WABAs of the chosen numbers.
    pub wabas: Vec<WabaProgress>,
    /// The hints from Embedded Signup, or the number that a person entered by hand.
    pub hints: SignupHints,
    /// The WABAs in the token's granular scopes.
    #[serde(default)]
    pub granted_wabas: Vec<WabaId>,
    /// Whether the login is proved to be by the person who began.
    #[serde(default)]
    pub confirmed: bool,
    /// Whether the person wants all numbers that can be connected.
    #[serde(default)]
    pub wants_all: bool,
}

impl Default for Progress {
    fn default() -> Self {
        Self {
            steps: Step::ALL.into_iter().map(StepRecord::pending).collect(),
            candidates: Vec::new(),
            numbers: Vec::new(),
            wabas: Vec::new(),
            hints: SignupHints::default(),
            granted_wabas: Vec::new(),
            confirmed: false,
            wants_all: false,
        }
    }
}

/// The process that runs the steps, and the time until which no other may.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RunnerLease {
    /// The process.
    pub owner: String,
    /// When the lease ends.
    pub until: Time,
}

/// One attempt to connect, from the click on.
#[derive(Clone, PartialEq, Debug)]
pub struct ConnectSession {
    /// Our id.
    pub id: ConnectSessionId,
    /// The tenant.
    pub org: OrgId,
    /// The person who began.
    pub user: UserId,
    /// The app that they log in to.
    pub meta_app: MetaAppId,
    /// How the person reaches Meta.
    pub mode: ConnectMode,
    /// How the callback is bound to the person's browser.
    pub binding: BrowserBinding,
    /// The hash of the nonce that their browser holds.
    pub nonce: TokenHash,
    /// The redirect address of the dialog, which the exchange repeats. None in SDK mode.
    pub redirect_uri: Option<String>,
    /// The address that the callback sends the browser to.
    pub return_to: Option<String>,
    /// The state.
    pub status: ConnectStatus,
    /// The grant, once the exchange has begun.
    pub grant: Option<GrantId>,
    /// The login's code, between callback and exchange.
    pub code: Option<SealedSecret>,
    /// What was done and found so far.
    pub progress: Progress,
    /// Why it failed.
    pub problem: Option<Problem>,
    /// The process that runs it.
    pub runner: Option<RunnerLease>,
    /// When it began.
    pub created_at: Time,
    /// When it expires.
    pub expires_at: Time,
    /// When the row was last changed.
    pub updated_at: Time,
    /// The row's version. A save with an old version is refused.
    pub version: i64,
}

/// The session's state does not allow the act.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
#[error("the session is {status}, so it cannot {act}")]
pub struct InvalidTransition {
    /// The session's state.
    pub status: ConnectStatus,
    /// The act.
    pub act: &'static str,
}

impl fmt::Display for ConnectStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How long a person may take at Meta.
pub const LOGIN_WINDOW: Duration = Duration::hours(1);
/// How long a session lives after its login.
pub const RESUME_WINDOW: Duration = Duration::hours(24);

impl ConnectSession {
    /// Whether this session connected numbers of a WABA that our app was not subscribed to before.
    pub fn has_subscribed(&self, waba: &WabaId) -> bool {
        let mut wabas = self.progress.wabas.iter();
        self.status == ConnectStatus::Completed
            && wabas.any(|w| w.waba_id == *waba && w.subscribed_by_us)
    }
    fn require(
        self,
        act: &'static str,
        allowed: &[ConnectStatus],
    ) -> Result<Self, InvalidTransition> {
        if allowed.contains(&self.status) {
            Ok(self)
        } else {
            Err(InvalidTransition {
                status: self.status,
                act,
            })
        }
    }

    /// Accepts the login. The code is kept, sealed, before anything is done with it.
    ///
    /// # Errors
    /// When the login was answered already.
    pub fn accept_login(
        self,
        code: SealedSecret,
        hints: SignupHints,
        grant: GrantId,
        now: Time,
    ) -> Result<Self, InvalidTransition> {
        let mut next = self.require("take a login", &[ConnectStatus::AwaitingLogin])?;
        next.status = ConnectStatus::Running;
        next.code = Some(code);
        next.grant = Some(grant);
        next.progress.hints = hints;
        next.expires_at = now + RESUME_WINDOW;
        Ok(next)
    }

    /// Ends the login with a refusal.
    ///
    /// # Errors
    /// When the login was answered already.
    pub fn refuse_login(self, problem: Problem) -> Result<Self, InvalidTransition> {
        let mut next = self.require("take a login", &[ConnectStatus::AwaitingLogin])?;
        next.status = ConnectStatus::Failed;
        next.problem = Some(problem);
        Ok(next)
    }

    /// Waits for confirmation: the exchange is done, but the browser is not the one that began.
    ///
    /// # Errors
    /// When the session is not running.
    pub fn await_confirmation(self) -> Result<Self, InvalidTransition> {
        let mut next = self.require("wait for confirmation", &[ConnectStatus::Running])?;
        next.status = ConnectStatus::AwaitingConfirmation;
        next.runner = None;
        Ok(next)
    }

    /// Waits for a choice: several numbers were found, or not the one that was chosen at Meta, which `why` tells.
    ///
    /// # Errors
    /// When the session is not running.
    pub fn await_choice(self, why: Option<Problem>) -> Result<Self, InvalidTransition> {
        let mut next = self.require("wait for a choice", &[ConnectStatus::Running])?;
        next.status = ConnectStatus::AwaitingChoice;
        next.problem = why;
        next.runner = None;
        Ok(next)
    }

    /// Accepts a choice. The caller has checked that each number is a selectable candidate.
    ///
    /// # Errors
    /// When the session does not wait for a choice.
    pub fn choose(self, numbers: Vec<PhoneNumberId>, now: Time) -> Result<Self, InvalidTransition> {
        let next = self.require(
            "take a choice",
            &[ConnectStatus::AwaitingChoice, ConnectStatus::Running],
        )?;
        let mut next = next.set_step(
            Step::Choose,
            StepState::Done,
            now,
            Some(format!("{} chosen", numbers.len())),
        );
        next.progress.wabas = Vec::new();
        for number in &numbers {
            let waba = next
                .progress
                .candidates
                .iter()
                .find(|c| c.phone_number_id == *number)
                .map(|c| c.waba_id.clone());
            if let Some(waba_id) = waba
                && !next.progress.wabas.iter().any(|w| w.waba_id == waba_id)
            {
                next.progress.wabas.push(WabaProgress {
                    waba_id,
                    subscribed_by_us: false,
                    confirmed: false,
                });
            }
        }
        next.progress.numbers = numbers.into_iter().map(NumberProgress::new).collect();
        next.status = ConnectStatus::Running;
        next.problem = None;
        Ok(next)
    }

    /// Continues after a failure, a confirmation or a crash.
    ///
    /// # Errors
    /// When the session has ended, or waits for something else.
    pub fn resume(self) -> Result<Self, InvalidTransition> {
        let mut next = self.require(
            "be resumed",
            &[
                ConnectStatus::Failed,
                ConnectStatus::Running,
                ConnectStatus::AwaitingConfirmation,
                ConnectStatus::AwaitingChoice,
            ],
        )?;
        if next.grant.is_none() {
            return Err(InvalidTransition {
                status: next.status,
                act: "be resumed without a login",
            });
        }
        next.status = ConnectStatus::Running;
        next.problem = None;
        Ok(next)
    }

    /// Records that a step failed.
    ///
    /// # Errors
    /// When the session is not running.
    pub fn fail(self, step: Step, problem: Problem, now: Time) -> Result<Self, InvalidTransition> {
        let next = self.require("fail", &[ConnectStatus::Running])?;
        let mut next = next.set_step(step, StepState::Failed, now, None);
        if let Some(record) = next.progress.steps.iter_mut().find(|r| r.step == step) {
            record.problem = Some(problem.clone());
        }
        next.status = ConnectStatus::Failed;
        next.problem = Some(problem);
        next.runner = None;
        Ok(next)
    }

    /// Completes the session.
    ///
    /// # Errors
    /// When the session is not running.
    pub fn complete(self, now: Time) -> Result<Self, InvalidTransition> {
        let next = self.require("be completed", &[ConnectStatus::Running])?;
        let mut next = next.set_step(Step::Activate, StepState::Done, now, None);
        next.status = ConnectStatus::Completed;
        next.code = None;
        next.runner = None;
        Ok(next)
    }

    /// Gives the session up, by a person's wish.
    ///
    /// # Errors
    /// When the session has ended.
    pub fn cancel(self) -> Result<Self, InvalidTransition> {
        self.end("be given up", ConnectStatus::Cancelled)
    }

    /// Expires an abandoned session.
    ///
    /// # Errors
    /// When the session has ended.
    pub fn expire(self) -> Result<Self, InvalidTransition> {
        self.end("expire", ConnectStatus::Expired)
    }

    fn end(self, act: &'static str, status: ConnectStatus) -> Result<Self, InvalidTransition> {
        if self.status.is_over() {
            return Err(InvalidTransition {
                status: self.status,
                act,
            });
        }
        let mut next = self;
        next.status = status;
        next.code = None;
        next.runner = None;
        Ok(next)
    }

    /// Records a step's state. Beginning a step clears the result of its last try.
    #[must_use]
    pub fn set_step(
        mut self,
        step: Step,
        state: StepState,
        now: Time,
        detail: Option<String>,
    ) -> Self {
        if let Some(record) = self.progress.steps.iter_mut().find(|r| r.step == step) {
            if state == StepState::Running {
                record.started_at = Some(now);
                record.finished_at = None;
            } else {
                record.started_at = record.started_at.or(Some(now));
                record.finished_at = Some(now);
            }
            record.state = state;
            record.detail = detail;
            record.problem = None;
        }
        self
    }

    /// Returns the first step that is not finished.
    pub fn next_step(&self) -> Option<Step> {
        self.progress
            .steps
            .iter()
            .find(|r| !r.is_over())
            .map(|r| r.step)
    }

    /// Tells whether a process holds the session now.
    pub fn is_held(&self, now: Time) -> bool {
        self.runner.as_ref().is_some_and(|lease| lease.until > now)
    }

    /// Tells whether resuming can help.
    pub fn can_resume(&self, now: Time) -> bool {
        match self.status {
            ConnectStatus::AwaitingConfirmation => true,
            // What was chosen at Meta may show by now.
            ConnectStatus::AwaitingChoice => self.problem.is_some(),
            ConnectStatus::Running => !self.is_held(now),
            ConnectStatus::Failed => {
                self.grant.is_some()
                    && self
                        .problem
                        .as_ref()
                        .is_some_and(|p| p.refusal.is_resumable())
            }
            _ => false,
        }
    }

    /// Tells whether the session can be given up. A running step is not taken away from its process.
    pub fn can_cancel(&self, now: Time) -> bool {
        let runs = self.status == ConnectStatus::Running && self.is_held(now);
        !self.status.is_over() && !runs
    }

    /// Returns the candidate of a chosen number.
    pub fn candidate(&self, number: &PhoneNumberId) -> Option<&Candidate> {
        self.progress
            .candidates
            .iter()
            .find(|c| c.phone_number_id == *number)
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use rstest::rstest;
    use uuid::Uuid;

    use super::*;
    use crate::connect::Refusal;

    fn now() -> Time {
        DateTime::from_timestamp(1_700_000_000, 0).unwrap()
    }

    fn session(status: ConnectStatus) -> ConnectSession {
        ConnectSession {
            id: ConnectSessionId(Uuid::from_u128(1)),
            org: OrgId(Uuid::from_u128(2)),
            user: UserId(Uuid::from_u128(3)),
            meta_app: MetaAppId(Uuid::from_u128(4)),
            mode: ConnectMode::Redirect,
            binding: BrowserBinding::Nonce,
            nonce: TokenHash([0; 32]),
            redirect_uri: None,
            return_to: None,
            status,
            grant: Some(GrantId(Uuid::from_u128(5))),
            code: Some(SealedSecret::new(vec![1])),
            progress: Progress::default(),
            problem: None,
            runner: None,
            created_at: now(),
            expires_at: now(),
            updated_at: now(),
            version: 1,
        }
    }

    #[rstest]
    #[case(ConnectStatus::Completed)]
    #[case(ConnectStatus::Cancelled)]
    #[case(ConnectStatus::Expired)]
    fn what_is_over_stays_over(#[case] status: ConnectStatus) {
        assert!(session(status).cancel().is_err());
        assert!(session(status).expire().is_err());
        assert!(session(status).resume().is_err());
        assert!(session(status).choose(vec![], now()).is_err());
    }

    #[test]
    fn a_login_is_taken_once() {
        let grant = GrantId(Uuid::from_u128(9));
        let taken = session(ConnectStatus::AwaitingLogin)
            .accept_login(
                SealedSecret::new(vec![1]),
                SignupHints::default(),
                grant,
                now(),
            )
            .unwrap();
        assert_eq!(taken.status, ConnectStatus::Running);
        let again = taken.accept_login(
            SealedSecret::new(vec![1]),
            SignupHints::default(),
            grant,
            now(),
        );
        assert_eq!(again.unwrap_err().status, ConnectStatus::Running);
    }

    #[test]
    fn a_spent_login_cannot_be_resumed_but_a_busy_meta_can() {
        let failed = |refusal: Refusal| {
            session(ConnectStatus::Running)
                .fail(Step::ExchangeCode, refusal.into(), now())
                .unwrap()
        };
        assert!(!failed(Refusal::CodeExpired).can_resume(now()));
        let busy = failed(Refusal::MetaUnavailable);
        assert!(busy.can_resume(now()));
        assert_eq!(busy.resume().unwrap().next_step(), Some(Step::ExchangeCode));
    }

    #[test]
    fn giving_up_forgets_the_code() {
        let given_up = session(ConnectStatus::Failed).cancel().unwrap();
        assert_eq!(given_up.code, None);
    }

    #[test]
    fn a_held_session_is_not_taken_over_before_its_lease_ends() {
        let mut running = session(ConnectStatus::Running);
        running.runner = Some(RunnerLease {
            owner: "a".into(),
            until: now() + Duration::seconds(10),
        });
        assert!(!running.can_resume(now()));
        assert!(running.can_resume(now() + Duration::seconds(10)));
    }
}
