"""How often a marker of side or view is read and stays, and how often anything else would: on drawn radiographs.

    python tests/bench/pixels/markers.py PROGRAM [--models DIR] [--count N] [--seed S]

PROGRAM is efface-finders. One line a picture. A marker is spared where the first and the second search both read it, as
cleaner and gate demand; anything else counts as spared where one of them does. Every marker that a rule can name is
allowed, and nothing that equals one is drawn as something else. Wilson's interval stands beside each rate.
"""

import argparse
import sys
import tempfile
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
SIDE = 288  # Of the part that is searched: a whole radiograph takes ten times as long and shows no more of a line.


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


def inscribed(rng, text):
    """A part of a radiograph with the text on it, and the text's box; the ground under it is as it comes."""
    picture = np.asarray(radiograph(rng), np.float32)
    fonts = LANGUAGES["english"].fonts
    em = max(8, int(round(rng.uniform(*HEIGHTS) / CAPITALS)))
    ink = ink_of(text, fonts[rng.integers(len(fonts))], em, bool(rng.uniform() < .75))
    rows, columns = ink.shape
    # Half of them in a corner, as most are.
    margin = 90 if rng.uniform() < .5 else None
    y, x = (int(rng.integers(6, max(7, (margin or extent) - size if margin is None else margin)))
            for extent, size in ((picture.shape[0] - 6, rows), (picture.shape[1] - 6, columns)))
    y, x = min(y, picture.shape[0] - rows - 2), min(x, picture.shape[1] - columns - 2)
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


def meets(box, boxes):
    return any(box[0] < other[2] and other[0] < box[2] and box[1] < other[3] and other[1] < box[3] for other in boxes)


def outcomes(finders, path, seed, kind, make, count):
    """For each picture: was it found, was it spared by both searches, by one; and what reading cost."""
    for index in range(count):
        rng = np.random.default_rng([seed, sum(map(ord, kind)), index])
        text = make(rng)
        samples, box = inscribed(rng, text)
        write_netpbm(path, samples)
        answer = finders.ask(path)
        first, again = meets(box, answer["markers"]), meets(box, answer["again"])
        found = first or again or meets(box, answer["markers_left"])
        lines = len(answer["markers"]) + len(answer["markers_left"])
        yield text, found, first and again, first or again, answer["markers_ms"], lines


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
    finders = Finders(arguments.program, arguments.models, ["--markers"])
    rows, costs = [], []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "picture.pgm"

        def ask(kind, make, count):
            for outcome in outcomes(finders, path, arguments.seed, kind, make, count):
                if outcome[1]:
                    costs.append(outcome[4] / max(outcome[5], 1))
                yield outcome

        done = list(ask("marker", lambda rng: str(rng.choice(MARKERS)), arguments.count))
        rows.append(row("markers found", sum(one[1] for one in done), len(done)))
        rows.append(row("markers spared", sum(one[2] for one in done), len(done)))
        wrong, each = [], -(-arguments.count // len(OTHERS))
        found = total = 0
        for kind, make in OTHERS.items():
            done = list(ask(kind, make, each))
            wrong += [one[0] for one in done if one[3]]
            found += sum(one[1] for one in done)
            total += len(done)
        rows.append(row("other lines found", found, total))
        rows.append(row("other lines spared", len(wrong), total))
    finders.close()
    print(table(("", "", "Wilson 95 %"), rows))
    print(f"reading a line: {np.mean(costs):.1f} ms of processor time, at most {max(costs):.1f}")
    print(f"seed {arguments.seed}; spared wrongly: {wrong}")


if __name__ == "__main__":
    main()
