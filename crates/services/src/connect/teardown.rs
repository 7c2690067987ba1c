//! Undoing things at Meta, until it is proven or Meta refuses for good.

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
    store::{Limit, PageRequest, TeardownOutcome},
};
use wabakit_work::Backoff;

use super::ConnectService;
use crate::{ServiceError, audit::Trail};

/// One worker's hold on a teardown: longer than its calls to Meta take.
const LEASE: Duration = Duration::seconds(60);
const BACKOFF: Backoff = Backoff::seconds(30, 6 * 3_600);
/// With the retries above: about four days.
const ATTEMPTS: i32 = 24;

/// How a teardown stands after a try.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TeardownReport {
    /// Which.
    pub id: TeardownId,
    /// Where it stands.
    pub state: TeardownState,
}

enum Undone {
    /// Done and read back where Meta lets us.
    Done { destroy_token: bool },
    /// Something else must be undone first.
    Later,
}

impl ConnectService {
    /// Does teardowns that are due, of all orgs. Answers how many were tried.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn run_teardowns(&self) -> Result<usize, ServiceError> {
        let now = self.now();
        let due = self
            .ports
            .connect
            .claim_teardowns(now, now + LEASE, 20)
            .await?;
        let count = due.len();
        for teardown in due {
            self.try_teardown(teardown).await?;
        }
        Ok(count)
    }

    /// Tries these now, in a task of their own. What does not succeed is tried again by the worker.
    pub(crate) async fn tear_down_now(
        &self,
        org: OrgId,
        ids: Vec<TeardownId>,
    ) -> Vec<TeardownReport> {
        if ids.is_empty() {
            return Vec::new();
        }
        let service = self.clone();
        let task = tokio::spawn(async move {
            let taken = service
                .ports
                .connect
                .take_teardowns(org, &ids, service.now() + LEASE)
                .await?;
            let mut reports = Vec::with_capacity(taken.len());
            for teardown in in_order(taken) {
                let id = teardown.id;
                reports.push(TeardownReport {
                    id,
                    state: service.try_teardown(teardown).await?,
                });
            }
            Ok::<_, ServiceError>(reports)
        });
        match task.await {
            Ok(Ok(reports)) => reports,
            Ok(Err(error)) => {
                tracing::warn!(%error, "teardowns are left to the worker");
                Vec::new()
            }
            Err(error) => {
                tracing::error!(%error, "a teardown was cut short");
                Vec::new()
            }
        }
    }

    async fn try_teardown(&self, teardown: Teardown) -> Result<TeardownState, ServiceError> {
        let now = self.now();
        let result = self.undo_one(&teardown).await;
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

    async fn undo_one(&self, teardown: &Teardown) -> Result<Undone, MetaError> {
        let grant = self
            .ports
            .accounts
            .grant(teardown.org, teardown.grant)
            .await
            .map_err(broken)?;
        let Some(grant) = grant.filter(|grant| grant.token.is_some()) else {
            return match teardown.act {
                TeardownAct::ReleaseGrant { .. } => Ok(Undone::Done {
                    destroy_token: false,
                }),
                _ => Err(MetaError::new(
                    MetaErrorKind::TokenInvalid,
                    "the grant holds no token any more",
                )),
            };
        };
        match &teardown.act {
            TeardownAct::Unsubscribe(waba) => self.unsubscribe(teardown.org, grant, waba).await,
            TeardownAct::Deregister(number) => self.deregister(teardown.org, grant, number).await,
            TeardownAct::ReleaseGrant { revoke } => {
                self.release(teardown.org, grant, *revoke).await
            }
        }
    }

    /// Unsubscribes and reads it back. A number that was connected to the WABA meanwhile keeps it subscribed.
    async fn unsubscribe(
        &self,
        org: OrgId,
        grant: Grant,
        waba: &WabaId,
    ) -> Result<Undone, MetaError> {
        const DONE: Undone = Undone::Done {
            destroy_token: false,
        };
        let app = grant.meta_app;
        if self
            .ports
            .accounts
            .active_on_waba(app, waba)
            .await
            .map_err(broken)?
            > 0
        {
            return Ok(DONE);
        }
        let access = self.access(org, grant).await.map_err(unready)?;
        self.ports.meta.unsubscribe(&access, waba).await?;
        if self
            .ports
            .accounts
            .active_on_waba(app, waba)
            .await
            .map_err(broken)?
            > 0
        {
            self.ports.meta.subscribe(&access, waba).await?;
            return Ok(DONE);
        }
        if self.ports.meta.is_subscribed(&access, waba).await? {
            return Err(MetaError::new(
                MetaErrorKind::Unavailable,
                "Meta still shows the app as subscribed",
            ));
        }
        Ok(DONE)
    }

    async fn deregister(
        &self,
        org: OrgId,
        grant: Grant,
        number: &PhoneNumberId,
    ) -> Result<Undone, MetaError> {
        let numbers = std::slice::from_ref(number);
        let mine = self
            .ports
            .accounts
            .accounts_of_numbers(org, numbers)
            .await
            .map_err(broken)?;
        let others = self
            .ports
            .accounts
            .active_holders_elsewhere(org, numbers)
            .await
            .map_err(broken)?;
        if mine.iter().all(|a| !a.is_active) && others.is_empty() {
            let access = self.access(org, grant).await.map_err(unready)?;
            self.ports.meta.deregister(&access, number).await?;
        }
        Ok(Undone::Done {
            destroy_token: false,
        })
    }

    /// Whether somebody of the org is at Meta's login, or just back from it, for the same app. Whose login it is
    /// is not known yet; were it the same person's, taking the old rights back would take the new ones too.
    async fn is_logging_in(&self, org: OrgId, grant: &Grant) -> Result<bool, MetaError> {
        let sessions = self.ports.connect.open_sessions(org).await;
        let now = self.now();
        Ok(sessions.map_err(broken)?.iter().any(|session| {
            session.meta_app == grant.meta_app
                && session.grant != Some(grant.id)
                && session.expires_at > now
                && matches!(
                    session.status,
                    ConnectStatus::AwaitingLogin | ConnectStatus::Running
                )
        }))
    }

    /// Destroys the token, once nothing else needs it. Rights are one and the same for all grants of a Meta user
    /// under an app, so they are taken back only with the last. A pasted token is the business's own: it is forgotten
    /// here, and goes on working elsewhere.
    async fn release(&self, org: OrgId, grant: Grant, revoke: bool) -> Result<Undone, MetaError> {
        let revoke = revoke && grant.is_ours_to_revoke();
        if self
            .ports
            .connect
            .unfinished_teardowns(org, grant.id)
            .await
            .map_err(broken)?
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
                    .save_grant(org, revoked, Vec::new())
                    .await
                    .map_err(broken)?
            }
            _ => grant,
        };
        if revoke {
            let access = self.access(org, grant).await.map_err(unready)?;
            match self.take_rights_back(&access).await {
                Err(error) if error.is_transient() => return Err(error),
                Err(error) => {
                    tracing::info!(%error, "Meta did not take the rights back; the token is destroyed");
                }
                Ok(()) => {}
            }
        }
        Ok(Undone::Done {
            destroy_token: true,
        })
    }

    /// A login that was given up before its inspection does not say whose it is: Meta does.
    async fn take_rights_back(&self, access: &GrantAccess) -> Result<(), MetaError> {
        let user = match access.grant.meta_user.clone() {
            Some(user) => Some(user),
            None => self.ports.meta.inspect_token(access).await?.meta_user,
        };
        let living = match &user {
            Some(user) => self
                .ports
                .connect
                .living_grants_of(access.app.id, user)
                .await
                .map_err(broken)?,
            None => return Ok(()),
        };
        if living == 0 {
            self.ports.meta.revoke(access).await?;
        }
        Ok(())
    }

    pub(super) async fn carries_accounts(
        &self,
        org: OrgId,
        grant: &Grant,
    ) -> Result<bool, MetaError> {
        let mut request = PageRequest {
            after: None,
            limit: Limit::MAX,
        };
        loop {
            let page = self
                .ports
                .accounts
                .list_accounts(org, true, request)
                .await
                .map_err(broken)?;
            if page
                .rows
                .iter()
                .any(|(account, _)| account.grant == grant.id)
            {
                return Ok(true);
            }
            request.after = page.next;
            if request.after.is_none() {
                return Ok(false);
            }
        }
    }
}

/// The grant's release comes last.
fn in_order(mut teardowns: Vec<Teardown>) -> Vec<Teardown> {
    teardowns.sort_by_key(|t| (matches!(t.act, TeardownAct::ReleaseGrant { .. }), t.id));
    teardowns
}

fn described(act: &TeardownAct) -> (&'static str, Option<String>) {
    match act {
        TeardownAct::Unsubscribe(waba) => ("unsubscribe", Some(waba.to_string())),
        TeardownAct::Deregister(number) => ("deregister", Some(number.to_string())),
        TeardownAct::ReleaseGrant { .. } => ("release_grant", None),
    }
}

fn broken(error: wabakit_ports::store::StoreError) -> MetaError {
    MetaError::new(MetaErrorKind::Unavailable, error.to_string())
}

fn unready(error: ServiceError) -> MetaError {
    MetaError::new(MetaErrorKind::Unavailable, error.to_string())
}
