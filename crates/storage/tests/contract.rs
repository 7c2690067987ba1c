//! The suite that every store must pass, on both engines.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]

mod common;

mod sqlite {
    wabakit_ports::store_contract!(crate::common::sqlite());
}

mod postgres {
    wabakit_ports::store_contract!(crate::common::postgres());
}
