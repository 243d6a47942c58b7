"""The generator: what is visible of a picture and a mask in, the picture with the hole filled out. A U-shaped encoder whose
deepest features give the style of a modulated decoder (Karras et al. 2020) and whose levels enter that decoder where its noise
does, as in GPEN (Yang et al. 2021); written from the published idea, at half resolution inside, so that a processor can run it.

    x      float (n, channels, rows, columns), -1 to 1; what lies under the mask is never used, be it no number
    mask   float (n, 1, rows, columns), 1 where the picture was destroyed, else 0
    noise  float (n, 1, rows/2, columns/2), of mean 0 and deviation 1: the seed of what is filled in
    out    float (n, channels, rows, columns): x outside of the mask

Rows and columns are multiples of SIDE_MULTIPLE."""

import math
from typing import List

import torch
from torch import nn
from torch.nn import functional as F

SIDE_MULTIPLE = 32
HOLE_VALUE = 0.0
SIZES = {"s": ((24, 40, 56, 72, 88), 96), "m": ((40, 72, 112, 152, 176), 128)}  # Channels by level, length of the style.
# A procedural head, drawn to lie where the visible part of the picture has one, would be another input plane; not built.
GUIDE_CHANNELS = 0
NOISE_STRENGTH = 0.1  # At first; from 0 the decoder learns to do without, and stays blurred.


class ModulatedConv(nn.Module):
    """Scales of the style on the inputs, then outputs brought back to one deviation; the kernel itself stays constant."""

    def __init__(self, inputs: int, outputs: int, style: int, size: int = 3, normalised: bool = True):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(outputs, inputs, size, size) / math.sqrt(inputs * size * size))
        self.bias = nn.Parameter(torch.zeros(outputs))
        self.scales = nn.Linear(style, inputs)
        nn.init.normal_(self.scales.weight, std=0.3 / math.sqrt(style))
        nn.init.ones_(self.scales.bias)
        self.normalised, self.pad = normalised, size // 2

    def forward(self, x: torch.Tensor, style: torch.Tensor) -> torch.Tensor:
        scales = self.scales(style)
        y = F.conv2d(x * scales[:, :, None, None], self.weight, None, 1, self.pad)
        if self.normalised:
            power = (self.weight.pow(2).sum([2, 3])[None] * scales.pow(2)[:, None]).sum(2)
            y = y * torch.rsqrt(power + 1e-8)[:, :, None, None]
        return y + self.bias[None, :, None, None]


class DecoderLevel(nn.Module):
    def __init__(self, below: int, beside: int, channels: int, planes: int, style: int):
        super().__init__()
        self.first = ModulatedConv(below + beside, channels, style)
        self.second = ModulatedConv(channels, channels, style)
        self.strength = nn.Parameter(torch.full((2, channels), NOISE_STRENGTH))
        self.picture = ModulatedConv(channels, planes, style, 1, False)

    def forward(self, x: torch.Tensor, beside: torch.Tensor, noise: torch.Tensor, style: torch.Tensor):
        x = self.first(torch.cat([x, beside], 1), style) + self.strength[0][None, :, None, None] * noise
        x = self.second(F.leaky_relu(x, 0.2), style) + self.strength[1][None, :, None, None] * noise
        x = F.leaky_relu(x, 0.2)
        return x, self.picture(x, style)


class Generator(nn.Module):
    def __init__(self, size: str = "s", channels: int = 1):
        super().__init__()
        levels, style = SIZES[size]
        self.count, self.hole_value = len(levels), HOLE_VALUE
        self.stem = nn.Conv2d(4 * (channels + 1 + GUIDE_CHANNELS), levels[0], 3, 1, 1)
        self.levels = nn.ModuleList([nn.Conv2d(width, width, 3, 1, 1) for width in levels])
        self.downs = nn.ModuleList([nn.Conv2d(a, b, 3, 2, 1) for a, b in zip(levels[:-1], levels[1:])])
        deepest = levels[-1]
        self.far = nn.Conv2d(deepest, deepest, 3, 1, 2, dilation=2)
        self.farther = nn.Conv2d(deepest, deepest, 3, 1, 4, dilation=4)
        self.style = nn.Sequential(nn.Linear(2 * deepest, style), nn.LeakyReLU(0.2), nn.Linear(style, style), nn.LeakyReLU(0.2))
        belows = [deepest, *levels[:0:-1]]
        self.decoder = nn.ModuleList([
            DecoderLevel(below, beside, beside, 4 * channels, style) for below, beside in zip(belows, levels[::-1])])
        # At full resolution: takes away what pixel_shuffle leaves of a checkerboard. At first it changes nothing.
        self.finish = nn.Conv2d(2 * channels + 1, 8, 3, 1, 1)
        self.finished = nn.Conv2d(8, channels, 3, 1, 1)
        nn.init.zeros_(self.finished.weight)
        nn.init.zeros_(self.finished.bias)

    def encoded(self, h: torch.Tensor) -> List[torch.Tensor]:
        h = F.leaky_relu(self.stem(h), 0.2)
        out: List[torch.Tensor] = []
        for i, level in enumerate(self.levels):
            h = F.leaky_relu(level(h), 0.2)
            out.append(h)
            for j, down in enumerate(self.downs):  # TorchScript indexes no list of modules by a variable.
                if i == j:
                    h = F.leaky_relu(down(h), 0.2)
        return out

    def forward(self, x: torch.Tensor, mask: torch.Tensor, noise: torch.Tensor) -> torch.Tensor:
        hidden = mask > 0.5
        # Chosen, not multiplied: what is no number stays none when it is multiplied by 0.
        visible = torch.where(hidden, torch.full_like(x, self.hole_value), x)
        plane = hidden.to(x.dtype)
        features = self.encoded(F.pixel_unshuffle(torch.cat([visible, plane], 1), 2))
        h = features[-1]
        h = h + F.leaky_relu(self.far(h), 0.2)
        h = h + F.leaky_relu(self.farther(h), 0.2)
        style = self.style(torch.cat([h.mean([2, 3]), h.amax([2, 3])], 1))
        noises: List[torch.Tensor] = [noise]
        for _ in range(self.count - 1):
            noises.append(F.avg_pool2d(noises[-1], 2) * 2.0)  # The mean of four has half the deviation.
        planes = torch.zeros(1, device=x.device, dtype=x.dtype)
        for i, level in enumerate(self.decoder):
            at = self.count - 1 - i
            if i > 0:
                h = F.interpolate(h, scale_factor=2.0, mode="bilinear", align_corners=False)
                planes = F.interpolate(planes, scale_factor=2.0, mode="bilinear", align_corners=False)
            h, more = level(h, features[at], noises[at], style)
            planes = more if i == 0 else planes + more
        drawn = F.pixel_shuffle(planes, 2)
        first = torch.where(hidden, torch.tanh(drawn).to(x.dtype), visible)
        correction = self.finished(F.leaky_relu(self.finish(torch.cat([first, visible, plane], 1)), 0.2))
        return torch.where(hidden, torch.tanh(drawn + correction).to(x.dtype), x)


def weight_count(network):
    return sum(weight.numel() for weight in network.parameters())
