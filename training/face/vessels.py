"""Trees of vessels and what is seen of them: retinas, angiograms. Scenes as in scenes.py."""

import numpy as np

from training.noise import blur, fractal, smooth
from training.scenes import grid, lettering, turned

RADII = 6  # Steps of thickness: thinner branches are drawn together.


def tree(random, side, root, degrees, thick, split=0.05, steps=None, bend=0.12):
    """0 to 1: branches from `root` (-1 to 1) that grow in a direction, fork and thin out. `thick` in pixels."""
    limit = steps or int(random.uniform(0.5, 1.4) * side)
    at = np.array([root], float)
    way = np.array([np.radians(degrees)])
    size = np.array([float(thick)])
    points = []
    for _ in range(limit):
        points.append(np.column_stack([at, size]))
        way = way + random.normal(0, bend, len(way))
        at = at + np.column_stack([np.cos(way), np.sin(way)]) * (1.6 / side)
        forks = (random.random(len(way)) < split) & (size > 0.35)
        if forks.any() and len(way) < 48:
            apart = random.uniform(0.25, 0.9, forks.sum())
            at = np.concatenate([at, at[forks]])
            child = size[forks] * random.uniform(0.55, 0.85, forks.sum())
            way = np.concatenate([way, way[forks] + apart])
            way[:len(forks)][forks] -= apart * 0.6
            size = np.concatenate([size, child])
            size[:len(forks)][forks] *= 0.85
        size = size * 0.996
        alive = (size > 0.3) & (np.abs(at) < 1.1).all(1)
        at, way, size = at[alive], way[alive], size[alive]
        if len(at) == 0:
            break
    return _drawn(np.concatenate(points), side)


def _drawn(points, side):
    out = np.zeros((side, side), np.float32)
    column, row = ((points[:, :2] + 1) / 2 * side).astype(int).T
    inside = (column >= 0) & (row >= 0) & (column < side) & (row < side)
    steps = np.geomspace(0.3, max(points[:, 2].max(), 0.4) * 1.01, RADII + 1)
    for low, high in zip(steps, steps[1:]):
        chosen = inside & (points[:, 2] >= low) & (points[:, 2] < high)
        if not chosen.any():
            continue
        marks = np.zeros((side, side), np.float32)
        marks[row[chosen], column[chosen]] = 1
        sigma = max(float(high) * 0.7, 0.4)
        out = np.maximum(out, (blur(marks, sigma) * (2.5 * sigma + 0.5)).clip(0, 1))
    return out


def retina(random, side):
    """A fundus: bright round field, brighter nerve head, vessels from it, darker macula, spots."""
    u = random.uniform
    x, y = grid(side)
    cx, cy, size = u(-0.15, 0.15), u(-0.15, 0.15), u(0.7, 1.4)
    far = np.hypot(x - cx, y - cy) / size
    out = u(0.25, 0.75) * (1 - u(0.1, 0.6) * far ** 2) + u(0.02, 0.12) * fractal(random, side, side, int(u(3, 12)), 4)
    nerve = np.array([cx + random.choice([-1, 1]) * u(0.05, 0.6), cy + u(-0.2, 0.2)])
    off = np.hypot(x - nerve[0], y - nerve[1])
    disc = u(0.06, 0.18)
    out = out + u(0.1, 0.5) * np.exp(-(off / disc) ** 4)
    out = out - u(0.05, 0.3) * np.exp(-((x + nerve[0]) ** 2 + (y - cy - 0.05) ** 2) / u(0.05, 0.25) ** 2)
    dark = u(0.1, 0.45)
    for start in (60, -60, 120, -120)[:int(u(2, 5))]:
        out = out - dark * tree(random, side, nerve, start + u(-25, 25), side * u(0.006, 0.018), u(0.03, 0.08), None, u(0.05, 0.15))
    for _ in range(int(u(0, 14)) if random.random() < 0.5 else 0):
        x0, y0 = u(-0.8, 0.8, 2)
        out = out + u(-0.3, 0.4) * (np.hypot(x - x0, y - y0) < u(0.01, 0.06))
    field = (far < 1) & (np.abs(y) < u(0.75, 1.5))
    if random.random() < 0.15:
        out = u(0.4, 0.9) - out
    out = np.where(field, out, u(0, 0.05)).astype(np.float32)
    return lettering(random, out) if random.random() < 0.2 else out


def angiogram(random, side):
    """Contrast in vessels over soft ribs and spine; collimated, subtracted at times, with a catheter."""
    u = random.uniform
    x, y = turned(random, side)
    out = u(0.4, 0.85) + u(-0.3, 0.3) * x + u(0.05, 0.3) * smooth(random, side, side, int(u(2, 6)))
    subtracted = random.random() < 0.3
    if not subtracted:
        for i in range(int(u(0, 8))):  # Ribs.
            arc = np.hypot(x - 1.2, (y - 0.3 * i + 1) * u(1.2, 1.6))
            out = out - u(0.03, 0.12) * (np.abs(arc - u(0.9, 1.5)) < u(0.03, 0.07))
        if random.random() < 0.6:
            spine = np.abs(x - u(-0.5, 0.5)) < u(0.1, 0.22)
            out = out - u(0.05, 0.25) * spine * (0.8 + 0.3 * np.sign(np.sin(y * u(8, 16))))
        if random.random() < 0.4:
            out = out - u(0.1, 0.35) * (np.hypot(x, y - u(0.6, 1.3)) < u(0.5, 0.9))  # Diaphragm.
        out = blur(out.astype(np.float32), u(0.8, 2.5))
    root = u(-0.7, 0.7, 2)
    dark = u(0.15, 0.6)
    for _ in range(int(u(1, 4))):
        out = out - dark * tree(random, side, root, u(0, 360), side * u(0.008, 0.035), u(0.01, 0.06), None, u(0.04, 0.16))
    if random.random() < 0.5:
        out = out - u(0.1, 0.5) * tree(random, side, (root[0], root[1]), u(0, 360), side * u(0.005, 0.012), 0.0, 2 * side, 0.05)
    if random.random() < 0.25:
        out = out - u(0.1, 0.4) * np.exp(-((x - u(-0.4, 0.4)) / u(0.1, 0.4)) ** 2 - ((y - u(-0.4, 0.4)) / u(0.1, 0.5)) ** 2)
    out = out + u(0.01, 0.08) * blur(random.standard_normal((side, side), np.float32), u(0, 1))
    x, y = grid(side)
    edge = random.random()
    if edge < 0.3:
        out = np.where(np.hypot(x, y) < u(0.9, 1.25), out, u(0, 0.1))
    elif edge < 0.6:
        out = np.where((np.abs(x) < u(0.6, 1)) & (np.abs(y) < u(0.6, 1)), out, u(0, 0.1))
    if random.random() < 0.2:
        out = 1 - out
    return lettering(random, out.astype(np.float32)) if random.random() < 0.4 else out.astype(np.float32)
