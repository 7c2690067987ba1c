//! Merges of contacts: listed, and undone by an admin.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use uuid::Uuid;
use wabakit_domain::{
    Time,
    audit::NewAuditEvent,
    contact::{Contact, ContactKey},
    conversation::{Conversation, Peer},
    event::{EventData, SplitEvent},
    ids::{AccountId, ContactId, ConversationId, IdBlock, OrgId},
    inbox::MergeUndo,
    phone::canonical,
};
use wabakit_ports::store::{ContactMerge, Facts, MOST_MERGES, Split, StoreError};

use super::Db;
use super::{Conn, outbox::follow};
use crate::{
    error::{Fault, Violation as _},
    rows::{ContactRow, ConversationRow, MergeRow},
    schema::{
        contact_keys as keys, contact_merges as merges, contacts, conversations, media,
        merged_messages as moved, messages,
    },
    types::{T, U},
    values::row as cells,
};

/// SQLite takes 32,766 binds.
const CHUNK: usize = 10_000;

/// The messages that a merge moved.
macro_rules! moved_of {
    ($merge:expr) => {
        moved::table
            .filter(moved::merge_id.eq(U($merge)))
            .select(moved::message_id)
    };
}

pub(super) async fn list(
    conn: &mut Conn,
    org: OrgId,
    into: ContactId,
) -> Result<Vec<ContactMerge>, Fault> {
    let rows: Vec<MergeRow> = merges::table
        .filter(merges::into_id.eq(U(into.0)))
        .filter(merges::org_id.eq(U(org.0)))
        .order(merges::id.desc())
        .limit(MOST_MERGES)
        .select(MergeRow::as_select())
        .into_boxed::<Db>()
        .load(conn)
        .await?;
    let found = rows.into_iter().map(|row| {
        let undone_at = row.undone_at.map(|at| at.0);
        Ok(ContactMerge {
            undo: undo_of(&row)?,
            undone_at,
        })
    });
    Ok(found.collect::<Result<_, StoreError>>()?)
}

fn undo_of(row: &MergeRow) -> Result<MergeUndo, StoreError> {
    cells("contact_merges", row.id.0)("contact").document(&row.contact)
}

pub(super) async fn split(
    conn: &mut Conn,
    org: OrgId,
    (into, merge): (ContactId, Uuid),
    audit: &[NewAuditEvent],
    (now, mut ids): (Time, IdBlock),
) -> Result<(Split, Facts), Fault> {
    let row: Option<MergeRow> = merges::table
        .find(U(merge))
        .filter(merges::org_id.eq(U(org.0)))
        .filter(merges::into_id.eq(U(into.0)))
        .filter(merges::undone_at.is_null())
        .select(MergeRow::as_select())
        .into_boxed::<Db>()
        .first(conn)
        .await
        .optional()?;
    let row = row.ok_or(StoreError::Missing("the merge"))?;
    let undo = undo_of(&row)?;
    let before: Option<ContactRow> = contacts::table
        .find(U(into.0))
        .select(ContactRow::as_select())
        .into_boxed::<Db>()
        .first(conn)
        .await
        .optional()?;
    let before = before.ok_or(StoreError::Missing("the contact"))?;
    let version = before.version;
    let mut left = Contact::try_from(before)?;
    let mut restored = undo.contact.clone();
    restored.keep_apart(left.id);
    restored.updated_at = now;
    left.keep_apart(restored.id);
    left.updated_at = now;
    for key in &undo.keys {
        forget(&mut left, key);
    }
    let changed = diesel::update(
        contacts::table
            .find(U(into.0))
            .filter(contacts::version.eq(version)),
    )
    .set(ContactRow::new(&left, version + 1)?)
    .execute(conn)
    .await?;
    if changed == 0 {
        return Err(StoreError::Conflict.into());
    }
    diesel::insert_into(contacts::table)
        .values(ContactRow::new(&restored, 1)?)
        .execute(conn)
        .await
        .or_duplicate(StoreError::Conflict)?;
    for key in &undo.keys {
        let theirs = keys::table
            .filter(keys::org_id.eq(U(org.0)))
            .filter(keys::kind.eq(key.kind()))
            .filter(keys::value.eq(key.value()))
            .filter(keys::contact_id.eq(U(into.0)));
        diesel::update(theirs)
            .set(keys::contact_id.eq(U(restored.id.0)))
            .execute(conn)
            .await?;
    }
    let threads = give_back(conn, (org, merge), (into, restored.id), (now, &mut ids)).await?;
    // Earlier merges into the contact that is back are its own again.
    let back: Vec<U> = moved_of!(merge).load(conn).await?;
    let mut of_restored: BTreeSet<Uuid> = BTreeSet::new();
    for back in back.chunks(CHUNK) {
        let others: Vec<U> = moved::table
            .filter(moved::message_id.eq_any(back))
            .filter(moved::merge_id.ne(U(merge)))
            .select(moved::merge_id)
            .distinct()
            .load(conn)
            .await?;
        of_restored.extend(others.into_iter().map(|id| id.0));
    }
    let of_restored: Vec<U> = of_restored.into_iter().map(U).collect();
    let earlier = merges::table
        .filter(merges::id.eq_any(of_restored))
        .filter(merges::into_id.eq(U(into.0)))
        .filter(merges::merged_at.lt(row.merged_at));
    diesel::update(earlier)
        .set(merges::into_id.eq(U(restored.id.0)))
        .execute(conn)
        .await?;
    diesel::update(merges::table.find(U(merge)))
        .set(merges::undone_at.eq(T(now)))
        .execute(conn)
        .await?;
    diesel::delete(moved::table.filter(moved::merge_id.eq(U(merge))))
        .execute(conn)
        .await?;
    let mut facts = Facts::audit(audit);
    for thread in &threads {
        let data = EventData::ConversationUpdated(Box::new(thread.clone()));
        facts.tell(&mut ids, org, now, data)?;
    }
    let of_restored = threads
        .iter()
        .filter(|thread| thread.peer == Peer::Contact(restored.id));
    let data = EventData::ContactSplit(SplitEvent {
        contact: Box::new(left.clone()),
        restored: Box::new(restored.clone()),
        conversations: of_restored.map(|thread| thread.id).collect(),
    });
    facts.tell(&mut ids, org, now, data)?;
    Ok((
        Split {
            left,
            restored,
            head: 0,
        },
        facts,
    ))
}

/// Takes an id that goes back to the other contact.
fn forget(left: &mut Contact, key: &ContactKey) {
    match key {
        ContactKey::Phone(number) => {
            if left.phone.as_deref().map(canonical).as_ref() == Some(number) {
                left.phone = None;
            }
        }
        ContactKey::UserId(id) => {
            if left
                .user_id
                .as_ref()
                .is_some_and(|known| known.as_str() == id)
            {
                left.user_id = None;
            }
        }
        ContactKey::ParentUserId(id) => {
            let known = left.parent_user_id.as_ref();
            if known.is_some_and(|known| known.as_str() == id) {
                left.parent_user_id = None;
            }
        }
    }
}

/// Gives the messages back, each in the conversation that it was in. What came to such a conversation since stays with
/// the contact that is left. Answers the conversations that changed.
async fn give_back(
    conn: &mut Conn,
    (org, merge): (OrgId, Uuid),
    (from, to): (ContactId, ContactId),
    (now, ids): (Time, &mut IdBlock),
) -> Result<Vec<Conversation>, Fault> {
    type Place = (U, U, Option<String>);
    let places: Vec<Place> = moved::table
        .inner_join(messages::table.on(messages::id.eq(moved::message_id)))
        .filter(moved::merge_id.eq(U(merge)))
        .select((
            moved::conversation_id,
            messages::account_id,
            messages::group_id,
        ))
        .distinct()
        .load(conn)
        .await?;
    let places: BTreeMap<Uuid, AccountId> = places
        .into_iter()
        .filter(|(_, _, group)| group.is_none())
        .map(|(thread, account, _)| (thread.0, AccountId(account.0)))
        .collect();
    let rows: Vec<ConversationRow> = conversations::table
        .filter(conversations::contact_id.eq(U(from.0)))
        .select(ConversationRow::as_select())
        .into_boxed::<Db>()
        .load(conn)
        .await?;
    let mut threads = BTreeMap::new();
    for row in rows {
        let version = row.version;
        let thread = Conversation::try_from(row)?;
        threads.insert(thread.account, (thread, version));
    }
    let mut touched: BTreeSet<ConversationId> = BTreeSet::new();
    for (thread, account) in places {
        let thread = ConversationId(thread);
        let known = threads.get(&account);
        let fresh = |id, peer| {
            let mut new = Conversation::new(id, org, account, peer, now, now);
            if let Some((known, _)) = known {
                new.last_message_at = known.last_message_at;
            }
            new
        };
        match known {
            // It was moved whole: it goes back, and the other contact gets one for what came since.
            Some((known, version)) if known.id == thread => {
                let id = ids.next().ok_or(StoreError::Forbidden(
                    "a write needs more ids than its block has",
                ))?;
                let rest = ConversationId(id);
                diesel::update(
                    conversations::table
                        .find(U(thread.0))
                        .filter(conversations::version.eq(version)),
                )
                .set((
                    conversations::contact_id.eq(U(to.0)),
                    conversations::version.eq(version + 1),
                ))
                .execute(conn)
                .await?;
                put(conn, &fresh(rest, Peer::Contact(from))).await?;
                let since = messages::table
                    .filter(messages::conversation_id.eq(U(thread.0)))
                    .filter(messages::id.ne_all(moved_of!(merge)));
                diesel::update(since)
                    .set(messages::conversation_id.eq(U(rest.0)))
                    .execute(conn)
                    .await?;
                let files = messages::table
                    .filter(messages::conversation_id.eq(U(rest.0)))
                    .select(messages::id);
                diesel::update(media::table.filter(media::message_id.eq_any(files)))
                    .set(media::conversation_id.eq(U(rest.0)))
                    .execute(conn)
                    .await?;
                touched.insert(rest);
            }
            other => {
                put(conn, &fresh(thread, Peer::Contact(to))).await?;
                touched.extend(other.map(|(known, _)| known.id));
            }
        }
        let back = || {
            moved::table
                .filter(moved::merge_id.eq(U(merge)))
                .filter(moved::conversation_id.eq(U(thread.0)))
                .select(moved::message_id)
        };
        diesel::update(messages::table.filter(messages::id.eq_any(back())))
            .set(messages::conversation_id.eq(U(thread.0)))
            .execute(conn)
            .await?;
        diesel::update(media::table.filter(media::message_id.eq_any(back())))
            .set(media::conversation_id.eq(U(thread.0)))
            .execute(conn)
            .await?;
        touched.insert(thread);
    }
    let theirs = messages::table
        .filter(messages::id.eq_any(moved_of!(merge)))
        .filter(messages::contact_id.eq(U(from.0)));
    diesel::update(theirs)
        .set(messages::contact_id.eq(U(to.0)))
        .execute(conn)
        .await?;
    let mut changed = Vec::new();
    for id in touched {
        follow(conn, U(id.0)).await?;
        changed.extend(refresh(conn, id, now).await?);
    }
    Ok(changed)
}

async fn put(conn: &mut Conn, thread: &Conversation) -> Result<(), Fault> {
    diesel::insert_into(conversations::table)
        .values(ConversationRow::new(thread, 1)?)
        .execute(conn)
        .await
        .or_duplicate(StoreError::Conflict)?;
    Ok(())
}

/// Reads anew what a conversation shows of its messages. One without any goes.
async fn refresh(
    conn: &mut Conn,
    id: ConversationId,
    now: Time,
) -> Result<Option<Conversation>, Fault> {
    let newest = |inbound: bool| {
        let mut query = messages::table
            .filter(messages::conversation_id.eq(U(id.0)))
            .order((messages::at.desc(), messages::id.desc()))
            .select((messages::id, messages::at))
            .into_boxed::<super::Db>();
        if inbound {
            query = query.filter(messages::direction.eq("inbound"));
        }
        query
    };
    let last: Option<(U, T)> = newest(false).first(conn).await.optional()?;
    let heard: Option<(U, T)> = newest(true).first(conn).await.optional()?;
    let thread = conversations::table.find(U(id.0));
    let Some((last, at)) = last else {
        diesel::delete(thread).execute(conn).await?;
        return Ok(None);
    };
    let row: ConversationRow = diesel::update(thread)
        .set((
            conversations::last_message_id.eq(last),
            conversations::last_message_at.eq(at),
            conversations::last_inbound_at.eq(heard.map(|(_, at)| at)),
            conversations::user_id.eq(None::<String>),
            conversations::unread.eq(0),
            conversations::updated_at.eq(T(now)),
            conversations::version.eq(conversations::version + 1),
        ))
        .returning(ConversationRow::as_returning())
        .get_result(conn)
        .await?;
    Ok(Some(Conversation::try_from(row)?))
}
