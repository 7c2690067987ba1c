//! Runs the suite of files on the in-memory blobs.

use wabakit_ports::fakes::MemoryBlobs;
use wabakit_store_contract::blob_contract;

blob_contract!(async { (MemoryBlobs::default(), ()) });
