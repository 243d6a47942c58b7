"""Photograph-like pictures and surface renderings of mesh heads, each with the box of its face.

Photographs have skin, eyes, hair, a lamp that throws shadows (a depth map from the lamp), a background and a sensor.
Surface renderings have one material, as a viewer draws a volume: hairless, lids closed, noise of the scan, steps between
slices, cut where the scan began and ended, on a plain ground.
"""

from dataclasses import dataclass

import numpy as np
from backdrops import backdrop
from mesh_head import COVER, SKIN, Build, head_mesh
from paint import Paint, Waves
from pictures import Picture, blur, draw_line, to_bytes
from rasteriser import rasterise


@dataclass(frozen=True)
class View:
    """Degrees; `face` is the height of a face in pixels, `roll` turns the picture."""

    yaw: float
    pitch: float
    roll: float
    face: float
    columns: int
    rows: int
    at: tuple  # where the middle of the face lies, as a share of columns and rows

    def matrix(self):
        yaw, pitch, roll = np.radians([self.yaw, self.pitch, self.roll])
        turn = np.array([[np.cos(yaw), np.sin(yaw), 0], [-np.sin(yaw), np.cos(yaw), 0], [0, 0, 1]])
        nod = np.array([[1, 0, 0], [0, np.cos(pitch), -np.sin(pitch)], [0, np.sin(pitch), np.cos(pitch)]])
        lean = np.array([[np.cos(roll), 0, -np.sin(roll)], [0, 1, 0], [np.sin(roll), 0, np.cos(roll)]])
        return lean @ nod @ turn


CAMERA_MM = 1100.0
FACE_MM = 185.0
_MIDDLE = np.array([0, 20, -20.0])


class _Projection:
    def __init__(self, view, finer):
        self.rows, self.columns = view.rows * finer, view.columns * finer
        self.turn = view.matrix()
        self.scale = view.face * finer / FACE_MM * CAMERA_MM
        self.at = view.at[0] * self.columns, view.at[1] * self.rows

    def corners(self, points):
        room = (points - _MIDDLE) @ self.turn.T
        depth = CAMERA_MM - room[:, 1]
        return np.stack([self.at[0] + room[:, 0] / depth * self.scale, self.at[1] - room[:, 2] / depth * self.scale, depth], 1)


def _face_box(corners, mesh, fragments, view, finer):
    """Around what is seen of the face, covered or not."""
    which = mesh.triangles[fragments.triangle]
    on_face = mesh.is_face[which].all(axis=1)
    if on_face.sum() < 50:
        return None
    rows, columns = np.divmod(fragments.pixel[on_face], view.columns * finer)
    return (int(columns.min() // finer), int(rows.min() // finer), int(columns.max() // finer) + 1, int(rows.max() // finer) + 1)


def _interpolated(values, mesh, fragments):
    return (values[mesh.triangles[fragments.triangle]] * fragments.weights[:, :, None]).sum(axis=1)


def _shadow(mesh, points_room, fragments_room, light):
    """1 where the lamp is seen from, 0 where the head itself stands before it; soft by a few offsets."""
    up = np.array([0, 0, 1.0]) if abs(light[2]) < .9 else np.array([1.0, 0, 0])
    a = np.cross(light, up)
    a /= np.linalg.norm(a)
    b = np.cross(light, a)
    size, span = 360, 420.0

    def place(points):
        return np.stack([(points @ a / span + .5) * size, (points @ b / span + .5) * size, -points @ light], axis=1)

    seen = rasterise(place(points_room), mesh.triangles, size, size)
    depth = np.full(size * size, 1e9, np.float32)
    depth[seen.pixel] = seen.depth
    depth = depth.reshape(size, size)
    at = place(fragments_room)
    total = np.zeros(len(at), np.float32)
    offsets = ((0, 0), (2, 1), (-2, -1), (1, -2), (-1, 2))
    for dx, dy in offsets:
        x, y = (np.clip(at[:, k] + d, 0, size - 1).astype(int) for k, d in ((0, dx), (1, dy)))
        total += np.clip((depth[y, x] + 9 - at[:, 2]) / 4, 0, 1)
    return total / len(offsets)


def _unit(v):
    return v / np.linalg.norm(v, axis=-1, keepdims=True)


def _downsampled(linear, finer):
    rows, columns = linear.shape[0] // finer, linear.shape[1] // finer
    return linear.reshape(rows, finer, columns, finer, 3).mean(axis=(1, 3))


# --- photographs -----------------------------------------------------------------------------------------------------


def photograph(rng, view, cover=None):
    """`cover`: None, "glasses", "mask", "tube", "drape" or "hand"."""
    build = Build.drawn(rng)
    mesh = head_mesh(rng, build, hair=rng.uniform() < .9, step=2.2)
    finer = 2 if view.face < 160 else 1
    projection = _Projection(view, finer)
    kind = _covered(mesh, build) if cover == "mask" else mesh.kind
    corners = projection.corners(mesh.points)
    fragments = rasterise(corners, mesh.triangles, projection.rows, projection.columns)
    box = _face_box(corners, mesh, fragments, view, finer)
    linear = backdrop(rng, projection.rows, projection.columns)
    paint = Paint(rng, build)
    linear.reshape(-1, 3)[fragments.pixel] = _lit(rng, mesh, fragments, projection, paint, kind)
    if cover in ("glasses", "tube"):
        _drawn_over(rng, linear, projection, build, cover)
    linear = _downsampled(linear, finer)
    if cover in ("drape", "hand"):
        _laid_over(rng, linear, box, cover)
    return Picture(_taken(rng, linear), [box] if box else [])


def _covered(mesh, build):
    x, y, z = mesh.home.T
    under = (mesh.kind == SKIN) & (y > 12) & (z < -24 - 6 * (np.abs(x) / 40) ** 2) & (z > -118) & mesh.is_face
    return np.where(under, COVER, mesh.kind)


def _lit(rng, mesh, fragments, projection, paint, kind):
    home = _interpolated(mesh.home, mesh, fragments)
    normal = _unit(_interpolated(mesh.normals, mesh, fragments))
    nearest = mesh.triangles[fragments.triangle, fragments.weights.argmax(axis=1)]
    kinds = kind[nearest]
    room_points = (mesh.points - _MIDDLE) @ projection.turn.T
    place = (room_points[mesh.triangles[fragments.triangle]] * fragments.weights[:, :, None]).sum(axis=1)
    normal = normal @ projection.turn.T
    # Both sides of a sheet of hair are seen.
    normal = np.where(normal[:, 1:2] < -.25, -normal, normal)
    colour = paint.colour(home, kinds)
    light = _unit(np.array([rng.uniform(-.9, .9), 1.0, rng.uniform(-.1, 1.0)]))
    facing = normal @ light
    wrap = np.where((kinds == SKIN)[:, None], [.35, .2, .15], .05)
    seen = .25 + .75 * _shadow(mesh, room_points, place, light)
    direct = np.clip((facing[:, None] + wrap) / (1 + wrap), 0, 1) * seen[:, None]
    fill = .5 + .5 * normal[:, 2:3]
    tint = 1 + rng.uniform(-.1, .1, 3)
    strength, ambient = rng.uniform(.7, 1.6), rng.uniform(.15, .7)
    half = _unit(light + np.array([0, 1.0, 0]))
    shine = np.clip(normal @ half, 0, 1) ** rng.uniform(12, 60) * rng.uniform(0, .22)
    return colour * (direct * strength * tint + ambient * (.4 + .6 * fill)) + (shine * seen)[:, None] * strength


def _drawn_over(rng, linear, projection, build, cover):
    """Thin things as polylines in front of the face."""
    color = rng.uniform(.01, .4, 3)
    if cover == "glasses":
        t = np.linspace(0, 2 * np.pi, 40)
        radius = rng.uniform(15, 23), rng.uniform(12, 20)
        rings = [np.stack([s * build.eyes + radius[0] * np.cos(t), np.full(40, 98.0), radius[1] * np.sin(t) - 2], 1) for s in (-1, 1)]
        lines = rings + [np.array([(-build.eyes + radius[0], 100, 2), (build.eyes - radius[0], 100, 2)], float)]
        lines += [np.array([(s * (build.eyes + radius[0]), 96, 2), (s * 76, 0, 0)], float) for s in (-1, 1)]
        width = rng.uniform(1.2, 4)
    else:
        color = rng.uniform(.5, .9, 3)
        s = rng.choice([-1, 1])
        lines = [np.array([(s * 6, 108, -46), (s * 14, 108, -58), (s * 40, 92, -64), (s * 76, 20, -40)], float)]
        lines.append(np.array([(0, 104, -70), (s * 10, 120, -84), (s * 30, 118, -120)], float))
        width = rng.uniform(3, 8)
    for line in lines:
        corners = projection.corners(line)
        draw_line(linear, corners[:, :2], width * projection.scale / CAMERA_MM, color)


def _laid_over(rng, linear, box, cover):
    """A drape or a hand-coloured bar over at most two fifths of the face."""
    if box is None:
        return
    x0, y0, x1, y1 = box
    rows, columns = linear.shape[:2]
    y, x = np.mgrid[0:rows, 0:columns]
    angle = rng.uniform(0, 2 * np.pi)
    along = (x - (x0 + x1) / 2) * np.cos(angle) / (x1 - x0) + (y - (y0 + y1) / 2) * np.sin(angle) / (y1 - y0)
    edge = rng.uniform(.12, .32)
    over = along > edge if cover == "drape" else (along > edge) & (along < edge + .28)
    colour = np.array([.08, .35, .30]) if cover == "drape" else np.array([.55, .36, .27])
    folds = 1 + .12 * np.sin(along * 40 + rng.uniform(0, 6)) + .08 * np.sin(along * 13)
    linear[over] = (colour[None] * folds[over][:, None] * rng.uniform(.5, 1.4)).astype(linear.dtype)


def _taken(rng, linear):
    linear = blur(linear, rng.uniform(.3, 1.3))
    exposed = np.clip(linear * rng.uniform(.55, 1.35), 0, None)
    tone = np.clip(exposed / (exposed * .35 + .75), 0, 1) ** (1 / rng.uniform(1.8, 2.4))
    noise = rng.uniform(.002, .03)
    tone = tone + rng.standard_normal(tone.shape, np.float32) * noise * (.4 + .6 * tone)
    return to_bytes(tone * 255)


# --- surface renderings ----------------------------------------------------------------------------------------------


_MATERIALS = ((1, 1, 1), (.96, .80, .66), (.90, .84, .70), (.72, .52, .42), (.55, .75, .78), (.85, .85, .6))


def rendering(rng, view):
    build = Build.drawn(rng)
    rough, waves = rng.uniform(0, 1.1), Waves(rng, rng.uniform(5, 14))
    slice_mm = rng.choice([0, 0, 2.0, 3.5, 5.0])

    def noise(z, angle):
        flat = np.stack([60 * np.sin(angle).ravel(), 60 * np.cos(angle).ravel(), np.ascontiguousarray(z).ravel()], axis=1)
        push = rough * .5 * waves.at(flat).reshape(z.shape) + rng.normal(0, .35 * rough, z.shape)
        if slice_mm:
            push = push + .5 * np.sign(np.sin(2 * np.pi * z / slice_mm)) * rng.uniform(.3, 1)
        return push

    mesh = head_mesh(rng, build, hair=False, step=2.2, noise=noise)
    top = rng.choice([200, rng.uniform(30, 100)], p=[.6, .4])
    bottom = rng.uniform(-175, -118)
    z = mesh.points[mesh.triangles][:, :, 2]
    kept = mesh.triangles[((z < top) & (z > bottom)).all(axis=1)]
    mesh = type(mesh)(mesh.points, mesh.normals, mesh.home, mesh.kind, mesh.is_face, kept)
    finer = 2 if view.face < 160 else 1
    projection = _Projection(view, finer)
    corners = projection.corners(mesh.points)
    fragments = rasterise(corners, mesh.triangles, projection.rows, projection.columns)
    box = _face_box(corners, mesh, fragments, view, finer)
    linear = _plain_ground(rng, projection.rows, projection.columns)
    linear.reshape(-1, 3)[fragments.pixel] = _as_a_viewer_draws(rng, mesh, fragments, projection)
    linear = _downsampled(linear, finer)
    grey = rng.uniform() < .35
    if grey:
        linear = np.repeat(linear.mean(axis=2, keepdims=True), 3, axis=2)
    samples = to_bytes(255 * np.clip(linear, 0, 1) + rng.normal(0, rng.uniform(0, 3), linear.shape))
    return Picture(samples[:, :, 0].copy() if grey else samples, [box] if box else [])


def _plain_ground(rng, rows, columns):
    low, high = [(0, 0), (0, 0), (1, 1), (.05, .4), (.5, .5)][rng.integers(5)]
    tint = np.array([(1, 1, 1), (.5, .6, 1)][rng.integers(2)]) if low != 1 else np.ones(3)
    ramp = np.linspace(low, high, rows)[:, None, None] * tint[None, None]
    return np.broadcast_to(ramp, (rows, columns, 3)).astype(np.float32).copy()


def _as_a_viewer_draws(rng, mesh, fragments, projection):
    normal = _unit(_interpolated(mesh.normals, mesh, fragments)) @ projection.turn.T
    inner = normal[:, 1] < 0
    normal = np.where(inner[:, None], -normal, normal)
    light = _unit(np.array([rng.uniform(-.6, .6), 1, rng.uniform(-.3, .7)]))
    lambert = np.clip(normal @ light, 0, 1)
    ambient = rng.uniform(.05, .35)
    half = _unit(light + np.array([0, 1.0, 0]))
    shine = rng.uniform(0, .5) * np.clip(normal @ half, 0, 1) ** rng.uniform(8, 50)
    bright = (ambient + (1 - ambient) * lambert) * np.where(inner, .6, 1)
    return np.array(_MATERIALS[rng.integers(len(_MATERIALS))])[None] * bright[:, None] * rng.uniform(.7, 1) + shine[:, None]
