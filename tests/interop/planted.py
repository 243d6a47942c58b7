"""The synthetic set with its manifest, and the search for what was planted in it."""

import json
import subprocess
import sys
from pathlib import Path

from programs import ROOT

MAKER = ROOT / "tests" / "synthetic" / "make_synthetic.py"
sys.path.insert(0, str(MAKER.parent))

# Shorter forms would be found by chance among samples.
FORM_BYTES_MIN = 4


class SyntheticSet:
    def __init__(self, folder):
        self.folder = Path(folder)
        self.files = json.loads((self.folder / "MANIFEST.json").read_text(encoding="utf-8"))["files"]

    @staticmethod
    def make(folder, *options):
        subprocess.run([sys.executable, MAKER, *options, folder], check=True, capture_output=True, timeout=300)
        return SyntheticSet(folder)

    def path(self, entry):
        return self.folder / entry["file"]

    def sendable(self):
        return [entry for entry in self.files if entry["sendable"]]


def leaks(content, entries):
    """What of the planted values of `entries` stands in `content`, whatever the case of ASCII letters."""
    folded = content.lower()
    found = []
    for entry in entries:
        for value in entry["planted"]:
            for form in (bytes.fromhex(text) for text in value["forms"]):
                if len(form) >= FORM_BYTES_MIN and form.lower() in folded:
                    found.append(f"{value['where']} of {entry['file']}: {value['text'] or form!r}")
                    break
    return found


def abdomen_series(folder, count, study="many"):
    """`count` abdominal CT slices, which the default rules clean; (paths, manifest entries)."""
    from case import CLEANED, Case
    from identity import ZEBULON, Ledger
    from instances import abdomen_ct, part10

    folder.mkdir(parents=True, exist_ok=True)
    paths, entries = [], []
    for index in range(count):
        ledger = Ledger()
        content = part10(abdomen_ct(ledger, ZEBULON, f"{study}_{index}", slice_index=index, study=study))
        case = Case(f"{study}_{index:05d}.dcm", content, ledger, (CLEANED,), "abdominal CT")
        path = folder / case.path
        path.write_bytes(content)
        paths.append(path)
        entries.append(case.manifest_entry())
    return paths, entries
