#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the hospital decides comes as data: its Library counts as soon as it is held, a broken one never."""

import base64
import json

from loop import DEADLINE, OK, WAITS, Suite, check, equal

suite = Suite()
LIBRARY = "Library/policy-clinic"
TASK = "Task/task-001"
THREAD = "Communication/thread-001"


def library(text, name="clinic", status="active"):
    return {"resourceType": "Library", "id": "policy-clinic", "name": name, "status": status,
            "meta": {"tag": [{"system": "https://zhenqiao.org/fhir/policy", "code": "policy"}]},
            "type": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/library-type",
                                 "code": "asset-collection"}]},
            "content": [{"contentType": "application/json", "data": base64.b64encode(text.encode()).decode()}]}


def clinic(**changes):
    return json.dumps({"format": 1, "version": "test-1", "answer-promise": {"default": 86400}, **changes})


def put(hospital, text, login="operator", expect=200, **options):
    status, _, body = hospital.request("PUT", LIBRARY, library(text, **options), login)
    equal(status, expect, f"PUT {LIBRARY} ({body[:300]})")


def versions(probe):
    report = probe.run("diagnose")
    found = dict(part.split("=") for part in report["policy"].split())
    return found, [problem["problem"] for problem in report["policyProblems"]]


def clinic_version(probe):
    found, problems = versions(probe)
    equal(problems, [], "problems")
    return found["clinic"]


def overdue(probe):
    return sum(c["overdue"] for c in probe.inbox()["consultations"])


@suite.case("loop/policy-of-the-hospital-counts")
def counts(world):
    hospital, probe = world.started()
    check(clinic_version(probe).startswith("demo-"), "the demo's own version")
    put(hospital, clinic(**{"held-reply-age": 4 * 3600}))
    probe.run("pull")
    equal(clinic_version(probe), "test-1", "version")

    probe.send(THREAD, "三小时以前写的", "--offline")
    intent = probe.run("diagnose")["intents"][0]
    check("clinic=test-1" in intent["policy"], f"the intent says by what it was made: {intent['policy']}")
    hospital.advance(3 * 3600)
    probe.run("push", expect=OK)

    put(hospital, clinic(version="test-2", **{"held-reply-age": 60}))
    probe.run("pull")
    probe.send(THREAD, "五分钟以前写的", "--offline")
    hospital.advance(300)
    equal(probe.run("push", expect=WAITS)["outbox"]["held"], 1, "held")


@suite.case("loop/policy-counts-without-a-new-start")
def at_once(world):
    hospital, probe = world.started()
    put(hospital, clinic())
    process = probe.start("watch")
    seen = []
    for line in process.stdout:
        seen.append(json.loads(line).get("policy") or "")
        if "clinic=test-1" in seen[-1]:
            process.terminate()
            break
    process.communicate(timeout=DEADLINE)
    check(seen[0].startswith("consultation=") and "clinic=demo-" in seen[0], f"it begins with what is held: {seen[0]}")
    check("clinic=test-1" in seen[-1], f"and goes on with what came: {seen[-1]}")


@suite.case("loop/policy-of-the-hospital-moves-what-is-due")
def due(world):
    hospital, probe = world.started()
    before = overdue(probe)
    put(hospital, clinic(**{"answer-promise": {"default": 1}}))
    probe.run("pull")
    probe.run("counts")
    after = overdue(probe)
    check(after > before, f"{after} overdue after a promise of a second, {before} before")
    put(hospital, clinic(version="test-2"))
    probe.run("pull")
    probe.run("counts")
    equal(overdue(probe), before, "overdue under the old promise")


@suite.case("loop/broken-policy-is-refused-with-its-reason")
def broken(world):
    hospital, probe = world.started()
    put(hospital, clinic())
    probe.run("pull")
    wrong = [
        (clinic(version="2", **{"held-reply-age": -1}), f"{LIBRARY}: held-reply-age: seconds are wanted"),
        (clinic(version="3", format=2), f"{LIBRARY}: format: the file is for a newer program"),
        (clinic(version="4", surprise=1), f"{LIBRARY}: surprise: is not known"),
        ("{", f"{LIBRARY}: The JSON text is wrong"),
        ("", f"{LIBRARY}: content: a JSON file is wanted"),
    ]
    for text, told in wrong:
        put(hospital, text)
        probe.run("pull")
        for _ in range(2):  # as it is kept, and as it is read again at the next start
            found, problems = versions(probe)
            equal(found["clinic"], "test-1", "the last good one")
            equal(len(problems), 1, "problems")
            check(problems[0].startswith(told), f"{problems[0]!r} instead of {told!r}")
    equal(probe.run("counts")["unreadable"], 0, "unreadable")
    put(hospital, clinic(version="test-5"))
    probe.run("pull")
    equal(clinic_version(probe), "test-5", "a good one afterwards")


@suite.case("loop/unknown-policy-is-told-and-none-is-lost")
def unknown(world):
    hospital, probe = world.started()
    put(hospital, clinic(), name="clinics")
    probe.run("pull")
    found, problems = versions(probe)
    check(not found["clinic"].startswith(("demo-", "test-")), "what is built in counts")
    equal(problems, [f"{LIBRARY}: is no policy that this program knows"], "problems")


@suite.case("loop/policy-that-is-taken-back-leaves-what-is-built-in")
def taken_back(world):
    hospital, probe = world.started()
    put(hospital, clinic())
    probe.run("pull")
    equal(clinic_version(probe), "test-1", "version")
    put(hospital, clinic(), status="retired")
    probe.run("pull")
    check(not clinic_version(probe).startswith(("demo-", "test-")), "what is built in counts")


@suite.case("loop/policy-is-the-hospitals-alone")
def hospitals_alone(world):
    hospital, probe = world.started()
    put(hospital, clinic(), login="doctor", expect=403)
    put(hospital, clinic(), login="patient", expect=404)  # what a patient cannot read is as if it were not there
    equal(hospital.read(LIBRARY, "doctor")["name"], "clinic", "a doctor reads it")
    status, _, _ = hospital.request("GET", LIBRARY, login="patient")
    check(status in (403, 404), f"a patient does not: {status}")
    check(clinic_version(probe).startswith("demo-"), "nothing changed")


if __name__ == "__main__":
    suite.run()
