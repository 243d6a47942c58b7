"""How often text or a face is nearly found where there is neither: what low-confidence would hold.

    python tests/bench/pixels/near_misses.py PROGRAM [--models DIR] [--count N] [--seed S]

PROGRAM is efface-finders. Grounds without a letter, and without a face but for what a detector makes of them. A picture counts
where at least one score lies less than 0.1 below its threshold and nothing that was found meets it there; beside it the share
in which something is found outright. Wilson's interval stands beside each rate.
"""

import argparse
import tempfile
from pathlib import Path

import numpy as np
from grounds import GROUNDS
from pictures import to_bytes, write_netpbm
from rates import percent, table, wilson
from search import Finders


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--models", default=".models")
    parser.add_argument("--count", type=int, default=50)
    parser.add_argument("--seed", type=int, default=20261130)
    arguments = parser.parse_args()
    finders = Finders(arguments.program, arguments.models, ["--text", "--faces"])
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "picture.pnm"
        for number, (name, draw) in enumerate(GROUNDS.items()):
            answers = []
            for index in range(arguments.count):
                write_netpbm(path, to_bytes(draw(np.random.default_rng([arguments.seed, number, index]))))
                answers.append(finders.ask(path))
            for what in ("text", "faces"):
                near = sum(bool(answer[what + "_doubts"]) for answer in answers)
                found = sum(bool(answer[what]) for answer in answers)
                low, high = wilson(near, len(answers))
                rows.append((f"{name}, {what}", f"{near} of {len(answers)}", f"{percent(low)} to {percent(high)} %", found))
                print(*rows[-1], sep="  ", flush=True)
    finders.close()
    print(table(("", "nearly", "Wilson 95 %", "found"), rows))
    print(f"seed {arguments.seed}")


if __name__ == "__main__":
    main()
