"""From trained weights to a file of contract efface-detector/1 (docs/training.md): frozen TorchScript with metadata.json
as an extra file, its self-test recorded from the very module that is saved."""

import hashlib
import io
import json
import zipfile

import numpy as np
import torch

from training.face.find import LONGER_SIDES
from training.face.network import SIDE_MULTIPLE, STRIDE

CONTRACT = "efface-detector/1"
SELF_TEST_SIDE = 64
PROBES = 24  # Values of the self-test's answer that are recorded.


def self_test_input(side=SELF_TEST_SIDE):
    """A linear congruential generator (Numerical Recipes' constants), its top byte as a sample of 0 to 1."""
    state, values = 1, []
    for _ in range(side * side):
        state = (state * 1664525 + 1013904223) % (1 << 32)
        values.append((state >> 24) / 255)
    return np.array(values, np.float32).reshape(1, 1, side, side)


def self_test(module):
    """Places in the flattened answer, evenly over it, and what stands there."""
    with torch.inference_mode():
        answer = module(torch.from_numpy(self_test_input())).numpy().ravel()
    at = np.linspace(0, len(answer) - 1, PROBES).round().astype(int)
    return {"side": SELF_TEST_SIDE, "generator": "lcg-1664525-1013904223-top-byte", "at": [int(i) for i in at],
            "values": [float(f"{answer[i]:.7g}") for i in at]}


def module_of(network):
    """Frozen: batch normalisation is folded into the convolutions, weights are constants."""
    network = network.eval().float().cpu().to(memory_format=torch.contiguous_format)
    return torch.jit.freeze(torch.jit.script(network))


def without_traces(archive):
    """The archive without the source lines and paths that TorchScript keeps for its error messages."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as given, zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as kept:
        for name in given.namelist():
            if not name.endswith(".debug_pkl"):
                kept.writestr(zipfile.ZipInfo(name), given.read(name))
    return out.getvalue()


def export(path, network, facts):
    """Writes the file and returns its SHA-256. `facts`: name, version, licence, trained_on, threshold."""
    module = module_of(network)
    metadata = {
        "contract": CONTRACT, **{key: facts[key] for key in ("name", "version", "licence", "trained_on")},
        "input": {"channels": 1, "low": 0.0, "high": 1.0, "side_multiple": SIDE_MULTIPLE, "longer_sides": list(LONGER_SIDES)},
        "output": {"stride": STRIDE}, "threshold": facts["threshold"], "self_test": self_test(module)}
    buffer = io.BytesIO()
    torch.jit.save(module, buffer, _extra_files={"metadata.json": json.dumps(metadata, indent=1).encode()})
    path.parent.mkdir(parents=True, exist_ok=True)
    data = without_traces(buffer.getvalue())
    path.write_bytes(data)
    return hashlib.sha256(data).hexdigest()
