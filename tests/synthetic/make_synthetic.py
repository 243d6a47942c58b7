#!/usr/bin/env python3
"""Writes the synthetic set: DICOM files with identities planted in them, and MANIFEST.json.

    make_synthetic.py DIR          the whole set
    make_synthetic.py --demo DIR   three small studies for `make demo`

MANIFEST.json holds per file: `outcomes` (what the default rules may make of it), `why`, `sendable`, and
`planted`: texts (with the encodings to search for) or bytes that must appear in no output, and where each was put.
Deterministic: the same files on every machine with the same tools. No third-party pictures, no real person.
"""

import argparse
import importlib
import json
import sys
import warnings
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

PARTS = ("syntaxes", "decodable", "charsets", "representations", "carriers", "objects", "pixels")


def write(cases, folder):
    entries = []
    for case in cases:
        path = folder / case.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(case.content)
        entries.append(case.manifest_entry())
    names = [entry["file"] for entry in entries]
    assert len(names) == len(set(names)), "two cases write one file"
    manifest = {"format": 1, "files": entries}
    (folder / "MANIFEST.json").write_text(json.dumps(manifest, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return len(entries)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--demo", action="store_true", help="only the studies of the demo")
    arguments = parser.parse_args()
    # The set holds values that pydicom rightly finds odd.
    warnings.simplefilter("ignore")
    parts = ("demo_studies",) if arguments.demo else PARTS
    cases = (case for part in parts for case in importlib.import_module(part).cases())
    count = write(cases, arguments.folder)
    print(f"{count} files in {arguments.folder}")


if __name__ == "__main__":
    main()
