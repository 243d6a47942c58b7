"""A landscape without anybody in it: sky, hills and a meadow out of seeded noise. Same seed, same samples on one machine."""

import numpy as np
from room import blurred


def scenery(seed, rows=480, columns=640):
    """(rows, columns, 3) of uint8."""
    rng = np.random.default_rng([seed, 0x5CE9E])
    y, x = np.mgrid[0:rows, 0:columns] / rows
    clouds = np.clip(_fractal(rng, rows, columns, 1.7, stretch=3), 0, 2)[:, :, None] * 0.25
    zenith, horizon = np.array([0.30, 0.48, 0.80]), np.array([0.75, 0.80, 0.88])
    picture = zenith + (horizon - zenith) * (y * 1.8).clip(0, 1)[:, :, None]
    picture = picture + (1 - picture) * clouds.clip(0, 1)
    for index, colour in enumerate(((0.33, 0.40, 0.50), (0.20, 0.28, 0.26), (0.12, 0.20, 0.10))):
        ridge = 0.44 + 0.12 * index + 0.03 * _ridge(rng, columns, 1.3)
        below = y > ridge[None]
        grain = 1 + 0.22 * _fractal(rng, rows, columns, 0.7 + 0.1 * index)[:, :, None]
        picture = np.where(below[:, :, None], np.array(colour) * grain * (1.25 - 0.4 * y[:, :, None]), picture)
    grass = np.array([0.22, 0.33, 0.09]) * (1 + 0.35 * _fractal(rng, rows, columns, 0.4)[:, :, None])
    picture = np.where((y > 0.8 + 0.02 * np.sin(9 * x))[:, :, None], grass, picture)
    picture = blurred(picture.clip(0, 1), 0.6) + rng.standard_normal(picture.shape) * 0.006
    return np.rint(255 * picture.clip(0, 1) ** (1 / 2.2)).astype(np.uint8)


def _fractal(rng, rows, columns, fall, stretch=1):
    """Noise whose amplitude falls with the frequency to the power `fall`; mean 0, deviation 1."""
    fy, fx = np.fft.fftfreq(rows)[:, None], np.fft.rfftfreq(columns)[None] * stretch
    spectrum = np.fft.rfft2(rng.standard_normal((rows, columns))) / (np.hypot(fy, fx) + 1 / rows) ** fall
    noise = np.fft.irfft2(spectrum, s=(rows, columns))
    return (noise - noise.mean()) / noise.std()


def _ridge(rng, columns, fall):
    """A skyline: the same in one dimension, without the finest of it."""
    frequency = np.fft.rfftfreq(columns)
    spectrum = np.fft.rfft(rng.standard_normal(columns)) / (frequency + 1.5 / columns) ** fall
    line = np.fft.irfft(spectrum, n=columns)
    return (line - line.mean()) / line.std()
