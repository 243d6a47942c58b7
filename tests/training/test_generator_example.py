"""The pattern for a site's own generator keeps the contract that it is a pattern of.

Goal: who follows training/examples/export_generator.py gets a file that Efface loads. Method: the file is exported as a
site would, and asked what the loader asks. Needs PyTorch whole: make torch-full.
"""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

try:
    import torch
except (ImportError, OSError) as error:
    pytest.skip(f"import torch fails ({type(error).__name__}): make torch-full installs what it needs", allow_module_level=True)

from training.examples.export_generator import HOLE_VALUE  # noqa: E402
from training.gan import export as ours  # noqa: E402
from training.gan.network import Generator  # noqa: E402


def exported(folder, channels):
    """The module, its metadata, its digest as it was printed."""
    path = folder / "own.pt"
    command = [sys.executable, "-m", "training.examples.export_generator", path, "--channels", str(channels)]
    done = subprocess.run(command, cwd=ROOT, env={**os.environ, "OMP_NUM_THREADS": "1"}, capture_output=True, text=True, check=True)
    files = {"metadata.json": ""}
    module = torch.jit.load(path, _extra_files=files)
    return path, module, json.loads(files["metadata.json"]), done.stdout


@pytest.mark.parametrize("channels", (1, 3))
def test_the_example_keeps_the_contract(tmp_path, channels):
    torch.set_num_threads(1)
    path, module, metadata, printed = exported(tmp_path, channels)
    assert printed.split() == [hashlib.sha256(path.read_bytes()).hexdigest(), str(path)]
    assert metadata["contract"] == "efface-generator/1" and metadata["channels"] == channels

    generator = torch.Generator().manual_seed(5)
    for rows, columns in ((64, 96), (34, 38)):
        x = torch.rand((1, channels, rows, columns), generator=generator) * 2 - 1
        mask = torch.zeros(1, 1, rows, columns)
        mask[:, :, 8:24, 8:30] = 1
        noise = torch.randn((1, 1, rows // 2, columns // 2), generator=generator)
        hidden = mask.expand_as(x) > 0.5
        with torch.inference_mode():
            out = module(x, mask, noise)
            assert out.shape == x.shape and torch.equal(out[~hidden], x[~hidden]) and out.abs().max() <= 1
            for other in (HOLE_VALUE, float("nan"), float("inf")):
                assert torch.equal(out, module(torch.where(hidden, torch.full_like(x, other), x), mask, noise))
            assert not torch.equal(out, module(x, mask, -noise))

    test = metadata["self_test"]
    with torch.inference_mode():
        answer = module(*(torch.from_numpy(one) for one in ours.self_test_input(channels))).numpy().ravel()
    assert np.allclose(answer[test["at"]], test["values"], atol=1e-5)


def test_the_example_says_of_itself_what_ours_says(tmp_path):
    _, _, metadata, _ = exported(tmp_path, 1)
    facts = {"name": "n", "version": "1", "licence": "l", "trained_on": "t", "channels": 1, "sizes": [64]}
    ours.export(tmp_path / "ours.pt", Generator(), facts)
    files = {"metadata.json": ""}
    torch.jit.load(tmp_path / "ours.pt", _extra_files=files)
    known = json.loads(files["metadata.json"])
    assert list(metadata) == list(known) and list(metadata["self_test"]) == list(known["self_test"])
