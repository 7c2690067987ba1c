//! The designs, and the life of a sent message in each.

use uuid::Uuid;

use super::engines::{Base, Bind, Cell, Mark};

/// The sizes of batches under load: messages of a call, of a read of the queue, and statuses.
#[derive(Clone, Copy)]
pub(crate) struct Batches {
    pub(crate) submitted: usize,
    pub(crate) sent: usize,
    pub(crate) statuses: usize,
}

/// Messages that are in flight at the same time.
const IN_FLIGHT: usize = 1_000;
const CONVERSATIONS: u64 = 20_000;

const ORG: Uuid = Uuid::from_u128(1);
const ACCOUNT: Uuid = Uuid::from_u128(2);
const OWNER: Uuid = Uuid::from_u128(3);
const AUTHOR: Uuid = Uuid::from_u128(4);
/// Microseconds: 21 September 2026.
const START: i64 = 1_790_000_000_000_000;
const HOUR: i64 = 3_600_000_000;

const HEADS: &str = include_str!("../../src/queries/outbox/heads.sql");
const FLOW: &str = include_str!("../../src/queries/outbox/flow.sql");
const NEXT: &str = include_str!("../../src/queries/outbox/next.sql");

/// Columns of every message.
const MESSAGE: [&str; 20] = [
    "id",
    "org_id",
    "account_id",
    "conversation_id",
    "contact_id",
    "group_id",
    "wamid",
    "direction",
    "content",
    "context",
    "referral",
    "status",
    "errors",
    "pricing",
    "media_id",
    "at",
    "edited_at",
    "revoked_at",
    "created_at",
    "wamid_token",
];
/// Columns of a message of ours that stay when it is settled.
const JOB: [&str; 14] = [
    "priority",
    "flow",
    "due_at",
    "expires_at",
    "attempt",
    "epoch",
    "dispatched_at",
    "client_reference",
    "author_id",
    "token",
    "in_doubt",
    "duplicates",
    "send_guard",
    "body",
];
/// Columns that mean nothing once a message is settled: in one row they are of `messages`.
const QUEUE: [&str; 6] = [
    "queue",
    "underway_since",
    "wait",
    "turn_at",
    "turn",
    "holds_until",
];
const OUTBOX: [&str; 16] = [
    "id",
    "account_id",
    "conversation_id",
    "queue",
    "priority",
    "flow",
    "turn_at",
    "turn",
    "due_at",
    "expires_at",
    "holds_until",
    "wait",
    "attempt",
    "epoch",
    "token",
    "dispatched_at",
];
/// Columns that a change of a message sets in both designs, as the product does.
const MESSAGE_CHANGE: [&str; 15] = [
    "id",
    "wamid",
    "wamid_token",
    "content",
    "status",
    "errors",
    "pricing",
    "media_id",
    "edited_at",
    "revoked_at",
    "due_at",
    "expires_at",
    "attempt",
    "in_doubt",
    "duplicates",
];
/// Columns that marking wrote to `outbox` alone.
const MARKED: [&str; 3] = ["epoch", "dispatched_at", "token"];
const STATUS: [&str; 7] = [
    "message_id",
    "status",
    "participant",
    "at",
    "errors",
    "pricing",
    "extra",
];

/// The tables of a message and its place in the queue.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Design {
    /// One row of `messages`, as it was before the migration that made `outbox`.
    OneRow,
    /// A row of `outbox` until the message arrived, as the product has it.
    Outbox,
}

/// The migration that made `outbox`, taken back, on SQLite and on PostgreSQL.
const DOWN: [&str; 2] = [
    include_str!("../../../../migrations/sqlite/2026-12-01-000019_outbox/down.sql"),
    include_str!("../../../../migrations/postgres/2026-12-01-000019_outbox/down.sql"),
];

/// The stage of a message.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Debug)]
enum Stage {
    Queued,
    Accepted,
    Sent,
    Delivered,
    Read,
}

/// A sent message.
struct Sent {
    serial: u64,
    id: Uuid,
    conversation: Uuid,
    contact: Uuid,
    token: Uuid,
    wamid: String,
    wamid_token: String,
}

/// Returns a number without order, the same in every run (splitmix64).
fn scatter(serial: u64) -> u64 {
    let mut z = serial.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

fn scattered(serial: u64, kind: u64) -> Uuid {
    Uuid::from_u64_pair(scatter(serial), scatter(serial ^ (kind << 48)))
}

impl Sent {
    fn new(serial: u64) -> Self {
        let person = serial % CONVERSATIONS;
        let wamid_token = format!("{:016X}{:04X}", scatter(serial), serial % 0xffff);
        Self {
            serial,
            id: Uuid::now_v7(),
            conversation: scattered(person, 1),
            contact: scattered(person, 2),
            token: scattered(serial, 3),
            wamid: format!("wamid.HBgMNDkxNTEyMzQ1Njc4FQIAERgU{wamid_token}{wamid_token}AA=="),
            wamid_token,
        }
    }

    /// Returns when it was submitted.
    fn at(&self) -> i64 {
        START + i64::try_from(self.serial).unwrap() * 1_000
    }

    /// Returns the value of a column at a stage.
    fn cell(&self, column: &str, stage: Stage) -> Cell {
        let text = |text: &str| Cell::Text(text.to_owned());
        let from = |first: Stage, cell: Cell| if stage >= first { cell } else { Cell::Null };
        match column {
            "id" | "message_id" => Cell::Uuid(self.id),
            "org_id" => Cell::Uuid(ORG),
            "account_id" => Cell::Uuid(ACCOUNT),
            "conversation_id" => Cell::Uuid(self.conversation),
            "contact_id" => Cell::Uuid(self.contact),
            "author_id" => Cell::Uuid(AUTHOR),
            "wamid" => from(Stage::Accepted, text(&self.wamid)),
            "wamid_token" => from(Stage::Accepted, text(&self.wamid_token)),
            "token" => from(Stage::Accepted, Cell::Uuid(self.token)),
            "direction" => text("outbound"),
            "content" => text(
                r#"{"type":"text","text":{"body":"Your order is on its way. You can follow it on our page."},"v":1}"#,
            ),
            "body" => text(
                r#"{"recipient_type":"individual","to":"491512345678","type":"text","text":{"body":"Your order is on its way. You can follow it on our page."}}"#,
            ),
            "status" => text(match stage {
                Stage::Queued => "queued",
                Stage::Accepted => "accepted",
                Stage::Sent => "sent",
                Stage::Delivered => "delivered",
                Stage::Read => "read",
            }),
            "pricing" => from(
                Stage::Sent,
                text(
                    r#"{"billable":true,"model":"PMP","type":"regular","category":"utility","v":1}"#,
                ),
            ),
            "at" | "created_at" | "due_at" | "turn_at" => Cell::Number(self.at()),
            "dispatched_at" => from(Stage::Accepted, Cell::Number(self.at())),
            "expires_at" => Cell::Number(self.at() + 240 * HOUR),
            "queue" if stage == Stage::Queued => Cell::Number(0),
            "underway_since" if matches!(stage, Stage::Accepted | Stage::Sent) => {
                Cell::Number(self.at())
            }
            "priority" => Cell::Number(1),
            "flow" | "participant" => text(""),
            "attempt" | "epoch" => Cell::Number(i64::from(stage >= Stage::Accepted)),
            "in_doubt" => Cell::Number(0),
            "turn" => Cell::Number(i64::try_from(self.serial).unwrap()),
            "client_reference" => Cell::Text(format!("order-{}", self.serial)),
            _ => Cell::Null,
        }
    }

    fn row(&self, columns: &[&str], stage: Stage) -> Vec<Cell> {
        let cells = columns.iter().map(|column| self.cell(column, stage));
        cells.collect()
    }
}

fn rows(sent: &[Sent], columns: &[&str], stage: Stage) -> Vec<Vec<Cell>> {
    sent.iter().map(|one| one.row(columns, stage)).collect()
}

impl Design {
    pub(crate) const ALL: [Self; 2] = [Self::OneRow, Self::Outbox];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::OneRow => "one row",
            Self::Outbox => "outbox",
        }
    }

    /// The table that the queue is read from.
    const fn queue(self) -> &'static str {
        match self {
            Self::OneRow => "messages",
            Self::Outbox => "outbox",
        }
    }

    /// Returns the columns of a new row of `messages`.
    fn message(self) -> Vec<&'static str> {
        let queue: &[&str] = match self {
            Self::OneRow => &QUEUE,
            Self::Outbox => &[],
        };
        [&MESSAGE, &JOB[..], queue].concat()
    }

    /// Returns the columns of `messages` that an outcome or a status sets.
    fn message_change(self) -> Vec<&'static str> {
        let rest: &[&str] = match self {
            Self::OneRow => &QUEUE,
            Self::Outbox => &MARKED,
        };
        [&MESSAGE_CHANGE[..], rest].concat()
    }

    /// Changes the tables of a migrated database to those of the design.
    pub(crate) fn shape(self, base: &mut dyn Base) {
        let is_postgres = base.is_postgres();
        if self == Self::OneRow {
            base.script(DOWN[usize::from(is_postgres)]);
        }
        if is_postgres {
            // The measurement decides itself when each table is vacuumed.
            for table in self.tables() {
                base.script(&format!(
                    "ALTER TABLE {table} SET (autovacuum_enabled = false)"
                ));
            }
        }
        if is_postgres {
            base.script(&format!(
                "INSERT INTO number_queues (account_id, owner, epoch, until, is_paused) \
                 VALUES ('{ACCOUNT}', '{OWNER}', 1, now() + interval '100 years', false)"
            ));
        } else {
            let columns = ["account_id", "owner", "epoch", "until", "is_paused"];
            let lease = vec![
                Cell::Uuid(ACCOUNT),
                Cell::Uuid(OWNER),
                Cell::Number(1),
                Cell::Number(START + 100_000 * HOUR),
                Cell::Number(0),
            ];
            base.insert("number_queues", &columns, vec![lease]);
        }
    }

    pub(crate) const fn tables(self) -> &'static [&'static str] {
        match self {
            Self::OneRow => &["messages", "message_statuses"],
            Self::Outbox => &["messages", "message_statuses", "outbox"],
        }
    }
}

/// Sends messages in one database.
pub(crate) struct Life {
    pub(crate) design: Design,
    pub(crate) base: Box<dyn Base>,
    batches: Batches,
    serial: u64,
}

impl Life {
    /// Fills the table with settled messages.
    pub(crate) fn begin(
        design: Design,
        base: Box<dyn Base>,
        batches: Batches,
        settled: usize,
    ) -> Self {
        let mut life = Self {
            design,
            base,
            batches,
            serial: 0,
        };
        let columns = design.message();
        let mut left = settled;
        while left > 0 {
            let some = life.make(left.min(1_000));
            left -= some.len();
            life.base.begin();
            life.base
                .insert("messages", &columns, rows(&some, &columns, Stage::Read));
            life.base.commit();
        }
        life.base.script(match life.base.is_postgres() {
            true => "VACUUM ANALYZE",
            false => "PRAGMA wal_checkpoint(TRUNCATE)",
        });
        life
    }

    fn make(&mut self, count: usize) -> Vec<Sent> {
        let from = self.serial;
        self.serial += count as u64;
        (from..self.serial).map(Sent::new).collect()
    }

    /// Sends messages, each until it was read.
    pub(crate) fn send(&mut self, messages: usize) {
        let mut left = messages;
        while left > 0 {
            let some = self.make(left.min(IN_FLIGHT));
            left -= some.len();
            for batch in some.chunks(self.batches.submitted) {
                self.submit(batch);
            }
            let mut accepted = 0;
            loop {
                let due = self.due();
                if due.is_empty() {
                    break;
                }
                // Sorted by submission, which is their order in the queue.
                let batch = &some[accepted..accepted + due.len()];
                assert!(batch.iter().zip(&due).all(|(one, id)| one.id == *id));
                self.dispatch(batch);
                self.accept(batch);
                accepted += batch.len();
            }
            assert_eq!(accepted, some.len());
            for stage in [Stage::Sent, Stage::Delivered, Stage::Read] {
                for batch in some.chunks(self.batches.statuses) {
                    self.report(batch, stage);
                }
            }
        }
    }

    fn submit(&mut self, batch: &[Sent]) {
        let columns = self.design.message();
        self.base.begin();
        self.base
            .insert("messages", &columns, rows(batch, &columns, Stage::Queued));
        if self.design != Design::OneRow {
            self.base
                .insert("outbox", &OUTBOX, rows(batch, &OUTBOX, Stage::Queued));
        }
        self.base.commit();
    }

    /// Reads due messages as the product does. The facts for waiting are in the queue's table, the bodies in
    /// `messages`.
    fn due(&mut self) -> Vec<Uuid> {
        let table = self.design.queue();
        let of = |sql: &str| sql.replace("FROM outbox ", &format!("FROM {table} "));
        let now = START + 120 * HOUR;
        let heads = format!("{HEADS} SELECT heads.id FROM heads WHERE heads.id IS NOT NULL");
        let heads = self.base.ids(&of(&heads), &[Bind::Uuid(ACCOUNT)]);
        let flows = of("SELECT o.id, o.priority, o.flow FROM outbox o \
             WHERE o.id = ANY ($1) AND o.due_at <= $2");
        let flows = self
            .base
            .ids(&flows, &[Bind::Uuids(heads), Bind::Time(now)]);
        if flows.is_empty() {
            return flows;
        }
        let most = self.batches.sent;
        let candidates = [
            Bind::Uuid(ACCOUNT),
            Bind::Small(1),
            Bind::Text(String::new()),
            Bind::Time(now),
            Bind::Big(i64::try_from(most).unwrap()),
        ];
        let candidates = self.base.candidates(&of(FLOW), &candidates);
        let threads = candidates.iter().map(|one| one.conversation_id.0);
        let threads: Vec<Uuid> = threads.collect();
        let next = self.base.next(&of(NEXT), &threads, now);
        assert_eq!(next.len(), candidates.len(), "one of each conversation");
        let columns = "q.conversation_id, q.priority, q.flow, q.due_at, q.expires_at, q.attempt, \
                       m.org_id, m.contact_id, m.body, m.send_guard";
        let read = match self.design {
            Design::OneRow => {
                let columns = columns.replace("q.", "m.");
                format!("SELECT m.id, {columns} FROM messages m WHERE m.id = ANY ($1)")
            }
            Design::Outbox => format!(
                "SELECT q.id, {columns} FROM outbox q JOIN messages m ON m.id = q.id \
                 WHERE q.id = ANY ($1)"
            ),
        };
        let found = self.base.ids(&read, &[Bind::Uuids(next)]);
        assert_eq!(found.len(), candidates.len());
        candidates.into_iter().map(|one| one.id.0).collect()
    }

    fn dispatch(&mut self, batch: &[Sent]) {
        let messages: Vec<(Uuid, Uuid)> = batch.iter().map(|one| (one.id, one.token)).collect();
        self.base.begin();
        let marked = self.base.mark(&Mark {
            table: self.design.queue(),
            // With an outbox, that table shows which messages are being sent.
            also: match self.design {
                Design::OneRow => ", status = 'sending'",
                Design::Outbox => "",
            },
            account: ACCOUNT,
            owner: OWNER,
            now: START,
            messages: &messages,
        });
        assert_eq!(marked, batch.len());
        self.base.commit();
    }

    /// Loads and locks the rows that an outcome or a status changes, as the product does: by Meta's id, by ours, by
    /// Meta's token.
    fn load(&mut self, batch: &[Sent], is_outcome: bool) {
        let lock = match self.base.is_postgres() {
            true => " FOR NO KEY UPDATE OF m",
            false => "",
        };
        let ids: Vec<Uuid> = batch.iter().map(|one| one.id).collect();
        let mut binds = vec![
            Bind::Texts(batch.iter().map(|one| one.wamid.clone()).collect()),
            Bind::Uuids(ids.clone()),
            Bind::Uuids(vec![ACCOUNT]),
            Bind::Texts(batch.iter().map(|one| one.wamid_token.clone()).collect()),
        ];
        let sql = format!(
            "SELECT {} FROM messages m \
             WHERE m.wamid = ANY ($1) OR (m.id = ANY ($2) AND m.account_id = ANY ($3)) OR m.wamid_token = ANY ($4) \
             ORDER BY m.id{lock}",
            self.design.message().join(", ")
        );
        assert_eq!(self.base.ids(&sql, &binds).len(), batch.len());
        binds = vec![Bind::Uuids(ids)];
        if self.design != Design::OneRow {
            let sql = format!(
                "SELECT {} FROM outbox m WHERE m.id = ANY ($1) ORDER BY m.id{lock}",
                OUTBOX.join(", ")
            );
            let found = self.base.ids(&sql, &binds);
            assert!(found.len() == batch.len() || !is_outcome);
        }
        let sql = "SELECT s.message_id AS id, s.status, s.participant FROM message_statuses s \
                   WHERE s.message_id = ANY ($1)";
        self.base.ids(sql, &binds);
    }

    fn accept(&mut self, batch: &[Sent]) {
        self.base.begin();
        self.load(batch, true);
        self.change(batch, Stage::Accepted);
        if self.design == Design::Outbox {
            self.base
                .update("outbox", &OUTBOX, rows(batch, &OUTBOX, Stage::Accepted));
        }
        self.base.commit();
    }

    fn report(&mut self, batch: &[Sent], stage: Stage) {
        self.base.begin();
        self.load(batch, false);
        self.change(batch, stage);
        if stage == Stage::Delivered && self.design == Design::Outbox {
            let ids: Vec<Uuid> = batch.iter().map(|one| one.id).collect();
            self.base.delete("outbox", &ids);
        }
        self.base
            .insert("message_statuses", &STATUS, rows(batch, &STATUS, stage));
        self.base.commit();
    }

    fn change(&mut self, batch: &[Sent], stage: Stage) {
        let columns = self.design.message_change();
        self.base
            .update("messages", &columns, rows(batch, &columns, stage));
    }
}
