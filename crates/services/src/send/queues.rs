//! The numbers' queues, for people.

use std::sync::Arc;

use chrono::Duration;
use serde_json::json;
use wabakit_domain::{
    account::Account,
    ids::{AccountId, OrgId},
    principal::Scope,
};
use wabakit_ports::store::{Limit, PageRequest, QueueOverview, StoreError};

use super::{Rate, SendError, SendMeter, SendPorts, numbers::Numbers, wakes::Wakes};
use crate::{Caller, ServiceError, audit::Trail};

/// The limit up to which a queue's messages are counted.
const COUNTED: i64 = 10_000;
/// The most accounts of one answer.
const ACCOUNTS: usize = 1_000;

/// A number's queue.
#[derive(Clone, PartialEq, Debug)]
pub struct Queue {
    /// The number.
    pub account: Account,
    /// The rate that Meta allows.
    pub rate: Rate,
    /// The waiting messages.
    pub overview: QueueOverview,
    /// The number's requests that this process began within the last minute.
    pub sent_last_minute: u64,
    /// The limit of the counts.
    pub counts_up_to: i64,
}

/// The use cases of queues.
#[derive(Clone)]
pub struct QueueService {
    pub(super) ports: SendPorts,
    pub(super) stuck_after: Duration,
    pub(super) numbers: Numbers,
    pub(super) wakes: Arc<Wakes>,
    pub(super) meter: Arc<SendMeter>,
}

impl QueueService {
    /// Lists the queues of the organisation's connected numbers, and of other numbers with waiting messages.
    pub async fn list(&self, caller: &Caller) -> Result<Vec<Queue>, SendError> {
        caller.require(Scope::MessagesRead)?;
        let queues = self.overviews(caller.org).await?;
        let accounts = self.accounts(caller).await?;
        let mut found = Vec::new();
        for overview in queues {
            let account = accounts
                .iter()
                .find(|account| account.id == overview.account);
            let Some(account) = account else { continue };
            if account.is_active || is_used(&overview) {
                found.push(self.queue(account.clone(), overview));
            }
        }
        found.sort_by_key(|queue| (!queue.account.is_default, queue.account.id));
        Ok(found)
    }

    /// Pauses a number's queue. Requests in progress are finished, and no new ones begin.
    ///
    /// # Errors
    /// When the account does not exist.
    pub async fn pause(&self, caller: &Caller, account: AccountId) -> Result<Queue, SendError> {
        self.set_paused(caller, account, true).await
    }

    /// Resumes a number's queue.
    ///
    /// # Errors
    /// As for [`QueueService::pause`].
    pub async fn resume(&self, caller: &Caller, account: AccountId) -> Result<Queue, SendError> {
        self.set_paused(caller, account, false).await
    }

    async fn set_paused(
        &self,
        caller: &Caller,
        id: AccountId,
        is_paused: bool,
    ) -> Result<Queue, SendError> {
        caller.require(Scope::QueuesWrite)?;
        let base = &self.ports.base;
        let found = base.accounts.account(caller.org, id).await?;
        let (account, _) = found.ok_or(ServiceError::NotFound("this account"))?;
        let action = match is_paused {
            true => "queue.paused",
            false => "queue.resumed",
        };
        let event = Trail::of(base, caller).event(action, ("account", id), &json!({}));
        let outbox = &self.ports.outbox;
        outbox
            .pause_queue(caller.org, id, is_paused, vec![event])
            .await?;
        self.numbers.changed(caller.org).await;
        self.wakes.changed(id);
        let queues = self.overviews(caller.org).await?;
        let overview = queues.into_iter().find(|queue| queue.account == id);
        let overview = overview.ok_or(StoreError::Missing("this account's queue"))?;
        Ok(self.queue(account, overview))
    }

    async fn overviews(&self, org: OrgId) -> Result<Vec<QueueOverview>, StoreError> {
        let now = self.ports.base.now();
        let stuck_before = now - self.stuck_after;
        let outbox = &self.ports.outbox;
        outbox.queues(org, now, stuck_before, COUNTED).await
    }

    fn queue(&self, account: Account, overview: QueueOverview) -> Queue {
        let now = self.ports.base.now();
        Queue {
            rate: Rate::of_health(&account.health),
            sent_last_minute: self.meter.last_minute(account.id, now),
            account,
            overview,
            counts_up_to: COUNTED,
        }
    }

    async fn accounts(&self, caller: &Caller) -> Result<Vec<Account>, SendError> {
        let mut request = PageRequest {
            after: None,
            limit: Limit::MAX,
        };
        let mut all = Vec::new();
        loop {
            let accounts = &self.ports.base.accounts;
            let page = accounts.list_accounts(caller.org, false, request).await?;
            all.extend(page.rows.into_iter().map(|(account, _)| account));
            request.after = page.next;
            if request.after.is_none() || all.len() >= ACCOUNTS {
                return Ok(all);
            }
        }
    }
}

fn is_used(queue: &QueueOverview) -> bool {
    let waiting = queue.waiting.iter().map(|(_, count)| *count);
    let counts = queue.due.into_iter().chain(waiting);
    counts.sum::<i64>() + queue.dispatching + queue.proving + queue.unknown > 0
}
