#!/usr/bin/env python3
"""What `cargo bench --bench formats -- 'a file'` measured, against the bounds: the quickest sample of the scan of a file over
the quickest of counting its newlines. Usage: benches/bounds.py [TARGET_FOLDER]   (default: target)"""
import json, pathlib, sys

BOUNDS = {
    "web: nginx combined": 3, "web: JSON access": 6, "web: HAProxy": 5, "web: AWS ALB": 5,
    "app: JSON lines": 6, "app: logfmt": 8, "app: time level message": 8,
}


def quickest(folder):
    sample = json.loads((folder / "new" / "sample.json").read_text())
    return min(t / n for t, n in zip(sample["times"], sample["iters"]))


def groups(target):
    for file in pathlib.Path(target, "criterion").glob("*/scan/new/benchmark.json"):
        name = json.loads(file.read_text())["group_id"]
        if name.endswith(", a file"):
            yield name.removesuffix(", a file"), file.parents[2]


print("| lines | newlines | scan | x | at most | |\n|---|---|---|---|---|---|")
missed = False
for name, folder in sorted(groups(sys.argv[1] if len(sys.argv) > 1 else "target")):
    newlines, scan = quickest(folder / "newlines"), quickest(folder / "scan")
    ratio, bound = scan / newlines, BOUNDS.get(name)
    speed = [f"{(64 << 20) / t:.2f} GB/s" for t in (newlines, scan)]
    verdict = "" if bound is None else "good" if ratio <= bound else "missed"
    missed |= verdict == "missed"
    print(f"| {name} | {speed[0]} | {speed[1]} | {ratio:.1f} | {bound or '-'} | {verdict} |")
sys.exit(missed)
