"""How often the profile of a lateral radiograph is covered, and how often one is seen where none is.

    python tests/bench/pixels/head_views.py PROGRAM [--count N] [--seed S] [--sheets DIR]

PROGRAM is efface-head-views. A profile counts as covered where 95 % of the skin from brow to chin that lies in the
picture lies under the band, and as much of what lies 15 mm behind it. Wilson's interval stands beside each rate.
"""

import argparse
import json
import multiprocessing
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from grounds import radiograph as chest
from head_radiographs import Radiograph, frontal, lateral, other
from pictures import to_bytes, write_netpbm
from rates import percent, table, wilson

COVERED = .95
UNEXPECTED = 1.2  # kScoreUnexpected of pipeline/pixel/profile_bands.cpp: what counts where no head is stated.


def _chest(rng):
    return Radiograph(to_bytes(chest(rng)), facts={"field": "chest"})


CELLS = {
    "lateral.head": lambda rng: lateral(rng, "head"),
    "lateral.face": lambda rng: lateral(rng, "face"),
    "lateral.neck": lambda rng: lateral(rng, "neck"),
    "lateral.turned": lambda rng: lateral(rng, "head", (0, 360)),
    "frontal": frontal,
    "other": other,
    "chest": _chest,
}


def covered(picture, boxes):
    """The share of the skin in the picture that is masked, the worse of it and of what lies 15 mm behind."""
    rows, columns = picture.samples.shape
    mask = np.zeros((rows, columns), bool)
    for left, top, right, bottom in boxes:
        mask[top:bottom, left:right] = True
    shares = []
    for depth in (0, 15):
        x, y = (picture.skin + picture.inwards * depth * picture.millimetre).astype(int).T
        here = (x >= 0) & (y >= 0) & (x < columns) & (y < rows)
        shares.append(mask[y[here], x[here]].mean() if here.any() else 1.0)
    return min(shares)


def _drawn(picture, answer, path):
    from PIL import Image, ImageDraw
    image = Image.fromarray(picture.samples).convert("RGB")
    draw = ImageDraw.Draw(image)
    for box in answer["band"]:
        draw.rectangle(box, outline=(255, 60, 60))
    if picture.skin is not None:
        draw.line([tuple(place) for place in picture.skin], fill=(60, 255, 60))
    image.save(path)


def score(program, name, count, seed, sheets):
    number = list(CELLS).index(name)
    pictures, lines = [], []
    with tempfile.TemporaryDirectory() as folder:
        for k in range(count):
            picture = CELLS[name](np.random.default_rng([seed, number, k]))
            path = Path(folder) / f"{k:05}.pgm"
            write_netpbm(path, picture.samples)
            pictures.append(picture)
            stated = picture.millimetre if picture.skin is not None and k % 2 else 0
            lines.append(f"{stated} {path}")
        done = subprocess.run([program], input="\n".join(lines) + "\n", capture_output=True, text=True, check=True)
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    hits, wrong = 0, []
    for k, (picture, answer) in enumerate(zip(pictures, answers)):
        if picture.skin is not None:
            hit = bool(answer["band"]) and covered(picture, answer["band"]) >= COVERED
        else:
            hit = bool(answer["band"])
        hits += hit
        if hit != (picture.skin is not None):
            wrong.append(k)
        if sheets and (k < 4 or wrong[-1:] == [k]) and k < 400:
            _drawn(picture, answer, Path(sheets) / f"{name}-{k:03}-{'right' if wrong[-1:] != [k] else 'wrong'}.png")
    seen = sum(bool(answer["band"]) for answer in answers)
    sure = sum(answer.get("score", 0) > UNEXPECTED for answer in answers)
    area = np.mean([_share(picture, answer["band"]) for picture, answer in zip(pictures, answers)])
    low, high = wilson(hits, count)
    cpu = float(np.mean([answer["cpu_ms"] for answer in answers]))
    return [name, count, hits, percent(hits / count), f"{percent(low)} to {percent(high)}", seen, sure,
            percent(area), f"{cpu:.0f}"]


def _share(picture, boxes):
    mask = np.zeros(picture.samples.shape, bool)
    for left, top, right, bottom in boxes:
        mask[top:bottom, left:right] = True
    return mask.mean()


HEAD = ["cell", "n", "hits", "%", "Wilson 95 %", "seen", "sure", "area %", "cpu ms"]
TITLE = "profiles of lateral heads covered, or (where there is none) seen"


def report_head_views(report, program, seed, count, prefixes, jobs):
    """The cells head_views.* of make bench-pixels, `jobs` at a time; no figure of pixels.json is theirs."""
    names = [name for name in CELLS
             if not prefixes or any(f"head_views.{name}".startswith(prefix) for prefix in prefixes)]
    print(f"head views: {len(names)} cells of {count} pictures", file=sys.stderr, flush=True)
    with multiprocessing.get_context("spawn").Pool(jobs) as pool:
        rows = pool.starmap(score, [(program, name, count, seed, None) for name in names], chunksize=1)
    report.say(f"{TITLE}, seed {seed}\n" + table(HEAD, rows))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--seed", type=int, default=20261122)
    parser.add_argument("--sheets")
    parser.add_argument("--cells", default="")
    options = parser.parse_args()
    if options.sheets:
        Path(options.sheets).mkdir(parents=True, exist_ok=True)
    rows = []
    for name in CELLS:
        if name.startswith(tuple(options.cells.split(","))):
            rows.append(score(options.program, name, options.count, options.seed, options.sheets))
            print(*rows[-1], file=sys.stderr, flush=True)
    print(f"{TITLE}, seed {options.seed}")
    print(table(HEAD, rows))


if __name__ == "__main__":
    main()
