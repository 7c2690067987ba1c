use wabakit_domain::{
    Time,
    conversation::{self as known, Peer},
    group,
};
use wabakit_ports::store::ConversationOverview;
use wabakit_wire::conversation::{
    BareConversation, Conversation, ConversationState, Group, Window, WindowKind,
};

use super::{IntoWire, record, words};

words!(both known::ConversationState => ConversationState { Open, Closed });

record!(group::Group => Group {
    subject, description, join_approval_mode, suspended: is_suspended, deleted: is_deleted,
});

/// A value is told without its time.
impl<T: IntoWire<W>, W> IntoWire<W> for group::Dated<T> {
    fn into_wire(self) -> W {
        self.value.into_wire()
    }
}

fn window(conversation: &known::Conversation, now: Time) -> Option<Window> {
    let until = conversation.window_until()?;
    let is_free = conversation.free_entry_until == Some(until);
    Some(Window {
        open: now < until,
        until,
        kind: if is_free {
            WindowKind::FreeEntryPoint
        } else {
            WindowKind::Service
        },
    })
}

/// Makes the wire form of a conversation in events. Its window is judged at `now`.
pub fn bare_conversation(conversation: known::Conversation, now: Time) -> BareConversation {
    let window = window(&conversation, now);
    let (contact_id, group_id) = match conversation.peer {
        Peer::Contact(contact) => (Some(contact.uuid()), None),
        Peer::Group(group) => (None, Some(group.into_string())),
    };
    BareConversation {
        id: conversation.id.uuid(),
        account_id: conversation.account.uuid(),
        contact_id,
        group_id,
        group: conversation.group.map(|group| (*group).into_wire()),
        state: conversation.state.into_wire(),
        assignee_id: conversation.assignee.into_wire(),
        unread: conversation.unread,
        last_message_at: conversation.last_message_at,
        user_id: conversation.user_id.into_wire(),
        is_phone_stale: conversation.is_phone_stale,
        window,
        created_at: conversation.created_at,
        updated_at: conversation.updated_at,
    }
}

/// Makes the wire form of a conversation in lists. Its window is judged at `now`.
pub fn conversation(overview: ConversationOverview, now: Time) -> Conversation {
    Conversation {
        conversation: bare_conversation(overview.conversation, now),
        contact: overview.contact.into_wire(),
        last_message: overview.last_message.into_wire(),
    }
}
