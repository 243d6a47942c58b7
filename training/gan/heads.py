"""A head with an inside: at every place a tissue, as CT and MR slices and projections show it. Its outside alone, with hair,
eyes and light, is training/head.py.

Units are millimetres: x to the head's left, y up, z forward; the origin lies about the sella. Everything of a head follows from
PARAMETERS, drawn from its seed; no person was measured. Places are float32 (3, n)."""

import functools

import numpy as np

from training.render import capsule, joined, squares

(AIR, SKIN, FAT, MUSCLE, CORTICAL, MARROW, GREY, WHITE, FLUID, ENAMEL, DENTINE, GLOBE, LENS, CARTILAGE, GLAND, BLOOD,
 METAL) = range(17)
TISSUES = 17

# What is drawn of a head, evenly between two bounds.
PARAMETERS = {
    "scale": (0.9, 1.08), "skull_wide": (68, 80), "skull_high": (78, 91), "skull_deep": (88, 102), "skull_up": (18, 26),
    "skull_back": (4, 12), "forehead": (-4, 6), "occiput": (-4, 8), "face_wide": (54, 67), "face_deep": (60, 68),
    "jaw_wide": (36, 48), "jaw_up": (18, 30), "jaw_thick": (15, 22), "chin_forward": (72, 90), "chin_down": (86, 106),
    "chin_size": (11, 20), "chin_cleft": (0, 4), "cheek_size": (18, 30), "cheek_forward": (50, 63), "nose_long": (13, 30),
    "nose_wide": (9, 15), "nose_down": (33, 44), "nose_tip": (-4, 9), "nose_bridge": (-2, 8), "nose_hump": (0, 4),
    "nose_aside": (-3, 3), "nostril": (2.4, 4.2), "lip_down": (60, 68), "lip_upper": (4, 8), "lip_lower": (4, 9.5),
    "lip_forward": (-2, 4), "mouth_wide": (18, 28), "mouth_open": (-4, 8), "brow": (4, 9), "brow_up": (13, 19), "eye_apart": (29, 35),
    "eye_up": (-6, 3), "eye_forward": (66, 74), "eye_size": (11.2, 13), "eye_socket": (9, 15), "ear_high": (24, 34),
    "ear_out": (3, 12), "ear_turn": (-6, 10), "neck_wide": (43, 60), "neck_back": (18, 34), "neck_lean": (-6, 26),
    "shoulders_wide": (150, 200), "shoulders_down": (195, 235), "double_chin": (0, 22), "skin": (1.5, 2.7), "fat": (2, 8),
    "fat_uneven": (0.2, 0.8), "bone_deep": (5, 9), "bone_thick": (4.5, 9.5), "diploe": (0.2, 0.6), "sinus_maxillary": (0.6, 1.25),
    "sinus_frontal": (0.2, 1.4), "sinus_sphenoid": (0.5, 1.2), "sinus_swollen": (0, 6), "mastoid_air": (0, 1), "septum_aside": (-4, 4),
    "turbinates": (1, 3.2), "airway": (5.5, 11), "airway_flat": (0.5, 1), "palate_up": (19, 26), "tongue": (22, 30), "arch_wide": (22, 28),
    "arch_deep": (24, 32), "tooth": (2.7, 3.6), "teeth_lost": (0, 0.6), "teeth_filled": (0, 0.35), "ventricles": (0.55, 1.7), "atrophy": (0.6, 3.4),
    "folds": (0.26, 0.4), "cortex": (3, 5.5), "cerebellum": (40, 50), "vertebra": (15, 20), "disc": (2.5, 5), "masseter": (6, 12),
    "temporalis": (4, 10), "parotid": (9, 17), "wave": (0.5, 1.5), "lopsided": (-2.5, 2.5)}


def ellipsoid(places, centre, radii):
    """About the distance."""
    radii = np.asarray(radii, np.float32).reshape(3, 1)
    part = (places - np.asarray(centre, np.float32).reshape(3, 1)) / radii
    far = np.sqrt(squares(part)) + np.float32(1e-6)
    steep = np.sqrt(squares(part / radii)) + np.float32(1e-6)
    return far * (far - 1) / steep


def ball(places, centre, radius):
    return np.sqrt(squares(places - np.asarray(centre, np.float32).reshape(3, 1))) - np.float32(radius)


def without(a, b, k):
    """a less b, with a fillet of k."""
    return -joined(-a, b, k)


def both_sides(places):
    """The same places with x counted from the middle outwards: what is drawn once then lies on both sides."""
    return np.stack([np.abs(places[0]), places[1], places[2]])


class Head:
    def __init__(self, seed):
        random = np.random.default_rng([seed, 41])
        for name, bounds in PARAMETERS.items():
            setattr(self, name, float(random.uniform(*bounds)))
        self.teeth = random.random(32) >= self.teeth_lost * (random.random() < 0.4)
        self.filled = random.random(32) < self.teeth_filled * (random.random() < 0.35)
        self.phases = random.uniform(0, 2 * np.pi, (4, 2)).astype(np.float32)
        self.rates = random.uniform(0.05, 0.22, (4, 3)).astype(np.float32)
        self.cranium = (self.skull_wide, self.skull_high, self.skull_deep)
        self.middle = (0, self.skull_up, -self.skull_back)

    def waves(self, places):
        """-1 to 1, slow: keeps what would be a plane or an ellipsoid from being one."""
        out = np.zeros(places.shape[1], np.float32)
        for rate, (a, b) in zip(self.rates, self.phases):
            out += np.sin(rate @ places + a) * np.cos(0.7 * rate[::-1] @ places + b)
        return out * np.float32(0.25 * self.wave)

    # What air meets.

    def outside(self, places):
        """Negative in the head, about the distance beyond it."""
        out = self._vault(places)
        out = joined(out, ellipsoid(places, (0, -36, 24), (self.face_wide, 66, self.face_deep)), 18)
        neck = capsule(places, (0, -60, -self.neck_back), (0, -190, -self.neck_back - self.neck_lean), (self.neck_wide, self.neck_wide + 5))
        out = joined(out, neck, 22)
        out = joined(out, ellipsoid(places, (0, -self.shoulders_down, -45), (self.shoulders_wide, 55, 85)), 30)
        pair = both_sides(places)
        ear = np.flatnonzero((pair[0] > 45) & (np.abs(places[1] + 18) < 60) & (np.abs(places[2] + 8) < 45))
        out[ear] = joined(out[ear], self._ear(pair[:, ear]), 3)
        front = np.flatnonzero((places[2] > 5) & (places[1] < 60) & (places[1] > -150) & (pair[0] < 95))
        out[front] = self._face(places[:, front], pair[:, front], out[front])
        return out

    def _vault(self, places):
        out = ellipsoid(places, self.middle, self.cranium)
        out = joined(out, ellipsoid(places, (0, self.skull_up + 14, 40 + self.forehead), (52, 46, 48)), 20)
        return joined(out, ellipsoid(places, (0, self.skull_up - 4, -46 - self.occiput), (50, 52, 50)), 20)

    def _ear(self, pair):
        wide, high = 0.88 * self.skull_wide + 1 + self.ear_out, self.ear_high
        ear = ellipsoid(pair, (wide - 3, -18, -8 + 0.2 * self.ear_turn), (5 + 0.5 * self.ear_out, high, high * 0.58))
        return without(ear, ellipsoid(pair, (wide + 4 + 0.3 * self.ear_out, -14, -6), (5, high * 0.68, high * 0.36)), 2)

    def _face(self, places, pair, out):
        u = self
        jaw = capsule(pair, (u.jaw_wide, u.jaw_up - u.chin_down + 6, 18), (12, 8 - u.chin_down, u.chin_forward - 14), (u.jaw_thick - 3, u.jaw_thick))
        out = joined(out, jaw, 20)
        chin = ball(places, (u.lopsided * 0.6, 10 - u.chin_down, u.chin_forward), u.chin_size)
        chin = without(chin, ball(places, (0, 4 - u.chin_down, u.chin_forward + u.chin_size + 4), 4 + u.chin_cleft), 4)
        out = joined(out, chin, 14)
        out = joined(out, ellipsoid(places, (0, -u.chin_down - 8, 44), (38, 10 + u.double_chin, 30)), 20)
        out = joined(out, ball(pair, (37, -32, u.cheek_forward), u.cheek_size), 14)
        out = without(out, ellipsoid(pair, (u.eye_apart, u.eye_up, 92), (17, 10, u.eye_socket)), 9)
        out = joined(out, ball(pair, (u.eye_apart, u.eye_up, u.eye_forward + 2.5), u.eye_size - 0.5), 3)  # Lids.
        out = joined(out, capsule(pair, (0, u.eye_up + u.brow_up - 2, 83), (30, u.eye_up + u.brow_up, 80), u.brow), 9)
        tip = (u.nose_aside, u.nose_tip - u.nose_down, 84 + u.nose_long)
        out = joined(out, capsule(places, (0, u.eye_up + 8, 82 + u.nose_bridge), tip, (8, u.nose_wide * 0.85)), 8)
        hump = (u.nose_aside / 2, (u.eye_up + 8 + tip[1]) / 2 + 4, 86 + (u.nose_bridge + u.nose_long) / 2)
        out = joined(out, ball(places, hump, 5 + u.nose_hump), 7)
        out = joined(out, ball(pair, (u.nose_wide, -u.nose_down - 2, 82 + 0.45 * u.nose_long), u.nose_wide * 0.62), 5)
        out = joined(out, ellipsoid(places, (u.nose_aside / 2, -u.nose_down - 1, 82 + 0.4 * u.nose_long),
                                    (u.nose_wide * 0.9, u.nose_wide * 0.75, 6 + 0.5 * u.nose_long)), 5)
        out = without(out, capsule(pair, (u.nose_wide * 0.5, -u.nose_down - 14, 84 + 0.5 * u.nose_long),
                                   (u.nose_wide * 0.45, -u.nose_down - 4, 82 + 0.4 * u.nose_long), u.nostril * 0.9), 1.5)
        gap = max(u.mouth_open, 0) / 2
        forward = 83 + u.lip_forward
        out = joined(out, ellipsoid(places, (0, -u.lip_down + u.lip_upper * 0.7 + gap, forward), (u.mouth_wide, u.lip_upper, 8)), 4)
        out = joined(out, ellipsoid(places, (0, -u.lip_down - u.lip_lower * 0.7 - gap, forward - 1), (u.mouth_wide * 0.9, u.lip_lower, 8)), 4)
        return without(out, ellipsoid(places, (0, -u.lip_down, forward + 6), (u.mouth_wide, 0.8 + 1.5 * gap, 9)), 2.5)

    # What lies in it.

    def tissues(self, places):
        """uint8, one of the names above for each place; and the distance to the outside."""
        surface = self.outside(places)
        out = np.full(places.shape[1], AIR, np.uint8)
        inside = np.flatnonzero(surface < 0)
        if len(inside):
            out[inside] = self._inside(places[:, inside], -surface[inside])
        return out, surface

    def _inside(self, places, deep):
        """deep: how far below the skin."""
        pair, wave = both_sides(places), self.waves(places)
        out = np.full(places.shape[1], SKIN, np.uint8)
        fat = self.skin + self.fat * (1 + self.fat_uneven * wave) * np.where(places[1] < -40, 1.3, 1)
        out[deep > self.skin] = FAT
        out[deep > fat] = MUSCLE
        seams = np.abs(np.sin(0.16 * places[0] + 0.11 * places[1] + 3 * wave)) < 0.1
        out[(out == MUSCLE) & seams] = FAT

        def part(where, draw):
            at = np.flatnonzero(where)
            if len(at):
                draw(places[:, at], pair[:, at], out, at, deep[at], wave[at])

        part((places[1] < -15) & (places[2] < 70), self._neck)
        part((pair[0] > 25) & (np.abs(places[1] + 30) < 75), self._sides)
        part((places[1] > -75), self._skull)
        part((places[2] > -15) & (places[1] < 45) & (places[1] > -125), self._front)
        part(places[1] > -62, self._brain)
        part((places[2] > -5) & (places[1] < 50) & (places[1] > -150) & (pair[0] < 48), self._hollows)
        part((places[2] > 15) & (places[1] < -35) & (places[1] > -110) & (pair[0] < 36), self._mouth)
        part((places[2] > 8) & (np.abs(places[1] - self.eye_up) < 26) & (pair[0] < 60), self._eyes)
        return out

    def _neck(self, places, pair, out, at, deep, wave):
        back, lean = self.neck_back + 16, self.neck_lean / 130
        z = places[2] + back + lean * (-60 - places[1])  # From the middle of the vertebrae.
        y, x = places[1], pair[0]
        level = np.mod(y + 70, self.vertebra)
        bone = level > self.disc
        core = (level > self.disc + 1.6) & (level < self.vertebra - 1.6)
        spine = y < -58
        body = np.hypot(x * 0.85, z - 12) - 10
        out[at[spine & (body < 0)]] = np.where(bone, np.where(core & (body < -2), MARROW, CORTICAL), CARTILAGE)[spine & (body < 0)]
        arch = np.maximum(np.abs(np.hypot(x, z + 3) - 12) - 2.6, z - 4)
        spike = np.maximum(np.abs(x) - 2.8 - 0.06 * np.abs(z + 26), np.abs(z + 26) - 13)
        wings = np.maximum(np.hypot(x - 21, z - 4) - 6, 0)
        for shape in (arch, spike, wings):
            where = spine & (shape <= 0) & bone & (deep > 5)
            out[at[where]] = np.where(core & (shape < -1.4), MARROW, CORTICAL)[where]
        canal = np.hypot(x, z + 2) < 8
        out[at[spine & canal]] = FLUID
        out[at[spine & (np.hypot(x * 0.8, z + 2) < 5)]] = WHITE
        atlas = (np.abs(y + 50) < 6) & (np.abs(np.hypot(x * 0.8, z - 1) - 17) < 4)
        out[at[atlas & (deep > 6)]] = CORTICAL
        out[at[ball(pair, (24, -100, 6 - self.neck_back / 2), 3.6) < 0]] = BLOOD
        for x0, z0, size in ((25, 14, 3.4), (32, 8, 4.6)):  # Carotid and jugular.
            out[at[(np.hypot(x - x0, z - z0 - 14) < size) & (y < -35)]] = BLOOD
        strap = capsule(pair, (56, -40, -20), (16, -170, 18 - self.neck_back), (10, 9))
        out[at[(np.abs(strap) < 1.2) & (deep > self.skin)]] = FAT

    def _sides(self, places, pair, out, at, deep, wave):
        below = deep > self.skin + 0.6
        chew = ellipsoid(pair, (self.jaw_wide + 9, -50, 26), (self.masseter, 30, 16))
        out[at[(np.abs(chew) < 1.3) & below]] = FAT
        out[at[(chew < -1) & below]] = MUSCLE
        gland = ellipsoid(pair, (58, -42, 2), (10, 22, self.parotid))
        out[at[(gland + 1.5 * wave < 0) & below]] = GLAND
        lower = ellipsoid(pair, (28, -self.chin_down + 4, 34), (10, 9, 15))
        out[at[(lower < 0) & below]] = GLAND
        temple = ellipsoid(pair, (66, 4, 22), (self.temporalis, 32, 26))
        out[at[(temple < 0) & below]] = MUSCLE
        canal = capsule(pair, (60, -16, -8), (90, -18, -8), 2.8)
        out[at[canal < 0]] = AIR

    def _base(self, places):
        """Height above the floor of the skull: stairs that fall towards the back."""
        z = places[2]
        return places[1] - (-16 + 0.36 * z.clip(-75, 62) - 6 * np.tanh((12 - z) / 8))

    def _skull(self, places, pair, out, at, deep, wave):
        shell, thick, base = self._vault(places), self.bone_thick * (1 + 0.25 * wave), self._base(places)
        off = np.abs(shell + self.bone_deep + thick / 2) - thick / 2
        plate = np.maximum(np.abs(base + 2) - 2.4 - 1.5 * np.abs(wave), shell + self.bone_deep)
        magnum = np.hypot(places[0], (places[2] + 20) * 0.85) < 15
        bone = np.where(magnum, 99, plate)
        bone = np.minimum(bone, np.where(base > -3, off, 99))
        bone = np.minimum(bone, capsule(pair, (54, -16, -12), (14, -14, 8), (8, 5)))  # Petrous.
        mastoid = ellipsoid(pair, (54, -30, -20), (9, 17, 13))
        bone = np.minimum(bone, mastoid)
        bone = np.minimum(bone, ellipsoid(places, (0, -18, 20), (17, 13, 16)))  # Sphenoid.
        hard = (bone < 0) & (deep > 3)
        out[at[hard]] = CORTICAL
        spongy = hard & (np.abs(shell + self.bone_deep + thick / 2) < thick * self.diploe / 2) & (base > 0)
        out[at[spongy]] = MARROW
        out[at[hard & (mastoid < -3) & (np.sin(1.3 * places[0] + 3 * wave) * np.sin(1.1 * places[1]) * np.sin(1.2 * places[2]) >
                                        0.5 - 0.75 * self.mastoid_air)]] = AIR

    def _front(self, places, pair, out, at, deep, wave):
        u = self
        orbit = capsule(pair, (u.eye_apart, u.eye_up, 64), (13, u.eye_up - 2, 20), (19, 5))
        bone = np.where((orbit < 2.4) & (orbit > 0) & (places[2] < 74), -1.0, 99).astype(np.float32)
        bone = np.minimum(bone, capsule(pair, (u.eye_apart + 8, u.eye_up - 19, 68), (62, -20, 34), (6, 4.5)))
        bone = np.minimum(bone, capsule(pair, (62, -20, 34), (66, -18, 4), (4, 3)))  # Zygomatic arch.
        bone = np.minimum(bone, capsule(pair, (u.eye_apart + 16, u.eye_up - 14, 62), (u.eye_apart + 19, u.eye_up + 14, 58), 4))
        bone = np.minimum(bone, capsule(pair, (0, u.eye_up + u.brow_up + 2, 76), (u.eye_apart + 14, u.eye_up + u.brow_up, 66), 4.5))
        bone = np.minimum(bone, capsule(places, (0, u.eye_up + 12, 80 + u.nose_bridge / 2),
                                        (u.nose_aside / 2, u.eye_up - 14, 85 + u.nose_bridge), (4.5, 2)))
        upper = -u.lip_down + u.palate_up
        bone = np.minimum(bone, ellipsoid(pair, (20, -34, 52), (19, 22, 24)))  # Maxilla.
        bone = np.minimum(bone, ellipsoid(places, (0, upper, 46), (u.arch_wide, 3, u.arch_deep)))  # Palate.
        bone = np.minimum(bone, np.maximum(self._arch(places), np.abs(places[1] - upper + 4) - 7))
        bone = np.minimum(bone, capsule(pair, (15, -18, 20), (16, -52, 24), 2.6))  # Pterygoid.
        drop = max(u.mouth_open, 0)
        low = -u.chin_down + 16 - drop * 0.6
        jaw = capsule(pair, (u.jaw_wide * 1.02, u.jaw_up - u.chin_down + 8, 14), (14, low, u.chin_forward - 15), (8.5, 8))
        jaw = np.minimum(jaw, capsule(pair, (u.jaw_wide * 1.02, u.jaw_up - u.chin_down + 8, 14), (u.jaw_wide + 9, -20, 3), (8, 5)))
        jaw = np.minimum(jaw, capsule(pair, (u.jaw_wide * 1.02, u.jaw_up - u.chin_down + 14, 18), (u.jaw_wide + 4, -28, 24), (6, 3)))
        jaw = np.minimum(jaw, capsule(places, (-14, low, u.chin_forward - 15), (14, low, u.chin_forward - 15), 9))
        jaw = np.minimum(jaw, np.maximum(self._arch(places), np.abs(places[1] + u.lip_down + 20 + drop) - 9))
        jaw = np.where(pair[0] > u.jaw_wide + 18, 99, jaw)
        bone = np.where(orbit < 0, 99, bone)
        both = np.minimum(bone, jaw)
        hard = (both < 0) & (deep > 2.5)
        out[at[hard]] = CORTICAL
        out[at[hard & (both < -2.1 - 0.6 * wave)]] = MARROW
        out[at[(orbit < 0) & (deep > u.skin)]] = FAT

    def _arch(self, places):
        """The band in which teeth stand, seen from above: distance to a parabola, less half of its width."""
        along = np.hypot(places[0] / self.arch_wide, np.maximum(places[2] - 44, -2) / self.arch_deep)
        return np.where(places[2] > 22, np.abs(along - 1) * 26 - 5, 99)

    def _brain(self, places, pair, out, at, deep, wave):
        x, y, z = places
        shell = self._vault(places) + self.bone_deep + self.bone_thick * (1 + 0.25 * wave)  # Negative within the skull.
        base = self._base(places)
        inner = np.maximum(shell + 1.2, 1.5 - base)
        within = inner < 0
        out[at[within]] = FLUID
        f = self.folds
        fold = np.sin(f * x + 6 * wave) * np.sin(0.9 * f * z + 5 * wave + 1) * np.sin(0.95 * f * y + 4 * wave)
        fold = fold + 0.5 * np.sin(1.9 * f * x + 2) * np.sin(1.7 * f * z + 4 * wave) * np.sin(1.8 * f * y)
        matter = inner + self.atrophy + 2.4 * fold
        out[at[within & (matter < 0)]] = GREY
        out[at[within & (matter < -self.cortex - 2.2 * np.sin(0.5 * z + 8 * wave) * np.sin(0.45 * y))]] = WHITE
        out[at[within & (np.abs(x) < 1.2) & (y > 28)]] = FLUID
        out[at[within & (np.abs(x) < 3.2) & (inner > -6) & (y > 20)]] = BLOOD
        deepest = within & (matter < -6)
        for centre, radii in (((13, 14, 16), (5, 12, 13)), ((9, 12, -8), (7, 8, 11)), ((25, 10, 6), (6, 13, 15))):
            nucleus = ellipsoid(pair, centre, radii)
            out[at[deepest & (nucleus < 0)]] = GREY
        horn = capsule(pair, (8, 26, 28), (15, 22, -36), (4.5 * self.ventricles, 6.5 * self.ventricles))
        horn = np.minimum(horn, capsule(pair, (15, 20, -36), (32, -6, -4), (5 * self.ventricles, 2.5 * self.ventricles)))
        horn = np.minimum(horn, np.maximum(np.abs(x) - 1.5 * self.ventricles, np.hypot(y - 10, z) - 12))
        out[at[within & (horn < 0)]] = FLUID
        callosum = np.maximum(np.abs(np.hypot((y - 18) * 1.3, z * 0.62) - 21) - 3, 20 - y)
        out[at[within & (np.abs(x) < 6) & (callosum < 0)]] = WHITE
        low = ellipsoid(places, (0, -26, -54), (self.cerebellum, 22, 26))
        within = (low < 0) & (shell < -1)
        out[at[within]] = FLUID
        out[at[within & (low < -1.2)]] = GREY
        out[at[within & (low < -3) & (np.sin(0.9 * y + 0.5 * np.hypot(x * 0.3, z + 40)) > 0.1)]] = WHITE
        stem = capsule(places, (0, 2, -12), (0, -62, -self.neck_back - 15), (14, 6.5))
        out[at[(stem < 3) & (shell < -1) & (np.abs(x) < 18) & (y < 0)]] = FLUID
        out[at[(stem < 0) & (y < 4)]] = WHITE
        out[at[(np.hypot(x, (z + 36) * 0.8) < 5 * self.ventricles) & (np.abs(y + 24) < 8)]] = FLUID

    def _hollows(self, places, pair, out, at, deep, wave):
        u = self
        k, floor = u.sinus_maxillary, -u.lip_down + u.palate_up + 3
        swollen = u.sinus_swollen if u.sinus_swollen > 3 else 0
        cavity = ellipsoid(pair, (24, -32, 50), (11 * k, 15 * k, 15 * k)) + np.where(places[1] < -36, swollen, swollen / 3)
        air = cavity
        k = u.sinus_frontal
        air = np.minimum(air, ellipsoid(pair, (11 * k, u.eye_up + u.brow_up + 7, 73), (10 * k, 9 * k, 5 * k)))
        k = u.sinus_sphenoid
        air = np.minimum(air, ellipsoid(pair, (6 * k, -14, 24), (7 * k, 9 * k, 11 * k)))
        cells = np.maximum(ellipsoid(pair, (8, -6, 46), (6, 11, 20)), 0.45 - np.abs(np.sin(0.42 * places[2] + wave) * np.sin(0.5 * places[1] + 1)))
        air = np.minimum(air, cells * 3)
        x = np.abs(places[0] - u.septum_aside * np.sin((places[2] - 20) / 60 * np.pi))
        middle = np.stack([x, places[1], places[2]])
        nose = np.maximum(np.maximum(x - 10, 0.9 - x), np.maximum(floor - places[1], places[1] - u.eye_up + 8 - 0.15 * (places[2] - 60)))
        nose = np.maximum(nose, np.maximum(20 - places[2], places[2] - 76))
        for up, size in ((7, u.turbinates + 1), (17, u.turbinates), (25, u.turbinates * 0.7)):
            nose = np.maximum(nose, -capsule(middle, (8, floor + up, 32), (7, floor + up - 1, 66), size))
        air = np.minimum(air, nose)
        air = np.minimum(air, capsule(pair, (u.nose_wide * 0.5, -u.nose_down - 8, 82 + 0.45 * u.nose_long), (6, floor + 9, 70), (u.nostril, 4)))
        flat = np.stack([places[0] * u.airway_flat, places[1], places[2]])
        air = np.minimum(air, capsule(flat, (0, -30, 16), (0, floor - 6, 8), u.airway * 0.9))
        throat = (0, -112, 24 - u.neck_back)
        air = np.minimum(air, capsule(flat, (0, floor - 6, 8), throat, (u.airway * 0.8, u.airway)))
        air = np.minimum(air, capsule(places, throat, (0, -190, 8 - u.neck_back - u.neck_lean * 0.5), (u.airway, u.airway + 1)))
        lid = capsule(places, (0, -98, 22 - u.neck_back * 0.6), (0, -84, 16 - u.neck_back * 0.5), 1.6)
        bony = (air < 1.4) & (air >= 0) & (places[2] > 20) & (places[1] > floor - 3) & (out[at] != AIR) & (deep > 6)
        out[at[bony]] = np.where(np.abs(wave[bony]) < 0.3, CORTICAL, MUSCLE)
        tip = capsule(places, (0, u.eye_up - 14, 84 + u.nose_bridge), (u.nose_aside, u.nose_tip - u.nose_down, 82 + u.nose_long), (1.6, 3))
        out[at[(tip < 0) & (deep > 1.5)]] = CARTILAGE
        out[at[(air < 0) & (deep > 0.5)]] = AIR
        out[at[lid < 0]] = CARTILAGE
        ring = np.hypot(places[0] * 0.8, places[2] - throat[2]) - u.airway - 2.5
        out[at[(np.abs(ring) < 1.8) & (places[1] < -112) & (np.mod(places[1], 7) > 2.5)]] = CARTILAGE
        hyoid = np.maximum(np.abs(np.hypot(places[0], places[2] - 12) - 20) - 2.4, np.abs(places[1] + u.chin_down + 4) - 3)
        out[at[(hyoid < 0) & (places[2] > 8)]] = CORTICAL

    def _mouth(self, places, pair, out, at, deep, wave):
        u = self
        drop = max(u.mouth_open, 0)
        room = ellipsoid(places, (0, -u.lip_down - 3, 46), (u.arch_wide - 5, 17 + drop / 2, u.arch_deep))
        tongue = ellipsoid(places, (0, -u.lip_down - 12 - drop / 2, 34), (u.tongue - 3, 17, u.tongue + 8))
        bone = out[at] == CORTICAL
        out[at[(room < 0) & (drop > 1) & ~bone]] = AIR
        out[at[(tongue < 0) & ~bone]] = MUSCLE
        out[at[(tongue < -2) & ~bone & (np.sin(0.55 * places[0] + 2 * wave) * np.sin(0.3 * places[1] + 0.4 * places[2]) > 0.6)]] = FAT
        angles = (np.arange(16) - 7.5) / 7.5 * 1.32
        for row, (gum, way, height) in enumerate((( -u.lip_down + 11, 1, 0), (-u.lip_down - 13 - drop, -1, 0))):
            for i, a in enumerate(angles):
                if not u.teeth[16 * row + i]:
                    continue
                broad = u.tooth * (0.82 if abs(i - 7.5) < 3 else 1.2 if abs(i - 7.5) > 4.6 else 1)
                x, z = u.arch_wide * np.sin(a), 44 + u.arch_deep * np.cos(a)
                near = np.flatnonzero((np.abs(places[0] - x) < 6) & (np.abs(places[2] - z) < 7) & (np.abs(places[1] - gum) < 17))
                if len(near) == 0:
                    continue
                here = places[:, near]
                root = capsule(here, (x * 0.93, gum + way * 11, z - 2), (x, gum, z), (1.2, broad * 0.8))
                crown = capsule(here, (x, gum - way * 2, z), (x, gum - way * 7.5, z + 0.5), (broad, broad * 0.9))
                out[at[near[root < 0]]] = DENTINE
                out[at[near[crown < 0]]] = METAL if u.filled[16 * row + i] else ENAMEL
                out[at[near[crown < -1.4]]] = METAL if u.filled[16 * row + i] else DENTINE

    def _eyes(self, places, pair, out, at, deep, wave):
        u = self
        centre = np.array([u.eye_apart, u.eye_up, u.eye_forward - 1])
        globe = ball(pair, centre, u.eye_size)
        lens = ellipsoid(pair, centre + [0, 0, 0.62 * u.eye_size], (4.4, 4.4, 2.2))
        apex = np.array([12, u.eye_up - 2, 22])
        out[at[capsule(pair, centre - [0, 0, u.eye_size], apex, 1.9) < 0]] = WHITE
        for aside, up in ((8.5, 0), (-8.5, 0), (0, 8.5), (0, -8.5)):  # Straight muscles.
            out[at[capsule(pair, centre + [aside * 1.25, up * 1.25, -2], apex + [aside / 5, up / 5, 3], (1.1, 2)) < 0]] = MUSCLE
        out[at[globe < 0.9]] = MUSCLE
        out[at[globe < 0]] = GLOBE
        out[at[lens < 0]] = LENS


@functools.lru_cache(maxsize=2)
def head(seed):
    return Head(seed)
