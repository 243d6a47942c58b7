"""make train-generator: from nothing to build/training/gan/generator.pt; every step goes on where it was interrupted.

    python -m training.gan [--steps N] [--seconds N] [--size s|m] [--channels 1|3] [--folder F] [--only STEP] ...

Steps: pictures, train, export, confidence, evaluate."""

import argparse
import sys
from pathlib import Path

from training import workers

workers.one_thread_each()  # Before anything imports numpy.

ROOT = Path(__file__).resolve().parent.parent.parent
STEPS = ("pictures", "train", "export", "confidence", "evaluate")
FIRST_TRAINED, FIRST_JUDGED = 1_000_000, 30_000_000  # Seeds of pictures and of the heads in them.
JUDGED = 96  # Pictures, each kind in turn.
FACTS = {"version": "1", "licence": "that of Efface", "trained_on": "pictures drawn by training/gan: procedural heads, no person"}
EXAMPLES = """examples:
  python -m training.gan                                  all of it, the small network
  python -m training.gan --seconds 3600                   an hour of it; the same line goes on
  python -m training.gan --size m --folder build/training/gan-m
  python -m training.gan --pictures 300 --steps 60 --folder /tmp/try   a try of a few minutes
  python -m training.gan --only evaluate                  judge again what is there

--folder holds pool/ and held-out/ (pictures), checkpoint.pt, log.json, curves.png (logarithms: red difference, green
structure, blue features, black judges), samples.png (occluded, filled, truth), generator.pt, confidence.md, reliability.png,
evaluation.md, contact-SIDE.png."""


def plan_of(arguments):
    from training.gan.train import Plan

    return Plan(arguments.steps, arguments.seed, arguments.size, arguments.channels, tuple(arguments.sides), arguments.batch, arguments.r1)


def pictures(folder, arguments):
    from training.gan import pool

    side, channels = arguments.sides[1], arguments.channels
    pool.make(folder / "pool", FIRST_TRAINED, arguments.pictures, side, channels, processes=arguments.processes)
    pool.make(folder / "held-out", FIRST_JUDGED, JUDGED, side, channels, in_turn=True, processes=arguments.processes)


def train(folder, arguments):
    import torch

    from training.gan.train import Training

    torch.set_num_threads(arguments.threads)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    half = {"yes": True, "no": False, "measured": None}[arguments.half]
    return Training(folder, plan_of(arguments), device, half).run(folder / "pool", folder / "held-out", arguments.seconds)


def exported(folder, confidence=None):
    """Writes generator.pt; its SHA-256 and what it says of the network."""
    import torch

    from training.gan.export import export as write
    from training.gan.network import Generator

    kept = torch.load(folder / "checkpoint.pt", map_location="cpu", weights_only=True)
    plan = kept["plan"]
    network = Generator(plan["size"], plan["channels"])
    network.load_state_dict(kept["average"])
    facts = {**FACTS, "name": f"efface generator {plan['size']}", "channels": plan["channels"], "sizes": plan["sides"],
             "confidence": confidence}
    return write(folder / "generator.pt", network, facts), facts


def export(folder, arguments):
    print(f"{exported(folder)[0]}  {folder / 'generator.pt'}")


def confidence(folder, arguments):
    """Fits on half of the pictures that are held out, and says on the other half whether it holds; the file with it."""
    import torch

    from training import png
    from training.gan import confidence as sure
    from training.gan.confidence_cases import of_folder
    from training.gan.network import SIDE_MULTIPLE
    from training.gan.occlusions import SHARE_MAX

    torch.set_num_threads(arguments.threads)
    digest, facts = exported(folder)  # Its weights are what is fitted to.
    contract = {"sizes": facts["sizes"], "side_multiple": SIDE_MULTIPLE, "max_mask_fraction": SHARE_MAX}
    rows, good, other = of_folder(torch.jit.load(folder / "generator.pt"), folder / "held-out", contract, arguments.draws)
    if not (~other).any() or not other.any():
        sys.exit("confidence: no fill to fit on or to judge; draw more with --draws")
    model = {**sure.fitted(rows[~other], good[~other]), "ring": sure.RING,
             "fitted": {"cases": int((~other).sum()), "first_seed": FIRST_JUDGED, "generator": digest}}
    judged = sure.said(model, rows[other])
    png.write(folder / "reliability.png", sure.plot(sure.reliability(judged, good[other])))
    page = "\n".join(sure.report(model, judged, good[other])) + "\n"
    (folder / "confidence.md").write_text(page, encoding="utf-8")
    print(f"{page}\n{exported(folder, model)[0]}  {folder / 'generator.pt'}")


def evaluate(folder, arguments):
    """Of the file that was exported."""
    import torch

    from training import png
    from training.gan import evaluate as judge

    torch.set_num_threads(arguments.threads)
    module, lines = torch.jit.load(folder / "generator.pt"), []
    for side in arguments.sides:
        rows, sheet = judge.judged(module, folder / "held-out", side)
        png.write(folder / f"contact-{side}.png", sheet)
        lines += [f"At {side} pixels, {JUDGED} pictures from seed {FIRST_JUDGED}; other hidden pixels change the answer by "
                  f"{judge.unseen(module, folder / 'held-out', side):g} at most.", "", *judge.report(rows), ""]
    (folder / "evaluation.md").write_text("\n".join(lines), encoding="utf-8")
    print("\n".join(lines))


def main():
    parser = argparse.ArgumentParser(prog="python -m training.gan", description=__doc__.splitlines()[0], epilog=EXAMPLES,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=12000, help="of the training (%(default)s)")
    parser.add_argument("--seconds", type=float, help="of training, after which it is kept and pauses")
    parser.add_argument("--pictures", type=int, default=12000, help="that are drawn (%(default)s)")
    parser.add_argument("--size", choices=("s", "m"), default="s", help="about one and about four million weights")
    parser.add_argument("--channels", type=int, choices=(1, 3), default=3,
                        help="grey alone, or red, green, blue and grey as three equal ones (%(default)s)")
    parser.add_argument("--sides", type=int, nargs=2, default=(128, 256), metavar=("SMALL", "LARGE"), help="of pictures: at first and at last")
    parser.add_argument("--batch", type=int, default=8, help="pictures in a step at the small side")
    parser.add_argument("--r1", type=float, default=0.0, help="weight of the penalty on steep judges; 0 leaves it out")
    parser.add_argument("--half", choices=("yes", "no", "measured"), default="measured", help="bfloat16")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--draws", type=int, default=8, help="of masks for each held-out picture, for the confidence (%(default)s)")
    parser.add_argument("--threads", type=int, default=1, help="of the training")
    parser.add_argument("--processes", type=int, default=2, help="that draw; what they draw is the same")
    parser.add_argument("--folder", type=Path, default=ROOT / "build/training/gan")
    parser.add_argument("--only", choices=STEPS)
    arguments = parser.parse_args()
    if any(side % 32 for side in arguments.sides):
        parser.error("--sides: multiples of 32")
    for step in STEPS:
        if arguments.only in (None, step):
            print(f"--- {step}", file=sys.stderr)
            if globals()[step](arguments.folder, arguments) is False:
                print("paused; the same line goes on", file=sys.stderr)
                return


if __name__ == "__main__":
    main()
