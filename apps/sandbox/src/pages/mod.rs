//! The pages for people: the home page and the customer's phone.

mod forms;
mod home;
mod phone;

use actix_web::HttpResponse;
use actix_web::guard;
use actix_web::web::{ServiceConfig, get, resource, to};

const STYLE: &str = include_str!("style.css");

/// Adds the pages.
pub(crate) fn routes(config: &mut ServiceConfig) {
    config
        // Any other method is Graph's: `POST /` takes batches.
        .service(resource("/").guard(guard::Get()).route(to(home::page)))
        .service(resource("/phone").route(get().to(phone::page)))
        .service(resource("/phone.js").route(get().to(async || script(include_str!("phone.js")))))
        .service(resource("/home.js").route(get().to(async || script(include_str!("home.js")))));
}

fn script(text: &'static str) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/javascript; charset=utf-8")
        .insert_header(("Cache-Control", "no-cache"))
        .body(text)
}

/// A whole page.
fn respond(title: &str, body: &str) -> HttpResponse {
    let html = format!(
        r#"<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,"><title>{title}</title><style>{STYLE}</style></head>
<body>{body}</body></html>"#
    );
    HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .insert_header(("Cache-Control", "no-store"))
        .insert_header((
            "Content-Security-Policy",
            "default-src 'self'; style-src 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'",
        ))
        .body(html)
}
