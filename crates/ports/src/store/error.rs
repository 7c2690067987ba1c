use thiserror::Error;

/// The reason why a store failed, by what the caller can do about it.
///
/// Every method of every store can fail with [`Self::Unavailable`] and [`Self::Corrupt`]. The docs of methods name only
/// the other errors.
#[derive(Debug, Error)]
pub enum StoreError {
    /// Another write changed the row since it was read. Read it again and decide again.
    #[error("the row was changed by somebody else")]
    Conflict,
    /// A row with this name, address or number exists already.
    #[error("{0} is there already")]
    Duplicate(&'static str),
    /// The row does not exist.
    #[error("{0} is not there")]
    Missing(&'static str),
    /// The write would break a rule that holds across rows.
    #[error("{0}")]
    Forbidden(&'static str),
    /// The file does not fit into what the org may store.
    #[error("the organisation's files are over its quota")]
    OverQuota,
    /// A row does not decode: another program or a later version wrote it.
    #[error("row {row} of {table} has a {column} that cannot be read")]
    Corrupt {
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
        /// The row's key.
        row: String,
    },
    /// The database did not answer, or the disk is full. Try again later. A write may have been committed all the same,
    /// when only its answer was lost.
    #[error("the database cannot be used now")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl StoreError {
    /// Wraps the driver's error.
    pub fn unavailable(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Unavailable(source.into())
    }
}
