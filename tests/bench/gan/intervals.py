"""Bootstrap intervals over heads: pictures of one head are drawn together or not at all (Davison and Hinkley 1997, 3.8)."""

import numpy as np

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
