//! Messages: content, author, and delivery status.

use serde::{Deserialize, Serialize};

use crate::{
    Time,
    ids::{AccountId, ContactId, ConversationId, GroupId, MediaId, MessageId, OrgId, Wamid},
    inbound::{Context, MessageContent, MetaFault, Pricing, Referral},
    outbound::Job,
};

/// The direction of a message.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// From a customer.
    Inbound,
    /// From the business.
    Outbound,
}

/// A status that Meta reports.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReportedStatus {
    /// Meta sent it.
    Sent,
    /// It is on the recipient's phone.
    Delivered,
    /// The recipient saw it.
    Read,
    /// The recipient played the voice note.
    Played,
    /// It will not be delivered.
    Failed,
}

impl ReportedStatus {
    /// Returns Meta's name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Delivered => "delivered",
            Self::Read => "read",
            Self::Played => "played",
            Self::Failed => "failed",
        }
    }
}

/// The status of a message.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MessageStatus {
    /// A customer's message that we received.
    Received,
    /// Stored, and waiting to be sent.
    Queued,
    /// A request to Meta is under way.
    Sending,
    /// Meta accepted it.
    Accepted,
    /// Meta sent it.
    Sent,
    /// It is on the recipient's phone.
    Delivered,
    /// The recipient saw it.
    Read,
    /// The recipient played it.
    Played,
    /// It will not be delivered.
    Failed,
    /// Nobody knows whether Meta accepted it.
    Unknown,
    /// Cancelled before it was sent.
    Cancelled,
    /// Not sent before it expired.
    Expired,
}

impl MessageStatus {
    /// Returns the status after Meta's report. It stays the same when the report says nothing new.
    ///
    /// The status only moves forward. A report that the message was sent proves that Meta accepted it, so it also
    /// moves an unknown, failed or expired message forward. A report of failure never takes back that a message
    /// arrived.
    #[must_use]
    pub const fn after(self, report: ReportedStatus) -> Self {
        let to = match report {
            ReportedStatus::Sent => Self::Sent,
            ReportedStatus::Delivered => Self::Delivered,
            ReportedStatus::Read => Self::Read,
            ReportedStatus::Played => Self::Played,
            ReportedStatus::Failed => {
                return match self {
                    Self::Queued
                    | Self::Sending
                    | Self::Accepted
                    | Self::Sent
                    | Self::Unknown
                    | Self::Expired => Self::Failed,
                    other => other,
                };
            }
        };
        match (self.progress(), to.progress()) {
            (Some(now), Some(then)) if then > now => to,
            _ => self,
        }
    }

    /// Tells whether Meta accepted the message, as far as is known, and no failure was reported since.
    #[must_use]
    pub const fn is_underway(self) -> bool {
        matches!(self.progress(), Some(1..))
    }

    /// Returns how far the message came on its way to the recipient. `None` for a customer's message.
    const fn progress(self) -> Option<u8> {
        Some(match self {
            Self::Received => return None,
            Self::Queued
            | Self::Sending
            | Self::Unknown
            | Self::Failed
            | Self::Cancelled
            | Self::Expired => 0,
            Self::Accepted => 1,
            Self::Sent => 2,
            Self::Delivered => 3,
            Self::Read => 4,
            Self::Played => 5,
        })
    }
}

/// A message.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Message {
    /// Our id.
    pub id: MessageId,
    /// The tenant.
    pub org: OrgId,
    /// The business's number.
    pub account: AccountId,
    /// The conversation.
    pub conversation: ConversationId,
    /// The other person: the author, or the recipient. None for a message to a group.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<ContactId>,
    /// The group.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group_id: Option<GroupId>,
    /// Meta's id. None before Meta accepted it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wamid: Option<Wamid>,
    /// The direction.
    pub direction: Direction,
    /// The content.
    pub content: MessageContent,
    /// The message that it answers, or that it was forwarded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub context: Option<Context>,
    /// Our message that it answers, reacts to, edits, revokes or pins. None where we do not have it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quoted: Option<MessageId>,
    /// The ad or post that it came from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub referral: Option<Referral>,
    /// The status.
    pub status: MessageStatus,
    /// The reason why it failed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<MetaFault>,
    /// Its price.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pricing: Option<Pricing>,
    /// Our copy of its file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media: Option<MediaId>,
    /// The time when it was written, by Meta's clock, in whole seconds.
    pub at: Time,
    /// The time when its author last edited it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edited_at: Option<Time>,
    /// The time when its author revoked it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked_at: Option<Time>,
    /// The time when the row was created.
    pub created_at: Time,
    /// The parts without a typed form, as Meta sent them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extra: Option<serde_json::Value>,
    /// Its place in the queue, for a message that was sent from here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub job: Option<Box<Job>>,
}

/// An entry of a message's timeline. Its key is message, status and participant.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StatusEntry {
    /// The message.
    pub message: MessageId,
    /// The status.
    pub status: ReportedStatus,
    /// The member of the group that the status is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub participant: Option<String>,
    /// The time when it happened, by Meta's clock.
    pub at: Time,
    /// The reason why it failed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<MetaFault>,
    /// The price.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pricing: Option<Pricing>,
    /// The parts without a typed form, as Meta sent them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extra: Option<serde_json::Value>,
}

impl Message {
    /// Returns Meta's id of the message that it answers, reacts to, edits, revokes or pins.
    pub fn quotes(&self) -> Option<&Wamid> {
        let context = self.context.as_ref();
        let answered = context.and_then(|context| context.message_id.as_ref());
        self.content.quotes().or(answered)
    }

    /// Tells whether Meta knows a customer's message by its id, so that it can be marked as read. Meta does not know
    /// calls by their ids here, nor messages that came with the id of a call. A notice needs no mark.
    pub fn is_known_by_id(&self) -> bool {
        let is_given = self.wamid.as_ref().is_some_and(|id| !id.is_of_call());
        let is_call = matches!(self.content, MessageContent::Call(_));
        self.direction == Direction::Inbound && is_given && !is_call && !self.content.is_notice()
    }
}

#[cfg(test)]
mod tests {
    use super::{MessageStatus as S, ReportedStatus as R};

    const ALL: [S; 12] = [
        S::Received,
        S::Queued,
        S::Sending,
        S::Accepted,
        S::Sent,
        S::Delivered,
        S::Read,
        S::Played,
        S::Failed,
        S::Unknown,
        S::Cancelled,
        S::Expired,
    ];
    const REPORTS: [R; 5] = [R::Sent, R::Delivered, R::Read, R::Played, R::Failed];

    #[test]
    fn a_repeat_changes_nothing() {
        for status in ALL {
            for report in REPORTS {
                let once = status.after(report);
                assert_eq!(
                    once.after(report),
                    once,
                    "{status:?} after {report:?} twice"
                );
            }
        }
    }

    #[test]
    fn the_order_of_reports_does_not_matter_once_it_was_delivered() {
        assert_eq!(S::Accepted.after(R::Read).after(R::Sent), S::Read);
        assert_eq!(S::Delivered.after(R::Failed), S::Delivered);
        assert_eq!(S::Failed.after(R::Delivered), S::Delivered);
    }

    #[test]
    fn proof_of_acceptance_moves_unknown_failed_and_expired_forward() {
        for status in [S::Unknown, S::Failed, S::Expired] {
            assert_eq!(status.after(R::Sent), S::Sent);
        }
    }

    #[test]
    fn a_customers_message_has_no_way_to_go() {
        for report in REPORTS {
            assert_eq!(S::Received.after(report), S::Received);
        }
    }
}
