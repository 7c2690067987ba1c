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

/// Serves every path that the API does not: files by their name, and the dashboard's page for all others.
pub(crate) fn configure(public_url: Url) -> impl FnOnce(&mut web::ServiceConfig) {
    move |config| {
        config
            .app_data(web::Data::new(PublicUrl(public_url)))
            .default_service(web::to(serve));
    }
}

struct PublicUrl(Url);

impl PublicUrl {
    /// Returns the public address for a browser that reached loopback under another name. Cookies belong to a host
    /// name, and Meta sends the browser back to the public one.
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
    // Guards do not apply to a default service.
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return HttpResponse::MethodNotAllowed()
            .insert_header((header::ALLOW, "GET, HEAD"))
            .finish();
    }
    if is_of_api(request.path()) {
        return HttpResponse::NotFound().finish();
    }
    let path = request.path().trim_start_matches('/');
    // The dashboard's own paths have no dot. A path with a dot is a file, which exists or not.
    let page = path.is_empty() || !path.contains('.');
    if page && let Some(url) = public_url.instead_of(&request) {
        return HttpResponse::Found()
            .insert_header((header::LOCATION, url.as_str()))
            .finish();
    }
    let name = if page { page_of(path) } else { path };
    let accepted = AcceptedEncodings::of(&request);
    match find(name, &accepted) {
        Found::File(file) => answer(&request, name, file),
        Found::NotAcceptable => HttpResponse::NotAcceptable()
            .insert_header((header::VARY, ACCEPT_ENCODING))
            .finish(),
        Found::Nothing => HttpResponse::NotFound().finish(),
    }
}

/// Tells whether a path is another spelling of an API route. The dashboard's page in its place would look like a
/// success: to a load balancer, every spelling of `/readyz` would be ready.
fn is_of_api(path: &str) -> bool {
    let decoded = path.replace("%2F", "/").replace("%2f", "/");
    // What stands behind a name may be a parameter, a space or a stray sign.
    let mut words = decoded.split(|c: char| !c.is_ascii_alphanumeric() && c != '-');
    let first = words.find(|word| !word.is_empty()).unwrap_or_default();
    ["api", "auth", "healthz", "readyz", "metrics"]
        .iter()
        .any(|name| first.eq_ignore_ascii_case(name))
}

/// Returns the page of a path. The pages before sign-in load nothing of the dashboard.
fn page_of(path: &str) -> &'static str {
    match path.split('/').next() {
        Some("sign-in" | "invite" | "reset" | "forgot" | "prove") => "auth.html",
        _ => "index.html",
    }
}

const ACCEPT_ENCODING: &str = "accept-encoding";

enum Found {
    File(StoredFile),
    /// The file exists, but in no encoding that the client accepts.
    NotAcceptable,
    Nothing,
}

/// A file in one of its encodings.
struct StoredFile {
    file: EmbeddedFile,
    encoding: Encoding,
    mime: String,
}

/// Finds a file in the encoding that the client prefers, among those that the build stored.
fn find(name: &str, accepted: &AcceptedEncodings) -> Found {
    let stored = |ending: &str| {
        let other = name.strip_suffix(ending)?;
        Dashboard::get(other)
    };
    // An encoded form is not served under its own name.
    if stored(".br").or_else(|| stored(".gz")).is_some() {
        return Found::Nothing;
    }
    let Some(plain) = Dashboard::get(name) else {
        return Found::Nothing;
    };
    let mime = plain.metadata.mimetype().to_owned();
    let mut plain = Some(plain);
    for encoding in accepted.by_preference() {
        let file = match encoding {
            Encoding::Brotli => Dashboard::get(&format!("{name}.br")),
            Encoding::Gzip => Dashboard::get(&format!("{name}.gz")),
            Encoding::Identity => plain.take(),
        };
        if let Some(file) = file {
            return Found::File(StoredFile {
                file,
                encoding,
                mime,
            });
        }
    }
    Found::NotAcceptable
}

fn answer(request: &HttpRequest, name: &str, stored: StoredFile) -> HttpResponse {
    let StoredFile {
        file,
        encoding,
        mime,
    } = stored;
    // Each encoding has other bytes, and so another tag.
    let tag = header::EntityTag::new_strong(hex(&file.metadata.sha256_hash()));
    let unchanged = knows(request, &tag);
    // Names below `assets/` contain a hash of their content.
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
        .insert_header((header::VARY, ACCEPT_ENCODING))
        .insert_header(header::ETag(tag));
    if unchanged {
        return response.finish();
    }
    if let Some(name) = encoding.name() {
        response.insert_header((header::CONTENT_ENCODING, name));
    }
    response.content_type(mime).body(file.data)
}

/// Tells whether the client has these bytes, by `If-None-Match`. A proxy may have weakened the tag.
fn knows(request: &HttpRequest, tag: &header::EntityTag) -> bool {
    request
        .headers()
        .get_all(header::IF_NONE_MATCH)
        .filter_map(|value| value.to_str().ok())
        .flat_map(|list| list.split(','))
        .map(str::trim)
        .any(|known| {
            let weak = known.parse::<header::EntityTag>();
            known == "*" || weak.is_ok_and(|known| known.weak_eq(tag))
        })
}

/// The content encoding of a stored file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Encoding {
    Brotli,
    Gzip,
    Identity,
}

impl Encoding {
    /// The smallest first.
    const ALL: [Self; 3] = [Self::Brotli, Self::Gzip, Self::Identity];

    /// Returns the value of `Content-Encoding`. `None` for the plain form.
    const fn name(self) -> Option<&'static str> {
        match self {
            Self::Brotli => Some("br"),
            Self::Gzip => Some("gzip"),
            Self::Identity => None,
        }
    }
}

/// The encodings that a client accepts, by its `Accept-Encoding` (RFC 9110, 12.5.3). Weights are in thousandths.
#[derive(Default)]
struct AcceptedEncodings {
    brotli: Option<u16>,
    gzip: Option<u16>,
    identity: Option<u16>,
    others: Option<u16>,
}

impl AcceptedEncodings {
    fn of(request: &HttpRequest) -> Self {
        let values = request.headers().get_all(header::ACCEPT_ENCODING);
        Self::read(values.filter_map(|value| value.to_str().ok()))
    }

    /// Reads the values of the header. Malformed parts are ignored.
    fn read<'a>(values: impl Iterator<Item = &'a str>) -> Self {
        let mut accepted = Self::default();
        for item in values.flat_map(|value| value.split(',')) {
            let mut parts = item.split(';').map(str::trim);
            let coding = parts.next().unwrap_or_default().to_ascii_lowercase();
            let Some(weight) = weight_of(parts) else {
                continue;
            };
            match coding.as_str() {
                "br" => accepted.brotli = Some(weight),
                "gzip" | "x-gzip" => accepted.gzip = Some(weight),
                "identity" => accepted.identity = Some(weight),
                "*" => accepted.others = Some(weight),
                _ => {}
            }
        }
        accepted
    }

    /// Returns the accepted encodings, best first: by weight, then the smallest.
    fn by_preference(&self) -> Vec<Encoding> {
        let mut found: Vec<(u16, Encoding)> = Encoding::ALL
            .into_iter()
            .filter_map(|encoding| Some((self.weight(encoding)?, encoding)))
            .collect();
        found.sort_by_key(|(weight, _)| std::cmp::Reverse(*weight));
        found.into_iter().map(|(_, encoding)| encoding).collect()
    }

    /// Returns the weight of an encoding. `None` if the client refuses it. The plain form is accepted unless it is
    /// refused, and comes last unless it has a weight.
    fn weight(&self, encoding: Encoding) -> Option<u16> {
        let named = match encoding {
            Encoding::Brotli => self.brotli.or(self.others).unwrap_or(0),
            Encoding::Gzip => self.gzip.or(self.others).unwrap_or(0),
            Encoding::Identity => match (self.identity, self.others) {
                (Some(weight), _) => weight,
                (None, Some(0)) => 0,
                (None, _) => return Some(0),
            },
        };
        (named > 0).then_some(named)
    }
}

/// Reads the weight among the parameters of a coding. It is 1 without one, and `None` if it is malformed.
fn weight_of<'a>(mut parameters: impl Iterator<Item = &'a str>) -> Option<u16> {
    let weight = parameters.find_map(|each| {
        let (name, value) = each.split_once('=')?;
        name.trim().eq_ignore_ascii_case("q").then(|| value.trim())
    });
    let Some(weight) = weight else {
        return Some(1000);
    };
    let (whole, part) = weight.split_once('.').unwrap_or((weight, ""));
    if part.len() > 3 || !part.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let thousandths = format!("{part:0<3}").parse::<u16>().ok()?;
    match whole {
        "0" => Some(thousandths),
        "1" if thousandths == 0 => Some(1000),
        _ => None,
    }
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::{AcceptedEncodings, Encoding, is_of_api, page_of};

    use Encoding::{Brotli, Gzip, Identity};

    #[rstest]
    #[case::browser("gzip, deflate, br, zstd", &[Brotli, Gzip, Identity])]
    #[case::no_brotli("gzip, deflate", &[Gzip, Identity])]
    #[case::old_name("x-gzip", &[Gzip, Identity])]
    #[case::any_case("BR;Q=0.5, GZip;q=0.8", &[Gzip, Brotli, Identity])]
    #[case::weights("br;q=0.2, gzip;q=0.9, identity;q=0.5", &[Gzip, Identity, Brotli])]
    #[case::refused("br;q=0, gzip", &[Gzip, Identity])]
    #[case::all_zeros("br;q=0.000, gzip;q=0.0", &[Identity])]
    #[case::star("*", &[Brotli, Gzip, Identity])]
    #[case::star_but_one("br;q=0, *;q=0.3", &[Gzip, Identity])]
    #[case::only_one("gzip, *;q=0", &[Gzip])]
    #[case::plain_refused("identity;q=0, br", &[Brotli])]
    #[case::nothing_left("identity;q=0", &[])]
    #[case::plain_first("identity, gzip;q=0.5", &[Identity, Gzip])]
    #[case::empty("", &[Identity])]
    #[case::other_coding("zstd", &[Identity])]
    #[case::broken_weight("br;q=high, gzip;q=2, identity;q=0.5", &[Identity])]
    fn a_client_gets_the_smallest_encoding_of_those_that_it_likes_best(
        #[case] header: &str,
        #[case] expected: &[Encoding],
    ) {
        let accepted = AcceptedEncodings::read([header].into_iter());
        assert_eq!(accepted.by_preference(), expected, "{header}");
    }

    #[test]
    fn several_headers_are_one_list() {
        let accepted = AcceptedEncodings::read(["gzip;q=0.5", "br;q=0.1"].into_iter());
        assert_eq!(accepted.by_preference(), [Gzip, Brotli, Identity]);
        let none = AcceptedEncodings::read(std::iter::empty());
        assert_eq!(none.by_preference(), [Identity]);
    }

    #[rstest]
    #[case("/readyz/", true)]
    #[case("/readyz%2F", true)]
    #[case("/readyz%20", true)]
    #[case("/readyz;jsessionid=1", true)]
    #[case("/.//healthz", true)]
    #[case("/HEALTHZ", true)]
    #[case("%2Fapi/accounts", true)]
    #[case("/api.", true)]
    #[case("/", false)]
    #[case("/connections", false)]
    #[case("/readyz-2", false)]
    #[case("/apiary", false)]
    #[case("/inbox/api", false)]
    #[case("/auth-help", false)]
    #[case("/assets/api-3f2a.js", false)]
    fn another_spelling_of_a_route_is_no_page(#[case] path: &str, #[case] is_route: bool) {
        assert_eq!(is_of_api(path), is_route);
    }

    #[rstest]
    #[case("sign-in", "auth.html")]
    #[case("invite", "auth.html")]
    #[case("reset", "auth.html")]
    #[case("forgot", "auth.html")]
    #[case("prove", "auth.html")]
    #[case("", "index.html")]
    #[case("inbox/sign-in", "index.html")]
    #[case("sign-in-help", "index.html")]
    fn pages_before_sign_in_have_an_entry_of_their_own(#[case] path: &str, #[case] page: &str) {
        assert_eq!(page_of(path), page);
    }
}
