use uuid::Uuid;
use wabakit_domain::{
    conversation::SendTurn,
    ids::{AttemptToken, UserId, Wamid},
    message::{Message, MessageStatus},
    outbound::{Job, JobState, Priority},
};
use wabakit_ports::store::{Deferral, StoreError};

use super::messages::{MessageChange, MessageRow, opt_document, read_document};
use crate::{
    bulk::{Changed, PgSql, Row, row},
    schema::{messages, outbox},
    types::{T, U},
    values::{opt_text, row as cells, text, word},
};

row! {
    /// The job of a message as of its last outcome. There is none where there is no priority.
    struct JobRow in all_of_messages of "messages" {
        priority: Option<i16>,
        flow: Option<String>,
        due_at: Option<T>,
        expires_at: Option<T>,
        attempt: Option<i32>,
        epoch: Option<i64>,
        dispatched_at: Option<T>,
        client_reference: Option<String>,
        author_id: Option<U>,
        token: Option<U>,
        in_doubt: i32,
        duplicates: Option<String>,
        send_guard: Option<String>,
    }
}

row! {
    struct BodyRow in messages {
        body: Option<String>,
    }
}

row! {
    /// The place of a message in its number's queue, until the message is settled. It is newer than the job in the
    /// message's own row.
    #[derive(PartialEq, diesel::AsChangeset)]
    #[diesel(treat_none_as_null = true)]
    struct PlaceRow in outbox {
        id: U,
        account_id: U,
        conversation_id: U,
        queue: Option<i16>,
        priority: i16,
        flow: String,
        turn_at: T,
        turn: i64,
        due_at: T,
        expires_at: T,
        holds_until: Option<T>,
        wait: Option<String>,
        attempt: i32,
        epoch: i64,
        token: Option<U>,
        dispatched_at: Option<T>,
    }
}

row! {
    /// What changes of a message that was sent from here.
    #[derive(diesel::AsChangeset)]
    #[diesel(treat_none_as_null = true)]
    struct SentChange in all_of_messages of "messages" {
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
        due_at: Option<T>,
        expires_at: Option<T>,
        attempt: Option<i32>,
        epoch: Option<i64>,
        dispatched_at: Option<T>,
        token: Option<U>,
        in_doubt: i32,
        duplicates: Option<String>,
    }
}

row! {
    #[derive(diesel::AsChangeset)]
    #[diesel(treat_none_as_null = true)]
    struct DeferralRow in outbox {
        id: U,
        due_at: T,
        wait: Option<String>,
        holds_until: Option<T>,
    }
}

/// A new message that is sent from here: the message, its job, and what is sent.
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

impl Changed for PlaceRow {
    const GUARD: &'static str = "true";

    fn update(&self, conn: &mut diesel::SqliteConnection) -> diesel::QueryResult<usize> {
        use diesel::QueryDsl as _;
        let before = outbox::table.find(self.id);
        diesel::RunQueryDsl::execute(diesel::update(before).set(self), conn)
    }
}

impl Changed for DeferralRow {
    const GUARD: &'static str = "t.queue = 0";

    fn update(&self, conn: &mut diesel::SqliteConnection) -> diesel::QueryResult<usize> {
        use diesel::{ExpressionMethods as _, QueryDsl as _};
        let queued = outbox::table.find(self.id).filter(outbox::queue.eq(0));
        diesel::RunQueryDsl::execute(diesel::update(queued).set(self), conn)
    }
}

impl JobRow {
    fn new(job: &Job) -> Result<Self, StoreError> {
        Ok(Self {
            priority: Some(job.priority.rank()),
            flow: Some(text(&job.flow)?),
            due_at: Some(T(job.due_at)),
            expires_at: Some(T(job.expires_at)),
            attempt: Some(job.attempt),
            epoch: Some(job.epoch),
            dispatched_at: job.dispatched_at.map(T),
            client_reference: opt_text(job.client_reference.as_deref())?,
            author_id: job.author.map(|id| U(id.0)),
            token: job.token.map(|id| U(id.0)),
            in_doubt: job.in_doubt,
            duplicates: duplicates(job)?,
            send_guard: job.guard.as_ref().map(word).transpose()?,
        })
    }

    /// Reads the job of a message with this status. Without a place in the queue it is settled.
    pub(super) fn read(
        self,
        message: Uuid,
        status: MessageStatus,
        place: Option<PlaceRow>,
    ) -> Result<Option<Job>, StoreError> {
        let Some(priority) = self.priority else {
            return Ok(None);
        };
        let cell = cells("messages", message);
        let guard = self.send_guard.as_deref();
        let settled = Job {
            state: JobState::settled(status),
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
            wait: None,
            turn: SendTurn::default(),
            holds_until: None,
            guard: guard
                .map(|guard| cell("send_guard").word(guard))
                .transpose()?,
            client_reference: self.client_reference,
            author: self.author_id.map(|id| UserId(id.0)),
        };
        Ok(Some(match place {
            Some(place) => place.read(settled)?,
            None => settled,
        }))
    }
}

impl PlaceRow {
    /// Makes the place of a message in the queue. `None` when the message is settled.
    pub(crate) fn of(message: &Message, job: &Job) -> Result<Option<Self>, StoreError> {
        if job.state.is_settled() {
            return Ok(None);
        }
        Ok(Some(Self {
            id: U(message.id.0),
            account_id: U(message.account.0),
            conversation_id: U(message.conversation.0),
            queue: job.state.code(),
            priority: job.priority.rank(),
            flow: text(&job.flow)?,
            turn_at: T(job.turn.at),
            turn: job.turn.number,
            due_at: T(job.due_at),
            expires_at: T(job.expires_at),
            holds_until: job.holds_until.map(T),
            wait: job.wait.as_ref().map(word).transpose()?,
            attempt: job.attempt,
            epoch: job.epoch,
            token: job.token.map(|id| U(id.0)),
            dispatched_at: job.dispatched_at.map(T),
        }))
    }

    /// Completes the job of the message with what its place says.
    fn read(self, job: Job) -> Result<Job, StoreError> {
        let cell = cells("outbox", self.id.0);
        let wait = self.wait.as_deref();
        Ok(Job {
            state: cell("queue").parsed(JobState::from_code(self.queue))?,
            due_at: self.due_at.0,
            expires_at: self.expires_at.0,
            attempt: self.attempt,
            epoch: self.epoch,
            dispatched_at: self.dispatched_at.map(|at| at.0),
            token: self.token.map(|id| AttemptToken(id.0)),
            wait: wait.map(|wait| cell("wait").word(wait)).transpose()?,
            turn: SendTurn {
                at: self.turn_at.0,
                number: self.turn,
            },
            holds_until: self.holds_until.map(|at| at.0),
            ..job
        })
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
        let job = JobRow::new(job)?;
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
            due_at: job.due_at,
            expires_at: job.expires_at,
            attempt: job.attempt,
            epoch: job.epoch,
            dispatched_at: job.dispatched_at,
            token: job.token,
            in_doubt: job.in_doubt,
            duplicates: job.duplicates,
        })
    }
}

impl DeferralRow {
    pub(crate) fn new(deferral: &Deferral) -> Result<Self, StoreError> {
        Ok(Self {
            id: U(deferral.message.0),
            due_at: T(deferral.due_at),
            wait: Some(word(&deferral.wait)?),
            holds_until: deferral.holds_until.map(T),
        })
    }
}
