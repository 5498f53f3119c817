#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Under every fault and SIGKILL no abnormal result leaves the list without a reason that stands at the hospital."""

import os
import random
import signal
import time

from loop import NETWORK, OK, WAITS, Suite, check, equal, none_broken
from promise import ASKED, Promises

suite = Suite()
ROUNDS = int(os.environ.get("ZQ_KILL_ROUNDS", "30"))
STEPS = ("told", "told-otherwise", "handled", "handled")
CRITICAL = ("received", "contacted", "not-reached")

# One line a fault of the sandbox; access-lost and the hospital's own death have cases of their own.
FAULTS = [
    {},
    {"delay_ms": 40},
    {"drop_before_commit": {"at": 1}},
    {"drop_before_commit": {"at": 2}},
    {"drop_after_commit": {"at": 1}},
    {"drop_after_commit": {"at": 1, "type": "Task"}},
    {"drop_after_commit": {"at": 1, "type": "Communication"}},
    {"drop_after_commit": {"at": 1, "type": "AuditEvent"}},
    {"drop_before_commit": {"at": 1, "type": "Task"}},
    {"status": {"code": 503, "times": 1, "type": "Task"}},
    {"status": {"code": 500, "times": 1}},
    {"status": {"code": 429, "times": 1, "retry-after": 1}},
    {"status": {"code": 412, "times": 1, "method": "PUT", "type": "Task"}},
    {"websocket": "off"},
    {"gzip": "off"},
    {"gzip": "on"},
    {"no_history": True},
]


def put(hospital, reference, resource):
    kind, name = reference.split("/")
    status, _, body = hospital.request("PUT", reference, {"resourceType": kind, "id": name, **resource})
    check(status in (200, 201), f"PUT {reference}: {status} {body[:300]}")


def arrive(hospital, name, consult, value, status="final", flag="H"):
    """As the laboratory's system writes it. The Task that gives it to the doctor."""
    tag = {"tag": [{"system": "https://zhenqiao.org/fhir/department", "code": "dept-endo"}]}
    subject = {"reference": hospital.read(consult["task"])["for"]["reference"]}
    put(hospital, f"Observation/{name}-k",
        {"meta": tag, "status": status, "subject": subject, "code": {"text": "钾"},
         "effectiveDateTime": "2026-11-20T08:00:00+08:00", "valueQuantity": {"value": value, "unit": "mmol/L"},
         "referenceRange": [{"low": {"value": 3.5}, "high": {"value": 5.3}}],
         "interpretation": [{"coding": [{"code": flag}]}]})
    put(hospital, f"DiagnosticReport/{name}",
        {"meta": tag, "status": status, "subject": subject, "code": {"text": "急诊电解质"},
         "effectiveDateTime": "2026-11-20T08:00:00+08:00", "result": [{"reference": f"Observation/{name}-k"}]})
    return f"Task/review-{name}"


def reviews(probe):
    return {item["task"]: item for item in probe.reviews()["reviews"]}


def count(probe, task):
    """The steps that the store holds of it, so that one more is seen."""
    item = reviews(probe)[task]
    return {name: item[name] for name in ("told", "handled", "received", "contacted", "notReached")}


def kill_at_random(probe, randomness, longest, *arguments):
    process = probe.start(*arguments)
    time.sleep(randomness.uniform(0, longest))
    process.send_signal(signal.SIGKILL)
    process.communicate()


def words_of(step):
    return ("--step", "tell", "--text", "血钾偏高，请复查") if step == "told" else ("--step", step, "--text", "电话")


def take_step(probe, randomness, promises, task, step):
    """In the outbox it is a promise; killed on the way it is one if the store holds it."""
    if randomness.random() < 0.5:
        probe.run("review", "--task", task, *words_of(step), "--offline", expect=(OK, WAITS))
        promises.promise_step(task, step)
        return
    before = count(probe, task)
    kill_at_random(probe, randomness, 0.25, "review", "--task", task, *words_of(step))
    if count(probe, task) != before:
        promises.promise_step(task, step)


def finish(hospital, probe, promises):
    hospital.no_faults()
    end = time.monotonic() + 20
    while probe.run("push", expect=(OK, WAITS))["exit"] != OK and time.monotonic() < end:
        probe.run("pull")
    probe.run("pull")
    none_broken(promises.verify(hospital, probe))
    equal(probe.run("counts")["outbox"], {"waiting": 0, "held": 0, "refused": 0}, "outbox at the end")


def started(world):
    """With three consultations of patients whose results are given to this doctor."""
    hospital, probe = world.started(practitioner="doc-lin")
    mine = []
    for number, consult in enumerate(probe.open_consultations(6)):
        task = arrive(hospital, f"try-{number}", consult, 4.4, flag="N")
        if hospital.read(task)["owner"]["reference"] == "Practitioner/doc-lin":
            mine.append(consult)
    check(len(mine) >= 3, f"only {len(mine)} patients are this doctor's")
    return hospital, probe, mine[:3]


@suite.case("results/none-leaves-the-list-without-a-reason-under-faults-and-kills-at-random")
def at_random(world):
    seed = int(os.environ.get("ZQ_SEED", random.SystemRandom().randrange(1 << 32)))
    print(f"# ZQ_SEED={seed}", flush=True)
    randomness = random.Random(seed)
    hospital, probe, consults = started(world)
    promises = Promises()
    faults = FAULTS * (ROUNDS // len(FAULTS) + 1)
    randomness.shuffle(faults)
    came = {}

    for number in range(ROUNDS):
        hospital.no_faults()
        if number % 3 == 0:
            flag = "HH" if number % 2 == 0 else "H"
            name = f"live-{number}"
            came[arrive(hospital, name, randomness.choice(consults), 6.9 if flag == "HH" else 5.9, flag=flag)] = flag
        hospital.faults(**faults[number])
        kill_at_random(probe, randomness, 0.4, randomness.choice(["pull", "pull", "push"]))
        held = reviews(probe)
        for task in came:
            # what has once been in the list
            if task in held and task not in promises.results:
                promises.promise_result(task)
        task = randomness.choice(sorted(promises.results)) if promises.results else None
        if task and "handled" not in promises.results[task]:
            step = randomness.choice(STEPS + (CRITICAL if came[task] == "HH" else ()))
            take_step(probe, randomness, promises, task, step)
        if number % 4 == 3:
            none_broken(promises.kept(probe))
    hospital.no_faults()
    probe.run("pull")
    for task in came:
        if task not in promises.results:
            promises.promise_result(task)
    finish(hospital, probe, promises)
    taken = [step for steps in promises.results.values() for step in steps if step != ASKED]
    print(f"# {len(came)} results, {len(taken)} steps: {sorted(set(taken))}", flush=True)
    check(len(taken) >= ROUNDS / 6, f"only {len(taken)} steps were taken in {ROUNDS} rounds")


@suite.case("results/a-corrected-one-is-listed-again-whatever-was-done-with-it")
def corrected(world):
    randomness = random.Random(5)
    hospital, probe, consults = started(world)
    promises = Promises()
    tasks = [arrive(hospital, f"live-{n}", consults[n], 5.9) for n in range(3)]
    probe.run("pull")
    for task in tasks:
        promises.promise_result(task)
        probe.run("review", "--task", task, *words_of("handled"), "--offline", expect=(OK, WAITS))
        promises.promise_step(task, "handled")
    probe.run("push")
    hospital.advance(5)
    for n, task in enumerate(tasks):
        arrive(hospital, f"live-{n}", consults[n], 6.4, status="corrected")
        hospital.faults(**FAULTS[4 + n])
        kill_at_random(probe, randomness, 0.3, "pull")
        hospital.no_faults()
        promises.promise_result(task)
    probe.run("pull")
    finish(hospital, probe, promises)


@suite.case("results/access-that-is-lost-takes-none-off-the-list")
def access_lost(world):
    hospital, probe, consults = started(world)
    promises = Promises()
    task = arrive(hospital, "live-1", consults[0], 5.9)
    probe.run("pull")
    promises.promise_result(task)
    for lost in ("DiagnosticReport/live-1", task):
        hospital.faults(access_lost={"reference": lost})
        probe.run("pull")
        none_broken(promises.kept(probe))
        hospital.no_faults()
    probe.run("pull")
    finish(hospital, probe, promises)


@suite.case("results/the-hospital-killed-in-the-middle-of-a-step")
def hospital_killed(world):
    hospital, probe, consults = started(world)
    promises = Promises()
    for number, step in enumerate(("received", "told", "handled")):
        task = arrive(hospital, f"live-{number}", consults[number], 6.9, flag="HH")
        probe.run("pull")
        promises.promise_result(task)
        hospital.faults(delay_ms=50)
        process = probe.start("review", "--task", task, *words_of(step))
        while process.poll() is None and hospital.fired("delay-ms") <= number:
            time.sleep(0.002)
        hospital.process.kill()
        hospital.process.wait()
        process.communicate()
        check(process.returncode in (OK, NETWORK, WAITS), f"exit {process.returncode}")
        promises.promise_step(task, step)
        hospital.stop()
        none_broken(promises.kept(probe))
        hospital.start()
        probe.run("push", expect=(OK, WAITS))
    finish(hospital, probe, promises)


if __name__ == "__main__":
    suite.run()
