//! An SMTP server on loopback that keeps what it is sent, and refuses what it is told to.

use std::{
    collections::HashSet,
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
};

use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    sync::Notify,
    task::JoinHandle,
};

/// A mail that the server took.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CaughtMail {
    /// The sender of the envelope.
    pub from: String,
    /// The recipients of the envelope.
    pub to: Vec<String>,
    /// The lines of the head.
    pub head: String,
    /// The text, decoded.
    pub text: String,
}

#[derive(Default)]
struct Post {
    mails: Mutex<Vec<CaughtMail>>,
    refused: Mutex<HashSet<String>>,
    away: AtomicBool,
    busy: AtomicBool,
    arrived: Notify,
}

/// The server. It ends when it is dropped.
pub struct SmtpCatcher {
    address: SocketAddr,
    post: Arc<Post>,
    task: JoinHandle<()>,
}

impl Drop for SmtpCatcher {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl SmtpCatcher {
    /// Starts a server on a free port.
    pub async fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let post = Arc::new(Post::default());
        let served = post.clone();
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                if !served.away.load(Ordering::Relaxed) {
                    tokio::spawn(talk(stream, served.clone()));
                }
            }
        });
        Self {
            address,
            post,
            task,
        }
    }

    /// The URL for `SMTP_URL`.
    pub fn url(&self) -> String {
        format!("smtp://{}", self.address)
    }

    /// Refuses a recipient from now on, for good.
    pub fn refuse(&self, recipient: &str) {
        self.post.refused.lock().unwrap().insert(recipient.into());
    }

    /// Closes connections at once, or no longer.
    pub fn be_away(&self, away: bool) {
        self.post.away.store(away, Ordering::Relaxed);
    }

    /// Asks to come again later, or no longer.
    pub fn be_busy(&self, busy: bool) {
        self.post.busy.store(busy, Ordering::Relaxed);
    }

    /// The mails so far.
    pub fn mails(&self) -> Vec<CaughtMail> {
        self.post.mails.lock().unwrap().clone()
    }

    /// Waits until there are this many mails, and returns them.
    pub async fn caught(&self, count: usize) -> Vec<CaughtMail> {
        loop {
            let arrived = self.post.arrived.notified();
            let mails = self.mails();
            if mails.len() >= count {
                return mails;
            }
            arrived.await;
        }
    }
}

async fn talk(stream: TcpStream, post: Arc<Post>) {
    let (reader, mut writer) = stream.into_split();
    let mut lines = BufReader::new(reader).lines();
    let (mut from, mut to) = (String::new(), Vec::new());
    writer.write_all(b"220 catcher\r\n").await.ok();
    while let Ok(Some(line)) = lines.next_line().await {
        let path = line
            .split_once('<')
            .and_then(|(_, rest)| rest.split_once('>'))
            .map(|(path, _)| path.to_owned());
        let answer = match line.get(..4).unwrap_or_default() {
            "EHLO" => "250-catcher\r\n250-8BITMIME\r\n250 SMTPUTF8",
            "MAIL" if post.busy.load(Ordering::Relaxed) => "451 come again",
            "MAIL" => {
                from = path.unwrap_or_default();
                to.clear();
                "250 ok"
            }
            "RCPT" => {
                let whom = path.unwrap_or_default();
                let is_refused = post.refused.lock().unwrap().contains(&whom);
                to.push(whom);
                if is_refused {
                    "550 nobody here"
                } else {
                    "250 ok"
                }
            }
            "DATA" => {
                writer.write_all(b"354 go on\r\n").await.ok();
                let mut data = Vec::new();
                while let Ok(Some(line)) = lines.next_line().await {
                    if line == "." {
                        break;
                    }
                    data.push(line.strip_prefix('.').map_or(line.clone(), str::to_owned));
                }
                let mail = read(&from, &to, &data.join("\n"));
                post.mails.lock().unwrap().push(mail);
                post.arrived.notify_waiters();
                "250 taken"
            }
            "QUIT" => {
                writer.write_all(b"221 bye\r\n").await.ok();
                return;
            }
            _ => "250 ok",
        };
        writer
            .write_all(format!("{answer}\r\n").as_bytes())
            .await
            .ok();
    }
}

fn read(from: &str, to: &[String], data: &str) -> CaughtMail {
    let (head, body) = data.split_once("\n\n").unwrap_or((data, ""));
    let encoding = |name: &str| head.contains(&format!("Content-Transfer-Encoding: {name}"));
    assert!(!encoding("base64"), "the catcher does not read base64");
    let text = match encoding("quoted-printable") {
        true => unquoted(body),
        false => body.to_owned(),
    };
    CaughtMail {
        from: from.to_owned(),
        to: to.to_vec(),
        head: head.to_owned(),
        text,
    }
}

/// Decodes quoted-printable text.
fn unquoted(body: &str) -> String {
    let joined = body.replace("=\n", "");
    let mut bytes = Vec::new();
    let mut rest = joined.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let coded = after.get(..2).filter(|_| *first == b'=');
        let code = coded.and_then(|code| std::str::from_utf8(code).ok());
        match code.and_then(|code| u8::from_str_radix(code, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8(bytes).unwrap()
}
