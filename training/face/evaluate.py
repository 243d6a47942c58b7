"""What a trained network finds in pictures it was not trained on: another library of heads, other picture seeds, a larger
canvas. Recall: 90 % of a demanded face's true box lies within one detection grown one and a half times. False alarms:
detections in pictures without a face. The threshold is chosen on one half of the seeds and judged on the other."""

import math
import sys

import numpy as np

from training.face import catalogue, compose, find

SIDE = 320
COVERED_MIN = 0.9
GROWN = 1.5
LOWEST = 0.05  # Detections below are not even looked at.
FALSE_MAX = 0.12  # Per picture without a face: what the threshold is chosen for.
THRESHOLDS = [hundredths / 100 for hundredths in range(10, 100)]
SHOWN = THRESHOLDS[::5]


def wilson(hits, count, z=1.96):
    """The 95 % interval of a share, in percent."""
    if count == 0:
        return 0.0, 100.0
    share = hits / count
    middle = (share + z * z / (2 * count)) / (1 + z * z / count)
    half = z * math.sqrt(share * (1 - share) / count + z * z / (4 * count * count)) / (1 + z * z / count)
    return 100 * (middle - half), 100 * (middle + half)


def grown(box, by=GROWN):
    x, y, w, h = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2, (box[2] - box[0]) * by / 2, (box[3] - box[1]) * by / 2
    return x - w, y - h, x + w, y + h


def score_of(face, found):
    """The highest score of a detection that covers the face; 0 where none does."""
    area = (face[2] - face[0]) * (face[3] - face[1])
    best = 0.0
    for *box, score in found:
        left, top, right, bottom = grown(box)
        common = max(0, min(right, face[2]) - max(left, face[0])) * max(0, min(bottom, face[3]) - max(top, face[1]))
        if common >= COVERED_MIN * area:
            best = max(best, float(score))
    return best


def measure(run, library, first_seed, faces, without, progress=sys.stderr):
    """Scores of the demanded faces by family, of false detections by scene, and how many pictures each scene had."""
    composer = compose.Composer(library, SIDE)
    hits, alarms, pictures = {family: [] for family in compose.HEADS}, {}, {}
    seed = first_seed
    for family in compose.HEADS:
        while len(hits[family]) < faces:
            sample = composer.sample(seed, family)
            seed += 1
            found = find.search(run, sample.picture, LOWEST)
            hits[family] += [score_of(box, found) for box, demanded in zip(sample.boxes, sample.demanded) if demanded]
            if progress and seed % 20 == 0:
                print(f"\r{family}: {len(hits[family])} of {faces}  ", end="", file=progress, flush=True)
    for scene in [*catalogue.WITHOUT_FACE, "body", "redacted"]:
        alarms[scene], pictures[scene] = [], without
        for _ in range(without):
            alarms[scene] += [float(row[4]) for row in find.search(run, composer.sample(seed, scene).picture, LOWEST)]
            seed += 1
        if progress:
            print(f"\r{scene}: {without} pictures  ", end="", file=progress, flush=True)
    if progress:
        print(file=progress)
    return hits, alarms, pictures


def choose(alarms, pictures):
    """The lowest of THRESHOLDS with at most FALSE_MAX false detections a picture."""
    scores = np.concatenate([np.array(one) for one in alarms.values()] + [np.zeros(0)])
    for threshold in THRESHOLDS:
        if (scores >= threshold).sum() <= FALSE_MAX * sum(pictures.values()):
            return threshold
    return THRESHOLDS[-1]


def curve(hits, alarms, pictures):
    """Lines of a table: what each threshold would have found."""
    lines = ["| threshold | " + " | ".join(hits) + " | false detections a picture |", "|---" * (len(hits) + 2) + "|"]
    for at in SHOWN:
        shares = [f"{100 * np.mean([score >= at for score in scores]):.1f} %" for scores in hits.values()]
        false = sum(score >= at for scores in alarms.values() for score in scores) / sum(pictures.values())
        lines.append(f"| {at:.2f} | " + " | ".join(shares) + f" | {false:.3f} |")
    return lines


def report(hits, alarms, pictures, threshold):
    """Lines of a table, for people and for the model card."""
    lines = ["| kind | n | found | 95 % interval |", "|---|---|---|---|"]
    for family, scores in hits.items():
        got = sum(score >= threshold for score in scores)
        low, high = wilson(got, len(scores))
        lines.append(f"| {family} | {len(scores)} | {100 * got / len(scores):.1f} % | {low:.1f} to {high:.1f} % |")
    lines += ["", "| scene without a face | pictures | false detections a picture | pictures with one at most (95 %) |", "|---|---|---|---|"]
    for scene, scores in alarms.items():
        count = sum(score >= threshold for score in scores)
        low, high = wilson(min(count, pictures[scene]), pictures[scene])
        lines.append(f"| {scene} | {pictures[scene]} | {count / pictures[scene]:.3f} | {high:.1f} % |")
    total = sum(score >= threshold for scores in alarms.values() for score in scores)
    lines.append(f"| all | {sum(pictures.values())} | {total / sum(pictures.values()):.3f} | |")
    return lines
