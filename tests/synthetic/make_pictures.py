#!/usr/bin/env python3
"""Writes the picture set: DICOM files that show a face or a burned-in name, and MANIFEST.json.

    make_pictures.py DIR                   the whole set
    make_pictures.py --demo DIR            the four pictures of the demo
    make_pictures.py --cache DIR2 ... DIR  keeps what takes long to compute in DIR2
    make_pictures.py --append ... DIR      beside the set that DIR holds already, in one manifest

MANIFEST.json is that of make_synthetic.py, and per file `shows`: frames, rows, columns, `faces` (box of the face, box of
the head, landmarks) and `texts` (text, box, contrast in 8-bit steps, `identifies`), of what was covered before `covered`; boxes are [x0, y0, x1, y1], half-open.
Deterministic on one machine. No third-party pictures or shapes, no real person.
"""

import argparse
import json
import sys
import warnings
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))


def _put_before(entries, manifest):
    """`entries` ahead of what the manifest lists."""
    content = json.loads(manifest.read_text(encoding="utf-8"))
    twice = {entry["file"] for entry in entries} & {entry["file"] for entry in content["files"]}
    assert not twice, f"both sets write {sorted(twice)}"
    content["files"] = entries + content["files"]
    manifest.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--demo", action="store_true", help="only the four pictures of the demo")
    parser.add_argument("--cache", type=Path, help="where computed photographs are kept")
    parser.add_argument("--append", action="store_true", help="keep what the folder's manifest lists")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    from album import Album
    from make_synthetic import write
    from pictures import cases, demo_cases

    album = Album(arguments.cache)
    manifest = arguments.folder / "MANIFEST.json"
    before = json.loads(manifest.read_text(encoding="utf-8"))["files"] if arguments.append else []
    count = write(demo_cases(album) if arguments.demo else cases(album), arguments.folder)
    if before:
        _put_before(before, manifest)
    print(f"{count} files in {arguments.folder}")


if __name__ == "__main__":
    main()
