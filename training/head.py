"""A head as a star-shaped surface: one radius for each direction from between the ears, and on the same grid what
colour the skin, hair, eyes and whatever is worn have there.

Units are decimetres: x to the head's left, y up, z forward. A head is drawn from its seed alone. Proportions are those of
plain anthropometry (head 15 cm wide, 23 cm high, 19 cm deep), varied well beyond what people have."""

import functools
from dataclasses import dataclass

import numpy as np

from training.noise import blur, fractal

ROWS, COLUMNS = 192, 384  # Latitude from below to above, longitude from behind over the left and the front.

LON = ((np.arange(COLUMNS, dtype=np.float32) + 0.5) / COLUMNS - 0.5) * 360
LAT = ((np.arange(ROWS, dtype=np.float32) + 0.5) / ROWS - 0.5) * 180
LON_GRID, LAT_GRID = np.meshgrid(LON, LAT)
DIRECTION = np.stack([
    np.cos(np.radians(LAT_GRID)) * np.sin(np.radians(LON_GRID)), np.sin(np.radians(LAT_GRID)),
    np.cos(np.radians(LAT_GRID)) * np.cos(np.radians(LON_GRID))])
SHRINK = np.cos(np.radians(LAT_GRID))  # A degree of longitude is shorter towards the poles.


@dataclass
class Head:
    radius: np.ndarray
    albedo: np.ndarray
    hollow: np.ndarray  # How far below its surroundings the surface lies: what light reaches less.
    face: np.ndarray  # 1 from hair line to chin, from ear to ear.
    neck_radius: float
    neck_lean: float
    shoulder_half_width: float
    shoulder_drop: float
    garment: float  # Albedo.


def spot(lon, lat, across, down, turn=0.0, power=2.0):
    """1 at (lon, lat), falling to the sides; all in degrees. A high power makes a plateau with edges."""
    east = (LON_GRID - lon + 180) % 360 - 180
    east = east * SHRINK
    north = LAT_GRID - lat
    if turn:
        cosine, sine = np.cos(np.radians(turn)), np.sin(np.radians(turn))
        east, north = cosine * east + sine * north, -sine * east + cosine * north
    return np.exp(-0.5 * (np.abs(east / across) ** power + np.abs(north / down) ** power)).astype(np.float32)


def both(lon, lat, across, down, turn=0.0, power=2.0):
    return spot(lon, lat, across, down, turn, power) + spot(-lon, lat, across, down, -turn, power)


def step(x):
    return 1 / (1 + np.exp(-x.clip(-30, 30)))


def ellipsoid(centre, axes):
    """How far each direction's ray from the origin goes until it leaves the ellipsoid; 0 where it misses."""
    axes = np.asarray(axes, np.float32).reshape(3, 1, 1)
    centre = np.asarray(centre, np.float32).reshape(3, 1, 1)
    a = ((DIRECTION / axes) ** 2).sum(0)
    b = (DIRECTION * centre / axes ** 2).sum(0)
    c = ((centre / axes) ** 2).sum() - 1
    root = b * b - a * c
    return np.where(root > 0, (b + np.sqrt(np.maximum(root, 0))) / a, 0).clip(0)


def union(parts, sharpness=14.0):
    """The largest of the radii, rounded where they meet."""
    stack = np.stack(parts) * sharpness
    top = stack.max(0)
    return ((np.log(np.exp(stack - top).sum(0)) + top) / sharpness).astype(np.float32)


def table_noise(random, cells, octaves=4):
    """Without a seam behind the head."""
    field = fractal(random, ROWS, COLUMNS, cells, octaves)
    other = np.roll(field, COLUMNS // 2, axis=1)
    seam = (np.abs(LON_GRID) / 180).clip(0, 1) ** 4
    return field * (1 - seam) + other * seam


class Build:
    """The steps of one head; `u` draws evenly, `some` is true that often."""

    def __init__(self, seed, bare):
        self.random = np.random.default_rng([seed, 17])
        self.bare = bare  # Skin alone, as a surface rendering shows it.

    def u(self, low, high):
        return float(self.random.uniform(low, high))

    def some(self, share):
        return bool(self.random.random() < share)

    def shape(self):
        u = self.u
        size, wide, deep = u(0.92, 1.08), u(0.88, 1.14), u(0.9, 1.12)
        skull = ellipsoid((0, u(0.36, 0.48), u(-0.14, -0.02)), (0.74 * wide, u(0.8, 0.95), 0.95 * deep))
        block = ellipsoid((0, u(-0.22, -0.08), u(0.22, 0.34)), (u(0.54, 0.7) * wide, u(0.74, 0.92), u(0.56, 0.66)))
        chin = ellipsoid((0, u(-0.72, -0.54), u(0.42, 0.6)), (u(0.26, 0.46) * wide, u(0.28, 0.38), u(0.28, 0.38)))
        jaw = ellipsoid((0, u(-0.5, -0.3), u(0.05, 0.2)), (u(0.5, 0.66) * wide, u(0.4, 0.5), u(0.4, 0.55)))
        return size * union([skull, block, chin, jaw], u(10, 18))

    def features(self, radius):
        u = self.u
        self.eye_lon, self.eye_lat = u(17, 23), u(13, 20)
        self.mouth_lat, self.nose_lat = u(-31, -25), u(-11, -5)
        eye_lon, eye_lat, mouth, nose = self.eye_lon, self.eye_lat, self.mouth_lat, self.nose_lat
        self.nose_width = u(4.5, 7.5)
        out = radius.copy()
        out += u(0.03, 0.1) * spot(0, eye_lat - 5, u(3.2, 5), 10)
        out += u(0.07, 0.16) * spot(0, nose + 8, self.nose_width * 0.8, 9)
        out += u(0.1, 0.24) * spot(u(-1.5, 1.5), nose, self.nose_width, u(4, 6))
        out += u(0.02, 0.08) * both(self.nose_width * 1.3, nose - 3, 3.6, 3.6)
        out -= u(0.01, 0.05) * both(self.nose_width * 0.65, nose - 7, 2.2, 2)
        out -= u(0.06, 0.15) * both(eye_lon, eye_lat, u(7, 10), u(5, 7))
        out += u(0.03, 0.08) * both(eye_lon, eye_lat, u(5, 6.5), u(3, 4.2))
        out -= u(0.0, 0.02) * both(eye_lon, eye_lat + 4, 6, 0.9)
        out += u(0.01, 0.07) * both(eye_lon, eye_lat + u(8, 11), u(10, 15), u(3, 4.5))
        out += u(0.0, 0.08) * both(u(30, 40), u(-2, 6), 11, 7)
        out += u(-0.07, 0.07) * both(u(22, 34), u(-24, -14), 12, 11)
        out -= u(0.0, 0.03) * both(15, mouth + 9, 2.2, 7, 25)
        self.mouth_width = u(7, 11.5)
        self.mouth_open = u(0.5, 2) if self.some(0.75) else u(2, 5)
        out += u(0.015, 0.05) * spot(0, mouth + 1.4 + self.mouth_open, self.mouth_width, u(1.5, 2.4))
        out += u(0.02, 0.06) * spot(0, mouth - 1.6 - self.mouth_open, self.mouth_width * 0.9, u(1.7, 2.8))
        out -= u(0.02, 0.04) * spot(0, mouth, self.mouth_width, self.mouth_open)
        out -= u(0.0, 0.05) * spot(0, mouth - 10, 9, 3)
        out += u(0.0, 0.1) * spot(0, u(-50, -44), u(7, 13), 6)
        out -= u(-0.02, 0.05) * spot(0, 40, 30, 12)
        ear = u(92, 101)
        self.ear_lat = u(-2, 7)
        out += u(0.08, 0.34) * both(ear, self.ear_lat, u(4.5, 7), u(12, 18), u(-12, 12))
        out -= u(0.02, 0.1) * both(ear - 1.5, self.ear_lat, 3, 8)
        out *= 1 + u(0.0, 0.02) * table_noise(self.random, 8, 2)
        lopsided = self.u(-0.025, 0.025)
        return out * (1 + lopsided * np.sin(np.radians(LON_GRID)))

    def hair_line(self, height):
        """1 where hair grows: above the brow, before and behind the ears, down the neck."""
        side = np.abs(LON_GRID)
        edge = np.where(side < 60, height - (side / 60) ** 2 * 12, height - 12 - (side - 60) * self.u(0.7, 1.3))
        edge = np.maximum(edge, self.u(-40, -15)) + 3 * table_noise(self.random, 12, 3)
        return step((LAT_GRID - edge) / self.u(0.8, 3))

    def grow(self, radius, albedo):
        """Hair, brows and beard; a rendering shows hair, if at all, as lumps."""
        u, some = self.u, self.some
        tone = u(0.05, 0.9) if some(0.25) else u(0.04, 0.35)
        strands = table_noise(self.random, int(u(20, 60)), 3)
        if some(0.35 if self.bare else 0.82):
            hair = self.hair_line(u(40, 56))
            if some(0.3):
                hair = np.maximum(hair, (np.abs(LON_GRID) > u(70, 95)) * (LAT_GRID < 20))
            radius = radius + hair * u(0.02, 0.28) * (1 + u(0.1, 0.5) * strands)
            if not self.bare:
                albedo = albedo + hair * (tone * (1 + 0.5 * strands) - albedo)
        if self.bare:
            return radius, albedo
        brow = both(self.eye_lon, self.eye_lat + u(8, 11), u(8, 11), u(1.2, 2.4), u(-12, 12), 4)
        albedo = albedo + u(0.2, 0.9) * brow * (tone - albedo)
        if some(0.3):
            cheeks = both(45, u(-30, -20), u(20, 30), u(14, 20)) + spot(0, -45, 30, u(8, 14))
            lip = spot(0, self.mouth_lat + 6, 12, 3) * (1 if some(0.7) else 0)
            beard = (cheeks + lip).clip(0, 1) * (1 - spot(0, self.mouth_lat, 9, 2.5))
            amount = u(0.3, 0.95)
            albedo = albedo + amount * beard * (tone * (1 + 0.4 * strands) - albedo)
            radius = radius + u(0, 0.14) * beard * (1 + 0.3 * strands)
        return radius, albedo

    def paint(self):
        """Skin, eyes, lips; 1 is plain skin."""
        u, some, random = self.u, self.some, self.random
        albedo = 1 + u(0.02, 0.12) * table_noise(random, 6, 5)
        if self.bare:
            return albedo * 0 + 1
        for _ in range(int(u(0, 8))):
            albedo = albedo - u(0.1, 0.5) * spot(u(-70, 70), u(-50, 45), u(0.5, 2.5), u(0.5, 2.5))
        albedo = albedo - u(0, 0.25) * both(self.eye_lon, self.eye_lat - 4, 7, 3)
        if some(0.75):
            opened = both(self.eye_lon, self.eye_lat, u(5.5, 8), u(1.6, 3.6), 0, 4)
            albedo = albedo + opened * (u(0.9, 1.7) - albedo)
            iris = both(self.eye_lon + u(-1.5, 1.5), self.eye_lat, u(2.2, 3.3), 3, 0, 5) * (opened > 0.3)
            albedo = albedo + iris * (u(0.05, 0.5) - albedo)
            albedo = albedo - u(0.1, 0.6) * both(self.eye_lon, self.eye_lat + 2.5, 6, 0.8)
        else:
            albedo = albedo - u(0.2, 0.6) * both(self.eye_lon, self.eye_lat - 1.5, 6, 0.9)
        lips = spot(0, self.mouth_lat, self.mouth_width, u(2.4, 3.6) + self.mouth_open, 0, 3)
        albedo = albedo + u(0.2, 0.9) * lips * (u(0.45, 1.05) - albedo)
        gap = spot(0, self.mouth_lat, self.mouth_width, self.mouth_open * 0.8, 0, 3)
        albedo = albedo + gap * (u(0.1, 0.4) if some(0.75) else u(1.0, 1.6)) - gap * albedo
        return albedo - u(0.2, 0.7) * both(self.nose_width * 0.6, self.nose_lat - 6.5, 1.8, 1.3)

    def wear(self, radius, albedo):
        """Glasses, a surgical mask, a cap or bandage, an oxygen mask's rim."""
        u, some = self.u, self.some
        if some(0.25):
            size, tall = u(8, 13), u(6, 11)
            thick = u(0.9, 2)
            outer = both(self.eye_lon, self.eye_lat - 1, size, tall, 0, 6)
            rim = (outer > 0.55) * (both(self.eye_lon, self.eye_lat - 1, size - thick, tall - thick, 0, 6) < 0.55)
            side, off = np.abs(LON_GRID), np.abs(LAT_GRID - self.eye_lat - 1)
            temple = (off < 1) * (side > self.eye_lon + size) * (side < 95)
            bridge = (off < 0.9) * (side < self.eye_lon - size)
            frame = np.maximum(np.maximum(rim, temple), bridge)
            albedo = albedo + frame * (u(0.02, 1.4) - albedo)
            radius = radius + 0.03 * frame
            if some(0.3):
                albedo = albedo + (outer > 0.5) * u(0.5, 1) * (u(0.02, 0.3) - albedo)
        if some(0.22):
            top = self.eye_lat - u(6, 16)
            cover = spot(0, (top - 58) / 2, u(38, 62), (top + 58) / 2, 0, 8)
            smoothed = blur(radius, 9) + u(0.04, 0.12)
            radius = radius + cover * (np.maximum(smoothed, radius) - radius)
            folds = 1 + u(0, 0.12) * np.sin(LAT_GRID * u(0.3, 0.8))
            albedo = albedo + cover * (u(0.6, 1.8) * folds - albedo)
            straps = (np.abs(LAT_GRID - top + 4 + 0.1 * np.abs(LON_GRID)) < 0.8) * (np.abs(LON_GRID) < 98)
            albedo = albedo + straps * (u(0.6, 1.5) - albedo)
        if some(0.18):
            edge = self.eye_lat + u(10, 30) - np.abs(LON_GRID) * u(0.0, 0.25)
            cap = step((LAT_GRID - edge) / 0.7)
            radius = radius + cap * u(0.03, 0.18) * (1 + 0.2 * table_noise(self.random, 14, 3))
            albedo = albedo + cap * (u(0.1, 1.8) * (1 + 0.1 * table_noise(self.random, 9, 3)) - albedo)
        return radius, albedo

    def head(self):
        u = self.u
        radius = self.features(self.shape())
        albedo = self.paint()
        side = np.abs(LON_GRID) / 90
        face = (side < 1.08) & (LAT_GRID > u(-55, -51) + 26 * side ** 2) & (LAT_GRID < u(44, 50) - 22 * side ** 2)
        hollow = radius - blur(radius, 8)
        radius, albedo = self.grow(radius, albedo)
        if not self.bare or self.some(0.15):
            radius, albedo = self.wear(radius, albedo)
        return Head(radius.astype(np.float32), albedo.astype(np.float32).clip(0.01, 2), hollow.astype(np.float32),
                    face.astype(np.float32), u(0.38, 0.6), u(-0.3, 0.05), u(0.9, 1.6), u(1.3, 1.9),
                    u(0.05, 1.6))


@functools.lru_cache(maxsize=2)
def head(seed, bare):
    """The head of a seed; `bare` as a surface rendering shows it."""
    return Build(seed, bare).head()
