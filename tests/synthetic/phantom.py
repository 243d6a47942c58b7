"""Pictures computed here: no third-party pixels. An abdomen-like phantom and a banner of letters."""

import numpy as np

SIZE = 64


def abdomen(size=SIZE, slice_index=0, top=1200):
    """An ellipse with a liver and a spine, 16-bit unsigned."""
    y, x = np.mgrid[0:size, 0:size]

    def ellipse(cx, cy, rx, ry):
        return ((x - size * cx) / (size * rx)) ** 2 + ((y - size * cy) / (size * ry)) ** 2 < 1

    picture = np.where(ellipse(0.5, 0.5, 0.42, 0.33), top * 5 // 6, 0)
    picture = np.where(ellipse(0.35, 0.45, 0.16 + 0.01 * slice_index, 0.14), top, picture)
    return np.where(ellipse(0.5, 0.72, 0.06, 0.06), top * 11 // 10, picture).astype("<u2")


# 5x7 letters, one integer per row, most significant bit left: enough for "NAME ID 0123456789".
_FONT = {
    "A": (14, 17, 17, 31, 17, 17, 17), "B": (30, 17, 17, 30, 17, 17, 30), "D": (30, 17, 17, 17, 17, 17, 30),
    "E": (31, 16, 16, 30, 16, 16, 31), "I": (14, 4, 4, 4, 4, 4, 14), "L": (16, 16, 16, 16, 16, 16, 31),
    "M": (17, 27, 21, 21, 17, 17, 17), "N": (17, 25, 21, 19, 17, 17, 17), "O": (14, 17, 17, 17, 17, 17, 14),
    "R": (30, 17, 17, 30, 20, 18, 17), "S": (15, 16, 16, 14, 1, 1, 30), "U": (17, 17, 17, 17, 17, 17, 14),
    "Y": (17, 17, 10, 4, 4, 4, 4), "Z": (31, 1, 2, 4, 8, 16, 31), " ": (0,) * 7,
    "0": (14, 17, 19, 21, 25, 17, 14), "1": (4, 12, 4, 4, 4, 4, 14), "7": (31, 1, 2, 4, 8, 8, 8),
    "8": (14, 17, 17, 14, 17, 17, 14),
}


def letters(text):
    """`text` as a picture of 0 and 1, seven rows high."""
    columns = []
    for character in text.upper():
        rows = _FONT.get(character, _FONT[" "])
        columns.append(np.array([[(row >> (4 - bit)) & 1 for bit in range(5)] + [0] for row in rows], dtype=np.uint8))
    return np.hstack(columns)


def ultrasound_with_banner(text, rows=96, columns=128):
    """A fan of speckle below a burned-in banner, RGB 8-bit."""
    y, x = np.mgrid[0:rows, 0:columns]
    speckle = ((x * 7919 + y * 104729) % 97 + 60).astype(np.uint8)
    fan = (np.abs(x - columns / 2) < (y - 16) * 0.7) & (y > 20)
    grey = np.where(fan, speckle, 0).astype(np.uint8)
    banner = letters(text)[:, : columns - 4]
    grey[2 : 2 + banner.shape[0], 2 : 2 + banner.shape[1]] = banner * 255
    return np.repeat(grey[:, :, None], 3, axis=2)
