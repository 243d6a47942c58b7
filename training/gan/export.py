"""From trained weights to a file of contract efface-generator/1 (docs/training.md): frozen TorchScript with metadata.json as an
extra file, its self-test recorded from the very module that is saved."""

import numpy as np
import torch

from training.gan.batches import WINDOW
from training.gan.network import HOLE_VALUE, SIDE_MULTIPLE
from training.gan.occlusions import SHARE_MAX
from training.torchscript import GENERATOR, frozen, top_bytes, write

CONTRACT = "efface-generator/1"
SELF_TEST_SIDE = 64
SELF_TEST_HOLE = (16, 16, 48, 48)  # Left, top, right, bottom of the mask.
PICTURE_STATE, NOISE_STATE = 1, 2  # Where the two sequences of the self-test begin.
PROBES = 24  # Values of the self-test's answer that are recorded, all in the hole.
TOLERANCE = 1e-3


def self_test_input(channels=1):
    """picture, mask, noise. One sequence fills the picture plane by plane, of -1 to 1, another the noise, of deviation 1."""
    side = SELF_TEST_SIDE
    left, top, right, bottom = SELF_TEST_HOLE
    picture = top_bytes(channels * side * side, PICTURE_STATE).reshape(1, channels, side, side) * 2 - 1
    mask = np.zeros((1, 1, side, side), np.float32)
    mask[:, :, top:bottom, left:right] = 1
    noise = (top_bytes(side * side // 4, NOISE_STATE).reshape(1, 1, side // 2, side // 2) - 0.5) * np.float32(np.sqrt(12))
    return picture.astype(np.float32), mask, noise.astype(np.float32)


def self_test(module, channels):
    """Places in the flattened answer, evenly over the hole, and what stands there."""
    picture, mask, noise = self_test_input(channels)
    with torch.inference_mode():
        answer = module(*(torch.from_numpy(one) for one in (picture, mask, noise))).numpy().ravel()
    hole = np.flatnonzero(np.broadcast_to(mask, picture.shape))
    at = hole[np.linspace(0, len(hole) - 1, PROBES).round().astype(int)]
    return {"side": SELF_TEST_SIDE, "hole": list(SELF_TEST_HOLE), "generator": GENERATOR, "picture_state": PICTURE_STATE,
            "noise_state": NOISE_STATE, "at": [int(i) for i in at], "values": [float(f"{answer[i]:.7g}") for i in at],
            "tolerance": TOLERANCE}


def export(path, network, facts):
    """Writes the file and returns its SHA-256. `facts`: name, version, licence, trained_on, channels, sizes, and perhaps
    confidence (confidence.py): what it says of how sure a fill is."""
    module = frozen(network)
    low, high = (f"p{100 * part:g}" for part in WINDOW)
    metadata = {
        "contract": CONTRACT, **{key: facts[key] for key in ("name", "version", "licence", "trained_on")},
        "channels": facts["channels"], "range": [-1, 1], "sizes": list(facts["sizes"]), "side_multiple": SIDE_MULTIPLE,
        "hole_value": HOLE_VALUE, "window": f"{low}-{high} visible", "max_mask_fraction": SHARE_MAX, "uses_noise": True,
        "alignment": "none", "precision": ["fp32", "bf16"], "self_test": self_test(module, facts["channels"])}
    if facts.get("confidence"):
        metadata["confidence"] = facts["confidence"]
    return write(path, module, metadata)
