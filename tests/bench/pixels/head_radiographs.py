"""Radiographs of mesh heads from the side and from the front, and of other parts of the body: how long rays are in soft
tissue (exact, of the mesh) and in bones (plain shapes), what a detector makes of it, collimation. With the skin of the
profile from brow to chin as truth.

Lengths in mm; a picture of the side has the face to the right before it is turned.
"""

from dataclasses import dataclass, field

import numpy as np
from mesh_head import Build, loft
from pictures import blur, cloud, to_bytes
from rasteriser import grid_triangles

BROW, CHIN = 24, -114
_TOP, _BOTTOM, _REACH = 150, -235, 190


@dataclass
class Radiograph:
    samples: np.ndarray                       # uint8
    skin: np.ndarray = None                   # (n, 2) of x and y in pixels, from brow to chin
    inwards: np.ndarray = None                # (n, 2), unit vectors
    millimetre: float = 1.0                   # pixels
    facts: dict = field(default_factory=dict)


def _thickness(points, triangles, along, finer):
    """Length of the rays along an axis of `points` in a closed mesh, seen against it: (rows, columns), `finer` pixels a mm."""
    across, up = ((1, 2), (0, 2))[along]
    u = (points[:, across] + _REACH) * finer
    v = (_TOP - points[:, up]) * finer
    depth = points[:, along]
    rows, columns = int((_TOP - _BOTTOM) * finer), int(2 * _REACH * finer)
    total = np.zeros(rows * columns, np.float64)
    a, b, c = (np.stack([u[triangles[:, k]], v[triangles[:, k]], depth[triangles[:, k]]], 1) for k in range(3))
    area = (b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (b[:, 1] - a[:, 1]) * (c[:, 0] - a[:, 0])
    extent = np.ceil(np.max([np.ptp([a[:, k], b[:, k], c[:, k]], axis=0) for k in (0, 1)], axis=0)).astype(int) + 1
    for limit in (2, 4, 8, 16, 32, 64):
        group = np.flatnonzero((extent <= limit) & (extent > (limit // 2 if limit > 2 else 0)) & (np.abs(area) > 1e-9))
        for start in range(0, len(group), 40000):
            t = group[start:start + 40000]
            x0 = np.floor(np.min([a[t, 0], b[t, 0], c[t, 0]], axis=0))
            y0 = np.floor(np.min([a[t, 1], b[t, 1], c[t, 1]], axis=0))
            dy, dx = (axis.ravel() + .5003 for axis in np.mgrid[0:limit, 0:limit])
            x, y = x0[:, None] + dx, y0[:, None] + dy

            def weight(p, q):
                return ((q[t, 0, None] - x) * (p[t, 1, None] - y) - (p[t, 0, None] - x) * (q[t, 1, None] - y)) / -area[t, None]
            w0, w1 = weight(b, c), weight(c, a)
            w2 = 1 - w0 - w1
            inside = (w0 > 0) & (w1 > 0) & (w2 > 0) & (x >= 0) & (y >= 0) & (x < columns) & (y < rows)
            z = w0 * a[t, 2, None] + w1 * b[t, 2, None] + w2 * c[t, 2, None]
            signed = np.where(inside, z * np.sign(area[t])[:, None], 0)
            place = np.where(inside, np.floor(y) * columns + np.floor(x), 0).astype(np.int64)
            total += np.bincount(place.ravel(), signed.ravel(), rows * columns)
    out = total.reshape(rows, columns)
    out = out if out.sum() > 0 else -out
    # A ray through an edge sees one side only.
    odd = (out < -1e-3) | (out > 420)
    smooth = blur(np.where(odd, 0, out), 1.2) / np.maximum(blur((~odd).astype(np.float32), 1.2), .05)
    return np.where(odd, smooth, out).astype(np.float32).clip(0)


def _ball(u, v, at, half):
    """How long rays are in an ellipsoid: centre and half axes across, up and along."""
    return 2 * half[2] * np.sqrt(np.clip(1 - ((u - at[0]) / half[0]) ** 2 - ((v - at[1]) / half[1]) ** 2, 0, None))


def _block(u, v, at, half, turn=0.0):
    c, s = np.cos(turn), np.sin(turn)
    p, q = (u - at[0]) * c + (v - at[1]) * s, (v - at[1]) * c - (u - at[0]) * s
    far = np.maximum(np.abs(p) / half[0], np.abs(q) / half[1])
    return np.clip((1 - far) * min(half) / 1.5 + .5, 0, 1)


def _bones(rng, u, v, side):
    thick = rng.uniform(4, 8)
    half = np.array([rng.uniform(83, 90) if side else rng.uniform(63, 69), rng.uniform(74, 82), rng.uniform(63, 69)])
    at = (-8 if side else 0, 36)
    bone = _ball(u, v, at, half) - _ball(u, v, at, half - thick)
    if side:
        bone += 14 * _block(u, v, (28, 2), (52, 4), rng.uniform(-.15, .1))               # Base and roof of the orbits.
        bone += 24 * _block(u, v, (14, -4), (20, 7), .5)                                 # Petrous bone.
        bone += 10 * _ball(u, v, (56, -38), (20, 26, 1)) / 2
        bone += rng.uniform(12, 22) * _block(u, v, (50, -94), (27, 9), rng.uniform(.1, .3))  # Jaw.
        bone += 10 * _block(u, v, (20, -70), (11, 30), .25)
        for k in range(6):
            bone += rng.uniform(14, 26) * (_block(u, v, (40 + 6 * k, -60), (2.6, 9), .05) + _block(u, v, (40 + 6 * k, -79), (2.4, 8), .05))
        for k in range(7):
            bone += rng.uniform(14, 20) * _block(u, v, (-20 - 1.5 * k + 6 * np.sin(k / 2), -42 - 21 * k), (11, 8), .12 * (k - 3))
            bone += 8 * _block(u, v, (-52 - 1.5 * k, -48 - 21 * k), (13, 5), .4)
    else:
        for x in (-1, 1):
            bone -= .45 * _ball(u, v, (x * 33, 0), (17, 15, 20)) * (bone > 0)
            bone += 12 * _block(u, v, (x * 46, -78), (8, 30), x * .25)
            bone += 9 * _block(u, v, (x * 40, -34), (18, 5), x * -.2)
        bone += rng.uniform(14, 22) * _block(u, v, (0, -108), (30, 9))
        for k in range(9):
            bone += rng.uniform(10, 20) * _block(u, v, (-20 + 5 * k, -72), (1.9, 13))
        for k in range(7):
            bone += rng.uniform(12, 18) * _block(u, v, (0, -60 - 22 * k), (13, 8))
    return bone.clip(0)


def _air(rng, u, v, side):
    if not side:
        return _ball(u, v, (0, -34), (8, 22, 25)) + _ball(u, v, (0, 38), (16, 12, 8))
    air = _ball(u, v, (46, -22), (20, 13, rng.uniform(8, 18))) + _ball(u, v, (82, 30), (7, 14, rng.uniform(4, 15)))
    return air + rng.uniform(8, 16) * _block(u, v, (6, -95), (6, 70), -.06)


def _projected(rng, side, noise=None):
    """(soft tissue less air, bone) in mm of ray, pixels a mm, and the skin from brow to chin."""
    build = Build.drawn(rng)
    finer = 1.6
    points, _, _ = loft(build, 1.6)
    flat = points.reshape(-1, 3).copy()
    yaw = np.radians(rng.normal(0, 3.5))
    x, y = flat[:, 0].copy(), flat[:, 1].copy()
    flat[:, 0], flat[:, 1] = x * np.cos(yaw) - y * np.sin(yaw), x * np.sin(yaw) + y * np.cos(yaw)
    soft = _thickness(flat, grid_triangles(*points.shape[:2], True), 0 if side else 1, finer)
    rows, columns = soft.shape
    v, u = np.mgrid[0:rows, 0:columns].astype(np.float32) / finer
    u, v = u - _REACH, _TOP - v
    bone = _bones(rng, u, v, side) * (soft > 8)
    if side:  # Nothing of bone comes nearer to the skin than a few mm.
        bone *= np.clip((blur((soft > 3).astype(np.float32), 6 * finer / 2) - .8) * 6, 0, 1)
    soft = (soft - _air(rng, u, v, side) * (soft > 30)).clip(0)
    skin = None
    if side:
        inside = soft > 2
        heights = np.arange(BROW, CHIN, -1.5) * build.tall
        row = ((_TOP - heights) * finer).astype(int)
        column = columns - 1 - inside[row, ::-1].argmax(axis=1)
        skin = np.stack([column, row], 1).astype(float)
    return soft, bone, finer, skin


def _developed(rng, soft, bone):
    """Grey from 0 to 1, air dark, with the skin to be seen: three mm of tissue are at least three levels of 255."""
    loss = soft * rng.uniform(.017, .024) + bone * rng.uniform(.03, .06)
    style = rng.integers(3)
    if style == 0:    # Logarithmic, as computed radiography stores it.
        grey = loss ** rng.uniform(.7, 1)
    elif style == 1:  # A display curve: dark skin, bright bones.
        grey = 1 / (1 + np.exp(-(loss - rng.uniform(1.2, 2.2)) * rng.uniform(1.0, 1.8)))
        grey = grey - grey.min()
    else:             # Detail brought out.
        grey = loss + rng.uniform(.5, 2) * (loss - blur(loss, rng.uniform(8, 25)))
    grey = (grey - grey.min()) / (np.ptp(grey) + 1e-6)
    lift = .012 * np.clip(soft / 3, 0, 1)
    return np.clip(grey + lift * (grey < lift), 0, 1)


def _turned(rng, grey, finer, skin, turn, mirror, millimetre, columns, rows, at):
    """Bilinear into a frame of columns x rows; `at`: where the middle of the face (or picture) goes."""
    middle = np.array([(85 + _REACH) * finer, (_TOP + 45) * finer]) if skin is not None else np.array(grey.shape[::-1]) / 2
    scale = millimetre / finer
    c, s = np.cos(turn), np.sin(turn)
    forward = np.array([[c, -s], [s, c]]) @ np.diag([-1 if mirror else 1, 1]) * scale
    back = np.linalg.inv(forward)
    yy, xx = np.mgrid[0:rows, 0:columns].astype(np.float32)
    x = back[0, 0] * (xx - at[0]) + back[0, 1] * (yy - at[1]) + middle[0]
    y = back[1, 0] * (xx - at[0]) + back[1, 1] * (yy - at[1]) + middle[1]
    soft = blur(grey, max(.3, .45 / scale))
    i, j = np.floor(x).astype(int), np.floor(y).astype(int)
    p, q = x - i, y - j
    def take(r, k):
        return soft[r.clip(0, soft.shape[0] - 1), k.clip(0, soft.shape[1] - 1)]
    out = (take(j, i) * (1 - p) + take(j, i + 1) * p) * (1 - q) + (take(j + 1, i) * (1 - p) + take(j + 1, i + 1) * p) * q
    # Shoulders go on below; air is beyond the other sides.
    out = np.where((x < 0) | (x >= soft.shape[1] - 1) | (y < 0), grey[0, 0], out)
    placed = None if skin is None else (skin - middle) @ forward.T + np.asarray(at)
    inwards = forward @ np.array([-1.0, 0]) / scale
    return out, placed, inwards


def _collimated(rng, grey, share):
    if rng.uniform() > share:
        return grey
    rows, columns = grey.shape
    top, bottom = int(rng.uniform(0, .07) * rows), rows - int(rng.uniform(0, .07) * rows)
    left, right = int(rng.uniform(0, .07) * columns), columns - int(rng.uniform(0, .07) * columns)
    inside = np.zeros_like(grey)
    inside[top:bottom, left:right] = 1
    soft = blur(inside, rng.uniform(.4, 2.5))
    tone = rng.choice([0.0, 1.0])
    return grey * soft + tone * (1 - soft)


def _finished(rng, grey):
    rows, columns = grey.shape
    grey = grey + rng.uniform(0, .006) * cloud(rng, rows, columns, 120, 2)
    grey = grey + rng.normal(0, 1, grey.shape) * rng.uniform(.001, .006) * np.sqrt(.3 + grey)
    if rng.uniform() < .5:  # A letter of lead.
        at = rng.integers(0, rows - 20), rng.integers(0, columns - 14)
        grey[at[0]:at[0] + 18, at[1]:at[1] + 4] = 1
        grey[at[0] + 14:at[0] + 18, at[1]:at[1] + 12] = 1
    grey = (grey - grey.min()) / (np.ptp(grey) + 1e-6)
    if rng.uniform() < .3:
        grey = 1 - grey
    return to_bytes(255 * grey)


def lateral(rng, field_of_view="head", turn=(-15, 15)):
    """`field_of_view`: head, neck (from the nose down) or face (brow to chin)."""
    soft, bone, finer, skin = _projected(rng, True)
    grey = _developed(rng, soft, bone)
    height = {"head": rng.uniform(300, 400), "neck": rng.uniform(200, 260), "face": rng.uniform(175, 215)}[field_of_view]
    rows = int(rng.uniform(520, 1100))
    columns = int(rows * rng.uniform(.78, 1.0))
    millimetre = rows / height
    degrees = rng.uniform(*turn)
    mirror = rng.uniform() < .5
    across = {"head": rng.uniform(.70, .80), "neck": rng.uniform(.66, .78), "face": rng.uniform(.62, .74)}[field_of_view]
    down = {"head": rng.uniform(.46, .54), "neck": rng.uniform(.20, .34), "face": rng.uniform(.47, .53)}[field_of_view]
    offset = np.array([(across - .5) * columns * (-1 if mirror else 1), (down - .5) * rows])
    a = np.radians(degrees)
    quarter = np.round(degrees / 90) % 2 == 1
    size = (rows, columns) if quarter else (columns, rows)
    at = np.array(size) / 2 + np.array([[np.cos(a), -np.sin(a)], [np.sin(a), np.cos(a)]]) @ offset
    out, placed, inwards = _turned(rng, grey, finer, skin, a, mirror, millimetre, *size, at)
    samples = _finished(rng, _collimated(rng, out, .4))
    facts = {"field": field_of_view, "turn": round(degrees), "mirror": bool(mirror)}
    return Radiograph(samples, placed, np.tile(inwards, (len(placed), 1)), millimetre, facts)


def frontal(rng):
    soft, bone, finer, _ = _projected(rng, False)
    grey = _developed(rng, soft, bone)
    rows = int(rng.uniform(520, 1000))
    columns = int(rows * rng.uniform(.75, 1))
    millimetre = rows / rng.uniform(270, 390)
    at = (columns * rng.uniform(.46, .54), rows * rng.uniform(.46, .56))
    turn = np.radians(rng.choice([0, 0, 0, 90, 180]) + rng.uniform(-8, 8))
    out, _, _ = _turned(rng, grey, finer, None, turn, False, millimetre, columns, rows, at)
    return Radiograph(_finished(rng, _collimated(rng, out, .4)), facts={"field": "frontal"})


# --- other parts of the body ---


def _limb_shape(rng, u, v):
    """(soft, bone) of a hand, a foot, a knee, an elbow or a pelvis: swollen lines, each the sum of its rays."""
    kind = ("hand", "foot", "knee", "elbow", "pelvis")[rng.integers(5)]
    lines = []
    if kind == "hand":
        lines.append([(0, -120), (0, -40), 30, 26, 9])
        lines.append([(0, -40), (0, 25), 38, 36, 14])
        for k in range(4):
            x = -27 + 18 * k
            lines.append([(x, 20), (x * rng.uniform(1.0, 1.8), rng.uniform(80, 108)), 9.5, 7.5, 5])
        lines.append([(-34, -15), (rng.uniform(-85, -55), rng.uniform(25, 60)), 11, 8.5, 6])
    elif kind == "foot":
        lines.append([(0, 130), (6, 0), 34, 36, 15])
        lines.append([(-35, -12), (35, -18), 28, 26, 13])
        lines.append([(20, -12), (120, -36), 30, 14, 9])
        lines.append([(110, -36), (142, -38), 13, 9, 5])
    elif kind == "knee":
        bend = rng.uniform(-40, 60)
        lines.append([(0, 0), (bend, 150), 50, 66, 17])
        lines.append([(0, 0), (bend * .3, -150), 48, 38, 16])
        lines.append([(42, 8), (44, -14), 14, 12, 10])
    elif kind == "elbow":
        lines.append([(0, 0), (rng.uniform(-20, 20), 140), 33, 42, 12])
        lines.append([(0, 0), (140, rng.uniform(-60, 40)), 33, 24, 11])
        lines.append([(-18, -8), (-12, 6), 14, 14, 8])
    else:
        lines.append([(-75, 60), (75, 60), 95, 95, 22])
        for x in (-1, 1):
            lines.append([(x * 85, -10), (x * rng.uniform(85, 120), -160), 66, 52, 18])
    soft, bone = np.zeros_like(u), np.zeros_like(u)
    for (ax, ay), (bx, by), first, last, core in lines:
        dx, dy = bx - ax, by - ay
        t = np.clip(((u - ax) * dx + (v - ay) * dy) / (dx * dx + dy * dy), 0, 1)
        far = np.hypot(u - ax - t * dx, v - ay - t * dy)
        radius = first + (last - first) * t
        soft = np.maximum(soft, 2 * radius * np.clip(1 - (far / radius) ** 2, 0, None) ** .55)
        core = core * (1 + .35 * np.abs(2 * t - 1) ** 4)
        bone += 1.6 * core * np.clip(1 - (far / core) ** 4, 0, None) - core * np.clip(1 - (far / (core * .6)) ** 2, 0, None)
    return blur(soft, 2), bone.clip(0)


def other(rng):
    rows, columns = int(rng.uniform(500, 900)), int(rng.uniform(420, 760))
    millimetre = rows / rng.uniform(230, 380)
    y, x = np.mgrid[0:rows, 0:columns].astype(np.float32)
    turn = rng.uniform(0, 2 * np.pi)
    p, q = (x - columns * rng.uniform(.4, .6)) / millimetre, (rows * rng.uniform(.4, .6) - y) / millimetre
    u, v = p * np.cos(turn) - q * np.sin(turn), p * np.sin(turn) + q * np.cos(turn)
    grey = _developed(rng, *_limb_shape(rng, u, v))
    return Radiograph(_finished(rng, _collimated(rng, grey, .4)), facts={"field": "other"})
