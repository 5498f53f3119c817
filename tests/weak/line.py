# SPDX-License-Identifier: GPL-3.0-or-later
"""A weak line: two network namespaces, a pair of veth between them, a token bucket and random loss in both directions.

Everything of it is in namespaces of this process' own names and goes when it is closed. It needs root, `ip`, `tc` and
`iptables`; Line.why_not() says what is missing."""

import os
import shutil
import subprocess

# What waits in the bottleneck at most: a home router's buffer is of this order.
QUEUE_MS = 400
BURST = 3000  # bytes that go at once: two packets


class Line:
    ENDS = ("doctor", "patient")

    def __init__(self):
        self.names = [f"zq{os.getpid()}-{end[0]}" for end in self.ENDS]
        self.loss = None
        self._run("ip", "netns", "add", self.names[0])
        self._run("ip", "netns", "add", self.names[1])
        self._run("ip", "link", "add", "zq0", "netns", self.names[0], "type", "veth", "peer", "name", "zq0",
                  "netns", self.names[1])
        for i, name in enumerate(self.names):
            self._run("ip", "-n", name, "addr", "add", f"10.77.0.{i + 1}/24", "dev", "zq0")
            self._run("ip", "-n", name, "link", "set", "lo", "up")
            self._run("ip", "-n", name, "link", "set", "zq0", "up")

    @staticmethod
    def why_not():
        if os.geteuid() != 0:
            return "network namespaces need root"
        for tool in ("ip", "tc", "iptables"):
            if shutil.which(tool) is None:
                return f"{tool} is not installed"
        name = f"zq{os.getpid()}-try"
        if subprocess.run(["ip", "netns", "add", name], capture_output=True).returncode != 0:
            return "network namespaces are not allowed here"
        subprocess.run(["ip", "netns", "del", name], capture_output=True)
        return None

    @staticmethod
    def _run(*command):
        subprocess.run(command, check=True, capture_output=True)

    def _inside(self, i, *command):
        self._run("ip", "netns", "exec", self.names[i], *command)

    def set(self, kbit=None, loss=0, queue_ms=QUEUE_MS):
        """kbit: of each direction, None: as fast as it goes; loss: part of the packets, 0 to 1."""
        for i in range(2):
            if kbit is None:
                subprocess.run(["tc", "-n", self.names[i], "qdisc", "del", "dev", "zq0", "root"], capture_output=True)
            else:
                self._run("tc", "-n", self.names[i], "qdisc", "replace", "dev", "zq0", "root", "tbf", "rate",
                          f"{kbit}kbit", "burst", str(BURST), "latency", f"{queue_ms}ms")
            if loss != self.loss:
                self._inside(i, "iptables", "-F", "INPUT")
                if loss:
                    self._inside(i, "iptables", "-A", "INPUT", "-i", "zq0", "-p", "udp", "-m", "statistic", "--mode",
                                 "random", "--probability", str(loss), "-j", "DROP")
        self.loss = loss

    def inside(self, end):
        """What a command begins with to run at that end."""
        return ["ip", "netns", "exec", self.names[self.ENDS.index(end)]]

    def close(self):
        for name in self.names:
            subprocess.run(["ip", "netns", "del", name], capture_output=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
