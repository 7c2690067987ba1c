//! Teardowns: undoing acts at Meta, until that is proven or Meta refuses for good.

use chrono::Duration;
use serde_json::json;
use wabakit_domain::{
    audit::Actor,
    connect::ConnectStatus,
    grant::{Grant, GrantState},
    ids::{OrgId, PhoneNumberId, TeardownId, WabaId},
    teardown::{Teardown, TeardownAct, TeardownState},
};
use wabakit_ports::{
    meta::{GrantAccess, MetaError, MetaErrorKind},
    store::{Facts, StoreError, TeardownOutcome},
};
use wabakit_work::Backoff;

use super::ConnectService;
use crate::{ServiceError, audit::Trail};

/// The lease of a teardown. It is longer than its calls to Meta take.
const LEASE: Duration = Duration::seconds(60);
const BACKOFF: Backoff = Backoff::seconds(30, 6 * 3_600);
/// The most attempts of a teardown. With the backoff above, they last about four days.
const ATTEMPTS: i32 = 24;

/// The state of a teardown after an attempt.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TeardownReport {
    /// The teardown.
    pub id: TeardownId,
    /// Its state.
    pub state: TeardownState,
}

/// The most teardowns that one round claims.
const MOST: usize = 20;

/// The reason why a teardown's act was not undone.
enum UndoError {
    /// Meta refused or did not answer. The attempt counts.
    Meta(MetaError),
    /// Our database or vault failed. The attempt does not count, and the lease lapses.
    Ours(ServiceError),
}

impl From<MetaError> for UndoError {
    fn from(error: MetaError) -> Self {
        Self::Meta(error)
    }
}

impl From<StoreError> for UndoError {
    fn from(error: StoreError) -> Self {
        Self::Ours(error.into())
    }
}

impl From<ServiceError> for UndoError {
    fn from(error: ServiceError) -> Self {
        Self::Ours(error)
    }
}

enum Undone {
    /// The act is undone, and was read back where Meta allows it.
    Done { destroy_token: bool },
    /// Another teardown must come first.
    Later,
}

impl ConnectService {
    /// Runs teardowns that are due, of all organisations, each under a lease. Returns how many were tried. A teardown
    /// that could not be tried does not stop the others.
    ///
    /// # Errors
    /// The last error that kept a teardown from being tried.
    pub async fn run_teardowns(&self) -> Result<usize, ServiceError> {
        let mut outcome = Ok(());
        let mut count = 0;
        while count < MOST {
            let now = self.now();
            let connect = &self.ports.connect;
            let claimed = connect.claim_teardowns(now, now + LEASE, 1).await?;
            let Some(teardown) = claimed.into_iter().next() else {
                break;
            };
            count += 1;
            let id = teardown.id;
            if let Err(error) = self.try_teardown(teardown).await {
                tracing::warn!(%error, teardown = %id, "a teardown could not be tried");
                outcome = Err(error);
            }
        }
        outcome.map(|()| count)
    }

    /// Runs these teardowns now, in a task of their own. The worker retries those that fail.
    pub(crate) async fn tear_down_now(
        &self,
        org: OrgId,
        ids: Vec<TeardownId>,
    ) -> Vec<TeardownReport> {
        if ids.is_empty() {
            return Vec::new();
        }
        let service = self.clone();
        let task = tokio::spawn(async move { service.tear_down(org, ids).await });
        task.await.unwrap_or_else(|error| {
            tracing::error!(%error, "a teardown was cut short");
            Vec::new()
        })
    }

    /// Runs teardowns one after another, each under a lease. The release of a grant comes last.
    async fn tear_down(&self, org: OrgId, ids: Vec<TeardownId>) -> Vec<TeardownReport> {
        let mut reports = Vec::with_capacity(ids.len());
        let mut releases = Vec::new();
        for id in ids {
            match self.take(org, id).await {
                Some(teardown) if is_release(&teardown.act) => releases.push(id),
                Some(teardown) => reports.extend(self.report(teardown).await),
                None => {}
            }
        }
        for id in releases {
            if let Some(teardown) = self.take(org, id).await {
                reports.extend(self.report(teardown).await);
            }
        }
        reports
    }

    async fn take(&self, org: OrgId, id: TeardownId) -> Option<Teardown> {
        let until = self.now() + LEASE;
        match self.ports.connect.take_teardowns(org, &[id], until).await {
            Ok(taken) => taken.into_iter().next(),
            Err(error) => {
                tracing::warn!(%error, teardown = %id, "a teardown is left to the worker");
                None
            }
        }
    }

    async fn report(&self, teardown: Teardown) -> Option<TeardownReport> {
        let id = teardown.id;
        match self.try_teardown(teardown).await {
            Ok(state) => Some(TeardownReport { id, state }),
            Err(error) => {
                tracing::warn!(%error, teardown = %id, "a teardown is left to the worker");
                None
            }
        }
    }

    async fn try_teardown(&self, teardown: Teardown) -> Result<TeardownState, ServiceError> {
        let now = self.now();
        let result = match self.undo_one(&teardown).await {
            Ok(undone) => Ok(undone),
            Err(UndoError::Meta(error)) if error.kind != MetaErrorKind::VaultUnavailable => {
                Err(error)
            }
            Err(UndoError::Meta(error)) => return Err(error.into()),
            Err(UndoError::Ours(error)) => return Err(error),
        };
        let attempts = teardown.attempts + 1;
        let wait = BACKOFF.longest_wait(u32::try_from(attempts).unwrap_or(1));
        let retry_at = now + Duration::from_std(wait).unwrap_or(LEASE);
        let (state, last_error, destroy_token) = match result {
            Ok(Undone::Done { destroy_token }) => (TeardownState::Done, None, destroy_token),
            Ok(Undone::Later) => (
                TeardownState::Pending,
                Some("waits for the grant's other teardowns".into()),
                false,
            ),
            Err(error) if error.is_transient() && attempts < ATTEMPTS => {
                (TeardownState::Pending, Some(error.to_string()), false)
            }
            Err(error) => (TeardownState::Failed, Some(error.to_string()), false),
        };
        let mut audit = Vec::new();
        if state != TeardownState::Pending {
            let (name, target) = described(&teardown.act);
            let done = if state == TeardownState::Done {
                "done"
            } else {
                "failed"
            };
            let data = json!({"target": target, "grantId": teardown.grant, "error": last_error});
            let trail = Trail::by(&self.ports, teardown.org, Actor::System, None);
            audit.push(trail.event(
                &format!("teardown.{name}_{done}"),
                ("teardown", teardown.id),
                &data,
            ));
        }
        let outcome = TeardownOutcome {
            state,
            next_attempt_at: retry_at,
            last_error,
            destroy_token,
            audit,
        };
        self.ports
            .connect
            .finish_teardown(teardown.org, teardown.id, outcome)
            .await?;
        if state == TeardownState::Done {
            let (act, _) = described(&teardown.act);
            tracing::info!(
                org = %teardown.org, teardown = %teardown.id, grant = %teardown.grant, act,
                "teardown done"
            );
        }
        Ok(state)
    }

    async fn undo_one(&self, teardown: &Teardown) -> Result<Undone, UndoError> {
        let grant = self
            .ports
            .accounts
            .grant(teardown.org, teardown.grant)
            .await?;
        let Some(grant) = grant.filter(|grant| grant.token.is_some()) else {
            return match teardown.act {
                TeardownAct::ReleaseGrant { .. } => Ok(Undone::Done {
                    destroy_token: false,
                }),
                _ => Err(UndoError::Meta(MetaError::new(
                    MetaErrorKind::TokenInvalid,
                    "the grant holds no token any more",
                ))),
            };
        };
        if self.settings.shared_app {
            return self.leave_at_meta(teardown, grant).await;
        }
        match &teardown.act {
            TeardownAct::Unsubscribe(waba) => self.unsubscribe(teardown.org, grant, waba).await,
            TeardownAct::Deregister(number) => self.deregister(teardown.org, grant, number).await,
            TeardownAct::ReleaseGrant { revoke } => {
                self.release(teardown.org, grant, *revoke).await
            }
        }
    }

    /// Handles a teardown when another server shares the Meta app: it destroys the token here. The subscription,
    /// registration and permissions stay at Meta, where the other server may need them.
    async fn leave_at_meta(&self, teardown: &Teardown, grant: Grant) -> Result<Undone, UndoError> {
        tracing::info!(
            teardown = %teardown.id, act = described(&teardown.act).0,
            "nothing is undone at Meta: META_APP_SHARED is set"
        );
        match teardown.act {
            TeardownAct::ReleaseGrant { .. } => self.release(teardown.org, grant, false).await,
            TeardownAct::Unsubscribe(_) | TeardownAct::Deregister(_) => Ok(Undone::Done {
                destroy_token: false,
            }),
        }
    }

    /// Unsubscribes the app, and reads the subscription back. A number that was connected to the WABA in the meantime
    /// keeps it subscribed.
    async fn unsubscribe(
        &self,
        org: OrgId,
        grant: Grant,
        waba: &WabaId,
    ) -> Result<Undone, UndoError> {
        const DONE: Undone = Undone::Done {
            destroy_token: false,
        };
        let app = grant.meta_app;
        if self.ports.accounts.active_on_waba(app, waba).await? > 0 {
            return Ok(DONE);
        }
        let access = self.access(org, grant).await?;
        self.ports.meta.unsubscribe(&access, waba).await?;
        if self.ports.accounts.active_on_waba(app, waba).await? > 0 {
            self.ports.meta.subscribe(&access, waba).await?;
            return Ok(DONE);
        }
        if self.ports.meta.is_subscribed(&access, waba).await? {
            return Err(UndoError::Meta(MetaError::new(
                MetaErrorKind::Unavailable,
                "Meta still shows the app as subscribed",
            )));
        }
        Ok(DONE)
    }

    async fn deregister(
        &self,
        org: OrgId,
        grant: Grant,
        number: &PhoneNumberId,
    ) -> Result<Undone, UndoError> {
        let numbers = std::slice::from_ref(number);
        let mine = self
            .ports
            .accounts
            .accounts_of_numbers(org, numbers)
            .await?;
        let others = self
            .ports
            .accounts
            .active_holders_elsewhere(org, numbers)
            .await?;
        if mine.iter().all(|a| !a.is_active) && others.is_empty() {
            let access = self.access(org, grant).await?;
            self.ports.meta.deregister(&access, number).await?;
        }
        Ok(Undone::Done {
            destroy_token: false,
        })
    }

    /// Tells whether anybody of the organisation is at Meta's login, or has just returned, for the same app. It is not
    /// known yet who logs in. If it is the same Meta user, revoking the old permissions would revoke the new ones too.
    async fn is_logging_in(&self, org: OrgId, grant: &Grant) -> Result<bool, UndoError> {
        let sessions = self.ports.connect.open_sessions(org).await;
        let now = self.now();
        Ok(sessions?.iter().any(|session| {
            session.meta_app == grant.meta_app
                && session.grant() != Some(grant.id)
                && session.expires_at > now
                && matches!(
                    session.status(),
                    ConnectStatus::AwaitingLogin | ConnectStatus::Running
                )
        }))
    }

    /// Destroys the token, once no account and no teardown needs it. All grants of a Meta user under an app share their
    /// permissions, so those are revoked only with the last grant. A pasted token belongs to the business: it is
    /// destroyed here, and keeps working elsewhere.
    async fn release(&self, org: OrgId, grant: Grant, revoke: bool) -> Result<Undone, UndoError> {
        let revoke = revoke && grant.is_ours_to_revoke();
        if self
            .ports
            .connect
            .unfinished_teardowns(org, grant.id)
            .await?
            > 0
        {
            return Ok(Undone::Later);
        }
        if self.carries_accounts(org, &grant).await? {
            return Ok(Undone::Done {
                destroy_token: false,
            });
        }
        if revoke && self.is_logging_in(org, &grant).await? {
            return Ok(Undone::Later);
        }
        // A grant that another one has replaced no longer counts as living.
        let grant = match grant.state {
            GrantState::Active | GrantState::Pending => {
                let revoked = Grant {
                    state: GrantState::Revoked,
                    updated_at: self.now(),
                    ..grant
                };
                self.ports
                    .accounts
                    .save_grant(org, revoked, Facts::default())
                    .await?
                    .0
            }
            _ => grant,
        };
        if revoke {
            let access = self.access(org, grant).await?;
            match self.take_rights_back(&access).await {
                Err(UndoError::Meta(error)) if !error.is_transient() => {
                    tracing::info!(%error, "Meta did not revoke the permissions; the token is destroyed nevertheless");
                }
                done => done?,
            }
        }
        Ok(Undone::Done {
            destroy_token: true,
        })
    }

    /// Revokes the permissions. If the login was given up before its inspection, the Meta user is not stored, so Meta
    /// is asked.
    async fn take_rights_back(&self, access: &GrantAccess) -> Result<(), UndoError> {
        let user = match access.grant.meta_user.clone() {
            Some(user) => Some(user),
            None => self.ports.meta.inspect_token(access).await?.meta_user,
        };
        let living = match &user {
            Some(user) => {
                self.ports
                    .connect
                    .living_grants_of(access.app.id, user)
                    .await?
            }
            None => return Ok(()),
        };
        if living == 0 {
            self.ports.meta.revoke(access).await?;
        }
        Ok(())
    }

    /// Tells whether an active account uses the grant.
    async fn carries_accounts(&self, org: OrgId, grant: &Grant) -> Result<bool, UndoError> {
        let accounts = &self.ports.accounts;
        let standing = accounts.accounts_on_grants(org, &[grant.id]).await?;
        Ok(!standing.is_empty())
    }
}

const fn is_release(act: &TeardownAct) -> bool {
    matches!(act, TeardownAct::ReleaseGrant { .. })
}

fn described(act: &TeardownAct) -> (&'static str, Option<String>) {
    match act {
        TeardownAct::Unsubscribe(waba) => ("unsubscribe", Some(waba.to_string())),
        TeardownAct::Deregister(number) => ("deregister", Some(number.to_string())),
        TeardownAct::ReleaseGrant { .. } => ("release_grant", None),
    }
}
