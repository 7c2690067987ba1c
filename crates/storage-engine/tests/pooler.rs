//! A pooler that lends its connections for one transaction each is refused at the start.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]

mod common;

use std::sync::Arc;

use common::Lab;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::Mutex,
};
use wabakit_storage_engine::{Database, SetupError, StoreOptions};

/// Reads a message: its type and all its bytes.
async fn message(stream: &mut TcpStream) -> Option<(u8, Vec<u8>)> {
    let mut head = [0; 5];
    stream.read_exact(&mut head).await.ok()?;
    let length = u32::from_be_bytes([head[1], head[2], head[3], head[4]]);
    let mut bytes = head.to_vec();
    bytes.resize(usize::try_from(length).unwrap() + 1, 0);
    stream.read_exact(&mut bytes[5..]).await.ok()?;
    Some((head[0], bytes))
}

/// Reads a client's startup message, and refuses TLS.
async fn startup(stream: &mut TcpStream) -> Option<Vec<u8>> {
    loop {
        let mut head = [0; 8];
        stream.read_exact(&mut head).await.ok()?;
        let length = u32::from_be_bytes([head[0], head[1], head[2], head[3]]);
        let mut bytes = head.to_vec();
        bytes.resize(usize::try_from(length).unwrap(), 0);
        stream.read_exact(&mut bytes[8..]).await.ok()?;
        if u32::from_be_bytes([head[4], head[5], head[6], head[7]]) != 80_877_103 {
            return Some(bytes);
        }
        stream.write_all(b"N").await.ok()?;
    }
}

/// The server behind the pooler.
#[derive(Clone)]
struct Server {
    address: String,
    password: String,
}

impl Server {
    async fn backend(&self, startup: &[u8]) -> TcpStream {
        let mut stream = TcpStream::connect(&self.address).await.unwrap();
        stream.write_all(startup).await.unwrap();
        while let Some((kind, bytes)) = message(&mut stream).await {
            match kind {
                // The server asks for the password in plain text.
                b'R' if bytes[5..] == [0, 0, 0, 3] => {
                    let length = u32::try_from(self.password.len() + 5).unwrap();
                    let mut answer = vec![b'p'];
                    answer.extend(length.to_be_bytes());
                    answer.extend(self.password.bytes().chain([0]));
                    stream.write_all(&answer).await.unwrap();
                }
                b'Z' => return stream,
                b'E' => break,
                _ => {}
            }
        }
        panic!("the server refused the pooler");
    }
}

type Backends = Arc<Mutex<Vec<TcpStream>>>;

/// Serves one client: each transaction gets the backend that became free last.
async fn lend(mut client: TcpStream, backends: Backends, behind: Server) -> Option<()> {
    let began = startup(&mut client).await?;
    client.write_all(b"R\0\0\0\x08\0\0\0\0").await.ok()?;
    client.write_all(b"Z\0\0\0\x05I").await.ok()?;
    let mut held: Option<TcpStream> = None;
    loop {
        let (mut kind, mut bytes) = message(&mut client).await?;
        if kind == b'X' {
            return None;
        }
        let free = backends.lock().await.pop();
        let mut server = match held.take().or(free) {
            Some(server) => server,
            None => behind.backend(&began).await,
        };
        loop {
            server.write_all(&bytes).await.ok()?;
            if kind == b'Q' || kind == b'S' {
                break;
            }
            (kind, bytes) = message(&mut client).await?;
        }
        let in_transaction = loop {
            let (kind, bytes) = message(&mut server).await?;
            client.write_all(&bytes).await.ok()?;
            if kind == b'Z' {
                break bytes.last() != Some(&b'I');
            }
        };
        if in_transaction {
            held = Some(server);
        } else {
            backends.lock().await.push(server);
        }
    }
}

#[tokio::test]
async fn a_pooler_that_lends_by_transaction_is_refused_in_words() {
    let lab = Lab::postgres().await;
    let url = url::Url::parse(lab.database.url()).unwrap();
    let behind = Server {
        address: format!("{}:{}", url.host_str().unwrap(), url.port().unwrap_or(5432)),
        password: url.password().unwrap_or_default().to_owned(),
    };
    for spare in 0..3 {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let backends: Backends = Arc::default();
        let server = behind.clone();
        // The pooler has several open connections, and may lend any of them.
        let user = url.username();
        let database = url.path().trim_start_matches('/');
        let mut body = 196_608_u32.to_be_bytes().to_vec();
        body.extend(format!("user\0{user}\0database\0{database}\0\0").bytes());
        let mut began = u32::try_from(body.len() + 4)
            .unwrap()
            .to_be_bytes()
            .to_vec();
        began.extend(body);
        for _ in 0..spare {
            let open = server.backend(&began).await;
            backends.lock().await.push(open);
        }
        let pooler = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(lend(client, backends.clone(), server.clone()));
            }
        });
        let mut pooled = url.clone();
        pooled.set_host(Some("127.0.0.1")).unwrap();
        pooled.set_port(Some(port)).unwrap();
        let opened = Database::open(pooled.as_str(), &StoreOptions::default()).await;
        let error = opened.unwrap_err();
        assert!(matches!(error, SetupError::Pooler), "{error}");
        assert!(error.to_string().contains("pool_mode=session"), "{error}");
        pooler.abort();
    }
    let direct = lab.open().await;
    direct.check_writes().await.unwrap();
    direct.check_writes().await.unwrap();
}
