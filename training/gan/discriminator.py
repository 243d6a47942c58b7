"""Two judges of what was filled in, used in training alone: each looks at patches, one at full and one at half resolution, with
spectral normalisation (Miyato et al. 2018). A patch counts as filled as far as the mask covers it: visible pixels are real."""

import torch
from torch import nn
from torch.nn import functional as F
from torch.nn.utils.parametrizations import spectral_norm

WIDTHS = ((32, 64, 128, 160), (24, 48, 96, 128))


class Patches(nn.Module):
    def __init__(self, channels, widths):
        super().__init__()
        layers = [nn.Conv2d(4 * (channels + 1), widths[0], 3, 1, 1)]
        layers += [nn.Conv2d(a, b, 4, 2, 1) for a, b in zip(widths[:-1], widths[1:])]
        self.layers = nn.ModuleList(spectral_norm(layer) for layer in layers)
        self.out = spectral_norm(nn.Conv2d(widths[-1], 1, 3, 1, 1))

    def forward(self, picture, mask):
        """How real each patch is, and what was seen on the way."""
        h, seen = F.pixel_unshuffle(torch.cat([picture, mask], 1), 2), []
        for layer in self.layers:
            h = F.leaky_relu(layer(h), 0.2)
            seen.append(h)
        return self.out(h), seen


class Discriminators(nn.Module):
    def __init__(self, channels=1):
        super().__init__()
        self.both = nn.ModuleList(Patches(channels, widths) for widths in WIDTHS)

    def forward(self, picture, mask):
        """For each: answer, features, and how far the mask covers each patch."""
        out = []
        for patches in self.both:
            answer, seen = patches(picture, mask)
            out.append((answer.float(), seen, F.adaptive_avg_pool2d(mask, answer.shape[2:])))
            picture, mask = F.avg_pool2d(picture, 2), F.avg_pool2d(mask, 2)
        return out
