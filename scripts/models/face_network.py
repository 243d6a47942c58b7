#!/usr/bin/env python3
"""Installs Efface's own face network, models/face-detector.pt, beside the models of others: one folder is what a worker
is given. Which file it must be, the worker knows (pipeline/inference/face_network.h)."""
import hashlib
import sys

from installed import ROOT, die, install, is_installed

NAME = "face-detector.pt"


def main():
    path = ROOT / "models" / NAME
    if not path.exists():
        die(f"models/{NAME} is not in this checkout; git restores it, make train-face makes another one")
    data = path.read_bytes()
    row = {"name": NAME, "source": "efface", "version": "2", "licence": "that of Efface",
           "sha256": hashlib.sha256(data).hexdigest()}
    if not is_installed(row):
        install(row, data)


if __name__ == "__main__":
    sys.exit(main())
