//! Two contacts that are one. Rare, so each step is a statement of its own.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use uuid::Uuid;
use wabakit_domain::inbox::Merge;
use wabakit_ports::store::StoreError;

use super::{super::outbox::follow, Conn, load::Known};
use crate::{
    among::AmongValues as _,
    error::{Fault, Violation as _},
    rows::MergeRow,
    schema::{
        contact_keys as keys, contact_merges as merges, contacts, conversations, media,
        merged_messages as moved, messages, waiting_updates as waiting,
    },
    types::{PUuid, U},
};

/// Gives all that one contact has to the other. What came to either since they were read is a conflict: the
/// version tells, and the foreign key of a conversation that is just being made.
pub(super) async fn merge(conn: &mut Conn, merge: &Merge, known: &Known) -> Result<(), Fault> {
    let (from, into) = (U(merge.from.0), U(merge.into.0));
    diesel::update(keys::table.filter(keys::contact_id.eq(from)))
        .set(keys::contact_id.eq(into))
        .execute(conn)
        .await?;
    let theirs = conversations::table
        .filter(conversations::contact_id.eq(from))
        .select(conversations::id);
    let theirs: Vec<U> = theirs.load(conn).await?;
    record(conn, merge, &theirs).await?;
    let written = messages::table
        .filter(messages::conversation_id.among(theirs))
        .filter(messages::contact_id.eq(from));
    diesel::update(written)
        .set(messages::contact_id.eq(into))
        .execute(conn)
        .await?;
    // Word for word what the index of members says.
    let in_groups = messages::table
        .filter(messages::contact_id.eq(from))
        .filter(messages::group_id.is_not_null());
    diesel::update(in_groups)
        .set(messages::contact_id.eq(into))
        .execute(conn)
        .await?;
    for (gone, left) in &merge.conversations {
        let (gone, left) = (U(gone.0), U(left.0));
        diesel::update(waiting::table.filter(waiting::conversation_id.eq(gone)))
            .set(waiting::conversation_id.eq(left))
            .execute(conn)
            .await?;
        diesel::update(media::table.filter(media::conversation_id.eq(gone)))
            .set(media::conversation_id.eq(left))
            .execute(conn)
            .await?;
        diesel::update(messages::table.filter(messages::conversation_id.eq(gone)))
            .set(messages::conversation_id.eq(left))
            .execute(conn)
            .await?;
        follow(conn, left).await?;
        let version = version(&known.conversations, gone);
        let gone = conversations::table
            .find(gone)
            .filter(conversations::version.eq(version));
        expect(diesel::delete(gone).execute(conn).await?, version)?;
    }
    // Somebody else may just have begun the same conversation with who is left.
    diesel::update(conversations::table.filter(conversations::contact_id.eq(from)))
        .set(conversations::contact_id.eq(into))
        .execute(conn)
        .await
        .or_duplicate(StoreError::Conflict)?;
    let version = version(&known.contacts, from);
    let gone = contacts::table
        .find(from)
        .filter(contacts::version.eq(version));
    let gone = diesel::delete(gone).execute(conn).await;
    expect(gone.or_unrelated(StoreError::Conflict)?, version)
}

/// Notes what it takes to undo the merge: the contact, and which messages were in which of its conversations. Merges
/// into the contact that goes are from now on merges into the one that is left.
async fn record(conn: &mut Conn, merge: &Merge, theirs: &[U]) -> Result<(), Fault> {
    let (from, into) = (U(merge.from.0), U(merge.into.0));
    diesel::update(merges::table.filter(merges::into_id.eq(from)))
        .set(merges::into_id.eq(into))
        .execute(conn)
        .await?;
    let Some(row) = MergeRow::of(merge)? else {
        return Ok(());
    };
    let id = row.id;
    diesel::insert_into(merges::table)
        .values(row)
        .execute(conn)
        .await?;
    let direct = messages::table
        .filter(messages::conversation_id.among(theirs.to_vec()))
        .select((
            id.into_sql::<PUuid>(),
            messages::id,
            messages::conversation_id,
        ));
    diesel::insert_into(moved::table)
        .values(direct)
        .into_columns((moved::merge_id, moved::message_id, moved::conversation_id))
        .execute(conn)
        .await?;
    let in_groups = messages::table
        .filter(messages::contact_id.eq(from))
        .filter(messages::group_id.is_not_null())
        .select((
            id.into_sql::<PUuid>(),
            messages::id,
            messages::conversation_id,
        ));
    diesel::insert_into(moved::table)
        .values(in_groups)
        .into_columns((moved::merge_id, moved::message_id, moved::conversation_id))
        .execute(conn)
        .await?;
    Ok(())
}

/// The version of a row that was read, or 0 of one that the batch itself makes.
fn version(known: &std::collections::HashMap<Uuid, i64>, id: U) -> i64 {
    known.get(&id.0).copied().unwrap_or(0)
}

fn expect(gone: usize, version: i64) -> Result<(), Fault> {
    match gone == 1 || version == 0 {
        true => Ok(()),
        false => Err(StoreError::Conflict.into()),
    }
}
