"""Photographs of mesh heads whose outside and whose face follow from two numbers: heads of one family share skull, hair,
ears, neck, skin and clothes, and have eyes, brows, nose, mouth, cheeks and chin of their own. Light, pose and background
come with each picture."""

import zlib
from dataclasses import dataclass, replace

import beside  # noqa: F401
import numpy as np
from backdrops import backdrop
from mesh_head import Build, head_mesh
from paint import Paint
from portraits import View, _downsampled, _face_box, _lit, _Projection, _taken
from rasteriser import rasterise
from scored import LUMINANCE

SIDE, FACE = 224, 72
OF_FACE = ("chin", "brow", "nose", "nose_wide", "nose_low", "eyes", "lid", "cheek", "lip", "mouth", "mouth_low")


def rng_of(*parts):
    return np.random.default_rng([zlib.crc32(part.encode()) if isinstance(part, str) else part for part in parts])


@dataclass(frozen=True)
class Shot:
    """What a picture has besides its head; `number` draws light, background and grain."""

    yaw: float = 0.0
    pitch: float = 0.0
    roll: float = 0.0
    number: int = 0
    side: int = SIDE
    face: float = FACE


class Person:
    def __init__(self, seed, family, face):
        outside, inside = Build.drawn(rng_of(seed, "outside", family)), Build.drawn(rng_of(seed, "face", family, face))
        self.build = replace(outside, **{name: getattr(inside, name) for name in OF_FACE})
        self.mesh = head_mesh(rng_of(seed, "hair", family), self.build, hair=rng_of(seed, "bald", family).uniform() < .9, step=2.6)
        self.paint = Paint(rng_of(seed, "paint", family), self.build)
        other = Paint(rng_of(seed, "face paint", family, face), self.build)
        for name in ("iris", "brow", "make_up"):
            setattr(self.paint, name, getattr(other, name))
        self.paint.shut = False

    def photograph(self, shot):
        """(grey, uint16 of twelve bits; box of the face)."""
        view = View(shot.yaw, shot.pitch, shot.roll, shot.face, shot.side, shot.side, (.5, .5))
        finer = 2 if shot.face < 130 else 1
        projection = _Projection(view, finer)
        corners = projection.corners(self.mesh.points)
        fragments = rasterise(corners, self.mesh.triangles, projection.rows, projection.columns)
        # No darker than hair and cloth: a dark background counts as air, and holes before it are refused.
        linear = .25 + .75 * backdrop(rng_of("behind", shot.number), projection.rows, projection.columns)
        lit = _lit(rng_of("light", shot.number), self.mesh, fragments, projection, self.paint, self.mesh.kind)
        linear.reshape(-1, 3)[fragments.pixel] = lit
        linear = _downsampled(linear, finer)
        samples = _taken(rng_of("sensor", shot.number), linear)
        grey = np.rint(samples.astype(np.float32) @ LUMINANCE * (4095 / 255)).astype(np.uint16)
        return grey, _face_box(corners, self.mesh, fragments, view, finer)


def hole_of(box, side=SIDE):
    """As the node's mask of a face (mask_box_of_face): grown by a quarter to every side, rounded up, to a grid of 8 doubled until
    eight steps are as long as that."""
    x0, y0, x1, y1 = box
    across, down = -(-(x1 - x0) // 4), -(-(y1 - y0) // 4)
    step = 8
    while step * 8 < max(x1 - x0 + 2 * across, y1 - y0 + 2 * down):
        step *= 2

    def down_to(value):
        return int(value // step * step)
    low = max(0, down_to(x0 - across)), max(0, down_to(y0 - down))
    return (*low, min(side, down_to(x1 + across + step - 1)), min(side, down_to(y1 + down + step - 1)))
