"""What happens to a picture between a scene and a file: exposure, focus, noise, compression, windows, borders."""

import numpy as np

from training.noise import blur

_AT = np.arange(8)
COSINES = (np.sqrt(0.25) * np.cos((2 * _AT[None, :] + 1) * _AT[:, None] * np.pi / 16)).astype(np.float32)
COSINES[0] /= np.sqrt(2)


def blocky(picture, coarseness):
    """Quantised cosines of blocks of eight pixels, coarser for higher frequencies: what JPEG does."""
    rows, columns = (length // 8 * 8 for length in picture.shape)
    blocks = picture[:rows, :columns].reshape(rows // 8, 8, columns // 8, 8).transpose(0, 2, 1, 3)
    frequencies = COSINES @ blocks @ COSINES.T
    steps = coarseness * (1 + 0.7 * (_AT[:, None] + _AT[None, :])).astype(np.float32) / 255
    blocks = COSINES.T @ (np.round(frequencies / steps) * steps) @ COSINES
    out = picture.copy()
    out[:rows, :columns] = blocks.transpose(0, 2, 1, 3).reshape(rows, columns)
    return out


def exposed(picture, random):
    u = random.uniform
    if random.random() < 0.5:
        picture = picture.clip(0, 1) ** np.exp(u(-0.6, 0.6))
    if random.random() < 0.35:
        picture = (picture - 0.5) * u(0.45, 1.4) + 0.5
    if random.random() < 0.25:
        picture = picture * u(0.35, 1.15) + u(-0.03, 0.15)
    if random.random() < 0.06:  # A window of values, as viewers set it.
        picture = (picture - u(0, 0.25)) / u(0.4, 0.8)
    return picture.clip(0, 1)


def degraded(picture, random):
    """uint8."""
    u = random.uniform
    picture = exposed(picture, random)
    if random.random() < 0.3:
        picture = blur(picture, u(0.3, 1.4))
    if random.random() < 0.07:  # Shrunk and drawn large again.
        factor = int(random.integers(2, 4))
        rows, columns = picture.shape
        small = picture[:rows // factor * factor, :columns // factor * factor]
        small = small.reshape(rows // factor, factor, columns // factor, factor).mean((1, 3))
        large = np.kron(small, np.ones((factor, factor), np.float32))
        picture = picture.copy()
        picture[:large.shape[0], :large.shape[1]] = large
    if random.random() < 0.4:
        picture = picture + u(0.004, 0.09) * u(0.3, 1) * random.standard_normal(picture.shape, np.float32)
    if random.random() < 0.06:
        picture = picture + u(0.005, 0.03) * np.sin(np.arange(len(picture)) * u(0.5, 3))[:, None]
    if random.random() < 0.45:
        picture = blocky(picture, u(1.5, 24))
    if random.random() < 0.12:
        picture = picture + u(0.3, 1.0) * (picture - blur(picture, u(0.8, 2)))
    return (picture * 255 + 0.5).clip(0, 255).astype(np.uint8)
