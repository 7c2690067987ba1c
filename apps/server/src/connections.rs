//! Closes connections on which nothing moves. The HTTP library limits the first head and the pause between requests,
//! but neither a later head that never ends nor the rest of a body that is not read any more. Without this, strangers
//! could hold all connections.

use std::{
    any::Any,
    net::Shutdown,
    pin::Pin,
    sync::{
        Arc, Mutex, PoisonError, Weak,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use actix_web::{
    Error,
    body::{BodySize, BoxBody, MessageBody},
    dev::{Extensions, ServiceRequest, ServiceResponse},
    middleware::Next,
    rt::net::TcpStream,
    web::Bytes,
};
use socket2::{SockRef, Socket};
use tokio::time::Instant;

/// The open connections of a server.
#[derive(Clone, Default)]
pub(crate) struct Connections(Arc<Mutex<Vec<Weak<Connection>>>>);

/// A connection that the HTTP library has open.
struct Connection {
    /// A second handle of the same socket, because the library does not lend its own.
    socket: Socket,
    /// The requests whose handler runs. The time of a handler and of its body is limited elsewhere.
    running: AtomicUsize,
    moved: Mutex<Instant>,
}

impl Connection {
    fn moves(&self) {
        *self.moved.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }

    fn is_stalled(&self, now: Instant, idle: Duration) -> bool {
        let moved = *self.moved.lock().unwrap_or_else(PoisonError::into_inner);
        self.running.load(Ordering::Acquire) == 0 && now.duration_since(moved) > idle
    }
}

impl Connections {
    /// Registers a connection that was just opened.
    pub(crate) fn opened(&self, stream: &dyn Any, data: &mut Extensions) {
        let Some(stream) = stream.downcast_ref::<TcpStream>() else {
            return;
        };
        let Ok(socket) = SockRef::from(stream).try_clone() else {
            return;
        };
        let connection = Arc::new(Connection {
            socket,
            running: AtomicUsize::new(0),
            moved: Mutex::new(Instant::now()),
        });
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.push(Arc::downgrade(&connection));
        data.insert(connection);
    }

    /// Closes the connections on which nothing has moved for this long.
    pub(crate) fn close_stalled(&self, idle: Duration) {
        let now = Instant::now();
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|connection| {
            let Some(connection) = connection.upgrade() else {
                return false;
            };
            let stalled = connection.is_stalled(now, idle);
            if stalled {
                let _ = connection.socket.shutdown(Shutdown::Both);
            }
            !stalled
        });
    }
}

/// Marks that a handler runs on a connection, until it is dropped.
struct Running(Arc<Connection>);

impl Running {
    fn new(connection: Arc<Connection>) -> Self {
        connection.running.fetch_add(1, Ordering::AcqRel);
        Self(connection)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.0.moves();
        self.0.running.fetch_sub(1, Ordering::AcqRel);
    }
}

/// Marks a connection as used. It is the outermost middleware.
pub(crate) async fn used(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let connection = request.conn_data::<Arc<Connection>>().cloned();
    let Some(connection) = connection else {
        let response = next.call(request).await?;
        return Ok(response.map_into_boxed_body());
    };
    let running = Running::new(connection.clone());
    let response = next.call(request).await?.map_into_boxed_body();
    drop(running);
    Ok(match response.response().body().size() {
        // Such a body is written at once.
        BodySize::None | BodySize::Sized(0..=WRITTEN) => response,
        _ => response.map_body(|_, body| {
            BoxBody::new(MovingBody {
                body,
                connection,
                awaited: None,
            })
        }),
    })
}

/// The bytes that the buffers of the library and the system take at once.
const WRITTEN: u64 = 64 * 1024;

/// A body that is written in pieces. Each piece is requested after the one before was written.
struct MovingBody {
    body: BoxBody,
    connection: Arc<Connection>,
    /// Set while the next piece is being made, because the server does not wait for the client then.
    awaited: Option<Running>,
}

impl MessageBody for MovingBody {
    type Error = Box<dyn std::error::Error>;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Self::Error>>> {
        let piece = Pin::new(&mut self.body).poll_next(context);
        if piece.is_ready() {
            self.awaited = None;
            self.connection.moves();
        } else if self.awaited.is_none() {
            self.awaited = Some(Running::new(self.connection.clone()));
        }
        piece
    }
}
