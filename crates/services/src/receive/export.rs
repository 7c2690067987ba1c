//! Exports all data of a contact as one JSON document that is never in memory as a whole.

use bytes::Bytes;
use futures::stream::{self, BoxStream, StreamExt as _};
use tokio::sync::mpsc;
use wabakit_domain::{contact::Contact, conversation::Conversation};
use wabakit_ports::store::{ConversationFilter, Limit, PageRequest};
use wabakit_wire::export::{ExportedContact, ExportedConversation, ExportedDetail};

use super::ReceivePorts;
use crate::{
    ServiceError,
    wire::{self, IntoWire as _},
};

/// The pieces of an export.
pub type ContactExport = BoxStream<'static, Result<Bytes, ServiceError>>;

/// The number of pieces that are prepared in advance. Each holds at most a page of messages.
const AHEAD: usize = 2;

pub(super) fn stream(ports: ReceivePorts, contact: Contact) -> ContactExport {
    let (sender, receiver) = mpsc::channel(AHEAD);
    tokio::spawn(async move {
        let writer = Writer {
            ports,
            contact,
            pieces: sender.clone(),
        };
        if let Err(Some(error)) = writer.write().await {
            let _ = sender.send(Err(error)).await;
        }
    });
    stream::unfold(receiver, |mut receiver| async {
        receiver.recv().await.map(|piece| (piece, receiver))
    })
    .boxed()
}

struct Writer {
    ports: ReceivePorts,
    contact: Contact,
    pieces: mpsc::Sender<Result<Bytes, ServiceError>>,
}

/// The reason why the export ended early. `None` when nobody reads the pieces any more.
type Ended = Option<ServiceError>;

impl Writer {
    async fn write(&self) -> Result<(), Ended> {
        let contact: ExportedContact = self.contact.clone().into_wire();
        let contact = json(&contact)?;
        self.send(format!(r#"{{"contact":{contact},"conversations":["#))
            .await?;
        let mut page = PageRequest {
            after: None,
            limit: Limit::MAX,
        };
        let mut first = true;
        loop {
            let filter = ConversationFilter {
                contact: Some(self.contact.id),
                ..ConversationFilter::default()
            };
            let conversations = &self.ports.inbox;
            let found = conversations
                .conversations(self.contact.org, filter, page)
                .await
                .map_err(|error| Some(error.into()))?;
            for overview in found.rows {
                let comma = if std::mem::take(&mut first) { "" } else { "," };
                self.conversation(comma, &overview.conversation).await?;
            }
            page.after = found.next;
            if page.after.is_none() {
                break;
            }
        }
        self.send("]}".to_owned()).await
    }

    async fn conversation(&self, comma: &str, conversation: &Conversation) -> Result<(), Ended> {
        let head: ExportedConversation = conversation.clone().into_wire();
        let head = json(&head)?;
        self.send(format!(r#"{comma}{{"conversation":{head},"messages":["#))
            .await?;
        let mut page = PageRequest {
            after: None,
            limit: Limit::default(),
        };
        let mut comma = "";
        loop {
            let found = self
                .ports
                .inbox
                .messages(conversation.org, conversation.id, page)
                .await
                .map_err(|error| Some(error.into()))?;
            let mut piece = String::new();
            for message in found.rows {
                piece.push_str(comma);
                piece.push_str(&json(&wire::form::<ExportedDetail>(message))?);
                comma = ",";
            }
            self.send(piece).await?;
            page.after = found.next;
            if page.after.is_none() {
                break;
            }
        }
        self.send("]}".to_owned()).await
    }

    async fn send(&self, piece: String) -> Result<(), Ended> {
        self.pieces.send(Ok(piece.into())).await.map_err(|_| None)
    }
}

fn json(value: &impl serde::Serialize) -> Result<String, Ended> {
    serde_json::to_string(value).map_err(|error| Some(ServiceError::internal(error)))
}
