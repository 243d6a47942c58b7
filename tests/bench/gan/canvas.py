"""Places with a tissue each, and shapes to paint them with: eggs, tubes along lines, blocks. What is painted later covers what was
painted before. A depth is positive inside, in mm, and right near the edge."""

import numpy as np

(AIR, SKIN, FAT, MUSCLE, CORTEX, SPONGE, GREY, WHITE, WATER, ENAMEL, ROOT, EYE, LENS, GRISTLE, GLAND, VESSEL, MUCOSA,
 METAL) = range(18)
TISSUES = 18


def egg(x, y, z, at, half):
    """An ellipsoid."""
    far = np.sqrt(((x - at[0]) / half[0]) ** 2 + ((y - at[1]) / half[1]) ** 2 + ((z - at[2]) / half[2]) ** 2)
    return (1 - far) * np.float32(min(half))


def tube(x, y, z, line, radii, stretch=(1, 1, 1)):
    """Around a polyline; radii go evenly between its corners. `stretch` above 1 makes it flat along that axis."""
    place = [one * np.float32(by) for one, by in zip((x, y, z), stretch)]
    line = np.asarray(line, np.float32) * np.asarray(stretch, np.float32)
    out = np.full(x.shape, -1e9, np.float32)
    for start, end, first, last in zip(line[:-1], line[1:], radii[:-1], radii[1:]):
        along = end - start
        part = sum((one - s) * a for one, s, a in zip(place, start, along)) / max(float(along @ along), 1e-6)
        part = np.clip(part, 0, 1)
        far = np.sqrt(sum((one - s - part * a) ** 2 for one, s, a in zip(place, start, along)))
        out = np.maximum(out, first + (last - first) * part - far)
    return out


def block(x, y, z, at, half):
    """With edges along the axes."""
    return np.minimum(np.minimum(half[0] - np.abs(x - at[0]), half[1] - np.abs(y - at[1])), half[2] - np.abs(z - at[2]))


class Canvas:
    """`x`, `y`, `z`: float32 (n,). Shapes on both sides are painted once, by the distance from the middle."""

    def __init__(self, x, y, z):
        self.x, self.y, self.z = x, y, z
        self.aside = np.abs(x)
        self.tissue = np.zeros(x.shape, np.uint8)
        self._span = [(float(one.min()), float(one.max())) if len(x) else (0, 0) for one in (x, y, z)]

    def near(self, low, high, both=False):
        """Indices of the places in a box; `both`: on either side."""
        x = self.aside if both else self.x
        far = [high[k] <= self._span[k][0] or low[k] >= self._span[k][1] for k in ((1, 2) if both else (0, 1, 2))]
        if any(far):
            return np.zeros(0, np.intp)
        inside = (x > low[0]) & (x < high[0]) & (self.y > low[1]) & (self.y < high[1]) & (self.z > low[2]) & (self.z < high[2])
        return np.flatnonzero(inside)

    def at(self, index, both=False):
        return (self.aside if both else self.x)[index], self.y[index], self.z[index]

    def paint(self, index, depth, tissue, lowest=0.0):
        """Where depth exceeds `lowest`."""
        self.tissue[index[depth > lowest]] = tissue

    def layers(self, index, depth, *layers):
        """(least depth, tissue) from the outside inwards."""
        for lowest, tissue in layers:
            self.paint(index, depth, tissue, lowest)

    def bone(self, index, depth, wall=1.4):
        self.layers(index, depth, (0, CORTEX), (wall, SPONGE))

    def egg(self, at, half, *layers, both=False, grown=0.0):
        """Layers by depth; `grown`: the outermost reaches so far beyond."""
        reach = np.asarray(half) + grown + 1
        index = self.near(np.asarray(at) - reach, np.asarray(at) + reach, both)
        self.layers(index, egg(*self.at(index, both), at, half), *layers)

    def tube(self, line, radii, *layers, both=False, stretch=(1, 1, 1), grown=0.0):
        line = np.asarray(line, float)
        reach = (max(radii) + grown + 1) / np.minimum(np.asarray(stretch, float), 1)
        index = self.near(line.min(axis=0) - reach, line.max(axis=0) + reach, both)
        self.layers(index, tube(*self.at(index, both), line, radii, stretch), *layers)
