"""Radiographs and projections of trunks without a head: chest, pelvis, spine, breast, whole-body scans. Scenes as in
scenes.py; x to the right, y down."""

import numpy as np

from training.face.medical import oval
from training.noise import blur, fractal, smooth
from training.scenes import grid, lettering, turned


def _rod(x, y, a, b, size):
    """How long a ray is in a rod from a to b."""
    along = np.array(b) - np.array(a)
    part = (((x - a[0]) * along[0] + (y - a[1]) * along[1]) / max((along ** 2).sum(), 1e-6)).clip(0, 1)
    off = np.hypot(x - a[0] - part * along[0], y - a[1] - part * along[1])
    return np.sqrt((1 - (off / size) ** 2).clip(0))


def _shown(random, loss, side):
    u = random.uniform
    loss = blur(loss.astype(np.float32), u(0.3, 2)) * (1 + u(0, 0.12) * fractal(random, side, side, int(u(8, 30)), 3))
    out = 1 - np.exp(-loss.clip(0) * u(0.6, 1.8))
    if random.random() < 0.3:
        out = out + u(0.5, 2) * (out - blur(out.astype(np.float32), u(3, 9)))
    out = out * u(0.6, 1.1) + u(0, 0.1) + u(0, 0.06) * random.standard_normal((side, side), np.float32)
    if random.random() < 0.25:
        out = out.max() - out
    return lettering(random, out.astype(np.float32)) if random.random() < 0.3 else out.astype(np.float32)


def chest(random, side):
    u = random.uniform
    x, y = turned(random, side) if random.random() < 0.3 else grid(side)
    x, y = x * u(0.7, 1.6), y * u(0.7, 1.6)
    loss = u(0.6, 1.2) * (oval(x, y, 0, 0.2, u(0.9, 1.2), u(1.1, 1.5)) < 1) + 0.2 * smooth(random, side, side, 4)
    for s in (-1, 1):
        lung = oval(x, y, s * u(0.42, 0.5), u(-0.1, 0.05), u(0.28, 0.4), u(0.55, 0.75), s * u(0, 12))
        loss = loss - u(0.4, 0.75) * (1 - lung ** 4).clip(0)
        loss = loss + 0.3 * _rod(x, y, (s * 0.1, -0.72), (s * u(0.7, 0.9), u(-0.9, -0.72)), 0.06)  # Clavicle.
        for i in range(int(u(5, 10))):
            arc = oval(x, y, s * 0.4, -0.55 + 0.16 * i + 0.25, u(0.45, 0.55), u(0.3, 0.4), s * u(5, 20))
            loss = loss + u(0.06, 0.2) * (np.abs(arc - 1) < u(0.05, 0.1)) * (y < -0.3 + 0.16 * i)
    loss = loss + u(0.3, 0.8) * (oval(x, y, u(0.0, 0.2), u(0.25, 0.4), u(0.25, 0.4), u(0.25, 0.4), 30) < 1)  # Heart.
    loss = loss + u(0.2, 0.6) * (np.abs(x) < u(0.07, 0.12)) * (0.85 + 0.15 * np.sin(y * 40))
    loss = loss + u(0.3, 0.9) * (oval(x, y, 0, 1.2, 1.1, u(0.6, 0.75)) < 1)  # Belly.
    return _shown(random, loss, side)


def pelvis(random, side):
    """Wings, two holes, two hips; or a row of vertebrae."""
    u = random.uniform
    x, y = turned(random, side) if random.random() < 0.3 else grid(side)
    x, y = x * u(0.8, 1.6), y * u(0.8, 1.6)
    loss = u(0.3, 0.9) * (oval(x, y, 0, 0, 1.1, 1.3) < 1) + u(0, 0.3) * smooth(random, side, side, 4)
    bone = u(0.4, 1.1)
    if random.random() < 0.6:
        for s in (-1, 1):
            wing = oval(x, y, s * u(0.45, 0.55), -0.3, u(0.25, 0.35), u(0.35, 0.5), s * u(-40, -15))
            loss = loss + bone * ((wing < 1) * 0.6 + (np.abs(wing - 0.95) < 0.08) * 0.5)
            ring = oval(x, y, s * u(0.22, 0.3), u(0.4, 0.5), u(0.15, 0.2), u(0.12, 0.18), s * 30)
            loss = loss + bone * np.exp(-((ring - 1) / 0.25) ** 2)
            hip = (s * u(0.65, 0.75), u(0.15, 0.25))
            loss = loss + bone * (oval(x, y, *hip, 0.15, 0.15) < 1)
            loss = loss + bone * _rod(x, y, hip, (s * 0.9, 0.45), 0.1) + bone * _rod(x, y, (s * 0.9, 0.4), (s * 0.8, 1.6), 0.13)
    pitch = u(0.2, 0.35)
    spine = np.abs(x - u(-0.1, 0.1) - 0.1 * smooth(random, side, side, 3))
    part = np.mod(y, pitch) / pitch
    wide = u(0.12, 0.22)
    low = u(-0.1, 1.5)
    body = (spine < wide) & (part > 0.15) & (y < low)
    loss = loss + bone * body * (0.5 + (np.abs(part - 0.55) > 0.35) * 0.4)
    for s in (-1, 1):
        loss = loss + 0.5 * bone * (np.hypot(x - s * wide * 0.6, (part - 0.4) * pitch) < 0.035) * (y < low)  # Pedicles.
    return _shown(random, loss, side)


def breast(random, side):
    u = random.uniform
    x, y = grid(side)
    if random.random() < 0.5:
        x = -x
    far = oval(x, y, -1, u(-0.2, 0.2), u(0.6, 1.6), u(0.5, 1.0)) * (1 + u(0, 0.08) * smooth(random, side, side, 4))
    inside = (1 - far ** 3).clip(0) ** 0.4
    glands = fractal(random, side, side, int(u(4, 16)), 5).clip(0) * (1 - oval(x, y, u(-0.7, -0.2), 0, 0.6, 0.6)).clip(0)
    out = inside * u(0.2, 0.5) + glands * u(0.3, 1.2)
    if random.random() < 0.6:
        out = out + u(0.2, 0.5) * (x + 1 + u(0.2, 0.8) * (y + 0.5) < 0)
    for _ in range(int(u(0, 5))):
        out = out + u(0.1, 0.5) * np.exp(-(oval(x, y, u(-0.9, 0), u(-0.5, 0.5), u(0.02, 0.15), u(0.02, 0.15))) ** 4)
    out = out + u(0, 0.04) * random.standard_normal((side, side), np.float32)
    return lettering(random, out.astype(np.float32)) if random.random() < 0.4 else out.astype(np.float32)


def scan(random, side):
    """A whole-body scan or a projection of the brightest: a soft figure with hot spots, dark or light ground."""
    u = random.uniform
    x, y = turned(random, side)
    x, y = x * u(0.6, 1.6), y * u(0.6, 1.6)
    out = np.zeros((side, side), np.float32)
    for a, b, size in (((0, -0.5), (0, 0.3), 0.28), ((-0.15, 0.3), (-0.2, 1.2), 0.13), ((0.15, 0.3), (0.2, 1.2), 0.13),
                       ((-0.3, -0.55), (-0.45, 0.3), 0.08), ((0.3, -0.55), (0.45, 0.3), 0.08), ((0, -0.85), (0, -0.75), 0.13)):
        out += u(0.1, 0.5) * _rod(x, y, a, b, size * u(0.8, 1.2))
    for _ in range(int(u(2, 14))):
        size = u(0.02, 0.16)
        out += u(0.1, 1.2) * np.exp(-((x - u(-0.4, 0.4)) ** 2 + (y - u(-0.8, 0.9)) ** 2) / size ** 2)
    out = blur(out, u(0.5, 4)) + u(0, 0.1) * np.abs(random.standard_normal((side, side), np.float32))
    if random.random() < 0.5:
        out = 1 - out
    return out
