"""Every kind of picture with a head, how often each is drawn, and one of them from its number.

GROUP pictures in a row show one head, since its views and voxels are dear; what kind they are is drawn for the group."""

import numpy as np

from training.gan import heads, photographs, radiographs, slices

GROUP = 8
SHARES = {"ct": 0.26, "mr": 0.26, "lateral": 0.12, "frontal": 0.1, "photograph": 0.18, "rendering": 0.08}
KINDS = tuple(SHARES)
PLANES_UP_TO = (0.45, 0.8)  # Sagittal, then axial, then coronal.


def kind_of(first_seed, i):
    random = np.random.default_rng([first_seed, i // GROUP, 47])
    return KINDS[min(int(np.searchsorted(np.cumsum(list(SHARES.values())), random.random())), len(KINDS) - 1)]


def drawn(first_seed, i, side, channels=1, kind=None, group=GROUP):
    """Picture i: float32 (channels, side, side), 0 to 1, and where the face is, bool (side, side). Of a kind where one is named."""
    random = np.random.default_rng([first_seed, i, 53])
    seed = first_seed + i // group
    kind = kind or kind_of(first_seed, i)
    if kind in ("photograph", "rendering"):
        return photographs.drawn(random, seed, i % group // (group // 2), kind == "rendering", side, channels)
    if kind in radiographs.VIEWS:
        picture, face = radiographs.drawn(random, seed, kind, side)
    else:
        plane = slices.PLANES[int(np.searchsorted(PLANES_UP_TO, random.random()))]
        picture, face = slices.drawn(random, heads.head(seed), kind, plane, side)
    return np.repeat(picture[None], channels, 0), face
