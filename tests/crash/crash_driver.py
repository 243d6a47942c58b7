#!/usr/bin/env python3
"""Kills the node at random moments and keeps the ledger: nothing acknowledged may be missing, nothing uncleaned arrive.

    crash_driver.py [--rounds 20] [--seed N] [--folder DIR]

A round sends new instances, kills -9 the daemon or a worker while they are on their way, and starts the node again on
the same state. At the end everything that was acknowledged must have arrived at the archive under the UID computed
here from the project key, or stand in quarantine; every arrival must be clean, and one new UID must never have stood
for two contents. A part of every second instance is blackened, and behind each of these its mask must have arrived as one
Segmentation. The seed is printed; a run with the same seed kills at the same moments.
"""

import argparse
import hashlib
import hmac
import json
import os
import random
import shutil
import signal
import sys
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "interop"))

from node import Node, dicom_destination  # noqa: E402
from peers import Sink, pynetdicom_send  # noqa: E402
from planted import abdomen_series, leaks  # noqa: E402
from pydicom import dcmread  # noqa: E402
from pydicom.filereader import read_file_meta_info  # noqa: E402
from pydicom.uid import SegmentationStorage  # noqa: E402

INSTANCES_PER_ROUND = 12
KILL_AFTER_SECONDS_MAX = 0.8
SETTLE_SECONDS = 300
# Now and then the archive is out of resources, so that deliveries are in doubt when the node dies.
ARCHIVE_BUSY_SHARE = 0.1
RULES = """[[rule]]
name = "masked"
match.attribute = [{ path = "InstanceNumber", matches = "[13579]$" }]
profile = "basic"
pixel_policy = "header-only"
destinations = ["archive"]
[rule.pixels]
blacken = [[8, 8, 16, 8]]
mask_segmentation = true

[[rule]]
name = "plain"
profile = "basic"
pixel_policy = "require-clean"
destinations = ["archive"]
"""


def mapped_uid(key_file, original):
    """The new UID of an original one, computed without the program under test (rules/keys/project_key.h)."""
    key = bytes.fromhex(key_file.read_text().split()[1])
    digest = bytearray(hmac.new(key, f"uid/{original}".encode(), hashlib.sha256).digest()[:16])
    digest[6] = digest[6] & 0x0F | 0x80
    digest[8] = digest[8] & 0x3F | 0x80
    return f"2.25.{int.from_bytes(digest, 'big')}"


class Ledger:
    """What was sent and what was acknowledged, kept outside the system."""

    def __init__(self, folder):
        self.folder, self.entries, self.todo, self.acknowledged = folder, [], [], {}
        self._log = open(folder / "ledger.ndjson", "a", encoding="utf-8")

    def add_batch(self, number):
        paths, entries = abdomen_series(self.folder / "in" / str(number), INSTANCES_PER_ROUND, study=f"round{number}")
        self.todo += paths
        self.entries += entries

    def send(self, port, order):
        """Sends what was not acknowledged yet, one association per instance, until the node is gone."""
        for path in order:
            with suppress(Exception):  # A killed node gives every kind of error; none of them is an acknowledgement.
                status = pynetdicom_send(port, [path])[path]
                if status == 0:
                    self.acknowledge(path)

    def acknowledge(self, path):
        uid = str(read_file_meta_info(path).MediaStorageSOPInstanceUID)
        self.acknowledged[uid] = path
        self.todo.remove(path)
        self._log.write(json.dumps({"acknowledged": uid}) + "\n")
        self._log.flush()

    def arrived(self, uids):
        for uid in sorted(uids):
            self._log.write(json.dumps({"arrived": uid}) + "\n")
        self._log.flush()


def kill_something(node, chance):
    """The daemon, one of its workers, or both; says which."""
    victims = node.server.children()
    choice = chance.random()
    if choice < 0.4 and victims:
        with suppress(ProcessLookupError):
            os.kill(chance.choice(victims), signal.SIGKILL)
        return "worker"
    node.kill()
    if choice > 0.8:
        for pid in victims:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        return "daemon and workers"
    return "daemon"


def play_round(node, ledger, number, chance):
    ledger.add_batch(number)
    order = list(ledger.todo)
    chance.shuffle(order)
    delay = chance.uniform(0, KILL_AFTER_SECONDS_MAX)
    sender = threading.Thread(target=ledger.send, args=(node.port, order))
    before = len(ledger.acknowledged)
    sender.start()
    time.sleep(delay)  # The random moment; nothing waits for it.
    killed = kill_something(node, chance)
    sender.join()
    print(f"round {number}: killed {killed} after {delay:.3f} s, {len(ledger.acknowledged) - before} acknowledged, "
          f"{len(ledger.todo)} to send again", flush=True)
    if killed != "worker":
        node.start()


def finish(node, ledger):
    """Sends the rest and waits until nothing is on its way; the counts of jobs by state."""
    deadline = time.monotonic() + SETTLE_SECONDS
    while ledger.todo and time.monotonic() < deadline:
        ledger.send(node.port, list(ledger.todo))
    return node.wait_settled(SETTLE_SECONDS)


def masks_by_image(sink):
    """{SOP Instance UID of an image: those of the Segmentations of its mask that arrived}."""
    masks = {}
    for path in sink.folder.iterdir():
        if read_file_meta_info(path).MediaStorageSOPClassUID == SegmentationStorage:
            segmentation = dcmread(path)
            for instance in segmentation.ReferencedSeriesSequence[0].ReferencedInstanceSequence:
                masks.setdefault(str(instance.ReferencedSOPInstanceUID), set()).add(str(segmentation.SOPInstanceUID))
    return masks


def judge_masks(ledger, key_file, masks, accepted):
    """Every broken promise about Segmentations as a sentence."""
    masked = {mapped_uid(key_file, uid) for uid, path in ledger.acknowledged.items()
              if int(dcmread(path, stop_before_pixels=True).InstanceNumber) % 2} & accepted
    without = [image for image in masked if len(masks.get(image, set()) & accepted) != 1]
    wrong = [f"{len(without)} of {len(masked)} blackened instances arrived without exactly one mask"] if without or not masked else []
    if set(masks) - masked:
        wrong.append(f"{len(set(masks) - masked)} masks are of nothing that was blackened")
    return wrong


def judge(node, ledger, sink, counts):
    """Every broken promise as a sentence."""
    wrong = []
    if ledger.todo:
        wrong.append(f"{len(ledger.todo)} instances were never acknowledged")
    key_file = node.folder / "project.key"
    expected = {mapped_uid(key_file, uid) for uid in ledger.acknowledged}
    accepted = sink.accepted()
    ledger.arrived(accepted)
    missing = expected - accepted
    if len(missing) != counts.get("quarantined", 0):
        wrong.append(f"{len(missing)} acknowledged instances did not arrive, {counts.get('quarantined', 0)} are in quarantine")
    masks = masks_by_image(sink)
    wrong += judge_masks(ledger, key_file, masks, accepted)
    unknown = set(sink.arrivals) - expected - set().union(*masks.values())
    if unknown:
        wrong.append(f"{len(unknown)} arrivals under a UID that nothing acknowledged maps to")
    two_faced = [uid for uid, digests in sink.digests.items() if len(digests) > 1]
    if two_faced:
        wrong.append(f"{len(two_faced)} new UIDs stood for two contents")
    leaked = [path.name for path in sink.folder.iterdir() if leaks(path.read_bytes(), ledger.entries)]
    if leaked:
        wrong.append(f"{len(leaked)} arrivals hold planted identity: {leaked[:5]}")
    if node.efface("audit", "verify", check=False).returncode != 0:
        wrong.append("the audit does not verify")
    return wrong


def drive(folder, rounds, seed):
    chance = random.Random(seed)
    busy = random.Random(seed + 1)
    ledger = Ledger(folder)
    sink = Sink(folder / "sink", answer=lambda count, uid: 0xA700 if busy.random() < ARCHIVE_BUSY_SHARE else 0x0000)
    (folder / "rules.toml").write_text(RULES, encoding="utf-8")
    node = Node(folder / "node", [dicom_destination(sink.port, sink.called_ae)], rules_file=folder / "rules.toml")
    try:
        node.start()
        for number in range(rounds):
            play_round(node, ledger, number, chance)
        counts = finish(node, ledger)
        wrong = judge(node, ledger, sink, counts)
        if node.stop() != 0:
            wrong.append("the node did not end in order")
    finally:
        if node.server and node.server.process.poll() is None:
            node.kill()
        sink.stop()
    print(f"{rounds} rounds, seed {seed}: {len(ledger.acknowledged)} acknowledged, {len(sink.accepted())} arrived, "
          f"{counts.get('quarantined', 0)} in quarantine")
    return wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 32))
    parser.add_argument("--folder", type=Path, help="kept; default: a temporary folder, kept only on failure")
    arguments = parser.parse_args()
    print(f"seed {arguments.seed}", flush=True)
    folder = arguments.folder or Path(tempfile.mkdtemp(prefix="efface-crash-"))
    folder.mkdir(parents=True, exist_ok=True)
    wrong = drive(folder, arguments.rounds, arguments.seed)
    for sentence in wrong:
        print(f"BROKEN: {sentence} (seed {arguments.seed}, {folder})")
    if not wrong and arguments.folder is None:
        shutil.rmtree(folder)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
