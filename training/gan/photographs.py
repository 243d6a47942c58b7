"""Heads (training/head.py) as a camera shows a person and as a 3D viewer shows a surface: float32 (channels, side, side), 0 to
1, and where the face lies."""

import functools

import numpy as np

from training import degrade, render, scenes, shade
from training.head import head
from training.noise import blur, smooth

BEHIND = (scenes.room, scenes.room, scenes.clouds, scenes.gradient, scenes.plain, scenes.weave, scenes.skin)
GRAIN = 0.3  # Of the noise that the face network's renderings have.
LUMINANCE = np.array([0.299, 0.587, 0.114], np.float32)


@functools.lru_cache(maxsize=2)
def view(seed, turn, rendering, side):
    """What is seen of a head; kept, since it is lit several times."""
    random = np.random.default_rng([seed, turn, 43])
    yaw = random.uniform(-35, 35) if random.random() < 0.6 else random.choice([-1, 1]) * random.uniform(35, 95)
    cut = render.Cut()
    if rendering and random.random() < 0.5:
        cut = render.Cut(slice_thickness=random.uniform(0.01, 0.06))
    shape = render.HeadShape(head(seed, rendering), cut)
    return render.view(shape, yaw, float(np.clip(random.normal(0, 10), -30, 30)), side, reach=random.uniform(1.3, 1.75))


def drawn(random, seed, turn, rendering, side, channels=1):
    """Returns picture, face."""
    u = random.uniform
    layers = view(seed, turn, rendering, side)
    grey, cover, face = shade.lit(layers, random, rendering, GRAIN)
    cover = blur(cover, 0.5 * side / 256)
    if rendering:
        behind = np.full((side, side), 0.0 if random.random() < 0.7 else u(0, 1), np.float32)
    else:
        behind = np.asarray(BEHIND[int(random.integers(len(BEHIND)))](random, side), np.float32)
    picture = (behind * (1 - cover) + grey * cover)[None]
    if channels == 3:
        picture = picture * _tints(random, layers, cover, rendering, side)
    elif channels != 1:
        raise ValueError("1 or 3 channels")
    focus, noise, coarse = u(0.2, 0.9) * side / 256, u(0.003, 0.02), u(1, 8) if random.random() < 0.3 else 0
    low, gain = u(-0.03, 0.1), u(0.75, 1.15)
    out = []
    for one in picture:
        one = (low + gain * blur(one.astype(np.float32), focus)).clip(0, 1)
        one = one + noise * random.standard_normal((side, side), np.float32)
        out.append(degrade.blocky(one, coarse) if coarse else one)
    return np.stack(out).clip(0, 1).astype(np.float32), face * cover > 0.5


def _tints(random, layers, cover, rendering, side):
    """(3, side, side) of luminance 1: skin where the albedo is that of skin, one hue for what is worn and grows, two behind."""
    u = random.uniform

    def hue(red, green, blue):
        tint = np.array([red, green, blue], np.float32)
        return (tint / (tint @ LUMINANCE)).reshape(3, 1, 1)

    albedo = layers[4].astype(np.float32) / 127.5
    bare = np.exp(-((albedo - 0.95) / 0.45) ** 2)
    skin = hue(1, u(0.62, 0.82), u(0.45, 0.72))
    other = hue(*random.uniform(0.6, 1, 3))
    field = 0.5 + 0.5 * smooth(random, side, side, 3)
    behind = hue(*random.uniform(0.6, 1, 3)) * field + hue(*random.uniform(0.6, 1, 3)) * (1 - field)
    if rendering and random.random() < 0.5:
        return np.ones((3, side, side), np.float32)
    return behind * (1 - cover) + (skin * bare + other * (1 - bare)) * cover
