//! Multipart forms, whose file is written to disk piece by piece.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use actix_multipart::Multipart;
use actix_web::dev::Payload;
use actix_web::http::header::HeaderMap;
use futures::StreamExt as _;
use ring::digest;

/// The most bytes of a file that are written. Of a larger file only the size is kept.
const MOST: usize = 101 << 20;
/// Bytes of a text field.
const TEXT: usize = 64 << 10;
const PREFIX: &str = "upload-";

/// A multipart form. Its files are the part `file` and, for batches, parts of other names that have a file name.
pub(crate) struct Form {
    texts: BTreeMap<String, String>,
    files: BTreeMap<String, Arc<Spooled>>,
}

/// The most files of one form: each operation of a batch can have one.
const FILES: usize = 50;

/// A file on disk. It is removed when this is dropped, unless it was moved.
pub(crate) struct Spooled {
    path: PathBuf,
    pub(crate) size: usize,
    /// SHA-256 in lowercase hex.
    pub(crate) sha256: String,
    /// The type that the form declares.
    pub(crate) mime_type: String,
}

impl Spooled {
    pub(crate) fn move_to(&self, path: &Path) -> io::Result<()> {
        fs::rename(&self.path, path)
    }

    /// Reads the file as a text of so many bytes at most.
    pub(crate) fn text(&self, most: usize) -> Option<String> {
        let read = || fs::read_to_string(&self.path).ok();
        (self.size <= most).then(read).flatten()
    }
}

impl Drop for Spooled {
    fn drop(&mut self) {
        // A file that was moved needs no removal.
        let _ = fs::remove_file(&self.path);
    }
}

impl Form {
    /// Returns a copy of the form's texts.
    pub(crate) fn texts(&self) -> BTreeMap<String, String> {
        self.texts.clone()
    }

    /// Returns the form's file.
    pub(crate) fn file(&self) -> Option<&Spooled> {
        self.files.get("file").map(Arc::as_ref)
    }

    /// Makes the form of an operation of a batch, whose file is a part of the batch's form.
    pub(crate) fn of_attached(&self, name: &str) -> Option<Self> {
        let file = self.files.get(name)?;
        Some(Self {
            texts: BTreeMap::new(),
            files: BTreeMap::from([("file".to_owned(), Arc::clone(file))]),
        })
    }

    /// Reads a form. `None` when it is malformed.
    pub(crate) async fn read(headers: &HeaderMap, payload: Payload, folder: &Path) -> Option<Self> {
        let mut parts = Multipart::new(headers, payload);
        let mut form = Self {
            texts: BTreeMap::new(),
            files: BTreeMap::new(),
        };
        while let Some(part) = parts.next().await {
            let mut part = part.ok()?;
            let name = part.name()?.to_owned();
            let disposition = part.content_disposition();
            let is_file = disposition.is_some_and(|it| it.get_filename().is_some());
            if name == "file" || is_file {
                if form.files.len() >= FILES {
                    return None;
                }
                let mime_type = part.content_type().map(ToString::to_string);
                let mut file = spool(&mut part, folder).await?;
                if let Some(mime_type) = mime_type {
                    file.mime_type = mime_type;
                }
                form.files.insert(name, Arc::new(file));
                continue;
            }
            let mut bytes = Vec::new();
            while let Some(chunk) = part.next().await {
                bytes.extend_from_slice(&chunk.ok()?);
                if bytes.len() > TEXT {
                    return None;
                }
            }
            form.texts.insert(name, String::from_utf8(bytes).ok()?);
        }
        Some(form)
    }
}

async fn spool(part: &mut actix_multipart::Field, folder: &Path) -> Option<Spooled> {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let path = folder.join(format!("{PREFIX}{count}"));
    let mut file = File::create(&path).ok()?;
    let mut spooled = Spooled {
        path,
        size: 0,
        sha256: String::new(),
        mime_type: "application/octet-stream".to_owned(),
    };
    let mut hash = digest::Context::new(&digest::SHA256);
    while let Some(chunk) = part.next().await {
        let chunk = chunk.ok()?;
        spooled.size += chunk.len();
        if spooled.size <= MOST {
            hash.update(&chunk);
            file.write_all(&chunk).ok()?;
        }
    }
    spooled.sha256 = hex::encode(hash.finish());
    Some(spooled)
}

/// Removes the files that a killed sandbox did not finish.
pub(super) fn sweep(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with(PREFIX) {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}
