# Everyday recipes over `cargo xtask`.

# List the recipes
default:
    @just --list

# Start Wabakit and its sandbox: just demo --release --json
demo *options:
    cargo xtask demo {{options}}

# Install what is missing, then run every check
test:
    cargo xtask test

# Format, lints and types only
check:
    cargo xtask check

# Format the Rust sources
fmt:
    cargo xtask fmt

# Build the dashboard where it is stale
dashboard:
    cargo xtask dashboard

# Write docs/openapi.json and the dashboard's client anew
openapi:
    cargo xtask openapi

# Run a long proof, or list them
prove *name:
    cargo xtask prove {{name}}
