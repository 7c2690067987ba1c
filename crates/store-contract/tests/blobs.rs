//! The in-memory blobs keep the contract that the adapters keep.

use wabakit_ports::fakes::MemoryBlobs;
use wabakit_store_contract::blob_contract;

blob_contract!(async { (MemoryBlobs::default(), ()) });
