"""Pictures without a face, and what stands behind those with one. Each is float32 (side, side), 0 black to 1 white, of a
random generator alone. More of them in training/face/, whose
catalogue.py lists all."""

import numpy as np

from training.noise import blur, fractal, smooth


def grid(side):
    at = (np.arange(side, dtype=np.float32) + 0.5) / side * 2 - 1
    return np.meshgrid(at, at)


def turned(random, side):
    """Coordinates about a random centre, turned by a random angle."""
    x, y = grid(side)
    x, y = x - random.uniform(-0.5, 0.5), y - random.uniform(-0.5, 0.5)
    a = random.uniform(0, 2 * np.pi)
    return np.cos(a) * x + np.sin(a) * y, np.cos(a) * y - np.sin(a) * x


def plain(random, side):
    level = 0.0 if random.random() < 0.5 else random.uniform(0, 1)
    return np.full((side, side), level, np.float32)


def gradient(random, side):
    x, y = turned(random, side)
    return (random.uniform(0, 1) + random.uniform(-0.6, 0.6) * y).astype(np.float32)


def clouds(random, side):
    field = fractal(random, side, side, int(random.uniform(2, 30)), int(random.uniform(1, 6)), random.uniform(0.4, 0.8))
    return random.uniform(0.2, 0.8) + random.uniform(0.1, 0.6) * field


def noise(random, side):
    field = random.normal(0, random.uniform(0.05, 0.4), (side, side)).astype(np.float32)
    return random.uniform(0, 1) + blur(field, random.uniform(0, 2))


def room(random, side):
    """Walls, panels, furniture: flat quadrilaterals with edges, some lamps."""
    out = gradient(random, side) * 0.5 + random.uniform(0, 0.4)
    for _ in range(int(random.uniform(3, 25))):
        x, y = turned(random, side) if random.random() < 0.4 else grid(side)
        x0, y0 = random.uniform(-1, 1, 2)
        w, h = random.uniform(0.05, 0.9, 2) ** 1.5
        inside = (np.abs(x - x0) < w) & (np.abs(y - y0) < h)
        shade = random.uniform(0, 1) + random.uniform(-0.3, 0.3) * x
        if random.random() < 0.2:
            shade = shade + 0.3 * np.sign(np.sin(x * random.uniform(10, 80)))
        out = np.where(inside, shade, out)
    for _ in range(int(random.uniform(0, 4))):
        x, y = grid(side)
        x0, y0 = random.uniform(-1, 1, 2)
        size = random.uniform(0.02, 0.4)
        out = out + random.uniform(-0.6, 0.8) * np.exp(-((x - x0) ** 2 + (y - y0) ** 2) / size ** 2)
    return out.astype(np.float32) + random.uniform(0, 0.1) * fractal(random, side, side, 12, 4)


def skin(random, side):
    """A patch of skin: pores, folds, marks, a wound."""
    x, y = turned(random, side)
    out = random.uniform(0.3, 0.8) + random.uniform(-0.2, 0.2) * x + 0.12 * fractal(random, side, side, int(random.uniform(3, 20)), 5)
    for _ in range(int(random.uniform(0, 12))):
        x0, y0 = random.uniform(-1, 1, 2)
        size = random.uniform(0.01, 0.35)
        edge = np.hypot(x - x0, (y - y0) * random.uniform(0.6, 1.6)) / size + 0.3 * fractal(random, side, side, 8, 2)
        out = out + random.uniform(-0.5, 0.3) * (edge < 1)
    return out.astype(np.float32)


def slice_like(random, side):
    """Rounds within a round, as a CT or MR slice of a trunk, a limb or a skull from above."""
    x, y = turned(random, side)
    wobble = 1 + random.uniform(0, 0.12) * smooth(random, side, side, int(random.uniform(3, 7)))
    far = np.hypot(x / random.uniform(0.6, 1), y / random.uniform(0.5, 0.9)) * wobble
    size = random.uniform(0.4, 1.1)
    out = np.where(far < size, random.uniform(0.2, 0.6), random.uniform(0, 0.05))
    if random.random() < 0.7:
        ring = random.uniform(0.75, 0.95)
        out = np.where((far < size * ring) & (far > size * (ring - random.uniform(0.03, 0.15))), random.uniform(0.5, 1), out)
        out = np.where(far < size * (ring - 0.15), random.uniform(0.2, 0.6) + 0.2 * fractal(random, side, side, 8, 4), out)
    for _ in range(int(random.uniform(1, 14))):
        x0, y0 = random.uniform(-0.6, 0.6, 2)
        w, h = random.uniform(0.03, 0.35, 2)
        inside = (((x - x0) / w) ** 2 + ((y - y0) / h) ** 2 < wobble) & (far < size * 0.9)
        out = np.where(inside, random.uniform(0, 1), out)
    out = blur(out.astype(np.float32), random.uniform(0.4, 2))
    return (out + random.uniform(0, 0.08) * random.normal(0, 1, (side, side))).astype(np.float32)


def echo(random, side):
    """A fan of speckle between dark borders, a scale, some letters."""
    x, y = grid(side)
    top = random.uniform(-1.6, -0.9)
    x = x - random.uniform(-0.3, 0.3)
    far, angle = np.hypot(x, y - top), np.arctan2(x, y - top)
    inside = (np.abs(angle) < random.uniform(0.4, 0.9)) & (far > random.uniform(0.05, 0.5)) & (far < random.uniform(1.4, 2.2))
    speckle = np.abs(blur(random.normal(0, 1, (side, side)).astype(np.float32), random.uniform(0.5, 1.5))) * 1.2
    tissue = (0.4 + 0.5 * fractal(random, side, side, int(random.uniform(3, 9)), 3)).clip(0)
    for _ in range(int(random.uniform(0, 5))):
        x0, y0 = random.uniform(-0.5, 0.5, 2)
        hole = ((x - x0) / random.uniform(0.05, 0.4)) ** 2 + ((y - y0) / random.uniform(0.05, 0.4)) ** 2 < 1
        tissue = np.where(hole, random.choice([0.02, 0.9]), tissue)
    out = np.where(inside, speckle * tissue, 0).astype(np.float32)
    return lettering(random, out) if random.random() < 0.7 else out


def scope(random, side):
    """Mucosa with folds towards a dark lumen, wet highlights, a round or cornered field."""
    x, y = turned(random, side)
    far = np.hypot(x, y * random.uniform(0.8, 1.3)) + 0.15 * smooth(random, side, side, 5)
    out = (far * random.uniform(0.4, 0.9)).clip(0, 0.9) + 0.08 * np.sin(far * random.uniform(6, 25) + 3 * smooth(random, side, side, 4))
    out = out + 0.08 * fractal(random, side, side, 16, 4)
    bright = fractal(random, side, side, int(random.uniform(8, 25)), 3) > random.uniform(0.5, 0.9)
    out = np.where(bright, 1.0, out)
    x, y = grid(side)
    field = np.hypot(x, y) < random.uniform(0.8, 1.5)
    return np.where(field, out, random.uniform(0, 0.05)).astype(np.float32)


def lettering(random, ground=None, side=None):
    """Lines of made-up letters: upright and round strokes in cells, on `ground` or on plain."""
    out = np.full((side, side), random.uniform(0, 1), np.float32) if ground is None else ground.copy()
    side = len(out)
    for _ in range(int(random.uniform(1, 12 if ground is None else 4))):
        size = int(random.uniform(5, 20))
        top, left = int(random.uniform(0, side - size)), int(random.uniform(-10, side * 0.7))
        ink = random.uniform(0, 1)
        at = left
        for _ in range(int(random.uniform(3, 24))):
            wide = max(3, int(size * random.uniform(0.4, 0.8)))
            if at >= side:
                break
            cell = random.random((4, 3)) < 0.55
            letter = np.kron(cell, np.ones((max(1, size // 4), max(1, wide // 3)), bool))
            for row in range(letter.shape[0]):
                part = letter[row, max(0, -at):max(0, min(letter.shape[1], side - at))]
                if len(part) and top + row < side:
                    line = out[top + row, max(at, 0):max(at, 0) + len(part)]
                    line[part] = ink
            at += wide + (2 if random.random() < 0.85 else size)
    return out


def screen(random, side):
    out = lettering(random, None, side)
    if random.random() < 0.5:
        part = room(random, side)
        x, y = grid(side)
        out = np.where(x > random.uniform(-0.5, 0.6), part, out)
    return lettering(random, out)


def film(random, side):
    """A radiograph of limbs, joints or a chest: how long rays are in rods, bright cores in softer sleeves."""
    x, y = turned(random, side)
    loss = np.zeros((side, side), np.float32)
    for _ in range(int(random.uniform(1, 9))):
        ax, ay, bx, by = random.uniform(-1.2, 1.2, 4)
        length = max((bx - ax) ** 2 + (by - ay) ** 2, 1e-3)
        part = (((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / length).clip(0, 1)
        off = np.hypot(x - ax - part * (bx - ax), y - ay - part * (by - ay))
        size = random.uniform(0.1, 0.6)
        loss += random.uniform(0.3, 1) * np.sqrt((size ** 2 - off ** 2).clip(0))
        bone = size * random.uniform(0.2, 0.6)
        knob = 1 + random.uniform(0, 1.2) * np.abs(part - 0.5) ** 2 * 4
        loss += random.uniform(0.5, 2) * np.sqrt(((bone * knob) ** 2 - off ** 2).clip(0))
        loss -= random.uniform(0, 0.8) * np.sqrt(((bone * knob * 0.6) ** 2 - off ** 2).clip(0))
    if random.random() < 0.3:
        for _ in range(int(random.uniform(4, 12))):  # Ribs.
            arc = np.abs(np.hypot(x, (y - random.uniform(-1.2, 1.2)) * 1.8) - random.uniform(0.4, 0.9))
            loss += 0.3 * (arc < 0.04)
    loss = loss * (1 + 0.15 * fractal(random, side, side, 12, 4))
    return (1 - np.exp(-loss * random.uniform(0.6, 3))).astype(np.float32) * random.uniform(0.5, 1)


def coins(random, side):
    """Rounds, rings and pairs of dots: buttons, lamps, dishes, sockets; what eyes alone would look like."""
    out = clouds(random, side) if random.random() < 0.5 else gradient(random, side)
    x, y = grid(side)
    for _ in range(int(random.uniform(2, 30))):
        x0, y0 = random.uniform(-1, 1, 2)
        size = random.uniform(0.03, 0.35)
        far = np.hypot(x - x0, (y - y0) * random.uniform(0.7, 1.4)) / size
        shade = random.uniform(0, 1) + random.uniform(-0.3, 0.3) * (x - x0) / size
        out = np.where(far < 1, shade, out)
        if random.random() < 0.5:
            out = np.where(far < random.uniform(0.2, 0.8), random.uniform(0, 1), out)
    if random.random() < 0.4:
        for _ in range(int(random.uniform(1, 6))):
            x0, y0 = random.uniform(-0.8, 0.8, 2)
            apart, size = random.uniform(0.08, 0.3), random.uniform(0.02, 0.07)
            for side_of in (-1, 1):
                out = np.where(np.hypot(x - x0 - side_of * apart, y - y0) < size, random.choice([0.05, 0.95]), out)
    return out.astype(np.float32)


def weave(random, side):
    """Stripes, cloth, bricks, gratings, leaves of a kind."""
    x, y = turned(random, side)
    bend = random.uniform(0, 1) * smooth(random, side, side, int(random.uniform(2, 8)))
    a, b = random.uniform(4, 70, 2)
    out = np.sin(a * (x + 0.3 * bend)) * (np.sin(b * (y + 0.3 * bend)) if random.random() < 0.7 else 1)
    if random.random() < 0.5:
        out = np.sign(out) * random.uniform(0.3, 1)
    return (0.5 + random.uniform(0.1, 0.5) * out + 0.1 * fractal(random, side, side, 10, 4)).astype(np.float32)


def cells(random, side):
    """Nuclei under a microscope, spots on a scintigram, a fundus with its vessels."""
    out = 0.5 + 0.3 * fractal(random, side, side, int(random.uniform(6, 30)), 4)
    x, y = grid(side)
    for _ in range(int(random.uniform(10, 60))):
        x0, y0 = random.uniform(-1, 1, 2)
        out = out + random.uniform(-0.5, 0.4) * np.exp(-((x - x0) ** 2 + (y - y0) ** 2) / random.uniform(0.01, 0.08) ** 2)
    if random.random() < 0.4:
        for _ in range(int(random.uniform(2, 8))):
            wave = random.uniform(-0.8, 0.8) + 0.4 * np.sin(x * random.uniform(1, 4) + random.uniform(0, 6))
            out = out - 0.3 * (np.abs(y - wave) < random.uniform(0.01, 0.04))
        out = np.where(np.hypot(x, y) < random.uniform(0.8, 1.2), out, 0)
    return out.astype(np.float32)
