"""Two simple ways to say how alike two pictures of faces are, and how well either links them. Both are ours, from the
published ideas: histograms of local binary patterns over a grid of the face (Ahonen, Hadid, Pietikainen 2006,
doi:10.1109/TPAMI.2006.244), and Fisherfaces: principal components, then the directions that part heads (Belhumeur,
Hespanha, Kriegman 1997, doi:10.1109/34.598228)."""

import numpy as np

PATCH = 64  # Pixels a side of the region that is looked at.
GRID = 7
AROUND = ((-1, -1), (-1, 0), (-1, 1), (0, 1), (1, 1), (1, 0), (1, -1), (0, -1))


def patch_of(picture, box, grown=1.2):
    """float32 of PATCH x PATCH: the means of what lies in the box, grown about its middle; edges are repeated."""
    x0, y0, x1, y1 = box
    half = grown * max(x1 - x0, y1 - y0) / 2
    cx, cy = (x0 + x1) / 2, (y0 + y1) / 2
    at = (np.arange(2 * PATCH) + .5) / PATCH - 1
    rows = np.clip(np.floor(cy + at * half).astype(int), 0, picture.shape[0] - 1)
    columns = np.clip(np.floor(cx + at * half).astype(int), 0, picture.shape[1] - 1)
    part = picture[rows][:, columns].astype(np.float32)
    return part.reshape(PATCH, 2, PATCH, 2).mean(axis=(1, 3))


def _uniform_patterns():
    """Bin of each of 256 patterns: one each for those of at most two changes, one for all others."""
    bins, count = np.zeros(256, np.int64), 0
    for pattern in range(256):
        turned = (pattern >> 1) | ((pattern & 1) << 7)
        if bin(pattern ^ turned).count("1") <= 2:
            bins[pattern], count = count, count + 1
        else:
            bins[pattern] = 58
    return bins


_BINS = _uniform_patterns()


class Patterns:
    """Histograms of 59 bins in each of 7 x 7 cells; alike by chi-square."""

    name = "local binary patterns"

    def vector(self, patch):
        inner = patch[1:-1, 1:-1]
        code = np.zeros(inner.shape, np.int64)
        for bit, (dy, dx) in enumerate(AROUND):
            code |= (patch[1 + dy:PATCH - 1 + dy, 1 + dx:PATCH - 1 + dx] >= inner).astype(np.int64) << bit
        cell = (np.arange(PATCH - 2) * GRID) // (PATCH - 2)
        number = (cell[:, None] * GRID + cell[None]) * 59 + _BINS[code]
        counts = np.bincount(number.ravel(), minlength=GRID * GRID * 59).astype(np.float32)
        return counts / counts.sum() * GRID * GRID

    def alike(self, probes, others):
        """(n, m); larger is more alike."""
        out = np.empty((len(probes), len(others)), np.float32)
        for k, one in enumerate(probes):
            total = others + one
            out[k] = -((others - one) ** 2 / np.maximum(total, 1e-9)).sum(axis=1)
        return out


class Fisherfaces:
    """Fitted on patches of heads with several views each; alike by the cosine."""

    name = "Fisherfaces"
    COMPONENTS, DIRECTIONS = 160, 90

    def __init__(self, patches, heads):
        rows = np.stack([self._flat(patch) for patch in patches])
        heads = np.asarray(heads)
        self.mean = rows.mean(axis=0)
        _, _, basis = np.linalg.svd(rows - self.mean, full_matrices=False)
        basis = basis[:min(self.COMPONENTS, len(rows) - len(set(heads)))]
        low = (rows - self.mean) @ basis.T
        middles = np.stack([low[heads == head].mean(axis=0) for head in np.unique(heads)])
        within = low - middles[np.searchsorted(np.unique(heads), heads)]
        scatter = within.T @ within / len(within)
        scatter += np.eye(len(scatter)) * np.trace(scatter) / len(scatter) * .02
        values, vectors = np.linalg.eigh(scatter)
        whiten = vectors / np.sqrt(values)
        between = (middles - middles.mean(axis=0)) @ whiten
        _, _, directions = np.linalg.svd(between, full_matrices=False)
        self.project = basis.T @ whiten @ directions[:self.DIRECTIONS].T

    @staticmethod
    def _flat(patch):
        return ((patch - patch.mean()) / (patch.std() + 1e-3)).ravel()

    def vector(self, patch):
        low = (self._flat(patch) - self.mean) @ self.project
        return (low / (np.linalg.norm(low) + 1e-9)).astype(np.float32)

    def alike(self, probes, others):
        return np.asarray(probes) @ np.asarray(others).T


def linked(alike, candidates=None):
    """Of each probe k whose head is column k: (share of other heads that are less alike, ties half; its rank from 1). `candidates`:
    bool (n, n), which others count."""
    own = np.diag(alike)[:, None]
    others = ~np.eye(len(alike), dtype=bool) if candidates is None else candidates & ~np.eye(len(alike), dtype=bool)
    less, same = ((alike < own) & others).sum(axis=1), ((alike == own) & others).sum(axis=1)
    count = others.sum(axis=1)
    return (less + .5 * same) / count, 1 + count - less - .5 * same
