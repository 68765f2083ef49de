#!/usr/bin/env bash
# Passes all tests: formatting, clippy with warnings denied (of benchmarks too), every Rust test, docs.
# Installs what is missing on a fresh Debian machine; says at the end what was skipped and why.
set -euo pipefail
cd "$(dirname "$0")"

# The same sequences for every property each time, so that a change fails by what it changed and not by chance. Another number,
# or PROPTEST_CASES=10000, looks further (CONTRIBUTING.md).
export PROPTEST_RNG_SEED="${PROPTEST_RNG_SEED:-20261122}"

# In a clean clone nothing is built a second time and nobody steps through it: what the next build could start from, and tables of
# lines, would only cost time.
if ! [ -d "${CARGO_TARGET_DIR:-target}/debug" ]; then
    export CARGO_INCREMENTAL="${CARGO_INCREMENTAL:-0}" CARGO_PROFILE_DEV_DEBUG="${CARGO_PROFILE_DEV_DEBUG:-false}"
fi

skipped=()
step() { printf '\n== %s (after %d min %d s)\n' "$*" $((SECONDS / 60)) $((SECONDS % 60)); }

# A C compiler and linker, for zstd-sys and for rustc itself; curl for the Rust installer.
need_packages() {
    local missing=()
    command -v cc >/dev/null || missing+=(gcc libc6-dev)
    command -v cargo >/dev/null || [ -x "$HOME/.cargo/bin/cargo" ] || missing+=(curl ca-certificates)
    [ "${#missing[@]}" -eq 0 ] && return
    local as_root=()
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null || { echo "missing: ${missing[*]}; install them as root and start again" >&2; exit 2; }
        as_root=(sudo)
    fi
    command -v apt-get >/dev/null || { echo "missing: ${missing[*]}; install them (there is no apt-get here) and start again" >&2; exit 2; }
    step "installing ${missing[*]}"
    "${as_root[@]}" apt-get update -q
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends "${missing[@]}"
}

# The Rust toolchain: at least the rust-version of Cargo.toml.
need_rust() {
    command -v cargo >/dev/null || PATH="$HOME/.cargo/bin:$PATH"
    if ! command -v cargo >/dev/null; then
        step "installing Rust (rustup, stable)"
        curl -sSf https://sh.rustup.rs | sh -s -- -y --profile minimal -c rustfmt -c clippy
        PATH="$HOME/.cargo/bin:$PATH"
    fi
    local want have
    want=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml)
    have=$(rustc --version | cut -d' ' -f2)
    if [ "$(printf '%s\n' "$want" "${have%%-*}" | sort -V | head -n1)" != "$want" ]; then
        echo "Rust $have is too old: $want or later is needed (rustup update stable)" >&2
        exit 2
    fi
}

# A part of the toolchain that may be absent where Rust came from a distribution.
have_part() {
    cargo "$1" --version >/dev/null 2>&1 && return
    if command -v rustup >/dev/null && rustup component add "$2" >/dev/null 2>&1; then return; fi
    skipped+=("$3: cargo $1 is not installed")
    return 1
}

# What renders reports in tests: Chromium with Node for HTML, cmark-gfm for Markdown; GNU parallel, an engine; and what tries
# packages.
install_tools() {
    local missing=()
    command -v chromium >/dev/null || missing+=(chromium)
    command -v cmark-gfm >/dev/null || missing+=(cmark-gfm)
    command -v node >/dev/null || missing+=(nodejs)
    command -v npm >/dev/null || missing+=(npm)
    command -v parallel >/dev/null || missing+=(parallel)
    command -v python3 >/dev/null || missing+=(python3)
    command -v git >/dev/null || missing+=(git)
    [ "${#missing[@]}" -eq 0 ] && return
    local as_root=()
    [ "$(id -u)" -eq 0 ] || as_root=(sudo)
    step "installing ${missing[*]}"
    "${as_root[@]}" apt-get update -q &&
        "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends "${missing[@]}"
}

# Whether HTML can be looked at; says what is skipped if not.
need_tools() {
    local tool
    for tool in chromium node npm; do
        command -v "$tool" >/dev/null || { skipped+=("HTML in a browser: no $tool"); return 1; }
    done
}

need_packages
need_rust
install_tools || true
command -v cmark-gfm >/dev/null || skipped+=("Markdown in a renderer: no cmark-gfm")
rustc --version

if have_part fmt rustfmt formatting; then
    step "formatting"
    cargo fmt --all --check
    (cd sim && cargo fmt --check)
fi
if have_part clippy clippy clippy; then
    step "clippy, of the benchmarks too"
    cargo clippy --locked --workspace --all-targets -- -D warnings
    (cd sim && cargo clippy --locked --all-targets -- -D warnings)
fi
if cargo deny --version >/dev/null 2>&1; then
    step "licences, doubled versions and sources of the dependencies"
    cargo deny --locked check licenses bans sources
else
    skipped+=("licences and sources of the dependencies: cargo-deny is not installed")
fi
# The plain twins that are used then are held against the faster ways by the tests below.
step "what is left without the feature fast"
cargo check --locked --workspace --no-default-features
step "tests"
cargo test --locked --workspace
if need_tools; then
    step "HTML reports in Chromium"
    # the program lies there since the tests of its command line
    tests/browser/run.sh "${CARGO_TARGET_DIR:-target}/debug/coroner"
fi
if command -v parallel >/dev/null; then
    step "shared work with GNU parallel"
    integrations/parallel/test.sh "${CARGO_TARGET_DIR:-target}/debug/coroner"
else
    skipped+=("shared work with GNU parallel: it is not installed")
fi
if command -v python3 >/dev/null; then
    step "recipes that hand incidents on, against a stand-in"
    integrations/pages/test.py "${CARGO_TARGET_DIR:-target}/debug/coroner"
    step "manifests for Kubernetes, against its schema"
    integrations/kubernetes/test.py "${CARGO_TARGET_DIR:-target}/debug/coroner" || {
        [ $? -eq 77 ] || exit 1
        skipped+=("manifests for Kubernetes: python3 has no yaml here")
    }
    step "the journal, stopped and started again"
    integrations/systemd/test.py "${CARGO_TARGET_DIR:-target}/debug/coroner" || {
        [ $? -eq 77 ] || exit 1
        skipped+=("the journal: systemd-journal-remote is not installed")
    }
    step "a real nginx through rsyslog and syslog-ng"
    integrations/test-syslog.py "${CARGO_TARGET_DIR:-target}/debug/coroner" || {
        [ $? -eq 77 ] || exit 1
        skipped+=("nginx through rsyslog and syslog-ng: they are not installed")
    }
else
    skipped+=("recipes that hand incidents on, and nginx through rsyslog and syslog-ng: they need python3")
fi
if command -v python3 >/dev/null && command -v dpkg-deb >/dev/null && command -v git >/dev/null; then
    step "packages, action and hook"
    packaging/test.sh "${CARGO_TARGET_DIR:-target}/debug/coroner"
else
    skipped+=("packages, action and hook: they need python3, dpkg-deb and git")
fi
step "tests of the sample generator"
(cd sim && cargo test --locked)
step "documentation"
RUSTDOCFLAGS="-D warnings" cargo doc --locked --workspace --no-deps

[ "$(id -u)" -ne 0 ] || skipped+=("an unreadable file as such (root reads everything; a folder in a file's place is tested instead)")
printf '\nall passed; '
if [ "${#skipped[@]}" -eq 0 ]; then
    echo "nothing was skipped"
else
    printf 'skipped: %s' "${skipped[0]}"
    [ "${#skipped[@]}" -eq 1 ] || printf '; %s' "${skipped[@]:1}"
    echo
fi
