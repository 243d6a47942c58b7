#!/usr/bin/env python3
"""How much the node's memory grows over many instances: small CTs in batches, each batch with new UIDs, to a counting sink.

The resident size of daemon and workers together is read after the warm-up and after each batch; the growth is the
difference of the medians of the last and the first tenth, scaled to 100 000 instances.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests" / "interop"), str(ROOT / "tests" / "synthetic")]

from identity import ZEBULON, Ledger  # noqa: E402
from instances import abdomen_ct, part10, uid  # noqa: E402
from processes import Server, accepts_connections, free_port, wait_until  # noqa: E402

BATCH = 1000
WARM_UP_BATCHES = 5
BATCH_SECONDS = 600


def resident_mb(pid):
    """Of the process and everything below it."""
    total = 0
    try:
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                total += int(line.split()[1])
        for task in os.listdir(f"/proc/{pid}/task"):
            for child in Path(f"/proc/{pid}/task/{task}/children").read_text().split():
                total += resident_mb(int(child)) * 1024
    except OSError:
        pass
    return total / 1024


DIGITS = 30


def placeholder(digit):
    return f"2.25.{digit * DIGITS}"


def same_length_uid(*parts):
    return f"2.25.9{uid(*parts)[5:].zfill(DIGITS)[1 - DIGITS:]}"


class Template:
    """One instance whose three UIDs are replaced by others of the same length."""

    def __init__(self):
        ds = abdomen_ct(Ledger(), ZEBULON, "growth")
        ds.SOPInstanceUID, ds.SeriesInstanceUID, ds.StudyInstanceUID = map(placeholder, "123")
        self.content = part10(ds)

    def write(self, folder, batch):
        folder.mkdir(parents=True, exist_ok=True)
        for index in range(BATCH):
            content = self.content
            for digit, name in (("1", index), ("2", f"series {index // 50}"), ("3", f"study {index // 100}")):
                content = content.replace(placeholder(digit).encode(), same_length_uid(batch, name).encode())
            (folder / f"{index:04d}.dcm").write_bytes(content)


class Sitting:
    """Sink, node and load generator on free ports."""

    def __init__(self, tools, work):
        self.tools, self.work = tools, work
        state = work / "state"
        state.mkdir(parents=True)
        self.port, sink_port, web_port = free_port(), free_port(), free_port()
        self.stats = work / "stats"
        self.sink = Server([tools / "dsink", "--port", sink_port, "--stats", self.stats], work, "dsink")
        self.sink.wait_ready(lambda: accepts_connections(sink_port))
        configure = [ROOT / "tests" / "bench" / "make_configuration.sh", state, self.port, sink_port, web_port]
        subprocess.run([str(part) for part in configure], check=True)
        self.node = Server([ROOT / "build" / "bin" / "effaced", "--config", state / "efface.toml"], work, "effaced")
        self.node.wait_ready(lambda: accepts_connections(self.port))

    def arrived(self):
        """Distinct instances at the sink: the second 64-bit number of its statistics."""
        return int.from_bytes(self.stats.read_bytes()[8:16], "little")

    def play(self, template, batch):
        """Sends one batch and waits for it at the sink; resident MB afterwards."""
        folder = self.work / "batch"
        template.write(folder, batch)
        load = subprocess.run([str(self.tools / "dload"), "--port", str(self.port), "--aec", "ANY", "--aet", "LOADGEN",
                               str(folder)], capture_output=True, text=True, timeout=BATCH_SECONDS, check=True)
        assert json.loads(load.stdout)["ok"] == BATCH, load.stdout
        wait_until(lambda: self.arrived() >= (batch + 1) * BATCH, BATCH_SECONDS, f"batch {batch} is at the sink")
        return resident_mb(self.node.pid)

    def stop(self):
        for server in (self.node, self.sink):
            server.kill()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tools", type=Path, required=True, help="folder of dload and dsink")
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--instances", type=int, default=100_000)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    shutil.rmtree(arguments.work, ignore_errors=True)
    batches = WARM_UP_BATCHES + max(10, arguments.instances // BATCH)
    sitting = Sitting(arguments.tools, arguments.work)
    try:
        template = Template()
        sizes = [sitting.play(template, batch) for batch in range(batches)][WARM_UP_BATCHES:]
    finally:
        sitting.stop()
    tenth = len(sizes) // 10
    growth = statistics.median(sizes[-tenth:]) - statistics.median(sizes[:tenth])
    # Between the middles of the first and the last tenth lie nine tenths of the instances.
    scaled = growth * 100_000 / (0.9 * len(sizes) * BATCH)
    result = {"rss_growth_mb_100k": round(scaled, 2), "instances": len(sizes) * BATCH, "rss_mb": [round(mb, 1) for mb in sizes]}
    arguments.out.write_text(json.dumps(result) + "\n")
    print(f"memory: {sizes[0]:.0f} MB after the warm-up, {sizes[-1]:.0f} MB after {len(sizes) * BATCH} instances")
    shutil.rmtree(arguments.work)


if __name__ == "__main__":
    main()
