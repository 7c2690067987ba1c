//! Messages of the business: their content, their queue, and what follows a failed attempt.

mod check;
mod compose;
mod contacts;
mod content;
mod failure;
mod interactive;
mod interactive_builders;
mod job;
mod media;
mod message;
mod recipient;
mod shown;
mod template;

pub(crate) use check::template_values;
pub use compose::{Compose, StoredFile};
pub use contacts::{Address, Contact, Email, Name, Org, Phone, Url};
pub use content::{Extra, Location, Media, OutboundContent, Pin, PinAction, Reaction, Text};
pub use failure::{
    Attempt, Block, Certainty, Effects, Next, RetryPolicy, Verdict, decide_next_attempt,
};
pub use interactive::{
    Action, Button, Buttons, Card, Carousel, CtaUrl, Flow, Header, Interactive, List, Named,
    Product, ProductItem, ProductList, ProductSection, Reply, Row, Section, Words,
};
pub use job::{
    Job, JobState, LONGEST_HOLD, Outcome, Priority, SendFact, SendGuard, SendStep, WaitReason,
    opaque, read_opaque,
};
pub use media::{MediaKind, MediaRef, MediaSource, with_media_id};
pub use message::{Draft, Invalid, Outbound};
pub use recipient::Recipient;
pub use template::{
    ButtonIndex, Component, Currency, DateTime, Language, Parameter, Template, TemplateCard,
};
