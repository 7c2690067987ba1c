#![doc = include_str!("../README.md")]

mod config;
mod errors;
mod http;
mod open;
mod store;

pub use config::{
    ACCESS_KEY_ID, MEDIA_STORE, MediaStoreConfig, MediaStoreConfigError, S3Config, S3Credentials,
    SECRET_ACCESS_KEY,
};
pub use open::OpenError;
pub use store::MediaStore;
