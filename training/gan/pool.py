"""Pictures on disk: pictures.npy (n x channels x side x side, uint16), faces.npy (n x side/FACE_CELL x side/FACE_CELL, bool: where
the face is, from which masks are drawn anew each time) and kinds.npy (n, uint8, places in catalogue.KINDS)."""

import functools
import sys

import numpy as np

from training import arrays
from training.gan import catalogue

FACE_CELL = 4
PAIR = 2  # Pictures of one head in a pool for judging.
NAMES = ("pictures", "faces", "kinds")


def _drawn(first_seed, side, channels, in_turn, i):
    kind, group = catalogue.kind_of(first_seed, i), catalogue.GROUP
    if in_turn:
        kind, group = catalogue.KINDS[i // PAIR % len(catalogue.KINDS)], PAIR
    picture, face = catalogue.drawn(first_seed, i, side, channels, kind, group)
    cells = face.reshape(side // FACE_CELL, FACE_CELL, side // FACE_CELL, FACE_CELL).mean((1, 3)) > 0.5
    return (picture * 65535 + 0.5).astype(np.uint16), cells, catalogue.KINDS.index(kind)


def make(folder, first_seed, count, side, channels=1, in_turn=False, processes=1, progress=sys.stderr):
    """in_turn: PAIR pictures of each kind after the other, for judging; else as often as catalogue.SHARES says."""
    cells = side // FACE_CELL
    kinds = {"pictures": (np.uint16, (channels, side, side)), "faces": (bool, (cells, cells)), "kinds": (np.uint8, ())}
    arrays.make(folder, kinds, functools.partial(_drawn, first_seed, side, channels, in_turn), count, processes, progress)


def read(folder):
    return arrays.read(folder, NAMES)
