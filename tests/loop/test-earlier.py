#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a result was before it was corrected is known on a workstation that came later too."""

from loop import OK, Probe, Suite, check, equal

suite = Suite()
TAG = {"tag": [{"system": "https://zhenqiao.org/fhir/department", "code": "dept-endo"}]}


def put(hospital, name, patient, value, status, more=None):
    kind, _ = "Observation", name
    status, _, body = hospital.request("PUT", f"{kind}/{name}", {
        "resourceType": kind, "id": name, "meta": TAG, "status": status, "subject": {"reference": patient},
        "code": {"text": "钾"}, "effectiveDateTime": "2026-11-20T08:00:00+08:00",
        "valueQuantity": {"value": value, "unit": "mmol/L"}, **(more or {})})
    check(status in (200, 201), f"PUT {kind}: {status} {body[:300]}")


def patient_of(hospital, probe):
    return hospital.read(probe.open_consultations(1)[0]["task"])["for"]["reference"]


@suite.case("the demo's corrected potassium says what it was, at the first fetch")
def demo(world):
    _, probe = world.started()
    equal(probe.run("counts")["earlier"], 1, "values that were corrected before this workstation was there")
    probe.run("pull")
    equal(probe.run("counts")["earlier"], 1, "the same after another round")


@suite.case("two workstations know the same, whether they saw the correction or not")
def both(world):
    hospital, probe = world.started()
    patient = patient_of(hospital, probe)
    put(hospital, "late", patient, 7.9, "final")
    probe.run("pull")
    put(hospital, "late", patient, 4.2, "corrected")
    probe.run("pull")
    other = Probe(hospital, world.directory, name="other")
    other.run("pull")
    equal(probe.run("counts")["earlier"], 2, "on the one that saw it")
    equal(other.run("counts")["earlier"], 2, "on the one that came later")


@suite.case("what was filed with another patient is no earlier value of this one")
def misfiled(world):
    hospital, probe = world.started()
    patients = [hospital.read(one["task"])["for"]["reference"] for one in probe.open_consultations(5)]
    first = patients[0]
    second = next(one for one in patients if one != first)
    put(hospital, "moved", first, 7.9, "final")
    put(hospital, "moved", second, 4.2, "corrected")
    probe.run("pull")
    equal(probe.run("counts")["earlier"], 1, "the demo's alone")


@suite.case("a hospital that keeps no versions is asked once, and the round is good")
def without(world):
    hospital, probe = world.started()
    patient = patient_of(hospital, probe)
    hospital.faults(no_history=True)
    put(hospital, "late", patient, 7.9, "final")
    put(hospital, "late", patient, 4.2, "corrected")
    equal(probe.run("pull", expect=OK)["earlier"], 1, "nothing came")
    equal(hospital.fired("no-history"), 1, "times that it was asked for")
    probe.run("pull")
    equal(hospital.fired("no-history"), 1, "nor was it asked for again")


suite.run()
