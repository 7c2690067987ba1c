//! Conversations and their messages.

use actix_web::{HttpResponse, get, patch, web::Data};
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;
use wabakit_domain::ids::{AccountId, ContactId, ConversationId, UserId};
use wabakit_services::{
    Assignee, Caller, ConversationChange, ConversationFilter, Invalid, Page,
    wire::{self, FromWire},
};
use wabakit_wire::{
    conversation::{Conversation, ConversationState},
    lists::Paged,
    message::Message,
};

use crate::{
    Api,
    extract::{ConversationsRead, ConversationsWrite, Id, Json, MessagesRead, PageQuery, Query},
    problem::ApiError,
    views::{conversation::ChangeConversation, lists::paged_by_time},
};

/// The filter of conversations.
#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub(crate) struct ConversationQuery {
    /// Only conversations of this account.
    account_id: Option<Uuid>,
    /// Only conversations in this state.
    #[param(inline)]
    state: Option<ConversationState>,
    /// `true`: only conversations with unread messages.
    #[serde(default)]
    #[param(required = false)]
    unread: bool,
    /// `me`, `none`, or a person's id: only conversations with this assignee.
    assignee: Option<String>,
    /// Only conversations with this contact.
    contact_id: Option<Uuid>,
    /// Only conversations with a contact whose name, username or phone number contains this text.
    search: Option<String>,
}

impl ConversationQuery {
    fn filter(self, caller: &Caller) -> Result<ConversationFilter, Invalid> {
        let assignee = match self.assignee.as_deref() {
            None | Some("") => None,
            Some("none") => Some(Assignee::Nobody),
            Some("me") => match caller.principal.user() {
                Some(user) => Some(Assignee::User(user)),
                None => {
                    let detail = "Only a person who is signed in can ask for their own.";
                    return Err(Invalid::new("/assignee", detail));
                }
            },
            Some(id) => Some(Assignee::User(id.parse().map_err(|_| {
                Invalid::new("/assignee", "It must be me, none, or a person's id.")
            })?)),
        };
        Ok(ConversationFilter {
            account: self.account_id.map(AccountId),
            state: self.state.map(FromWire::from_wire),
            unread: self.unread,
            assignee,
            contact: self.contact_id.map(ContactId),
            search: self.search,
        })
    }
}

/// List conversations, the one with the newest message first
#[utoipa::path(tag = "Conversations", operation_id = "listConversations",
    security(("bearer" = ["conversations:read"]), ("cookie" = ["conversations:read"])),
    params(PageQuery, ConversationQuery), responses((status = 200, body = Paged<Conversation>)))]
#[get("/api/conversations")]
pub(crate) async fn list(
    api: Data<Api>,
    ConversationsRead(caller): ConversationsRead,
    Query(page): Query<PageQuery>,
    Query(query): Query<ConversationQuery>,
) -> Result<HttpResponse, ApiError> {
    let filter = query.filter(&caller)?;
    let page = api
        .receive
        .inbox
        .conversations(&caller, filter, page.by_time()?)
        .await?;
    let now = (api.now)();
    Ok(HttpResponse::Ok().json(paged_by_time(page, |row| wire::conversation(row, now))))
}

/// Retrieve a conversation
#[utoipa::path(tag = "Conversations", operation_id = "getConversation",
    security(("bearer" = ["conversations:read"]), ("cookie" = ["conversations:read"])),
    params(("id" = Uuid, Path, description = "The conversation")),
    responses((status = 200, body = Conversation)))]
#[get("/api/conversations/{id}")]
pub(crate) async fn get(
    api: Data<Api>,
    ConversationsRead(caller): ConversationsRead,
    Id(id): Id<ConversationId>,
) -> Result<HttpResponse, ApiError> {
    let conversation = api.receive.inbox.conversation(&caller, id).await?;
    Ok(HttpResponse::Ok().json(wire::conversation(conversation, (api.now)())))
}

/// Update a conversation: open or close it, assign it, or mark it as read or unread
#[utoipa::path(tag = "Conversations", operation_id = "changeConversation",
    security(("bearer" = ["conversations:write"]), ("cookie" = ["conversations:write"])),
    params(("id" = Uuid, Path, description = "The conversation")),
    responses((status = 200, body = Conversation)))]
#[patch("/api/conversations/{id}")]
pub(crate) async fn change(
    api: Data<Api>,
    ConversationsWrite(caller): ConversationsWrite,
    Id(id): Id<ConversationId>,
    Json(body): Json<ChangeConversation>,
) -> Result<HttpResponse, ApiError> {
    let change = ConversationChange {
        state: body.state.map(FromWire::from_wire),
        assignee: body
            .assignee_id
            .map(|user| user.map_or(Assignee::Nobody, |user| Assignee::User(UserId(user)))),
        unread: body.unread.map(i32::from),
    };
    let conversation = api.receive.inbox.change(&caller, id, change).await?;
    Ok(HttpResponse::Ok().json(wire::conversation(conversation, (api.now)())))
}

/// List a conversation's messages, newest first
#[utoipa::path(tag = "Conversations", operation_id = "listMessages",
    security(("bearer" = ["messages:read"]), ("cookie" = ["messages:read"])),
    params(("id" = Uuid, Path, description = "The conversation"), PageQuery),
    responses((status = 200, body = Paged<Message>)))]
#[get("/api/conversations/{id}/messages")]
pub(crate) async fn messages(
    api: Data<Api>,
    MessagesRead(caller): MessagesRead,
    Id(id): Id<ConversationId>,
    Query(page): Query<PageQuery>,
) -> Result<HttpResponse, ApiError> {
    let page = api
        .receive
        .inbox
        .messages(&caller, id, page.by_time()?)
        .await?;
    let messages = page.rows.iter().map(|row| row.message.clone()).collect();
    let shown = api.sending.messages.shown(&caller, messages).await?;
    let rows = page.rows.into_iter().zip(shown);
    let page = Page {
        rows: rows.collect(),
        next: page.next,
    };
    Ok(
        HttpResponse::Ok().json(paged_by_time(page, |(detail, shown)| {
            wire::message(detail, shown)
        })),
    )
}
