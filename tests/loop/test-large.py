#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages that are larger than anybody can read: each comes, and nothing that comes after them is kept back."""

import hashlib

from loop import Probe, Suite, check, equal

suite = Suite()
# Three of them are more than the workstation takes in one answer, each is less than the hospital takes.
SIZE = 31 * 1024 * 1024


def say(hospital, task, text):
    header = hospital.read(task["focus"]["reference"])
    message = {"resourceType": "Communication", "status": "completed", "subject": header["subject"],
               "sender": header["subject"], "partOf": [task["focus"]], "meta": {"tag": header["meta"]["tag"]},
               "category": [{"coding": [{"system": "https://zhenqiao.org/fhir/CodeSystem/communication-category",
                                         "code": "message"}]}],
               "payload": [{"contentString": text}]}
    status, _, body = hospital.request("POST", "Communication", message)
    equal(status, 201, f"a message of {len(text)} characters ({body[:200]})")


def is_begin(digest, letter):
    """Whether the probe, which tells no words, tells of the beginning of so many of a letter."""
    return any(digest == hashlib.sha256((letter * n).encode()).hexdigest() for n in range(1000, 20000))


def texts(probe, task):
    return [m["text"] for m in probe.thread(task["focus"]["reference"])["messages"]]


def large(world, pulled_before):
    hospital = world.hospital()
    task = hospital.search("Task?owner=Practitioner/doc-lin&status=in-progress&_count=1")[0]
    probe = Probe(hospital, world.directory)
    if pulled_before:
        probe.run("pull")
    for letter in "xyz":
        say(hospital, task, letter * SIZE)
    say(hospital, task, "did they arrive?")
    report = probe.run("pull")
    equal(report["unreadable"], 0, "what cannot be read")
    last = texts(probe, task)[-4:]
    check(all(map(is_begin, last[:3], "xyz")), f"the large ones are not the three before the last: {last}")
    equal(last[3], hashlib.sha256(b"did they arrive?").hexdigest(), "what came after them")


@suite.case("loop/large-messages-come-in-the-first-pull")
def first(world):
    large(world, False)


@suite.case("loop/large-messages-come-and-what-follows-them")
def later(world):
    large(world, True)


suite.run()
