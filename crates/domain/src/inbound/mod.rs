//! What Meta's webhooks say, in our terms. `wabakit-webhooks` makes these facts; the planner in
//! [`crate::inbox`] turns them into writes.
//!
//! Enumerations of Meta's are open: what is not modelled is kept as Meta writes it.

mod cards;
mod content;
mod management;
mod message;
mod people;
mod status;

pub use cards::{ContactCard, ContactName, Labelled, PostalAddress};
pub use content::{Call, MediaContent, MessageContent, OrderItem};
pub use management::{Management, NumberUpdate, TemplateRef, TemplateUpdate, WabaUpdate};
pub use message::{Context, MessageFact, Origin, Referral, ReferredProduct};
pub use people::{ContactBookEntry, MarketingPreference, Party, UserIdChange};
pub use status::{ConversationWindow, MetaFault, Pricing, StatusUpdate};

/// The field of a test delivery. Wabakit sends it to itself; Meta has no such field.
pub const TEST_FIELD: &str = "wabakit_test";

/// One thing that a change says, or that happened here to a message of ours.
#[derive(Clone, PartialEq, Debug)]
pub enum Fact {
    /// Somebody wrote: a customer, or the business from its phone.
    Message(Box<MessageFact>),
    /// What became of a message of the business.
    Status(Box<StatusUpdate>),
    /// A call began or ended, or its state changed.
    Call(Box<Call>),
    /// The business' phone knows this person by a name.
    ContactBook(ContactBookEntry),
    /// A person's business-scoped id changed.
    UserId(UserIdChange),
    /// A person wants, or does not want, marketing.
    Preference(MarketingPreference),
    /// An error that Meta tells with no message.
    Faults(Vec<MetaFault>),
    /// How far the import of a phone's history is, in percent, or why it was declined.
    History {
        /// 0 to 100.
        progress: Option<u8>,
        /// The phase: 0 (the last day), 1 (to 90 days), 2 (to 180 days).
        phase: Option<u8>,
        /// Why there is none.
        faults: Vec<MetaFault>,
    },
    /// Something about the number, the WABA, a template, …
    Management(Box<Management>),
    /// Somebody here asked whether what Meta sends would arrive ([`TEST_FIELD`]).
    Test,
    /// Somebody here wrote a message.
    Compose(Box<crate::outbound::Compose>),
    /// Something happened to the sending of a message of ours.
    Send(Box<crate::outbound::SendFact>),
    /// A field or shape that is not modelled.
    Unsupported {
        /// What was met: `field`, or `field.part`.
        what: String,
    },
}
