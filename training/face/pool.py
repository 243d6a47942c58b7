"""Composed pictures on disk, so that training reads instead of drawing: pictures.npy (n x SIDE x SIDE, uint8) and
boxes.npy (n x BOXES_MAX x 5, float32: left, top, right, bottom; then 1 demanded, 0 not, -1 no box). Picture i is
compose.sample(first seed + i), of the family 'redacted' in the last part."""

import functools
import sys

import numpy as np

from training import arrays
from training.face import compose, library

BOXES_MAX = 6
REDACTED = 10  # The last of so many parts of a pool shows heads whose faces were blackened.


def rows_of(sample):
    out = np.full((BOXES_MAX, 5), -1, np.float32)
    for i, (box, demanded) in enumerate(zip(sample.boxes[:BOXES_MAX], sample.demanded)):
        out[i] = (*box, float(demanded))
    return out


@functools.lru_cache(maxsize=1)
def _composer(library_folder):
    return compose.Composer(library.read(library_folder))


def _drawn(library_folder, first_seed, count, i):
    sample = _composer(library_folder).sample(first_seed + i, "redacted" if i >= count - count // REDACTED else None)
    return sample.picture, rows_of(sample)


def make(folder, library_folder, first_seed, count, processes=1, progress=sys.stderr):
    """Goes on where it was interrupted (arrays.py)."""
    kinds = {"pictures": (np.uint8, (compose.SIDE, compose.SIDE)), "boxes": (np.float32, (BOXES_MAX, 5))}
    arrays.make(folder, kinds, functools.partial(_drawn, library_folder, first_seed, count), count, processes, progress)


def read(folder):
    return arrays.read(folder, ("pictures", "boxes"))
