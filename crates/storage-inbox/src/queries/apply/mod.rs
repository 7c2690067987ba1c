//! Applying a batch: one transaction, and as many statements for a thousand items as for one.

mod load;
mod merge;
mod write;

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use uuid::Uuid;
use wabakit_domain::{
    Time,
    ids::IdBlock,
    inbox::{Item, Needs, Plan, Snapshot, plan},
};
use wabakit_ports::store::{ApplyBatch, Facts, StoreError};

use super::{Conn, Db, bulk, ids};
use crate::{
    among::AmongValues as _,
    error::{Fault, Violation as _},
    rows::ParkedRow,
    schema::{change_queue as queue, parked_items as parked},
};

/// Applies a batch. Returns how many files are due, with the facts.
pub(super) async fn apply(conn: &mut Conn, batch: &ApplyBatch) -> Result<(usize, Facts), Fault> {
    dequeue(conn, batch).await?;
    let plan = write(conn, &batch.items, batch.ids, batch.now).await?;
    let to_fetch = plan.media.iter().filter(|new| new.stored.is_none());
    let facts = Facts {
        audit: batch.audit.clone(),
        events: plan.events,
    };
    Ok((to_fetch.count(), facts))
}

/// Applies items. The caller returns the plan's events as facts.
pub(super) async fn write(
    conn: &mut Conn,
    items: &[Item],
    ids: IdBlock,
    now: Time,
) -> Result<Plan, Fault> {
    let needs = Needs::of(items);
    let (snapshot, known) = load::load(conn, &needs).await?;
    let plan = make(items, snapshot, ids, now)?;
    write::write(conn, &plan, &known, now).await?;
    Ok(plan)
}

async fn dequeue(conn: &mut Conn, batch: &ApplyBatch) -> Result<(), Fault> {
    let queued = queue::table.filter(queue::change_id.among(ids(&batch.dequeue, |id| id.0)));
    let taken = diesel::delete(queued).execute(conn).await?;
    let mut unparked = 0;
    if !batch.unpark.is_empty() {
        let again = parked::table.filter(parked::id.among(ids(&batch.unpark, |id| id.0)));
        unparked = diesel::delete(again).execute(conn).await?;
    }
    if taken != batch.dequeue.len() || unparked != batch.unpark.len() {
        return Err(StoreError::Conflict.into());
    }
    if !batch.replayed.is_empty() {
        let before = parked::change_id.among(ids(&batch.replayed, |id| id.0));
        diesel::delete(parked::table.filter(before))
            .execute(conn)
            .await?;
    }
    let park: Vec<ParkedRow> = batch
        .park
        .iter()
        .cloned()
        .map(ParkedRow::try_from)
        .collect::<Result<_, _>>()?;
    bulk::replace(conn, park, "change_id, item_index")
        .await
        .or_unrelated(StoreError::Missing("the change"))?;
    Ok(())
}

fn make(items: &[Item], snapshot: Snapshot, ids: IdBlock, now: Time) -> Result<Plan, StoreError> {
    let mut fresh = Ids {
        left: ids,
        are_spent: false,
    };
    let plan = plan(items, snapshot, now, &mut || fresh.next());
    if fresh.are_spent {
        return Err(StoreError::Forbidden(
            "a batch needs more ids than a block has",
        ));
    }
    match plan.refused.is_empty() {
        true => Ok(plan),
        false => Err(StoreError::Forbidden("an item cannot be applied")),
    }
}

struct Ids {
    left: IdBlock,
    are_spent: bool,
}

impl Ids {
    fn next(&mut self) -> Uuid {
        let id = self.left.next();
        self.are_spent |= id.is_none();
        id.unwrap_or_default()
    }
}
