//! The client: calls an endpoint, repeats what may be repeated, and reads the answer.

use std::fmt;
use std::sync::Arc;

use tracing::{Instrument as _, debug, debug_span};

use crate::builder::GraphClientBuilder;
use crate::credentials::{AccessToken, Credentials};
use crate::endpoint::{Endpoint, Request};
use crate::error::{Class, ErrorKind, GraphError, Inner, MetaError, Replay, Scrubber, classify};
use crate::retry::{Decision, Random, RetryPolicy, decide};
use crate::transport::{Answer, NoAnswer, Transport};
use crate::usage::Usage;

/// A client of the Graph API. It holds no token, and its clones share their connections.
#[derive(Clone)]
pub struct GraphClient(Arc<Shared>);

struct Shared {
    transport: Transport,
    retry: RetryPolicy,
    random: Random,
}

/// A successful answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response<T> {
    /// What Meta answered.
    pub body: T,
    /// What the usage headers said.
    pub usage: Usage,
}

impl GraphClient {
    /// Settings of a new client.
    pub fn builder() -> GraphClientBuilder {
        GraphClientBuilder::default()
    }

    pub(crate) fn new(transport: Transport, retry: RetryPolicy, random: Random) -> Self {
        Self(Arc::new(Shared {
            transport,
            retry,
            random,
        }))
    }

    /// Calls an endpoint, again where the retry policy allows it.
    ///
    /// # Errors
    /// A [`GraphError`] whose [`kind`](GraphError::kind) says what can be done about it.
    pub async fn call<E: Endpoint>(
        &self,
        credentials: &Credentials,
        endpoint: &E,
    ) -> Result<Response<E::Response>, GraphError> {
        self.run(credentials, endpoint, &endpoint.request()).await
    }

    /// Calls an endpoint with a request that was derived from its own.
    pub(crate) async fn run<E: Endpoint>(
        &self,
        credentials: &Credentials,
        endpoint: &E,
        request: &Request,
    ) -> Result<Response<E::Response>, GraphError> {
        let span = debug_span!("graph_call", endpoint = E::NAME);
        let attempts = async {
            let mut attempt = 1;
            loop {
                let error = match self.attempt(attempt, credentials, endpoint, request).await {
                    Ok(response) => return Ok(response),
                    Err(error) => error.after_attempts(attempt),
                };
                debug!(
                    attempt,
                    status = error.http_status(),
                    code = error.meta().and_then(|meta| meta.code),
                    kind = ?error.kind(),
                    "failed"
                );
                let idempotent = request.is_idempotent();
                let random_unit = (self.0.random)();
                match decide(
                    attempt,
                    &error.failure(),
                    idempotent,
                    &self.0.retry,
                    random_unit,
                ) {
                    Decision::GiveUp => return Err(error),
                    Decision::RetryAfter(wait) => tokio::time::sleep(wait).await,
                }
                attempt += 1;
            }
        };
        attempts.instrument(span).await
    }

    async fn attempt<E: Endpoint>(
        &self,
        attempt: u32,
        credentials: &Credentials,
        endpoint: &E,
        request: &Request,
    ) -> Result<Response<E::Response>, GraphError> {
        let secrets = credentials
            .token()
            .map(AccessToken::secret)
            .into_iter()
            .chain(credentials.proof())
            .chain(request.secrets());
        let scrubber = Scrubber::new(secrets);
        let answer = self
            .0
            .transport
            .exchange(credentials, request)
            .await
            .map_err(|failure| from_no_answer::<E>(&failure, request, &scrubber))?;
        debug!(attempt, status = answer.status, "answered");
        if !(200..300).contains(&answer.status) {
            return Err(from_answer::<E>(answer, None, request, &scrubber));
        }
        match endpoint.decode(&answer.body) {
            Ok(body) => Ok(Response {
                body,
                usage: answer.usage,
            }),
            Err(error) => Err(from_answer::<E>(answer, Some(&error), request, &scrubber)),
        }
    }
}

fn from_no_answer<E: Endpoint>(
    failure: &NoAnswer,
    request: &Request,
    scrubber: &Scrubber<'_>,
) -> GraphError {
    GraphError::new(Inner {
        endpoint: E::NAME,
        kind: failure.kind,
        replay: failure.replay,
        outcome_unknown: failure.maybe_processed && !request.is_read(),
        timed_out: failure.timed_out,
        retry_after: None,
        http_status: failure.status,
        meta: None,
        usage: Usage::default(),
        attempts: 0,
        detail: scrubber.scrub(&failure.detail),
    })
}

/// An answer that is a refusal by its status, or a success that cannot be read.
fn from_answer<E: Endpoint>(
    answer: Answer,
    unreadable: Option<&serde_json::Error>,
    request: &Request,
    scrubber: &Scrubber<'_>,
) -> GraphError {
    let Answer {
        status,
        usage,
        retry_after,
        body,
    } = answer;
    let meta = MetaError::read(&body, scrubber);
    let class = match &meta {
        Some(meta) => classify(meta.code, meta.subcode, status, meta.is_transient),
        None if unreadable.is_some() => Class {
            kind: ErrorKind::Decode,
            replay: Replay::Final,
        },
        None => match classify(None, None, status, false) {
            Class {
                kind: ErrorKind::Refused,
                replay,
            } => Class {
                kind: ErrorKind::Unexpected,
                replay,
            },
            class => class,
        },
    };
    let maybe_processed = class.replay == Replay::Ambiguous || class.kind == ErrorKind::Decode;
    // What serde says of an unreadable answer may quote it, and it may hold a fresh token.
    let detail = match unreadable {
        Some(error) => format!(
            "the answer cannot be read ({:?} error at line {}, column {})",
            error.classify(),
            error.line(),
            error.column()
        ),
        None => format!("the answer of {} bytes is not Meta's", body.len()),
    };
    GraphError::new(Inner {
        endpoint: E::NAME,
        kind: class.kind,
        replay: class.replay,
        outcome_unknown: maybe_processed && !request.is_read(),
        timed_out: false,
        retry_after,
        http_status: Some(status),
        meta,
        usage,
        attempts: 0,
        detail,
    })
}

impl fmt::Debug for GraphClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GraphClient")
            .field("base", &self.0.transport.base().as_str())
            .field("retry", &self.0.retry)
            .finish_non_exhaustive()
    }
}
