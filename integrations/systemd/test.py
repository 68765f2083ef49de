#!/usr/bin/env python3
"""Runs what coroner-journal.service starts on a journal that is written here, stops it as systemd does, writes on, and starts it
again: no line may be missing, and none be read twice.

    integrations/systemd/test.py PROGRAM [ROOT]      # ROOT: where packages were unpacked (dpkg-deb -x), else those installed

Ends with 77 where journalctl or systemd-journal-remote is not there, which writes the journal.
"""
import json, os, pathlib, shutil, signal, subprocess, sys, tempfile, time

HERE = pathlib.Path(__file__).parent
PROGRAM = pathlib.Path(sys.argv[1]).resolve()
ROOT = pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else pathlib.Path("/")
WRITER = next((p for p in (ROOT / d / "lib/systemd/systemd-journal-remote" for d in ("", "usr")) if p.exists()), None)


def write(folder, numbers):
    """Adds an entry for each number, a second apart."""
    entry = "__REALTIME_TIMESTAMP={}\n_HOSTNAME=web1\nSYSLOG_IDENTIFIER=shop\nPRIORITY=6\nMESSAGE=job {} finished\n\n"
    text = "".join(entry.format((1_780_000_000 + n) * 1_000_000, n) for n in numbers)
    env = dict(os.environ, LD_LIBRARY_PATH=str(next(iter(ROOT.glob("usr/lib/*-linux-gnu")), "/usr/lib")))
    subprocess.run([WRITER, "-o", folder / "shop.journal", "-"], input=text.encode(), env=env, check=True, capture_output=True)


def command(name, folder):
    """A command of the unit, on the journal and the program of this test."""
    lines = (HERE / "coroner-journal.service").read_text().splitlines()
    line = next(l.split("=", 1)[1] for l in lines if l.startswith(f"{name}="))
    text = line.removeprefix("/bin/sh -c '").removesuffix("'")
    return ["/bin/sh", "-c", text.replace("journalctl", f"journalctl -D {folder}").replace("/usr/local/bin/coroner", str(PROGRAM))]


def read(folder):
    events = [json.loads(l) for l in (folder / "journal.jsonl").read_text().splitlines()]
    return [e["lines"] for e in events if e["event"] == "end"]


def run(folder, env, ready):
    """Starts the unit's process, and ends it once it is ready."""
    subprocess.run(command("ExecStartPre", folder), env=env, check=True)
    started = subprocess.Popen(command("ExecStart", folder), env=env, start_new_session=True)
    time.sleep(ready)
    # systemd sends it to each process of the unit, and waits for all of them
    os.killpg(started.pid, signal.SIGTERM)
    started.wait(60)
    for _ in range(600):
        try:
            os.killpg(started.pid, 0)
        except ProcessLookupError:
            return
        time.sleep(0.1)
    raise AssertionError("it does not end")


def main():
    if not WRITER or not shutil.which("journalctl"):
        print("not tried: journalctl or systemd-journal-remote is not installed (apt-get install systemd-journal-remote)")
        sys.exit(77)
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        env = dict(os.environ, CURSOR=f"{folder}/cursor", STATE_DIRECTORY=str(folder))
        write(folder, range(5))
        # what was there before the first start is not read but for the entry at which it starts
        subprocess.run(command("ExecStartPre", folder), env=env, check=True)
        write(folder, range(5, 105))
        run(folder, env, 5)
        write(folder, range(105, 155))
        run(folder, env, 5)
        assert read(folder) == [100, 150], read(folder)
        assert "150" in (folder / "latest.md").read_text()
        print("journal: 100 lines before the stop, 50 while it was stopped, none lost, none twice")


if __name__ == "__main__":
    main()
