#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the hospital records of a visit, by its word and the patient's: a real browser, real files, and none where none may be."""

import json
import os
import shutil
import struct
import subprocess
from contextlib import contextmanager
from pathlib import Path

from loop import Skip, Suite, check, equal, wait_until
from visit import Doctor, Patient, begin, consent, first_visit, sees_patient

suite = Suite()
MATROSKA = b"\x1a\x45\xdf\xa3"


def media_files(directory):
    """Every file below that is media, whatever its name."""
    found = []
    for path in Path(directory).rglob("*"):
        if path.is_file():
            with open(path, "rb") as file:
                if file.read(4) == MATROSKA:
                    found.append(path)
    return found


def decode(path, chain, out):
    if not shutil.which("gst-launch-1.0"):
        raise Skip("gst-launch-1.0 is not installed")
    done = subprocess.run(["gst-launch-1.0", "-q", "filesrc", f"location={path}", "!", "matroskademux", "!", *chain.split(), "!",
                           "filesink", f"location={out}"], capture_output=True, text=True, timeout=60)
    equal(done.returncode, 0, f"decoding: {done.stderr[-300:]}")
    return Path(out).read_bytes()


def pictures(path, out):
    """Frames, and the mean colour in the middle of the last."""
    raw = decode(path, "vp8dec ! videoconvert ! videoscale ! video/x-raw,format=RGB,width=16,height=16", out)
    last = raw[-768:]
    middle = [last[(y * 16 + x) * 3:(y * 16 + x) * 3 + 3] for y in range(6, 10) for x in range(6, 10)]
    return len(raw) // 768, [sum(pixel[n] for pixel in middle) / len(middle) for n in range(3)]


def sound(path, out):
    """Seconds, the loudest sample, and how often a second the sign changes from − to +."""
    raw = decode(path, "opusdec ! audioconvert ! audioresample ! audio/x-raw,format=S16LE,rate=48000,channels=1", out)
    samples = struct.unpack(f"<{len(raw) // 2}h", raw)
    seconds = len(samples) / 48000
    rises = sum(1 for a, b in zip(samples, samples[1:]) if a < 0 <= b)
    return seconds, max(abs(sample) for sample in samples), rises / max(seconds, 0.001)


def documents(hospital):
    found = hospital.search("DocumentReference?patient=pat-001&_count=200")
    return [one for one in found if any(code.get("code") == "visit-recording" for code in one.get("type", {}).get("coding", []))]


def size_of(directory):
    return sum(path.stat().st_size for path in media_files(directory))


@suite.case("both sides are recorded, seen by a mark on both; it is in the record, and the doctor's alone to fetch")
def recorded(world):
    hospital = world.hospital("--recording", "optional")
    with Patient(hospital) as patient:
        visit = first_visit(patient)
        consent(hospital, visit, "permit")
        with Doctor(hospital, visit) as doctor:
            begin(doctor, patient, visit)
            equal(media_files(world.directory), [], "files before it is begun")
            doctor.say("record")
            doctor.wait("the doctor's mark", lambda line: line["recorded"])
            wait_until("the patient's mark", lambda: "正在录制" in patient.do("state")["marks"])
            wait_until("four tracks with something in them", lambda: len(media_files(world.directory)) == 4)
            frames = doctor.now["frames"]
            doctor.wait("four seconds of it", lambda line: line["frames"] > frames + 100 and sees_patient(line))
            doctor.say("unrecord")
            doctor.wait("no mark", lambda line: not line["recorded"])
            wait_until("it is in the record", lambda: documents(hospital))
            at_end = size_of(world.directory)
            frames = doctor.now["frames"]
            doctor.wait("a second without it", lambda line: line["frames"] > frames + 30)
            equal(size_of(world.directory), at_end, "bytes after the end")
    document = documents(hospital)[0]
    titles = sorted(content["attachment"]["title"] for content in document["content"])
    equal(titles, ["doctor audio", "doctor video", "patient audio", "patient video"], "what was kept")
    related = [one["reference"] for one in document["context"]["related"]]
    check(f"Appointment/{visit}" in related and related[1].startswith("Consent/"), f"what it belongs to: {related}")
    found = {}
    for content in document["content"]:
        attachment = content["attachment"]
        status, _, body = hospital.request("GET", attachment["url"], login="doctor")
        equal((status, len(body)), (200, attachment["size"]), "the file for the doctor")
        for login in ("patient", "colleague", "operator"):
            try:
                status = hospital.request("GET", attachment["url"], login=login)[0]
            except AssertionError:
                continue  # there is no such account here
            check(status >= 400, f"{login} may fetch it")
        path = world.directory / f"{attachment['title']}.mkv"
        path.write_bytes(body)
        found[attachment["title"]] = path
    count, colour = pictures(found["doctor video"], world.directory / "raw")
    check(count > 15 and colour[0] > 150 and colour[1] < 100, f"the doctor's picture: {count} frames, {colour}")
    count, colour = pictures(found["patient video"], world.directory / "raw")
    check(count > 15 and colour[1] > 80 and colour[0] < 130, f"the patient's picture: {count} frames, {colour}")
    seconds, peak, pitch = sound(found["doctor audio"], world.directory / "raw")
    check(seconds > 2 and peak > 1000 and abs(pitch - 440) < 40, f"the doctor's sound: {seconds} s, {peak}, {pitch} Hz")
    seconds, peak, _ = sound(found["patient audio"], world.directory / "raw")
    check(seconds > 2 and peak > 1000, f"the patient's sound: {seconds} s, {peak}")


@suite.case("who did not agree is not recorded, nor who was not asked; where it is off there is no file at all")
def not_recorded(world):
    hospital = world.hospital("--recording", "optional")
    with Patient(hospital) as patient:
        visit = first_visit(patient)
        consent(hospital, visit, "permit")
        consent(hospital, visit, "deny")
        with Doctor(hospital, visit) as doctor:
            begin(doctor, patient, visit)
            doctor.say("record")
            frames = doctor.now["frames"]
            line = doctor.wait("it goes on", lambda one: one["frames"] > frames + 60)
            check(not line["recorded"], "it is recorded against the patient's word")
            equal(patient.do("state")["marks"], "", "the patient's marks")
    equal(media_files(world.directory), [], "files of media")
    equal(documents(hospital), [], "recordings in the record")


@contextmanager
def recording(hospital, patient, visit):
    """The doctor of a visit that the patient is in, and that is being recorded since the patient agreed."""
    consent(hospital, visit, "permit")
    with Doctor(hospital, visit) as doctor:
        begin(doctor, patient, visit)
        doctor.say("record")
        doctor.wait("recorded", lambda line: line["recorded"])
        yield doctor


def tape_of(world):
    folder = world.directory / "tape"
    folder.mkdir()
    return folder


@suite.case("where the workstation records, the hospital has no file: both sides are on its tape, which grows while it goes on")
def by_the_workstation(world):
    hospital = world.hospital("--recording", "optional", "--recorded-by", "workstation")
    folder = tape_of(world)
    with Patient(hospital) as patient:
        visit = first_visit(patient)
        consent(hospital, visit, "deny")
        with Doctor(hospital, visit, f"--tape={folder}") as doctor:
            begin(doctor, patient, visit)
            doctor.say("record")
            frames = doctor.now["frames"]
            line = doctor.wait("it goes on", lambda one: one["frames"] > frames + 60)
            check(not line["recorded"] and not list(folder.iterdir()), "it is recorded against the patient's word")
            consent(hospital, visit, "permit")
            doctor.say("record")
            doctor.wait("the doctor's mark", lambda line: line["recorded"])
            wait_until("the patient's mark", lambda: "正在录制" in patient.do("state")["marks"])
            wait_until("four tracks, while it goes on", lambda: len(media_files(folder)) == 4)
            grown = size_of(folder)
            wait_until("more of it", lambda: size_of(folder) > grown + 20000)
            patient.do("reload")
            doctor.wait_state("live")
            frames = doctor.now["frames"]
            doctor.wait("the patient is back", lambda one: one["frames"] > frames + 100 and sees_patient(one))
            consent(hospital, visit, "deny")
            doctor.wait("no mark", lambda line: not line["recorded"])
            at_end = size_of(folder)
            frames = doctor.now["frames"]
            doctor.wait("a second without it", lambda line: line["frames"] > frames + 30)
            equal(size_of(folder), at_end, "bytes after the end")
    equal([path for path in media_files(world.directory) if folder not in path.parents], [], "files of the hospital's")
    count, colour = pictures(folder / "doctor video 1", world.directory / "raw")
    check(count > 30 and colour[0] > 150 and colour[1] < 100, f"the doctor's picture: {count} frames, {colour}")
    count, colour = pictures(folder / "patient video 1", world.directory / "raw")
    check(count > 30 and colour[1] > 80 and colour[0] < 130, f"the patient's picture: {count} frames, {colour}")
    seconds, peak, pitch = sound(folder / "doctor audio 1", world.directory / "raw")
    check(seconds > 4 and peak > 1000 and abs(pitch - 440) < 40, f"the doctor's sound: {seconds} s, {peak}, {pitch} Hz")
    seconds, peak, _ = sound(folder / "patient audio 1", world.directory / "raw")
    check(seconds > 4 and peak > 1000, f"the patient's sound: {seconds} s, {peak}")


@suite.case("a consent that is taken back ends the recording; who is sent back to the waiting room is not recorded there")
def taken_back(world):
    hospital = world.hospital("--recording", "optional")
    with Patient(hospital) as patient:
        visit = first_visit(patient)
        with recording(hospital, patient, visit) as doctor:
            wait_until("four tracks", lambda: len(media_files(world.directory)) == 4)
            doctor.say("hold")
            patient.do("wait", state="waiting")
            own = [path for path in media_files(world.directory) if path.name.startswith("patient")]
            doctor.wait_state("waiting")
            doctor.say("admit")
            doctor.wait("in again", lambda line: line["state"] == "live" and sees_patient(line))
            sizes = [path.stat().st_size for path in own]
            wait_until("the patient's next files", lambda: len(media_files(world.directory)) >= 6)
            equal([path.stat().st_size for path in own], sizes, "files of before the waiting room, which were ended there")
            consent(hospital, visit, "deny")
            doctor.wait("no mark", lambda line: not line["recorded"])
            wait_until("no mark at the patient", lambda: "正在录制" not in patient.do("state")["marks"])
            wait_until("what there was is in the record", lambda: documents(hospital))


@suite.case("a patient who leaves and a workstation that is killed lose nothing that was recorded")
def interrupted(world):
    hospital = world.hospital("--recording", "required")
    with Patient(hospital) as patient:
        visit = first_visit(patient)
        with recording(hospital, patient, visit) as doctor:
            wait_until("four tracks", lambda: len(media_files(world.directory)) == 4)
            doctor.kill()
        grown = size_of(world.directory)
        wait_until("some seconds of the patient alone", lambda: size_of(world.directory) > grown + 60000)
        with Doctor(hospital, visit) as doctor:
            doctor.wait("again, and still recorded", lambda line: line["state"] == "live" and line["recorded"] and sees_patient(line))
            wait_until("the workstation's next part", lambda: len(media_files(world.directory)) >= 6)
            doctor.say("end")
            check(not doctor.wait_state("over")["recorded"], "the mark stands after the end")
        wait_until("it is in the record", lambda: documents(hospital))
    document = documents(hospital)[0]
    check(len(document["content"]) >= 6, "parts of it are missing")
    words = document.get("description", "")
    check("医生画面" in words and "患者" not in words and "中断" not in words, f"the gap: {words}")


@suite.case("a hospital that is killed loses nothing that it recorded: the next start enters it, once, and says that it has no end")
def hospital_killed(world):
    hospital = world.hospital("--recording", "optional")
    with Patient(hospital) as patient:
        visit = first_visit(patient)
        with recording(hospital, patient, visit) as doctor:
            wait_until("four tracks with something in them", lambda: len(media_files(world.directory)) == 4 and size_of(world.directory) > 30000)
            hospital.process.kill()
            hospital.process.wait()
    about = [path for path in world.directory.rglob("about.json")]
    equal(len(about), 1, "words beside the files")
    kept = about[0].read_bytes(), about[0].stat()
    hospital.start()
    wait_until("it is in the record", lambda: documents(hospital))
    document = documents(hospital)[0]
    equal(len(document["content"]), 4, "what was kept")
    check("中断" in document["description"], f"that it was cut off: {document.get('description')}")
    check(document["context"]["period"]["end"] > document["context"]["period"]["start"], "its period")
    for content in document["content"]:
        status, _, body = hospital.request("GET", content["attachment"]["url"], login="doctor")
        equal((status, len(body)), (200, content["attachment"]["size"]), "the file")
    # Killed again, after it was entered and before that was noted.
    hospital.process.kill()
    hospital.process.wait()
    about[0].write_bytes(kept[0])
    os.utime(about[0], ns=(kept[1].st_atime_ns, kept[1].st_mtime_ns))
    hospital.start()
    wait_until("it is noted", lambda: not about[0].exists())
    equal(len(documents(hospital)), 1, "documents")


if __name__ == "__main__":
    suite.run()
