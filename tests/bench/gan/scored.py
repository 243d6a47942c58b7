"""The kinds of scoring pictures, and one of them from its number: `ct`, `mr`, `radiograph`, `photograph` of drawn heads. A
case is a picture of 256 pixels and 16 bits, what was destroyed of it, and the head that it shows: cases of one head are no
independent ones."""

import functools
import hashlib
import json
import zlib
from dataclasses import dataclass

import beside
import numpy as np
from holes import OF_FACE, OF_OCCLUSION, drawn
from interior import Head
from pngs import write_grey
from portraits import View, photograph, rendering
from projections import Voxels, radiograph_of
from sections import SIDE, slice_of

WANTED = 500  # Filled cases of each kind;
DRAWN_MOST = 3000  # of no more than so many that are drawn: holes are refused as the node refuses them.
KINDS = ("ct", "mr", "radiograph", "photograph")
# Pictures of one head: its voxels are dear.
OF_ONE_HEAD = {"ct": 3, "mr": 3, "radiograph": 10, "photograph": 1}
SOURCES = ("scored.py", "holes.py", "interior.py", "brain.py", "shells.py", "canvas.py", "sections.py", "projections.py", "grain.py")
SOURCES_BESIDE = ("mesh_head.py", "paint.py", "portraits.py", "rasteriser.py", "backdrops.py", "pictures.py")
LUMINANCE = np.array([.299, .587, .114])


@dataclass(frozen=True)
class Case:
    name: str
    kind: str
    occlusion: str
    head: str
    truth: np.ndarray  # uint16
    mask: np.ndarray   # bool

    def line(self):
        return {"name": self.name, "kind": self.kind, "occlusion": self.occlusion, "truth": f"{self.name}.png",
                "mask": f"{self.name}-m.png", "bits": 16}


def generator_of(seed, what, index):
    return np.random.default_rng([seed, zlib.crc32(what.encode()), index])


@functools.lru_cache(maxsize=2)
def _head(seed, kind, number):
    return Head(generator_of(seed, f"head {kind}", number))


@functools.lru_cache(maxsize=1)
def _voxels(seed, number):
    return Voxels(generator_of(seed, "voxels", number), _head(seed, "radiograph", number))


def _taken(rng):
    """A grey photograph, or one in seven a surface rendering, with the box of its face."""
    while True:
        is_rendering = rng.uniform() < .14
        face = rng.uniform(110 if is_rendering else 84, 158)
        yaw = rng.choice([-1, 1]) * (rng.uniform(0, 35) if rng.uniform() < .7 else rng.uniform(35, 70))
        at = rng.uniform(.4, .6), rng.uniform(.42, .58)
        view = View(yaw, rng.uniform(-15, 15), rng.uniform(-12, 12), face, SIDE, SIDE, at)
        picture = (rendering if is_rendering else photograph)(rng, view)
        if picture.faces:
            samples = picture.samples.astype(np.float32) / 255
            grey = samples if samples.ndim == 2 else samples @ LUMINANCE
            x0, y0, x1, y1 = picture.faces[0]
            there = np.zeros((SIDE, SIDE), bool)
            there[y0:y1, x0:x1] = True
            return grey, there


def case_of(seed, kind, index):
    rng = generator_of(seed, kind, index)
    number = index // OF_ONE_HEAD[kind]
    if kind == "photograph":
        grey, face = _taken(rng)
    elif kind == "radiograph":
        grey, face, _ = radiograph_of(rng, _voxels(seed, number))
    else:
        grey, face = slice_of(rng, _head(seed, kind, number), kind)
    if kind in ("radiograph", "mr") and rng.uniform() < .15:
        grey = 1 - grey
    # The node finds faces in photographs; in slices and projections somebody covered them before.
    mask, occlusion = drawn(rng, face, OF_FACE if kind == "photograph" else OF_OCCLUSION)
    # Twelve of sixteen bits, as most scanners store.
    truth = np.rint(np.clip(grey, 0, 1) * 4095).astype(np.uint16)
    return Case(f"{kind}-{index:04}", kind, occlusion, f"{kind}-{number}", truth, mask)


def write_cases(folder, cases):
    """A folder as `efface evaluate` reads one."""
    folder.mkdir(parents=True, exist_ok=True)
    for case in cases:
        write_grey(folder / f"{case.name}.png", case.truth)
        write_grey(folder / f"{case.name}-m.png", case.mask.astype(np.uint8) * 255)
    text = "".join(json.dumps(case.line()) + "\n" for case in cases)
    (folder / "cases.ndjson").write_text(text, encoding="utf-8")


def generator_digest():
    """Over what the pictures depend on."""
    digest = hashlib.sha256(np.__version__.encode())
    for path in [beside.HERE / name for name in SOURCES] + [beside.PIXELS / name for name in SOURCES_BESIDE]:
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
