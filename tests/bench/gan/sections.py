"""Slices of a head (interior.py) as CT shows them in a window and as MR does: 256 pixels, float32 of 0 to 1, and where the face
is. A slice is sampled half again as finely and cut in frequency: CT by a kernel, MR in the space where it is measured."""

import numpy as np
from canvas import (AIR, CORTEX, ENAMEL, EYE, FAT, GLAND, GREY, GRISTLE, LENS, METAL, MUCOSA, MUSCLE, ROOT, SKIN, SPONGE, TISSUES,
                    VESSEL, WATER, WHITE)
from grain import falling, fewer, field, ramp

SIDE, FINER = 256, 384
PLANES = ("axial", "sagittal", "coronal")

# Hounsfield units: mean, and how much of it varies from place to place.
HOUNSFIELD = {
    AIR: (-1000, 0), SKIN: (55, 12), FAT: (-95, 14), MUSCLE: (58, 10), CORTEX: (1350, 190), SPONGE: (420, 190), GREY: (38, 2.5),
    WHITE: (28, 2.5), WATER: (6, 2), ENAMEL: (2500, 150), ROOT: (1500, 120), EYE: (10, 3), LENS: (85, 5), GRISTLE: (105, 25),
    GLAND: (28, 22), VESSEL: (62, 5), MUCOSA: (42, 8), METAL: (3000, 0)}
# Signal against white matter of T1, fat in T2: T1, T2, FLAIR, and density.
SIGNAL = {
    AIR: (.01, .01, .01, .01), SKIN: (.5, .35, .4, .55), FAT: (1.25, .85, .8, .8), MUSCLE: (.5, .24, .36, .6),
    CORTEX: (.05, .04, .04, .06), SPONGE: (.85, .55, .5, .55), GREY: (.64, .62, .66, .9), WHITE: (.86, .42, .48, .75),
    WATER: (.2, 1.3, .1, 1), ENAMEL: (.03, .02, .02, .03), ROOT: (.06, .04, .05, .07), EYE: (.22, 1.25, .14, .98),
    LENS: (.55, .2, .3, .5), GRISTLE: (.42, .32, .36, .5), GLAND: (.7, .58, .55, .75),
    VESSEL: (.12, .1, .1, .25), MUCOSA: (.5, .95, .6, .85), METAL: (.01, .01, .01, .01)}
VARIES = {SKIN: .1, FAT: .09, MUSCLE: .1, SPONGE: .16, GREY: .035, WHITE: .03, GLAND: .12, MUCOSA: .12, GRISTLE: .1}
# Centre and width of a window, each between two bounds, and how often.
WINDOWS = (((30, 45), (75, 130), .3), ((35, 70), (300, 480), .35), ((300, 650), (1500, 2800), .25), ((-50, 250), (900, 1500), .1))


def _table(values, column):
    return np.array([values[tissue][column] for tissue in range(TISSUES)], np.float32)


def _plane(rng, count):
    """Places (n,) x, y, z of a slice of count x count, mm a pixel of SIDE, what plane."""
    plane = PLANES[rng.choice(3, p=(.5, .3, .2))]
    half = rng.uniform(82, 108) if plane == "axial" else rng.uniform(94, 128)
    at = (np.arange(count) + .5) / count * 2 - 1
    right, down = (one.astype(np.float32).ravel() * half for one in np.meshgrid(at, at))
    turn, tip = rng.normal(0, .06), rng.normal(0, .1)
    right, down = right * np.cos(turn) - down * np.sin(turn), right * np.sin(turn) + down * np.cos(turn)
    if plane == "axial":
        level = rng.uniform(-105, 22) if rng.uniform() < .75 else rng.uniform(22, 85)
        y = rng.uniform(-8, 8) - down
        place = right, y, level + np.sin(tip) * y
    elif plane == "sagittal":
        facing = 1 if rng.uniform() < .5 else -1
        y = right * facing + rng.uniform(-10, 10)
        place = rng.normal(0, 22) + .5 * np.sin(tip) * y, y, rng.uniform(-45, -5) - down
    else:
        z = rng.uniform(-40, -5) - down
        place = right + rng.uniform(-6, 6), rng.uniform(-25, 74) + np.sin(tip) * z, z
    return [np.broadcast_to(one, right.shape).astype(np.float32) for one in place], 2 * half / SIDE, plane


def face_of(rng, place, inside):
    """What of the places is face: before the ears, below the brows, above the throat; a slab that follows nobody's features."""
    x, y, z = place
    return inside & (y > rng.uniform(38, 62)) & (z < rng.uniform(14, 28)) & (z > -rng.uniform(108, 120)) & (np.abs(x) < 66)


def slice_of(rng, head, kind):
    """kind: "ct" or "mr". (picture, face): float32 and bool of SIDE x SIDE."""
    place, millimetre, plane = _plane(rng, FINER)
    tissue = head.tissues(*place)
    face = face_of(rng, place, tissue != AIR).reshape(FINER, FINER)
    rows = np.minimum((np.arange(SIDE) * FINER + FINER // 2) // SIDE, FINER - 1)
    picture = (_computed if kind == "ct" else _resonance)(rng, tissue.reshape(FINER, FINER), millimetre, plane)
    return picture, face[rows][:, rows]


# --- CT ---------------------------------------------------------------------------------------------------------------


def _computed(rng, tissue, millimetre, plane):
    mean, spread = _table(HOUNSFIELD, 0), _table(HOUNSFIELD, 1)
    mean = mean + rng.normal(0, .2, TISSUES).astype(np.float32) * spread
    texture = field(rng, FINER, FINER, falling(rng.uniform(.5, 1.1), 24 / millimetre))
    values = mean[tissue] + spread[tissue] * texture
    if plane == "axial" and rng.uniform() < .5:
        values = np.maximum(values, _rest(rng))
    cut, edge = rng.uniform(.34, .5), rng.choice([0, rng.uniform(.3, 1.1)])

    def kernel(fy, fx):
        f2 = (fy ** 2 + fx ** 2) / cut ** 2
        return np.exp(-f2 * 1.1) * (1 + edge * np.clip(f2 * 2.2, 0, 1.6))
    picture = fewer(values, SIDE, kernel)
    picture = picture + rng.uniform(3, 16) * (1 + edge) * field(rng, SIDE, SIDE, ramp(cut))
    metal = tissue == METAL
    if metal.any():
        picture = picture + _rays(rng, metal)
    centre, width, _ = WINDOWS[rng.choice(len(WINDOWS), p=[share for *_, share in WINDOWS])]
    centre, width = rng.uniform(*centre), rng.uniform(*width)
    return np.clip((picture - centre) / width + .5, 0, 1)


def _rest(rng):
    """What the head lies on: a shell of foam and carbon."""
    y, x = np.mgrid[-1:1:FINER * 1j, -1:1:FINER * 1j]
    curve = y - rng.uniform(.78, .9) + rng.uniform(.2, .6) * x ** 2
    thick = rng.uniform(.015, .04)
    return np.where(np.abs(curve) < thick, np.where(np.abs(curve) > .7 * thick, rng.uniform(-300, 200), -870), -1000)


def _rays(rng, metal):
    """Too few photons came through metal: light and dark rays from it."""
    rows, columns = np.nonzero(metal)
    y, x = np.mgrid[0:SIDE, 0:SIDE]
    scale, out = SIDE / FINER, np.zeros((SIDE, SIDE))
    for k in rng.choice(len(rows), min(4, len(rows)), replace=False):
        dy, dx = y - rows[k] * scale, x - columns[k] * scale
        around = np.cumsum(rng.standard_normal(73)) * .3 + rng.standard_normal(73)
        spokes = np.interp(np.arctan2(dy, dx), np.linspace(-np.pi, np.pi, 73), around)
        out += rng.uniform(80, 350) * spokes / (1 + np.hypot(dy, dx) / 14)
    return out


# --- MR ---------------------------------------------------------------------------------------------------------------


def _resonance(rng, tissue, millimetre, plane):
    column = rng.choice(4, p=(.45, .3, .15, .1))
    signal = _table(SIGNAL, column) * (1 + rng.normal(0, .07, TISSUES)).astype(np.float32)
    if rng.uniform() < .2:  # Fat's signal was taken away.
        signal[[FAT, SPONGE]] *= rng.uniform(.08, .4)
    spread = np.array([VARIES.get(one, .02) for one in range(TISSUES)], np.float32)
    texture = field(rng, FINER, FINER, falling(rng.uniform(.4, 1), 18 / millimetre))
    values = signal[tissue] * np.clip(1 + spread[tissue] * texture, 0, None)
    values = _near_the_coil(rng, values)
    low, across = rng.uniform(.36, .5), rng.uniform(.3, .5)
    if rng.uniform() < .5:
        low, across = across, low
    soft = rng.uniform(.02, .12)

    def measured(fy, fx):  # To an edge in both directions: what rings beside skull and skin.
        return 1 / (1 + np.exp((np.abs(fy) - low) / (soft * .2))) / (1 + np.exp((np.abs(fx) - across) / (soft * .2)))
    noise = rng.uniform(.008, .04)
    picture = fewer(values, SIDE, measured, noise, rng)
    if rng.uniform() < .1:  # What moved comes again along one axis.
        picture = np.hypot(picture, rng.uniform(.03, .1) * np.roll(picture, int(rng.uniform(.15, .45) * SIDE), rng.integers(2)))
    top = np.percentile(picture, rng.uniform(99, 99.8))
    return np.clip(picture / top * rng.uniform(.85, 1.1), 0, 1)


def _near_the_coil(rng, values):
    """Signal fades away from coils about the head."""
    y, x = np.mgrid[-1:1:FINER * 1j, -1:1:FINER * 1j]
    gain = np.full(values.shape, rng.uniform(.6, 1.6))
    for _ in range(rng.integers(1, 5)):
        a = rng.uniform(0, 2 * np.pi)
        gain += rng.uniform(.1, .8) * np.exp(-np.hypot(x - np.cos(a), y - np.sin(a)) ** 2 / rng.uniform(.5, 1.6))
    return values * gain / gain.mean()
