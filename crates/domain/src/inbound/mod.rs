//! Facts: Meta's webhooks in our types. `wabakit-webhooks` makes them; the planner in [`crate::inbox`] turns them
//! into writes.
//!
//! Meta's enumerations are open: an unknown word is kept in Meta's form.

mod cards;
mod content;
mod group;
mod management;
mod message;
mod people;
mod status;

pub use cards::{ContactCard, ContactName, Labelled, PostalAddress};
pub use content::{Call, MediaContent, MessageContent, OrderItem};
pub use group::{GroupChange, GroupPerson, GroupPicture, GroupRole, GroupSetting, GroupUpdate};
pub use management::{Management, NumberUpdate, TemplateRef, TemplateUpdate, WabaUpdate};
pub use message::{Context, MessageFact, Origin, Referral, ReferredProduct};
pub use people::{ContactBookEntry, MarketingPreference, Party, UserIdChange};
pub use status::{ConversationWindow, MetaFault, Pricing, StatusUpdate};

/// The field of a test delivery. Wabakit sends it to itself; Meta has no such field.
pub const TEST_FIELD: &str = "wabakit_test";

/// A fact: the content of one item of a change, or a step of a message that is sent from here.
#[derive(Clone, PartialEq, Debug)]
pub enum Fact {
    /// A message from a customer, or from the business on its phone.
    Message(Box<MessageFact>),
    /// A status of a message of the business.
    Status(Box<StatusUpdate>),
    /// A call began or ended, or its state changed.
    Call(Box<Call>),
    /// The business's phone has a name for this person.
    ContactBook(ContactBookEntry),
    /// A person's business-scoped id changed.
    UserId(UserIdChange),
    /// A person allows or refuses marketing.
    Preference(MarketingPreference),
    /// Errors from Meta that belong to no message.
    Faults(Vec<MetaFault>),
    /// The progress of importing a phone's history, in percent, or why it was declined.
    History {
        /// 0 to 100.
        progress: Option<u8>,
        /// The phase: 0 (the last day), 1 (up to 90 days), 2 (up to 180 days).
        phase: Option<u8>,
        /// The reason why the history was declined.
        faults: Vec<MetaFault>,
    },
    /// An update of a number, a WABA, a template, …
    Management(Box<Management>),
    /// An update of a group.
    Group(Box<GroupUpdate>),
    /// A test delivery, which somebody here asked for ([`TEST_FIELD`]).
    Test,
    /// A message that was written here.
    Compose(Box<crate::outbound::Compose>),
    /// A step in sending a message that was written here.
    Send(Box<crate::outbound::SendFact>),
    /// A field or shape that is not modelled.
    Unsupported {
        /// The unknown part: `field`, or `field.part`.
        what: String,
    },
}
