"""A radiograph of a head from the front, as no person has one: chords of parallel rays through ellipsoids, added up as the beam
adds them (Beer and Lambert), with the grain of its quanta. 12 bits, MONOCHROME2: bone is light."""

import numpy as np

MM = 0.55  # A pixel.
WATER = 0.02  # Taken of the beam by a millimetre.
# Middle and half axes in mm (right, down, and along the beam), and what a millimetre takes beside one of water. A shell is an
# ellipsoid and, inside it, another one that takes its share away again.
PARTS = (
    ((0, -20, 0), (80, 100, 98), 1.0),       # scalp, brain
    ((0, -22, 0), (74, 93, 91), 1.1),        # skull,
    ((0, -22, 0), (68, 87, 85), -1.1),       # its inside
    ((0, 62, -45), (56, 62, 50), 0.9),       # face, jaw
    ((0, 74, -50), (48, 48, 34), 0.9),       # mandible,
    ((0, 66, -46), (40, 42, 30), -0.8),      # the mouth within
    ((-33, 12, -60), (19, 17, 26), -0.9),    # orbits
    ((33, 12, -60), (19, 17, 26), -0.9),
    ((0, 40, -60), (12, 26, 24), -0.95),     # nose
    ((-27, 44, -55), (15, 17, 18), -0.9),    # sinuses
    ((27, 44, -55), (15, 17, 18), -0.9),
    ((-13, -12, -72), (12, 9, 8), -0.8),
    ((14, -14, -72), (13, 10, 8), -0.8),
    ((0, 170, 10), (58, 110, 56), 0.95),     # neck
    ((0, 160, 22), (17, 120, 17), 0.9),      # spine
    ((0, 150, -8), (9, 90, 9), -0.95),       # throat
)
TEETH = [((x, y, -70 + 0.02 * x * x), (3.4, 7.5, 4), 2.2) for y in (66, 82) for x in range(-28, 29, 7)]


def skull_film(seed, rows=640, columns=560):
    """(rows, columns) of uint16, and the box of the face: brows to chin, half-open pixels x0, y0, x1, y1."""
    rng = np.random.default_rng([seed, 0xF117])
    y, x = np.mgrid[0:rows, 0:columns].astype(np.float32)
    x, y = (x - columns / 2) * MM, (y - 0.42 * rows) * MM
    turn = rng.normal(0, 0.02)
    x, y = x * np.cos(turn) - y * np.sin(turn), x * np.sin(turn) + y * np.cos(turn)
    water = np.zeros((rows, columns), np.float32)
    for (px, py, _), (a, b, c), takes in (*PARTS, *TEETH):
        wider = 1 + rng.normal(0, 0.02)
        inside = 1 - ((x - px) / (a * wider)) ** 2 - ((y - py) / b) ** 2
        water += takes * 2 * c * np.sqrt(np.clip(inside, 0, None))
    water *= 1 + 0.02 * _texture(rng, rows, columns)
    loss = np.clip(water, 0, None) * WATER
    quanta = 9000 * np.exp(-loss)
    counted = quanta + np.sqrt(quanta + 30) * _softened(rng.standard_normal((rows, columns)))
    shown = -np.log(np.clip(counted, 1, None) / 9000)
    low, high = 0.0, np.quantile(shown, 0.998)
    picture = 180 + 3500 * np.clip((shown - low) / (high - low), 0, 1.05)
    middle, top = columns / 2, 0.42 * rows
    face = (int(middle - 58 / MM), int(top - 12 / MM), int(middle + 58 / MM), int(top + 122 / MM))
    return np.rint(picture).astype(np.uint16), face


def _softened(noise):
    return (noise + np.roll(noise, 1, 0) + np.roll(noise, 1, 1)) / np.sqrt(3)


def _texture(rng, rows, columns):
    """Of deviation 1, stronger where it is coarser."""
    fy, fx = np.fft.fftfreq(rows)[:, None], np.fft.rfftfreq(columns)[None]
    spectrum = np.fft.rfft2(rng.standard_normal((rows, columns))) / np.maximum(np.hypot(fy, fx), 1 / 64)
    field = np.fft.irfft2(spectrum, (rows, columns))
    return ((field - field.mean()) / field.std()).astype(np.float32)
