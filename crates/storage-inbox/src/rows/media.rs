use wabakit_domain::{
    Time,
    ids::{AccountId, ConversationId, MediaId, MessageId, MetaMediaId, OrgId},
    inbox::NewMedia,
    media::{Media, MediaState},
};
use wabakit_ports::store::StoreError;

use crate::{
    bulk::row,
    types::{T, U},
    values::{opt_text, row as cells, word},
};

row! {
    #[derive(diesel::AsChangeset)]
    #[diesel(treat_none_as_null = true)]
    struct MediaRow in media {
        id: U,
        org_id: U,
        account_id: U,
        message_id: U,
        conversation_id: U,
        meta_media_id: Option<String>,
        link: Option<String>,
        mime_type: Option<String>,
        sha256: Option<String>,
        filename: Option<String>,
        state: String,
        attempts: i32,
        next_at: Option<T>,
        key: Option<String>,
        size: Option<i64>,
        error: Option<String>,
        created_at: T,
        stored_at: Option<T>,
    }
}

impl MediaRow {
    /// Makes the row of a new file, which is due to be fetched or already stored.
    pub(crate) fn new(new: &NewMedia, now: Time) -> Result<Self, StoreError> {
        let stored = new.stored.as_ref();
        let state = match stored {
            Some(_) => MediaState::Stored,
            None => MediaState::Pending,
        };
        Ok(Self {
            id: U(new.id.0),
            org_id: U(new.org.0),
            account_id: U(new.account.0),
            message_id: U(new.message.0),
            conversation_id: U(new.conversation.0),
            meta_media_id: opt_text(new.meta_media_id.as_ref().map(MetaMediaId::as_str))?,
            link: opt_text(new.link.as_deref())?,
            mime_type: opt_text(new.mime_type.as_deref())?,
            sha256: opt_text(new.sha256.as_deref())?,
            filename: opt_text(new.filename.as_deref())?,
            state: state.as_str().to_owned(),
            attempts: 0,
            next_at: stored.is_none().then_some(T(now)),
            key: opt_text(stored.map(|file| file.key.as_str()))?,
            size: stored.map(|file| file.size),
            error: None,
            created_at: T(now),
            stored_at: stored.map(|_| T(now)),
        })
    }

    /// Returns the bytes that the file takes of the media store.
    pub(crate) fn stored_bytes(&self) -> i64 {
        match self.state == MediaState::Stored.as_str() {
            true => self.size.unwrap_or(0),
            false => 0,
        }
    }

    /// Takes over the result of fetching. The file's message stays.
    pub(crate) fn take(&mut self, media: &Media) -> Result<(), StoreError> {
        self.meta_media_id = opt_text(media.meta_media_id.as_ref().map(MetaMediaId::as_str))?;
        self.link = opt_text(media.link.as_deref())?;
        self.mime_type = opt_text(media.mime_type.as_deref())?;
        self.sha256 = opt_text(media.sha256.as_deref())?;
        self.filename = opt_text(media.filename.as_deref())?;
        self.state = word(&media.state)?;
        self.attempts = media.attempts;
        self.next_at = media.next_at.map(T);
        self.key = opt_text(media.key.as_deref())?;
        self.size = media.size;
        self.error = opt_text(media.error.as_deref())?;
        self.stored_at = media.stored_at.map(T);
        Ok(())
    }
}

impl TryFrom<MediaRow> for Media {
    type Error = StoreError;

    fn try_from(row: MediaRow) -> Result<Self, StoreError> {
        let cell = cells("media", row.id.0);
        Ok(Self {
            id: MediaId(row.id.0),
            org: OrgId(row.org_id.0),
            account: AccountId(row.account_id.0),
            message: MessageId(row.message_id.0),
            conversation: ConversationId(row.conversation_id.0),
            meta_media_id: row.meta_media_id.map(Into::into),
            link: row.link,
            mime_type: row.mime_type,
            sha256: row.sha256,
            filename: row.filename,
            state: cell("state").word(&row.state)?,
            attempts: row.attempts,
            next_at: row.next_at.map(|at| at.0),
            key: row.key,
            size: row.size,
            error: row.error,
            created_at: row.created_at.0,
            stored_at: row.stored_at.map(|at| at.0),
        })
    }
}
