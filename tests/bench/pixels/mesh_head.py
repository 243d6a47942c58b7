"""A head that nobody has, as a mesh: rings of points around an axis (a loft), pushed out and in where features are.

Millimetres; x to the right of the picture, y out of the face, z up, the pupils at z = 0. What a point of the surface is
(skin, hair, eye, cloth) and its colour are functions of its place on the head before it was turned.
"""

from dataclasses import dataclass

import numpy as np
from rasteriser import grid_triangles, smooth_normals

# Height, half width, front and back of the ring there.
_RINGS = np.array([
    (118, 1, 1, 1), (114, 26, 30, 34), (104, 44, 52, 60), (88, 59, 72, 82), (66, 69, 86, 95), (42, 74, 93, 100),
    (18, 75, 95, 100), (0, 73, 88, 97), (-20, 71, 88, 88), (-40, 68, 88, 76), (-58, 63, 87, 64), (-76, 57, 86, 57),
    (-94, 49, 83, 54), (-106, 41, 76, 53), (-116, 43, 52, 54), (-126, 48, 38, 56), (-150, 51, 34, 58),
    (-178, 58, 34, 62), (-198, 112, 42, 64), (-222, 168, 58, 72), (-300, 190, 66, 78)], float)

SKIN, HAIR, CLOTH, COVER = range(4)


@dataclass(frozen=True)
class Build:
    """Drawn once per head; lengths in mm, the rest as factors around 1."""

    wide: float
    deep: float
    jaw: float
    chin: float
    brow: float
    nose: float
    nose_wide: float
    nose_low: float
    eyes: float
    lid: float
    cheek: float
    lip: float
    mouth: float
    mouth_low: float
    tall: float

    @staticmethod
    def drawn(rng):
        spans = ((.9, 1.08), (.93, 1.06), (.86, 1.2), (.3, 1.7), (.3, 1.9), (.75, 1.3), (.8, 1.5), (-46, -37), (29, 35),
                 (3.4, 6.2), (.2, 1.8), (.4, 1.8), (19, 29), (-76, -66), (.93, 1.07))
        return Build(*(float(rng.uniform(*span)) for span in spans))


@dataclass(frozen=True)
class Mesh:
    points: np.ndarray     # (n, 3)
    normals: np.ndarray
    home: np.ndarray       # (n, 3): the place that colours go by
    kind: np.ndarray       # (n,)
    is_face: np.ndarray    # (n,): from hairline to chin, ear to ear
    triangles: np.ndarray


def _bump(x, z, at_x, at_z, across, up):
    return np.exp(-((x - at_x) / across) ** 2 - ((z - at_z) / up) ** 2)


def _ring_curves(z):
    curves = []
    for column in (1, 2, 3):
        fine = np.linspace(-310, 118, 857)
        values = np.interp(fine, _RINGS[::-1, 0], _RINGS[::-1, column])
        kernel = np.exp(-np.linspace(-2.2, 2.2, 23) ** 2)
        smooth = np.convolve(np.pad(values, 11, mode="edge"), kernel / kernel.sum(), mode="valid")
        smooth = np.where(fine > 104, values, smooth)
        curves.append(np.interp(z, fine, smooth))
    return curves


def _features(b, x, z):
    """How far the surface stands out of the loft, straight forward."""
    side = np.abs(x)
    ridge = np.interp(z, [b.nose_low - 7, b.nose_low, b.nose_low + 5, b.nose_low / 2 + 4, 4, 15], [0, 17, 24, 15, 7, 0])
    out = b.nose * ridge * np.exp(-(x / np.interp(z, [-48, -36, -14, 10], [10 * b.nose_wide, 9 * b.nose_wide, 6.5, 6.5])) ** 2)
    out += 9 * _bump(side, z, 12.5 * b.nose_wide, b.nose_low + 2, 5.5, 5.5)
    out += b.brow * (4.5 * _bump(side, z, 27, 17, 19, 6) + 2 * _bump(side, z, 0, 15, 10, 8))
    out -= 10 * _bump(side, z, b.eyes - 1, -1, 15, 11)
    out += 7.5 * _bump(side, z, b.eyes, -1, 11, 8)
    out -= 2.0 * _bump(side, z, b.eyes - 15, -3, 4, 7)
    out += b.cheek * (5 * _bump(side, z, 43, -26, 15, 13) - 4 * _bump(side, z, 46, -60, 13, 15))
    low = b.mouth_low
    out += 5 * _bump(x, z, 0, low + 3, b.mouth, 13)
    out += b.lip * (3.6 * _bump(x, z, 0, low + 4.5, b.mouth * .75, 3.4) + 4.2 * _bump(x, z, 0, low - 5, b.mouth * .62, 4))
    out -= 3.5 * _bump(x, z, 0, low, b.mouth * 1.02, 1.7)
    out -= 3.5 * _bump(x, z, 0, low - 17, 15, 5) + 2.2 * _bump(side, z, 0, low + 14, 3, 6)
    out -= 2.2 * _bump(side, z - b.nose_low + 12, 27, 0, 4, 14)
    return out + b.chin * 6.5 * _bump(x, z, 0, -101, 15, 10)


def _around(count, fine):
    """Angles, denser in front; 0 is the front."""
    even = np.linspace(-np.pi, np.pi, count, endpoint=False)
    return even - fine * np.sin(even)


def loft(b, step=1.6, noise=None):
    """(rows, columns, 3) of points and of their homes. `noise` (z, angle) -> mm stands out of the surface."""
    z = np.concatenate([np.arange(118, 100, -step / 2), np.arange(100, -118, -step), np.arange(-118, -300, -step * 4)])
    angle = _around(int(360 / step), .45)
    width, front, back = _ring_curves(z)
    width = width * b.wide * b.jaw ** (.5 * np.exp(-((z + 88) / 34) ** 2))
    sine, cosine = np.sin(angle), np.cos(angle)
    x = width[:, None] * np.sign(sine) * np.abs(sine) ** .86
    y = np.where(cosine > 0, front[:, None] * b.deep, back[:, None] * b.deep) * np.sign(cosine) * np.abs(cosine) ** .8
    height = np.broadcast_to(z[:, None], x.shape)
    facing = np.clip(cosine * 3, 0, 1)[None] * np.clip((height + 122) / 8, 0, 1)
    y = y + facing * _features(b, x, height) - 8
    if noise is not None:
        push = noise(height, np.broadcast_to(angle, x.shape))
        x, y = x + push * sine, y + push * cosine
    points = np.stack([x, y, height * b.tall], axis=-1)
    return points, np.stack([x, y, height], axis=-1), angle


def _ear(b, side):
    """A bent dish beside the head."""
    v, u = np.mgrid[0:1:15j, 0:2 * np.pi:24j]
    radius = v * (1 + .12 * np.sin(u))
    rim = 5 * np.exp(-((v - .85) / .14) ** 2) - 3 * np.exp(-(v / .5) ** 2)
    y, z = radius * 16 * np.cos(u), radius * 31 * np.sin(u)
    x = side * (75 * b.wide + 3 + rim - .28 * y)
    points = np.stack([x, y - 12, (z - 12) * b.tall], axis=-1)
    return points.reshape(-1, 3), grid_triangles(15, 24, False)


def _mask_of_hair(home, angle, hairline, long, part):
    z, front = home[..., 2], np.cos(angle)[None]
    edge = np.where(front > .35, hairline - 10 * np.abs(home[..., 0] - part) / 60,
                    np.where(front > -.1, 20 - 60 * long, -40 - 120 * long))
    blend = np.convolve(np.pad(edge.mean(axis=0), 8, mode="wrap"), np.ones(17) / 17, mode="valid")
    return z > blend[None]


def head_mesh(rng, b, hair=True, step=1.6, noise=None):
    points, home, angle = loft(b, step, noise)
    rows, columns = points.shape[:2]
    triangles = grid_triangles(rows, columns, True)
    kind = np.where(home[..., 2] < -172 + 14 * np.cos(angle)[None], CLOTH, SKIN)
    hairline = rng.uniform(56, 80)
    face = (np.cos(angle)[None] > .12) & (home[..., 2] < hairline) & (home[..., 2] > -112)
    parts = [(points.reshape(-1, 3), home.reshape(-1, 3), kind.ravel(), face.ravel(), triangles)]
    for side in (-1, 1):
        ear, ear_triangles = _ear(b, side)
        parts.append((ear, ear.copy(), np.full(len(ear), SKIN), np.zeros(len(ear), bool), ear_triangles))
    if hair:
        parts.append(_hair(rng, points, home, angle, triangles, hairline))
    return _joined(parts)


def _hair(rng, points, home, angle, triangles, hairline):
    over = _mask_of_hair(home, angle, hairline, rng.uniform(0, 1) ** 1.5, rng.uniform(-40, 40))
    thick = rng.uniform(4, 15)
    flat = points.reshape(-1, 3)
    normals = smooth_normals(flat, triangles)
    if (normals * flat).sum() < 0:
        normals = -normals
    curls = rng.normal(0, rng.uniform(.3, 1.6), len(flat))
    shell = flat + normals * (thick + curls)[:, None]
    kept = over.ravel()[triangles].all(axis=1)
    return shell, home.reshape(-1, 3), np.full(len(flat), HAIR), np.zeros(len(flat), bool), triangles[kept]


def _joined(parts):
    offset, all_triangles, normals = 0, [], []
    for points, _, _, _, triangles in parts:
        one = smooth_normals(points, triangles)
        used = np.unique(triangles)
        centre = points[used].mean(axis=0)
        outwards = (one[used] * (points[used] - centre)).sum()
        normals.append(one if outwards > 0 else -one)
        all_triangles.append(triangles + offset)
        offset += len(points)
    columns = [np.concatenate(column) for column in list(zip(*parts))[:4]]
    return Mesh(columns[0], np.concatenate(normals), columns[1], columns[2], columns[3], np.concatenate(all_triangles))
