"""coroner on Dask: one child for each row of a plan, merged 64 at a time.

usage: coroner_dask.py PLAN OUT.cor [SCHEDULER] [--bin /path/to/coroner]
Workers read the files themselves, at the uri of each row; without a scheduler two workers are started here."""
import argparse
import subprocess

from dask.distributed import Client, LocalCluster

FAN_IN = 64


def child(argv, data=b""):
    done = subprocess.run(argv, input=data, capture_output=True)
    if done.returncode:
        raise RuntimeError(done.stderr.decode(errors="replace")[-2000:])
    return done.stdout


def summarize(row, bin):
    return child([bin, "summarize", "--plan-row", row])


def merge(parts, bin):
    return child([bin, "merge", "-", "--allow-gaps"], b"".join(parts))


def main():
    args = argparse.ArgumentParser(description=__doc__)
    args.add_argument("plan")
    args.add_argument("out")
    args.add_argument("scheduler", nargs="?")
    args.add_argument("--bin", default="coroner")
    a = args.parse_args()
    here = lambda: LocalCluster(n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address=None)
    with Client(a.scheduler or here()) as client:
        rows = [line for line in open(a.plan).read().splitlines() if line.strip()]
        parts = client.map(summarize, rows, bin=a.bin, retries=8, pure=False)
        while True:
            groups = [parts[i : i + FAN_IN] for i in range(0, len(parts), FAN_IN)]
            parts = [client.submit(merge, g, bin=a.bin, retries=8, pure=False) for g in groups]
            if len(parts) == 1:
                break
        whole = parts[0].result()
    with open(a.out, "wb") as f:
        f.write(whole)


if __name__ == "__main__":
    main()
