#!/usr/bin/env bash
# The gallery of the book: reports on samples, and with --picture the picture in the README (needs Chromium).
#   scripts/gallery.sh [--picture] [PROGRAM [FOLDER]]
set -euo pipefail
picture=
if [ "${1-}" = --picture ]; then picture=1; shift; fi
coroner=$(realpath "${1:-target/release/coroner}")
out=${2:-$(dirname "$0")/../docs/src/gallery}
mkdir -p "$out"
out=$(realpath "$out")
cd "$(dirname "$0")/.."
export LC_ALL=C.UTF-8
for case in upgrade-outage auth-upgrade power-overload mixed-clocks quiet-day; do
    "$coroner" "sample-logs/$case" --no-config --quiet --force --html "$out/$case.html" --md "$out/$case.md"
done
[ -n "$picture" ] || exit 0

# left what a terminal shows, right what a browser shows, of the same logs
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$coroner" sample-logs/upgrade-outage --no-config --color always --width 80 >"$work/screen.ansi"
python3 - "$work/screen.ansi" "$out/upgrade-outage.html" >"$work/page.html" <<'PY'
import html, re, sys

def spans(text):
    """SGR sequences as spans; whatever else is escaped is left out."""
    colours = dict(zip(range(30, 38), "#1c1f26 #ff7b72 #7ee787 #e3b341 #79c0ff #d2a8ff #76e3ea #e6edf3".split()))
    colours.update({c + 60: v for c, v in list(colours.items())})
    bold = dim = False
    colour = None
    for piece in re.split(r"(\x1b\[[0-9;]*m)", text):
        code = re.fullmatch(r"\x1b\[([0-9;]*)m", piece)
        if not code:
            if piece:
                style = ("font-weight:700;" if bold else "") + ("opacity:.6;" if dim else "")
                style += f"color:{colour};" if colour else ""
                yield f'<span style="{style}">{html.escape(piece)}</span>'
            continue
        numbers = [int(n or 0) for n in code[1].split(";")]
        if numbers[:2] == [38, 5]:
            n = numbers[2]
            if n < 16:
                colour = colours[30 + n % 8]
            elif n < 232:
                n -= 16
                colour = "rgb(%d,%d,%d)" % tuple((0, 95, 135, 175, 215, 255)[i] for i in (n // 36, n // 6 % 6, n % 6))
            else:
                colour = "rgb(%d,%d,%d)" % ((8 + 10 * (n - 232),) * 3)
            continue
        for n in numbers:
            if n == 0:
                bold = dim = False
                colour = None
            elif n == 1:
                bold = True
            elif n == 2:
                dim = True
            elif n == 22:
                bold = dim = False
            elif n == 39:
                colour = None
            elif n in colours:
                colour = colours[n]

screen = "".join(spans(open(sys.argv[1]).read()))
print(f"""<!doctype html><meta charset="utf-8"><style>
body {{ margin: 0; background: #d8dde6; width: 1600px; height: 1000px; overflow: hidden; font: 15px sans-serif }}
.window {{ position: absolute; top: 24px; height: 952px; border-radius: 10px; overflow: hidden; box-shadow: 0 8px 30px #0004 }}
.bar {{ height: 34px; line-height: 34px; padding: 0 14px; color: #57606a; background: #f0f2f5 }}
.screen {{ left: 24px; width: 720px; background: #0d1117 }}
.screen .bar {{ background: #21262d; color: #9da7b3 }}
pre {{ margin: 12px 16px; font: 13.6px/1.27 "DejaVu Sans Mono", monospace; color: #e6edf3 }}
.page {{ left: 768px; width: 808px; background: #fff }}
iframe {{ border: 0; width: 1080px; height: 1230px; transform: scale(.748); transform-origin: 0 0 }}
</style>
<div class="window screen"><div class="bar">$ coroner sample-logs/upgrade-outage</div><pre>{screen}</pre></div>
<div class="window page"><div class="bar">coroner sample-logs/upgrade-outage --html report.html</div>
<iframe src="file://{sys.argv[2]}"></iframe></div>""")
PY
chromium --headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking \
    --disable-component-update --disable-sync --hide-scrollbars --allow-file-access-from-files \
    --user-data-dir="$work/profile" --window-size=1600,1000 --screenshot="$work/shot.png" "file://$work/page.html" 2>/dev/null >&2
cp "$work/shot.png" "$out/first-look.png"
# a picture of text needs few colours
if command -v pngquant >/dev/null; then pngquant --force --output "$out/first-look.png" 64 "$work/shot.png"; fi
