//! The in-memory blobs keep the contract that the adapters keep.

use wabakit_ports::{blob::MemoryBlobs, blob_contract};

blob_contract!(async { (MemoryBlobs::default(), ()) });
