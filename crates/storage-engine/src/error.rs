//! Errors: [`SetupError`] when a database cannot be opened, [`Fault`] inside a query. A fault becomes a [`StoreError`]
//! for the caller.

use std::path::PathBuf;

use diesel::result::{DatabaseErrorKind, Error as DieselError};
use thiserror::Error;
use wabakit_ports::store::StoreError;

/// Why a database cannot be opened or brought up to date. Each text is one sentence for the operator of the server.
#[derive(Debug, Error)]
pub enum SetupError {
    /// The URL's scheme is not one of ours, or its engine is not compiled in.
    #[error("the database URL must begin with sqlite:, postgres: or postgresql:")]
    Scheme,
    /// The URL does not say where the database is.
    #[error("the database URL cannot be used: {0}")]
    Url(String),
    /// The folder of the SQLite file does not exist.
    #[error("the folder {0} for the SQLite file does not exist")]
    Folder(PathBuf),
    /// The file is not a database, or is damaged.
    #[error(
        "the file {0} is not a database that SQLite can use ({1}): restore it from a backup, or move it away to begin anew"
    )]
    NotADatabase(PathBuf, String),
    /// Another server uses the SQLite file.
    #[error(
        "another server uses the SQLite file {0}: stop it first, or use PostgreSQL to run several servers"
    )]
    InUse(PathBuf),
    /// The address leads to a pooler that lends its connections by transaction.
    #[error(
        "it leads to a pooler that lends connections for one transaction each, such as PgBouncer with \
         pool_mode=transaction, where sessions do not keep their settings, locks and prepared statements: use \
         pool_mode=session, or the database's own address"
    )]
    Pooler,
    /// A later version of this program has changed the schema.
    #[error(
        "the database's schema is newer than this program (it has {0}): \
         start the version that made it, or a later one"
    )]
    Newer(String),
    /// A migration failed, and was rolled back.
    #[error("the database's schema cannot be brought up to date: {0}")]
    Migration(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The database does not answer, or refuses us.
    #[error("the database cannot be opened: {0}")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl SetupError {
    pub(crate) fn unavailable(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Unavailable(source.into())
    }
}

/// Why a query failed: the port's error, or the driver's.
#[derive(Debug)]
pub enum Fault {
    /// The port's error.
    Store(StoreError),
    /// The driver's error.
    Database(DieselError),
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<DieselError> for Fault {
    fn from(error: DieselError) -> Self {
        Self::Database(error)
    }
}

impl Fault {
    /// Tells whether the server closed the connection, now or before.
    pub(crate) fn is_lost_connection(&self) -> bool {
        match self {
            Self::Database(DieselError::DatabaseError(kind, info)) => match kind {
                DatabaseErrorKind::UnableToSendCommand | DatabaseErrorKind::ClosedConnection => {
                    true
                }
                // The driver does not pass on the SQLSTATE (57P01), so the message decides. It is in English unless the
                // server is set otherwise.
                _ => info.message().starts_with("terminating connection"),
            },
            _ => false,
        }
    }

    /// Tells whether the transaction was rolled back only because of a concurrent one.
    pub(crate) fn is_lost_race(&self) -> bool {
        match self {
            Self::Database(DieselError::DatabaseError(kind, info)) => match kind {
                DatabaseErrorKind::SerializationFailure => true,
                // This is SQLSTATE 40P01.
                _ => info.message() == "deadlock detected",
            },
            _ => false,
        }
    }
}

impl From<Fault> for StoreError {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Store(error) => error,
            Fault::Database(DieselError::DatabaseError(kind, info)) => match kind {
                DatabaseErrorKind::UniqueViolation => Self::Duplicate("a row with this key"),
                DatabaseErrorKind::ForeignKeyViolation => {
                    Self::Missing("a row that this one stands on")
                }
                DatabaseErrorKind::CheckViolation | DatabaseErrorKind::NotNullViolation => {
                    Self::Forbidden("the row would break a rule of its table")
                }
                _ => Self::unavailable(info.message().to_owned()),
            },
            Fault::Database(
                error @ (DieselError::DeserializationError(_) | DieselError::SerializationError(_)),
            ) => Self::Corrupt {
                table: "the database",
                column: "value",
                row: error.to_string(),
            },
            Fault::Database(error) => Self::unavailable(error),
        }
    }
}

/// Replaces a violated constraint by the operation's own error. The kind of constraint decides, because SQLite does not
/// name it.
pub trait Violation<T> {
    /// Replaces the violation of a unique constraint by `what`.
    ///
    /// # Errors
    /// `what` for that violation, and the driver's error for any other.
    fn or_duplicate(self, what: StoreError) -> Result<T, Fault>;
    /// Replaces the violation of a foreign key by `what`.
    ///
    /// # Errors
    /// `what` for that violation, and the driver's error for any other.
    fn or_unrelated(self, what: StoreError) -> Result<T, Fault>;
}

impl<T> Violation<T> for Result<T, DieselError> {
    fn or_duplicate(self, what: StoreError) -> Result<T, Fault> {
        self.map_err(|error| name(error, DatabaseErrorKind::UniqueViolation, what))
    }
    fn or_unrelated(self, what: StoreError) -> Result<T, Fault> {
        self.map_err(|error| name(error, DatabaseErrorKind::ForeignKeyViolation, what))
    }
}

fn name(error: DieselError, named: DatabaseErrorKind, what: StoreError) -> Fault {
    match (&error, named) {
        (
            DieselError::DatabaseError(DatabaseErrorKind::UniqueViolation, _),
            DatabaseErrorKind::UniqueViolation,
        )
        | (
            DieselError::DatabaseError(DatabaseErrorKind::ForeignKeyViolation, _),
            DatabaseErrorKind::ForeignKeyViolation,
        ) => Fault::Store(what),
        _ => Fault::Database(error),
    }
}
