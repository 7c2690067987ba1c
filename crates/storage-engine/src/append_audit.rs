//! Appending to the audit log: a hash chain per org. Compiled once for each engine.

use diesel::{QueryResult, prelude::*};
use diesel_async::RunQueryDsl;
use wabakit_domain::{
    audit::{AuditEvent, NewAuditEvent},
    ids::OrgId,
};

use super::Conn;
use crate::{
    audit::{AuditHeadRow, AuditRow, audit_events, audit_heads},
    error::Fault,
    types::U,
};

/// Records what a write did: its last statement. Each org's head is taken, and held until the commit, in the
/// order of the orgs' ids.
///
/// # Errors
/// What the database says, and [`StoreError`](wabakit_ports::store::StoreError) for text that it cannot hold.
pub async fn append_audit(conn: &mut Conn, events: &[NewAuditEvent]) -> Result<(), Fault> {
    let mut orgs: Vec<OrgId> = events.iter().map(|event| event.org).collect();
    orgs.sort_unstable();
    orgs.dedup();
    for org in orgs {
        let (mut sequence, mut hash) = take_head(conn, org).await?.read()?;
        for event in events.iter().filter(|event| event.org == org) {
            let entry = AuditEvent::chain(event.clone(), sequence, &hash);
            (sequence, hash) = (entry.sequence, entry.hash);
            diesel::insert_into(audit_events::table)
                .values(AuditRow::try_from(&entry)?)
                .execute(conn)
                .await?;
        }
        diesel::update(audit_heads::table.find(U(org.0)))
            .set((
                audit_heads::sequence.eq(sequence),
                audit_heads::hash.eq(hash.to_vec()),
            ))
            .execute(conn)
            .await?;
    }
    Ok(())
}

/// The org's head, made where it is not there. The update changes nothing: it takes the row's lock.
async fn take_head(conn: &mut Conn, org: OrgId) -> QueryResult<AuditHeadRow> {
    diesel::insert_into(audit_heads::table)
        .values(AuditHeadRow::empty(org))
        .on_conflict(audit_heads::org_id)
        .do_update()
        .set(audit_heads::sequence.eq(audit_heads::sequence))
        .returning(AuditHeadRow::as_returning())
        .get_result(conn)
        .await
}
