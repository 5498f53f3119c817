# SPDX-License-Identifier: GPL-3.0-or-later
"""The promise ledger.

A program that tells its user "sent", "closed", "claimed" or "kept" has made a promise. A test writes
down each one as it is made; verify() compares them all with the hospital, with the workstation's
store and with what the patient sees, and returns what was broken, one line each. A new capability
adds its promise by one method that records it and one that checks it.

`hospital` has search(path) -> resources, as somebody who may see everything, and as_patient(path);
`store` has thread(reference), inbox() and reviews(), as zhenqiao-probe prints them.
"""

import hashlib
from collections import Counter

LOCAL_ID = "https://zhenqiao.org/fhir/local-id"


def digest(text):
    return hashlib.sha256(text.encode()).hexdigest()


def local_id(resource):
    for identifier in resource.get("identifier", []):
        if identifier.get("system") == LOCAL_ID:
            return identifier.get("value")
    return None


def text_of(message):
    return "\n".join(part["contentString"] for part in message.get("payload", []) if "contentString" in part)


def outputs_of(task):
    """Steps of a result's Task: (its name, the output)."""
    return [(output["type"]["coding"][0]["code"], output) for output in task.get("output", [])]


def business_status(task):
    codings = task.get("businessStatus", {}).get("coding", [])
    return codings[0].get("code") if codings else None


ASKED = "asked"
EVENTS = ("received", "contacted", "not-reached")
STORE_STEPS = {"told": "told", "received": "received", "contacted": "contacted", "not-reached": "notReached",
               "handled": "handled"}


def is_handled(steps):
    return steps[-1:] == ["handled"] or "handled" in steps[len(steps) - steps[::-1].index(ASKED):]


class Promises:
    def __init__(self):
        self.sent = []      # (thread, text), in the order of sending
        self.closed = []    # task
        self.claimed = []   # (task, practitioner)
        self.urgent = []    # task
        self.drafts = {}    # task -> text
        self.before = {}    # thread -> ids of the messages that stood there
        self.results = {}   # task of an abnormal result -> ASKED and the steps since, in their order

    def watch(self, hospital, thread):
        """Notes what stands in a thread, so that everything new in it has to be a promise."""
        if thread not in self.before:
            self.before[thread] = {m["id"] for m in self._messages(hospital.search, thread)}

    def promise_sent(self, hospital, thread, text):
        self.watch(hospital, thread)
        self.sent.append((thread, text))

    def promise_closed(self, task):
        self.closed.append(task)

    def promise_claimed(self, task, practitioner):
        self.claimed.append((task, practitioner))

    def promise_urgent(self, task):
        self.urgent.append(task)

    def promise_draft(self, task, text):
        self.drafts[task] = text

    def promise_result(self, task):
        """An abnormal result, or a newer version of it, was given to the doctor: it is listed until it is handled."""
        self.results.setdefault(task, []).append(ASKED)

    def promise_step(self, task, step):
        """told, told-otherwise, received, contacted, not-reached, handled."""
        self.results[task].append(step)

    def kept(self, store):
        """While the hospital is away: everything is in the store."""
        broken = []
        for thread in {t for t, _ in self.sent}:
            held = Counter(m["text"] for m in store.thread(thread)["messages"])
            broken += self._compare("store", thread, held)
        return broken + self._drafts(store) + self._listed(store)

    def verify(self, hospital, store=None, patient=False):
        """Everything is where it was promised, exactly once."""
        broken = []
        for thread in self.before:
            broken += self._thread(hospital.search, "hospital", thread, strict=True)
            if patient:
                broken += self._thread(hospital.as_patient, "patient", thread, strict=True)
        broken += self._tasks(hospital)
        events = hospital.search("AuditEvent?_count=500") if self.results else []
        for task, steps in self.results.items():
            broken += self._result(hospital, task, steps, events)
        if store is not None:
            for thread in {t for t, _ in self.sent}:
                messages = store.thread(thread)["messages"]
                broken += self._compare("store", thread, Counter(m["text"] for m in messages))
                broken += [f"store: {thread}: {m['message']} still waits" for m in messages if m["pending"]]
            broken += self._drafts(store) + self._listed(store)
        return broken

    @staticmethod
    def _messages(search, thread):
        return search(f"Communication?part-of={thread}&_count=500")

    def _compare(self, where, thread, found):
        broken = []
        for text, wanted in Counter(digest(x) for t, x in self.sent if t == thread).items():
            if found[text] != wanted:
                broken.append(f"{where}: {thread}: promised {wanted} time(s), there {found[text]}: {text[:12]}")
        return broken

    def _thread(self, search, where, thread, strict):
        new = [m for m in self._messages(search, thread) if m["id"] not in self.before[thread]
               and m.get("sender", {}).get("reference", "").startswith("Practitioner/")]
        broken = self._compare(where, thread, Counter(digest(text_of(m)) for m in new))
        promised = [digest(x) for t, x in self.sent if t == thread]
        if strict and not broken and len(new) != len(promised):
            broken.append(f"{where}: {thread}: {len(new)} messages, {len(promised)} promised")
        ids = Counter(local_id(m) for m in new)
        broken += [f"{where}: {thread}: {n} messages of one local id" for key, n in ids.items() if key and n > 1]
        in_order = [digest(text_of(m)) for m in sorted(new, key=lambda m: (m.get("sent", ""), m["id"]))]
        if not broken and len(set(promised)) == len(promised) and in_order != promised:
            broken.append(f"{where}: {thread}: not in the order of sending")
        return broken

    def _tasks(self, hospital):
        broken = []
        for task in self.closed:
            status = business_status(hospital.read(task))
            if status != "completed":
                broken.append(f"hospital: {task} was closed and is {status}")
        for task, practitioner in self.claimed:
            owner = hospital.read(task).get("owner", {}).get("reference")
            if owner != f"Practitioner/{practitioner}":
                broken.append(f"hospital: {task} was claimed and belongs to {owner}")
        for task in self.urgent:
            priority = hospital.read(task).get("priority")
            if priority not in ("urgent", "asap", "stat"):
                broken.append(f"hospital: {task} was made urgent and is {priority}")
        return broken

    def _listed(self, store):
        """No result is off the list but one that was handled after it was asked for last."""
        held = {item["task"]: item for item in store.reviews()["reviews"]} if self.results else {}
        broken = []
        for task, steps in self.results.items():
            item = held.get(task)
            if item is None:
                broken.append(f"store: {task} is not there at all")
                continue
            if not item["open"] and not is_handled(steps):
                broken.append(f"store: {task} left the list without a reason ({item['state']})")
            since = steps[len(steps) - steps[::-1].index(ASKED):]
            broken += [f"store: {task}: {step} is not known" for step, name in STORE_STEPS.items()
                       if step in since and not item[name]]
        return broken

    @staticmethod
    def _result(hospital, task, steps, events):
        """The reason stands at the hospital, with who and when, and once; what told it is there to be read."""
        stands = hospital.read(task)
        outputs = outputs_of(stands)
        broken = []
        found, wanted = Counter(name for name, _ in outputs), Counter(step for step in steps if step != ASKED)
        if found != wanted:
            broken.append(f"hospital: {task}: steps {dict(found)}, promised {dict(wanted)}")
        if (stands["status"] == "completed") != is_handled(steps):
            broken.append(f"hospital: {task} is {stands['status']} after {steps}")
        for name, output in outputs:
            if {extension["url"].rsplit("/", 1)[1] for extension in output.get("extension", [])} != {"at", "by"}:
                broken.append(f"hospital: {task}: {name} does not say who and when")
            if name == "told" and hospital.read(output["valueReference"]["reference"])["status"] != "completed":
                broken.append(f"hospital: {task}: what told it is not there")
        noted = Counter(event["subtype"][0]["code"] for event in events if event.get("subtype") and any(
            entity.get("what", {}).get("reference") == stands["focus"]["reference"] for entity in event["entity"]))
        for step in EVENTS:
            if noted[step] < wanted[step]:
                broken.append(f"hospital: {task}: {wanted[step]} times {step}, {noted[step]} events")
        return broken

    def _drafts(self, store):
        drafts = {c["task"]: c["draft"] for c in store.inbox()["consultations"]} if self.drafts else {}
        return [f"store: the draft of {task} is not what was typed" for task, text in self.drafts.items()
                if drafts.get(task) != digest(text)]
