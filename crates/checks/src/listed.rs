//! The disagreements that stay, each with what Meta says of it. `docs/message-checks.md` shows the same table.

use serde_json::Value;
use wabakit_domain::outbound::Invalid;
use wabakit_sandbox::MessageRefusal;

use crate::{Case, Pair};

/// A disagreement that stays.
#[derive(Debug, PartialEq, Eq)]
pub struct Listed {
    /// The part of the body that they differ about.
    pub input: &'static str,
    /// The product's answer to it.
    pub product: &'static str,
    /// The sandbox's answer to it.
    pub sandbox: &'static str,
    /// Meta's own word.
    pub meta: &'static str,
}

/// A field that Meta gives to callers and the product uses itself.
const OPAQUE: Listed = Listed {
    input: "`biz_opaque_callback_data`",
    product: "refuses it: it carries the id of Wabakit's message. `clientReference` is for callers",
    sandbox: "takes a text of at most 512 characters",
    meta: "OpenAPI v23: \"An arbitrary string you can pass in that is useful for tracking and logging purposes\", `maxLength: 512`",
};

/// A field beside the content that a message does not have.
const TOP: Listed = Listed {
    input: "a field beside the content that Wabakit does not take: an unknown one, `messaging_account_id`, `direct_send_config`, `category` without a template, or the content of another type",
    product: "refuses it: a misspelt field of Wabakit's own, such as `scheduledAt`, would change what is sent and when",
    sandbox: "ignores it, as Graph does with parameters that an endpoint does not have",
    meta: "OpenAPI v23: `additionalProperties: false` on each type of message",
};

/// A field within the content that Meta does not know.
const WITHIN: Listed = Listed {
    input: "a field within the content that Meta's pages do not name there",
    product: "sends it along: Meta adds fields, and a new one must not wait for a new Wabakit",
    sandbox: "refuses it with 100",
    meta: "Graph's answer: `(#100) Unexpected key \"policystring\" on param \"template['language']\".`",
};

/// All disagreements that stay.
pub const LISTED: [Listed; 3] = [OPAQUE, TOP, WITHIN];

/// Fields that a message has beside its content, and that the product reads.
const READ: [&str; 7] = [
    "messaging_product",
    "recipient_type",
    "to",
    "recipient",
    "type",
    "context",
    "recipient_identity_key_hash",
];

/// Finds the disagreement in the list that explains why the product refuses what the sandbox takes.
pub(crate) fn product_alone(case: &Case, faults: &[Invalid]) -> Option<&'static Listed> {
    let kind = match case.body.get("type") {
        Some(Value::String(kind)) => kind.as_str(),
        _ => "text",
    };
    let is_opaque = |fault: &Invalid| fault.pointer == "/biz_opaque_callback_data";
    let is_stray = |fault: &Invalid| {
        let key = fault.pointer.strip_prefix('/').unwrap_or_default();
        !key.contains('/') && !READ.contains(&key) && key != kind
    };
    if faults.iter().all(is_opaque) {
        return Some(&LISTED[0]);
    }
    faults.iter().all(is_stray).then_some(&LISTED[1])
}

/// Finds the disagreement in the list that explains why the sandbox refuses what the product takes.
pub(crate) fn sandbox_alone(case: &Case, refusal: &MessageRefusal) -> Option<&'static Listed> {
    let key = refusal
        .message
        .strip_prefix("(#100) Unexpected key \"")?
        .split('"')
        .next()?;
    (case.strays.iter().any(|stray| stray == key)).then_some(&LISTED[2])
}

/// A body that stands alone in its template, and is long when it is filled.
const ALONE: Listed = Listed {
    input: "a body of 1,025 to 32,768 characters, filled, in a template without other components",
    product: "takes it, and leaves the judgement to Meta: the looser of the two limits",
    sandbox: "refuses it with 132005, as any filled body beyond 1,024",
    meta: "OpenAPI v23: a body's text has \"1024 character limit if other component types are included\", \"32768 character limit if only body component type is included\"",
};

/// The disagreements about values and their template that stay.
pub const LISTED_OF_TEMPLATES: [Listed; 1] = [ALONE];

/// Finds the disagreement in the list that explains why the sandbox refuses values that the product takes.
pub(crate) fn of_pair(pair: &Pair, refusal: &MessageRefusal) -> Option<&'static Listed> {
    let is_alone = pair.template.get("components")?.as_array()?.len() == 1;
    (is_alone && refusal.code == 132_005).then_some(&LISTED_OF_TEMPLATES[0])
}
