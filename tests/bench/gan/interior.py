"""What lies inside a lofted head: at every place a tissue, as a slice or a projection shows it. Shells below the skin, tubes
and eggs; brain and cranium are brain.py's. Nobody was measured.

Lengths in mm, axes as in mesh_head.py; inside, x and y are those of a head of middling width and depth."""

from dataclasses import dataclass

import numpy as np
from brain import paint_cranium
from canvas import (AIR, CORTEX, ENAMEL, EYE, FAT, GLAND, GRISTLE, LENS, MUCOSA, METAL, MUSCLE, ROOT, SKIN, SPONGE, VESSEL, WATER,
                    WHITE, Canvas, egg, tube)
from mesh_head import Build
from paint import Waves
from shells import AXIS_Y, Shells


@dataclass(frozen=True)
class Inside:
    """Drawn once a head; mm, shares, or factors around 1."""

    skin: float
    fat: float
    scalp: float
    skull: float
    wall: float       # Of compact bone.
    csf: float        # Around the brain.
    sulci: float
    ventricles: float
    frontal_sinus: float
    antrum: float
    swollen: float    # Lining of the sinuses.
    mouth_open: float
    airway: float
    turbinates: float
    tongue: float
    teeth_lost: float
    teeth_filled: float
    disc: float
    curve: float      # Of the neck, mm.

    @staticmethod
    def drawn(rng):
        spans = ((1.2, 2.4), (2, 7), (3.5, 6), (4.5, 9), (.9, 2), (.8, 3), (.35, 1.5), (.6, 1.6), (.3, 1.3), (.7, 1.15), (.3, 4),
                 (0, 5), (.75, 1.3), (.7, 1.3), (.88, 1.1), (0, .25), (0, .3), (2, 5), (-3, 8))
        return Inside(*(float(rng.uniform(*span)) for span in spans))


class Head:
    def __init__(self, rng):
        self.build = Build.drawn(rng)
        self.inside = Inside.drawn(rng)
        self.shells = Shells(self.build)
        self.slow, self.fine = Waves(rng, 60, 10), Waves(rng, 11, 12)
        self.folds, self.cells = Waves(rng, 24, 18), Waves(rng, 12, 9)
        lost = rng.uniform() < .35
        self.teeth = rng.uniform(size=32) >= (self.inside.teeth_lost if lost else 0)
        self.filled = rng.uniform(size=32) < (self.inside.teeth_filled if rng.uniform() < .25 else 0)

    def tissues(self, x, y, z):
        """uint8, of float32 places."""
        z = z / np.float32(self.build.tall)
        deep = self.shells.skin.depth(x, y, z)
        kept = (deep > 0) | ((np.abs(x) > 52) & (np.abs(y + 13) < 28) & (np.abs(z + 12) < 44))
        out = np.zeros(x.shape, np.uint8)
        if kept.any():
            out[kept] = self._of_few(x[kept], y[kept], z[kept], deep[kept])
        return out

    def _of_few(self, x, y, z, deep):
        b = self.build
        sway = self.slow.at(np.stack([x, y, z], 1)).astype(np.float32) * np.float32(.9)
        canvas = Canvas((x / np.float32(b.wide) + sway).astype(np.float32),
                        ((y - AXIS_Y) / np.float32(b.deep) + AXIS_Y + .6 * sway).astype(np.float32), z)
        self._soft(canvas, deep)
        self._neck(canvas)
        self._orbits_and_jaws(canvas)
        paint_cranium(self, canvas, self.shells.below_egg(x, y, z))
        self._front(canvas)
        self._spaces(canvas)
        self._teeth(canvas)
        canvas.tissue[deep <= 0] = AIR
        under = (deep > 0) & (deep < self.inside.skin) & (canvas.tissue != AIR)
        canvas.tissue[under] = SKIN
        self._ears(canvas)
        return canvas.tissue

    def _soft(self, canvas, deep):
        """Skin, fat, then muscle parted by thin sheets of fat."""
        u = self.inside
        index = np.flatnonzero(deep > 0)
        place = np.stack([canvas.x[index], canvas.y[index], canvas.z[index]], 1)
        wave = self.fine.at(place)
        cheek = 5 * np.exp(-((canvas.aside[index] - 42) / 22) ** 2 - ((canvas.z[index] + 55) / 32) ** 2) * (canvas.y[index] > 0)
        fat = u.skin + u.fat * (1 + .3 * wave) + cheek + 2 * (canvas.z[index] < -120)
        sheet = np.abs(self.folds.at(place * np.array([1.4, 1.4, .5]))) < .055
        canvas.tissue[index] = np.where(deep[index] < u.skin, SKIN, np.where((deep[index] < fat) | sheet, FAT, MUSCLE))

    def _neck(self, canvas):
        u = self.inside
        for side in (24, 30):
            canvas.tube([(side, 2, -52), (side, 0, -240)], (3.4, 3.4) if side == 24 else (5, 5.5), (0, VESSEL), both=True)
        canvas.egg((57, -8, -46), (9, 15, 19), (0, GLAND), both=True)
        canvas.egg((26, 18, -104), (8, 12, 7), (0, GLAND), both=True)
        canvas.tube([(16, 6, -112), (12, 22, -112), (0, 29, -113)], (2, 2.2, 3), (0, CORTEX), (1, SPONGE), both=True)
        throat = [(0, 24, -32), (0, 11, -44), (0, 5, -70), (0, 6, -104), (0, 9, -138), (0, 5, -260)]
        radii = np.array([10, 9, 6.5, 7.5, 8, 8.5]) * u.airway
        canvas.tube(throat[3:5], radii[3:5] + 5, (0, GRISTLE), (2.6, MUSCLE))
        canvas.tube(throat, radii + 2.2, (0, MUCOSA), (2.2, AIR), stretch=(.8, 1, 1))
        canvas.tube([(0, 18, -46), (0, 3, -60)], (3.6, 3), (0, MUSCLE), stretch=(.4, 1, 1))
        for k in range(9):
            self._vertebra(canvas, k)
        spine = [(0, self._spine_y(k) - 17, -54 - 17 * k) for k in range(10)]
        canvas.tube(spine, [8] * 10, (0, WATER), (3.2, WHITE))

    def _spine_y(self, k):
        return -15 + self.inside.curve * np.sin(k / 2.3)

    def _vertebra(self, canvas, k):
        y, z = self._spine_y(k), -58 - 17 * k
        high = (17 - self.inside.disc) / 2
        index = canvas.near((-26, y - 52, z - 22), (26, y + 12, z + 12))
        x, back, up = canvas.at(index)
        body = np.minimum(high - np.abs(up - z - .08 * (back - y)), 9.5 - np.hypot(x * .9, back - y))
        disc = np.minimum(9 - np.abs(up - z), 9 - np.hypot(x * .9, back - y))
        canvas.paint(index, disc, GRISTLE)
        canvas.bone(index, body, self.inside.wall * .7)
        ring = np.minimum(12 - np.hypot(x * .85, back - y + 17), 6.5 - np.abs(up - z))
        canvas.bone(index, np.minimum(ring, np.hypot(x * .85, back - y + 17) - 8), self.inside.wall)
        canvas.egg((17, y - 9, z), (7, 7, 6), (0, CORTEX), (1.2, SPONGE), both=True)
        canvas.tube([(0, y - 28, z - 1), (0, y - 44, z - 8)], (3.8, 4.2), (0, CORTEX), (1.2, SPONGE), stretch=(1.4, 1, .8))

    def _orbits_and_jaws(self, canvas):
        """Jaw, cheek bones, and the muscles over them."""
        u, wall = self.inside, self.inside.wall
        open_by = np.array([0, 0, -u.mouth_open])
        canvas.tube([(61, 36, -30), (53, 12, -84)], (9, 8), (0, MUSCLE), both=True, stretch=(1.6, 1, 1))
        canvas.tube([(36, 20, -28), (44, 8, -74)], (8, 7), (0, MUSCLE), both=True, stretch=(1.5, 1, 1))
        lower = np.array([(0, 61, -97), (20, 54, -97), (38, 28, -91), (46, 8, -80)]) + open_by
        upper = np.array([(0, 61, -86), (20, 52, -86), (36, 28, -82), (45, 12, -78)]) + open_by
        index = canvas.near((-1, -8, -115), (62, 72, -68), True)
        place = canvas.at(index, True)
        jaw = np.maximum(tube(*place, lower, (7.5, 7, 6.5, 6.5), (1, 1, .85)), tube(*place, upper, (6, 6, 6, 6)))
        canvas.bone(index, jaw, wall * 1.6)
        branch = np.array([(47, 14, -82), (49, 11, -52), (51, 2, -24)]) + .5 * open_by
        canvas.tube(branch, (11, 10, 6.5), (0, CORTEX), (wall * 1.6, SPONGE), both=True, stretch=(2, 1, 1))
        canvas.tube([(49, 26, -58), (49, 30, -32)], (6, 4), (0, CORTEX), (2, SPONGE), both=True, stretch=(2, 1, 1))
        canvas.egg((44, 51, -26), (9, 9, 9), (0, CORTEX), (wall, SPONGE), both=True)
        arch = [(49, 49, -27), (61, 30, -24), (64, 2, -20)]
        canvas.tube(arch, (4.2, 3, 3.2), (0, CORTEX), (1.3, SPONGE), both=True, stretch=(1.3, 1, .8))

    def _front(self, canvas):
        """Upper jaw, nose, eyes: over the cranium's floor."""
        u, b, wall = self.inside, self.build, self.inside.wall
        eye = b.eyes / b.wide
        canvas.tube([(eye + 1, 68, -1), (14, 16, -4)], (20.5, 5), (0, CORTEX), both=True)
        canvas.tube([(eye + 1, 86, -1), (14, 18, -4)], (17.5 + 2.5, 2.6), (0, FAT), (1.2, FAT), both=True)
        for dx, dz in ((0, 9), (0, -9), (9, 0), (-9, 0)):
            flat = (1 if dx == 0 else 1.5, 1, 1)
            canvas.tube([(eye + dx, 57, -1 + dz), (15, 22, -4)], (1.9, 1.2), (0, MUSCLE), both=True, stretch=flat)
        canvas.tube([(eye, 46, -1), (20, 30, -3), (12, 12, -3)], (3.2, 3.2, 3), (0, WATER), (1.3, WHITE), both=True)
        canvas.egg((eye, 58, -1), (12.4, 12.4, 12.4), (0, MUSCLE), (1.1, EYE), both=True)
        canvas.egg((eye, 66.5, -1), (4.6, 2.2, 4.6), (0, LENS), both=True)
        canvas.tube([(0, 40, -30), (0, 64, -28)], (26, 22), (0, FAT), stretch=(.95, 1, 1.1))
        arch = self._arch(np.linspace(0, 1.42, 8), 0)
        canvas.tube(np.c_[arch, np.full(8, self._bite() + 15)], [7.2] * 8, (0, CORTEX), (wall, SPONGE), both=True)
        index = canvas.near((-26, 12, self._bite() + 15), (26, 70, self._bite() + 24))
        x, y, z = canvas.at(index)
        vault = np.abs(z - self._bite() - 20 - (24 - np.abs(x)) * .05)
        canvas.bone(index, np.minimum(2.4 - vault, 1.1 - ((x / 26) ** 2 + ((y - 38) / 30) ** 2)), 1)
        canvas.tube([(3, 79, 8), (4, 88, -12)], (3, 2), (0, CORTEX), both=True)
        canvas.tube([(17, 66, -8), (15, 72, -34)], (4, 6), (0, CORTEX), (1.2, SPONGE), both=True)
        canvas.egg((0, 8, -17), (19, 18, 14), (0, CORTEX), (wall, SPONGE))

    def _bite(self):
        """Where the rows of teeth meet."""
        return self.build.mouth_low + 5

    def _arch(self, t, inwards):
        """(n, 2): x and y of the row of teeth, from the middle backwards."""
        return np.stack([(25.5 - inwards) * np.sin(t), 33 + (37 - inwards) * np.cos(t)], 1)

    def _spaces(self, canvas):
        """Air and its lining: nose, sinuses, mouth."""
        u, b = self.inside, self.build
        bite = self._bite()
        antrum = np.array([13, 17, 15]) * u.antrum
        canvas.egg((29, 50, -28), antrum, (-1.6, CORTEX), (0, MUCOSA), (u.swollen, AIR), both=True, grown=2)
        canvas.egg((7, 13, -14), (6.5, 11, 8), (-1.2, CORTEX), (0, MUCOSA), (.7, AIR), both=True, grown=2)
        canvas.egg((12, 75, 23), np.array([12, 4.5, 10]) * u.frontal_sinus, (-2.2, CORTEX), (0, AIR), both=True, grown=3)
        index = canvas.near((1, 22, -14), (13, 70, 7), True)
        place = np.stack([*canvas.at(index)], 1)
        walls = np.abs(self.cells.at(place)) < .3
        canvas.tissue[index] = np.where(walls, CORTEX, AIR)
        index = canvas.near((-14, 18, bite + 21), (14, 86, -4))
        x, y, z = canvas.at(index)
        wide = np.interp(z, [bite + 21, -30, -18, -6], [12, 11, 7, 3.5]).astype(np.float32)
        cavity = np.minimum(wide - np.abs(x), np.minimum(y - 18, 84 - y) * .8)
        canvas.layers(index, cavity, (-1, CORTEX), (0, MUCOSA), (1, AIR))
        bent = x - 2.2 * np.sin(z / 9 + 30 * u.disc) * (y > 35)
        canvas.layers(index, np.minimum(2 - np.abs(bent), cavity), (0, MUCOSA), (1, CORTEX if u.skull > 6 else GRISTLE))
        for high, thick, low in ((bite + 28, 4.2, 26), (-24, 3.4, 30), (-13, 2.2, 36)):
            line = [(6.8, 76, high), (6.3, low, high - 2)]
            thick = thick * u.turbinates
            canvas.tube(line, (thick, thick), (0, MUCOSA), (thick - .9, CORTEX), both=True, stretch=(1.15, 1, .8))
        low = b.nose_low
        canvas.tube([(0, 99, low + 8), (0, 80, low + 12)], (9, 9), (0, GRISTLE), (1.2, FAT), stretch=(9, 1, 1))
        nostril = [(6 * b.nose_wide, 97, low - 6), (6 * b.nose_wide, 88, low + 2), (5, 80, low + 6)]
        canvas.tube(nostril, (3, 4, 3), (0, AIR), both=True)
        canvas.egg((0, 35, bite - 3), np.array([22, 31, 20]) * u.tongue, (-.6 - u.mouth_open * .35, AIR), (0, MUSCLE), grown=4)
        index = canvas.near((-1, 10, bite - 30), (1, 60, bite + 10))
        canvas.paint(index, egg(*canvas.at(index), (0, 35, bite - 6), (.8, 22, 13)), FAT)

    def _teeth(self, canvas):
        bite, u = self._bite(), self.inside
        at = (np.arange(8) + .5) * .175
        for jaw in (0, 1):
            for side in (0, 1):
                for k, (x, y) in enumerate(self._arch(at, 1.6 * jaw)):
                    number = 16 * jaw + 8 * side + k
                    if self.teeth[number]:
                        self._tooth(canvas, x * (1 - 2 * side), y, k, jaw, self.filled[number])
        if u.mouth_open > 2:
            canvas.tube([(0, 88, bite - 4), (0, 66, bite - 4)], (1.5, 1.5), (0, AIR), stretch=(.12, 1, 1))

    def _tooth(self, canvas, x, y, k, jaw, filled):
        up, bite = (-1, self._bite() - self.inside.mouth_open) if jaw else (1, self._bite())
        wide = (3.6, 3, 3.4, 3.4, 3.5, 4.6, 4.6, 4.2)[k]
        crown = [(x, y, bite + .4 * up * wide), (x, y, bite + up * 8)]
        root = [(x, y, bite + up * 7), (x, y - 1.5, bite + up * (21 if k < 5 else 17))]
        canvas.tube(root, (wide * .8, 1), (-.4, SPONGE), (0, ROOT))
        canvas.tube(crown, (wide * (.7 if k < 3 else 1), wide), (0, ENAMEL), (1.1, ROOT))
        if filled:
            canvas.egg((x, y, bite + up * 3), (2.2, 2.2, 2), (0, METAL))

    def _ears(self, canvas):
        index = canvas.near((66, -34, -46), (90, 8, 22), True)
        place = canvas.at(index, True)
        dish = np.minimum(egg(*place, (75, -13, -12), (7, 17, 31)), -egg(*place, (81, -10, -9), (7, 12, 23)))
        free = canvas.tissue[index] == AIR
        canvas.paint(index[free], dish[free], SKIN)
        canvas.paint(index[free], dish[free], GRISTLE, 1.3)
        canvas.tube([(82, -11, -17), (62, -13, -19), (47, -16, -21)], (3.4, 3, 2.6), (0, AIR), both=True)
