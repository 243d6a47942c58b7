"""From the network's answer to boxes, and the search of a whole picture, as pipeline/inference/torchscript_detector.cpp
does both; numpy alone."""

import numpy as np

LONGER_SIDES = (416, 208)  # At which a whole picture is looked at.
ENLARGED_MAX = 2.0  # A small picture is not drawn larger than this.
SIDE_MULTIPLE = 32
SAME_SHARE = 0.4  # Of the smaller of two boxes: from there on they mean the same face.
FOUND_MAX = 256


def boxes_of(answer, threshold, stride):
    """answer (5, rows, columns); rows of left, top, right, bottom, score, best first, no two of the same face."""
    score = answer[0]
    rows, columns = np.nonzero(score >= threshold)
    x, y = (columns + 0.5) * stride, (rows + 0.5) * stride
    left, top, right, bottom = answer[1:, rows, columns]
    return apart(np.stack([x - left, y - top, x + right, y + bottom, score[rows, columns]], 1))


def apart(boxes):
    """By falling score, without those that share SAME_SHARE of the smaller one with a better one."""
    boxes = boxes[np.argsort(-boxes[:, 4], kind="stable")]
    kept = []
    for box in boxes:
        if len(kept) == FOUND_MAX:
            break
        if not any(shared(box, other) > SAME_SHARE for other in kept):
            kept.append(box)
    return np.array(kept, np.float32).reshape(-1, 5)


def shared(a, b):
    common = max(0, min(a[2], b[2]) - max(a[0], b[0])) * max(0, min(a[3], b[3]) - max(a[1], b[1]))
    smaller = min((a[2] - a[0]) * (a[3] - a[1]), (b[2] - b[0]) * (b[3] - b[1]))
    return common / max(smaller, 1e-6)


def area_matrix(length, wanted):
    """Each of `wanted` samples as the mean of all pixels that it touches (pipeline/inference/area_sampler.cpp)."""
    i = np.arange(wanted)
    first, last = i * length // wanted, -(-((i + 1) * length) // wanted)
    at = np.arange(length)
    matrix = (at[None, :] >= first[:, None]) & (at[None, :] < last[:, None])
    return (matrix / matrix.sum(1, keepdims=True)).astype(np.float32)


def sizes(rows, columns, sides):
    """What a picture is scaled to, each once."""
    out = []
    for longer in sides:
        scale = min(longer / max(rows, columns), ENLARGED_MAX)
        size = tuple(max(1, round(length * scale)) for length in (rows, columns))
        if size not in out:
            out.append(size)
    return out


def scaled(picture, rows, columns):
    """0 to 1, padded with black on the right and below to multiples of SIDE_MULTIPLE."""
    small = area_matrix(picture.shape[0], rows) @ picture.astype(np.float32) @ area_matrix(picture.shape[1], columns).T
    canvas = np.zeros(tuple(-(-length // SIDE_MULTIPLE) * SIDE_MULTIPLE for length in (rows, columns)), np.float32)
    canvas[:rows, :columns] = small / 255
    return canvas


def search(run, picture, threshold, stride=8, longer_sides=LONGER_SIDES):
    """`run` takes float32 (rows, columns) and gives (5, rows / stride, columns / stride). Boxes in the picture."""
    found = []
    for rows, columns in sizes(*picture.shape, longer_sides):
        across, down = picture.shape[1] / columns, picture.shape[0] / rows
        for box in boxes_of(run(scaled(picture, rows, columns)), threshold, stride):
            found.append([box[0] * across, box[1] * down, box[2] * across, box[3] * down, box[4]])
    return apart(np.array(found, np.float32).reshape(-1, 5))
