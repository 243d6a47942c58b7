"""A photograph of a head that nobody has: head.py traced, lit, and taken with a noisy sensor in the room of room.py.

Same seed, same samples on one machine; on another kind of processor a sample may differ by one.
"""

from dataclasses import dataclass

import numpy as np
from complexion import Complexion, lattice_noise
from head import CLOTH, EYE, HAIR, SKIN, Head, Traits
from room import blurred, room

CHUNK_POINTS = 16384
COARSE = 4
CAMERA_MM = 900.0
VIEW_MM = 400.0
LOOKED_AT = (0.0, 0.0, -42.0)
TURNS_ABOUT = np.array([0.0, 0.0, -90.0], np.float32)
HIT_MM = 0.12


@dataclass(frozen=True)
class Pose:
    """Radians; positive yaw turns the nose to the right of the picture, positive pitch up."""

    yaw: float = 0.0
    pitch: float = 0.0
    roll: float = 0.0

    @staticmethod
    def drawn(rng, yaw=0.20, pitch=0.07, roll=0.05):
        return Pose(*(float(np.clip(rng.normal(0, sd), -1.8 * sd, 1.8 * sd)) for sd in (yaw, pitch, roll)))

    def matrix(self):
        """Head coordinates to the room's."""
        (cy, sy), (cp, sp), (cr, sr) = ((np.cos(a), np.sin(a)) for a in (self.yaw, self.pitch, self.roll))
        yaw = np.array([[cy, sy, 0], [-sy, cy, 0], [0, 0, 1]])
        pitch = np.array([[1, 0, 0], [0, cp, -sp], [0, sp, cp]])
        roll = np.array([[cr, 0, sr], [0, 1, 0], [-sr, 0, cr]])
        return (roll @ pitch @ yaw).astype(np.float32)


@dataclass(frozen=True)
class Photograph:
    """`samples`: (rows, columns, 3) of uint8. Boxes are half-open pixel rectangles x0, y0, x1, y1."""

    samples: np.ndarray
    face: tuple
    head: tuple
    # Names to (x, y): eyes, nose, corners of the mouth, chin.
    landmarks: dict


def photograph(seed, rows=800, columns=640, pose=None):
    rng = np.random.default_rng([seed, 0xFACE])
    head, look = Head(Traits.drawn(rng)), Complexion.drawn(rng)
    pose = pose or Pose.drawn(rng)
    camera = _Camera(rows, columns, pose)
    light = _Light(rng, camera)
    picture = _background(seed, rows, columns)
    where, points, part = _trace(head, camera)
    picture.reshape(-1, 3)[where] = _shaded(head, look, camera, light, points, part)
    face = where[_face_points(head, points, part)]
    above_shoulders = where[(part != CLOTH) & (points[2] > -125)]
    return Photograph(_taken(rng, picture), _box(face, columns), _box(above_shoulders, columns), _landmarks(head, camera))


def empty_room(seed, rows=800, columns=640):
    """What photograph(seed) shows when nobody is in it: (rows, columns, 3) of uint8."""
    return _taken(np.random.default_rng([seed, 0xE397]), _background(seed, rows, columns))


def _background(seed, rows, columns):
    return room(np.random.default_rng([seed, 0x4007]), rows, columns)


class _Camera:
    """A pinhole in front of the face; everything in the head's coordinates."""

    def __init__(self, rows, columns, pose):
        self.rows, self.columns = rows, columns
        self.to_room = pose.matrix()
        self.scale = VIEW_MM / CAMERA_MM / rows
        self.eye = self.into_head(np.array([LOOKED_AT[0], LOOKED_AT[1] + CAMERA_MM, LOOKED_AT[2]], np.float32))

    def into_head(self, place):
        return self.to_room.T @ (place - TURNS_ABOUT) + TURNS_ABOUT

    def rays(self, row, column):
        """Unit directions through pixel centres (x is mirrored by looking along -y: the camera sees +x on its right)."""
        a = (column + 0.5 - self.columns / 2) * self.scale
        b = (self.rows / 2 - row - 0.5) * self.scale
        length = np.sqrt(a * a + b * b + 1)
        room = [a / length, -1 / length, b / length]
        return tuple(sum(self.to_room[k, axis] * room[k] for k in range(3)).astype(np.float32) for axis in range(3))

    def pixel(self, place):
        """The (x, y) at which a point of the head stands in the picture."""
        room = self.to_room @ (np.asarray(place, np.float32) - TURNS_ABOUT) + TURNS_ABOUT - np.array(LOOKED_AT, np.float32)
        depth = CAMERA_MM - room[1]
        return (float(room[0] / depth / self.scale + self.columns / 2), float(self.rows / 2 - room[2] / depth / self.scale))


class _Light:
    """A window or lamp on one side above the camera, and what the room throws back."""

    def __init__(self, rng, camera):
        key = np.array([rng.choice([-1, 1]) * rng.uniform(0.25, 0.75), 1.0, rng.uniform(0.35, 0.75)], np.float32)
        self.key = camera.to_room.T @ (key / np.linalg.norm(key))
        self.up = camera.to_room.T @ np.array([0, 0, 1], np.float32)
        warmth = rng.uniform(-0.06, 0.08)
        self.colour = np.array([1 + warmth, 1, 1 - warmth]) * rng.uniform(1.5, 2.1)
        self.sky, self.floor = np.array([0.42, 0.44, 0.48]), np.array([0.26, 0.22, 0.19])


# --- where each ray ends ---------------------------------------------------------------------------------------------


def _in_chunks(function, arrays):
    """`function` over pieces that stay in the processor's cache; its results joined."""
    count = len(arrays[0])
    pieces = [function(*(array[at:at + CHUNK_POINTS] for array in arrays)) for at in range(0, count, CHUNK_POINTS)]
    return np.concatenate(pieces) if pieces else np.zeros(0, np.float32)


def _march(head, camera, rays, start, steps, ahead):
    """Per ray: how far it went, its distance from the head there, and the least on its way."""
    def one(rx, ry, rz, t):
        t, nearest, d = t.copy(), np.full_like(t, 1e3), None
        for _ in range(steps):
            d = head.distance(tuple(e + t * r for e, r in zip(camera.eye, (rx, ry, rz))))
            nearest = np.minimum(nearest, d)
            t += np.where(np.abs(d) < HIT_MM, 0, np.clip(d * ahead, -6, 60))
        return np.stack([t, d, nearest], axis=1)
    return _in_chunks(one, (*rays, start)).T


def _trace(head, camera):
    """Flat pixel indices that see the head, the points they see (three arrays), and on which part each lies."""
    rows, columns = -(-camera.rows // COARSE), -(-camera.columns // COARSE)
    row, column = (axis.ravel() * COARSE + (COARSE - 1) / 2 for axis in np.mgrid[0:rows, 0:columns].astype(np.float32))
    start = np.full(row.shape, CAMERA_MM - 260, np.float32)
    far, _, nearest = _march(head, camera, camera.rays(row, column), start, 40, 0.85)
    seen = (nearest < 5).reshape(rows, columns)
    depth = np.where(seen, far.reshape(rows, columns), 1e4)
    around = np.pad(depth, 1, constant_values=1e4)
    begin = np.min([around[dy:dy + rows, dx:dx + columns] for dy in range(3) for dx in range(3)], axis=0)
    begin = begin.repeat(COARSE, axis=0).repeat(COARSE, axis=1)[:camera.rows, :camera.columns].ravel()
    where = np.flatnonzero(begin < 1e4)
    row, column = (axis.astype(np.float32) for axis in np.divmod(where, camera.columns))
    rays = camera.rays(row, column)
    t, d, _ = _march(head, camera, rays, (begin[where] - 8).astype(np.float32), 14, 0.85)
    # Most have arrived. Rays that graze an edge take many small steps; what passes it goes on to what lies behind.
    late = np.flatnonzero(np.abs(d) > 2 * HIT_MM)
    t[late], d[late], _ = _march(head, camera, [ray[late] for ray in rays], t[late], 60, 0.8)
    hit = np.abs(d) < 1
    where, t = where[hit], t[hit]
    points = tuple((e + t * ray[hit]).astype(np.float32) for e, ray in zip(camera.eye, rays))
    part = _in_chunks(lambda *p: np.argmin(np.stack(head.parts(p)), axis=0), points)
    return where, points, part


# --- what light makes of it ------------------------------------------------------------------------------------------


def _normals(head, points):
    def one(x, y, z):
        total = [np.zeros_like(x) for _ in range(3)]
        for sign in ((1, -1, -1), (-1, -1, 1), (-1, 1, -1), (1, 1, 1)):
            d = head.distance((x + 0.45 * sign[0], y + 0.45 * sign[1], z + 0.45 * sign[2]))
            total = [axis + s * d for axis, s in zip(total, sign)]
        return np.stack(total, axis=1)
    normals = _in_chunks(one, points)
    return normals / (np.linalg.norm(normals, axis=1, keepdims=True) + 1e-6)


def _openness(head, points, normals):
    """How much of the surroundings a point sees: 1 in the open, less in a fold."""
    def one(x, y, z, n):
        shut, weight = np.zeros_like(x), 1.0
        for reach in (2.5, 6.0, 13.0, 26.0):
            d = head.distance((x + n[:, 0] * reach, y + n[:, 1] * reach, z + n[:, 2] * reach))
            shut += weight * np.maximum(reach - d, 0) / reach
            weight *= 0.7
        return np.clip(1 - 0.55 * shut, 0, 1)
    return _in_chunks(one, (*points, normals))


def _lit(head, points, normals, key):
    """How much of a broad lamp a point sees past the head itself."""
    def one(x, y, z, n):
        t, seen = np.full_like(x, 3.0), np.ones_like(x)
        x, y, z = (axis + n[:, k] * 1.2 for k, axis in enumerate((x, y, z)))
        for _ in range(11):
            d = head.distance((x + key[0] * t, y + key[1] * t, z + key[2] * t))
            seen = np.minimum(seen, 0.5 + 3.2 * d / t)
            t += np.clip(d, 2, 18)
        return np.clip(seen, 0, 1)
    return _in_chunks(one, (*points, normals))


def _shaded(head, look, camera, light, points, part):
    normals = _normals(head, points)
    rough = 0.10 * np.stack([lattice_noise(points, 1.3, look.seed + k) for k in range(20, 23)], axis=1)
    normals = normals + np.where(part == HAIR, 4.0, np.where(part == EYE, 0, 0.55))[:, None] * rough
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    albedo = look.albedo(head, points, part)
    view = camera.eye[None] - np.stack(points, axis=1)
    view /= np.linalg.norm(view, axis=1, keepdims=True)
    open_, lit = _openness(head, points, normals), _lit(head, points, normals, light.key)
    facing = normals @ light.key
    # Skin scatters red light past the edge of a shadow.
    wrap = np.where((part == SKIN)[:, None], [0.38, 0.20, 0.15], 0.08)
    direct = np.clip((facing[:, None] + wrap) / (1 + wrap), 0, None) * (0.15 * wrap + (1 - 0.15 * wrap) * lit[:, None])
    sky = (0.5 + 0.5 * normals @ light.up)[:, None]
    ambient = (light.floor + (light.sky - light.floor) * sky) * (0.25 + 0.75 * open_[:, None])
    colour = albedo * (direct * light.colour + ambient)
    half = view + light.key
    half /= np.linalg.norm(half, axis=1, keepdims=True)
    glance = np.clip((normals * half).sum(axis=1), 0, 1)
    edge = (1 - np.clip((normals * view).sum(axis=1), 0, 1)) ** 4
    gloss = np.select([part == EYE, part == HAIR, part == CLOTH],
                      [1.6 * glance ** 260, 0.10 * glance ** 14, 0.01 * glance ** 5],
                      0.085 * glance ** 16 + 0.06 * glance ** 55)
    shine = (gloss * np.clip(facing * 4, 0, 1) * lit)[:, None] * light.colour
    return colour + shine + 0.05 * (edge * open_ * (part != EYE))[:, None] * light.sky


# --- the camera's sensor ---------------------------------------------------------------------------------------------


def _taken(rng, picture):
    """Lens blur, tone curve, gamma and sensor noise: linear light to 8 bits."""
    picture = blurred(np.clip(picture, 0, 4), 0.65)
    rows, columns = picture.shape[:2]
    y, x = np.mgrid[0:rows, 0:columns]
    corner = ((x / columns - 0.5) ** 2 + (y / rows - 0.5) ** 2)[:, :, None]
    light = 1 - np.exp(-1.25 * np.clip(picture, 0, None) * (1 - 0.35 * corner))
    grain = rng.standard_normal(light.shape) * 0.7 + rng.standard_normal(light.shape[:2])[:, :, None] * 0.7
    light = np.clip(light + grain * np.sqrt(2e-5 + 2.2e-4 * light), 0, 1)
    return np.rint(255 * light ** (1 / 2.2)).astype(np.uint8)


# --- what is known about it ------------------------------------------------------------------------------------------


def _face_points(head, points, part):
    """Skin and eyes from the hairline to the chin, in front of the ears."""
    x, y, z = points
    return ((part == SKIN) | (part == EYE)) & (z > head.t.chin_drop - 12) & (y > 24) & (np.abs(x) < head.t.skull_width - 3)


def _box(where, columns):
    rows, cols = np.divmod(where, columns)
    return (int(cols.min()), int(rows.min()), int(cols.max()) + 1, int(rows.max()) + 1)


def _landmarks(head, camera):
    t = head.t
    eye = head.eye_centre()
    places = {"nose": (t.lean, t.nose_out + 8, t.nose_drop), "chin": (0, 84, t.chin_drop - 8)}
    for side, sign in (("left", -1), ("right", 1)):
        places[f"eye_{side}"] = (sign * eye[0], eye[1] + 12, eye[2])
        places[f"mouth_{side}"] = (sign * t.mouth_width, 88, t.mouth_height + t.smile)
    return {name: tuple(round(value, 1) for value in camera.pixel(place)) for name, place in places.items()}
