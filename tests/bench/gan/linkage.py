"""Does a filled picture say more of whose face was there than the black box does? Each of many heads is photographed twice
(other light, background, a slightly other pose); the face of the first picture is destroyed and filled by `efface
evaluate`; two embeddings (likenesses.py) say which second picture it is most like. What a fill may not add is the
difference to the occluded picture, which an attacker may use as it likes: black, with the mean of its rim or with the mean
face of other heads in the hole, or without the hole in both pictures.

Families of four heads differ in their faces alone: within one the occluded picture tells nothing. The control, a fill into
which two fifths of the truth are blended, must be caught."""

import hashlib
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

import beside
import numpy as np
from evaluation import EvaluationFailed, evaluated, filled_pictures, is_there
from family import SIDE, Person, Shot, hole_of, rng_of
from intervals import mean_interval
from likenesses import Fisherfaces, Patterns, linked, patch_of
from rates import table
from scored import SOURCES_BESIDE, Case, write_cases

HEADS, OF_FAMILY, FITTED, VIEWS = 1000, 4, 300, 3
PART = 40
ALLOWED = .03
BLENDED = .4  # Of the truth, in the control.
SOURCES = ("family.py", "linkage.py", "scored.py")
_FITTED_FROM = 100_000  # Families that Fisherfaces are fitted on.


def _pose(*parts):
    rng = rng_of("pose", *parts)
    return rng.normal(0, 5), rng.normal(0, 3), rng.normal(0, 2)


def _number(*parts):
    return int(rng_of(*parts).integers(1 << 31))


@dataclass
class Heads:
    """Pictures uint16 (n, SIDE, SIDE), boxes of their faces (n, 4), families (n,)."""

    first: np.ndarray
    first_box: np.ndarray
    second: np.ndarray
    second_box: np.ndarray
    family: np.ndarray


def _drawn_part(seed, numbers):
    rows = []
    for number in numbers:
        family = number // OF_FAMILY
        person = Person(seed, family, number % OF_FAMILY)
        yaw, pitch, roll = _pose(seed, family)
        # Pose, light and background are the family's, of the first picture and of the second: only the faces differ.
        one = person.photograph(Shot(yaw, pitch, roll, _number("first", seed, family)))
        turn, nod, lean = rng_of("second", seed, family).uniform(3, 8, 3) * rng_of("sign", seed, family).choice([-1, 1], 3)
        two = person.photograph(Shot(yaw + turn, pitch + .5 * nod, roll + .3 * lean, _number("other", seed, family)))
        rows.append((one[0], one[1], two[0], two[1], family))
    return [np.array(column) for column in zip(*rows)]


def _fitted_part(seed, numbers):
    pictures, boxes, heads = [], [], []
    for number in numbers:
        person = Person(seed, _FITTED_FROM + number, 0)
        for view in range(VIEWS):
            yaw, pitch, roll = _pose(seed, _FITTED_FROM + number, view)
            grey, box = person.photograph(Shot(yaw, pitch, roll, _number("fit", seed, number, view)))
            pictures.append(grey)
            boxes.append(box)
            heads.append(number)
    return [np.array(column) for column in (pictures, boxes, heads)]


def _kept(folder, name, numbers, draw):
    """Drawn in parts, each kept: what was stopped goes on."""
    columns = []
    for at in range(0, len(numbers), PART):
        path = folder / f"{name}-{at // PART:03}-{len(numbers[at:at + PART])}.npz"
        if not path.exists():
            print(f"\rlinkage, {name}: {at}/{len(numbers)}", end="", file=sys.stderr, flush=True)
            np.savez_compressed(path.with_suffix(".new.npz"), *draw(numbers[at:at + PART]))
            path.with_suffix(".new.npz").replace(path)
        with np.load(path) as kept:
            columns.append([kept[key] for key in kept.files])
    return [np.concatenate(column) for column in zip(*columns)]


def pictures_of(folder, seed, heads, fitted):
    """Heads, and what Fisherfaces are fitted on: (pictures, boxes, heads)."""
    paths = [beside.HERE / name for name in SOURCES] + [beside.PIXELS / name for name in SOURCES_BESIDE]
    digest = hashlib.sha256(np.__version__.encode() + b"".join(path.read_bytes() for path in paths)).hexdigest()[:12]
    kept = Path(folder) / "linkage" / f"{seed}.{digest}"
    kept.mkdir(parents=True, exist_ok=True)
    drawn = _kept(kept, "heads", list(range(heads)), lambda numbers: _drawn_part(seed, numbers))
    others = _kept(kept, "others", list(range(fitted)), lambda numbers: _fitted_part(seed, numbers))
    return Heads(*drawn), others, kept


def fills_of(program, heads, kept, seed):
    """uint8 (n, SIDE, SIDE) of filled pictures and of truths in the same window; False in `there` where a hole is refused."""
    filled, truth = (np.zeros((len(heads.first), SIDE, SIDE), np.uint8) for _ in range(2))
    there = np.zeros(len(heads.first), bool)
    for at in range(0, len(there), PART):
        path = kept / f"fills-{at // PART:03}-{min(PART, len(there) - at)}.{program.digest()}.npz"
        if not path.exists():
            print(f"\rlinkage, fills: {at}/{len(there)}", end="", file=sys.stderr, flush=True)
            _fill_part(program, heads, range(at, min(at + PART, len(there))), path, seed)
        with np.load(path) as part:
            filled[part["index"]], truth[part["index"]], there[part["index"]] = part["filled"], part["truth"], True
    print(file=sys.stderr)
    return filled, truth, there


def mask_of(box):
    x0, y0, x1, y1 = hole_of(box)
    mask = np.zeros((SIDE, SIDE), bool)
    mask[y0:y1, x0:x1] = True
    return mask


def _fill_part(program, heads, numbers, path, seed):
    room = path.parent / "cases"
    shutil.rmtree(room, ignore_errors=True)
    write_cases(room, [Case(f"h.{k}", "photograph", "box", f"h{k}", heads.first[k], mask_of(heads.first_box[k])) for k in numbers])
    records, _ = evaluated(program, room, seed, kit=room / "kit")
    # A kit is made of filled cases alone.
    pictures = filled_pictures(room / "kit") if any(record["filled"] for record in records) else {}
    index = np.array([int(name.split(".")[1]) for name in pictures], int)
    pairs = list(pictures.values())
    shape = (0, SIDE, SIDE)
    np.savez_compressed(path, index=index, filled=np.array([one for one, _ in pairs], np.uint8).reshape(-1, *shape[1:]),
                        truth=np.array([two for _, two in pairs], np.uint8).reshape(-1, *shape[1:]))
    shutil.rmtree(room)


# --- what each picture is taken for ----------------------------------------------------------------------------------


def patches_of(heads, filled, truth, there, mean_face):
    """{what the attacker sees: patches of the heads that are there}."""
    out = {name: [] for name in ("filled", "black", "mean of the rim", "mean face", "control", "truth", "second")}
    holes = []
    for k in np.flatnonzero(there):
        box, mask = hole_of(heads.first_box[k]), mask_of(heads.first_box[k])
        rim = mask_of_rim(mask)
        hole = patch_of(mask, box) > .5
        black, plain = np.where(mask, 0, truth[k]), np.where(mask, truth[k][rim].mean(), truth[k])
        holes.append(hole)
        seen = patch_of(plain, box)
        outside = seen[~hole] if (~hole).any() else seen.ravel()
        level, spread = (mean_face[~hole].mean(), mean_face[~hole].std() + 1e-3) if (~hole).any() else (mean_face.mean(), 1)
        scaled = (mean_face - level) / spread * outside.std() + outside.mean()
        blend = np.where(mask, (1 - BLENDED) * filled[k] + BLENDED * truth[k], truth[k])
        shown = {"filled": filled[k], "black": black, "control": blend, "truth": truth[k]}
        patches = {name: patch_of(picture, box) for name, picture in shown.items()}
        patches |= {"mean of the rim": seen, "mean face": np.where(hole, scaled, seen),
                    "second": patch_of(heads.second[k], hole_of(heads.second_box[k]))}
        for name, patch in patches.items():
            out[name].append(patch)
    # What is hidden of any is left out of all, of both pictures.
    hidden = np.any(holes, axis=0)
    for name, of in (("visible alone", "black"), (SECOND_VISIBLE, "second")):
        out[name] = [np.where(hidden, patch[~hidden].mean() if not hidden.all() else 0, patch) for patch in out[of]]
    return out


def mask_of_rim(mask, wide=6):
    rows, columns = np.nonzero(mask)
    rim = np.zeros_like(mask)
    rim[max(0, rows[0] - wide):rows[-1] + wide + 1, max(0, columns.min() - wide):columns.max() + wide + 1] = True
    rim &= ~mask
    return rim if rim.any() else ~mask


OCCLUDED = ("black", "mean of the rim", "mean face", "visible alone")
SECOND_VISIBLE = "second, visible alone"


def judged(patches, families, embedding, seed):
    """Rows for a table and the upper ends of what the fill adds: over all heads, and within families."""
    vectors = {name: np.stack([embedding.vector(patch) for patch in some]) for name, some in patches.items()}
    same_family = families[:, None] == families[None]
    rows, upper = [], {}
    for scope, candidates in (("all heads", None), ("within families", same_family)):
        shares = {}
        for name in patches:
            if not name.startswith("second"):
                alike = embedding.alike(vectors[name], vectors[SECOND_VISIBLE if name == "visible alone" else "second"])
                # A second picture that is like everybody's says nothing of a head.
                shares[name] = linked(alike - alike.mean(axis=0), candidates)
        # Alone in its family: linked with nobody.
        kept = ~np.isnan(shares["filled"][0])
        known = _known({name: shares[name][0][kept] for name in OCCLUDED}, families[kept], candidates is not None)
        for name, (auc, rank) in shares.items():
            added = auc[kept] - known
            low, high = mean_interval(added, families[kept], seed)
            rows.append([f"{embedding.name}, {scope}, {name}", int(kept.sum()), f"{auc[kept].mean():.4f}", f"{rank[kept].mean():.1f}",
                         f"{added.mean():+.4f}", f"{low:+.4f} to {high:+.4f}"])
            upper[scope, name] = (low, high)
    return rows, upper


def _known(occluded, families, within):
    """What the occluded picture tells of each head. Within a family nothing: chance. Among all heads what the best view of it tells,
    chosen on the other half of the families: the best of several on the same heads would be better than it is."""
    if within:
        return np.full(len(families), .5)
    out = np.empty(len(families))
    for half in (0, 1):
        here = families % 2 == half
        others = ~here if (~here).any() else here
        out[here] = max(occluded.values(), key=lambda auc: auc[others].mean())[here]
    return out


def measured(program, folder, seed, heads=HEADS, fitted=FITTED):
    """(table, {(embedding, scope, what is seen): interval of the AUC less that of the occluded picture}, filled heads)."""
    drawn, (pictures, boxes, others), kept = pictures_of(folder, seed, heads, fitted)
    filled, truth, there = fills_of(program, drawn, kept, seed)
    if there.sum() < 8:
        raise EvaluationFailed(f"only {there.sum()} of {heads} heads were filled")
    known = [patch_of(picture / 16, hole_of(box)) for picture, box in zip(pictures, boxes)]
    patches = patches_of(drawn, filled, truth, there, np.mean(known, axis=0))
    rows, ends = [], {}
    for embedding in (Patterns(), Fisherfaces(known, others)):
        with np.errstate(invalid="ignore"):
            some, upper = judged(patches, drawn.family[there], embedding, seed)
        rows += some
        ends |= {(embedding.name, *key): value for key, value in upper.items()}
    return rows, ends, int(there.sum())


HEAD = ["linked to another picture of the head", "n", "AUC", "mean rank", "over the occluded", "bootstrap 95 %"]


def report_linkage(report, program, folder, seed, heads=None):
    """`heads`: None for a full measurement."""
    if not is_there(program.efface):
        report.absent["linkage_auc_difference"] = "efface has no evaluate"
        return
    rows, ends, count = measured(program, folder, seed, heads or HEADS, min(FITTED, heads or FITTED))
    report.parts.append(table(HEAD, rows))
    worst = max((high, key) for key, (_, high) in ends.items() if key[2] == "filled")
    caught = [key[:2] for key, (low, _) in ends.items() if key[2] == "control" and low > ALLOWED]
    if caught:
        report.figures["linkage_auc_difference"] = round(worst[0], 4)
    else:
        report.absent["linkage_auc_difference"] = "its control was not caught: the measure is blind"
    report.say(f"linkage_auc_difference: {worst[0]:+.4f}, the largest upper end of what a fill adds to the occluded picture "
               f"({', '.join(worst[1][:2])}; {count} heads); the control is caught by "
               f"{', '.join(' '.join(key) for key in caught) or 'nothing: the measure is blind'}")
