use uuid::Uuid;
use wabakit_domain::{
    Time,
    conversation::SendTurn,
    ids::{AttemptToken, UserId, Wamid},
    message::Message,
    outbound::{Job, JobState, Priority},
};
use wabakit_ports::store::{Deferral, StoreError};

use super::messages::{MessageChange, MessageRow, opt_document, read_document};
use crate::{
    bulk::{Changed, PgSql, Row, row},
    schema::messages,
    types::{T, U},
    values::{opt_text, row as cells, text, word},
};

row! {
    /// A message's way to Meta. There is none where there is no priority.
    struct JobRow in outbox of "messages" {
        queue: Option<i16>,
        priority: Option<i16>,
        flow: Option<String>,
        due_at: Option<T>,
        expires_at: Option<T>,
        attempt: Option<i32>,
        epoch: Option<i64>,
        dispatched_at: Option<T>,
        underway_since: Option<T>,
        wait: Option<String>,
        client_reference: Option<String>,
        author_id: Option<U>,
        token: Option<U>,
        in_doubt: i32,
        duplicates: Option<String>,
        turn_at: Option<T>,
        turn: i64,
        holds_until: Option<T>,
        send_guard: Option<String>,
    }
}

row! {
    struct BodyRow in messages {
        body: Option<String>,
    }
}

row! {
    /// What changes of a message that was sent from here.
    #[derive(diesel::AsChangeset)]
    #[diesel(treat_none_as_null = true)]
    struct SentChange in outbox of "messages" {
        id: U,
        wamid: Option<String>,
        wamid_token: Option<String>,
        content: String,
        status: String,
        errors: Option<String>,
        pricing: Option<String>,
        media_id: Option<U>,
        edited_at: Option<T>,
        revoked_at: Option<T>,
        queue: Option<i16>,
        due_at: Option<T>,
        expires_at: Option<T>,
        attempt: Option<i32>,
        underway_since: Option<T>,
        wait: Option<String>,
        in_doubt: i32,
        duplicates: Option<String>,
        turn_at: Option<T>,
        turn: i64,
        holds_until: Option<T>,
    }
}

row! {
    #[derive(diesel::AsChangeset)]
    #[diesel(treat_none_as_null = true)]
    struct DeferralRow in outbox of "messages" {
        id: U,
        due_at: Option<T>,
        wait: Option<String>,
        holds_until: Option<T>,
    }
}

/// A new message that is sent from here: the message, its place in the queue, and what is sent.
pub(crate) struct SentRow {
    message: MessageRow,
    job: JobRow,
    body: BodyRow,
}

impl Row for SentRow {
    const TABLE: &'static str = MessageRow::TABLE;

    fn columns() -> Vec<&'static str> {
        [MessageRow::columns(), JobRow::columns(), BodyRow::columns()].concat()
    }
    fn bind<'f>(rows: impl Iterator<Item = &'f Self> + Clone, sql: PgSql<'f>) -> PgSql<'f> {
        let sql = MessageRow::bind(rows.clone().map(|row| &row.message), sql);
        let sql = JobRow::bind(rows.clone().map(|row| &row.job), sql);
        BodyRow::bind(rows.map(|row| &row.body), sql)
    }
    fn insert(&self, conn: &mut diesel::SqliteConnection) -> diesel::QueryResult<usize> {
        let values = (&self.message, &self.job, &self.body);
        let insert = diesel::insert_into(messages::table).values(values);
        diesel::RunQueryDsl::execute(insert, conn)
    }
    fn replace(&self, conn: &mut diesel::SqliteConnection) -> diesel::QueryResult<usize> {
        let values = (&self.message, &self.job, &self.body);
        let replace = diesel::replace_into(messages::table).values(values);
        diesel::RunQueryDsl::execute(replace, conn)
    }
}

impl Changed for SentChange {
    const GUARD: &'static str = "true";

    fn update(&self, conn: &mut diesel::SqliteConnection) -> diesel::QueryResult<usize> {
        use diesel::QueryDsl as _;
        let before = messages::table.find(self.id);
        diesel::RunQueryDsl::execute(diesel::update(before).set(self), conn)
    }
}

impl Changed for DeferralRow {
    const GUARD: &'static str = "t.queue = 0";

    fn update(&self, conn: &mut diesel::SqliteConnection) -> diesel::QueryResult<usize> {
        use diesel::{ExpressionMethods as _, QueryDsl as _};
        let queued = messages::table.find(self.id).filter(messages::queue.eq(0));
        diesel::RunQueryDsl::execute(diesel::update(queued).set(self), conn)
    }
}

impl JobRow {
    fn new(job: &Job) -> Result<Self, StoreError> {
        Ok(Self {
            queue: job.state.code(),
            priority: Some(job.priority.rank()),
            flow: Some(text(&job.flow)?),
            due_at: Some(T(job.due_at)),
            expires_at: Some(T(job.expires_at)),
            attempt: Some(job.attempt),
            epoch: Some(job.epoch),
            dispatched_at: job.dispatched_at.map(T),
            underway_since: job.underway_since().map(T),
            wait: job.wait.as_ref().map(word).transpose()?,
            client_reference: opt_text(job.client_reference.as_deref())?,
            author_id: job.author.map(|id| U(id.0)),
            token: job.token.map(|id| U(id.0)),
            in_doubt: job.in_doubt,
            duplicates: duplicates(job)?,
            turn_at: Some(T(job.turn.at)),
            turn: job.turn.number,
            holds_until: job.holds_until.map(T),
            send_guard: job.guard.as_ref().map(word).transpose()?,
        })
    }

    pub(super) fn read(self, message: Uuid) -> Result<Option<Job>, StoreError> {
        let Some(priority) = self.priority else {
            return Ok(None);
        };
        let cell = cells("messages", message);
        let wait = self.wait.as_deref();
        let guard = self.send_guard.as_deref();
        let state = JobState::from_code(self.queue, self.underway_since.is_some());
        Ok(Some(Job {
            state: cell("queue").parsed(state)?,
            priority: cell("priority").parsed(Priority::from_rank(priority))?,
            flow: cell("flow").parsed(self.flow)?,
            due_at: cell("due_at").parsed(self.due_at)?.0,
            expires_at: cell("expires_at").parsed(self.expires_at)?.0,
            attempt: cell("attempt").parsed(self.attempt)?,
            epoch: cell("epoch").parsed(self.epoch)?,
            dispatched_at: self.dispatched_at.map(|at| at.0),
            token: self.token.map(|id| AttemptToken(id.0)),
            in_doubt: self.in_doubt,
            duplicates: read_document(cell("duplicates"), self.duplicates.as_deref())?
                .unwrap_or_default(),
            wait: wait.map(|wait| cell("wait").word(wait)).transpose()?,
            turn: SendTurn {
                at: self.turn_at.map_or(Time::UNIX_EPOCH, |at| at.0),
                number: self.turn,
            },
            holds_until: self.holds_until.map(|at| at.0),
            guard: guard
                .map(|guard| cell("send_guard").word(guard))
                .transpose()?,
            client_reference: self.client_reference,
            author: self.author_id.map(|id| UserId(id.0)),
        }))
    }
}

/// The further acceptances as a document, or nothing where there are none.
fn duplicates(job: &Job) -> Result<Option<String>, StoreError> {
    let found = &job.duplicates;
    opt_document((!found.is_empty()).then_some(found))
}

impl SentRow {
    pub(crate) fn new(message: &Message, job: &Job, body: &str) -> Result<Self, StoreError> {
        Ok(Self {
            message: message.try_into()?,
            job: JobRow::new(job)?,
            body: BodyRow {
                body: Some(text(body)?),
            },
        })
    }
}

impl SentChange {
    pub(crate) fn new(message: &Message, job: &Job) -> Result<Self, StoreError> {
        let change = MessageChange::try_from(message)?;
        Ok(Self {
            id: change.id,
            wamid: opt_text(message.wamid.as_ref().map(Wamid::as_str))?,
            wamid_token: message.wamid.as_ref().and_then(Wamid::token),
            content: change.content,
            status: change.status,
            errors: change.errors,
            pricing: change.pricing,
            media_id: change.media_id,
            edited_at: change.edited_at,
            revoked_at: change.revoked_at,
            queue: job.state.code(),
            due_at: Some(T(job.due_at)),
            expires_at: Some(T(job.expires_at)),
            attempt: Some(job.attempt),
            underway_since: job.underway_since().map(T),
            wait: job.wait.as_ref().map(word).transpose()?,
            in_doubt: job.in_doubt,
            duplicates: duplicates(job)?,
            turn_at: Some(T(job.turn.at)),
            turn: job.turn.number,
            holds_until: job.holds_until.map(T),
        })
    }
}

impl DeferralRow {
    pub(crate) fn new(deferral: &Deferral) -> Result<Self, StoreError> {
        Ok(Self {
            id: U(deferral.message.0),
            due_at: Some(T(deferral.due_at)),
            wait: Some(word(&deferral.wait)?),
            holds_until: deferral.holds_until.map(T),
        })
    }
}
