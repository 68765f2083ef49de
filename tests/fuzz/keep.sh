#!/bin/sh
# Minimises the corpus of every target and packs it into kept/, which the tests replay: keep.sh [TARGET…]
set -eu
cd "$(dirname "$0")"
host=$(rustc -vV | sed -n 's/^host: //p')
most=500 # inputs of one target
mkdir -p kept
[ "$#" -gt 0 ] || set -- $(cd fuzz_targets && ls | sed 's/\.rs$//')
for target; do
    least=$(mktemp -d)
    "${CARGO_TARGET_DIR:-target}/$host/release/$target" -merge=1 -max_len=4096 -rss_limit_mb=2048 \
        "$least" "corpus/$target" 2>/dev/null
    # the smallest first, in a fixed order and with fixed stamps
    (cd "$least" && ls -Sr | head -n "$most" | sort |
        tar --mtime=@0 --owner=0 --group=0 --numeric-owner -cf - -T -) | zstd -19 -q -f -o "kept/$target.tar.zst"
    echo "$target: $(ls "$least" | wc -l) inputs, $(wc -c <"kept/$target.tar.zst") bytes packed"
    rm -rf "$least"
done
