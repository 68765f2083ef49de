#!/usr/bin/env python3
"""Scores reports on outages that nobody had seen who wrote this program:  scripts/unseen.py PROGRAM FOLDER

tests/data/unseen.tar.xz holds their generators, each with what is true of its outage. They were written by people who knew the
stacks and not this program; its first report on each is what docs/src/limits.md counts, this one shows how it stands since.
tests/data/recorded.tar.xz and those numbered after it hold logs of programs that ran and were broken, taken and told in the same way; some of a quiet day (bg1 to bg5 were written and not run).
Makes FOLDER/NAME/logs and FOLDER/NAME/truth.json where they are not there yet (20 MB each), and prints a line per outage: how far the
onset is off, the first cause with its score, and whether it is of an accepted class and names what was to be named."""
import glob
import json
import os
import subprocess
import sys
import tarfile
from datetime import datetime

# what truth calls a class, in this program's words
CLASSES = {
    "bad_deploy": "deploy", "config_reload": "config", "bad_config": "config", "credential": "config", "permission": "config",
    "bad_migration": "migration", "flag_change": "feature_flag", "dependency_db_down": "database", "dependency_cache_down": "cache", "db_lock": "lock",
    "db_pool_exhausted": "connection_pool", "resource_leak": "connection_pool", "queue": "cache overload",
    "limit": "connection_pool overload database memory",
    "disk_full": "disk", "oom": "memory", "memory_leak": "memory", "third_party_down": "third_party", "dns_failure": "dns",
    "tls_expired": "certificate", "process_down": "crash", "power_loss": "power", "hardware_failure": "host", "host_loss": "host",
    "traffic_spike": "overload", "network_unreachable": "unreachable",
}


def made(folder):
    """Unpacks the generators and runs those that were not yet."""
    data = os.path.join(os.path.dirname(__file__), "..", "tests", "data", "unseen.tar.xz")
    with tarfile.open(data) as archive:
        for member in archive.getmembers():
            name = os.path.basename(member.name).removesuffix(".py")
            place = os.path.join(folder, name)
            if not member.isfile() or os.path.exists(os.path.join(place, "truth.json")):
                continue
            os.makedirs(place, exist_ok=True)
            with open(os.path.join(place, "gen.py"), "wb") as out:
                out.write(archive.extractfile(member).read())
            subprocess.run([sys.executable, "gen.py"], cwd=place, check=True, stdout=subprocess.DEVNULL)
    for packed in sorted(glob.glob(data.replace("unseen.tar", "recorded*.tar"))):
        with tarfile.open(packed) as archive:
            for member in archive.getmembers():
                member.name = member.name.removeprefix("recorded/")
                if member.isfile() and not os.path.exists(os.path.join(folder, member.name)):
                    archive.extract(member, folder, filter="data")
    return sorted(n for n in os.listdir(folder) if os.path.exists(os.path.join(folder, n, "truth.json")))


def seconds(text):
    return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def judged(cause, truth):
    """Whether a cause is of an accepted class and names what was to be named."""
    accepted = {c for true in truth["cause_accept"] + [truth["cause_class"]] for c in CLASSES.get(true, true).split()}
    named = cause.get("culprit") or {}
    named = f"{named.get('name') or ''} {named.get('service') or ''}".lower()
    return cause["class"] in accepted, any(n.lower() in named for n in truth["culprit"]["any_of"])


def line(program, place):
    """What one report says, and whether its first cause is right."""
    with open(os.path.join(place, "truth.json")) as f:
        incidents = json.load(f)["incidents"]
    run = [program, "logs", "--json", "-", "--quiet"]
    report = json.loads(subprocess.run(run, cwd=place, check=True, capture_output=True).stdout)
    if not incidents:
        return "a quiet day", not report["incidents"]
    if not report["incidents"]:
        return "no incident", False
    truth = incidents[0]
    found = min(report["incidents"], key=lambda i: abs(seconds(i["onset"]) - truth["onset_epoch"]))
    first = found["causes"][0]
    kind, name = judged(first, truth)
    refused = found["cause_verdict"] == "not_established" or first["class"] == "unknown"
    called = (first.get("culprit") or {}).get("name")
    off = seconds(found["onset"]) - truth["onset_epoch"]
    verdict = "refused" if refused else f"class {'right' if kind else 'wrong'}, name {'right' if name else 'wrong'}"
    return f"onset {off:+.0f} s; {first['class']} {first['score']:.2f} {called}: {verdict}", kind and name and not refused


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    program, folder = os.path.abspath(sys.argv[1]), sys.argv[2]
    os.makedirs(folder, exist_ok=True)
    right = 0
    names = made(folder)
    for name in names:
        said, is_right = line(program, os.path.join(folder, name))
        right += is_right
        print(f"{name}: {said}")
    print(f"{right} of {len(names)} first causes right")


if __name__ == "__main__":
    main()
