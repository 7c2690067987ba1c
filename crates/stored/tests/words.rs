//! Pins the stored names of enums without fields. They are columns of their own or parts of documents, and must never
//! change.
#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use serde::{Serialize, de::DeserializeOwned};
use std::fmt::Debug;
use wabakit_domain::{
    connect::{Refusal, Step, StepState, Unselectable},
    conversation::ConversationState,
    delivery::ParkedState,
    media::MediaState,
    message::{Direction, MessageStatus, ReportedStatus},
    outbound::{JobState, Priority, WaitReason},
};

fn words<T: Serialize + DeserializeOwned + PartialEq + Debug>(values: &[T]) -> String {
    let word = |value: &T| {
        let json = serde_json::to_string(value).unwrap();
        assert_eq!(&serde_json::from_str::<T>(&json).unwrap(), value);
        json
    };
    values.iter().map(word).collect::<Vec<_>>().join(" ")
}

#[test]
fn words_are_stored_as_ever() {
    use MessageStatus as S;
    use WaitReason as W;
    let told = [
        words(&[Direction::Inbound, Direction::Outbound]),
        words(&[
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
        ]),
        words(&[
            ReportedStatus::Sent,
            ReportedStatus::Delivered,
            ReportedStatus::Read,
            ReportedStatus::Played,
            ReportedStatus::Failed,
        ]),
        words(&[Priority::High, Priority::Normal, Priority::Low]),
        words(&[
            JobState::Queued,
            JobState::Dispatching,
            JobState::Proving,
            JobState::Underway,
            JobState::Unknown,
            JobState::Failed,
            JobState::Done,
        ]),
        words(&[
            W::Scheduled,
            W::Retry,
            W::PairLimit,
            W::Proof,
            W::Pace,
            W::Paused,
            W::NumberLimited,
            W::WabaLimited,
            W::TokenInvalid,
            W::AccountBlocked,
            W::NotConnected,
        ]),
        words(&[ConversationState::Open, ConversationState::Closed]),
        words(&[MediaState::Pending, MediaState::Stored, MediaState::Failed]),
        words(&[
            ParkedState::Parked,
            ParkedState::Retrying,
            ParkedState::Homeless,
            ParkedState::Unsupported,
        ]),
        words(&Step::ALL),
        words(&[
            StepState::Pending,
            StepState::Running,
            StepState::Done,
            StepState::Skipped,
            StepState::Failed,
        ]),
        words(&[Unselectable::NotVerified, Unselectable::InUse]),
        words(Refusal::ALL),
    ];
    insta::with_settings!({prepend_module_to_snapshot => false, omit_expression => true}, {
        insta::assert_snapshot!("words", told.join("\n"));
    });
}
