#!/usr/bin/env bash
# Builds, runs coroner on every drill of a folder and scores the reports, in one go:
#   scripts/score-drills.sh DRILLS_DIR [options of score.py, as --verbose]
# A drill is DRILLS_DIR/NAME/logs with DRILLS_DIR/NAME/truth.json; DRILLS_DIR/score.py compares the reports with them.
set -euo pipefail
if [ $# -lt 1 ] || [ ! -f "$1/score.py" ]; then
    echo "usage: $0 DRILLS_DIR [OPTIONS OF score.py]   (DRILLS_DIR holds score.py and NAME/logs)" >&2
    exit 2
fi
drills=$(cd "$1" && pwd)
shift
cd "$(dirname "$0")/.."
cargo build --release --locked
program="${CARGO_TARGET_DIR:-target}/release/coroner"
reports=$(mktemp -d)
trap 'rm -rf "$reports"' EXIT
for logs in "$drills"/*/logs; do
    name=$(basename "$(dirname "$logs")")
    mkdir "$reports/$name"
    "$program" "$logs" --quiet --json "$reports/$name/report.json" || echo "$name: exit code $?" >&2
done
python3 "$drills/score.py" "$drills" "$reports" "$@"
