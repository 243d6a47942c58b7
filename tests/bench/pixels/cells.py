"""What is scored: one row a cell. A cell is a function from a random generator to a picture with its truth, how many
pictures a full run takes, what is asked of the finders, and the seconds that one picture costs on an idle core."""

from dataclasses import dataclass
from typing import Callable

import numpy as np
from backdrops import CLINICAL, SCENES
from grounds import GROUNDS
from inscriptions import bare, inscribed
from pictures import Picture, blur, to_bytes
from portraits import View, photograph, rendering

FACES, TEXT = ("--faces",), ("--text",)
COVERS = ("glasses", "mask", "tube", "drape", "hand")


@dataclass(frozen=True)
class Cell:
    name: str
    kind: str  # face, no_face, text or no_text
    make: Callable
    count: int
    asks: tuple
    seconds: float


def _view(rng, yaw, roll, least):
    columns, rows = ((640, 640), (800, 600), (600, 800), (960, 720))[rng.integers(4)]
    # Even in the logarithm: as many faces from 48 to 96 pixels as from 192 to 384.
    face = float(np.exp(rng.uniform(np.log(least), np.log(.62 * min(columns, rows)))))
    room = .5 * face * 1.15
    at = tuple(rng.uniform(room / side, 1 - room / side) for side in (columns, rows))
    signed = rng.choice([-1, 1]) * rng.uniform(*yaw)
    return View(signed, rng.uniform(-18, 18), rng.uniform(*roll), face, columns, rows, at)


def _head(make, yaw, roll, covered=False):
    def one(rng):
        # A viewer fills its window with what it draws; in a photograph a face may be small.
        view = _view(rng, yaw, roll, 48 if make is photograph else 110)
        cover = COVERS[rng.integers(len(COVERS))] if covered else None
        picture = make(rng, view, cover) if make is photograph else make(rng, view)
        picture.facts.update(yaw=round(view.yaw), roll=round(view.roll), face=round(view.face), cover=cover or "")
        return picture
    return one


def _without(makers):
    def one(rng):
        columns, rows = ((640, 480), (600, 800), (960, 720))[rng.integers(3)]
        linear = makers[rng.integers(len(makers))](rng, rows, columns)
        tone = np.clip(blur(linear, rng.uniform(.3, 1.2)) * rng.uniform(.6, 1.3), 0, 1) ** (1 / 2.2)
        return Picture(to_bytes(255 * tone + rng.normal(0, rng.uniform(.5, 6), tone.shape)))
    return one


def _inscribed(ground):
    return lambda rng: inscribed(rng, ground)


def _bare(ground):
    return lambda rng: bare(rng, ground)


UPRIGHT, ANY = (-15, 15), (0, 360)
CELLS = (
    Cell("face_upright.frontal", "face", _head(photograph, (0, 25), UPRIGHT), 2000, FACES, 1.3),
    Cell("face_upright.turned", "face", _head(photograph, (25, 50), UPRIGHT), 2000, FACES, 1.3),
    Cell("face_upright.covered", "face", _head(photograph, (0, 35), UPRIGHT, True), 2000, FACES, 1.3),
    Cell("face_rotated.plain", "face", _head(photograph, (0, 45), ANY), 500, FACES, 1.3),
    Cell("face_rotated.covered", "face", _head(photograph, (0, 35), ANY, True), 500, FACES, 1.3),
    Cell("face_rendering.frontal", "face", _head(rendering, (0, 30), UPRIGHT), 500, FACES, 1.1),
    Cell("face_rendering.turned", "face", _head(rendering, (30, 75), UPRIGHT), 500, FACES, 1.1),
    Cell("face_rendering.rotated", "face", _head(rendering, (0, 60), ANY), 500, FACES, 1.1),
    Cell("no_face.scenes", "no_face", _without(SCENES), 500, FACES, 1.1),
    Cell("no_face.clinical", "no_face", _without(CLINICAL), 500, FACES, 1.1),
    *(Cell(f"text.{ground}", "text", _inscribed(ground), 620, TEXT, .8) for ground in GROUNDS),
    *(Cell(f"no_text.{ground}", "no_text", _bare(ground), 500, TEXT, .8) for ground in GROUNDS),
)
