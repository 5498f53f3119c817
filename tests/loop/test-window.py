#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole workstation on a display of its own, its keys pressed, and a real browser as the patient: what a visit leaves when the
program is killed in the middle of it."""

import os
import shutil
import signal
import subprocess
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "tools"))
os.environ["ZHENQIAO_BUILD"] = os.path.dirname(os.environ["G_TEST_BUILDDIR"])

from loop import Skip, Suite, check, equal, wait_until
from stage import Place
from visit import Patient, consent, first_visit

suite = Suite()
BUILD = os.environ["ZHENQIAO_BUILD"]


class Window:
    """A workstation on @place; what it says of its start and its calls."""

    def __init__(self, place, hospital, data):
        environment = {**place.env, "ZHENQIAO_CALL_TEST": "1", "G_MESSAGES_DEBUG": "zq-call", "ZHENQIAO_MODULE_DIR": f"{BUILD}/src/app",
                       "GSETTINGS_SCHEMA_DIR": f"{BUILD}/data"}
        self.place, self.lines = place, []
        self.process = subprocess.Popen([f"{BUILD}/src/app/zhenqiao", "--data-dir", str(data), "--hospital", hospital.base, "--login-hint", "doctor",
                                         "--auto-follow", "--trace-start"], env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        place.started.append(self.process)
        threading.Thread(target=self._read, daemon=True).start()
        wait_until("the first rows", lambda: self.lines, 60)

    def _read(self):
        for line in self.process.stdout:
            self.lines.append(line)

    def said(self, words):
        return any(words in line for line in list(self.lines))

    def do(self, *arguments):
        subprocess.run(["xdotool", *arguments], env=self.place.env, check=True, timeout=20)

    def press_until(self, key, what, condition):
        """A key may come before what it is for is there: then once more."""
        for _ in range(20):
            self.do("key", "--clearmodifiers", key)
            try:
                return wait_until(what, condition, 1.5)
            except AssertionError:
                continue
        check(False, f"{what}: {key} does nothing")

    def keep_picture(self, hospital):
        """What is seen stands still, and goes into the record."""
        for _ in range(10):
            self.do("key", "--clearmodifiers", "ctrl+shift+p")
            self.do("key", "Return")
            try:
                kept = wait_until("the picture in the record", lambda: of(hospital, "DocumentReference", "visit-picture"), 2)
                break
            except AssertionError:
                continue
        attachment = kept[0]["content"][0]["attachment"]
        equal(attachment["contentType"], "image/png", "the picture")
        check(attachment["size"] > 1000, "there is next to nothing in it")
        check(kept[0]["context"]["encounter"][0]["reference"].startswith("Encounter/"), "whose visit it is from")

    def write(self, words):
        """Into the first part of the record, which stands beside the picture."""
        self.do("mousemove", "1150", "215", "click", "1")
        self.do("type", "--delay", "20", words)

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


def begin(window, patient, visit):
    window.press_until("alt+3", "the schedule is there", lambda: True)
    window.press_until("v", "the room of the visit", lambda: window.said("alone by") or window.said("waiting by") or window.said("connecting by"))


def of(hospital, kind, code):
    found = hospital.search(f"{kind}?patient=pat-001&_count=200")
    return [one for one in found if code in str(one.get("type"))]


@suite.case("killed in the middle of a visit: the same call, Encounter and record come back, what was recorded is entered, the patient touches nothing")
def killed(world):
    if not shutil.which("xdotool") or not shutil.which("Xvfb"):
        raise Skip("xdotool or Xvfb is not installed")
    hospital = world.hospital("--recording", "required", "--recorded-by", "workstation")
    data = world.directory / "workstation"
    place = Place()
    try:
        with Patient(hospital) as patient:
            visit = first_visit(patient)
            consent(hospital, visit, "permit")
            window = Window(place, hospital, data)
            begin(window, patient, visit)
            patient.do("enter", visit=visit)
            window.press_until("Return", "the call", lambda: window.said("→ live"))
            wait_until("it is recorded", lambda: "正在录制" in patient.do("state")["marks"])
            window.keep_picture(hospital)
            window.write("thirst")
            store = next(data.rglob("attachments.db"))
            size = lambda: sum(path.stat().st_size for path in store.parent.glob("attachments.db*"))
            before = size()
            wait_until("seconds of it are in the store", lambda: size() > before + 100000)
            encounters = [one["id"] for one in hospital.search(f"Encounter?appointment=Appointment/{visit}")]
            equal(len(encounters), 1, "Encounters")
            window.kill()
            window = Window(place, hospital, data)
            begin(window, patient, visit)
            wait_until("the call is back", lambda: window.said("→ live"))
            frames = patient.do("seen")["frames"]
            patient.wait_seen("the doctor's picture moves again", lambda seen: seen["frames"] > frames + 20)
            equal(patient.do("state")["state"], "live", "the patient's page")
            recordings = wait_until("what was recorded is entered", lambda: of(hospital, "DocumentReference", "visit-recording"))
            check("录制中断" in recordings[0]["description"] or "Cut off" in recordings[0]["description"], str(recordings[0].get("description")))
            titles = sorted(one["attachment"]["title"].rsplit(" ", 1)[0] for one in recordings[0]["content"])
            equal(len(titles), 4, f"tracks of {titles}")
            equal([one["id"] for one in hospital.search(f"Encounter?appointment=Appointment/{visit}")], encounters, "Encounters")
            window.write(" and more")
            window.press_until("ctrl+Return", "the signed record", lambda: hospital.search("Composition?patient=pat-001&_count=200") and any(
                "thirst and more" in str(one) for one in hospital.search("Composition?patient=pat-001&_count=200")))
            window.press_until("ctrl+q", "the program ends", lambda: window.process.poll() is not None)
            equal(window.process.returncode, 0, "how it ends, in the middle of a call")
    finally:
        place.close()


if __name__ == "__main__":
    suite.run()
