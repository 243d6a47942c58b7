"""Light on the layers of a view: grey (0 black to 1 white), cover and face, as float32 (3, side, side)."""

import numpy as np

from training.noise import blur, fractal


def lit(layers, random, rendering, grain=1.0):
    """As a 3D viewer shows a surface (`rendering`; `grain` scales its noise), or as a camera shows a person."""
    cover, face = layers[0] / np.float32(255), layers[7] / np.float32(255)
    normal = layers[1:4].astype(np.float32) / 127.5 - 1
    albedo = layers[4].astype(np.float32) / 127.5
    hollow = layers[5].astype(np.float32) / 510 - 0.25
    depth = layers[6].astype(np.float32) / 255
    u = random.uniform

    def lamp(spread):
        direction = np.array([u(-spread, spread), u(-spread, spread) + 0.25, 1.0])
        return direction / np.linalg.norm(direction)

    first = lamp(0.5 if rendering and random.random() < 0.6 else 1.8)
    wrap = u(0, 0.4)
    light = u(0.5, 1.0) * ((np.tensordot(first.astype(np.float32), normal, 1) + wrap) / (1 + wrap)).clip(0)
    if random.random() < 0.4:
        light = light + u(0.1, 0.5) * np.tensordot(lamp(2.5).astype(np.float32), normal, 1).clip(0)
    light = light + u(0.02, 0.5)
    light = light * (1 + u(0, 6) * hollow).clip(0.3, 1.5)
    grey = light * albedo
    half = first + np.array([0, 0, 1])
    shine = np.tensordot((half / np.linalg.norm(half)).astype(np.float32), normal, 1).clip(0) ** u(8, 60)
    grey = grey * u(0.15, 0.95) / 0.9 + shine * (u(0, 0.6) if random.random() < 0.6 else 0)
    if rendering:
        if random.random() < 0.3:  # Fog, as depth cueing draws it.
            seen = depth[cover > 0]
            if len(seen):
                far = (depth - seen.min()) / max(float(np.ptp(seen)), 1e-3)
                grey = grey * (1 - u(0.2, 0.8) * far)
        if random.random() < 0.5:
            grey = grey + grain * u(0.02, 0.15) * random.normal(0, 1, grey.shape).astype(np.float32)
        if random.random() < 0.25:  # A threshold through noise: holes and specks.
            holes = fractal(random, *cover.shape, int(u(20, 70)), 2) > u(0.5, 0.9)
            cover = cover * (1 - holes * u(0.3, 1))
        if random.random() < 0.12:  # Translucent, as volume rendering shows skin over bone.
            cover = cover * u(0.4, 0.9)
        if random.random() < 0.1:
            grey = edges(normal, depth) * u(0.5, 1)
    return np.stack([grey.clip(0, 1.2), cover, face]).astype(np.float32)


def edges(normal, depth):
    """Line drawing: light where the surface faces us, dark where it turns away."""
    return (normal[2].clip(0, 1) ** 1.5 * 0.8 + 0.1 - 3 * np.abs(np.gradient(depth)[0])).clip(0, 1)


def exposed(layers, random):
    """As film or a detector shows what X-rays lost: layers are loss / 4, silhouette, face."""
    loss = layers[0].astype(np.float32) / 255 * 4
    cover, face = layers[1].astype(np.float32) / 255, layers[2].astype(np.float32) / 255
    u = random.uniform
    loss = loss * (1 + u(0, 0.25) * fractal(random, *loss.shape, int(u(6, 24)), 3))
    if random.random() < 0.6:
        grey = 1 - np.exp(-loss * u(0.5, 2.5))
    else:
        grey = (loss * u(0.25, 0.8)) ** u(0.5, 1.1)
    if random.random() < 0.4:  # Unsharp masking, as makers of detectors like it.
        grey = grey + u(0.5, 2) * (grey - blur(grey, u(3, 10)))
    grey = u(0.4, 1.0) * grey.clip(0, 1.2) + u(0, 0.12)
    return np.stack([grey, cover, face]).astype(np.float32)
