"""Every kind of picture without a face, how often each is drawn, and what stands behind heads."""

import numpy as np

from training import scenes
from training.face import films, medical, things, vessels


def panels(random, side):
    return things.panels(random, side, ON_SCREENS)


WITHOUT_FACE = {
    "plain": scenes.plain, "gradient": scenes.gradient, "clouds": scenes.clouds, "noise": scenes.noise, "room": scenes.room,
    "skin": scenes.skin, "slice": scenes.slice_like, "echo": scenes.echo, "scope": scenes.scope, "screen": scenes.screen,
    "film": scenes.film, "coins": scenes.coins, "weave": scenes.weave, "cells": scenes.cells, "retina": vessels.retina,
    "angiogram": vessels.angiogram, "heart": medical.heart, "layers": medical.layers, "trunk": medical.trunk_slice,
    "limb": medical.limb_slice, "skull": medical.skull_slice, "chest": films.chest, "pelvis": films.pelvis,
    "breast": films.breast, "scan": films.scan, "chart": things.chart, "graph": things.graph, "house": things.house,
    "fur": things.fur, "leaves": things.leaves, "solids": things.solids, "close": things.close_skin, "panels": panels}

ON_SCREENS = tuple(
    WITHOUT_FACE[name] for name in ("slice", "echo", "retina", "angiogram", "heart", "layers", "trunk", "limb", "skull", "chest",
                                    "pelvis", "breast", "scan", "graph", "scope", "cells", "film", "chart"))

# How often, beside 1: what is soon learned less, what looks most like a face more.
_OFTEN = {"plain": 0.3, "gradient": 0.3, "clouds": 0.5, "noise": 0.4, "graph": 0.5, "weave": 0.6, "close": 1.8, "slice": 1.6,
          "heart": 1.4, "echo": 1.4, "scope": 1.4, "panels": 1.8, "solids": 1.5, "skull": 1.4, "angiogram": 1.4}
_NAMES = list(WITHOUT_FACE)
_SHARES = np.array([_OFTEN.get(name, 1.0) for name in _NAMES])
_UP_TO = np.cumsum(_SHARES / _SHARES.sum())

BEHIND_RENDERING = (scenes.plain, scenes.plain, scenes.plain, scenes.gradient, scenes.noise)
AROUND_RENDERING = (scenes.screen, scenes.clouds, scenes.room, panels, things.chart)  # At times.
BEHIND_PHOTOGRAPH = (
    scenes.room, scenes.room, scenes.room, scenes.clouds, scenes.gradient, scenes.plain, scenes.weave, scenes.coins, scenes.skin,
    scenes.noise, things.house, things.fur, things.leaves, things.solids, things.close_skin)

CUT_OUT = 0.3  # Of the pictures show a part of a larger one.


def any_name(random):
    return _NAMES[min(int(np.searchsorted(_UP_TO, random.random())), len(_NAMES) - 1)]


def drawn(random, name, side):
    """A whole scene, or a part of one."""
    if random.random() >= CUT_OUT:
        return WITHOUT_FACE[name](random, side)
    whole = int(side * random.uniform(1.1, 2.0))
    top, left = random.integers(0, whole - side + 1, 2)
    return WITHOUT_FACE[name](random, whole)[top:top + side, left:left + side]
