"""Smooth random fields, blurs and resampling on plain arrays; numpy alone. Everything is float32, rows first."""

import functools

import numpy as np


@functools.lru_cache(maxsize=512)
def _stretch(cells, length):
    """The matrix that interpolates `cells` values over `length` places, smoothly."""
    at = (np.arange(length) + 0.5) / length * (cells - 1)
    low = np.clip(np.floor(at).astype(int), 0, max(cells - 2, 0))
    part = at - low
    part = part * part * (3 - 2 * part)
    matrix = np.zeros((length, cells), np.float32)
    matrix[np.arange(length), low] = 1 - part
    matrix[np.arange(length), np.minimum(low + 1, cells - 1)] += part
    return matrix


def smooth(random, rows, columns, cells):
    """-1 to 1, features of about rows / cells pixels."""
    down = max(2, int(cells * rows / max(rows, columns)) + 1)
    across = max(2, int(cells * columns / max(rows, columns)) + 1)
    grid = random.uniform(-1, 1, (down, across)).astype(np.float32)
    return _stretch(down, rows) @ grid @ _stretch(across, columns).T


def fractal(random, rows, columns, cells, octaves=4, fade=0.55):
    """-1 to 1, roughly: octaves of smooth(), each finer and weaker."""
    total = np.zeros((rows, columns), np.float32)
    weight, sum_of_weights = 1.0, 0.0
    for _ in range(octaves):
        if cells > max(rows, columns):
            break
        total += weight * smooth(random, rows, columns, cells)
        sum_of_weights += weight
        weight *= fade
        cells *= 2
    return total / max(sum_of_weights, 1e-6) * 1.4


def blur(picture, sigma):
    """Gaussian, edges repeated."""
    if sigma < 0.2:
        return picture
    reach = max(1, min(int(3 * sigma + 0.5), min(picture.shape) - 1))
    at = np.arange(-reach, reach + 1)
    kernel = np.exp(-0.5 * (at / sigma) ** 2).astype(np.float32)
    kernel /= kernel.sum()
    for axis in (0, 1):
        pad = [(0, 0), (0, 0)]
        pad[axis] = (reach, reach)
        wide = np.pad(picture, pad, mode="edge")
        out = np.zeros_like(picture)
        for i, weight in enumerate(kernel):
            part = wide[i:i + picture.shape[0], :] if axis == 0 else wide[:, i:i + picture.shape[1]]
            out += weight * part
        picture = out
    return picture


def halved(stack):
    """(channels, rows, columns), each pixel the mean of four."""
    rows, columns = stack.shape[1] // 2 * 2, stack.shape[2] // 2 * 2
    part = stack[:, :rows, :columns]
    return 0.25 * (part[:, ::2, ::2] + part[:, 1::2, ::2] + part[:, ::2, 1::2] + part[:, 1::2, 1::2])


def sampled(stack, x, y):
    """`stack` (channels, rows, columns) at places x, y in pixel centres, bilinear; 0 beyond the edges."""
    channels, rows, columns = stack.shape
    wide = np.zeros((channels, rows + 2, columns + 2), np.float32)
    wide[:, 1:-1, 1:-1] = stack
    x = np.clip(x + 1, 0, columns + 0.999)
    y = np.clip(y + 1, 0, rows + 0.999)
    left = x.astype(np.int32)
    top = y.astype(np.int32)
    across = (x - left).astype(np.float32)
    down = (y - top).astype(np.float32)
    flat = wide.reshape(channels, -1)
    at = top * (columns + 2) + left
    upper = flat[:, at] * (1 - across) + flat[:, at + 1] * across
    at = at + columns + 2
    lower = flat[:, at] * (1 - across) + flat[:, at + 1] * across
    return upper * (1 - down) + lower * down
