"""Pictures of other things without a face: test charts, graphs, houses, fur, leaves, shaded solids, skin seen close by, and
several pictures on one screen. Scenes as in scenes.py."""

import numpy as np

from training.face.medical import oval
from training.noise import blur, fractal, smooth
from training.scenes import clouds, gradient, grid, lettering, plain, turned


def chart(random, side):
    """What monitors and scanners are tested with: grids, steps of grey, bars, wedges, rings, discs."""
    u = random.uniform
    x, y = grid(side)
    out = np.full((side, side), u(0, 1), np.float32)
    if random.random() < 0.6:
        pitch, wide = u(0.08, 0.4), u(0.008, 0.03)
        out = np.where((np.mod(x, pitch) < wide) | (np.mod(y, pitch) < wide), u(0, 1), out)
    for _ in range(int(u(2, 9))):
        x0, y0, w, h = u(-0.8, 0.8), u(-0.8, 0.8), u(0.08, 0.5), u(0.05, 0.4)
        px, py = (x - x0) / w, (y - y0) / h
        if random.random() < 0.5:
            px, py = py, px
        kind = int(random.integers(7))
        steps = int(u(2, 16))
        fill = (np.floor((px + 1) / 2 * steps) / steps, (px + 1) / 2, np.mod(np.floor((px + 1) * steps), 2),
                np.mod(np.floor((px + 1) * steps) + np.floor((py + 1) * steps), 2), np.sign(np.sin(np.exp(px * 2) * steps)),
                np.full_like(px, u(0, 1)), (np.sin(np.arctan2(py, px) * 2 * steps) > 0) * 1.0)[kind]
        inside = (np.abs(px) < 1) & (np.abs(py) < 1) if kind != 6 or random.random() < 0.3 else np.hypot(px, py) < 1
        out = np.where(inside, fill, out)
        if random.random() < 0.3:
            out = np.where(inside & (np.hypot(px, py) < u(0.2, 0.9)), u(0, 1), out)
    for _ in range(int(u(0, 6))):
        ring = np.hypot(x - random.choice([0, u(-0.8, 0.8)]), y - random.choice([0, u(-0.8, 0.8)]))
        out = np.where(np.abs(ring - u(0.03, 0.95)) < u(0.005, 0.03), u(0, 1), out)
    if random.random() < 0.3:  # Holes of a phantom.
        for i in range(int(u(4, 20))):
            out = np.where(np.hypot(x - u(-0.7, 0.7), y - u(-0.7, 0.7)) < u(0.02, 0.15), u(0, 1), out)
    return lettering(random, out.astype(np.float32)) if random.random() < 0.5 else out.astype(np.float32)


def graph(random, side):
    """Curves, traces and bars over paper, as reports and monitors show them."""
    u = random.uniform
    x, y = grid(side)
    paper, ink = (u(0.8, 1), u(0, 0.4)) if random.random() < 0.5 else (u(0, 0.2), u(0.5, 1))
    out = np.full((side, side), paper, np.float32)
    pitch = u(0.05, 0.25)
    out = np.where((np.mod(x, pitch) < 0.012) | (np.mod(y, pitch) < 0.012), paper + 0.25 * (ink - paper), out)
    for _ in range(int(u(1, 8))):
        wave = u(-0.8, 0.8) + u(0.02, 0.2) * np.sin(x * u(2, 40) + u(0, 6)) + u(0, 0.3) * np.exp(-((np.mod(x * u(1, 4), 0.6) - 0.3) / 0.03) ** 2)
        out = np.where(np.abs(y - wave) < u(0.006, 0.02), ink, out)
    if random.random() < 0.4:
        heights = random.uniform(0, 1, 12)[((x + 1) * 6).astype(int).clip(0, 11)]
        out = np.where((y > 0.8 - heights) & (y < 0.8) & (np.mod(x * 6, 1) < 0.7), u(0, 1), out)
    return lettering(random, out)


def house(random, side):
    """Fronts with rows of windows and doors, seen at an angle."""
    u = random.uniform
    x, y = grid(side)
    slope, lean = u(-0.4, 0.4), u(-0.25, 0.25)
    x, y = x * (1 + lean * y), y * (1 + slope * x) + slope * x * 0.3
    out = u(0.2, 0.9) + u(0, 0.1) * fractal(random, side, side, 20, 3)
    if random.random() < 0.4:
        rows = np.floor(y * u(10, 30))
        out = out - 0.1 * (np.mod(y * 20, 1) < 0.15) - 0.1 * (np.mod(x * 10 + 0.5 * np.mod(rows, 2), 1) < 0.08)
    across, down = u(1, 5), u(1, 5)
    px, py = np.mod(x * across + u(0, 1), 1) - 0.5, np.mod(y * down + u(0, 1), 1) - 0.5
    w, h = u(0.15, 0.4), u(0.15, 0.4)
    inside = (np.abs(px) < w) & (np.abs(py) < h) if random.random() < 0.75 else oval(px, py, 0, 0, w, h) < 1
    frame = (np.abs(px) < w + 0.06) & (np.abs(py) < h + 0.06)
    out = np.where(frame, u(0.2, 1), out)
    out = np.where(inside, u(0, 0.9) + 0.2 * smooth(random, side, side, 8), out)
    out = np.where(inside & ((np.abs(px) < 0.02) | (np.abs(py - u(-0.1, 0.1)) < 0.02)), u(0.2, 1), out)
    for _ in range(int(u(0, 3))):
        part = (np.abs(x - u(-0.8, 0.8)) < u(0.1, 0.3)) & (y > u(0, 0.7))
        out = np.where(part, u(0, 0.8), out)
    if random.random() < 0.5:
        out = np.where(y < u(-0.9, -0.2) + u(-0.6, 0.6) * np.abs(x), u(0.4, 1), out)
    return out.astype(np.float32)


def fur(random, side):
    """Hair, grass, feathers, bark: strokes along a field, stripes and patches in it."""
    u = random.uniform
    long, fine = u(2, 9), int(u(1, 3))
    angle = u(0, np.pi)
    field = random.standard_normal((side, side), np.float32)
    out = np.zeros_like(field)
    way = u(0.3, 1.5) * smooth(random, side, side, int(u(2, 6))) + angle
    rows, columns = np.mgrid[0:side, 0:side]
    for t in np.linspace(-long, long, 11):  # Smeared along the field.
        r = (rows + t * np.sin(way) * fine).astype(int).clip(0, side - 1)
        c = (columns + t * np.cos(way) * fine).astype(int).clip(0, side - 1)
        out += field[r, c]
    out = u(0.3, 0.7) + u(0.03, 0.15) * out / 3 + u(0, 0.3) * fractal(random, side, side, int(u(2, 8)), 3)
    if random.random() < 0.4:
        out = out - u(0.1, 0.4) * (np.sin(u(6, 30) * smooth(random, side, side, 4)) > 0.3)
    x, y = grid(side)
    for _ in range(int(u(0, 5)) if random.random() < 0.5 else 0):
        lump = oval(x, y, u(-0.9, 0.9), u(-0.9, 0.9), u(0.1, 0.7), u(0.1, 0.7), u(0, 180))
        out = np.where(lump < 1, out * u(0.5, 1.5) + u(-0.2, 0.2) * lump, out)
    return out.astype(np.float32)


def leaves(random, side):
    """Leaves with ribs, petals about a middle, scales, stones."""
    u = random.uniform
    x, y = grid(side)
    out = clouds(random, side) * u(0.3, 1)
    if random.random() < 0.35:
        cx, cy = u(-0.4, 0.4, 2)
        far, angle = np.hypot(x - cx, y - cy), np.arctan2(y - cy, x - cx)
        count = int(u(4, 30))
        edge = u(0.3, 0.9) * (u(0.5, 0.9) + 0.3 * np.abs(np.cos(count * angle / 2)))
        out = np.where(far < edge, u(0.3, 1) + u(-0.4, 0.4) * far + 0.1 * np.cos(count * angle), out)
        return np.where(far < u(0.05, 0.25), u(0, 1) + 0.2 * fractal(random, side, side, 40, 2), out).astype(np.float32)
    size, stone = u(0.08, 0.5), random.random() < 0.3
    for _ in range(int(u(5, 40))):
        x0, y0, a = u(-1, 1), u(-1, 1), u(0, np.pi)
        px, py = np.cos(a) * (x - x0) + np.sin(a) * (y - y0), np.cos(a) * (y - y0) - np.sin(a) * (x - x0)
        long, wide = size * u(0.6, 1.4), size * (u(0.5, 1) if stone else u(0.15, 0.5))
        bulge = (1 - (px / long) ** 2).clip(0)
        inside = np.abs(py) < wide * (np.sqrt(bulge) if stone else bulge)
        shade = u(0.1, 0.9) + u(-0.4, 0.4) * py / wide + u(0, 0.2) * bulge
        if not stone:
            shade = shade - u(0, 0.3) * (np.abs(py) < 0.01) - 0.1 * (np.mod(px + np.abs(py), 0.06) < 0.015)
        out = np.where(inside, shade, out)
    return out.astype(np.float32)


def solids(random, side):
    """Balls, cups, boxes, plates and rings on a table, lit from one side."""
    u = random.uniform
    x, y = grid(side)
    out = gradient(random, side) if random.random() < 0.5 else clouds(random, side)
    out = np.where(y > u(-0.3, 0.8), u(0.1, 0.9) + u(-0.2, 0.2) * y, out)
    lamp = np.array([u(-1, 1), u(-1, 0.3), u(0.4, 1)])
    lamp /= np.linalg.norm(lamp)
    for _ in range(int(u(1, 10))):
        x0, y0, w, h = u(-0.9, 0.9), u(-0.9, 0.9), u(0.07, 0.6), u(0.07, 0.6)
        a = u(0, 2 * np.pi)
        px = (np.cos(a) * (x - x0) + np.sin(a) * (y - y0)) / w
        py = (np.cos(a) * (y - y0) - np.sin(a) * (x - x0)) / h
        kind = int(random.integers(4))
        tone = u(0.1, 1)
        if kind == 0:  # A ball or egg.
            z = np.sqrt((1 - px ** 2 - py ** 2).clip(0))
            light = (lamp[0] * px + lamp[1] * py + lamp[2] * z).clip(0)
            out = np.where(z > 0, tone * (0.15 + 0.85 * light) + u(0, 0.6) * light ** 20, out)
        elif kind == 1:  # A can or arm, with bands.
            z = np.sqrt((1 - px ** 2).clip(0))
            light = tone * (0.2 + 0.8 * (lamp[0] * px + lamp[2] * z).clip(0)) * np.where(np.abs(py - u(-1, 1)) < u(0, 0.6), u(0.3, 1.3), 1)
            out = np.where((np.abs(px) < 1) & (np.abs(py) < 1), light, out)
            lid = oval(px, py, 0, -1, 1, u(0.1, 0.5))
            out = np.where(lid < 1, u(0, 1) if random.random() < 0.5 else tone * 0.5, out)
        elif kind == 2:
            out = np.where((np.abs(px) < 1) & (np.abs(py) < 1), tone + u(-0.3, 0.3) * px, out)
            out = np.where((px > 1) & (px < 1.3) & (np.abs(py + 0.5 * (px - 1)) < 1), tone * 0.6, out)
        else:
            ring, inner = np.hypot(px, py), u(0.2, 0.9)
            out = np.where(ring < 1, tone + 0.2 * lamp[0] * px, out)
            out = np.where(ring < inner, u(0, 1) + u(-0.2, 0.2) * py, out)
    return blur((out + u(0, 0.06) * fractal(random, side, side, 30, 3)).astype(np.float32), u(0, 0.8))


def close_skin(random, side):
    """Skin that fills the picture: creases, folds between parts, hairs, a mole, a navel, a wound with stitches, a ruler."""
    u = random.uniform
    x, y = turned(random, side)
    bend = smooth(random, side, side, int(u(2, 5)))
    out = u(0.35, 0.95) + u(-0.25, 0.25) * x + u(0.02, 0.2) * bend + u(0.01, 0.06) * fractal(random, side, side, int(u(20, 60)), 3)
    for _ in range(int(u(0, 6))):  # Folds: dark on one side, light on the other.
        line = y - u(-0.9, 0.9) - u(-0.5, 0.5) * x - u(0, 0.4) * bend
        wide = u(0.02, 0.3)
        out = out - u(0.05, 0.45) * np.exp(-np.abs(line) / wide) * (1 if random.random() < 0.5 else np.sign(line))
    for _ in range(int(u(0, 4))):  # Rounds: knuckles, nails, a breast, a navel.
        x0, y0, w, h = u(-0.7, 0.7), u(-0.7, 0.7), u(0.05, 0.6), u(0.05, 0.6)
        far = oval(x, y, x0, y0, w, h, u(0, 180))
        shade = (x - x0) / w * u(-0.2, 0.2) + (y - y0) / h * u(-0.2, 0.2)
        out = out + np.exp(-far ** 4) * (shade + u(-0.25, 0.2))
    for _ in range(int(u(0, 20)) if random.random() < 0.4 else 0):
        arc = np.hypot(x - u(-2, 2), y - u(-2, 2)) - u(0.5, 2.5)
        out = out - u(0.1, 0.4) * np.exp(-(arc / 0.006) ** 2) * (smooth(random, side, side, 3) > 0)
    for _ in range(int(u(0, 5))):
        edge = oval(x, y, u(-0.8, 0.8), u(-0.8, 0.8), u(0.01, 0.25), u(0.01, 0.25)) * (1 + 0.3 * smooth(random, side, side, 12))
        out = out + u(-0.5, 0.2) * (1 - edge).clip(0, 0.3) / 0.3
    if random.random() < 0.15:
        out = np.where(np.abs(y - u(-0.9, 0.9)) < 0.12, 0.95 - 0.8 * (np.mod(x, 0.1) < 0.015), out)
    return out.astype(np.float32)


def panels(random, side, scenes):
    """Two to nine pictures on one screen, of `scenes`, between bars and letters."""
    across, down = (int(n) for n in random.choice([1, 2, 2, 3], 2))
    if across * down == 1:
        across = 2
    out = plain(random, side)
    gap = int(random.integers(0, 5))
    same = scenes[int(random.integers(len(scenes)))] if random.random() < 0.6 else None
    for row in range(down):
        for column in range(across):
            top, bottom = side * row // down + gap, side * (row + 1) // down - gap
            left, right = side * column // across + gap, side * (column + 1) // across - gap
            scene = same or scenes[int(random.integers(len(scenes)))]
            part = scene(random, max(bottom - top, right - left))
            out[top:bottom, left:right] = part[:bottom - top, :right - left].clip(0, 1)
    if random.random() < 0.3:
        out[:int(side * random.uniform(0.02, 0.15))] = random.uniform(0, 1)
    return lettering(random, out) if random.random() < 0.6 else out
