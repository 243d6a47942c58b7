#!/usr/bin/env python3
"""The threshold of the text search: recall against area masked in vain, for scores from 0.5 on.

    tune_text.py [--count N] [--seed S] [--build DIR] [--keep FILE]

Pictures are the training's scenes (training/scenes.py) and ultrasound of tests/synthetic/echo.py, half of them with
lines of text in fonts that tests/bench/pixels does not use, half with areas already blackened, as the search after
blackening meets them. What make bench-pixels scores on has no part in it. Packages: fonts-urw-base35, fonts-hack,
fonts-inconsolata, fonts-ipafont-gothic, fonts-nanum.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT))
sys.path.insert(0, str(ROOT / "tests" / "synthetic"))

FONTS = Path("/usr/share/fonts")
WESTERN = tuple(f"opentype/urw-base35/{name}.otf" for name in (
    "NimbusSans-Regular", "NimbusSans-Bold", "NimbusSansNarrow-Regular", "NimbusMonoPS-Regular", "NimbusRoman-Regular",
    "P052-Roman", "URWGothic-Book")) + ("truetype/hack/Hack-Regular.ttf", "opentype/inconsolata/Inconsolata.otf",
                                         "truetype/inconsolata/Inconsolata.otf")
KANJI, HANGUL = ("opentype/ipafont-gothic/ipag.ttf",), ("truetype/nanum/NanumGothic.ttf", "truetype/nanum/NanumMyeongjo.ttf")
SCRIPTS = (
    ("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", WESTERN), ("0123456789", WESTERN),
    ("ΑΒΓΔΕΖΗΘΛΞΠΣΦΨΩαβγδεζηθλμξπρστφψω", WESTERN[:4]), ("БГДЖЗИЛПФЦЧШЩЭЮЯбгджзилпфцчшщэюя", WESTERN[:4]),
    ("山田中村小林加藤吉木清水斎松本井上原橋", KANJI), ("가나다라마바사아자차카타파하김이박최정강", HANGUL),
)
SCENES = ("clouds", "noise", "room", "skin", "slice_like", "echo", "scope", "film", "coins", "weave", "cells")
SIDES = (480, 512, 640)
CONTRAST_MIN = .2
COVERED = .99
GRID = 8


def ground(rng):
    """uint8, rows x columns, and what it is."""
    from echo import ultrasound_frame
    from training import scenes

    kind = ("sector",) * 3 + SCENES
    name = kind[rng.integers(len(kind))]
    if name == "sector":
        return ultrasound_frame(int(rng.integers(1 << 30))).samples[0].mean(axis=2), name
    scene = getattr(scenes, name)(rng, int(SIDES[rng.integers(len(SIDES))]))
    return 255 * np.clip(scene, 0, 1) + rng.normal(0, rng.uniform(0, 5), scene.shape), name


def ink(rng):
    from PIL import Image, ImageDraw, ImageFont

    letters, fonts = SCRIPTS[rng.integers(len(SCRIPTS))]
    fonts = [font for font in fonts if (FONTS / font).exists()]
    em = int(np.exp(rng.uniform(np.log(9), np.log(40))))
    font = ImageFont.truetype(str(FONTS / fonts[rng.integers(len(fonts))]), max(em, 11) if len(fonts) < 3 else em)
    text = " ".join("".join(rng.choice(list(letters), rng.integers(2, 10))) for _ in range(rng.integers(1, 4)))
    left, top, right, bottom = font.getbbox(text)
    image = Image.new("L", (right - left + 4, bottom - top + 4), 0)
    ImageDraw.Draw(image).text((2 - left, 2 - top), text, fill=255, font=font)
    drawn = np.rot90(np.asarray(image, np.float32) / 255, rng.integers(4))
    return drawn, em


def inscribe(rng, picture):
    lines = []
    taken = np.zeros(picture.shape, bool)
    for _ in range(5):
        letters, em = ink(rng)
        h, w = letters.shape
        if h + 8 >= picture.shape[0] or w + 8 >= picture.shape[1]:
            continue
        for _ in range(40):
            y, x = int(rng.integers(4, picture.shape[0] - h - 4)), int(rng.integers(4, picture.shape[1] - w - 4))
            under = picture[y:y + h, x:x + w]
            contrast = float(rng.uniform(CONTRAST_MIN, .7))
            level = np.median(under) + contrast * 255 * (1 if np.median(under) < 128 else -1)
            # Where the ground itself is as lively as the letters are strong, nothing is said about them.
            if taken[max(0, y - 20):y + h + 20, max(0, x - 20):x + w + 20].any() or under.std() > 128 * contrast:
                continue
            picture[y:y + h, x:x + w] = under + (level - under) * letters
            taken[y:y + h, x:x + w] = True
            lines.append({"box": [x, y, x + w, y + h], "em": em, "contrast": contrast})
            break
    return lines, taken


def blacken(rng, picture, taken):
    for _ in range(rng.integers(1, 7)):
        h, w = (GRID * int(n) for n in rng.integers(2, 30, 2))
        y, x = (GRID * int(rng.integers(0, max(1, side // GRID))) for side in picture.shape)
        if not taken[y:y + h, x:x + w].any():
            picture[y:y + h, x:x + w] = 0


def make(seed, index):
    rng = np.random.default_rng([seed, 0x7E47, index])
    picture, name = ground(rng)
    lines, taken = inscribe(rng, picture) if index % 2 == 0 else ([], np.zeros(picture.shape, bool))
    if index % 4 >= 2:
        blacken(rng, picture, taken)
    return np.clip(np.rint(picture), 0, 255).astype(np.uint8), lines, {"ground": name, "blackened": index % 4 >= 2}


def answers(arguments):
    program = arguments.build / "tests" / "efface-finders"
    with tempfile.TemporaryDirectory() as room, subprocess.Popen(
            [program, "--models", ROOT / ".models", "--text"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as finders:
        finders.stdout.readline()
        path = Path(room) / "picture.pgm"
        for index in range(arguments.first, arguments.first + arguments.count):
            picture, lines, facts = make(arguments.seed, index)
            path.write_bytes(b"P5\n%d %d\n255\n" % picture.shape[::-1] + picture.tobytes())
            finders.stdin.write(f"{path}\n")
            finders.stdin.flush()
            answer = json.loads(finders.stdout.readline())
            yield {"index": index, "lines": lines, "shape": picture.shape, **facts,
                   "text": answer["text"], "mask": answer["text_mask"], "ms": answer["text_ms"]}
            print(f"\r{index + 1 - arguments.first} of {arguments.count}", end="", file=sys.stderr, flush=True)
        finders.stdin.close()


def plane(record, least):
    out = np.zeros(record["shape"], bool)
    for found, (l, t, r, b) in zip(record["text"], record["mask"]):
        if found[4] >= least:
            out[t:b, l:r] = True
    return out


def figures(records, least):
    """(lines found, lines, mean masked area of pictures without text)."""
    hits = count = 0
    areas = []
    for record in records:
        mask = plane(record, least)
        if not record["lines"]:
            areas.append(mask.mean())
        for line in record["lines"]:
            l, t, r, b = line["box"]
            hits += mask[t:b, l:r].mean() >= COVERED
            count += 1
    return hits, count, float(np.mean(areas)) if areas else 0.0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=400)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--build", type=Path, default=ROOT / "build")
    parser.add_argument("--keep", type=Path, help="writes what was found, one JSON line a picture")
    arguments = parser.parse_args()
    missing = [packages for fonts, packages in ((WESTERN[:7], "fonts-urw-base35"), (WESTERN[7:8], "fonts-hack"),
                                                (KANJI, "fonts-ipafont-gothic"), (HANGUL, "fonts-nanum"))
               if not all((FONTS / font).exists() for font in fonts)]
    if missing:
        sys.exit(f"tune-text: fonts are missing: apt-get install {' '.join(missing)} fonts-inconsolata")
    records = list(answers(arguments))
    if arguments.keep:
        arguments.keep.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    print(f"\nseed {arguments.seed}, {len(records)} pictures, {np.mean([r['ms'] for r in records]):.0f} ms each")
    print("score   recall           false area: plain  blackened  worst ground")
    for least in (0, .5, .55, .6, .65, .7, .75, .8, .85, .9, .95):
        hits, count, _ = figures(records, least)
        area = [figures([r for r in records if r["blackened"] == black], least)[2] for black in (False, True)]
        worst = max((figures([r for r in records if r["ground"] == name], least)[2], name)
                    for name in {r["ground"] for r in records})
        print(f"{least:5.2f}  {100 * hits / max(1, count):5.1f} % of {count:5}        {100 * area[0]:5.2f} %   {100 * area[1]:5.2f} %"
              f"   {100 * worst[0]:.1f} % {worst[1]}")


if __name__ == "__main__":
    main()
