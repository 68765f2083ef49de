#!/usr/bin/env python3
"""Scores what is read of logs of release and change tools:  scripts/release_tools.py PROGRAM FOLDER [--verbose]

tests/data/release_tools.tar.xz holds one log a tool, written as the tool prints it by people who did not know this program, and what a
strict reader takes from it. A row is right if its kind is that of what is expected and its time within five seconds, or its line the same.
Rows of acts beside what is expected are wrong. docs/src/limits.md counts the first report on each; this one shows how it stands since."""
import json
import os
import subprocess
import sys
import tarfile
from datetime import datetime

# the kinds of rows that are right for a kind of truth
KINDS = {
    "deploy_start": "deploy_start version_change", "deploy_finish": "deploy_finish deploy_fail version_change",
    "rollback_start": "rollback_start migration_rollback",
    "rollback_finish": "rollback_finish rollback_fail migration_rollback version_change",
    "config_change": "config_change human_note", "feature_flag": "feature_flag", "migration_start": "migration_start",
    "migration_finish": "migration_finish migration_rollback", "restart": "restart service_start config_change", "scale": "scale",
    "service_stop": "service_stop", "service_start": "service_start restart",
    "deploy": "deploy_start deploy_finish deploy_fail version_change",
    "rollback": "rollback_start rollback_finish rollback_fail deploy_start deploy_finish migration_rollback",
    "migration": "migration_start migration_finish migration_rollback", "flag_change": "feature_flag config_change",
    "page": "alert_fired alert_escalated", "ack": "alert_acknowledged", "resolve": "alert_resolved", "failover": "failover",
    "mitigation": "mitigation_start mitigation_finish config_change human_note", "maintenance": "maintenance_start maintenance_finish",
    "other_change": "deploy_start deploy_finish config_change restart human_note scale mitigation_start migration_start migration_finish",
}
KINDS["any"] = " ".join(KINDS.values())
ACTS = {k for kinds in KINDS.values() for k in kinds.split()} - {"human_note"}


def seconds(text):
    return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def rows(program, logs):
    files = [os.path.join(at, f) for at, _, names in os.walk(logs) for f in sorted(names)]
    run = [program, *files, "--tz", "+00:00", "--json", "-", "--quiet"]
    report = json.loads(subprocess.run(run, check=True, capture_output=True).stdout)
    all_rows = report["timeline"] + [r for i in report["incidents"] for r in i["timeline"]]
    return list({(r["time"], r["kind"], r["text"]): r for r in all_rows}.values())


def fits(marker, row):
    lines = [e["line"] for e in row["evidence"]]
    at = marker.get("utc") and row["time"] and abs(seconds(marker["utc"]) - seconds(row["time"])) <= 5
    near = 0 if marker.get("utc") and row["time"] else 2
    return row["kind"] in KINDS[marker["kind"]].split() and (at or any(abs(n - marker["line"]) <= near for n in lines))


def main():
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    program, folder, verbose = os.path.abspath(sys.argv[1]), sys.argv[2], sys.argv[3:] == ["--verbose"]
    with tarfile.open(os.path.join(os.path.dirname(__file__), "..", "tests", "data", "release_tools.tar.xz")) as archive:
        archive.extractall(folder, filter="data")
    sums = [0, 0, 0]
    for name in sorted(os.listdir(os.path.join(folder, "tools"))):
        place = os.path.join(folder, "tools", name)
        with open(os.path.join(place, "expect.json")) as f:
            markers = json.load(f)["markers"]
        found = rows(program, os.path.join(place, "logs"))
        wanted = [m for m in markers if m.get("required")]
        missed = [m for m in wanted if not any(fits(m, r) for r in found)]
        wrong = [r for r in found if r["kind"] in ACTS and not any(fits(m, r) for m in markers)]
        sums = [a + b for a, b in zip(sums, (len(wanted), len(wanted) - len(missed), len(wrong)))]
        print(f"{name}: {len(wanted) - len(missed)} of {len(wanted)}, wrong {len(wrong)}")
        for m in missed if verbose else []:
            print(f"    missed {m['kind']} {m['utc']} line {m['line']}")
        for r in wrong if verbose else []:
            print(f"    wrong {r['kind']} {r['time']} {r['text'][:90]}")
    print(f"{sums[1]} of {sums[0]} found, {sums[2]} rows wrong")


if __name__ == "__main__":
    main()
