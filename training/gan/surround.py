"""What Efface shows a generator of a picture, and what it refuses: pipeline/enhance (region.cpp, tone.cpp, resample.cpp, fill_hole.cpp)
in numpy, so that what is fitted here is what is measured there. Pictures are (channels, rows, columns), masks bool (rows, columns)."""

from dataclasses import dataclass

import numpy as np

CUT_OUT, CONTEXT_MIN = 1.6, 32  # Of the longer side of a hole's bounds; pixels.
WINDOW = (0.005, 0.995)
AIR_BELOW = -0.85  # On units.
SNR_MIN, VISIBLE_MIN, HIDDEN_MAX, BORDERS_MAX = 5, 0.35, 0.45, 2
SNR_MOST = 1e6  # Of what has no noise.
NOTHING = 1e-9


@dataclass
class Shown:
    """At the network's size, on units; `planes` is 0 where `hidden`, `truth` is what was there."""
    planes: np.ndarray
    truth: np.ndarray
    hidden: np.ndarray
    snr: float
    hidden_share: float  # Of the surround, at the picture's size.


def quantile(values, share):
    """The value at this share of the sorted ones, none between two."""
    return float(np.sort(values)[int(share * (len(values) - 1))])


def half_up(value):
    return int(np.floor(value + 0.5))


def bounds(mask):
    """left, top, right, bottom"""
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def surround_of(box):
    """May reach beyond the picture."""
    left, top, right, bottom = box
    longer = max(right - left, bottom - top)
    side = max(half_up(CUT_OUT * longer), longer + 2 * CONTEXT_MIN)
    x, y = left + (right - left) // 2 - side // 2, top + (bottom - top) // 2 - side // 2
    return x, y, x + side, y + side


def network_size(rows, columns, sides, multiple):
    longer = max(rows, columns)
    side = next((side for side in sorted(sides) if side >= longer), max(sides))
    return tuple(min(max(1, half_up(length * side / longer / multiple)) * multiple, side) for length in (rows, columns))


def covers(count, to):
    """(to, count): how much of each pixel each new one covers."""
    out, ratio = np.zeros((to, count)), count / to
    for i in range(to):
        begin, end = i * ratio, min((i + 1) * ratio, count)
        k = min(int(begin + NOTHING), count - 1)
        while k < count and k < end - NOTHING:
            out[i, k] = min(end, k + 1) - max(begin, k)
            k += 1
    return out


def by_area(planes, hidden, rows, columns):
    """Means of what is visible; hidden is what covers any hidden pixel."""
    down, across = covers(planes.shape[1], rows), covers(planes.shape[2], columns)
    seen = (~hidden).astype(float)
    weight = down @ seen @ across.T
    sums = np.stack([down @ np.where(hidden, 0, plane) @ across.T for plane in planes])
    covered = ((down > 0).astype(float) @ hidden.astype(float) @ (across > 0).astype(float).T) > 0.5
    return np.where(weight > 0, sums / np.maximum(weight, NOTHING), 0).astype(np.float32), covered


def noise_of(plane, visible):
    """Median of the absolute diagonal details of the finest Haar wavelet, over 0.6745."""
    rows, columns = (length // 2 * 2 for length in plane.shape)
    blocks, seen = (a[:rows, :columns].reshape(rows // 2, 2, columns // 2, 2) for a in (plane, visible))
    whole = seen.all((1, 3))
    details = np.abs(blocks[:, 0, :, 0] - blocks[:, 0, :, 1] - blocks[:, 1, :, 0] + blocks[:, 1, :, 1])[whole] / 2
    return quantile(details, 0.5) / 0.6745 if len(details) else 0.0


def snr_of(plane, visible):
    seen = plane[visible]
    if not len(seen):
        return 0.0
    spread, noise = quantile(seen, 0.9) - quantile(seen, 0.1), noise_of(plane, visible)
    return spread / noise if noise > spread / SNR_MOST else (SNR_MOST if spread > 0 else 0.0)


def shown(picture, mask, sides, multiple, share_max):
    """What the network is shown of a picture with one hole, or None where Efface would refuse it."""
    box, frame = bounds(mask), mask.shape
    if (box[0] <= 0) + (box[1] <= 0) + (box[2] >= frame[1]) + (box[3] >= frame[0]) > BORDERS_MAX:
        return None
    wide = surround_of(box)
    left, top, right, bottom = max(wide[0], 0), max(wide[1], 0), min(wide[2], frame[1]), min(wide[3], frame[0])
    part, hidden = picture[:, top:bottom, left:right].astype(float), mask[top:bottom, left:right]
    mean = part.mean(0)
    if hidden.all():
        return None
    low, high = (quantile(mean[~hidden], share) for share in WINDOW)
    high = high if high > low else low + 1

    def units(values):
        return ((values - low) / (high - low) * 2 - 1).clip(-1, 1).astype(np.float32)

    snr, hidden_share = snr_of(mean, ~hidden), float(hidden.mean())
    head = float((units(mean) > AIR_BELOW)[~hidden].sum())
    if hidden_share > HIDDEN_MAX or head < VISIBLE_MIN * (head + mask.sum()) or snr < SNR_MIN:
        return None
    size = network_size(*hidden.shape, sides, multiple)
    planes, covered = by_area(part, hidden, *size)
    if covered.sum() > share_max * covered.size:
        return None
    truth, _ = by_area(part, np.zeros_like(hidden), *size)
    return Shown(np.where(covered, 0, units(planes)).astype(np.float32), units(truth), covered, snr, hidden_share)
