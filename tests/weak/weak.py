# SPDX-License-Identifier: GPL-3.0-or-later
"""A call over a weak line: the workstation's connection and steering at one end, a real Chromium at the other."""

import base64
import json
import queue
import shutil
import subprocess
import threading
import time
from pathlib import Path

from .line import Line  # noqa: F401 - for who imports this

HERE = Path(__file__).resolve().parent


class Program:
    """A program that speaks in lines; each with the time at which it came."""

    def __init__(self, command, **kwargs):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, **kwargs)
        self.lines = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self.process.stdout:
            self.lines.put((time.monotonic(), line.rstrip("\n")))
        self.lines.put((time.monotonic(), None))

    def say(self, text):
        self.process.stdin.write(text + "\n")
        self.process.stdin.flush()

    def end(self):
        try:
            self.process.stdin.close()
            self.process.wait(10)
        except (subprocess.TimeoutExpired, OSError):
            self.process.kill()
            self.process.wait()


class Call:
    """stats: of the sender every 200 ms; seen: of the browser every 500 ms; both lists of dicts with "time" in seconds
    since the connection stood."""

    def __init__(self, line, build, size=(640, 480), fixed=None, errors=None):
        self.stats, self.seen, self.head, self.begun = [], [], [], None
        self.browser = Program([*line.inside("patient"), "node", str(HERE / "browser.mjs")])
        try:
            ready = self.browser.lines.get(timeout=30)[1]
        except queue.Empty:
            ready = None
        if ready != '{"ready":true}':
            self.browser.end()
            raise RuntimeError("the browser did not start; npm ci in tests/loop/patient, or ZHENQIAO_NODE_MODULES")
        self.sender = Program([*line.inside("doctor"), str(Path(build) / "tests/call/weak-sender"), *map(str, size)],
                              stderr=errors)
        if fixed:
            self.sender.say(f"fixed {fixed}")

    @staticmethod
    def why_not(build):
        if not (Path(build) / "tests/call/weak-sender").exists():
            return "tests/call/weak-sender is not built"
        for tool in ("node", "chromium"):
            if shutil.which(tool) is None:
                return f"{tool} is not installed"
        return None

    def _take_sender(self, at, line):
        kind, _, rest = (line or "").partition(" " if line and not line.startswith(("stat", "head")) else "\t")
        if line is None or kind == "failed":
            raise RuntimeError("the workstation's end failed")
        if kind == "offer":
            self._ask(do="offer", sdp=base64.b64decode(rest).decode())
        elif kind == "candidate":
            mline, _, candidate = rest.partition(" ")
            if candidate:
                self._ask(do="candidate", mline=int(mline), candidate=candidate)
        elif kind == "connected":
            self.begun = self.begun or at
        elif kind == "head":
            self.head = rest.split("\t")
        elif kind == "stat" and self.begun:
            self.stats.append({"time": at - self.begun, **dict(zip(self.head, map(float, rest.split("\t"))))})

    def _take_browser(self, at, line):
        told = json.loads(line or "{}")
        if "answer" in told:
            self.sender.say("answer " + base64.b64encode(told["answer"].encode()).decode())
        elif "candidate" in told:
            self.sender.say(f"candidate {told['mline']} {told['candidate']}")
        elif "stats" in told and self.begun:
            self.seen.append({"time": at - self.begun, **told["stats"]})

    def _ask(self, **step):
        self.browser.say(json.dumps(step))

    def run(self, until):
        """Goes on until so many seconds after the connection stood."""
        ask_at, limit = 0, time.monotonic() + 30
        while self.begun is None or time.monotonic() < self.begun + until:
            if self.begun is None and time.monotonic() > limit:
                raise RuntimeError("the call did not come about")
            for program, take in ((self.sender, self._take_sender), (self.browser, self._take_browser)):
                while not program.lines.empty():
                    take(*program.lines.get())
            if self.begun and time.monotonic() >= ask_at:
                ask_at = time.monotonic() + 0.5
                self._ask(do="stats")
            time.sleep(0.01)

    def close(self):
        self.sender.end()
        self.browser.end()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def between(seen, start, end):
    """What the browser got between two times: fps, part of the sound that was made up, seconds of standing picture."""
    rows = [row for row in seen if start <= row["time"] <= end and "audio" in row]
    first, last = rows[0], rows[-1]
    seconds = (last["at"] - first["at"]) / 1000

    def grown(kind, name):
        return last.get(kind, {}).get(name, 0) - first.get(kind, {}).get(name, 0)

    samples = max(1, grown("audio", "totalSamplesReceived"))
    return {
        "seconds": seconds,
        "fps": grown("video", "framesDecoded") / seconds,
        "frozen": standing(rows),
        "concealed": 100 * grown("audio", "concealedSamples") / samples,
        "fec": grown("audio", "fecPacketsReceived"),
        "fec_unused": grown("audio", "fecPacketsDiscarded"),
        "lost_sound": grown("audio", "packetsLost"),
        "jitter_ms": 1000 * grown("audio", "jitterBufferDelay") / max(1, grown("audio", "jitterBufferEmittedCount")),
        "kbit": grown("video", "bytesReceived") * 8 / 1000 / seconds,
        "height": last.get("video", {}).get("frameHeight", 0),
        "nacks": grown("video", "nackCount"),
        "plis": grown("video", "pliCount"),
    }


def standing(rows):
    """Seconds that the picture stood, as Chromium counts them; it adds a stand only when it ends, so one that goes on
    is added by the frames."""
    first, last = rows[0].get("video", {}), rows[-1].get("video", {})
    counted = last.get("totalFreezesDuration", 0) - first.get("totalFreezesDuration", 0)
    frames = last.get("framesDecoded", 0)
    since = next((row for row in rows if row.get("video", {}).get("framesDecoded", 0) == frames), rows[-1])
    open_stand = (rows[-1]["at"] - since["at"]) / 1000
    return counted + (open_stand if open_stand > 0.6 else 0)
