"""Rays through shapes: what a camera sees of one, as layers that are lit later (shade.py), and what an X-ray sees.

A shape is a function of places (3, n) in decimetres: negative inside, about the distance outside. Parallel rays."""

from dataclasses import dataclass

import numpy as np

from training.head import COLUMNS, ROWS

SIDE = 160  # Of a view, pixels.
REACH = 1.8  # A view shows -REACH to REACH.
LAYERS = ("cover", "right", "up", "toward", "albedo", "hollow", "depth", "face")


@dataclass
class Cut:
    """What scanning and display do to a shape: slices, their thickness, and where they end."""
    slice_thickness: float = 0.0
    lowest: float = -9.0
    highest: float = 9.0
    before: float = 9.0  # Nothing further forward: a field of view that cut the nose off.


def turn(yaw, pitch):
    """From the camera's axes (right, up, towards it) to the head's; degrees. Yaw 0 is a frontal view."""
    a, b = np.radians(yaw), np.radians(pitch)
    about_y = np.array([[np.cos(a), 0, np.sin(a)], [0, 1, 0], [-np.sin(a), 0, np.cos(a)]])
    about_x = np.array([[1, 0, 0], [0, np.cos(b), -np.sin(b)], [0, np.sin(b), np.cos(b)]])
    return (about_y @ about_x).astype(np.float32)


def look_up(tables, places):
    """Tables (k, ROWS, COLUMNS) at the directions of places (3, n)."""
    x, y, z = places
    u = (np.arctan2(x, z) / (2 * np.pi) + 0.5) * COLUMNS - 0.5
    v = (np.arctan2(y, np.hypot(x, z)) / np.pi + 0.5) * ROWS - 0.5
    v = np.clip(v, 0, ROWS - 1.001)
    left = np.floor(u).astype(np.int32)
    low = v.astype(np.int32)
    across, up = (u - left).astype(np.float32), (v - low).astype(np.float32)
    right = (left + 1) % COLUMNS
    left = left % COLUMNS
    flat = tables.reshape(len(tables), -1)
    at = low * COLUMNS
    lower = flat[:, at + left] * (1 - across) + flat[:, at + right] * across
    at = at + COLUMNS
    upper = flat[:, at + left] * (1 - across) + flat[:, at + right] * across
    return lower * (1 - up) + upper * up


def squares(places):
    """Their sum over x, y, z; three times as fast as numpy's over a first axis of three, and the same bits."""
    x, y, z = places
    return x * x + y * y + z * z


def capsule(places, start, end, radius):
    """Distance to a rod with round ends; radius may be a pair, start's and end's."""
    start, end = (np.asarray(one, np.float32).reshape(3, 1) for one in (start, end))
    along = end - start
    x, y, z = (places - start) * along
    part = ((x + y + z) / max(float((along ** 2).sum()), 1e-6)).clip(0, 1)
    first, last = radius if isinstance(radius, tuple) else (radius, radius)
    return np.sqrt(squares(places - start - along * part)) - (first + (last - first) * part)


def joined(a, b, k=0.12):
    """Union with a fillet of k."""
    part = (0.5 + 0.5 * (b - a) / k).clip(0, 1)
    return b + (a - b) * part - k * part * (1 - part)


class HeadShape:
    """A head on its neck and shoulders, cut as a scan cuts it."""

    def __init__(self, head, cut=Cut()):
        self.head, self.cut = head, cut

    def _sliced(self, places):
        step = self.cut.slice_thickness
        if step <= 0:
            return places
        part = places[1] / step
        whole = np.floor(part)
        rest = ((part - whole - 0.5) * 3 + 0.5).clip(0, 1)
        return np.stack([places[0], (whole + rest) * step, places[2]])

    def __call__(self, places):
        places = self._sliced(places)
        skin = np.sqrt(squares(places)) - look_up(self.head.radius[None], places)[0]
        out = joined(skin, self._body(places))
        cut = self.cut
        beyond = np.maximum(places[1] - cut.highest, cut.lowest - places[1])
        return np.maximum(out, np.maximum(beyond, places[2] - cut.before))

    def _body(self, places):
        head = self.head
        neck = capsule(places, (0, -0.4, -0.12), (0, -2.2, head.neck_lean - 0.15), head.neck_radius)
        half, drop, back = head.shoulder_half_width, -head.shoulder_drop, head.neck_lean - 0.2
        arms = capsule(places, (-half, drop - 0.35, back), (half, drop - 0.35, back), 0.45)
        return joined(neck, arms, 0.35)

    def paint(self, places):
        """albedo, hollow, face"""
        head = self.head
        places = self._sliced(places)
        albedo, hollow, face, radius = look_up(np.stack([head.albedo, head.hollow, head.face, head.radius]), places)
        off = np.sqrt((places ** 2).sum(0)) - radius > 0.06  # Neck and shoulders.
        cut = self.cut
        capped = (places[1] > cut.highest - 0.03) | (places[1] < cut.lowest + 0.03) | (places[2] > cut.before - 0.03)
        albedo = np.where(off, np.where(places[1] < -head.shoulder_drop + 0.3, head.garment, 1.0), albedo)
        return albedo, np.where(off | capped, 0, hollow), np.where(off, 0, face)


def view(shape, yaw, pitch, side=SIDE, reach=REACH, steps_max=42):
    """LAYERS as uint8 (8, side, side): what is seen of a shape along parallel rays, and where none of it is, 0."""
    frame = turn(yaw, pitch)
    at = ((np.arange(side, dtype=np.float32) + 0.5) / side * 2 - 1) * reach
    x, y = np.meshgrid(at, -at)
    near = np.float32(2.7)
    origin = frame @ np.stack([x.ravel(), y.ravel(), np.full(side * side, near, np.float32)])
    ray = -frame[:, 2:3]
    gone = np.zeros(side * side, np.float32)
    hit = np.zeros(side * side, bool)
    active = np.arange(side * side)
    for _ in range(steps_max):
        distance = shape(origin[:, active] + ray * gone[active])
        hit[active[distance < 0.012]] = True
        active = active[distance >= 0.012]
        gone[active] += (0.7 * distance[distance >= 0.012]).clip(0.02, 0.6)
        active = active[gone[active] < 2 * near]
        if len(active) == 0:
            break
    layers = np.zeros((len(LAYERS), side * side), np.float32)
    seen = np.flatnonzero(hit)
    if len(seen):
        places = origin[:, seen] + ray * gone[seen]
        normal = frame.T @ gradient(shape, places)
        albedo, hollow, face = shape.paint(places)
        layers[0, seen] = 1
        layers[1:4, seen] = normal * 0.5 + 0.5
        layers[4, seen] = albedo / 2
        layers[5, seen] = hollow * 2 + 0.5
        layers[6, seen] = gone[seen] / (2 * near)
        layers[7, seen] = face
    return (layers.reshape(-1, side, side) * 255 + 0.5).clip(0, 255).astype(np.uint8)


def gradient(shape, places, step=0.02):
    corners = np.array([[1, -1, -1], [-1, -1, 1], [-1, 1, -1], [1, 1, 1]], np.float32)
    out = sum(corner.reshape(3, 1) * shape(places + step * corner.reshape(3, 1)) for corner in corners)
    return out / np.maximum(np.sqrt((out ** 2).sum(0)), 1e-6)


@dataclass
class Densities:
    """What an X-ray loses on a decimetre of each."""
    soft: float
    skull: float
    face_bone: float
    teeth: float
    spine: float


def radiograph(head, yaw, pitch, densities, random, side=SIDE, reach=REACH, steps=40):
    """(depth along the ray weighted by density, silhouette, face) as float32 (3, side, side)."""
    outline = view(HeadShape(head), yaw, pitch, side, reach).astype(np.float32) / 255
    seen = np.flatnonzero(outline[0].ravel() > 0)
    frame = turn(yaw, pitch)
    at = ((np.arange(side, dtype=np.float32) + 0.5) / side * 2 - 1) * reach
    x, y = np.meshgrid(at, -at)
    flat = np.stack([x.ravel()[seen], y.ravel()[seen]])
    total = np.zeros(len(seen), np.float32)
    shape = HeadShape(head)
    grain = random.uniform(0.4, 1.4, (24, 48)).astype(np.float32)
    reach_z = np.float32(1.7)
    # Every ray steps at places of its own: equal ones would draw rings.
    offset = random.random(len(seen), np.float32)
    for step in range(steps):
        z = reach_z * (1 - 2 * (step + offset) / steps)
        places = frame @ np.stack([flat[0], flat[1], z])
        total += _density(head, shape, places, densities, grain)
    picture = np.zeros(side * side, np.float32)
    picture[seen] = total * (2 * reach_z / steps)
    return np.stack([picture.reshape(side, side), outline[0], outline[7]])


def _density(head, shape, places, densities, grain):
    x, y, z = places
    distance = np.sqrt((places ** 2).sum(0))
    radius = look_up(head.radius[None], places)[0]
    part = distance / np.maximum(radius, 0.05)
    lon = np.degrees(np.arctan2(x, z))
    lat = np.degrees(np.arctan2(y, np.hypot(x, z)))
    inside = part < 1
    body = shape._body(places) < 0
    out = densities.soft * (inside | body)
    cell = grain[((lat + 90) / 180 * 23.99).astype(int).clip(0, 23), ((lon + 180) / 360 * 47.99).astype(int).clip(0, 47)]
    vault = (lat > 8 - 0.12 * np.abs(lon)) & (part > 0.86) & (part < 0.93)
    out = out + densities.skull * vault
    base = (np.abs(y - 0.05 - 0.25 * z) < 0.07) & (part < 0.85) & (z < 0.75)
    out = out + 0.25 * densities.skull * base
    front = (np.abs(lon) < 70) & (lat < 30) & (lat > -45) & (part > 0.55) & (part < 0.84)
    out = out + densities.face_bone * cell * front
    teeth = (np.abs(lon) < 40) & (lat < -14) & (lat > -36) & (part > 0.72) & (part < 0.86)
    out = out + densities.teeth * teeth * (0.6 + 0.4 * np.cos(np.radians(lon) * 40))
    jaw = (np.abs(lon) < 88) & (lat < -34 + 0.3 * np.abs(lon)) & (part > 0.72) & (part < 0.88)
    out = out + densities.face_bone * 1.5 * jaw
    orbit = (np.abs(np.abs(lon) - 20) < 11) & (np.abs(lat - 16) < 9) & (part > 0.6)
    cavity = ((np.abs(lon) < 12) & (lat < 10) & (lat > -14) & (part > 0.35) & (part < 0.8)) | \
        ((np.abs(np.abs(lon) - 24) < 9) & (np.abs(lat + 2) < 9) & (part > 0.5) & (part < 0.78))
    airway = (np.abs(x) < 0.12) & (np.abs(z - 0.12 + 0.1 * y) < 0.1) & (y < -0.25)
    out = np.where(orbit & inside, np.minimum(out, densities.soft), out)
    out = np.where((cavity | airway) & (inside | body), 0, out)
    spine = (np.hypot(x, z + 0.32 - 0.1 * (y + 0.3)) < 0.2) & (y < -0.1) & body
    return out + densities.spine * spine * (0.65 + 0.35 * np.cos(y * 32))
