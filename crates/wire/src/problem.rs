//! Problems: the bodies of error answers, `application/problem+json` (RFC 9457).

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// The error that Meta answered.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MetaError {
    pub code: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subcode: Option<i64>,
    /// Meta's trace id, which its support asks for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fbtrace_id: Option<String>,
}

/// A reason why connecting fails, with its texts. The OpenAPI document lists all as `x-refusals`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
pub struct Refusal {
    /// A stable code: the `code` of a problem and the `error` of a landing.
    pub code: String,
    /// A heading of a few words.
    pub title: String,
    /// The cause, in a sentence.
    pub detail: String,
    /// The remedy, in a sentence.
    pub remedy: String,
    /// Who can carry out the remedy: `person`, `admin`, `operator`, or `meta` if only time helps.
    #[schema(example = "person")]
    pub who: String,
    /// The address of the documentation.
    pub docs: String,
}

/// An invalid field of a request.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
pub struct FieldError {
    /// A JSON pointer to the field; for a query parameter `/` with its name.
    #[schema(example = "/email")]
    pub pointer: String,
    /// The fault, and what a valid value looks like.
    pub detail: String,
}

/// A problem, as RFC 9457 defines it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Problem {
    /// The code as a URN.
    #[serde(rename = "type")]
    #[schema(example = "urn:wabakit:problem:not_found")]
    pub kind: String,
    pub title: String,
    #[schema(example = 404)]
    pub status: u16,
    /// The cause, in a sentence for people.
    pub detail: String,
    /// A stable code for programs.
    #[schema(example = "not_found")]
    pub code: String,
    /// The id of the request in the server's log.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_id: Option<Uuid>,
    /// The remedy, in a sentence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remedy: Option<String>,
    /// Who can carry out the remedy: `person` (the caller), `admin` (of the organisation), `operator` (of this server),
    /// or `meta` if only time helps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "operator")]
    pub who: Option<String>,
    /// The address of the documentation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub docs: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub meta: Option<MetaError>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub errors: Option<Vec<FieldError>>,
    /// The connect session that failed, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session_id: Option<Uuid>,
    /// The oldest sequence that the event log still holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub oldest: Option<i64>,
    /// False, on the connecting routes. Older clients read it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub success: Option<bool>,
    /// The same as `detail`, on the connecting routes. Older clients read it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}
