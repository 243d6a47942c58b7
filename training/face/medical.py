"""Pictures of medicine without a face: ultrasound, slices of trunk, limbs and skull, radiographs of the trunk, skin seen
close by, endoscopy, nuclei, what a whole-body scan shows. Scenes as in scenes.py."""

import numpy as np

from training.noise import blur, fractal, smooth
from training.scenes import grid, lettering, turned


def oval(x, y, x0, y0, w, h, degrees=0.0):
    """1 on the border of an ellipse, less within."""
    a = np.radians(degrees)
    across, down = x - x0, y - y0
    return np.hypot((np.cos(a) * across + np.sin(a) * down) / w, (np.cos(a) * down - np.sin(a) * across) / h)


def speckle(random, side, fine, far=None):
    """Positive, mean about 1; smeared sideways."""
    field = random.standard_normal((2, side, side), np.float32)
    smeared = [blur(one, fine) for one in field]
    if random.random() < 0.6:
        smeared = [one + np.roll(one, 1, 1) + np.roll(one, -1, 1) for one in smeared]
    out = np.hypot(*smeared)
    return out / max(float(out.mean()), 1e-6)


def heart(random, side):
    """A sector with chambers, bright walls and valves, flow as grey, a trace below, a scale beside."""
    u = random.uniform
    x, y = grid(side)
    turn = random.choice([0, 0, 0, 1])
    cx, top = u(-0.2, 0.2), u(-1.15, -0.7)
    px, py = (x - cx, y - top) if not turn else (x - cx, -y - top)
    far, angle = np.hypot(px, py), np.arctan2(px, py)
    deepest, wide = u(1.3, 2.2), u(0.45, 0.85)
    inside = (np.abs(angle) < wide) & (far > u(0.0, 0.15)) & (far < deepest)
    tissue = (u(0.15, 0.5) + u(0.1, 0.4) * fractal(random, side, side, int(u(3, 9)), 3)).clip(0.01)
    wobble = 1 + u(0, 0.25) * smooth(random, side, side, int(u(4, 9)))
    middle = top + deepest * u(0.4, 0.6)
    for _ in range(int(u(1, 6))):  # Chambers.
        hole = oval(x, y, cx + u(-0.4, 0.4), middle + u(-0.5, 0.5), u(0.08, 0.3), u(0.1, 0.45), u(-40, 40)) * wobble
        tissue = np.where(hole < 1, u(0, 0.06), np.where(hole < 1 + u(0.05, 0.4), tissue + u(0.1, 0.5), tissue))
    for _ in range(int(u(0, 5))):  # Valves and septa: thin bright lines.
        arc = oval(x, y, cx + u(-0.5, 0.5), middle + u(-0.5, 0.5), u(0.1, 0.7), u(0.1, 0.7))
        tissue = tissue + u(0.3, 0.9) * np.exp(-((arc - 1) / u(0.02, 0.08)) ** 2) * (smooth(random, side, side, 4) > 0)
    out = speckle(random, side, u(0.5, 1.6)) * tissue * u(0.6, 1.3) * (1 - u(0, 0.4) * far / deepest)
    if random.random() < 0.35:  # Flow.
        patch = (np.abs(angle - u(-0.2, 0.2)) < u(0.1, 0.3)) & (np.abs(far - deepest / 2) < u(0.15, 0.5))
        flow = u(0.2, 0.8) + 0.4 * fractal(random, side, side, int(u(5, 20)), 3)
        out = np.where(patch & (fractal(random, side, side, 6, 3) > u(-0.3, 0.3)), flow, out)
    out = np.where(inside, out, u(0, 0.03)).astype(np.float32)
    return _labelled(random, out, x, y)


def _labelled(random, out, x, y):
    """Grey ramp, trace, ticks and letters, as an ultrasound machine draws about its picture."""
    u = random.uniform
    if random.random() < 0.4:
        where = random.choice([-1, 1]) * u(0.85, 0.97)
        ramp = (np.abs(x - where) < 0.025) & (np.abs(y - u(-0.5, 0.2)) < 0.35)
        out = np.where(ramp, (0.5 - y).clip(0, 1), out)
    if random.random() < 0.4:
        beat = 0.1 * np.exp(-((np.mod(x * u(1, 3), 0.5) - 0.2) / 0.02) ** 2) + 0.02 * np.sin(x * 20)
        out = np.where(np.abs(y - u(0.75, 0.92) + beat) < 0.008, u(0.5, 1), out)
    if random.random() < 0.4:
        ticks = (np.mod(y, 0.1) < 0.012) & (np.abs(x - u(-0.9, 0.9)) < 0.02)
        out = np.where(ticks, 0.8, out)
    out = out.astype(np.float32)
    return lettering(random, out) if random.random() < 0.6 else out


def layers(random, side):
    """A linear or curved array over skin, fat, muscle, cysts, vessels; or the layers of a retina in depth."""
    u = random.uniform
    x, y = grid(side)
    y = y + u(-0.3, 0.3) * x ** 2 * (random.random() < 0.5) + u(0, 0.1) * smooth(random, side, side, int(u(2, 6)))
    tissue = np.full((side, side), u(0.1, 0.5), np.float32)
    for _ in range(int(u(2, 10))):
        at, thick = u(-0.9, 0.9), u(0.01, 0.3)
        tissue = np.where(np.abs(y - at - u(-0.15, 0.15) * x) < thick, u(0.05, 0.9), tissue)
    tissue = tissue * (1 + u(0, 0.6) * fractal(random, side, side, int(u(5, 25)), 3))
    for _ in range(int(u(0, 5))):
        x0, y0, w, h = u(-0.8, 0.8), u(-0.6, 0.7), u(0.05, 0.35), u(0.05, 0.3)
        hole = oval(x, y, x0, y0, w, h, u(-20, 20)) * (1 + u(0, 0.2) * smooth(random, side, side, 8))
        below = (np.abs(x - x0) < w * 0.8) & (y > y0)
        tissue = np.where(below, tissue * u(0.2, 1.8), tissue)
        tissue = np.where(hole < 1, u(0, 0.15) if random.random() < 0.7 else u(0.2, 0.6), tissue)
        tissue = tissue + u(0, 0.5) * np.exp(-((hole - 1) / 0.1) ** 2)
    out = blur(tissue.astype(np.float32), u(0.3, 2)) * speckle(random, side, u(0.4, 1.3))
    x, y = grid(side)
    out = np.where((np.abs(x) < u(0.6, 1.1)) & (np.abs(y) < u(0.7, 1.1)), out * u(0.7, 1.4), 0).astype(np.float32)
    return _labelled(random, out, x, y)


def trunk_slice(random, side):
    """Across a chest or a belly: skin, fat, muscle, lungs or bowel, heart, spine, ribs, a table below."""
    u = random.uniform
    x, y = grid(side)
    wobble = 1 + u(0, 0.08) * smooth(random, side, side, 5)
    cx, cy, w, h = u(-0.1, 0.1), u(-0.1, 0.1), u(0.6, 1.0), u(0.4, 0.75)
    far = oval(x, y, cx, cy, w, h) * wobble
    out = np.where(far < 1, u(0.15, 0.45), u(0, 0.03))
    inner = u(0.75, 0.93)
    out = np.where(far < inner, u(0.3, 0.65) + u(0, 0.15) * fractal(random, side, side, 10, 3), out)
    if random.random() < 0.55:
        for s in (-1, 1):  # Lungs.
            lung = oval(x, y, cx + s * w * u(0.38, 0.5), cy + u(-0.05, 0.05), w * u(0.25, 0.38), h * u(0.5, 0.7), s * u(-20, 20)) * wobble
            out = np.where((lung < 1) & (far < inner * 0.95), u(0.02, 0.2) + 0.15 * (fractal(random, side, side, 24, 3) > 0.6), out)
        out = np.where(oval(x, y, cx + u(-0.1, 0.2), cy - h * 0.15, w * u(0.2, 0.32), h * u(0.25, 0.4), u(-40, 40)) < 1, u(0.4, 0.8), out)
    else:
        for _ in range(int(u(3, 12))):
            part = oval(x, y, cx + w * u(-0.6, 0.6), cy + h * u(-0.6, 0.5), w * u(0.08, 0.4), h * u(0.1, 0.4), u(-90, 90)) * wobble
            out = np.where((part < 1) & (far < inner * 0.95), u(0.05, 0.9), out)
    bone = u(0.6, 1.0)
    below = cy + h * u(0.5, 0.65)
    out = np.where(oval(x, y, cx, below, 0.11, 0.09) < 1, bone, out)
    out = np.where(oval(x, y, cx, below + 0.15, 0.05, 0.12) < 1, bone * 0.9, out)
    out = np.where(oval(x, y, cx, below + 0.09, 0.04, 0.04) < 1, 0.35, out)
    for degrees in np.linspace(0, 360, int(u(6, 20)), endpoint=False) if random.random() < 0.6 else ():
        a = np.radians(degrees + u(-5, 5))
        out = np.where(oval(x, y, cx + np.cos(a) * w * inner, cy + np.sin(a) * h * inner, 0.07, 0.025, degrees + 90) < 1, bone, out)
    if random.random() < 0.5:
        out = np.maximum(out, u(0.1, 0.4) * (np.abs(y - cy - h - 0.06 - u(-0.2, 0.1) * (x - cx) ** 2) < 0.02))
    return _windowed(random, out, side)


def limb_slice(random, side):
    """Across thighs, calves, arms or necks: rounds of muscle about rings of bone."""
    u = random.uniform
    x, y = turned(random, side)
    out = np.full((side, side), u(0, 0.04), np.float32)
    pair = random.random() < 0.6
    w, h = u(0.25, 0.45) * (1 if pair else 1.6), u(0.25, 0.45) * (1 if pair else 1.6)
    bright = u(0.3, 0.7)
    for s in (-1, 1) if pair else (0,):
        cx, cy = s * u(0.45, 0.55), u(-0.05, 0.05)
        far = oval(x, y, cx, cy, w, h) * (1 + 0.08 * smooth(random, side, side, 5))
        out = np.where(far < 1, u(0.1, 0.95), out)
        out = np.where(far < u(0.7, 0.92), bright + 0.1 * fractal(random, side, side, 14, 3), out)
        for _ in range(int(u(0, 6))):
            seam = np.abs(np.cos(a := u(0, 3.14)) * (x - cx) + np.sin(a) * (y - cy) - u(-0.2, 0.2))
            out = np.where((seam < 0.008) & (far < 0.7), u(0.1, 0.9), out)
        for _ in range(int(u(1, 3))):
            size = u(0.05, 0.16)
            ring = oval(x, y, cx + u(-0.12, 0.12), cy + u(-0.12, 0.12), size, size * u(0.7, 1.3))
            out = np.where(ring < 1, u(0.7, 1) if random.random() < 0.6 else 0.03, out)
            out = np.where(ring < u(0.4, 0.8), u(0.2, 0.9), out)
    return _windowed(random, out, side)


def skull_slice(random, side):
    """Across or along a skull without its profile: scalp, bone, brain with folds, ventricles, globes of the eyes."""
    u = random.uniform
    x, y = turned(random, side)
    w, h = u(0.5, 0.75), u(0.6, 0.9)
    far = oval(x, y, 0, 0, w, h) * (1 + 0.04 * smooth(random, side, side, 6))
    mr = random.random() < 0.6
    out = np.where(far < 1, u(0.4, 0.9) if mr else 0.35, u(0, 0.03))
    out = np.where(far < 0.95, u(0.02, 0.2) if mr else u(0.8, 1.0), out)
    folds = np.sin(8 * fractal(random, side, side, int(u(5, 10)), 3))
    brain = u(0.35, 0.6) + u(0.02, 0.2) * folds * (far > u(0.2, 0.6)) + 0.05 * fractal(random, side, side, 20, 2)
    out = np.where(far < u(0.82, 0.9), brain, out)
    if random.random() < 0.7:
        out = np.where((np.abs(x) < 0.012) & (far < 0.85), u(0.05, 0.9), out)
    for s in (-1, 1):
        if random.random() < 0.75:
            horn = oval(x, y, s * u(0.06, 0.14), u(-0.15, 0.15), u(0.03, 0.08), u(0.1, 0.3), s * u(0, 30))
            out = np.where(horn < 1, u(0.02, 0.95), out)
    if random.random() < 0.35:
        for s in (-1, 1):  # Globes at the front, air cells between them.
            ball = oval(x, y, s * w * 0.5, -h * 0.7, u(0.1, 0.16), u(0.1, 0.16))
            out = np.where(ball < 1, u(0.2, 1), out)
            out = np.where((np.abs(x) < 0.14) & (np.abs(y + h * 0.7) < 0.2) & (fractal(random, side, side, 16, 2) > 0), 0.02, out)
    return _windowed(random, out, side)


def _windowed(random, out, side):
    out = blur(out.astype(np.float32), random.uniform(0.3, 2.2))
    out = (out - random.uniform(-0.05, 0.15)) * random.uniform(0.8, 1.3)
    out = out + random.uniform(0, 0.08) * random.standard_normal((side, side), np.float32)
    if random.random() < 0.1:
        out = 1 - out
    return lettering(random, out) if random.random() < 0.25 else out
