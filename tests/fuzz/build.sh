#!/bin/sh
# Builds all fuzz targets on stable, without cargo-fuzz: the coverage flags that `cargo fuzz build -s none` passes.
# Then: tests/fuzz/seed.sh and tests/fuzz/run.sh TARGET [SECONDS]
set -eu
cd "$(dirname "$0")"
host=$(rustc -vV | sed -n 's/^host: //p')
RUSTFLAGS="-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
-Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
-Cllvm-args=-sanitizer-coverage-trace-compares --cfg fuzzing" \
    cargo build --release --target "$host" "$@"
