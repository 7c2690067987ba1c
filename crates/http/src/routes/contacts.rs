//! Contacts: the people that the organisation writes with.

use actix_web::{HttpResponse, delete, get, http::header, patch, post, web::Data};
use serde::Deserialize;
use utoipa::IntoParams;
use wabakit_domain::ids::ContactId;

use wabakit_services::wire;
use wabakit_wire::{
    contact::{Contact, ContactMerge, ContactMerges, ContactSplit, Erasure},
    lists::Paged,
};

use crate::{
    Api,
    extract::{ContactsRead, ContactsWrite, ConversationsWrite, Id, Json, PageQuery, Query},
    problem::ApiError,
    views::{
        contact::{NameContact, SplitContact},
        lists::paged,
    },
};

/// The filter of contacts.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ContactQuery {
    /// Only contacts whose name, username or phone number contains this text.
    search: Option<String>,
}

/// List contacts, newest first
#[utoipa::path(tag = "Contacts", operation_id = "listContacts",
    security(("bearer" = ["contacts:read"]), ("cookie" = ["contacts:read"])),
    params(PageQuery, ContactQuery), responses((status = 200, body = Paged<Contact>)))]
#[get("/api/contacts")]
pub(crate) async fn list(
    api: Data<Api>,
    ContactsRead(caller): ContactsRead,
    Query(page): Query<PageQuery>,
    Query(query): Query<ContactQuery>,
) -> Result<HttpResponse, ApiError> {
    let page = api
        .receive
        .inbox
        .contacts(&caller, query.search, page.request()?)
        .await?;
    Ok(HttpResponse::Ok().json(paged(page, wire::form::<Contact>)))
}

/// Retrieve a contact
#[utoipa::path(tag = "Contacts", operation_id = "getContact",
    security(("bearer" = ["contacts:read"]), ("cookie" = ["contacts:read"])),
    params(("id" = Uuid, Path, description = "The contact")),
    responses((status = 200, body = Contact)))]
#[get("/api/contacts/{id}")]
pub(crate) async fn get(
    api: Data<Api>,
    ContactsRead(caller): ContactsRead,
    Id(id): Id<ContactId>,
) -> Result<HttpResponse, ApiError> {
    let contact = api.receive.inbox.contact(&caller, id).await?;
    Ok(HttpResponse::Ok().json(wire::form::<Contact>(contact)))
}

/// Rename a contact
#[utoipa::path(tag = "Contacts", operation_id = "nameContact",
    security(("bearer" = ["conversations:write"]), ("cookie" = ["conversations:write"])),
    params(("id" = Uuid, Path, description = "The contact")),
    responses((status = 200, body = Contact)))]
#[patch("/api/contacts/{id}")]
pub(crate) async fn name(
    api: Data<Api>,
    ConversationsWrite(caller): ConversationsWrite,
    Id(id): Id<ContactId>,
    Json(body): Json<NameContact>,
) -> Result<HttpResponse, ApiError> {
    let contact = api.receive.inbox.rename(&caller, id, body.name).await?;
    Ok(HttpResponse::Ok().json(wire::form::<Contact>(contact)))
}

/// Export a contact's data
///
/// Answers with one JSON file: the person, their conversations, messages and timelines, and the facts about files. The
/// file is read while it is sent, so an answer that breaks off is incomplete.
#[utoipa::path(tag = "Contacts", operation_id = "exportContact",
    security(("bearer" = ["contacts:write"]), ("cookie" = ["contacts:write"])),
    params(("id" = Uuid, Path, description = "The contact")),
    responses((status = 200, description = "The file", content_type = "application/json", body = Object)))]
#[get("/api/contacts/{id}/export")]
pub(crate) async fn export(
    api: Data<Api>,
    ContactsWrite(caller): ContactsWrite,
    Id(id): Id<ContactId>,
) -> Result<HttpResponse, ApiError> {
    let export = api.receive.inbox.export(&caller, id).await?;
    let file = format!("attachment; filename=\"contact-{id}.json\"");
    Ok(HttpResponse::Ok()
        .content_type(mime::APPLICATION_JSON)
        .insert_header((header::CONTENT_DISPOSITION, file))
        .streaming(export))
}

/// List the merges of a contact
///
/// Lists contacts that turned out to be one person, newest first, at most 100. Merges that were undone are included.
#[utoipa::path(tag = "Contacts", operation_id = "listContactMerges",
    security(("bearer" = ["contacts:write"]), ("cookie" = ["contacts:write"])),
    params(("id" = Uuid, Path, description = "The contact")),
    responses((status = 200, body = ContactMerges)))]
#[get("/api/contacts/{id}/merges")]
pub(crate) async fn merges(
    api: Data<Api>,
    ContactsWrite(caller): ContactsWrite,
    Id(id): Id<ContactId>,
) -> Result<HttpResponse, ApiError> {
    let found = api.receive.inbox.merges(&caller, id).await?;
    let items = found.into_iter().map(wire::form::<ContactMerge>).collect();
    Ok(HttpResponse::Ok().json(ContactMerges { items }))
}

/// Undo a merge of a contact
///
/// The removed contact is back under its id, with its keys and the messages that it had. Later messages stay with the
/// remaining contact. The two contacts are never merged again.
#[utoipa::path(tag = "Contacts", operation_id = "splitContact",
    security(("bearer" = ["contacts:write"]), ("cookie" = ["contacts:write"])),
    params(("id" = Uuid, Path, description = "The contact")),
    responses((status = 200, body = ContactSplit)))]
#[post("/api/contacts/{id}/split")]
pub(crate) async fn split(
    api: Data<Api>,
    ContactsWrite(caller): ContactsWrite,
    Id(id): Id<ContactId>,
    Json(body): Json<SplitContact>,
) -> Result<HttpResponse, ApiError> {
    let split = api.receive.inbox.split(&caller, id, body.merge_id).await?;
    Ok(HttpResponse::Ok().json(wire::form::<ContactSplit>(split)))
}

/// Erase a contact
///
/// Deletes the person, their conversations, messages and files for good, and their data in the event log.
#[utoipa::path(tag = "Contacts", operation_id = "eraseContact",
    security(("bearer" = ["contacts:write"]), ("cookie" = ["contacts:write"])),
    params(("id" = Uuid, Path, description = "The contact")),
    responses((status = 200, body = Erasure)))]
#[delete("/api/contacts/{id}")]
pub(crate) async fn erase(
    api: Data<Api>,
    ContactsWrite(caller): ContactsWrite,
    Id(id): Id<ContactId>,
) -> Result<HttpResponse, ApiError> {
    let messages = api.receive.inbox.erase(&caller, id).await?;
    let success = true;
    Ok(HttpResponse::Ok().json(Erasure { success, messages }))
}
