//! The search index of contacts: FTS5.

use diesel::{
    QueryResult, sql_query,
    sql_types::{BigInt, Text},
};
use diesel_async::RunQueryDsl as _;
use wabakit_domain::ids::OrgId;

use super::Conn;
use crate::{
    rows::IdRow,
    types::{PUuid, U},
};

/// Looks up contacts that have the grams of one of these texts, up to a limit. Each text has three letters or more.
pub(super) async fn with_grams(
    conn: &mut Conn,
    org: OrgId,
    texts: &[String],
    limit: i64,
) -> QueryResult<Vec<U>> {
    let quoted = |gram: &[char]| {
        let gram: String = gram.iter().collect();
        format!("\"{}\"", gram.replace('"', "\"\""))
    };
    let all = |text: &String| {
        let letters: Vec<char> = text.chars().collect();
        let grams: Vec<String> = letters.windows(3).map(quoted).collect();
        format!("({})", grams.join(" AND "))
    };
    let any: Vec<String> = texts.iter().map(all).collect();
    let query = sql_query(
        "SELECT c.id FROM contact_grams JOIN contact_texts t ON t.id = contact_grams.rowid \
         CROSS JOIN contacts c ON c.id = t.contact_id \
         WHERE contact_grams MATCH ? AND c.org_id = ? LIMIT ?",
    );
    let found: Vec<IdRow> = query
        .bind::<Text, _>(any.join(" OR "))
        .bind::<PUuid, _>(U(org.0))
        .bind::<BigInt, _>(limit)
        .load(conn)
        .await?;
    Ok(found.into_iter().map(|row| row.id).collect())
}
