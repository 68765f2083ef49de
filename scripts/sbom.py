#!/usr/bin/env python3
"""What the program is made of, as CycloneDX 1.5: its crates, with versions, licences and checksums. Usage: sbom.py VERSION"""

import json
import subprocess
import sys
import tomllib

REGISTRY = "registry+https://github.com/rust-lang/crates.io-index"


def crates():
    """Name, version and licence of each crate that is linked into the program."""
    out = subprocess.run(
        ["cargo", "tree", "--locked", "-e", "normal", "--target", "all", "--prefix", "none", "-f", "{p}|{l}"],
        check=True, capture_output=True, text=True,
    ).stdout
    for line in sorted(set(out.splitlines())):
        package, licence = line.split("|")
        words = package.split()
        # the project's own crates are the program
        if len(words) >= 2 and not any(w.startswith("(/") for w in words):
            yield words[0], words[1].removeprefix("v"), licence.removesuffix(" (*)")


def main():
    with open("Cargo.lock", "rb") as lock:
        sums = {(p["name"], p["version"]): p.get("checksum") for p in tomllib.load(lock)["package"]}
    components = []
    for name, version, licence in sorted(set(crates())):
        purl = f"pkg:cargo/{name}@{version}"
        component = {"type": "library", "bom-ref": purl, "name": name, "version": version, "purl": purl}
        if licence:
            component["licenses"] = [{"expression": licence.replace("/", " OR ")}]
        if sums.get((name, version)):
            component["hashes"] = [{"alg": "SHA-256", "content": sums[(name, version)]}]
        components.append(component)
    bom = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": f"pkg:cargo/coroner@{sys.argv[1]}",
                "name": "coroner",
                "version": sys.argv[1],
                "licenses": [{"expression": "MIT OR Apache-2.0"}],
            }
        },
        "components": components,
    }
    json.dump(bom, sys.stdout, indent=1)
    print()


main()
