//! Conversations and their messages, for people.

use std::collections::HashMap;

use async_trait::async_trait;
use diesel::dsl::{exists, sql};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use uuid::Uuid;
use wabakit_domain::{
    Time,
    audit::NewAuditEvent,
    contact::Contact,
    conversation::Conversation,
    event::EventData,
    ids::{ContactId, ConversationId, IdBlock, MessageId, OrgId, Wamid},
    media::Media,
    message::{Message, StatusEntry},
};
use wabakit_ports::store::{
    Assignee, ContactMerge, ConversationChange, ConversationFilter, ConversationOverview, Erased,
    Facts, InboxStore, MessageDetail, Page, PageRequest, Split, StoreError, TimeKey,
};

use super::{Conn, Db, Store, contacts as people, end_of, erase, quoted, split};
use crate::{
    among::AmongValues as _,
    error::Fault,
    rows::{ContactRow, ConversationRow, MediaRow, StatusRow, StoredMessage},
    schema::{contacts, conversations, media, message_statuses as statuses, messages, outbox},
    types::{PUuid, T, U},
    values::word,
};

async fn page(
    conn: &mut Conn,
    org: OrgId,
    filter: &ConversationFilter,
    page: PageRequest<TimeKey<ConversationId>>,
) -> Result<Page<ConversationOverview, TimeKey<ConversationId>>, Fault> {
    let searched = filter.search.as_deref().map(people::Searched::of);
    let few = match &searched {
        Some(searched) => searched.candidates(conn, org).await?,
        None => None,
    };
    let mut query = conversations::table
        .order((
            conversations::last_message_at.desc(),
            conversations::id.desc(),
        ))
        .limit(page.limit.get() + 1)
        .select(ConversationRow::as_select())
        .into_boxed::<Db>();
    query = match few {
        // By no index of the organisation: the people's is the one that reads few rows.
        Some(few) => query
            .filter(
                sql::<PUuid>("coalesce(conversations.org_id, conversations.org_id)").eq(U(org.0)),
            )
            .filter(conversations::contact_id.among(few)),
        None => query.filter(conversations::org_id.eq(U(org.0))),
    };
    if let Some((at, id)) = page.after {
        // The first comparison is what the index begins at.
        let at = T(at);
        let later = conversations::last_message_at
            .lt(at)
            .or(conversations::id.lt(U(id.0)));
        query = query
            .filter(conversations::last_message_at.le(at))
            .filter(later);
    }
    if let Some(account) = filter.account {
        query = query.filter(conversations::account_id.eq(U(account.0)));
    }
    if let Some(state) = filter.state {
        query = query.filter(conversations::state.eq(word(&state)?));
    }
    if filter.unread {
        query = query.filter(conversations::unread.gt(0));
    }
    query = match filter.assignee {
        Some(Assignee::User(user)) => query.filter(conversations::assignee_id.eq(U(user.0))),
        Some(Assignee::Nobody) => query.filter(conversations::assignee_id.is_null()),
        None => query,
    };
    if let Some(contact) = filter.contact {
        query = query.filter(conversations::contact_id.eq(U(contact.0)));
    }
    if let Some(searched) = &searched {
        let found = contacts::table
            .filter(contacts::id.nullable().eq(conversations::contact_id))
            .filter(people::found_by!(searched.patterns()?));
        query = query.filter(exists(found));
    }
    let rows: Vec<ConversationRow> = query.load(conn).await?;
    let found = overviews(conn, rows).await?;
    Ok(Page::cut(found, page.limit, |one| {
        (one.conversation.last_message_at, one.conversation.id)
    }))
}

/// The conversations with their contacts and newest messages.
async fn overviews(
    conn: &mut Conn,
    rows: Vec<ConversationRow>,
) -> Result<Vec<ConversationOverview>, Fault> {
    let people: Vec<U> = rows.iter().filter_map(|row| row.contact_id).collect();
    let last: Vec<U> = rows.iter().filter_map(|row| row.last_message_id).collect();
    let people: HashMap<Uuid, Contact> = contacts::table
        .filter(contacts::id.among(people))
        .select(ContactRow::as_select())
        .into_boxed::<Db>()
        .load(conn)
        .await?
        .into_iter()
        .map(|row: ContactRow| Ok((row.id.0, Contact::try_from(row)?)))
        .collect::<Result<_, StoreError>>()?;
    let last: Vec<StoredMessage> = messages::table
        .left_join(outbox::table)
        .filter(messages::id.among(last))
        .select(StoredMessage::as_select())
        .into_boxed::<Db>()
        .load(conn)
        .await?;
    let mut newest: HashMap<Uuid, Message> = HashMap::new();
    for row in last {
        newest.insert(row.message.id.0, row.try_into()?);
    }
    let overviews = rows.into_iter().map(|row| {
        Ok(ConversationOverview {
            contact: row.contact_id.and_then(|id| people.get(&id.0).cloned()),
            last_message: row.last_message_id.and_then(|id| newest.remove(&id.0)),
            conversation: row.try_into()?,
        })
    });
    Ok(overviews.collect::<Result<_, StoreError>>()?)
}

async fn own(
    conn: &mut Conn,
    org: OrgId,
    id: ConversationId,
) -> QueryResult<Option<ConversationRow>> {
    conversations::table
        .find(U(id.0))
        .filter(conversations::org_id.eq(U(org.0)))
        .select(ConversationRow::as_select())
        .into_boxed::<Db>()
        .first(conn)
        .await
        .optional()
}

async fn thread(
    conn: &mut Conn,
    org: OrgId,
    id: ConversationId,
    page: PageRequest<TimeKey<MessageId>>,
) -> Result<Page<MessageDetail, TimeKey<MessageId>>, Fault> {
    let mut rows: Vec<StoredMessage> = Vec::new();
    if own(conn, org, id).await?.is_some() {
        let mut query = messages::table
            .left_join(outbox::table)
            .filter(messages::conversation_id.eq(U(id.0)))
            .order((messages::at.desc(), messages::id.desc()))
            .limit(page.limit.get() + 1)
            .select(StoredMessage::as_select())
            .into_boxed::<Db>();
        if let Some((at, id)) = page.after {
            let at = T(at);
            query = query
                .filter(messages::at.le(at))
                .filter(messages::at.lt(at).or(messages::id.lt(U(id.0))));
        }
        rows = query.load(conn).await?;
    }
    let found = details(conn, rows).await?;
    Ok(Page::cut(found, page.limit, |one| {
        (one.message.at, one.message.id)
    }))
}

/// The messages with their timelines and files.
async fn details(conn: &mut Conn, rows: Vec<StoredMessage>) -> Result<Vec<MessageDetail>, Fault> {
    let ids: Vec<U> = rows.iter().map(|row| row.message.id).collect();
    let files = rows.iter().filter_map(|row| row.message.media_id);
    let files: Vec<U> = files.collect();
    let reports: Vec<StatusRow> = statuses::table
        .filter(statuses::message_id.among(ids))
        .select(StatusRow::as_select())
        .into_boxed::<Db>()
        .load(conn)
        .await?;
    let mut timelines: HashMap<MessageId, Vec<StatusEntry>> = HashMap::new();
    for row in reports {
        let entry = StatusEntry::try_from(row)?;
        timelines.entry(entry.message).or_default().push(entry);
    }
    let files: Vec<MediaRow> = media::table
        .filter(media::id.among(files))
        .select(MediaRow::as_select())
        .into_boxed::<Db>()
        .load(conn)
        .await?;
    let mut media: HashMap<Uuid, Media> = HashMap::new();
    for row in files {
        media.insert(row.id.0, row.try_into()?);
    }
    let found = rows.into_iter().map(Message::try_from);
    let mut found = found.collect::<Result<Vec<_>, StoreError>>()?;
    quoted::fill(conn, &mut found).await?;
    let details = found.into_iter().map(|message| {
        let mut timeline = timelines.remove(&message.id).unwrap_or_default();
        timeline.sort_by(|a, b| {
            (a.at, a.status, &a.participant).cmp(&(b.at, b.status, &b.participant))
        });
        Ok(MessageDetail {
            timeline,
            media: message.media.and_then(|id| media.remove(&id.0)),
            message,
        })
    });
    Ok(details.collect::<Result<_, StoreError>>()?)
}

async fn message(
    conn: &mut Conn,
    org: OrgId,
    id: MessageId,
) -> Result<Option<MessageDetail>, Fault> {
    let row: Option<StoredMessage> = messages::table
        .left_join(outbox::table)
        .filter(messages::id.eq(U(id.0)))
        .filter(messages::org_id.eq(U(org.0)))
        .select(StoredMessage::as_select())
        .into_boxed::<Db>()
        .first(conn)
        .await
        .optional()?;
    Ok(details(conn, row.into_iter().collect()).await?.pop())
}

/// What a person changes. The outer `None` leaves a column as it is.
#[derive(AsChangeset)]
#[diesel(table_name = conversations)]
struct ChangeRow {
    state: Option<String>,
    assignee_id: Option<Option<U>>,
    unread: Option<i32>,
    updated_at: T,
}

async fn change(
    conn: &mut Conn,
    org: OrgId,
    id: ConversationId,
    change: &ConversationChange,
    audit: &[NewAuditEvent],
    (now, mut ids): (Time, IdBlock),
) -> Result<(Conversation, Facts), Fault> {
    let row = ChangeRow {
        state: change.state.as_ref().map(word).transpose()?,
        assignee_id: change.assignee.map(|assignee| match assignee {
            Assignee::User(user) => Some(U(user.0)),
            Assignee::Nobody => None,
        }),
        unread: change.unread,
        updated_at: T(now),
    };
    let own = conversations::table
        .find(U(id.0))
        .filter(conversations::org_id.eq(U(org.0)));
    let changed: Option<ConversationRow> = diesel::update(own)
        .set((row, conversations::version.eq(conversations::version + 1)))
        .returning(ConversationRow::as_returning())
        .get_result(conn)
        .await
        .optional()?;
    let changed = changed.ok_or(StoreError::Missing("the conversation"))?;
    let conversation = Conversation::try_from(changed)?;
    let mut facts = Facts::audit(audit);
    let data = EventData::ConversationUpdated(Box::new(conversation.clone()));
    facts.tell(&mut ids, org, now, data)?;
    Ok((conversation, facts))
}

/// The most messages among which one is looked for that Meta knows.
const MOST_HEARD: i64 = 50;

async fn last_heard(
    conn: &mut Conn,
    org: OrgId,
    conversation: ConversationId,
    until: Time,
) -> Result<Option<Wamid>, Fault> {
    let rows: Vec<StoredMessage> = messages::table
        .left_join(outbox::table)
        .filter(messages::conversation_id.eq(U(conversation.0)))
        .filter(messages::at.le(T(until)))
        .filter(messages::direction.eq("inbound"))
        .filter(messages::org_id.eq(U(org.0)))
        .order((messages::at.desc(), messages::id.desc()))
        .limit(MOST_HEARD)
        .select(StoredMessage::as_select())
        .into_boxed::<Db>()
        .load(conn)
        .await?;
    for row in rows {
        let message = Message::try_from(row)?;
        if message.is_known_by_id() {
            return Ok(message.wamid);
        }
    }
    Ok(None)
}

#[async_trait]
impl InboxStore for Store {
    async fn conversations(
        &self,
        org: OrgId,
        filter: ConversationFilter,
        asked: PageRequest<TimeKey<ConversationId>>,
    ) -> Result<Page<ConversationOverview, TimeKey<ConversationId>>, StoreError> {
        self.0
            .read((org, filter, asked), |conn, (org, filter, asked)| {
                Box::pin(page(conn, *org, filter, *asked))
            })
            .await
    }

    async fn conversation(
        &self,
        org: OrgId,
        id: ConversationId,
    ) -> Result<Option<ConversationOverview>, StoreError> {
        self.0
            .read((org, id), |conn, (org, id)| {
                Box::pin(async move {
                    let row = own(conn, *org, *id).await?;
                    Ok(overviews(conn, row.into_iter().collect()).await?.pop())
                })
            })
            .await
    }

    async fn messages(
        &self,
        org: OrgId,
        conversation: ConversationId,
        page: PageRequest<TimeKey<MessageId>>,
    ) -> Result<Page<MessageDetail, TimeKey<MessageId>>, StoreError> {
        self.0
            .read(
                (org, conversation, page),
                |conn, (org, conversation, page)| {
                    Box::pin(thread(conn, *org, *conversation, *page))
                },
            )
            .await
    }

    async fn message(
        &self,
        org: OrgId,
        id: MessageId,
    ) -> Result<Option<MessageDetail>, StoreError> {
        self.0
            .read((org, id), |conn, (org, id)| {
                Box::pin(message(conn, *org, *id))
            })
            .await
    }

    async fn change_conversation(
        &self,
        org: OrgId,
        id: ConversationId,
        told: ConversationChange,
        audit: Vec<NewAuditEvent>,
        now: Time,
        ids: IdBlock,
    ) -> Result<(Conversation, i64), StoreError> {
        let change = self.0.record(
            ((org, id), told, audit, (now, ids)),
            |conn, ((org, id), told, audit, at)| {
                Box::pin(change(conn, *org, *id, told, audit, *at))
            },
        );
        let (conversation, heads) = change.await?;
        Ok((conversation, end_of(&heads)))
    }

    async fn unread_count(&self, org: OrgId, most: i64) -> Result<i64, StoreError> {
        self.0
            .read((org, most), |conn, (org, most)| {
                Box::pin(async move {
                    let unread = conversations::table
                        .filter(conversations::org_id.eq(U(org.0)))
                        .filter(conversations::unread.gt(0))
                        .select(conversations::id)
                        .limit((*most).max(0));
                    let unread: Vec<U> = unread.load(conn).await?;
                    Ok(i64::try_from(unread.len()).unwrap_or(i64::MAX))
                })
            })
            .await
    }

    async fn contacts(
        &self,
        org: OrgId,
        search: Option<String>,
        page: PageRequest<ContactId>,
    ) -> Result<Page<Contact, ContactId>, StoreError> {
        self.0
            .read((org, search, page), |conn, (org, search, page)| {
                Box::pin(people::page(conn, *org, search.as_deref(), *page))
            })
            .await
    }

    async fn last_heard(
        &self,
        org: OrgId,
        conversation: ConversationId,
        at: Time,
    ) -> Result<Option<Wamid>, StoreError> {
        self.0
            .read((org, conversation, at), |conn, (org, conversation, at)| {
                Box::pin(last_heard(conn, *org, *conversation, *at))
            })
            .await
    }

    async fn contact(&self, org: OrgId, id: ContactId) -> Result<Option<Contact>, StoreError> {
        self.0
            .read((org, id), |conn, (org, id)| {
                Box::pin(people::one(conn, *org, *id))
            })
            .await
    }

    async fn rename_contact(
        &self,
        org: OrgId,
        id: ContactId,
        name: Option<String>,
        audit: Vec<NewAuditEvent>,
        now: Time,
        ids: IdBlock,
    ) -> Result<(Contact, i64), StoreError> {
        let rename = self.0.record(
            ((org, id), name, audit, (now, ids)),
            |conn, ((org, id), name, audit, at)| {
                let name = name.as_deref();
                Box::pin(people::rename(conn, *org, *id, name, audit, *at))
            },
        );
        let (contact, heads) = rename.await?;
        Ok((contact, end_of(&heads)))
    }

    async fn contact_merges(
        &self,
        org: OrgId,
        into: ContactId,
    ) -> Result<Vec<ContactMerge>, StoreError> {
        self.0
            .read((org, into), |conn, (org, into)| {
                Box::pin(split::list(conn, *org, *into))
            })
            .await
    }

    async fn split_contact(
        &self,
        org: OrgId,
        into: ContactId,
        merge: Uuid,
        audit: Vec<NewAuditEvent>,
        now: Time,
        ids: IdBlock,
    ) -> Result<Split, StoreError> {
        let split = self.0.record(
            (org, (into, merge), audit, (now, ids)),
            |conn, (org, which, audit, at)| Box::pin(split::split(conn, *org, *which, audit, *at)),
        );
        let (split, heads) = split.await?;
        let head = end_of(&heads);
        Ok(Split { head, ..split })
    }

    async fn erase_contact(
        &self,
        org: OrgId,
        id: ContactId,
        audit: Vec<NewAuditEvent>,
        now: Time,
        ids: IdBlock,
    ) -> Result<Erased, StoreError> {
        let erase = self.0.record(
            (org, id, audit, (now, ids)),
            |conn, (org, id, audit, at)| Box::pin(erase::erase(conn, *org, *id, audit, *at)),
        );
        let (erased, heads) = erase.await?;
        Ok(Erased {
            head: end_of(&heads),
            ..erased
        })
    }
}
