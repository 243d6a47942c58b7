"""Pictures through efface-finders, the finders of the model worker: several at a time, what was found kept on disk.

A kept answer is named by its cell, its seed, a digest over its generator's sources and numpy, and one over the program
and its models: a change of any of these asks anew. One file of JSON lines a cell; a line that a kill cut short is
dropped.
"""

import hashlib
import json
import multiprocessing
import os
import subprocess
import sys
import time
import zlib
from pathlib import Path

import numpy as np
from pictures import write_netpbm

HERE = Path(__file__).parent
# What the pictures of a cell depend on, by what is asked of them.
SOURCES = {("--faces",): ("cells.py", "pictures.py", "backdrops.py", "rasteriser.py", "mesh_head.py", "paint.py", "portraits.py"),
           ("--text",): ("cells.py", "pictures.py", "backdrops.py", "grounds.py", "inscriptions.py")}
SOURCES[("--occlusions",)] = tuple(dict.fromkeys(name for names in SOURCES.values() for name in names)) + ("occluded.py",)


def digest_of(*paths, extra=""):
    digest = hashlib.sha256(extra.encode())
    for path in paths:
        digest.update(Path(path).read_bytes())
    return digest.hexdigest()[:16]


def every_cell():
    from cells import CELLS
    from occluded import OCCLUSION_CELLS

    return CELLS + OCCLUSION_CELLS


class Finders:
    """One efface-finders; pictures go to it by path, one at a time."""

    def __init__(self, program, models, arguments):
        self.process = subprocess.Popen([program, "--models", models, *arguments], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)
        self.head = json.loads(self.process.stdout.readline() or "{}")

    def ask(self, path):
        self.process.stdin.write(f"{path}\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"efface-finders ended with {self.process.wait()}")
        return json.loads(line)

    def close(self):
        self.process.stdin.close()
        self.process.wait()


# --- in a process of the pool ----------------------------------------------------------------------------------------

_setup = {}


def _begin(program, models, folder, seed):
    _setup.update(program=program, models=models, folder=folder, seed=seed, finders={})


def generator_of(seed, cell, index):
    return np.random.default_rng([seed, zlib.crc32(cell.name.encode()), index])


def _one(task):
    name, index = task
    cell = next(cell for cell in every_cell() if cell.name == name)
    picture = cell.make(generator_of(_setup["seed"], cell, index))
    path = Path(_setup["folder"]) / f"{os.getpid()}.pnm"
    write_netpbm(path, picture.samples)
    finders = _setup["finders"]
    if cell.asks not in finders:
        finders[cell.asks] = Finders(_setup["program"], _setup["models"], cell.asks)
    answer = finders[cell.asks].ask(path)
    del answer["path"]
    return cell.name, {"index": index, "truth": {"faces": picture.faces, "lines": picture.lines, "facts": picture.facts}} | answer


# --- the bench's side ------------------------------------------------------------------------------------------------


class Cache:
    def __init__(self, folder, seed, program, models):
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.generators = {asks: digest_of(*(HERE / name for name in names), extra=np.__version__)
                           for asks, names in SOURCES.items()}
        self.asked = digest_of(program, *sorted(Path(models).glob("[!.]*")))
        self.seed = seed

    def path(self, cell):
        return self.folder / f"{cell.name}.{self.seed}.{self.generators[cell.asks]}.{self.asked}.jsonl"

    def read(self, cell):
        records = {}
        if self.path(cell).exists():
            for line in self.path(cell).read_text(encoding="utf-8").splitlines():
                try:
                    record = json.loads(line)
                except json.JSONDecodeError:
                    continue
                records[record["index"]] = record
        return records

    def add(self, cell, record):
        with open(self.path(cell), "a", encoding="utf-8") as out:
            out.write(json.dumps(record) + "\n")


def search_all(cells, counts, cache, setup, jobs, minutes=None):
    """{cell name: records} for the first counts[name] pictures of each cell; asks for what is not kept yet.

    `setup`: program, models, a folder to work in, seed. After `minutes` no more is asked. All cells grow alike.
    """
    records = {cell.name: cache.read(cell) for cell in cells}
    by_name = {cell.name: cell for cell in cells}
    tasks = [(cell.name, index) for cell in cells for index in range(counts[cell.name]) if index not in records[cell.name]]
    tasks.sort(key=lambda task: task[1] / counts[task[0]])
    if tasks:
        expected = sum(by_name[name].seconds for name, _ in tasks) / jobs
        print(f"{len(tasks)} pictures to search, {sum(counts.values()) - len(tasks)} kept; "
              f"about {expected / 60:.0f} min on {jobs} idle cores", file=sys.stderr, flush=True)
        Path(setup[2]).mkdir(parents=True, exist_ok=True)
        _run(tasks, by_name, records, cache, setup, jobs, minutes)
    return {name: [kept[index] for index in sorted(kept) if index < counts[name]] for name, kept in records.items()}


def _run(tasks, by_name, records, cache, setup, jobs, minutes):
    start = time.monotonic()
    context = multiprocessing.get_context("spawn")
    with context.Pool(jobs, _begin, setup) as pool:
        for done, (name, record) in enumerate(pool.imap_unordered(_one, tasks), 1):
            records[name][record["index"]] = record
            cache.add(by_name[name], record)
            seconds = time.monotonic() - start
            progress(done, len(tasks), seconds, name)
            if minutes is not None and seconds > 60 * minutes:
                print(f"\nstopped after {minutes} minutes: {len(tasks) - done} pictures are left", file=sys.stderr)
                return
        pool.close()
        pool.join()
    print(file=sys.stderr)


def progress(done, count, seconds, what):
    if not sys.stderr.isatty() and done % max(1, count // 100):
        return
    width = 30
    filled = width * done // count
    left = seconds / done * (count - done)
    print(f"\r[{'#' * filled}{'.' * (width - filled)}] {done}/{count}  {left / 60:5.1f} min left  {what:24}", end="",
          file=sys.stderr, flush=True)
