# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of the whole loop share: the sandbox hospital and the probe as processes, FHIR as
any client would speak it, and TAP.

Programs come from the environment: ZQ_HOSPITAL and ZQ_PROBE.
"""

import base64
import hashlib
import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import traceback
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))

DEADLINE = 30
OK, FAILED, USAGE, NETWORK, SIGNED_OUT, WAITS = range(6)


class Skip(Exception):
    pass


class Broken(AssertionError):
    pass


def check(condition, message):
    if not condition:
        raise Broken(message)


def equal(found, wanted, what):
    check(found == wanted, f"{what}: {found!r} instead of {wanted!r}")


def none_broken(lines):
    check(not lines, "; ".join(lines))


def wait_until(what, condition, seconds=DEADLINE):
    """For what another process does: looked at again and again until the deadline."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = condition()
        if found:
            return found
        time.sleep(0.01)
    raise Broken(f"not seen within {seconds} s: {what}")


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args):
        return None


_opener = urllib.request.build_opener(_NoRedirect, urllib.request.ProxyHandler({}))


def http(method, url, body=None, headers=None):
    """Status, headers and bytes; any status is an answer."""
    request = urllib.request.Request(url, method=method, data=body, headers=headers or {})
    try:
        with _opener.open(request, timeout=DEADLINE) as answer:
            return answer.status, dict(answer.headers), answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, dict(error.headers), error.read()


class Hospital:
    """zhenqiao-hospital as a process; it keeps its data over a stop and its port as well."""

    def __init__(self, directory, *arguments, seed="demo"):
        self.directory = Path(directory) / "hospital"
        self.directory.mkdir(exist_ok=True)
        self.arguments = list(arguments) + (["--seed", seed] if seed else [])
        self.address = "127.0.0.1:0"
        self.base = None
        self.process = None
        self.tokens = {}
        self.start()

    def start(self):
        command = [os.environ["ZQ_HOSPITAL"], "--listen", self.address, "--data", str(self.directory), "--auto-approve",
                   "--faults"] + self.arguments
        self.log = open(self.directory / "log", "ab")
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=self.log, text=True)
        line = self.process.stdout.readline()
        check(line.startswith("listening "), f"the hospital did not start: {line!r}")
        self.base = line.split()[1]
        self.address = urllib.parse.urlparse(self.base).netloc
        self.root = self.base.rsplit("/", 1)[0]

    def stop(self):
        if self.process is not None:
            self.process.terminate()
            self.process.wait(DEADLINE)
            self.process.stdout.close()
            self.log.close()
            self.process = None

    # --- /_sandbox ---

    def faults(self, **faults):
        """faults(delay_ms=300), faults(drop_after_commit={"at": 1, "type": "Communication"})"""
        body = json.dumps({name.replace("_", "-"): value for name, value in faults.items()}).encode()
        status, _, text = http("PUT", f"{self.root}/_sandbox/faults", body, {"Content-Type": "application/json"})
        equal(status, 200, f"setting faults ({text[:200]})")

    def fault_state(self):
        return json.loads(http("GET", f"{self.root}/_sandbox/faults")[2])

    def fired(self, name):
        return self.fault_state().get(name, {}).get("fired", 0)

    def no_faults(self):
        equal(http("DELETE", f"{self.root}/_sandbox/faults")[0], 200, "clearing faults")

    def advance(self, seconds):
        status = http("PUT", f"{self.root}/_sandbox/clock", json.dumps({"advance-s": seconds}).encode(),
                      {"Content-Type": "application/json"})[0]
        equal(status, 200, "moving the hospital's clock")
        self.tokens.clear()

    # --- FHIR, as somebody ---

    def token(self, login):
        if login not in self.tokens:
            self.tokens[login] = self._sign_in(login)
        return self.tokens[login]

    def _sign_in(self, login):
        """The same code and PKCE flow as everybody's (SMART App Launch, RFC 7636)."""
        places = json.loads(http("GET", f"{self.base}/.well-known/smart-configuration")[2])
        verifier = secrets.token_urlsafe(48)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        question = {"response_type": "code", "client_id": "zhenqiao", "redirect_uri": "http://127.0.0.1:1/callback",
                    "scope": "openid fhirUser user/*.cruds", "state": "s", "aud": self.base, "login_hint": login,
                    "code_challenge": challenge, "code_challenge_method": "S256"}
        _, headers, _ = http("GET", places["authorization_endpoint"] + "?" + urllib.parse.urlencode(question))
        check("Location" in headers, f"nobody let {login} in")
        code = urllib.parse.parse_qs(urllib.parse.urlparse(headers["Location"]).query)["code"][0]
        form = urllib.parse.urlencode({"grant_type": "authorization_code", "code": code, "client_id": "zhenqiao",
                                       "redirect_uri": question["redirect_uri"], "code_verifier": verifier}).encode()
        status, _, body = http("POST", places["token_endpoint"], form,
                               {"Content-Type": "application/x-www-form-urlencoded"})
        equal(status, 200, f"the token of {login}")
        return json.loads(body)["access_token"]

    def request(self, method, path, body=None, login="operator", headers=None):
        url = path if path.startswith("http") else f"{self.base}/{path}"
        full = {"Authorization": f"Bearer {self.token(login)}", "Accept": "application/fhir+json",
                "Content-Type": "application/fhir+json", **(headers or {})}
        data = body.encode() if isinstance(body, str) else json.dumps(body).encode() if body is not None else None
        return http(method, url, data, full)

    def read_text(self, reference, login="operator"):
        status, _, body = self.request("GET", reference, login=login)
        equal(status, 200, f"GET {reference}")
        return body.decode()

    def read(self, reference, login="operator"):
        return json.loads(self.read_text(reference, login))

    def search(self, path, login="operator"):
        found = []
        while path:
            status, _, body = self.request("GET", path, login=login)
            equal(status, 200, f"GET {path}")
            bundle = json.loads(body)
            found += [entry["resource"] for entry in bundle.get("entry", [])]
            path = next((link["url"] for link in bundle.get("link", []) if link["relation"] == "next"), None)
        return found

    def as_patient(self, path):
        return self.search(path, login="patient")

    def count(self, kind, login="operator"):
        status, _, body = self.request("GET", f"{kind}?_summary=count", login=login)
        return json.loads(body).get("total", 0) if status == 200 else 0

    def update(self, reference, change, login="operator"):
        """Reads, changes by `change (text) -> text`, writes with If-Match, as a careful client."""
        status, headers, body = self.request("GET", reference, login=login)
        equal(status, 200, f"GET {reference}")
        status, _, answer = self.request("PUT", reference, change(body.decode()), login,
                                         {"If-Match": headers["ETag"]})
        equal(status, 200, f"PUT {reference} ({answer[:300]})")

    def patient_says(self, task, text, login="patient"):
        """A message of the patient, as the page writes it."""
        thread = self.read(task)["focus"]["reference"]
        header = self.read(thread)
        message = {"resourceType": "Communication", "status": "completed", "subject": header["subject"],
                   "sender": header["subject"], "partOf": [{"reference": thread}], "meta": {"tag": header["meta"]["tag"]},
                   "category": [{"coding": [{"system": "https://zhenqiao.org/fhir/CodeSystem/communication-category",
                                             "code": "message"}]}],
                   "payload": [{"contentString": text}]}
        sample = self.search(f"Communication?part-of={thread}&_count=1")
        if sample:
            message["category"] = sample[0]["category"]
        status, _, body = self.request("POST", "Communication", message, login)
        equal(status, 201, f"the patient's message ({body[:300]})")
        return json.loads(body)["id"]


class Probe:
    """zhenqiao-probe with one account: what the workstation does, without a window."""

    def __init__(self, hospital, directory, login="doctor", name=None, practitioner=None, keyring=False):
        self.hospital = hospital
        self.directory = Path(directory) / (name or login)
        self.directory.mkdir(exist_ok=True)
        self.options = ["--base", hospital.base, "--store", str(self.directory), "--json"]
        if not keyring:
            self.options += ["--key-file", str(self.directory / "key")]
        if practitioner:
            token = self.directory / "token"
            token.write_text(hospital.token(login))
            token.chmod(0o600)
            self.options += ["--token-file", str(token), "--practitioner", practitioner]
        else:
            self.options += ["--login-hint", login]

    def start(self, *arguments):
        return subprocess.Popen([os.environ["ZQ_PROBE"], *self.options, *arguments], stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, text=True)

    def run(self, *arguments, expect=OK):
        process = self.start(*arguments)
        try:
            out, errors = process.communicate(timeout=2 * DEADLINE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            raise Broken(f"the probe hung: {arguments[0]}")
        wanted = expect if isinstance(expect, (tuple, set, list)) else (expect,)
        check(process.returncode in wanted,
              f"probe {' '.join(arguments)}: exit {process.returncode} instead of {expect}: {errors.strip()[-500:]}")
        report = json.loads(out.strip().splitlines()[-1])
        equal(report["exit"], process.returncode, "the report's exit status")
        return report

    def inbox(self):
        return self.run("inbox")

    def reviews(self):
        return self.run("reviews")

    def thread(self, reference):
        return self.run("thread", "--thread", reference)

    def send(self, thread, text, *more, expect=OK):
        return self.run("send", "--thread", thread, "--text", text, *more, expect=expect)

    def open_consultations(self, n=1, **wanted):
        """Consultations that are mine and can be answered, or as wanted."""
        wanted = wanted or {"mine": True, "canReply": True, "canClose": True, "status": "in-consultation"}
        found = [c for c in self.inbox()["consultations"] if all(c[key] == value for key, value in wanted.items())]
        check(len(found) >= n, f"only {len(found)} consultations with {wanted}")
        return found[:n]

    def kill_when(self, condition, *arguments, seconds=DEADLINE):
        """Starts a command and ends it by SIGKILL as soon as `condition ()` holds."""
        process = self.start(*arguments)
        drain = threading.Thread(target=process.communicate, daemon=True)
        drain.start()
        end = time.monotonic() + seconds
        while process.poll() is None and not condition():
            check(time.monotonic() < end, "the moment to kill never came")
            time.sleep(0.001)
        killed = process.poll() is None
        if killed:
            process.send_signal(signal.SIGKILL)
        process.wait(DEADLINE)
        drain.join(DEADLINE)
        return killed


class Suite:
    """Cases in the order of their writing, as TAP; each in a folder of its own."""

    def __init__(self):
        self.cases = []

    def case(self, name):
        def add(function):
            self.cases.append((name, function))
            return function
        return add

    def run(self):
        print(f"1..{len(self.cases)}", flush=True)
        failures = 0
        for number, (name, function) in enumerate(self.cases, 1):
            directory = Path(tempfile.mkdtemp(prefix="zq-loop-"))
            hospitals = []
            began = time.monotonic()
            try:
                function(World(directory, hospitals))
                print(f"ok {number} {name}", flush=True)
            except Skip as reason:
                print(f"ok {number} {name} # SKIP {reason}", flush=True)
            except Exception as error:
                failures += 1
                for line in traceback.format_exc().splitlines():
                    print(f"# {line}")
                for hospital in hospitals:
                    log = (hospital.directory / "log").read_text(errors="replace").splitlines()[-10:]
                    print("\n".join(f"# hospital: {line}" for line in log))
                print(f"not ok {number} {name} - {str(error).splitlines()[0] if str(error) else type(error).__name__}",
                      flush=True)
            finally:
                for hospital in hospitals:
                    hospital.stop()
                shutil.rmtree(directory, ignore_errors=True)
                print(f"# {time.monotonic() - began:.1f} s", flush=True)
        sys.exit(1 if failures else 0)


class World:
    """What a case starts from."""

    def __init__(self, directory, hospitals):
        self.directory = directory
        self.hospitals = hospitals

    def hospital(self, *arguments, **options):
        hospital = Hospital(self.directory, *arguments, **options)
        self.hospitals.append(hospital)
        return hospital

    def started(self, **options):
        """A hospital and a workstation that has pulled everything."""
        hospital = self.hospital()
        probe = Probe(hospital, self.directory, **options)
        probe.run("pull")
        return hospital, probe
