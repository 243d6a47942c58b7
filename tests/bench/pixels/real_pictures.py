"""The real pictures that stand beside the repository, and surface renderings of the head series there: too few for a
rate, reported whatever comes out, with contact sheets. Never trained or tuned on, never copied in.
"""

import csv
import os
import sys
import warnings
from pathlib import Path

import numpy as np
from pictures import blur, to_bytes, write_netpbm
from rates import percent, table
from scoring import FACE_SHARE, covered, masked
from search import Finders
from sheets import drawn, save_sheet

SHARED = Path(os.environ.get("EFFACE_SHARED", Path(__file__).resolve().parents[4] / "shared"))
ANGLES = range(0, 360, 30)
SIDE_MAX = 1000
VIEWS = tuple((yaw, pitch) for pitch in (-15, 0, 15) for yaw in (-60, -40, -20, 0, 20, 40, 60))


def report_real(report, program, models, folder):
    work = folder / "work" / f"{os.getpid()}-real.pnm"
    work.parent.mkdir(parents=True, exist_ok=True)
    finders = Finders(str(program), str(models), ("--faces",))
    try:
        if (SHARED / "faces" / "manifest.tsv").exists():
            _photographs(report, finders, work, folder)
        else:
            report.say(f"real pictures: skipped, {SHARED / 'faces'} is not there (EFFACE_SHARED names its parent)")
        if (SHARED / "dicom" / "series-head-mr").is_dir():
            _head_series(report, finders, work, folder)
        else:
            report.say(f"head series: skipped, {SHARED / 'dicom'} is not there")
    finally:
        finders.close()


def _ask(finders, work, samples):
    write_netpbm(work, samples)
    return finders.ask(work)


# --- photographs -----------------------------------------------------------------------------------------------------


def turned(samples, boxes, degrees):
    """The picture turned clockwise on a grey ground, and the boxes around the turned boxes' ellipses."""
    from PIL import Image

    turn = Image.fromarray(samples).rotate(-degrees, Image.Resampling.BICUBIC, expand=True, fillcolor=(90, 90, 90))
    rows, columns = samples.shape[:2]
    angle = np.radians(degrees)
    cos, sin = np.cos(angle), np.sin(angle)
    out = []
    for x0, y0, x1, y1 in boxes:
        x, y = (x0 + x1) / 2 - columns / 2, (y0 + y1) / 2 - rows / 2
        cx, cy = x * cos - y * sin + turn.width / 2, x * sin + y * cos + turn.height / 2
        a, b = (x1 - x0) / 2, (y1 - y0) / 2
        half = np.hypot(a * cos, b * sin), np.hypot(a * sin, b * cos)
        out.append((int(cx - half[0]), int(cy - half[1]), int(cx + half[0]) + 1, int(cy + half[1]) + 1))
    return np.asarray(turn), out


def _load(row):
    from PIL import Image

    image = Image.open(SHARED / "faces" / row["file"]).convert("RGB")
    scale = min(1.0, SIDE_MAX / max(image.size))
    if scale < 1:
        image = image.resize([round(side * scale) for side in image.size], Image.Resampling.LANCZOS)
    boxes = []
    for box in filter(None, row["boxes_xywh"].split(";")):
        x, y, w, h = (float(value) * scale for value in box.split(","))
        boxes.append((int(x), int(y), int(x + w) + 1, int(y + h) + 1))
    return np.asarray(image), boxes


def _photographs(report, finders, work, folder):
    with open(SHARED / "faces" / "manifest.tsv", encoding="utf-8") as listing:
        rows = list(csv.DictReader(listing, delimiter="\t"))
    lines, tiles, false_tiles = [], [], []
    hits = {angle: [] for angle in ANGLES}
    false = pictures = 0
    for row in rows:
        samples, boxes = _load(row)
        seen = []
        for angle in ANGLES:
            print(f"\rreal: {row['file']:24} {angle:3}", end="", file=sys.stderr, flush=True)
            picture, places = turned(samples, boxes, angle)
            record = _ask(finders, work, picture)
            mask = masked(record, "faces")
            if boxes:
                found = all(covered(mask, place) >= FACE_SHARE for place in places)
                hits[angle].append(found)
                seen.append(found)
                if not found or angle in (0, 210):
                    tiles.append(drawn(picture, mask, places))
            else:
                false, pictures = false + len(record["faces"]), pictures + 1
                if record["faces"] and len(false_tiles) < 36:
                    false_tiles.append(drawn(picture, mask, []))
        if boxes:
            lines.append([row["file"], f"{sum(seen)} of {len(seen)}"])
    print(file=sys.stderr)
    for name, sheet in (("real-faces", tiles), ("real-false", false_tiles)):
        if sheet:
            save_sheet(folder / "sheets" / f"{name}.png", sheet[:36])
    whole = [hit for one in hits.values() for hit in one]
    report.say(table(["real faces, 12 angles", "covered"], lines)
               + f"\nupright {sum(hits[0])} of {len(hits[0])}, any angle {sum(whole)} of {len(whole)}; "
               + f"{false} faces found in {pictures} face-free pictures (11 turned through 12 angles)")


# --- the head series -------------------------------------------------------------------------------------------------


def _volume():
    """(samples, mm per voxel) with axes z (up), y (to the front), x."""
    from pydicom import dcmread

    slices = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for path in sorted((SHARED / "dicom" / "series-head-mr").iterdir()):
            ds = dcmread(path)
            slices.append((ds, ds.pixel_array.astype(np.float32)))
    first = slices[0][0]
    across = np.array(first.ImageOrientationPatient, float).reshape(2, 3)
    normal = np.cross(across[0], across[1])
    slices.sort(key=lambda one: float(np.dot(one[0].ImagePositionPatient, normal)))
    depths = [float(np.dot(ds.ImagePositionPatient, normal)) for ds, _ in slices]
    gap = float(np.median(np.diff(depths))) if len(depths) > 1 else 1.0
    volume = np.stack([pixels for _, pixels in slices])
    rows_mm, columns_mm = (float(value) for value in first.PixelSpacing)
    # To patient axes (LPS): the axis along which each of ours runs most, and its sign.
    return _patient_axes(volume, (normal, across[1], across[0]), (gap, rows_mm, columns_mm))


def _patient_axes(volume, directions, spacing):
    """Axes become z upwards, y to the front, x to the patient's left."""
    axis_of = [int(np.argmax(np.abs(direction))) for direction in directions]
    order = [axis_of.index(k) for k in (2, 1, 0)]
    out = volume.transpose(order)
    for place, (k, wanted) in enumerate(zip(order, (1, -1, 1))):
        if directions[k][axis_of[k]] * wanted < 0:
            out = np.flip(out, place)
    return _finer(np.ascontiguousarray(out), [spacing[k] for k in order])


def _finer(volume, spacing):
    """Slices that lie far apart get others between them, by linear interpolation."""
    parts = max(1, round(spacing[0] / spacing[1]))
    at = np.arange((volume.shape[0] - 1) * parts + 1) / parts
    below = np.minimum(at.astype(int), volume.shape[0] - 2)
    weight = (at - below)[:, None, None].astype(np.float32)
    return volume[below] * (1 - weight) + volume[below + 1] * weight, [spacing[0] / parts, *spacing[1:]]


def surface(volume, spacing, yaw, pitch, size=480, level=None):
    """The first sample over `level` along parallel rays, shaded by the slope of that depth: as a simple viewer draws."""
    level = level if level is not None else .25 * float(np.percentile(volume, 99))
    extent = [count * mm for count, mm in zip(volume.shape, spacing)]
    reach = max(extent) * .62
    a, b = np.radians([yaw, pitch])
    turn = np.array([[1, 0, 0], [0, np.cos(a), -np.sin(a)], [0, np.sin(a), np.cos(a)]])  # about z; axes z, y, x
    nod = np.array([[np.cos(b), np.sin(b), 0], [-np.sin(b), np.cos(b), 0], [0, 0, 1]])
    basis = turn @ nod
    up, front, side = basis[:, 0], basis[:, 1], basis[:, 2]
    v, u = np.mgrid[reach:-reach:size * 1j, -reach:reach:size * 1j]
    depth = np.full((size, size), np.nan, np.float32)
    for t in np.arange(reach, -reach, -1.0):
        place = [u * side[k] + v * up[k] + t * front[k] + extent[k] / 2 for k in range(3)]
        index = [np.clip(np.rint(place[k] / spacing[k] - .5).astype(int), 0, volume.shape[k] - 1) for k in range(3)]
        inside = np.all([(place[k] >= 0) & (place[k] < extent[k]) for k in range(3)], axis=0)
        hit = inside & (volume[index[0], index[1], index[2]] > level) & np.isnan(depth)
        depth[hit] = t
    seen = ~np.isnan(depth)
    smooth = blur(np.where(seen, depth, np.nanmin(depth) if seen.any() else 0), 1.6)
    dy, dx = np.gradient(smooth, 2 * reach / size)
    normal = np.stack([-dx, dy, np.ones_like(dx)], axis=-1)
    normal /= np.linalg.norm(normal, axis=-1, keepdims=True)
    light = np.array([.25, .35, .9])
    shade = .15 + .85 * np.clip(normal @ (light / np.linalg.norm(light)), 0, 1)
    return to_bytes(255 * np.where(seen, shade, 0))


def _head_series(report, finders, work, folder):
    volume, spacing = _volume()
    tiles, found = [], 0
    for yaw, pitch in VIEWS:
        print(f"\rhead series: {yaw:4} {pitch:4}", end="", file=sys.stderr, flush=True)
        picture = surface(volume, spacing, yaw, pitch)
        record = _ask(finders, work, picture)
        found += bool(record["faces"])
        tiles.append(drawn(picture, masked(record, "faces"), []))
    print(file=sys.stderr)
    save_sheet(folder / "sheets" / "real-head-series.png", tiles)
    report.say(f"surface renderings of the head series: a face found in {found} of {len(VIEWS)} views "
               f"({percent(found / len(VIEWS))} %); no true box is known, see sheets/real-head-series.png")
