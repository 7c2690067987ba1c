//! The client: calls an endpoint, retries where that is safe, and reads the answer.

use std::fmt;
use std::future::Future;
use std::sync::Arc;

use secrecy::SecretString;
use tracing::{Instrument as _, debug, debug_span};

use crate::builder::GraphClientBuilder;
use crate::credentials::{AccessToken, Credentials};
use crate::endpoint::{Endpoint, Request};
use crate::error::{
    ErrorClass, ErrorKind, GraphError, Inner, MetaError, Replay, Scrubber, classify,
    classify_answer,
};
use crate::retry::{CallRetryPolicy, Random, RetryDecision, decide_call_retry};
use crate::transport::{Answer, NoAnswer, Transport};
use crate::usage::Usage;

/// A client of the Graph API. It holds no token, and its clones share their connections.
#[derive(Clone)]
pub struct GraphClient(Arc<Shared>);

struct Shared {
    transport: Transport,
    retry: CallRetryPolicy,
    random: Random,
}

/// A successful answer.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Response<T> {
    /// Meta's answer.
    pub body: T,
    /// Meta's usage headers.
    pub usage: Usage,
}

impl GraphClient {
    /// Starts the settings of a new client.
    pub fn builder() -> GraphClientBuilder {
        GraphClientBuilder::default()
    }

    pub(crate) fn new(transport: Transport, retry: CallRetryPolicy, random: Random) -> Self {
        Self(Arc::new(Shared {
            transport,
            retry,
            random,
        }))
    }

    /// Calls an endpoint, and retries as the retry policy allows.
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

    /// Calls an endpoint with a request derived from the endpoint's own.
    pub(crate) async fn run<E: Endpoint>(
        &self,
        credentials: &Credentials,
        endpoint: &E,
        request: &Request,
    ) -> Result<Response<E::Response>, GraphError> {
        let attempt = |attempt| self.attempt(attempt, credentials, endpoint, request);
        if request.is_once() {
            let span = debug_span!("graph_call", endpoint = E::NAME);
            let answer = attempt(1).instrument(span).await;
            return answer.map_err(|error| error.after_attempts(1));
        }
        self.repeat(E::NAME, request.is_idempotent(), attempt).await
    }

    /// Makes attempts, numbered from 1, as the retry policy allows.
    pub(crate) async fn repeat<T, F>(
        &self,
        name: &'static str,
        idempotent: bool,
        attempt: impl Fn(u32) -> F,
    ) -> Result<T, GraphError>
    where
        F: Future<Output = Result<T, GraphError>>,
    {
        let span = debug_span!("graph_call", endpoint = name);
        let attempts = async {
            let mut number = 1;
            loop {
                let error = match attempt(number).await {
                    Ok(answer) => return Ok(answer),
                    Err(error) => error.after_attempts(number),
                };
                debug!(
                    attempt = number,
                    status = error.http_status(),
                    code = error.meta().and_then(|meta| meta.code),
                    kind = ?error.kind(),
                    "failed"
                );
                let random_unit = (self.0.random)();
                match decide_call_retry(
                    number,
                    &error.failure(),
                    idempotent,
                    &self.0.retry,
                    random_unit,
                ) {
                    RetryDecision::GiveUp => return Err(error),
                    RetryDecision::RetryAfter(wait) => tokio::time::sleep(wait).await,
                }
                number += 1;
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
        let call = Call {
            name: E::NAME,
            is_read: request.is_read(),
            idempotent: request.is_idempotent(),
            scrubber: scrubber(credentials, request.secrets()),
        };
        let answer = self.0.transport.exchange(credentials, request).await;
        call.conclude(attempt, answer, |body| endpoint.decode(body))
    }

    pub(crate) fn transport(&self) -> &Transport {
        &self.0.transport
    }
}

/// Collects the secrets that errors must not show: the call's credentials and the request's own.
pub(crate) fn scrubber<'a>(
    credentials: &'a Credentials,
    secrets: impl IntoIterator<Item = &'a SecretString>,
) -> Scrubber<'a> {
    let token = credentials.token().map(AccessToken::secret);
    let known = token.into_iter().chain(credentials.proof());
    Scrubber::new(known.chain(secrets))
}

/// Describes the call to the code that turns its answer into a result.
pub(crate) struct Call<'a> {
    pub(crate) name: &'static str,
    /// Tells whether the call changes nothing at Meta.
    pub(crate) is_read: bool,
    /// Tells whether making the call twice does no harm.
    pub(crate) idempotent: bool,
    pub(crate) scrubber: Scrubber<'a>,
}

impl Call<'_> {
    pub(crate) fn conclude<T>(
        &self,
        attempt: u32,
        answer: Result<Answer, NoAnswer>,
        decode: impl FnOnce(&[u8]) -> Result<T, serde_json::Error>,
    ) -> Result<Response<T>, GraphError> {
        let answer = answer.map_err(|failure| self.unanswered(&failure))?;
        debug!(attempt, status = answer.status, "answered");
        if !(200..300).contains(&answer.status) {
            return Err(self.refused(answer, None));
        }
        match decode(&answer.body) {
            Ok(body) => Ok(Response {
                body,
                usage: answer.usage,
            }),
            Err(error) => Err(self.refused(answer, Some(&error))),
        }
    }

    pub(crate) fn unanswered(&self, failure: &NoAnswer) -> GraphError {
        GraphError::new(Inner {
            endpoint: self.name,
            kind: failure.kind,
            replay: failure.replay,
            wait: None,
            may_have_been_sent: failure.maybe_processed && !self.is_read,
            idempotent: self.idempotent,
            timed_out: failure.timed_out,
            retry_after: None,
            http_status: failure.status,
            meta: None,
            usage: Usage::default(),
            attempts: 0,
            detail: self.scrubber.scrub(&failure.detail),
        })
    }

    /// Makes the error of an answer with an error status, or of a success that cannot be read.
    pub(crate) fn refused(
        &self,
        answer: Answer,
        unreadable: Option<&serde_json::Error>,
    ) -> GraphError {
        let Answer {
            status,
            usage,
            retry_after,
            body,
        } = answer;
        let meta = MetaError::read(&body, &self.scrubber);
        let class = match &meta {
            Some(meta) => classify_answer(meta, status),
            None if unreadable.is_some() => ErrorClass {
                kind: ErrorKind::Decode,
                replay: Replay::Final,
                wait: None,
            },
            None => match classify(None, None, status, false) {
                class if class.kind == ErrorKind::Refused => ErrorClass {
                    kind: ErrorKind::Unexpected,
                    ..class
                },
                class => class,
            },
        };
        let maybe_processed = class.replay == Replay::Ambiguous || class.kind == ErrorKind::Decode;
        // serde's message may quote the unreadable answer, which may hold a fresh token.
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
            endpoint: self.name,
            kind: class.kind,
            replay: class.replay,
            wait: class.wait,
            may_have_been_sent: maybe_processed && !self.is_read,
            idempotent: self.idempotent,
            timed_out: false,
            retry_after,
            http_status: Some(status),
            meta,
            usage,
            attempts: 0,
            detail,
        })
    }
}

impl fmt::Debug for GraphClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GraphClient")
            .field("base", &self.0.transport.base().as_str())
            .field("retry", &self.0.retry)
            .finish_non_exhaustive()
    }
}
