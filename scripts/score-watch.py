#!/usr/bin/env python3
"""How soon `coroner watch` says what recorded outages were, by the time in their logs.

    scripts/score-watch.py DRILLS [PROGRAM]

DRILLS/NAME holds logs/ and truth.json (`incidents[].onset_epoch`). The access log of the edge is read through standard
input as fast as it can be. A suspicion counts for an incident when it is told between 5 s before its onset and its recovery;
any other one, and every one of a quiet drill, is a false alarm (told apart: those that were retracted).
"""
import datetime
import gzip
import json
import pathlib
import subprocess
import sys


def edge(folder):
    found = sorted(p for p in folder.rglob("*") if "access" in p.name and p.is_file())
    # earlier generations first
    found.sort(key=lambda p: -int("".join(c for c in p.name.split(".log")[-1] if c.isdigit()) or 0))
    return b"".join(gzip.decompress(p.read_bytes()) if p.suffix == ".gz" else p.read_bytes() for p in found)


def epoch(text):
    return datetime.datetime.fromisoformat(text).timestamp()


def main():
    drills = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".")
    program = sys.argv[2] if len(sys.argv) > 2 else "target/release/coroner"
    found = sorted(drills.glob("*/truth.json"))
    if not found:
        sys.exit(f"no DRILLS/NAME/truth.json in {drills}: give the folder that holds the drills first, then the program")
    suspected, opened, false, retracted = [], [], 0, 0
    print("| drill | suspected after | opened after | other suspicions (retracted) |\n|---|---:|---:|---:|")
    for truth_path in found:
        truth = json.loads(truth_path.read_text())
        out = subprocess.run(
            [program, "watch", "-", "--json"], input=edge(truth_path.parent / "logs"), capture_output=True, check=True
        )
        events = [json.loads(line) for line in out.stdout.splitlines()]
        held = {e["incident"] for e in events if e["event"] == "retraction"}
        told = [e for e in events if e["event"] == "incident_suspected"]
        used, first, second = set(), [], []
        for made in truth["incidents"]:
            onset, end = made["onset_epoch"], made.get("recovered_epoch") or float("inf")
            mine = [e for e in told if onset - 5 <= epoch(e["seen_at"]) <= end + 60 and e["incident"] not in held]
            began = [e for e in events if e["event"] == "incident_open" and onset - 5 <= epoch(e["seen_at"]) <= end + 600]
            used |= {e["seq"] for e in mine}
            first.append(epoch(mine[0]["seen_at"]) - onset if mine else None)
            second.append(epoch(began[0]["seen_at"]) - onset if began else None)
        others = [e for e in told if e["seq"] not in used]
        false += len(others)
        retracted += sum(e["incident"] in held for e in others)
        suspected += first
        opened += second
        show = lambda all: ", ".join("never" if x is None else f"{x:.0f} s" for x in all) or "–"
        gone = sum(e["incident"] in held for e in others)
        print(f"| {truth_path.parent.name} | {show(first)} | {show(second)} | {len(others)} ({gone}) |")
    for name, all in (("suspected", suspected), ("opened", opened)):
        known = sorted(x for x in all if x is not None)
        at = lambda share: known[min(len(known) - 1, int(share * len(known)))]
        print(f"\n{name}: {len(known)} of {len(all)}; median {at(0.5):.0f} s, p95 {at(0.95):.0f} s, largest {known[-1]:.0f} s")
    print(f"other suspicions: {false}, of which {retracted} were retracted")


if __name__ == "__main__":
    main()
