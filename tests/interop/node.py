"""A node under test: its configuration, its process, and its command line.

What is assumed of the programs stands here and nowhere else in the tests:
  effaced --config FILE                 in the foreground; SIGTERM drains, exit code 0
  efface --config FILE COMMAND --json   exit code 0 where it could; lists as one JSON object per line
  GET /readyz                           200 once associations are taken
  status --json                         {"status": {"jobs": {STATE: COUNT, ...}}, ...} with the names of db/jobs/state.h
"""

import json
import os
import subprocess
import urllib.error
import urllib.request
from pathlib import Path

from processes import Server, free_port, wait_until
from programs import efface_program

CALLED_AE = "EFFACE"
OPEN_STATES = ("received", "working", "cleared", "held", "delivering")
COMMAND_SECONDS = 60


class CommandFailed(AssertionError):
    def __init__(self, result):
        super().__init__(f"{' '.join(map(str, result.args))} ended with {result.returncode}: {result.stderr[-1000:]}")
        self.returncode = result.returncode


def run_efface(*arguments, check=True, seconds=COMMAND_SECONDS, state_home=None):
    """The command line with `arguments`; what it printed. Whatever it keeps by itself goes below `state_home`."""
    environment = {**os.environ, **({"XDG_STATE_HOME": str(state_home)} if state_home else {})}
    result = subprocess.run([efface_program("efface"), *map(str, arguments)], capture_output=True, text=True,
                            timeout=seconds, check=False, stdin=subprocess.DEVNULL, env=environment)
    if check and result.returncode != 0:
        raise CommandFailed(result)
    return result


def json_rows(text):
    """The objects of a listing: one per line, or a JSON array, or an object with one list in it."""
    try:
        whole = json.loads(text)
    except json.JSONDecodeError:
        return [json.loads(line) for line in text.splitlines() if line.strip()]
    if isinstance(whole, list):
        return whole
    lists = [value for value in whole.values() if isinstance(value, list)]
    return lists[0] if len(lists) == 1 else [whole]


def folder_destination(path, name="archive"):
    return f'[[destination]]\nname = "{name}"\nkind = "folder"\npath = "{path}"\n'


def dicom_destination(port, called_ae, name="archive", **settings):
    lines = [f'[[destination]]\nname = "{name}"\nkind = "dicom"\nhost = "127.0.0.1"\nport = {port}',
             f'called_ae = "{called_ae}"', "retry_seconds_min = 1", "retry_seconds_max = 2"]
    return "\n".join(lines + [f"{key} = {json.dumps(value)}" for key, value in settings.items()]) + "\n"


class Node:
    """One node in `folder`. start() may be called again after stop() or kill(): the state stays."""

    def __init__(self, folder, destinations, rules_file=None, peers=None, extra=""):
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.port, self.web_port = free_port(), free_port()
        self.state = self.folder / "state"
        self.config = self.folder / "efface.toml"
        self.server = None
        for key in ("project.key", "audit.key"):
            if not (self.folder / key).exists():
                run_efface("key", "new", self.folder / key)
        self.config.write_text(self._configuration(destinations, rules_file, peers, extra), encoding="utf-8")

    def _configuration(self, destinations, rules_file, peers, extra):
        rules = f'rules_file = "{rules_file}"\n' if rules_file else ""
        peers = peers or '[[peer]]\nname = "any"\ncalling_ae = "*"\naddresses = ["127.0.0.0/8", "::1"]\n'
        return (
            f'[node]\nstate_directory = "{self.state}"\n'
            f'[listen]\naddresses = ["127.0.0.1:{self.port}"]\n'
            f'[web]\nlisten = "127.0.0.1:{self.web_port}"\n'
            '[audit]\nkey_file = "audit.key"\n'
            '[spool]\nsoft_free = "64 MiB"\nhard_free = "32 MiB"\n'
            "[workers]\ncount = 2\n"
            f'[[project]]\nname = "trial"\ncalled_aes = ["{CALLED_AE}"]\nkey_file = "project.key"\n{rules}'
            f"{peers}{''.join(destinations)}{extra}"
        )

    def start(self):
        self.server = Server([efface_program("effaced"), "--config", self.config], self.folder, "effaced")
        self.server.wait_ready(self.is_ready)
        return self

    def is_ready(self):
        return self.page("/readyz")[0] == 200

    def page(self, path):
        """Status code and text of an HTTP page; (0, "") while nobody listens."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.web_port}{path}", timeout=5) as answer:
                return answer.status, answer.read().decode("utf-8")
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode("utf-8")
        except OSError:
            return 0, ""

    def stop(self):
        return self.server.stop() if self.server else 0

    def kill(self):
        self.server.kill()

    def efface(self, *arguments, check=True):
        return run_efface("--config", self.config, *arguments, check=check)

    def rows(self, *arguments):
        return json_rows(self.efface(*arguments, "--json").stdout)

    def status(self):
        return json.loads(self.efface("status", "--json").stdout)

    def job_counts(self):
        return {state: int(count) for state, count in self.status()["status"]["jobs"].items()}

    def wait_settled(self, seconds=120):
        """Until no job is on its way; the counts by state."""

        def settled():
            counts = self.job_counts()
            return counts if not any(counts.get(state, 0) for state in OPEN_STATES) else None

        return wait_until(settled, seconds, "every job delivered, quarantined or undelivered")

    def everything_it_says(self):
        """What the node shows to people and machines: none of it may hold patient data (P10)."""
        said = [self.server.log(), self.page("/metrics")[1]]
        for command in (("status",), ("queue",), ("quarantine", "list"), ("audit", "query")):
            said.append(self.efface(*command, "--json").stdout)
            said.append(self.efface(*command).stdout)
        return "\n".join(said)
