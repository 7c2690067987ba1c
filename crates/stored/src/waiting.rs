//! Facts that arrived before their message.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use wabakit_domain::{
    Time,
    ids::{GroupId, Wamid},
    inbound,
    inbox::WaitingFor,
    message,
};

use crate::{
    content::{ContentForm, FaultForm},
    form::{Boxed, Form, Many, Opt, Own, forms},
    message::PricingForm,
    people::PartyForm,
};

forms!(
    StatusUpdateForm: inbound::StatusUpdate,
    ConversationWindowForm: inbound::ConversationWindow,
);

#[derive(Serialize, Deserialize)]
#[serde(remote = "inbound::StatusUpdate", rename_all = "camelCase")]
pub(crate) struct StatusUpdateForm {
    wamid: Wamid,
    status: message::ReportedStatus,
    at: Time,
    #[serde(with = "PartyForm")]
    recipient: inbound::Party,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    group_id: Option<GroupId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    participant: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    opaque: Option<String>,
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "Opt::<PricingForm>"
    )]
    pricing: Option<inbound::Pricing>,
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "Opt::<ConversationWindowForm>"
    )]
    conversation: Option<inbound::ConversationWindow>,
    #[serde(
        default,
        skip_serializing_if = "Vec::is_empty",
        with = "Many::<FaultForm>"
    )]
    errors: Vec<inbound::MetaFault>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    extra: Option<serde_json::Value>,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "inbound::ConversationWindow", rename_all = "camelCase")]
pub(crate) struct ConversationWindowForm {
    id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    expires_at: Option<Time>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    origin: Option<String>,
}

/// The form of a waiting fact: an object with the field `status`, `edit` or `revoke`.
pub(crate) enum WaitingForm {}

#[derive(Serialize)]
#[serde(remote = "WaitingFor", rename_all = "snake_case")]
enum Written {
    Status(#[serde(with = "Boxed::<StatusUpdateForm>")] Box<inbound::StatusUpdate>),
    Edit {
        #[serde(with = "Boxed::<ContentForm>")]
        content: Box<inbound::MessageContent>,
        at: Time,
    },
    Revoke {
        at: Time,
    },
}

/// Reads the form. A derived enum would refuse the version, because it accepts only one field.
#[derive(Deserialize)]
struct Read {
    status: Option<Own<Boxed<StatusUpdateForm>>>,
    edit: Option<Edit>,
    revoke: Option<Revoke>,
}

#[derive(Deserialize)]
struct Edit {
    content: Own<Boxed<ContentForm>>,
    at: Time,
}

#[derive(Deserialize)]
struct Revoke {
    at: Time,
}

impl Form for WaitingForm {
    type Value = WaitingFor;

    fn write<S: Serializer>(value: &WaitingFor, to: S) -> Result<S::Ok, S::Error> {
        Written::serialize(value, to)
    }

    fn read<'de, D: Deserializer<'de>>(from: D) -> Result<WaitingFor, D::Error> {
        match Read::deserialize(from)? {
            Read {
                status: Some(Own(status)),
                ..
            } => Ok(WaitingFor::Status(status)),
            Read {
                edit: Some(Edit { content, at }),
                ..
            } => Ok(WaitingFor::Edit {
                content: content.0,
                at,
            }),
            Read {
                revoke: Some(Revoke { at }),
                ..
            } => Ok(WaitingFor::Revoke { at }),
            _ => Err(D::Error::custom(
                "neither a status, an edit nor a revocation",
            )),
        }
    }
}
