"""The outside of a lofted head (tests/bench/pixels/mesh_head.py) as tables that say of any place how deep it lies: below
the skin, by height and angle about the axis; below the head without its features, by direction from its middle, for
shells of skull and brain. Millimetres, axes as there: x to the right of the picture, y out of the face, z up."""

import beside  # noqa: F401
import numpy as np
from mesh_head import _ring_curves, loft

AXIS_Y = -8.0
ANGLES = 720
Z_LOW, Z_HIGH, Z_STEP = -290.0, 118.0, 1.0
MIDDLE = np.array([0, AXIS_Y, 22], np.float32)
_POLAR, _AROUND = 91, 180
_DEEPEST = -75.0  # Below this the shells end: there is a neck.


def _by_angle(points):
    """Radius at even angles, of one ring."""
    angle = np.arctan2(points[:, 0], points[:, 1] - AXIS_Y)
    order = np.argsort(angle)
    even = np.linspace(-np.pi, np.pi, ANGLES, endpoint=False)
    return np.interp(even, angle[order], np.hypot(points[:, 0], points[:, 1] - AXIS_Y)[order], period=2 * np.pi)


class _Rings:
    """radius[height, angle], read linearly."""

    def __init__(self, heights, radii):
        even = np.arange(Z_HIGH, Z_LOW, -Z_STEP)
        at = np.interp(-even, -heights, np.arange(len(heights)))
        low = np.minimum(at.astype(int), len(heights) - 2)
        part = (at - low)[:, None]
        self.radius = (radii[low] * (1 - part) + radii[low + 1] * part).astype(np.float32)
        along = np.gradient(self.radius, Z_STEP, axis=0)
        around = (np.roll(self.radius, -1, 1) - np.roll(self.radius, 1, 1)) / (4 * np.pi / ANGLES)
        self.steep = (1 / np.sqrt(1 + along ** 2 + (around / np.maximum(self.radius, 4)) ** 2)).astype(np.float32)

    def depth(self, x, y, z):
        far = np.hypot(x, y - np.float32(AXIS_Y))
        column = (np.arctan2(x, y - np.float32(AXIS_Y)) / (2 * np.pi) + .5) * ANGLES
        row = (Z_HIGH - z) / Z_STEP
        i = np.clip(row.astype(np.int32), 0, len(self.radius) - 2)
        j = column.astype(np.int32) % ANGLES
        p, q = np.clip(row - i, 0, 1), column - np.floor(column)
        k = (j + 1) % ANGLES
        radius = ((self.radius[i, j] * (1 - q) + self.radius[i, k] * q) * (1 - p)
                  + (self.radius[i + 1, j] * (1 - q) + self.radius[i + 1, k] * q) * p)
        deep = (radius - far) * self.steep[i, j]
        return np.where(z > Z_HIGH, -1, deep).astype(np.float32)


class Shells:
    def __init__(self, build):
        self.build = build
        points, home, _ = loft(build, 1.6)
        self.skin = _Rings(home[:, 0, 2], np.stack([_by_angle(ring) for ring in points]))
        self._build_egg()

    def _build_egg(self):
        """radius[polar angle, azimuth] of the loft without features, as seen from MIDDLE."""
        heights = np.arange(Z_HIGH, -130, -1.5)
        width, front, back = _ring_curves(heights)
        angle = np.linspace(-np.pi, np.pi, 361)
        sine, cosine = np.sin(angle), np.cos(angle)
        x = width[:, None] * self.build.wide * np.sign(sine) * np.abs(sine) ** .86
        deep = np.where(cosine > 0, front[:, None], back[:, None]) * self.build.deep
        y = deep * np.sign(cosine) * np.abs(cosine) ** .8 + AXIS_Y
        plain = _Rings(heights, np.stack([_by_angle(np.stack([a, b], 1)) for a, b in zip(x, y)]))
        polar = np.linspace(0, np.pi, _POLAR)[:, None, None]
        around = np.linspace(-np.pi, np.pi, _AROUND, endpoint=False)[None, :, None]
        far = np.arange(0, 170, 1.5)[None, None]
        place = (far * np.sin(polar) * np.sin(around), far * np.sin(polar) * np.cos(around) + MIDDLE[1],
                 far * np.cos(polar) + MIDDLE[2] + 0 * around)
        deep = plain.depth(*(part.astype(np.float32) for part in np.broadcast_arrays(*place)))
        inside = (deep > 0) & (place[2] > _DEEPEST)
        last = np.maximum(inside.shape[2] - 1 - inside[:, :, ::-1].argmax(axis=2), 1)
        a = np.take_along_axis(deep, last[:, :, None], 2)[:, :, 0]
        b = np.take_along_axis(deep, np.minimum(last + 1, inside.shape[2] - 1)[:, :, None], 2)[:, :, 0]
        over = np.where(a - b > 1e-3, np.clip(a / np.maximum(a - b, 1e-3), 0, 1), 0)
        self.egg = (1.5 * (last + over)).astype(np.float32)

    def below_egg(self, x, y, z):
        """How deep below the head without features, about; right where the head is round."""
        up, out = z - MIDDLE[2], y - MIDDLE[1]
        far = np.sqrt(x * x + out * out + up * up) + 1e-4
        row = np.arccos(np.clip(up / far, -1, 1)) / np.pi * (_POLAR - 1)
        column = (np.arctan2(x, out) / (2 * np.pi) + .5) * _AROUND
        i = np.minimum(row.astype(np.int32), _POLAR - 2)
        j = column.astype(np.int32) % _AROUND
        k = (j + 1) % _AROUND
        p, q = row - i, column - np.floor(column)
        radius = ((self.egg[i, j] * (1 - q) + self.egg[i, k] * q) * (1 - p)
                  + (self.egg[i + 1, j] * (1 - q) + self.egg[i + 1, k] * q) * p)
        return ((radius - far) * .97).astype(np.float32)
