"""Burned-in text: eight languages in fonts that Debian packages carry, drawn by FreeType (Pillow) onto grounds.py.

A line's `contrast` is the share of the full range by which its letters differ, where they differ least along the line, from
the median of what they stand on; `em` is the font's em in pixels (capitals are 0.7 of it).
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from grounds import GROUNDS
from pictures import Picture, to_bytes

FONTS = Path("/usr/share/fonts")
_LATIN_GREEK_CYRILLIC = tuple(f"truetype/{name}.ttf" for name in (
    "liberation/LiberationSans-Regular", "liberation/LiberationSans-Bold", "liberation/LiberationMono-Regular",
    "liberation/LiberationSerif-Regular", "freefont/FreeSans", "freefont/FreeMonoBold", "freefont/FreeSerif",
    "dejavu/DejaVuSansMono", "dejavu/DejaVuSansCondensed", "dejavu/DejaVuSans-Bold"))
_EAST_ASIAN = ("truetype/wqy/wqy-zenhei.ttc",)
PACKAGES = ("fonts-liberation", "fonts-freefont-ttf", "fonts-dejavu-core", "fonts-dejavu-extra", "fonts-wqy-zenhei")


@dataclass(frozen=True)
class Language:
    fonts: tuple
    families: tuple
    given: tuple
    words: tuple  # before a number: patient, born, identifier, hospital


_L, _E = _LATIN_GREEK_CYRILLIC, _EAST_ASIAN
LANGUAGES = {
    "english": Language(_L, ("Wetherspoon", "Hargreaves", "Ashdown", "Oxley"), ("Jane", "Walter", "Iris", "Hugh"),
                        ("Patient", "DOB", "MRN", "Acc.No")),
    "german": Language(_L, ("Jägermühle", "Größchen", "Übelacker", "Schön"), ("Käthe", "Jürgen", "Grete", "Ulf"),
                       ("Patient", "geb.", "Fallnr.", "Klinik")),
    "polish": Language(_L, ("Świętoński", "Łącki", "Żółkiewicz", "Ćwik"), ("Zdzisław", "Bożena", "Łucja", "Jan"),
                       ("Pacjent", "ur.", "Nr bad.", "Szpital")),
    "greek": Language(_L, ("Παπαδάκης", "Ξενάκη", "Ψαράς", "Δημουλά"), ("Ωραία", "Θωμάς", "Ζωή", "Ίων"),
                      ("Ασθενής", "Γέννηση", "Αρ.", "Κλινική")),
    "russian": Language(_L, ("Щербакова", "Жуковец", "Юдин", "Цыплаков"), ("Фёдор", "Эльза", "Игорь", "Яна"),
                        ("Пациент", "Дата р.", "№ карты", "ГКБ")),
    "chinese": Language(_E, ("欧阳", "司徒", "林", "郭"), ("文静", "志强", "雪", "国栋"), ("姓名", "出生", "病历号", "医院")),
    "japanese": Language(_E, ("勅使河原", "かわむら", "サイトウ", "五十嵐"), ("まさひろ", "花子", "ケンジ", "優"),
                         ("患者", "生年月日", "番号", "病院")),
    "korean": Language(_E, ("남궁", "황보", "김", "최"), ("서연", "민준", "철", "은지"), ("환자", "생년월일", "등록번호", "병원")),
}
# Contrast and size are drawn evenly inside a band, the band evenly among the bands.
CONTRASTS = ((.10, .20), (.20, .35), (.35, .60), (.60, 1.0))
EMS = ((8, 11), (12, 17), (18, 26), (27, 40))
LINES_PER_PICTURE = 6
PLACE_TRIES = 60


def missing_fonts():
    files = {name for language in LANGUAGES.values() for name in language.fonts}
    return sorted(name for name in files if not (FONTS / name).exists())


def phrase(rng, language):
    family, given, word = (values[rng.integers(4)] for values in (language.families, language.given, language.words))
    number = str(rng.integers(10 ** 5, 10 ** 9))
    date = f"{rng.integers(1, 29):02}.{rng.integers(1, 13):02}.{rng.integers(1920, 2015)}"
    return (f"{family}, {given}", f"{family} {given} {date}", f"{word} {number}", f"{word} {date}", f"{family.upper()}^{given}",
            f"{word}: {family}")[rng.integers(6)]


def ink_of(text, font_file, em, smooth):
    """How much of each pixel the letters cover, 0..1 with 1 where most, cut to what is inked."""
    from PIL import Image, ImageDraw, ImageFont

    font = ImageFont.truetype(str(FONTS / font_file), em)
    left, top, right, bottom = font.getbbox(text)
    image = Image.new("L", (right - left + 8, bottom - top + 8), 0)
    drawing = ImageDraw.Draw(image)
    drawing.fontmode = "L" if smooth else "1"
    drawing.text((4 - left, 4 - top), text, fill=255, font=font)
    ink = np.asarray(image, np.float32)
    # Thin strokes fill no pixel; a line's contrast is that of its darkest one.
    ink = ink / max(float(ink.max()), 1.0)
    rows, columns = np.nonzero(ink > .3)
    return ink[rows.min():rows.max() + 1, columns.min():columns.max() + 1] if len(rows) else None


def inscribed(rng, ground):
    """Lines on one ground, all turned alike; each with what it is."""
    picture = np.asarray(GROUNDS[ground](rng), np.float32)
    grey = picture if picture.ndim == 2 else picture.mean(axis=2)
    orientation = int(rng.integers(4))
    taken, lines = np.zeros(grey.shape, bool), []
    for _ in range(LINES_PER_PICTURE):
        ink, facts = _drawn(rng)
        if ink is None:
            continue
        ink = np.rot90(ink, orientation)
        wanted = float(rng.uniform(*CONTRASTS[rng.integers(len(CONTRASTS))]))
        place = _free_place(rng, taken, grey, ink.shape, wanted)
        if place is not None:
            lines.append(_write(picture, ink, *place) | facts | {"orientation": 90 * orientation, "ground": ground})
    return Picture(to_bytes(picture), lines=lines)


def _drawn(rng):
    """The ink of a phrase, upright, and what it is."""
    name = tuple(LANGUAGES)[rng.integers(len(LANGUAGES))]
    language = LANGUAGES[name]
    font = language.fonts[rng.integers(len(language.fonts))]
    low, high = EMS[rng.integers(len(EMS))]
    # Below ten pixels these scripts have no strokes left to read.
    em = int(rng.integers(max(low, 10) if font in _EAST_ASIAN else low, high + 1))
    ink = ink_of(phrase(rng, language), font, em, bool(rng.uniform() < .75))
    return ink, {"language": name, "em": em}


def _free_place(rng, taken, grey, shape, wanted):
    """Where the letters stand out all along the line: y, x, level and contrast; None after many tries."""
    rows, columns = taken.shape
    h, w = shape
    for _ in range(PLACE_TRIES if h + 8 < rows and w + 8 < columns else 0):
        y, x = int(rng.integers(4, rows - h - 4)), int(rng.integers(4, columns - w - 4))
        if taken[max(y - 24, 0):y + h + 24, max(x - 24, 0):x + w + 24].any():
            continue
        level, contrast = _level(grey[y:y + h, x:x + w], wanted)
        if contrast >= max(.8 * wanted, CONTRASTS[0][0]):
            taken[y:y + h, x:x + w] = True
            return y, x, level, contrast
    return None


def _level(under, wanted):
    """The letters' level, and the least difference from the median of any stretch of what they stand on."""
    along = under if under.shape[1] >= under.shape[0] else under.T
    stretch = max(along.shape[0], 1)
    medians = [float(np.median(along[:, at:at + stretch])) for at in range(0, along.shape[1], stretch)]
    middle, step = float(np.median(under)), wanted * 255
    level = middle + step if middle + step <= 255 else middle - step
    level = min(max(level, 0.0), 255.0)
    return level, min(abs(level - median) for median in medians) / 255


def _write(picture, ink, y, x, level, contrast):
    part = picture[y:y + ink.shape[0], x:x + ink.shape[1]]
    part += (level - part) * (ink if part.ndim == 2 else ink[:, :, None])
    return {"box": [x, y, x + ink.shape[1], y + ink.shape[0]], "contrast": round(contrast, 4)}


def bare(rng, ground):
    """The same ground without a letter."""
    return Picture(to_bytes(GROUNDS[ground](rng)))
