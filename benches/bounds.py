#!/usr/bin/env python3
"""What `cargo bench --bench formats -- 'a file'` measured, against the bounds: the quickest sample of parsing a file over the
quickest of counting its newlines; beside it that of the scan, which also folds. Usage: benches/bounds.py [TARGET_FOLDER]   (default: target)"""
import json, pathlib, sys

BOUNDS = {
    "web: nginx combined": 3, "web: JSON access": 6, "web: HAProxy": 5, "web: AWS ALB": 5,
    "app: JSON lines": 6, "app: logfmt": 8, "app: text with a time": 8,
}


def quickest(folder):
    sample = json.loads((folder / "new" / "sample.json").read_text())
    return min(t / n for t, n in zip(sample["times"], sample["iters"]))


def groups(target):
    for file in pathlib.Path(target, "criterion").glob("*/scan/new/benchmark.json"):
        name = json.loads(file.read_text())["group_id"]
        if name.endswith(", a file"):
            yield name.removesuffix(", a file"), file.parents[2]


def speed(ns):
    return f"{(64 << 20) / ns:.2f} GB/s"


print("| lines | newlines | parse | x | at most | | scan | x |\n|---|---|---|---|---|---|---|---|")
missed = False
for name, folder in sorted(groups(sys.argv[1] if len(sys.argv) > 1 else "target")):
    newlines, scan = quickest(folder / "newlines"), quickest(folder / "scan")
    parsed, verdict, bound = "- | -", "", BOUNDS.get(name)
    if (folder / "parse").exists():
        parse = quickest(folder / "parse")
        parsed = f"{speed(parse)} | {parse / newlines:.1f}"
        verdict = "" if bound is None else "good" if parse / newlines <= bound else "missed"
    missed |= verdict == "missed"
    print(f"| {name} | {speed(newlines)} | {parsed} | {bound or '-'} | {verdict} | {speed(scan)} | {scan / newlines:.1f} |")
sys.exit(missed)
