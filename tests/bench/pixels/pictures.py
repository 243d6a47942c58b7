"""What every part of the scoring generator shares: a picture with its truth, blur, bytes, lines; PGM and PPM files."""

from dataclasses import dataclass, field

import numpy as np


@dataclass
class Picture:
    """`samples`: uint8, (rows, columns) or (rows, columns, 3). Boxes are half-open x0, y0, x1, y1."""

    samples: np.ndarray
    faces: list = field(default_factory=list)
    # One dict a line of text: box, and what the cells ask for.
    lines: list = field(default_factory=list)
    # How it was drawn, for whoever looks for a reason.
    facts: dict = field(default_factory=dict)


def to_bytes(values):
    return np.clip(np.rint(values), 0, 255).astype(np.uint8)


def blur(picture, sigma):
    """A Gaussian, axis by axis; edges are repeated."""
    reach = max(1, int(3 * sigma + .5))
    kernel = np.exp(-.5 * (np.arange(-reach, reach + 1) / sigma) ** 2).astype(np.float32)
    kernel /= kernel.sum()
    out = np.asarray(picture, np.float32)
    for axis in (0, 1):
        wide = np.pad(out, [(reach, reach) if k == axis else (0, 0) for k in range(out.ndim)], mode="edge")
        total = np.zeros_like(out)
        for k, weight in enumerate(kernel):
            total += weight * (wide[k:k + out.shape[0]] if axis == 0 else wide[:, k:k + out.shape[1]])
        out = total
    return out


def cloud(rng, rows, columns, size, octaves=4):
    """Smooth irregular values of mean 0 and deviation 1: random grids enlarged, each finer and weaker than the last."""
    total = np.zeros((rows, columns), np.float32)
    for octave in range(octaves):
        step = max(2.0, size / 2 ** octave)
        grid = rng.standard_normal((int(rows / step) + 3, int(columns / step) + 3)).astype(np.float32)
        total += enlarged(grid, rows, columns, step, rng.uniform(0, 1, 2)) / 2 ** (.8 * octave)
    return (total - total.mean()) / (total.std() + 1e-6)


def enlarged(grid, rows, columns, step, shift=(0, 0)):
    """Each axis by smooth interpolation between grid points."""
    def weights(count, limit, offset):
        at = np.arange(count) / step + offset
        index = np.minimum(at.astype(int), limit - 2)
        t = (at - index).astype(np.float32)
        return index, t * t * (3 - 2 * t)
    r, a = weights(rows, grid.shape[0], shift[0])
    c, b = weights(columns, grid.shape[1], shift[1])
    lines = grid[r] * (1 - a)[:, None] + grid[r + 1] * a[:, None]
    return lines[:, c] * (1 - b)[None] + lines[:, c + 1] * b[None]


def draw_line(picture, points, width, colour):
    """A polyline of `width` pixels with soft edges, onto (rows, columns, 3)."""
    rows, columns = picture.shape[:2]
    for (ax, ay), (bx, by) in zip(points, points[1:]):
        x0, x1 = int(max(0, min(ax, bx) - width - 1)), int(min(columns, max(ax, bx) + width + 2))
        y0, y1 = int(max(0, min(ay, by) - width - 1)), int(min(rows, max(ay, by) + width + 2))
        if x1 <= x0 or y1 <= y0:
            continue
        y, x = np.mgrid[y0:y1, x0:x1] + .5
        t = np.clip(((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / max((bx - ax) ** 2 + (by - ay) ** 2, 1e-6), 0, 1)
        away = np.hypot(x - ax - t * (bx - ax), y - ay - t * (by - ay))
        cover = np.clip(width / 2 + .5 - away, 0, 1)[:, :, None]
        part = picture[y0:y1, x0:x1]
        part += (np.asarray(colour)[None, None] - part) * cover


def write_netpbm(path, samples):
    rows, columns = samples.shape[:2]
    kind = b"P6" if samples.ndim == 3 else b"P5"
    with open(path, "wb") as out:
        out.write(kind + b" %d %d 255\n" % (columns, rows) + np.ascontiguousarray(samples).tobytes())
