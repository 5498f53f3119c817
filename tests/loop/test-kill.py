#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The workstation is ended by SIGKILL at every step of a reply: nothing promised is lost, nothing is doubled."""

import os
import random
import signal
import time

from loop import NETWORK, OK, SIGNED_OUT, WAITS, Suite, check, equal, none_broken, wait_until
from promise import Promises, digest

suite = Suite()
PATIENTS = "Communication/thread-001"
TASK = "Task/task-001"
ROUNDS = int(os.environ.get("ZQ_KILL_ROUNDS", "30"))


def started(world):
    # A token from a file: no sign-in stands between the start and the request that is to be killed.
    return world.started(practitioner="doc-lin")


def finish(hospital, probe, promises, patient=True):
    hospital.no_faults()
    probe.run("push")
    probe.run("pull")
    none_broken(promises.verify(hospital, probe, patient=patient))
    equal(probe.run("counts")["outbox"], {"waiting": 0, "held": 0, "refused": 0}, "outbox at the end")


def held_texts(probe):
    return [m["text"] for m in probe.thread(PATIENTS)["messages"]]


@suite.case("loop/draft-survives-kill")
def draft(world):
    _, probe = started(world)
    promises = Promises()
    randomness = random.Random(7)
    for number in range(12):
        text = f"草稿第 {number} 稿"
        process = probe.start("draft", "--thread", PATIENTS, "--text", text)
        time.sleep(randomness.uniform(0, 0.05))
        process.send_signal(signal.SIGKILL)
        out, _ = process.communicate()
        if '"ok":true' in out:
            promises.promise_draft(TASK, text)
            none_broken(promises.kept(probe))
        else:
            found = next(c["draft"] for c in probe.inbox()["consultations"] if c["task"] == TASK)
            allowed = {None, digest(text)} | {digest(t) for t in promises.drafts.values()}
            check(found in allowed, "the draft is neither the old nor the new one")
            if found == digest(text):
                promises.promise_draft(TASK, text)


@suite.case("loop/reply-survives-kill-after-its-commit")
def after_commit(world):
    hospital, probe = started(world)
    promises = Promises()
    promises.promise_sent(hospital, PATIENTS, "提交之后")
    hospital.faults(delay_ms=20000)
    killed = probe.kill_when(lambda: hospital.fired("delay-ms") > 0, "send", "--thread", PATIENTS, "--text", "提交之后")
    check(killed, "the probe ended before it could be killed")
    none_broken(promises.kept(probe))
    finish(hospital, probe, promises)


@suite.case("loop/reply-survives-kill-in-flight")
def in_flight(world):
    """Killed in the first, second, third … request of a reply, each while the hospital ponders it."""
    hospital, probe = started(world)
    promises = Promises()
    steps = 0
    for step in range(1, 8):
        text = f"第 {step} 个请求"
        promises.promise_sent(hospital, PATIENTS, text)
        hospital.faults(delay_ms=250)
        killed = probe.kill_when(lambda n=step: hospital.fired("delay-ms") >= n,
                                 "send", "--thread", PATIENTS, "--text", text)
        hospital.no_faults()
        steps += killed
        none_broken(promises.kept(probe))
        if not killed:
            break
    check(steps >= 2, f"only {steps} requests to be killed in")
    finish(hospital, probe, promises)


@suite.case("loop/reply-survives-kill-before-its-answer")
def before_answer(world):
    hospital, probe = started(world)
    promises = Promises()
    for number in range(5):
        text = f"没有回音 {number}"
        promises.promise_sent(hospital, PATIENTS, text)
        hospital.faults(drop_after_commit={"at": 1, "method": "POST", "type": "Communication"})
        probe.kill_when(lambda: hospital.fired("drop-after-commit") > 0, "send", "--thread", PATIENTS, "--text", text)
        equal(hospital.fired("drop-after-commit"), 1, "answers lost")
        hospital.no_faults()
        none_broken(promises.kept(probe))
    finish(hospital, probe, promises)


@suite.case("loop/reply-survives-kill-between-answer-and-its-commit")
def after_answer(world):
    """Killed the moment that the hospital has committed, which is when the answer arrives."""
    hospital, probe = started(world)
    promises = Promises()
    for number in range(8):
        text = f"刚刚收到 {number}"
        promises.promise_sent(hospital, PATIENTS, text)
        probe.send(PATIENTS, text, "--offline")
        count = hospital.count("Communication")
        probe.kill_when(lambda: hospital.count("Communication") > count, "push")
        none_broken(promises.kept(probe))
    finish(hospital, probe, promises)


def kill_at_random(probe, randomness, longest, *arguments):
    process = probe.start(*arguments)
    time.sleep(randomness.uniform(0, longest))
    process.send_signal(signal.SIGKILL)
    out, _ = process.communicate()
    return '"exit":0' in out


@suite.case("loop/nothing-is-lost-or-doubled-by-kills-at-random")
def at_random(world):
    seed = int(os.environ.get("ZQ_SEED", random.SystemRandom().randrange(1 << 32)))
    print(f"# ZQ_SEED={seed}", flush=True)
    randomness = random.Random(seed)
    hospital, probe = started(world)
    promises = Promises()
    others = [c for c in probe.open_consultations(6) if c["thread"] != PATIENTS]
    urgent = iter([c["task"] for c in others[:3]])
    pool = iter([c["task"] for c in probe.open_consultations(3, pool=True, canClaim=True)])
    promises.watch(hospital, PATIENTS)

    for number in range(ROUNDS):
        kind = randomness.choice(["send", "send", "promised", "urgent", "claim"])
        text = f"随机 {number}"
        if kind == "promised":
            probe.send(PATIENTS, text, "--offline")
            promises.promise_sent(hospital, PATIENTS, text)
        elif kind == "send":
            # Killed before its commit it is no promise; in the store it is one.
            kill_at_random(probe, randomness, 0.05, "send", "--thread", PATIENTS, "--text", text)
            if digest(text) in held_texts(probe):
                promises.promise_sent(hospital, PATIENTS, text)
        elif kind == "urgent" and (task := next(urgent, None)):
            probe.run("set-urgent", "--task", task, "--offline")
            promises.promise_urgent(task)
        elif kind == "claim" and (task := next(pool, None)):
            probe.run("claim", "--task", task, "--offline")
            promises.promise_claimed(task, "doc-lin")
        kill_at_random(probe, randomness, 0.05, randomness.choice(["push", "push", "pull"]))
        if number % 5 == 4:
            none_broken(promises.kept(probe))
    finish(hospital, probe, promises)


@suite.case("loop/hospital-killed-in-the-middle-loses-nothing")
def hospital_killed(world):
    hospital, probe = started(world)
    promises = Promises()
    for number in range(4):
        text = f"医院断电 {number}"
        promises.promise_sent(hospital, PATIENTS, text)
        hospital.faults(delay_ms=50)
        process = probe.start("send", "--thread", PATIENTS, "--text", text)
        wait_until("a request", lambda: hospital.fired("delay-ms") > number % 3)
        hospital.process.kill()
        hospital.process.wait()
        out, _ = process.communicate()
        check(process.returncode in (OK, NETWORK, WAITS), f"exit {process.returncode}: {out}")
        hospital.stop()
        none_broken(promises.kept(probe))
        hospital.start()
    finish(hospital, probe, promises)


@suite.case("loop/signed-out-keeps-everything")
def signed_out(world):
    hospital, probe = started(world)
    promises = Promises()
    promises.promise_sent(hospital, PATIENTS, "登录过期")
    good = (probe.directory / "token").read_text()
    (probe.directory / "token").write_text("no-token-at-all")
    probe.send(PATIENTS, "登录过期", expect=SIGNED_OUT)
    none_broken(promises.kept(probe))
    (probe.directory / "token").write_text(good)
    finish(hospital, probe, promises)


if __name__ == "__main__":
    suite.run()
