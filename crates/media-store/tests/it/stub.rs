//! An in-memory stub of the part of S3 that the store uses. It checks that a request names the right key and region,
//! and that its body matches the declared digest. It does not verify the signature itself.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard},
};

use wiremock::{Mock, MockServer, Request, Respond, ResponseTemplate, matchers::any};

const SMALLEST_PART: usize = 5 * 1024 * 1024;

#[derive(Default)]
pub(crate) struct State {
    pub(crate) objects: BTreeMap<String, Vec<u8>>,
    pub(crate) uploads: BTreeMap<String, BTreeMap<u32, Vec<u8>>>,
    /// Method and query of each request.
    pub(crate) requests: Vec<String>,
    /// The error that the stub answers instead.
    pub(crate) trouble: Option<(u16, &'static str)>,
}

#[derive(Clone, Default)]
pub(crate) struct S3(Arc<Mutex<State>>);

impl S3 {
    pub(crate) async fn start() -> (Self, MockServer) {
        let server = MockServer::builder().disable_request_recording();
        let (s3, server) = (Self::default(), server.start().await);
        Mock::given(any())
            .respond_with(s3.clone())
            .mount(&server)
            .await;
        (s3, server)
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }
}

fn refusal(status: u16, code: &str) -> ResponseTemplate {
    let body = format!("<Error><Code>{code}</Code><Message>canary of the stub</Message></Error>");
    ResponseTemplate::new(status).set_body_raw(body, "application/xml")
}

fn xml(name: &str, body: &str) -> ResponseTemplate {
    let body = format!("<{name}>{body}</{name}>");
    ResponseTemplate::new(200).set_body_raw(body, "application/xml")
}

fn is_signed(request: &Request) -> bool {
    let header = |name: &str| {
        let value = request
            .headers
            .get(name)
            .map(|value| value.to_str().unwrap());
        value.unwrap_or_default().to_owned()
    };
    let digest = ring::digest::digest(&ring::digest::SHA256, &request.body);
    let authorization = header("authorization");
    authorization.starts_with("AWS4-HMAC-SHA256 Credential=the-key/")
        && authorization.contains("/eu-north-1/s3/aws4_request")
        && authorization.contains("Signature=")
        && header("x-amz-content-sha256") == hex::encode(digest)
}

impl Respond for S3 {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        let mut state = self.state();
        let query: BTreeMap<_, _> = request.url.query_pairs().into_owned().collect();
        let names: Vec<_> = query.keys().map(String::as_str).collect();
        let line = format!("{} {}", request.method, names.join("&"));
        state.requests.push(line.trim_end().to_owned());
        if let Some((status, code)) = state.trouble {
            return refusal(status, code);
        }
        if !is_signed(request) {
            return refusal(403, "SignatureDoesNotMatch");
        }
        let Some(key) = request.url.path().strip_prefix("/media/") else {
            return refusal(404, "NoSuchBucket");
        };
        let upload = query.get("uploadId");
        match (request.method.as_str(), upload) {
            ("POST", None) if query.contains_key("uploads") => state.begin(),
            ("PUT", Some(upload)) => state.part(upload, &query["partNumber"], &request.body),
            ("POST", Some(upload)) => state.complete(upload, key),
            ("DELETE", Some(upload)) => {
                state.uploads.remove(upload);
                ResponseTemplate::new(204)
            }
            ("PUT", None) => {
                state.objects.insert(key.to_owned(), request.body.clone());
                ResponseTemplate::new(200).insert_header("etag", "\"1\"")
            }
            ("GET" | "HEAD", None) => state.read(key, request),
            ("DELETE", None) => {
                state.objects.remove(key);
                ResponseTemplate::new(204)
            }
            _ => refusal(400, "NotWhatAStubKnows"),
        }
    }
}

impl State {
    fn begin(&mut self) -> ResponseTemplate {
        let upload = format!("upload-{}", self.requests.len());
        self.uploads.insert(upload.clone(), BTreeMap::new());
        let body = format!("<UploadId>{upload}</UploadId>");
        xml("InitiateMultipartUploadResult", &body)
    }

    fn part(&mut self, upload: &str, number: &str, body: &[u8]) -> ResponseTemplate {
        let Some(parts) = self.uploads.get_mut(upload) else {
            return refusal(404, "NoSuchUpload");
        };
        parts.insert(number.parse().unwrap(), body.to_vec());
        ResponseTemplate::new(200).insert_header("etag", format!("\"{number}\"").as_str())
    }

    fn complete(&mut self, upload: &str, key: &str) -> ResponseTemplate {
        let Some(parts) = self.uploads.remove(upload) else {
            return refusal(404, "NoSuchUpload");
        };
        let last = parts.keys().max().copied();
        let is_whole =
            |(number, part): (&u32, &Vec<u8>)| Some(*number) == last || part.len() >= SMALLEST_PART;
        if !parts.iter().all(is_whole) {
            return refusal(400, "EntityTooSmall");
        }
        let whole = parts.into_values().collect::<Vec<_>>().concat();
        self.objects.insert(key.to_owned(), whole);
        xml("CompleteMultipartUploadResult", "<ETag>\"2\"</ETag>")
    }

    fn read(&self, key: &str, request: &Request) -> ResponseTemplate {
        let Some(object) = self.objects.get(key) else {
            return refusal(404, "NoSuchKey");
        };
        let found = |status: u16, body: &[u8]| {
            ResponseTemplate::new(status)
                .insert_header("etag", "\"1\"")
                .insert_header("last-modified", "Fri, 20 Nov 2026 10:00:00 GMT")
                .set_body_bytes(body)
        };
        let size = object.len();
        if request.method == "HEAD" {
            // The server library sends no length for an empty body; S3 does.
            return found(200, b"").insert_header("content-length", size.to_string().as_str());
        }
        let Some(range) = request.headers.get("range") else {
            return found(200, object);
        };
        let range = range.to_str().unwrap().strip_prefix("bytes=").unwrap();
        let (start, end) = range.split_once('-').unwrap();
        let start: usize = start.parse().unwrap();
        // Inclusive. A number that is too large for us means the end, as for S3.
        let end = end
            .parse()
            .unwrap_or(usize::MAX)
            .saturating_add(1)
            .min(size);
        if start >= size {
            return refusal(416, "InvalidRange");
        }
        let content_range = format!("bytes {start}-{}/{size}", end - 1);
        found(206, &object[start..end]).insert_header("content-range", content_range.as_str())
    }
}
