//! Why a request was not served: `application/problem+json` (RFC 9457).

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// What Meta said when it refused.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MetaError {
    pub code: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subcode: Option<i64>,
    /// What Meta's support asks for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fbtrace_id: Option<String>,
}

/// Why connecting ends, with the words for it. The OpenAPI document lists all as `x-refusals`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
pub struct Refusal {
    /// Stable, for programs: the `code` of a problem, and `error` of a landing.
    pub code: String,
    /// A few words for a heading.
    pub title: String,
    /// What happened, in a sentence.
    pub detail: String,
    /// What a person can do next.
    pub remedy: String,
}

/// A field that is wrong.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
pub struct FieldError {
    /// A JSON pointer to the field, or `/` and the name of a query parameter.
    #[schema(example = "/email")]
    pub pointer: String,
    /// What is wrong and what would be right.
    pub detail: String,
}

/// An error, as RFC 9457 has it.
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
    /// What happened, in a sentence for people.
    pub detail: String,
    /// Stable, for programs.
    #[schema(example = "not_found")]
    pub code: String,
    /// Names the request in the server's log.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_id: Option<Uuid>,
    /// What a person can do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remedy: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub meta: Option<MetaError>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub errors: Option<Vec<FieldError>>,
    /// The connect session that failed, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session_id: Option<Uuid>,
    /// The first sequence of the event log that is still kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub oldest: Option<i64>,
}
