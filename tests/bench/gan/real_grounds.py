"""The second set: real pictures without a face that stand beside the repository, ../shared/faces (photographs) and ../shared/dicom
(images of no head). Squares of 256 pixels of them, holes at random. Never trained on, never copied in; a few pictures make no
rate."""

import csv
import hashlib
import os
import warnings
from pathlib import Path

import beside
import numpy as np
from holes import drawn
from scored import LUMINANCE, SIDE, Case, generator_of

SHARED = Path(os.environ.get("EFFACE_SHARED", beside.ROOT.parent / "shared"))
# No head in them, as the manifest and a look at them say: knee, trunk, liver, kidney, chest, breast.
INSTANCES = ("cs-CTImage.dcm", "dcmqi-ct3slice-01.dcm", "dcmqi-pm-example-slice.dcm", "fo-MOVEKNEE.dcm", "pydicom-CT_small.dcm",
             "highdicom-dx_image.dcm", "pydata-explicit_VR-UN.dcm", "fileset-pydicom/77654033/CT2/17106", "fo-GH133.dcm")


def missing():
    """What is not there, as a line; None where something is."""
    if (SHARED / "faces" / "manifest.tsv").exists() or (SHARED / "dicom").is_dir():
        return None
    return f"real pictures: skipped, {SHARED}/faces and /dicom are not there (EFFACE_SHARED names their parent)"


def _photographs():
    listing = SHARED / "faces" / "manifest.tsv"
    if not listing.exists():
        return []
    with open(listing, encoding="utf-8") as file:
        return [SHARED / "faces" / row["file"] for row in csv.DictReader(file, delimiter="\t") if row["n_faces"] == "0"]


def sources():
    return _photographs() + [path for path in (SHARED / "dicom" / name for name in INSTANCES) if path.exists()]


def digest():
    """Of the names and bytes of what is there: other pictures are another measurement."""
    whole = hashlib.sha256()
    for path in sources():
        whole.update(f"{path.name}\0{path.stat().st_size}\0".encode() + path.read_bytes())
    return whole.hexdigest()[:16]


def _read(path):
    """float32 of 0 to 1, or None."""
    if path.suffix in (".png", ".jpg"):
        from PIL import Image

        return np.asarray(Image.open(path).convert("RGB"), np.float32) @ LUMINANCE.astype(np.float32) / 255
    from pydicom import dcmread

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            ds = dcmread(path)
            samples = ds.pixel_array.astype(np.float32)
        except (OSError, ValueError, RuntimeError, AttributeError, NotImplementedError):
            return None
    if int(ds.get("SamplesPerPixel", 1)) != 1:
        return None
    samples = samples if samples.ndim == 2 else samples[len(samples) // 2]
    # What a scanner pads with is no part of the picture.
    low, high = np.quantile(samples[samples > samples.min()], [.002, .998])
    grey = np.clip((samples - low) / max(high - low, 1e-6), 0, 1)
    return 1 - grey if ds.get("PhotometricInterpretation") == "MONOCHROME1" else grey


def _square(rng, grey):
    """A part of 256 pixels that is not plain, enlarged or reduced to be one."""
    rows, columns = grey.shape
    side = int(min(rows, columns, rng.uniform(200, 512)))
    best = None
    for _ in range(8):
        y, x = rng.integers(0, rows - side + 1), rng.integers(0, columns - side + 1)
        part = grey[y:y + side, x:x + side]
        if best is None or part.std() > best.std():
            best = part
    from PIL import Image

    image = Image.fromarray(best.astype(np.float32)).resize((SIDE, SIDE), Image.Resampling.BICUBIC)
    return np.clip(np.asarray(image), 0, 1)


def cases(seed, first, last):
    """Each source in turn; those that do not decode are left out."""
    pictures = [(path, _read(path)) for path in sources()]
    pictures = [(path, grey) for path, grey in pictures if grey is not None and min(grey.shape) >= 64]
    out = []
    for index in range(first, last):
        path, grey = pictures[index % len(pictures)]
        rng = generator_of(seed, "real", index)
        part = _square(rng, grey)
        mask, _ = drawn(rng, np.zeros((SIDE, SIDE), bool))
        kind = "real-photograph" if path.suffix in (".png", ".jpg") else "real-instance"
        name = f"p{index % len(pictures):02}.{index:04}"
        out.append(Case(name, kind, "elsewhere", name.split(".")[0], np.rint(part * 4095).astype(np.uint16), mask))
    return out
