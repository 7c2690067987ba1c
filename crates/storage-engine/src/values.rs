//! Converts single values: checks them before they are stored, and names the cell of a stored value that does not read.

use serde::{
    Serialize,
    de::{DeserializeOwned, IntoDeserializer as _},
};
use uuid::Uuid;
use wabakit_domain::identity::TokenHash;
use wabakit_ports::store::StoreError;
use wabakit_stored::Stored;

use crate::types::J;

const NUL: StoreError = StoreError::Forbidden("text with a NUL character");

/// Checks a text. PostgreSQL refuses NUL, so neither engine gets it.
///
/// # Errors
/// [`StoreError::Forbidden`] for text with a NUL.
pub fn text(text: &str) -> Result<String, StoreError> {
    if text.contains('\0') {
        return Err(NUL);
    }
    Ok(text.to_owned())
}

/// Checks an optional text.
///
/// # Errors
/// The same as of [`text`].
pub fn opt_text(value: Option<&str>) -> Result<Option<String>, StoreError> {
    value.map(text).transpose()
}

/// Serialises a value for a JSON column. PostgreSQL refuses an escaped NUL there, so neither engine gets it.
///
/// # Errors
/// [`StoreError::Forbidden`] for a string with a NUL; [`StoreError::Unavailable`] when the value cannot be serialised.
pub fn json(value: &impl Stored) -> Result<J, StoreError> {
    let document = value.to_json().map_err(StoreError::unavailable)?;
    if has_escaped_nul(&document) {
        return Err(NUL);
    }
    Ok(J(document))
}

/// Serialises a value for a text column, which SQL does not look into: it may hold an escaped NUL.
///
/// # Errors
/// [`StoreError::Unavailable`] when the value cannot be serialised.
pub fn document(value: &impl Stored) -> Result<String, StoreError> {
    value.to_json().map_err(StoreError::unavailable)
}

/// Serialises a value without fields to its name.
///
/// # Errors
/// [`StoreError::Unavailable`] when the value does not serialise to a name.
pub fn word(value: &impl Serialize) -> Result<String, StoreError> {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => Ok(word),
        Ok(_) => Err(StoreError::unavailable("it has no name")),
        Err(error) => Err(StoreError::unavailable(error)),
    }
}

/// Tells whether a string in this document holds `\u0000`, and not an escaped backslash before the letters u0000.
fn has_escaped_nul(document: &str) -> bool {
    let mut rest = document;
    while let Some((_, escaped)) = rest.split_once('\\') {
        if escaped.starts_with("u0000") {
            return true;
        }
        // Skips the escaped character, so that `\\u0000` does not count.
        let mut letters = escaped.chars();
        letters.next();
        rest = letters.as_str();
    }
    false
}

/// The place of a stored value. Every method that reads a value fails with [`StoreError::Corrupt`], which names this
/// place.
#[derive(Clone, Copy, Debug)]
pub struct Cell {
    table: &'static str,
    column: &'static str,
    row: Uuid,
}

impl Cell {
    /// Makes the error of a value that does not read.
    #[must_use]
    pub fn corrupt(self) -> StoreError {
        StoreError::Corrupt {
            table: self.table,
            column: self.column,
            row: self.row.to_string(),
        }
    }
    /// Unwraps a parsed value.
    pub fn parsed<V>(self, value: Option<V>) -> Result<V, StoreError> {
        value.ok_or_else(|| self.corrupt())
    }
    /// Reads a value from a JSON column.
    pub fn json<V: Stored>(self, document: &J) -> Result<V, StoreError> {
        V::from_json(&document.0).map_err(|_| self.corrupt())
    }
    /// Reads a value from a text column with a JSON document.
    pub fn document<V: Stored>(self, document: &str) -> Result<V, StoreError> {
        V::from_json(document).map_err(|_| self.corrupt())
    }
    /// Reads a value that [`word`] wrote.
    pub fn word<V: DeserializeOwned>(self, word: &str) -> Result<V, StoreError> {
        V::deserialize(word.into_deserializer())
            .map_err(|_: serde::de::value::Error| self.corrupt())
    }
    /// Reads the 32 bytes of a hash.
    pub fn bytes32(self, bytes: &[u8]) -> Result<[u8; 32], StoreError> {
        bytes.try_into().map_err(|_| self.corrupt())
    }
    /// Reads the hash of a token.
    pub fn hash(self, bytes: &[u8]) -> Result<TokenHash, StoreError> {
        self.bytes32(bytes).map(TokenHash)
    }
}

/// Returns a function that makes the cells of one row, by column.
pub fn row(table: &'static str, row: Uuid) -> impl Fn(&'static str) -> Cell + Copy {
    move |column| Cell { table, column, row }
}
