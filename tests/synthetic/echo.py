"""An ultrasound frame as a scanner shows it: a sector of speckle, a grey bar, ticks, and the patient's name above.

Speckle is the magnitude of a filtered complex Gaussian field (Rayleigh distributed), log-compressed. Same seed, same
samples on one machine. Times and positions of a cine are functions of the frame's index.
"""

from dataclasses import dataclass

import numpy as np
from lettering import dots, strokes, write

ROWS, COLUMNS = 480, 640
DEPTHS, BEAMS = 420, 192
APEX_X, APEX_Y, NEAR, FAR, HALF_ANGLE = 320, 34, 46, 410, 0.66
DYNAMIC_RANGE_DB = 55
TICK_PIXELS = 46


@dataclass(frozen=True)
class Patient:
    name: str
    patient_id: str
    date: str
    hospital: str


@dataclass(frozen=True)
class Echo:
    """`samples`: (frames, rows, columns, 3) of uint8; `lines`: the burned-in text, the same in every frame."""

    samples: np.ndarray
    lines: tuple
    # Half-open x0, y0, x1, y1 around the echo.
    sector: tuple


def ultrasound_frame(seed, patient=None, font="dots", level=235):
    """One frame; without a patient it carries no letter and no digit at all."""
    return ultrasound_cine(seed, patient, 1, font, level)


def ultrasound_cine(seed, patient=None, frames=8, font="dots", level=235):
    rng = np.random.default_rng([seed, 0xEC40])
    tissue = _Tissue(rng)
    lookup = _Sector()
    tint = np.array([(1, 1, 1), (0.94, 0.98, 1.06), (1.06, 1, 0.9)][rng.integers(3)])
    surround = np.zeros((ROWS, COLUMNS))
    _furniture(surround)
    lines = tuple(_banner(surround, patient, FONTS[font], level)) if patient else ()
    still = np.repeat(surround[:, :, None], 3, axis=2)
    shown = []
    for index in range(frames):
        picture = still.copy()
        picture[lookup.inside] = (tissue.frame(index)[lookup.depth, lookup.beam])[:, None] * tint
        shown.append(np.rint(np.clip(picture, 0, 255)).astype(np.uint8))
    rows, columns = np.nonzero(lookup.inside)
    return Echo(np.stack(shown), lines, (int(columns.min()), int(rows.min()), int(columns.max()) + 1, int(rows.max()) + 1))


FONTS = {
    "dots": lambda text, large: dots(text, 2),
    "tiny": lambda text, large: dots(text, 1),
    "strokes": lambda text, large: strokes(text, 15 if large else 11, 1.5 if large else 1.2),
    "bold": lambda text, large: strokes(text, 18 if large else 12, 2.6 if large else 2.0, smooth=False),
}


def _banner(picture, patient, font, level):
    """Who, where and when across the top; how the scanner is set down the left side."""
    yield write(picture, patient.name, 8, 6, font(patient.name, True), level)
    yield write(picture, patient.patient_id, 8, 28, font(patient.patient_id, True), level)
    yield write(picture, patient.hospital, -8, 6, font(patient.hospital, False), level)
    yield write(picture, patient.date, -8, 27, font(patient.date, False), level)
    for row, text in enumerate(("C5-1", "FR 28HZ", "2D 62%", "DR 55", "P LOW")):
        yield write(picture, text, 8, 110 + 20 * row, font(text, False), min(level, 190), identifies=False)
    for tick in (5, 10):
        yield write(picture, str(tick), -2, APEX_Y + NEAR + tick * TICK_PIXELS * 15 // 20 - 6, font(str(tick), False),
                    min(level, 190), identifies=False)


def _furniture(picture):
    """The grey bar and the depth scale."""
    picture[110:250, 596:608] = np.linspace(255, 0, 140)[:, None]
    for tick in range(11):
        y = APEX_Y + NEAR + tick * TICK_PIXELS * 15 // 20
        if y < ROWS - 8:
            picture[y:y + 1, COLUMNS - (40 if tick % 5 == 0 else 34):COLUMNS - 28] = 170


class _Sector:
    """Which pixel shows which sample of the polar grid."""

    def __init__(self):
        y, x = np.mgrid[0:ROWS, 0:COLUMNS].astype(np.float32)
        radius, angle = np.hypot(x - APEX_X, y - APEX_Y), np.arctan2(x - APEX_X, y - APEX_Y)
        self.inside = (radius > NEAR) & (radius < FAR) & (np.abs(angle) < HALF_ANGLE)
        self.depth = ((radius[self.inside] - NEAR) / (FAR - NEAR) * (DEPTHS - 1)).astype(int)
        self.beam = ((angle[self.inside] / HALF_ANGLE + 1) / 2 * (BEAMS - 1)).astype(int)


class _Tissue:
    """Liver, a vessel or two, a bright diaphragm, what shadows behind it; breathing moves it all."""

    def __init__(self, rng):
        field = rng.standard_normal((2, DEPTHS + 64, BEAMS + 32))
        self.field = field[0] + 1j * field[1]
        # Depth, beam and the two half axes of each.
        self.vessels = rng.uniform((110, 30, 10, 5), (300, 160, 26, 14), (3, 4))
        self.diaphragm, self.bow = rng.uniform(300, 360), rng.uniform(0.003, 0.008)
        self.lean = rng.uniform(0.3, 0.7)
        self.gain = rng.uniform(0.9, 1.1)
        self.waves = rng.uniform(0.02, 0.09, (5, 2)), rng.uniform(0, 6.28, 5)

    def frame(self, index):
        """Grey levels of the polar grid, (DEPTHS, BEAMS) of float."""
        breath = 6 * np.sin(2 * np.pi * index / 12)
        depth, beam = np.mgrid[0:DEPTHS, 0:BEAMS].astype(float)
        depth_now = depth + breath * depth / DEPTHS
        echo = self._echogenicity(depth_now, beam)
        shift = int(round(breath)) + 32
        scatter = self.field[shift:shift + DEPTHS, 16:16 + BEAMS]
        amplitude = np.abs(_smoothed(scatter * echo, 1.3, 1.7))
        # Depth fall-off, partly made up for by the scanner's gain curve.
        amplitude *= np.exp(-2.4 * depth / DEPTHS) * self.gain
        decibels = 20 * np.log10(amplitude / 0.40 + 1e-4)
        return np.clip(1 + decibels / DYNAMIC_RANGE_DB, 0, 1) * 215

    def _echogenicity(self, depth, beam):
        (wy, phases) = self.waves
        texture = sum(np.sin(depth * a + beam * b * 2 + p) for (a, b), p in zip(wy, phases)) / 5
        echo = 0.42 * (1 + 0.35 * texture)
        echo = echo + 0.9 * np.exp(-(depth - 8) ** 2 / 60) + 0.35 * np.exp(-((depth - 45 - 4 * texture) / 5) ** 2)
        for y, x, ry, rx in self.vessels:
            away = ((depth - y) / ry) ** 2 + ((beam - x) / rx) ** 2
            echo = np.where(away < 1, 0.015, echo) + 0.5 * np.exp(-((away - 1.1) / 0.12) ** 2)
        line = self.diaphragm - self.bow * (beam - BEAMS * self.lean) ** 2
        echo = echo + 2.6 * np.exp(-((depth - line) / 4) ** 2)
        return np.where(depth > line + 8, echo * 0.35, echo)


def _smoothed(field, along, across):
    """The pulse: short along the beam, wider across beams."""
    fy, fx = np.fft.fftfreq(field.shape[0])[:, None], np.fft.fftfreq(field.shape[1])[None]
    kernel = np.exp(-2 * np.pi ** 2 * ((along * fy) ** 2 + (across * fx) ** 2))
    return np.fft.ifft2(np.fft.fft2(field) * kernel)
