use wabakit_domain::{
    contact::Contact,
    conversation::{self, Conversation},
    media::Media,
    message::{Message, StatusEntry},
    outbound::{Job, JobState},
};
use wabakit_ports::store::MessageDetail;
use wabakit_wire::export as wire;

use super::{IntoWire, record, variants, words};

record!(Contact => wire::ExportedContact {
    id, org, phone, user_id, parent_user_id, name, book_name, profile_name, username,
    phone_passed_on: passed_on, opted_out, created_at, updated_at,
});
variants!(conversation::Peer => wire::Peer { Contact(id), Group(id) });
record!(Conversation => wire::ExportedConversation {
    id, org, account, peer, state, assignee, unread, last_message_at, last_message,
    last_inbound_at, free_entry_at, free_entry_until, created_at, updated_at,
});
record!(Message => wire::ExportedMessage {
    id, org, account, conversation, contact, group_id, wamid, direction, content, context,
    quoted, referral, status, errors, pricing, media, at, edited_at, revoked_at, created_at, job,
});
words!(JobState => wire::JobState {
    Queued, Dispatching, Proving, Unknown, Failed, Underway, Done,
});
record!(StatusEntry => wire::ExportedStatus { message, status, participant, at, errors, pricing });
record!(Media => wire::ExportedFile {
    id, state, mime_type, filename, sha256, size, stored_at,
});
record!(MessageDetail => wire::ExportedDetail { file: media, message, timeline });

impl IntoWire<wire::ExportedJob> for Box<Job> {
    fn into_wire(self) -> wire::ExportedJob {
        wire::ExportedJob {
            state: self.state.into_wire(),
            priority: self.priority.into_wire(),
            flow: self.flow,
            due_at: self.due_at,
            expires_at: self.expires_at,
            attempt: self.attempt,
            epoch: self.epoch,
            dispatched_at: self.dispatched_at,
            in_doubt: Some(self.in_doubt).filter(|attempt| *attempt != 0),
            duplicates: self.duplicates.into_wire(),
            wait: self.wait.into_wire(),
            client_reference: self.client_reference,
            author: self.author.into_wire(),
        }
    }
}
