//! Files of messages. Strangers sent them, so a browser may show them within our pages, and never opens one as a page.

use actix_web::{
    HttpRequest, HttpResponse, HttpResponseBuilder, get,
    http::{
        StatusCode,
        header::{
            self, ByteRangeSpec, Charset, ContentDisposition, ContentRange, ContentRangeSpec,
            DispositionParam, DispositionType, EntityTag, ExtendedValue, Header, IfNoneMatch,
            Range,
        },
    },
    post,
    web::Data,
};
use wabakit_domain::{
    ids::MediaId,
    media::{Media, shown_name},
};

use wabakit_services::wire;
use wabakit_wire::message::MediaFile;

use crate::{
    Api,
    extract::{Id, MediaRead, MediaWrite},
    problem::ApiError,
};

/// The content security policy of files: even if a browser opens a file as a page, nothing in it runs, loads or sends
/// anything.
const CSP: &str = "sandbox; default-src 'none'";
/// The cache policy of files. The bytes of an id never change, and an erased file leaves the cache within an hour.
const CACHE: &str = "private, max-age=3600";

/// Types that a browser shows and does not run. All others are served as plain bytes.
const HARMLESS: [&str; 17] = [
    "image/jpeg",
    "image/png",
    "image/gif",
    "image/webp",
    "audio/aac",
    "audio/amr",
    "audio/mp4",
    "audio/mpeg",
    "audio/ogg",
    "audio/opus",
    "audio/wav",
    "audio/webm",
    "video/mp4",
    "video/3gpp",
    "video/quicktime",
    "video/webm",
    "application/pdf",
];

/// Download a message's file
///
/// Accepts a range. The content type is the file's own if it is known to be harmless, otherwise
/// `application/octet-stream`.
#[utoipa::path(tag = "Conversations", operation_id = "getMedia",
    security(("bearer" = ["media:read"]), ("cookie" = ["media:read"])),
    params(("id" = Uuid, Path, description = "The file"),
        ("Range" = Option<String>, Header, description = "One range of bytes")),
    responses(
        (status = 200, description = "The file", content_type = "application/octet-stream", body = [u8]),
        (status = 206, description = "The requested range", content_type = "application/octet-stream", body = [u8]),
        (status = 304, description = "The caller's version is current"),
        (status = 416, description = "`range_not_satisfiable`: the file has no such part")))]
#[get("/api/media/{id}")]
pub(crate) async fn get(
    api: Data<Api>,
    request: HttpRequest,
    MediaRead(caller): MediaRead,
    Id(id): Id<MediaId>,
) -> Result<HttpResponse, ApiError> {
    let files = &api.receive.media;
    let media = files.media(&caller, id).await?;
    let size = u64::try_from(media.size.unwrap_or(0)).unwrap_or(0);
    let tag = EntityTag::new_strong(format!("{id}-{size}"));
    if is_known(&request, &tag) {
        return Ok(HttpResponse::NotModified()
            .insert_header(header::ETag(tag))
            .insert_header((header::CACHE_CONTROL, CACHE))
            .finish());
    }
    let range = match wanted(&request, &tag) {
        None => None,
        Some(spec) => match spec.to_satisfiable_range(size) {
            // HTTP names the last byte; the range excludes its end.
            Some((first, last)) => Some(first..last.saturating_add(1)),
            None => return Err(ApiError::RangeNotSatisfiable(size)),
        },
    };
    let is_part = range.is_some();
    let file = files.open(&caller, id, range).await?;
    let blob = file.blob.ok_or(ApiError::RangeNotSatisfiable(size))?;
    let mut response = head(&file.media, tag);
    if is_part {
        response.status(StatusCode::PARTIAL_CONTENT);
        let last = blob.range.end.saturating_sub(1);
        response.insert_header(ContentRange(ContentRangeSpec::Bytes {
            range: Some((blob.range.start, last)),
            instance_length: Some(blob.size),
        }));
    }
    response.no_chunking(blob.range.end.saturating_sub(blob.range.start));
    Ok(response.streaming(blob.bytes))
}

/// Fetch a message's file from Meta again
///
/// Works while Meta still has the file.
#[utoipa::path(tag = "Conversations", operation_id = "refetchMedia",
    security(("bearer" = ["media:write"]), ("cookie" = ["media:write"])),
    params(("id" = Uuid, Path, description = "The file")),
    responses((status = 200, body = MediaFile)))]
#[post("/api/media/{id}/refetch")]
pub(crate) async fn refetch(
    api: Data<Api>,
    MediaWrite(caller): MediaWrite,
    Id(id): Id<MediaId>,
) -> Result<HttpResponse, ApiError> {
    let media = api.receive.media.refetch(&caller, id).await?;
    Ok(HttpResponse::Ok().json(wire::form::<MediaFile>(media)))
}

fn is_known(request: &HttpRequest, tag: &EntityTag) -> bool {
    match IfNoneMatch::parse(request) {
        Ok(IfNoneMatch::Any) => request.headers().contains_key(header::IF_NONE_MATCH),
        Ok(IfNoneMatch::Items(known)) => known.iter().any(|known| known.weak_eq(tag)),
        Err(_) => false,
    }
}

/// Returns the requested range. `None`, for the whole file, if there are several ranges, another unit, or a range of an
/// older version of the file.
fn wanted(request: &HttpRequest, tag: &EntityTag) -> Option<ByteRangeSpec> {
    let unchanged = match request.headers().get(header::IF_RANGE) {
        None => true,
        Some(value) => value.to_str().is_ok_and(|value| value == tag.to_string()),
    };
    if !unchanged || !request.headers().contains_key(header::RANGE) {
        return None;
    }
    match Range::parse(request) {
        Ok(Range::Bytes(specs)) => match <[ByteRangeSpec; 1]>::try_from(specs) {
            Ok([spec]) => Some(spec),
            Err(_) => None,
        },
        _ => None,
    }
}

fn head(media: &Media, tag: EntityTag) -> HttpResponseBuilder {
    let mut response = HttpResponse::Ok();
    response
        .content_type(content_type(media.mime_type.as_deref()))
        .insert_header(disposition(media))
        .insert_header((header::ACCEPT_RANGES, "bytes"))
        .insert_header((header::CONTENT_SECURITY_POLICY, CSP))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((header::CACHE_CONTROL, CACHE))
        .insert_header(header::ETag(tag));
    response
}

fn content_type(told: Option<&str>) -> &'static str {
    let told = told.unwrap_or_default().split(';').next();
    let told = told.unwrap_or_default().trim();
    HARMLESS
        .into_iter()
        .find(|harmless| harmless.eq_ignore_ascii_case(told))
        .unwrap_or("application/octet-stream")
}

/// Makes the header that saves the file as an attachment. The name is the sender's, without path, control characters,
/// and marks that reverse the direction of text.
fn disposition(media: &Media) -> ContentDisposition {
    const TURNS: [char; 11] = [
        '\u{200e}', '\u{200f}', '\u{202a}', '\u{202b}', '\u{202c}', '\u{202d}', '\u{202e}',
        '\u{2066}', '\u{2067}', '\u{2068}', '\u{2069}',
    ];
    let told = media.filename.as_deref().unwrap_or_default();
    let name: String = told
        .rsplit(['/', '\\'])
        .next()
        .unwrap_or_default()
        .chars()
        .filter(|c| !c.is_control() && !TURNS.contains(c))
        .take(150)
        .collect();
    let name = name.trim().trim_start_matches('.');
    let name = shown_name(Some(name), media.mime_type.as_deref(), media.created_at);
    ContentDisposition {
        disposition: DispositionType::Attachment,
        parameters: vec![DispositionParam::FilenameExt(ExtendedValue {
            charset: Charset::Ext("UTF-8".to_owned()),
            language_tag: None,
            value: name.into_bytes(),
        })],
    }
}
