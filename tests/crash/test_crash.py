"""The crash ledger as a test; EFFACE_CRASH_ROUNDS says how many rounds (ctest: 20, and 200 under the label long)."""

import os
import random
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "interop"))

from crash_driver import drive  # noqa: E402
from programs import efface_program  # noqa: E402


def test_nothing_acknowledged_is_missing_and_nothing_uncleaned_arrives(tmp_path):
    for name in ("effaced", "efface", "efface-worker"):
        efface_program(name)
    seed = int(os.environ.get("EFFACE_CRASH_SEED", random.SystemRandom().randrange(1 << 32)))

    wrong = drive(tmp_path, int(os.environ.get("EFFACE_CRASH_ROUNDS", "20")), seed)

    assert not wrong, f"EFFACE_CRASH_SEED={seed}: {wrong}"
