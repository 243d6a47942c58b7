"""What stands behind a head, and pictures in which there is none: rooms, things on a table, gardens, facades, wards.

Linear RGB of float32, (rows, columns, 3).
"""

import numpy as np
from pictures import blur, cloud, draw_line


def backdrop(rng, rows, columns):
    make = (_studio, _blurred_things, _foliage, _tiles, _curtain)[rng.integers(5)]
    return make(rng, rows, columns).astype(np.float32)


def _studio(rng, rows, columns):
    y, x = np.mgrid[0:rows, 0:columns]
    middle = np.hypot((x / columns - rng.uniform(.2, .8)), (y / rows - rng.uniform(.1, .7)))
    return rng.uniform(.02, .9) * rng.uniform(.8, 1.2, 3) * np.clip(1.15 - middle * rng.uniform(.2, 1.1), .02, None)[:, :, None]


def _blurred_things(rng, rows, columns):
    small = np.ones((rows // 4 + 1, columns // 4 + 1, 3)) * rng.uniform(.05, .7, 3)
    y, x = np.mgrid[0:small.shape[0], 0:small.shape[1]]
    for _ in range(rng.integers(5, 22)):
        cy, cx, r = rng.uniform(0, small.shape[0]), rng.uniform(0, small.shape[1]), rng.uniform(.03, .25) * small.shape[0]
        round_one = rng.uniform() < .5
        inside = np.hypot(x - cx, y - cy) < r if round_one else (np.abs(x - cx) < r) & (np.abs(y - cy) < r * rng.uniform(.3, 3))
        small[inside] = rng.uniform(.01, 1, 3) ** 1.6
    small = blur(small, rng.uniform(1, 6))
    return small.repeat(4, axis=0).repeat(4, axis=1)[:rows, :columns]


def _foliage(rng, rows, columns):
    a, b = cloud(rng, rows, columns, 40, 5), cloud(rng, rows, columns, 160, 3)
    light = np.clip(.25 + .16 * a + .12 * b, .01, 1.2)[:, :, None]
    return light * np.array([.55, .8, .25]) * rng.uniform(.6, 1.4, 3)


def _tiles(rng, rows, columns):
    y, x = np.mgrid[0:rows, 0:columns]
    h, w = rng.integers(20, 110), rng.integers(20, 160)
    shift = (y // h % 2) * (w // 2) * rng.integers(0, 2)
    joint = ((y % h) < 3) | (((x + shift) % w) < 3)
    tone = rng.uniform(.1, .8, 3) * (1 + .1 * cloud(rng, rows, columns, 14, 3))[:, :, None]
    each = rng.uniform(.75, 1.2, 997)[(y // h * 31 + (x + shift) // w * 7) % 997]
    return np.where(joint[:, :, None], tone * rng.uniform(.4, 1.5), tone * each[:, :, None])


def _curtain(rng, rows, columns):
    x = np.arange(columns)[None] + 6 * cloud(rng, rows, columns, 200, 2)
    folds = sum(np.sin(x * rng.uniform(.01, .12) + rng.uniform(0, 6)) for _ in range(4)) / 4
    return rng.uniform(.05, .7, 3) * (.75 + .3 * folds)[:, :, None]


# --- pictures without a face -----------------------------------------------------------------------------------------


def still_life(rng, rows, columns):
    """Balls, boxes and bottles on a table before one of the backdrops."""
    picture = backdrop(rng, rows, columns)
    y, x = np.mgrid[0:rows, 0:columns].astype(np.float32)
    edge = int(rows * rng.uniform(.5, .75))
    wood = .35 + .08 * np.sin(y[edge:] * .9 + 9 * cloud(rng, rows - edge, columns, 240, 2)) + .03 * cloud(rng, rows - edge, columns, 6, 2)
    picture[edge:] = wood[:, :, None] * np.array([1, .7, .45]) * rng.uniform(.5, 1.5)
    light = np.array([rng.uniform(-.7, .7), -.7, .7])
    light /= np.linalg.norm(light)
    for _ in range(rng.integers(3, 9)):
        colour = rng.uniform(.03, .9, 3)
        cx, r = rng.uniform(0, columns), rng.uniform(.05, .17) * rows
        foot = rng.uniform(edge, rows * .95)
        if rng.uniform() < .45:
            u, v = (x - cx) / r, (y - foot + r) / r
            inside = u * u + v * v < 1
            n = np.stack([u, v, np.sqrt(np.clip(1 - u * u - v * v, 0, 1))], -1)
        else:
            tall = rng.uniform(1, 4) * r
            neck = np.where(y < foot - tall * .7, rng.uniform(.25, 1), 1)
            u = (x - cx) / (r * neck)
            inside = (np.abs(u) < 1) & (y < foot) & (y > foot - tall)
            n = np.stack([u, 0 * u, np.sqrt(np.clip(1 - u * u, 0, 1))], -1)
        shade = .2 + .8 * np.clip(n @ light, 0, 1) + .5 * np.clip(n @ light, 0, 1) ** 30
        picture[inside] = (colour[None] * shade[inside][:, None])
    return picture


def garden(rng, rows, columns):
    picture = _foliage(rng, rows, columns)
    horizon = int(rows * rng.uniform(.2, .6))
    sky = np.linspace(1, .7, horizon)[:, None, None] * np.array([.45, .62, .95]) + .12 * cloud(rng, horizon, columns, 120, 4)[:, :, None].clip(0, 3)
    picture[:horizon] = sky
    for _ in range(rng.integers(0, 60)):
        cx, cy, r = rng.uniform(0, columns), rng.uniform(horizon, rows), rng.uniform(3, 22)
        petal = rng.uniform(.1, 1, 3)
        for k in range(5):
            angle = k * 1.2566
            end = (cx + r * np.cos(angle), cy + r * np.sin(angle))
            draw_line(picture, np.array([(cx, cy), end]), r * .6, petal)
        draw_line(picture, np.array([(cx, cy), (cx + .1, cy)]), r * .5, (.8, .65, .1))
    return picture


def facade(rng, rows, columns):
    picture = _tiles(rng, rows, columns)
    h, w = rng.integers(40, 120), rng.integers(30, 90)
    for y in range(rng.integers(5, 40), rows - h, int(h * rng.uniform(1.3, 2))):
        for x in range(rng.integers(5, 40), columns - w, int(w * rng.uniform(1.4, 2.4))):
            glass = rng.uniform(.02, .5) * np.array([.8, .9, 1])
            picture[y:y + h, x:x + w] = .8
            picture[y + 4:y + h - 4, x + 4:x + w - 4] = glass * np.linspace(1.3, .6, h - 8)[:, None, None]
            picture[y + h // 2:y + h // 2 + 3, x:x + w] = .8
    return picture


def wound(rng, rows, columns):
    """Skin close by with a reddened patch, moles and a ruler without figures."""
    base = np.array([(.75, .52, .42), (.55, .35, .25), (.28, .16, .10)][rng.integers(3)])
    relief = cloud(rng, rows, columns, 220, 3) * .10 + cloud(rng, rows, columns, 9, 2) * .035
    picture = base * (1 + relief)[:, :, None]
    y, x = np.mgrid[0:rows, 0:columns]
    for _ in range(rng.integers(1, 4)):
        cy, cx, r = rng.uniform(.2, .8) * rows, rng.uniform(.2, .8) * columns, rng.uniform(.06, .25) * rows
        away = np.hypot((x - cx) / rng.uniform(.7, 1.6), y - cy) / r + .25 * cloud(rng, rows, columns, 60, 3)
        amount = np.clip(1.3 - away, 0, 1)[:, :, None]
        picture = picture + (np.array([.45, .07, .06]) * (1 + .3 * cloud(rng, rows, columns, 12, 3))[:, :, None] - picture) * amount
    for _ in range(rng.integers(0, 14)):
        cy, cx, r = rng.uniform(0, rows), rng.uniform(0, columns), rng.uniform(2, 9)
        picture *= 1 - .6 * np.clip(1.2 - np.hypot(x - cx, y - cy) / r, 0, 1)[:, :, None]
    if rng.uniform() < .6:
        top = int(rng.uniform(.75, .92) * rows)
        picture[top:top + 30] = .85
        for k in range(0, columns, 9):
            picture[top:top + (18 if k % 45 == 0 else 9), k:k + 2] = .05
    return np.asarray(picture, np.float32)


def cavity(rng, rows, columns):
    """What an endoscope sees: a dark lumen, folds, wet highlights, a round stop."""
    y, x = np.mgrid[0:rows, 0:columns]
    cx, cy = columns * rng.uniform(.35, .65), rows * rng.uniform(.35, .65)
    away = np.hypot(x - cx, y - cy) / rows + .05 * cloud(rng, rows, columns, 140, 3)
    folds = .5 + .5 * np.sin(away * rng.uniform(18, 45) + cloud(rng, rows, columns, 180, 2))
    light = np.clip(away * 2.2, .02, 1) * (.55 + .45 * folds)
    vessels = np.clip(np.abs(cloud(rng, rows, columns, 50, 3)), 0, .25) * 4
    picture = light[:, :, None] * np.array([.8, .32, .22]) * (.75 + .25 * vessels)[:, :, None]
    picture += (np.clip(cloud(rng, rows, columns, 26, 2) - 2.3, 0, 1) * 3)[:, :, None]
    stop = np.hypot(x - columns / 2, y - rows / 2) > rows * rng.uniform(.46, .62)
    picture[stop] = 0
    return np.asarray(picture, np.float32)


SCENES = (still_life, garden, facade, _blurred_things, _curtain)
CLINICAL = (wound, cavity)
