//! Implements the port `SubscriberStore`. Compiled once for each engine.

use std::sync::Arc;

use async_trait::async_trait;
use diesel::{
    QueryResult, QueryableByName, sql_query,
    sql_types::{BigInt, Integer, Nullable, Text},
};
use diesel_async::RunQueryDsl as _;
use uuid::Uuid;
use wabakit_domain::{
    Time,
    ids::{AccountId, OrgId},
};
use wabakit_ports::store::{
    EventCursor, EventWork, EventWorkId, FailedEventWork, Fence, MessageCounts, MessageDay,
    StoreError, SubscriberStore, TakenIn,
};

use super::{Conn, Engine};
use crate::{
    error::Fault,
    types::{PTime, PUuid, T, U},
};

/// The store of subscribers over one engine.
pub(crate) struct Store(Arc<Engine>);

impl From<Arc<Engine>> for Store {
    fn from(engine: Arc<Engine>) -> Self {
        Self(engine)
    }
}

#[derive(QueryableByName)]
struct TokenRow {
    #[diesel(sql_type = BigInt)]
    token: i64,
}

#[derive(QueryableByName)]
struct OrgRow {
    #[diesel(sql_type = PUuid)]
    org_id: U,
}

#[derive(QueryableByName)]
struct CursorRow {
    #[diesel(sql_type = BigInt)]
    position: i64,
    #[diesel(sql_type = BigInt)]
    missed: i64,
}

#[derive(QueryableByName)]
struct WorkRow {
    #[diesel(sql_type = PUuid)]
    org_id: U,
    #[diesel(sql_type = BigInt)]
    sequence: i64,
    #[diesel(sql_type = Integer)]
    item: i32,
    #[diesel(sql_type = Nullable<Text>)]
    key: Option<String>,
    #[diesel(sql_type = Text)]
    payload: String,
    #[diesel(sql_type = Integer)]
    attempts: i32,
    #[diesel(sql_type = Nullable<Text>)]
    error: Option<String>,
}

impl From<WorkRow> for EventWork {
    fn from(row: WorkRow) -> Self {
        Self {
            id: EventWorkId {
                org: OrgId(row.org_id.0),
                sequence: row.sequence,
                item: row.item,
            },
            key: row.key,
            payload: row.payload,
            attempts: row.attempts,
            error: row.error,
        }
    }
}

#[derive(QueryableByName)]
struct DayRow {
    #[diesel(sql_type = PUuid)]
    org_id: U,
    #[diesel(sql_type = PUuid)]
    account_id: U,
    #[diesel(sql_type = PTime)]
    day: T,
    #[diesel(sql_type = BigInt)]
    received: i64,
    #[diesel(sql_type = BigInt)]
    sent: i64,
    #[diesel(sql_type = BigInt)]
    delivered: i64,
    #[diesel(sql_type = BigInt)]
    read: i64,
    #[diesel(sql_type = BigInt)]
    failed: i64,
}

impl From<DayRow> for MessageDay {
    fn from(row: DayRow) -> Self {
        Self {
            org: OrgId(row.org_id.0),
            account: AccountId(row.account_id.0),
            day: row.day.0,
            counts: MessageCounts {
                received: row.received,
                sent: row.sent,
                delivered: row.delivered,
                read: row.read,
                failed: row.failed,
            },
        }
    }
}

// Binds are numbered in the order in which they first appear, because SQLite takes `$1` for a name and numbers binds in
// that order.

/// Takes or renews a lease, unless another owner holds it. A lapsed lease gets a new token, even for its former owner.
const LEASE: &str = "INSERT INTO subscriber_leases (subscriber, owner, token, until) VALUES ($1, $2, 1, $3)
    ON CONFLICT (subscriber) DO UPDATE SET
        token = subscriber_leases.token + CASE
            WHEN subscriber_leases.owner = excluded.owner AND subscriber_leases.until > $4 THEN 0 ELSE 1 END,
        owner = excluded.owner, until = excluded.until
    WHERE subscriber_leases.owner = excluded.owner OR subscriber_leases.until <= $4
    RETURNING token";

const RELEASE: &str =
    "UPDATE subscriber_leases SET until = $1 WHERE subscriber = $2 AND owner = $3 AND until > $1";

/// Checks the token. The write changes nothing: it locks the row until the commit, so that the lease cannot change
/// hands meanwhile.
const FENCE: &str =
    "UPDATE subscriber_leases SET token = token WHERE subscriber = $1 AND token = $2";

/// The logs whose head is beyond the subscriber's cursor.
const BEHIND: &str = "FROM event_heads h
    LEFT JOIN event_cursors c ON c.subscriber = $1 AND c.org_id = h.org_id
    WHERE (c.position IS NULL OR c.position < h.sequence)";

const CURSOR: &str =
    "SELECT position, missed FROM event_cursors WHERE subscriber = $1 AND org_id = $2";

const FIRST: &str = "INSERT INTO event_cursors (position, missed, moved_at, subscriber, org_id)
    VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING";

const MOVE: &str = "UPDATE event_cursors SET position = $1, missed = $2, moved_at = $3
    WHERE subscriber = $4 AND org_id = $5 AND position = $6";

const ADD: &str = "INSERT INTO event_work
    (subscriber, org_id, sequence, item, key, payload, attempts, next_at)
    VALUES ($1, $2, $3, $4, $5, $6, 0, $7)";

const COLUMNS: &str = "w.org_id, w.sequence, w.item, w.key, w.payload, w.attempts, w.error";

/// Due rows. Rows of one key are done one after another: while the first waits, even if it is not due, the others wait
/// too.
const DUE: &str = "FROM event_work w WHERE w.subscriber = $1 AND w.next_at <= $2
    AND NOT EXISTS (SELECT 1 FROM event_work e WHERE e.subscriber = w.subscriber AND e.org_id = w.org_id
        AND e.key = w.key AND e.key IS NOT NULL AND e.next_at IS NOT NULL
        AND (e.sequence, e.item) < (w.sequence, w.item))
    ORDER BY w.next_at, w.org_id, w.sequence, w.item LIMIT $3";

const DONE: &str = "DELETE FROM event_work
    WHERE subscriber = $1 AND org_id = $2 AND sequence = $3 AND item = $4";

const FAILED: &str = "UPDATE event_work SET attempts = attempts + 1, next_at = $1, error = $2
    WHERE subscriber = $3 AND org_id = $4 AND sequence = $5 AND item = $6";

const PARKED: &str =
    "FROM event_work w WHERE w.subscriber = $1 AND w.org_id = $2 AND w.next_at IS NULL
    ORDER BY w.sequence, w.item LIMIT $3";

const RETRY: &str = "UPDATE event_work SET next_at = $1, attempts = 0
    WHERE subscriber = $2 AND org_id = $3 AND next_at IS NULL";

const COUNT: &str = "INSERT INTO message_days
    (org_id, day, account_id, received, sent, delivered, read, failed) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
    ON CONFLICT (org_id, day, account_id) DO UPDATE SET
        received = message_days.received + excluded.received, sent = message_days.sent + excluded.sent,
        delivered = message_days.delivered + excluded.delivered, read = message_days.read + excluded.read,
        failed = message_days.failed + excluded.failed";

const DAYS: &str =
    "SELECT * FROM message_days WHERE org_id = $1 AND day >= $2 ORDER BY day, account_id";

/// Requires that a write changed one row. Otherwise another writer was faster.
fn one(changed: usize) -> Result<(), Fault> {
    match changed {
        1 => Ok(()),
        _ => Err(StoreError::Conflict.into()),
    }
}

async fn hold(conn: &mut Conn, fence: &Fence) -> Result<(), Fault> {
    let held = sql_query(FENCE)
        .bind::<Text, _>(&fence.subscriber)
        .bind::<BigInt, _>(fence.token);
    one(held.execute(conn).await?)
}

async fn lease(
    conn: &mut Conn,
    subscriber: &str,
    owner: Uuid,
    now: Time,
    until: Time,
) -> QueryResult<Option<i64>> {
    let leased = sql_query(LEASE)
        .bind::<Text, _>(subscriber)
        .bind::<PUuid, _>(U(owner))
        .bind::<PTime, _>(T(until))
        .bind::<PTime, _>(T(now));
    let leased: Vec<TokenRow> = leased.load(conn).await?;
    Ok(leased.into_iter().next().map(|row| row.token))
}

async fn moved(conn: &mut Conn, subscriber: &str, since: Option<Time>) -> QueryResult<Vec<OrgId>> {
    let rows: Vec<OrgRow> = match since {
        None => {
            let all = sql_query(format!("SELECT h.org_id {BEHIND}"));
            all.bind::<Text, _>(subscriber).load(conn).await?
        }
        Some(since) => {
            let lately = "AND h.org_id IN (SELECT org_id FROM org_events WHERE at > $2)";
            sql_query(format!("SELECT h.org_id {BEHIND} {lately}"))
                .bind::<Text, _>(subscriber)
                .bind::<PTime, _>(T(since))
                .load(conn)
                .await?
        }
    };
    Ok(rows.into_iter().map(|row| OrgId(row.org_id.0)).collect())
}

async fn cursor(conn: &mut Conn, subscriber: &str, org: OrgId) -> QueryResult<Option<EventCursor>> {
    let found = sql_query(CURSOR)
        .bind::<Text, _>(subscriber)
        .bind::<PUuid, _>(U(org.0));
    let found: Vec<CursorRow> = found.load(conn).await?;
    Ok(found.into_iter().next().map(|row| EventCursor {
        position: row.position,
        missed: row.missed,
    }))
}

async fn take_in(conn: &mut Conn, taken: &TakenIn) -> Result<(), Fault> {
    hold(conn, &taken.fence).await?;
    let (subscriber, org) = (&taken.fence.subscriber, U(taken.org.0));
    let moved = |sql| {
        sql_query(sql)
            .bind::<BigInt, _>(taken.to.position)
            .bind::<BigInt, _>(taken.to.missed)
            .bind::<PTime, _>(T(taken.now))
            .bind::<Text, _>(subscriber)
            .bind::<PUuid, _>(org)
    };
    one(match taken.from {
        None => moved(FIRST).execute(conn).await?,
        Some(from) => {
            let moved = moved(MOVE).bind::<BigInt, _>(from.position);
            moved.execute(conn).await?
        }
    })?;
    let (mut last, mut item) = (None, 0);
    for work in &taken.work {
        item = match last {
            Some(sequence) if sequence == work.sequence => item + 1,
            _ => 0,
        };
        last = Some(work.sequence);
        sql_query(ADD)
            .bind::<Text, _>(subscriber)
            .bind::<PUuid, _>(org)
            .bind::<BigInt, _>(work.sequence)
            .bind::<Integer, _>(item)
            .bind::<Nullable<Text>, _>(&work.key)
            .bind::<Text, _>(&work.payload)
            .bind::<PTime, _>(T(taken.now))
            .execute(conn)
            .await?;
    }
    Ok(())
}

async fn due(
    conn: &mut Conn,
    subscriber: &str,
    now: Time,
    limit: i64,
) -> QueryResult<Vec<EventWork>> {
    let due = sql_query(format!("SELECT {COLUMNS} {DUE}"))
        .bind::<Text, _>(subscriber)
        .bind::<PTime, _>(T(now))
        .bind::<BigInt, _>(limit.max(0));
    let due: Vec<WorkRow> = due.load(conn).await?;
    Ok(due.into_iter().map(EventWork::from).collect())
}

async fn count(
    conn: &mut Conn,
    fence: &Fence,
    done: &[EventWorkId],
    days: &[MessageDay],
) -> Result<(), Fault> {
    hold(conn, fence).await?;
    for id in done {
        let done = sql_query(DONE)
            .bind::<Text, _>(&fence.subscriber)
            .bind::<PUuid, _>(U(id.org.0))
            .bind::<BigInt, _>(id.sequence)
            .bind::<Integer, _>(id.item);
        one(done.execute(conn).await?)?;
    }
    for MessageDay {
        org,
        account,
        day,
        counts,
    } in days
    {
        sql_query(COUNT)
            .bind::<PUuid, _>(U(org.0))
            .bind::<PTime, _>(T(*day))
            .bind::<PUuid, _>(U(account.0))
            .bind::<BigInt, _>(counts.received)
            .bind::<BigInt, _>(counts.sent)
            .bind::<BigInt, _>(counts.delivered)
            .bind::<BigInt, _>(counts.read)
            .bind::<BigInt, _>(counts.failed)
            .execute(conn)
            .await?;
    }
    Ok(())
}

async fn fail(conn: &mut Conn, fence: &Fence, failed: &[FailedEventWork]) -> Result<(), Fault> {
    hold(conn, fence).await?;
    for work in failed {
        let failed = sql_query(FAILED)
            .bind::<Nullable<PTime>, _>(work.next_at.map(T))
            .bind::<Text, _>(work.error.replace('\0', "\u{fffd}"))
            .bind::<Text, _>(&fence.subscriber)
            .bind::<PUuid, _>(U(work.id.org.0))
            .bind::<BigInt, _>(work.id.sequence)
            .bind::<Integer, _>(work.id.item);
        one(failed.execute(conn).await?)?;
    }
    Ok(())
}

async fn parked(
    conn: &mut Conn,
    subscriber: &str,
    org: OrgId,
    limit: i64,
) -> QueryResult<Vec<EventWork>> {
    let parked = sql_query(format!("SELECT {COLUMNS} {PARKED}"))
        .bind::<Text, _>(subscriber)
        .bind::<PUuid, _>(U(org.0))
        .bind::<BigInt, _>(limit.max(0));
    let parked: Vec<WorkRow> = parked.load(conn).await?;
    Ok(parked.into_iter().map(EventWork::from).collect())
}

async fn days(conn: &mut Conn, org: OrgId, since: Time) -> QueryResult<Vec<MessageDay>> {
    let days = sql_query(DAYS)
        .bind::<PUuid, _>(U(org.0))
        .bind::<PTime, _>(T(since));
    let days: Vec<DayRow> = days.load(conn).await?;
    Ok(days.into_iter().map(MessageDay::from).collect())
}

#[async_trait]
impl SubscriberStore for Store {
    async fn lease_subscriber(
        &self,
        subscriber: &str,
        owner: Uuid,
        now: Time,
        until: Time,
    ) -> Result<Option<i64>, StoreError> {
        let input = (subscriber.to_owned(), owner, now, until);
        let leased = self
            .0
            .write(input, |conn, (subscriber, owner, now, until)| {
                Box::pin(async move { Ok(lease(conn, subscriber, *owner, *now, *until).await?) })
            });
        leased.await
    }

    async fn release_subscriber(
        &self,
        subscriber: &str,
        owner: Uuid,
        now: Time,
    ) -> Result<(), StoreError> {
        let input = (subscriber.to_owned(), owner, now);
        let released = self.0.write(input, |conn, (subscriber, owner, now)| {
            Box::pin(async move {
                let released = sql_query(RELEASE)
                    .bind::<PTime, _>(T(*now))
                    .bind::<Text, _>(subscriber)
                    .bind::<PUuid, _>(U(*owner));
                released.execute(conn).await?;
                Ok(())
            })
        });
        released.await
    }

    async fn moved_logs(
        &self,
        subscriber: &str,
        since: Option<Time>,
    ) -> Result<Vec<OrgId>, StoreError> {
        let input = (subscriber.to_owned(), since);
        let moved = self.0.read(input, |conn, (subscriber, since)| {
            Box::pin(async move { Ok(moved(conn, subscriber, *since).await?) })
        });
        moved.await
    }

    async fn event_cursor(
        &self,
        subscriber: &str,
        org: OrgId,
    ) -> Result<Option<EventCursor>, StoreError> {
        let input = (subscriber.to_owned(), org);
        let found = self.0.read(input, |conn, (subscriber, org)| {
            Box::pin(async move { Ok(cursor(conn, subscriber, *org).await?) })
        });
        found.await
    }

    async fn take_in(&self, taken: TakenIn) -> Result<(), StoreError> {
        let stored = self
            .0
            .write(taken, |conn, taken| Box::pin(take_in(conn, taken)));
        stored.await
    }

    async fn due_work(
        &self,
        subscriber: &str,
        now: Time,
        limit: i64,
    ) -> Result<Vec<EventWork>, StoreError> {
        let input = (subscriber.to_owned(), now, limit);
        let due = self.0.read(input, |conn, (subscriber, now, limit)| {
            Box::pin(async move { Ok(due(conn, subscriber, *now, *limit).await?) })
        });
        due.await
    }

    async fn count_days(
        &self,
        fence: Fence,
        done: Vec<EventWorkId>,
        days: Vec<MessageDay>,
    ) -> Result<(), StoreError> {
        let input = (fence, done, days);
        let counted = self.0.write(input, |conn, (fence, done, days)| {
            Box::pin(count(conn, fence, done, days))
        });
        counted.await
    }

    async fn fail_work(
        &self,
        fence: Fence,
        failed: Vec<FailedEventWork>,
    ) -> Result<(), StoreError> {
        let noted = self.0.write((fence, failed), |conn, (fence, failed)| {
            Box::pin(fail(conn, fence, failed))
        });
        noted.await
    }

    async fn parked_work(
        &self,
        subscriber: &str,
        org: OrgId,
        limit: i64,
    ) -> Result<Vec<EventWork>, StoreError> {
        let input = (subscriber.to_owned(), org, limit);
        let parked = self.0.read(input, |conn, (subscriber, org, limit)| {
            Box::pin(async move { Ok(parked(conn, subscriber, *org, *limit).await?) })
        });
        parked.await
    }

    async fn retry_parked_work(
        &self,
        subscriber: &str,
        org: OrgId,
        now: Time,
    ) -> Result<usize, StoreError> {
        let input = (subscriber.to_owned(), org, now);
        let retried = self.0.write(input, |conn, (subscriber, org, now)| {
            Box::pin(async move {
                let retried = sql_query(RETRY)
                    .bind::<PTime, _>(T(*now))
                    .bind::<Text, _>(subscriber)
                    .bind::<PUuid, _>(U(org.0));
                Ok(retried.execute(conn).await?)
            })
        });
        retried.await
    }

    async fn message_days(&self, org: OrgId, since: Time) -> Result<Vec<MessageDay>, StoreError> {
        let days = self.0.read((org, since), |conn, (org, since)| {
            Box::pin(async move { Ok(days(conn, *org, *since).await?) })
        });
        days.await
    }
}
