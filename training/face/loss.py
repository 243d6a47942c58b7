"""What is asked of the network's answer to a batch: the penalty-reduced focal loss of CornerNet (Law and Deng 2018) for
scores, generalised overlap (Rezatofighi et al. 2019) and relative distances for edges."""

import torch
from torch.nn import functional as F

from training.face.network import LOG_MAX, REACH, STRIDE

SPREAD = 0.12  # Of the bump about a face's middle, of its sides.
SPREAD_MIN = 0.9  # In cells: the score is the mean of nine, so the neighbours of a small face's middle must rise too.
LEARNED_MIN = 0.4  # Cells this high up the bump learn edges.


def targets(boxes, rows, columns):
    """boxes (batch, n, 5): left, top, right, bottom, then 1 demanded, 0 not, -1 no box.

    Returns heat (batch, rows, columns), weight of each cell's score, edges (batch, 4, rows, columns) in pixels, and the weight
    of each cell's edges."""
    x = (torch.arange(columns, device=boxes.device) + 0.5) * STRIDE
    y = (torch.arange(rows, device=boxes.device) + 0.5) * STRIDE
    across, down = x[None, None, None, :], y[None, None, :, None]
    left, top, right, bottom, kind = (boxes[:, :, i, None, None] for i in range(5))
    middle_x, middle_y = (left + right) / 2, (top + bottom) / 2
    # The cell that holds the middle is the top of the bump, wherever in the cell it lies.
    middle_x = (middle_x / STRIDE).floor() * STRIDE + STRIDE / 2
    middle_y = (middle_y / STRIDE).floor() * STRIDE + STRIDE / 2
    wide = ((right - left) * SPREAD).clamp(min=STRIDE * SPREAD_MIN)
    tall = ((bottom - top) * SPREAD).clamp(min=STRIDE * SPREAD_MIN)
    bump = torch.exp(-0.5 * (((across - middle_x) / wide) ** 2 + ((down - middle_y) / tall) ** 2))
    bump = bump * (kind == 1)
    heat, best = bump.max(1)
    inside = (across > left) & (across < right) & (down > top) & (down < bottom)
    excused = (inside & (kind == 0)).any(1)
    weight = 1 - (excused & (heat < 0.99)).float()
    edges = torch.gather(boxes[:, :, :4], 1, best.flatten(1)[:, :, None].expand(-1, -1, 4))
    edges = edges.transpose(1, 2).reshape(len(boxes), 4, rows, columns)
    distances = torch.stack([x - edges[:, 0], y[:, None] - edges[:, 1], edges[:, 2] - x, edges[:, 3] - y[:, None]], 1)
    return heat, weight, distances.clamp(min=1.0), heat * (heat > LEARNED_MIN)


def score_loss(raw, heat, weight):
    top = heat > 0.99
    likely = F.logsigmoid(raw)
    unlikely = F.logsigmoid(-raw)
    chance = torch.sigmoid(raw)
    positive = -(1 - chance) ** 2 * likely * top
    negative = -(1 - heat) ** 4 * chance ** 2 * unlikely * ~top
    return ((positive + negative) * weight).sum() / top.sum().clamp(min=1)


def edge_loss(raw, distances, weight):
    """raw (batch, 4, rows, columns)"""
    said = REACH * torch.exp(raw.clamp(-LOG_MAX, LOG_MAX))
    common = (torch.minimum(said[:, 0], distances[:, 0]) + torch.minimum(said[:, 2], distances[:, 2])) * \
        (torch.minimum(said[:, 1], distances[:, 1]) + torch.minimum(said[:, 3], distances[:, 3]))
    hull = (torch.maximum(said[:, 0], distances[:, 0]) + torch.maximum(said[:, 2], distances[:, 2])) * \
        (torch.maximum(said[:, 1], distances[:, 1]) + torch.maximum(said[:, 3], distances[:, 3]))
    both = (said[:, 0] + said[:, 2]) * (said[:, 1] + said[:, 3]) + \
        (distances[:, 0] + distances[:, 2]) * (distances[:, 1] + distances[:, 3])
    union = both - common
    overlap = 1 - common / union + (hull - union) / hull
    relative = (raw - torch.log(distances / REACH)).abs().mean(1)
    return ((overlap + 0.5 * relative) * weight).sum() / weight.sum().clamp(min=1)
