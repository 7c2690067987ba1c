//! The dashboard's files, embedded in the binary. Debug builds read them from the disk.

use actix_web::{
    HttpRequest, HttpResponse,
    http::{Method, header},
    web,
};
use rust_embed::{EmbeddedFile, RustEmbed};
use url::Url;

use crate::config::is_loopback;

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../dashboard/dist"]
struct Dashboard;

/// Serves every path that the API does not: files by their name, the one page for all else.
pub(crate) fn configure(public_url: Url) -> impl FnOnce(&mut web::ServiceConfig) {
    move |config| {
        config
            .app_data(web::Data::new(PublicUrl(public_url)))
            .default_service(web::to(serve));
    }
}

struct PublicUrl(Url);

impl PublicUrl {
    /// Where to send a browser that came to loopback under another of its names: cookies belong to a name, and
    /// Meta sends the browser back to this one.
    fn instead_of(&self, request: &HttpRequest) -> Option<Url> {
        let asked = Url::parse(&format!("http://{}", request.connection_info().host())).ok()?;
        let other_name =
            asked.host() != self.0.host() && is_loopback(&asked) && is_loopback(&self.0);
        other_name.then(|| {
            let mut url = self.0.clone();
            url.set_path(request.path());
            url.set_query(request.uri().query());
            url
        })
    }
}

async fn serve(request: HttpRequest, public_url: web::Data<PublicUrl>) -> HttpResponse {
    // A default service is not asked for its guards.
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return HttpResponse::MethodNotAllowed()
            .insert_header((header::ALLOW, "GET, HEAD"))
            .finish();
    }
    let path = request.path().trim_start_matches('/');
    // The dashboard's own paths have no dot. A path with a dot is a file, which exists or not.
    let page = path.is_empty() || !path.contains('.');
    if page && let Some(url) = public_url.instead_of(&request) {
        return HttpResponse::Found()
            .insert_header((header::LOCATION, url.as_str()))
            .finish();
    }
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
