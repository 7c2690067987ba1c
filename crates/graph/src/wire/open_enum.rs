//! Enums that keep unknown values.

/// Defines an enum over Meta's words, with `Other` for words that Meta adds later.
macro_rules! open_enum {
    (
        $(#[$meta:meta])*
        pub enum $name:ident {
            $($(#[$variant_meta:meta])* $variant:ident = $wire:literal,)+
        }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$variant_meta])* $variant,)+
            /// A value that this crate does not know, as Meta sent it.
            Other(String),
        }

        impl $name {
            /// Returns the value in Meta's word.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $wire,)+
                    Self::Other(other) => other,
                }
            }
        }

        impl From<String> for $name {
            fn from(value: String) -> Self {
                match value.as_str() {
                    $($wire => Self::$variant,)+
                    _ => Self::Other(value),
                }
            }
        }

        impl From<&str> for $name {
            fn from(value: &str) -> Self {
                Self::from(value.to_owned())
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> Result<Self, D::Error> {
                <String as ::serde::Deserialize>::deserialize(deserializer).map(Self::from)
            }
        }
    };
}

pub(crate) use open_enum;

#[cfg(test)]
mod tests {
    use crate::endpoints::QualityRating;

    #[test]
    fn known_and_unknown_values_survive_a_round_trip() {
        let json = r#"["GREEN","RED","ULTRAVIOLET","green",""]"#;
        let ratings: Vec<QualityRating> = serde_json::from_str(json).unwrap();
        let other = |value: &str| QualityRating::Other(value.to_owned());
        assert_eq!(
            ratings,
            [
                QualityRating::Green,
                QualityRating::Red,
                other("ULTRAVIOLET"),
                other("green"),
                other(""),
            ]
        );
        assert_eq!(serde_json::to_string(&ratings).unwrap(), json);
    }
}
