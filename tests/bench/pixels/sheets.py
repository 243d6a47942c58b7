"""Contact sheets: what was missed and some of what was found, with the mask's edge in red and the truth in green."""

import numpy as np
from pictures import to_bytes
from scoring import FACE_SHARE, TEXT_SHARE, covered, masked, occlusion_hits
from search import generator_of

TILE, ACROSS, DOWN = 300, 6, 3
RED, GREEN = (255, 40, 40), (40, 255, 40)


def drawn(samples, mask, boxes):
    """A small copy of the picture with both outlines."""
    picture = np.repeat(samples[:, :, None], 3, axis=2) if samples.ndim == 2 else samples.copy()
    inner = np.pad(mask, 1)
    inside = inner[:-2, 1:-1] & inner[2:, 1:-1] & inner[1:-1, :-2] & inner[1:-1, 2:]
    width = max(1, max(picture.shape) // 400)
    edge = mask & ~inside
    for shift in range(width):
        picture[np.roll(edge, shift, axis=(0, 1))] = RED
    for x0, y0, x1, y1 in boxes:
        for part in ((slice(y0, y0 + width), slice(x0, x1)), (slice(y1 - width, y1), slice(x0, x1)),
                     (slice(y0, y1), slice(x0, x0 + width)), (slice(y0, y1), slice(x1 - width, x1))):
            picture[part] = GREEN
    return fitted(picture)


def fitted(picture):
    from PIL import Image

    image = Image.fromarray(picture)
    image.thumbnail((TILE, TILE))
    tile = np.full((TILE, TILE, 3), 60, np.uint8)
    tile[:image.height, :image.width] = np.asarray(image)
    return tile


def save_sheet(path, tiles):
    from PIL import Image

    path.parent.mkdir(parents=True, exist_ok=True)
    tiles = tiles + [np.full((TILE, TILE, 3), 30, np.uint8)] * (-len(tiles) % ACROSS)
    rows = [np.hstack(tiles[at:at + ACROSS]) for at in range(0, len(tiles), ACROSS)]
    Image.fromarray(np.vstack(rows)).save(path)


def misses_sheet(folder, cell, records, seed):
    """The worst first: up to two rows of misses, then whatever comes first."""
    what = {("--faces",): "faces", ("--text",): "text"}.get(cell.asks)
    if what is None:
        return _occlusion_sheet(folder, cell, records, seed)

    def badness(record):
        mask = masked(record, what)
        boxes = record["truth"]["faces"] if what == "faces" else [line["box"] for line in record["truth"]["lines"]]
        if not boxes:
            return float(mask.mean())
        share = FACE_SHARE if what == "faces" else TEXT_SHARE
        return float(np.mean([covered(mask, box) < share for box in boxes]))

    worst = sorted(records, key=badness, reverse=True)[:ACROSS * (DOWN - 1)]
    chosen = worst + [record for record in records if record not in worst][:ACROSS]
    tiles = []
    for record in chosen:
        picture = cell.make(generator_of(seed, cell, record["index"]))
        boxes = picture.faces + [line["box"] for line in picture.lines]
        tiles.append(drawn(to_bytes(picture.samples), masked(record, what), boxes))
    if tiles:
        save_sheet(folder / f"{cell.name}.png", tiles)
    return None


def _occlusion_sheet(folder, cell, records, seed):
    """Those that were missed or misjudged, or found where there are none, before others."""
    truth = cell.kind == "occlusion"
    hits = occlusion_hits(records) if truth else [(record, not record["occlusions"], None) for record in records]
    chosen = sorted(hits, key=lambda hit: (hit[1], hit[2] is not False))[:ACROSS * DOWN]
    tiles = []
    for record, _, _ in chosen:
        picture = cell.make(generator_of(seed, cell, record["index"]))
        mask = np.zeros(picture.samples.shape[:2], bool)
        for x0, y0, x1, y1, _ in record["occlusions"]:
            mask[max(y0, 0):y1, max(x0, 0):x1] = True
        tiles.append(drawn(picture.samples, mask, [record["truth"]["facts"]["box"]] if truth else []))
    if tiles:
        save_sheet(folder / f"{cell.name}.png", tiles)
