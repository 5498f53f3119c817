# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of visits share: a doctor without a window, patients and guests in a real browser, appointments."""

import json
import os
import queue
import shutil
import subprocess
import threading
import time
from datetime import datetime, timedelta, timezone

from loop import DEADLINE, HERE, Broken, Skip, check, equal, wait_until

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
DRIVER = HERE / "patient"
RED, GREEN = (255, 0, 0), (0, 130, 0)


class Lines:
    """A program that is told things a line at a time and tells things a line at a time."""

    def __init__(self, *command, **options):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, **options)
        self.lines = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self.process.stdout:
            self.lines.put(json.loads(line))
        self.lines.put(None)

    def say(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def kill(self):
        self.process.kill()
        self.process.wait()

    def __enter__(self):
        return self

    def __exit__(self, *error):
        if self.process.poll() is None:
            self.process.stdin.close()
            try:
                self.process.wait(DEADLINE)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.process.stdout.close()


class Doctor(Lines):
    def __init__(self, hospital, visit, *arguments, login="doctor", **environment):
        super().__init__(os.environ["ZQ_CALL_DOCTOR"], hospital.base, hospital.token(login), f"Appointment/{visit}", *arguments,
                         env={**os.environ, **environment})
        self.now = {}

    def __exit__(self, *error):
        was_killed = self.process.poll() == -9
        super().__exit__(*error)
        check(error[0] is not None or was_killed or self.process.returncode == 0, f"the workstation's end ended with {self.process.returncode}")

    def wait(self, what, condition, seconds=DEADLINE):
        """Until a line of the doctor's holds; gives it."""
        end = time.monotonic() + seconds
        while True:
            try:
                line = self.lines.get(timeout=max(0.01, end - time.monotonic()))
            except queue.Empty:
                raise Broken(f"not within {seconds} s: {what}; the last was {self.now}")
            if line is None:
                raise Broken(f"the doctor ended before: {what}; the last was {self.now}")
            self.now = line
            if condition(line):
                return line

    def wait_state(self, state, seconds=DEADLINE):
        return self.wait(state, lambda line: line["state"] == state, seconds)


class Patient(Lines):
    def __init__(self, hospital, *arguments, account="patient"):
        node = shutil.which("node")
        for there, name in ((node, "node"), (os.path.exists(CHROMIUM), "chromium"),
                            ((DRIVER / "node_modules" / "playwright-core").is_dir(), "playwright-core")):
            if not there:
                raise Skip(f"{name} is not installed")
        super().__init__(node, str(DRIVER / "visit.mjs"), "--base", hospital.base, "--account", account, *arguments)
        self._answer("start")

    def _answer(self, step):
        answer = self.lines.get(timeout=2 * DEADLINE)
        check(answer is not None, f"the browser ended: {step}")
        check(answer["ok"], f"the patient could not {step}: {answer.get('error')}")
        return answer

    def do(self, step, **arguments):
        self.say(json.dumps({"do": step, **arguments}))
        return self._answer(step)

    def wait_seen(self, what, condition, seconds=DEADLINE):
        last = {}

        def look():
            last.update(self.do("seen"))
            return condition(last) and dict(last)
        try:
            return wait_until(what, look, seconds)
        except Broken:
            raise Broken(f"not within {seconds} s: {what}; the last was {last}")


def is_colour(line, wanted):
    return all(abs(line[name] - value) < 70 for name, value in zip(("red", "green", "blue"), wanted))


def sees_patient(line):
    """Chromium's made-up camera is green, in places very bright."""
    return line["frames"] > 5 and line["green"] > 90 and line["red"] < 120 and line["blue"] < 60


def make_visit(hospital, minutes=5, status="booked", patient="pat-001", doctor="doc-lin", thread=None):
    start = datetime.now(timezone.utc) + timedelta(minutes=minutes)
    body = {"resourceType": "Appointment", "status": status,
            "meta": {"tag": [{"system": "https://zhenqiao.org/fhir/department", "code": "dept-endo"}]},
            "start": start.isoformat(), "end": (start + timedelta(minutes=15)).isoformat(),
            "participant": [{"actor": {"reference": f"Patient/{patient}"}, "status": "accepted"},
                            {"actor": {"reference": f"Practitioner/{doctor}"}, "status": "accepted"}]}
    if thread:
        body["supportingInformation"] = [{"reference": thread}]
    status, _, answer = hospital.request("POST", "Appointment", body)
    equal(status, 201, "the appointment")
    return answer["id"] if isinstance(answer, dict) else json.loads(answer)["id"]


def consent(hospital, visit, word, login="patient", patient="pat-001"):
    """The patient's word about being recorded: permit, deny."""
    body = {"resourceType": "Consent", "status": "active",
            "scope": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/consentscope", "code": "patient-privacy"}]},
            "category": [{"coding": [{"system": "https://zhenqiao.org/fhir/CodeSystem/consent-category", "code": "video-recording"}]}],
            "patient": {"reference": f"Patient/{patient}"}, "policyRule": {"text": "test"},
            "provision": {"type": word, "data": [{"meaning": "instance", "reference": {"reference": f"Appointment/{visit}"}}]}}
    status, _, _ = hospital.request("POST", "Consent", body, login=login)
    equal(status, 201, "the consent")


def first_visit(patient):
    ways = [visit["id"] for visit in patient.do("open")["visits"] if visit["way"]]
    check(ways, "no visit has a way in")
    return ways[0]


def begin(doctor, patient, visit):
    doctor.wait_state("alone")
    patient.do("enter", visit=visit)
    doctor.wait_state("waiting")
    doctor.say("admit")
    doctor.wait("the doctor sees the patient", lambda line: line["state"] == "live" and sees_patient(line))
    patient.do("wait", state="live")
