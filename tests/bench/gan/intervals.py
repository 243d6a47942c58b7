"""Bootstrap intervals over heads: pictures of one head are drawn together or not at all (Davison and Hinkley 1997, 3.8)."""

import beside  # noqa: F401
import numpy as np
from rates import wilson

REPEATS = 2000


def _sums(values, groups):
    """(sum, count) of each group."""
    _, number = np.unique(groups, return_inverse=True)
    return np.bincount(number, values), np.bincount(number)


def mean_interval(values, groups, seed, repeats=REPEATS, ends=(.025, .975)):
    """(low, high) of the mean, with 95 % where `ends` does not say otherwise."""
    sums, counts = _sums(np.asarray(values, float), np.asarray(groups))
    if len(sums) < 2:
        return float("nan"), float("nan")
    drawn = np.random.default_rng(seed).integers(0, len(sums), (repeats, len(sums)))
    means = sums[drawn].sum(axis=1) / counts[drawn].sum(axis=1)
    return tuple(float(one) for one in np.quantile(means, ends))


def share_interval(hits, groups, seed):
    """(low, high) of a share, 95 %: the wider of the bootstrap over heads and Wilson's, since a bootstrap of what always or never
    happened has no width, and Wilson's takes pictures of one head for independent ones."""
    bounds = wilson(sum(hits), len(hits)), mean_interval(hits, groups, seed)
    return np.nanmin([low for low, _ in bounds]), np.nanmax([high for _, high in bounds])
