#!/usr/bin/env python3
"""Kills a watch at random moments while its folder is written and rotated, and counts what the last one read.

    scripts/kill-watch.py CORONER [KILLS] [LINES_PER_SECOND]

One process writes numbered lines to two logs and rotates them by name, by copy and truncation, and packs what is older;
between these, `coroner watch FOLDER --state` is started and killed (SIGKILL, every fifth time SIGTERM). At the end the report
of the last watch must have as many lines as were written. Exit code 1 where it has not.
"""
import gzip, json, os, random, shutil, signal, subprocess, sys, tempfile, threading, time

coroner, kills, rate = sys.argv[1], int((sys.argv[2:] or [50])[0]), int((sys.argv[3:] or [5000])[0])
top = tempfile.mkdtemp()
logs = os.path.join(top, "in")
os.mkdir(logs)
done, written, turns = threading.Event(), 0, {"rename": 0, "copy": 0, "gzip": 0}


def rotate(log):
    for n in range(300, 0, -1):
        for end in ("", ".gz"):
            if os.path.exists(f"{log}.{n}{end}"):
                os.rename(f"{log}.{n}{end}", f"{log}.{n + 1}{end}")
    how = random.choice(["rename", "copy"])
    turns[how] += 1
    if how == "rename":
        os.rename(log, log + ".1")
    else:
        shutil.copy(log, log + ".1")
        os.truncate(log, 0)
    old = f"{log}.{random.choice([2, 3])}"
    if os.path.exists(old):
        with open(old, "rb") as a, gzip.open(old + ".gz", "wb") as b:
            shutil.copyfileobj(a, b)
        os.remove(old)
        turns["gzip"] += 1


def write():
    global written
    last = time.time()
    while not done.is_set():
        for name in ("app.log", "db.log"):
            log = os.path.join(logs, name)
            with open(log, "a") as f:
                # every file begins alike
                if f.tell() == 0:
                    f.write("2026-03-10T10:00:00Z INFO started\n" * 20)
                    written += 20
                for _ in range(rate // 40):
                    written += 1
                    f.write(f"2026-03-10T{10 + written // 3600000:02}:{written // 60000 % 60:02}:{written // 1000 % 60:02}Z INFO line {written:09}\n")
        if time.time() - last > 1.5:
            last = time.time()
            rotate(os.path.join(logs, random.choice(["app.log", "db.log"])))
        time.sleep(0.05)


def start():
    at = os.path.join(top, "r.json")
    command = [coroner, "watch", logs, "-q", "--state", os.path.join(top, "state"), "-o", at, "--force"]
    return subprocess.Popen(command, stderr=subprocess.PIPE)


# the first one finds nothing that it would not know again
w = start()
while not os.path.exists(os.path.join(top, "state")):
    if not threading.enumerate()[1:]:
        threading.Thread(target=write).start()
    time.sleep(0.05)
for n in range(kills):
    time.sleep(random.uniform(0.2, 3.0))
    w.send_signal(signal.SIGTERM if n % 5 == 4 else signal.SIGKILL)
    w.wait()
    time.sleep(random.choice([0, 0, 1.0]))
    w = start()
done.set()
while threading.enumerate()[1:]:
    time.sleep(0.05)
time.sleep(5)
w.send_signal(signal.SIGTERM)
err = w.communicate()[1].decode()
read = sum(i["lines"] for i in json.load(open(os.path.join(top, "r.json")))["inputs"])
print(f"{kills} kills, {turns}, {written} lines written, {read} read")
print("\n".join(err.splitlines()[-5:]), file=sys.stderr)
shutil.rmtree(top)
sys.exit(read != written)
