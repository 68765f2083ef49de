#!/usr/bin/env bash
# Opens the HTML report of every sample, and of logs made for it, in headless Chromium.
#
#   [PICTURES=folder] tests/browser/run.sh CORONER
#
# Wants chromium, node and npm; the two npm packages are those of package-lock.json.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
coroner=$(realpath "$1")
build=$here/build
rm -rf "$build"
mkdir -p "$build/html" "$build/logs"

cd "$here"
[ -d node_modules/axe-core ] && [ -d node_modules/playwright-core ] || npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
node logs.mjs "$build/logs"
for folder in "$here"/../../sample-logs/*/ "$build"/logs/*/; do
    "$coroner" "$folder" -q --html "$build/html/$(basename "$folder").html"
done
node look.mjs "$build"/html/*.html
