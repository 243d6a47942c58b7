"""From trained weights to a file of contract efface-detector/1 (docs/training.md): frozen TorchScript with metadata.json
as an extra file, its self-test recorded from the very module that is saved."""

import numpy as np
import torch

from training.face.find import LONGER_SIDES
from training.face.network import SIDE_MULTIPLE, STRIDE
from training.torchscript import GENERATOR, frozen, top_bytes, write

CONTRACT = "efface-detector/1"
SELF_TEST_SIDE = 64
PROBES = 24  # Values of the self-test's answer that are recorded.


def self_test_input(side=SELF_TEST_SIDE):
    return top_bytes(side * side).reshape(1, 1, side, side)


def self_test(module):
    """Places in the flattened answer, evenly over it, and what stands there."""
    with torch.inference_mode():
        answer = module(torch.from_numpy(self_test_input())).numpy().ravel()
    at = np.linspace(0, len(answer) - 1, PROBES).round().astype(int)
    return {"side": SELF_TEST_SIDE, "generator": GENERATOR, "at": [int(i) for i in at],
            "values": [float(f"{answer[i]:.7g}") for i in at]}


def export(path, network, facts):
    """Writes the file and returns its SHA-256. `facts`: name, version, licence, trained_on, threshold."""
    module = frozen(network)
    metadata = {
        "contract": CONTRACT, **{key: facts[key] for key in ("name", "version", "licence", "trained_on")},
        "input": {"channels": 1, "low": 0.0, "high": 1.0, "side_multiple": SIDE_MULTIPLE, "longer_sides": list(LONGER_SIDES)},
        "output": {"stride": STRIDE}, "threshold": facts["threshold"], "self_test": self_test(module)}
    return write(path, module, metadata)
