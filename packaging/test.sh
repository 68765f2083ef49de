#!/usr/bin/env bash
# Tries what scripts/release.sh makes, with a program that is built already: packing, the .deb installed in a clean root, run by
# an ordinary user and removed again; the action and the pre-commit hook in a repository of their own.
#   packaging/test.sh PROGRAM
set -euo pipefail
program=$(realpath "$1")
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
ok() { printf '  %s\n' "$*"; }
fail() { echo "packages: $*" >&2; exit 1; }

scripts/release.sh --binary "$program" --quick --out "$work/out" >"$work/made" 2>&1 || { cat "$work/made" >&2; exit 1; }
(cd "$work/out" && sha256sum --quiet -c SHA256SUMS)
tar tzf "$work"/out/coroner-*.tar.gz >"$work/listed"
grep -q completions/coroner.nu "$work/listed" || fail "the tarball lacks completions"
python3 - "$work"/out/coroner-*.cdx.json <<'PY'
import json, sys
bom = json.load(open(sys.argv[1]))
names = {c["name"] for c in bom["components"]}
assert bom["bomFormat"] == "CycloneDX" and {"nom", "clap", "zstd-sys"} <= names, names
assert "criterion" not in names, "what only tests need is not in the program"
assert all("hashes" in c and "licenses" in c for c in bom["components"])
PY
ok "tarball, .deb, SBOM and checksums are made"

# a root with nothing but a shell's libraries, and a database of packages that knows only these
if [ "$(id -u)" -eq 0 ] && command -v dpkg >/dev/null; then
    root=$work/root
    mkdir -p "$root"/var/lib/dpkg/{info,updates} "$root"/{tmp,usr/bin,usr/lib,usr/sbin} "$root/var/log"
    ln -s usr/lib "$root/lib"
    ln -s usr/lib "$root/lib64"
    : >"$root/var/lib/dpkg/available"
    dpkg-query -s libc6 libgcc-s1 >"$root/var/lib/dpkg/status"
    chmod 1777 "$root/tmp"
    # a static program needs none
    { ldd "$program" 2>/dev/null | grep -o '/[^ ]*' || true; } | while read -r library; do
        install -D "$(realpath "$library")" "$root/usr/lib/$(basename "$library")"
    done
    find "$root" -path "$root/var/lib/dpkg" -prune -o -path "$root/tmp" -prune -o ! -type d -print | sort >"$work/before"
    deb=$(echo "$work"/out/*.deb)
    dpkg --root="$root" --log=/dev/null --force-script-chrootless -i "$deb" >"$work/installed" 2>&1 || { cat "$work/installed" >&2; exit 1; }
    for file in bin/coroner share/man/man1/coroner.1.gz share/bash-completion/completions/coroner \
        share/zsh/vendor-completions/_coroner share/fish/vendor_completions.d/coroner.fish share/doc/coroner/copyright; do
        [ -s "$root/usr/$file" ] || fail "the .deb lacks $file"
    done
    # an ordinary user
    seen=$(cd / && chroot --userspec=65534:65534 "$root" /usr/bin/coroner demo /tmp/demo) || fail "the demo does not run"
    grep -q "INCIDENT  shop: 5xx for 7 min" <<<"$seen" || fail "the demo shows something else"
    dpkg --root="$root" --log=/dev/null --force-script-chrootless -r coroner >"$work/removed" 2>&1 || { cat "$work/removed" >&2; exit 1; }
    find "$root" -path "$root/var/lib/dpkg" -prune -o -path "$root/tmp" -prune -o ! -type d -print | sort | diff "$work/before" - || fail "the .deb leaves something behind"
    ok "the .deb installs in a clean root, the demo runs as an ordinary user, nothing is left behind"
    if [ -d "$work/out/container" ]; then
        mkdir -p "$work/empty/tmp"
        chmod 1777 "$work/empty/tmp"
        cp "$work/out/container/coroner" "$work/empty/coroner"
        chroot --userspec=65534:65534 "$work/empty" /coroner demo /tmp/demo >/dev/null || fail "not alone on an empty image"
        ok "the program runs alone on an empty image"
    fi
else
    ok "skipped: the .deb in a clean root (needs root and dpkg)"
fi

# a manual page and completions that their readers take
tar xzf "$work"/out/coroner-*.tar.gz -C "$work"
if command -v man >/dev/null; then
    said=$(LC_ALL=C.UTF-8 MANWIDTH=80 man --warnings -l "$work"/coroner-*/coroner.1 2>&1 >/dev/null)
    [ -z "$said" ] || fail "the manual page: $said"
fi
bash -n "$work"/coroner-*/completions/coroner.bash || fail "completions of bash are no bash"
ok "the manual page and completions are read without a warning"

# the action and the hook, in a repository of their own
mkdir -p "$work/bin" "$work/repository/docs/postmortems"
ln -s "$program" "$work/bin/coroner"
PATH=$work/bin:$PATH
cd "$work/repository"
git init -q .
cat >docs/postmortems/good.md <<'MD'
# Shop down

On 2023-05-01, from 13:05 to 13:35 UTC, 1,200 requests to the shop failed. It lasted 30 minutes.

## Timeline (UTC)

| time | event |
|---|---|
| 13:00 | Deploy of 4.12.0 begins |
| 13:05 | Outage begins |
| 13:10 | Pager alerts the on-call team |
| 13:12 | On-call acknowledges |
| 13:20 | Rollback begins |
| 13:34 | Rollback done |
| 13:35 | 100 % of traffic back |
MD
sed 's/It lasted 30 minutes/It lasted 3 hours/' docs/postmortems/good.md >docs/postmortems/bad.md
git add .
here=$OLDPWD
# the steps of the action, as a runner would run them
python3 - "$here/action.yml" >"$work/steps" <<'PY'
import re, sys
text = open(sys.argv[1]).read()
steps = re.findall(r"^      run: (.*)$", text, re.M)
assert len(steps) == 2, steps
print("set -e")
for s in steps:
    print(s[1:-1] if s[0] == '"' else s)
PY
action() { GITHUB_ACTION_PATH=$here FILES=$1 FAIL_ON=error LOGS='' bash "$work/steps"; }
action 'docs/postmortems/good.md' >"$work/good" || { cat "$work/good"; fail "the action fails a sound document"; }
if action 'docs/**/*.md' >"$work/bad"; then fail "the action passes a document that contradicts itself"; fi
grep -q '^::error file=docs/postmortems/bad.md,line=' "$work/bad" || fail "no annotation: $(cat "$work/bad")"
ok "the action annotates and fails as it should"

# the hook, with pre-commit's own way of calling it: the entry, split as a shell does, and the files behind it
entry=$(sed -n 's/^  entry: //p' "$here/.pre-commit-hooks.yaml" | sort -u)
[ "$(wc -l <<<"$entry")" -eq 1 ] || fail "two hooks that do not do the same"
eval "$entry docs/postmortems/good.md" >/dev/null || fail "the hook fails a sound document"
if eval "$entry docs/postmortems/bad.md docs/postmortems/good.md" >/dev/null 2>&1; then fail "the hook passes a bad document"; fi
ok "the pre-commit hook fails as it should"
