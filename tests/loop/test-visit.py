#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A visit by video: the workstation's own call, the hospital's rooms, a patient in a real browser."""

import json
import subprocess

from loop import Skip, Suite, check, equal, wait_until
from relay import Relay
from visit import RED, Doctor, Patient, begin, consent, first_visit, is_colour, sees_patient

suite = Suite()


@suite.case("both see and hear each other")
def see_and_hear(world):
    hospital = world.hospital()
    with Patient(hospital) as patient:
        visit = first_visit(patient)
        with Doctor(hospital, visit) as doctor:
            begin(doctor, patient, visit)
            patient.wait_seen("the patient sees the doctor", lambda seen: seen["frames"] > 5 and is_colour(seen, RED))
            patient.wait_seen("the patient hears 440 Hz", lambda seen: abs(seen["tone"] - 440) < 25 and seen["level"] > -60)
            doctor.say("reset")
            doctor.wait("the doctor hears the patient's beeps", lambda line: line["peak"] > 1000)
            equal(hospital.read(f"Appointment/{visit}")["status"], "arrived", "the appointment")
            equal(patient.do("problems")["items"], [], "what the page complains of")


@suite.case("in H.264 too, where the workstation is told to or has hardware for it; so it is recorded")
def h264(world):
    hospital = world.hospital("--recording", "optional", "--recorded-by", "workstation")
    folder = world.directory / "tape"
    folder.mkdir()
    with Patient(hospital) as patient:
        visit = first_visit(patient)
        consent(hospital, visit, "permit")
        with Doctor(hospital, visit, f"--tape={folder}", ZHENQIAO_CALL_CODEC="h264") as doctor:
            begin(doctor, patient, visit)
            if doctor.now["codec"] != "h264":
                raise Skip("nothing encodes H.264 here")
            doctor.say("record")
            patient.wait_seen("the patient sees the doctor", lambda seen: seen["frames"] > 30 and is_colour(seen, RED))
            doctor.wait("the doctor sees the patient", lambda line: line["frames"] > 30 and sees_patient(line))
            equal(doctor.now["codec"], "h264", "what it goes as, still")
            wait_until("four tracks", lambda: len(list(folder.iterdir())) == 4)
    for name in ("doctor video 1", "patient video 1"):
        played = subprocess.run(["gst-launch-1.0", "-q", "filesrc", f"location={folder / name}", "!", "matroskademux", "!", "h264parse", "!", "openh264dec",
                                 "!", "fakesink"], capture_output=True, text=True, timeout=60)
        equal((played.returncode, played.stderr), (0, ""), f"playing {name}")


@suite.case("muted is silent, without a camera there is no picture, and both come back")
def mute(world):
    hospital = world.hospital()
    with Patient(hospital) as patient:
        visit = first_visit(patient)
        with Doctor(hospital, visit) as doctor:
            begin(doctor, patient, visit)
            patient.wait_seen("sound", lambda seen: abs(seen["tone"] - 440) < 25 and seen["level"] > -60)
            doctor.say("mute")
            patient.wait_seen("silence", lambda seen: seen["level"] < -75)
            doctor.say("unmute")
            patient.wait_seen("sound again", lambda seen: abs(seen["tone"] - 440) < 25 and seen["level"] > -60)
            doctor.say("camera-off")
            frames = patient.wait_seen("a picture", lambda seen: seen["frames"] > 5)["frames"]

            def stands(seen):
                nonlocal frames
                before, frames = frames, seen["frames"]
                return frames == before
            patient.wait_seen("no more pictures", stands)
            doctor.say("camera-on")
            patient.wait_seen("pictures again", lambda seen: seen["frames"] > frames + 10)
            doctor.say("show")
            patient.wait_seen("what the doctor shows", lambda seen: is_colour(seen, (255, 255, 255)))
            doctor.say("unshow")
            patient.wait_seen("the doctor again", lambda seen: is_colour(seen, RED))
            patient.do("press", text="静音")

            def beeps():
                """Whether something was heard in two seconds: the made-up microphone beeps once a second."""
                doctor.say("reset")
                doctor.wait("from here on", lambda line: line["peak"] < 30000)
                return max(doctor.wait("a line", lambda line: True)["peak"] for _ in range(4)) > 1000
            wait_until("the patient is not heard", lambda: not beeps())
            patient.do("press", text="已静音")
            wait_until("the patient is heard again", beeps)


@suite.case("a reloaded browser is back in the call within 5 s, and touches nothing")
def reload(world):
    hospital = world.hospital()
    with Patient(hospital) as patient:
        visit = first_visit(patient)
        with Doctor(hospital, visit) as doctor:
            begin(doctor, patient, visit)
            call = doctor.now["call"]
            patient.do("reload")
            doctor.wait("another connection", lambda line: line["state"] == "live" and line["call"] > call and line["received"] > 0, 8)
            patient.do("wait", state="live", seconds=5)
            patient.wait_seen("the doctor again", lambda seen: seen["frames"] > 5 and is_colour(seen, RED))


@suite.case("a killed workstation comes back into the same call, the patient touching nothing")
def killed(world):
    hospital = world.hospital()
    with Patient(hospital) as patient:
        visit = first_visit(patient)
        with Doctor(hospital, visit) as doctor:
            begin(doctor, patient, visit)
            doctor.kill()
        with Doctor(hospital, visit) as doctor:
            doctor.wait("the patient is seen again", lambda line: line["state"] == "live" and sees_patient(line))
            patient.wait_seen("the doctor again", lambda seen: is_colour(seen, RED))


@suite.case("while the hospital is down the call goes on; when it is back, so are the rooms")
def hospital_down(world):
    hospital = world.hospital()
    with Patient(hospital) as patient:
        visit = first_visit(patient)
        with Doctor(hospital, visit) as doctor:
            begin(doctor, patient, visit)
            call = doctor.now["call"]
            hospital.stop()
            doctor.wait("the link is gone", lambda line: not line["link"])
            frames = doctor.now["frames"]
            line = doctor.wait("pictures go on", lambda one: one["frames"] > frames + 30)
            equal((line["state"], line["call"]), ("live", call), "the call")
            hospital.start()
            doctor.wait("the link is back", lambda one: one["link"] and one["patient"])
            line = doctor.wait("it goes on", lambda one: one["state"] == "live")
            equal(line["call"], call, "the connection, which was never broken")


@suite.case("two workstations of one doctor: the second has the call, the first is told")
def two_workstations(world):
    hospital = world.hospital()
    with Patient(hospital) as patient:
        visit = first_visit(patient)
        with Doctor(hospital, visit) as first:
            begin(first, patient, visit)
            with Doctor(hospital, visit) as second:
                second.wait("the second sees the patient", lambda line: line["state"] == "live" and sees_patient(line))
                first.wait_state("taken")


@suite.case("back to the waiting room and in again; the end is told to both")
def hold_and_end(world):
    hospital = world.hospital()
    with Patient(hospital) as patient:
        visit = first_visit(patient)
        with Doctor(hospital, visit) as doctor:
            begin(doctor, patient, visit)
            doctor.say("hold")
            patient.do("wait", state="waiting")
            doctor.wait_state("waiting")
            doctor.say("admit")
            doctor.wait("in again", lambda line: line["state"] == "live")
            patient.do("wait", state="live")
            doctor.say("end")
            patient.do("wait", state="over")
            doctor.wait_state("over")


@suite.case("an answer that makes no sense does no harm")
def bad_answer(world):
    hospital = world.hospital()
    with Patient(hospital) as patient:
        visit = first_visit(patient)
        with Doctor(hospital, visit) as doctor:
            doctor.wait_state("alone")
            patient.do("enter", visit=visit)
            doctor.wait_state("waiting")
            patient.do("answer-with", sdp="v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 96\r\n")
            doctor.say("admit")
            doctor.wait("the next one is taken", lambda line: line["state"] == "live" and sees_patient(line))


@suite.case("a link that was made up, or is another visit's, opens nothing; nobody offers who was not let in")
def links(world):
    hospital = world.hospital()
    with Patient(hospital) as patient:
        visit = first_visit(patient)
        made_up = patient.do("join", frames=[{"type": "join", "room": f"Appointment/{visit}", "link": "A" * 43}])
        equal([frame.get("code") for frame in made_up["came"]], ["link-unknown"], "a link that was made up")
        link = patient.do("link", visit=visit)["link"]
        other = patient.do("join", frames=[{"type": "join", "room": "Appointment/appt-05", "link": link}])
        equal([frame.get("code") for frame in other["came"]], ["link-unknown"], "another visit's link")
        early = patient.do("join", frames=[{"type": "join", "room": f"Appointment/{visit}", "link": link},
                                           {"type": "offer", "to": "m1", "call": 1, "sdp": "v=0"}, "{nonsense", {"type": "admit", "member": "m1"}])
        equal([frame.get("code", frame["type"]) for frame in early["came"]], ["joined", "not-admitted", "bad-json", "not-allowed"], "before one is let in")
        equal(patient.do("link", visit="appt-07").get("status"), 404, "a link to somebody else's visit")
        check(link not in json.dumps(hospital.read(f"Appointment/{visit}")), "the link stands in FHIR")


@suite.case("by a relay alone both see each other; when the relay is gone and back, so is the call")
def relay(world):
    with Relay(world.directory) as turn:
        hospital = world.hospital(*turn.arguments())
        with Patient(hospital, "--relay") as patient:
            visit = first_visit(patient)
            with Doctor(hospital, visit, "--relay") as doctor:
                begin(doctor, patient, visit)
                doctor.wait("it goes by the relay", lambda line: line["relayed"])
                patient.wait_seen("the doctor", lambda seen: is_colour(seen, RED))
                call = doctor.now["call"]
                turn.stop()
                doctor.wait_state("lost")
                patient.do("wait", state="lost")
                check(turn.start(), "coturn does not start again")
                doctor.wait("by the relay again", lambda line: line["state"] == "live" and line["call"] > call and line["relayed"] and sees_patient(line))
                patient.do("wait", state="live")


if __name__ == "__main__":
    suite.run()
