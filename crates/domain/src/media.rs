//! Files of messages: Meta deletes them after a while, so we fetch and keep them.

use serde::{Deserialize, Serialize};

use crate::{
    Time,
    ids::{AccountId, ConversationId, MediaId, MessageId, MetaMediaId, OrgId},
};

/// The name endings of types that Meta knows.
const ENDINGS: [(&str, &str); 27] = [
    ("image/jpeg", "jpg"),
    ("image/png", "png"),
    ("image/gif", "gif"),
    ("image/webp", "webp"),
    ("audio/aac", "aac"),
    ("audio/amr", "amr"),
    ("audio/mpeg", "mp3"),
    ("audio/mp4", "m4a"),
    ("audio/ogg", "ogg"),
    ("audio/opus", "opus"),
    ("audio/wav", "wav"),
    ("audio/webm", "weba"),
    ("video/mp4", "mp4"),
    ("video/3gpp", "3gp"),
    ("video/quicktime", "mov"),
    ("video/webm", "webm"),
    ("text/plain", "txt"),
    ("text/csv", "csv"),
    ("text/vcard", "vcf"),
    ("application/pdf", "pdf"),
    ("application/zip", "zip"),
    ("application/msword", "doc"),
    ("application/vnd.ms-excel", "xls"),
    ("application/vnd.ms-powerpoint", "ppt"),
    (
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "docx",
    ),
    (
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "xlsx",
    ),
    (
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        "pptx",
    ),
];

/// Returns the ending of names of files of a type, without a dot.
pub fn ending_of(mime_type: &str) -> Option<&'static str> {
    let mime_type = mime_type.split(';').next().unwrap_or_default().trim();
    ENDINGS
        .iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(mime_type))
        .map(|(_, ending)| *ending)
}

/// Names a file as people see it: its own name, or one made of what it is and when it came, with the ending of its
/// type, so that it opens.
pub fn shown_name(told: Option<&str>, mime_type: Option<&str>, at: Time) -> String {
    if let Some(name) = told.map(str::trim).filter(|name| !name.is_empty()) {
        return name.to_owned();
    }
    let mime_type = mime_type.unwrap_or_default();
    let what = match mime_type.split('/').next() {
        _ if mime_type.starts_with("image/webp") => "sticker",
        Some("image") => "photo",
        Some("video") => "video",
        Some("audio") => "audio",
        _ => "document",
    };
    let name = format!("{what}-{}", at.format("%Y-%m-%d-%H%M%S"));
    match ending_of(mime_type) {
        Some(ending) => format!("{name}.{ending}"),
        None => name,
    }
}

/// The progress of fetching a file.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MediaState {
    /// It will be fetched as soon as possible.
    Pending,
    /// It is in our store.
    Stored,
    /// It could not be fetched. A person may ask for another try.
    Failed,
}

impl MediaState {
    /// Returns the stored name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Stored => "stored",
            Self::Failed => "failed",
        }
    }
}

/// A file of a message.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Media {
    /// Our id.
    pub id: MediaId,
    /// The tenant.
    pub org: OrgId,
    /// The number that received it: its grant may fetch it.
    pub account: AccountId,
    /// The message.
    pub message: MessageId,
    /// The conversation.
    pub conversation: ConversationId,
    /// Meta's id.
    pub meta_media_id: Option<MetaMediaId>,
    /// The link from the webhook, which works for some minutes.
    pub link: Option<String>,
    /// The MIME type from Meta. It is not trusted when the file is served.
    pub mime_type: Option<String>,
    /// The SHA-256 in Meta's form: base64 or hex.
    pub sha256: Option<String>,
    /// The file's name, from the sender's phone.
    pub filename: Option<String>,
    /// The progress of fetching it.
    pub state: MediaState,
    /// The number of times that fetching was tried.
    pub attempts: i32,
    /// The time when fetching is tried next, while it is pending.
    pub next_at: Option<Time>,
    /// Its key in our own store.
    pub key: Option<String>,
    /// Its size in bytes, once it is stored.
    pub size: Option<i64>,
    /// The reason why the last try failed, as a code: `expired`, `hash_mismatch`, `too_large`, `token_dead`,
    /// `storage_quota`, …
    pub error: Option<String>,
    /// The time when the row was created.
    pub created_at: Time,
    /// The time when it was stored.
    pub stored_at: Option<Time>,
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(None, Some("image/jpeg"), "photo-2023-11-14-221320.jpg")]
    #[case(
        Some("  "),
        Some("audio/ogg; codecs=opus"),
        "audio-2023-11-14-221320.ogg"
    )]
    #[case(None, Some("image/webp"), "sticker-2023-11-14-221320.webp")]
    #[case(None, Some("application/x-unknown"), "document-2023-11-14-221320")]
    #[case(None, None, "document-2023-11-14-221320")]
    #[case(Some("Invoice 12.pdf"), Some("application/pdf"), "Invoice 12.pdf")]
    #[case(Some("passwd"), Some("application/pdf"), "passwd")]
    #[case(Some("list.CSV"), Some("text/plain"), "list.CSV")]
    fn a_file_has_a_name_that_opens(
        #[case] told: Option<&str>,
        #[case] mime_type: Option<&str>,
        #[case] shown: &str,
    ) {
        let at = DateTime::from_timestamp(1_700_000_000, 0).unwrap();
        assert_eq!(shown_name(told, mime_type, at), shown);
    }
}
