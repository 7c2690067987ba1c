//! A person's own sign-ins: list, end, and end by idleness.

use std::time::Duration as StdDuration;

use chrono::Duration;
use moka::sync::Cache;
use serde_json::json;
use wabakit_domain::{
    Time,
    audit::Actor,
    identity::{AuthSession, Org},
    ids::AuthSessionId,
};
use wabakit_ports::store::WhichSignIns;

use super::AuthService;
use crate::{Caller, CallingPerson, Revocation, ServiceError, audit::Trail};

/// The time between two stored uses of one sign-in.
const NOTED_EVERY: Duration = Duration::minutes(5);
const AT_MOST: u64 = 10_000;

/// Uses that are being stored. It lets many requests at once write one use.
#[derive(Clone)]
pub(crate) struct NotedUses(Cache<(AuthSessionId, Time), ()>);

impl NotedUses {
    pub(crate) fn new() -> Self {
        Self(
            Cache::builder()
                .max_capacity(AT_MOST)
                .time_to_live(StdDuration::from_secs(60))
                .build(),
        )
    }

    /// Tells whether the caller is the first to store a use after the last stored one.
    fn is_first(&self, session: &AuthSession) -> bool {
        let key = (session.id, session.last_seen_at);
        self.0.entry(key).or_insert(()).is_fresh()
    }
}

impl AuthService {
    /// Returns the end of a sign-in that is used now and not again.
    pub(super) fn end_after_use(&self, created_at: Time, now: Time) -> Time {
        let settings = &self.settings;
        (created_at + settings.session_lifetime).min(now + settings.idle)
    }

    /// Stores the use of a sign-in in the background, at most once in five minutes.
    pub(super) fn note_use(&self, session: &AuthSession, now: Time) {
        if session.last_seen_at + NOTED_EVERY > now || !self.noted.is_first(session) {
            return;
        }
        let (identity, id) = (self.ports.identity.clone(), session.id);
        let expires_at = self.end_after_use(session.created_at, now);
        tokio::spawn(async move {
            if let Err(error) = identity.touch_session(id, now, expires_at).await {
                tracing::warn!(%error, "the use of a sign-in could not be stored");
            }
        });
    }

    /// Lists the caller's own sign-ins in all organisations, last used first, at most 200.
    pub async fn sign_ins(&self, caller: &Caller) -> Result<Vec<(AuthSession, Org)>, ServiceError> {
        let user = caller.person()?.user;
        let now = self.ports.now();
        Ok(self.ports.identity.sign_ins(user, now).await?)
    }

    /// Ends one of the caller's own sign-ins at once.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] when it is another person's, or has ended.
    pub async fn end_sign_in(
        &self,
        caller: &Caller,
        id: AuthSessionId,
    ) -> Result<(), ServiceError> {
        match self.end(caller, WhichSignIns::One(id)).await? {
            0 => Err(ServiceError::NotFound("this sign-in")),
            _ => {
                self.revoke(Revocation::SignIn(id)).await;
                Ok(())
            }
        }
    }

    /// Ends all sign-ins of the caller at once, except the one that calls.
    pub async fn end_other_sign_ins(&self, caller: &Caller) -> Result<(), ServiceError> {
        let CallingPerson { user, session, .. } = caller.person()?;
        self.end(caller, WhichSignIns::AllBut(session)).await?;
        self.revoke(Revocation::Person(user)).await;
        Ok(())
    }

    /// Ends sign-ins, and records it in the audit logs of their organisations.
    async fn end(&self, caller: &Caller, which: WhichSignIns) -> Result<usize, ServiceError> {
        let user = caller.person()?.user;
        let (subject, action) = match which {
            WhichSignIns::One(id) => (("auth_session", id.to_string()), "auth.sign_in_ended"),
            WhichSignIns::AllBut(_) => (("user", user.to_string()), "auth.sign_ins_ended"),
        };
        let orgs = self.ports.identity.memberships(user).await?;
        let events = orgs.iter().map(|(org, _)| {
            Trail::by(&self.ports, org.id, Actor::User(user), caller.request_id).event(
                action,
                (subject.0, &subject.1),
                &json!({}),
            )
        });
        let (now, events) = (self.ports.now(), events.collect());
        let ended = self.ports.identity.end_sign_ins(user, which, now, events);
        Ok(ended.await?)
    }
}
