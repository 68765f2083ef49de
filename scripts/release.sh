#!/usr/bin/env bash
# Makes what a release consists of, in target/release-files: a static program in a tarball with manual and completions, a .deb,
# the context of the container, an SBOM, checksums.
#   scripts/release.sh [--target TRIPLE] [--binary FILE] [--out DIR] [--quick]
# --binary packs a program that is built already; --quick compresses nothing and asks for no sizes (to try the packing).
# A static program needs nothing of the machine it runs on, so that it runs on the oldest glibc too. Without --target it is linked
# with glibc's archive (libc6-dev); a musl target does where rustup has it.
set -euo pipefail
cd "$(dirname "$0")/.."

target= binary= out=target/release-files quick=
while [ $# -gt 0 ]; do
    case $1 in
        --target) target=$2; shift 2 ;;
        --binary) binary=$(realpath "$2"); shift 2 ;;
        --out) out=$2; shift 2 ;;
        --quick) quick=1; shift ;;
        *) echo "unknown: $1 (see the head of $0)" >&2; exit 2 ;;
    esac
done

host=$(rustc -vV | sed -n 's/^host: //p')
target=${target:-$host}
version=$(sed -n '0,/^version = /s/^version = "\(.*\)"/\1/p' Cargo.toml)
case $target in
    x86_64-*) arch=amd64 ;;
    aarch64-*) arch=arm64 ;;
    *) arch=${target%%-*} ;;
esac
# the time of everything in the packages, so that the same commit gives the same bytes
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || echo 0)}

if [ -z "$binary" ]; then
    rustup target list --installed 2>/dev/null | grep -qx "$target" || [ "$target" = "$host" ] ||
        { echo "the toolchain has no $target (rustup target add $target)" >&2; exit 2; }
    # with --target, so that programs which only build the program are linked as usual
    CARGO_ENCODED_RUSTFLAGS="-Ctarget-feature=+crt-static" cargo build --locked --profile dist --bin coroner --target "$target"
    binary=$(realpath "${CARGO_TARGET_DIR:-target}/$target/dist/coroner")
fi
[ "$("$binary" --version | cut -d' ' -f2)" = "$version" ] || { echo "$binary is not version $version" >&2; exit 2; }

rm -rf "$out"
mkdir -p "$out"
out=$(realpath "$out")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
umask 022

# what all packages hold
tree=$work/coroner-$version-$target
mkdir -p "$tree/completions"
cp "$binary" "$tree/coroner"
strip "$tree/coroner"
chmod 755 "$tree/coroner"
"$binary" man >"$tree/coroner.1"
for shell in bash:coroner.bash zsh:_coroner fish:coroner.fish elvish:coroner.elv powershell:coroner.ps1 nushell:coroner.nu; do
    "$binary" completions "${shell%%:*}" >"$tree/completions/${shell#*:}"
done
cp README.md CHANGELOG.md SECURITY.md LICENSE-APACHE LICENSE-MIT "$tree"
static=
needs() { LC_ALL=C readelf -d "$1" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p'; }
[ -n "$(needs "$tree/coroner")" ] || static=1

packed() { tar --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$SOURCE_DATE_EPOCH" -C "$work" -cf - "$1"; }
level=-9
[ -z "$quick" ] || level=-1
packed "$(basename "$tree")" | gzip -n "$level" >"$out/coroner-$version-$target.tar.gz"

# .deb
deb=$work/deb
put() { install -Dm "$1" "$2" "$deb/$3"; }
put 755 "$tree/coroner" usr/bin/coroner
put 644 "$tree/coroner.1" usr/share/man/man1/coroner.1
gzip -n -9 "$deb/usr/share/man/man1/coroner.1"
put 644 "$tree/completions/coroner.bash" usr/share/bash-completion/completions/coroner
put 644 "$tree/completions/_coroner" usr/share/zsh/vendor-completions/_coroner
put 644 "$tree/completions/coroner.fish" usr/share/fish/vendor_completions.d/coroner.fish
put 644 "$tree/completions/coroner.nu" usr/share/nushell/vendor/autoload/coroner.nu
put 644 "$tree/completions/coroner.elv" usr/share/doc/coroner/completions/coroner.elv
put 644 "$tree/completions/coroner.ps1" usr/share/doc/coroner/completions/coroner.ps1
put 644 README.md usr/share/doc/coroner/README.md
put 644 SECURITY.md usr/share/doc/coroner/SECURITY.md
put 644 CHANGELOG.md usr/share/doc/coroner/changelog
gzip -n -9 "$deb/usr/share/doc/coroner/changelog"
{
    echo "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/"
    echo "Upstream-Name: coroner"
    echo
    echo "Files: *"
    echo "Copyright: the maintainers of coroner"
    echo "License: Apache-2.0 or Expat"
    echo " On Debian systems the Apache License 2.0 is in /usr/share/common-licenses/Apache-2.0."
    echo " The Expat (MIT) license:"
    sed 's/^$/./; s/^/ /' LICENSE-MIT
} >"$work/copyright"
put 644 "$work/copyright" usr/share/doc/coroner/copyright
depends=
if [ -z "$static" ]; then
    newest=$(LC_ALL=C objdump -T "$deb/usr/bin/coroner" | grep -o 'GLIBC_[0-9.]*' | sed 's/GLIBC_//' | sort -uV | tail -n1)
    depends="Depends: libc6 (>= $newest), libgcc-s1"
    echo "linked with glibc $newest or later: not static" >&2
fi
mkdir -p "$deb/DEBIAN"
{
    echo "Package: coroner"
    echo "Version: $version"
    echo "Architecture: $arch"
    echo "Maintainer: The maintainers of coroner <maintainers@localhost>"
    [ -z "$depends" ] || echo "$depends"
    echo "Installed-Size: $(du -sk --apparent-size "$deb/usr" | cut -f1)"
    echo "Section: admin"
    echo "Priority: optional"
    echo "Description: reconstructs what happened in an outage, from its logs"
    echo " coroner reads the logs of an outage and reconstructs what happened: when it"
    echo " began and ended, what changed just before, who was paged, what was done, how"
    echo " many requests failed, and the likely cause, with a citation for every claim."
} >"$deb/DEBIAN/control"
(cd "$deb" && find usr -type f -print0 | sort -z | xargs -0 md5sum) >"$deb/DEBIAN/md5sums"
chmod -R u+rwX,go+rX,go-w "$deb"
how=-Zxz
[ -z "$quick" ] || how=-Znone
dpkg-deb --root-owner-group "$how" --build "$deb" "$out/coroner_${version}_$arch.deb" >/dev/null

# the context of the container: a program alone
if [ -n "$static" ]; then
    mkdir -p "$out/container"
    cp "$tree/coroner" "$out/container/coroner"
    cp packaging/Containerfile "$out/container/Containerfile"
else
    echo "no container: its image is empty, and this program is not static" >&2
fi

scripts/sbom.py "$version" >"$out/coroner-$version.cdx.json"
(cd "$out" && find . -maxdepth 1 -type f ! -name SHA256SUMS -printf '%P\0' | sort -z | xargs -0 sha256sum) >"$work/sums"
mv "$work/sums" "$out/SHA256SUMS"

# sizes that a release keeps
if [ -z "$quick" ]; then
    most() {
        local is; is=$(stat -c %s "$1")
        [ "$is" -le $(($2 * 1000000)) ] || { echo "$1: $is bytes, more than $2 MB" >&2; exit 1; }
    }
    most "$tree/coroner" 25
    most "$out/coroner_${version}_$arch.deb" 8
fi
ls -l "$out" | tail -n +2
