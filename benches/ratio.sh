#!/bin/bash
# The whole job on a big log against `wc -l` on the same file: CPU time (user + system) of interleaved runs, how much sooner
# two threads end than one, and the anonymous memory, also of every eighth line of the same time; beside it `hl`, where it is
# installed, on application lines. Three generators that share no code write the same three kinds; the worst and the median of
# all ratios come last.
# Usage: benches/ratio.sh [SIZE] [ROUNDS] [KIND…]   (default: 1G 7)
# Without kinds: access lines, JSON access and application lines of all three. Other kinds are those of `bulk` alone.
set -euo pipefail
cd "$(dirname "$0")/.."
size=${1:-1G}
rounds=${2:-7}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

cargo build --profile dist --quiet
cargo build --release --quiet --manifest-path sim/Cargo.toml --bin bulk
target=${CARGO_TARGET_DIR:-target}
coroner=$target/dist/coroner
bulk=${CARGO_TARGET_DIR:-sim/target}/release/bulk

# spent COMMAND…: user + system seconds, and those by the clock
spent() {
    local TIMEFORMAT='%U %S %R' used
    used=$({ time "$@" >/dev/null 2>&1; } 2>&1)
    awk '{ printf "%.3f %.3f\n", $1 + $2, $3 }' <<<"$used"
}

# figures FILE COLUMN: minimum and median of a column of numbers
figures() {
    sort -n -k "$2,$2" "$1" | awk -v c="$2" '{ v[NR] = $c } END { printf "%s %s\n", v[1], v[int((NR + 1) / 2)] }'
}

# anonymous FILE: highest RssAnon in KiB of five runs, looked at all the time without starting a process
anonymous() {
    local pid most=0 name size rest
    for _ in 1 2 3 4 5; do
        "$coroner" "$1" --mmap always -q -j1 --json - >/dev/null 2>&1 &
        pid=$!
        while kill -0 "$pid" 2>/dev/null; do
            while read -r name size rest; do
                [ "$name" = RssAnon: ] && [ "$size" -gt "$most" ] && most=$size
            done <"/proc/$pid/status"
        done 2>/dev/null
        wait "$pid" || true
    done
    echo "$most"
}

compare() {
    local file=$1 j
    rm -f "$folder"/*.spent
    wc -l "$file" >/dev/null
    for _ in $(seq "$rounds"); do
        spent wc -l "$file" >>"$folder/wc.spent"
        for j in 1 2; do
            spent "$coroner" "$file" --mmap always -q "-j$j" --json - >>"$folder/j$j.spent"
        done
        spent "$coroner" "$file" --mmap never -q -j1 --json - >>"$folder/read.spent"
        if [[ $file == *app.log ]] && command -v hl >/dev/null; then
            spent hl -P -l error "$file" >>"$folder/hl.spent"
        fi
    done
    local wc_min wc_median min median name
    read -r wc_min wc_median < <(figures "$folder/wc.spent" 1)
    printf '%s (%s bytes)\n' "$(basename "$file")" "$(stat -c %s "$file")"
    printf '  %-24s min %7s s  median %7s s\n' 'wc -l' "$wc_min" "$wc_median"
    for name in j1 j2 read hl; do
        [ -s "$folder/$name.spent" ] || continue
        read -r min median < <(figures "$folder/$name.spent" 1)
        awk -v n="${name/#hl/hl -P -l error}" -v a="$min" -v b="$median" -v c="$wc_min" -v d="$wc_median" \
            'BEGIN { printf "  %-24s min %7s s  median %7s s  x wc %.2f (min) %.2f (median)\n", n, a, b, a / c, b / d }'
        [ "$name" != j1 ] || awk -v f="$(basename "$file" .log)" -v a="$min" -v c="$wc_min" 'BEGIN { printf "%.2f %s\n", a / c, f }' >>"$folder/ratios"
    done
    local one two whole part
    read -r one _ < <(figures "$folder/j1.spent" 2)
    read -r two _ < <(figures "$folder/j2.spent" 2)
    awk -v a="$one" -v b="$two" 'BEGIN { printf "  %-24s %.3f s and %.3f s: %.2f times as fast\n", "by the clock, j1 and j2", a, b, a / b }'
    whole=$(anonymous "$file")
    awk 'NR % 8 == 0' "$file" >"$folder/eighth"
    part=$(anonymous "$folder/eighth")
    awk -v a="$whole" -v b="$part" \
        'BEGIN { printf "  %-24s %d KiB; of every eighth line %d KiB: x %.3f\n", "anonymous memory (j1)", a, b, a / b }'
}

uname -sm
grep -m1 'model name' /proc/cpuinfo || true
echo "rounds: $rounds; load: $(cut -d' ' -f1-3 /proc/loadavg)"
# made NAME COMMAND…: what is said of a file that is freshly written
made() {
    local file=$folder/$1.log
    "${@:2}" >"$file"
    compare "$file"
    rm "$file"
}
kinds=("${@:3}")
others=()
[ ${#kinds[@]} -gt 0 ] || kinds=(combined json app) others=(heavy steady)
for kind in "${kinds[@]}"; do
    made "bulk-$kind" "$bulk" "$kind" "$size"
    for by in "${others[@]}"; do
        made "$by-$kind" python3 "benches/generators/$by.py" "$kind" "$size"
    done
done
sort -rn "$folder/ratios" | awk '{ r[NR] = $1; n[NR] = $2 } END { printf "x wc -l, -j1: worst %s (%s), median %s, best %s (%s)\n", r[1], n[1], r[int((NR + 1) / 2)], r[NR], n[NR] }'
