//! SQL types that the two engines represent differently, and the values that are stored as them.
//!
//! | type    | PostgreSQL    | SQLite                        |
//! |---------|---------------|-------------------------------|
//! | `PUuid` | `uuid`        | BLOB of 16 bytes              |
//! | `PTime` | `timestamptz` | INTEGER, microseconds of 1970 |
//! | `PJson` | `jsonb`       | TEXT                          |
//!
//! The wrappers are needed because neither the trait nor `uuid::Uuid` is ours.

use diesel::{
    deserialize::FromSqlRow, expression::AsExpression, query_builder::QueryId, sql_types::SqlType,
};
use uuid::Uuid;
use wabakit_domain::Time;

/// A UUID.
#[derive(Clone, Copy, Debug, Default, QueryId, SqlType)]
#[diesel(
    postgres_type(oid = 2950, array_oid = 2951),
    sqlite_type(name = "Binary")
)]
pub struct PUuid;

/// A point in time, to the microsecond.
#[derive(Clone, Copy, Debug, Default, QueryId, SqlType)]
#[diesel(
    postgres_type(oid = 1184, array_oid = 1185),
    sqlite_type(name = "Long")
)]
pub struct PTime;

/// A JSON document.
#[derive(Clone, Copy, Debug, Default, QueryId, SqlType)]
#[diesel(
    postgres_type(oid = 3802, array_oid = 3807),
    sqlite_type(name = "Text")
)]
pub struct PJson;

/// A stored UUID.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, AsExpression, FromSqlRow)]
#[diesel(sql_type = PUuid)]
pub struct U(pub Uuid);

/// A stored time, truncated to microseconds.
#[derive(Clone, Copy, PartialEq, Eq, Debug, AsExpression, FromSqlRow)]
#[diesel(sql_type = PTime)]
pub struct T(pub Time);

/// A stored JSON document, as text. The code that knows the row parses it, so that its error can name the row.
#[derive(Clone, PartialEq, Eq, Debug, AsExpression, FromSqlRow)]
#[diesel(sql_type = PJson)]
pub struct J(pub String);

mod sqlite {
    use diesel::{
        deserialize::{self, FromSql},
        serialize::{self, IsNull, Output, ToSql},
        sql_types::{BigInt, Binary, Text},
        sqlite::{Sqlite, SqliteValue},
    };
    use uuid::Uuid;
    use wabakit_domain::Time;

    use super::{J, PJson, PTime, PUuid, T, U};

    impl ToSql<PUuid, Sqlite> for U {
        fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
            <[u8] as ToSql<Binary, Sqlite>>::to_sql(self.0.as_bytes(), out)
        }
    }
    impl FromSql<PUuid, Sqlite> for U {
        fn from_sql(value: SqliteValue<'_, '_, '_>) -> deserialize::Result<Self> {
            let bytes = <Vec<u8> as FromSql<Binary, Sqlite>>::from_sql(value)?;
            Ok(Self(Uuid::from_slice(&bytes)?))
        }
    }
    impl ToSql<PTime, Sqlite> for T {
        fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
            out.set_value(self.0.timestamp_micros());
            Ok(IsNull::No)
        }
    }
    impl FromSql<PTime, Sqlite> for T {
        fn from_sql(value: SqliteValue<'_, '_, '_>) -> deserialize::Result<Self> {
            let micros = <i64 as FromSql<BigInt, Sqlite>>::from_sql(value)?;
            Time::from_timestamp_micros(micros)
                .map(Self)
                .ok_or_else(|| "a time out of range".into())
        }
    }
    impl ToSql<PJson, Sqlite> for J {
        fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
            <str as ToSql<Text, Sqlite>>::to_sql(&self.0, out)
        }
    }
    impl FromSql<PJson, Sqlite> for J {
        fn from_sql(value: SqliteValue<'_, '_, '_>) -> deserialize::Result<Self> {
            <String as FromSql<Text, Sqlite>>::from_sql(value).map(Self)
        }
    }
}

mod postgres {
    use std::io::Write as _;

    use diesel::{
        deserialize::{self, FromSql},
        pg::{Pg, PgValue},
        serialize::{self, IsNull, Output, ToSql},
    };
    use uuid::Uuid;
    use wabakit_domain::Time;

    use super::{J, PJson, PTime, PUuid, T, U};

    /// PostgreSQL counts from the year 2000.
    const EPOCH_MICROS: i64 = 946_684_800_000_000;
    /// The only version of jsonb's binary form.
    const JSONB_VERSION: u8 = 1;

    impl ToSql<PUuid, Pg> for U {
        fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
            out.write_all(self.0.as_bytes())?;
            Ok(IsNull::No)
        }
    }
    impl FromSql<PUuid, Pg> for U {
        fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
            Ok(Self(Uuid::from_slice(value.as_bytes())?))
        }
    }
    impl ToSql<PTime, Pg> for T {
        fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
            let micros = self.0.timestamp_micros() - EPOCH_MICROS;
            out.write_all(&micros.to_be_bytes())?;
            Ok(IsNull::No)
        }
    }
    impl FromSql<PTime, Pg> for T {
        fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
            i64::from_be_bytes(value.as_bytes().try_into()?)
                .checked_add(EPOCH_MICROS)
                .and_then(Time::from_timestamp_micros)
                .map(Self)
                .ok_or_else(|| "a time out of range".into())
        }
    }
    impl ToSql<PJson, Pg> for J {
        fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
            out.write_all(&[JSONB_VERSION])?;
            out.write_all(self.0.as_bytes())?;
            Ok(IsNull::No)
        }
    }
    impl FromSql<PJson, Pg> for J {
        fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
            match value.as_bytes().split_first() {
                Some((&JSONB_VERSION, text)) => Ok(Self(String::from_utf8(text.to_vec())?)),
                _ => Err("an unknown version of jsonb".into()),
            }
        }
    }
}
