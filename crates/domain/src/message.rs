//! Messages: what was written, by whom, and how far it came.

use serde::{Deserialize, Serialize};

use crate::{
    Time,
    ids::{AccountId, ContactId, ConversationId, GroupId, MediaId, MessageId, OrgId, Wamid},
    inbound::{Context, MessageContent, MetaFault, Pricing, Referral},
    outbound::Job,
};

/// Which way.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// A customer wrote.
    Inbound,
    /// The business wrote.
    Outbound,
}

/// A status that Meta reports.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReportedStatus {
    /// On its way.
    Sent,
    /// On the person's phone.
    Delivered,
    /// Seen.
    Read,
    /// A voice note was played.
    Played,
    /// It will not arrive.
    Failed,
}

impl ReportedStatus {
    /// As Meta writes it.
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

/// How far a message came.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MessageStatus {
    /// A customer's message: here.
    Received,
    /// Stored, and not yet on its way.
    Queued,
    /// Being handed to Meta.
    Sending,
    /// Meta took it.
    Accepted,
    /// Meta sent it.
    Sent,
    /// It is on the person's phone.
    Delivered,
    /// The person saw it.
    Read,
    /// The person played it.
    Played,
    /// It will not arrive.
    Failed,
    /// Nobody knows whether Meta took it.
    Unknown,
    /// Taken back before it was sent.
    Cancelled,
    /// Not sent in time.
    Expired,
}

impl MessageStatus {
    /// The status after Meta's report; the same where the report tells nothing new.
    ///
    /// It only moves forward. A report that the message is on its way proves that Meta took it: it moves what
    /// was held for unknown, failed or expired forward as well. A report of failure never takes back that a
    /// message arrived.
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

    /// Whether Meta took it, as far as is known, and it has not failed since.
    #[must_use]
    pub const fn is_underway(self) -> bool {
        matches!(self.progress(), Some(1..))
    }

    /// How far it came on its way to the person. A customer's message is on no way.
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
    /// The business' number.
    pub account: AccountId,
    /// The conversation.
    pub conversation: ConversationId,
    /// The person: who wrote, or who is written to. None for a message to a group.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<ContactId>,
    /// The group.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group_id: Option<GroupId>,
    /// Meta's id; none before Meta took it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wamid: Option<Wamid>,
    /// Which way.
    pub direction: Direction,
    /// What it holds.
    pub content: MessageContent,
    /// What it answers or forwards.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub context: Option<Context>,
    /// The ad or post that it came from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub referral: Option<Referral>,
    /// How far it came.
    pub status: MessageStatus,
    /// Why it failed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<MetaFault>,
    /// What it costs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pricing: Option<Pricing>,
    /// Our copy of its file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media: Option<MediaId>,
    /// When it was written, by Meta's clock; whole seconds.
    pub at: Time,
    /// When its content was last changed by its writer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edited_at: Option<Time>,
    /// When its writer took it back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked_at: Option<Time>,
    /// When the row was made.
    pub created_at: Time,
    /// Its way to Meta, of a message that was sent from here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub job: Option<Box<Job>>,
}

/// One entry of a message's timeline. Its key is message, status and participant.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StatusEntry {
    /// The message.
    pub message: MessageId,
    /// The status.
    pub status: ReportedStatus,
    /// The member of a group for whom it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub participant: Option<String>,
    /// When, by Meta's clock.
    pub at: Time,
    /// Why it failed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<MetaFault>,
    /// What it costs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pricing: Option<Pricing>,
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
