"""Skull and brain of a head (interior.py): shells below the egg that the head is without its face, a floor in three steps,
folds where a random field changes its sign. Millimetres."""

import numpy as np
from canvas import AIR, CORTEX, GREY, MUSCLE, SPONGE, VESSEL, WATER, WHITE, egg, tube


def floor_of(x, y):
    """Height of the cranium's floor: over the eyes, beside the sella, under the cerebellum."""
    aside = np.abs(x)
    over_eyes = 9 - 6 * np.exp(-(aside / 9) ** 2) + .02 * (aside - 30) ** 2 * (aside > 30)
    middle = -17 + 16 * np.exp(-(aside / 11) ** 2) + .012 * np.maximum(aside - 45, 0) ** 2
    behind = -50 + .012 * aside ** 2 + .008 * (y + 60) ** 2

    def step(at, wide):
        return 1 / (1 + np.exp(-(y - at) / wide))
    front, back = step(27 - .12 * aside, 2.2), step(-22 + .25 * aside, 3)
    return over_eyes * front + (1 - front) * (middle * back + behind * (1 - back))


def paint_cranium(head, canvas, deep):
    u = head.inside
    index = np.flatnonzero((deep > 0) & (canvas.z > -62))
    x, y, z = canvas.at(index)
    s = deep[index]
    temple = np.exp(-((np.abs(x) - 66) / 16) ** 2 - ((y - 16) / 26) ** 2 - ((z - 4) / 30) ** 2)
    scalp = u.scalp + 11 * temple
    place = np.stack([x, y, z], 1)
    uneven = 1 + .16 * head.slow.at(place)
    thick = u.skull * uneven * (1 - .45 * temple)
    floor = floor_of(x, y).astype(np.float32)
    shell = s - scalp
    is_above = z > floor - 5 - 1.5 * uneven
    bone = (shell > 0) & is_above & ((z > floor - 1) | (shell > 0)) & ~((np.abs(x) < 15) & (np.abs(y + 32) < 16) & (z < -30))
    inner = np.minimum(shell - thick, z - floor)
    wall = np.minimum(shell, -inner)
    wall = np.where(z < floor, np.minimum(np.minimum(z - floor + 5 + 1.5 * uneven, floor - z), shell), wall)
    canvas.tissue[index[(temple > .12) & (shell < 0) & (s > u.skin + .6 * u.fat) & (z < 45)]] = MUSCLE
    loose = 1 if u.wall < 1.5 else .8
    canvas.tissue[index[bone & (inner <= 0)]] = CORTEX
    canvas.tissue[index[bone & (inner <= 0) & (wall > u.wall * loose)]] = SPONGE
    _temporal_bones(head, canvas)
    brain = index[(inner > 0) & (shell > thick)]
    if len(brain):
        _brain(head, canvas, brain, inner[(inner > 0) & (shell > thick)])


def _temporal_bones(head, canvas):
    index = canvas.near((40, -52, -56), (70, -8, -8), True)
    place = canvas.at(index, True)
    mastoid = egg(*place, (56, -28, -31), (11.5, 15, 18))
    canvas.layers(index, mastoid, (0, CORTEX))
    cell = np.abs(head.cells.at(np.stack([*canvas.at(index)], 1) * 1.4)) > .35
    canvas.tissue[index[(mastoid > 2) & cell]] = AIR
    canvas.tube([(53, -20, -22), (15, 2, -21)], (9.5, 5.5), (0, CORTEX), both=True)
    canvas.egg((47, -16, -20), (3.5, 4, 6), (0, AIR), both=True)
    canvas.egg((36, -11, -20), (2.5, 2.5, 2.5), (0, WATER), both=True)


def _brain(head, canvas, index, deep):
    """Water about it, cortex, white matter, nuclei, ventricles; cerebellum and stem apart."""
    u = head.inside
    x, y, z = canvas.at(index)
    aside = np.abs(x)
    place = np.stack([x, y, z], 1)
    roof = -6 - .24 * aside + .1 * (y + 40)
    small = (y < -18) & (z < roof)
    from_edge = np.minimum(deep - u.csf * (1 + .4 * head.slow.at(place)), np.abs(z - roof) * np.where(y < -18, 1, 9) - .6)
    fold = np.abs(head.folds.at(place + .7 * head.fine.at(place)[:, None])) * 3.4
    fissure = np.where(z > -4, aside - 1.3 - .4 * u.sulci, 99)
    sylvian = -tube(aside, y, z, [(50, 30, -4), (46, 5, 6), (54, -28, 18)], (4.5, 4, 3), (.45, 1, 1))
    from_edge = np.minimum(np.minimum(from_edge, fissure), sylvian + 3)
    width = np.clip(u.sulci * (1 - from_edge / 24), 0, None) * (from_edge < 22)
    ribbon = 2.9
    cortex = (from_edge < ribbon) | ((fold < width + ribbon) & (from_edge < 24) & (fold < (26 - from_edge) * .6))
    tissue = np.where(cortex, GREY, WHITE)
    tissue = np.where((from_edge < 0) | ((fold < width) & (from_edge < 20)), WATER, tissue)
    tissue = np.where((aside < .8) & (z > 20 - .1 * y) & (deep < 45), MUSCLE, tissue)
    leaves = np.sin((np.hypot(y + 28, z + 22) + 2 * head.slow.at(place)) * 2 * np.pi / 5.2 + .05 * aside)
    core = egg(aside, y, z, (16, -44, -26), (15, 14, 9))
    leaf = np.where((leaves > .86) & (from_edge < 16), WATER, np.where((leaves > -.3) & (core < 1), GREY, WHITE))
    tissue = np.where(small, np.where(from_edge < 0, WATER, leaf), tissue)
    canvas.tissue[index] = tissue
    _deep_parts(head, canvas)


def _deep_parts(head, canvas):
    u = head.inside
    v = u.ventricles
    bridge = [(0, 42, 20), (0, 36, 35), (0, 6, 43), (0, -30, 38), (0, -38, 27)]
    canvas.tube(bridge, (4, 4.5, 4, 5, 4), (0, WHITE), stretch=(.3, 1, 1))
    canvas.egg((27, 13, 15), (6, 20, 11), (0, GREY), both=True)
    canvas.egg((11, -9, 15), (9, 15, 10), (0, GREY), both=True)
    canvas.tube([(18, 38, 22), (20, 10, 34), (23, -15, 32)], (5.5, 4.5, 2), (0, GREY), both=True)
    horns = [(11, 44, 22), (10, 32, 28), (12, 6, 33), (18, -26, 29), (25, -42, 18), (32, -25, 1), (34, 2, -9)]
    canvas.tube(horns, np.array([4, 5.5, 5, 6.5, 7, 3.2, 2.4]) * v, (0, WATER), both=True, stretch=(1.15, 1, 1))
    canvas.egg((0, 0, 9), (1.4 + v, 14, 10), (0, WATER))
    canvas.tube([(0, -2, -14), (0, -6, -24), (0, -20, -44), (0, -32, -58)], (19, 18, 13, 12), (0, WATER), stretch=(.8, 1, 1))
    canvas.tube([(0, -12, 0), (0, -12, -26), (0, -24, -46), (0, -32, -62)], (14, 14.5, 8.5, 6), (0, WHITE), (4, GREY), (7, WHITE),
                stretch=(.85, 1, 1))
    canvas.egg((0, -30, -27), (7 * v, 4, 9), (0, WATER))
    for line in ([(0, 6, -8), (0, -2, -30)], [(8, 10, -6), (34, 12, -4)], [(2, 30, 6), (2, 44, 26), (2, 30, 48)]):
        canvas.tube(line, [1.7] * len(line), (0, VESSEL), both=True)
    canvas.tube([(0, 60, 80), (0, 0, 103), (0, -70, 75), (0, -95, 25)], (3, 3.4, 3.8, 4), (0, VESSEL))
