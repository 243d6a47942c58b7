"""Import this first: what tests/bench/pixels/ draws and counts with can then be imported by its name."""

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
PIXELS = HERE.parent / "pixels"
if str(PIXELS) not in sys.path:
    sys.path.append(str(PIXELS))
