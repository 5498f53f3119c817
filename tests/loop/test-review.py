#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Results are closed to the patient: the same on every workstation, and none leaves the list without a reason."""

import base64
import json
import shutil
import time

from loop import FAILED, NETWORK, OK, WAITS, Probe, Suite, check, equal, none_broken

suite = Suite()
TAG = {"tag": [{"system": "https://zhenqiao.org/fhir/department", "code": "dept-endo"}]}


def put(hospital, reference, resource):
    kind, name = reference.split("/")
    status, _, body = hospital.request("PUT", reference, {"resourceType": kind, "id": name, **resource})
    check(status in (200, 201), f"PUT {reference}: {status} {body[:300]}")


def report(hospital, name, patient, value, status="final", flag=None):
    """As the laboratory's system writes it: the result, then the report."""
    result = {"meta": TAG, "status": status, "subject": {"reference": patient}, "code": {"text": "钾"},
              "effectiveDateTime": "2026-11-20T08:00:00+08:00", "valueQuantity": {"value": value, "unit": "mmol/L"},
              "referenceRange": [{"low": {"value": 3.5}, "high": {"value": 5.3}}]}
    if flag:
        result["interpretation"] = [{"coding": [{"code": flag}]}]
    put(hospital, f"Observation/{name}-k", result)
    put(hospital, f"DiagnosticReport/{name}",
        {"meta": TAG, "status": status, "subject": {"reference": patient}, "code": {"text": "急诊电解质"},
         "effectiveDateTime": "2026-11-20T08:00:00+08:00", "result": [{"reference": f"Observation/{name}-k"}]})


def reviews(probe):
    return {item["task"]: item for item in probe.run("reviews")["reviews"]}


def one(probe, task):
    return reviews(probe)[task]


def given(world, value=5.9, **options):
    """A hospital with a report that was just given to the doctor; the task of it."""
    hospital, probe = world.started()
    consult = probe.open_consultations(1)[0]
    patient = hospital.read(consult["task"])["for"]["reference"]
    report(hospital, "live-1", patient, value, **options)
    probe.run("pull")
    return hospital, probe, consult, patient, "Task/review-live-1"


def patient_reads(hospital, consult, patient):
    """The read mark of the patient's page: up to the newest message."""
    hospital.advance(5)
    messages = hospital.search(f"Communication?part-of={consult['thread']}&_count=500")
    now = max(messages, key=lambda message: message["meta"]["lastUpdated"])["sent"]
    status, _, body = hospital.request("POST", "Basic", {
        "resourceType": "Basic", "meta": TAG, "subject": {"reference": consult["thread"]},
        "author": {"reference": patient},
        "code": {"coding": [{"system": "https://zhenqiao.org/fhir/CodeSystem/read-mark", "code": "read-mark"}]},
        "extension": [{"url": "https://zhenqiao.org/fhir/StructureDefinition/read-up-to", "valueInstant": now}]})
    check(status == 201, f"the patient's mark ({body[:300]})")


@suite.case("review/a-result-goes-through-its-five-states")
def states(world):
    hospital, probe, consult, patient, task = given(world)
    equal(one(probe, task)["state"], "unseen", "at first")
    check(one(probe, task)["abnormal"], "it is abnormal")
    probe.run("review", "--task", task, "--step", "see")
    equal(one(probe, task)["state"], "seen-untold", "looked at")
    probe.run("review", "--task", task, "--step", "tell", "--text", "血钾偏高，请复查", )
    probe.run("pull")
    equal(one(probe, task)["state"], "told-unread", "told")
    told = [output for output in hospital.read(task)["output"] if output["type"]["coding"][0]["code"] == "told"]
    message = hospital.read(told[0]["valueReference"]["reference"])
    equal(message["payload"][0]["contentString"], "血钾偏高，请复查", "the message that told it")
    equal(message["about"][0]["reference"], "DiagnosticReport/live-1", "what it is about")
    patient_reads(hospital, consult, patient)
    probe.run("pull")
    equal(one(probe, task)["state"], "read", "read by the patient")
    probe.run("review", "--task", task, "--step", "handled", "--text", "一周后复查")
    probe.run("pull")
    equal(one(probe, task)["state"], "handled", "handled")
    equal(hospital.read(task)["status"], "completed", "at the hospital")


def same_everywhere(world, hospital, probe):
    """What a second workstation says, and this one after it was wiped, is what it said before."""
    probe.run("pull")
    first = reviews(probe)
    second = Probe(hospital, world.directory, name="second")
    second.run("pull")
    equal(reviews(second), first, "what a second workstation says")
    shutil.rmtree(probe.directory)
    probe.directory.mkdir()
    probe.run("pull")
    equal(reviews(probe), first, "what a wiped one says")
    return first


@suite.case("review/a-wiped-store-and-a-second-workstation-say-the-same")
def wiped(world):
    hospital, probe, consult, patient, task = given(world)
    waiting = [t for t, item in reviews(probe).items() if item["state"] == "unseen" and t != task]
    check(len(waiting) > 4, f"only {len(waiting)} results wait for the doctor")
    report(hospital, "live-2", patient, 6.9, flag="HH")
    report(hospital, "live-3", patient, 5.8)
    probe.run("pull")
    probe.run("review", "--task", task, "--step", "tell", "--text", "血钾偏高，请复查")
    patient_reads(hospital, consult, patient)
    probe.run("review", "--task", waiting[0], "--step", "see")
    probe.run("review", "--task", waiting[1], "--step", "told-otherwise", "--text", "电话")
    probe.run("review", "--task", waiting[2], "--step", "handled", "--text", "已约门诊")
    probe.run("review", "--task", waiting[3], "--step", "handled", "--text", "-")
    probe.run("review", "--task", waiting[3], "--step", "reopen")
    critical = "Task/review-live-2"
    probe.run("review", "--task", critical, "--step", "received")
    probe.run("review", "--task", critical, "--step", "not-reached", "--text", "电话两次无人接听")
    probe.run("review", "--task", critical, "--step", "contacted", "--text", "电话，女儿")
    probe.run("review", "--task", "Task/review-live-3", "--step", "tell", "--text", "血钾略高，请复查")
    found = same_everywhere(world, hospital, probe)
    equal({name: found[name]["state"] for name in [task, critical, "Task/review-live-3", *waiting[:4]]},
          {task: "read", critical: "read", "Task/review-live-3": "told-unread", waiting[0]: "seen-untold",
           waiting[1]: "read", waiting[2]: "handled", waiting[3]: "seen-untold"}, "the states")
    equal({item["state"] for item in found.values()}, {"unseen", "seen-untold", "told-unread", "read", "handled"},
          "all of the five")
    item = found[critical]
    check(item["critical"] and item["received"] and item["notReached"] and item["contacted"], f"its way: {item}")
    check(item["open"] and not found[waiting[2]]["open"], "what was contacted has still to be handled")


def without_workflow(hospital):
    """A hospital that makes no Tasks of results, and says so."""
    clinic = json.dumps({"format": 1, "version": "test", "answer-promise": {"default": 86400},
                         "result-tasks": "workstation"})
    hospital.faults(no_result_tasks=True)
    put(hospital, "Library/policy-clinic", {
        "name": "clinic", "status": "active",
        "meta": {"tag": [{"system": "https://zhenqiao.org/fhir/policy", "code": "policy"}]},
        "type": {"coding": [{"code": "asset-collection"}]},
        "content": [{"contentType": "application/json", "data": base64.b64encode(clinic.encode()).decode()}]})


@suite.case("review/where-the-hospital-makes-no-tasks-two-workstations-make-one")
def made_here(world):
    hospital, probe = world.started()
    consult = probe.open_consultations(1)[0]
    patient = hospital.read(consult["task"])["for"]["reference"]
    before = {task["id"] for task in hospital.search("Task?code=result-review&_count=500")}
    without_workflow(hospital)
    second = Probe(hospital, world.directory, name="second")
    second.run("pull")
    probe.run("pull")
    report(hospital, "live-1", patient, 5.9)
    report(hospital, "live-2", patient, 6.9, flag="HH")
    # neither knows of the other's
    for workstation in (probe, second):
        workstation.run("pull")
        made = [t for t, item in reviews(workstation).items() if item["report"] == "DiagnosticReport/live-1"]
        equal(len(made), 1, "given to the doctor before the hospital has it")
    second.run("push")
    probe.run("push")
    tasks = [t for t in hospital.search("Task?code=result-review&_count=500")
             if t["focus"]["reference"].startswith("DiagnosticReport/live-")]
    owner = hospital.read(consult["task"])["owner"]["reference"]
    equal(sorted(t["identifier"][0]["value"] for t in tasks),
          [f"result-review.DiagnosticReport.live-{n}.{owner.replace('/', '.')}" for n in (1, 2)], "one each")
    equal({t["focus"]["reference"]: t["priority"] for t in tasks},
          {"DiagnosticReport/live-1": "routine", "DiagnosticReport/live-2": "stat"}, "priority")
    task = {t["focus"]["reference"]: f"Task/{t['id']}" for t in tasks}
    probe.run("review", "--task", task["DiagnosticReport/live-1"], "--step", "tell", "--text", "血钾偏高，请复查")
    probe.run("review", "--task", task["DiagnosticReport/live-2"], "--step", "received")
    shutil.rmtree(second.directory)
    found = same_everywhere(world, hospital, probe)
    equal({found[t]["state"] for t in task.values()}, {"told-unread", "seen-untold"}, "the states")
    made = [t["focus"]["reference"] for t in hospital.search("Task?code=result-review&_count=500")
            if t["id"] not in before]
    equal(len(made), len(set(made)), "one Task a report")
    month_ago = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 30 * 86400))
    none_broken([f"{name} is history" for name in made if hospital.read(name)["meta"]["lastUpdated"] < month_ago])
    check(len(made) < hospital.count("DiagnosticReport") / 2, f"{len(made)} Tasks: history was asked for")
    # a newer version asks again, by the same Task
    report(hospital, "live-1", patient, 4.9, status="corrected")
    probe.run("pull")
    probe.run("push")
    equal(one(probe, task["DiagnosticReport/live-1"])["state"], "unseen", "after the correction")
    equal(len(hospital.search("Task?identifier=https://zhenqiao.org/fhir/local-id%7Cresult-review.DiagnosticReport."
                              f"live-1.{owner.replace('/', '.')}")), 1, "still one")


@suite.case("review/a-corrected-value-is-unseen-again")
def corrected(world):
    hospital, probe, _, patient, task = given(world, value=4.1)
    probe.run("review", "--task", task, "--step", "handled", "--text", "-")
    probe.run("pull")
    equal(one(probe, task)["state"], "handled", "before")
    report(hospital, "live-1", patient, 6.4, status="corrected")
    probe.run("pull")
    after = one(probe, task)
    equal((after["state"], after["open"], after["abnormal"]), ("unseen", True, True), "after the correction")


@suite.case("review/a-critical-value-goes-to-the-duty-pool-and-is-received-there")
def critical(world):
    hospital, probe, _, _, task = given(world, value=6.9, flag="HH")
    check(one(probe, task)["critical"], "it is critical")
    colleague = Probe(hospital, world.directory, login="doctor2")
    colleague.run("pull")
    check(task not in reviews(colleague) or not reviews(colleague)[task]["open"], "it is a colleague's")
    hospital.advance(16 * 60)
    colleague.run("pull")
    check(task in reviews(colleague), "nobody has received it: the pool has it")
    colleague.run("review", "--task", task, "--step", "received")
    colleague.run("review", "--task", task, "--step", "contacted", "--text", "电话，女儿")
    owner = hospital.read(task)["owner"]["reference"]
    check(owner.startswith("Practitioner/"), f"who received it has it: {owner}")
    events = [event for event in hospital.search("AuditEvent") if event.get("subtype")]
    equal(sorted(event["subtype"][0]["code"] for event in events), ["contacted", "received"], "events at the hospital")
    equal({event["agent"][0]["who"]["reference"] for event in events}, {owner}, "who did it")
    check("女儿" not in str(events), "no words of the contact in an event")
    probe.run("pull")
    check(task not in reviews(probe), "the first doctor has it no more")
    probe.run("review", "--task", task, "--step", "received", expect=FAILED)


@suite.case("review/no-abnormal-result-leaves-the-list-under-faults-and-kills")
def kept(world):
    """Each step promises what it says; until the hospital has it, the workstation has, and the result stays listed."""
    hospital, probe, consult, patient, task = given(world)
    steps = [("see", None, "seen-untold"), ("tell", "血钾偏高，请复查", "told-unread"), ("handled", "一周后复查", "handled")]
    faults = [{"delay_ms": 300}, {"drop_after_commit": {"at": 1}, "delay_ms": 300}, {"drop_before_commit": {"at": 1}}]
    for (step, text, state), fault, moment in zip(steps, faults, (0.25, 0.6, 0.1)):
        before = one(probe, task)
        more = ["--text", text] if text else []
        hospital.faults(**fault)
        # from before the command is written to while its answer is on the way
        end = time.monotonic() + moment
        probe.kill_when(lambda: time.monotonic() > end, "review", "--task", task, "--step", step, *more)
        hospital.no_faults()
        after = one(probe, task)
        check(after["state"] in (before["state"], state), f"after the kill: {after['state']}")
        check(after["open"] or after["handled"], "it left the list without a reason")
        if after["state"] != state:
            probe.run("review", "--task", task, "--step", step, *more, expect=(OK, WAITS, NETWORK))
        probe.run("push", expect=(OK, WAITS))
        probe.run("push")
        probe.run("pull")
        equal(one(probe, task)["state"], state, f"after {step}")
    outputs = [output["type"]["coding"][0]["code"] for output in hospital.read(task)["output"]]
    equal(sorted(outputs), ["handled", "told"], "each step stands once at the hospital")
    told = [m for m in hospital.search(f"Communication?part-of={consult['thread']}&_count=500") if m.get("about")]
    equal(len(told), 1, "messages that told it")


if __name__ == "__main__":
    suite.run()
