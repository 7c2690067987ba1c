//! The in-memory store keeps every rule that the databases keep.

use wabakit_ports::{memory::MemoryStore, store_contract};

store_contract!(async { (MemoryStore::default(), ()) });
