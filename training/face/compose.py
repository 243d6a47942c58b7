"""One picture of the training or evaluation set, from its seed and a library of views: a scene, heads in it at any size
and angle, what lies over them, and what a camera or viewer makes of it.

The true box of a face reaches from hair line to chin and from ear to ear of what is visible of it in that view."""

from dataclasses import dataclass, field

import numpy as np

from training import degrade, scenes, shade
from training.face import catalogue
from training.noise import blur, halved, sampled, smooth

SIDE = 192
FACE_MIN, FACE_MAX = 16, 230  # Longer side of a face, pixels.
HEADS = ("rendering", "photograph", "radiograph")
ON_SCREEN = 0.08  # Of the pictures with a face are one of several on a screen.
# A face of which less is left is neither demanded nor forbidden.
VISIBLE_MIN = 0.4  # Of its area.
CONTRAST_MIN = 9  # Of 255: how far its shades differ, fine noise aside.


@dataclass
class Sample:
    picture: np.ndarray  # uint8, SIDE x SIDE.
    boxes: np.ndarray  # float32, n x 4: left, top, right, bottom.
    demanded: np.ndarray  # bool, n.
    family: str
    facts: dict = field(default_factory=dict)


def placed(layers, scale, degrees, centre, side):
    """Layers (3, ...) scaled and turned about their face's centre, laid so that it comes to `centre`; with its bounds."""
    rows, columns = np.nonzero(layers[2] > 0.3)
    middle = np.array([(columns.min() + columns.max()) / 2, (rows.min() + rows.max()) / 2]) if len(rows) else \
        np.array(layers.shape[1:]) / 2
    while scale < 0.6:
        layers, scale, middle = halved(layers), scale * 2, (middle - 0.5) / 2
    a = np.radians(degrees)
    reach = scale * np.hypot(*layers.shape[1:])
    left, top = (max(0, int(c - reach)) for c in centre)
    right, bottom = (min(side, int(c + reach) + 1) for c in centre)
    x, y = np.meshgrid(np.arange(left, right) + 0.5 - centre[0], np.arange(top, bottom) + 0.5 - centre[1])
    across = (np.cos(a) * x + np.sin(a) * y) / scale + middle[0]
    down = (np.cos(a) * y - np.sin(a) * x) / scale + middle[1]
    out = np.zeros((3, side, side), np.float32)
    inside = (across > -1) & (down > -1) & (across < layers.shape[2]) & (down < layers.shape[1])
    if inside.any():
        part = out[:, top:bottom, left:right]
        part[:, inside] = sampled(layers, across[inside], down[inside])
    return out


def longer_side(layers):
    """Of the face in a view, in its pixels; 0 without."""
    rows, columns = np.nonzero(layers[2] > 0.3)
    return float(max(np.ptp(columns), np.ptp(rows)) + 1) if len(rows) else 0.0


def contrast(picture, face, length):
    """The standard deviation within a face, of shades over a sixteenth of its length."""
    rows, columns = np.nonzero(face > 0.3)
    part = (slice(rows.min(), rows.max() + 1), slice(columns.min(), columns.max() + 1))
    shades = blur(picture[part].astype(np.float32), length / 32)
    return float(shades[face[part] > 0.3].std())


def covered(random, picture, faces):
    """Every face under a plain box as Efface lays it: what is left of a head then is no face."""
    tone = random.choice([0.0, 0.0, 1.0, random.uniform(0, 1)])
    for face in faces:
        rows, columns = np.nonzero(face > 0.3)
        if len(rows) == 0:
            continue
        grown = random.uniform(1.3, 1.8) / 2
        x, y = (columns.min() + columns.max() + 1) / 2, (rows.min() + rows.max() + 1) / 2
        w, h = grown * (np.ptp(columns) + 1), grown * (np.ptp(rows) + 1)
        left, top = (int(max(0, low)) // 8 * 8 for low in (x - w, y - h))
        right, bottom = (-(-int(high) // 8) * 8 for high in (x + w, y + h))
        picture = picture.copy()
        picture[top:bottom, left:right] = tone
    return picture


class Composer:
    def __init__(self, library, side=SIDE):
        self.library, self.side = library, side

    def sample(self, seed, family=None):
        """Of a family where one is named (one of HEADS, a scene's name, 'body' or 'redacted'), else of any but the last."""
        random = np.random.default_rng([seed, 71])
        if family is None:
            draw = random.random()
            family = "rendering" if draw < 0.23 else "photograph" if draw < 0.49 else "radiograph" if draw < 0.60 else \
                "body" if draw < 0.68 else catalogue.any_name(random)
        if family in HEADS:
            return self._with_faces(random, family)
        if family == "redacted":
            return self._with_faces(random, _pick(random, HEADS), redacted=True)
        return self._without(random, family)

    def _lit(self, random, kind):
        shelf = self.library[kind]
        layers = shelf[int(random.integers(len(shelf)))]
        if kind == "radiograph":
            return shade.exposed(layers, random)
        return shade.lit(layers, random, kind != "photograph" and random.random() < 0.85)

    def _without(self, random, family):
        side = self.side
        if family == "body":
            picture = _pick(random, catalogue.BEHIND_RENDERING + catalogue.BEHIND_PHOTOGRAPH)(random, side)
            for _ in range(1 + int(random.random() < 0.2)):
                layers = self._lit(random, "body")
                layers[2] = 0
                scale, degrees = np.exp(random.uniform(np.log(0.3), np.log(3.5))), random.uniform(0, 360)
                shape = placed(layers, scale, degrees, random.uniform(0.2, 0.8, 2) * side, side)
                picture = picture * (1 - shape[1]) + shape[0] * shape[1]
        else:
            picture = catalogue.drawn(random, family, side)
        picture, _ = self._overlaid(random, picture, [], family)
        return self._finished(random, picture, [], [], family)

    def _with_faces(self, random, family, redacted=False):
        side = self.side
        behind = catalogue.BEHIND_PHOTOGRAPH if family == "photograph" else catalogue.BEHIND_RENDERING
        if family == "rendering" and random.random() < 0.15:
            behind = catalogue.AROUND_RENDERING
        picture = _pick(random, behind)(random, side).astype(np.float32)
        count = 1 if family != "photograph" or random.random() < 0.75 else int(random.integers(2, 6))
        longest = FACE_MAX if count == 1 else side / 2
        faces, whole, centres = [], [], []
        for _ in range(count):
            layers = self._lit(random, family)
            length = longer_side(layers)
            if length < 8:
                continue
            size = np.exp(random.uniform(np.log(FACE_MIN), np.log(longest)))
            centre = self._centre(random, size, centres)
            if centre is None:
                continue
            degrees = random.normal(0, 12) if random.random() < 0.4 else random.uniform(0, 360)
            if random.random() < 0.5:
                layers = layers[:, :, ::-1]
            shape = placed(layers, size / length, degrees, centre, side)
            cover, face = shape[1], shape[2] * shape[1]
            if family == "radiograph":  # X-rays add up: nothing is hidden.
                picture = picture * (1 - cover) + (shape[0] + random.uniform(0, 0.2) * picture) * cover
            else:
                picture = picture * (1 - cover) + shape[0] * cover
                faces = [other * (1 - cover) for other in faces]
            faces.append(face)
            whole.append(max(float((layers[2] * layers[1]).sum()) * (size / length) ** 2, 1.0))
            centres.append((*centre, size))
        if family == "radiograph" and random.random() < 0.35:
            picture = picture.max() - picture
        if random.random() < ON_SCREEN:
            picture, faces, whole = self._on_screen(random, picture, faces, whole)
        picture, faces = self._overlaid(random, picture, faces, family)
        if redacted:
            return self._finished(random, covered(random, picture, faces), [], [], "redacted")
        return self._finished(random, picture, faces, whole, family)

    def _on_screen(self, random, picture, faces, whole):
        """Half as large, a quarter of a screen that shows other pictures beside it."""
        half = self.side // 2
        out = catalogue.panels(random, self.side)
        place = tuple(slice(start, start + half) for start in random.choice([0, half], 2))
        out[place] = halved(picture[None].astype(np.float32))[0]
        small = []
        for face in faces:
            small.append(np.zeros_like(face))
            small[-1][place] = halved(face[None])[0]
        return out, small, [area / 4 for area in whole]

    def _centre(self, random, size, others):
        """Mostly inside, at times over an edge; not on another face."""
        for _ in range(8):
            margin = min(size * random.choice([0.5, 0.5, 0.2]), self.side / 2)
            centre = random.uniform(margin, self.side - margin + 1e-3, 2)
            if all(np.hypot(centre[0] - x, centre[1] - y) > 0.7 * (size + other) / 1.6 for x, y, other in others):
                return centre
        return None

    def _overlaid(self, random, picture, faces, family):
        """Drapes, tubes, holders, bars, letters: in front of everything."""
        side = self.side
        x, y = np.meshgrid(np.arange(side) + 0.5, np.arange(side) + 0.5)
        if random.random() < 0.18 and family != "radiograph":  # A drape or hand-held thing: all beyond a wavy line.
            a = random.uniform(0, 2 * np.pi)
            line = np.cos(a) * (x - side / 2) + np.sin(a) * (y - side / 2)
            over = line + 12 * smooth(random, side, side, 4) > random.uniform(0.0, 0.5) * side
            cloth = random.uniform(0.1, 0.9) * (1 + 0.3 * smooth(random, side, side, int(random.uniform(4, 16))))
            picture = np.where(over, cloth, picture)
            faces = [face * ~over for face in faces]
        for _ in range(int(random.integers(0, 4)) if random.random() < 0.3 else 0):  # Tubes, cables, holders.
            a, bend = random.uniform(0, 2 * np.pi), random.uniform(-0.006, 0.006)
            x0, y0 = random.uniform(0.2, 0.8, 2) * side
            along = np.cos(a) * (x - x0) + np.sin(a) * (y - y0)
            off = np.cos(a) * (y - y0) - np.sin(a) * (x - x0) - bend * along ** 2
            wide = random.uniform(0.8, 0.04 * side)
            rod = (1 - (off / wide) ** 2).clip(0)
            tone, clear = random.uniform(0.1, 1.1), random.uniform(0.3, 1)
            picture = np.where(rod > 0, picture * (1 - clear) + clear * tone * np.sqrt(rod), picture)
            faces = [face * (1 - clear * (rod > 0)) for face in faces]
        if random.random() < 0.06:  # A bar, as over eyes.
            x0, y0 = random.uniform(0.2, 0.8, 2) * side
            bar = (np.abs(x - x0) < random.uniform(8, 50)) & (np.abs(y - y0) < random.uniform(3, 16))
            picture = np.where(bar, random.choice([0.0, 1.0]), picture)
            faces = [face * ~bar for face in faces]
        if random.random() < 0.15:
            picture = scenes.lettering(random, picture.astype(np.float32))
        if random.random() < 0.15:  # Borders, as where the picture is narrower than the screen.
            edge = int(random.uniform(2, side * 0.3))
            tone = random.choice([0.0, 0.0, 1.0, 0.5])
            keep = np.ones((side, side), bool)
            for where in random.choice(4, int(random.integers(1, 3)), replace=False):
                np.rot90(keep, int(where))[:edge] = False
            picture = np.where(keep, picture, tone)
            faces = [face * keep for face in faces]
        return picture, faces

    def _finished(self, random, picture, faces, whole, family):
        picture = degrade.degraded(np.asarray(picture, np.float32), random)
        boxes, demanded = [], []
        for face, area in zip(faces, whole):
            rows, columns = np.nonzero(face > 0.3)
            if len(rows) < 12:
                continue
            boxes.append([columns.min(), rows.min(), columns.max() + 1, rows.max() + 1])
            length = max(np.ptp(columns), np.ptp(rows)) + 1
            enough = float(face.sum()) >= VISIBLE_MIN * area and length >= 12
            demanded.append(enough and contrast(picture, face, length) >= CONTRAST_MIN)
        return Sample(picture, np.array(boxes, np.float32).reshape(-1, 4), np.array(demanded, bool), family)


def _pick(random, options):
    return options[int(random.integers(len(options)))]
