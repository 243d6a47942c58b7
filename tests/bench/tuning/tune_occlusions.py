#!/usr/bin/env python3
"""The search for earlier occlusions: recall and verdict by kind of cover, and false alarms where there is none.

    tune_occlusions.py [--count N] [--without N] [--seed S] [--kinds K,...] [--build DIR] [--pictures DIR] [--sheet DIR]

Pictures are heads, rooms and landscapes of tests/synthetic/ and the training's scenes (training/face/catalogue.py); covers
are those of covers.py, over the face or over a part of a scene that is not plain; one in five went through JPEG of 75 to
95 afterwards. What make bench-pixels scores on has no part in it. --pictures keeps what was drawn, so that the next run
only searches; --sheet writes what was missed as PNG, a sheet a kind. A cover counts as found where 80 % of its box lies in
what is found.
"""

import argparse
import functools
import io
import json
import multiprocessing
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from covers import DRAWN, KINDS, area_of

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT))
sys.path.insert(0, str(ROOT / "tests" / "synthetic"))

COVERED = .8
PORTRAITS = 30
SIDES = (384, 448, 512, 640)
LIVELY_MIN = 9  # Standard deviation under a cover: over plain ground there is nothing to tell it by.
TINTS = ((1, 1, 1), (1.1, .95, .8), (.85, 1, 1.1), (1.1, .8, .7))
NONE = "none"


@functools.cache
def portrait(folder, index):
    """Tracing one takes seconds, so they are kept."""
    from photograph import photograph

    path = folder / f"portrait-{index}.npz"
    if path.exists():
        with np.load(path) as kept:
            return kept["samples"], tuple(int(n) for n in kept["face"])
    rng = np.random.default_rng([index, 0x0CC1])
    rows = int(rng.integers(380, 600))
    taken = photograph(7000 + index, rows, int(rows * rng.uniform(.75, 1.2)))
    np.savez(path, samples=taken.samples, face=np.array(taken.face))
    return taken.samples, taken.face


def ground(rng, folder):
    """float32 rows x columns x 3, its name, the box of a face or None."""
    from photograph import empty_room
    from scenery import scenery
    from training.face import catalogue

    draw = rng.random()
    if draw < .45:
        samples, face = portrait(folder, int(rng.integers(PORTRAITS)))
        return samples.astype(np.float32), "portrait", face
    rows, columns = (int(SIDES[rng.integers(len(SIDES))]) for _ in range(2))
    if draw < .55:
        return scenery(int(rng.integers(1 << 30)), rows, columns).astype(np.float32), "scenery", None
    if draw < .6:
        return empty_room(int(rng.integers(1 << 30)), rows, columns).astype(np.float32), "empty room", None
    name = catalogue.any_name(rng)
    scene = catalogue.drawn(rng, name, min(rows, columns))
    scene = 255 * np.clip(scene, 0, 1) + rng.normal(0, rng.uniform(0, 4), scene.shape)
    tint = TINTS[rng.integers(len(TINTS))] if rng.random() < .4 else TINTS[0]
    return scene[..., None].astype(np.float32) * np.array(tint, np.float32), name, None


def compressed(rng, samples):
    from PIL import Image

    quality, kept = int(rng.integers(75, 96)), io.BytesIO()
    grey = samples.shape[2] == 1
    Image.fromarray(samples[..., 0] if grey else samples).save(kept, "JPEG", quality=quality)
    return np.asarray(Image.open(kept)).reshape(samples.shape), quality


def make(seed, kind, index, folder):
    """uint8 rows x columns x channels, the cover's Cover or None, facts."""
    rng = np.random.default_rng([seed, sum(kind.encode()), index])
    picture, name, face = ground(rng, folder)
    while kind != NONE and face is None and picture.mean(axis=2).std() < 2 * LIVELY_MIN:
        picture, name, face = ground(rng, folder)
    picture = np.clip(np.rint(picture), 0, 255)
    cover = None
    if kind != NONE:
        target = face if rng.random() < .8 else None
        for _ in range(50):
            area = area_of(rng, picture.shape[:2], target)
            if picture[area[1]:area[3], area[0]:area[2]].mean(axis=2).std() >= LIVELY_MIN:
                break
        picture, cover = DRAWN[kind](rng, picture, area)
    samples = np.clip(np.rint(picture), 0, 255).astype(np.uint8)
    grey = bool((samples == samples[..., :1]).all())
    samples, quality = compressed(rng, samples[..., :1] if grey else samples) if rng.random() < .2 else (samples, None)
    if grey:
        samples = samples[..., :1]
    return samples, cover, {"ground": name, "quality": quality}


def kept(seed, folder, task):
    """The picture's path and what is true of it; drawn where it is not kept yet."""
    kind, index = task
    path = folder / f"{kind}-{seed}-{index}.pnm"
    truth = path.with_suffix(".json")
    if not truth.exists():
        samples, cover, facts = make(seed, kind, index, folder)
        rows, columns, channels = samples.shape
        path.write_bytes(b"P%d\n%d %d\n255\n" % (5 if channels == 1 else 6, columns, rows) + samples.tobytes())
        truth.write_text(json.dumps({"kind": kind, "index": index, "path": str(path), **facts,
                                     **({"box": cover.box, "verdict": cover.verdict, **cover.facts} if cover else {})}))
    return json.loads(truth.read_text())


def drawn(arguments, folder):
    tasks = [(kind, index) for kind in arguments.kinds
             for index in range(arguments.without if kind == NONE else arguments.count)]
    portraits = [index for index in range(PORTRAITS) if not (folder / f"portrait-{index}.npz").exists()]
    with multiprocessing.get_context("fork").Pool(arguments.jobs) as pool:
        pool.map(functools.partial(portrait, folder), portraits, chunksize=1)
        for done, one in enumerate(pool.imap(functools.partial(kept, arguments.seed, folder), tasks), 1):
            print(f"\r{done} of {len(tasks)}", end="", file=sys.stderr, flush=True)
            yield one


def asked(arguments, records):
    """Each record with what efface-finders finds in its picture."""
    with subprocess.Popen([arguments.program or arguments.build / "tests" / "efface-finders", "--models", ROOT / ".models",
                           "--occlusions"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as finders:
        finders.stdout.readline()
        for record in records:
            finders.stdin.write(f"{record['path']}\n")
            finders.stdin.flush()
            answer = json.loads(finders.stdout.readline())
            yield record | {"found": answer["occlusions"], "kinds": answer["occlusion_kinds"],
                            "verdicts": answer["occlusion_verdicts"], "ms": answer["occlusions_ms"],
                            "pixels": answer["rows"] * answer["columns"]}
        finders.stdin.close()


def common(a, b):
    return max(0, min(a[2], b[2]) - max(a[0], b[0])) * max(0, min(a[3], b[3]) - max(a[1], b[1]))


def is_found(record):
    left, top, right, bottom = record["box"]
    plane = np.zeros((bottom - top, right - left), bool)
    for l, t, r, b, _ in record["found"]:
        plane[max(0, t - top):max(0, b - top), max(0, l - left):max(0, r - left)] = True
    return plane.mean() >= COVERED


def verdict_holds(record):
    """By what covers most of it; what is said to be worse than it is costs no more than a second mask."""
    shares = [common(box, record["box"]) for box in record["found"]]
    return record["verdicts"][int(np.argmax(shares))] == record["verdict"]


def strays(record):
    """What was found where there is no cover."""
    return [box for box in record["found"] if common(box, record["box"]) == 0]


def rate(hits, n, z=1.96):
    if n == 0:
        return "-"
    share, z2 = hits / n, z * z
    middle, reach = (share + z2 / 2 / n) / (1 + z2 / n), z * np.sqrt(share * (1 - share) / n + z2 / 4 / n / n) / (1 + z2 / n)
    return f"{hits:3} of {n:3} {100 * share:5.1f} % ({100 * max(0, middle - reach):.0f} to {100 * min(1, middle + reach):.0f})"


def report(records, seed):
    per = [1e6 * r["ms"] / r["pixels"] * .3072 for r in records]
    print(f"\nseed {seed}, {len(records)} pictures; {np.median(per):.0f} ms for 640x480 (most {max(per):.0f})")
    print(f"{'':9} {'found':32} {'of JPEG':32} {'verdict right':32} beside it")
    for kind in KINDS:
        mine = [r for r in records if r["kind"] == kind]
        hits = [r for r in mine if is_found(r)]
        packed = [r for r in mine if r["quality"]]
        if mine:
            print(f"{kind:9} {rate(len(hits), len(mine)):32} {rate(sum(map(is_found, packed)), len(packed)):32} "
                  f"{rate(sum(map(verdict_holds, hits)), len(hits)):32} {sum(map(len, map(strays, mine)))}")
    without = [r for r in records if r["kind"] == NONE]
    alarms = [r for r in without if r["found"]]
    kinds = {kind: sum(kind in r["kinds"] for r in alarms) for kind in KINDS}
    print(f"{NONE:9} false alarms {rate(len(alarms), len(without))}; {kinds}")
    grounds = sorted({r["ground"] for r in alarms}, key=lambda name: -sum(r["ground"] == name for r in alarms))
    print("          " + ", ".join(f"{name} {sum(r['ground'] == name for r in alarms)} of "
                                   f"{sum(r['ground'] == name for r in without)}" for name in grounds))


def sheet(path, records, across=5, side=260):
    """Misses: the cover's box green, what was found red."""
    from PIL import Image, ImageDraw

    rows = -(-len(records) // across)
    out = Image.new("RGB", (across * side, rows * (side + 14)))
    for at, record in enumerate(records):
        image = Image.open(record["path"]).convert("RGB")
        pen = ImageDraw.Draw(image)
        for box in record["found"]:
            pen.rectangle(box[:4], outline=(255, 0, 0), width=2)
        if "box" in record:
            l, t, r, b = record["box"]
            pen.rectangle((l - 3, t - 3, r + 3, b + 3), outline=(0, 255, 0))
        image.thumbnail((side - 4, side - 4))
        place = at % across * side, at // across * (side + 14)
        out.paste(image, place)
        words = [f"{record['index']} {record['ground']} q{record['quality']}"] + record["kinds"] + [
            f"{name} {record[name]:.3g}" for name in ("radius", "cell", "strength", "width") if name in record]
        ImageDraw.Draw(out).text((place[0], place[1] + side - 4), " ".join(words)[:44], fill=(255, 255, 0))
    out.save(path)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=100, help="pictures of each kind of cover")
    parser.add_argument("--without", type=int, default=200, help="pictures without a cover")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--kinds", type=lambda text: text.split(","), default=[*KINDS, NONE])
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--build", type=Path, default=ROOT / "build")
    parser.add_argument("--program", type=Path, help="instead of the build's efface-finders")
    parser.add_argument("--pictures", type=Path)
    parser.add_argument("--sheet", type=Path)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as room:
        folder = arguments.pictures or Path(room)
        folder.mkdir(parents=True, exist_ok=True)
        records = list(asked(arguments, list(drawn(arguments, folder))))
        report(records, arguments.seed)
        if arguments.sheet:
            arguments.sheet.mkdir(parents=True, exist_ok=True)
            for kind in arguments.kinds:
                mine = [r for r in records if r["kind"] == kind]
                bad = [r for r in mine if (r["found"] if kind == NONE else not is_found(r))]
                if bad:
                    sheet(arguments.sheet / f"{kind}.png", bad[:40])


if __name__ == "__main__":
    main()
