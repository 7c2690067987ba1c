//! The last step: one write that stores the connection.

use std::collections::HashMap;

use serde_json::json;
use wabakit_domain::{
    account::{Account, digits_of},
    audit::Actor,
    connect::{Candidate, ConnectSession, NumberProgress, Problem, Refusal},
    event::{ConnectionEvent, EventData, ReconnectEvent},
    grant::{Grant, GrantState},
    ids::{GrantId, OrgId, PhoneNumberId},
    secret::{Purpose, SecretBinding},
    standing::Standing,
    teardown::{Teardown, TeardownAct, TeardownState},
};
use wabakit_ports::meta::GrantAccess;
use wabakit_ports::store::{
    ConnectOutcome, ConnectWrite, Facts, NumberHolder, StoreError, TakenOver,
};

use super::{
    ConnectService,
    runner::{StepEnd, StepFailure},
};
use crate::{ServiceError, audit::Trail};

/// A telephone number has more digits than this. A shorter text is no number, because Meta did not show one.
const FEWEST_DIGITS: usize = 7;

impl ConnectService {
    pub(super) async fn activate(&self, session: ConnectSession) -> Result<StepEnd, StepFailure> {
        let access = self.session_access(&session).await?;
        let ids: Vec<PhoneNumberId> = session
            .progress
            .numbers
            .iter()
            .map(|n| n.phone_number_id.clone())
            .collect();
        let known = self.known_accounts(&session).await?;
        let holders = self.dead_holders(&session, &ids).await?;
        let took_over: Vec<PhoneNumberId> = holders
            .iter()
            .map(|h| h.account.phone_number_id.clone())
            .collect();
        let mut activate = Vec::with_capacity(ids.len());
        for number in &session.progress.numbers {
            let old = known.get(&number.phone_number_id);
            let candidate = session.candidate(&number.phone_number_id).ok_or_else(|| {
                Problem::new(Refusal::NumberNotFound).about([number.phone_number_id.to_string()])
            })?;
            activate.push(
                self.account(&session, &access.grant, candidate, number, old)
                    .await?,
            );
        }
        let replaced = self
            .replaced_grants(&session, &access.grant, &known)
            .await?;
        let trail = self.session_trail(&session);
        let mut audit: Vec<_> = activate
            .iter()
            .map(|account| {
                let moved_from = known
                    .get(&account.phone_number_id)
                    .filter(|old| old.phone_number_id != account.phone_number_id)
                    .map(
                        |old| json!({"phoneNumberId": old.phone_number_id, "wabaId": old.waba_id}),
                    );
                let data = json!({
                    "movedFrom": moved_from,
                    "phoneNumberId": account.phone_number_id, "wabaId": account.waba_id,
                    "displayPhone": account.display_phone_number, "sessionId": session.id,
                    "needsRegistration": account.needs_registration,
                    "takenOver": took_over.contains(&account.phone_number_id),
                });
                trail.event("account.connected", ("account", account.id), &data)
            })
            .collect();
        audit.push(trail.event(
            "connect.completed",
            ("connect_session", session.id),
            &json!({"accounts": activate.len()}),
        ));
        let grant = Grant {
            state: GrantState::Active,
            updated_at: self.now(),
            ..access.grant.clone()
        };
        let session = session.complete(self.now()).map_err(ServiceError::from)?;
        let session = session.touched(self.now());
        let org = session.org;
        let connected: Vec<_> = activate
            .iter()
            .map(|account| {
                (
                    account.id,
                    account.phone_number_id.clone(),
                    account.waba_id.clone(),
                )
            })
            .collect();
        // This teardown only unsubscribes if no other number needs the subscription by then.
        let left = activate.iter().filter_map(|account| {
            let old = known.get(&account.phone_number_id)?;
            let has_left = old.is_active && old.waba_id != account.waba_id;
            has_left.then(|| (old.grant, TeardownAct::Unsubscribe(old.waba_id.clone())))
        });
        let left = left.collect::<Vec<_>>().into_iter();
        let release_of = |grant| (grant, TeardownAct::ReleaseGrant { revoke: false });
        let completed = EventData::ConnectionCompleted(ConnectionEvent::from(&session));
        let write = ConnectWrite {
            session,
            grant: Some(grant),
            activate,
            take_over: holders.iter().map(|h| self.taken_over(h)).collect(),
            teardowns: left
                .chain(replaced.into_iter().map(release_of))
                .map(|(grant, act)| self.teardown_of(org, grant, act))
                .collect(),
            audit,
            events: vec![self.ports.event(org, completed)],
            ids: self.ports.id_block(),
        };
        match self.write(write).await {
            Ok(ConnectOutcome { session, .. }) => {
                for (account, phone_number_id, waba) in connected {
                    tracing::info!(%org, %account, %phone_number_id, %waba, session = %session.id, "account connected");
                }
                self.keep_subscribed(&session, &access).await;
                for holder in holders {
                    self.mark_dead(holder).await;
                }
                Ok(StepEnd::Completed(Box::new(session)))
            }
            Err(StoreError::Duplicate(_)) => Err(Problem::new(Refusal::NumberInUse).into()),
            Err(error) => Err(error.into()),
        }
    }

    /// Finds the organisation's accounts of the chosen numbers, by the number's id at Meta. A number that moved to
    /// another WABA has a new id and the same digits, so it is matched by digits and keeps its account and history. An
    /// account that is itself chosen, by its own id, is not matched by digits.
    pub(super) async fn known_accounts(
        &self,
        session: &ConnectSession,
    ) -> Result<HashMap<PhoneNumberId, Account>, StoreError> {
        let chosen = || session.progress.numbers.iter().map(|n| &n.phone_number_id);
        let ids: Vec<PhoneNumberId> = chosen().cloned().collect();
        let accounts = &self.ports.accounts;
        let same_id = accounts.accounts_of_numbers(session.org, &ids).await?;
        let mut known: HashMap<_, _> = same_id
            .into_iter()
            .map(|account| (account.phone_number_id.clone(), account))
            .collect();
        let new: Vec<(&PhoneNumberId, String)> = chosen()
            .filter(|id| !known.contains_key(*id))
            .filter_map(|id| Some((id, digits_of(&session.candidate(id)?.display_phone_number))))
            .filter(|(_, digits)| digits.len() >= FEWEST_DIGITS)
            .collect();
        if new.is_empty() {
            return Ok(known);
        }
        let digits: Vec<String> = new.iter().map(|(_, digits)| digits.clone()).collect();
        let same_digits = accounts.accounts_of_digits(session.org, &digits).await?;
        for (id, digits) in new {
            let moved = same_digits
                .iter()
                .filter(|account| account.digits() == digits)
                .filter(|account| !known.values().any(|taken| taken.id == account.id))
                .max_by_key(|account| {
                    (account.is_active, account.is_default, account.connected_at)
                });
            if let Some(account) = moved {
                known.insert(id.clone(), account.clone());
            }
        }
        Ok(known)
    }

    /// Restores missing subscriptions. While the session waited, the teardown of another session may have unsubscribed
    /// the app with the WABA's last number. After this session's write no teardown does that. A subscription that
    /// cannot be restored is found by the next check of the account.
    async fn keep_subscribed(&self, session: &ConnectSession, access: &GrantAccess) {
        for waba in session.progress.wabas.iter().map(|w| &w.waba_id) {
            let kept = match self.ports.meta.is_subscribed(access, waba).await {
                Ok(false) => self.ports.meta.subscribe(access, waba).await,
                Ok(true) => Ok(()),
                Err(error) => Err(error),
            };
            if let Err(error) = kept {
                tracing::warn!(%error, %waba, session = %session.id, "the subscription could not be read back");
            }
        }
    }

    async fn account(
        &self,
        session: &ConnectSession,
        grant: &Grant,
        candidate: &Candidate,
        number: &NumberProgress,
        old: Option<&Account>,
    ) -> Result<Account, ServiceError> {
        let now = self.now();
        let binding = SecretBinding::grant(session.org, grant.id, Purpose::RegistrationPin);
        let refused = number.registration_problem.as_ref().map(|p| p.refusal);
        let registration_pin = match (&number.pin, old) {
            (Some(pin), _) => Some(pin.clone()),
            // The number's PIN differs from the stored one.
            (None, _) if refused == Some(Refusal::PinMismatch) => None,
            (None, Some(old)) => self.rebind_pin(old, binding).await?,
            (None, None) => None,
        };
        Ok(Account {
            id: old.map_or_else(|| self.ports.id(), |old| old.id),
            org: session.org,
            grant: grant.id,
            phone_number_id: number.phone_number_id.clone(),
            waba_id: candidate.waba_id.clone(),
            waba_name: candidate.waba_name.clone(),
            business_id: candidate.business_id.clone(),
            business_name: candidate.business_name.clone(),
            display_phone_number: candidate.display_phone_number.clone(),
            verified_name: candidate.verified_name.clone(),
            display_name: old.and_then(|old| old.display_name.clone()),
            is_active: true,
            is_default: old.is_some_and(|old| old.is_default),
            needs_registration: number.registration_problem.is_some(),
            problem: refused.map(|refusal| refusal.code().to_owned()),
            registration_pin,
            // An account that stayed connected keeps its standing, because every webhook about it arrived. For one that
            // was disconnected, the end of a ban may have been missed, so its standing starts empty. The standing does
            // not follow a number to another WABA.
            standing: match old {
                Some(old) if old.is_active && old.waba_id == candidate.waba_id => {
                    let mut standing = old.standing.clone();
                    standing.access_is_proven(now);
                    standing
                }
                _ => Standing::default(),
            },
            health: number
                .health
                .clone()
                .unwrap_or_else(|| candidate.health.clone()),
            last_verified_at: Some(now),
            connected_at: now,
            disconnected_at: None,
            created_at: old.map_or(now, |old| old.created_at),
            updated_at: now,
            version: old.map_or(0, |old| old.version),
        })
    }

    /// Finds the numbers to take over from other organisations. It checks each holder's grant once more, just before
    /// the write.
    async fn dead_holders(
        &self,
        session: &ConnectSession,
        ids: &[PhoneNumberId],
    ) -> Result<Vec<NumberHolder>, StepFailure> {
        let holders = self
            .ports
            .accounts
            .active_holders_elsewhere(session.org, ids)
            .await?;
        for holder in &holders {
            if !self.is_dead(holder).await? {
                return Err(Problem::new(Refusal::NumberInUse)
                    .about([holder.account.display_phone_number.clone()])
                    .into());
            }
        }
        Ok(holders)
    }

    /// Makes the audit entry of the organisation that loses a number. It does not name the new holder.
    fn taken_over(&self, holder: &NumberHolder) -> TakenOver {
        let account = &holder.account;
        let audit = Trail::by(&self.ports, account.org, Actor::System, None).event(
            "account.taken_over",
            ("account", account.id),
            &json!({
                "displayPhone": account.display_phone_number,
                "reason": "the login was no longer valid at Meta",
            }),
        );
        TakenOver {
            from: account.org,
            account: account.id,
            audit,
        }
    }

    /// Marks another organisation's grant as dead, and destroys its token if no account of that organisation uses it.
    /// If that fails, the organisation's next check of the grant finds it dead.
    async fn mark_dead(&self, holder: NumberHolder) {
        let (org, id) = (holder.account.org, holder.grant.id);
        let Ok(Some(mut grant)) = self.ports.accounts.grant(org, id).await else {
            return;
        };
        let Ok(left) = self.ports.accounts.accounts_on_grants(org, &[id]).await else {
            return;
        };
        if left.is_empty() {
            grant.token = None;
        }
        grant.state = GrantState::Dead;
        grant.state_reason = Some("Meta no longer accepts the login".into());
        grant.updated_at = self.now();
        let mut facts = Facts::default();
        if !left.is_empty() {
            let left = left.iter().map(|account| account.id).collect();
            let data = EventData::ConnectionNeedsReconnect(ReconnectEvent::of(&grant, left));
            facts.events.push(self.ports.event(org, data));
        }
        match self.ports.accounts.save_grant(org, grant, facts).await {
            Ok((_, heads)) => self.ports.bus.publish(&heads),
            Err(error) => {
                tracing::info!(%error, grant = %id, "a dead grant could not be marked as dead");
            }
        }
    }

    fn teardown_of(&self, org: OrgId, grant: GrantId, act: TeardownAct) -> Teardown {
        let now = self.now();
        Teardown {
            id: self.ports.id(),
            org,
            grant,
            act,
            state: TeardownState::Pending,
            attempts: 0,
            next_attempt_at: now,
            last_error: None,
            created_at: now,
            updated_at: now,
        }
    }

    /// Finds the grants that this connection leaves without accounts, so that their tokens are destroyed. Their
    /// permissions at Meta stay, because the new token has the same ones.
    async fn replaced_grants(
        &self,
        session: &ConnectSession,
        grant: &Grant,
        known: &HashMap<PhoneNumberId, Account>,
    ) -> Result<Vec<GrantId>, ServiceError> {
        let mut replaced: Vec<GrantId> = known
            .values()
            .map(|a| a.grant)
            .filter(|id| *id != grant.id)
            .collect();
        replaced.sort_unstable();
        replaced.dedup();
        if replaced.is_empty() {
            return Ok(Vec::new());
        }
        let standing = self
            .ports
            .accounts
            .accounts_on_grants(session.org, &replaced)
            .await?;
        let kept = standing
            .iter()
            .filter(|account| !known.values().any(|own| own.id == account.id));
        for account in kept {
            replaced.retain(|id| *id != account.grant);
        }
        Ok(replaced)
    }
}
