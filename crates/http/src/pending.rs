//! Stands in until the domain explains errors.
pub(crate) mod explain {
    pub(crate) struct E { pub(crate) cause: &'static str, pub(crate) action: &'static str, pub(crate) retry_safe: bool, pub(crate) who: Who }
    pub(crate) struct Who;
    impl Who { pub(crate) fn as_str(&self) -> &'static str { "business" } }
    pub(crate) fn explain(_: i64) -> E { E { cause: "", action: "", retry_safe: false, who: Who } }
}
