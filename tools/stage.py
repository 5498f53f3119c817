"""What tools/bench and tools/screenshots stand on: a private home, display, bus and keyring, the sandbox hospital with
demo data, and a workstation that has been filled from it; the same at a hospital's scale, with arrivals."""
# SPDX-License-Identifier: GPL-3.0-or-later
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time

BUILD = os.path.abspath(os.environ.get("ZHENQIAO_BUILD", "_build"))
BIN = os.path.join(BUILD, "install", "bin")


class Failed(Exception):
    pass


class Place:
    """A private home, display, bus and keyring, and the programs started in it. @home: a folder that stays, with
    its keyring and all; None: one that goes with the place."""

    def __init__(self, size="1366x768", language="zh_CN", home=None):
        self.stays = home is not None
        self.dir = os.path.abspath(home) if home else tempfile.mkdtemp(prefix="zq-stage-")
        os.makedirs(self.dir, exist_ok=True)
        self.started = []
        self.env = dict(os.environ, HOME=self.dir, XDG_RUNTIME_DIR=self.dir, LC_ALL="C.UTF-8", LANGUAGE=language,
                        GDK_BACKEND="x11", GSK_RENDERER="cairo", GIO_USE_VFS="local", GTK_A11Y="none",
                        GSETTINGS_SCHEMA_DIR=os.path.join(BUILD, "install/share/glib-2.0/schemas"))
        for name in ("WAYLAND_DISPLAY", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"):
            self.env.pop(name, None)
        os.chmod(self.dir, 0o700)
        os.makedirs(os.path.join(self.dir, ".local/share/keyrings"), exist_ok=True)
        self.env["DISPLAY"] = ":" + self.read_fd("Xvfb", "-screen", "0", size + "x24", "-nolisten", "tcp", "-displayfd")
        self.start("openbox")
        self.env["DBUS_SESSION_BUS_ADDRESS"] = self.read_fd("dbus-daemon", "--session", "--nofork", "--print-address")
        keyring = self.start("gnome-keyring-daemon", "--foreground", "--unlock", "--components=secrets", stdin=subprocess.PIPE)
        keyring.stdin.write(b"stage")
        keyring.stdin.close()
        for _ in range(100):
            names = subprocess.run(["gdbus", "call", "--session", "--dest", "org.freedesktop.DBus", "--object-path",
                                    "/org/freedesktop/DBus", "--method", "org.freedesktop.DBus.ListNames"],
                                   env=self.env, capture_output=True, text=True)
            if "org.freedesktop.secrets" in names.stdout:
                break
            time.sleep(0.05)
        else:
            raise Failed("no keyring")

    def start(self, *command, **options):
        options.setdefault("stdin", subprocess.DEVNULL)
        options.setdefault("stdout", subprocess.DEVNULL)
        options.setdefault("stderr", subprocess.DEVNULL)
        process = subprocess.Popen(command, env=self.env, **options)
        self.started.append(process)
        return process

    def read_fd(self, *command):
        """Starts a program that writes a line to the descriptor named last, and returns that line."""
        read, write = os.pipe()
        last = f"{command[-1]}={write}" if command[-1].startswith("--") else None
        self.start(*([*command[:-1], last] if last else [*command, str(write)]), pass_fds=(write,))
        os.close(write)
        with os.fdopen(read) as pipe:
            return pipe.readline().strip()

    def stop(self, process):
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def close(self):
        for process in reversed(self.started):
            self.stop(process)
        if not self.stays:
            shutil.rmtree(self.dir, ignore_errors=True)


class Demo:
    """The sandbox hospital with demo data, and a workstation's data folder that has been filled."""

    def __init__(self, place):
        self.place = place
        self.data = os.path.join(place.dir, "workstation")
        self.port = "0"
        self.hospital = None
        self.base = None
        self.open_hospital()
        picture = os.path.join(place.dir, "first.png")
        first = place.start(os.path.join(BIN, "zhenqiao"), "--data-dir", self.data, "--hospital", self.base, "--login-hint",
                            "doctor", "--auto-follow", "--screenshot", picture)
        try:
            first.wait(120)
        except subprocess.TimeoutExpired:
            raise Failed("the first fill did not end")
        if first.returncode:
            raise Failed(f"the workstation ended with {first.returncode}")

    def open_hospital(self):
        self.hospital = self.place.start(os.path.join(BIN, "zhenqiao-hospital"), "--listen", f"127.0.0.1:{self.port}", "--data",
                                         os.path.join(self.place.dir, "hospital"), "--seed", "demo", "--auto-approve", "--faults",
                                         stdout=subprocess.PIPE, text=True)
        line = self.hospital.stdout.readline().strip()
        if not line.startswith("listening "):
            raise Failed("the hospital did not start")
        self.base = line.split(" ", 1)[1]
        self.port = re.search(r":(\d+)/", self.base).group(1)

    def close_hospital(self):
        self.place.stop(self.hospital)

    def workstation(self, *arguments, **options):
        return self.place.start(os.path.join(BIN, "zhenqiao"), "--data-dir", self.data, "--hospital", self.base, *arguments, **options)


class Scale:
    """A doctor's store at a hospital's scale, without a hospital. In a home that stays it is made once."""

    BASE = "http://127.0.0.1:9/fhir"

    def __init__(self, place, spec):
        self.place = place
        self.data = os.path.join(place.dir, "workstation")
        self.size = spec
        made = os.path.join(place.dir, "spec")
        if os.path.exists(made):
            with open(made, encoding="utf-8") as f:
                self.size = f.read()
            if self.size != spec:
                raise Failed(f"{place.dir} holds {self.size}")
            return
        fill = subprocess.run([os.path.join(BUILD, "tests/support/zq-fill"), "--data-dir", self.data, "--base", self.BASE,
                               "--spec", spec], env=place.env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        if fill.returncode:
            raise Failed(f"the store was not filled: {fill.stderr[-300:]}")
        with open(made, "w", encoding="utf-8") as f:
            f.write(spec)

    def workstation(self, *arguments, **options):
        return self.place.start(os.path.join(BIN, "zhenqiao"), "--data-dir", self.data, *arguments, **options)

    def bytes_on_disk(self):
        accounts = os.path.join(self.data, "zhenqiao", "accounts")
        return sum(os.path.getsize(os.path.join(folder, name)) for folder, _, names in os.walk(accounts) for name in names)

    def count(self, kind):
        """How many rows of a kind the store has."""
        told = subprocess.run([os.path.join(BUILD, "tests/ui/bench-scale"), "--data-dir", self.data, "rows"],
                              env=self.place.env, capture_output=True, text=True, timeout=600)
        match = re.search(rf'"{kind}":(\d+)', told.stdout)
        if not match:
            raise Failed("the store could not be counted")
        return int(match.group(1))


class Busy:
    """A copy of a home that Scale has filled, and a hospital of the same size. @hospital: a folder in which that
    hospital stays, since making it takes minutes; None: one that goes. The home is only read."""

    def __init__(self, home, hospital=None):
        with open(os.path.join(home, "spec"), encoding="utf-8") as f:
            spec = f.read().strip()
        self.dir = tempfile.mkdtemp(prefix="zq-busy-")
        self.home = os.path.join(self.dir, "home")
        self.hospital = None
        try:
            for name in ("workstation", ".local"):
                subprocess.run(["cp", "-a", "--reflink=auto", "--parents", name, self.ensure(self.home)], cwd=home, check=True)
            accounts = os.path.join(self.home, "workstation", "zhenqiao", "accounts")
            self.account = os.path.join(accounts, os.listdir(accounts)[0], "account.ini")
            self.open_hospital(spec, self.ensure(hospital or os.path.join(self.dir, "hospital")))
            self.move_account()
        except BaseException:
            self.close()
            raise

    @staticmethod
    def ensure(folder):
        os.makedirs(folder, exist_ok=True)
        return folder

    def open_hospital(self, spec, folder):
        # What is of another instant has the same ids and versions: it is not taken again.
        if "at=" not in spec:
            spec += f",at={int(os.path.getmtime(self.account))}"
        self.hospital = subprocess.Popen([os.path.join(BIN, "zhenqiao-hospital"), "--listen", "127.0.0.1:0", "--data", folder,
                                          "--seed", spec, "--auto-approve", "--faults"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                         stderr=subprocess.DEVNULL, text=True)
        line = self.hospital.stdout.readline().strip()
        if not line.startswith("listening "):
            raise Failed("the hospital did not start")
        self.base = line.split(" ", 1)[1]

    def move_account(self):
        with open(self.account, encoding="utf-8") as f:
            text = f.read()
        with open(self.account, "w", encoding="utf-8") as f:
            f.write(re.sub(r"^base=.*$", "base=" + self.base, text, flags=re.M))

    def workstation(self, place, *arguments, **options):
        return place.start(os.path.join(BIN, "zhenqiao"), "--data-dir", os.path.join(self.home, "workstation"), "--hospital",
                           self.base, "--login-hint", "doctor", "--auto-follow", *arguments, **options)

    def close(self):
        if self.hospital:
            self.hospital.terminate()
            self.hospital.wait(60)
        shutil.rmtree(self.dir, ignore_errors=True)


class Arrivals:
    """Patients of the demo's doctor who write, each tenth in a new consultation, so many a second until stop()."""

    WORDS = ["医生，今天早上空腹血糖十一点二，要紧吗？", "药吃完了，可以再开一点吗？", "昨天开始头晕，有点恶心。", "好的，谢谢医生。",
             "我母亲这两天吃不下饭，血压一百六，需要去医院吗？前天量的时候还是一百四，晚上睡不好，老是起夜。"]

    def __init__(self, base, rate):
        sys.path.insert(0, "tests/loop")
        import loop
        self.caller = loop.Hospital.__new__(loop.Hospital)
        self.caller.base, self.caller.root, self.caller.tokens = base, base.rsplit("/", 1)[0], {}
        self.rate, self.n, self.failed, self.ends = rate, 0, None, threading.Event()
        page = self.send("GET", "Task?owner=Practitioner/doc-lin&status=in-progress&_sort=-_lastUpdated&_count=200")
        self.tasks = [entry["resource"] for entry in page["entry"]]
        self.begun = time.monotonic()
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def send(self, method, path, body=None):
        status, _, text = self.caller.request(method, path, body)
        if status not in (200, 201):
            raise Failed(f"{method} {path}: {status} {text[:200]}")
        return json.loads(text)

    @staticmethod
    def now():
        now = time.time()
        return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(now)) + f".{int(now % 1 * 1000):03}Z"

    @staticmethod
    def fresh(resource):
        """The same without what the hospital gives and sets."""
        new = {name: value for name, value in resource.items() if name not in ("id", "input", "encounter", "lastModified")}
        return {**new, "meta": {"tag": resource["meta"].get("tag", [])}}

    def consult(self, like):
        header = self.send("GET", like["focus"]["reference"])
        header = self.send("POST", "Communication", {**self.fresh(header), "status": "in-progress", "sent": self.now()})
        task = {**self.fresh(like), "focus": {"reference": "Communication/" + header["id"]}, "authoredOn": self.now()}
        task["businessStatus"]["coding"][0]["code"] = "in-consultation"
        return self.send("POST", "Task", task)

    def run(self):
        chance = random.Random(4)
        category = [{"coding": [{"system": "https://zhenqiao.org/fhir/CodeSystem/communication-category", "code": "message"}]}]
        try:
            while not self.ends.wait(max(0, self.begun + self.n / self.rate - time.monotonic())):
                task = chance.choice(self.tasks)
                if self.n % 10 == 9:
                    task = self.consult(task)
                self.send("POST", "Communication", {
                    "resourceType": "Communication", "status": "completed", "category": category, "subject": task["for"],
                    "sender": {"reference": task["for"]["reference"]}, "partOf": [task["focus"]], "sent": self.now(),
                    "meta": {"tag": task["meta"].get("tag", [])}, "payload": [{"contentString": chance.choice(self.WORDS)}]})
                self.n += 1
        except Exception as error:  # told by stop(): pictures without arrivals are not what was asked for
            self.failed = error

    def stop(self):
        """(how many, a second); what went wrong is raised."""
        self.ends.set()
        self.thread.join()
        if self.failed:
            raise Failed(f"the arrivals ended: {self.failed}")
        return self.n, self.n / (time.monotonic() - self.begun)
