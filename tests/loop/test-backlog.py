#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A lot at once: a first pull that is killed goes on where it was, and what happened in a day away comes whole."""

import json
import os
import random
import re
import threading

from loop import OK, Probe, Suite, check, equal

suite = Suite()
# About 10,000 resources of the doctor's.
SIZE = "demo:patients=300,consultations=600,messages=7000,observations=0"
CODES = "https://zhenqiao.org/fhir/CodeSystem"
BATCH = 500


def everything(probe):
    """What is held and shown, down to the SHA-256 of every text."""
    inbox = probe.inbox()
    consults = {c["task"]: {k: v for k, v in c.items() if k != "overdue"} for c in inbox["consultations"]}
    threads = sorted({c["thread"] for c in inbox["consultations"] if c["thread"]})
    texts = {}
    for thread in threads[::15]:
        messages = probe.thread(thread)["messages"]
        texts[thread] = [{k: m[k] for k in ("message", "mine", "pending", "text", "sent")} for m in messages]
    counts = probe.run("counts")
    return {"types": counts["types"], "views": counts["views"], "unreadable": counts["unreadable"], "consults": consults,
            "texts": texts}


def compare(found, wanted):
    for part in wanted:
        if isinstance(wanted[part], dict):
            odd = [k for k in {**found[part], **wanted[part]} if found[part].get(k) != wanted[part].get(k)]
            check(not odd, f"{part} differ in {len(odd)}, first {odd[:1]}: "
                           f"{[found[part].get(k) for k in odd[:1]]} instead of {[wanted[part].get(k) for k in odd[:1]]}")
        else:
            equal(found[part], wanted[part], part)


def requests(hospital, kind):
    log = (hospital.directory / "log").read_text(errors="replace")
    return len(re.findall(rf"^GET {kind} 200", log, re.M))


def size_of(path):
    try:
        return os.path.getsize(path)
    except FileNotFoundError:  # a journal that has just gone
        return 0


def tree_size(folder):
    return sum(size_of(os.path.join(at, name)) for at, _, names in os.walk(folder) for name in names
               if not name.endswith("-shm"))


@suite.case("loop/first-pull-goes-on-after-kills")
def kills(world):
    hospital = world.hospital("--verbose", seed=SIZE)
    fresh = Probe(hospital, world.directory, name="fresh")
    fresh.run("pull")
    whole = requests(hospital, "Communication")
    wanted = everything(fresh)
    check(sum(wanted["types"].values()) > 8000, f"only {sum(wanted['types'].values())} resources")

    probe = Probe(hospital, world.directory, name="killed")
    before, killed = requests(hospital, "Communication"), 0
    for n in range(6):
        start, grown = tree_size(probe.directory), 1_500_000
        killed += probe.kill_when(lambda: tree_size(probe.directory) > start + grown, "pull")
    probe.run("pull")
    compare(everything(probe), wanted)
    print(f"# {killed} kills; requests for messages: {requests(hospital, 'Communication') - before}, undisturbed {whole}")
    check(killed >= 3, f"only {killed} kills hit")
    # a page or two is read again for each kill, never all of them
    check(requests(hospital, "Communication") - before <= whole + 6 * killed, "the pull began again from the start")


def transaction(hospital, entries):
    for at in range(0, len(entries), BATCH):
        bundle = {"resourceType": "Bundle", "type": "batch", "entry": entries[at:at + BATCH]}
        status, _, body = hospital.request("POST", "", bundle)
        equal(status, 200, f"batch ({body[:300]})")
        bad = [e["response"] for e in json.loads(body)["entry"] if not e["response"]["status"].startswith("2")]
        check(not bad, f"{len(bad)} entries refused, first {bad[:1]}")


def put(resource):
    return {"resource": resource, "request": {"method": "PUT", "url": f"{resource['resourceType']}/{resource['id']}"}}


def day_away(hospital, rng):
    """10,000 changes in random order: said, said anew, withdrawn, urgent or not, renamed."""
    messages = hospital.search("Communication?_count=1000")
    headers = [m for m in messages if not m.get("partOf")]
    spoken = [m for m in messages if m.get("partOf") and m["category"][0]["coding"][0]["code"] == "message"
              and m.get("status") == "completed"]
    tasks, patients = hospital.search("Task?_count=1000"), hospital.search("Patient?_count=1000")
    entries = []
    for n in range(6000):
        like = rng.choice(spoken)
        new = {k: v for k, v in like.items() if k in ("resourceType", "category", "subject", "partOf", "sender",
                                                      "recipient", "encounter")}
        new |= {"id": f"away-{n}", "status": "completed", "meta": {"tag": like["meta"].get("tag", [])},
                "sent": f"2026-11-22T{n // 600:02d}:{n // 10 % 60:02d}:{n % 10:02d}.000Z",
                "payload": [{"contentString": f"离开时的第{n}句"}]}
        entries.append(put(new))
    for like in rng.sample(spoken, 1500):
        entries.append(put({**like, "status": "entered-in-error"}))
    for n in range(1500):
        like = rng.choice(tasks)
        like["priority"] = rng.choice(["routine", "urgent"])
        entries.append(put(json.loads(json.dumps(like))))
    for n in range(1000):
        like = rng.choice(patients)
        like["name"] = [{"use": "official", "text": f"改名{n}"}]
        entries.append(put(json.loads(json.dumps(like))))
    rng.shuffle(entries)
    # within a batch each thing once, so that their order is that of the batches
    for at in range(0, len(entries), BATCH):
        part = {e["request"]["url"]: e for e in entries[at:at + BATCH]}
        transaction(hospital, list(part.values()))
    return len(entries)


@suite.case("loop/a-day-away-comes-whole")
def backlog(world):
    hospital = world.hospital(seed=SIZE)
    probe = Probe(hospital, world.directory, name="away")
    probe.run("pull")
    n = day_away(hospital, random.Random(7))
    probe.run("pull")
    found = everything(probe)
    fresh = Probe(hospital, world.directory, name="fresh")
    fresh.run("pull")
    print(f"# {n} changes; {found['types']}")
    compare(found, everything(fresh))


suite.run()
