"""Anatomy-like grounds without a letter on them, for burned-in text: CT, radiograph, ultrasound, endoscopy, banner.

8 bits, grey or RGB, as float32 arrays of 0..255.
"""

import numpy as np
from backdrops import cavity
from pictures import blur, cloud, enlarged

SIZES = ((480, 640), (512, 512), (576, 720), (600, 800))


def _shape(rng):
    return SIZES[rng.integers(len(SIZES))]


def ct(rng):
    """A slice through a trunk: fat, muscle, organs with blurred borders, a spine, air; a table below; quantum noise."""
    rows, columns = 512, 512
    y, x = np.mgrid[0:rows, 0:columns].astype(np.float32)
    cx, cy = 256 + rng.uniform(-15, 15), 250 + rng.uniform(-15, 15)
    wide, high = rng.uniform(170, 235), rng.uniform(120, 175)
    angle = np.arctan2(y - cy, x - cx)
    edge = 1 + sum(rng.uniform(-.03, .03) * np.cos(k * angle + rng.uniform(0, 6)) for k in range(2, 6))
    away = np.hypot((x - cx) / wide, (y - cy) / high) / edge
    picture = np.where(away < 1, 62.0, 2.0)
    picture = np.where(away < rng.uniform(.82, .94), 105 + 6 * cloud(rng, rows, columns, 30, 3), picture)
    for _ in range(rng.integers(4, 10)):
        ox, oy = cx + rng.uniform(-.6, .6) * wide, cy + rng.uniform(-.6, .5) * high
        r = rng.uniform(14, 70)
        blob = np.hypot((x - ox) / rng.uniform(.6, 1.7), y - oy) / r + .18 * cloud(rng, rows, columns, 70, 2)
        level = rng.choice([20, 70, 118, 130, 145, 165])
        picture = np.where((blob < 1) & (away < .8), level + 4 * cloud(rng, rows, columns, 12, 2), picture)
    spine = np.hypot((x - cx) / 1.2, y - cy - .62 * high)
    picture = np.where(spine < 26, 190 + 25 * cloud(rng, rows, columns, 8, 2), np.where(spine < 30, 235, picture))
    for k in range(rng.integers(5, 11)):
        a = rng.uniform(0, 2 * np.pi)
        rib = np.hypot((x - cx - .84 * wide * np.cos(a)) / 2, y - cy - .84 * high * np.sin(a))
        picture = np.where(rib < rng.uniform(4, 8), 225, picture)
    table = np.abs(y - cy - high * 1.12 - 12 + ((x - cx) / 60) ** 2) < 2
    picture = np.where(table, 90, blur(picture, .8))
    return picture + rng.normal(0, rng.uniform(2, 9), picture.shape)


def radiograph(rng):
    """A chest from the front: lungs, ribs as arcs, mediastinum, diaphragm; sometimes inverted or collimated."""
    rows, columns = 640, 560
    y, x = np.mgrid[0:rows, 0:columns].astype(np.float32)
    u, v = (x - columns / 2) / columns * 2, y / rows
    body = np.clip(1.25 - np.abs(u) ** 3 * rng.uniform(.7, 1.1), 0, 1)
    picture = 165 * body
    for side in (-1, 1):
        lung = np.hypot((u - side * .45) / .36, (v - .42) / .36)
        lung = lung + .05 * cloud(rng, rows, columns, 90, 2)
        picture -= 105 * np.clip((1.05 - lung) * 6, 0, 1)
    for k in range(10):
        for side in (-1, 1):
            middle = .08 + k * .075 + .16 * (np.abs(u) - .2) ** 2 + .12 * np.abs(u) * (k / 10)
            rib = np.exp(-((v - middle) / .011) ** 2) * (np.sign(u) == side) * (np.abs(u) > .1) * (np.abs(u) < .86)
            picture += rng.uniform(14, 30) * rib
    heart = np.hypot((u - .12) / .3, (v - .6) / .2)
    picture += 80 * np.clip((1 - heart) * 5, 0, 1)
    picture += 60 * np.exp(-(u / .09) ** 2) * (1 + .25 * np.sign(np.sin(v * 70)))
    dome = v - (.78 - .08 * np.cos(u * 4))
    picture += 90 * np.clip(dome * 14, 0, 1)
    picture += 5 * cloud(rng, rows, columns, 14, 4)
    picture = blur(picture, 1.2) + rng.normal(0, rng.uniform(1.5, 6), picture.shape)
    if rng.uniform() < .3:
        picture = 255 - picture
    if rng.uniform() < .4:
        left, top = rng.integers(8, 60, 2)
        picture[:top], picture[-top:], picture[:, :left], picture[:, -left:] = 3, 3, 3, 3
    return picture


def ultrasound(rng):
    """A curved or straight array's echo: gamma distributed multiplicative noise on the beams, brought to the screen."""
    rows, columns = _shape(rng)
    depth_count, beam_count = 300, 160
    tissue = 90 + 45 * enlarged(rng.standard_normal((14, 10)).astype(np.float32), depth_count, beam_count, 26)
    for _ in range(rng.integers(1, 5)):
        d, b = np.mgrid[0:depth_count, 0:beam_count]
        hole = np.hypot((d - rng.uniform(40, 280)) / rng.uniform(10, 40), (b - rng.uniform(10, 150)) / rng.uniform(6, 28))
        tissue = np.where(hole < 1, rng.choice([6, 12, 170]), tissue)
    gain = np.linspace(1.1, rng.uniform(.45, 1), depth_count)[:, None]
    grain = blur(rng.gamma(rng.uniform(1.1, 2.2), 1, (depth_count, beam_count)), rng.uniform(.6, 1.1))
    field = np.clip(tissue * gain, 0, None) * (grain / grain.mean()) ** .75
    y, x = np.mgrid[0:rows, 0:columns].astype(np.float32)
    if rng.uniform() < .35:
        margin = columns * rng.uniform(.12, .25)
        beam, depth = (x - margin) / (columns - 2 * margin), (y - rows * .1) / (rows * .82)
    else:
        apex = rng.uniform(.3, 1.2) * -rows * .4
        span = rng.uniform(.45, .85)
        radius, angle = np.hypot(x - columns / 2, y - rows * .08 - apex + 20), np.arctan2(x - columns / 2, y - rows * .08 - apex + 20)
        near = -apex + 20
        beam, depth = angle / span / 2 + .5, (radius - near) / (rows * .8)
    inside = (beam > 0) & (beam < 1) & (depth > 0) & (depth < 1)
    d, b = (np.clip(value * (count - 1), 0, count - 1.001) for value, count in ((depth, depth_count), (beam, beam_count)))
    di, bi = d.astype(int), b.astype(int)
    fd, fb = d - di, b - bi
    shown = ((field[di, bi] * (1 - fb) + field[di, bi + 1] * fb) * (1 - fd)
             + (field[di + 1, bi] * (1 - fb) + field[di + 1, bi + 1] * fb) * fd)
    return np.where(inside, np.clip(shown, 0, 250), rng.choice([0, 0, 14])).astype(np.float32)


def endoscopy(rng):
    rows, columns = _shape(rng)
    linear = cavity(rng, rows, columns)
    return 255 * np.clip(linear * rng.uniform(.8, 1.6), 0, 1) ** (1 / 2.2) + rng.normal(0, 2.5, linear.shape)


def banner(rng):
    """What a workstation frames pictures with: flat or shaded bars, rules, a plain box; grey or in colour."""
    rows, columns = _shape(rng)
    base = rng.choice([0, 0, 20, 60, 128, 200, 240])
    picture = np.full((rows, columns, 3), base, np.float32) * rng.uniform(.8, 1.05, 3) + rng.uniform(0, 8)
    at = 0
    while at < rows:
        height = int(rng.uniform(30, 140))
        bar = picture[at:at + height]
        bar += rng.uniform(-30, 60) * rng.uniform(.5, 1, 3) + np.linspace(0, rng.uniform(-25, 25), len(bar))[:, None, None]
        if rng.uniform() < .3:
            picture[at:at + 2] = 255 - picture[at:at + 2]
        at += height
    if rng.uniform() < .4:
        picture = np.repeat(picture.mean(axis=2, keepdims=True), 3, axis=2)
    return picture + rng.normal(0, rng.choice([0, 0, 2]), picture.shape)


GROUNDS = {"ct": ct, "radiograph": radiograph, "ultrasound": ultrasound, "endoscopy": endoscopy, "banner": banner}
