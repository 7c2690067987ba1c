//! The messages that others quote.

use std::collections::{BTreeSet, HashMap};

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use wabakit_domain::{
    ids::{ConversationId, MessageId, Wamid},
    message::Message,
};

use super::Conn;
use crate::among::AmongValues as _;
use crate::{error::Fault, schema::all_of_messages as messages, types::U, values::text};

/// Finds the quoted messages that were not there yet when the quoting ones were stored: they came later, such as with
/// an import. One statement, and none where nothing is missing.
pub(super) async fn fill(conn: &mut Conn, found: &mut [Message]) -> Result<(), Fault> {
    type Row = (U, U, Option<String>, Option<String>);
    let (mut wamids, mut tokens) = (BTreeSet::new(), BTreeSet::new());
    let open = found.iter().filter(|message| message.quoted.is_none());
    for wamid in open.filter_map(Message::quotes) {
        wamids.insert(text(wamid.as_str())?);
        tokens.extend(wamid.token());
    }
    if wamids.is_empty() {
        return Ok(());
    }
    let by_id = messages::wamid.among(Vec::from_iter(wamids));
    let by_token = messages::wamid_token.among(Vec::from_iter(tokens));
    let rows: Vec<Row> = messages::table
        .filter(by_id.or(by_token))
        .select((
            messages::id,
            messages::conversation_id,
            messages::wamid,
            messages::wamid_token,
        ))
        .load(conn)
        .await?;
    let mut known: HashMap<(ConversationId, String), MessageId> = HashMap::new();
    for (id, conversation, wamid, token) in rows {
        let names = wamid.into_iter().chain(token);
        known.extend(names.map(|name| ((ConversationId(conversation.0), name), MessageId(id.0))));
    }
    for message in found.iter_mut().filter(|message| message.quoted.is_none()) {
        let Some(wamid) = message.quotes() else {
            continue;
        };
        let names = [Some(wamid.as_str().to_owned()), Wamid::token(wamid)];
        let names = names.into_iter().flatten();
        message.quoted = names
            .filter_map(|name| known.get(&(message.conversation, name)).copied())
            .next();
    }
    Ok(())
}
