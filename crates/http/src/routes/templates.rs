//! Templates, and their syncs with Meta.

use actix_web::{
    HttpRequest, HttpResponse, get,
    http::header::{CACHE_CONTROL, ETAG, IF_NONE_MATCH},
    post,
    web::Data,
};
use wabakit_domain::ids::{TemplateId, WabaId};
use wabakit_services::{Caller, Page, PageRequest, wire};
use wabakit_wire::{
    lists::Paged,
    template::{StartedTemplateSync, Template, TemplateDetail, TemplateSyncStatus},
};

use crate::{
    Api,
    extract::{Id, OptionalJson, PageQuery, Query, TemplatesRead, TemplatesWrite},
    problem::ApiError,
    views::{
        lists::paged,
        template::{StartSync, SyncQuery, SyncStatusQuery, TemplateCursor, TemplateQuery},
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
