#!/bin/bash
# The current tree against another commit: CPU time (user + system) of the whole job, interleaved, and whether both write
# the same report. Usage: benches/against.sh [COMMIT] [ROUNDS] [SIZE]   (default: HEAD~1 7 512M)
set -euo pipefail
cd "$(dirname "$0")/.."
commit=$(git rev-parse --verify "${1:-HEAD~1}^{commit}")
rounds=${2:-7}
size=${3:-512M}
folder=$(mktemp -d)
trap 'git worktree remove --force "$folder/tree" 2>/dev/null || true; rm -rf "$folder"' EXIT

cargo build --profile dist --quiet
cargo build --release --quiet --manifest-path sim/Cargo.toml --bin bulk
target=${CARGO_TARGET_DIR:-target}
cp "$target/dist/coroner" "$folder/now"
cp "${CARGO_TARGET_DIR:-sim/target}/release/bulk" "$folder/bulk"
git worktree add --quiet --detach "$folder/tree" "$commit"
(cd "$folder/tree" && CARGO_TARGET_DIR="$folder/target" cargo build --profile dist --quiet)
cp "$folder/target/dist/coroner" "$folder/then"
rm -rf "$folder/target"

# cpu COMMAND…: user + system seconds
cpu() {
    local TIMEFORMAT='%U %S' used
    used=$({ time "$@" >/dev/null 2>&1; } 2>&1)
    awk '{ printf "%.3f\n", $1 + $2 }' <<<"$used"
}
least() { sort -n "$1" | head -1; }

echo "then: $(git log -1 --format='%h %s' "$commit"); now: $(git describe --always --dirty); load $(cut -d' ' -f1-3 /proc/loadavg)"
for kind in combined json app; do
    file=$folder/$kind.log
    "$folder/bulk" "$kind" "$size" >"$file"
    job=("$file" --mmap always -q -j1 --json -)
    same=same
    cmp -s <("$folder/then" "${job[@]}" 2>/dev/null) <("$folder/now" "${job[@]}" 2>/dev/null) || same='NOT the same'
    rm -f "$folder"/*.cpu
    for _ in $(seq "$rounds"); do
        cpu wc -l "$file" >>"$folder/wc.cpu"
        cpu "$folder/then" "${job[@]}" >>"$folder/then.cpu"
        cpu "$folder/now" "${job[@]}" >>"$folder/now.cpu"
    done
    awk -v k="$kind" -v w="$(least "$folder/wc.cpu")" -v a="$(least "$folder/then.cpu")" -v b="$(least "$folder/now.cpu")" -v s="$same" \
        'BEGIN { printf "%-9s wc %.3f s  then %.3f s (x wc %.2f)  now %.3f s (x wc %.2f)  now/then %.3f  reports %s\n", k, w, a, a / w, b, b / w, b / a, s }'
    rm -f "$file"
done
