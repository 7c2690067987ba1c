use wabakit_domain::{
    Time,
    ids::{AccountId, OrgId, UploadId},
};
use wabakit_ports::store::{IdempotencyKey, QueueBlock, StoreError, Submission, Submitted, Upload};

use crate::{
    bulk::row,
    types::{T, U},
    values::{row as cells, text},
};

row! {
    /// A number's queue: its lease, pause and block.
    struct NumberQueueRow in number_queues {
        account_id: U,
        owner: Option<U>,
        epoch: i64,
        until: Option<T>,
        is_paused: bool,
        block_reason: Option<String>,
        block_until: Option<T>,
        block_code: Option<i64>,
    }
}

row! {
    /// The count of a number's messages from customers.
    struct InboundRow in number_inbound {
        account_id: U,
        total: i64,
    }
}

row! {
    /// An idempotency key with the stored answer.
    struct KeptRow in idempotency_keys {
        org_id: U,
        key: String,
        fingerprint: Vec<u8>,
        answer: String,
        created_at: T,
    }
}

row! {
    struct UploadRow in uploads {
        id: U,
        org_id: U,
        sha256: Vec<u8>,
        mime_type: String,
        filename: String,
        key: String,
        size: i64,
        created_at: T,
    }
}

impl NumberQueueRow {
    /// Makes the row of a queue that was never leased.
    pub(crate) fn new(account: AccountId) -> Self {
        Self {
            account_id: U(account.0),
            owner: None,
            epoch: 0,
            until: None,
            is_paused: false,
            block_reason: None,
            block_until: None,
            block_code: None,
        }
    }

    /// Tells whether the queue is leased now.
    pub(crate) fn is_held(&self, now: Time) -> bool {
        self.owner.is_some() && self.until.is_some_and(|until| until.0 > now)
    }

    pub(crate) fn block(&self) -> Result<Option<QueueBlock>, StoreError> {
        let (Some(reason), Some(until)) = (&self.block_reason, self.block_until) else {
            return Ok(None);
        };
        let cell = cells("number_queues", self.account_id.0)("block_reason");
        Ok(Some(QueueBlock {
            reason: cell.word(reason)?,
            until: until.0,
            code: self.block_code,
        }))
    }
}

impl KeptRow {
    /// Makes the row of a call with an idempotency key.
    pub(crate) fn new(
        submission: &Submission,
        key: &IdempotencyKey,
        now: Time,
    ) -> Result<Self, StoreError> {
        Ok(Self {
            org_id: U(submission.org.0),
            key: text(&key.key)?,
            fingerprint: key.fingerprint.to_vec(),
            answer: text(&submission.answer)?,
            created_at: T(now),
        })
    }

    /// Returns the answer to another call with this key.
    pub(crate) fn answer(&self, asked: &IdempotencyKey) -> Submitted {
        match self.fingerprint == asked.fingerprint {
            true => Submitted::Repeated(self.answer.clone()),
            false => Submitted::KeyReused,
        }
    }
}

impl TryFrom<&Upload> for UploadRow {
    type Error = StoreError;

    fn try_from(upload: &Upload) -> Result<Self, StoreError> {
        Ok(Self {
            id: U(upload.id.0),
            org_id: U(upload.org.0),
            sha256: upload.sha256.to_vec(),
            mime_type: text(&upload.mime_type)?,
            filename: text(upload.filename.as_deref().unwrap_or_default())?,
            key: text(&upload.key)?,
            size: upload.size,
            created_at: T(upload.created_at),
        })
    }
}

impl TryFrom<UploadRow> for Upload {
    type Error = StoreError;

    fn try_from(row: UploadRow) -> Result<Self, StoreError> {
        let sha256 = cells("uploads", row.id.0)("sha256").bytes32(&row.sha256)?;
        Ok(Self {
            id: UploadId(row.id.0),
            org: OrgId(row.org_id.0),
            key: row.key,
            sha256,
            mime_type: row.mime_type,
            filename: Some(row.filename).filter(|name| !name.is_empty()),
            size: row.size,
            created_at: row.created_at.0,
        })
    }
}
