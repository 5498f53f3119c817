# SPDX-License-Identifier: GPL-3.0-or-later
"""A coturn of one's own, for the length of a case."""

import shutil
import socket
import subprocess

from loop import Skip, wait_until

SECRET = "loop-secret"
TRIES = 5


def free_port():
    """A port that is free for both: coturn listens for UDP and for TCP."""
    for _ in range(100):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one, socket.socket(socket.AF_INET, socket.SOCK_STREAM) as other:
            one.bind(("127.0.0.1", 0))
            try:
                other.bind(one.getsockname())
            except OSError:
                continue
            return one.getsockname()[1]
    raise OSError("no port is free for UDP and TCP")


def answers(port):
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
        return True
    except OSError:
        return False


class Relay:
    """Hospitals are started with arguments(). stop() and start() keep the port."""

    def __init__(self, directory):
        self.program = shutil.which("turnserver")
        if not self.program:
            raise Skip("coturn is not installed")
        self.directory, self.process = directory, None
        (directory / "turn-secret").write_text(SECRET)
        for _ in range(TRIES):
            self.port = free_port()
            if self.start():
                return
        raise AssertionError(f"coturn does not start: {self.log()}")

    def arguments(self):
        return ("--turn", f"127.0.0.1:{self.port}", "--turn-secret-file", str(self.directory / "turn-secret"))

    def log(self):
        return "\n".join((self.directory / "turn-log").read_text(errors="replace").splitlines()[-15:])

    def start(self):
        with open(self.directory / "turn-log", "ab") as log:
            self.process = subprocess.Popen(
                [self.program, "-n", "--listening-ip", "127.0.0.1", "--relay-ip", "127.0.0.1", "--listening-port", str(self.port),
                 "--use-auth-secret", f"--static-auth-secret={SECRET}", "--realm", "loop", "--no-cli", "--no-tls", "--no-dtls",
                 "--allow-loopback-peers", "--userdb", str(self.directory / "turn-db"), "--pidfile", str(self.directory / "turn.pid"),
                 "--log-file", "stdout", "--simple-log"], stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        wait_until("coturn listens or ends", lambda: self.process.poll() is not None or answers(self.port))
        return self.process.poll() is None

    def stop(self):
        self.process.kill()
        self.process.wait()

    def __enter__(self):
        return self

    def __exit__(self, kind, *error):
        self.stop()
        if kind:
            print("\n".join(f"# coturn: {line}" for line in self.log().splitlines()))
