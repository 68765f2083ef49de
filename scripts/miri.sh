#!/usr/bin/env bash
# Runs the tests of what reads bytes (times, text, access lines, JSON without allocation, and the vector code's plain
# twins) under Miri, which finds reads outside of a line and other undefined behaviour. Slow: properties run a few cases each.
# Another filter: scripts/miri.sh format::web::w3c
set -euo pipefail
cd "$(dirname "$0")/.."

if ! cargo +nightly miri --version >/dev/null 2>&1; then
    echo "not run: this toolchain has no Miri (rustup toolchain install nightly --component miri)"
    exit 0
fi
# no files are read or written by these tests; proptest would keep failing cases in some
export PROPTEST_CASES="${PROPTEST_CASES:-4}" PROPTEST_DISABLE_FAILURE_PERSISTENCE=true
export MIRIFLAGS="${MIRIFLAGS:--Zmiri-disable-isolation}"
filters=("$@")
[ "${#filters[@]}" -gt 0 ] || filters=(time:: vector:: text::settle format::flat_json format::web::clf)
# without the feature `fast` the plain twins are used, which Miri knows on every machine
cargo +nightly miri test --locked -p coroner-lines --lib --no-default-features -- "${filters[@]}"
