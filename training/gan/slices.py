"""Slices of a head (heads.py) as CT and MR show them: float32 (side, side), 0 to 1, and where its face lies."""

import numpy as np

from training.gan.heads import AIR, CORTICAL, ENAMEL, FAT, MARROW, METAL, TISSUES
from training.noise import blur, fractal
from training.scenes import grid

PLANES = ("sagittal", "axial", "coronal")
# In the order of the tissues' names. Hounsfield units and how far they vary within one tissue.
HOUNSFIELD = np.array([-1000, 20, -95, 55, 1250, 450, 39, 29, 8, 2500, 1500, 12, 75, 130, 25, 48, 3000], np.float32)
VARIES = np.array([4, 12, 12, 14, 160, 140, 4, 4, 3, 150, 120, 4, 5, 20, 14, 5, 50], np.float32)
T1 = np.array([.01, .45, .95, .42, .06, .7, .5, .68, .16, .03, .05, .15, .35, .35, .55, .3, 0], np.float32)
T2 = np.array([.01, .4, .75, .3, .05, .5, .6, .42, .98, .03, .04, .95, .25, .3, .55, .1, 0], np.float32)
FLAIR = np.array([.01, .4, .7, .35, .05, .5, .65, .5, .06, .03, .04, .1, .3, .3, .55, .15, 0], np.float32)
WINDOWS = ((0.45, (20, 60), (260, 500)), (0.35, (0, 300), (1400, 2600)), (0.2, (400, 700), (1800, 2800)))  # Share, centre, width.


def places(random, plane, side):
    """(3, side * side) in millimetres, rows from above (axial: from before), and the direction across the slice."""
    u = random.uniform
    right, down = grid(side)
    half = u(102, 145)
    a, b = right.ravel() * half, -down.ravel() * half
    if plane == "sagittal":
        at = np.stack([np.full_like(a, random.normal(0, 16)), b + u(-38, -4), a + u(-4, 16)])
    elif plane == "axial":
        at = np.stack([a, np.full_like(a, u(-96, 24)), b + u(-4, 18)])
    else:
        at = np.stack([a, b + u(-38, -8), np.full_like(a, u(18, 84))])
    x, y, z = random.normal(0, 0.06, 3)
    turn = np.array([[1, -z, y], [z, 1, -x], [-y, x, 1]], np.float32)
    across = turn @ np.eye(3, dtype=np.float32)[PLANES.index(plane) if plane != "coronal" else 2]
    return (turn @ at).astype(np.float32), across, 2 * half / side


def face_block(random, head, at, surface):
    """A block before the face, as wide as a face: it does not follow anybody's profile."""
    u = random.uniform
    x, y, z = at
    return (z > u(30, 58)) & (y < u(14, 34)) & (y > -head.chin_down - u(8, 22)) & (surface < u(6, 16)) & (np.abs(x) < 66)


def drawn(random, head, kind, plane, side):
    """kind: 'ct' or 'mr'. Returns picture, face."""
    at, across, pixel = places(random, plane, side)
    at /= np.float32(head.scale)
    thick = random.uniform(0.2, 2.5)
    draw = _computed(random, side) if kind == "ct" else _resonance(random, side)
    picture = 0
    for part in (-0.5, 0.5):  # Two sheets half a pixel apart: edges are mixtures.
        shift = (part * thick * across + part * pixel * 0.35).astype(np.float32)
        tissues, surface = head.tissues(at + shift.reshape(3, 1))
        picture = picture + 0.5 * draw(tissues.reshape(side, side))
        metal = (tissues == METAL).reshape(side, side)
    face = face_block(random, head, at, surface).reshape(side, side)
    finish = _window if kind == "ct" else _received
    return finish(random, picture, metal, side), face


def _computed(random, side):
    texture = fractal(random, side, side, int(random.uniform(12, 40)), 4) * np.float32(1.5)
    tones = HOUNSFIELD + random.normal(0, 0.25, TISSUES).astype(np.float32) * VARIES
    return lambda tissues: tones[tissues] + VARIES[tissues] * texture


def _window(random, picture, metal, side):
    u = random.uniform
    picture = blur(picture.astype(np.float32), u(0.4, 0.9) * side / 256)
    if metal.any() and random.random() < 0.8:
        picture = picture + _streaks(random, metal, side)
    if random.random() < 0.3:  # What the head rests on.
        x, y = grid(side)
        curve = y - u(0.72, 0.95) + u(0.1, 0.5) * x ** 2
        picture = np.where((np.abs(curve) < u(0.01, 0.03)) & (picture < -700), u(-600, 100), picture)
    grain = blur(random.standard_normal((side, side), np.float32), u(0.4, 0.8) * side / 200)
    picture = picture + u(3, 22) * grain / max(float(grain.std()), 1e-6)
    shares = np.cumsum([share for share, *_ in WINDOWS])
    _, centre, width = WINDOWS[min(int(np.searchsorted(shares, random.random())), len(WINDOWS) - 1)]
    centre, width = u(*centre), u(*width)
    return ((picture - centre + width / 2) / width).clip(0, 1).astype(np.float32)


def _streaks(random, metal, side):
    """Dark and light rays about what is metal."""
    rows, columns = np.nonzero(metal)
    x, y = np.meshgrid(np.arange(side), np.arange(side))
    out = np.zeros((side, side), np.float32)
    for i in random.choice(len(rows), min(3, len(rows)), replace=False):
        angle, far = np.arctan2(y - rows[i], x - columns[i]), np.hypot(y - rows[i], x - columns[i])
        rays = sum(np.sin(k * angle + random.uniform(0, 6.28)) for k in random.integers(5, 40, 4))
        out += random.uniform(60, 300) * rays * np.exp(-far / (0.2 * side)) / 2
    return out


def _resonance(random, side):
    u = random.uniform
    draw = random.random()
    tones = (T1 if draw < 0.5 else T2 if draw < 0.82 else FLAIR) * random.uniform(0.85, 1.15, TISSUES).astype(np.float32)
    if random.random() < 0.25:
        tones[[FAT, MARROW]] *= u(0.1, 0.5)  # Suppressed.
    tones[[AIR, CORTICAL, ENAMEL]] *= u(0.3, 1.2)
    texture = 1 + u(0.03, 0.09) * fractal(random, side, side, int(u(12, 40)), 4)
    return lambda tissues: tones[tissues] * texture


def _received(random, picture, metal, side):
    u = random.uniform
    if metal.any() and random.random() < 0.8:  # Signal lost about metal.
        picture = picture * (1 - blur(metal.astype(np.float32), u(3, 9) * side / 256) * u(2, 12)).clip(0.02, 1)
    picture = blur(picture.astype(np.float32), u(0.4, 1.0) * side / 256)
    picture = picture * np.exp(u(0.1, 0.5) * fractal(random, side, side, 2, 2))
    if random.random() < 0.08:  # Ghosts of what moved, along one axis.
        picture = picture + u(0.02, 0.08) * np.roll(picture, int(u(0.1, 0.4) * side), axis=int(random.integers(2)))
    spread = u(0.006, 0.035)
    real = picture + spread * random.standard_normal((side, side), np.float32)
    picture = np.hypot(real, spread * random.standard_normal((side, side), np.float32)) * u(0.75, 1.1)
    return picture.clip(0, 1).astype(np.float32)
