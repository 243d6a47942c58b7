"""What the occlusion tuner draws over pictures: every kind of docs/occlusions.md, by ranges of its own."""

from dataclasses import dataclass

import numpy as np

KINDS = ("blur", "scribble", "band", "ellipse", "mosaic", "box")
CELLS_MIN = 6  # Cells across a mosaic's shorter side from which a face may be left; docs/occlusions.md.
SCALE = 4  # What is drawn smooth is drawn this many times as large first.


@dataclass
class Cover:
    box: tuple  # left, top, right, bottom
    verdict: str
    facts: dict


def area_of(rng, shape, target, least=40):
    """A box over `target`, or where there is none anywhere: left, top, right, bottom, whole pixels."""
    rows, columns = shape
    if target is None:
        w, h = rng.uniform(.12, .42, 2) * min(rows, columns)
        x, y = rng.uniform(w / 2, columns - w / 2), rng.uniform(h / 2, rows - h / 2)
    else:
        left, top, right, bottom = target
        w, h = (right - left) * rng.uniform(.75, 1.25), (bottom - top) * rng.uniform(.75, 1.25)
        x, y = (left + right) / 2 + rng.normal(0, .06) * w, (top + bottom) / 2 + rng.normal(0, .06) * h
        if rng.random() < .3:  # The eyes alone.
            y, h = top + .42 * (bottom - top), h * rng.uniform(.25, .4)
    w, h = max(w, least), max(h, least)
    left, top = int(np.clip(x - w / 2, 4, columns - least - 4)), int(np.clip(y - h / 2, 4, rows - least - 4))
    return left, top, int(min(left + w, columns - 4)), int(min(top + h, rows - 4))


def colour(rng):
    draw = rng.random()
    if draw < .35:
        return np.zeros(3)
    if draw < .5:
        return np.full(3, 255.)
    if draw < .7:
        return np.full(3, float(rng.integers(20, 236)))
    return rng.integers(0, 256, 3).astype(float)


def ink_mask(shape, smooth, draw):
    """0 to 1 of what `draw(image, scale)` draws."""
    from PIL import Image, ImageDraw

    scale = SCALE if smooth else 1
    image = Image.new("L", (shape[1] * scale, shape[0] * scale), 0)
    draw(ImageDraw.Draw(image), scale)
    if smooth:
        image = image.resize((shape[1], shape[0]), Image.Resampling.BOX)
    return np.asarray(image, np.float32) / 255


def bounds(mask):
    rows, columns = np.nonzero(mask > .5)
    return int(columns.min()), int(rows.min()), int(columns.max()) + 1, int(rows.max()) + 1


def mixed(picture, mask, value):
    return picture + mask[..., None] * (value - picture)


def round_mask(shape, box):
    left, top, right, bottom = box
    y, x = np.mgrid[0:shape[0], 0:shape[1]] + .5
    u, v = (2 * x - left - right) / (right - left), (2 * y - top - bottom) / (bottom - top)
    return u * u + v * v <= 1


def box_mask(shape, box):
    mask = np.zeros(shape, bool)
    mask[box[1]:box[3], box[0]:box[2]] = True
    return mask


def blurred(rng, picture, box):
    from PIL import Image, ImageFilter

    size = min(box[2] - box[0], box[3] - box[1])
    radius = float(np.clip(size * rng.uniform(.03, .16), 2.5, 24))
    boxed = rng.random() < .3
    image = Image.fromarray(np.clip(np.rint(picture), 0, 255).astype(np.uint8))
    soft = np.asarray(image.filter(ImageFilter.BoxBlur(radius) if boxed else ImageFilter.GaussianBlur(radius)), np.float32)
    is_round = rng.random() < .35
    mask = round_mask(picture.shape[:2], box) if is_round else box_mask(picture.shape[:2], box)
    return np.where(mask[..., None], soft, picture), Cover(box, "insufficient", {"radius": radius, "boxed": boxed, "round": is_round})


def mosaic(rng, picture, box):
    cell = int(np.exp(rng.uniform(np.log(4), np.log(64))))
    left, top, right, bottom = box
    cell = min(cell, (right - left) // 2, (bottom - top) // 2)
    rows, columns = picture.shape[:2]
    right, bottom = left + -(-(right - left) // cell) * cell, top + -(-(bottom - top) // cell) * cell
    right, bottom = min(right, columns), min(bottom, rows)
    out = picture.copy()
    for y in range(top, bottom, cell):
        for x in range(left, right, cell):
            part = out[y:min(y + cell, bottom), x:min(x + cell, right)]
            part[:] = np.rint(part.mean(axis=(0, 1))) if cell < 40 or rng.random() < .99 else part[len(part) // 2, 0]
    cells = min(right - left, bottom - top) / cell
    return out, Cover((left, top, right, bottom), "insufficient" if cells >= CELLS_MIN else "destroyed",
                      {"cell": cell, "cells": cells})


def band(rng, picture, box):
    strength, ink = rng.uniform(.3, .88), colour(rng)
    mask = strength * box_mask(picture.shape[:2], box).astype(np.float32)
    return mixed(picture, mask, ink), Cover(box, "insufficient", {"strength": strength, "ink": ink.tolist()})


def scribble(rng, picture, box):
    left, top, right, bottom = box
    width = float(rng.uniform(3, 13))
    turns = int(rng.integers(6, 15))
    t = np.linspace(0, 1, turns + 1)
    style = ("zigzag", "loops", "wild")[rng.integers(3)]
    if style == "zigzag":
        u, v = (np.arange(turns + 1) % 2).astype(float), t
        u, v = u + rng.normal(0, .06, turns + 1), v + rng.normal(0, .02, turns + 1)
    elif style == "loops":
        t = np.linspace(0, 1, 24 * turns)
        u, v = .5 + .5 * np.sin(2 * np.pi * turns / 2 * t), t + .5 / turns * np.cos(2 * np.pi * turns / 2 * t)
        u = u + .05 * np.sin(9 * t)
    else:
        u, v = rng.random((2, turns + 4))
    if rng.random() < .5:
        u, v = v, u
    x, y = left + np.clip(u, 0, 1) * (right - left), top + np.clip(v, 0, 1) * (bottom - top)
    smooth, ink = rng.random() < .6, colour(rng)

    def draw(pen, scale):
        points = [(float(a * scale), float(b * scale)) for a, b in zip(x, y)]
        pen.line(points, fill=255, width=max(1, round(width * scale)), joint="curve")

    mask = ink_mask(picture.shape[:2], smooth, draw)
    return mixed(picture, mask, ink), Cover(bounds(mask), "insufficient", {"width": width, "style": style, "smooth": smooth})


def ellipse(rng, picture, box):
    left, top, right, bottom = box
    degrees = float(rng.uniform(0, 180)) if rng.random() < .4 else 0.
    a, b, turn = (right - left) / 2, (bottom - top) / 2, np.radians(degrees)
    angle = np.linspace(0, 2 * np.pi, 200)
    u, v = a * np.cos(angle), b * np.sin(angle)
    x = (left + right) / 2 + u * np.cos(turn) - v * np.sin(turn)
    y = (top + bottom) / 2 + u * np.sin(turn) + v * np.cos(turn)
    smooth, ink = rng.random() < .6, colour(rng)
    mask = ink_mask(picture.shape[:2], smooth, lambda pen, scale: pen.polygon(
        [(float(p * scale), float(q * scale)) for p, q in zip(x, y)], fill=255))
    return mixed(picture, mask, ink), Cover(bounds(mask), "destroyed", {"degrees": degrees, "smooth": smooth, "ink": ink.tolist()})


def box(rng, picture, area):
    left, top, right, bottom = area
    degrees = float(rng.uniform(-30, 30)) if rng.random() < .35 else 0.
    turn = np.radians(degrees)
    corners = [(-1, -1), (1, -1), (1, 1), (-1, 1)]
    middle = (left + right) / 2, (top + bottom) / 2
    points = [(middle[0] + p * (right - left) / 2 * np.cos(turn) - q * (bottom - top) / 2 * np.sin(turn),
               middle[1] + p * (right - left) / 2 * np.sin(turn) + q * (bottom - top) / 2 * np.cos(turn)) for p, q in corners]
    smooth, ink = degrees != 0 and rng.random() < .6, colour(rng)
    mask = ink_mask(picture.shape[:2], smooth, lambda pen, scale: pen.polygon(
        [(float(x * scale), float(y * scale)) for x, y in points], fill=255))
    return mixed(picture, mask, ink), Cover(bounds(mask), "destroyed", {"degrees": degrees, "ink": ink.tolist()})


DRAWN = {"blur": blurred, "scribble": scribble, "band": band, "ellipse": ellipse, "mosaic": mosaic, "box": box}
