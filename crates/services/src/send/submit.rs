//! Submitting messages: one or many in a call.

use std::collections::HashMap;

use serde_json::Value;
use wabakit_domain::{
    ids::{MediaId, MessageId, UploadId},
    inbound::MessageContent,
    message::Message,
    outbound::{MediaKind, MediaRef, Outbound, StoredFile},
    principal::Scope,
};
use wabakit_ports::store::{IdempotencyKey, Submitted, Upload};

use super::{
    Defaults, MessageService, Refusal, SendError, ShownMessage,
    answer::{self, Slot},
    draft::{self, Draft},
    files::{name_of, upload_id},
    idempotency, sniff,
    writer::{Call, Ready, Written},
};
use crate::{Caller, Invalid, ServiceError};

/// The most messages of one call.
const MOST: usize = 1_000;

/// The answer of a call, and whether the call was repeated.
#[derive(Clone, PartialEq, Debug)]
pub struct Answered<T> {
    /// Tells whether the call is a repetition, so that nothing was queued now.
    pub is_replayed: bool,
    /// The answer. A message that the first call queued is shown as it is now.
    pub value: T,
}

impl MessageService {
    /// Queues a message: Meta's own message object, with our fields beside it (`accountId`, `priority`, `flow`,
    /// `scheduledAt`, `expiresAt`, `clientReference`, `ignoreWindow`, `category`). When it returns, the message is
    /// durable. With an idempotency key, a repeated call queues nothing more for at least as long as keys are kept.
    ///
    /// # Errors
    /// [`SendError::Invalid`] with all faults; [`SendError::WindowClosed`], [`SendError::OptedOut`],
    /// [`SendError::NoAccount`], [`SendError::NotConnected`]; for the key [`SendError::InFlight`],
    /// [`SendError::KeyReused`], [`SendError::KeyMalformed`]; [`SendError::NotStored`] when the database did not
    /// confirm the write.
    pub async fn submit(
        &self,
        caller: &Caller,
        key: Option<&str>,
        message: Value,
    ) -> Result<Answered<ShownMessage>, SendError> {
        caller.require(Scope::MessagesSend)?;
        let key = key
            .map(|key| idempotency::key(key, "one", &message))
            .transpose()?;
        let _taken = match &key {
            Some(key) => Some(self.in_flight.begin(caller.org, &key.key)?),
            None => None,
        };
        let found = match self.repeated(caller, key.as_ref()).await? {
            Some(found) => found,
            None => {
                let defaults = Defaults::default();
                let mut uploads = HashMap::new();
                let ready = self.ready(caller, message, &defaults, &mut uploads).await?;
                let call = Call {
                    caller: caller.clone(),
                    key,
                    author: caller.principal.user(),
                    messages: vec![Ok(ready)],
                };
                self.written(caller, call).await?
            }
        };
        let (is_replayed, results) = found;
        let value = results.into_iter().next().ok_or(SendError::NotStored)?;
        let value = value.map_err(|refusal| match refusal {
            Failed::Now(error) => error,
            // The answer of a single message is kept only if the message was queued.
            Failed::Before(_) => SendError::KeyReused,
        })?;
        let shown = self.shown(caller, vec![value]).await?;
        let value = shown.into_iter().next().ok_or(SendError::NotStored)?;
        Ok(Answered { is_replayed, value })
    }

    /// Queues many messages, each as [`MessageService::submit`] does. A refused message does not stop the others.
    /// `defaults` holds the values for messages that do not have their own.
    ///
    /// # Errors
    /// As for [`MessageService::submit`], except for the errors of one message.
    pub async fn submit_many(
        &self,
        caller: &Caller,
        key: Option<&str>,
        messages: Vec<Value>,
        defaults: Defaults,
    ) -> Result<Answered<Vec<Result<ShownMessage, Refusal>>>, SendError> {
        caller.require(Scope::MessagesSend)?;
        if messages.is_empty() || messages.len() > MOST {
            let detail = "Give 1 to 1,000 messages.";
            return Err(Invalid::new("/messages", detail).into());
        }
        if defaults
            .flow
            .as_deref()
            .is_some_and(|flow| !draft::is_flow(flow))
        {
            let detail = "Give a text of 1 to 64 characters, without line breaks.";
            return Err(Invalid::new("/flow", detail).into());
        }
        if defaults.account.is_some() {
            self.numbers.sender(caller.org, defaults.account).await?;
        }
        let key = match key {
            Some(key) => {
                let asked = serde_json::json!([
                    messages,
                    defaults.account,
                    defaults.priority,
                    defaults.flow
                ]);
                Some(idempotency::key(key, "many", &asked)?)
            }
            None => None,
        };
        let _taken = match &key {
            Some(key) => Some(self.in_flight.begin(caller.org, &key.key)?),
            None => None,
        };
        let found = match self.repeated(caller, key.as_ref()).await? {
            Some(found) => found,
            None => {
                let mut uploads = HashMap::new();
                let mut ready = Vec::with_capacity(messages.len());
                for message in messages {
                    ready.push(
                        match self.ready(caller, message, &defaults, &mut uploads).await {
                            Err(error) if !is_of_message(&error) => return Err(error),
                            ready => ready,
                        },
                    );
                }
                let call = Call {
                    caller: caller.clone(),
                    key,
                    author: None,
                    messages: ready,
                };
                self.written(caller, call).await?
            }
        };
        let (is_replayed, results) = found;
        let mut queued = Vec::new();
        let mut places = Vec::with_capacity(results.len());
        for result in results {
            places.push(match result {
                Ok(message) => {
                    queued.push(message);
                    None
                }
                Err(Failed::Now(error)) => Some(Refusal::from(&error)),
                Err(Failed::Before(refusal)) => Some(refusal),
            });
        }
        let mut shown = self.shown(caller, queued).await?.into_iter();
        let results = places.into_iter().map(|refusal| match refusal {
            Some(refusal) => Ok(Err(refusal)),
            None => shown.next().map(Ok).ok_or(SendError::NotStored),
        });
        let value = results.collect::<Result<_, SendError>>()?;
        Ok(Answered { is_replayed, value })
    }

    async fn written(&self, caller: &Caller, call: Call) -> Result<Found, SendError> {
        match self.writer.write(call).await? {
            Written::Queued(results) => {
                let results = results
                    .into_iter()
                    .map(|result| result.map_err(Failed::Now));
                Ok((false, results.collect()))
            }
            Written::Repeated(answer) => Ok((true, self.kept(caller, &answer).await?)),
        }
    }

    /// Returns the stored answer of a repeated call.
    async fn repeated(
        &self,
        caller: &Caller,
        key: Option<&IdempotencyKey>,
    ) -> Result<Option<Found>, SendError> {
        let Some(key) = key else { return Ok(None) };
        let outbox = &self.ports.outbox;
        match outbox.repeated(caller.org, key.clone()).await? {
            None | Some(Submitted::Queued(_)) => Ok(None),
            Some(Submitted::Repeated(answer)) => {
                Ok(Some((true, self.kept(caller, &answer).await?)))
            }
            Some(Submitted::KeyReused) => Err(SendError::KeyReused),
        }
    }

    async fn kept(
        &self,
        caller: &Caller,
        answer: &str,
    ) -> Result<Vec<Result<Message, Failed>>, SendError> {
        let slots = answer::read(answer).ok_or_else(|| {
            SendError::Service(ServiceError::internal("a kept answer cannot be read"))
        })?;
        let mut results = Vec::with_capacity(slots.len());
        for slot in slots {
            results.push(match slot {
                Slot::Queued(id) => Ok(self.find(caller, id).await?),
                Slot::Refused(refusal) => Err(Failed::Before(refusal)),
            });
        }
        Ok(results)
    }

    /// Reads a message, and finds its number and its files.
    async fn ready(
        &self,
        caller: &Caller,
        message: Value,
        defaults: &Defaults,
        uploads: &mut HashMap<UploadId, Option<Upload>>,
    ) -> Result<Ready, SendError> {
        let base = &self.ports.base;
        let now = base.now();
        let draft = Draft::read(message, defaults, (now, self.time_to_live));
        let mut draft = draft.map_err(SendError::Invalid)?;
        let account = self.numbers.sender(caller.org, draft.account).await?;
        let file = self.file(caller, &mut draft, uploads).await?;
        let id = base.id::<MessageId>();
        Ok(Ready::new(draft, account, id, file, now))
    }

    /// Checks the files that a message names against our uploads, and adds missing names of documents. Returns the file
    /// that the message itself carries.
    async fn file(
        &self,
        caller: &Caller,
        draft: &mut Draft,
        uploads: &mut HashMap<UploadId, Option<Upload>>,
    ) -> Result<Option<StoredFile>, SendError> {
        let (mut own, mut wrong) = (None, Vec::new());
        let files = draft.outbound.media();
        if files.is_empty() {
            return Ok(None);
        }
        let mut named = draft.outbound.to_json();
        let mut is_named_here = false;
        for file in files {
            let Some(id) = upload_id(&file.source) else {
                continue;
            };
            let known = match uploads.get(&id) {
                Some(known) => known.clone(),
                None => {
                    let known = self.ports.outbox.upload(caller.org, id).await?;
                    uploads.insert(id, known.clone());
                    known
                }
            };
            if file.kind == MediaKind::Document
                && let Some(upload) = &known
                && let Some(Value::Object(part)) = named.pointer_mut(&file.pointer)
                && part
                    .get("filename")
                    .and_then(Value::as_str)
                    .is_none_or(|name| name.trim().is_empty())
            {
                part.insert("filename".to_owned(), name_of(upload).into());
                is_named_here = true;
            }
            let is_voice =
                named.pointer(&format!("{}/voice", file.pointer)) == Some(&Value::Bool(true));
            if is_voice
                && known
                    .as_ref()
                    .is_some_and(|upload| upload.mime_type != VOICE)
            {
                let detail = "Meta plays a voice message from Ogg with Opus only: record it so, or leave `voice` out to send it as a sound file.";
                wrong.push(Invalid::new(format!("{}/voice", file.pointer), detail));
            }
            match known.as_ref().map(|upload| fits(&file, upload)) {
                None => {
                    let detail = "There is no uploaded file of yours with this id.";
                    wrong.push(Invalid::new(format!("{}/id", file.pointer), detail));
                }
                Some(Err(detail)) => {
                    wrong.push(Invalid::new(format!("{}/id", file.pointer), detail));
                }
                Some(Ok(())) if file.pointer == format!("/{}", file.kind.as_str()) => own = known,
                Some(Ok(())) => {}
            }
        }
        if is_named_here && wrong.is_empty() {
            draft.outbound = Outbound::from_json(named).map_err(|faults| {
                let faults = faults.into_iter();
                SendError::Invalid(
                    faults
                        .map(|one| Invalid::new(one.pointer, one.message))
                        .collect(),
                )
            })?;
        }
        match wrong.is_empty() {
            true => Ok(own.map(|upload| self.stored(upload))),
            false => Err(SendError::Invalid(wrong)),
        }
    }

    fn stored(&self, upload: Upload) -> StoredFile {
        StoredFile {
            media: self.ports.base.id::<MediaId>(),
            key: upload.key,
            size: upload.size,
            mime_type: upload.mime_type,
            sha256: hex::encode(upload.sha256),
            filename: upload.filename,
        }
    }
}

/// The messages of a call, and whether the call was repeated.
type Found = (bool, Vec<Result<Message, Failed>>);

/// The reason why a message of a call was not queued.
enum Failed {
    Now(SendError),
    Before(Refusal),
}

/// Tells whether an error concerns one message and not the whole call.
const fn is_of_message(error: &SendError) -> bool {
    matches!(
        error,
        SendError::Invalid(_)
            | SendError::NoAccount
            | SendError::NotConnected
            | SendError::Service(ServiceError::NotFound(_))
    )
}

/// The only type that Meta plays as a voice message.
const VOICE: &str = "audio/ogg";

/// Checks that a file may be sent as this kind. Every file may be sent as a document.
fn fits(file: &MediaRef, upload: &Upload) -> Result<(), String> {
    let kind = sniff::kind_of(&upload.mime_type);
    match file.kind == kind || file.kind == MediaKind::Document {
        true => Ok(()),
        false => Err(format!(
            "This file is of the kind {}, and cannot be sent as {}.",
            kind.as_str(),
            file.kind.as_str()
        )),
    }
}

/// Adds the facts of our file to the content that shows it.
pub(super) fn describe(content: &mut MessageContent, file: &StoredFile) {
    if let MessageContent::Image(media)
    | MessageContent::Video(media)
    | MessageContent::Audio(media)
    | MessageContent::Document(media)
    | MessageContent::Sticker(media) = content
    {
        media.mime_type = Some(file.mime_type.clone());
        media.sha256 = Some(file.sha256.clone());
        // The file is ours, so there is no id of Meta's.
        media.meta_media_id = None;
    }
}
