//! Who works on a number's queue, and what holds it up.

use std::collections::{BTreeSet, HashMap};

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use uuid::Uuid;
use wabakit_domain::{
    Time,
    audit::NewAuditEvent,
    ids::{AccountId, GrantId, OrgId},
};
use wabakit_ports::store::{Facts, QueueBlock, QueueLease, StoreError};

use super::super::{Conn, ids};
use crate::{
    among::AmongValues as _,
    error::Fault,
    rows::NumberQueueRow,
    schema::{number_inbound as inbound, number_queues as queues, whatsapp_accounts as accounts},
    types::{T, U},
    values::word,
};

/// What a lease tells of the account.
type AccountFacts = (U, U, U, String, String, bool, Option<String>, bool);

pub(super) async fn lease(
    conn: &mut Conn,
    owner: Uuid,
    wanted: &[AccountId],
    (now, until): (Time, Time),
) -> Result<Vec<QueueLease>, Fault> {
    let wanted: BTreeSet<AccountId> = wanted.iter().copied().collect();
    let wanted = ids(&Vec::from_iter(wanted), |id| id.0);
    let facts = facts(conn, wanted).await?;
    let mut there: Vec<U> = facts.keys().map(|id| U(*id)).collect();
    there.sort_unstable_by_key(|id| id.0);
    let rows = held_rows(conn, there).await?;
    let is_own = |row: &&NumberQueueRow| row.owner == Some(U(owner));
    let kept: Vec<U> = rows
        .iter()
        .filter(is_own)
        .map(|row| row.account_id)
        .collect();
    let free = |row: &&NumberQueueRow| !is_own(row) && !row.is_held(now);
    let taken: Vec<U> = rows.iter().filter(free).map(|row| row.account_id).collect();
    diesel::update(queues::table.filter(queues::account_id.among(kept.clone())))
        .set(queues::until.eq(T(until)))
        .execute(conn)
        .await?;
    diesel::update(queues::table.filter(queues::account_id.among(taken.clone())))
        .set((
            queues::owner.eq(U(owner)),
            queues::epoch.eq(queues::epoch + 1),
            queues::until.eq(T(until)),
        ))
        .execute(conn)
        .await?;
    let counts: Vec<(U, i64)> = inbound::table
        .filter(inbound::account_id.among([kept.clone(), taken.clone()].concat()))
        .load(conn)
        .await?;
    let counts: HashMap<Uuid, i64> = counts
        .into_iter()
        .map(|(id, count)| (id.0, count))
        .collect();
    let mut leases = Vec::new();
    for row in rows {
        let is_kept = kept.contains(&row.account_id);
        if !is_kept && !taken.contains(&row.account_id) {
            continue;
        }
        let Some((_, org, grant, number, waba, is_active, level, is_coexistence)) =
            facts.get(&row.account_id.0).cloned()
        else {
            continue;
        };
        leases.push(QueueLease {
            org: OrgId(org.0),
            account: AccountId(row.account_id.0),
            epoch: row.epoch + i64::from(!is_kept),
            is_kept,
            phone_number_id: number.into(),
            waba_id: waba.into(),
            grant: GrantId(grant.0),
            is_active,
            throughput_level: level,
            is_coexistence,
            is_paused: row.is_paused,
            block: row.block()?,
            inbound: counts.get(&row.account_id.0).copied().unwrap_or(0),
        });
    }
    Ok(leases)
}

async fn facts(conn: &mut Conn, wanted: Vec<U>) -> QueryResult<HashMap<Uuid, AccountFacts>> {
    let rows: Vec<AccountFacts> = accounts::table
        .filter(accounts::id.among(wanted))
        .select((
            accounts::id,
            accounts::org_id,
            accounts::grant_id,
            accounts::phone_number_id,
            accounts::waba_id,
            accounts::is_active,
            accounts::throughput_level,
            accounts::is_coexistence,
        ))
        .load(conn)
        .await?;
    Ok(rows.into_iter().map(|row| (row.0.0, row)).collect())
}

/// The queues' rows, made where there are none, and locked in order: whoever dispatches holds several as well.
async fn held_rows(conn: &mut Conn, wanted: Vec<U>) -> QueryResult<Vec<NumberQueueRow>> {
    let rows = lock(conn, wanted.clone()).await?;
    if rows.len() == wanted.len() {
        return Ok(rows);
    }
    let missing = wanted
        .iter()
        .filter(|id| !rows.iter().any(|row| row.account_id == **id));
    for id in missing {
        diesel::insert_into(queues::table)
            .values(NumberQueueRow::new(AccountId(id.0)))
            .on_conflict_do_nothing()
            .execute(conn)
            .await?;
    }
    lock(conn, wanted).await
}

async fn lock(conn: &mut Conn, wanted: Vec<U>) -> QueryResult<Vec<NumberQueueRow>> {
    let rows = queues::table
        .filter(queues::account_id.among(wanted))
        .order(queues::account_id.asc())
        .select(NumberQueueRow::as_select());
    locked!(rows).load(conn).await
}

pub(super) async fn release(
    conn: &mut Conn,
    owner: Uuid,
    accounts: &[AccountId],
) -> QueryResult<()> {
    let rows = lock(conn, ids(accounts, |id| id.0)).await?;
    let own = rows.iter().filter(|row| row.owner == Some(U(owner)));
    let own: Vec<U> = own.map(|row| row.account_id).collect();
    diesel::update(queues::table.filter(queues::account_id.among(own)))
        .set((queues::owner.eq(None::<U>), queues::until.eq(None::<T>)))
        .execute(conn)
        .await?;
    Ok(())
}

pub(super) async fn block(
    conn: &mut Conn,
    account: AccountId,
    epoch: i64,
    block: Option<&QueueBlock>,
) -> Result<(), Fault> {
    let reason = block.map(|block| word(&block.reason)).transpose()?;
    let queue = queues::table
        .find(U(account.0))
        .filter(queues::epoch.eq(epoch));
    diesel::update(queue)
        .set((
            queues::block_reason.eq(reason),
            queues::block_until.eq(block.map(|block| T(block.until))),
            queues::block_code.eq(block.and_then(|block| block.code)),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

pub(super) async fn pause(
    conn: &mut Conn,
    (org, account): (OrgId, AccountId),
    is_paused: bool,
    audit: &[NewAuditEvent],
) -> Result<((), Facts), Fault> {
    let own = accounts::table
        .find(U(account.0))
        .filter(accounts::org_id.eq(U(org.0)))
        .select(accounts::id);
    let own: Option<U> = own.first(conn).await.optional()?;
    own.ok_or(StoreError::Missing("the account"))?;
    let queue = NumberQueueRow {
        is_paused,
        ..NumberQueueRow::new(account)
    };
    diesel::insert_into(queues::table)
        .values(queue)
        .on_conflict(queues::account_id)
        .do_update()
        .set(queues::is_paused.eq(is_paused))
        .execute(conn)
        .await?;
    Ok(((), Facts::audit(audit)))
}
