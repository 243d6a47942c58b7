"""Burned-in text: two fonts of our own as data, one of dots and one of strokes, and how a device writes with them.

A rendered text is a float32 array of 0..1 (how much of a pixel the letter covers). Pure.
"""

from dataclasses import dataclass

import numpy as np

# Five dots wide, seven high: one hexadecimal number per row, the most significant of five bits left.
_DOTS = {
    "A": "0E 11 11 1F 11 11 11", "B": "1E 11 11 1E 11 11 1E", "C": "0E 11 10 10 10 11 0E", "D": "1C 12 11 11 11 12 1C",
    "E": "1F 10 10 1E 10 10 1F", "F": "1F 10 10 1E 10 10 10", "G": "0E 11 10 17 11 11 0F", "H": "11 11 11 1F 11 11 11",
    "I": "0E 04 04 04 04 04 0E", "J": "07 02 02 02 02 12 0C", "K": "11 12 14 18 14 12 11", "L": "10 10 10 10 10 10 1F",
    "M": "11 1B 15 15 11 11 11", "N": "11 19 15 15 13 11 11", "O": "0E 11 11 11 11 11 0E", "P": "1E 11 11 1E 10 10 10",
    "Q": "0E 11 11 11 15 12 0D", "R": "1E 11 11 1E 14 12 11", "S": "0F 10 10 0E 01 01 1E", "T": "1F 04 04 04 04 04 04",
    "U": "11 11 11 11 11 11 0E", "V": "11 11 11 11 0A 0A 04", "W": "11 11 11 15 15 1B 11", "X": "11 11 0A 04 0A 11 11",
    "Y": "11 11 0A 04 04 04 04", "Z": "1F 01 02 04 08 10 1F", "0": "0E 11 13 15 19 11 0E", "1": "04 0C 04 04 04 04 0E",
    "2": "0E 11 01 06 08 10 1F", "3": "1E 01 01 0E 01 01 1E", "4": "02 06 0A 12 1F 02 02", "5": "1F 10 1E 01 01 11 0E",
    "6": "06 08 10 1E 11 11 0E", "7": "1F 01 02 02 04 04 04", "8": "0E 11 11 0E 11 11 0E", "9": "0E 11 11 0F 01 02 0C",
    ".": "00 00 00 00 00 0C 0C", ",": "00 00 00 00 0C 04 08", ":": "00 0C 0C 00 0C 0C 00", "-": "00 00 00 0E 00 00 00",
    "/": "01 01 02 04 08 10 10", "%": "19 1A 02 04 08 0B 13", "+": "00 04 04 1F 04 04 00", " ": "00 00 00 00 00 00 00",
}

# Strokes through points "xy" on a grid of 5 by 9, y downwards, the base line at 6; "|" lifts the pen.
_STROKES = {
    "A": "06 02 20 42 46|04 44", "B": "03 33 42 41 30 00 06 36 45 44 33", "C": "41 30 10 01 05 16 36 45",
    "D": "00 30 41 45 36 06 00", "E": "40 00 06 46|03 33", "F": "40 00 06|03 33", "G": "41 30 10 01 05 16 36 45 43 23",
    "H": "00 06|40 46|03 43", "I": "10 30|20 26|16 36", "J": "40 45 36 16 05", "K": "00 06|40 03 46", "L": "00 06 46",
    "M": "06 00 23 40 46", "N": "06 00 46 40", "O": "10 30 41 45 36 16 05 01 10", "P": "06 00 30 41 42 33 03",
    "Q": "10 30 41 45 36 16 05 01 10|24 46", "R": "06 00 30 41 42 33 03|23 46", "S": "41 30 10 01 02 13 33 44 45 36 16 05",
    "T": "00 40|20 26", "U": "00 05 16 36 45 40", "V": "00 26 40", "W": "00 16 23 36 40", "X": "00 46|40 06",
    "Y": "00 23 40|23 26", "Z": "00 40 06 46",
    "a": "12 32 43 46 16 05 14 44", "b": "00 06 36 45 43 32 02", "c": "42 12 03 05 16 46", "d": "40 46 16 05 03 12 42",
    "e": "04 44 43 32 12 03 05 16 46", "f": "30 21 26|12 32", "g": "45 15 04 03 12 42 47 38 18", "h": "00 06|02 32 43 46",
    "i": "22 26|20 20", "j": "32 37 28 18|30 30", "k": "00 06|32 04 36", "l": "20 26", "m": "06 02 12 23 26|23 32 43 46",
    "n": "06 02 32 43 46", "o": "12 32 43 45 36 16 05 03 12", "p": "08 02 32 43 45 36 06", "q": "48 42 12 03 05 16 46",
    "r": "12 16|13 22 32", "s": "42 12 03 14 34 45 36 06", "t": "20 25 36|12 32", "u": "02 05 16 46|42 46", "v": "02 26 42",
    "w": "02 16 24 36 42", "x": "02 46|42 06", "y": "02 05 16 46|42 47 38 18", "z": "02 42 06 46",
    "0": "10 30 41 45 36 16 05 01 10|41 05", "1": "11 20 26|16 36", "2": "01 10 30 41 42 06 46",
    "3": "01 10 30 41 42 33 44 45 36 16 05|13 33", "4": "36 30 04 44", "5": "40 00 02 32 43 45 36 16 05",
    "6": "41 30 10 01 05 16 36 45 44 33 13 04", "7": "00 40 26", "8": "13 02 01 10 30 41 42 33 13 04 05 16 36 45 44 33",
    "9": "05 16 36 45 41 30 10 01 02 13 33 42", ".": "26 26", ",": "26 17", ":": "22 22|25 25", "-": "13 33", "/": "40 06",
    "%": "40 06|00 11|35 46", "+": "21 25|03 43", " ": "",
}
# The grid, and what stands free around it.
_GRID_COLUMNS, _GRID_ROWS, _CELL_COLUMNS = 4, 8, 6


def dots(text, scale=2):
    """`text` in capitals of square dots, each `scale` pixels wide; 7 dots high."""
    rows = [[] for _ in range(7)]
    for letter in text.upper():
        for row, number in zip(rows, _DOTS[letter].split()):
            row.extend([int(number, 16) >> (4 - bit) & 1 for bit in range(5)] + [0])
    return np.array(rows, np.float32).repeat(scale, axis=0).repeat(scale, axis=1)


def strokes(text, height=12, weight=1.3, smooth=True):
    """`text` drawn with a round pen of `weight` pixels; capitals are `height` pixels high."""
    return np.hstack([_drawn(_STROKES[letter], height, weight, smooth) for letter in text])


def _drawn(glyph, height, weight, smooth):
    unit = (height - weight) / 6
    margin = weight / 2
    rows, columns = int(np.ceil(_GRID_ROWS * unit + weight)), int(round(_CELL_COLUMNS * unit * 0.92))
    y, x = np.mgrid[0:rows, 0:columns] + 0.5
    ink = np.zeros((rows, columns), np.float32)
    for line in filter(None, glyph.split("|")):
        points = [(int(p[0]) * unit * 0.92 + margin, int(p[1]) * unit + margin) for p in line.split()]
        for (ax, ay), (bx, by) in zip(points, points[1:]):
            t = np.clip(((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / max((bx - ax) ** 2 + (by - ay) ** 2, 1e-9), 0, 1)
            away = np.hypot(x - ax - t * (bx - ax), y - ay - t * (by - ay))
            ink = np.maximum(ink, np.clip(weight / 2 + 0.5 - away, 0, 1))
    return ink if smooth else (ink > 0.45).astype(np.float32)


@dataclass(frozen=True)
class Line:
    """One line of burned-in text as it stands in a picture. `box`: half-open x0, y0, x1, y1 around its ink."""

    text: str
    box: tuple
    # Does it name the patient, the place or the day?
    identifies: bool
    # Level of the letters less that of what they were written on, in 8-bit steps.
    contrast: int


def write(picture, text, x, y, ink, level=235, identifies=True):
    """Writes `ink` (rendered `text`) with its left upper corner at x, y; from the right edge where x is negative.

    `picture` is (rows, columns) or (rows, columns, 3) of float; it is changed. Returns the Line.
    """
    rows, columns = np.nonzero(ink > 0.5)
    ink = ink[:, :columns.max() + 1]
    x = picture.shape[1] + x - ink.shape[1] if x < 0 else x
    place = picture[y:y + ink.shape[0], x:x + ink.shape[1]]
    assert place.shape[:2] == ink.shape, f"{text!r} leaves the picture"
    below = float(np.median(place))
    cover = ink if picture.ndim == 2 else ink[:, :, None]
    place += (level - place) * cover
    box = (x + int(columns.min()), y + int(rows.min()), x + int(columns.max()) + 1, y + int(rows.max()) + 1)
    return Line(text, box, identifies, int(round(level - below)))
