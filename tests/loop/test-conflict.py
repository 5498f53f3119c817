#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Several hands on one resource."""

import json
import re

from loop import OK, WAITS, Probe, Suite, check, equal, none_broken
from promise import Promises

suite = Suite()
ODD = ('"description":"changed by a colleague",'
       '"extension":[{"url":"https://example.org/unknown","valueDecimal":7.10},'
       '{"url":"https://example.org/other","extension":[{"url":"deep","valueInteger":100000000000000000001}]}]')


def add_members(text, members):
    """@members at the end of the object, the rest byte for byte."""
    return text[:text.rstrip().rindex("}")] + "," + members + "}"


@suite.case("loop/offline-changes-land-beside-a-colleagues")
def three_changes(world):
    hospital, probe = world.started()
    promises = Promises()
    pool = probe.open_consultations(1, pool=True, canClaim=True)[0]["task"]
    hospital_version = hospital.read(pool)["meta"]["versionId"]
    hospital.stop()
    probe.run("set-urgent", "--task", pool, "--offline")
    promises.promise_urgent(pool)
    probe.run("claim", "--task", pool, "--offline")
    promises.promise_claimed(pool, "doc-lin")
    probe.run("close", "--task", pool, "--offline")
    promises.promise_closed(pool)
    hospital.start()

    hospital.update(pool, lambda text: add_members(text, ODD))
    probe.run("push")
    probe.run("pull")
    none_broken(promises.verify(hospital, probe))
    after = hospital.read_text(pool)
    task = json.loads(after)
    equal(task.get("description"), "changed by a colleague", "the colleague's change")
    check(int(task["meta"]["versionId"]) >= int(hospital_version) + 4, "each change is an update of its own")
    for token in ("7.10", "100000000000000000001", "https://example.org/unknown"):
        check(token in after, f"{token} did not survive")


@suite.case("loop/change-while-it-is-sent-is-applied-again")
def conflict_in_flight(world):
    hospital, probe = world.started(practitioner="doc-lin")
    promises = Promises()
    task = probe.open_consultations(1)[0]["task"]
    probe.run("set-urgent", "--task", task, "--offline")
    promises.promise_urgent(task)
    hospital.faults(delay_ms=400)
    process = probe.start("push")
    while hospital.fired("delay-ms") < 2 and process.poll() is None:
        pass
    # It has read the task and is about to write it.
    hospital.no_faults()
    hospital.update(task, lambda text: add_members(text, ODD))
    process.communicate()
    equal(process.returncode, OK, "exit of the push")
    none_broken(promises.verify(hospital))
    check("https://example.org/unknown" in hospital.read_text(task), "the colleague's change is gone")


@suite.case("loop/two-workstations-claim-one-consultation")
def two_claim(world):
    hospital, one = world.started()
    other = Probe(hospital, world.directory, login="doctor2")
    other.run("pull")
    task = one.open_consultations(1, pool=True, canClaim=True)[0]["task"]
    one.run("claim", "--task", task, "--offline")
    other.run("claim", "--task", task, "--offline")
    one.run("push")
    report = other.run("push", expect=WAITS)
    equal(report["outbox"], {"waiting": 0, "held": 0, "refused": 1}, "the slower one's outbox")
    intent = other.run("diagnose")["intents"][0]
    check("doc-lin" in (intent["reason"] or ""), f"says who took it: {intent['reason']}")
    equal(hospital.read(task)["owner"]["reference"], "Practitioner/doc-lin", "owner")
    one.run("pull")
    other.run("pull")
    mine = {c["task"]: c["mine"] for c in one.inbox()["consultations"]}
    theirs = {c["task"]: c["mine"] for c in other.inbox()["consultations"]}
    equal((mine[task], theirs[task]), (True, False), "whose it is here and there")


@suite.case("loop/two-workstations-of-one-doctor-show-one-thread")
def one_doctor_twice(world):
    """Replies from both, one of them written offline, and one read mark: both end with the same rows."""
    hospital, ward = world.started()
    clinic = Probe(hospital, world.directory, login="doctor", name="clinic")
    clinic.run("pull")
    promises = Promises()
    thread = ward.open_consultations(1)[0]["thread"]
    for text in ("在门诊写的", "在病房写的"):
        promises.promise_sent(hospital, thread, text)
    ward.send(thread, "在病房写的", "--offline")
    clinic.send(thread, "在门诊写的")
    clinic.run("read", "--thread", thread)
    ward.run("push")
    ward.run("pull")
    clinic.run("pull")
    none_broken(promises.verify(hospital, ward))
    here, there = ([(m["message"], m["text"]) for m in probe.thread(thread)["messages"]] for probe in (ward, clinic))
    equal(here, there, "the thread here and there")
    marks = [m for m in hospital.search(f"Basic?code=read-mark&subject={thread}") if "Practitioner/" in m["author"]["reference"]]
    equal(len(marks), 1, "my read marks of the thread")


@suite.case("loop/tokens-of-json-survive-an-update")
def tokens(world):
    hospital, probe = world.started()
    task = probe.open_consultations(1)[0]["task"]
    odd = ('"x-decimal":7.10,"x-huge":1e400,"x-tiny":-0.0E-7,"x-long":123456789012345678901234567890,'
           '"x-twice":1,"x-twice":2,"x-text":"\\u4f60\\n\\/ \\ud83d\\ude00","_x-text":{"id":"a"},'
           '"x-deep":[[[],{}],[null,true,false,0.10]]')
    hospital.update(task, lambda text: add_members(text, odd))
    probe.run("pull")
    probe.run("set-urgent", "--task", task)
    after = hospital.read_text(task)
    equal(json.loads(after)["priority"], "urgent", "priority")
    squeezed = re.sub(r"\s+", "", after)
    for token in re.sub(r"\s+", "", odd).split(","):
        check(token in squeezed, f"{token} did not come back as it went")
    equal(squeezed.count('"x-twice"'), 2, "duplicate members")


@suite.case("loop/second-client-with-the-same-reply-makes-no-second-message")
def same_identifier(world):
    """The message is at the hospital under our identifier before we send it: it is found, not doubled."""
    hospital, probe = world.started()
    thread = "Communication/thread-001"
    promises = Promises()
    promises.promise_sent(hospital, thread, "已经在了")
    local = probe.send(thread, "已经在了", "--offline")["localId"]
    header = hospital.read(thread)
    sample = hospital.search(f"Communication?part-of={thread}")[0]
    status, _, body = hospital.request("POST", "Communication", {
        "resourceType": "Communication", "status": "completed", "meta": {"tag": header["meta"]["tag"]},
        "identifier": [{"system": "https://zhenqiao.org/fhir/local-id", "value": local}],
        "category": sample["category"], "partOf": [{"reference": thread}], "subject": header["subject"],
        "sender": {"reference": "Practitioner/doc-lin"}, "sent": "2026-11-22T10:00:00Z",
        "payload": [{"contentString": "已经在了"}]}, login="doctor")
    equal(status, 201, f"the other client's message ({body[:200]})")
    probe.run("push")
    probe.run("pull")
    none_broken(promises.verify(hospital, probe, patient=True))


if __name__ == "__main__":
    suite.run()
