"""How a fill compares with what was there, by kind of picture, beside fills that anybody can make and the truth itself. The
pictures are not those of the training. Values count as of 0 to 1.

Nearness to the truth says how plausible a fill is, not that it is right: the truth cannot be known from what is visible. A
constant passes every test of grey; that is why the others stand beside it."""

import numpy as np
import torch

from training import png
from training.gan import batches, catalogue, pool
from training.gan.loss import ssim_map
from training.gan.train import shown
from training.noise import blur

RIM = 6  # Pixels on either side of a mask's edge.
FINE = 1.2  # Pixels: what a Gaussian this wide takes away is high frequency.
COLUMNS = ("PSNR dB", "SSIM", "grey difference %", "high frequencies", "beside the rim's")
JUDGED = 3  # What masks and noise are drawn for.
SHEET = 4 * pool.PAIR * len(catalogue.KINDS)  # Pictures on the sheet.


def grown(mask, by):
    """Squares: what lies within `by` pixels of the mask."""
    for axis in (0, 1):
        sums = np.cumsum(np.pad(mask.astype(np.int32), [(by + 1, by) if a == axis else (0, 0) for a in (0, 1)]), axis=axis)
        count = mask.shape[axis]
        high, low = (np.take(sums, np.arange(count) + start, axis=axis) for start in (2 * by + 1, 0))
        mask = high > low
    return mask


def rims(mask):
    """Inner and outer rim."""
    return mask & grown(~mask, RIM), grown(mask, RIM) & ~mask


def fine(picture, where):
    """What of a picture is finer than FINE, from the pixels of `where` alone: none beyond has a part in it."""
    share = blur(where.astype(np.float32), FINE)
    return picture - blur(np.where(where, picture, 0).astype(np.float32), FINE) / np.maximum(share, 1e-4)


def fineness(picture, where):
    return float(fine(picture, where)[where].std()) if where.any() else 0.0


def constant(picture, mask):
    return np.where(mask, np.float32(0.5), picture)


def ring_mean(picture, mask):
    return np.where(mask, picture[rims(mask)[1]].mean(), picture)


def telea():
    """None without OpenCV's Python module."""
    try:
        import cv2
    except ImportError:
        return None

    def fill(picture, mask):
        seen = np.rint(np.where(mask, 0, picture) * 255).astype(np.uint8)
        return np.where(mask, cv2.inpaint(seen, mask.astype(np.uint8), 5, cv2.INPAINT_TELEA).astype(np.float32) / 255, picture)

    return fill


def measured(filled, truth, mask):
    """One value for each of COLUMNS; one plane of 0 to 1."""
    inner, outer = rims(mask)
    low, high = np.quantile(truth[~mask], [0.02, 0.98])
    error = float(((filled - truth)[mask] ** 2).mean())
    similar = ssim_map(*(torch.from_numpy(one * 2 - 1)[None, None].float() for one in (filled, truth)))[0, 0].numpy()
    rim = grown(mask, 10) & ~mask
    return (-10 * np.log10(max(error, 1e-9)) if error > 0 else np.nan, float(similar[mask].mean()),
            100 * abs(float(filled[inner].mean() - truth[outer].mean())) / max(float(high - low), 0.05),
            fineness(filled, mask) / max(fineness(truth, mask), 1e-4), fineness(filled, mask) / max(fineness(truth, rim), 1e-4))


def grey(pictures):
    """(1, channels, rows, columns) of -1 to 1 as one plane of 0 to 1."""
    return (pictures[0].float().mean(0).cpu().numpy() * 0.5 + 0.5).astype(np.float32)


def judged(module, folder, side):
    """{fill: {kind: rows of COLUMNS}}, and a sheet for people. Colours are judged by the mean of their planes."""
    pictures, faces, kinds = pool.read(folder)
    simple = {"constant": constant, "mean of the rim": ring_mean, "Telea": telea()}
    simple = {name: fill for name, fill in simple.items() if fill}
    out = {name: {kind: [] for kind in catalogue.KINDS} for name in (*simple, "generator", "truth")}
    sheet = []
    for i in range(len(pictures)):
        given, hole = batches.for_judging((JUDGED, i), pictures, faces, [i], side)
        with torch.inference_mode():
            generated = module(given, hole, batches.noise_for((JUDGED, i), 1, side))
        truth, mask = grey(given), hole[0, 0].numpy() > 0.5
        fills = {name: fill(truth, mask).astype(np.float32) for name, fill in simple.items()}
        fills = {**fills, "generator": grey(generated), "truth": truth}
        for name, filled in fills.items():
            out[name][catalogue.KINDS[kinds[i]]].append(measured(filled, truth, mask))
        if i < SHEET:
            row = [fills[name] for name in ("constant", "Telea", "generator", "truth") if name in fills]
            sheet.append(np.hstack([np.pad(shown(one[None] * 2 - 1), ((1, 1), (1, 1), (0, 0))) for one in row]))
    return out, png.grid(sheet, 2)


def report(rows):
    lines = ["| fill | kind | n | " + " | ".join(COLUMNS) + " |", "|---" * (len(COLUMNS) + 3) + "|"]
    for name, kinds in rows.items():
        everything = {"all": [row for one in kinds.values() for row in one], **kinds}
        for kind, values in everything.items():
            if not values:
                continue
            table = np.array(values, float)
            means = [np.nan if np.isnan(column).all() else np.nanmean(column) for column in table[:, :3].T] + \
                list(np.median(table[:, 3:], axis=0))
            cells = ["" if np.isnan(value) else f"{value:.{digits}f}" for value, digits in zip(means, (1, 3, 1, 2, 2))]
            lines.append(f"| {name} | {kind} | {len(values)} | " + " | ".join(cells) + " |")
    return lines


def unseen(module, folder, side, count=24):
    """The largest difference that other hidden pixels make in the answer: must be 0."""
    pictures, faces, _ = pool.read(folder)
    worst = 0.0
    for i in np.linspace(0, len(pictures) - 1, min(count, len(pictures))).astype(int):
        truth, mask = batches.for_judging((JUDGED, int(i)), pictures, faces, [i], side)
        noise = batches.noise_for((JUDGED, int(i)), 1, side)
        other = torch.where(mask > 0.5, torch.rand(truth.shape, generator=torch.Generator().manual_seed(int(i))) * 2 - 1, truth)
        with torch.inference_mode():
            worst = max(worst, float((module(truth, mask, noise) - module(other, mask, noise)).abs().max()))
    return worst
