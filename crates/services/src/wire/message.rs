use wabakit_domain::{
    Time, explain, inbound, media,
    message::{self as known, StatusEntry},
};
use wabakit_ports::store::MessageDetail;
use wabakit_wire::message::{
    BareMessage, Explanation, LastMessage, MediaFile, MediaState, Message, MessageError,
    TimelineEntry,
};

use super::{IntoWire, content::explained, record, sending::sending, words};
use crate::send::{ShownMessage, own_wait};

words!(media::MediaState => MediaState { Pending, Stored, Failed });

impl IntoWire<MediaFile> for media::Media {
    fn into_wire(self) -> MediaFile {
        let is_stored = self.state == media::MediaState::Stored;
        MediaFile {
            id: self.id.uuid(),
            state: self.state.into_wire(),
            mime_type: self.mime_type,
            filename: self.filename,
            size: self.size,
            error: self.error,
            url: is_stored.then(|| format!("/api/media/{}", self.id)),
        }
    }
}

impl IntoWire<Explanation> for explain::Explanation {
    fn into_wire(self) -> Explanation {
        Explanation {
            cause: self.cause.to_owned(),
            action: self.action.to_owned(),
            retry_safe: self.retry.is_safe(),
            retry: self.retry.into_wire(),
            who: self.who.into_wire(),
        }
    }
}

impl IntoWire<MessageError> for inbound::MetaFault {
    fn into_wire(self) -> MessageError {
        MessageError {
            explanation: explain::explain(self.code).into_wire(),
            code: self.code,
            title: self.title,
            message: self.message,
            details: self.details,
            href: self.href,
        }
    }
}

record!(StatusEntry => TimelineEntry {
    status, at, participant, errors, pricing, extra,
});

/// Makes the wire form of a message in events: without the reasons that hold up its number.
pub(super) fn bare_message(message: known::Message, to: Option<String>, now: Time) -> BareMessage {
    let shown = ShownMessage {
        waiting: message.job.as_ref().and_then(|job| own_wait(job, now)),
        message,
        to,
        // The event has just happened, so the message cannot be stuck.
        is_stuck: false,
    };
    shown.into_wire()
}

impl IntoWire<BareMessage> for ShownMessage {
    fn into_wire(self) -> BareMessage {
        let sending = sending(&self);
        let message = self.message;
        let is_shown = message.revoked_at.is_none();
        BareMessage {
            sending,
            id: message.id.uuid(),
            conversation_id: message.conversation.uuid(),
            account_id: message.account.uuid(),
            contact_id: message.contact.into_wire(),
            group_id: message.group_id.into_wire(),
            meta_message_id: message.wamid.map(|wamid| wamid.as_given().to_owned()),
            direction: message.direction.into_wire(),
            kind: message.content.kind().to_owned(),
            content: is_shown.then(|| explained(message.content.into_wire())),
            context: message.context.into_wire(),
            quoted_message_id: message.quoted.into_wire(),
            referral: message.referral.into_wire(),
            status: message.status.into_wire(),
            errors: message.errors.into_wire(),
            pricing: message.pricing.into_wire(),
            media_id: message.media.into_wire(),
            at: message.at,
            edited_at: message.edited_at,
            revoked_at: message.revoked_at,
            created_at: message.created_at,
            extra: message.extra.filter(|_| is_shown),
        }
    }
}

/// Makes the wire form of a message with its file and timeline.
pub fn message(detail: MessageDetail, shown: ShownMessage) -> Message {
    let is_revoked = detail.message.revoked_at.is_some();
    Message {
        message: shown.into_wire(),
        media: detail.media.filter(|_| !is_revoked).into_wire(),
        timeline: detail.timeline.into_wire(),
    }
}

/// The longest preview, in characters.
const PREVIEW: usize = 200;

impl IntoWire<LastMessage> for known::Message {
    fn into_wire(self) -> LastMessage {
        let revoked = self.revoked_at.is_some();
        let preview = self.content.preview().filter(|_| !revoked);
        LastMessage {
            id: self.id.uuid(),
            kind: self.content.kind().to_owned(),
            preview: preview.map(|text| text.chars().take(PREVIEW).collect()),
            direction: self.direction.into_wire(),
            status: self.status.into_wire(),
            at: self.at,
            revoked,
        }
    }
}
