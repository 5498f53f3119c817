#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""pull-rate: a first pull of 200,000 resources from the sandbox hospital on this computer.

bench-pull.py BUILD [--scale F] [--runs N] [--seeded DIR]: prints one JSON object a run and the median.
"""
import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "loop"))


def seed(scale):
    sizes = {"patients": 4000, "consultations": 10000, "messages": 110000, "observations": 50000}
    return "demo:" + ",".join(f"{name}={int(n * scale)}" for name, n in sizes.items())


def run(build, hospital, place):
    own = hospital.search("PractitionerRole?practitioner=doc-lin", "doctor")
    departments = {role["organization"]["reference"].split("/")[1] for role in own if "organization" in role}
    store = tempfile.mkdtemp(dir=place)
    command = [os.path.join(build, "tests/sync/bench-pull"), "--base", hospital.base, "--token", hospital.token("doctor"),
               "--practitioner", "doc-lin", "--store", store]
    for department in sorted(departments):
        command += ["--department", department]
    before = os.times()
    out = subprocess.run(command, capture_output=True, text=True, timeout=900)
    after = os.times()
    if out.returncode != 0:
        raise SystemExit(out.stderr)
    result = json.loads(out.stdout)
    result["cpu"] = round(after.children_user + after.children_system - before.children_user - before.children_system, 1)
    result["mean"] = round(result["bytes"] / max(1, result["rows"]))
    result["disk"] = sum(file.stat().st_size for file in Path(store).rglob("*") if file.is_file())
    return result


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build")
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--seeded", help="keep the hospital's data here")
    options = parser.parse_args()
    os.environ.setdefault("ZQ_HOSPITAL", os.path.join(options.build, "src/hospital/zhenqiao-hospital"))
    import loop

    loop.DEADLINE = 900
    with tempfile.TemporaryDirectory() as place:
        folder = Path(options.seeded or place)
        hospital = loop.Hospital(folder, seed=seed(options.scale))
        try:
            results = [run(options.build, hospital, place) for _ in range(options.runs)]
        finally:
            hospital.stop()
    for result in results:
        print(json.dumps(result))
    print(f"pull-rate {statistics.median(r['rate'] for r in results):.0f}/s"
          f"  pull-pause {max(r['pause'] for r in results):.3f} s")


main()
