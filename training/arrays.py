"""Arrays on disk that are drawn item by item, by several processes, so that training reads instead of drawing."""

import sys
from pathlib import Path

import numpy as np

from training import workers

FLUSHED_EVERY = 100


def make(folder, kinds, draw, count, processes=1, progress=sys.stderr):
    """kinds: {name: (type, shape of one)}, of which each becomes NAME.npy; draw(i): one of each, in that order. Goes on where it
    was interrupted: the file `done` says how many items are whole."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{name}.npy" for name in kinds]
    shapes = [(count, *shape) for _, shape in kinds.values()]
    done_path = folder / "done"
    done = int(done_path.read_text()) if done_path.exists() else 0
    if not all(path.exists() and np.load(path, mmap_mode="r").shape == shape for path, shape in zip(paths, shapes)):
        done = 0
        done_path.write_text("0")
        for path, shape, (kind, _) in zip(paths, shapes, kinds.values()):
            np.lib.format.open_memmap(path, "w+", kind, shape)
    if done == count:
        return
    kept = [np.lib.format.open_memmap(path, "r+") for path in paths]
    for i, one in enumerate(workers.each(draw, range(done, count), processes), done):
        for array, value in zip(kept, one):
            array[i] = value
        if i % FLUSHED_EVERY == FLUSHED_EVERY - 1 or i + 1 == count:
            for array in kept:
                array.flush()
            done_path.write_text(str(i + 1))
        if progress and (i % 10 == 9 or i + 1 == count):
            print(f"\r{folder.name}: {i + 1} of {count}  ", end="", file=progress, flush=True)
    if progress:
        print(file=progress)


def read(folder, names):
    return tuple(np.load(Path(folder) / f"{name}.npy", mmap_mode="r") for name in names)
