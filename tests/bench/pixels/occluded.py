"""Pictures in which somebody covered something before, one cell a kind, and pictures in which nobody did.

Over a face of portraits.py, or over a part of a ground where there is something to cover: a box or an ellipse of one
value, a mosaic, a blur, a translucent band, a scribble. One in five went through JPEG afterwards. The truth is the box
around what was covered, and whether what is left of it is enough to see what was there.
"""

import io

import numpy as np
from cells import UPRIGHT, Cell, _bare, _head, _without
from backdrops import CLINICAL, SCENES
from grounds import GROUNDS
from pictures import Picture, blur, draw_line, to_bytes
from portraits import photograph, rendering

ASKS = ("--occlusions",)
DESTROYED, INSUFFICIENT, EITHER = "destroyed", "insufficient", ""
# Cells across the shorter side of a mosaic: fewer than docs/occlusions.md's limit destroy; close to it either will do.
MOSAIC_CELLS_FEW, MOSAIC_CELLS_MANY = 5.0, 8.0
JPEG_SHARE = .2
_PORTRAIT, _RENDERING = _head(photograph, (0, 40), UPRIGHT), _head(rendering, (0, 40), UPRIGHT)
_COVERED_GROUNDS = ("ct", "radiograph", "endoscopy", "ultrasound")


def _scene(rng):
    """Samples as float, and the box to cover."""
    which = rng.uniform()
    if which < .75:
        picture = (_PORTRAIT if which < .6 else _RENDERING)(rng)
        x0, y0, x1, y1 = picture.faces[0]
        grow = rng.uniform(.9, 1.2)
        cx, cy, w, h = (x0 + x1) / 2, (y0 + y1) / 2, (x1 - x0) * grow, (y1 - y0) * grow
        samples = picture.samples
    else:
        samples = to_bytes(GROUNDS[_COVERED_GROUNDS[rng.integers(len(_COVERED_GROUNDS))]](rng))
        cx, cy, w, h = _busy_place(rng, samples)
    rows, columns = samples.shape[:2]
    box = (int(max(0, cx - w / 2)), int(max(0, cy - h / 2)), int(min(columns, cx + w / 2)), int(min(rows, cy + h / 2)))
    return samples.astype(np.float32), box


def _busy_place(rng, samples):
    """Where most of twelve tries differs most from one value."""
    grey = samples if samples.ndim == 2 else samples.mean(axis=2)
    rows, columns = grey.shape
    best, place = -1.0, None
    for _ in range(12):
        w, h = rng.uniform(.15, .45) * columns, rng.uniform(.15, .45) * rows
        cx, cy = rng.uniform(w / 2, columns - w / 2), rng.uniform(h / 2, rows - h / 2)
        part = grey[int(cy - h / 2):int(cy + h / 2), int(cx - w / 2):int(cx + w / 2)]
        if part.std() > best:
            best, place = part.std(), (cx, cy, w, h)
    return place


def _colour(rng, samples):
    value = (0, 0, 0, 255, 128, float(rng.integers(256)))[rng.integers(6)]
    if samples.ndim == 2:
        return value
    return np.array([value] * 3 if rng.uniform() < .7 else rng.integers(0, 256, 3), np.float32)


def _visible_colour(rng, samples, inside):
    """One that hardly any sample under it has: black on a black ground covers nothing and cannot be seen."""
    under = samples[inside].reshape(inside.sum(), -1)
    for _ in range(20):
        colour = _colour(rng, samples)
        if (np.abs(under - colour).max(axis=1) < 16).mean() < .04:
            break
    return colour


def _inside(shape, box, oval, tilt=0.0):
    x0, y0, x1, y1 = box
    y, x = np.mgrid[0:shape[0], 0:shape[1]] + .5
    u, v = x - (x0 + x1) / 2, y - (y0 + y1) / 2
    u, v = u * np.cos(tilt) + v * np.sin(tilt), v * np.cos(tilt) - u * np.sin(tilt)
    a, b = (x1 - x0) / 2, (y1 - y0) / 2
    return (u / a) ** 2 + (v / b) ** 2 < 1 if oval else (np.abs(u) < a) & (np.abs(v) < b)


def _box(rng, samples, box):
    tilt = np.radians(rng.uniform(-40, 40)) if rng.uniform() < .25 else 0.0
    inside = _inside(samples.shape, box, False, tilt)
    samples[inside] = _visible_colour(rng, samples, inside)
    return DESTROYED


def _ellipse(rng, samples, box):
    inside = _inside(samples.shape, box, True)
    samples[inside] = _visible_colour(rng, samples, inside)
    return DESTROYED


def _mosaic(rng, samples, box):
    x0, y0, x1, y1 = box
    shorter = min(x1 - x0, y1 - y0)
    cell = int(np.exp(rng.uniform(np.log(4), np.log(min(64, shorter / 3)))))
    part = samples[y0:y1, x0:x1]
    for top in range(0, part.shape[0], cell):
        for left in range(0, part.shape[1], cell):
            one = part[top:top + cell, left:left + cell]
            one[...] = np.rint(one.mean(axis=(0, 1)))
    across = shorter / cell
    return DESTROYED if across < MOSAIC_CELLS_FEW else INSUFFICIENT if across > MOSAIC_CELLS_MANY else EITHER


def _blur(rng, samples, box):
    inside = _inside(samples.shape, box, rng.uniform() < .5)
    soft = blur(samples, rng.uniform(.02, .09) * min(box[2] - box[0], box[3] - box[1]) + 1.5)
    samples[inside] = soft[inside]
    return INSUFFICIENT


def _band(rng, samples, box):
    x0, y0, x1, y1 = box
    if rng.uniform() < .5:
        # Over the eyes alone.
        y0, y1 = int(y0 + .2 * (y1 - y0)), int(y0 + .55 * (y1 - y0))
    share = rng.uniform(.35, .85)
    part = samples[y0:y1, x0:x1]
    part += (_colour(rng, samples) - part) * share
    box[:] = [x0, y0, x1, y1]
    return INSUFFICIENT


def _scribble(rng, samples, box):
    x0, y0, x1, y1 = box
    turns = int(rng.integers(5, 12))
    across = np.where(np.arange(turns) % 2 == 0, x0 + 3, x1 - 3) + rng.uniform(-.08, .08, turns) * (x1 - x0)
    points = np.stack([np.clip(across, x0 + 3, x1 - 3), np.linspace(y0 + 3, y1 - 3, turns)], axis=1)
    width = float(np.clip(rng.uniform(.012, .035) * (y1 - y0), 2, 9))
    line = np.zeros((*samples.shape[:2], 1), np.float32)
    draw_line(line, points, width, (1,))
    inside = line[:, :, 0] > .5
    samples[inside] = _visible_colour(rng, samples, inside)
    rows, columns = np.nonzero(inside)
    box[:] = [int(columns.min()), int(rows.min()), int(columns.max()) + 1, int(rows.max()) + 1]
    return INSUFFICIENT


def _as_jpeg(rng, samples):
    from PIL import Image

    out = io.BytesIO()
    Image.fromarray(samples).save(out, "JPEG", quality=int(rng.integers(75, 96)))
    return np.asarray(Image.open(out))


KINDS = {"box": _box, "ellipse": _ellipse, "mosaic": _mosaic, "blur": _blur, "band": _band, "scribble": _scribble}


def _occluded(kind):
    def one(rng):
        samples, box = _scene(rng)
        box = list(box)
        verdict = KINDS[kind](rng, samples, box)
        samples = to_bytes(samples)
        through_jpeg = bool(rng.uniform() < JPEG_SHARE)
        if through_jpeg:
            samples = _as_jpeg(rng, samples)
        return Picture(samples, facts={"kind": kind, "box": box, "verdict": verdict, "jpeg": through_jpeg})
    return one


OCCLUSION_CELLS = (
    *(Cell(f"occlusion.{kind}", "occlusion", _occluded(kind), 500, ASKS, .5) for kind in KINDS),
    Cell("no_occlusion.portraits", "no_occlusion", _PORTRAIT, 500, ASKS, .5),
    Cell("no_occlusion.renderings", "no_occlusion", _RENDERING, 500, ASKS, .5),
    Cell("no_occlusion.scenes", "no_occlusion", _without(SCENES), 500, ASKS, .5),
    Cell("no_occlusion.clinical", "no_occlusion", _without(CLINICAL), 500, ASKS, .5),
    *(Cell(f"no_occlusion.{ground}", "no_occlusion", _bare(ground), 500, ASKS, .5) for ground in GROUNDS),
)
