"""From pictures on disk to a batch: cut out, turned, scaled, mirrored, masked anew, windowed as Efface windows before it asks
the network, toned. Every draw follows from the seed given."""

import numpy as np
import torch
from torch.nn import functional as F

from training.gan import occlusions

WINDOW = (0.005, 0.995)  # Quantiles of the visible pixels that become -1 and 1.
SAMPLED = 4096  # Pixels that quantiles are taken of.
CLOSE = 0.5  # Of the pictures show what is cut out about a face,
CUT_OUT = 1.6  # which is so many times the mask.
SCALE_MIN, SCALE_MAX = 0.35, 1.15  # Of a picture's side.
GREYED = 0.25  # Of the coloured pictures: most of what is medical has no colour, and a grey surround asks for a grey fill.


def window(pictures, masks):
    """Pictures (n, channels, rows, columns) on [-1, 1]: each by its visible pixels alone."""
    out = torch.empty_like(pictures)
    for i, (picture, mask) in enumerate(zip(pictures, masks)):
        seen = picture.mean(0)[mask[0] < 0.5]
        seen = seen[::max(1, len(seen) // SAMPLED)].sort().values
        low, high = (seen[int(part * (len(seen) - 1))] for part in WINDOW)
        out[i] = (picture - low) / (high - low).clamp(min=1e-3) * 2 - 1
    return out.clamp(-1, 1)


def _uniform(random, low, high, count):
    return torch.from_numpy(random.uniform(low, high, count).astype(np.float32))


def crops(faces):
    """Of each picture the square about its face that Efface cuts out: half of its side, its middle; all on -1 to 1 of the
    picture's side. The whole picture where it shows no face."""
    out = []
    for face in faces:
        where = face[0].numpy() > 0.5
        if not where.any():
            out.append((1.0, 0.0, 0.0))
            continue
        left, top, right, bottom = (2 * edge / len(where) - 1 for edge in occlusions.bounds(where))
        out.append((max(right - left, bottom - top) / 2 * occlusions.GROWN * CUT_OUT, (left + right) / 2, (top + bottom) / 2))
    return torch.tensor(out, dtype=torch.float32).T


def placed(random, pictures, faces, side):
    """Pictures and where the faces are, both as `side` pixels, each under a random motion: whole, or about the face."""
    n = len(pictures)
    half, x, y = crops(faces)
    close = torch.from_numpy(random.random(n) < CLOSE)
    scale = torch.where(close, half * _uniform(random, 0.9, 1.4, n), _uniform(random, 0.75, 1.15, n)).clamp(SCALE_MIN, SCALE_MAX)
    x = torch.where(close, x, torch.zeros(n)) + _uniform(random, -0.12, 0.12, n)
    y = torch.where(close, y, torch.zeros(n)) + _uniform(random, -0.12, 0.12, n)
    turn = _uniform(random, -0.25, 0.25, n)
    quarters = torch.from_numpy(np.where(random.random(n) < 0.12, random.integers(1, 4, n), 0).astype(np.float32))
    turn = turn + quarters * (np.pi / 2)
    mirror = torch.from_numpy(np.where(random.random(n) < 0.5, -1, 1).astype(np.float32))
    cosine, sine = scale * turn.cos(), scale * turn.sin()
    motion = torch.stack([torch.stack([mirror * cosine, -mirror * sine, x], 1), torch.stack([sine, cosine, y], 1)], 1)
    grid = F.affine_grid(motion, [n, 1, side, side], align_corners=False)
    out = F.grid_sample(pictures, grid, mode="bilinear", padding_mode="border", align_corners=False)
    coarse = torch.nonzero(scale * pictures.shape[-1] > 1.5 * side).flatten()  # Too few places to take single pixels.
    if len(coarse):
        small = F.interpolate(pictures[coarse], (side, side), mode="area")
        out[coarse] = F.grid_sample(small, grid[coarse], mode="bilinear", padding_mode="border", align_corners=False)
    return out, F.grid_sample(faces, grid, mode="bilinear", padding_mode="zeros", align_corners=False) > 0.5


def toned(random, pictures):
    """After the window: less than its whole range, gamma, negatives as MONOCHROME1 shows them."""
    n = len(pictures)

    def draw(low, high):
        return _uniform(random, low, high, n).view(n, 1, 1, 1)

    pictures = (0.5 + 0.5 * pictures).clamp(min=1e-4) ** draw(0.7, 1.4) * 2 - 1
    pictures = pictures * draw(0.8, 1.0) + draw(-0.1, 0.1)
    negative = torch.from_numpy(random.random(n) < 0.12).view(n, 1, 1, 1)
    return torch.where(negative, -pictures, pictures).clamp(-1, 1)


def greyed(random, pictures):
    """Some without their colour."""
    chosen = torch.from_numpy(random.random(len(pictures)) < GREYED).view(-1, 1, 1, 1)
    return torch.where(chosen, pictures.mean(1, keepdim=True).expand_as(pictures), pictures)


def masks_of(random, faces, kind=None):
    return torch.from_numpy(np.stack([occlusions.drawn(random, face[0].numpy(), kind) for face in faces])[:, None].astype(np.float32))


def loaded(pictures, faces, chosen):
    """As float32 (n, channels, rows, columns), 0 to 1; where faces are, (n, 1, ...)."""
    return (torch.from_numpy(np.asarray(pictures[chosen]).astype(np.float32) / 65535),
            torch.from_numpy(np.asarray(faces[chosen]).astype(np.float32))[:, None])


def for_training(seed, pictures, faces, chosen, side):
    """picture, mask"""
    random = np.random.default_rng([*seed, 59])
    picture, face = placed(random, *loaded(pictures, faces, chosen), side)
    mask = masks_of(random, face)
    return toned(random, window(greyed(random, picture), mask)), mask


def for_judging(seed, pictures, faces, chosen, side):
    """The same, neither moved nor toned."""
    picture, face = loaded(pictures, faces, chosen)
    if side < picture.shape[-1]:
        picture = F.interpolate(picture, (side, side), mode="area")
    mask = masks_of(np.random.default_rng([*seed, 61]), F.interpolate(face, (side, side), mode="nearest") > 0.5)
    return window(picture, mask), mask


def noise_for(seed, count, side):
    generator = torch.Generator().manual_seed(int(np.random.default_rng([*seed, 67]).integers(2 ** 62)))
    return torch.randn((count, 1, side // 2, side // 2), generator=generator)
