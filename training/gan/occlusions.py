"""What was destroyed of a picture: boxes, hulls, ellipses, strokes, mosaics and bands, their edges on the grid of Efface's
masks (pipeline/pixel/mask.h), those of faces grown as Efface grows them. The shape of a mask must not draw a person."""

import numpy as np

GRID = 8
GROWN = 1.5
SHARE_MIN, SHARE_MAX = 0.02, 0.45  # Of a picture.
TRIES = 30
DIRECTIONS = 16  # Of a hull's edges.


def on_grid(mask):
    """Every cell of the grid that the mask touches, whole."""
    rows, columns = (length // GRID for length in mask.shape)
    touched = mask.reshape(rows, GRID, columns, GRID).any((1, 3))
    return touched.repeat(GRID, 0).repeat(GRID, 1)


def pixels(side):
    at = np.arange(side, dtype=np.float32) + 0.5
    return np.meshgrid(at, at)


def bounds(face):
    """left, top, right, bottom"""
    rows, columns = np.nonzero(face.any(1))[0], np.nonzero(face.any(0))[0]
    return columns[0], rows[0], columns[-1] + 1, rows[-1] + 1


def box(random, face, by=GROWN):
    x, y = pixels(len(face))
    left, top, right, bottom = bounds(face)
    across, down = (right - left) * by / 2, (bottom - top) * by / 2
    return (np.abs(x - (left + right) / 2) < across) & (np.abs(y - (top + bottom) / 2) < down)


def hull(random, face, by=GROWN):
    """Convex, of edges in a few directions, grown about its middle."""
    x, y = pixels(len(face))
    rows, columns = np.nonzero(face)
    middle = np.array([columns.mean() + 0.5, rows.mean() + 0.5])
    out = np.ones(face.shape, bool)
    for a in np.arange(DIRECTIONS) * 2 * np.pi / DIRECTIONS:
        c, s = np.cos(a), np.sin(a)
        reach = (c * (columns + 0.5 - middle[0]) + s * (rows + 0.5 - middle[1])).max() + 0.7
        out &= c * (x - middle[0]) + s * (y - middle[1]) <= by * reach
    return out


def ellipse(random, face):
    x, y = pixels(len(face))
    left, top, right, bottom = bounds(face)
    by = random.uniform(1.1, GROWN)
    a = random.uniform(-0.4, 0.4)
    x, y = x - (left + right) / 2, y - (top + bottom) / 2
    x, y = np.cos(a) * x + np.sin(a) * y, np.cos(a) * y - np.sin(a) * x
    return (2 * x / (by * (right - left))) ** 2 + (2 * y / (by * (bottom - top))) ** 2 < 1


def strokes(random, face):
    """What a hand paints over a face: thick lines to and fro."""
    side = len(face)
    x, y = pixels(side)
    left, top, right, bottom = bounds(face)
    out = np.zeros(face.shape, bool)
    for _ in range(int(random.integers(1, 4))):
        wide = random.uniform(0.02, 0.07) * side
        ends = random.uniform(0, 1, (int(random.integers(3, 7)), 2)) * [right - left, bottom - top] + [left, top]
        for start, end in zip(ends[:-1], ends[1:]):
            along = end - start
            part = (((x - start[0]) * along[0] + (y - start[1]) * along[1]) / max(float(along @ along), 1e-6)).clip(0, 1)
            out |= np.hypot(x - start[0] - part * along[0], y - start[1] - part * along[1]) < wide
    return out


def mosaic(random, face):
    """Large cells where the face is; some are left out at its rim."""
    cell = GRID * int(random.integers(1, 4))
    side = len(face)
    count = -(-side // cell)
    wide = np.zeros((count * cell, count * cell), bool)
    wide[:side, :side] = face
    cells = wide.reshape(count, cell, count, cell).mean((1, 3)) > random.uniform(0, 0.4)
    return cells.repeat(cell, 0).repeat(cell, 1)[:side, :side]


def band(random, face):
    """A bar over eyes or mouth, or over the whole width."""
    x, y = pixels(len(face))
    left, top, right, bottom = bounds(face)
    at = top + random.uniform(0.15, 0.85) * (bottom - top)
    tall, by = random.uniform(0.12, 0.3) * (bottom - top), random.uniform(0.5, 0.8)
    a = random.normal(0, 0.1)
    out = np.abs(y - at - np.tan(a) * (x - (left + right) / 2)) < tall
    return out & (np.abs(x - (left + right) / 2) < by * (right - left))


def elsewhere(random, face):
    """Boxes and ellipses that have nothing to do with a face."""
    side = len(face)
    x, y = pixels(side)
    out = np.zeros(face.shape, bool)
    for _ in range(int(random.integers(1, 4))):
        x0, y0 = random.uniform(0.15, 0.85, 2) * side
        w, h = random.uniform(0.05, 0.28, 2) * side
        part = np.maximum(np.abs(x - x0) / w, np.abs(y - y0) / h) if random.random() < 0.5 else np.hypot((x - x0) / w, (y - y0) / h)
        out |= part < 1
    return out


KINDS = {"box": (box, 0.24), "hull": (hull, 0.22), "ellipse": (ellipse, 0.14), "strokes": (strokes, 0.12), "mosaic": (mosaic, 0.1),
         "band": (band, 0.08), "elsewhere": (elsewhere, 0.1)}
_UP_TO = np.cumsum([share for _, share in KINDS.values()])


def drawn(random, face, kind=None):
    """A mask for a picture whose face is here (bool, square), or that has none; of a kind where one is named. Of its sides
    all multiples of GRID."""
    side = len(face)
    for _ in range(TRIES):
        name = kind or list(KINDS)[min(int(np.searchsorted(_UP_TO, random.random())), len(KINDS) - 1)]
        where = face
        if face.sum() < 4:  # No face here: somewhere in the middle, as large as one.
            x, y = pixels(side)
            x0, y0, size = *random.uniform(0.3, 0.7, 2) * side, random.uniform(0.1, 0.25) * side
            where = np.hypot(x - x0, (y - y0) * 0.8) < size
        mask = on_grid(KINDS[name][0](random, where))
        if SHARE_MIN <= mask.mean() <= SHARE_MAX:
            return mask
    out = np.zeros((side, side), bool)
    quarter = side // 4 // GRID * GRID
    out[quarter:side - quarter, quarter:side - quarter] = True
    return out
