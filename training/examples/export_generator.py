"""A generator of one's own as a file of contract efface-generator/1 (docs/training.md): a pattern to copy. What it exports is a
network of three convolutions that nobody trained: it keeps the contract and fills with nothing of use.

    python -m training.examples.export_generator FILE [--channels 1|3]

Prints the file's SHA-256, by which it is pinned."""

import argparse
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional as F

from training.gan.export import CONTRACT, self_test
from training.torchscript import frozen, write

HOLE_VALUE = 0.0
FACTS = {"name": "example", "version": "1", "licence": "that of Efface", "trained_on": "nothing: its weights are random"}


class Own(nn.Module):
    """The place of one's own network. What TorchScript cannot read is put here as torch.jit.trace() makes it."""

    def __init__(self, channels: int):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(channels + 2, 16, 3, 1, 1), nn.LeakyReLU(0.2), nn.Conv2d(16, 16, 3, 1, 2, dilation=2), nn.LeakyReLU(0.2),
            nn.Conv2d(16, channels, 3, 1, 1))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.layers(x)


class Kept(nn.Module):
    """One's own network with what the contract asks for around it."""

    def __init__(self, own: nn.Module):
        super().__init__()
        self.own, self.hole_value = own, HOLE_VALUE

    def forward(self, x: torch.Tensor, mask: torch.Tensor, noise: torch.Tensor) -> torch.Tensor:
        hidden = mask > 0.5
        # Chosen, not multiplied: what is no number stays none when it is multiplied by 0.
        visible = torch.where(hidden, torch.full_like(x, self.hole_value), x)
        grain = F.interpolate(noise, scale_factor=2.0)
        drawn = torch.tanh(self.own(torch.cat([visible, mask, grain], 1)))
        return torch.where(hidden, drawn, x)


def export(path, channels=1):
    """Writes the file and returns its SHA-256."""
    torch.manual_seed(1)
    module = frozen(Kept(Own(channels)))
    metadata = {
        "contract": CONTRACT, **FACTS, "channels": channels, "range": [-1, 1],
        "sizes": [128, 256],  # Where it does best; each is run once before a worker is confined.
        "side_multiple": 2,  # By as much its layers divide; at least 2, since the noise has half of the sides.
        "hole_value": HOLE_VALUE, "window": "p0.5-p99.5 visible",
        "max_mask_fraction": 0.45,  # A picture of which more is destroyed is not filled.
        "uses_noise": True, "alignment": "none", "precision": ["fp32"], "self_test": self_test(module, channels)}
    return write(path, module, metadata)


def main():
    parser = argparse.ArgumentParser(prog="python -m training.examples.export_generator", description=__doc__.splitlines()[0])
    parser.add_argument("file", type=Path)
    parser.add_argument("--channels", type=int, choices=(1, 3), default=1, help="grey or red, green, blue")
    arguments = parser.parse_args()
    print(f"{export(arguments.file, arguments.channels)}  {arguments.file}")


if __name__ == "__main__":
    main()
