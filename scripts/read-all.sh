#!/bin/sh
# Reads every file under the given folders on its own and prints per file: lines, share understood, formats.
#   scripts/read-all.sh PROGRAM FOLDER...
# Ends with 1 if the program crashed or hung, or if lines of a file are not all accounted for.
set -u
program=$1
shift
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
find "$@" -type f | sort > "$out/files"
while IFS= read -r file; do
    timeout 60 "$program" "$file" --no-config --json "$out/report.json" > "$out/screen" 2> "$out/said"
    code=$?
    case $code in
        0 | 2) ;;
        *) echo "CRASH $code $file: $(head -n 1 "$out/said")"; echo "$file" >> "$out/bad"; continue ;;
    esac
    if [ ! -f "$out/report.json" ]; then
        printf '%8s %6s  %-40s %s\n' - - "$(head -n 1 "$out/said" | cut -c 1-60)" "$file"
        continue
    fi
    python3 - "$out/report.json" "$file" << 'PY' || echo "$file" >> "$out/bad"
import json, sys
report = json.load(open(sys.argv[1]))
wrong = False
for i in report["inputs"]:
    lines = i["lines"]
    wrong |= lines != i["parsed"] + i["continuation"] + i["unparsed"] + i["out_of_range"]
    share = (lines - i["unparsed"]) / lines if lines else 1
    name = sys.argv[2] if not i["member"] else sys.argv[2] + " " + i["member"]
    print("%8d %5.1f%%  %-40s %s" % (lines, 100 * share, i["format"][:40], name))
sys.exit(wrong)
PY
    rm -f "$out/report.json"
done < "$out/files"
if [ -s "$out/bad" ]; then
    echo "not accounted for, or ended badly:"
    cat "$out/bad"
    exit 1
fi
