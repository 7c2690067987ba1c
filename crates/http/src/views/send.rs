//! Requests about sending.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;
use wabakit_domain::{ids::AccountId, outbound};
use wabakit_services::{Defaults, RawCall, RawMethod, wire::FromWire as _};
use wabakit_wire::{send::SendMessage, sending::Priority};

use super::given::a_value;

/// Many messages.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct SendMessages {
    #[schema(min_items = 1, max_items = 1000, value_type = Vec<SendMessage>)]
    pub(crate) messages: Vec<Value>,
    /// The account for messages that name none.
    #[serde(default, deserialize_with = "a_value")]
    account_id: Option<Uuid>,
    /// The priority for messages that have none.
    #[serde(default, deserialize_with = "a_value")]
    priority: Option<Priority>,
    /// The flow for messages that name none.
    #[serde(default, deserialize_with = "a_value")]
    #[schema(max_length = 64)]
    flow: Option<String>,
}

impl SendMessages {
    pub(crate) fn into_parts(self) -> (Vec<Value>, Defaults) {
        let defaults = Defaults {
            account: self.account_id.map(AccountId::from),
            priority: self.priority.map(outbound::Priority::from_wire),
            flow: self.flow,
        };
        (self.messages, defaults)
    }
}

/// How to retry a message.
#[derive(Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct RetryMessage {
    /// Accepts that the recipient may get the message twice.
    #[serde(default)]
    pub(crate) may_repeat: bool,
}

/// What the customer is shown besides the read receipt.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MarkRead {
    /// Shows a typing indicator for up to 25 seconds.
    #[serde(default)]
    pub(crate) typing: bool,
}

/// The method of a raw call.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum Method {
    Get,
    Post,
    Delete,
}

/// A call of Meta's Graph API on an account's objects.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GraphCall {
    method: Method,
    /// The account's phone number id or WABA id with an edge of it, without version.
    #[schema(example = "420000000000001/message_templates")]
    path: String,
    #[serde(default)]
    #[schema(required = false)]
    query: BTreeMap<String, String>,
    /// The body of a POST, an object.
    #[schema(value_type = Option<Object>)]
    body: Option<Value>,
}

impl From<GraphCall> for RawCall {
    fn from(call: GraphCall) -> Self {
        Self {
            method: match call.method {
                Method::Get => RawMethod::Get,
                Method::Post => RawMethod::Post,
                Method::Delete => RawMethod::Delete,
            },
            path: call.path,
            query: call.query,
            body: call.body,
        }
    }
}
