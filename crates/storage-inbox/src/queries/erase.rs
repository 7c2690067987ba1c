//! Erasing a person.

use std::collections::{BTreeSet, HashSet};

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use uuid::Uuid;
use wabakit_domain::{
    Time,
    audit::NewAuditEvent,
    event::{ErasureEvent, EventData},
    ids::{ContactId, IdBlock, OrgId},
};
use wabakit_ports::store::{Erased, Facts, StoreError};
use wabakit_stored::Stored as _;

use super::{Conn, stored};
use crate::{
    error::Fault,
    rows::MediaRow,
    schema::{
        contact_keys as keys, contact_merges as merges, contacts, conversations, media,
        merged_messages as moved, message_statuses as statuses, messages, org_events as log,
        outbox, uploads,
    },
    types::U,
    values::document,
};

/// SQLite takes 32,766 binds.
const CHUNK: usize = 10_000;

/// Erases the person. Where the log ends then is the caller's to fill in.
pub(super) async fn erase(
    conn: &mut Conn,
    org: OrgId,
    id: ContactId,
    audit: &[NewAuditEvent],
    (now, mut ids): (Time, IdBlock),
) -> Result<(Erased, Facts), Fault> {
    let contact = U(id.0);
    let own = contacts::table
        .find(contact)
        .filter(contacts::org_id.eq(U(org.0)));
    // The versions move on first, so that a batch that is being applied beside this one is done again.
    let found = diesel::update(own)
        .set(contacts::version.eq(contacts::version + 1))
        .execute(conn)
        .await?;
    if found == 0 {
        return Err(StoreError::Missing("the contact").into());
    }
    let threads: Vec<U> =
        diesel::update(conversations::table.filter(conversations::contact_id.eq(contact)))
            .set(conversations::version.eq(conversations::version + 1))
            .returning(conversations::id)
            .get_results(conn)
            .await?;
    let subjects = subjects(conn, org, contact, &threads).await?;
    diesel::delete(merges::table.filter(merges::into_id.eq(contact)))
        .execute(conn)
        .await?;
    let (files, messages) = forget_messages(conn, contact, &threads).await?;
    let files = without_uploads(conn, org, files).await?;
    let gone = files.iter().map(|file| file.bytes).sum::<i64>();
    diesel::delete(keys::table.filter(keys::contact_id.eq(contact)))
        .execute(conn)
        .await?;
    diesel::delete(conversations::table.filter(conversations::id.eq_any(threads)))
        .execute(conn)
        .await?;
    diesel::delete(contacts::table.find(contact))
        .execute(conn)
        .await?;

    let erased = EventData::ContactErased(ErasureEvent { contact: id });
    let blank = document(&erased)?;
    let of_person = log::table
        .filter(log::org_id.eq(U(org.0)))
        .filter(log::subject_id.eq_any(subjects));
    diesel::update(of_person)
        .set((log::data.eq(blank), log::subject_id.eq(None::<U>)))
        .execute(conn)
        .await?;
    stored::count(conn, org, -gone, None).await?;
    let mut facts = Facts::audit(audit);
    facts.tell(&mut ids, org, now, erased)?;
    let erased = Erased {
        files: files.into_iter().map(|file| file.key).collect(),
        messages,
        head: 0,
    };
    Ok((erased, facts))
}

/// By what the log knows the person: contacts that were merged, and the conversations that went with them.
async fn subjects(conn: &mut Conn, org: OrgId, contact: U, threads: &[U]) -> Result<Vec<U>, Fault> {
    let mut people: BTreeSet<Uuid> = BTreeSet::from([contact.0]);
    let mut subjects: HashSet<U> = threads.iter().copied().collect();
    let mut ask = vec![contact];
    while !ask.is_empty() {
        subjects.extend(ask.iter().copied());
        let merges: Vec<String> = log::table
            .filter(log::org_id.eq(U(org.0)))
            .filter(log::subject_id.eq_any(ask))
            .filter(log::data.like("%contact.merged%"))
            .select(log::data)
            .load(conn)
            .await?;
        ask = Vec::new();
        for merge in merges {
            if let Ok(EventData::ContactMerged(merge)) = EventData::from_json(&merge) {
                subjects.extend(merge.conversations.iter().map(|(gone, _)| U(gone.0)));
                if people.insert(merge.merged.0) {
                    ask.push(U(merge.merged.0));
                }
            }
        }
    }
    Ok(subjects.into_iter().collect())
}

/// A file of the person's messages in the store of files.
struct StoredFile {
    key: String,
    bytes: i64,
}

/// A file that somebody uploaded may have gone to others as well.
async fn without_uploads(
    conn: &mut Conn,
    org: OrgId,
    mut files: Vec<StoredFile>,
) -> QueryResult<Vec<StoredFile>> {
    let mut kept: HashSet<String> = HashSet::new();
    for files in files.chunks(CHUNK) {
        let keys: Vec<&str> = files.iter().map(|file| file.key.as_str()).collect();
        let of_org = uploads::table
            .filter(uploads::org_id.eq(U(org.0)))
            .filter(uploads::key.eq_any(keys))
            .select(uploads::key);
        kept.extend(of_org.load::<String>(conn).await?);
    }
    files.retain(|file| !kept.contains(&file.key));
    Ok(files)
}

/// Messages, timelines and files. Answers where files are, and how many messages went.
async fn forget_messages(
    conn: &mut Conn,
    contact: U,
    threads: &[U],
) -> Result<(Vec<StoredFile>, i64), Fault> {
    type Found = (U, U, Option<U>);
    let columns = (messages::id, messages::conversation_id, messages::media_id);
    let mut found: Vec<Found> = messages::table
        .filter(messages::conversation_id.eq_any(threads))
        .select(columns)
        .load(conn)
        .await?;
    let in_groups: Vec<Found> = messages::table
        .filter(messages::contact_id.eq(contact))
        .filter(messages::group_id.is_not_null())
        .select(columns)
        .load(conn)
        .await?;
    let groups: HashSet<U> = in_groups.iter().map(|(_, group, _)| *group).collect();
    let groups: Vec<U> = groups.into_iter().collect();
    found.extend(in_groups);
    let mut files = Vec::new();
    for found in found.chunks(CHUNK) {
        let ids: Vec<U> = found.iter().map(|(id, ..)| *id).collect();
        let media_ids: Vec<U> = found.iter().filter_map(|(.., media)| *media).collect();
        let gone: Vec<MediaRow> = diesel::delete(media::table.filter(media::id.eq_any(media_ids)))
            .returning(MediaRow::as_returning())
            .get_results(conn)
            .await?;
        files.extend(gone.into_iter().filter_map(|row| {
            let bytes = row.stored_bytes();
            row.key.map(|key| StoredFile { key, bytes })
        }));
        diesel::delete(statuses::table.filter(statuses::message_id.eq_any(ids.clone())))
            .execute(conn)
            .await?;
        let shown_last = conversations::table
            .filter(conversations::id.eq_any(groups.clone()))
            .filter(conversations::last_message_id.eq_any(ids.clone()));
        diesel::update(shown_last)
            .set((
                conversations::last_message_id.eq(None::<U>),
                conversations::version.eq(conversations::version + 1),
            ))
            .execute(conn)
            .await?;
        diesel::delete(moved::table.filter(moved::message_id.eq_any(ids.clone())))
            .execute(conn)
            .await?;
        diesel::delete(messages::table.filter(messages::id.eq_any(ids.clone())))
            .execute(conn)
            .await?;
        diesel::delete(outbox::table.filter(outbox::id.eq_any(ids)))
            .execute(conn)
            .await?;
    }
    let messages = i64::try_from(found.len()).unwrap_or(i64::MAX);
    Ok((files, messages))
}
