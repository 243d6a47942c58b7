"""The network: grey picture in, for every cell of eight pixels how much the middle of a face lies there and how far its
edges are. About 250 000 weights; plain convolutions only, since the worker runs them one thread at a time.

    input   float 1 x 1 x rows x columns, 0 to 1, both multiples of 32
    output  float 1 x 5 x rows/8 x columns/8: score 0 to 1; left, top, right, bottom in pixels from the cell's middle

Faces of 16 to 230 pixels; larger ones are looked for in the picture made smaller."""

import torch
from torch import nn
from torch.nn import functional as F

STRIDE = 8
SIDE_MULTIPLE = 32
REACH = 16.0  # Distances are learned as logarithms of multiples of this.
LOG_MAX = 4.0


def conv(inputs, outputs, stride=1, dilation=1, size=3):
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, size, stride, dilation * (size // 2), dilation, bias=False), nn.BatchNorm2d(outputs), nn.ReLU())


class Residual(nn.Module):
    def __init__(self, *layers):
        super().__init__()
        self.layers = nn.Sequential(*layers)

    def forward(self, x):
        return x + self.layers(x)


def narrow(channels, middle, dilation):
    return Residual(conv(channels, middle, size=1), conv(middle, middle, dilation=dilation), conv(middle, channels, size=1))


class FaceNetwork(nn.Module):
    def __init__(self):
        super().__init__()
        self.reach, self.log_max = REACH, LOG_MAX  # Attributes, since TorchScript sees no constants of a module.
        self.quarter = nn.Sequential(conv(1, 16, 2), conv(16, 24, 2), Residual(conv(24, 24), conv(24, 24)))
        self.eighth = nn.Sequential(conv(24, 40, 2), Residual(conv(40, 40), conv(40, 40)))
        self.sixteenth = nn.Sequential(conv(40, 64, 2), Residual(conv(64, 64)))
        self.thirtysecond = nn.Sequential(conv(64, 80, 2), narrow(80, 40, 1), narrow(80, 40, 2))
        self.from_eighth = conv(40, 48, size=1)
        self.from_sixteenth = conv(64, 48, size=1)
        self.from_thirtysecond = conv(80, 48, size=1)
        self.join = conv(48, 48)
        self.head = conv(48, 48)
        self.out = nn.Conv2d(48, 5, 1)
        with torch.no_grad():
            self.out.bias.zero_()
            self.out.bias[0] = -4.6  # A hundredth: few cells are the middle of a face.

    def raw(self, x):
        """Score before the sigmoid; logarithms of distances / REACH."""
        x = (x - 0.45) * 4.0
        eighth = self.eighth(self.quarter(x))
        sixteenth = self.sixteenth(eighth)
        deep = self.from_thirtysecond(self.thirtysecond(sixteenth))
        deep = self.from_sixteenth(sixteenth) + F.interpolate(deep, scale_factor=2.0, mode="nearest")
        joined = self.from_eighth(eighth) + F.interpolate(deep, scale_factor=2.0, mode="nearest")
        return self.out(self.head(self.join(joined)))

    def forward(self, x):
        raw = self.raw(x)
        # A face lifts the cells about its middle too, what only looks like one seldom does: the mean of nine tells them
        # apart better than the highest (held-out pictures: 8 to 17 % more faces at the same false alarms).
        score = F.avg_pool2d(torch.sigmoid(raw[:, :1]), 3, 1, 1, count_include_pad=False)
        return torch.cat([(2.0 * score).clamp(max=1.0), self.reach * torch.exp(raw[:, 1:].clamp(-self.log_max, self.log_max))], 1)


def weight_count(network):
    return sum(weight.numel() for weight in network.parameters())
