#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A visit whose network changes under it: a computer that moves from cable to radio has another address, and the call comes
back by itself. In a network of its own (a namespace), so it takes root; else it is skipped."""

import os
import shutil
import subprocess
import sys
import time

from loop import Skip, Suite
from visit import Doctor, Patient, begin, first_visit, sees_patient

suite = Suite()
FIRST, SECOND = "10.61.0.1", "10.62.0.1"
INSIDE = "ZQ_INSIDE"


def ip(*arguments):
    subprocess.run(["ip", *arguments], check=True, capture_output=True)


def begin_network():
    """One interface beside the loopback, as a computer has; what stands at its other end does not matter."""
    for one in (("link", "set", "lo", "up"), ("link", "add", "zq0", "type", "veth", "peer", "name", "zq1"),
                ("link", "set", "zq0", "up"), ("link", "set", "zq1", "up"), ("addr", "add", FIRST + "/24", "dev", "zq0")):
        ip(*one)


@suite.case("another address of the computer: the call comes back by itself, nobody touching anything")
def another_address(world):
    if os.environ.get(INSIDE) != "yes":
        raise Skip(os.environ.get(INSIDE, "it takes unshare and ip"))
    hospital = world.hospital()
    with Patient(hospital) as patient:
        visit = first_visit(patient)
        with Doctor(hospital, visit) as doctor:
            begin(doctor, patient, visit)
            call = doctor.now["call"]
            gone = time.monotonic()
            ip("addr", "add", SECOND + "/24", "dev", "zq0")
            ip("addr", "del", FIRST + "/24", "dev", "zq0")
            doctor.wait_state("lost", 8)
            doctor.wait("the patient again", lambda line: line["state"] == "live" and line["call"] > call and sees_patient(line))
            patient.do("wait", state="live")
            print(f"# back after {time.monotonic() - gone:.1f} s", flush=True)


def enter():
    """This program again in a network of its own. The calls' address is not pinned there: it is what changes."""
    environment = dict(os.environ, **{INSIDE: "yes"})
    environment.pop("ZHENQIAO_CALL_ADDRESS", None)
    if not shutil.which("unshare") or not shutil.which("ip"):
        environment[INSIDE] = "it takes unshare and ip"
    elif subprocess.run(["unshare", "-n", "ip", "link", "add", "zq0", "type", "veth", "peer", "name", "zq1"],
                        capture_output=True).returncode != 0:
        environment[INSIDE] = "networks of one's own are not allowed here"
    else:
        os.execvpe("unshare", ["unshare", "-n", sys.executable, __file__], environment)
    os.execve(sys.executable, [sys.executable, __file__], environment)


if __name__ == "__main__":
    if INSIDE not in os.environ:
        enter()
    if os.environ[INSIDE] == "yes":
        begin_network()
    suite.run()
