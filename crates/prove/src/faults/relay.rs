//! A TCP relay on this machine that passes bytes on, holds them, or breaks connections.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream, tcp::OwnedReadHalf, tcp::OwnedWriteHalf},
    sync::watch,
    task::{JoinHandle, JoinSet},
};
use url::Url;

/// The treatment of connections.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Flow {
    /// Bytes are passed on.
    Pass,
    /// Bytes are held, and new connections with them: nothing is lost when they pass again.
    Stall,
    /// Connections are closed, and new ones at once.
    Cut,
    /// Connections are reset, and new ones at once. What they held is lost.
    Reset,
}

/// A relay to one address. It ends when this is dropped.
pub(crate) struct Relay {
    address: SocketAddr,
    flow: watch::Sender<Flow>,
    struck: Arc<AtomicU64>,
    task: JoinHandle<()>,
}

impl Relay {
    /// Starts a relay to this address, on a free port.
    pub(crate) async fn to(target: SocketAddr) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let (flow, seen) = watch::channel(Flow::Pass);
        let struck = Arc::new(AtomicU64::new(0));
        let task = tokio::spawn(accept(listener, target, seen, struck.clone()));
        Self {
            address,
            flow,
            struck,
            task,
        }
    }

    /// Starts a relay to the server of a database's URL. Returns it with the URL that leads through it.
    pub(crate) async fn of_url(url: &str) -> (Self, String) {
        let mut url = Url::parse(url).unwrap();
        let target = url.socket_addrs(|| Some(5432)).unwrap();
        let relay = Self::to(target[0]).await;
        url.set_port(Some(relay.address.port())).unwrap();
        (relay, url.to_string())
    }

    /// Changes the treatment of all connections.
    pub(crate) fn set(&self, flow: Flow) {
        self.flow.send_replace(flow);
    }

    /// Counts the pieces of data that were held, and the connections that were broken or not made.
    pub(crate) fn struck(&self) -> u64 {
        self.struck.load(Ordering::Relaxed)
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn accept(
    listener: TcpListener,
    target: SocketAddr,
    flow: watch::Receiver<Flow>,
    struck: Arc<AtomicU64>,
) {
    // Dropping the set ends all connections.
    let mut connections = JoinSet::new();
    loop {
        let Ok((client, _)) = listener.accept().await else {
            tokio::time::sleep(Duration::from_millis(10)).await;
            continue;
        };
        connections.spawn(relay(client, target, flow.clone(), struck.clone()));
        while connections.try_join_next().is_some() {}
    }
}

async fn relay(
    client: TcpStream,
    target: SocketAddr,
    mut flow: watch::Receiver<Flow>,
    struck: Arc<AtomicU64>,
) {
    if *flow.borrow() != Flow::Pass {
        struck.fetch_add(1, Ordering::Relaxed);
    }
    let broken = passing(&mut flow).await;
    if let Err(broken) = broken {
        end(client, broken);
        return;
    }
    let Ok(server) = TcpStream::connect(target).await else {
        return;
    };
    let _ = (client.set_nodelay(true), server.set_nodelay(true));
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    let (mut there, mut back) = (flow.clone(), flow);
    // One end of stream ends both ways.
    let broken = tokio::select! {
        broken = pump(&mut from_client, &mut to_server, &mut there, &struck) => broken,
        broken = pump(&mut from_server, &mut to_client, &mut back, &struck) => broken,
    };
    if broken == Flow::Reset {
        struck.fetch_add(1, Ordering::Relaxed);
        for (read, write) in [(from_client, to_client), (from_server, to_server)] {
            if let Ok(stream) = read.reunite(write) {
                end(stream, Flow::Reset);
            }
        }
    } else if broken == Flow::Cut {
        struck.fetch_add(1, Ordering::Relaxed);
    }
}

/// Waits until bytes may pass. The error says how the connection is broken instead.
async fn passing(flow: &mut watch::Receiver<Flow>) -> Result<(), Flow> {
    loop {
        match *flow.borrow_and_update() {
            Flow::Pass => return Ok(()),
            Flow::Stall => {}
            broken => return Err(broken),
        }
        if flow.changed().await.is_err() {
            return Err(Flow::Cut);
        }
    }
}

/// Passes bytes on until the stream ends or the connection is to be broken. Returns how it is broken: `Pass` where it
/// ended by itself.
async fn pump(
    from: &mut OwnedReadHalf,
    to: &mut OwnedWriteHalf,
    flow: &mut watch::Receiver<Flow>,
    struck: &AtomicU64,
) -> Flow {
    let mut buffer = vec![0; 16 * 1024];
    loop {
        let read = tokio::select! {
            read = from.read(&mut buffer) => read,
            broken = broken(flow) => return broken,
        };
        let Ok(length @ 1..) = read else {
            return Flow::Pass;
        };
        if *flow.borrow() != Flow::Pass {
            struck.fetch_add(1, Ordering::Relaxed);
        }
        if let Err(broken) = passing(flow).await {
            return broken;
        }
        if to.write_all(&buffer[..length]).await.is_err() {
            return Flow::Pass;
        }
    }
}

/// Waits until connections are to be broken.
async fn broken(flow: &mut watch::Receiver<Flow>) -> Flow {
    let broken = flow.wait_for(|flow| matches!(flow, Flow::Cut | Flow::Reset));
    broken.await.map_or(Flow::Cut, |flow| *flow)
}

fn end(stream: TcpStream, how: Flow) {
    if how == Flow::Reset {
        let _ = stream.set_zero_linger();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Starts a server that answers each byte with the same byte, and a relay to it.
    async fn echo() -> Relay {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                tokio::spawn(async move {
                    let (mut read, mut write) = stream.split();
                    let _ = tokio::io::copy(&mut read, &mut write).await;
                });
            }
        });
        Relay::to(address).await
    }

    async fn ask(stream: &mut TcpStream) -> std::io::Result<u8> {
        stream.write_u8(7).await?;
        stream.read_u8().await
    }

    #[tokio::test]
    async fn what_was_held_passes_later_and_nothing_is_lost() {
        let relay = echo().await;
        let mut old = TcpStream::connect(relay.address).await.unwrap();
        assert_eq!(ask(&mut old).await.unwrap(), 7);
        assert_eq!(relay.struck(), 0);
        relay.set(Flow::Stall);
        let mut new = TcpStream::connect(relay.address).await.unwrap();
        let held = tokio::time::timeout(Duration::from_millis(50), async {
            tokio::join!(ask(&mut old), ask(&mut new))
        });
        assert!(held.await.is_err());
        assert!(relay.struck() >= 2);
        relay.set(Flow::Pass);
        assert_eq!(old.read_u8().await.unwrap(), 7);
        assert_eq!(new.read_u8().await.unwrap(), 7);
    }

    #[tokio::test]
    async fn connections_are_broken_and_new_ones_too_until_bytes_pass_again() {
        for flow in [Flow::Cut, Flow::Reset] {
            let relay = echo().await;
            let mut old = TcpStream::connect(relay.address).await.unwrap();
            assert_eq!(ask(&mut old).await.unwrap(), 7);
            relay.set(flow);
            assert!(old.read_u8().await.is_err(), "{flow:?}");
            let mut new = TcpStream::connect(relay.address).await.unwrap();
            assert!(ask(&mut new).await.is_err(), "{flow:?}");
            assert!(relay.struck() >= 2);
            relay.set(Flow::Pass);
            let mut last = TcpStream::connect(relay.address).await.unwrap();
            assert_eq!(ask(&mut last).await.unwrap(), 7);
        }
    }

    #[tokio::test]
    async fn bytes_that_were_held_are_lost_with_a_reset() {
        let relay = echo().await;
        let mut old = TcpStream::connect(relay.address).await.unwrap();
        assert_eq!(ask(&mut old).await.unwrap(), 7);
        relay.set(Flow::Stall);
        old.write_u8(8).await.unwrap();
        relay.set(Flow::Reset);
        assert!(old.read_u8().await.is_err());
    }
}
