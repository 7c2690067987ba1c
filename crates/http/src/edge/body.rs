//! Limits of request bodies: a deadline for each, and a bound on the memory of all. Anybody can open connections and
//! send slowly, before the server knows who they are.

use std::{
    cell::{Cell, RefCell},
    pin::Pin,
    rc::Rc,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use actix_web::{
    HttpMessage as _, HttpRequest,
    dev::{Payload, ServiceRequest},
    error::PayloadError,
    http::header,
    web::{Bytes, BytesMut},
};
use futures::{Stream, StreamExt as _};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{Instant, Sleep, sleep_until},
};

use crate::problem::ApiError;

/// The bytes of each body that do not count against the bound. Most deliveries, and everything that strangers need to
/// send, fit in it, so a few large bodies that stall do not block the others.
const FREE: usize = 16 * 1024;
/// The slowest average rate of a streamed body, in bytes a second.
const SLOWEST: u64 = 16 * 1024;

/// The limits of request bodies.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct BodyLimits {
    /// The time that a body may take to arrive. A streamed body gets a second more for each 16 KiB.
    pub deadline: Duration,
    /// The most bytes of bodies in memory at the same time. The first 16 KiB of each body do not count.
    pub memory: usize,
}

impl Default for BodyLimits {
    fn default() -> Self {
        Self {
            deadline: Duration::from_secs(20),
            memory: 64 * 1024 * 1024,
        }
    }
}

/// The request bodies of this process. Clones share one bound.
#[derive(Clone, Debug)]
pub struct Bodies {
    deadline: Duration,
    memory: Arc<Semaphore>,
}

impl Bodies {
    /// Creates the bound with these limits.
    pub fn new(limits: BodyLimits) -> Self {
        let memory = limits.memory.min(Semaphore::MAX_PERMITS);
        Self {
            deadline: limits.deadline,
            memory: Arc::new(Semaphore::new(memory)),
        }
    }

    /// Puts a guard around a request's body. The memory is given back when the guard's last clone is dropped.
    pub(crate) fn guard(&self, body: Payload) -> (BodyGuard, Payload) {
        let guard = BodyGuard(Rc::new(Guarded {
            kind: Cell::new(Kind::Held),
            cut: Cell::new(None),
            received: Cell::new(0),
            held: RefCell::new(None),
        }));
        if matches!(body, Payload::None) {
            return (guard, body);
        }
        let stream = GuardedBody {
            body,
            guard: guard.clone(),
            bodies: self.clone(),
            begun: Instant::now(),
            alarm: None,
        };
        let payload = stream.boxed_local();
        (guard, Payload::Stream { payload })
    }
}

/// The way in which a handler reads a body.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Gathered in memory.
    Held,
    /// Passed on piece by piece.
    Streamed,
    /// A WebSocket's incoming side, which ends when either side closes it.
    Open,
}

/// The reason why a body was cut off.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Cut {
    /// It arrived too slowly.
    Slow,
    /// The memory of all bodies is used up.
    Full,
}

struct Guarded {
    kind: Cell<Kind>,
    cut: Cell<Option<Cut>>,
    received: Cell<usize>,
    held: RefCell<Option<OwnedSemaphorePermit>>,
}

/// Enforces the limits on one body.
#[derive(Clone)]
pub(crate) struct BodyGuard(Rc<Guarded>);

impl BodyGuard {
    /// Returns why the body was cut off, if it was.
    pub(crate) fn cut(&self) -> Option<Cut> {
        self.0.cut.get()
    }

    /// Counts a piece. Returns whether there is room for it.
    fn admits(&self, piece: usize, memory: &Arc<Semaphore>) -> bool {
        let before = self.0.received.get();
        let received = before.saturating_add(piece);
        self.0.received.set(received);
        if self.0.kind.get() != Kind::Held {
            return true;
        }
        let wanted = received.saturating_sub(FREE.max(before));
        let Ok(wanted) = u32::try_from(wanted) else {
            return false;
        };
        let Ok(more) = memory.clone().try_acquire_many_owned(wanted) else {
            return false;
        };
        match &mut *self.0.held.borrow_mut() {
            Some(held) => held.merge(more),
            held => *held = Some(more),
        }
        true
    }

    /// Returns how long the body may take, by the bytes that have arrived. `None` for a WebSocket.
    fn allowance(&self, deadline: Duration) -> Option<Duration> {
        match self.0.kind.get() {
            Kind::Held => Some(deadline),
            Kind::Streamed => {
                let received = u64::try_from(self.0.received.get()).unwrap_or(u64::MAX);
                Some(deadline + Duration::from_secs(received / SLOWEST))
            }
            Kind::Open => None,
        }
    }
}

struct GuardedBody {
    body: Payload,
    guard: BodyGuard,
    bodies: Bodies,
    begun: Instant,
    /// Set only while the body is awaited.
    alarm: Option<Pin<Box<Sleep>>>,
}

impl GuardedBody {
    fn is_late(&mut self, context: &mut Context<'_>) -> bool {
        let Some(allowance) = self.guard.allowance(self.bodies.deadline) else {
            return false;
        };
        let end = self.begun + allowance;
        let alarm = self.alarm.get_or_insert_with(|| Box::pin(sleep_until(end)));
        if alarm.deadline() != end {
            alarm.as_mut().reset(end);
        }
        alarm.as_mut().poll(context).is_ready()
    }

    fn cut(&self, why: Cut) -> Poll<Option<Result<Bytes, PayloadError>>> {
        self.guard.0.cut.set(Some(why));
        Poll::Ready(Some(Err(PayloadError::Incomplete(None))))
    }
}

impl Stream for GuardedBody {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.guard.cut().is_some() {
            return Poll::Ready(None);
        }
        match self.body.poll_next_unpin(context) {
            Poll::Ready(Some(Ok(piece))) => {
                if self.guard.admits(piece.len(), &self.bodies.memory) {
                    Poll::Ready(Some(Ok(piece)))
                } else {
                    self.cut(Cut::Full)
                }
            }
            Poll::Pending if self.is_late(context) => self.cut(Cut::Slow),
            other => other,
        }
    }
}

/// The reason why a body could not be gathered.
pub(crate) enum Unread {
    /// It has more bytes than the route accepts.
    TooLarge,
    /// The connection broke, or the body was cut off: see [`BodyGuard::cut`].
    Broken,
}

/// Gathers a body of up to `at_most` bytes.
pub(crate) async fn gather(mut body: Payload, at_most: usize) -> Result<Bytes, Unread> {
    let mut bytes = BytesMut::new();
    while let Some(piece) = body.next().await {
        let piece = piece.map_err(|_| Unread::Broken)?;
        if bytes.len() + piece.len() > at_most {
            return Err(Unread::TooLarge);
        }
        bytes.extend_from_slice(&piece);
    }
    Ok(bytes.freeze())
}

/// Puts a guard around the body of a request that passes the edge. Nothing decompresses bodies, so nobody can make the
/// server hold more than they sent.
pub(super) fn admit(bodies: &Bodies, request: &mut ServiceRequest) -> Result<BodyGuard, ApiError> {
    if request.headers().contains_key(header::CONTENT_ENCODING) {
        return Err(ApiError::Encoded);
    }
    let (guard, body) = bodies.guard(request.take_payload());
    request.set_payload(body);
    request.extensions_mut().insert(guard.clone());
    Ok(guard)
}

fn becomes(request: &HttpRequest, kind: Kind) {
    if let Some(guard) = request.extensions().get::<BodyGuard>() {
        guard.0.kind.set(kind);
    }
}

/// Declares that the body is streamed: it is not held, and may take as long as its rate allows. Only for callers who
/// are signed in.
pub(crate) fn body_is_streamed(request: &HttpRequest) {
    becomes(request, Kind::Streamed);
}

/// Declares that the body is a WebSocket's incoming side, which has no end of its own. Only for callers who are signed
/// in.
pub(crate) fn body_is_open(request: &HttpRequest) {
    becomes(request, Kind::Open);
}
