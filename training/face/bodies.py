"""What a camera sees of bodies without a face: limbs, hands, knees, trunks, lumps. Rods and ellipsoids, drawn by the same
rays as heads, so that the way of drawing tells nothing."""

import numpy as np

from training.head import Head, table_noise
from training.render import HeadShape, capsule, joined


class Rods:
    """Rods joined to one skin."""

    def __init__(self, rods, fillet, slice_thickness, random):
        self.rods, self.fillet, self.slice_thickness = rods, fillet, slice_thickness
        self.waves = random.normal(0, 1, (6, 3)).astype(np.float32) * random.uniform(3, 14)
        self.wave = float(random.uniform(0, 0.025))
        self.stain = float(random.uniform(0, 0.3))

    def __call__(self, places):
        if self.slice_thickness > 0:
            part = places[1] / self.slice_thickness
            whole = np.floor(part)
            rest = ((part - whole - 0.5) * 3 + 0.5).clip(0, 1)
            places = np.stack([places[0], (whole + rest) * self.slice_thickness, places[2]])
        out = None
        for start, end, radius in self.rods:
            one = capsule(places, start, end, radius)
            out = one if out is None else joined(out, one, self.fillet)
        return out + self.wave * self._texture(places)

    def _texture(self, places):
        return np.sin(self.waves @ places).mean(0)

    def paint(self, places):
        albedo = 1 + self.stain * self._texture(places)
        return albedo, self._texture(places) * 0.1, np.zeros_like(albedo)


def hand(u):
    rods = [((-0.3, -0.5, 0), (0.3, -0.5, 0), 0.3), ((-0.3, 0, 0), (0.3, 0, 0), 0.25), ((0, -2.5, 0), (0, -0.6, 0), 0.32)]
    spread = u(0.2, 1)
    for i in range(4):
        x = -0.38 + 0.25 * i
        bend = u(0, 0.7)
        rods.append(((x, 0.1, 0), (x + spread * (i - 1.5) * 0.22, 0.7, bend * 0.4), 0.12))
        tip = (x + spread * (i - 1.5) * 0.35, 1.2 - bend * 0.5, bend)
        rods.append(((x + spread * (i - 1.5) * 0.22, 0.7, bend * 0.4), tip, 0.1))
    side = 1 if u(0, 1) < 0.5 else -1
    rods.append(((0.4 * side, -0.4, 0), (u(0.7, 1) * side, 0.2, u(0, 0.5)), 0.14))
    return rods


def knee(u):
    rods = []
    for x in ((0,) if u(0, 1) < 0.5 else (-0.75, 0.75)):
        bend = u(-0.2, 1)
        rods.append(((x, 0, 0.1), (x + u(-0.2, 0.2), 2.4, -bend), (0.5, u(0.6, 0.9))))
        rods.append(((x, 0, 0.1), (x + u(-0.2, 0.2), -2.4, -bend), (0.48, u(0.3, 0.5))))
        rods.append(((x, 0.05, 0.4), (x, -0.05, 0.4), u(0.2, 0.3)))
    return rods


def trunk(u):
    wide = u(0.7, 1.1)
    rods = [((-wide / 2, -1.2, 0), (-wide / 2, 1.2, 0), u(0.5, 0.8)), ((wide / 2, -1.2, 0), (wide / 2, 1.2, 0), u(0.5, 0.8))]
    rods.append(((0, -1.0, u(0.1, 0.5)), (0, 0.2, u(0.1, 0.4)), u(0.5, 0.8)))
    for side in (-1, 1):
        rods.append(((side * (wide + 0.3), 1.3, 0), (side * (wide + u(0.3, 0.8)), -1.4, u(-0.2, 0.4)), 0.25))
        rods.append(((side * wide * 0.6, 0.7, 0.5), (side * wide * 0.6, 0.65, 0.6), u(0.1, 0.35)))
    return rods


def pelvis(u):
    rods = [((-0.7, 0.8, 0), (0.7, 0.8, 0), u(0.6, 0.8))]
    for side in (-1, 1):
        rods.append(((side * 0.55, 0.2, 0), (side * u(0.5, 0.9), -2.5, 0), (u(0.5, 0.65), 0.4)))
    return rods


def limb(u):
    rods = []
    at = np.array([u(-1, 1), -2.5, 0])
    for _ in range(int(u(2, 5))):
        to = at + np.array([u(-1, 1), u(0.6, 1.8), u(-0.6, 0.6)])
        rods.append((tuple(at), tuple(to), u(0.2, 0.6)))
        at = to
    return rods


def cluster(u):
    return [((x, y, z), (x + u(-0.4, 0.4), y + u(-0.4, 0.4), z), u(0.1, 0.5))
            for x, y, z in ((u(-1.3, 1.3), u(-1.3, 1.3), u(-0.8, 0.8)) for _ in range(int(u(4, 14))))]


def lump(random, u):
    """As round as a head, with bumps where no face has them."""
    radius = u(0.7, 1.1) * (1 + u(0.05, 0.2) * table_noise(random, int(u(2, 12)), 3))
    radius = radius * (1 + u(0, 0.02) * table_noise(random, 30, 2))
    albedo = 1 + u(0, 0.6) * table_noise(random, int(u(3, 20)), 4)
    nothing = np.zeros_like(radius)
    shoulders = u(0.4, 1.4)
    return HeadShape(Head(radius.astype(np.float32), albedo.clip(0.02, 2).astype(np.float32), nothing, nothing,
                          u(0.05, 0.6), u(-0.3, 0.3), shoulders, u(1.3, 3), u(0.2, 1.5)))


KINDS = (hand, knee, trunk, pelvis, limb, cluster)


def body(seed):
    """A shape for render.view()."""
    random = np.random.default_rng([seed, 29])

    def u(low, high):
        return float(random.uniform(low, high))

    kind = int(random.integers(len(KINDS) + 1))
    if kind == len(KINDS):
        return lump(random, u)
    thickness = u(0.03, 0.12) if random.random() < 0.4 else 0.0
    return Rods(KINDS[kind](u), u(0.03, 0.3), thickness, random)
