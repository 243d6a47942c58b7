"""What the judges see is exported as the contract efface-features/1 has it.

Goal: `efface evaluate --features` gets the means over the mask of what the training's judges computed. Method: judges as they
begin; their own features, pooled by hand. Needs PyTorch whole: make torch-full.
"""

import hashlib
import json
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

try:
    import torch
except (ImportError, OSError) as error:
    pytest.skip(f"import torch fails ({type(error).__name__}): make torch-full installs what it needs", allow_module_level=True)

from torch.nn import functional as F  # noqa: E402

from training.gan import export_features  # noqa: E402
from training.gan.discriminator import Discriminators  # noqa: E402


@pytest.fixture(autouse=True)
def one_thread():
    torch.set_num_threads(1)


def asked(channels, side=64):
    generator = torch.Generator().manual_seed(5)
    mask = torch.zeros(2, 1, side, side)
    mask[0, :, 16:40, 24:56] = 1
    mask[1, :, 8:24, 8:24] = 1
    return torch.rand((2, channels, side, side), generator=generator) * 2 - 1, mask


@pytest.mark.parametrize("channels", (1, 3))
def test_the_file_gives_the_judges_features_as_means_over_the_mask(tmp_path, channels):
    torch.manual_seed(2)
    judges = Discriminators(channels).eval()
    picture, mask = asked(channels)
    with torch.inference_mode():
        expected = torch.cat([
            torch.stack([(one[i] * share[i]).sum((1, 2)) / share[i].sum() for i in range(2)])
            for _, seen, _ in judges(picture, mask) for one in seen
            for share in [F.adaptive_avg_pool2d(mask, one.shape[2:])]], 1)

    digest = export_features.export(tmp_path / "f.pt", judges, channels, 64)

    files = {"metadata.json": ""}
    module = torch.jit.load(tmp_path / "f.pt", _extra_files=files)
    metadata = json.loads(files["metadata.json"])
    assert digest == hashlib.sha256((tmp_path / "f.pt").read_bytes()).hexdigest()
    assert metadata == {"contract": "efface-features/1", "name": "efface judges", "version": "1", "licence": "that of Efface",
                        "channels": channels, "side": 64, "features": 680}
    with torch.inference_mode():
        got = module(picture, mask)
    assert got.shape == (2, 680) and torch.allclose(got, expected, atol=1e-5)
    assert got.std() > 1e-3
