"""Colours of a mesh head by the place on it, one call for all pixels: brows, eyes, lips, beard, hair. Linear RGB."""

import numpy as np
from mesh_head import CLOTH, COVER, HAIR, SKIN

# Reflectances of six skins from light to dark, in between drawn at random.
_SKINS = np.array([(.82, .60, .50), (.72, .48, .36), (.58, .36, .24), (.42, .25, .16), (.27, .15, .095), (.15, .082, .055)])
_HAIRS = np.array([(.02, .017, .016), (.07, .04, .025), (.20, .11, .05), (.45, .32, .16), (.55, .54, .53), (.25, .06, .02)])


def smoothstep(value, edge, width):
    t = np.clip((value - edge) / width + .5, 0, 1)
    return t * t * (3 - 2 * t)


class Waves:
    """Irregular detail as a sum of sines in three dimensions: cheap at any set of points."""

    def __init__(self, rng, length, count=14):
        direction = rng.normal(size=(count, 3))
        direction /= np.linalg.norm(direction, axis=1, keepdims=True)
        self.k = direction * (2 * np.pi / (length * rng.uniform(.6, 1.7, (count, 1))))
        self.phase = rng.uniform(0, 2 * np.pi, count)
        self.scale = np.sqrt(2 / count)

    def at(self, points):
        return self.scale * np.sin(points.astype(np.float32) @ self.k.T.astype(np.float32) + self.phase.astype(np.float32)).sum(axis=1)


class Paint:
    def __init__(self, rng, build):
        self.b = build
        tone = rng.uniform(0, 5)
        self.skin = _SKINS[int(tone)] + (_SKINS[min(int(tone) + 1, 5)] - _SKINS[int(tone)]) * (tone % 1)
        self.hair = _HAIRS[rng.integers(0, 2 if tone > 3 else 6)] * rng.uniform(.8, 1.25)
        self.iris = np.array(((.09, .045, .02), (.05, .03, .02), (.10, .17, .22), (.13, .16, .08))[rng.integers(0, 2 if tone > 2.6 else 4)])
        self.cloth = rng.uniform(.02, .8, 3) ** 1.5
        self.beard = max(0.0, rng.uniform(-1.4, .95))
        self.brow = rng.uniform(.45, .97)
        self.make_up = max(0.0, rng.uniform(-.8, .8))
        self.gaze = rng.normal(0, 1.3, 2)
        self.shut = rng.uniform() < .08
        self.waves = {length: Waves(rng, length) for length in (38, 9, 2.4)}
        self.strands = Waves(rng, 2.2, 20)
        self.strands.k[:, 2] *= .12

    def colour(self, home, kind):
        out = np.zeros((len(home), 3), np.float32)
        for which, paint in ((SKIN, self._skin), (HAIR, self._hair), (CLOTH, self._cloth), (COVER, self._cover)):
            chosen = kind == which
            if chosen.any():
                out[chosen] = paint(home[chosen])
        return out

    def _skin(self, p):
        x, y, z = p.T
        side, front = np.abs(x), smoothstep(y, 18, 24)
        mottled = 1 + .05 * self.waves[38].at(p) + .03 * self.waves[9].at(p) + .02 * self.waves[2.4].at(p)
        colour = self.skin[None] * mottled[:, None]
        flush = np.exp(-((side - 41) / 17) ** 2 - ((z + 33) / 15) ** 2) + .8 * np.exp(-(x / 11) ** 2 - ((z + 36) / 12) ** 2)
        colour = colour * (1 - (front * flush)[:, None] * [-.03, .13, .12])
        hollow = np.exp(-((side - self.b.eyes + 2) / 17) ** 2 - ((z + 1) / 12) ** 2) * front
        colour = colour * (1 - .22 * hollow[:, None])
        nostril = np.exp(-((side - 6 * self.b.nose_wide) / 3.2) ** 2 - ((z - self.b.nose_low + 6) / 2.4) ** 2) * front
        colour = colour * (1 - .85 * nostril[:, None])
        colour = self._beard(p, colour, front)
        colour = self._lips(x, z, colour, front)
        colour = self._brows(x, z, p, colour, front)
        return self._eyes(x, z, colour, front)

    def _beard(self, p, colour, front):
        x, _, z = p.T
        low = self.b.mouth_low
        area = smoothstep(-z - .35 * np.abs(x), -low - 22, 14) * smoothstep(z, -128, 12) * front
        amount = self.beard * area * np.clip(.8 + .35 * self.strands.at(p), 0, 1)
        return colour + (self.hair[None] - colour) * amount[:, None]

    def _lips(self, x, z, colour, front):
        b, reach = self.b, np.clip(np.abs(x) / self.b.mouth, 0, 1)
        upper = (5.5 + 2.5 * b.lip) * (1 - reach ** 1.8) - 1.8 * np.exp(-(x / 3.5) ** 2)
        lower = (6 + 3 * b.lip) * (1 - reach ** 2.4)
        z = z - b.mouth_low
        inside = smoothstep(upper - z, 0, 1.6) * smoothstep(z + lower, 0, 2) * front * (np.abs(x) < b.mouth)
        red = colour * [.95, .62 - .3 * self.make_up, .62 - .25 * self.make_up]
        colour = colour + (red - colour) * inside[:, None]
        seam = np.exp(-(z / 1.1) ** 2) * (np.abs(x) < b.mouth + 1) * front
        return colour * (1 - .75 * seam[:, None])

    def _brows(self, x, z, p, colour, front):
        along = (np.abs(x) - self.b.eyes + 16) / 37
        middle = 17 + 5 * np.sin(np.clip(along, 0, 1) * 2.2) - 4 * np.clip(along - .55, 0, 1)
        thick = 4 - 2.4 * np.clip(along, 0, 1)
        amount = np.exp(-(np.abs(z - middle) / thick) ** 2.6) * smoothstep(along, .04, .12) * smoothstep(-along, -.97, .16)
        amount = np.clip(amount * self.brow * (1 + .25 * self.strands.at(p)), 0, 1) * front
        return colour + (self.hair[None] * .9 - colour) * amount[:, None]

    def _eyes(self, x, z, colour, front):
        b, side = self.b, np.sign(x)
        u = (np.abs(x) - b.eyes) / 14.6
        arch = np.sqrt(np.clip(1 - u * u, 0, 1))
        upper, lower = (b.lid if not self.shut else -.6) * arch ** .8 + 1.2 * u, -.62 * b.lid * arch + 1.2 * u
        z = z + 1
        crease = np.exp(-((z - upper - 3.8) / 1.1) ** 2) * (np.abs(u) < 1) * front
        colour = colour * (1 - .4 * crease[:, None])
        opened = smoothstep(upper - z, 0, .9) * smoothstep(z - lower, 0, .9) * (np.abs(u) < 1) * front
        from_iris = np.hypot(x - side * b.eyes - self.gaze[0], z - .6 - .4 * self.gaze[1])
        white = np.array([.72, .68, .66])[None] * (1 - .4 * np.abs(u)[:, None] ** 2)
        eye = white + (self.iris[None] - white) * smoothstep(5.9 - from_iris, 0, 1)[:, None]
        eye = eye * (1 - .95 * smoothstep(2.5 - from_iris, 0, .8))[:, None]
        eye = eye * (1 - .5 * smoothstep(z - upper + 2.2, 0, 2.4))[:, None]
        glint = np.exp(-((x - side * b.eyes - self.gaze[0] + 1.9) ** 2 + (z - 2.6) ** 2) / .9)
        eye = eye + .8 * glint[:, None]
        colour = colour + (eye - colour) * opened[:, None]
        lash = np.exp(-((z - upper) / .9) ** 2) * smoothstep(1.06 - np.abs(u), 0, .1) * front * (.85 + .15 * self.make_up)
        lash = lash + .3 * np.exp(-((z - lower) / .7) ** 2) * (np.abs(u) < 1) * front
        return colour * (1 - np.clip(lash, 0, 1)[:, None])

    def _hair(self, p):
        return self.hair[None] * np.clip(1 + .4 * self.strands.at(p) + .25 * self.waves[38].at(p), .15, 2.5)[:, None]

    def _cloth(self, p):
        return self.cloth[None] * (1 + .06 * self.waves[9].at(p))[:, None]

    def _cover(self, p):
        folds = np.sin(p[:, 2] * .55) * .05
        return (np.array([.52, .72, .80])[None] * (1 + folds)[:, None]).astype(np.float32)
