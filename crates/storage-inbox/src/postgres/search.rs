//! The search index of contacts: GIN.

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
    // There are at most three texts. A repeated text costs no more than one.
    let text = |place: usize| texts.get(place).or(texts.first()).cloned();
    let query = sql_query(
        "SELECT id FROM contacts WHERE contact_grams(org_id, search) @> contact_grams($1, $2) \
         OR contact_grams(org_id, search) @> contact_grams($1, $3) \
         OR contact_grams(org_id, search) @> contact_grams($1, $4) LIMIT $5",
    );
    let found: Vec<IdRow> = query
        .bind::<PUuid, _>(U(org.0))
        .bind::<Text, _>(text(0).unwrap_or_default())
        .bind::<Text, _>(text(1).unwrap_or_default())
        .bind::<Text, _>(text(2).unwrap_or_default())
        .bind::<BigInt, _>(limit)
        .load(conn)
        .await?;
    Ok(found.into_iter().map(|row| row.id).collect())
}
