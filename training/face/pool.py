"""Composed pictures on disk, so that training reads instead of drawing: pictures.npy (n x SIDE x SIDE, uint8) and
boxes.npy (n x BOXES_MAX x 5, float32: left, top, right, bottom; then 1 demanded, 0 not, -1 no box). Picture i is
compose.sample(first seed + i), of the family 'redacted' in the last part."""

import functools
import sys
from pathlib import Path

import numpy as np

from training.face import compose, library, workers

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
    """Goes on where it was interrupted: the file `done` says how many pictures are whole."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    shape = (count, compose.SIDE, compose.SIDE)
    done_path = folder / "done"
    done = int(done_path.read_text()) if done_path.exists() else 0
    fresh = not (folder / "pictures.npy").exists() or np.load(folder / "pictures.npy", mmap_mode="r").shape != shape
    if fresh:
        done = 0
        done_path.write_text("0")
        np.lib.format.open_memmap(folder / "pictures.npy", "w+", np.uint8, shape)
        np.lib.format.open_memmap(folder / "boxes.npy", "w+", np.float32, (count, BOXES_MAX, 5))
    if done == count:
        return
    pictures, boxes = (np.lib.format.open_memmap(folder / name, "r+") for name in ("pictures.npy", "boxes.npy"))
    drawn = workers.each(functools.partial(_drawn, library_folder, first_seed, count), range(done, count), processes)
    for i, one in enumerate(drawn, done):
        pictures[i], boxes[i] = one
        if i % 100 == 99 or i + 1 == count:
            pictures.flush()
            boxes.flush()
            done_path.write_text(str(i + 1))
            if progress:
                print(f"\rpictures: {i + 1} of {count}", end="", file=progress, flush=True)
    if progress:
        print(file=progress)


def read(folder):
    return tuple(np.load(Path(folder) / name, mmap_mode="r") for name in ("pictures.npy", "boxes.npy"))
