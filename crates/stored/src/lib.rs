#![doc = include_str!("../README.md")]

mod content;
mod conversation;
mod event;
mod form;
mod management;
mod message;
mod people;
mod progress;
mod standing;
mod template;
mod waiting;

use serde::Deserialize;
use wabakit_domain::{
    connect,
    event::EventData,
    ids::{ContactId, Wamid},
    inbound,
    inbox::{MergeUndo, WaitingFor},
};

use form::{Form, Many, Own, Ref};

/// Why a document cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum StoredError {
    /// It is not JSON of the expected form.
    #[error("the stored form does not read: {0}")]
    Malformed(#[from] serde_json::Error),
    /// A newer build wrote it.
    #[error("version {0} of the stored form is newer than this build")]
    Newer(u32),
}

/// A value that is stored as a JSON document.
pub trait Stored: Sized {
    /// Writes the document.
    ///
    /// # Errors
    /// [`StoredError::Malformed`], when the value cannot be serialised.
    fn to_json(&self) -> Result<String, StoredError>;

    /// Reads the document, in this version or an older one.
    ///
    /// # Errors
    /// [`StoredError`], when the document is malformed, or a newer build wrote it.
    fn from_json(document: &str) -> Result<Self, StoredError>;
}

/// The version of an object, its field `v`. An object without it has version 1.
#[derive(Deserialize)]
struct Version {
    #[serde(default = "first")]
    v: u32,
}

const fn first() -> u32 {
    1
}

fn versioned<F: Form>(value: &F::Value, version: u32) -> Result<String, StoredError> {
    let document = serde_json::to_string(&Ref::<F>(value))?;
    // The version comes last, so that a document still begins with its type, which queries by hand look for.
    Ok(match document.strip_suffix('}') {
        Some("{") => format!("{{\"v\":{version}}}"),
        Some(fields) => format!("{fields},\"v\":{version}}}"),
        None => document,
    })
}

fn read<F: Form>(document: &str, version: u32) -> Result<F::Value, StoredError> {
    let Version { v } = serde_json::from_str(document)?;
    if v > version {
        return Err(StoredError::Newer(v));
    }
    Ok(serde_json::from_str::<Own<F>>(document)?.0)
}

/// Implements [`Stored`] for values whose form is still version 1.
macro_rules! stored {
    ($($type:ty as $form:ty),* $(,)?) => {$(
        impl Stored for $type {
            fn to_json(&self) -> Result<String, StoredError> {
                versioned::<$form>(self, 1)
            }
            fn from_json(document: &str) -> Result<Self, StoredError> {
                read::<$form>(document, 1)
            }
        }
    )*};
}

stored!(
    EventData as event::EventForm,
    wabakit_domain::standing::Standing as standing::StandingForm,
    wabakit_domain::group::Group as conversation::GroupForm,
    wabakit_domain::template_record::TemplateState as template::StateForm,
    WaitingFor as waiting::WaitingForm,
    MergeUndo as conversation::MergeUndoForm,
    connect::Problem as progress::ProblemForm,
    connect::Progress as progress::ProgressForm,
    inbound::Context as message::ContextForm,
    inbound::MessageContent as content::ContentForm,
    inbound::Pricing as message::PricingForm,
    inbound::Referral as message::ReferralForm,
);

/// A list has no place for a version, so it stays version 1 as long as it is a list.
impl Stored for Vec<inbound::MetaFault> {
    fn to_json(&self) -> Result<String, StoredError> {
        Ok(serde_json::to_string(&Ref::<Many<content::FaultForm>>(
            self,
        ))?)
    }
    fn from_json(document: &str) -> Result<Self, StoredError> {
        Ok(serde_json::from_str::<Own<Many<content::FaultForm>>>(document)?.0)
    }
}

/// Implements [`Stored`] for lists of texts and ids.
macro_rules! plain_lists {
    ($($item:ty),* $(,)?) => {$(
        impl Stored for Vec<$item> {
            fn to_json(&self) -> Result<String, StoredError> {
                Ok(serde_json::to_string(self)?)
            }
            fn from_json(document: &str) -> Result<Self, StoredError> {
                Ok(serde_json::from_str(document)?)
            }
        }
    )*};
}

plain_lists!(String, Wamid, ContactId);
