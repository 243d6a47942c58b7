"""Projections of a head (heads.py) from the side and from before: float32 (side, side), 0 to 1, and where its face lies.

The head is sampled once into a box of voxels, which the rays of one source cross sheet by sheet."""

import functools

import numpy as np

from training.gan import heads
from training.noise import blur, fractal
from training.scenes import grid

VIEWS = ("lateral", "frontal")
VOXEL = 1.6  # Millimetres.
LOW, HIGH = (-104, -152, -116), (104, 112, 128)
# What a millimetre of each tissue takes, beside water.
TAKES = np.array([0, 1, .9, 1.05, 2.4, 1.5, 1.04, 1.03, 1, 3.4, 2.6, 1, 1.1, 1.1, 1.05, 1.06, 12], np.float32)
WATER = 0.0195


@functools.lru_cache(maxsize=1)
def voxels(seed):
    """Tissues, uint8 (x, y, z)."""
    head = heads.head(seed)
    x, y, z = (np.arange(low, high, VOXEL, dtype=np.float32) for low, high in zip(LOW, HIGH))
    up, forward = (one.ravel() for one in np.meshgrid(y, z, indexing="ij"))
    out = np.empty((len(x), len(y), len(z)), np.uint8)
    for i, aside in enumerate(x):
        out[i] = head.tissues(np.stack([np.full_like(up, aside), up, forward]))[0].reshape(len(y), len(z))
    return out


def _weights(at, first, count):
    """The matrix that interpolates `count` voxels from `first` on at places `at`."""
    return (1 - np.abs((at[:, None] - first) / VOXEL - np.arange(count, dtype=np.float32))).clip(0, 1).astype(np.float32)


def drawn(random, seed, view, side):
    """Returns picture, face."""
    u = random.uniform
    head, tissues = heads.head(seed), voxels(seed)
    takes = TAKES.copy()
    takes[[heads.CORTICAL, heads.MARROW, heads.ENAMEL, heads.DENTINE]] = \
        1 + (takes[[heads.CORTICAL, heads.MARROW, heads.ENAMEL, heads.DENTINE]] - 1) * u(0.7, 1.7)
    right, down = grid(side)
    half = u(112, 145)
    across, up = right[0] * half + (u(-4, 14) if view == "lateral" else u(-6, 6)), -down[:, 0] * half + u(-34, -6)
    source, aside, upwards = u(900, 2000), random.normal(0, 0.07), random.normal(0, 0.07)
    axis, wide = (0, 2) if view == "lateral" else (2, 0)
    total = np.zeros((side, side), np.float32)
    grain = 1 + u(0.05, 0.25) * random.standard_normal(tissues.shape[1:], np.float32)
    for i in range(tissues.shape[axis]):
        depth = LOW[axis] + i * VOXEL
        sheet = takes[tissues[i] if axis == 0 else tissues[:, :, i].T]
        if axis == 0:
            sheet = np.where(sheet > 1.2, sheet * grain, sheet)
        if not sheet.any():
            continue
        nearer = 1 + depth / source
        rows = _weights(up * nearer + upwards * depth, LOW[1], sheet.shape[0])
        columns = _weights(across * nearer + aside * depth, LOW[wide], sheet.shape[1])
        total += rows @ sheet @ columns.T
    loss = total * np.float32(VOXEL * WATER)
    x, y = np.meshgrid(across, up)
    before = (x > u(34, 60)) & (x < 96 + head.nose_long) if view == "lateral" else np.abs(x) < u(56, 72)
    face = before & (y < u(14, 32)) & (y > -head.chin_down - u(6, 20))
    return _exposed(random, loss, side), face


def _exposed(random, loss, side):
    u = random.uniform
    loss = loss * (1 + u(0, 0.1) * fractal(random, side, side, 3, 2))
    if random.random() < 0.7:
        out = 1 - np.exp(-loss * u(0.15, 0.6))
    else:
        out = (loss * u(0.2, 0.4)).clip(0) ** u(0.7, 1.1)
    if random.random() < 0.6:  # Unsharp masking, as makers of detectors like it.
        out = out + u(0.4, 1.8) * (out - blur(out.astype(np.float32), u(4, 14) * side / 256))
    out = out + u(0.003, 0.014) * blur(random.standard_normal((side, side), np.float32), u(0, 0.7))
    low, high = np.percentile(out, [1, 99.7])
    out = ((out - low) / max(high - low, 1e-6)).clip(0, 1) ** u(0.75, 1.4)
    if random.random() < 0.25:  # Collimated.
        x, y = grid(side)
        out = np.where((np.abs(x) < u(0.8, 1)) & (np.abs(y) < u(0.8, 1)), out, u(0, 0.05))
    return out.astype(np.float32)
