"""Photographs by seed, kept in a folder so that the next run need not compute them: tracing one takes seconds.

A kept one is named by a digest of what it depends on: the sources of the generator, numpy's version and the question.
"""

import hashlib
import json
import os
from pathlib import Path

import numpy as np
from photograph import Photograph, Pose, photograph

HERE = Path(__file__).parent
SOURCES = ("album.py", "head.py", "complexion.py", "photograph.py", "room.py")


class Album:
    def __init__(self, folder=None):
        self.folder = Path(folder) if folder else None

    def photograph(self, seed, pose=None):
        """As photograph.photograph(), of its usual size."""
        path = self.folder / f"{self._key(seed, pose)}.npz" if self.folder else None
        if path and path.exists():
            with np.load(path) as kept:
                facts = json.loads(bytes(kept["facts"]))
                return Photograph(kept["samples"], tuple(facts["face"]), tuple(facts["head"]),
                                  {name: tuple(place) for name, place in facts["landmarks"].items()})
        taken = photograph(seed, pose=pose)
        if path:
            self._keep(path, taken)
        return taken

    def _key(self, seed, pose):
        digest = hashlib.sha256(json.dumps([seed, vars(pose) if isinstance(pose, Pose) else None, np.__version__]).encode())
        for name in SOURCES:
            digest.update((HERE / name).read_bytes())
        return digest.hexdigest()

    def _keep(self, path, taken):
        """By rename, so that another run sees all of it or nothing."""
        path.parent.mkdir(parents=True, exist_ok=True)
        facts = json.dumps({"face": taken.face, "head": taken.head, "landmarks": taken.landmarks}).encode()
        part = path.with_suffix(f".{os.getpid()}.part")
        with open(part, "wb") as out:
            np.savez(out, samples=taken.samples, facts=np.frombuffer(facts, np.uint8))
        part.replace(path)
