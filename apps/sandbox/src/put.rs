//! Building JSON objects field by field.

use serde_json::Value;

/// Sets fields of an object.
pub(crate) trait Put {
    /// Sets a field. A value that is not an object stays unchanged.
    fn put(&mut self, name: &str, value: Value);
}

impl Put for Value {
    fn put(&mut self, name: &str, value: Value) {
        if let Value::Object(fields) = self {
            fields.insert(name.to_owned(), value);
        }
    }
}
