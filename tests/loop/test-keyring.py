#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""With a real Secret Service and an encrypted file. Runs inside tests/account/with-keyring.sh."""

import json
import os
import subprocess

from loop import FAILED, HERE, NETWORK, SIGNED_OUT, Probe, Suite, check, equal, none_broken
from promise import Promises

suite = Suite()
THREAD = "Communication/thread-001"
WORDS = "只有病人和医生看得见的话"


def without_hint(probe):
    probe.options = [o for o in probe.options if o not in ("--login-hint", "doctor")]
    return probe


def files_below(directory):
    return [p for p in directory.rglob("*") if p.is_file()]


@suite.case("loop/keyring-and-encrypted-store-serve-a-whole-round")
def whole(world):
    hospital = world.hospital()
    probe = Probe(hospital, world.directory, keyring=True)
    promises = Promises()
    probe.run("sign-in")
    probe.run("pull")
    promises.promise_sent(hospital, THREAD, WORDS)
    probe.send(THREAD, WORDS)
    probe.run("read", "--thread", THREAD)
    probe.run("draft", "--thread", THREAD, "--text", WORDS)
    promises.promise_draft("Task/task-001", WORDS)
    none_broken(promises.verify(hospital, probe, patient=True))

    names = [c["display"] for c in [hospital.read("Task/task-001")["for"]] if "display" in c]
    for path in files_below(probe.directory):
        text = path.read_bytes()
        check(not text.startswith(b"SQLite format 3"), f"{path.name} is not encrypted")
        for secret in [WORDS, *names, "Bearer", "refresh_token"]:
            check(secret.encode() not in text, f"{path.name} holds something in the clear")


@suite.case("loop/second-start-needs-no-sign-in")
def second_start(world):
    hospital = world.hospital()
    probe = Probe(hospital, world.directory, keyring=True)
    probe.run("pull")
    without_hint(probe).run("pull")
    # Rotation: each start uses up a refresh token and keeps the next one.
    probe.run("pull")


@suite.case("loop/everything-opens-without-hospital-and-sign-in")
def offline_start(world):
    hospital = world.hospital()
    probe = Probe(hospital, world.directory, keyring=True)
    held = probe.run("pull")["types"]
    hospital.stop()
    without_hint(probe)
    equal(probe.run("counts")["types"], held, "what is held")
    probe.send(THREAD, "先写着", expect=NETWORK)
    hospital.start()
    probe.run("push")


@suite.case("loop/lost-sign-in-asks-for-a-person-and-keeps-the-work")
def lost_sign_in(world):
    hospital = world.hospital()
    probe = Probe(hospital, world.directory, keyring=True)
    promises = Promises()
    probe.run("pull")
    promises.promise_sent(hospital, THREAD, "登录没了")
    hospital.stop()
    for path in files_below(hospital.directory):
        path.unlink()
    hospital.start()
    without_hint(probe).send(THREAD, "登录没了", expect=SIGNED_OUT)
    none_broken(promises.kept(probe))


def start_without(mode, probe):
    script = HERE.parent / "account" / "with-keyring.sh"
    return subprocess.run(["bash", str(script), mode, os.environ["ZQ_PROBE"], *probe.options, "pull"],
                          capture_output=True, text=True, timeout=60)


def refuses(world, mode):
    hospital = world.hospital()
    probe = Probe(hospital, world.directory, keyring=True)
    done = start_without(mode, probe)
    equal(done.returncode, FAILED, f"exit status ({done.stderr[-300:]})")
    check(json.loads(done.stdout.splitlines()[-1])["error"], "it says why")
    stores = [p for p in files_below(probe.directory) if p.name.startswith("store.db")]
    equal(stores, [], "stores made without a key")


@suite.case("loop/without-a-keyring-nothing-is-kept-in-the-clear")
def absent(world):
    refuses(world, "--absent")


@suite.case("loop/with-a-locked-keyring-nothing-is-kept-in-the-clear")
def locked(world):
    refuses(world, "--locked")


@suite.case("loop/one-process-an-account")
def locked_account(world):
    hospital = world.hospital()
    probe = Probe(hospital, world.directory, keyring=True)
    probe.run("pull")
    watching = probe.start("watch")
    try:
        watching.stdout.readline()
        report = probe.run("counts", expect=FAILED)
        check(report["error"], "it says why")
    finally:
        watching.terminate()
        watching.communicate()
    probe.run("counts")


if __name__ == "__main__":
    suite.run()
