#!/usr/bin/env bash
# Checks every document that $FILES (patterns, separated by blanks) finds; fails as $FAIL_ON says, after all were checked.
set -euo pipefail
shopt -s globstar nullglob
# shellcheck disable=SC2206  # patterns are to be expanded
documents=(${FILES:-docs/postmortems/*.md})
[ "${#documents[@]}" -gt 0 ] || { echo "::notice::no document matches ${FILES//[^a-zA-Z0-9.*\/_ -]/?}"; exit 0; }
worst=0
for document in "${documents[@]}"; do
    coroner audit --as github --fail-on "${FAIL_ON:-error}" -- "$document" ${LOGS:+"$LOGS"} || {
        code=$?
        [ "$code" -le "$worst" ] || worst=$code
    }
done
exit "$worst"
