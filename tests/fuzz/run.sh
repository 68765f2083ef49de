#!/bin/sh
# Runs one target on its corpus: run.sh TARGET [SECONDS]. A finding is left in findings/ and ends the run.
set -eu
cd "$(dirname "$0")"
host=$(rustc -vV | sed -n 's/^host: //p')
mkdir -p findings
exec "${CARGO_TARGET_DIR:-target}/$host/release/$1" "corpus/$1" -dict=keywords.dict -artifact_prefix=findings/ \
    -max_total_time="${2:-60}" -timeout=10 -rss_limit_mb=1024 -max_len=8192 -print_final_stats=1
