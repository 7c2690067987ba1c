//! Messages: send, list, retrieve, cancel, retry, read receipts and typing indicators.

use actix_web::{
    HttpRequest, HttpResponse, HttpResponseBuilder, get,
    http::header::{self, HeaderName},
    post,
    web::Data,
};
use serde::Deserialize;
use serde_json::Value;
use utoipa::IntoParams;
use uuid::Uuid;
use wabakit_domain::ids::{AccountId, ConversationId, MessageId};
use wabakit_services::{
    OutboxFilter, SendError,
    wire::{self, FromWire},
};
use wabakit_wire::{
    content::MessageStatus,
    lists::Paged,
    message::{BareMessage, Message},
    send::{BulkAnswer, SendMessage},
};

use crate::{
    Api,
    extract::{Id, Json, MessagesRead, MessagesSend, OptionalJson, PageQuery, Query},
    problem::ApiError,
    views::{
        lists::paged,
        send::{MarkRead, RetryMessage, SendMessages},
    },
};

const IDEMPOTENCY_KEY: &str = "idempotency-key";
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
/// The largest body with many messages, in bytes.
const BULK: usize = 8 << 20;

/// Returns the request's idempotency key.
fn key(request: &HttpRequest) -> Result<Option<&str>, ApiError> {
    let value = request.headers().get(IDEMPOTENCY_KEY);
    let value = value.map(|value| value.to_str().map_err(|_| SendError::KeyMalformed));
    Ok(value.transpose()?)
}

fn replayed(mut response: HttpResponseBuilder, is_replayed: bool) -> HttpResponseBuilder {
    if is_replayed {
        response.insert_header((REPLAYED, "true"));
    }
    response
}

/// Send a message
///
/// The body is Meta's own message object with fields of ours beside it. The message is durable when this answers.
/// Events, and the message itself, show its further status. The same call with the same `Idempotency-Key` (kept for two
/// days) queues nothing more, and is answered with the message in its current status.
#[utoipa::path(tag = "Messages", operation_id = "sendMessage",
    security(("bearer" = ["messages:send"]), ("cookie" = ["messages:send"])),
    params(("Idempotency-Key" = Option<String>, Header, description = "Your name for the call: 1 to 255 visible ASCII characters")),
    request_body = SendMessage,
    responses(
        (status = 202, body = BareMessage, headers(
            ("Location" = String, description = "The message"),
            ("Idempotency-Replayed" = bool, description = "`true` if the call is a repetition"))),
        (status = 409, description = "`idempotency_in_flight`: the same call is in progress; `account_not_connected`"),
        (status = 422, description = "`invalid_message`: `errors` names each field; `window_closed`, `opted_out`, `no_account`, `idempotency_mismatch`, `idempotency_key_malformed`"),
        (status = 503, description = "`not_stored`: repeat the call with the same key")))]
#[post("/api/messages")]
pub(crate) async fn send(
    api: Data<Api>,
    request: HttpRequest,
    MessagesSend(caller): MessagesSend,
    Json(body): Json<Value>,
) -> Result<HttpResponse, ApiError> {
    let messages = &api.sending.messages;
    let sent = messages.submit(&caller, key(&request)?, body).await?;
    let location = format!("/api/messages/{}", sent.value.message.id);
    let mut response = replayed(HttpResponse::Accepted(), sent.is_replayed);
    response.insert_header((header::LOCATION, location));
    Ok(response.json(wire::form::<BareMessage>(sent.value)))
}

/// Send many messages
///
/// Each message is accepted or refused on its own.
#[utoipa::path(tag = "Messages", operation_id = "sendMessages",
    security(("bearer" = ["messages:send"]), ("cookie" = ["messages:send"])),
    params(("Idempotency-Key" = Option<String>, Header, description = "Your name for the call: 1 to 255 visible ASCII characters")),
    responses(
        (status = 200, body = BulkAnswer, headers(
            ("Idempotency-Replayed" = bool, description = "`true` if the call is a repetition"))),
        (status = 409, description = "`idempotency_in_flight`, `account_not_connected`"),
        (status = 503, description = "`not_stored`: repeat the call with the same key")))]
#[post("/api/messages/bulk")]
pub(crate) async fn send_many(
    api: Data<Api>,
    request: HttpRequest,
    MessagesSend(caller): MessagesSend,
    Json(body): Json<SendMessages, BULK>,
) -> Result<HttpResponse, ApiError> {
    let (bodies, defaults) = body.into_parts();
    let messages = &api.sending.messages;
    let sent = messages
        .submit_many(&caller, key(&request)?, bodies, defaults)
        .await?;
    Ok(replayed(HttpResponse::Ok(), sent.is_replayed).json(wire::form::<BulkAnswer>(sent.value)))
}

/// The filter of sent messages.
#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub(crate) struct MessageQuery {
    /// Only messages from this account.
    account_id: Option<Uuid>,
    /// Only messages with this status.
    #[param(inline)]
    status: Option<MessageStatus>,
    /// Only messages with this reference of yours.
    client_reference: Option<String>,
    /// `true`: only messages that Meta accepted long ago and that have neither arrived nor failed since.
    stuck: Option<bool>,
}

/// List sent messages, newest first
#[utoipa::path(tag = "Messages", operation_id = "listSentMessages",
    security(("bearer" = ["messages:read"]), ("cookie" = ["messages:read"])),
    params(PageQuery, MessageQuery), responses((status = 200, body = Paged<BareMessage>)))]
#[get("/api/messages")]
pub(crate) async fn list(
    api: Data<Api>,
    MessagesRead(caller): MessagesRead,
    Query(page): Query<PageQuery>,
    Query(query): Query<MessageQuery>,
) -> Result<HttpResponse, ApiError> {
    let messages = &api.sending.messages;
    let filter = OutboxFilter {
        account: query.account_id.map(AccountId::from),
        status: query.status.map(FromWire::from_wire),
        client_reference: query.client_reference,
        stuck_before: (query.stuck == Some(true)).then(|| messages.stuck_before()),
    };
    let page = messages.list(&caller, filter, page.request()?).await?;
    Ok(HttpResponse::Ok().json(paged(page, wire::form::<BareMessage>)))
}

/// Retrieve a message
#[utoipa::path(tag = "Messages", operation_id = "getMessage",
    security(("bearer" = ["messages:read"]), ("cookie" = ["messages:read"])),
    params(("id" = Uuid, Path, description = "The message")),
    responses((status = 200, body = Message)))]
#[get("/api/messages/{id}")]
pub(crate) async fn get(
    api: Data<Api>,
    MessagesRead(caller): MessagesRead,
    Id(id): Id<MessageId>,
) -> Result<HttpResponse, ApiError> {
    let (detail, shown) = api.sending.messages.get(&caller, id).await?;
    Ok(HttpResponse::Ok().json(wire::message(detail, shown)))
}

/// Cancel a queued message
#[utoipa::path(tag = "Messages", operation_id = "cancelMessage",
    security(("bearer" = ["messages:send"]), ("cookie" = ["messages:send"])),
    params(("id" = Uuid, Path, description = "The message")),
    responses((status = 200, body = BareMessage),
        (status = 409, description = "`not_queued`: the message is being sent, or has ended")))]
#[post("/api/messages/{id}/cancel")]
pub(crate) async fn cancel(
    api: Data<Api>,
    MessagesSend(caller): MessagesSend,
    Id(id): Id<MessageId>,
) -> Result<HttpResponse, ApiError> {
    let shown = api.sending.messages.cancel(&caller, id).await?;
    Ok(HttpResponse::Ok().json(wire::form::<BareMessage>(shown)))
}

/// Retry a message
///
/// Queues a message again that failed, expired, was cancelled, or has an unknown outcome.
#[utoipa::path(tag = "Messages", operation_id = "retryMessage",
    security(("bearer" = ["messages:send"]), ("cookie" = ["messages:send"])),
    params(("id" = Uuid, Path, description = "The message")), request_body = Option<RetryMessage>,
    responses((status = 200, body = BareMessage),
        (status = 409, description = "`not_retryable`; `may_repeat`: Meta may have accepted it, retry with `mayRepeat`")))]
#[post("/api/messages/{id}/retry")]
pub(crate) async fn retry(
    api: Data<Api>,
    MessagesSend(caller): MessagesSend,
    Id(id): Id<MessageId>,
    OptionalJson(body): OptionalJson<RetryMessage>,
) -> Result<HttpResponse, ApiError> {
    let messages = &api.sending.messages;
    let shown = messages.retry(&caller, id, body.may_repeat).await?;
    Ok(HttpResponse::Ok().json(wire::form::<BareMessage>(shown)))
}

/// Mark an unknown message as failed
#[utoipa::path(tag = "Messages", operation_id = "dismissMessage",
    security(("bearer" = ["messages:send"]), ("cookie" = ["messages:send"])),
    params(("id" = Uuid, Path, description = "The message")),
    responses((status = 200, body = BareMessage), (status = 409, description = "`not_unknown`")))]
#[post("/api/messages/{id}/dismiss")]
pub(crate) async fn dismiss(
    api: Data<Api>,
    MessagesSend(caller): MessagesSend,
    Id(id): Id<MessageId>,
) -> Result<HttpResponse, ApiError> {
    let shown = api.sending.messages.dismiss(&caller, id).await?;
    Ok(HttpResponse::Ok().json(wire::form::<BareMessage>(shown)))
}

/// Mark a message as read
///
/// Messages before it are marked as read too. The customer sees it.
#[utoipa::path(tag = "Messages", operation_id = "markMessageRead",
    security(("bearer" = ["messages:send"]), ("cookie" = ["messages:send"])),
    params(("id" = Uuid, Path, description = "The customer's message")), request_body = Option<MarkRead>,
    responses((status = 204),
        (status = 409, description = "`no_inbound_message`: the message is not a customer's; `account_not_connected`")))]
#[post("/api/messages/{id}/read")]
pub(crate) async fn read(
    api: Data<Api>,
    MessagesSend(caller): MessagesSend,
    Id(id): Id<MessageId>,
    OptionalJson(body): OptionalJson<MarkRead>,
) -> Result<HttpResponse, ApiError> {
    let messages = &api.sending.messages;
    messages.mark_read(&caller, id, body.typing).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Show a typing indicator
///
/// Shows it for up to 25 seconds. Meta marks the customer's newest message as read.
#[utoipa::path(tag = "Conversations", operation_id = "showTyping",
    security(("bearer" = ["messages:send"]), ("cookie" = ["messages:send"])),
    params(("id" = Uuid, Path, description = "The conversation")),
    responses((status = 204),
        (status = 409, description = "`no_inbound_message`: the customer never wrote; `account_not_connected`")))]
#[post("/api/conversations/{id}/typing")]
pub(crate) async fn typing(
    api: Data<Api>,
    MessagesSend(caller): MessagesSend,
    Id(id): Id<ConversationId>,
) -> Result<HttpResponse, ApiError> {
    api.sending.messages.typing(&caller, id).await?;
    Ok(HttpResponse::NoContent().finish())
}
