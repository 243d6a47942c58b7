"""What is asked of a fill: to be near the truth in grey and in structure (SSIM, Wang et al. 2004), and to look real to the
judges (hinge loss), whose features of it should be those of the truth. Nothing asks whose face it was: there is no identity
term, and no weights of others."""

import functools

import torch
from torch.nn import functional as F

TAPS, SPREAD = 11, 1.5
AROUND = 7  # Pixels across: SSIM is asked for in the mask grown by half of it.


@functools.lru_cache(maxsize=8)
def _smoothing(length, device):
    """(length, length): what it is multiplied by is smoothed by a Gaussian along its rows, reflected at both ends. A product of
    matrices: convolutions of a single channel, and their gradients, took two thirds of a whole step of the training."""
    at = torch.arange(TAPS, dtype=torch.float32, device=device) - TAPS // 2
    kernel = torch.exp(-0.5 * (at / SPREAD) ** 2)
    ends = F.pad(torch.eye(length, device=device)[None], (TAPS // 2, TAPS // 2), mode="reflect")[0]
    return torch.stack([ends[:, i:i + TAPS] @ (kernel / kernel.sum()) for i in range(length)])


def _smoothed(planes):
    rows, columns = planes.shape[-2:]
    return _smoothing(rows, planes.device) @ (planes @ _smoothing(columns, planes.device).T)


def ssim_map(a, b):
    """Of values of -1 to 1, which count as 0 to 1 here: the formula's means are those of light."""
    a, b = (a * 0.5 + 0.5).float(), (b * 0.5 + 0.5).float()
    mean_a, mean_b, aa, bb, ab = _smoothed(torch.cat([a, b, a * a, b * b, a * b], 1).contiguous()).chunk(5, 1)
    c1, c2 = 0.01 ** 2, 0.03 ** 2
    return ((2 * mean_a * mean_b + c1) * (2 * (ab - mean_a * mean_b) + c2)) / \
        ((mean_a ** 2 + mean_b ** 2 + c1) * (aa - mean_a ** 2 + bb - mean_b ** 2 + c2))


def within(values, mask):
    """Their mean in the mask."""
    return (values * mask).sum() / (mask.sum() * values.shape[1]).clamp(min=1)


def difference(filled, truth, mask):
    return within((filled - truth).abs(), mask)


def structure(filled, truth, mask):
    return within(1 - ssim_map(filled, truth), F.max_pool2d(mask, AROUND, 1, AROUND // 2))


def judges_loss(real, filled):
    """Hinge. real, filled: what the judges say of each."""
    total = 0
    for (answer, _, share), (other, _, _) in zip(real, filled):
        touched = (share > 0).float()
        total = total + (F.relu(1 - answer) * touched).sum() / touched.sum().clamp(min=1)
        total = total + (F.relu(1 + other) * share).sum() / share.sum().clamp(min=1e-6)
    return total


def looks_real(filled):
    return sum(-(answer * share).sum() / share.sum().clamp(min=1e-6) for answer, _, share in filled)


def features(filled, real):
    return sum((a.float() - b.detach().float()).abs().mean() for (_, seen, _), (_, wanted, _) in zip(filled, real)
               for a, b in zip(seen, wanted))


def slope(judges, truth, mask):
    """R1 (Mescheder et al. 2018): how steeply the judges' answers depend on real pictures."""
    truth = truth.detach().requires_grad_(True)
    answers = sum(answer.sum() for answer, _, _ in judges(truth, mask))
    gradient, = torch.autograd.grad(answers, truth, create_graph=True)
    return gradient.pow(2).sum([1, 2, 3]).mean()
