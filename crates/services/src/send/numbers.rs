//! The organisation's numbers, with the facts that sending needs, cached for moments. A number that is disconnected in
//! the meantime keeps its queued messages, which say why they wait.

use std::{sync::Arc, time::Duration};

use moka::future::Cache;
use wabakit_domain::{
    Time,
    ids::{AccountId, OrgId},
    message::Message,
    outbound::{Job, JobState, WaitReason},
};
use wabakit_ports::store::{Limit, PageRequest, QueueBlock, StoreError};

use super::{SendError, SendPorts};
use crate::ServiceError;

const REMEMBERED: Duration = Duration::from_secs(2);
const ORGS: u64 = 10_000;
const ACCOUNTS: u64 = 100_000;

/// The reason why a message waits, and until when, if that is known.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Waiting {
    /// The reason.
    pub reason: WaitReason,
    /// The earliest time at which it may be sent.
    pub until: Option<Time>,
    /// Tells whether it has waited so long that later messages of its conversation are sent before it.
    pub is_passed: bool,
}

/// The reason that holds up all messages of a number.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Holdup {
    account: AccountId,
    is_paused: bool,
    block: Option<QueueBlock>,
}

#[derive(Clone)]
pub(super) struct Numbers {
    ports: SendPorts,
    /// Tells whether each number is connected. Without an account, the default one.
    senders: Cache<(OrgId, Option<AccountId>), (AccountId, bool)>,
    holdups: Cache<OrgId, Arc<Vec<Holdup>>>,
}

impl Numbers {
    pub(super) fn new(ports: SendPorts) -> Self {
        let senders = Cache::builder()
            .max_capacity(ACCOUNTS)
            .time_to_live(REMEMBERED)
            .build();
        let holdups = Cache::builder()
            .max_capacity(ORGS)
            .time_to_live(REMEMBERED)
            .build();
        Self {
            ports,
            senders,
            holdups,
        }
    }

    /// Finds the connected number to send from: the named one, or the default.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`], [`SendError::NoAccount`], [`SendError::NotConnected`].
    pub(super) async fn sender(
        &self,
        org: OrgId,
        account: Option<AccountId>,
    ) -> Result<AccountId, SendError> {
        let (account, is_active) = self.known(org, account).await?;
        match is_active {
            true => Ok(account),
            false => Err(SendError::NotConnected),
        }
    }

    async fn known(
        &self,
        org: OrgId,
        account: Option<AccountId>,
    ) -> Result<(AccountId, bool), SendError> {
        if let Some(known) = self.senders.get(&(org, account)).await {
            return Ok(known);
        }
        let accounts = &self.ports.base.accounts;
        let found = match account {
            Some(id) => {
                let found = accounts.account(org, id).await?;
                found.ok_or(ServiceError::NotFound("this account"))?.0
            }
            None => {
                let page = PageRequest {
                    after: None,
                    limit: Limit::MAX,
                };
                let rows = accounts.list_accounts(org, true, page).await?.rows;
                let only = rows.len() == 1;
                let mut rows = rows.into_iter().map(|(account, _)| account);
                let default = rows.find(|account| account.is_default || only);
                default.ok_or(SendError::NoAccount)?
            }
        };
        let known = (found.id, found.is_active);
        self.senders.insert((org, account), known).await;
        Ok(known)
    }

    /// Returns why a message waits. `None` for one that does not.
    pub(super) async fn waiting(&self, message: &Message) -> Result<Option<Waiting>, SendError> {
        let Some(job) = &message.job else {
            return Ok(None);
        };
        let now = self.ports.base.now();
        if let Some(own) = own_wait(job, now) {
            return Ok(Some(own));
        }
        if job.state != JobState::Queued {
            return Ok(None);
        }
        let (org, account) = (message.org, message.account);
        let is_active = match self.known(org, Some(account)).await {
            Ok((_, is_active)) => is_active,
            Err(SendError::Service(ServiceError::NotFound(_))) => false,
            Err(error) => return Err(error),
        };
        let holdups = self.holdups(org).await?;
        let holdup = holdups.iter().find(|holdup| holdup.account == account);
        let block = holdup.and_then(|holdup| holdup.block.as_ref());
        let block = block.filter(|block| block.until > now);
        let (reason, until) = match block {
            _ if !is_active => (WaitReason::NotConnected, None),
            _ if holdup.is_some_and(|holdup| holdup.is_paused) => (WaitReason::Paused, None),
            Some(block) => (block.reason, Some(block.until)),
            None => (WaitReason::Pace, None),
        };
        Ok(Some(Waiting {
            reason,
            until,
            is_passed: false,
        }))
    }

    async fn holdups(&self, org: OrgId) -> Result<Arc<Vec<Holdup>>, SendError> {
        let (outbox, now) = (self.ports.outbox.clone(), self.ports.base.now());
        let read = async move {
            let queues = outbox.queues(org, now, now, 0).await?;
            let holdups = queues.into_iter().map(|queue| Holdup {
                account: queue.account,
                is_paused: queue.is_paused,
                block: queue.block,
            });
            Ok::<_, StoreError>(Arc::new(holdups.collect()))
        };
        let holdups = self.holdups.try_get_with(org, read).await;
        holdups.map_err(|error| StoreError::unavailable(error.to_string()).into())
    }

    /// Drops the cache, because somebody changed the organisation's queues.
    pub(super) async fn changed(&self, org: OrgId) {
        self.holdups.invalidate(&org).await;
    }
}

/// Returns why a message waits, as far as the message itself says. What holds up its number is not included.
pub fn own_wait(job: &Job, now: Time) -> Option<Waiting> {
    let until = Some(job.due_at);
    match job.state {
        JobState::Queued if job.due_at > now => Some(Waiting {
            reason: job.wait.unwrap_or(WaitReason::Scheduled),
            until,
            is_passed: job.is_passed(now),
        }),
        JobState::Proving => Some(Waiting {
            reason: WaitReason::Proof,
            until,
            is_passed: false,
        }),
        _ => None,
    }
}
