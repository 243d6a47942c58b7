"""Colours of head.py's surfaces: skin, lips, brows, irises, hair and cloth, as linear RGB albedo drawn from a seed."""

from dataclasses import dataclass

import numpy as np
from head import CLOTH, EYE, EYE_RADIUS, HAIR

PALE, DARK = np.array([0.78, 0.53, 0.41]), np.array([0.20, 0.105, 0.065])
HAIR_COLOURS = ((0.015, 0.012, 0.010), (0.06, 0.035, 0.02), (0.16, 0.085, 0.04), (0.40, 0.26, 0.12), (0.36, 0.35, 0.33))
IRIS_COLOURS = ((0.10, 0.05, 0.02), (0.16, 0.09, 0.04), (0.11, 0.15, 0.08), (0.10, 0.18, 0.28), (0.20, 0.24, 0.27))
CLOTH_COLOURS = ((0.08, 0.12, 0.25), (0.30, 0.31, 0.33), (0.25, 0.06, 0.07), (0.04, 0.05, 0.06), (0.10, 0.22, 0.16))


def lattice_noise(p, size, seed):
    """Value noise in -1..1: a hash at each corner of a grid of `size` mm, smoothly blended between."""
    scaled = [axis / np.float32(size) for axis in p]
    cell = [np.floor(axis) for axis in scaled]
    blend = [(s - c) * (s - c) * (3 - 2 * (s - c)) for s, c in zip(scaled, cell)]
    base = [c.astype(np.int64).astype(np.uint32) for c in cell]
    total = np.zeros_like(scaled[0])
    for corner in range(8):
        h = np.full(base[0].shape, seed & 0xFFFFFFFF, np.uint32)
        weight = np.ones_like(total)
        for axis in range(3):
            bit = corner >> axis & 1
            h = (h ^ (base[axis] + np.uint32(bit))) * np.uint32(0x9E3779B1)
            h ^= h >> np.uint32(15)
            weight = weight * (blend[axis] if bit else 1 - blend[axis])
        h = (h * np.uint32(0x85EBCA6B)) ^ (h >> np.uint32(13))
        total += weight * ((h & np.uint32(0xFFFF)).astype(np.float32) / np.float32(32767.5) - 1)
    return total


def bump(value, centre, width):
    return np.exp(-(((value - centre) / width) ** 2))


def step(value, edge, width):
    """0 below the edge, 1 above, over `width`."""
    t = np.clip((value - edge) / width + 0.5, 0, 1)
    return t * t * (3 - 2 * t)


@dataclass(frozen=True)
class Complexion:
    tone: np.ndarray
    hair: np.ndarray
    iris: np.ndarray
    cloth: np.ndarray
    stubble: float
    freckles: float
    brow_strength: float
    gaze: tuple
    seed: int

    @staticmethod
    def drawn(rng):
        melanin = rng.uniform(0, 1) ** 1.3
        # Dark skin does not come with fair hair or pale irises here.
        shades = 2 if melanin > 0.55 else 5
        return Complexion(
            tone=PALE ** (1 - melanin) * DARK ** melanin * rng.uniform(0.94, 1.06, 3),
            hair=np.array(HAIR_COLOURS[rng.integers(shades)]) * rng.uniform(0.8, 1.2),
            iris=np.array(IRIS_COLOURS[rng.integers(shades)]),
            cloth=np.array(CLOTH_COLOURS[rng.integers(len(CLOTH_COLOURS))]),
            stubble=float(max(0, rng.uniform(-0.6, 0.45))), freckles=float(max(0, rng.uniform(-0.5, 0.5))),
            brow_strength=float(rng.uniform(0.6, 0.95)), gaze=tuple(rng.normal(0, 0.05, 2)), seed=int(rng.integers(1 << 31)))

    def albedo(self, head, p, part):
        """Linear RGB per point; `part` says which surface each lies on."""
        colour = self._skin(head, p)
        for index, paint in ((HAIR, self._hair), (EYE, self._eye), (CLOTH, self._cloth)):
            chosen = part == index
            colour[chosen] = paint(head, tuple(axis[chosen] for axis in p))
        return colour

    def _skin(self, head, p):
        t = head.t
        x, y, z = p
        side = np.abs(x)
        mottled = 1 + 0.05 * lattice_noise(p, 14, self.seed) + 0.035 * lattice_noise(p, 3.5, self.seed + 1)
        colour = self.tone[None] * (mottled + 0.03 * lattice_noise(p, 1.1, self.seed + 2))[:, None]
        blood = 0.8 * bump(side, 40, 16) * bump(z, -32, 17) + 0.8 * bump(side, 0, 12) * bump(z, t.nose_drop, 10)
        blood = blood + 0.7 * step(side, t.skull_width - 2, 6)
        hollow = 0.28 * bump(side, t.eye_apart - 3, 15) * bump(z, -9, 6) + 0.30 * bump(side, t.eye_apart, 16) * bump(z, 8, 6)
        colour = colour * (1 - blood[:, None] * [0, 0.16, 0.15]) * (1 - hollow[:, None] * [0.6, 0.85, 0.8])
        spots = step(lattice_noise(p, 2.2, self.seed + 3), 0.62, 0.2) * self.freckles * bump(z, -25, 30)
        colour = colour * (1 - spots[:, None] * [0.35, 0.5, 0.55])
        beard = step(-z - 0.55 * side, t.mouth_height * -1 - 34, 22) * step(y, 20, 40) * step(z, -135, 20)
        beard = self.stubble * beard * (0.8 + 0.2 * lattice_noise(p, 0.9, self.seed + 4))
        colour = colour + (self.hair[None] - colour) * (0.6 * beard)[:, None]
        colour = self._lips(head, p, colour)
        return self._brows_and_lashes(head, p, colour)

    def _lips(self, head, p, colour):
        t = head.t
        x, y, z = p
        side = np.abs(x)
        reach = np.clip(side / (t.mouth_width + 2), 0, 1)
        line = t.mouth_height + t.smile * reach
        bow = 1.75 * t.lip * (1 - reach ** 2) - 1.6 * bump(side, 0, 3.2)
        inside = step(line + bow - z, 0, 1.6) * step(z - line + 2.35 * t.lip * (1 - reach ** 2.2), 0, 1.8)
        inside = inside * step(y, 78, 6) * step(t.mouth_width + 2 - side, 0, 2)
        red = colour * [0.92, 0.58, 0.60] * (1 + 0.10 * lattice_noise((x * 2.5, y, z * 0.5), 2, self.seed + 5))[:, None]
        dark = inside * bump(z, line, 1.2)
        colour = colour + (red - colour) * inside[:, None]
        return colour * (1 - 0.75 * dark[:, None])

    def _brows_and_lashes(self, head, p, colour):
        t = head.t
        x, y, z = p
        side = np.abs(x)
        along = (side - t.eye_apart + 15) / 36
        height = t.brow_height - 1 + 4.5 * np.sin(np.clip(along, 0, 1) * 2.4) - 6 * np.clip(along - 0.6, 0, 1)
        thick = 4.2 * (1 - 0.62 * np.clip(along, 0, 1))
        strands = 0.75 + 0.35 * lattice_noise((x * 1.6 - np.sign(x) * z * 0.9, y * 0.3, z), 1.3, self.seed + 6)
        brow = bump(z, height, thick) ** 1.5 * step(along, 0.02, 0.16) * step(-along, -0.98, 0.2) * step(y, 40, 12)
        brow = np.clip(brow * strands * 1.5 * self.brow_strength, 0, 0.97)
        colour = colour + (self.hair[None] * 0.8 - colour) * brow[:, None]
        m = (side, y, z)
        edge = head.slit(m)
        lashes = bump(edge, 0.3, 1.25) * step(y, 66, 8) * np.where(z > 0.1 * t.eye_open, 0.9, 0.4)
        lashes = lashes * step(18 - np.abs(side - t.eye_apart), 0, 4)
        return colour * (1 - lashes[:, None])

    def _eye(self, head, p):
        x, y, z = p
        centre = head.eye_centre()
        ux = (x - np.sign(x) * centre[0]) / EYE_RADIUS - self.gaze[0]
        uz = (z - centre[2]) / EYE_RADIUS - self.gaze[1] - 0.03
        r = np.sqrt(ux * ux + uz * uz)
        angle = np.arctan2(uz, ux)
        rays = lattice_noise((angle * 6, r * 3, np.zeros_like(r)), 0.45, self.seed + 7)
        white = np.array([0.72, 0.66, 0.62])[None] * (1 - 0.35 * step(np.abs(ux), 0.75, 0.5))[:, None]
        iris = self.iris[None] * (1 + 0.35 * rays)[:, None] * (1 + 0.9 * bump(r, 0.24, 0.08))[:, None]
        iris = iris * (1 - 0.75 * step(r, 0.46, 0.09))[:, None]
        colour = white + (iris - white) * step(-r, -0.49, 0.05)[:, None]
        colour = colour * (1 - 0.97 * step(-r, -0.20, 0.04))[:, None]
        # The upper lid and its lashes shade the ball below them.
        shade = step(-head.slit((np.abs(x), y, z)), 1.1, 2.4)
        return colour * (0.35 + 0.65 * np.where(z > 0, shade, 0.5 + 0.5 * shade))[:, None]

    def _hair(self, head, p):
        x, y, z = p
        strands = lattice_noise((x * 1.0 + y * 0.6, y * 0.9, z * 0.12), 1.1, self.seed + 8)
        locks = lattice_noise((x, y, z * 0.25), 6, self.seed + 9)
        return self.hair[None] * (1 + 0.45 * strands + 0.3 * locks)[:, None]

    def _cloth(self, head, p):
        x, y, z = p
        weave = 0.04 * np.sin(x * 4.5) * np.sin(z * 4.5) + 0.06 * lattice_noise(p, 25, self.seed + 10)
        return self.cloth[None] * (1 + weave)[:, None]
