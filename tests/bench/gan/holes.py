"""What was destroyed of a scoring picture: over its face, or anywhere. A mask of a face that the node found is grown by half
about its middle, what somebody covered earlier by a quarter; edges lie on the grid of pipeline/pixel/mask.h."""

import numpy as np

GRID = 8
OF_FACE, OF_OCCLUSION = 1.5, 1.25
LEAST, MOST = .02, .40  # Share of the picture.
TRIES = 40


def on_grid(mask):
    """Whole cells of the grid wherever one is touched; sides need not be multiples."""
    rows, columns = mask.shape
    high, wide = -(-rows // GRID), -(-columns // GRID)
    padded = np.zeros((high * GRID, wide * GRID), bool)
    padded[:rows, :columns] = mask
    cells = padded.reshape(high, GRID, wide, GRID).any(axis=(1, 3))
    return cells.repeat(GRID, axis=0).repeat(GRID, axis=1)[:rows, :columns]


def bounds(mask):
    """x0, y0, x1, y1, half-open."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def _about(face):
    x0, y0, x1, y1 = bounds(face)
    y, x = np.mgrid[0:face.shape[0], 0:face.shape[1]] + .5
    return x - (x0 + x1) / 2, y - (y0 + y1) / 2, x1 - x0, y1 - y0


def box(_, face, grown):
    x, y, wide, high = _about(face)
    return (np.abs(x) < grown * wide / 2) & (np.abs(y) < grown * high / 2)


def _turns_left(a, b, c):
    return (b[0] - a[0]) * (c[1] - a[1]) > (b[1] - a[1]) * (c[0] - a[0])


def corners_of(points):
    """The convex hull of (n, 2), counterclockwise (Andrew's monotone chain)."""
    points = sorted(set(map(tuple, points)))
    sides = []
    for line in (points, points[::-1]):
        chain = []
        for p in line:
            while len(chain) > 1 and not _turns_left(*chain[-2:], p):
                chain.pop()
            chain.append(p)
        sides += chain[:-1]
    return np.array(sides, float)


def hull(rng, face, grown):
    """Of a few dozen places of the face, as landmarks would lie on it."""
    y, x = np.nonzero(face)
    few = rng.choice(len(x), min(len(x), 60), replace=False)
    corners = corners_of(np.stack([x[few], y[few]], 1))
    if len(corners) < 3:
        return box(rng, face, grown)
    middle = corners.mean(axis=0)
    corners = middle + grown * (corners - middle)
    y, x = np.mgrid[0:face.shape[0], 0:face.shape[1]]
    inside = np.ones(face.shape, bool)
    for (ax, ay), (bx, by) in zip(corners, np.roll(corners, -1, axis=0)):
        inside &= (bx - ax) * (y - ay) - (by - ay) * (x - ax) >= 0
    return inside


def ellipse(rng, face, _):
    x, y, wide, high = _about(face)
    a = np.radians(rng.uniform(-30, 30))
    x, y = x * np.cos(a) - y * np.sin(a), x * np.sin(a) + y * np.cos(a)
    size = OF_OCCLUSION * rng.uniform(.85, 1.15)
    return np.hypot(x / (size * wide / 2), y / (size * high / 2)) < 1


def band(rng, face, _):
    """Over the eyes, the mouth, or from edge to edge."""
    x, y, wide, high = _about(face)
    level = (rng.uniform(-.3, -.1) if rng.uniform() < .6 else rng.uniform(.05, .35)) * high
    slope = np.tan(np.radians(rng.normal(0, 5)))
    reach = rng.uniform(.55, .75) if rng.uniform() < .8 else 3
    return (np.abs(y - level - slope * x) < OF_OCCLUSION * rng.uniform(.1, .2) * high) & (np.abs(x) < reach * wide)


def strokes(rng, face, _):
    """A thick pen in curves over the face."""
    x, y, wide, high = _about(face)
    out = np.zeros(face.shape, bool)
    for _ in range(rng.integers(1, 3)):
        t = np.linspace(0, 1, 90)
        phase, turns = rng.uniform(0, 2 * np.pi, 2), rng.uniform(1, 3, 2)
        px = wide * (.55 * np.sin(2 * np.pi * turns[0] * t + phase[0]) + rng.uniform(-.1, .1))
        py = high * (.95 * (t - .5) + .15 * np.sin(2 * np.pi * turns[1] * t + phase[1]))
        pen = rng.uniform(.05, .11) * min(wide, high)
        for cx, cy in zip(px, py):
            out |= (x - cx) ** 2 + (y - cy) ** 2 < pen ** 2
    return out


def elsewhere(rng, face, _):
    """One or two boxes or ellipses at random."""
    rows, columns = face.shape
    y, x = np.mgrid[0:rows, 0:columns] + .5
    out = np.zeros(face.shape, bool)
    for _ in range(rng.integers(1, 3)):
        cx, cy = rng.uniform(.2, .8) * columns, rng.uniform(.2, .8) * rows
        u, v = (x - cx) / (rng.uniform(.08, .24) * columns), (y - cy) / (rng.uniform(.08, .24) * rows)
        out |= np.hypot(u, v) < 1 if rng.uniform() < .5 else np.maximum(np.abs(u), np.abs(v)) < 1
    return out


OCCLUSIONS = {"box": (box, .26), "hull": (hull, .2), "ellipse": (ellipse, .16), "band": (band, .12), "strokes": (strokes, .12),
              "elsewhere": (elsewhere, .14)}


def drawn(rng, face, grown=OF_FACE):
    """(mask, occlusion) for a picture whose face is `face`, or that has none; boxes and hulls over it are `grown`."""
    names = tuple(OCCLUSIONS)
    shares = np.array([share for _, share in OCCLUSIONS.values()])
    for _ in range(TRIES):
        name = "elsewhere" if face.sum() < 64 else names[rng.choice(len(names), p=shares / shares.sum())]
        mask = on_grid(OCCLUSIONS[name][0](rng, face, grown))
        if LEAST <= mask.mean() <= MOST:
            return mask, name
    rows, columns = face.shape
    mask = np.zeros(face.shape, bool)
    mask[rows // 3:2 * rows // 3, columns // 3:2 * columns // 3] = True
    return on_grid(mask), "elsewhere"
