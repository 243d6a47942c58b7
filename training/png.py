"""Pictures for people: a PNG file from an array, boxes and curves drawn into one. Python's own zlib, nothing else."""

import struct
import zlib

import numpy as np


def write(path, picture):
    """uint8, rows x columns or rows x columns x 3."""
    picture = np.ascontiguousarray(picture, np.uint8)
    rows, columns = picture.shape[:2]
    lines = np.concatenate([np.zeros((rows, 1), np.uint8), picture.reshape(rows, -1)], axis=1).tobytes()

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", columns, rows, 8, 2 if picture.ndim == 3 else 0, 0, 0, 0)
    with open(path, "wb") as out:
        out.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(lines, 6)) + chunk(b"IEND", b""))


def coloured(picture):
    return np.repeat(picture[:, :, None], 3, axis=2)


def outline(picture, box, colour):
    """Into rows x columns x 3, in place; what lies outside is not drawn."""
    rows, columns = picture.shape[:2]
    left, top, right, bottom = (int(round(float(value))) for value in box)
    for y in (top, bottom - 1):
        if 0 <= y < rows:
            picture[y, max(left, 0):max(right, 0)] = colour
    for x in (left, right - 1):
        if 0 <= x < columns:
            picture[max(top, 0):max(bottom, 0), x] = colour


def grid(pictures, across):
    """Pictures of one size, row by row."""
    blank = np.zeros_like(pictures[0])
    rows = [pictures[i:i + across] for i in range(0, len(pictures), across)]
    return np.vstack([np.hstack(row + [blank] * (across - len(row))) for row in rows])


def curves(series, rows=240, columns=640):
    """Lines over a common range, one colour each: red, green, blue, black."""
    out = np.full((rows, columns, 3), 255, np.uint8)
    colours = ((200, 30, 30), (30, 140, 30), (40, 60, 200), (0, 0, 0))
    values = [np.asarray(one, float) for one in series if len(one) > 1]
    if not values:
        return out
    low, high = min(one.min() for one in values), max(one.max() for one in values)
    for one, colour in zip(values, colours):
        x = np.linspace(4, columns - 5, 4 * columns)
        y = np.interp(x, np.linspace(4, columns - 5, len(one)), one)
        y = (rows - 5 - (y - low) / max(high - low, 1e-9) * (rows - 10)).astype(int)
        out[y, x.astype(int)] = colour
    return out
