"""Instances through `efface run` under a rule that has pictures searched: what changes outside the mask, how long it takes.

Changed samples are counted without any of Efface's code: pydicom reads original and output, numpy compares. A mask
of a frame consists of cells of an 8-pixel grid (docs/pixels.md), each wholly black in that frame of the output; a changed
sample in a cell that is not wholly black is therefore one that changed outside the mask.
"""

import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path

import numpy as np
from dicom_files import cine, ct_slice, photo, radiograph_large, small_radiograph, tiny, ultrasound_frame, write
from pydicom import dcmread

GRID = 8
RULES = """[[rule]]
name = "pictures"
description = "Everything is searched: what make bench-pixels measures."
profile = "basic"
pixel_policy = "remove-found"
destinations = ["archive"]
"""
RUN_SECONDS = 3600
OUTSIDE_COUNT = 240
REPEATS = 5
CT_COPIES = 200


class Runner:
    """`efface run` of one build, with a key and a state of its own."""

    def __init__(self, build, folder):
        self.program, self.folder = Path(build) / "bin" / "efface", Path(folder)
        self.rules = self.folder / "rules.toml"
        self.rules.write_text(RULES, encoding="utf-8")
        self.count = 0

    def run(self, source):
        """(rows by file name, seconds of wall clock and of all its processes' CPU, output folder)."""
        self.count += 1
        out = self.folder / f"out{self.count}"
        environment = {**os.environ, "XDG_STATE_HOME": str(self.folder / "state")}
        before, cpu_before = time.monotonic(), _children_cpu()
        result = subprocess.run([self.program, "run", source, out, "--rules", self.rules, "--workers", "2", "--json"],
                                capture_output=True, text=True, timeout=RUN_SECONDS, env=environment, check=False)
        seconds = np.array([time.monotonic() - before, _children_cpu() - cpu_before])
        if result.returncode not in (0, 1):
            raise RuntimeError(f"efface run ended with {result.returncode}: {result.stderr[-500:]}")
        rows = [json.loads(line) for line in result.stdout.splitlines()]
        return {row["in"]: row for row in rows if "in" in row}, seconds, out


def _children_cpu():
    """Of every process that has ended and was waited for: the workers too, through the one that started them."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


# --- outside the mask ------------------------------------------------------------------------------------------------


def changed_outside(original, written):
    """(changed samples outside, changed samples) of two decoded arrays of one shape: frames, rows, columns, channels."""
    changed = original != written
    if not changed.any():
        return 0, 0
    black = written.max() if _is_inverted(original, written, changed) else written.min()
    frames, rows, columns = written.shape[:3]
    dark = (written == black).all(axis=3)
    height, width = -(-rows // GRID) * GRID, -(-columns // GRID) * GRID
    padded = np.ones((frames, height, width), bool)
    padded[:, :rows, :columns] = dark
    cells = padded.reshape(frames, height // GRID, GRID, width // GRID, GRID).all(axis=(2, 4))
    mask = cells.repeat(GRID, axis=1).repeat(GRID, axis=2)[:, :rows, :columns]
    return int((changed & ~mask[..., None]).sum()), int(changed.sum())


def _is_inverted(original, written, changed):
    """MONOCHROME1: what is blackened became the largest value. Told by what the changed samples became."""
    return bool((written[changed] > original[changed]).mean() > .5)


def samples_of(path):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        ds = dcmread(path)
        pixels = ds.pixel_array
    frames = int(ds.get("NumberOfFrames", 1))
    return pixels.reshape(frames, ds.Rows, ds.Columns, ds.SamplesPerPixel)


def outside_set(folder, seed, count):
    makers = (ultrasound_frame, small_radiograph, photo)
    for index in range(count):
        rng = np.random.default_rng([seed, 0x0D1C, index])
        write(folder / f"{index:04}.dcm", makers[index % len(makers)](rng, index), rle=index % 5 == 4)


def report_outside(report, build, folder, seed, limit):
    count = min(OUTSIDE_COUNT, limit or OUTSIDE_COUNT)
    with tempfile.TemporaryDirectory(dir=_room(folder)) as room:
        source = Path(room) / "in"
        source.mkdir()
        print(f"outside the mask: {count} instances", file=sys.stderr, flush=True)
        outside_set(source, seed, count)
        rows, _, out = Runner(build, room).run(source)
        outside = changed = masked = 0
        reasons = {}
        for name, row in rows.items():
            if row["outcome"] != "cleaned":
                reasons[row["reason"]] = reasons.get(row["reason"], 0) + 1
                continue
            some, all_of_it = changed_outside(samples_of(source / name), samples_of(out / row["out"]))
            outside, changed, masked = outside + some, changed + all_of_it, masked + bool(all_of_it)
        cleaned = sum(row["outcome"] == "cleaned" for row in rows.values())
    report.say(f"outside the mask: {outside} of {changed} changed samples, {cleaned} instances cleaned, {masked} of them masked"
               + "".join(f"\n  {number} quarantined: {reason}" for reason, number in sorted(reasons.items())))
    if masked:
        report.figures["outside_changed"] = outside
    else:
        report.absent["outside_changed"] = "no instance was masked"


# --- speed -----------------------------------------------------------------------------------------------------------


def reference_seconds():
    """One thread's work that has nothing to do with Efface: what the machine is worth at the moment."""
    field = np.random.default_rng(1).standard_normal((1024, 1024))
    before = time.monotonic()
    for _ in range(4):
        np.fft.ifft2(np.fft.fft2(field))
    return time.monotonic() - before


def report_speed(report, build, folder, seed, quick):
    repeats = 2 if quick else REPEATS
    rng = np.random.default_rng([seed, 0x57EED])
    with tempfile.TemporaryDirectory(dir=_room(folder)) as room:
        runner = Runner(build, room)
        report.say(f"speeds: wall clock of efface run --workers 2, median of {repeats}; load {os.getloadavg()[0]:.1f} at the start")
        for key, instance, kind in (("dr_seconds", radiograph_large(rng), "radiograph 2500x2000, 16 bits"),
                                    ("us_seconds", ultrasound_frame(rng, 0, (480, 640)), "ultrasound frame 640x480 with text"),
                                    ("cine_seconds", cine(rng, 100), "cine of 100 frames 640x480 with text")):
            _latency(report, runner, Path(room), key, instance, kind, repeats)
        _throughput(report, runner, Path(room), rng, repeats)


def _latency(report, runner, room, key, instance, kind, repeats):
    """One instance less one of 16x16 pixels of the same class, which pays for the same start of the same workers."""
    print(f"speed: {kind}", file=sys.stderr, flush=True)
    folders = []
    for name, ds in (("one", instance), ("least", tiny(instance))):
        folders.append(room / f"{key}-{name}")
        folders[-1].mkdir()
        write(folders[-1] / "a.dcm", ds)
    values, references = [], []
    for _ in range(repeats):
        references.append(reference_seconds())
        (rows, seconds, _), (_, least, _) = runner.run(folders[0]), runner.run(folders[1])
        row = next(iter(rows.values()))
        if row["outcome"] != "cleaned":
            report.absent[key] = f"{row['outcome']}: {row['reason']}"
            report.say(f"{kind}: not measured, {report.absent[key]}")
            return
        values.append(seconds - least)
    _say_time(report, key, kind, np.median(values, axis=0), statistics.median(references), 1)


def _throughput(report, runner, room, rng, repeats):
    """CT slices that need nothing: many less one, by their number; two at a time, as two cores do."""
    print("speed: CT slices", file=sys.stderr, flush=True)
    many, one = room / "ct-many", room / "ct-one"
    for folder, count in ((many, CT_COPIES + 1), (one, 1)):
        folder.mkdir()
        for index in range(count):
            write(folder / f"{index}.dcm", ct_slice(rng, index))
    values, references = [], []
    for _ in range(repeats):
        references.append(reference_seconds())
        (rows, seconds, _), (_, least, _) = runner.run(many), runner.run(one)
        if any(row["outcome"] != "cleaned" for row in rows.values()):
            report.absent["ct_ms"] = "a CT slice was not cleaned"
            return
        values.append((seconds - least) / CT_COPIES)
    _say_time(report, "ct_ms", f"CT slice 512x512 that needs nothing (of {CT_COPIES})", np.median(values, axis=0),
              statistics.median(references), 1000)


def _say_time(report, key, kind, times, reference, scale):
    seconds, cpu = times
    report.figures[key] = round(float(seconds) * scale, 3)
    print(f"  {key} {report.figures[key]}", file=sys.stderr, flush=True)
    report.say(f"{key}: {report.figures[key]} ({kind}; {cpu * scale:.2f} of CPU; {seconds / reference:.2f} times the "
               f"reference of {reference * 1000:.0f} ms)")


def _room(folder):
    folder.mkdir(parents=True, exist_ok=True)
    return folder
