"""A head that nobody has: a signed distance out of ellipsoids and capsules, with numbers drawn from a seed.

Millimetres; x to the right of the picture, y out of the face, z up, the origin between the eyes' heights and in the
middle of the skull. Distances are approximate (an ellipsoid's is of first order), which sphere tracing allows for.
Points are three float32 arrays of one shape; nothing is read, no third-party shape is used.
"""

from dataclasses import dataclass, fields

import numpy as np

EYE_RADIUS = 12.6
SKIN, HAIR, EYE, CLOTH = range(4)


# --- shapes and how they join ----------------------------------------------------------------------------------------


def ellipsoid(p, centre, radii):
    u = [(axis - c) / r for axis, c, r in zip(p, centre, radii)]
    v = [axis / r for axis, r in zip(u, radii)]
    k0 = np.sqrt(u[0] * u[0] + u[1] * u[1] + u[2] * u[2])
    k1 = np.sqrt(v[0] * v[0] + v[1] * v[1] + v[2] * v[2]) + np.float32(1e-6)
    return k0 * (k0 - 1) / k1


def sphere(p, centre, radius):
    a, b, c = (axis - at for axis, at in zip(p, centre))
    return np.sqrt(a * a + b * b + c * c) - radius


def capsule(p, start, end, radius, end_radius=None):
    """A rod with round ends whose radius runs from one end's to the other's."""
    way = [b - a for a, b in zip(start, end)]
    d = [axis - a for axis, a in zip(p, start)]
    t = np.clip((d[0] * way[0] + d[1] * way[1] + d[2] * way[2]) / sum(w * w for w in way), 0, 1)
    a, b, c = (axis - t * w for axis, w in zip(d, way))
    growth = (radius if end_radius is None else end_radius) - radius
    return np.sqrt(a * a + b * b + c * c) - (radius + growth * t)


def join(a, b, width):
    """The union of two, blended over `width` (polynomial smooth minimum)."""
    h = np.clip(np.float32(0.5) + (b - a) * np.float32(0.5 / width), 0, 1)
    return b + (a - b) * h - np.float32(width) * h * (1 - h)


def cut(a, b, width):
    """`a` without `b`."""
    return -join(-a, b, width)


# --- who it is -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Traits:
    """What differs from head to head. Each is drawn evenly between the two numbers."""

    skull_width: float = (70, 79)
    skull_length: float = (94, 102)
    face_width: float = (58, 67)
    jaw_width: float = (36, 46)
    chin_drop: float = (-110, -99)
    chin_size: float = (12, 17)
    cheek: float = (20, 25)
    brow: float = (7, 11)
    eye_apart: float = (29.5, 33.5)
    eye_open: float = (5.4, 7.4)
    eye_tilt: float = (-0.02, 0.09)
    nose_out: float = (103, 111)
    nose_width: float = (9.5, 14)
    nose_drop: float = (-45, -39)
    bridge: float = (5.5, 8.5)
    mouth_width: float = (20, 27)
    mouth_height: float = (-72, -67)
    lip: float = (3.8, 6.5)
    smile: float = (-0.5, 3.5)
    ear: float = (26, 33)
    neck: float = (48, 60)
    hairline: float = (62, 76)
    hair_thick: float = (5, 12)
    hair_long: float = (0, 1)
    brow_height: float = (18, 23)
    lean: float = (-1.5, 1.5)

    @staticmethod
    def drawn(rng):
        return Traits(**{field.name: float(rng.uniform(*field.default)) for field in fields(Traits)})


class Head:
    def __init__(self, traits):
        self.t = traits

    # --- distances ---

    def skin(self, p):
        """Skin and the body below it, without eyes, hair and cloth."""
        x, y, z = p
        mirrored = (np.abs(x), y, z)
        d = self._skull_and_jaw(mirrored)
        d = self._sockets_and_brow(d, mirrored)
        d = self._nose(d, p, mirrored)
        d = self._mouth(d, mirrored)
        d = np.minimum(d, self._lids(mirrored))
        d = self._ears(d, mirrored)
        return self._neck_and_shoulders(d, mirrored)

    def _skull_and_jaw(self, m):
        t = self.t
        d = ellipsoid(m, (0, 0, 25), (t.skull_width, t.skull_length - 2, 92))
        d = join(d, ellipsoid(m, (0, 20, -33), (t.face_width, 73, 74)), 20)
        d = join(d, capsule(m, (t.jaw_width, 12, -72), (13, 68, t.chin_drop + 4), 16, 14), 26)
        d = join(d, sphere(m, (0, 80, t.chin_drop + 3), t.chin_size), 16)
        return join(d, sphere(m, (42, 58, -22), t.cheek), 16)

    def _sockets_and_brow(self, d, m):
        t = self.t
        d = join(d, capsule(m, (6, 86, t.brow_height - 4), (46, 68, t.brow_height - 1), t.brow, t.brow - 2), 12)
        return cut(d, ellipsoid(m, (t.eye_apart + 1, 100, -1), (20, 20, 13)), 9)

    def _nose(self, d, p, m):
        t = self.t
        tip = (t.lean, t.nose_out, t.nose_drop)
        d = join(d, capsule(p, (0, 84, 8), tip, t.bridge, 9), 12)
        d = join(d, sphere(m, (t.nose_width - 1, t.nose_out - 9, t.nose_drop - 2), 6.6), 8)
        d = cut(d, ellipsoid(m, (t.nose_width * 0.52, t.nose_out - 3.5, t.nose_drop - 9.5), (3.6, 6.5, 3.6)), 2.5)
        return cut(d, capsule(m, (t.nose_width + 10, t.nose_out - 14, t.nose_drop - 4),
                              (t.mouth_width + 9, 86, t.mouth_height + 2), 2.2), 9)

    def _mouth(self, d, m):
        t = self.t
        h, w = t.mouth_height, t.mouth_width
        d = join(d, ellipsoid(m, (0, 77, h + 3), (30, 21, 25)), 12)
        corner = (w, 87, h + t.smile)
        d = join(d, capsule(m, (3.5, 99.5 - t.lip * 0.4, h + t.lip * 0.8), corner, t.lip, 1.6), 3)
        below = (0, 98.5 - t.lip * 0.3, h - t.lip * 1.05)
        d = join(d, capsule(m, below, (w * 0.92, 86.5, h + t.smile - 1), t.lip * 1.15, 1.8), 3)
        d = cut(d, capsule(m, (0, 104, h), (w + 1.5, 90, h + t.smile), 1.5), 2)
        return cut(d, ellipsoid(m, (0, 106, h + t.lip * 2.7), (3.2, 6, 8)), 5)

    def eye_centre(self):
        return (self.t.eye_apart, 70.5, 0.0)

    def slit(self, m):
        """How far inside (negative) or outside the opening between the lids a point is, seen from the front."""
        t = self.t
        u = (m[0] - t.eye_apart) / np.float32(15.2)
        middle = t.eye_tilt * (m[0] - t.eye_apart)
        arch = np.maximum(1 - u * u, 0)
        half = t.eye_open * np.sqrt(arch) * (0.55 + 0.45 * arch)
        return np.abs(m[2] - middle - 0.12 * half) - half + 3 * np.maximum(np.abs(u) - 1, 0)

    def _lids(self, m):
        lid = sphere(m, self.eye_centre(), EYE_RADIUS + 1.6)
        fold = np.abs(m[2] - self.t.eye_open - 3.6 + 0.012 * (m[0] - self.t.eye_apart) ** 2)
        lid = lid + 0.7 * np.exp(-(fold / 1.1) ** 2)
        return np.maximum(lid, -self.slit(m) * np.float32(0.8))

    def eye(self, p):
        return sphere((np.abs(p[0]), p[1], p[2]), self.eye_centre(), EYE_RADIUS)

    def _ears(self, d, m):
        t = self.t
        # The ear stands off by some 25 degrees: its own axes.
        a, b = m[0] - (t.skull_width + 1), m[1] + 6
        turned = (a * 0.9 + b * 0.42, b * 0.9 - a * 0.42, m[2] + 18)
        ear = ellipsoid(turned, (0, 0, 0), (5, t.ear * 0.58, t.ear))
        ear = cut(ear, ellipsoid(turned, (5, 2, 1), (5, t.ear * 0.4, t.ear * 0.74)), 3)
        ear = join(ear, ellipsoid(turned, (1, -1, 1), (3, t.ear * 0.26, t.ear * 0.5)), 4)
        ear = cut(ear, ellipsoid(turned, (4.5, 5, -4), (5, 6, 9)), 3)
        return join(d, ear, 5)

    def _neck_and_shoulders(self, d, m):
        t = self.t
        d = join(d, capsule(m, (0, -12, -80), (0, -26, -190), t.neck - 3, t.neck + 3), 18)
        d = join(d, capsule(m, (10, 8, -195), (44, -20, -70), 10, 8), 14)
        d = join(d, capsule(m, (0, -34, -215), (150, -38, -245), 44, 46), 30)
        return join(d, ellipsoid(m, (0, -30, -320), (170, 72, 110)), 20)

    def cloth(self, p, skin):
        """A shirt: a layer over the body below a round collar."""
        x, y, z = p
        collar = z + 178 + 0.42 * y - 0.0016 * x * x
        return np.maximum(skin - 4, collar * 0.7)

    def hair(self, p):
        t = self.t
        m = (np.abs(p[0]), p[1], p[2])
        clump = np.sin(p[0] * 0.21 + 2.1 * np.sin(p[1] * 0.05)) * np.sin(p[1] * 0.17 + p[2] * 0.06) * 1.6
        clump = clump + np.sin(p[0] * 1.3 + 4 * np.sin(p[2] * 0.04)) * np.sin(p[1] * 0.9 + p[2] * 0.1) * 0.4
        grown = t.hair_thick
        d = ellipsoid(m, (0, -4, 30), (t.skull_width + grown, t.skull_length + grown - 3, 90 + grown))
        if t.hair_long > 0.5:
            end = -70 - 160 * (t.hair_long - 0.5)
            d = join(d, capsule(m, (t.skull_width - 8, -14, 10), (t.skull_width - 4, -6, end), 24, 19), 22)
            d = join(d, ellipsoid(m, (0, -60, -40), (t.skull_width, 48, -end * 0.8)), 20)
        else:
            d = cut(d, sphere(m, (t.skull_width + 6, 4, -24), 32), 6)
            d = np.maximum(d, -60 - m[2])
        opening = ellipsoid(m, (0, 104, -14), (t.skull_width - 1, 80, t.hairline + 18))
        return cut(d, opening, 7) + clump

    def parts(self, p):
        """The distance to each part, in the order SKIN, HAIR, EYE, CLOTH."""
        skin = self.skin(p)
        return skin, self.hair(p), self.eye(p), self.cloth(p, skin)

    def distance(self, p):
        skin, hair, eye, cloth = self.parts(p)
        return np.minimum(np.minimum(skin, hair), np.minimum(eye, cloth))
