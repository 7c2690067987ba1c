//! One open WebSocket, from its first frame to its last.

use std::{convert::Infallible, future::Future, time::Duration};

use actix_web::web::Data;
use actix_ws::{CloseCode, CloseReason, Closed, Message, MessageStream, Session};
use tokio::{
    sync::broadcast::error::RecvError,
    time::{Instant, Interval, MissedTickBehavior, interval_at, sleep_until, timeout},
};
use wabakit_domain::principal::Principal;
use wabakit_services::{Caller, EventPage, Revocation, ServiceError, wire};
use wabakit_wire::event::EventFrame;

use super::{
    Place,
    frames::{self, AT_MOST},
};
use crate::Api;

/// The interval at which the server pings the listener.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// The time for which the listener may be silent.
const SILENCE: Duration = Duration::from_secs(45);
/// The interval at which the sign-in is checked, even without events.
const RECHECK: Duration = Duration::from_secs(30);
/// The age that the last check of the sign-in may have when events are sent. A right that ends in this process is
/// announced at once; one that ends on another replica is found by this check.
const FRESH: Duration = Duration::from_secs(2);
/// The time for which a frame may wait for a slow client.
const SLOW: Duration = Duration::from_secs(5);
/// The time for which the closing frame may wait.
const FAREWELL: Duration = Duration::from_secs(10);
/// The shortest time between two reads of the log. Events within it are sent together.
const REST: Duration = Duration::from_millis(10);

/// A listener: its caller, and its cursor.
pub(crate) struct Listener {
    pub(crate) api: Data<Api>,
    pub(crate) caller: Caller,
    /// The last sequence that the listener has seen. `None` begins after the end of the log.
    pub(crate) after: Option<i64>,
    /// The place that the WebSocket takes while it is open.
    #[expect(dead_code, reason = "it is held, not looked at")]
    pub(crate) place: Place,
}

/// The reason why a WebSocket is closed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum End {
    /// The client closed it, or is gone.
    Theirs,
    /// The server stops. The client should reconnect.
    Stopping,
    /// The sign-in has ended.
    SignedOut,
    /// The client reads too slowly. It should reconnect with its cursor.
    Slow,
    /// The events after the cursor are no longer kept.
    Gone,
    /// The log cannot be read now. The client should reconnect with its cursor.
    Unavailable,
}

impl End {
    fn reason(self) -> Option<CloseReason> {
        let (code, why) = match self {
            Self::Theirs => return None,
            Self::Stopping => (CloseCode::Away, "the server stops"),
            Self::SignedOut => (CloseCode::Other(4401), "the sign-in is over"),
            Self::Slow => (
                CloseCode::Other(4408),
                "too slow: resume from the last sequence",
            ),
            Self::Gone => (CloseCode::Other(4410), "what came after the cursor is gone"),
            Self::Unavailable => (CloseCode::Again, "the log cannot be read now"),
        };
        Some((code, why).into())
    }
}

/// Serves a WebSocket until it ends.
pub(crate) async fn listen(listener: Listener, mut session: Session, messages: MessageStream) {
    let end = match listener.run(&mut session, messages).await {
        Ok(never) => match never {},
        Err(end) => end,
    };
    tracing::debug!(?end, "a listener ended");
    let _ = timeout(FAREWELL, session.close(end.reason())).await;
}

impl Listener {
    async fn run(
        &self,
        session: &mut Session,
        mut messages: MessageStream,
    ) -> Result<Infallible, End> {
        // Subscribed before the log is read, so that no event in between is missed.
        let mut push = self.api.receive.events.subscribe(self.caller.org);
        // Subscribed before the right is checked, so that no revocation in between is missed.
        let mut revocations = self.api.auth.revocations();
        self.recheck().await?;
        let mut checked = Instant::now();
        let mut cursor = self.greet(session).await?;
        let (mut heartbeat, mut recheck) = (every(HEARTBEAT), every(RECHECK));
        let mut heard = Instant::now();
        let (mut more, mut next_read) = (true, Instant::now());
        loop {
            tokio::select! {
                biased;
                () = self.api.stopping.cancelled() => return Err(End::Stopping),
                revocation = revocations.recv() => {
                    if self.is_concerned(revocation.as_ref()) {
                        self.recheck().await?;
                    }
                }
                message = messages.recv() => {
                    heard = Instant::now();
                    let message = message.and_then(Result::ok).ok_or(End::Theirs)?;
                    answer(session, message).await?;
                }
                _ = heartbeat.tick() => {
                    if heard.elapsed() > SILENCE {
                        return Err(End::Theirs);
                    }
                    in_time(session.ping(b"")).await?;
                }
                _ = recheck.tick() => self.recheck().await?,
                grown = push.changed(), if !more => {
                    grown.map_err(|_| End::Stopping)?;
                    more = true;
                }
                () = sleep_until(next_read), if more => {
                    next_read = Instant::now() + REST;
                    more = self.pass_on(session, &mut cursor, &mut checked).await?;
                }
            }
        }
    }

    /// Sends the end of the log, and returns the cursor to begin from.
    async fn greet(&self, session: &mut Session) -> Result<i64, End> {
        let head = self
            .api
            .receive
            .events
            .head(&self.caller)
            .await
            .map_err(End::from)?;
        in_time(session.text(frames::frame(&EventFrame::Ready { head }))).await?;
        Ok(self.after.unwrap_or(head))
    }

    /// Sends the events after the cursor, as many as one read returns. Returns whether there may be more.
    async fn pass_on(
        &self,
        session: &mut Session,
        cursor: &mut i64,
        checked: &mut Instant,
    ) -> Result<bool, End> {
        let page = self
            .api
            .receive
            .events
            .list(&self.caller, *cursor, AT_MOST)
            .await;
        let (events, head) = match page.map_err(End::from)? {
            EventPage::Events { events, head } => (events, head),
            EventPage::Gone { oldest } => {
                in_time(session.text(frames::frame(&EventFrame::Gone { oldest }))).await?;
                return Err(End::Gone);
            }
        };
        let Some(last) = events.last().map(|event| event.sequence) else {
            return Ok(false);
        };
        if checked.elapsed() > FRESH {
            self.recheck().await?;
            *checked = Instant::now();
        }
        let now = (self.api.now)();
        let events = events.into_iter().map(|event| wire::event(event, now));
        for frame in frames::events(events).map_err(|_| End::Unavailable)? {
            in_time(session.text(frame)).await?;
        }
        *cursor = last;
        Ok(last < head)
    }

    /// Tells whether a revocation may concern this listener. A missed revocation may.
    fn is_concerned(&self, revocation: Result<&Revocation, &RecvError>) -> bool {
        match (revocation, self.caller.principal) {
            (Ok(Revocation::SignIn(ended)), Principal::Person { session, .. }) => *ended == session,
            (Ok(Revocation::Person(changed)), Principal::Person { user, .. }) => *changed == user,
            (Ok(_), Principal::Key { .. } | Principal::System) => false,
            (Err(_), _) => true,
        }
    }

    /// Closes the WebSocket of a person who signed out or is no longer a member.
    async fn recheck(&self) -> Result<(), End> {
        match self.api.auth.recheck(&self.caller).await {
            // A database that does not answer for a moment must not sign anybody out.
            Ok(()) | Err(ServiceError::Unavailable(_)) => Ok(()),
            Err(_) => Err(End::SignedOut),
        }
    }
}

impl From<ServiceError> for End {
    fn from(error: ServiceError) -> Self {
        tracing::warn!(%error, "a listener's log cannot be read");
        Self::Unavailable
    }
}

fn every(period: Duration) -> Interval {
    let mut interval = interval_at(Instant::now() + period, period);
    interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
    interval
}

/// Sends a frame within the time limit. Frames wait in a bounded queue, so a frame without a place in time means that
/// the client is too slow.
async fn in_time(sending: impl Future<Output = Result<(), Closed>>) -> Result<(), End> {
    match timeout(SLOW, sending).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(Closed)) => Err(End::Theirs),
        Err(_) => Err(End::Slow),
    }
}

async fn answer(session: &mut Session, message: Message) -> Result<(), End> {
    match message {
        Message::Ping(bytes) => in_time(session.pong(&bytes)).await,
        Message::Close(_) => Err(End::Theirs),
        // Listeners need not send anything, so their messages are ignored.
        _ => Ok(()),
    }
}
