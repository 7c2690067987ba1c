//! Conversations: the messages between one number and one person or group.

use chrono::Duration;
use serde::{Deserialize, Serialize};

use crate::{
    Time,
    group::Group,
    ids::{AccountId, ContactId, ConversationId, GroupId, MessageId, OrgId, ScopedUserId, UserId},
    inbound::Party,
};

/// The time for which a business may answer freely after the customer's last message or call.
/// Source: Meta, "Send messages", customer service windows.
pub const SERVICE_WINDOW: Duration = Duration::hours(24);
/// The length of a free entry point's window, if the business answers within the service window.
pub const FREE_ENTRY_WINDOW: Duration = Duration::hours(72);

/// The other side of a conversation.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", content = "id", rename_all = "snake_case")]
pub enum Peer {
    /// One person.
    Contact(ContactId),
    /// A group.
    Group(GroupId),
}

/// Tells whether a conversation still needs somebody's attention.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConversationState {
    /// It needs attention.
    Open,
    /// It is done. The customer's next message opens it again.
    Closed,
}

/// A conversation. There is one for each number and peer.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Conversation {
    /// Our id.
    pub id: ConversationId,
    /// The tenant.
    pub org: OrgId,
    /// The business's number.
    pub account: AccountId,
    /// The other side.
    pub peer: Peer,
    /// Open or closed.
    pub state: ConversationState,
    /// The member who is responsible for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assignee: Option<UserId>,
    /// The number of the customer's messages that nobody has read.
    pub unread: i32,
    /// The time when the newest message was written, by Meta's clock. Lists are sorted by it.
    pub last_message_at: Time,
    /// The newest message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_message: Option<MessageId>,
    /// The time when the customer last wrote or called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_inbound_at: Option<Time>,
    /// The time when the customer last came from an ad or a page's button.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub free_entry_at: Option<Time>,
    /// The time when the free entry point's window closes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub free_entry_until: Option<Time>,
    /// The time when Meta last refused a message because the window was closed. The customer's next message opens it
    /// again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window_refused_at: Option<Time>,
    /// The business-scoped id by which the person is known to this number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_id: Option<ScopedUserId>,
    /// Tells whether the person's last message came without a phone number. Answers then go to the id, because the
    /// number may be somebody else's by now.
    #[serde(default)]
    pub is_phone_stale: bool,
    /// The latest facts about the group.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<Box<Group>>,
    /// The last turn that a message of the business took.
    #[serde(default, skip_serializing_if = "SendTurn::is_first")]
    pub turn: SendTurn,
    /// The time when the row was created.
    pub created_at: Time,
    /// The time when it was last changed.
    pub updated_at: Time,
}

/// A message's place among the waiting messages of its conversation: by time, then by the order of their commits.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize,
)]
pub struct SendTurn {
    /// The time of the place: when the message was queued, or is scheduled. A later commit never gets an earlier time,
    /// even if clocks differ.
    pub at: Time,
    /// The number of the message in its conversation.
    pub number: i64,
}

impl SendTurn {
    /// Tells whether no turn was taken yet.
    #[must_use]
    pub fn is_first(&self) -> bool {
        *self == Self::default()
    }

    /// Takes the next turn, now or at a later time.
    pub(crate) fn take(&mut self, now: Time, scheduled: Option<Time>) -> Self {
        self.number = self.number.saturating_add(1);
        if scheduled.is_none() {
            self.at = self.at.max(now);
        }
        Self {
            at: scheduled.unwrap_or(self.at),
            number: self.number,
        }
    }

    /// Joins the turns of two merged conversations.
    pub(crate) fn merge(&mut self, other: Self) {
        self.at = self.at.max(other.at);
        self.number = self.number.max(other.number);
    }
}

impl Conversation {
    /// Creates an empty conversation.
    pub const fn new(
        id: ConversationId,
        org: OrgId,
        account: AccountId,
        peer: Peer,
        at: Time,
        now: Time,
    ) -> Self {
        Self {
            id,
            org,
            account,
            peer,
            state: ConversationState::Open,
            assignee: None,
            unread: 0,
            last_message_at: at,
            last_message: None,
            last_inbound_at: None,
            free_entry_at: None,
            free_entry_until: None,
            window_refused_at: None,
            user_id: None,
            is_phone_stale: false,
            group: None,
            turn: SendTurn {
                at: Time::UNIX_EPOCH,
                number: 0,
            },
            created_at: now,
            updated_at: now,
        }
    }

    /// Returns when the window closes. `None` if it was never open. A refusal by Meta closes it until the customer
    /// writes again.
    pub fn window_until(&self) -> Option<Time> {
        let service = self
            .last_inbound_at
            .and_then(|at| at.checked_add_signed(SERVICE_WINDOW));
        let until = service.max(self.free_entry_until)?;
        let refused = self.window_refused_at;
        let refused = refused.filter(|at| self.last_inbound_at.is_none_or(|heard| heard < *at));
        Some(refused.map_or(until, |at| until.min(at)))
    }

    /// Notes that Meta refused a message of that time because the window was closed. Returns whether that is news.
    pub fn refused(&mut self, at: Time) -> bool {
        let before = self.window_until();
        self.window_refused_at = self.window_refused_at.max(Some(at));
        self.window_until() != before
    }

    /// Opens the service window anew, because the customer wrote or called.
    pub fn heard(&mut self, at: Time) {
        self.last_inbound_at = self.last_inbound_at.max(Some(at));
    }

    /// Notes by which ids the person wrote at `at`. An older message than the last one only fills gaps. The members of a
    /// group are not noted: answers go to the group.
    pub fn named(&mut self, party: &Party, at: Time) {
        if matches!(self.peer, Peer::Group(_)) {
            return;
        }
        let is_news = self.last_inbound_at.is_none_or(|last| at >= last);
        if party.user_id.is_some() && (is_news || self.user_id.is_none()) {
            self.user_id.clone_from(&party.user_id);
        }
        if is_news {
            self.is_phone_stale = party.phone.is_none() && party.user_id.is_some();
        }
    }

    /// Notes that the customer came from an ad or a page's button.
    pub fn entered_free(&mut self, at: Time) {
        self.free_entry_at = self.free_entry_at.max(Some(at));
    }

    /// Notes that the business wrote at `at`. If it answered a free entry point in time, the long window opens.
    pub fn answered(&mut self, at: Time) {
        let Some(entry) = self.free_entry_at else {
            return;
        };
        if at >= entry && at - entry <= SERVICE_WINDOW {
            self.free_entry_until = self
                .free_entry_until
                .max(entry.checked_add_signed(FREE_ENTRY_WINDOW));
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::{Duration, TimeZone as _, Utc};
    use uuid::Uuid;

    use super::*;

    fn conversation() -> Conversation {
        let at = Utc.timestamp_opt(1_790_000_000, 0).unwrap();
        let peer = Peer::Contact(ContactId(Uuid::nil()));
        Conversation::new(
            ConversationId(Uuid::nil()),
            OrgId(Uuid::nil()),
            AccountId(Uuid::nil()),
            peer,
            at,
            at,
        )
    }

    #[test]
    fn the_window_is_shut_until_the_customer_writes_and_open_for_a_day_from_then() {
        let mut conversation = conversation();
        let at = conversation.created_at;
        assert_eq!(conversation.window_until(), None);
        conversation.heard(at);
        conversation.heard(at - Duration::hours(1));
        assert_eq!(conversation.window_until(), Some(at + Duration::hours(24)));
    }

    #[test]
    fn a_free_entry_point_that_is_answered_within_a_day_opens_three_days() {
        let mut conversation = conversation();
        let at = conversation.created_at;
        conversation.heard(at);
        conversation.entered_free(at);
        conversation.answered(at + Duration::hours(23));
        assert_eq!(conversation.window_until(), Some(at + Duration::hours(72)));
    }

    #[test]
    fn metas_word_closes_the_window_until_the_customer_writes_again() {
        let mut conversation = conversation();
        let at = conversation.created_at;
        assert!(!conversation.refused(at), "it was closed");
        conversation.heard(at);
        assert_eq!(conversation.window_until(), Some(at + Duration::hours(24)));
        assert!(conversation.refused(at + Duration::hours(2)));
        assert_eq!(conversation.window_until(), Some(at + Duration::hours(2)));
        conversation.heard(at + Duration::hours(3));
        assert_eq!(conversation.window_until(), Some(at + Duration::hours(27)));
        assert!(!conversation.refused(at + Duration::hours(1)), "it is old");
    }

    #[test]
    fn a_free_entry_point_that_is_answered_too_late_opens_nothing() {
        let mut conversation = conversation();
        let at = conversation.created_at;
        conversation.heard(at);
        conversation.entered_free(at);
        conversation.answered(at + Duration::hours(25));
        assert_eq!(conversation.window_until(), Some(at + Duration::hours(24)));
    }
}
