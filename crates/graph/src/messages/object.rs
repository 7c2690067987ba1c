//! The JSON object that each builder of a message is.

use serde_json::Value;

/// Defines types that each are one JSON object of Meta's, built by typed setters.
///
/// They hold the JSON itself and no fields of their own. So a field that Meta adds tomorrow can be set today, and a type
/// costs no generated code.
macro_rules! json_object {
    ($($(#[$meta:meta])* pub struct $name:ident;)+) => {$(
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq)]
        #[must_use = "a builder does nothing until it is part of a request"]
        pub struct $name(::serde_json::Map<String, ::serde_json::Value>);

        impl $name {
            /// Sets a field in Meta's own JSON: one that this crate does not know, or another value for one that it
            /// knows.
            pub fn set(
                mut self,
                field: impl Into<String>,
                value: impl Into<::serde_json::Value>,
            ) -> Self {
                self.0.insert(field.into(), value.into());
                self
            }

            /// Returns the object in Meta's form.
            pub fn to_json(&self) -> ::serde_json::Value {
                ::serde_json::Value::Object(self.0.clone())
            }
        }

        impl From<$name> for ::serde_json::Value {
            fn from(object: $name) -> Self {
                Self::Object(object.0)
            }
        }

        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                ::serde::Serialize::serialize(&self.0, serializer)
            }
        }
    )+};
}

pub(crate) use json_object;

/// Makes a JSON text.
pub(crate) fn text(text: impl Into<String>) -> Value {
    Value::String(text.into())
}

/// Makes a JSON array.
pub(crate) fn list<T: Into<Value>>(items: impl IntoIterator<Item = T>) -> Value {
    items.into_iter().map(Into::into).collect()
}
