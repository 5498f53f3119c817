#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Records of other programs' making: taken by the hospital, pulled by the workstation, counted."""

import gzip
import json
import os
import re
from collections import Counter
from pathlib import Path

from loop import Probe, Skip, Suite, check, equal

suite = Suite()
DATA = Path(os.environ.get("ZQ_SHARED_DATA", "") or Path(__file__).resolve().parents[3] / "shared" / "data")
KEPT = ("Patient", "AllergyIntolerance")


def files_of(name):
    folder = DATA / name
    if not folder.is_dir():
        raise Skip(f"the folder {name} of shared data is absent")
    return sorted(p for p in folder.iterdir() if p.name.endswith((".json", ".json.gz")))


def resources_of(path):
    """The resources of a file as (type, id); empty for what is none."""
    try:
        text = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        top = json.loads(text)
    except (ValueError, OSError, EOFError):
        return []
    if not isinstance(top, dict):
        return []
    entries = top.get("entry", []) if top.get("resourceType") == "Bundle" else [{"resource": top}]
    found = [e["resource"] for e in entries if isinstance(e, dict) and isinstance(e.get("resource"), dict)]
    return [(r.get("resourceType"), r.get("id")) for r in found if r.get("resourceType") and r.get("id")]


def give_tasks(hospital, patients):
    """A consultation each, so that they become the department's patients."""
    for patient in patients:
        status, _, body = hospital.request("POST", "Task", {
            "resourceType": "Task", "status": "requested", "intent": "order", "priority": "routine",
            "meta": {"tag": [{"system": "https://zhenqiao.org/fhir/department", "code": "dept-endo"}]},
            "code": {"coding": [{"system": "https://zhenqiao.org/fhir/CodeSystem/task-code", "code": "advice"}]},
            "businessStatus": {"coding": [{"system": "https://zhenqiao.org/fhir/CodeSystem/business-status",
                                           "code": "awaiting-acceptance"}]},
            "owner": {"reference": "Organization/dept-endo"}, "for": {"reference": f"Patient/{patient}"},
            "authoredOn": "2026-11-22T01:00:00Z"})
        equal(status, 201, f"a task ({body[:200]})")


@suite.case("loop/synthea-bundles-are-imported-pulled-and-counted")
def synthea(world):
    files = files_of("synthea")
    hospital = world.hospital("--import", *map(str, files), seed="demo")
    expected = Counter()
    patients = set()
    for path in files:
        found = resources_of(path)
        check(found, f"{path.name} holds nothing")
        expected.update({r for r in found})
        patients |= {i for t, i in found if t == "Patient"}
    by_type = Counter(t for t, _ in expected)
    for kind, wanted in sorted(by_type.items()):
        check(hospital.count(kind) >= wanted, f"{kind}: {hospital.count(kind)} instead of at least {wanted}")

    give_tasks(hospital, sorted(patients))
    probe = Probe(hospital, world.directory)
    report = probe.run("pull")
    for kind in KEPT:
        equal(report["types"].get(kind, 0), hospital.count(kind, login="doctor"), f"{kind} held")
    equal(report["unreadable"], 0, "unreadable")
    equal(probe.run("pull")["types"], report["types"], "a second pull")
    print(f"# {len(files)} files, {sum(by_type.values())} resources of {len(by_type)} types, {len(patients)} patients")


def odd(world, name):
    files = files_of(name)
    hospital = world.hospital("--import", *map(str, files))
    taken = skipped = 0
    for line in (hospital.directory / "log").read_text().splitlines():
        numbers = re.search(r": (\d+) resources taken, (\d+) skipped$", line)
        taken += int(numbers[1]) if numbers else 0
        skipped += int(numbers[2]) if numbers else 1 if ": skipped: " in line else 0
    check(taken > 0, "nothing was taken")
    known = {identity for path in files for kind, identity in resources_of(path) if kind == "Patient"}
    patients = sorted(i for i in known if isinstance(i, str) and re.fullmatch(r"[A-Za-z0-9.-]{1,64}", i)
                      and hospital.request("GET", f"Patient/{i}")[0] == 200)
    before = hospital.count("Patient", login="doctor")
    give_tasks(hospital, patients)

    probe = Probe(hospital, world.directory)
    report = probe.run("pull")
    shown = hospital.count("Patient", login="doctor")
    check(shown >= before + len(patients), f"the doctor is shown {shown} patients")
    equal(report["types"]["Patient"] + report["unreadable"] >= shown, True, "patients held or said to be unreadable")
    equal(probe.run("pull")["types"], report["types"], "a second pull")
    unreadable = probe.run("diagnose")["unreadableResources"]
    equal(all(u["reason"] for u in unreadable), True, "each unreadable one has a reason")
    print(f"# {len(files)} files: {taken} resources taken, {skipped} skipped; {len(patients)} patients pulled, "
          f"{report['unreadable']} unreadable")


@suite.case("loop/lab-reports-are-imported-and-their-patients-pulled")
def labs(world):
    odd(world, "labs")


@suite.case("loop/odd-files-neither-stop-the-hospital-nor-the-workstation")
def edge(world):
    odd(world, "edge")


if __name__ == "__main__":
    suite.run()
