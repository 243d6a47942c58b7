"""What stands behind a head in photograph.py, far out of focus or nearly sharp: a wall with furniture, or shelves of books.

Linear RGB, worked out smaller than it is shown. `blurred` is shared by whatever takes a picture here.
"""

import numpy as np


def blurred(picture, sigma):
    """Gaussian blur of (rows, columns, channels) by the Fourier transform; the picture is mirrored at its edges."""
    pad = int(3 * sigma) + 1
    wide = np.pad(picture, ((pad, pad), (pad, pad), (0, 0)), mode="symmetric")
    fy, fx = np.fft.fftfreq(wide.shape[0])[:, None, None], np.fft.rfftfreq(wide.shape[1])[None, :, None]
    kernel = np.exp(-2 * (np.pi * sigma) ** 2 * (fy * fy + fx * fx))
    out = np.fft.irfft2(np.fft.rfft2(wide, axes=(0, 1)) * kernel, s=wide.shape[:2], axes=(0, 1))
    return out[pad:-pad, pad:-pad]


def room(rng, rows, columns):
    """(rows, columns, 3) of float, linear."""
    return _shelves(rng, rows, columns) if rng.uniform() < 0.5 else _wall(rng, rows, columns)


def _paint(rng, rows, columns):
    """A wall, brighter above."""
    wall = np.ones((rows, columns, 3)) * rng.uniform(0.15, 0.45) * rng.uniform(0.9, 1.1, 3)
    return wall * np.linspace(1.15, 0.8, rows)[:, None, None]


def _enlarged(small, factor, rows, columns):
    return small.repeat(factor, axis=0).repeat(factor, axis=1)[:rows, :columns].copy()


def _wall(rng, rows, columns):
    small = _paint(rng, rows // 4 + 1, columns // 4 + 1)
    for _ in range(7):
        y, x = rng.uniform(0, 1, 2) * small.shape[:2]
        h, w = rng.uniform(0.1, 0.5, 2) * small.shape[:2]
        small[int(max(y - h / 2, 0)):int(y + h / 2), int(max(x - w / 2, 0)):int(x + w / 2)] *= (
            rng.uniform(0.5, 1.5) * rng.uniform(0.88, 1.12, 3))
    return _enlarged(blurred(small, 7), 4, rows, columns)


def _shelves(rng, rows, columns):
    small = _paint(rng, rows // 2 + 1, columns // 2 + 1)
    top = 0
    while top < small.shape[0]:
        height, left = int(rng.uniform(0.14, 0.20) * small.shape[0]), 0
        while left < small.shape[1]:
            width = int(rng.uniform(0.03, 0.07) * small.shape[1]) + 2
            free = int(height * rng.uniform(0.05, 0.35))
            book = small[top + free:top + height - 4, left:left + width - 1]
            book *= rng.uniform(0.3, 2.0) * rng.uniform(0.75, 1.25, 3)
            left += width
        small[top + height - 4:top + height] *= 0.4
        top += height
    return _enlarged(blurred(small, rng.uniform(1.5, 4)), 2, rows, columns)
