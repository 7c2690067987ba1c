//! Building JSON objects field by field.

use serde_json::Value;

/// Sets fields of an object.
pub(crate) trait Put {
    /// Sets a field. What is no object stays as it is.
    fn put(&mut self, name: &str, value: Value);
}

impl Put for Value {
    fn put(&mut self, name: &str, value: Value) {
        if let Value::Object(fields) = self {
            fields.insert(name.to_owned(), value);
        }
    }
}
