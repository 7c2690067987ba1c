//! Templates, and their syncs with Meta.

use actix_web::{
    HttpRequest, HttpResponse, delete, get,
    http::header::{CACHE_CONTROL, ETAG, IF_NONE_MATCH},
    patch, post,
    web::Data,
};
use wabakit_domain::ids::{TemplateId, WabaId};
use wabakit_services::{Caller, Page, PageRequest, wire};
use wabakit_wire::{
    lists::Paged,
    template::{
        StartedTemplateSync, Template, TemplateCheck, TemplateDetail, TemplatePreview,
        TemplateSyncStatus,
    },
};

use crate::{
    Api,
    extract::{Id, Json, OptionalJson, PageQuery, Query, TemplatesRead, TemplatesWrite},
    problem::ApiError,
    views::{
        lists::paged,
        template::{
            CreateTemplate, DeleteQuery, EditTemplate, StartSync, SyncQuery, SyncStatusQuery,
            TemplateCursor, TemplateInput, TemplateQuery,
        },
    },
};

/// The tag of an answer, and whether the client has it already.
struct Tag {
    tag: String,
    is_known: bool,
}

impl Tag {
    /// Asks for the tag of what this request answers.
    async fn of(api: &Api, caller: &Caller, request: &HttpRequest) -> Result<Self, ApiError> {
        let question = format!("{}?{}", request.path(), request.query_string());
        let tag = format!("W/\"{}\"", api.templates.tag(caller, &question).await?);
        let known = request.headers().get_all(IF_NONE_MATCH);
        let known = known.filter_map(|value| value.to_str().ok());
        let mut known = known.flat_map(|value| value.split(',')).map(str::trim);
        let bare = tag.trim_start_matches("W/").to_owned();
        let is_known = known.any(|one| one == "*" || one.trim_start_matches("W/") == bare);
        Ok(Self { tag, is_known })
    }

    fn unchanged(&self) -> HttpResponse {
        HttpResponse::NotModified()
            .insert_header((ETAG, self.tag.as_str()))
            .insert_header((CACHE_CONTROL, "private, no-cache"))
            .finish()
    }

    fn answer(&self, body: impl serde::Serialize) -> HttpResponse {
        HttpResponse::Ok()
            .insert_header((ETAG, self.tag.as_str()))
            .insert_header((CACHE_CONTROL, "private, no-cache"))
            .json(body)
    }
}

/// List the templates
///
/// By name and language. The answer has an `ETag`: send it back in `If-None-Match`, and an unchanged list answers 304.
#[utoipa::path(tag = "Templates", operation_id = "listTemplates",
    security(("bearer" = ["templates:read"]), ("cookie" = ["templates:read"])),
    params(PageQuery, TemplateQuery), responses((status = 200, body = Paged<Template>),
    (status = 304, description = "The list is as `If-None-Match` names it.")))]
#[get("/api/templates")]
pub(crate) async fn list(
    api: Data<Api>,
    request: HttpRequest,
    TemplatesRead(caller): TemplatesRead,
    Query(page): Query<PageQuery>,
    Query(query): Query<TemplateQuery>,
) -> Result<HttpResponse, ApiError> {
    let (filter, page) = (query.filter()?, page.request::<TemplateCursor>()?);
    let tag = Tag::of(&api, &caller, &request).await?;
    if tag.is_known {
        return Ok(tag.unchanged());
    }
    let page = PageRequest {
        after: page.after.map(|TemplateCursor(key)| key),
        limit: page.limit,
    };
    let page = api.templates.list(&caller, filter, page).await?;
    let page = Page {
        rows: page.rows,
        next: page.next.map(TemplateCursor),
    };
    Ok(tag.answer(paged(page, wire::form::<Template>)))
}

/// Retrieve a template with its history
///
/// The answer has an `ETag`, as the list.
#[utoipa::path(tag = "Templates", operation_id = "getTemplate",
    security(("bearer" = ["templates:read"]), ("cookie" = ["templates:read"])),
    params(("id" = Uuid, Path, description = "The template")),
    responses((status = 200, body = TemplateDetail),
    (status = 304, description = "The template is as `If-None-Match` names it.")))]
#[get("/api/templates/{id}")]
pub(crate) async fn get(
    api: Data<Api>,
    request: HttpRequest,
    TemplatesRead(caller): TemplatesRead,
    Id(id): Id<TemplateId>,
) -> Result<HttpResponse, ApiError> {
    let tag = Tag::of(&api, &caller, &request).await?;
    let found = api.templates.get(&caller, id).await?;
    if tag.is_known {
        return Ok(tag.unchanged());
    }
    let detail: TemplateDetail = wire::template_detail(found, caller.org);
    Ok(tag.answer(detail))
}

/// Create a template
///
/// It is checked first, and all faults are named. Meta may choose another category than the one that was asked for.
#[utoipa::path(tag = "Templates", operation_id = "createTemplate",
    security(("bearer" = ["templates:write"]), ("cookie" = ["templates:write"])),
    responses((status = 201, body = Template),
    (status = 409, description = "`already_exists`: the name exists in this language."),
    (status = 429, description = "`meta_rate_limited`")))]
#[post("/api/templates")]
pub(crate) async fn create(
    api: Data<Api>,
    TemplatesWrite(caller): TemplatesWrite,
    Json(mut body): Json<CreateTemplate>,
) -> Result<HttpResponse, ApiError> {
    let waba = body.waba_id.take().map(WabaId::from);
    let created = api.templates.create(&caller, waba, body.body()).await?;
    Ok(HttpResponse::Created().json(wire::form::<Template>(created)))
}

/// Edit a template
///
/// Meta lets an approved one be edited once in 24 hours and ten times in 30 days. It goes through review again.
#[utoipa::path(tag = "Templates", operation_id = "editTemplate",
    security(("bearer" = ["templates:write"]), ("cookie" = ["templates:write"])),
    params(("id" = Uuid, Path, description = "The template")),
    responses((status = 200, body = Template), (status = 429, description = "`meta_rate_limited`")))]
#[patch("/api/templates/{id}")]
pub(crate) async fn edit(
    api: Data<Api>,
    TemplatesWrite(caller): TemplatesWrite,
    Id(id): Id<TemplateId>,
    Json(body): Json<EditTemplate>,
) -> Result<HttpResponse, ApiError> {
    let edited = api.templates.edit(&caller, id, body.body()).await?;
    Ok(HttpResponse::Ok().json(wire::form::<Template>(edited)))
}

/// Delete a template in one language
///
/// Meta blocks the name of an approved one for 30 days.
#[utoipa::path(tag = "Templates", operation_id = "deleteTemplate",
    security(("bearer" = ["templates:write"]), ("cookie" = ["templates:write"])),
    params(("id" = Uuid, Path, description = "The template")),
    responses((status = 204), (status = 429, description = "`meta_rate_limited`")))]
#[delete("/api/templates/{id}")]
pub(crate) async fn remove(
    api: Data<Api>,
    TemplatesWrite(caller): TemplatesWrite,
    Id(id): Id<TemplateId>,
) -> Result<HttpResponse, ApiError> {
    api.templates.delete(&caller, id).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Delete a template in all languages
#[utoipa::path(tag = "Templates", operation_id = "deleteTemplateName",
    security(("bearer" = ["templates:write"]), ("cookie" = ["templates:write"])),
    params(DeleteQuery), responses((status = 204), (status = 429, description = "`meta_rate_limited`")))]
#[delete("/api/templates")]
pub(crate) async fn remove_name(
    api: Data<Api>,
    TemplatesWrite(caller): TemplatesWrite,
    Query(query): Query<DeleteQuery>,
) -> Result<HttpResponse, ApiError> {
    let waba = query.waba_id.clone().map(WabaId::from);
    let name = query.name()?;
    api.templates.delete_name(&caller, waba, name).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Retrieve the JSON Schema of a template's parameters
#[utoipa::path(tag = "Templates", operation_id = "getTemplateSchema",
    security(("bearer" = ["templates:read"]), ("cookie" = ["templates:read"])),
    params(("id" = Uuid, Path, description = "The template")),
    responses((status = 200, body = Object, description = "A JSON Schema (2020-12)")))]
#[get("/api/templates/{id}/schema")]
pub(crate) async fn schema(
    api: Data<Api>,
    TemplatesRead(caller): TemplatesRead,
    Id(id): Id<TemplateId>,
) -> Result<HttpResponse, ApiError> {
    Ok(HttpResponse::Ok().json(api.templates.schema(&caller, id).await?))
}

/// Check values against a template
///
/// What a message would be refused for is the result, not an error.
#[utoipa::path(tag = "Templates", operation_id = "checkTemplate",
    security(("bearer" = ["templates:read"]), ("cookie" = ["templates:read"])),
    params(("id" = Uuid, Path, description = "The template")),
    responses((status = 200, body = TemplateCheck)))]
#[post("/api/templates/{id}/check")]
pub(crate) async fn check(
    api: Data<Api>,
    TemplatesRead(caller): TemplatesRead,
    Id(id): Id<TemplateId>,
    Json(body): Json<TemplateInput>,
) -> Result<HttpResponse, ApiError> {
    let checked = api.templates.check(&caller, id, &body.values()?).await?;
    Ok(HttpResponse::Ok().json(wire::form::<TemplateCheck>(checked)))
}

/// Render a template with values
#[utoipa::path(tag = "Templates", operation_id = "previewTemplate",
    security(("bearer" = ["templates:read"]), ("cookie" = ["templates:read"])),
    params(("id" = Uuid, Path, description = "The template")),
    responses((status = 200, body = TemplatePreview)))]
#[post("/api/templates/{id}/preview")]
pub(crate) async fn preview(
    api: Data<Api>,
    TemplatesRead(caller): TemplatesRead,
    Id(id): Id<TemplateId>,
    Json(body): Json<TemplateInput>,
) -> Result<HttpResponse, ApiError> {
    let shown = api.templates.preview(&caller, id, body.values()?).await?;
    Ok(HttpResponse::Ok().json(wire::form::<TemplatePreview>(shown)))
}

/// Sync templates with Meta
///
/// Reads all templates of the organisation's WABAs, or of one. One sync of a WABA runs at a time: a request joins it.
#[utoipa::path(tag = "Templates", operation_id = "syncTemplates",
    security(("bearer" = ["templates:write"]), ("cookie" = ["templates:write"])),
    params(SyncQuery), request_body = Option<StartSync>,
    responses((status = 202, body = StartedTemplateSync)))]
#[post("/api/templates/sync")]
pub(crate) async fn sync(
    api: Data<Api>,
    TemplatesWrite(caller): TemplatesWrite,
    Query(query): Query<SyncQuery>,
    OptionalJson(body): OptionalJson<StartSync>,
) -> Result<HttpResponse, ApiError> {
    start(&api, &caller, body.waba_id.or(query.waba_id)).await
}

/// Retrieve the newest sync
///
/// Shows its progress while it runs.
#[utoipa::path(tag = "Templates", operation_id = "getTemplateSync",
    security(("bearer" = ["templates:read"]), ("cookie" = ["templates:read"])),
    params(SyncStatusQuery), responses((status = 200, body = TemplateSyncStatus),
    (status = 202, description = "With `run=true`: a sync was started.", body = StartedTemplateSync)))]
#[get("/api/templates/sync")]
pub(crate) async fn sync_status(
    api: Data<Api>,
    TemplatesRead(caller): TemplatesRead,
    Query(query): Query<SyncStatusQuery>,
) -> Result<HttpResponse, ApiError> {
    if query.run {
        return start(&api, &caller, query.waba_id).await;
    }
    let waba = query.waba_id.map(WabaId::from);
    let seen = api.templates.sync_overview(&caller, waba.as_ref()).await?;
    Ok(HttpResponse::Ok().json(wire::form::<TemplateSyncStatus>(seen)))
}

/// Sync templates with Meta, for older clients
///
/// Does the same as `POST /api/templates/sync`.
#[utoipa::path(tag = "Templates", operation_id = "syncTemplatesAlias",
    security(("bearer" = ["templates:write"]), ("cookie" = ["templates:write"])),
    params(SyncQuery), responses((status = 202, body = StartedTemplateSync)))]
#[get("/templates/sync")]
pub(crate) async fn sync_alias(
    api: Data<Api>,
    TemplatesWrite(caller): TemplatesWrite,
    Query(query): Query<SyncQuery>,
) -> Result<HttpResponse, ApiError> {
    start(&api, &caller, query.waba_id).await
}

async fn start(api: &Api, caller: &Caller, waba: Option<String>) -> Result<HttpResponse, ApiError> {
    let waba = waba.map(WabaId::from);
    let run = api.templates.request_sync(caller, waba).await?;
    Ok(HttpResponse::Accepted().json(StartedTemplateSync {
        sync_id: run.uuid(),
    }))
}
