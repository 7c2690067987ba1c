//! Receives webhooks at a port of this machine: answers Meta's challenge, checks each signature, and prints the facts.
//!
//! | variable | holds |
//! |---|---|
//! | `APP_SECRET` | the secret of the Meta app |
//! | `VERIFY_TOKEN` | the token that Meta presents when it verifies the address |
//! | `PORT` | the port on 127.0.0.1; 8090 if it is not set |
//!
//! Meta wants an `https` address, so a proxy or a tunnel stands before it. A sandbox calls it as it is.
#![allow(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a program reads its settings from the environment and shows what it did"
)]

use std::error::Error;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::time::Duration;

use wabakit_webhooks::facts::{Fact, MessageContent};
use wabakit_webhooks::{
    SIGNATURE_HEADER, SecretString, SignatureVerifier, challenge, parse, split,
};

/// Meta sends at most 3 MB.
const LARGEST: usize = 4 << 20;

fn main() -> Result<(), Box<dyn Error>> {
    let setting = |name: &str| std::env::var(name).map_err(|_| format!("set {name}"));
    let app_secret = SecretString::from(setting("APP_SECRET")?);
    let verify_token = SecretString::from(setting("VERIFY_TOKEN")?);
    let port: u16 = setting("PORT").map_or(Ok(8090), |port| port.parse())?;
    let listener = TcpListener::bind(("127.0.0.1", port))?;
    println!("listening at {}", listener.local_addr()?);
    for stream in listener.incoming() {
        match serve(stream?, &app_secret, &verify_token) {
            Ok((status, text)) => println!("{status} {text}"),
            // A connection that breaks is no reason to stop. Meta sends the webhook again.
            Err(error) => println!("a connection failed: {error}"),
        }
    }
    Ok(())
}

/// Answers a request.
pub(crate) fn receive(
    method: &str,
    query: &str,
    signature: Option<&[u8]>,
    body: &[u8],
    app_secret: &SecretString,
    verify_token: &SecretString,
) -> (u16, String) {
    if method == "GET" {
        return match challenge(query, [verify_token]) {
            Ok(challenge) => (200, challenge),
            Err(refusal) => (403, refusal.to_string()),
        };
    }
    // The signature is over the bytes as they came: check it before anything reads them.
    let verifier = SignatureVerifier::new([app_secret]);
    if let Err(refusal) = verifier.verify(signature, body) {
        return (401, refusal.to_string());
    }
    // A real program stores the body here, answers 200, and reads it afterwards. Meta sends a webhook again for up to
    // seven days, may send it twice, and promises no order.
    match read(body) {
        Ok(lines) => (200, lines.join("\n")),
        Err(error) => (400, error.to_string()),
    }
}

/// Reads a webhook into one line for each fact.
fn read(body: &[u8]) -> Result<Vec<String>, Box<dyn Error>> {
    let mut lines = Vec::new();
    for change in split(body)? {
        for item in parse(&change.field, change.raw) {
            lines.push(match item.fact {
                Ok(Fact::Message(message)) => {
                    let from = message.party.phone.as_deref().unwrap_or("somebody");
                    match &message.content {
                        MessageContent::Text { body } => format!("{from} wrote: {body}"),
                        other => format!("{from} sent {other:?}"),
                    }
                }
                Ok(Fact::Status(status)) => format!("{} is {:?}", status.wamid, status.status),
                Ok(other) => format!("{}: {other:?}", change.field),
                // An item that cannot be read does not affect its siblings.
                Err(error) => format!("{}: {error}", change.field),
            });
        }
    }
    Ok(lines)
}

/// Reads one request from a connection, answers it, and returns the answer. A web framework does this in a real program.
pub(crate) fn serve(
    mut stream: TcpStream,
    app_secret: &SecretString,
    verify_token: &SecretString,
) -> Result<(u16, String), Box<dyn Error>> {
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    let mut reader = BufReader::new((&stream).take(LARGEST as u64));
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let mut words = line.split_whitespace().map(str::to_owned);
    let (method, target) = (
        words.next().unwrap_or_default(),
        words.next().unwrap_or_default(),
    );
    let (mut length, mut signature) = (0, None);
    loop {
        let mut header = String::new();
        if reader.read_line(&mut header)? == 0 || header.trim().is_empty() {
            break;
        }
        let Some((name, value)) = header.split_once(':') else {
            continue;
        };
        if name.eq_ignore_ascii_case("content-length") {
            length = value.trim().parse::<usize>()?.min(LARGEST);
        } else if name.eq_ignore_ascii_case(SIGNATURE_HEADER) {
            signature = Some(value.trim().to_owned());
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let query = target.split_once('?').map_or("", |(_, query)| query);
    let signature = signature.as_deref().map(str::as_bytes);
    let (status, text) = receive(&method, query, signature, &body, app_secret, verify_token);
    // Only the challenge is given back.
    let given = if method == "GET" { text.as_str() } else { "" };
    write!(
        stream,
        "HTTP/1.1 {status} \r\ncontent-length: {}\r\nconnection: close\r\n\r\n{given}",
        given.len()
    )?;
    Ok((status, text))
}
