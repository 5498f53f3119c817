#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Replies and commands over real HTTP: online, offline, and with a hospital that fails."""

from loop import NETWORK, OK, WAITS, Suite, check, equal, none_broken
from promise import Promises

suite = Suite()
PATIENTS = "Communication/thread-001"  # of the demo account "patient"


@suite.case("loop/sign-in-pull-send-and-read-mark-over-http")
def whole_round(world):
    hospital, probe = world.started()
    promises = Promises()
    report = probe.run("counts")
    for kind in ("Task", "Patient", "Communication", "Encounter"):
        check(report["types"].get(kind, 0) > 0, f"no {kind} is held")
    equal(report["unreadable"], 0, "unreadable resources")

    promises.promise_sent(hospital, PATIENTS, "第一句")
    probe.send(PATIENTS, "第一句")
    probe.run("read", "--thread", PATIENTS)
    none_broken(promises.verify(hospital, probe, patient=True))
    marks = [b for b in hospital.search("Basic?code=read-mark")
             if b.get("author", {}).get("reference") == "Practitioner/doc-lin"
             and b["subject"]["reference"] == PATIENTS]
    equal(len(marks), 1, "read marks of one reader in one thread")
    probe.run("read", "--thread", PATIENTS)
    again = [b for b in hospital.search("Basic?code=read-mark")
             if b.get("author", {}).get("reference") == "Practitioner/doc-lin"
             and b["subject"]["reference"] == PATIENTS]
    equal(len(again), 1, "read marks after reading again")


@suite.case("loop/first-pull-brings-what-the-doctor-may-see-and-no-more")
def scope(world):
    hospital, probe = world.started()
    types = probe.run("counts")["types"]
    equal(types["Task"], hospital.count("Task", login="doctor"), "Tasks held and shown")
    check(types["Patient"] < hospital.count("Patient"), "the whole hospital's patients are held")
    again = probe.run("pull")["types"]
    equal(again, types, "a second pull")


@suite.case("loop/patient-never-sees-internal-notes")
def notes(world):
    hospital, probe = world.started()
    seen = hospital.as_patient("Communication?_count=500")
    codes = {c.get("code") for m in seen for category in m.get("category", []) for c in category.get("coding", [])}
    check("internal-note" not in codes, "an internal note is reachable with the patient's token")


@suite.case("loop/offline-work-goes-out-once-and-in-order")
def offline(world):
    hospital, probe = world.started()
    promises = Promises()
    first, second, third = probe.open_consultations(3)
    pool = probe.open_consultations(1, pool=True, canClaim=True)[0]
    for item in (first, second, third):
        promises.watch(hospital, item["thread"])
    hospital.stop()

    for text in ("一", "二", "三"):
        promises.promise_sent(hospital, first["thread"], text)
        probe.send(first["thread"], text, expect=NETWORK)
    promises.promise_sent(hospital, second["thread"], "再见")
    probe.send(second["thread"], "再见", "--offline")
    promises.promise_closed(second["task"])
    probe.run("close", "--task", second["task"], "--offline")
    promises.promise_claimed(pool["task"], "doc-lin")
    probe.run("claim", "--task", pool["task"], "--offline")
    promises.promise_urgent(first["task"])
    probe.run("set-urgent", "--task", first["task"], "--offline")
    promises.promise_draft(third["task"], "还没写完")
    probe.run("draft", "--thread", third["thread"], "--text", "还没写完")

    none_broken(promises.kept(probe))
    waiting = probe.run("counts")["outbox"]["waiting"]
    check(waiting >= 7, f"only {waiting} intents wait")
    probe.run("push", expect=NETWORK)
    equal(probe.run("counts")["outbox"]["waiting"], waiting, "waiting after a vain push")
    equal(len(probe.inbox()["consultations"]) > 0, True, "the inbox opens without the hospital")

    hospital.start()
    probe.run("push")
    probe.run("push")
    probe.run("pull")
    none_broken(promises.verify(hospital, probe))


def lost(world, **fault):
    hospital, probe = world.started()
    promises = Promises()
    promises.promise_sent(hospital, PATIENTS, "只一次")
    hospital.faults(**fault)
    probe.send(PATIENTS, "只一次", expect=(OK, NETWORK))
    equal(hospital.fired(next(iter(fault)).replace("_", "-")), 1, "faults made")
    hospital.no_faults()
    probe.run("push")
    probe.run("push")
    probe.run("pull")
    none_broken(promises.verify(hospital, probe, patient=True))


@suite.case("loop/reply-goes-out-once-when-the-answer-was-lost")
def answer_lost(world):
    lost(world, drop_after_commit={"at": 1, "method": "POST", "type": "Communication"})


@suite.case("loop/reply-goes-out-once-when-the-request-was-lost")
def request_lost(world):
    lost(world, drop_before_commit={"at": 1, "method": "POST", "type": "Communication"})


@suite.case("loop/closing-lands-when-its-answer-was-lost")
def close_lost(world):
    hospital, probe = world.started()
    promises = Promises()
    item = probe.open_consultations(1)[0]
    promises.promise_closed(item["task"])
    promises.promise_urgent(item["task"])
    probe.run("set-urgent", "--task", item["task"])
    hospital.faults(drop_after_commit={"at": 1, "method": "PUT", "type": "Task"})
    probe.run("close", "--task", item["task"], expect=(OK, NETWORK))
    hospital.no_faults()
    probe.run("push")
    probe.run("pull")
    none_broken(promises.verify(hospital, probe))
    equal(probe.run("counts")["outbox"], {"waiting": 0, "held": 0, "refused": 0}, "outbox")


def failing(world, code, expect):
    hospital, probe = world.started()
    promises = Promises()
    promises.promise_sent(hospital, PATIENTS, f"状态 {code}")
    hospital.faults(status={"code": code, "times": 1, "method": "POST", "type": "Communication"})
    report = probe.send(PATIENTS, f"状态 {code}", expect=expect)
    equal(report["outbox"]["waiting"], 1, "waiting after the failure")
    none_broken(promises.kept(probe))
    probe.run("push")
    probe.run("pull")
    none_broken(promises.verify(hospital, probe, patient=True))


@suite.case("loop/reply-goes-out-after-429")
def status_429(world):
    failing(world, 429, NETWORK)


@suite.case("loop/reply-goes-out-after-503")
def status_503(world):
    failing(world, 503, NETWORK)


@suite.case("loop/reply-goes-out-after-500")
def status_500(world):
    failing(world, 500, (1, WAITS))


@suite.case("loop/refused-reply-is-kept-with-the-hospitals-words")
def refused(world):
    hospital, probe = world.started()
    promises = Promises()
    promises.watch(hospital, PATIENTS)
    hospital.faults(status={"code": 422, "times": 1, "method": "POST", "type": "Communication"})
    report = probe.send(PATIENTS, "不收", expect=WAITS)
    equal(report["outbox"]["refused"], 1, "refused")
    intent = probe.run("diagnose")["intents"][0]
    equal(intent["state"], "refused", "the intent's state")
    check("told to refuse" in intent["reason"], f"the hospital's words: {intent['reason']}")
    none_broken(promises.verify(hospital))


@suite.case("loop/watching-workstation-sends-and-returns-by-itself")
def watching(world):
    import json
    hospital, probe = world.started()
    promises = Promises()
    promises.promise_sent(hospital, PATIENTS, "自己发")
    hospital.stop()
    probe.send(PATIENTS, "自己发", expect=NETWORK)
    process = probe.start("watch")
    try:
        states = []
        for line in process.stdout:
            state = json.loads(line)
            if "state" not in state:  # a message that came in
                continue
            if "offline" not in states and state["state"] == "offline":
                hospital.start()
            states.append(state["state"])
            if state["state"] == "synced" and state["waiting"] == 0:
                break
    finally:
        process.terminate()
        process.communicate()
    check("offline" in states, f"never offline: {states}")
    none_broken(promises.verify(hospital, probe, patient=True))


if __name__ == "__main__":
    suite.run()
