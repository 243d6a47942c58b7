#!/usr/bin/env python3
"""make bench-pixels: what the finders find and miss, what changes outside a mask, and how long instances take.

    bench_pixels.py [--quick] [--cells PREFIX,...] [--at-most N] [--minutes N] [--jobs N] [--json] [--seed N]

Full: n as cells.py has it; --quick: 20 pictures a cell, into pixels-quick.json, a look and no measurement. What was
searched is kept in build/bench/pixels/cache, so a run that was stopped goes on. Cells besides those of cells.py: real
(../shared/faces and ../shared/dicom), head_views, speed, outside. A figure that was not measured is absent from pixels.json.
"""

import argparse
import json
import os
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
sys.path.insert(0, str(HERE))

KEYS = ("face_upright_percent", "face_rotated_percent", "face_rendering_percent", "face_false_per_photo",
        "text_recall_percent", "text_false_area_percent", "occlusion_recall_percent", "outside_changed", "dr_seconds",
        "us_seconds", "cine_seconds", "ct_ms")
QUICK = 20
SEED = 20261121
EXTRAS = ("real", "head_views", "speed", "outside")
HEAD_VIEWS_COUNT = 500



def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help=f"{QUICK} pictures a cell")
    parser.add_argument("--cells", default="", help="only cells that begin so: face_upright,text.ct,speed ...")
    parser.add_argument("--at-most", type=int, help="no more pictures a cell than this")
    parser.add_argument("--minutes", type=float, help="search no longer than this; figures are of what was reached")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--json", action="store_true", help="print the figures alone")
    parser.add_argument("--build", type=Path, default=ROOT / "build", help="the build folder")
    parser.add_argument("--out", type=Path, help="default: BUILD/bench")
    return parser.parse_args()


def chosen(name, prefixes):
    return not prefixes or any(name.startswith(prefix) for prefix in prefixes)


def main():
    asked = arguments()
    from inscriptions import PACKAGES, missing_fonts
    if missing_fonts():
        sys.exit(f"bench-pixels: fonts are missing ({', '.join(missing_fonts())}): apt-get install {' '.join(PACKAGES)}")
    program, models = asked.build / "tests" / "efface-finders", ROOT / ".models"
    if not program.exists() or not (models / "manifest.json").exists():
        sys.exit(f"bench-pixels: {program} or {models} is not there: make bench-pixels makes both")
    out = asked.out or asked.build / "bench"
    report = measure(asked, program, models, out / "pixels")
    write(report, out, asked)


def measure(asked, program, models, folder):
    from scoring import Report, report_found
    from search import Cache, every_cell, search_all

    prefixes = [prefix for prefix in asked.cells.split(",") if prefix]
    limit = QUICK if asked.quick else asked.at_most
    cells = [cell for cell in every_cell() if chosen(cell.name, prefixes)]
    counts = {cell.name: min(cell.count, limit or cell.count) for cell in cells}
    cache = Cache(folder / "cache", asked.seed, program, models)
    report = Report()
    report.say(f"seed {asked.seed}, program and models {cache.asked}, generators {' '.join(cache.generators.values())}")
    setup = str(program), str(models), str(folder / "work"), asked.seed
    records = search_all(cells, counts, cache, setup, asked.jobs, asked.minutes)
    report_found(report, cells, records)
    from sheets import misses_sheet
    for cell in cells:
        misses_sheet(folder / "sheets", cell, records[cell.name], asked.seed)
    extras = {name for name in EXTRAS if chosen(name, prefixes) or any(one.startswith(name) for one in prefixes)}
    if "real" in extras:
        from real_pictures import report_real
        report_real(report, program, models, folder)
    if "head_views" in extras:
        from head_views import report_head_views
        report_head_views(report, asked.build / "tests" / "efface-head-views", asked.seed, limit or HEAD_VIEWS_COUNT,
                          [one for one in prefixes if "." in one], asked.jobs)
    if extras & {"speed", "outside"}:
        from instances_through import report_outside, report_speed
        if "outside" in extras:
            report_outside(report, asked.build, folder, asked.seed, limit)
        if "speed" in extras:
            report_speed(report, asked.build, folder, asked.seed, asked.quick)
    return report


def write(report, out, asked):
    quick = asked.quick
    text = "\n\n".join(report.parts)
    figures = {key: report.figures[key] for key in KEYS if key in report.figures}
    name = "pixels-quick" if quick else "pixels"
    (out / "pixels").mkdir(parents=True, exist_ok=True)
    (out / "pixels" / f"{name}.txt").write_text(text + "\n", encoding="utf-8")
    (out / f"{name}.json").write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    if not asked.json:
        print(text)
    print(json.dumps(figures, indent=1))
    for key in KEYS:
        if key not in figures:
            print(f"not measured: {key} ({report.absent.get(key, 'its cells were not run')})", file=sys.stderr)


if __name__ == "__main__":
    main()
