"""Views of heads and bodies, rendered once and kept as arrays on disk; pictures are composed of them.

A library is a folder with one array file per kind (uint8, memory-mapped when read):
    rendering.npy, photograph.npy, body.npy   n x 8 x SIDE x SIDE, render.LAYERS
    radiograph.npy                            n x 3 x SIDE x SIDE, what X-rays lost / 4, silhouette, face
Item i of a kind depends on the library's first seed, the kind and i alone."""

import functools
import sys
from pathlib import Path

import numpy as np

from training import render, workers
from training.face import bodies
from training.head import head

KINDS = ("rendering", "photograph", "radiograph", "body")
VIEWS_OF_A_HEAD = 3
DENSITIES = ((0.25, 0.6), (1, 4), (0.4, 1.4), (0.8, 3), (0.6, 2))  # Bounds of render.Densities, in its order.


def pose(random):
    """Yaw and pitch in degrees: frontal, three-quarter and profile views, no backs of heads."""
    draw = random.random()
    if draw < 0.4:
        yaw = random.uniform(-30, 30)
    else:
        yaw = random.choice([-1, 1]) * (random.uniform(30, 70) if draw < 0.75 else random.uniform(70, 105))
    return float(yaw), float(np.clip(random.normal(0, 15), -40, 40))


def cut(random):
    """What a scan leaves of a head: thick slices, ends of the slab, a nose outside of the field."""
    def u(low, high):
        return float(random.uniform(low, high))

    return render.Cut(
        slice_thickness=u(0.02, 0.13) if random.random() < 0.5 else 0.0,
        highest=u(0.55, 1.2) if random.random() < 0.3 else 9.0,
        lowest=u(-1.1, -0.3) if random.random() < 0.35 else -9.0,
        before=u(0.9, 1.1) if random.random() < 0.08 else 9.0)


def item(first_seed, kind, i):
    random = np.random.default_rng([first_seed, KINDS.index(kind), i, 5])
    seed = first_seed * 1_000_003 + KINDS.index(kind) * 100_003 + i // VIEWS_OF_A_HEAD
    if kind == "body":
        return render.view(bodies.body(seed), *random.uniform(-180, 180, 1), random.uniform(-60, 60))
    if kind == "rendering":
        yaw, pitch = pose(random)
        return render.view(render.HeadShape(head(seed, True), cut(random)), yaw, pitch)
    if kind == "photograph":
        return render.view(render.HeadShape(head(seed, False)), *pose(random))
    draw = random.random()
    if draw < 0.6:
        yaw = random.choice([-90, 90]) + random.normal(0, 8)
    else:
        yaw = random.normal(0, 8) if draw < 0.85 else random.uniform(-90, 90)
    densities = render.Densities(*(float(random.uniform(*bounds)) for bounds in DENSITIES))
    layers = render.radiograph(head(seed, random.random() < 0.7), yaw, random.normal(0, 8), densities, random)
    layers[0] /= 4
    return (layers * 255 + 0.5).clip(0, 255).astype(np.uint8)


def make(folder, first_seed, counts, processes=1, progress=sys.stderr):
    """Writes what is not there; a half-written array is never taken for a whole one."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    for kind in KINDS:
        path = folder / f"{kind}.npy"
        if path.exists() and len(np.load(path, mmap_mode="r")) == counts[kind]:
            continue
        part = path.with_suffix(".part")
        out = None
        drawn = workers.each(functools.partial(item, first_seed, kind), range(counts[kind]), processes)
        for i, layers in enumerate(drawn):
            if out is None:
                out = np.lib.format.open_memmap(part, "w+", np.uint8, (counts[kind], *layers.shape))
            out[i] = layers
            if progress and (i % 20 == 0 or i + 1 == counts[kind]):
                print(f"\r{kind}: {i + 1} of {counts[kind]}", end="", file=progress, flush=True)
        out.flush()
        del out
        part.replace(path)
        if progress:
            print(file=progress)


def read(folder):
    return {kind: np.load(Path(folder) / f"{kind}.npy", mmap_mode="r") for kind in KINDS}
