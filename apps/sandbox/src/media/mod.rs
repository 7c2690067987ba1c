//! Media objects: files that customers send and apps upload. Their bytes are in files, except for samples, which are
//! made again when they are asked for.

mod samples;
mod spool;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use chrono::Duration;
use ring::digest;
use serde::{Deserialize, Serialize};

pub(crate) use samples::Sample;
pub(crate) use spool::{Form, Spooled};

use crate::clock::Time;
use crate::records::Records;
use crate::secrets;
use crate::state::lock;

/// The first id. Ids have fifteen digits and count up.
const FIRST_ID: u64 = 760_000_000_000_000;
const KEPT: usize = 20_000;
/// The time for which a download address works.
const URL_LIVES: Duration = Duration::minutes(5);

/// A media object.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Media {
    pub(crate) id: String,
    pub(crate) phone_id: String,
    pub(crate) mime_type: String,
    pub(crate) size: usize,
    /// SHA-256 in lowercase hex.
    pub(crate) sha256: String,
    /// The time when the id expires.
    pub(crate) expires_at: Time,
    /// The sample that it is. Otherwise its bytes are in a file.
    sample: Option<Sample>,
}

impl Media {
    /// Returns the hash in the webhooks' form.
    pub(crate) fn sha256_base64(&self) -> String {
        STANDARD.encode(hex::decode(&self.sha256).unwrap_or_default())
    }
}

/// The origin of a media object, which decides how long its id lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Origin {
    /// A customer sent it: 7 days.
    Webhook,
    /// An app uploaded it: 30 days.
    Upload,
}

/// The bytes of a new object.
pub(crate) enum Content<'a> {
    Sample(Sample),
    Given {
        bytes: Bytes,
        mime_type: String,
    },
    /// The bytes were read to disk already.
    Spooled {
        file: &'a Spooled,
        mime_type: String,
    },
}

/// All media objects.
pub(crate) struct Shelf {
    folder: PathBuf,
    records: Mutex<Records<Media>>,
}

impl Shelf {
    pub(crate) fn open(folder: &Path) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        spool::sweep(folder)?;
        Ok(Self {
            folder: folder.to_owned(),
            records: Mutex::new(Records::open(folder.join("media.jsonl"), KEPT)?),
        })
    }

    /// Returns the folder of uploads.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Adds an object, and removes the oldest ones that have expired or are too many.
    pub(crate) fn add(
        &self,
        phone_id: &str,
        content: Content<'_>,
        origin: Origin,
        now: Time,
    ) -> io::Result<Media> {
        let mut records = lock(&self.records);
        while let Some(oldest) = oldest_to_forget(&records, now) {
            self.forget(&mut records, oldest)?;
        }
        let number = records.number();
        let id = (FIRST_ID + number).to_string();
        let hash = |bytes: &[u8]| hex::encode(digest::digest(&digest::SHA256, bytes));
        let path = self.folder.join(&id);
        let (sample, size, sha256, mime_type) = match content {
            Content::Sample(sample) => {
                let (bytes, mime_type) = (sample.bytes(&id), sample.mime_type().to_owned());
                (Some(sample), bytes.len(), hash(&bytes), mime_type)
            }
            Content::Given { bytes, mime_type } => {
                fs::write(path, &bytes)?;
                (None, bytes.len(), hash(&bytes), mime_type)
            }
            Content::Spooled { file, mime_type } => {
                file.move_to(&path)?;
                (None, file.size, file.sha256.clone(), mime_type)
            }
        };
        let days = match origin {
            Origin::Webhook => 7,
            Origin::Upload => 30,
        };
        let media = Media {
            id,
            phone_id: phone_id.to_owned(),
            mime_type,
            size,
            sha256,
            expires_at: now + Duration::days(days),
            sample,
        };
        records.put(number, media.clone())?;
        Ok(media)
    }

    /// Returns the object, if it has not expired.
    pub(crate) fn get(&self, id: &str, now: Time) -> Option<Media> {
        let records = lock(&self.records);
        let media = records.get(number_of(id)?)?;
        (media.expires_at > now).then(|| media.clone())
    }

    /// Tells whether an object has this id, expired ones included.
    pub(crate) fn is_media(&self, id: &str) -> bool {
        number_of(id).is_some_and(|number| lock(&self.records).get(number).is_some())
    }

    pub(crate) fn bytes(&self, media: &Media) -> io::Result<Bytes> {
        match media.sample {
            Some(sample) => Ok(sample.bytes(&media.id)),
            None => fs::read(self.folder.join(&media.id)).map(Bytes::from),
        }
    }

    pub(crate) fn remove(&self, id: &str) -> io::Result<()> {
        match number_of(id) {
            Some(number) => self.forget(&mut lock(&self.records), number),
            None => Ok(()),
        }
    }

    pub(crate) fn clear(&self) -> io::Result<()> {
        let mut records = lock(&self.records);
        let all: Vec<u64> = records.iter().map(|(number, _)| number).collect();
        for number in all {
            self.forget(&mut records, number)?;
        }
        records.clear()
    }

    fn forget(&self, records: &mut Records<Media>, number: u64) -> io::Result<()> {
        let Some(media) = records.remove(number)? else {
            return Ok(());
        };
        if media.sample.is_none() {
            fs::remove_file(self.folder.join(&media.id))?;
        }
        Ok(())
    }
}

fn oldest_to_forget(records: &Records<Media>, now: Time) -> Option<u64> {
    let (number, media) = records.iter().next()?;
    (records.len() >= KEPT || media.expires_at <= now).then_some(number)
}

fn number_of(id: &str) -> Option<u64> {
    id.parse::<u64>().ok()?.checked_sub(FIRST_ID)
}

/// Makes a path by which the object can be downloaded for five minutes.
pub(crate) fn download_path(key: &str, media_id: &str, now: Time) -> String {
    let end = (now + URL_LIVES).timestamp();
    let mark = mark(key, media_id, end);
    format!("/whatsapp_business/attachments/?mid={media_id}&ext={end}&hash={mark}")
}

/// Tells whether a download address is one of ours and still works.
pub(crate) fn address_is_good(key: &str, media_id: &str, end: &str, hash: &str, now: Time) -> bool {
    let end: i64 = end.parse().unwrap_or_default();
    hash == mark(key, media_id, end) && now.timestamp() < end
}

fn mark(key: &str, media_id: &str, end: i64) -> String {
    secrets::short(key, &format!("media:{media_id}:{end}"), 32)
}
