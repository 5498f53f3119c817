#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The live channel: the hospital tells, the workstation asks; it comes back by itself and cleans up after itself."""

import json
import signal
import threading
import time

from loop import DEADLINE, OK, Suite, check, equal, wait_until

suite = Suite()
TASK = "Task/task-001"
LATENCY_S = 0.3


class Watch:
    """A running `watch`: its lines, each with the moment when it came."""

    def __init__(self, probe):
        self.probe = probe
        self.lines = []
        self.process = probe.start("watch")
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self):
        for line in self.process.stdout:
            self.lines.append((time.monotonic(), json.loads(line)))

    def seen(self, name, value, after=0.0):
        for at, line in list(self.lines):
            if line.get(name) == value and at >= after:
                return at
        return None

    def wait(self, name, value, after=0.0, seconds=DEADLINE):
        return wait_until(f"{name} = {value}", lambda: self.seen(name, value, after), seconds)

    def end(self, how=signal.SIGTERM):
        self.process.send_signal(how)
        self.process.wait(DEADLINE)
        self.reader.join(DEADLINE)
        self.process.stdout.close()
        self.process.stderr.close()


def watching(world):
    hospital, probe = world.started()
    watch = Watch(probe)
    watch.wait("live", "up")
    # the pull that follows it
    watch.wait("state", "synced")
    return hospital, probe, watch


def subscriptions(hospital, login="doctor"):
    return hospital.search("Subscription", login)


@suite.case("loop/a-message-is-here-within-a-third-of-a-second")
def latency(world):
    hospital, _, watch = watching(world)
    spans = []
    for n in range(20):
        began = time.monotonic()
        message = hospital.patient_says(TASK, f"第{n}句")
        spans.append(watch.wait("message", message) - began)
    watch.end()
    spans.sort()
    print(f"# live-latency: median {spans[10]:.3f} s, worst {spans[-1]:.3f} s, the hospital's own time included")
    check(spans[18] <= LATENCY_S, f"{spans[18]:.3f} s")


@suite.case("loop/what-comes-in-a-burst-is-all-here")
def burst(world):
    hospital, _, watch = watching(world)
    messages = [hospital.patient_says(TASK, f"第{n}句") for n in range(60)]
    for message in messages:
        watch.wait("message", message)
    watch.end()


@suite.case("loop/subscriptions-are-ours-and-are-taken-back")
def cleans_up(world):
    hospital, probe, watch = watching(world)
    made = subscriptions(hospital)
    check(len(made) >= 4, f"{len(made)} Subscriptions")
    criteria = [one["criteria"] for one in made]
    equal(len(set(criteria)), len(criteria), "one a search")
    check("Task?owner=Practitioner/doc-lin" in criteria, "own Tasks wherever they are")
    watch.end()
    equal(subscriptions(hospital), [], "Subscriptions after a clean end")


@suite.case("loop/a-killed-workstation-finds-its-subscriptions-again")
def found_again(world):
    hospital, probe, watch = watching(world)
    before = {one["id"] for one in subscriptions(hospital)}
    watch.end(signal.SIGKILL)
    equal({one["id"] for one in subscriptions(hospital)}, before, "Subscriptions after a kill")
    again = Watch(probe)
    again.wait("live", "up")
    equal({one["id"] for one in subscriptions(hospital)}, before, "Subscriptions of the next start")
    again.end()
    equal(subscriptions(hospital), [], "Subscriptions after a clean end")


@suite.case("loop/subscriptions-that-were-deleted-are-made-again")
def made_again(world):
    hospital, _, watch = watching(world)
    began = time.monotonic()
    for one in subscriptions(hospital):
        equal(hospital.request("DELETE", f"Subscription/{one['id']}", login="doctor")[0] // 100, 2, "DELETE")
    watch.wait("live", "down", began)
    watch.wait("live", "up", began)
    message = hospital.patient_says(TASK, "还在吗")
    watch.wait("message", message, seconds=5)
    watch.end()


@suite.case("loop/what-came-while-the-connection-was-away-is-here-after-it")
def reconnects(world):
    hospital, _, watch = watching(world)
    began = time.monotonic()
    hospital.stop()
    watch.wait("live", "down", began)
    hospital.start()
    message = hospital.patient_says(TASK, "断线时说的")
    watch.wait("live", "up", began)
    watch.wait("message", message)
    last = hospital.patient_says(TASK, "又通了")
    watch.wait("message", last, seconds=5)
    watch.end()


@suite.case("loop/without-a-live-channel-the-polls-go-on")
def off(world):
    hospital, probe = world.started()
    hospital.faults(websocket="off")
    watch = Watch(probe)
    watch.wait("state", "synced")
    message = hospital.patient_says(TASK, "慢一点")
    watch.wait("message", message)
    check(watch.seen("live", "up") is None, "live without a live channel")
    equal(subscriptions(hospital), [], "Subscriptions that nobody hears")
    watch.end()


suite.run()
