"""Does the shape of a mask tell whose face is under it? Two heads that differ in the face alone are photographed alike,
each once more in another light; efface-finders says which mask the node would make of each. An attacker who has the mask of
one picture guesses which of both heads it shows, by the masks of the second pictures."""

import json
import sys
from pathlib import Path

import beside
import numpy as np
from family import Person, Shot, rng_of
from pictures import write_netpbm
from rates import percent, wilson
from scored import SOURCES_BESIDE
from search import Finders, digest_of

PAIRS = 200
GRID = 8


def shots(seed, pair):
    """Both of the same size; the second in another light and before another background."""
    rng = rng_of("masks", seed, pair)
    pose = rng.normal(0, 8), rng.normal(0, 5), rng.normal(0, 4)
    face = float(rng.uniform(70, 150))
    side = int(np.ceil(face * 2.2 / 16) * 16)
    return [Shot(*pose, number=int(rng.integers(1 << 31)), side=side, face=face) for _ in range(2)]


def masks_of(seed, pair, finders, path):
    """[[face a, face b] in the first light, the same in the second]; of each the mask (sorted boxes) and the step of its grid."""
    people = [Person(seed, pair, face) for face in (0, 1)]
    out = []
    for shot in shots(seed, pair):
        row = []
        for person in people:
            grey, _ = person.photograph(shot)
            write_netpbm(path, (grey // 16).astype(np.uint8))
            said_of = finders.ask(path)
            row.append({"mask": sorted(said_of["faces_mask"]), "step": said_of["faces_step"]})
        out.append(row)
    return out


def outline(mask):
    """The union of a mask's boxes: its outer edges."""
    edges = list(zip(*mask))
    return min(edges[0]), min(edges[1]), max(edges[2]), max(edges[3])


def apart(one, other):
    """The largest distance in pixels between outer edges of two masks."""
    return max(abs(a - b) for a, b in zip(outline(one), outline(other)))


def is_equal(one, other):
    """Pixel for pixel, however many boxes."""
    def cells(mask):
        return {(x, y) for x0, y0, x1, y1 in mask for x in range(x0, x1, GRID) for y in range(y0, y1, GRID)}
    return cells(one) == cells(other)


def guess(mask, candidates):
    """1 where the first of two candidates is nearer, 0 where the second is, half a point where both are as near."""
    distances = [sum(abs(a - b) for a, b in zip(outline(mask), outline(one))) for one in candidates]
    return .5 if distances[0] == distances[1] else float(distances[0] < distances[1])


def judged(records):
    """Counts over pairs in which each picture had a mask, as a dict."""
    whole = [record for record in records if all(one["mask"] for row in record for one in row)]
    steps = [max(one["step"] for one in row) for record in whole for row in record]
    kept = [[[one["mask"] for one in row] for row in record] for record in whole]
    rows = [row for record in kept for row in record]
    distances = [apart(*row) for row in rows]
    # Face a's mask in the first light among both in the second, and so on: one score a pair, from 0 to 1.
    scores = [np.mean([guess(first[k], (second[k], second[1 - k])) for first, second in (record, record[::-1]) for k in (0, 1)])
              for record in kept]
    return {"pairs": len(records), "found": len(kept), "compared": len(distances), "equal": sum(is_equal(*row) for row in rows),
            "one_step": sum(one <= step for one, step in zip(distances, steps)), "furthest": max(distances, default=0), "right": float(np.sum(scores)),
            "spread": float(np.std(scores, ddof=1)) if len(scores) > 1 else 0.0}


def linkage_interval(result):
    """(share of right guesses, low, high): the interval of a mean over pairs, 95 %."""
    count = max(result["found"], 1)
    mean, half = result["right"] / count, 1.96 * result["spread"] / np.sqrt(count)
    return mean, mean - half, mean + half


def measured(program, models, folder, seed, pairs=PAIRS):
    """Answers are kept in `folder`, a line a pair; another drawing, program or model asks anew."""
    drawn_by = [beside.HERE / "family.py", beside.HERE / "masks_alike.py", *(beside.PIXELS / name for name in SOURCES_BESIDE)]
    asked = digest_of(*drawn_by, program, *sorted(Path(models).glob("[!.]*")))
    path = Path(folder) / f"masks.{seed}.{asked}.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    records = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []
    finders = Finders(str(program), str(models), ("--faces",))
    try:
        with open(path, "a", encoding="utf-8") as out:
            for pair in range(len(records), pairs):
                print(f"\rmasks: {pair}/{pairs}", end="", file=sys.stderr, flush=True)
                records.append(masks_of(seed, pair, finders, path.with_suffix(".pgm")))
                out.write(json.dumps(records[-1]) + "\n")
                out.flush()
    finally:
        finders.close()
    print(file=sys.stderr)
    return judged(records[:pairs])


def said(result):
    mean, low, high = linkage_interval(result)
    a, b = wilson(result["equal"], result["compared"])
    return (f"masks of two heads that differ in the face alone: equal in {result['equal']} of {result['compared']} comparisons "
            f"({percent(result['equal'] / max(result['compared'], 1))} %, {percent(a)} to {percent(b)}), within one step of the grid "
            f"in {result['one_step']}, at most {result['furthest']} pixels apart at an edge; guessed from the mask: {100 * mean:.1f} % "
            f"right ({100 * low:.1f} to {100 * high:.1f}), chance 50; "
            f"{result['found']} of {result['pairs']} pairs had a mask in all four pictures")
