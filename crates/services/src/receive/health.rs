//! The health of receiving, for an organisation and for the platform's operator.

use std::collections::BTreeMap;

use chrono::Duration;
use wabakit_domain::{
    Time,
    delivery::ParkedState,
    ids::{OrgId, WabaId},
};
use wabakit_ports::store::{ChangeFilter, Limit, PageRequest, Scope, TrafficMinute};

use super::{JournalWriter, ReceivePorts};
use crate::{Caller, ServiceError};

/// The health of receiving for an organisation.
#[derive(Clone, PartialEq, Debug)]
pub struct WebhookHealth {
    /// Changes of the last five minutes, per minute.
    pub per_minute: f64,
    /// The time when the last change was received.
    pub last_at: Option<Time>,
    /// By WABA.
    pub wabas: Vec<WabaHealth>,
    /// Queued changes among the last hundred.
    pub queued: i64,
    /// Parked items, counted up to 200.
    pub parked: i64,
}

/// The health of receiving for a WABA.
#[derive(Clone, PartialEq, Debug)]
pub struct WabaHealth {
    /// Meta's id.
    pub waba: WabaId,
    /// Its name.
    pub name: Option<String>,
    /// The time when the last change was received.
    pub last_at: Option<Time>,
    /// Changes of the last five minutes, per minute.
    pub per_minute: f64,
    /// The average time from delivery to application in the last hour, in milliseconds.
    pub latency_average_ms: Option<f64>,
    /// The longest time in the last hour, in milliseconds.
    pub latency_max_ms: Option<i64>,
    /// Items that were parked in the last hour.
    pub parked: i64,
    /// The minutes of the last hour with changes, oldest first.
    pub minutes: Vec<TrafficMinute>,
}

/// The health of receiving for the platform.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PlatformHealth {
    /// Deliveries that wait to be split, counted up to 10,000.
    pub unsplit: i64,
    /// Queued changes, counted up to 10,000.
    pub queued: i64,
    /// Parked items, counted up to 200.
    pub parked: i64,
    /// Homeless items, counted up to 200.
    pub homeless: i64,
    /// Rejected requests in the last hour.
    pub rejected: i64,
    /// Deliveries that wait to be stored, in this process.
    pub writer_pending: usize,
}

const SHOWN: Duration = Duration::hours(1);
const RATE_OVER: Duration = Duration::minutes(5);
const COUNT_AT_MOST: i64 = 10_000;

pub(super) async fn of_org(
    ports: &ReceivePorts,
    caller: &Caller,
) -> Result<WebhookHealth, ServiceError> {
    let now = ports.base.now();
    let mut wabas = named(ports, caller.org).await?;
    let traffic = ports.changes.traffic(caller.org, now - SHOWN).await?;
    for minute in traffic {
        let (_, minutes) = wabas.entry(minute.waba.clone()).or_default();
        minutes.push(minute);
    }
    let wabas: Vec<WabaHealth> = wabas
        .into_iter()
        .map(|(waba, (name, minutes))| waba_health(waba, name, minutes, now))
        .collect();
    let page = PageRequest {
        after: None,
        limit: Limit::new(100),
    };
    let scope = Scope::Org(caller.org);
    let newest = ports
        .changes
        .changes(scope, ChangeFilter::default(), page)
        .await?;
    let queued = newest.rows.iter().filter(|change| change.is_queued).count();
    Ok(WebhookHealth {
        per_minute: wabas.iter().map(|waba| waba.per_minute).sum(),
        last_at: wabas.iter().filter_map(|waba| waba.last_at).max(),
        wabas,
        queued: i64::try_from(queued).unwrap_or(i64::MAX),
        parked: parked(ports, scope, ParkedState::Parked).await?,
    })
}

/// Returns the organisation's connected WABAs with their names, at most those of 200 numbers.
async fn named(
    ports: &ReceivePorts,
    org: OrgId,
) -> Result<BTreeMap<WabaId, (Option<String>, Vec<TrafficMinute>)>, ServiceError> {
    let page = PageRequest {
        after: None,
        limit: Limit::MAX,
    };
    let accounts = ports.base.accounts.list_accounts(org, true, page).await?;
    Ok(accounts
        .rows
        .into_iter()
        .map(|(account, _)| (account.waba_id, (account.waba_name, Vec::new())))
        .collect())
}

fn waba_health(
    waba: WabaId,
    name: Option<String>,
    minutes: Vec<TrafficMinute>,
    now: Time,
) -> WabaHealth {
    let changes: i64 = minutes.iter().map(|minute| minute.changes).sum();
    let latency: i64 = minutes.iter().map(|minute| minute.latency_sum_ms).sum();
    let recent = minutes
        .iter()
        .filter(|minute| minute.minute > now - RATE_OVER);
    let recent: i64 = recent.map(|minute| minute.changes).sum();
    WabaHealth {
        waba,
        name,
        last_at: minutes.iter().map(|minute| minute.last_at).max(),
        per_minute: recent as f64 / RATE_OVER.num_minutes() as f64,
        latency_average_ms: (changes > 0).then(|| latency as f64 / changes as f64),
        latency_max_ms: minutes.iter().map(|minute| minute.latency_max_ms).max(),
        parked: minutes.iter().map(|minute| minute.parked).sum(),
        minutes,
    }
}

pub(super) async fn of_platform(
    ports: &ReceivePorts,
    writer: &JournalWriter,
) -> Result<PlatformHealth, ServiceError> {
    let since = ports.base.now() - SHOWN;
    let rejections = ports.journal.rejections(since, COUNT_AT_MOST).await?;
    Ok(PlatformHealth {
        unsplit: ports.journal.unsplit_count(COUNT_AT_MOST).await?,
        queued: ports.changes.queued_count(COUNT_AT_MOST).await?,
        parked: parked(ports, Scope::Platform, ParkedState::Parked).await?,
        homeless: parked(ports, Scope::Platform, ParkedState::Homeless).await?,
        rejected: rejections.iter().map(|rejected| rejected.count).sum(),
        writer_pending: writer.pending(),
    })
}

async fn parked(
    ports: &ReceivePorts,
    scope: Scope,
    state: ParkedState,
) -> Result<i64, ServiceError> {
    let page = PageRequest {
        after: None,
        limit: Limit::MAX,
    };
    let found = ports.changes.parked(scope, Some(state), page).await?;
    Ok(i64::try_from(found.rows.len()).unwrap_or(i64::MAX))
}
