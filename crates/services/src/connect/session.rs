//! A person's acts on a session (show, choose, resume, give up), and the recovery and expiry of sessions.

use std::collections::HashSet;

use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use wabakit_domain::{
    account::Account,
    audit::Actor,
    connect::{ConnectSession, ConnectStatus, Refusal, Step},
    event::{ConnectionEvent, EventData},
    ids::{ConnectSessionId, OrgId, PhoneNumberId},
    principal::Scope,
    secret::{Purpose, SecretBinding},
};
use wabakit_ports::store::{ConnectWrite, StoreError};

use super::ConnectService;
use crate::{Caller, Invalid, ServiceError, audit::Trail};

/// The most interrupted sessions that one round takes over.
const MOST_RECOVERED: usize = 10;

impl ConnectService {
    pub(super) async fn load(
        &self,
        org: OrgId,
        id: ConnectSessionId,
    ) -> Result<ConnectSession, ServiceError> {
        self.ports
            .connect
            .session(org, id)
            .await?
            .ok_or(ServiceError::NotFound("this connect session"))
    }

    /// Returns a session, with its accounts once it is completed.
    ///
    /// # Errors
    /// When it does not exist.
    pub async fn session(
        &self,
        caller: &Caller,
        id: ConnectSessionId,
    ) -> Result<(ConnectSession, Vec<Account>), ServiceError> {
        caller.require(Scope::ConnectWrite)?;
        let session = self.load(caller.org, id).await?;
        let accounts = self.accounts_of(&session).await?;
        Ok((session, accounts))
    }

    /// Returns the accounts that a completed session has connected.
    pub async fn accounts_of(
        &self,
        session: &ConnectSession,
    ) -> Result<Vec<Account>, ServiceError> {
        if session.status() != ConnectStatus::Completed {
            return Ok(Vec::new());
        }
        let ids: Vec<PhoneNumberId> = session
            .progress
            .numbers
            .iter()
            .map(|n| n.phone_number_id.clone())
            .collect();
        Ok(self
            .ports
            .accounts
            .accounts_of_numbers(session.org, &ids)
            .await?)
    }

    /// Lists the organisation's sessions that a person can still act on.
    pub async fn open_sessions(
        &self,
        caller: &Caller,
    ) -> Result<Vec<ConnectSession>, ServiceError> {
        caller.require(Scope::ConnectWrite)?;
        let now = self.now();
        let mut sessions = self.ports.connect.open_sessions(caller.org).await?;
        sessions.retain(|s| {
            s.expires_at > now && (s.status() != ConnectStatus::Failed || s.can_resume(now))
        });
        Ok(sessions)
    }

    /// Chooses numbers, and continues.
    ///
    /// # Errors
    /// When the session does not wait for a choice; for a number that was not found or cannot be chosen.
    pub async fn choose(
        &self,
        caller: &Caller,
        id: ConnectSessionId,
        mut numbers: Vec<PhoneNumberId>,
    ) -> Result<ConnectSession, ServiceError> {
        caller.require(Scope::ConnectWrite)?;
        let session = self.load(caller.org, id).await?;
        if session.status() != ConnectStatus::AwaitingChoice {
            return Err(wrong_state(&session, "take a choice"));
        }
        let mut seen = HashSet::new();
        numbers.retain(|number| seen.insert(number.clone()));
        if numbers.is_empty() {
            return Err(Invalid::new("/phoneNumberIds", "Choose at least one number.").into());
        }
        for (i, number) in numbers.iter().enumerate() {
            let pointer = format!("/phoneNumberIds/{i}");
            let candidate = session.candidate(number).ok_or_else(|| {
                Invalid::new(&pointer, "This number was not found by this login.")
            })?;
            if let Some(reason) = candidate.unselectable {
                return Err(Invalid::new(pointer, reason.refusal().detail()).into());
            }
        }
        let event = Trail::of(&self.ports, caller).event(
            "connect.choose",
            ("connect_session", id),
            &json!({"phoneNumberIds": numbers}),
        );
        let now = self.now();
        let session = session.choose(numbers, now)?.hold(self.lease(now))?;
        let session = self
            .save(ConnectWrite {
                audit: vec![event],
                ..ConnectWrite::session(session)
            })
            .await?;
        self.run_detached(session).await
    }

    /// Continues after a failure or a crash, or confirms a login that came back in another browser. A running session
    /// is returned unchanged.
    ///
    /// # Errors
    /// When continuing cannot help; when another person than the one who began confirms.
    pub async fn resume(
        &self,
        caller: &Caller,
        id: ConnectSessionId,
        pin: Option<SecretString>,
    ) -> Result<ConnectSession, ServiceError> {
        caller.require(Scope::ConnectWrite)?;
        let now = self.now();
        let session = self.load(caller.org, id).await?;
        if session.status() == ConnectStatus::Running && session.is_held(now) {
            return Ok(session);
        }
        if session.expires_at <= now {
            return Err(Refusal::SessionExpired.into());
        }
        if !session.progress.confirmed && caller.principal.user() != Some(session.user) {
            return Err(ServiceError::Forbidden("person who began to connect"));
        }
        if !session.can_resume(now) {
            return Err(wrong_state(&session, "be resumed"));
        }
        let event = Trail::of(&self.ports, caller).event(
            "connect.resumed",
            ("connect_session", id),
            &json!({"from": session.status().as_str(), "step": session.next_step().map(Step::as_str)}),
        );
        let mut session = session.resume(self.lease(now))?;
        if let Some(pin) = pin {
            session = self.take_pin(session, &pin).await?;
        }
        let write = ConnectWrite {
            audit: vec![event],
            ..ConnectWrite::session(session)
        };
        match self.save(write).await {
            Ok(session) => self.run_detached(session).await,
            // Another request continued it at the same time.
            Err(StoreError::Conflict) => self.load(caller.org, id).await,
            Err(error) => Err(error.into()),
        }
    }

    async fn take_pin(
        &self,
        mut session: ConnectSession,
        pin: &SecretString,
    ) -> Result<ConnectSession, ServiceError> {
        checked_pin(pin)?;
        let grant = session.grant().ok_or(Refusal::SessionExpired)?;
        let binding = SecretBinding::grant(session.org, grant, Purpose::RegistrationPin);
        for number in session.numbers_mut() {
            number.pin = Some(self.ports.vault.seal(binding, pin).await?);
            number.pin_given = true;
        }
        Ok(session)
    }

    /// Gives a session up, and undoes what it did at Meta.
    ///
    /// # Errors
    /// When it has ended.
    pub async fn cancel(
        &self,
        caller: &Caller,
        id: ConnectSessionId,
    ) -> Result<ConnectSession, ServiceError> {
        caller.require(Scope::ConnectWrite)?;
        let session = self.load(caller.org, id).await?;
        if session.status() == ConnectStatus::Running && session.is_held(self.now()) {
            return Err(wrong_state(&session, "be given up while a step runs"));
        }
        let event = Trail::of(&self.ports, caller).event(
            "connect.cancelled",
            ("connect_session", id),
            &json!({}),
        );
        let session = session.cancel()?;
        let cancelled = EventData::ConnectionCancelled(ConnectionEvent::from(&session));
        let mut write = self.undo(session).await?;
        write.audit.push(event);
        write.events.push(self.ports.event(caller.org, cancelled));
        let ids = write.teardowns.iter().map(|t| t.id).collect();
        let session = self.save(write).await?;
        self.tear_down_now(session.org, ids).await;
        Ok(session)
    }

    /// Takes over sessions whose process died, each under a lease. Returns how many.
    pub async fn recover_interrupted(&self) -> Result<usize, ServiceError> {
        let mut count = 0;
        while count < MOST_RECOVERED {
            let now = self.now();
            let lease = self.lease(now);
            let connect = &self.ports.connect;
            let claimed = connect
                .claim_interrupted(now, &lease.owner, lease.until, 1)
                .await?;
            let Some(session) = claimed.into_iter().next() else {
                break;
            };
            count += 1;
            tracing::info!(session = %session.id, step = ?session.next_step(), "taking up an interrupted session");
            let id = session.id;
            if let Err(error) = self.run_detached(session).await {
                tracing::error!(%error, session = %id, "an interrupted session could not be taken up");
            }
        }
        Ok(count)
    }

    /// Ends abandoned sessions, and undoes their acts at Meta. Returns how many. A session that cannot be ended does
    /// not stop the others; the last error is returned.
    pub async fn sweep_expired(&self) -> Result<usize, ServiceError> {
        let sessions = self.ports.connect.expired_sessions(self.now(), 50).await?;
        let count = sessions.len();
        let mut outcome = Ok(count);
        for session in sessions {
            let id = session.id;
            if let Err(error) = self.expire(session).await {
                tracing::error!(%error, session = %id, "an expired session could not be ended");
                outcome = Err(error);
            }
        }
        outcome
    }

    async fn expire(&self, session: ConnectSession) -> Result<(), ServiceError> {
        let org = session.org;
        let event = Trail::by(&self.ports, org, Actor::System, None).event(
            "connect.expired",
            ("connect_session", session.id),
            &json!({"from": session.status().as_str()}),
        );
        let session = session.expire()?;
        let cancelled = EventData::ConnectionCancelled(ConnectionEvent::from(&session));
        let mut write = self.undo(session).await?;
        write.audit.push(event);
        write.events.push(self.ports.event(org, cancelled));
        match self.save(write).await {
            // Another request continued it in the meantime, so it is not expired.
            Ok(_) | Err(StoreError::Conflict) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}

pub(crate) fn checked_pin(pin: &SecretString) -> Result<(), Invalid> {
    let digits = pin.expose_secret();
    if digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_digit()) {
        Ok(())
    } else {
        Err(Invalid::new("/pin", "A PIN has six digits."))
    }
}

fn wrong_state(session: &ConnectSession, act: &str) -> ServiceError {
    ServiceError::Conflict(
        "wrong_state",
        format!("The session is {}, so it cannot {act}.", session.status()),
    )
}
