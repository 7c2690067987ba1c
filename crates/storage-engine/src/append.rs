//! Appends audit entries and events to their logs at the end of a write. Compiled once for each engine.

use std::collections::{BTreeMap, BTreeSet};

use wabakit_domain::{
    audit::{AuditEvent, NewAuditEvent},
    event::NewEvent,
    ids::OrgId,
};
use wabakit_ports::store::{Facts, LogHeads, StoreError};

use super::{Conn, bulk};
use crate::{
    audit::{AuditHeadRow, AuditRow},
    error::Fault,
    events::{EventRow, HeadRow},
    types::U,
};

/// Appends a write's facts, as its last statements. Every write locks the heads in the same order and holds them until
/// the commit: the audit logs' by org, then the event logs' by org. So two writes cannot wait for each other, no
/// sequence has a gap, and no reader passes an event that commits later.
///
/// Returns the last sequence of each touched org's event log.
pub(super) async fn append(conn: &mut Conn, facts: &Facts) -> Result<LogHeads, Fault> {
    append_audit(conn, &facts.audit).await?;
    append_events(conn, &facts.events).await
}

/// Chains the entries onto their orgs' logs.
async fn append_audit(conn: &mut Conn, entries: &[NewAuditEvent]) -> Result<(), Fault> {
    if entries.is_empty() {
        return Ok(());
    }
    let orgs: BTreeSet<OrgId> = entries.iter().map(|entry| entry.org).collect();
    let empty = orgs.into_iter().map(AuditHeadRow::empty).collect();
    let mut ends = BTreeMap::new();
    for head in bulk::take_audit_heads(conn, empty).await? {
        ends.insert(OrgId(head.org_id.0), head.read()?);
    }
    let mut rows = Vec::with_capacity(entries.len());
    for entry in entries {
        let (sequence, hash) = ends.entry(entry.org).or_insert((0, [0; 32]));
        let entry = AuditEvent::chain(entry.clone(), *sequence, hash);
        (*sequence, *hash) = (entry.sequence, entry.hash);
        rows.push(AuditRow::try_from(&entry)?);
    }
    bulk::insert(conn, rows).await?;
    let ends = ends.into_iter();
    let heads = ends.map(|(org, (sequence, hash))| AuditHeadRow {
        org_id: U(org.0),
        sequence,
        hash: hash.to_vec(),
    });
    bulk::replace(conn, heads.collect(), "org_id").await?;
    Ok(())
}

/// Takes each event's sequence from its organisation's head, and appends the events.
async fn append_events(conn: &mut Conn, new: &[NewEvent]) -> Result<LogHeads, Fault> {
    if new.is_empty() {
        return Ok(Vec::new());
    }
    let mut counts: BTreeMap<OrgId, i64> = BTreeMap::new();
    for event in new {
        *counts.entry(event.org).or_default() += 1;
    }
    let steps = counts.iter().map(|(org, count)| HeadRow {
        org_id: U(org.0),
        sequence: *count,
    });
    let moved = bulk::advance_event_heads(conn, steps.collect()).await?;
    let ends: BTreeMap<OrgId, i64> = moved
        .into_iter()
        .map(|head| (OrgId(head.org_id.0), head.sequence))
        .collect();
    let mut next: BTreeMap<OrgId, i64> = ends
        .iter()
        .map(|(org, end)| (*org, end - counts.get(org).copied().unwrap_or_default()))
        .collect();
    let rows: Result<Vec<EventRow>, StoreError> = new
        .iter()
        .map(|event| {
            let sequence = next.entry(event.org).or_default();
            *sequence += 1;
            EventRow::new(event, *sequence)
        })
        .collect();
    bulk::insert(conn, rows?).await?;
    Ok(ends.into_iter().collect())
}
