"""How sure a fill is: the features that pipeline/enhance/confidence.cpp measures, the same arithmetic in numpy; the logistic
regression of whether a fill is good on them; how well what it says holds for fills that it was not fitted on."""

import numpy as np

from training.gan.surround import bounds, half_up, quantile

NAMES = ("ring_ssim", "ring_grey", "ring_fine", "no_ring", "hidden", "snr", "size")  # pipeline/picture/confidence_model.h
RING, RING_MIN, RING_PIXELS_MIN = 12, 4, 64  # Pixels of the network.
SSIM_BLUR, FINE_BLUR = 1.5, 1.2
C1, C2 = 0.01 ** 2, 0.03 ** 2
FINE_MIN, FINE_MOST, GREY_MOST, RANGE_MIN, SNR_MOST = 1e-4, 3.0, 1.0, 1e-3, 1e5
RIDGE, ROUNDS = 1.0, 50  # Of weights on features of deviation 1; of Newton's method.
BINS, Z = 10, 1.96  # Two-sided 95 %.
PLOT = 321  # Pixels.


def grown(mask, by):
    """Squares: what lies within `by` pixels."""
    for axis in (0, 1):
        count = mask.shape[axis]
        sums = np.cumsum(np.pad(mask.astype(np.int64), [(by + 1, by) if a == axis else (0, 0) for a in (0, 1)]), axis=axis)
        mask = np.take(sums, np.arange(count) + 2 * by + 1, axis=axis) > np.take(sums, np.arange(count), axis=axis)
    return mask


def ring_about(hole, hidden, width_max, share_max):
    """The ring's pixels, or None."""
    for width in range(width_max, RING_MIN - 1, -1):
        ring = grown(hole, width) & ~hidden
        if hidden.sum() + ring.sum() <= share_max * hidden.size:
            return ring if ring.sum() >= RING_PIXELS_MIN else None
    return None


def blurred(plane, read, deviation):
    """A Gaussian to three deviations over the pixels of `read` alone."""
    def weights(count):
        away = np.abs(np.arange(count)[:, None] - np.arange(count))
        return np.where(away <= np.ceil(np.float32(3) * np.float32(deviation)), np.exp(-0.5 * (away / deviation) ** 2), 0)

    down, across = weights(plane.shape[0]), weights(plane.shape[1])
    shares = down @ read.astype(float) @ across
    return np.where(shares > 1e-6, down @ np.where(read, plane, 0) @ across / np.maximum(shares, 1e-6), 0)


def ssim_in(a, b, ring):
    """Planes of -1 to 1, which count as 0 to 1."""
    a, b = a * 0.5 + 0.5, b * 0.5 + 0.5
    x, y, xx, yy, xy = (blurred(one, ring, SSIM_BLUR)[ring] for one in (a, b, a * a, b * b, a * b))
    spread = np.maximum(xx - x * x, 0) + np.maximum(yy - y * y, 0)
    return float(((2 * x * y + C1) * (2 * (xy - x * y) + C2) / ((x * x + y * y + C1) * (spread + C2))).mean())


def fineness(plane, where):
    return float((plane - blurred(plane, where, FINE_BLUR))[where].std())


def compare_in_ring(answer, seen, ring, hidden):
    """SSIM, grey difference, |ln| of the ratio of high frequencies; planes of -1 to 1."""
    answer, seen = answer.astype(float), seen.astype(float)
    visible = seen[~hidden]
    spread = max(quantile(visible, 0.98) - quantile(visible, 0.02), RANGE_MIN)
    ratio = max(fineness(answer, ring), FINE_MIN) / max(fineness(seen, ring), FINE_MIN)
    grey = abs(answer[ring].mean() - seen[ring].mean()) / spread
    return ssim_in(answer, seen, ring), min(float(grey), GREY_MOST), min(abs(float(np.log(ratio))), FINE_MOST)


def features(shown, ring, answer):
    """In the order of NAMES. `ring`: None, where none could be hidden; `answer`: the network's with the ring hidden."""
    left, top, right, bottom = bounds(shown.hidden)
    size = max(right - left, bottom - top) / max(shown.hidden.shape)
    measured = (0.0, 0.0, 0.0) if ring is None else \
        compare_in_ring(answer.mean(0), shown.planes.mean(0), ring, shown.hidden)
    return (*measured, float(ring is None), shown.hidden_share, float(np.log(np.clip(shown.snr, 1, SNR_MOST))), float(np.log(size)))


def said(model, rows):
    """The confidence of each row of features."""
    weights = np.array([model["weights"][name] for name in NAMES])
    return 1 / (1 + np.exp(-(model["intercept"] + np.asarray(rows) @ weights)))


def fitted(rows, good):
    """{"intercept", "weights"}: logistic regression by Newton's method, its weights held small on features of one deviation.
    A feature that never varies has no weight."""
    rows, good = np.asarray(rows, float), np.asarray(good, float)
    mean, deviation = rows.mean(0), rows.std(0)
    varies = deviation > 1e-9
    scaled = np.where(varies, (rows - mean) / np.where(varies, deviation, 1), 0)
    given = np.hstack([np.ones((len(rows), 1)), scaled])
    ridge = np.diag([1e-3, *[RIDGE] * rows.shape[1]])  # The intercept's keeps it finite where all are good, or none.
    weights = np.zeros(given.shape[1])
    for _ in range(ROUNDS):
        chance = 1 / (1 + np.exp(-(given @ weights).clip(-30, 30)))
        slope = given.T @ (good - chance) - ridge @ weights
        curvature = (given * (chance * (1 - chance))[:, None]).T @ given + ridge
        step = np.linalg.solve(curvature, slope)
        weights += step
        if np.abs(step).max() < 1e-9:
            break
    raw = np.where(varies, weights[1:] / np.where(varies, deviation, 1), 0)
    return {"intercept": float(weights[0] - raw @ mean), "weights": dict(zip(NAMES, map(float, raw)))}


def wilson(count, of):
    """The interval of a share, 95 %."""
    share, z = count / of, Z * Z / of
    middle, half = (share + z / 2) / (1 + z), Z * np.sqrt(share * (1 - share) / of + Z * Z / (4 * of * of)) / (1 + z)
    return max(0.0, float(middle - half)), min(1.0, float(middle + half))


def reliability(confidence, good):
    """Of each bin that is not empty: lower edge, n, mean confidence, observed share, its interval."""
    confidence, good = np.asarray(confidence, float), np.asarray(good, bool)
    at = np.minimum((confidence * BINS).astype(int), BINS - 1)
    return [(k / BINS, int((at == k).sum()), float(confidence[at == k].mean()), float(good[at == k].mean()),
             *wilson(int(good[at == k].sum()), int((at == k).sum()))) for k in range(BINS) if (at == k).any()]


def brier(confidence, good):
    return float(((np.asarray(confidence) - np.asarray(good, float)) ** 2).mean())


def calibration_error(rows):
    """Of reliability(): the mean distance of what is said from what is so, by cases."""
    return sum(n * abs(mean - share) for _, n, mean, share, _, _ in rows) / sum(n for _, n, *_ in rows)


def report(model, confidence, good):
    """Lines of a page, of fills that were not fitted."""
    rows, share = reliability(confidence, good), float(np.mean(good))
    lines = [f"Fitted on {model['fitted']['cases']} fills of pictures from seed {model['fitted']['first_seed']}; judged on {len(good)} "
             f"fills of other pictures, of which {100 * share:.0f} % are good.", "",
             f"Brier score {brier(confidence, good):.3f} (always {share:.2f}: {share * (1 - share):.3f}), expected calibration error "
             f"{calibration_error(rows):.3f}.", "", "| confidence | n | mean | good | 95 % |", "|---|---|---|---|---|"]
    lines += [f"| {low:.1f} to {low + 1 / BINS:.1f} | {n} | {mean:.2f} | {seen:.2f} | {least:.2f} to {most:.2f} |"
              for low, n, mean, seen, least, most in rows]
    lines += ["", "| feature | weight |", "|---|---|", f"| intercept | {model['intercept']:.3f} |"]
    return lines + [f"| {name} | {model['weights'][name]:.3f} |" for name in NAMES]


def plot(rows):
    """uint8: what is said across, what is so upward, both from 0 to 1; grey is where both are the same."""
    out = np.full((PLOT, PLOT, 3), 255, np.uint8)
    at = np.arange(PLOT)
    out[PLOT - 1 - at, at] = 170
    out[:, [0, -1]] = out[[0, -1]] = 0

    def place(share):
        return half_up(share * (PLOT - 1))

    for _, _, mean, share, least, most in rows:
        x = place(mean)
        out[PLOT - 1 - place(most):PLOT - place(least), max(x - 1, 0):x + 2] = (120, 150, 220)
        y = PLOT - 1 - place(share)
        out[max(y - 3, 0):y + 4, max(x - 3, 0):x + 4] = (200, 30, 30)
    return out
