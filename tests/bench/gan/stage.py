"""Instances through `efface enhance` and one picture through `efface evaluate`: how long the stage takes at 1024 x 1280,
how much memory the process with the network has, what changes outside the hole, whether the mark reads in what was written."""

import hashlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import beside  # noqa: F401
import numpy as np
from dicom_files import CT, DX, VL, _header, _pixels, write
from evaluation import evaluated, peak_mib
from holes import bounds, on_grid
from instances_through import reference_seconds, samples_of
from projections import Voxels, exposed
from rates import table, wilson
from scored import Case, case_of, generator_of, write_cases
from interior import Head

ROWS, COLUMNS = 1024, 1280
REPEATS = 7
INSTANCES = 40
RUN_SECONDS = 600
MIB = 1024
SOP_CLASSES = {"ct": (CT, "CT"), "mr": ("1.2.840.10008.5.1.4.1.1.4", "MR"), "radiograph": (DX, "DX"), "photograph": (VL, "XC")}
SETTINGS = """node = {{ state_directory = "{state}" }}
project = [{{ name = "bench", called_aes = ["BENCH"], key_file = "bench.key" }}]
peer = [{{ name = "none", calling_ae = "NONE", addresses = ["127.0.0.1"] }}]
[models]
generator = "{generator}"
generator_sha256 = "{digest}"
"""
# A process of few pages in between: the kernel counts what was resident before exec, too.
_WAITS = """import os, sys, time
begin = time.monotonic()
pid = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ)
_, status, used = os.wait4(pid, 0)
wall, cpu = time.monotonic() - begin, used.ru_utime + used.ru_stime
sys.stderr.write("\\n%d %f %f %d" % (os.waitstatus_to_exitcode(status), wall, cpu, used.ru_maxrss))
"""


def run_measured(command, environment):
    """(exit code, stdout, stderr, wall seconds, CPU seconds of all its processes, KiB of the largest of them)."""
    ended = subprocess.run([sys.executable, "-S", "-c", _WAITS, *map(str, command)], capture_output=True, text=True,
                           timeout=RUN_SECONDS, env=environment, check=False)
    said, _, last = ended.stderr.rpartition("\n")
    code, wall, cpu, most = last.split()
    return int(code), ended.stdout, said, float(wall), float(cpu), int(most)


class Enhancer:
    """`efface enhance` and `efface occlude` with a key, a state and settings of their own."""

    def __init__(self, program, folder):
        self.efface, self.folder = program.efface, Path(folder)
        self.settings, self.count = self.folder / "efface.toml", 0
        digest = hashlib.sha256(program.generator.read_bytes()).hexdigest()
        text = SETTINGS.format(state=self.folder / "state", generator=program.generator, digest=digest)
        self.settings.write_text(text, encoding="utf-8")
        self.environment = {**os.environ, "XDG_STATE_HOME": str(self.folder / "state")}

    def run(self, verb, source, box):
        """(answer, path of what was written, wall, CPU, KiB)."""
        self.count += 1
        out = self.folder / f"out{self.count}.dcm"
        x0, y0, x1, y1 = box
        named = f"{x0},{y0},{x1 - x0},{y1 - y0}"
        command = [self.efface, "--config", self.settings, verb, source, "--box", named, "-o", out, "--json"]
        code, said, wrong, wall, cpu, most = run_measured(command, self.environment)
        if code not in (0, 1):
            raise RuntimeError(f"efface {verb} ended with {code}: {wrong[-400:]}")
        return json.loads(said.splitlines()[-1]), out, wall, cpu, most

    def reads(self, path):
        """Whether a mark reads anywhere in the file."""
        command = [self.efface, "--config", self.settings, "watermark", "read", path, "--json"]
        ended = subprocess.run(command, capture_output=True, text=True, timeout=RUN_SECONDS, env=self.environment, check=False)
        if ended.returncode not in (0, 1):
            raise RuntimeError(f"efface watermark read ended with {ended.returncode}: {ended.stderr[-400:]}")
        return ended.returncode == 0


def instance_of(case, name):
    sop_class, modality = SOP_CLASSES[case.kind]
    ds = _header(sop_class, modality, f"gan {name}")
    if modality == "DX":
        ds.BodyPartExamined, ds.PresentationIntentType, ds.ViewPosition = "SKULL", "FOR PRESENTATION", "LL"
    return _pixels(ds, case.truth.astype("<u2"), 12)


def large_radiograph(seed):
    """A lateral head of 1024 x 1280, with one hole over its face."""
    rng = generator_of(seed, "large", 0)
    voxels = Voxels(rng, Head(rng))
    across = (np.arange(COLUMNS) + .5) * .2 - 115
    up = 100 - (np.arange(ROWS) + .5) * .2
    grey = exposed(rng, voxels.shadow(90, 1500, across, up))
    mask = np.zeros((ROWS, COLUMNS), bool)
    mask[(up < 18) & (up > -104)] = (across > 45) & (across < 112)
    return Case("large", "radiograph", "box", "large", np.rint(grey * 4095).astype(np.uint16), on_grid(mask))


# --- what stands in gan.json -----------------------------------------------------------------------------------------


def report_speed(report, program, folder, seed, repeats=REPEATS):
    case = large_radiograph(seed)
    with tempfile.TemporaryDirectory(dir=folder) as room:
        write_cases(Path(room) / "cases", [case])
        alone, cpus, references, peaks = [], [], [], []
        for _ in range(repeats):
            references.append(reference_seconds())
            (record,), whole = evaluated(program, Path(room) / "cases", seed)
            if not record["filled"]:
                report.absent["stage_seconds_1024x1280"] = f"the hole is refused: {record['reason']}"
                return
            alone.append(record["wall_seconds"])
            cpus.append(record["cpu_seconds"])
            peaks.append(peak_mib(whole) or 0)
    reference = statistics.median(references)
    report.figures["stage_seconds_1024x1280"] = round(statistics.median(alone), 3)
    middle = statistics.median(alone)
    report.say(f"stage_seconds_1024x1280: {middle:.3f} s in the median of {repeats} ({min(alone):.3f} to {max(alone):.3f}; "
               f"{statistics.median(cpus):.3f} s of CPU; {middle / reference:.2f} times the reference of {reference * 1000:.0f} ms; "
               f"load {os.getloadavg()[0]:.1f}): surround, network, calibration, grain, mark of one hole of "
               f"{case.mask.mean() * 100:.0f} % in 16 bits, each in a process that has run nothing before; "
               f"the evaluator's peak is {max(peaks):.0f} MiB")


def report_instances(report, program, folder, seed, count=INSTANCES, repeats=REPEATS):
    """Through the whole of efface: what is outside, marks, memory, and what the fill adds to blackening."""
    outside = read = marked = false = filled = 0
    most, reasons = 0, {}
    with tempfile.TemporaryDirectory(dir=folder) as room:
        enhancer, source = Enhancer(program, room), Path(room) / "in.dcm"
        cases = [case_of(seed, kind, index) for index in range(-(-count // 4)) for kind in SOP_CLASSES][:count]
        for number, case in enumerate(cases):
            print(f"\rinstances: {number + 1}/{count}", end="", file=sys.stderr, flush=True)
            box = bounds(case.mask)
            write(source, instance_of(case, number))
            answer, out, _, _, kib = enhancer.run("enhance", source, box)
            most = max(most, kib)
            false += enhancer.reads(source)
            if not answer["filled"]:
                reason = answer["reason"] or (answer["areas"] or [{"outcome": "nothing filled"}])[0]["outcome"]
                reasons[reason] = reasons.get(reason, 0) + 1
                continue
            filled += 1
            outside += changed_outside_box(samples_of(source), samples_of(out), box)
            marked += 1
            read += enhancer.reads(out)
        print(file=sys.stderr)
        _say_whole(report, enhancer, source, seed, repeats, most)
    report.say(f"outside the hole: {outside} changed samples in {filled} instances of {count}"
               + "".join(f"\n  not filled, {reason}: {number}" for reason, number in sorted(reasons.items())))
    low, high = wilson(read, marked)
    report.say(f"marks that read in the file as it was written: {read} of {marked} ({100 * low:.1f} to {100 * high:.1f} %); "
               f"read where none is: {false} of {count}")
    if filled:
        report.figures["outside_changed"] = outside
    else:
        report.absent["outside_changed"] = "no instance was filled"


def changed_outside_box(original, written, box):
    """Of two decoded arrays (frames, rows, columns, channels), beyond the box on the grid."""
    mask = np.zeros(original.shape[1:3], bool)
    x0, y0, x1, y1 = box
    mask[y0:y1, x0:x1] = True
    return int(((original != written).any(axis=(0, 3)) & ~on_grid(mask)).sum())


def _say_whole(report, enhancer, source, seed, repeats, most):
    case = large_radiograph(seed)
    write(source, instance_of(case, "large"))
    rows = []
    for verb in ("occlude", "enhance"):
        walls, cpus = [], []
        for _ in range(repeats):
            _, _, wall, cpu, kib = enhancer.run(verb, source, bounds(case.mask))
            most = max(most, kib if verb == "enhance" else 0)
            walls.append(wall)
            cpus.append(cpu)
        rows.append([f"efface {verb}", repeats, f"{statistics.median(walls):.2f}", f"{statistics.median(cpus):.2f}"])
    report.parts.append(table(["1024 x 1280, start of the processes included", "n", "wall s", "CPU s"], rows))
    report.figures["worker_rss_mb"] = round(most / MIB, 1)
    report.say(f"worker_rss_mb: {most / MIB:.1f} MiB, the largest of efface's processes by the kernel's count (ru_maxrss)")
