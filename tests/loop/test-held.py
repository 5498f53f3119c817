#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A reply that its writer would want to look at again is held, shown and kept; it never just goes."""

from loop import FAILED, NETWORK, OK, WAITS, Suite, check, equal, none_broken
from promise import Promises, digest

suite = Suite()
TASK = "Task/task-001"
THREAD = "Communication/thread-001"


def held(probe, state="held"):
    report = probe.run("push", expect=WAITS)
    equal(report["outbox"][state], 1, state)
    equal(report["outbox"]["waiting"], 0, "waiting")
    return probe.run("diagnose")["intents"][0]


def kept(probe, text, state="held"):
    message = [m for m in probe.thread(THREAD)["messages"] if m["text"] == digest(text)]
    equal(len(message), 1, "the reply in the thread")
    equal(message[0]["outbox"], state, "its state there")


def not_sent(hospital, promises):
    none_broken(promises.verify(hospital))


@suite.case("loop/reply-is-held-when-a-newer-message-came")
def newer(world):
    hospital, probe = world.started()
    promises = Promises()
    promises.watch(hospital, THREAD)
    probe.send(THREAD, "照旧吃药", "--offline")
    hospital.patient_says(TASK, "我今天晕倒了")
    intent = held(probe)
    check(intent["reason"], "a reason is given")
    kept(probe, "照旧吃药")
    not_sent(hospital, promises)


@suite.case("loop/reply-is-held-when-the-consultation-was-closed")
def closed(world):
    hospital, probe = world.started()
    promises = Promises()
    promises.watch(hospital, THREAD)
    probe.send(THREAD, "来晚了", "--offline")
    task = hospital.read_text(TASK)
    hospital.update(TASK, lambda text: text.replace('"in-consultation"', '"expired-refunded"')
                    .replace('"in-progress"', '"cancelled"'))
    check(hospital.read_text(TASK) != task, "the hospital closed it")
    held(probe)
    kept(probe, "来晚了")
    not_sent(hospital, promises)


@suite.case("loop/reply-is-held-when-it-is-too-old")
def too_old(world):
    hospital, probe = world.started()
    promises = Promises()
    promises.watch(hospital, THREAD)
    probe.send(THREAD, "三小时以前写的", "--offline")
    hospital.advance(3 * 3600)
    held(probe)
    kept(probe, "三小时以前写的")
    not_sent(hospital, promises)


@suite.case("loop/reply-within-the-hour-goes-out")
def young(world):
    hospital, probe = world.started()
    promises = Promises()
    promises.promise_sent(hospital, THREAD, "半小时以前写的")
    probe.send(THREAD, "半小时以前写的", "--offline")
    hospital.advance(1800)
    probe.run("push")
    none_broken(promises.verify(hospital, probe, patient=True))


@suite.case("loop/held-reply-does-not-stop-other-threads")
def others_go(world):
    hospital, probe = world.started()
    promises = Promises()
    promises.watch(hospital, THREAD)
    other = next(c for c in probe.open_consultations(2) if c["task"] != TASK)
    probe.send(THREAD, "要等等", "--offline")
    hospital.patient_says(TASK, "又有新情况")
    promises.promise_sent(hospital, other["thread"], "不受影响")
    report = probe.send(other["thread"], "不受影响", expect=WAITS)
    equal(report["outbox"], {"waiting": 0, "held": 1, "refused": 0}, "outbox")
    none_broken(promises.verify(hospital))


@suite.case("loop/closing-is-held-when-a-newer-message-came")
def close_held(world):
    hospital, probe = world.started()
    probe.run("close", "--task", TASK, "--offline")
    hospital.patient_says(TASK, "等一下，还有一个问题")
    held(probe)
    equal(hospital.read(TASK)["businessStatus"]["coding"][0]["code"] != "completed", True, "it is still open")
    probe.run("pull")
    item = next(c for c in probe.inbox()["consultations"] if c["task"] == TASK)
    equal(item["final"], False, "and shown as open")


@suite.case("loop/lost-access-keeps-the-reply-and-says-so")
def access_lost(world):
    hospital, probe = world.started()
    promises = Promises()
    promises.watch(hospital, THREAD)
    text = "还没来得及发"
    probe.send(THREAD, text, "--offline")
    hospital.faults(access_lost={"reference": hospital.read(TASK)["for"]["reference"]})
    report = probe.run("push", expect=(WAITS, FAILED))
    equal(report["outbox"]["waiting"], 0, "waiting")
    intents = probe.run("diagnose")["intents"]
    equal(len(intents), 1, "the reply is in the outbox")
    check(intents[0]["state"] in ("held", "refused") and intents[0]["reason"], f"and says why: {intents[0]}")
    hospital.no_faults()
    not_sent(hospital, promises)


@suite.case("loop/lost-access-leaves-the-inbox-and-comes-back")
def access_comes_back(world):
    hospital, probe = world.started()

    def tasks():
        probe.run("pull")
        return {c["task"] for c in probe.inbox()["consultations"]}

    before = tasks()
    check(TASK in before, "the consultation is not held")
    hospital.faults(access_lost={"reference": hospital.read(TASK)["for"]["reference"]})
    lost = before - tasks()
    check(TASK in lost, "the consultation is still shown")
    hospital.no_faults()
    equal(tasks(), before, "what is shown when access is back")


@suite.case("loop/another-department-is-not-shown")
def other_department(world):
    hospital, probe = world.started(login="doctor4")
    tasks = {c["task"] for c in probe.inbox()["consultations"]}
    check(TASK not in tasks, "a consultation of another department is held")
    equal(probe.run("counts")["unreadable"], 0, "unreadable")


if __name__ == "__main__":
    suite.run()
