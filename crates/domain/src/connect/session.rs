//! The connect session's state machine. Only transitions change a session. They consume it, so that no stale copy is
//! saved.

use std::{mem, ops::Deref};

use chrono::Duration;
use thiserror::Error;

use super::{
    Candidate, ConnectStatus, LoginReturn, NumberProgress, Problem, Refusal, RunnerLease,
    SessionRecord, SessionRemains, SessionState, SignupHints, Step, StepRecord, StepState,
    WabaProgress,
};
use crate::{
    Time,
    ids::{GrantId, PhoneNumberId, WabaId},
    secret::SealedSecret,
};

/// One attempt to connect, from the click on. It reads as its [`SessionRecord`].
#[derive(Clone, PartialEq, Debug)]
pub struct ConnectSession(SessionRecord);

impl Deref for ConnectSession {
    type Target = SessionRecord;

    fn deref(&self) -> &SessionRecord {
        &self.0
    }
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

/// The time that a person may take at Meta.
pub const LOGIN_WINDOW: Duration = Duration::hours(1);
/// The time for which a session lives after its login.
pub const RESUME_WINDOW: Duration = Duration::hours(24);

type Transition = Result<ConnectSession, InvalidTransition>;

impl ConnectSession {
    /// Takes a session as it begins, or as it was stored.
    pub const fn new(record: SessionRecord) -> Self {
        Self(record)
    }

    /// Returns the session as it is stored.
    pub fn into_record(self) -> SessionRecord {
        self.0
    }

    /// Returns the state's name.
    pub const fn status(&self) -> ConnectStatus {
        self.0.state.status()
    }

    /// Returns the grant, once a login has come.
    pub const fn grant(&self) -> Option<GrantId> {
        self.0.state.grant()
    }

    /// Returns why it failed, or why a person is asked.
    pub const fn problem(&self) -> Option<&Problem> {
        self.0.state.problem()
    }

    /// Tells whether this session is completed, and subscribed our app to a WABA that it was not subscribed to before.
    pub fn has_subscribed(&self, waba: &WabaId) -> bool {
        let mut wabas = self.progress.wabas.iter();
        self.status() == ConnectStatus::Completed
            && wabas.any(|w| w.waba_id == *waba && w.subscribed_by_us)
    }

    const fn invalid(&self, act: &'static str) -> InvalidTransition {
        InvalidTransition {
            status: self.status(),
            act,
        }
    }

    fn to(mut self, state: SessionState) -> Self {
        self.0.state = state;
        self
    }

    /// Accepts the login. The code is kept, sealed, before anything is done with it.
    ///
    /// # Errors
    /// When the login was answered already.
    pub fn accept_login(
        mut self,
        login: LoginReturn,
        hints: SignupHints,
        confirmed: bool,
        now: Time,
    ) -> Transition {
        let SessionState::AwaitingLogin = self.0.state else {
            return Err(self.invalid("take a login"));
        };
        self.0.progress.hints = hints;
        self.0.progress.confirmed = confirmed;
        self.0.expires_at = now + RESUME_WINDOW;
        Ok(self.to(SessionState::Running {
            login,
            runner: None,
        }))
    }

    /// Ends the login with a refusal.
    ///
    /// # Errors
    /// When the login was answered already.
    pub fn refuse_login(self, problem: Problem) -> Transition {
        let SessionState::AwaitingLogin = self.0.state else {
            return Err(self.invalid("take a login"));
        };
        Ok(self.to(SessionState::Failed {
            login: None,
            problem,
        }))
    }

    /// Takes the running session's login out, for the state that follows.
    fn running(&mut self, act: &'static str) -> Result<LoginReturn, InvalidTransition> {
        match mem::replace(&mut self.0.state, SessionState::AwaitingLogin) {
            SessionState::Running { login, .. } => Ok(login),
            other => {
                self.0.state = other;
                Err(self.invalid(act))
            }
        }
    }

    /// Takes the code out for its exchange. None when it was exchanged already.
    ///
    /// # Errors
    /// When the session is not running.
    pub fn spend_code(
        mut self,
    ) -> Result<(Self, Option<(GrantId, SealedSecret)>), InvalidTransition> {
        let SessionState::Running { login, .. } = &mut self.0.state else {
            return Err(self.invalid("exchange its code"));
        };
        let spent = login.code.take().map(|code| (login.grant, code));
        Ok((self, spent))
    }

    /// Gives the running session to a process, or to the same one for longer.
    ///
    /// # Errors
    /// When the session is not running.
    pub fn hold(mut self, lease: RunnerLease) -> Transition {
        let SessionState::Running { runner, .. } = &mut self.0.state else {
            return Err(self.invalid("be run"));
        };
        *runner = Some(lease);
        Ok(self)
    }

    /// Waits for confirmation: the exchange is done, but the browser is not the one that began.
    ///
    /// # Errors
    /// When the session is not running.
    pub fn await_confirmation(mut self) -> Transition {
        let login = self.running("wait for confirmation")?;
        Ok(self.to(SessionState::AwaitingConfirmation(login)))
    }

    /// Waits for a choice: several numbers were found, or not the one that was chosen at Meta, which `why` tells.
    ///
    /// # Errors
    /// When the session is not running.
    pub fn await_choice(mut self, why: Option<Problem>) -> Transition {
        let login = self.running("wait for a choice")?;
        Ok(self.to(SessionState::AwaitingChoice { login, why }))
    }

    /// Accepts a choice. The caller has checked that each number is a selectable candidate.
    ///
    /// # Errors
    /// When the session does not wait for a choice.
    pub fn choose(mut self, numbers: Vec<PhoneNumberId>, now: Time) -> Transition {
        self.0.state = match self.0.state {
            SessionState::AwaitingChoice { login, .. } => SessionState::Running {
                login,
                runner: None,
            },
            running @ SessionState::Running { .. } => running,
            state => {
                let status = state.status();
                let act = "take a choice";
                return Err(InvalidTransition { status, act });
            }
        };
        let detail = Some(format!("{} chosen", numbers.len()));
        let mut next = self.set_step(Step::Choose, StepState::Done, now, detail);
        let progress = &mut next.0.progress;
        progress.wabas = Vec::new();
        for number in &numbers {
            let mut candidates = progress.candidates.iter();
            let candidate = candidates.find(|c| c.phone_number_id == *number);
            if let Some(waba_id) = candidate.map(|c| c.waba_id.clone())
                && !progress.wabas.iter().any(|w| w.waba_id == waba_id)
            {
                progress.wabas.push(WabaProgress {
                    waba_id,
                    subscribed_by_us: false,
                    confirmed: false,
                });
            }
        }
        progress.numbers = numbers.into_iter().map(NumberProgress::new).collect();
        Ok(next)
    }

    /// Continues after a failure, a confirmation or a crash, because a person asks for it, which also confirms the
    /// login. Goes back to finding assets where only another search can help.
    ///
    /// # Errors
    /// When the session has ended, waits for something else, or has no login.
    pub fn resume(mut self, lease: RunnerLease) -> Transition {
        let (login, asked) = match self.0.state {
            SessionState::Failed {
                login: Some(login), ..
            }
            | SessionState::Running { login, .. }
            | SessionState::AwaitingConfirmation(login) => (login, false),
            SessionState::AwaitingChoice { login, .. } => (login, true),
            state => {
                let status = state.status();
                let act = match state {
                    SessionState::Failed { .. } => "be resumed without a login",
                    _ => "be resumed",
                };
                return Err(InvalidTransition { status, act });
            }
        };
        self.0.state = SessionState::Running {
            login,
            runner: Some(lease),
        };
        self.0.progress.confirmed = true;
        Ok(self.look_again(asked))
    }

    /// Sends the session back to finding assets, when its refusal came from the found assets, or when it asks because
    /// the chosen number did not show: only another search sees changes at Meta.
    fn look_again(mut self, asked: bool) -> Self {
        let of_what_was_found = |record: &StepRecord| {
            record.problem.as_ref().is_some_and(|problem| {
                matches!(
                    problem.refusal,
                    Refusal::NumberInUse | Refusal::NumberNotVerified
                ) && record.step > Step::FindAssets
            })
        };
        let steps = &mut self.0.progress.steps;
        if asked || steps.iter().any(of_what_was_found) {
            for record in steps {
                if record.step == Step::FindAssets || (asked && record.step == Step::Choose) {
                    *record = StepRecord::pending(record.step);
                }
            }
        }
        self
    }

    /// Records that a step failed.
    ///
    /// # Errors
    /// When the session is not running.
    pub fn fail(mut self, step: Step, problem: Problem, now: Time) -> Transition {
        let login = Some(self.running("fail")?);
        let mut next = self.set_step(step, StepState::Failed, now, None);
        let mut steps = next.0.progress.steps.iter_mut();
        if let Some(record) = steps.find(|r| r.step == step) {
            record.problem = Some(problem.clone());
        }
        Ok(next.to(SessionState::Failed { login, problem }))
    }

    /// Completes the session.
    ///
    /// # Errors
    /// When the session is not running.
    pub fn complete(mut self, now: Time) -> Transition {
        let login = self.running("be completed")?;
        let next = self.set_step(Step::Activate, StepState::Done, now, None);
        Ok(next.to(SessionState::Completed(login.grant)))
    }

    /// Gives the session up, by a person's wish.
    ///
    /// # Errors
    /// When the session has ended.
    pub fn cancel(self) -> Transition {
        let remains = self.remains("be given up")?;
        Ok(self.to(SessionState::Cancelled(remains)))
    }

    /// Expires an abandoned session.
    ///
    /// # Errors
    /// When the session has ended.
    pub fn expire(self) -> Transition {
        let remains = self.remains("expire")?;
        Ok(self.to(SessionState::Expired(remains)))
    }

    fn remains(&self, act: &'static str) -> Result<SessionRemains, InvalidTransition> {
        if self.status().is_over() {
            return Err(self.invalid(act));
        }
        Ok(SessionRemains {
            grant: self.grant(),
            problem: self.problem().cloned(),
        })
    }

    /// Takes the login away from a session that failed or was given up: it can no longer be resumed. Returns the grant,
    /// whose acts at Meta are to be undone.
    pub fn give_login_back(mut self) -> (Self, Option<GrantId>) {
        let grant = match &mut self.0.state {
            SessionState::Failed { login, .. } => login.take().map(|login| login.grant),
            SessionState::Cancelled(remains) | SessionState::Expired(remains) => {
                remains.grant.take()
            }
            _ => None,
        };
        (self, grant)
    }

    /// Notes when the session was last changed.
    #[must_use]
    pub fn touched(mut self, now: Time) -> Self {
        self.0.updated_at = now;
        self
    }

    /// Notes that the person wants all numbers that can be connected.
    #[must_use]
    pub fn wanting_all(mut self, wants_all: bool) -> Self {
        self.0.progress.wants_all = wants_all;
        self
    }

    /// Notes the WABAs in the token's granular scopes.
    #[must_use]
    pub fn granted(mut self, wabas: Vec<WabaId>) -> Self {
        self.0.progress.granted_wabas = wabas;
        self
    }

    /// Notes the numbers that the login can reach.
    #[must_use]
    pub fn found(mut self, candidates: Vec<Candidate>) -> Self {
        self.0.progress.candidates = candidates;
        self
    }

    /// Returns the chosen numbers, to note what was done with each.
    pub fn numbers_mut(&mut self) -> &mut [NumberProgress] {
        &mut self.0.progress.numbers
    }

    /// Returns the chosen numbers' WABAs, to note what was done with each.
    pub fn wabas_mut(&mut self) -> &mut [WabaProgress] {
        &mut self.0.progress.wabas
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
        if let Some(record) = self.0.progress.steps.iter_mut().find(|r| r.step == step) {
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
        let mut steps = self.progress.steps.iter();
        steps.find(|r| !r.is_over()).map(|r| r.step)
    }

    /// Tells whether a process holds the session now.
    pub fn is_held(&self, now: Time) -> bool {
        self.state.runner().is_some_and(|lease| lease.until > now)
    }

    /// Tells whether resuming can help.
    pub fn can_resume(&self, now: Time) -> bool {
        match &self.state {
            SessionState::AwaitingConfirmation(_) => true,
            // The number that was chosen at Meta may show by now.
            SessionState::AwaitingChoice { why, .. } => why.is_some(),
            SessionState::Running { .. } => !self.is_held(now),
            SessionState::Failed { login, problem } => {
                login.is_some() && problem.refusal.is_resumable()
            }
            _ => false,
        }
    }

    /// Tells whether the session can be given up. A running step is not taken away from its process.
    pub fn can_cancel(&self, now: Time) -> bool {
        !self.status().is_over() && !self.is_held(now)
    }

    /// Returns the candidate of a chosen number.
    pub fn candidate(&self, number: &PhoneNumberId) -> Option<&Candidate> {
        let mut candidates = self.progress.candidates.iter();
        candidates.find(|c| c.phone_number_id == *number)
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use rstest::rstest;
    use uuid::Uuid;

    use super::*;
    use crate::{
        connect::{BrowserBinding, ConnectMode, Progress},
        identity::TokenHash,
        ids::{ConnectSessionId, MetaAppId, OrgId, UserId},
    };

    fn now() -> Time {
        DateTime::from_timestamp(1_700_000_000, 0).unwrap()
    }

    fn login() -> LoginReturn {
        LoginReturn {
            grant: GrantId(Uuid::from_u128(5)),
            code: Some(SealedSecret::new(vec![1])),
        }
    }

    fn running() -> SessionState {
        SessionState::Running {
            login: login(),
            runner: None,
        }
    }

    fn session(state: SessionState) -> ConnectSession {
        ConnectSession::new(SessionRecord {
            id: ConnectSessionId(Uuid::from_u128(1)),
            org: OrgId(Uuid::from_u128(2)),
            user: UserId(Uuid::from_u128(3)),
            meta_app: MetaAppId(Uuid::from_u128(4)),
            mode: ConnectMode::Redirect,
            binding: BrowserBinding::Nonce,
            nonce: TokenHash([0; 32]),
            redirect_uri: None,
            return_to: None,
            state,
            progress: Progress::default(),
            created_at: now(),
            expires_at: now(),
            updated_at: now(),
            version: 1,
        })
    }

    #[rstest]
    #[case(SessionState::Completed(GrantId(Uuid::from_u128(5))))]
    #[case(SessionState::Cancelled(SessionRemains::default()))]
    #[case(SessionState::Expired(SessionRemains::default()))]
    fn what_is_over_stays_over(#[case] state: SessionState) {
        let session = || session(state.clone());
        assert!(session().cancel().is_err());
        assert!(session().expire().is_err());
        assert!(session().resume(lease()).is_err());
        assert!(session().choose(vec![], now()).is_err());
        assert!(session().hold(lease()).is_err());
    }

    fn lease() -> RunnerLease {
        RunnerLease {
            owner: "a".into(),
            until: now() + Duration::seconds(10),
        }
    }

    #[test]
    fn a_login_is_taken_once() {
        let taken = |session: ConnectSession| {
            session.accept_login(login(), SignupHints::default(), true, now())
        };
        let running = taken(session(SessionState::AwaitingLogin)).unwrap();
        assert_eq!(running.status(), ConnectStatus::Running);
        let again = taken(running);
        assert_eq!(again.unwrap_err().status, ConnectStatus::Running);
    }

    #[test]
    fn a_code_is_spent_once() {
        let (spent, login) = session(running()).spend_code().unwrap();
        assert_eq!(
            login,
            Some((super::tests::login().grant, SealedSecret::new(vec![1])))
        );
        assert_eq!(spent.spend_code().unwrap().1, None);
        assert!(session(SessionState::AwaitingLogin).spend_code().is_err());
    }

    #[test]
    fn a_spent_login_cannot_be_resumed_but_a_busy_meta_can() {
        let failed = |refusal: Refusal| {
            session(running())
                .fail(Step::ExchangeCode, refusal.into(), now())
                .unwrap()
        };
        assert!(!failed(Refusal::CodeExpired).can_resume(now()));
        let busy = failed(Refusal::MetaUnavailable);
        assert!(busy.can_resume(now()));
        let resumed = busy.resume(lease()).unwrap();
        assert_eq!(resumed.next_step(), Some(Step::ExchangeCode));
        assert!(resumed.is_held(now()));
    }

    #[test]
    fn giving_up_forgets_the_code_and_keeps_the_reason() {
        let failed = session(SessionState::Failed {
            login: Some(login()),
            problem: Refusal::MetaUnavailable.into(),
        });
        let given_up = failed.cancel().unwrap();
        assert_eq!(given_up.state.login(), None);
        assert_eq!(given_up.grant(), Some(login().grant));
        assert!(given_up.problem().is_some());
        let (given_back, grant) = given_up.give_login_back();
        assert_eq!((given_back.grant(), grant), (None, Some(login().grant)));
    }

    #[test]
    fn a_failure_whose_login_was_given_back_is_not_resumed() {
        let failed = session(running())
            .fail(Step::FindAssets, Refusal::MetaUnavailable.into(), now())
            .unwrap();
        let (failed, _) = failed.give_login_back();
        assert!(!failed.can_resume(now()));
        assert!(failed.resume(lease()).is_err());
    }

    #[test]
    fn a_held_session_is_not_taken_over_before_its_lease_ends() {
        let running = session(running()).hold(lease()).unwrap();
        assert!(!running.can_resume(now()));
        assert!(running.can_resume(now() + Duration::seconds(10)));
    }
}
