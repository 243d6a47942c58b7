"""How often a marker of side or view is read as one, and how often anything else is: on drawn radiographs.

    python tests/bench/pixels/markers.py PROGRAM [--models DIR] [--count N] [--seed S]

PROGRAM is efface-finders. One line a picture, in a box around it as the detector draws one, a little too large or too small:
what the detector finds is measured elsewhere. Every marker that a rule can name counts, and nothing that equals one is drawn
as something else. What stands beside other text is not spared however it is read; that is no part of this. Wilson's interval
stands beside each rate.
"""

import argparse
import sys
import tempfile
from functools import lru_cache
from pathlib import Path

import numpy as np
from grounds import radiograph
from inscriptions import LANGUAGES, ink_of, missing_fonts
from pictures import to_bytes, write_netpbm
from rates import percent, table, wilson
from search import Finders

# rules/profile/marker_table.h
MARKERS = ("L", "R", "LT", "RT", "AP", "PA", "LAT", "LL", "RL", "LLD", "RLD", "LLO", "RLO", "CC", "ML", "LM", "MLO", "XCCL", "LCC",
           "RCC", "LMLO", "RMLO", "LML", "RML")
NAMES = ("SMITH", "Ann", "LEE", "Li", "LO", "Pat", "LATHAM", "RAPP", "Rapid", "Ray", "PAUL", "Carl", "MLODY", "RALL", "Lau", "Ott")
LETTERS = "ABCDEFGHIJKMNOPQSTUVWXYZ"
ALPHABET = LETTERS + "LR"
CAPITALS = .7  # Of the em.
HEIGHTS = (10, 40)
CONTRASTS = (.2, 1.0)
SIDE = 288  # Of the part that is looked at.
GROUNDS = 12


def _initials(rng, count):
    while True:
        text = "".join(rng.choice(list(ALPHABET), count))
        if text not in MARKERS:
            return text


def _number(rng, digits):
    return str(rng.integers(10 ** (digits - 1), 10 ** digits))


OTHERS = {
    "name": lambda rng: str(rng.choice(NAMES)),
    "name with a letter": lambda rng: f"{rng.choice(list('LR'))}{rng.choice(['.', ' ', '. ', ', '])}{rng.choice(NAMES)}",
    "letter": lambda rng: str(rng.choice(list(LETTERS))),
    "initials": lambda rng: _initials(rng, int(rng.integers(2, 5))),
    "marker and initials": lambda rng: f"{rng.choice(MARKERS)}{rng.choice([' ', '  ', '-', '/'])}{_initials(rng, 2)}",
    "date": lambda rng: f"{rng.integers(1, 29):02}.{rng.integers(1, 13):02}.{rng.integers(20, 99)}",
    "time": lambda rng: f"{rng.integers(0, 24)}:{rng.integers(0, 60):02}",
    "age": lambda rng: f"{rng.integers(1, 99)}{rng.choice(['', 'Y', ' Y', 'A', ' yr'])}",
    "number": lambda rng: _number(rng, int(rng.integers(1, 5))),
    "identifier": lambda rng: f"{rng.choice(list(ALPHABET))}{_number(rng, int(rng.integers(1, 6)))}",
    "unit": lambda rng: f"{rng.integers(1, 20)} {rng.choice(['cm', 'mm', 'kV', 'mAs'])}",
}


@lru_cache(maxsize=GROUNDS)
def _ground(number):
    return np.asarray(radiograph(np.random.default_rng([number, 0x6D61])), np.float32)


def _beside(rng):
    """What the beam met nothing on: flat, a slope, noise."""
    side = 2 * SIDE
    slope = np.linspace(0, rng.uniform(-40, 40), side, dtype=np.float32)
    return (rng.uniform(4, 90) + slope + slope[::-1, None] * rng.uniform(0, 1) + rng.normal(0, rng.uniform(1, 6), (side, side)))


def inscribed(rng, text, beside):
    """A part of a radiograph with the text on it, over the body or beside it, and the text's box."""
    picture = np.asarray(_beside(rng), np.float32) if beside else _ground(int(rng.integers(GROUNDS))).copy()
    fonts = LANGUAGES["english"].fonts
    em = max(8, int(round(rng.uniform(*HEIGHTS) / CAPITALS)))
    ink = ink_of(text, fonts[rng.integers(len(fonts))], em, bool(rng.uniform() < .75))
    rows, columns = ink.shape
    # Half of them in a corner, as most are.
    corner = rng.uniform() < .5
    y, x = (min(int(rng.integers(6, max(7, 90 if corner else extent - size - 6))), extent - size - 2)
            for extent, size in ((picture.shape[0], rows), (picture.shape[1], columns)))
    under = picture[y:y + rows, x:x + columns]
    step = 255 * rng.uniform(*CONTRASTS)
    middle = float(np.median(under))
    level = middle + step if middle + step <= 255 else max(0.0, middle - step)
    under += (level - under) * ink
    rows_cut, columns_cut = (_cut(rng, at, size, extent) for at, size, extent in
                             ((y, rows, picture.shape[0]), (x, columns, picture.shape[1])))
    part = to_bytes(picture[rows_cut, columns_cut])
    y, x = y - rows_cut.start, x - columns_cut.start
    return part, (x, y, x + columns, y + rows)


def _cut(rng, at, size, extent):
    """SIDE pixels that hold `size` from `at` on, somewhere; more where they must."""
    side = max(SIDE, size)
    start = int(rng.integers(max(0, at + size - side), min(at, extent - side) + 1))
    return slice(start, start + side)


def answers(finders, path, seed, kind, make, count, beside=False):
    """For each picture what stands there, what is read, and what that cost."""
    for index in range(count):
        rng = np.random.default_rng([seed, sum(map(ord, kind)), index])
        text = make(rng)
        samples, (left, top, right, bottom) = inscribed(rng, text, beside)
        write_netpbm(path, samples)
        height = bottom - top
        by = [int(round(height * rng.uniform(-.05, .4))) for _ in range(4)]
        line = (left - by[0], top - by[1], right + by[2], bottom + by[3])
        answer = finders.ask(f"{path}\t{' '.join(map(str, line))}")
        yield text, answer["read"][0], answer["read_ms"]


def row(name, hits, count):
    low, high = wilson(hits, count)
    return name, f"{hits} of {count}", f"{percent(low)} to {percent(high)} %"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--models", default=".models")
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=20261130)
    arguments = parser.parse_args()
    if missing_fonts():
        sys.exit("scripts/setup.sh --bench-pixels installs the fonts")
    finders = Finders(arguments.program, arguments.models, ["--read"])
    rows, costs, wrong = [], [], []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "picture.pgm"
        for beside in (True, False):
            done = list(answers(finders, path, arguments.seed, "marker", lambda rng: str(rng.choice(MARKERS)), arguments.count, beside))
            where = "beside the body" if beside else "over the body"
            rows.append(row(f"markers {where}: read", sum(text == read for text, read, _ in done), len(done)))
            rows.append(row("as another one", sum(text != read and read in MARKERS for text, read, _ in done), len(done)))
            costs += [cost for _, _, cost in done]
        each = -(-arguments.count // len(OTHERS))
        for kind, make in OTHERS.items():
            done = [one for beside in (True, False) for one in answers(finders, path, arguments.seed, kind, make, each, beside)]
            taken = [f"{text} as {read}" for text, read, _ in done if read in MARKERS]
            rows.append(row(f"{kind}: as a marker", len(taken), len(done)))
            wrong += taken
            costs += [cost for _, _, cost in done]
        rows.append(row("all of these: as a marker", len(wrong), 2 * each * len(OTHERS)))
    finders.close()
    print(table(("", "", "Wilson 95 %"), rows))
    print(f"a line: {np.mean(costs):.1f} ms of processor time, at most {max(costs):.1f}; seed {arguments.seed}")
    print(f"read wrongly: {wrong}")


if __name__ == "__main__":
    main()
