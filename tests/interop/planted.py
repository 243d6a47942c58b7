"""The synthetic set with its manifest, and the search for what was planted in it."""

import json
import subprocess
import sys
from pathlib import Path

from programs import ROOT

# Shorter forms would be found by chance among samples.
FORM_BYTES_MIN = 4


class SyntheticSet:
    def __init__(self, folder):
        self.folder = Path(folder)
        self.files = json.loads((self.folder / "MANIFEST.json").read_text(encoding="utf-8"))["files"]

    @staticmethod
    def make(folder, *options):
        maker = ROOT / "tests" / "synthetic" / "make_synthetic.py"
        subprocess.run([sys.executable, maker, *options, folder], check=True, capture_output=True, timeout=300)
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
