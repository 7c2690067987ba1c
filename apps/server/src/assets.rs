//! The dashboard, inside the binary. In debug builds the files are read from the disk.

use actix_web::{HttpRequest, HttpResponse, http::header, web};
use rust_embed::{EmbeddedFile, RustEmbed};

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../dashboard/dist"]
struct Dashboard;

/// Serves every path that the API does not: files by their name, the one page for all else.
pub(crate) fn configure(config: &mut web::ServiceConfig) {
    config.default_service(web::get().to(serve));
}

async fn serve(request: HttpRequest) -> HttpResponse {
    let path = request.path().trim_start_matches('/');
    // A path of the dashboard's own has no dot; what has one is a file, which is there or is not.
    let page = path.is_empty() || !path.contains('.');
    let name = if page { "index.html" } else { path };
    match Dashboard::get(name) {
        Some(file) => answer(&request, name, file),
        None => HttpResponse::NotFound().finish(),
    }
}

fn answer(request: &HttpRequest, name: &str, file: EmbeddedFile) -> HttpResponse {
    let tag = header::EntityTag::new_strong(hex(&file.metadata.sha256_hash()));
    let known = request
        .headers()
        .get(header::IF_NONE_MATCH)
        .and_then(|value| value.to_str().ok());
    let unchanged = known == Some(tag.to_string().as_str());
    // Names below assets/ carry a hash of their content.
    let cache = if name.starts_with("assets/") {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    let mut response = if unchanged {
        HttpResponse::NotModified()
    } else {
        HttpResponse::Ok()
    };
    response
        .insert_header((header::CACHE_CONTROL, cache))
        .insert_header(header::ETag(tag));
    if unchanged {
        response.finish()
    } else {
        response
            .content_type(file.metadata.mimetype())
            .body(file.data)
    }
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
