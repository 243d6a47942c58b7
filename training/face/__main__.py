"""make train-face: from nothing to build/training/face/face-detector.pt; every step goes on where it was interrupted.

    python -m training.face [--steps N] [--pictures N] [--seed N] [--threads N] [--processes N] [--folder F] [--only STEP]

Steps: heads, pictures, train, threshold, export, evaluate. On two cores the whole takes under two hours."""

import argparse
import json
import sys
from pathlib import Path

from training import workers

workers.one_thread_each()  # Before anything imports numpy.

ROOT = Path(__file__).resolve().parent.parent.parent
STEPS = ("heads", "pictures", "train", "threshold", "export", "evaluate")
TRAINED, HELD_OUT = 1, 2  # First seeds of the two libraries.
COUNTS = {"rendering": 1800, "photograph": 2100, "radiograph": 750, "body": 900}
HELD_OUT_COUNTS = {kind: count // 6 for kind, count in COUNTS.items()}
FIRST_TRAINED, FIRST_CHOSEN, FIRST_JUDGED = 1_000_000, 20_000_000, 30_000_000  # Picture seeds.
CHOSEN_FACES, CHOSEN_SCENES = 200, 30  # Of each kind, for the threshold; then for the judgement.
JUDGED_FACES, JUDGED_SCENES = 300, 40
FACTS = {"name": "efface face network", "version": "2", "licence": "that of Efface",
         "trained_on": "pictures drawn by training/face: procedural heads, no person"}


def network_at(folder):
    import torch

    from training.face.network import FaceNetwork

    network = FaceNetwork()
    kept = torch.load(folder / "checkpoint.pt", map_location="cpu", weights_only=True)
    network.load_state_dict(kept["average"])
    return network.eval()


def runner(network):
    import torch

    def run(canvas):
        with torch.inference_mode():
            return network(torch.from_numpy(canvas)[None, None])[0].numpy()

    return run


def heads(folder, arguments):
    from training.face import library

    library.make(folder / "library", TRAINED, COUNTS, arguments.processes)
    library.make(folder / "library-held-out", HELD_OUT, HELD_OUT_COUNTS, arguments.processes)


def pictures(folder, arguments):
    from training.face import pool

    pool.make(folder / "pool", folder / "library", FIRST_TRAINED, arguments.pictures, arguments.processes)


def train(folder, arguments):
    import torch

    from training.face.train import Training

    torch.set_num_threads(arguments.threads)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    Training(folder, arguments.steps, arguments.seed, device).run(folder / "pool")


def threshold(folder, arguments):
    from training.face import evaluate as judge
    from training.face import library

    hits, alarms, counts = judge.measure(
        runner(network_at(folder)), library.read(folder / "library-held-out"), FIRST_CHOSEN, CHOSEN_FACES, CHOSEN_SCENES)
    chosen = judge.choose(alarms, counts)
    (folder / "threshold.json").write_text(json.dumps({"threshold": chosen}))
    lines = [f"Threshold {chosen:.2f}, chosen on pictures from seed {FIRST_CHOSEN}.", "", *judge.curve(hits, alarms, counts)]
    (folder / "threshold.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print("\n".join(lines))


def export(folder, arguments):
    from training.face.export import export as write

    chosen = json.loads((folder / "threshold.json").read_text())["threshold"]
    path = folder / "face-detector.pt"
    print(f"{write(path, network_at(folder), {**FACTS, 'threshold': chosen})}  {path}")


def evaluate(folder, arguments):
    """Of the file that was exported."""
    import torch

    from training.face import evaluate as judge
    from training.face import library

    files = {"metadata.json": ""}
    module = torch.jit.load(folder / "face-detector.pt", _extra_files=files)
    chosen = json.loads(files["metadata.json"])["threshold"]
    hits, alarms, counts = judge.measure(
        runner(module), library.read(folder / "library-held-out"), FIRST_JUDGED, JUDGED_FACES, JUDGED_SCENES)
    lines = [f"At threshold {chosen:.2f}, on pictures from seed {FIRST_JUDGED}, {judge.SIDE} pixels square, heads of library "
             f"seed {HELD_OUT}.", "", *judge.report(hits, alarms, counts, chosen)]
    (folder / "evaluation.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print("\n".join(lines))


def main():
    parser = argparse.ArgumentParser(prog="python -m training.face", description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, default=7500)
    parser.add_argument("--pictures", type=int, default=40000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1, help="of the training")
    parser.add_argument("--processes", type=int, default=2, help="that draw; what they draw is the same")
    parser.add_argument("--folder", type=Path, default=ROOT / "build/training/face")
    parser.add_argument("--only", choices=STEPS)
    arguments = parser.parse_args()
    for step in STEPS:
        if arguments.only in (None, step):
            print(f"--- {step}", file=sys.stderr)
            globals()[step](arguments.folder, arguments)


if __name__ == "__main__":
    main()
