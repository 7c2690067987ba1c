//! The log of webhooks: deliveries, changes, parked items and rejections, for the people who operate the system.

use std::sync::Arc;

use serde_json::json;
use wabakit_domain::{
    Time,
    audit::{Actor, NewAuditEvent},
    delivery::{Delivery, ParkedItem, ParkedState},
    ids::{ChangeId, DeliveryId, OrgId, ParkedItemId},
    principal,
};
use wabakit_ports::store::{
    ChangeFilter, ChangeOverview, DeliveryOverview, Page, PageRequest, Rejections, Replay, Scope,
};

use super::{
    JournalWriter, PlatformHealth, ReceivePorts, WebhookHealth, health,
    mask::{masked, revealed},
    wakes::Wakes,
};
use crate::{Caller, Invalid, ServiceError, audit::Trail};

/// The tenants whose webhooks a request is about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Whose {
    /// Those of the caller's organisation.
    Ours,
    /// Those of all organisations, and of none. For operators of the platform.
    Everybody,
}

/// The items and changes to apply again.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ReplayRequest {
    /// One parked item.
    Item(ParkedItemId),
    /// All items that are parked, homeless or unsupported.
    Parked,
    /// All changes received in a time range, from the first time to before the second, applied or not.
    Range(Time, Time),
}

/// The use cases of the log of webhooks.
#[derive(Clone)]
pub struct WebhookLogService {
    ports: ReceivePorts,
    writer: JournalWriter,
    wakes: Arc<Wakes>,
}

impl WebhookLogService {
    pub(super) const fn new(ports: ReceivePorts, writer: JournalWriter, wakes: Arc<Wakes>) -> Self {
        Self {
            ports,
            writer,
            wakes,
        }
    }

    /// Returns the health of receiving for the organisation.
    pub async fn health(&self, caller: &Caller) -> Result<WebhookHealth, ServiceError> {
        caller.require(principal::Scope::WebhooksRead)?;
        health::of_org(&self.ports, caller).await
    }

    /// Returns the health of receiving for the platform.
    pub async fn platform_health(&self, caller: &Caller) -> Result<PlatformHealth, ServiceError> {
        caller.require_operator()?;
        health::of_platform(&self.ports, &self.writer).await
    }

    /// Lists changes, newest first, without their bytes.
    pub async fn changes(
        &self,
        caller: &Caller,
        whose: Whose,
        filter: ChangeFilter,
        page: PageRequest<ChangeId>,
    ) -> Result<Page<ChangeOverview, ChangeId>, ServiceError> {
        let scope = scope(caller, whose)?;
        Ok(self.ports.changes.changes(scope, filter, page).await?)
    }

    /// Returns a change with Meta's bytes as text, masked. With `reveal` the text is unmasked, and the audit log
    /// records it.
    ///
    /// # Errors
    /// When it does not exist.
    pub async fn change(
        &self,
        caller: &Caller,
        whose: Whose,
        id: ChangeId,
        reveal: bool,
    ) -> Result<(ChangeOverview, String), ServiceError> {
        let scope = scope(caller, whose)?;
        if reveal {
            may_act(caller, whose)?;
        }
        let found = self.ports.changes.change(scope, id).await?;
        let found = found.ok_or(ServiceError::NotFound("this change"))?;
        let subject = ("webhook_change", id.to_string());
        let raw = self.shown(caller, whose, subject, &found.change.raw, reveal);
        let raw = raw.await?;
        Ok((found, raw))
    }

    /// Lists parked items, newest first, without their bytes.
    pub async fn parked(
        &self,
        caller: &Caller,
        whose: Whose,
        state: Option<ParkedState>,
        page: PageRequest<ParkedItemId>,
    ) -> Result<Page<ParkedItem, ParkedItemId>, ServiceError> {
        let scope = scope(caller, whose)?;
        Ok(self.ports.changes.parked(scope, state, page).await?)
    }

    /// Returns a parked item with Meta's bytes as text, masked. With `reveal` the text is unmasked, and the audit log
    /// records it.
    ///
    /// # Errors
    /// When it does not exist.
    pub async fn parked_item(
        &self,
        caller: &Caller,
        whose: Whose,
        id: ParkedItemId,
        reveal: bool,
    ) -> Result<(ParkedItem, String), ServiceError> {
        let scope = scope(caller, whose)?;
        if reveal {
            may_act(caller, whose)?;
        }
        let found = self.ports.changes.parked_item(scope, id).await?;
        let found = found.ok_or(ServiceError::NotFound("this item"))?;
        let subject = ("parked_item", id.to_string());
        let raw = self.shown(caller, whose, subject, &found.raw, reveal);
        let raw = raw.await?;
        Ok((found, raw))
    }

    async fn shown(
        &self,
        caller: &Caller,
        whose: Whose,
        subject: (&str, String),
        raw: &[u8],
        reveal: bool,
    ) -> Result<String, ServiceError> {
        if !reveal {
            return Ok(masked(raw));
        }
        let (base, org) = (&self.ports.base, log_of(caller, whose));
        let trail = Trail::by(base, org, caller.actor(), caller.request_id);
        let event = trail.event("webhook.revealed", subject, &json!({}));
        base.audit.record(org, vec![event]).await?;
        Ok(revealed(raw))
    }

    /// Applies items and changes again, in the background. Applying one twice changes nothing. Returns how many.
    ///
    /// # Errors
    /// When an item does not exist; for a range that is empty.
    pub async fn replay(
        &self,
        caller: &Caller,
        whose: Whose,
        request: ReplayRequest,
    ) -> Result<i64, ServiceError> {
        let scope = scope(caller, whose)?;
        may_act(caller, whose)?;
        let trail_org = log_of(caller, whose);
        let trail = Trail::by(
            &self.ports.base,
            trail_org,
            caller.actor(),
            caller.request_id,
        );
        let (which, subject, data) = match request {
            ReplayRequest::Item(id) => (Replay::Item(id), id.to_string(), json!({})),
            ReplayRequest::Parked => (Replay::Parked, "parked".to_owned(), json!({})),
            ReplayRequest::Range(from, to) => {
                if from >= to {
                    let detail = "The end must come after the beginning.";
                    return Err(Invalid::new("/to", detail).into());
                }
                let data = json!({"from": from, "to": to});
                (Replay::Range(from, to), "range".to_owned(), data)
            }
        };
        let event = trail.event("webhook.replayed", ("parked_item", subject), &data);
        let replayed = self.replay_all(scope, which, event).await?;
        match (replayed, request) {
            (0, ReplayRequest::Item(_)) => Err(ServiceError::NotFound("this item")),
            _ => Ok(replayed),
        }
    }

    /// Applies items and changes of all organisations again. For the command line.
    pub async fn replay_by_operator(&self, request: ReplayRequest) -> Result<i64, ServiceError> {
        let org = OrgId::PLATFORM;
        let which = match request {
            ReplayRequest::Item(id) => Replay::Item(id),
            ReplayRequest::Parked => Replay::Parked,
            ReplayRequest::Range(from, to) => Replay::Range(from, to),
        };
        let data = json!({"what": format!("{request:?}")});
        let trail = Trail::by(&self.ports.base, org, Actor::Operator, None);
        let event = trail.event("webhook.replayed", ("parked_item", "platform"), &data);
        self.replay_all(Scope::Platform, which, event).await
    }

    /// Queues the replay part by part. The first write also stores the audit entry.
    async fn replay_all(
        &self,
        scope: Scope,
        which: Replay,
        event: NewAuditEvent,
    ) -> Result<i64, ServiceError> {
        let (mut replayed, mut after) = (0, None);
        let mut audit = vec![event];
        loop {
            let now = self.ports.base.now();
            let changes = &self.ports.changes;
            let audit = std::mem::take(&mut audit);
            let (count, last) = changes
                .replay(scope, which.clone(), after, now, audit)
                .await?;
            replayed += count;
            self.wakes.retry.notify_one();
            self.wakes.queued(u16::MAX);
            if count == 0 || last.is_none() || !matches!(which, Replay::Range(..)) {
                return Ok(replayed);
            }
            after = last;
        }
    }

    /// Discards a parked item for good.
    ///
    /// # Errors
    /// When it does not exist.
    pub async fn discard(
        &self,
        caller: &Caller,
        whose: Whose,
        id: ParkedItemId,
    ) -> Result<(), ServiceError> {
        let scope = scope(caller, whose)?;
        may_act(caller, whose)?;
        let org = log_of(caller, whose);
        let trail = Trail::by(&self.ports.base, org, caller.actor(), caller.request_id);
        let event = trail.event("webhook.discarded", ("parked_item", id), &json!({}));
        match self.ports.changes.discard(scope, id, vec![event]).await? {
            true => Ok(()),
            false => Err(ServiceError::NotFound("this item")),
        }
    }

    /// Lists whole deliveries, newest first, without their bytes.
    pub async fn deliveries(
        &self,
        caller: &Caller,
        unreadable_only: bool,
        page: PageRequest<DeliveryId>,
    ) -> Result<Page<DeliveryOverview, DeliveryId>, ServiceError> {
        caller.require_operator()?;
        Ok(self.ports.journal.deliveries(unreadable_only, page).await?)
    }

    /// Returns a whole delivery with Meta's bytes as text, masked. With `reveal` the text is unmasked, and the audit
    /// log records it.
    ///
    /// # Errors
    /// When it does not exist.
    pub async fn delivery(
        &self,
        caller: &Caller,
        id: DeliveryId,
        reveal: bool,
    ) -> Result<(Delivery, String), ServiceError> {
        caller.require_operator()?;
        let found = self.ports.journal.delivery(id).await?;
        let found = found.ok_or(ServiceError::NotFound("this delivery"))?;
        let subject = ("webhook_delivery", id.to_string());
        let raw = self.shown(caller, Whose::Everybody, subject, &found.body, reveal);
        let raw = raw.await?;
        Ok((found, raw))
    }

    /// Lists the counts of requests that were refused since a time, newest first, at most 200.
    pub async fn rejections(
        &self,
        caller: &Caller,
        since: Time,
    ) -> Result<Vec<Rejections>, ServiceError> {
        caller.require_operator()?;
        Ok(self.ports.journal.rejections(since, 200).await?)
    }
}

fn scope(caller: &Caller, whose: Whose) -> Result<Scope, ServiceError> {
    match whose {
        Whose::Ours => caller
            .require_any(&[
                principal::Scope::WebhooksRead,
                principal::Scope::WebhooksWrite,
            ])
            .map(|()| Scope::Org(caller.org)),
        Whose::Everybody => caller.require_operator().map(|()| Scope::Platform),
    }
}

fn may_act(caller: &Caller, whose: Whose) -> Result<(), ServiceError> {
    match whose {
        Whose::Ours => caller.require(principal::Scope::WebhooksWrite),
        Whose::Everybody => caller.require_operator(),
    }
}

/// Returns the organisation whose audit log records the act.
const fn log_of(caller: &Caller, whose: Whose) -> OrgId {
    match whose {
        Whose::Ours => caller.org,
        Whose::Everybody => OrgId::PLATFORM,
    }
}
