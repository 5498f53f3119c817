#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measured at home: the patient's page, the hospital, and back to the patient what the doctor says of it."""

import importlib.util
import json

from loop import HERE, Probe, Suite, check, equal

spec = importlib.util.spec_from_file_location("browser", HERE / "test-browser.py")
browser = importlib.util.module_from_spec(spec)
spec.loader.exec_module(browser)

suite = Suite()
LOINC = "http://loinc.org"
MEALS = "https://zhenqiao.org/fhir/CodeSystem/meal-context"


def observations(hospital, me):
    return [o for o in hospital.search(f"Observation?patient={me}&_sort=-_lastUpdated&_count=200")
            if any(p.get("reference", "") == me for p in o.get("performer", []))]


def me_of(patient):
    return json.loads(next(v for v in patient.do("session")["items"]))["me"]


def newest(hospital, me, code):
    return next(o for o in observations(hospital, me) if any(c["code"] == code for c in o["code"]["coding"]))


@suite.case("loop/home/what-the-patient-measures-arrives-as-it-was-typed")
def arrives(world):
    hospital = world.hospital()
    with browser.Patient(hospital) as patient:
        me = me_of(patient)
        before = len(observations(hospital, me))
        patient.do("home")

        refused = patient.do("measure", values={"glucose": "71.0"}, meal="fasting")["errors"]
        check(refused and "71.0" in refused[0] and "1.1" in refused[0], f"71.0 was not refused in words: {refused}")
        refused = patient.do("measure", key="pressure", values={"systolic": "76", "diastolic": "128"})["errors"]
        check(refused and "填反" in refused[0], f"exchanged pressures: {refused}")
        equal(len(observations(hospital, me)), before, "nothing of what was refused is at the hospital")

        said = patient.do("measure", values={"glucose": "7.80"}, meal="fasting")
        check("7.8" in said["said"] and not said["alarm"], f"{said}")
        raw = hospital.search(f"Observation?patient={me}&_sort=-_lastUpdated&_count=1")[0]
        equal(raw["component"][0]["valueCodeableConcept"]["coding"][0],
              {"system": MEALS, "code": "fasting", "display": "空腹"}, "the meal context")
        check('"value":7.80,' in patient.do("fetch", path=f"fhir/Observation/{raw['id']}")["body"], "a zero was lost")
        equal(raw["performer"], [{"reference": me}], "who measured")
        check(raw["meta"].get("tag"), "no department sees it")

        alarm = patient.do("measure", values={"glucose": "Hi"}, meal="after-meal")["alarm"]
        check("120" in alarm, f"a Hi says nothing: {alarm!r}")
        quantity = newest(hospital, me, "14743-9")["valueQuantity"]
        equal((quantity["comparator"], float(quantity["value"])), (">", 33.3), "a Hi")

        patient.do("measure", key="pressure", values={"systolic": "128", "diastolic": "76", "pulse": "72"})
        parts = newest(hospital, me, "85354-9")["component"]
        equal([p["valueQuantity"]["value"] for p in parts], [128, 76, 72], "a blood pressure")
        for key, value in (("weight", "68.5"), ("temperature", "36.8"), ("oxygen", "97"), ("peak-flow", "420")):
            check(not patient.do("measure", key=key, values={key: value})["errors"], f"{key} is not taken")
        equal(len(observations(hospital, me)), before + 7, "how many arrived")
        items = patient.do("readings")["items"]
        check(any("7.8" in i["text"] and "空腹" in i["text"] for i in items), f"not shown as typed: {items[:3]}")
        check(any("Hi" in i["text"] for i in items), "the Hi is not shown")
        equal(patient.do("problems")["items"], [], "errors on the patient's page")


@suite.case("loop/home/what-the-doctor-says-of-a-reading-stands-under-it")
def comments(world):
    hospital = world.hospital()
    probe = Probe(hospital, world.directory)
    with browser.Patient(hospital) as patient:
        me = me_of(patient)
        patient.do("home")
        for value, meal in (("9.80", "fasting"), ("8.1", "after-meal")):
            check(not patient.do("measure", values={"glucose": value}, meal=meal)["errors"], f"{value} is not taken")
        names = [f"Observation/{o['id']}" for o in hospital.search(f"Observation?patient={me}&_sort=-_lastUpdated&_count=2")][:2]
        probe.run("pull")
        probe.run("comment", "--about", names[1], "--text", "早上偏高，晚饭主食减半")
        probe.run("comment", "--about", ",".join(names), "--text", "今天总体比上周好")
        sent = [m for m in hospital.search(f"Communication?patient={me}&_sort=-_lastUpdated&_count=5") if m.get("about")]
        equal(sorted(len(m["about"]) for m in sent), [1, 2], "what the comments are about")

        patient.do("wait-comment", text="早上偏高，晚饭主食减半")
        patient.do("wait-comment", text="今天总体比上周好")
        shown = patient.do("readings")
        equal([i["id"] for i in shown["items"] if "早上偏高，晚饭主食减半" in i["comments"]], [names[1].split("/")[1]],
              "the readings that the comment stands under")
        equal([d["comments"] for d in shown["days"] if d["comments"]], [["今天总体比上周好"]], "what stands under a day")
        # It is a message, too: nothing is said in two places that differ.
        patient.do("open", complaint="空腹血糖升高一周")
        patient.do("wait-text", text="早上偏高，晚饭主食减半")
        equal(patient.do("problems")["items"], [], "errors on the patient's page")


if __name__ == "__main__":
    suite.run()
