//! The gateway against a server that answers as Meta does.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests fail by panicking"
)]

mod assets;
mod calls;
mod dialog;
mod errors;
mod media;
mod sandbox;
mod sandbox_media;
mod secrets;
mod send;
mod support;
mod tokens;
mod typed;
mod typed_edges;
