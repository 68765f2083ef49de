"""coroner on Spark: rows of a plan -> one child for each -> merged 64 at a time -> one part.

usage: spark-submit --master ... coroner_spark.py PLAN -o OUT.cor [--bin /path/to/coroner] [--s3-endpoint URL]
DataFrames only, so that it runs with spark-submit (standalone, YARN, Kubernetes) and over Spark Connect. Tasks read bytes
through pyarrow.fs (file, hdfs, s3, gs, abfs) and pipe them in: the program needs no network code. Ship it with
--files coroner --bin ./coroner, or name a path that every executor has."""
import argparse
import json
import subprocess
import tempfile

from pyspark.sql import SparkSession


def values(batches):
    return [v for b in batches for v in b.column(0).to_pylist()]


def batch(vals):
    import pyarrow as pa

    return pa.RecordBatch.from_arrays([pa.array(vals, pa.string())], ["p"])


def failed(child, err):
    return RuntimeError(f"exit {child.returncode}: " + err.decode(errors="replace")[-2000:])


def summarize(bin, s3):
    def task(batches):
        import pyarrow.fs as pf

        for row in values(batches):
            r = json.loads(row)
            uri, split = r["uri"], r["split"]
            if uri.startswith("s3://"):
                fs, path = pf.S3FileSystem(**s3), uri[5:]
            else:
                fs, path = pf.FileSystem.from_uri(uri)
            # its output goes to files: it is written while the child may still be given bytes, and a full pipe would stall both
            with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
                child = subprocess.Popen(
                    [bin, "summarize", "--plan-row", row, "-"], stdin=subprocess.PIPE, stdout=out, stderr=err
                )
                try:
                    with child.stdin as to, fs.open_input_file(path) as f:
                        f.seek(max(r["off"] - 1, 0) if split else 0)
                        # past the end of the split only until the child has its last record
                        while chunk := f.read(1 << 20):
                            to.write(chunk)
                except BrokenPipeError:
                    pass
                child.wait()
                out.seek(0)
                err.seek(0)
                if child.returncode:
                    raise failed(child, err.read())
                yield batch([out.read().decode()])

    return task


def merge(bin):
    def task(batches):
        parts = values(batches)
        if parts:
            done = subprocess.run(
                [bin, "merge", "-", "--allow-gaps"], input="".join(parts).encode(), capture_output=True
            )
            if done.returncode:
                raise failed(done, done.stderr)
            yield batch([done.stdout.decode()])

    return task


def main():
    args = argparse.ArgumentParser(description=__doc__)
    args.add_argument("plan")
    args.add_argument("-o", required=True)
    args.add_argument("--bin", default="coroner")
    args.add_argument("--fan-in", type=int, default=64)
    args.add_argument("--s3-endpoint")
    a = args.parse_args()
    s3 = {"endpoint_override": a.s3_endpoint, "scheme": "http"} if a.s3_endpoint else {}
    spark = SparkSession.builder.appName("coroner").getOrCreate()
    rows = [line for line in open(a.plan).read().splitlines() if line.strip()]
    n = len(rows)
    parts = spark.createDataFrame([(r,) for r in rows], "p string").repartition(n)
    parts = parts.mapInArrow(summarize(a.bin, s3), "p string")
    while True:
        n = -(-n // a.fan_in)
        parts = parts.repartition(n).mapInArrow(merge(a.bin), "p string")
        if n == 1:
            break
    (whole,) = parts.collect()
    with open(a.o, "w") as f:
        f.write(whole.p)
    spark.stop()


main()
