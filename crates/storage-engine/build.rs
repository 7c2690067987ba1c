//! Rebuilds the crate when a migration is added or changed, because migrations are embedded.

fn main() {
    println!("cargo:rerun-if-changed=../../migrations");
}
