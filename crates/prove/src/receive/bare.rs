//! The minimal handler: it reads the body, checks the signature, and answers. The product is compared with it.

use actix_web::{App, HttpRequest, HttpResponse, HttpServer, http::StatusCode, web};
use ring::hmac;

/// Serves until it is killed. Prints its address as the product does.
pub(crate) async fn serve(secret: &str) {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    let server = HttpServer::new(move || {
        App::new()
            .app_data(web::Data::new(key.clone()))
            .app_data(web::PayloadConfig::new(3 << 20))
            .route("/api/webhooks/whatsapp", web::post().to(receive))
    })
    .bind("127.0.0.1:0")
    .unwrap();
    println!("the bare handler listens on http://{}", server.addrs()[0]);
    server.run().await.unwrap();
}

async fn receive(
    request: HttpRequest,
    key: web::Data<hmac::Key>,
    body: web::Bytes,
) -> HttpResponse {
    let tag = request
        .headers()
        .get("x-hub-signature-256")
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("sha256="))
        .and_then(|digits| hex::decode(digits).ok());
    match tag {
        Some(tag) if hmac::verify(&key, &body, &tag).is_ok() => HttpResponse::new(StatusCode::OK),
        _ => HttpResponse::new(StatusCode::UNAUTHORIZED),
    }
}
