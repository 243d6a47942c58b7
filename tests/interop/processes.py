"""Servers as the tests need them: on loopback, on free ports, in folders of their own, ended by process id."""

import contextlib
import itertools
import os
import signal
import socket
import subprocess
import time
from pathlib import Path

POLL_SECONDS = 0.02
START_SECONDS = 30
STOP_SECONDS = 30


# Below what the kernel gives to clients (32768 on): nobody is given the port of a server that is being started again.
PORTS_FROM, PORTS_A_PROCESS, PROCESSES = 12000, 100, 200
_drawn = itertools.count()


def free_port():
    """A port that is free on loopback, out of those that no other test's process draws from."""
    first = PORTS_FROM + os.getpid() % PROCESSES * PORTS_A_PROCESS
    for _ in range(PORTS_A_PROCESS):
        port = first + next(_drawn) % PORTS_A_PROCESS
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise RuntimeError(f"none of {PORTS_A_PROCESS} ports from {first} on is free")


def wait_until(condition, seconds, what):
    """Polls `condition` until it gives something true, which is returned; fails with `what` after `seconds`."""
    deadline = time.monotonic() + seconds
    while True:
        result = condition()
        if result:
            return result
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds} s: {what}")
        time.sleep(POLL_SECONDS)


def accepts_connections(port):
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


class Server:
    """A child process with its output in `log_path`."""

    def __init__(self, command, folder, name):
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.log_path = self.folder / f"{name}.log"
        self.name = name
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen([str(part) for part in command], stdout=log, stderr=subprocess.STDOUT,
                                            stdin=subprocess.DEVNULL, cwd=self.folder)

    @property
    def pid(self):
        return self.process.pid

    def log(self):
        return self.log_path.read_text(encoding="utf-8", errors="replace")

    def wait_ready(self, condition, seconds=START_SECONDS):
        def ready_or_dead():
            if self.process.poll() is not None:
                raise AssertionError(f"{self.name} ended with {self.process.returncode}:\n{self.log()[-2000:]}")
            return condition()

        wait_until(ready_or_dead, seconds, f"{self.name} is ready")

    def children(self):
        """Process ids of the direct children."""
        try:
            text = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text()
        except OSError:
            return []
        found = [int(pid) for pid in text.split()]
        for task in self._other_tasks():
            with contextlib.suppress(OSError):
                found += [int(pid) for pid in Path(f"/proc/{self.pid}/task/{task}/children").read_text().split()]
        return found

    def _other_tasks(self):
        try:
            return [task for task in os.listdir(f"/proc/{self.pid}/task") if task != str(self.pid)]
        except OSError:
            return []

    def stop(self, seconds=STOP_SECONDS):
        """SIGTERM, then SIGKILL for one that does not go. Returns the exit code."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(seconds)
            except subprocess.TimeoutExpired:
                self.kill()
                raise AssertionError(f"{self.name} did not end within {seconds} s of SIGTERM") from None
        return self.process.returncode

    def kill(self):
        """kill -9, of this process only."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        self.process.wait()
