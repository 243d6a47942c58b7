#!/usr/bin/env python3
"""make demo: a node on its embedded defaults, three synthetic studies over DICOM, and what became of each instance.

Ends with 0 only if every instance came out as its manifest says, nothing planted stands in the archive or in what
the node says, and the audit verifies. Everything is kept in demo-out/ and removed by the next demo.
"""

import json
import shutil
import sys
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "interop"))

from node import CALLED_AE, OPEN_STATES, json_rows, run_efface  # noqa: E402
from peers import pynetdicom_send  # noqa: E402
from planted import SyntheticSet, leaks  # noqa: E402
from processes import Server, accepts_connections, wait_until  # noqa: E402
from programs import BIN  # noqa: E402
from pydicom import dcmread  # noqa: E402

FOLDER = ROOT / "demo-out"
STATE = FOLDER / "state"
ARCHIVE = STATE / "archive"
# The embedded defaults (config/settings.cpp).
DICOM_PORT, WEB_PORT = 11112, 8081
SETTLE_SECONDS = 120
SHOWN = ("PatientName", "PatientID", "PatientBirthDate", "StudyDate", "InstitutionName", "StudyDescription",
         "SOPInstanceUID", "PatientIdentityRemoved", "DeidentificationMethod")
COLUMN = 44


class DemoFailed(Exception):
    pass


def say(text=""):
    print(text, flush=True)


def efface(*arguments):
    return run_efface("--state", STATE, *arguments).stdout


def rows(*arguments):
    return json_rows(efface(*arguments, "--json"))


def start():
    for port in (DICOM_PORT, WEB_PORT):
        if accepts_connections(port):
            raise DemoFailed(f"port {port} is taken by another program; stop it and try again")
    shutil.rmtree(FOLDER, ignore_errors=True)
    keys = STATE / "keys"
    keys.mkdir(parents=True, mode=0o700)
    for name in ("demo.key", "audit.key"):
        run_efface("key", "new", keys / name)
    node = Server([BIN / "effaced", "--state", STATE], FOLDER, "effaced")
    node.wait_ready(lambda: accepts_connections(DICOM_PORT) and is_ready())
    return node


def is_ready():
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{WEB_PORT}/readyz", timeout=5) as answer:
            return answer.status == 200
    except OSError:
        return False


def send(studies):
    statuses = pynetdicom_send(DICOM_PORT, [studies.path(entry) for entry in studies.files], called=CALLED_AE, calling="DEMO")
    failed = {path.name: status for path, status in statuses.items() if status != 0}
    if failed:
        raise DemoFailed(f"not accepted: {failed}")


def settled_counts():
    def settled():
        counts = json.loads(efface("status", "--json"))["jobs"]
        return counts if not any(counts.get(state, 0) for state in OPEN_STATES) else None

    return wait_until(settled, SETTLE_SECONDS, "every instance delivered or quarantined")


def way_of(audit):
    """One line per job, from its audit rows."""
    jobs = {}
    for row in sorted(audit, key=lambda row: row["seq"]):
        if row.get("job"):
            jobs.setdefault(row["job"], []).append(row)
    for job, events in sorted(jobs.items()):
        by_event = {row["event"]: row for row in events}
        cleaned, held = by_event.get("cleaned"), by_event.get("quarantined")
        if cleaned:
            receipt = cleaned.get("detail") or {}
            receipt = json.loads(receipt) if isinstance(receipt, str) else receipt
            actions = " ".join(f"{code}:{count}" for code, count in receipt.get("actions", {}).items())
            end = "delivered" if "delivered" in by_event else "cleared"
            yield f"  #{job}  received -> rule {cleaned['rule']} -> {actions} -> gate passed -> {end}"
        else:
            why = held["reason"] if held else "on its way"
            yield f"  #{job}  received -> rule {held and held.get('rule') or '-'} -> quarantined: {why}"


def before_and_after(studies):
    """The first slice, side by side."""
    source = dcmread(studies.path(studies.files[0]), stop_before_pixels=True)
    cleaned = [dcmread(path, stop_before_pixels=True) for path in archived()]
    target = min((ds for ds in cleaned if ds.Modality == "CT"), key=lambda ds: int(ds.get("InstanceNumber") or 0))
    yield f"  {'attribute':24}{'before':{COLUMN}}after"
    for keyword in SHOWN:
        values = [str(ds.get(keyword, "(absent)"))[: COLUMN - 2] for ds in (source, target)]
        yield f"  {keyword:24}{values[0]:{COLUMN}}{values[1]}"


def archived():
    return sorted(path for path in ARCHIVE.rglob("*") if path.is_file())


def judge(studies, counts):
    """What came out otherwise than it should, as sentences."""
    must_deliver = sum(entry["outcomes"] == ["cleaned"] for entry in studies.files)
    must_hold = sum(entry["outcomes"] == ["quarantined"] for entry in studies.files)
    delivered, held = counts.get("delivered", 0), counts.get("quarantined", 0)
    if delivered + held != len(studies.files) or delivered < must_deliver or held < must_hold:
        yield f"{delivered} delivered and {held} quarantined of {len(studies.files)}"
    if len(archived()) != delivered:
        yield f"{len(archived())} files in the archive, {delivered} delivered"
    for path in archived():
        if leaks(path.read_bytes(), studies.files):
            yield f"planted identity in {path}"
    said = "".join(efface(*command) for command in (("status",), ("quarantine", "list"), ("audit", "query")))
    if leaks(said.encode() + (FOLDER / "effaced.log").read_bytes(), studies.files):
        yield "the node says something about a patient"
    if run_efface("--state", STATE, "audit", "verify", check=False).returncode != 0:
        yield "the audit does not verify"


def tell(studies, counts):
    audit = rows("audit", "query", "--limit", "1000")
    say(f"\n{len(studies.files)} instances of 3 patients sent over DICOM to {CALLED_AE} at 127.0.0.1:{DICOM_PORT}\n")
    say("The way of each instance (D Z X K C U: attributes by action of PS3.15 Table E.1-1)")
    for line in way_of(audit):
        say(line)
    say("\nBefore and after, first CT slice")
    for line in before_and_after(studies):
        say(line)
    say(f"\nCleaned files: {ARCHIVE}")
    for path in archived():
        say(f"  {path.relative_to(ARCHIVE)}")
    say("\nThe last audit lines")
    for line in efface("audit", "query").splitlines()[-8:]:
        say(f"  {line}")
    say(f"\n{counts.get('delivered', 0)} delivered, {counts.get('quarantined', 0)} held for an operator.")
    say(f"""
What to type next (start the node again with: make run)
  build/bin/efface --state {STATE.relative_to(ROOT)} quarantine list      what is held, and why
  build/bin/efface --state {STATE.relative_to(ROOT)} audit verify         is the audit as it was written
  build/bin/efface rules explain {studies.path(studies.files[0]).relative_to(ROOT)}   which rule, and what becomes of each attribute
  build/bin/efface run IN OUT                             de-identify a folder without any network
  build/bin/efface config example                         a configuration of your own""")


def main():
    node = None
    try:
        say("Starting a node on its embedded defaults ...")
        node = start()
        studies = SyntheticSet.make(FOLDER / "incoming", "--demo")
        send(studies)
        counts = settled_counts()
        tell(studies, counts)
        wrong = list(judge(studies, counts))
        if node.stop() != 0:
            wrong.append("the node did not end in order")
    except (DemoFailed, AssertionError) as error:
        wrong = [str(error)]
    finally:
        if node and node.process.poll() is None:
            node.kill()
    for sentence in wrong:
        say(f"NOT AS IT SHOULD BE: {sentence}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
