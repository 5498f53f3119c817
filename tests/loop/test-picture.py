#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures and files, corrections, withdrawals and quotes on the patient's page: the patient in a real browser, the
doctor as any FHIR client would be."""

import base64
import hashlib
import importlib
import json
import random
import struct
import uuid
import zlib
from datetime import datetime, timezone

from loop import Suite, check, equal, http, wait_until

Patient = importlib.import_module("test-browser").Patient
suite = Suite()
DOCTOR = "doctor"
ME = "Practitioner/doc-lin"
SYSTEM = "https://zhenqiao.org/fhir"


def png(width, height, seed=1, noise=True):
    """A drawn picture; noise, so that it is as large as a photo."""
    rand = random.Random(seed)
    rows = b"".join(b"\0" + (rand.randbytes(3 * width) if noise else bytes((200, 90, y % 256)) * width) for y in range(height))

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)) +
            chunk(b"IDAT", zlib.compress(rows, 1)) + chunk(b"IEND", b""))


def write(world, name, data):
    path = world.directory / name
    path.write_bytes(data)
    return str(path)


def begin(hospital, patient, complaint):
    """A consultation that the doctor has taken; its task and thread."""
    reference = patient.do("start", complaint=complaint, story="两天前开始的。", onset="两天", medication="无",
                           allergy="无", history="无", glucose="6.1")["task"]
    task = hospital.read(reference)
    if task["owner"]["reference"] != ME:
        task["owner"] = {"reference": ME}
        task["status"] = "in-progress"
        task["businessStatus"] = {"coding": [{"system": f"{SYSTEM}/CodeSystem/consultation-status", "code": "in-consultation"}]}
        version = task["meta"]["versionId"]
        status, _, body = hospital.request("PUT", reference, task, login=DOCTOR, headers={"If-Match": f'W/"{version}"'})
        equal(status, 200, f"claiming ({body[:200]})")
    return task, task["focus"]["reference"]


def post_file(hospital, thread, kind, data):
    request = {"Content-Type": kind, "X-Security-Context": thread, "Accept": "application/fhir+json"}
    status, _, body = http("POST", f"{hospital.base}/Binary", data, {"Authorization": f"Bearer {hospital.token(DOCTOR)}", **request})
    equal(status, 201, f"the doctor's file ({body[:200]})")
    return {"contentType": kind, "url": "Binary/" + json.loads(body)["id"], "size": len(data),
            "hash": base64.b64encode(hashlib.sha1(data).digest()).decode(), "title": "示意图" if kind.startswith("image") else "检查单.pdf"}


def say(hospital, task, thread, payload, category="message", **more):
    message = {
        "resourceType": "Communication", "status": "completed", "partOf": [{"reference": thread}],
        "identifier": [{"system": f"{SYSTEM}/local-id", "value": str(uuid.uuid4())}], "meta": {"tag": task["meta"]["tag"]},
        "category": [{"coding": [{"system": f"{SYSTEM}/CodeSystem/communication-category", "code": category}]}],
        "subject": task["for"], "sender": {"reference": ME}, "recipient": [task["requester"]],
        "sent": datetime.now(timezone.utc).isoformat(timespec="milliseconds"), "payload": payload, **more}
    status, _, body = hospital.request("POST", "Communication", message, login=DOCTOR)
    equal(status, 201, f"the doctor's message ({body[:300]})")
    return json.loads(body)


def words(text):
    return [{"contentString": text}]


def of_patient(hospital, thread):
    return [m for m in hospital.search(f"Communication?part-of={thread}", login=DOCTOR)
            if m.get("sender", {}).get("reference", "").startswith("Patient/")]


@suite.case("loop/pictures-go-both-ways")
def both_ways(world):
    hospital = world.hospital()
    photo = png(1200, 900)
    with Patient(hospital) as patient:
        task, thread = begin(hospital, patient, "脚上起了疹子")
        patient.do("send-picture", file=write(world, "foot.png", photo), text="就是这里")
        sent = wait_until("the picture's message", lambda: [m for m in of_patient(hospital, thread)
                                                            if "contentAttachment" in m["payload"][0]])[0]
        attachment = sent["payload"][0]["contentAttachment"]
        equal(sent["payload"][1]["contentString"], "就是这里", "the words beside it")
        equal(attachment["size"], len(photo), "its size")
        equal(attachment["hash"], base64.b64encode(hashlib.sha1(photo).digest()).decode(), "its hash")
        status, _, body = hospital.request("GET", attachment["url"], login=DOCTOR, headers={"Accept": "image/png"})
        check(status == 200 and body == photo, "the doctor gets the picture's own bytes")
        status, _, body = hospital.request("GET", attachment["url"], login=DOCTOR,
                                           headers={"Accept": "image/png", "Range": "bytes=1000-"})
        check(status == 206 and body == photo[1000:], "the rest of it by itself")
        equal(patient.do("wait-picture", side="mine")["width"], 1200, "the width of one's own")

        drawing = png(640, 480, noise=False)
        say(hospital, task, thread, [{"contentAttachment": post_file(hospital, thread, "image/png", drawing)}] + words("涂在红圈里"))
        equal(patient.do("wait-picture", side="theirs"), {"ok": True, "do": "wait-picture", "width": 640, "height": 480},
              "the doctor's picture")
        thumb = patient.do("view-picture", side="theirs")["width"]
        check(thumb > 300, f"it fills the screen: {thumb}")
        say(hospital, task, thread, [{"contentAttachment": post_file(hospital, thread, "application/pdf", b"%PDF-1.4\n%%EOF\n")}])
        wait_until("the link to the PDF", lambda: [b for b in patient.do("bubbles")["items"] if b["file"] and "检查单.pdf" in b["file"]])
        equal(patient.do("problems")["items"], [], "errors on the patient's page")


@suite.case("loop/what-cannot-be-sent-is-refused-in-words")
def refused(world):
    hospital = world.hospital()
    with Patient(hospital) as patient:
        begin(hospital, patient, "照片太大")
        check("超过 20.0 MB" in patient.do("pick", file=write(world, "huge.png", b"\x89PNG" + bytes(21 << 20)))["error"], "too large")
        check("只能发" in patient.do("pick", file=write(world, "run.exe", b"MZ"))["error"], "a program")
        check("空的" in patient.do("pick", file=write(world, "none.png", b""))["error"], "nothing in it")
        check("small.png" in patient.do("pick", file=write(world, "small.png", png(8, 8)))["picked"], "a small one is taken")
        equal(patient.do("problems")["items"], [], "errors on the patient's page")


@suite.case("loop/a-picture-waits-for-the-network-over-a-reload")
def waits(world):
    hospital = world.hospital()
    photo = png(300, 200)
    with Patient(hospital) as patient:
        _, thread = begin(hospital, patient, "没有信号")
        hospital.stop()
        patient.do("send-picture", file=write(world, "late.png", photo), wait=False)
        wait_until("that it says that it waits", lambda: [b for b in patient.do("bubbles")["items"] if "已保存" in b["mark"]])
        hospital.start()
        patient.do("reload")
        sent = wait_until("the picture's message", lambda: of_patient(hospital, thread)[1:] and of_patient(hospital, thread))
        wait_until("that it waits no more", lambda: all("已保存" not in b["mark"] for b in patient.do("bubbles")["items"]))
        pictures = [m for m in of_patient(hospital, thread) if "contentAttachment" in m["payload"][0]]
        equal(len(pictures), 1, f"pictures that came, of {len(sent)} messages")
        body = hospital.request("GET", pictures[0]["payload"][0]["contentAttachment"]["url"], login=DOCTOR,
                                headers={"Accept": "image/png"})[2]
        check(body == photo, "its bytes")


@suite.case("loop/corrected-withdrawn-and-quoted")
def corrected(world):
    hospital = world.hospital()
    with Patient(hospital) as patient:
        task, thread = begin(hospital, patient, "药吃多少")
        wrong = say(hospital, task, thread, words("每天三片"))
        patient.do("wait-text", text="每天三片")
        say(hospital, task, thread, words("每天一片"), category="correction", inResponseTo=[{"reference": f"Communication/{wrong['id']}"}],
            extension=[{"url": f"{SYSTEM}/StructureDefinition/correction-reason", "valueString": "剂量写错"}])
        patient.do("wait-text", text="每天一片")
        items = {b["id"]: b for b in patient.do("bubbles")["items"]}
        equal(items[wrong["id"]]["struck"], "每天三片", "the old words, struck")
        right = [b for b in items.values() if "更正" in b["sender"]]
        check(len(right) == 1 and any("剂量写错" in note for note in right[0]["notes"]), f"the correction with its reason: {right}")

        question = of_patient(hospital, thread)[0]
        say(hospital, task, thread, words("好的"), inResponseTo=[{"reference": f"Communication/{question['id']}"}])
        patient.do("wait-text", text="好的")
        quoting = [b for b in patient.do("bubbles")["items"] if b["quote"]]
        equal(len(quoting), 1, "quotes")

        # one that the patient has read is not withdrawn; one that is not yet read goes without a trace of its words
        marked = wait_until("the patient's read mark", lambda: hospital.search(f"Basic?subject={thread}&author={task['for']['reference']}"))
        check(marked, "read")
        wrong = hospital.read(f"Communication/{wrong['id']}")
        status = hospital.request("PUT", f"Communication/{wrong['id']}", {**wrong, "status": "entered-in-error"}, login=DOCTOR)[0]
        equal(status, 422, "withdrawing what was read")
        patient.do("offline", on=True)
        slip = say(hospital, task, thread, words("发错人了"))
        slip = hospital.read(f"Communication/{slip['id']}")
        status, _, body = hospital.request("PUT", f"Communication/{slip['id']}", {**slip, "status": "entered-in-error"}, login=DOCTOR)
        equal(status, 200, f"withdrawing what was not read ({body[:200]})")
        patient.do("offline", on=False)
        patient.do("wait-text", text="这条消息已撤回")
        check(all("发错人了" not in b["text"] for b in patient.do("bubbles")["items"]), "the words are gone")
        answer = patient.do("fetch", path=f"fhir/Communication/{slip['id']}/_history")
        check("发错人了" not in answer["body"], "and in no earlier version")
        equal(patient.do("problems")["items"], [], "errors on the patient's page")


@suite.case("loop/pictures-both-ways-with-the-workstation")
def both_ways(world):
    """The patient's picture is fetched whole; the doctor's goes up before its message and is seen in the browser."""
    hospital, probe = world.started()
    with Patient(hospital) as patient:
        _, thread = begin(hospital, patient, "脚上的伤口")
        photo = png(300, 200, seed=11)
        patient.do("send-picture", file=write(world, "foot.png", photo), text="照片")
        probe.run("pull")
        held = probe.run("files", "--thread", thread)["files"]
        equal([(f["state"], f["size"], f["sha1"]) for f in held], [("held", len(photo), hashlib.sha1(photo).hexdigest())],
              "what the workstation holds")
        probe.send(thread, "看这张图", "--file", write(world, "drawing.png", png(240, 160, seed=12)))
        payloads = [m["payload"] for m in hospital.search(f"Communication?part-of={thread}") if m["sender"]["reference"] == ME]
        attached = [part["contentAttachment"] for payload in payloads for part in payload if "contentAttachment" in part]
        equal(len(attached), 1, "pictures of the doctor's")
        check(attached[0]["url"].startswith("Binary/"), f"its address: {attached[0]['url']}")
        equal(patient.do("wait-picture", side="theirs")["width"], 240, "the doctor's picture in the browser")


if __name__ == "__main__":
    suite.run()
