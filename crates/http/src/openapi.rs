//! The OpenAPI document: the descriptions of the handlers, completed with the parts that all operations share.

use std::sync::OnceLock;

use utoipa::{
    Modify, OpenApi as _,
    openapi::{
        Content, ContentBuilder, Header, HttpMethod, ObjectBuilder, OpenApi, Ref, RefOr, Response,
        ResponseBuilder, Schema,
        extensions::Extensions,
        path::{Operation, ParameterIn, PathItem},
        schema::{ArrayItems, SchemaType, Type},
        security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityScheme},
        tag::TagBuilder,
    },
};

use wabakit_services::wire;
use wabakit_wire::problem::Problem;

use crate::routes::Document;

/// Returns the OpenAPI 3.1 document of all routes.
pub fn openapi() -> OpenApi {
    static DOCUMENT: OnceLock<OpenApi> = OnceLock::new();
    DOCUMENT.get_or_init(Document::openapi).clone()
}

const TAGS: [(&str, &str); 18] = [
    (
        "Sign-in",
        "Sign in and out, passwords, accepted invitations.",
    ),
    ("Connect", "From the click to the stored connection."),
    ("Connection", "The organisation's connection as a whole."),
    ("Accounts", "One phone number each."),
    ("Conversations", "Messages between numbers and people."),
    ("Messages", "Sent messages: queue, follow, cancel, retry."),
    ("Queues", "Waiting messages, by number."),
    (
        "Templates",
        "The templates of WABAs, kept in step with Meta.",
    ),
    ("Contacts", "People whom the organisation writes with."),
    ("Events", "The event log, in pages and live."),
    ("Webhooks", "Received webhooks, parked items and replays."),
    (FROM_META, "The addresses that Meta calls."),
    ("Team", "Members, roles, invitations."),
    ("Audit log", "Acts, in a hash chain that shows tampering."),
    ("Organisation", "The caller's organisation."),
    ("Meta apps", "The apps that people log in to."),
    (
        "Operator",
        "All organisations, for the platform's operators.",
    ),
    ("Operations", "Health, metrics, this document."),
];

/// The tag of the operations that Meta calls.
const FROM_META: &str = "Webhooks from Meta";

/// Adds the parts that all operations share.
pub(crate) struct Complete;

impl Modify for Complete {
    fn modify(&self, document: &mut OpenApi) {
        document.info.version = env!("CARGO_PKG_VERSION").to_owned();
        // For clients that get only the code, such as a page after a redirect. It holds the texts to show.
        let refusals = serde_json::to_value(wire::refusals()).unwrap_or_default();
        document.extensions = Some(Extensions::from_iter([("x-refusals", refusals)]));
        document.tags = Some(
            TAGS.iter()
                .map(|(name, text)| {
                    TagBuilder::new()
                        .name(*name)
                        .description(Some(*text))
                        .build()
                })
                .collect(),
        );
        let components = document.components.get_or_insert_default();
        components.add_security_scheme(
            "bearer",
            SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)),
        );
        components.add_security_scheme(
            "cookie",
            SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new("wabakit_session"))),
        );
        components.responses.extend(shared_errors());
        components.schemas.extend(problem_schemas());
        for (name, schema) in &mut components.schemas {
            never_null(name, schema);
            name_rows(name, schema);
        }
        for (path, item) in &mut document.paths.paths {
            for (method, operation) in operations(item) {
                add_errors(path, &method, operation);
            }
        }
    }
}

fn problem_schemas() -> Vec<(String, RefOr<Schema>)> {
    use utoipa::{PartialSchema, ToSchema};
    let mut schemas = vec![("Problem".to_owned(), Problem::schema())];
    Problem::schemas(&mut schemas);
    schemas
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = (HttpMethod, &mut Operation)> {
    [
        (HttpMethod::Get, item.get.as_mut()),
        (HttpMethod::Post, item.post.as_mut()),
        (HttpMethod::Patch, item.patch.as_mut()),
        (HttpMethod::Delete, item.delete.as_mut()),
    ]
    .into_iter()
    .filter_map(|(method, operation)| operation.map(|operation| (method, operation)))
}

/// The errors of each status. The answer holds the code.
const ERRORS: [(&str, &str); 12] = [
    ("400", "`malformed_json`"),
    (
        "401",
        "`unauthenticated`: nobody is signed in, or the sign-in has ended",
    ),
    (
        "403",
        "`forbidden`: the caller lacks the right; `csrf`: the request came from another site",
    ),
    (
        "404",
        "`not_found`: it does not exist, or belongs to another organisation",
    ),
    ("408", "`body_too_slow`"),
    (
        "409",
        "It conflicts with the current state: the code says how",
    ),
    ("413", "`too_large`"),
    ("415", "`unsupported_media_type`"),
    (
        "422",
        "`invalid`: `errors` names the field; or a refusal of connecting, whose code says which",
    ),
    ("429", "Too many requests: see Retry-After"),
    (
        "500",
        "`internal`: the request id finds the cause in the server's log",
    ),
    (
        "503",
        "`unavailable`, `busy`, or `meta_unavailable`: see Retry-After",
    ),
];

/// Operations that name an object in their query or body and not in their path. It may not exist either.
const NAMES_ELSEWHERE: [&str; 13] = [
    "beginConnect",
    "connectLink",
    "createTemplate",
    "deleteTemplateName",
    "disconnect",
    "disconnectAlias",
    "disconnectByDelete",
    "getTemplateSync",
    "sendMessage",
    "sendMessages",
    "syncTemplates",
    "syncTemplatesAlias",
    "testWebhook",
];

/// Operations with a rate limit.
const COUNTED: [&str; 3] = ["beginConnect", "connectLink", "acceptInvitation"];

/// Adds the errors that follow from an operation's parameters and body. Errors that the operation describes itself
/// stay.
fn add_errors(path: &str, method: &HttpMethod, operation: &mut Operation) {
    let secured = operation.security.is_some();
    let apart = operation.tags.iter().flatten().any(|tag| tag == FROM_META);
    let has_body = operation.request_body.is_some();
    let changes = !matches!(method, HttpMethod::Get);
    let in_api = path.starts_with("/api/") || path.starts_with("/auth/");
    let meta = ["Connect", "Connection", "Accounts"];
    let asks_meta = changes
        && operation
            .tags
            .iter()
            .flatten()
            .any(|tag| meta.contains(&tag.as_str()));
    let id = operation.operation_id.clone().unwrap_or_default();
    let is_one_of = |names: &[&str]| names.contains(&id.as_str());
    let has_query = operation.parameters.iter().flatten().any(|parameter| {
        matches!(parameter, RefOr::T(parameter) if parameter.parameter_in == ParameterIn::Query)
    });
    for (status, _) in ERRORS {
        let applies = match status {
            // These routes have no edge around them, and describe all errors themselves.
            _ if apart => status == "500",
            "400" | "408" | "413" | "415" => has_body,
            "401" | "403" => secured,
            "404" => path.contains('{') || is_one_of(&NAMES_ELSEWHERE),
            "409" => secured && changes,
            "422" => has_body || asks_meta || (secured && has_query),
            "429" => asks_meta || is_one_of(&COUNTED),
            "503" => in_api,
            _ => true,
        };
        if applies {
            let shared = Ref::from_response_name(format!("Error{status}"));
            let responses = &mut operation.responses.responses;
            responses
                .entry(status.to_owned())
                .or_insert(RefOr::Ref(shared));
        }
    }
    for (status, response) in &mut operation.responses.responses {
        if let RefOr::T(response) = response {
            complete(status, response);
        }
    }
    if let Some(RefOr::T(body)) = &mut operation.request_body {
        for content in body.content.values_mut() {
            if let RefOr::T(Content {
                schema: Some(schema),
                ..
            }) = content
            {
                not_null(schema);
            }
        }
    }
}

fn complete(status: &str, response: &mut Response) {
    if response.description.is_empty() {
        "Done.".clone_into(&mut response.description);
    }
    if status.starts_with(['4', '5']) && response.content.is_empty() {
        response
            .content
            .insert("application/problem+json".to_owned(), problem_content());
    }
    if status == "429" || status == "503" {
        response
            .headers
            .entry("Retry-After".to_owned())
            .or_insert_with(seconds);
    }
}

fn shared_errors() -> impl Iterator<Item = (String, RefOr<Response>)> {
    ERRORS.into_iter().map(|(status, text)| {
        let mut response = ResponseBuilder::new().description(text).build();
        complete(status, &mut response);
        (format!("Error{status}"), response.into())
    })
}

fn problem_content() -> RefOr<Content> {
    ContentBuilder::new()
        .schema(Some(Ref::from_schema_name("Problem")))
        .build()
        .into()
}

fn seconds() -> RefOr<Header> {
    let mut header = Header::new(ObjectBuilder::new().schema_type(Type::Integer).build());
    header.description = Some("Seconds after which to try again.".to_owned());
    header.into()
}

/// Optional fields of requests that accept null. In the first, null has a meaning of its own. In the others it means
/// the same as a missing field, because many programs write every field of a form. `*` stands for all fields.
const TAKES_NULL: [(&str, &str); 14] = [
    ("ChangeConversation", "assigneeId"),
    ("SendMessage", "*"),
    ("GraphCall", "body"),
    ("Login", "orgId"),
    ("Login", "session"),
    ("Login", "code"),
    ("AcceptInvitation", "session"),
    ("AcceptInvitation", "code"),
    ("OauthSubmission", "wabaId"),
    ("OauthSubmission", "phoneNumberId"),
    ("OauthSubmission", "businessId"),
    ("OauthSubmission", "event"),
    ("AddPhoneNumber", "displayPhone"),
    ("AddPhoneNumber", "appId"),
];

fn takes_null(name: &str, field: &str) -> bool {
    TAKES_NULL.contains(&(name, field)) || TAKES_NULL.contains(&(name, "*"))
}

/// Removes null from the optional fields of a schema, except where [`TAKES_NULL`] names them.
fn never_null(name: &str, schema: &mut RefOr<Schema>) {
    let object = match schema {
        RefOr::T(Schema::Object(object)) => object,
        RefOr::T(Schema::OneOf(one_of)) => {
            return one_of
                .items
                .iter_mut()
                .for_each(|item| never_null(name, item));
        }
        RefOr::T(Schema::AllOf(all_of)) => {
            return all_of
                .items
                .iter_mut()
                .for_each(|item| never_null(name, item));
        }
        _ => return,
    };
    let required = &object.required;
    for (_, property) in object
        .properties
        .iter_mut()
        .filter(|(field, _)| !required.contains(field) && !takes_null(name, field))
    {
        match property {
            RefOr::T(Schema::Object(inner)) => without_null(&mut inner.schema_type),
            RefOr::T(Schema::Array(inner)) => without_null(&mut inner.schema_type),
            _ => not_null(property),
        }
    }
}

/// Removes null from an optional reference, which utoipa writes as "this, or null".
fn not_null(schema: &mut RefOr<Schema>) {
    if let RefOr::T(Schema::OneOf(one_of)) = schema {
        let reference = one_of
            .items
            .iter()
            .find(|item| matches!(item, RefOr::Ref(_)));
        if let Some(reference) = reference.cloned() {
            *schema = reference;
        }
    }
}

/// Names the schemas of a list's rows: `Paged_Account` holds `Account`.
fn name_rows(name: &str, schema: &mut RefOr<Schema>) {
    if let Some((_, row)) = name.split_once('_')
        && let RefOr::T(Schema::Object(object)) = schema
        && let Some(RefOr::T(Schema::Array(data))) = object.properties.get_mut("data")
    {
        data.items = ArrayItems::RefOrSchema(Box::new(Ref::from_schema_name(row).into()));
    }
}

fn without_null(schema_type: &mut SchemaType) {
    if let SchemaType::Array(types) = schema_type {
        types.retain(|one| *one != Type::Null);
        if let [only] = types.as_slice() {
            *schema_type = SchemaType::Type(only.clone());
        }
    }
}
