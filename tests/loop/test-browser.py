#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole loop: a patient in a real browser, the hospital, the workstation."""

import json
import os
import queue
import shutil
import subprocess
import threading

from loop import DEADLINE, HERE, NETWORK, Broken, Probe, Skip, Suite, check, equal, none_broken, wait_until
from promise import Promises, digest

suite = Suite()
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
DRIVER = HERE / "patient"


class Patient:
    """The patient in front of a phone: tests/loop/patient/patient.mjs, a step a line."""

    def __init__(self, hospital, account="patient"):
        node = shutil.which("node")
        for there, name in ((node, "node"), (os.path.exists(CHROMIUM), "chromium"),
                            ((DRIVER / "node_modules" / "playwright-core").is_dir(), "playwright-core")):
            if not there:
                raise Skip(f"{name} is not installed")
        self.process = subprocess.Popen([node, str(DRIVER / "patient.mjs"), "--base", hospital.base, "--account", account,
                                         "--keep-going", "--seconds", str(DEADLINE)],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.answers = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()
        self._answer("ready")
        self.do("sign-in")

    def _read(self):
        for line in self.process.stdout:
            self.answers.put(json.loads(line))
        self.answers.put({"ok": False, "error": "the driver ended"})

    def _answer(self, step):
        try:
            answer = self.answers.get(timeout=3 * DEADLINE)
        except queue.Empty:
            raise Broken(f"the browser does not answer: {step}")
        check(answer["ok"], f"the patient could not {step}: {answer.get('error')}")
        return answer

    def do(self, step, **arguments):
        self.process.stdin.write(json.dumps({"do": step, **arguments}) + "\n")
        self.process.stdin.flush()
        return self._answer(step)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.process.stdin.close()
        try:
            self.process.wait(DEADLINE)
        except subprocess.TimeoutExpired:
            self.process.kill()
        self.process.stdout.close()


def start_consultation(patient, complaint):
    return patient.do("start", complaint=complaint, story="两天前开始的，走路时明显。", onset="两天", medication="二甲双胍",
                      allergy="青霉素", history="高血压", glucose="9.8")["task"]


def accept(hospital, probe, promises, task):
    """Pulls the new consultation and makes it ours."""
    probe.run("pull")
    item = next((c for c in probe.inbox()["consultations"] if c["task"] == task), None)
    check(item, "the new consultation is not in the inbox")
    if item["canClaim"]:
        probe.run("claim", "--task", task)
        promises.promise_claimed(task, "doc-lin")
    item = next(c for c in probe.inbox()["consultations"] if c["task"] == task)
    check(item["mine"] and item["canReply"], f"it cannot be answered: {item}")
    promises.watch(hospital, item["thread"])
    return item["thread"]


@suite.case("loop/consultation-arrives-is-answered-and-reaches-the-patient")
def whole(world):
    hospital = world.hospital()
    probe = Probe(hospital, world.directory)
    promises = Promises()
    probe.run("pull")
    with Patient(hospital) as patient:
        task = start_consultation(patient, "左脚发麻")
        thread = accept(hospital, probe, promises, task)

        promises.promise_sent(hospital, thread, "请问麻木是持续的吗？")
        probe.send(thread, "请问麻木是持续的吗？")
        patient.do("wait-text", text="请问麻木是持续的吗？")
        probe.run("pull")
        probe.run("read", "--thread", thread)
        patient.do("send", text="是持续的，晚上更重")
        probe.run("pull")
        texts = [m["text"] for m in probe.thread(thread)["messages"] if not m["mine"]]
        check(digest("是持续的，晚上更重") in texts, "the patient's answer is not held")

        probe.run("read", "--thread", thread)
        patient.do("wait-mark", text="是持续的，晚上更重", mark="医生已读")
        marks = wait_until("the patient's read mark", lambda: [
            b for b in hospital.search("Basic?code=read-mark") if b["subject"]["reference"] == thread
            and b.get("author", {}).get("reference", "").startswith("Patient/")])
        equal(len(marks), 1, "the patient's read marks")
        equal(patient.do("problems")["items"], [], "errors on the patient's page")
        none_broken(promises.verify(hospital, probe, patient=True))


@suite.case("loop/offline-reply-reaches-the-patient-when-the-hospital-returns")
def offline(world):
    hospital = world.hospital()
    probe = Probe(hospital, world.directory)
    promises = Promises()
    probe.run("pull")
    with Patient(hospital) as patient:
        task = start_consultation(patient, "血糖忽高忽低")
        thread = accept(hospital, probe, promises, task)
        hospital.stop()
        for text in ("先不要停药。", "把这三天的血糖记下来发给我。"):
            promises.promise_sent(hospital, thread, text)
            probe.send(thread, text, expect=NETWORK)
        none_broken(promises.kept(probe))
        hospital.start()
        probe.run("push")
        patient.do("open", complaint="血糖忽高忽低")
        for text in ("先不要停药。", "把这三天的血糖记下来发给我。"):
            patient.do("wait-text", text=text)
        shown = [m["text"] for m in patient.do("messages")["items"] if m["side"] == "theirs"]
        equal([t for t in shown if t in {x for _, x in promises.sent}], [x for _, x in promises.sent],
              "the replies on the patient's page")
        probe.run("pull")
        none_broken(promises.verify(hospital, probe, patient=True))


@suite.case("loop/reply-whose-answer-was-lost-is-shown-to-the-patient-once")
def once(world):
    hospital = world.hospital()
    probe = Probe(hospital, world.directory)
    promises = Promises()
    probe.run("pull")
    with Patient(hospital) as patient:
        task = start_consultation(patient, "夜里出汗")
        thread = accept(hospital, probe, promises, task)
        promises.promise_sent(hospital, thread, "测一下夜里三点的血糖。")
        hospital.faults(drop_after_commit={"at": 1, "method": "POST", "type": "Communication"})
        probe.send(thread, "测一下夜里三点的血糖。", expect=NETWORK)
        hospital.no_faults()
        probe.run("push")
        patient.do("wait-text", text="测一下夜里三点的血糖。")
        shown = [m["text"] for m in patient.do("messages")["items"] if m["side"] == "theirs"]
        equal(shown.count("测一下夜里三点的血糖。"), 1, "how often the patient sees it")
        probe.run("pull")
        none_broken(promises.verify(hospital, probe, patient=True))


@suite.case("loop/markup-in-a-reply-is-text-to-the-patient")
def markup(world):
    hospital = world.hospital()
    probe = Probe(hospital, world.directory)
    promises = Promises()
    probe.run("pull")
    text = "<b>每日</b>一片 <script>document.title='x'</script> & 饭后"
    with Patient(hospital) as patient:
        task = start_consultation(patient, "药怎么吃")
        thread = accept(hospital, probe, promises, task)
        promises.promise_sent(hospital, thread, text)
        probe.send(thread, text)
        patient.do("wait-text", text=text)
        shown = [m["text"] for m in patient.do("messages")["items"] if m["side"] == "theirs"]
        check(text in shown, f"shown as {shown}")
        equal(patient.do("problems")["items"], [], "errors on the patient's page")
        none_broken(promises.verify(hospital, probe, patient=True))


if __name__ == "__main__":
    suite.run()
