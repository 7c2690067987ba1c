//! The steps that set up the chosen numbers at Meta: subscribe, register, read health.

use std::collections::HashSet;

use chrono::Duration;
use secrecy::SecretString;
use serde_json::json;
use wabakit_domain::{
    account::Account,
    connect::{ConnectSession, Problem, Refusal, Step},
    ids::PhoneNumberId,
    secret::{Purpose, SealedSecret, SecretBinding},
};
use wabakit_ports::{
    meta::{GrantAccess, MetaError, MetaErrorKind},
    store::ConnectWrite,
};

use super::{
    ConnectService,
    assets::numbers,
    runner::{StepEnd, StepFailure},
};
use crate::ServiceError;

/// The most registrations of a number in 72 hours: Meta's limit.
const BUDGET: i64 = 10;
const BUDGET_WINDOW: Duration = Duration::hours(72);

impl ConnectService {
    /// Stores an act before it is done at Meta, so that a crash in between is undone too. It also renews the lease,
    /// because a step over many numbers takes longer than one lease.
    async fn checkpoint(&self, session: ConnectSession) -> Result<ConnectSession, StepFailure> {
        let lease = self.lease(self.now());
        let session = session.hold(lease).map_err(ServiceError::from)?;
        let outcome = self.write(ConnectWrite::session(session)).await?;
        Ok(outcome.session)
    }

    pub(super) async fn subscribe(
        &self,
        mut session: ConnectSession,
    ) -> Result<StepEnd, StepFailure> {
        let access = self.session_access(&session).await?;
        for i in 0..session.progress.wabas.len() {
            let Some(waba) = session.progress.wabas.get(i).map(|w| w.waba_id.clone()) else {
                break;
            };
            if !self.ports.meta.is_subscribed(&access, &waba).await? {
                if let Some(progress) = session.wabas_mut().get_mut(i) {
                    progress.subscribed_by_us = true;
                }
                session = self.checkpoint(session).await?;
                if let Err(error) = self.ports.meta.subscribe(&access, &waba).await {
                    if !may_have_acted(&error)
                        && let Some(progress) = session.wabas_mut().get_mut(i)
                    {
                        progress.subscribed_by_us = false;
                        self.checkpoint(session).await?;
                    }
                    return Err(error.problem(Refusal::SubscribeFailed).into());
                }
                if !self.ports.meta.is_subscribed(&access, &waba).await? {
                    return Err(Problem::new(Refusal::SubscribeFailed)
                        .about([waba.to_string()])
                        .into());
                }
            }
            if let Some(progress) = session.wabas_mut().get_mut(i) {
                progress.confirmed = true;
            }
        }
        let wabas: Vec<&str> = session
            .progress
            .wabas
            .iter()
            .map(|w| w.waba_id.as_str())
            .collect();
        let event = self.step_event(&session, Step::Subscribe, &json!({"wabaIds": wabas}));
        let write = ConnectWrite {
            audit: vec![event],
            ..ConnectWrite::session(session)
        };
        Ok(StepEnd::done(
            write,
            "The app is subscribed; read back from Meta.",
        ))
    }

    pub(super) async fn register(
        &self,
        mut session: ConnectSession,
    ) -> Result<StepEnd, StepFailure> {
        let access = self.session_access(&session).await?;
        let ids: Vec<PhoneNumberId> = session
            .progress
            .numbers
            .iter()
            .map(|n| n.phone_number_id.clone())
            .collect();
        let known = self.known_accounts(&session).await?;
        let (mut registered, mut problems) = (0, 0);
        for (i, id) in ids.iter().enumerate() {
            let needs = session
                .candidate(id)
                .is_some_and(|c| !c.health.is_connected() && !c.health.is_coexistence);
            let done = session
                .progress
                .numbers
                .get(i)
                .is_some_and(|n| n.registered_by_us);
            if !needs || (done && self.is_registered(&access, id).await?) {
                continue;
            }
            session = self.prepare_pin(session, i, known.get(id)).await?;
            let answer = self.register_number(&access, id, pin_of(&session, i)).await;
            let problem = match answer {
                Ok(problem) => problem,
                Err(error) => {
                    if let ServiceError::Refused(problem) = &error
                        && problem.refusal != Refusal::MetaUnavailable
                        && let Some(progress) = session.numbers_mut().get_mut(i)
                    {
                        // Meta certainly refused, so there is nothing to deregister.
                        progress.registered_by_us = false;
                        self.checkpoint(session).await?;
                    }
                    return Err(error.into());
                }
            };
            if let Some(progress) = session.numbers_mut().get_mut(i) {
                progress.registered_by_us = problem.is_none();
                if problem
                    .as_ref()
                    .is_some_and(|p| p.refusal == Refusal::PinMismatch)
                {
                    progress.pin = None;
                }
                progress.registration_problem.clone_from(&problem);
            }
            if problem.is_some() {
                problems += 1;
            } else {
                registered += 1;
            }
        }
        if registered + problems == 0 {
            return Ok(StepEnd::Skipped(
                Box::new(session),
                "Registered already, or used in the phone's app.",
            ));
        }
        let event = self.step_event(
            &session,
            Step::Register,
            &json!({"registered": registered, "needRegistration": problems}),
        );
        let detail = match problems {
            0 => format!("{} registered.", numbers(registered)),
            _ => format!(
                "{} registered, {problems} still to be registered.",
                numbers(registered)
            ),
        };
        Ok(StepEnd::done(
            ConnectWrite {
                audit: vec![event],
                ..ConnectWrite::session(session)
            },
            detail,
        ))
    }

    async fn is_registered(
        &self,
        access: &GrantAccess,
        id: &PhoneNumberId,
    ) -> Result<bool, StepFailure> {
        Ok(self
            .ports
            .meta
            .number(access, id)
            .await?
            .health
            .is_connected())
    }

    /// Gives the number a PIN: the one that a person entered, the one that we set earlier, or a new one. It is stored
    /// before Meta hears of it, or a crash would leave a number with a PIN that nobody knows.
    async fn prepare_pin(
        &self,
        mut session: ConnectSession,
        i: usize,
        known: Option<&Account>,
    ) -> Result<ConnectSession, StepFailure> {
        let grant = session.grant().ok_or(Refusal::SessionExpired)?;
        let binding = SecretBinding::grant(session.org, grant, Purpose::RegistrationPin);
        let (org, has_pin) = (session.org, pin_of(&session, i).is_some());
        let pin = match known.filter(|_| !has_pin) {
            Some(account) => self.rebind_pin(account, binding).await?,
            None => None,
        };
        let pin = match pin {
            Some(pin) => Some(pin),
            None if has_pin => None,
            None => Some(
                self.ports
                    .vault
                    .seal(binding, &self.new_pin()?)
                    .await
                    .map_err(ServiceError::from)?,
            ),
        };
        tracing::debug!(%org, "a registration PIN is ready");
        if let Some(progress) = session.numbers_mut().get_mut(i) {
            progress.pin = pin.or(progress.pin.take());
            progress.registered_by_us = true;
        }
        self.checkpoint(session).await
    }

    /// Seals an account's PIN again for another grant. A PIN that no longer opens is dropped, and the person is asked
    /// for it.
    pub(super) async fn rebind_pin(
        &self,
        account: &Account,
        to: SecretBinding,
    ) -> Result<Option<SealedSecret>, ServiceError> {
        let Some(pin) = &account.registration_pin else {
            return Ok(None);
        };
        let from = SecretBinding::grant(account.org, account.grant, Purpose::RegistrationPin);
        match self.ports.vault.open(from, pin).await {
            Ok(pin) => Ok(Some(self.ports.vault.seal(to, &pin).await?)),
            Err(error) => {
                tracing::warn!(account = %account.id, %error, "a registration PIN does not open");
                Ok(None)
            }
        }
    }

    fn new_pin(&self) -> Result<SecretString, ServiceError> {
        // Rejection sampling: the numbers below the largest multiple of a million that fits are uniform.
        const PINS: u32 = 1_000_000;
        loop {
            let mut bytes = [0; 4];
            self.ports.random.fill(&mut bytes)?;
            let number = u32::from_be_bytes(bytes);
            if number < u32::MAX - u32::MAX % PINS {
                return Ok(format!("{:06}", number % PINS).into());
            }
        }
    }

    /// Registers within Meta's limit. A wrong PIN or an exhausted limit is returned as a problem, and connecting
    /// continues. Every other refusal fails the step.
    pub(crate) async fn register_number(
        &self,
        access: &GrantAccess,
        id: &PhoneNumberId,
        pin: Option<SealedSecret>,
    ) -> Result<Option<Problem>, ServiceError> {
        let pin =
            pin.ok_or_else(|| ServiceError::internal("a number is registered without a PIN"))?;
        let now = self.now();
        if self
            .ports
            .connect
            .spend_registration(id, now, now - BUDGET_WINDOW, BUDGET)
            .await?
            .is_none()
        {
            return Ok(Some(Refusal::RegistrationBudgetSpent.into()));
        }
        match self.ports.meta.register(access, id, &pin).await {
            Ok(()) => Ok(None),
            Err(error)
                if matches!(
                    error.kind,
                    MetaErrorKind::PinMismatch
                        | MetaErrorKind::RegistrationLimit
                        | MetaErrorKind::NotVerified
                ) =>
            {
                Ok(Some(error.problem(Refusal::RegistrationFailed)))
            }
            Err(error) => Err(ServiceError::Refused(
                error.problem(Refusal::RegistrationFailed),
            )),
        }
    }

    pub(super) async fn read_health(
        &self,
        mut session: ConnectSession,
    ) -> Result<StepEnd, StepFailure> {
        let access = self.session_access(&session).await?;
        let in_the_app: HashSet<PhoneNumberId> = session
            .progress
            .candidates
            .iter()
            .filter(|candidate| candidate.health.is_coexistence)
            .map(|candidate| candidate.phone_number_id.clone())
            .collect();
        for number in session.numbers_mut() {
            let facts = self
                .ports
                .meta
                .number(&access, &number.phone_number_id)
                .await?;
            let mut health = facts.health;
            // Embedded Signup reported it. Meta may show it later.
            health.is_coexistence |= in_the_app.contains(&number.phone_number_id);
            number.health = Some(health);
        }
        let health: Vec<_> = session
            .progress
            .numbers
            .iter()
            .map(|n| json!({"phoneNumberId": n.phone_number_id, "status": n.health.as_ref().and_then(|h| h.status.clone())}))
            .collect();
        let event = self.step_event(&session, Step::ReadHealth, &json!({"numbers": health}));
        let write = ConnectWrite {
            audit: vec![event],
            ..ConnectWrite::session(session)
        };
        Ok(StepEnd::done(write, "Quality, status and limits are read."))
    }
}

/// Tells whether Meta may have carried out a call although its answer was no success.
fn may_have_acted(error: &MetaError) -> bool {
    error.kind == MetaErrorKind::Unavailable
}

fn pin_of(session: &ConnectSession, i: usize) -> Option<SealedSecret> {
    session.progress.numbers.get(i).and_then(|n| n.pin.clone())
}
