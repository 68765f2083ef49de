#!/usr/bin/env bash
# Holds the script to the report of one run: as it is, with children that kill themselves, and stopped in the middle.
# usage: test.sh PROGRAM
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
program=$(realpath "$1")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
logs=$here/../../sample-logs/auth-upgrade
"$program" "$logs" --json "$work/one.json" -q --no-config
"$program" plan "$logs" --split 20KB -o "$work/logs.plan" --no-config

same() {
    "$program" report "$work/$1.cor" --json "$work/$1.json" -q --no-config
    cmp "$work/one.json" "$work/$1.json"
    echo "$1: the same report from $(grep -c . "$work/logs.plan") rows"
}

CORONER=$program "$here/coroner-parallel.sh" "$work/logs.plan" "$work/plain.cor" -j2
same plain

# One start in eight ends at once, by a signal that nobody can catch.
cat >"$work/frail" <<END
#!/usr/bin/env bash
if [ "\$1" = summarize ] && [ \$((RANDOM % 8)) -eq 0 ]; then kill -9 \$\$; fi
exec "$program" "\$@"
END
chmod +x "$work/frail"
CORONER=$work/frail "$here/coroner-parallel.sh" "$work/logs.plan" "$work/frail.cor" -j2
same frail

# A child that always fails ends the job; started again with one that works, it reads the rest.
printf '#!/usr/bin/env bash\ncase "$*" in *"--row 3 "*) exit 74;; esac\nexec %q "$@"\n' "$program" >"$work/broken"
chmod +x "$work/broken"
if CORONER=$work/broken "$here/coroner-parallel.sh" "$work/logs.plan" "$work/again.cor" -j2 2>/dev/null; then
    echo "a failed row went unnoticed" >&2
    exit 1
fi
CORONER=$program "$here/coroner-parallel.sh" "$work/logs.plan" "$work/again.cor" -j2
same again
