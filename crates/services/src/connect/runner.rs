//! Runs the steps of a session. The end of a step and the beginning of the next are one write, so after a crash the
//! session says exactly where it was. Every step can be run again.

use chrono::Duration;
use serde_json::{Value, json};
use wabakit_domain::{
    Time,
    audit::{Actor, NewAuditEvent},
    connect::{
        ConnectMode, ConnectSession, ConnectStatus, Occasion, Problem, Refusal, RunnerLease, Step,
        StepState,
    },
    event::{ConnectionEvent, EventData},
    grant::GrantState,
    teardown::{Teardown, TeardownAct, TeardownState},
};
use wabakit_ports::{
    meta::MetaError,
    store::{ConnectWrite, StoreError},
};

use super::ConnectService;
use crate::{ServiceError, audit::Trail};

/// The lease of a running session. It is longer than any step, because a step's calls to Meta are bounded.
const LEASE: Duration = Duration::seconds(60);

/// The end of a step.
pub(super) enum StepEnd {
    /// The step is done. The write holds its changes.
    Done(Box<ConnectWrite>, String),
    /// The step is not needed for this session.
    Skipped(Box<ConnectSession>, &'static str),
    /// The session waits for a person.
    Paused(Box<ConnectSession>),
    /// The connection is stored.
    Completed(Box<ConnectSession>),
}

impl StepEnd {
    pub(super) fn done(write: ConnectWrite, detail: impl Into<String>) -> Self {
        Self::Done(Box::new(write), detail.into())
    }
}

/// The reason why a step failed.
pub(super) enum StepFailure {
    /// A person must act, and the session waits.
    Problem(Problem),
    /// Another process has taken the session. Stop silently.
    LostRace,
    /// The database does not answer, or this is a bug. The lease lapses and another process takes the session up.
    Broken(ServiceError),
}

impl From<Problem> for StepFailure {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}
impl From<Refusal> for StepFailure {
    fn from(refusal: Refusal) -> Self {
        Self::Problem(refusal.into())
    }
}
impl From<MetaError> for StepFailure {
    fn from(error: MetaError) -> Self {
        Self::Problem(error.problem(Refusal::MetaRefused))
    }
}
impl From<ServiceError> for StepFailure {
    fn from(error: ServiceError) -> Self {
        match error {
            ServiceError::Refused(problem) => Self::Problem(problem),
            other => Self::Broken(other),
        }
    }
}
impl From<StoreError> for StepFailure {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Conflict => Self::LostRace,
            other => Self::Broken(other.into()),
        }
    }
}

impl ConnectService {
    pub(super) fn lease(&self, now: Time) -> RunnerLease {
        RunnerLease {
            owner: self.settings.instance.clone(),
            until: now + LEASE,
        }
    }

    pub(super) fn session_trail(&self, session: &ConnectSession) -> Trail<'_> {
        Trail::by(&self.ports, session.org, Actor::User(session.user), None)
    }

    pub(super) fn step_event(
        &self,
        session: &ConnectSession,
        step: Step,
        data: &Value,
    ) -> NewAuditEvent {
        let action = format!("connect.{}", step.as_str());
        self.session_trail(session)
            .event(&action, ("connect_session", session.id), data)
    }

    /// Runs a session in a task of its own, so that a browser that closes does not stop a step halfway.
    pub(crate) async fn run_detached(
        &self,
        session: ConnectSession,
    ) -> Result<ConnectSession, ServiceError> {
        let service = self.clone();
        tokio::spawn(async move { service.run(session).await })
            .await
            .map_err(ServiceError::internal)?
    }

    async fn run(&self, mut session: ConnectSession) -> Result<ConnectSession, ServiceError> {
        let (org, id) = (session.org, session.id);
        while session.status() == ConnectStatus::Running {
            let Some(step) = session.next_step() else {
                break;
            };
            session = match self.run_step(step, session).await {
                Ok(session) => session,
                Err(StepFailure::Problem(problem)) => {
                    return self.fail(org, id, step, problem).await;
                }
                Err(StepFailure::LostRace) => return self.load(org, id).await,
                Err(StepFailure::Broken(error)) => return Err(error),
            };
        }
        Ok(session)
    }

    /// Runs one step, and stores its result.
    async fn run_step(
        &self,
        step: Step,
        session: ConnectSession,
    ) -> Result<ConnectSession, StepFailure> {
        if step > Step::ExchangeCode && !session.progress.confirmed {
            let waiting = session.await_confirmation().map_err(ServiceError::from)?;
            return Ok(self.save(ConnectWrite::session(waiting)).await?);
        }
        match self.step(step, session).await? {
            StepEnd::Done(write, detail) => {
                self.advance(*write, step, StepState::Done, detail).await
            }
            StepEnd::Skipped(session, why) => {
                let write = ConnectWrite::session(*session);
                self.advance(write, step, StepState::Skipped, why.into())
                    .await
            }
            StepEnd::Paused(session) => Ok(self.save(ConnectWrite::session(*session)).await?),
            StepEnd::Completed(session) => Ok(*session),
        }
    }

    async fn step(&self, step: Step, session: ConnectSession) -> Result<StepEnd, StepFailure> {
        let session = self.begin_step(session, step).await?;
        match step {
            Step::ExchangeCode => self.exchange_code(session).await,
            Step::ExchangeLongLived => self.exchange_long_lived(session).await,
            Step::InspectToken => self.inspect_token(session).await,
            Step::FindAssets => self.find_assets(session).await,
            Step::Choose => self.choose_by_itself(session),
            Step::Subscribe => self.subscribe(session).await,
            Step::Register => self.register(session).await,
            Step::ReadHealth => self.read_health(session).await,
            Step::Activate => self.activate(session).await,
        }
    }

    /// Stores that the step runs, unless the write that ended the last step did so.
    async fn begin_step(
        &self,
        session: ConnectSession,
        step: Step,
    ) -> Result<ConnectSession, StepFailure> {
        let now = self.now();
        let fresh = session
            .progress
            .steps
            .iter()
            .any(|r| r.step == step && r.state == StepState::Running);
        if fresh && session.is_held(now) {
            return Ok(session);
        }
        let session = session.set_step(step, StepState::Running, now, None);
        let session = session.hold(self.lease(now)).map_err(ServiceError::from)?;
        let outcome = self.write(ConnectWrite::session(session)).await?;
        Ok(outcome.session)
    }

    async fn advance(
        &self,
        mut write: ConnectWrite,
        step: Step,
        state: StepState,
        detail: String,
    ) -> Result<ConnectSession, StepFailure> {
        let now = self.now();
        if write.session.status() == ConnectStatus::Running {
            let mut session = write.session.set_step(step, state, now, Some(detail));
            if let Some(next) = session.next_step() {
                session = session.set_step(next, StepState::Running, now, None);
            }
            write.session = session.hold(self.lease(now)).map_err(ServiceError::from)?;
        }
        let session = self.save(write).await?;
        tracing::info!(org = %session.org, session = %session.id, step = step.as_str(), "connect step done");
        Ok(session)
    }

    /// Stores a change. A conflict is an error: a process that lost the session must not continue it.
    pub(super) async fn save(&self, mut write: ConnectWrite) -> Result<ConnectSession, StoreError> {
        write.session = write.session.touched(self.now());
        Ok(self.write(write).await?.session)
    }

    /// Stores a failure. If resuming cannot help, it also undoes the acts at Meta.
    async fn fail(
        &self,
        org: wabakit_domain::ids::OrgId,
        id: wabakit_domain::ids::ConnectSessionId,
        step: Step,
        problem: Problem,
    ) -> Result<ConnectSession, ServiceError> {
        let session = self.load(org, id).await?;
        if session.status() != ConnectStatus::Running {
            return Ok(session);
        }
        let problem = self.located(&session, step, problem).await;
        let data = json!({
            "step": step.as_str(),
            "code": problem.refusal.code(),
            "about": problem.about,
            "metaCode": problem.meta.as_ref().map(|m| m.code),
        });
        let event =
            self.session_trail(&session)
                .event("connect.failed", ("connect_session", id), &data);
        let resumable = problem.refusal.is_resumable() && session.mode != ConnectMode::Manual;
        let code = problem.refusal.code();
        let session = session.fail(step, problem, self.now())?;
        let failed = EventData::ConnectionFailed(ConnectionEvent::from(&session));
        let mut write = if resumable {
            ConnectWrite::session(session)
        } else {
            self.undo(session).await?
        };
        write.audit.push(event);
        write.events.push(self.ports.event(org, failed));
        match self.save(write).await {
            Ok(session) => {
                tracing::info!(%org, session = %id, step = step.as_str(), code, "connect failed");
                Ok(session)
            }
            Err(StoreError::Conflict) => self.load(org, id).await,
            Err(error) => Err(error.into()),
        }
    }

    /// Adds the facts that decide the remedy: the act that failed, and whether the Meta app is the organisation's own.
    async fn located(&self, session: &ConnectSession, step: Step, problem: Problem) -> Problem {
        let occasion = match step {
            _ if session.mode == ConnectMode::Manual => Occasion::ByHand,
            Step::ExchangeCode => Occasion::Exchange,
            _ => Occasion::Session,
        };
        let app = self.app(session.org, session.meta_app).await;
        let problem = problem
            .at(occasion)
            .of_own_app(app.is_ok_and(|app| app.org == session.org));
        match (&session.redirect_uri, problem.refusal) {
            (Some(redirect_uri), Refusal::RedirectMismatch) => {
                problem.about([redirect_uri.clone()])
            }
            _ => problem,
        }
    }

    /// Makes the write that gives up the session's login. The teardowns stored with it undo the session's acts at Meta.
    pub(super) async fn undo(&self, session: ConnectSession) -> Result<ConnectWrite, ServiceError> {
        let now = self.now();
        let (session, grant) = session.give_login_back();
        let grant = match grant {
            Some(id) => self.ports.accounts.grant(session.org, id).await?,
            None => None,
        };
        let Some(mut grant) = grant.filter(|grant| grant.token.is_some()) else {
            return Ok(ConnectWrite::session(session));
        };
        let subscribed = session.progress.wabas.iter().filter(|w| w.subscribed_by_us);
        let registered = session
            .progress
            .numbers
            .iter()
            .filter(|n| n.registered_by_us);
        let acts = subscribed
            .map(|w| TeardownAct::Unsubscribe(w.waba_id.clone()))
            .chain(registered.map(|n| TeardownAct::Deregister(n.phone_number_id.clone())))
            .chain([TeardownAct::ReleaseGrant {
                revoke: grant.is_ours_to_revoke(),
            }]);
        let teardowns = acts
            .map(|act| Teardown {
                id: self.ports.id(),
                org: session.org,
                grant: grant.id,
                act,
                state: TeardownState::Pending,
                attempts: 0,
                next_attempt_at: now,
                last_error: None,
                created_at: now,
                updated_at: now,
            })
            .collect();
        grant.state = GrantState::Revoked;
        grant.updated_at = now;
        Ok(ConnectWrite {
            grant: Some(grant),
            teardowns,
            ..ConnectWrite::session(session)
        })
    }
}
