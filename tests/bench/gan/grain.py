"""Random fields by their spectrum, and pictures cut in frequency: what scanners do, and unlike the lattice noise of the training."""

import numpy as np


def _frequency(rows, columns):
    """Cycles a pixel."""
    return np.hypot(np.fft.fftfreq(rows)[:, None], np.fft.rfftfreq(columns)[None])


def field(rng, rows, columns, shape):
    """Mean 0, deviation 1; `shape`: amplitude by frequency in cycles a pixel."""
    spectrum = np.fft.rfft2(rng.standard_normal((rows, columns))) * shape(_frequency(rows, columns))
    spectrum[0, 0] = 0
    out = np.fft.irfft2(spectrum, (rows, columns))
    return (out / (out.std() + 1e-9)).astype(np.float32)


def falling(slope, coarsest):
    """As 1/f^slope for structures up to so many pixels."""
    return lambda f: 1 / np.maximum(f, 1 / coarsest) ** slope


def ramp(cut):
    """As the noise of a back projection: little that is coarse, none beyond `cut`."""
    return lambda f: f * np.exp(-(f / cut) ** 2)


def fewer(picture, side, response, noise=0.0, rng=None):
    """A square picture of `side` pixels out of a finer one, through its spectrum. `response` (fy, fx) in cycles a pixel of the
    outcome. With `noise` (deviation) in both parts of a complex signal the answer is a magnitude."""
    count = len(picture)
    spectrum = np.fft.fftshift(np.fft.fft2(picture))
    low = (count - side) // 2
    spectrum = spectrum[low:low + side, low:low + side] * (side / count) ** 2
    f = np.fft.fftshift(np.fft.fftfreq(side))
    # Half a sample of either grid lies before its first.
    shift = np.exp(-2j * np.pi * f * (.5 * count / side - .5) * side / count)
    spectrum = spectrum * response(f[:, None], f[None]) * shift[:, None].conj() * shift[None].conj()
    out = np.fft.ifft2(np.fft.ifftshift(spectrum))
    if rng is None:
        return out.real.astype(np.float32)
    out = out + noise * (rng.standard_normal(out.shape) + 1j * rng.standard_normal(out.shape))
    return np.abs(out).astype(np.float32)
