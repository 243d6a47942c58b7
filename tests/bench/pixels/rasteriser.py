"""A triangle rasteriser with a depth buffer: what a mesh looks like from a camera, without any field or ray.

Smaller and larger triangles are worked through in groups of like extent, so that numpy does the loops.
"""

from dataclasses import dataclass

import numpy as np

CANDIDATES_MAX = 1 << 21
FAR = np.float32(1e9)


@dataclass(frozen=True)
class Fragments:
    """What is seen, one row per covered pixel: where, of which triangle, and at which place in it."""

    pixel: np.ndarray    # flat index
    triangle: np.ndarray
    weights: np.ndarray  # barycentric, (n, 3)
    depth: np.ndarray


def rasterise(corners, triangles, rows, columns):
    """`corners`: (n, 3) of x and y in pixels and depth; `triangles`: (m, 3) of indices. Both sides are seen."""
    flat = corners.astype(np.float32)[triangles]
    low = np.minimum(np.minimum(flat[:, 0, :2], flat[:, 1, :2]), flat[:, 2, :2])
    high = np.maximum(np.maximum(flat[:, 0, :2], flat[:, 1, :2]), flat[:, 2, :2])
    seen = (high[:, 0] >= 0) & (high[:, 1] >= 0) & (low[:, 0] < columns) & (low[:, 1] < rows)
    extent = np.ceil(high - low).max(axis=1) + 1
    parts = []
    limit = 2
    while True:
        group = np.flatnonzero(seen & (extent <= limit) & (extent > limit // 2 if limit > 2 else True))
        step = max(1, CANDIDATES_MAX // (limit * limit))
        parts += [_covered(flat, group[at:at + step], limit, rows, columns) for at in range(0, len(group), step)]
        if not (seen & (extent > limit)).any():
            break
        limit *= 2
    return _nearest(parts, rows * columns)


def _covered(flat, group, limit, rows, columns):
    """Every pixel centre inside one of these triangles, hidden or not."""
    t = flat[group]
    x0, y0 = (np.floor(t[:, :, axis].min(axis=1)) for axis in (0, 1))
    dy, dx = (axis.ravel().astype(np.float32) + np.float32(.5) for axis in np.mgrid[0:limit, 0:limit])
    x, y = x0[:, None] + dx[None], y0[:, None] + dy[None]
    (ax, ay), (bx, by), (cx, cy) = ((t[:, k, 0, None], t[:, k, 1, None]) for k in range(3))
    area = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
    inverse = np.divide(1, area, out=np.zeros_like(area), where=np.abs(area) > 1e-9)
    first = ((bx - x) * (cy - y) - (by - y) * (cx - x)) * inverse
    second = ((cx - x) * (ay - y) - (cy - y) * (ax - x)) * inverse
    third = 1 - first - second
    inside = (first >= -1e-6) & (second >= -1e-6) & (third >= -1e-6) & (inverse != 0)
    inside &= (x > 0) & (y > 0) & (x < columns) & (y < rows)
    which, where = np.nonzero(inside)
    weights = np.stack([one[which, where] for one in (first, second, third)], axis=1)
    depth = (weights * t[which, :, 2]).sum(axis=1)
    pixel = y[which, where].astype(np.int64) * columns + x[which, where].astype(np.int64)
    return pixel, group[which], weights, depth


def _nearest(parts, count):
    pixel, triangle, weights, depth = (np.concatenate(column) for column in zip(*parts))
    buffer = np.full(count, FAR, np.float32)
    np.minimum.at(buffer, pixel, depth)
    first = np.full(count, -1, np.int64)
    nearest = np.flatnonzero(depth == buffer[pixel])
    first[pixel[nearest[::-1]]] = nearest[::-1]
    kept = first[first >= 0]
    return Fragments(pixel[kept], triangle[kept], weights[kept], depth[kept])


def smooth_normals(points, triangles):
    """One normal a vertex: the mean over its triangles, weighted by their area."""
    a, b, c = (points[triangles[:, k]] for k in range(3))
    faces = np.cross(b - a, c - a)
    total = np.zeros_like(points)
    for k in range(3):
        for axis in range(3):
            total[:, axis] += np.bincount(triangles[:, k], faces[:, axis], len(points))
    return total / (np.linalg.norm(total, axis=1, keepdims=True) + 1e-9)


def grid_triangles(rows, columns, closed):
    """Two triangles a cell of a grid of vertices; `closed`: the last column meets the first."""
    r, c = np.mgrid[0:rows - 1, 0:columns if closed else columns - 1]
    a, b = r * columns + c, r * columns + (c + 1) % columns
    below_a, below_b = a + columns, b + columns
    return np.concatenate([np.stack([a, below_a, b], -1).reshape(-1, 3), np.stack([b, below_a, below_b], -1).reshape(-1, 3)])
