"""Radiographs of a head (interior.py) from the side, obliquely and from before: a box of voxels, summed along a fan of rays by one
matrix a view, and what a detector makes of it. float32 of 0 to 1 (air dark unless it is turned round), and where the face is."""

import numpy as np
from canvas import AIR, CORTEX, ENAMEL, FAT, GRISTLE, METAL, ROOT, SPONGE, TISSUES
from grain import falling, field
from pictures import blur

VOXEL = 1.6
LOW, HIGH = np.array([-96, -120, -152.0]), np.array([96, 128, 121.0])
SIDE = 256
# Degrees from the front; a share of them is of either side.
VIEWS = {"lateral": (82, 98), "oblique": (30, 70), "frontal": (-8, 8)}
SHARES = (.5, .2, .3)
WATER_MM = .0193  # What a millimetre of water takes of the beam.
TAKES = {AIR: 0, FAT: .92, CORTEX: 3.1, SPONGE: 1.55, ENAMEL: 4.4, ROOT: 3.2, GRISTLE: 1.1, METAL: 16}


class Voxels:
    """What each voxel takes beside water, of one head: (x, y, z)."""

    def __init__(self, rng, head):
        x, y, z = (np.arange(low, high, VOXEL, dtype=np.float32) + VOXEL / 2 for low, high in zip(LOW, HIGH))
        takes = np.array([TAKES.get(one, 1) for one in range(TISSUES)], np.float32)
        takes[[CORTEX, SPONGE, ENAMEL, ROOT]] = 1 + (takes[[CORTEX, SPONGE, ENAMEL, ROOT]] - 1) * rng.uniform(.75, 1.35)
        self.x, self.y, self.z = x, y, z
        self.takes = np.zeros((len(x), len(y), len(z)), np.float32)
        mesh = np.meshgrid(x, y, indexing="ij")
        for k in range(0, len(z), 8):
            part = z[k:k + 8]
            place = [np.broadcast_to(one[:, :, None], (len(x), len(y), len(part))).ravel() for one in mesh]
            place.append(np.broadcast_to(part, (len(x), len(y), len(part))).ravel())
            # Each within its voxel: even places would draw contours into smooth bone.
            place = [one + rng.uniform(-.3 * VOXEL, .3 * VOXEL, one.shape).astype(np.float32) for one in place]
            tissue = head.tissues(*place)
            self.takes[:, :, k:k + 8] = takes[tissue].reshape(len(x), len(y), len(part))
        rough = field(rng, len(x) * 4, len(y) * 4, falling(.4, 12))[:len(x), :len(y)]
        bone = self.takes > 1.2
        rough = (rough[:, :, None] + rng.standard_normal(self.takes.shape, np.float32)) / 2
        self.takes *= 1 + bone * np.float32(rng.uniform(.06, .2)) * rough

    def shadow(self, degrees, source, across, up):
        """Water equivalent in mm along rays from a source so many mm from the middle, at detector places in mm."""
        a = np.radians(degrees)
        x, y = np.meshgrid(self.x, self.y, indexing="ij")
        u = x * np.cos(a) + y * np.sin(a)
        depth = y * np.cos(a) - x * np.sin(a)
        u = (u / (1 - depth / source)).ravel()
        step = across[1] - across[0]
        # A row of voxels then adds up to the same everywhere between two of them.
        wide = max(VOXEL * max(abs(np.cos(a)), abs(np.sin(a))), step)
        matrix = np.zeros((len(across), len(u)), np.float32)
        first = np.ceil((u - wide - across[0]) / step).astype(int)
        for k in range(int(2 * wide / step) + 1):
            column = first + k
            kept = (column >= 0) & (column < len(across))
            weight = 1 - np.abs(across[np.clip(column, 0, len(across) - 1)] - u) / wide
            matrix[column[kept], np.flatnonzero(kept)] = np.clip(weight[kept], 0, 1)
        flat = matrix @ self.takes.reshape(-1, len(self.z)) * np.float32(VOXEL * VOXEL / wide)
        rows = np.clip(1 - np.abs(up[:, None] - self.z[None]) / VOXEL, 0, 1).astype(np.float32)
        rows /= np.maximum(rows.sum(axis=1, keepdims=True), 1)
        return rows @ flat.T


def exposed(rng, water):
    """From mm of water to grey: by logarithm or by a film's curve, detail brought out, grain of the quanta."""
    loss = water * WATER_MM
    scale = max(water.shape) / SIDE
    loss = loss + rng.uniform(.02, .12) * blur(loss, 9 * scale)
    quanta = rng.uniform(2e3, 2e4)
    loss = loss + rng.standard_normal(loss.shape) * np.sqrt(np.exp(np.clip(loss - loss.max(), -9, 0)) + .05) / np.sqrt(quanta) * 3
    loss = np.clip(loss, 0, None)
    if rng.uniform() < .5:
        grey = loss ** rng.uniform(.8, 1.15)
    else:
        middle = np.quantile(loss[loss > .3], rng.uniform(.3, .6))
        grey = 1 / (1 + np.exp(-(loss - middle) * rng.uniform(.55, 1.0)))
    grey = grey + rng.uniform(.2, 1.4) * (grey - blur(grey, rng.uniform(3, 11) * scale))
    low, high = np.quantile(grey, [.01, rng.uniform(.99, .999)])
    return np.clip((grey - low) / (high - low), 0, 1) ** rng.uniform(.8, 1.25)


def _shuttered(rng, grey):
    """The beam's edges, or none; a letter of lead."""
    side = len(grey)
    if rng.uniform() < .3:
        inside = np.zeros_like(grey)
        t, b, left, right = (int(rng.uniform(0, .06) * side) for _ in range(4))
        inside[t:side - b, left:side - right] = 1
        grey = grey * blur(inside, rng.uniform(.4, 1.5))
    if rng.uniform() < .4:
        y, x = rng.integers(4, side // 5, 2)
        grey[y:y + 9, x:x + 2] = grey[y + 7:y + 9, x:x + 7] = 1
    return grey


def radiograph_of(rng, voxels, side=SIDE, view=None):
    """(picture, face, view)."""
    view = view or tuple(VIEWS)[rng.choice(3, p=SHARES)]
    degrees = rng.uniform(*VIEWS[view]) * (1 if rng.uniform() < .5 else -1)
    half = rng.uniform(98, 124)
    at = (np.arange(side) + .5) / side * 2 - 1
    aside = np.sin(np.radians(degrees)) * rng.uniform(-4, 22)
    across, up = at * half + aside, -at * half + rng.uniform(-32, -8)
    water = voxels.shadow(degrees, rng.uniform(1000, 2200), across, up)
    grey = _shuttered(rng, exposed(rng, water)).astype(np.float32)
    a = np.radians(degrees)
    # A slab before the face, projected: between two places of its front and of its back.
    x, y = np.array([-58, 58, -58, 58]), np.array([98, 98, 40, 40]) + rng.uniform(-6, 6)
    u = x * np.cos(a) + y * np.sin(a)
    if view == "frontal":
        u = u[:2]
    elif view == "lateral":
        u = np.array([98, rng.uniform(38, 56)]) * np.sin(a)
    face = (across > u.min()) & (across < u.max())
    face = face[None] & ((up < rng.uniform(14, 28)) & (up > -rng.uniform(106, 118)))[:, None]
    return grey, face, view
