"""Fills of pictures that the network was not trained on: the features of each, and whether it is good.

Good: the grey difference at its edge is below 5 % of the visible range, or below the truth's own; its high frequencies are 0.7 to 1.3
of the truth's; and its SSIM in the mask is at least that of a constant and of the mean of the rim. OpenCV's Telea does not count: its
Python module is not among what training needs, and what is good must not hang on what is installed. It is the network's answer that is judged, at its size, before tone and grain are brought to those around."""

import numpy as np
import torch

from training.gan import confidence, evaluate, occlusions, pool
from training.gan.surround import shown

CASES = 5  # What masks and noise are drawn for.
GREY_MOST = 5.0  # Percent.
FINE_LEAST, FINE_MOST = 0.7, 1.3
SIMPLE = (evaluate.constant, evaluate.ring_mean)


def answer_of(module, planes, hidden, noise):
    asked = (torch.from_numpy(np.ascontiguousarray(one, np.float32)) for one in (planes[None], hidden[None, None], noise[None, None]))
    with torch.inference_mode():
        return module(*asked)[0].float().numpy()


def is_good(filled, truth, mask):
    """One plane each, 0 to 1."""
    _, ssim, grey, fine, _ = evaluate.measured(filled, truth, mask)
    own_grey = evaluate.measured(truth, truth, mask)[2]
    best = max(evaluate.measured(fill(truth, mask).astype(np.float32), truth, mask)[1] for fill in SIMPLE)
    return (grey < GREY_MOST or grey < own_grey) and FINE_LEAST <= fine <= FINE_MOST and ssim >= best


def case(module, picture, mask, seed, contract):
    """Features and whether the fill is good; None where Efface would not fill."""
    given = shown(picture, mask, contract["sizes"], contract["side_multiple"], contract["max_mask_fraction"])
    if given is None:
        return None
    rows, columns = given.hidden.shape
    noise = np.random.default_rng([*seed, 71]).standard_normal((rows // 2, columns // 2))
    ring, answer = confidence.ring_about(given.hidden, given.hidden, confidence.RING, contract["max_mask_fraction"]), None
    if ring is not None:
        without = given.hidden | ring
        answer = answer_of(module, np.where(without, 0, given.planes), without, noise)
    filled = answer_of(module, given.planes, given.hidden, noise)
    planes = [(one.mean(0) * 0.5 + 0.5).astype(np.float32) for one in (filled, given.truth)]
    return confidence.features(given, ring, answer), is_good(*planes, given.hidden)


def of_folder(module, folder, contract, draws):
    """Features, outcomes, and which of the two halves each case is of: both pictures of a head are of one."""
    pictures, faces, _ = pool.read(folder)
    rows, good, other_half = [], [], []
    group = pool.PAIR * len(evaluate.catalogue.KINDS)  # Each kind once.
    for i in range(len(pictures)):
        picture = np.asarray(pictures[i]).astype(np.float32) / 65535
        face = np.asarray(faces[i]).repeat(pool.FACE_CELL, 0).repeat(pool.FACE_CELL, 1)
        for k in range(draws):
            seed = (CASES, i, k)
            made = case(module, picture, occlusions.drawn(np.random.default_rng([*seed, 61]), face), seed, contract)
            if made is not None:
                rows.append(made[0])
                good.append(bool(made[1]))
                other_half.append(i // group % 2 == 1)
    return np.array(rows).reshape(-1, len(confidence.NAMES)), np.array(good, bool), np.array(other_half, bool)
