"""From the judges of a training to a file of contract efface-features/1, by which `efface evaluate --features` compares fills
and truths as sets: for each layer of both judges the mean of its features over the mask.

    python -m training.gan.export_features CHECKPOINT FILE [--side N]

The judges saw training pictures and fills alone; they are no general measure of pictures, and distances by the judges of two
trainings do not compare."""

import argparse
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional as F
from torch.nn.utils import parametrize

from training.gan.discriminator import WIDTHS, Discriminators
from training.torchscript import frozen, write

CONTRACT = "efface-features/1"
FEATURES = sum(sum(widths) for widths in WIDTHS)
FACTS = {"name": "efface judges", "version": "1", "licence": "that of Efface"}


class JudgesFeatures(nn.Module):
    """(picture, mask) -> (n, FEATURES)"""

    def __init__(self, judges):
        super().__init__()
        for patches in judges.both:
            for layer in patches.layers:
                if parametrize.is_parametrized(layer):
                    parametrize.remove_parametrizations(layer, "weight")  # The weight as spectral normalisation left it.
        self.first, self.second = (patches.layers for patches in judges.both)

    def forward(self, picture, mask):
        seen: list[torch.Tensor] = []
        h = F.pixel_unshuffle(torch.cat([picture, mask], 1), 2)
        for layer in self.first:
            h = F.leaky_relu(layer(h), 0.2)
            seen.append(over_the_mask(h, mask))
        h = F.pixel_unshuffle(torch.cat([F.avg_pool2d(picture, 2), F.avg_pool2d(mask, 2)], 1), 2)
        for layer in self.second:
            h = F.leaky_relu(layer(h), 0.2)
            seen.append(over_the_mask(h, mask))
        return torch.cat(seen, 1)


def over_the_mask(features, mask):
    share = F.adaptive_avg_pool2d(mask, (features.shape[2], features.shape[3]))
    return (features * share).sum((2, 3)) / share.sum((2, 3)).clamp(min=1e-6)


def export(path, judges, channels, side, facts=None):
    """Writes the file and returns its SHA-256."""
    module = frozen(JudgesFeatures(judges.eval()))
    metadata = {"contract": CONTRACT, **(facts or FACTS), "channels": channels, "side": side, "features": FEATURES}
    return write(path, module, metadata)


def main():
    parser = argparse.ArgumentParser(prog="python -m training.gan.export_features", description=__doc__.splitlines()[0])
    parser.add_argument("checkpoint", type=Path, help="checkpoint.pt of make train-generator")
    parser.add_argument("file", type=Path)
    parser.add_argument("--side", type=int, help="of the squares that it looks at (default: the smaller of the training)")
    arguments = parser.parse_args()
    kept = torch.load(arguments.checkpoint, map_location="cpu", weights_only=True)
    plan = kept["plan"]
    side = arguments.side or min(plan["sides"])
    if side % 32 or not 32 <= side <= 512:
        parser.error("--side: a multiple of 32, to 512")
    judges = Discriminators(plan["channels"])
    judges.load_state_dict(kept["judges"])
    print(f"{export(arguments.file, judges, plan['channels'], side)}  {arguments.file}")


if __name__ == "__main__":
    main()
