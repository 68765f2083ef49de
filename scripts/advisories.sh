#!/bin/sh
# Known flaws and yanked crates among the dependencies, by cargo-deny and its database (fetched where the network allows).
# Ends with 0 if nothing is known, 1 if something is, 3 if nothing could be asked.
set -eu
cd "$(dirname "$0")/.."
if ! cargo deny --version >/dev/null 2>&1; then
    echo "not asked: cargo-deny is not installed (cargo install --locked cargo-deny)" >&2
    exit 3
fi
if ! cargo deny fetch db >/dev/null 2>&1; then
    if ! ls -d "${CARGO_HOME:-$HOME/.cargo}"/advisory-dbs/*/.git >/dev/null 2>&1; then
        echo "not asked: there is no database of advisories, and it could not be fetched" >&2
        exit 3
    fi
    echo "the database could not be fetched anew; the one that is here is asked" >&2
fi
cargo deny --locked --offline check advisories
