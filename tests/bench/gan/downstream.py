"""Does software that looks beside an occlusion still find there what it found in the original? Nodules are planted in the visible
tissue near the hole, and a fixed, simple detector looks for them in the original, in the filled picture and in the one with the
black box; corners near the hole stand for landmarks. Both are what comes of textbooks, no more: a detector that reads its
neighbourhood, so that an edge that is none, or a missing one, can disturb it.

    nodule     a lighter disc of three sizes: peaks of the normalised correlation (Lewis 1995) that stand out enough
    landmark   the strongest corners (Shi and Tomasi 1994) of the original; each is looked for again where it was

It looks within SEARCHED pixels of the hole and in it. ALIKE and STANDS_OUT were chosen on originals of seed 7, none of which is scored:
docs/enhancement-measures.md."""

import shutil
import sys
from dataclasses import dataclass, field

import beside  # noqa: F401
import numpy as np
from evaluation import EvaluationFailed, evaluated, filled_pictures, is_there
from intervals import mean_interval
from pictures import blur
from rates import table
from scored import Case, case_of, generator_of, write_cases

KINDS = ("ct", "mr", "radiograph")
PICTURES, PART = 400, 40  # Drawn of each kind, some of which are refused a fill; together in one run.
FIRST = 100_000  # Of their numbers: none of these pictures is scored elsewhere.
NODULES, APART = 3, 22
# Pixels from the hole to the middle of what is planted or looked for. FAR: no farther than what is looked for with reads (a disc and
# its ring, 8 pixels) and HIT allows; what lies beyond is found alike in every version, and would thin out what is lost.
NEAR, FAR = 4, 12
RADII, CONTRASTS = (2.5, 5.0), (.2, .4)  # Pixels; of the whole scale.
TISSUE = (.12, .75)  # Of the whole scale: darker is air, lighter bone.
SIZES = (2.5, 3.5, 5.0)  # Radii of what is looked for.
ALIKE, STANDS_OUT = .7, 20  # Correlation; grey levels of 256.
SEARCHED = 28
HIT, FOUND_AGAIN = 4, 8  # Pixels.
CORNERS, CORNER_SPREAD = 5, 2.0
MARGIN = -.03  # Of sensitivity.
MILLIMETRE = 1.0  # A pixel at most, in these pictures.


# --- what is planted -----------------------------------------------------------------------------------------------------


def distance_to(mask):
    """Pixels (chessboard) to the mask, up to FAR + 1."""
    out, grown = np.full(mask.shape, FAR + 1), mask.copy()
    out[mask] = 0
    for step in range(1, FAR + 1):
        wide = np.pad(grown, 1)
        grown = np.any([wide[y:y + mask.shape[0], x:x + mask.shape[1]] for y in range(3) for x in range(3)], axis=0)
        out[grown & (out > step)] = step
    return out


def apart(places, count, least):
    """The first `count` of them so many pixels from each other."""
    kept = []
    for place in places:
        if all(np.hypot(*(place - other)) >= least for other in kept):
            kept.append(place)
        if len(kept) == count:
            break
    return np.array(kept, int).reshape(-1, 2)


def planted(rng, picture, mask):
    """(picture, places): uint16 of 12 bits with lighter soft discs in tissue beside the hole; (n, 2) rows and columns."""
    far = distance_to(mask)
    tissue = (picture > TISSUE[0] * 4095) & (picture < TISSUE[1] * 4095) & (far >= NEAR) & (far <= FAR)
    edge = int(RADII[1]) + 3
    tissue[:edge], tissue[-edge:], tissue[:, :edge], tissue[:, -edge:] = False, False, False, False
    choices = rng.permutation(np.argwhere(tissue))
    places = apart(choices, NODULES, APART)
    out = picture.astype(np.float32)
    y, x = np.mgrid[0:picture.shape[0], 0:picture.shape[1]]
    for row, column in places:
        radius, contrast = rng.uniform(*RADII), rng.uniform(*CONTRASTS)
        soft = np.clip(radius + .5 - np.hypot(y - row, x - column), 0, 1.5) / 1.5
        out += np.where(mask, 0, soft) * contrast * 4095
    return np.rint(np.clip(out, 0, 4095)).astype(np.uint16), places


# --- what looks for it ---------------------------------------------------------------------------------------------------


def peaks(values, least):
    """Rows and columns, the highest first, of what is above `least` and above its eight neighbours."""
    wide = np.pad(values, 1, constant_values=-np.inf)
    around = np.max([wide[y:y + values.shape[0], x:x + values.shape[1]] for y in range(3) for x in range(3) if (y, x) != (1, 1)], axis=0)
    rows, columns = np.nonzero((values > least) & (values >= around))
    order = np.argsort(-values[rows, columns], kind="stable")
    return np.stack([rows, columns], 1)[order]


def disc(radius):
    """A soft disc within a ring of one and a half pixels and more, of mean 0 and length 1, and how high it stands."""
    reach = int(np.ceil(radius)) + 3
    y, x = np.mgrid[-reach:reach + 1, -reach:reach + 1]
    soft = np.clip(radius + .5 - np.hypot(y, x), 0, 1.5) / 1.5
    inside = np.hypot(y, x) <= reach + .5
    soft = np.where(inside, soft - soft[inside].mean(), 0)
    length = np.sqrt((soft * soft).sum())
    return soft / length, inside, length


def correlated(picture, kernel):
    """Sums of products; the picture is mirrored at its edges."""
    reach = kernel.shape[0] // 2
    windows = np.lib.stride_tricks.sliding_window_view(np.pad(picture, reach, mode="symmetric"), kernel.shape)
    return np.einsum("yxij,ij->yx", windows, kernel, optimize=True)


def nodules_in(picture, mask):
    """Of uint8, about the hole: rows and columns."""
    rows, columns = np.nonzero(mask)
    top, left = max(0, rows.min() - SEARCHED), max(0, columns.min() - SEARCHED)
    grey = picture[top:rows.max() + SEARCHED + 1, left:columns.max() + SEARCHED + 1].astype(np.float32)
    best = np.zeros(grey.shape, np.float32)
    for radius in SIZES:
        kernel, inside, length = disc(radius)
        product = correlated(grey, kernel.astype(np.float32))
        count, inside = inside.sum(), inside.astype(np.float32)
        spread = correlated(grey * grey, inside) - correlated(grey, inside) ** 2 / count
        alike = product / np.sqrt(np.maximum(spread, 1))
        best = np.maximum(best, np.where(product / length > STANDS_OUT, alike, 0))
    return apart(peaks(best, ALIKE), 10_000, HIT) + [top, left]


def cornerness(picture):
    """The smaller eigenvalue of the structure tensor."""
    down, right = np.gradient(blur(picture, 1.0))
    a, b, c = (blur(one, CORNER_SPREAD) for one in (down * down, right * right, down * right))
    return (a + b) / 2 - np.sqrt(((a - b) / 2) ** 2 + c * c)


def landmarks_of(picture, mask):
    """The strongest beside the hole."""
    strength = cornerness(picture)
    far = distance_to(mask)
    found = [place for place in peaks(strength, 1.0) if NEAR <= far[tuple(place)] <= FAR]
    return apart(found, CORNERS, 10)


# --- what it comes to ----------------------------------------------------------------------------------------------------

VERSIONS = ("original", "filled", "black box")


@dataclass
class Counts:
    """Of one picture, by version: nodules found (0 or 1 each), findings that are none, distances of landmarks (NaN: not found)."""

    head: str
    hits: dict = field(default_factory=dict)
    false: dict = field(default_factory=dict)
    errors: dict = field(default_factory=dict)


def _nearest(place, others):
    return np.min(np.hypot(*(others - place).T)) if len(others) else np.inf


def counted(head, original, filled, mask, places):
    """original, filled: uint8 in one window."""
    out = Counts(head)
    landmarks = landmarks_of(original, mask)
    for name, picture in zip(VERSIONS, (original, filled, np.where(mask, 0, original).astype(np.uint8))):
        found = nodules_in(picture, mask)
        out.hits[name] = [_nearest(place, found) <= HIT for place in places]
        out.false[name] = sum(_nearest(one, places) > HIT for one in found)
        corners = peaks(cornerness(picture), 1.0)
        away = np.array([_nearest(place, corners) for place in landmarks])
        out.errors[name] = np.where(away <= FOUND_AGAIN, away, np.nan)
    return out


def drawn(seed, kind, index):
    """(case with nodules, their places)"""
    case = case_of(seed, kind, FIRST + index)
    truth, places = planted(generator_of(seed, f"nodules {kind}", index), case.truth, case.mask)
    return Case(case.name, case.kind, case.occlusion, case.head, truth, case.mask), places


def counts_of(program, folder, seed, kind, count):
    out = []
    for at in range(0, count, PART):
        print(f"\rdownstream, {kind}: {at}/{count}", end="", file=sys.stderr, flush=True)
        cases = [drawn(seed, kind, index) for index in range(at, min(at + PART, count))]
        room = folder / "work" / "downstream"
        shutil.rmtree(room, ignore_errors=True)
        write_cases(room, [case for case, _ in cases])
        records, _ = evaluated(program, room, seed, kit=room / "kit")
        pictures = filled_pictures(room / "kit") if any(record["filled"] for record in records) else {}
        for case, places in cases:
            if case.name in pictures:
                filled, original = pictures[case.name]
                out.append(counted(case.head, original, filled, case.mask, places))
        shutil.rmtree(room)
    print(file=sys.stderr)
    return out


def _flat(counts, of):
    """(values, heads)"""
    pairs = [(value, one.head) for one in counts for value in of(one)]
    return np.array([value for value, _ in pairs], float), np.array([head for _, head in pairs])


def rows_of(kind, counts, seed):
    """A row a version, and the lowest sensitivity the filled pictures may have less that of the originals (one-sided 95 %)."""
    rows, lowest = [], {}
    for name in VERSIONS:
        hits, heads = _flat(counts, lambda one: one.hits[name])
        plain, _ = _flat(counts, lambda one: one.hits["original"])
        lost = hits - plain
        low, high = mean_interval(lost, heads, seed, ends=(.05, .95))
        errors, _ = _flat(counts, lambda one: one.errors[name])
        seen = errors[~np.isnan(errors)] * MILLIMETRE
        error = f"{seen.mean():.2f}, {np.quantile(seen, .95):.2f}" if len(seen) else ""
        false = np.mean([one.false[name] for one in counts])
        found_before = plain > 0
        gone = 100 * np.mean(hits[found_before] == 0) if found_before.any() else np.nan
        rows.append([f"{kind}, {name}", len(counts), len(hits), f"{100 * hits.mean():.1f}",
                     f"{gone:.1f} of {found_before.sum()}" if name != "original" else "",
                     f"{100 * lost.mean():+.2f} ({100 * low:+.2f} to {100 * high:+.2f})" if name != "original" else "",
                     f"{false:.2f}", len(errors), f"{100 * np.mean(~np.isnan(errors)):.1f}", error])
        lowest[name] = low
    return rows, lowest


HEAD = ["found beside the hole", "pictures", "nodules", "found, %", "lost of the original's, %", "less the original (90 %)", "other findings a picture", "landmarks",
        "found, %", "mm away: mean, p95"]


def report_downstream(report, program, folder, seed, pictures=None):
    """`pictures`: None for a full measurement."""
    if not is_there(program.efface):
        report.say("downstream: efface has no evaluate")
        return
    rows, worst = [], {}
    for kind in KINDS:
        counts = counts_of(program, folder, seed, kind, pictures or PICTURES)
        if not any(one.hits["original"] for one in counts):
            raise EvaluationFailed(f"downstream: no {kind} was filled")
        some, worst[kind] = rows_of(kind, counts, seed)
        rows += some
    report.parts.append(table(HEAD, rows))
    for name in VERSIONS[1:]:
        kind = min(KINDS, key=lambda one: worst[one][name])
        verdict = "not inferior to" if worst[kind][name] > MARGIN else "not shown to be as good as"
        report.say(f"downstream: {name} {verdict} the original (margin 3 points of sensitivity): lower end {100 * worst[kind][name]:+.2f} "
                   f"in {kind}, the worst")
