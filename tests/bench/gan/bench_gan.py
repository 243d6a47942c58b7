#!/usr/bin/env python3
"""make bench-gan: how near fills come to what was there beside classical ones, what they tell of a face, what they cost.

    bench_gan.py [--quick] [--cells PREFIX,...] [--at-most N] [--minutes N] [--json] [--seed N] [--generator FILE]

Cells: ct, mr, radiograph, photograph (scored.py), real (../shared), instances, speed, watermark, linkage. Full: n as they
have it; --quick: 20 filled pictures a kind into gan-quick.json, a look and no measurement; a part of a run (--cells, --at-most,
--minutes) goes into gan-part.json. What was evaluated is kept in build/bench/gan/cache, so a run that was stopped goes on. The
network is --generator, else EFFACE_GENERATOR, else the one that ships in models/. A figure that was not measured is absent from
gan.json, and the run prints why.
"""

import argparse
import json
import os
import shutil
import sys
import time
from pathlib import Path

import beside
import numpy as np
from evaluation import Program, evaluated, is_there
from figures import add_figures, report_kind
from scored import DRAWN_MOST, KINDS, WANTED, case_of, generator_digest, write_cases
from scoring import Report

KEYS = ("gray_mean_percent", "gray_max_percent", "hf_ratio_mean", "ssim", "ssim_over_best_classical", "psnr", "outside_changed",
        "linkage_auc_difference", "watermark_read_percent", "watermark_false", "stage_seconds_1024x1280", "worker_rss_mb")
QUICK = 20
PART = 20  # Cases that one call of the program gets.
SEED = 20270311


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help=f"{QUICK} filled pictures a kind")
    parser.add_argument("--cells", default="", help="only cells that begin so: ct,real,speed ...")
    parser.add_argument("--at-most", type=int, help="no more filled pictures a kind than this")
    parser.add_argument("--minutes", type=float, help="evaluate no longer than this; figures are of what was reached")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--json", action="store_true", help="print the figures alone")
    parser.add_argument("--generator", type=Path, help="a network of contract efface-generator/1")
    parser.add_argument("--build", type=Path, default=beside.ROOT / "build", help="the build folder")
    parser.add_argument("--out", type=Path, help="default: BUILD/bench")
    return parser.parse_args()


def generator_file(asked=None):
    """The one asked for, the environment's, or the one that ships; None where there is none."""
    shipped = sorted((beside.ROOT / "models").glob("*generator*.pt"))
    named = os.environ.get("EFFACE_GENERATOR")
    return asked or (Path(named) if named else shipped[0] if shipped else None)


class Cache:
    """Records by part of a kind, named by seed, pictures, program and network: a change of any asks anew."""

    def __init__(self, folder, seed, program):
        self.folder, self.seed = Path(folder), seed
        self.folder.mkdir(parents=True, exist_ok=True)
        self.name = f"{seed}.{generator_digest()}.{program.digest()}"

    def path(self, kind, part):
        grounds = ""
        if kind == "real":
            from real_grounds import digest

            grounds = f".{digest()}"
        return self.folder / f"{kind}.{part:03}.{self.name}{grounds}.json"

    def read(self, kind, part):
        try:
            return json.loads(self.path(kind, part).read_text(encoding="utf-8"))
        except (OSError, json.JSONDecodeError):
            return None

    def write(self, kind, part, records):
        draft = self.path(kind, part).with_suffix(".new")
        draft.write_text(json.dumps(records), encoding="utf-8")
        draft.replace(self.path(kind, part))


def cases_of(seed, kind, first, last):
    if kind == "real":
        from real_grounds import cases

        return cases(seed, first, last)
    return [case_of(seed, kind, index) for index in range(first, last)]


def evaluate_all(kinds, wanted, cache, program, folder, minutes):
    """{kind: records}: whole parts, all kinds alike, until each has so many that are filled. After `minutes` no more is asked."""
    records = {kind: [] for kind in kinds}
    begin = time.monotonic()
    for part, kind in ((part, kind) for part in range(DRAWN_MOST // PART) for kind in kinds):
        filled = sum(record["filled"] for record in records[kind])
        if filled >= wanted:
            continue
        kept = cache.read(kind, part)
        if kept is None:
            if minutes is not None and time.monotonic() - begin > 60 * minutes:
                print(f"stopped after {minutes} minutes", file=sys.stderr)
                break
            kept = _evaluate(part, kind, cache, program, folder)
        records[kind] += kept
        minutes_gone = (time.monotonic() - begin) / 60
        print(f"\r{minutes_gone:.1f} min  {kind:12} {filled} of {wanted} filled", end="  ", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return records


def _evaluate(part, kind, cache, program, folder):
    room = folder / "work" / f"{kind}-{os.getpid()}"
    shutil.rmtree(room, ignore_errors=True)
    write_cases(room, cases_of(cache.seed, kind, part * PART, (part + 1) * PART))
    sheet = folder / "sheets" / f"{kind}.png" if part == 0 else None
    if sheet:
        sheet.parent.mkdir(parents=True, exist_ok=True)
        sheet.unlink(missing_ok=True)
    records, _ = evaluated(program, room, cache.seed, grid=sheet)
    shutil.rmtree(room)
    cache.write(kind, part, records)
    return records


def measure(asked, program, folder):
    prefixes = [prefix for prefix in asked.cells.split(",") if prefix]

    def chosen(name):
        return not prefixes or any(name.startswith(prefix) for prefix in prefixes)
    report = Report()
    cache = Cache(folder / "cache", asked.seed, program)
    report.say(f"seed {asked.seed}, pictures {generator_digest()}, program and network {program.digest()}, numpy {np.__version__}")
    wanted = QUICK if asked.quick else min(WANTED, asked.at_most or WANTED)
    kinds = [kind for kind in KINDS if chosen(kind)]
    from real_grounds import missing
    if chosen("real"):
        if missing():
            report.say(missing())
        else:
            kinds.append("real")
    if kinds and not is_there(program.efface):
        report.say(f"{program.efface} does not know `evaluate`: no fill was compared")
        kinds = []
    records = evaluate_all(kinds, wanted, cache, program, folder, asked.minutes)
    for kind, some in records.items():
        for name in sorted({record["kind"] for record in some}):
            report_kind(report, name, [record for record in some if record["kind"] == name], asked.seed)
    if any(kind in KINDS for kind in kinds):
        add_figures(report, [record for kind in KINDS for record in records.get(kind, [])], asked.seed)
    for name, run in extras(asked, program, folder, report).items():
        if chosen(name):
            run()
    return report


def extras(asked, program, folder, report):
    from downstream import report_downstream
    from linkage import report_linkage
    from marks import report_marks
    from stage import INSTANCES, REPEATS, report_instances, report_speed

    work = folder / "work"
    work.mkdir(parents=True, exist_ok=True)
    marks = asked.build / "tests" / "efface-bench-watermark"
    repeats = 2 if asked.quick else REPEATS
    return {
        "instances": lambda: report_instances(report, program, work, asked.seed, 8 if asked.quick else INSTANCES, repeats),
        "speed": lambda: report_speed(report, program, work, asked.seed, repeats),
        "watermark": lambda: report_marks(report, marks, asked.seed % 2 ** 31, asked.quick),
        "downstream": lambda: report_downstream(report, program, folder, asked.seed, 12 if asked.quick else None),
        "linkage": lambda: report_linkage(report, program, folder, asked.seed, 60 if asked.quick else None),
    }


def write(report, out, asked):
    # gan.json is of a whole run: a part of one does not take its place.
    name = "gan-quick" if asked.quick else "gan-part" if asked.cells or asked.at_most or asked.minutes else "gan"
    figures = {key: report.figures[key] for key in KEYS if key in report.figures}
    (out / "gan" / f"{name}.txt").write_text("\n\n".join(report.parts) + "\n", encoding="utf-8")
    (out / f"{name}.json").write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    if not asked.json:
        print("\n\n".join(report.parts))
    print(json.dumps(figures, indent=1))
    for key in KEYS:
        if key not in figures:
            print(f"not measured: {key} ({report.absent.get(key, 'its cells were not run')})", file=sys.stderr)


def main():
    asked = arguments()
    generator = generator_file(asked.generator)
    if generator is None or not generator.exists():
        sys.exit("bench-gan: no generator: none ships in models/, and neither --generator nor EFFACE_GENERATOR names one")
    program = Program(asked.build / "bin" / "efface", generator.resolve())
    if not program.efface.exists():
        sys.exit(f"bench-gan: {program.efface} is not there: make bench-gan makes it")
    out = asked.out or asked.build / "bench"
    (out / "gan").mkdir(parents=True, exist_ok=True)
    write(measure(asked, program, out / "gan"), out, asked)


if __name__ == "__main__":
    main()
