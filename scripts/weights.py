#!/usr/bin/env python3
"""Moves weights and shows what changes:  scripts/weights.py FOLDER [NAME…]

tests/data/weights.tsv lists the constants with a point of cause, detection and inference, each with where it comes from; a test holds it
against the sources. This moves each (or those that are named) by a fifth down and up in a copy of the tree, builds it, and counts on
every second outage of FOLDER (see unseen.py) whose first cause was right and no longer is, and the other way round: the last two
columns of the table, `lost/won`. Minutes for each."""
import os
import re
import shutil
import subprocess
import sys
import tempfile

import unseen

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
TABLE = os.path.join(ROOT, "tests", "data", "weights.tsv")


def built(tree):
    """The program of a tree."""
    subprocess.run(["cargo", "build", "--quiet", "--bin", "coroner"], cwd=tree, check=True)
    return os.path.join(tree, "target", "debug", "coroner")


def right(program, folder, names):
    """The outages whose first cause is right, and the days that are quiet."""
    return {n for n in names if unseen.line(program, os.path.join(folder, n))[1]}


def moved(tree, path, name, factor):
    """The tree's source with one constant moved, and as it was."""
    with open(path) as f:
        before = f.read()
    of_it = re.compile(rf"(const {name}: f64 = )([^;]+);")
    after, n = of_it.subn(lambda m: f"{m[1]}{float(m[2].replace('_', '')) * factor!r};", before)
    assert n == 1, (path, name, n)
    return before, after


def main():
    folder, asked = sys.argv[1], sys.argv[2:]
    names = unseen.made(folder)[::2]
    with open(TABLE) as f:
        rows = [r.rstrip("\n").split("\t") for r in f if not r.startswith("#")]
    with tempfile.TemporaryDirectory() as tree:
        shutil.copytree(ROOT, tree, dirs_exist_ok=True, ignore=shutil.ignore_patterns("target", ".git"))
        base = right(built(tree), folder, names)
        for row in rows:
            file, name = row[:2]
            if asked and name not in asked:
                continue
            path = os.path.join(tree, "crates", "infer", "src", file)
            for column, factor in [(4, 0.8), (5, 1.2)]:
                before, after = moved(tree, path, name, factor)
                with open(path, "w") as f:
                    f.write(after)
                now = right(built(tree), folder, names)
                row[column] = f"{len(base - now)}/{len(now - base)}"
                with open(path, "w") as f:
                    f.write(before)
            print("\t".join(row), flush=True)


if __name__ == "__main__":
    main()
