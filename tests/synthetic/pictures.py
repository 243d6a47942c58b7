"""Pictures that identify by what they show, as DICOM: photographs of heads and ultrasound frames with a name in them.

Each case tells where its faces and its lines of text are, so that a test can ask what was found and what was left.
Beside them stand pictures that show neither: an empty room, a landscape, a sector without letters. PS3.3 A.32.4 (VL
Photographic), A.6 (US), A.7 (US Multi-frame).
"""

from dataclasses import dataclass, field

import numpy as np
from album import Album
from case import QUARANTINED, Case
from echo import Patient, ultrasound_cine, ultrasound_frame
from identity import AMARYLLIS, ISIDORE, ZEBULON, Ledger
from instances import US, identified, part10, set_pixels
from photograph import Pose, empty_room
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.filebase import DicomBytesIO
from pydicom.uid import ExplicitVRLittleEndian, RLELossless
from scenery import scenery
from skull_film import skull_film

VL_PHOTOGRAPHIC = "1.2.840.10008.5.1.4.1.1.77.1.4"
US_MULTI_FRAME = "1.2.840.10008.5.1.4.1.1.3.1"
COMPUTED_RADIOGRAPHY = "1.2.840.10008.5.1.4.1.1.1"
HOSPITAL, DATE = "SAINT SWITHUN INFIRMARY", "11/03/2024 10:15"

# What the default rules make of them: held, until a stage can clean pictures.
OUTCOMES = (QUARANTINED,)

FACE = "photograph: shows a face"
TEXT = "ultrasound: a name is burned into the picture"
NO_FACE = "photograph: nobody in it"
NO_TEXT = "ultrasound: no letter in the picture"
COVERED = "a box covers the face, and the sender says that identity was removed"

# A head without a character for a text detector: in the middle of most faces it sees one.
PORTRAIT_SEED = 43


@dataclass
class PictureCase(Case):
    # Where what identifies is: the ground truth of a search. Boxes are half-open pixel rectangles [x0, y0, x1, y1].
    shows: dict = field(default_factory=dict)

    def manifest_entry(self):
        return {**super().manifest_entry(), "shows": self.shows}


def cases(album=None):
    album = album or Album()
    yield from photographs(album)
    yield from ultrasounds()
    yield _covered_photograph_case("covered/photograph.dcm", "covered_photograph", album.photograph(PORTRAIT_SEED))
    yield _covered_film_case("covered/skull.dcm", "covered_film")


def demo_cases(album=None):
    """A photograph and an ultrasound frame; a photograph and a radiograph whose faces somebody covered before."""
    photo = (album or Album()).photograph(PORTRAIT_SEED)
    yield _photograph_case("zebulon/photo_1.dcm", "demo_photograph", ZEBULON, photo)
    yield _echo_case("amaryllis/us_2.dcm", "demo_echo", AMARYLLIS, ultrasound_frame(1, burned_in(AMARYLLIS)))
    yield _covered_photograph_case("isidore/covered_1.dcm", "demo_covered_photograph", photo)
    yield _covered_film_case("isidore/covered_2.dcm", "demo_covered_film")


def photographs(album):
    plain = album.photograph(PORTRAIT_SEED)
    yield _photograph_case("photographs/native.dcm", "photo_native", ZEBULON, plain)
    yield _photograph_case("photographs/jpeg_baseline.dcm", "photo_jpeg", ZEBULON, plain, as_jpeg_baseline)
    yield _photograph_case("photographs/unmarked.dcm", "photo_unmarked", AMARYLLIS, album.photograph(28), marked=False)
    turned = album.photograph(12, Pose(yaw=0.5, pitch=-0.06, roll=0.0))
    yield _photograph_case("photographs/turned_head.dcm", "photo_turned", ISIDORE, turned)
    yield _photograph_case("photographs/sideways.dcm", "photo_sideways", ZEBULON, _lying(plain))
    yield _faceless_case("photographs/empty_room.dcm", "photo_empty_room", empty_room(5))
    yield _faceless_case("photographs/landscape.dcm", "photo_landscape", scenery(4))


def ultrasounds():
    people = {person: burned_in(person) for person in (ZEBULON, AMARYLLIS, ISIDORE)}
    dots = ultrasound_frame(1, people[AMARYLLIS])
    yield _echo_case("ultrasound/dots.dcm", "echo_dots", AMARYLLIS, dots)
    yield _echo_case("ultrasound/rle.dcm", "echo_rle", AMARYLLIS, dots, as_rle)
    strokes = ultrasound_frame(2, people[ISIDORE], "strokes", 200)
    yield _echo_case("ultrasound/strokes_unmarked.dcm", "echo_strokes", ISIDORE, strokes, marked=False)
    yield _echo_case("ultrasound/bold_grey.dcm", "echo_grey", ZEBULON, ultrasound_frame(3, people[ZEBULON], "bold"), grey=True)
    yield _echo_case("ultrasound/tiny_faint.dcm", "echo_tiny", ISIDORE, ultrasound_frame(5, people[ISIDORE], "tiny", 90))
    yield _echo_case("ultrasound/cine.dcm", "echo_cine", ZEBULON, ultrasound_cine(4, people[ZEBULON], 8, "strokes"))
    yield _echo_case("ultrasound/textless.dcm", "echo_textless", ISIDORE, ultrasound_frame(6))
    yield _echo_case("ultrasound/textless_cine.dcm", "echo_textless_cine", ISIDORE, ultrasound_cine(8, None, 4))


def burned_in(person):
    """How a scanner writes a person's name."""
    return Patient(f"{person.family}, {person.given}".upper(), person.patient_id, DATE, HOSPITAL)


# --- photographs -----------------------------------------------------------------------------------------------------


def native(ds):
    return part10(ds, ExplicitVRLittleEndian)


def as_rle(ds):
    ds.file_meta = dcmread(DicomBytesIO(part10(ds))).file_meta
    ds.compress(RLELossless, encoding_plugin="pydicom", generate_instance_uid=False)
    return part10(ds, RLELossless)


def as_jpeg_baseline(ds):
    """By dcmcjpeg: 8-bit baseline, chroma at half width (YBR_FULL_422)."""
    # Loaded here: the rest of the set needs no encoder.
    from syntaxes import _with_tool

    compressed = _with_tool(ds, "dcmcjpeg", "+eb", "+q", "92", "+s2", "+un")
    return part10(compressed, compressed.file_meta.TransferSyntaxUID)


def photograph_instance(ledger, person, name, samples, face=True, marked=True):
    """A VL Photographic Image of `samples`, (rows, columns, 3)."""
    ds = identified(ledger, person, VL_PHOTOGRAPHIC, name)
    ds.Modality = "XC"
    ds.ImageType = ["ORIGINAL", "PRIMARY"]
    ds.ManufacturerModelName = "Camera One"
    ds.SeriesDescription = ledger.plant(f"{'Portrait of' if face else 'Window of'} {person.family}", "(0008,103E)")
    ds.PatientOrientation, ds.Laterality = ["L", "F"], ""
    ds.LossyImageCompression = "00"
    ds.AcquisitionContextSequence = []
    ds.AcquisitionDateTime = ledger.plant("20240311101822.117042", "(0008,002A)")
    if marked:
        ds.BurnedInAnnotation = "NO"
        ds.RecognizableVisualFeatures = "YES" if face else "NO"
    set_pixels(ds, samples, bits_stored=8)
    return ds


def _photograph_case(path, name, person, photo, encode=native, marked=True):
    ledger = Ledger()
    ds = photograph_instance(ledger, person, name, photo.samples, marked=marked)
    face = {"box": list(photo.face), "head": list(photo.head), "landmarks": {k: list(v) for k, v in photo.landmarks.items()}}
    return PictureCase(path, encode(ds), ledger, OUTCOMES, FACE, shows=_shows(photo.samples[None], [face], []))


def _faceless_case(path, name, samples):
    ledger = Ledger()
    ds = photograph_instance(ledger, ISIDORE, name, samples, face=False)
    return PictureCase(path, native(ds), ledger, OUTCOMES, NO_FACE, shows=_shows(samples[None], [], []))


def _lying(photo):
    """The same photograph turned by 90 degrees, anticlockwise."""
    columns = photo.samples.shape[1]

    def box(x0, y0, x1, y1):
        return (y0, columns - x1, y1, columns - x0)

    places = {name: (y, round(columns - x, 1)) for name, (x, y) in photo.landmarks.items()}
    return type(photo)(np.ascontiguousarray(np.rot90(photo.samples)), box(*photo.face), box(*photo.head), places)


# --- covered before ------------------------------------------------------------------------------------------------------


def _say_removed(ds):
    ds.PatientIdentityRemoved, ds.DeidentificationMethod = "YES", "face covered"


def _covered_photograph_case(path, name, photo):
    """Brows to mouth are black, as many cover a face."""
    marks = photo.landmarks
    width = marks["eye_right"][0] - marks["eye_left"][0]
    x0, x1 = int(marks["eye_left"][0] - 0.3 * width), int(marks["eye_right"][0] + 0.3 * width)
    y0, y1 = int(marks["eye_left"][1] - 0.35 * width), int(marks["mouth_left"][1] + 0.2 * width)
    samples = photo.samples.copy()
    samples[y0:y1, x0:x1] = 0
    ledger = Ledger()
    ds = photograph_instance(ledger, ISIDORE, name, samples, marked=False)
    _say_removed(ds)
    shows = _shows(samples[None], [], []) | {"covered": [x0, y0, x1, y1]}
    return PictureCase(path, native(ds), ledger, OUTCOMES, f"photograph: {COVERED}", shows=shows)


def _covered_film_case(path, name):
    """A skull from the front."""
    samples, (x0, y0, x1, y1) = skull_film(3)
    y1 -= (y1 - y0) // 4
    samples[y0:y1, x0:x1] = 0
    ledger = Ledger()
    ds = identified(ledger, ISIDORE, COMPUTED_RADIOGRAPHY, name)
    ds.Modality, ds.BodyPartExamined, ds.ViewPosition = "CR", "SKULL", "PA"
    ds.ImageType = ["ORIGINAL", "PRIMARY"]
    ds.SeriesDescription = ledger.plant(f"Skull of {ISIDORE.family}", "(0008,103E)")
    ds.PatientOrientation = ["L", "F"]
    ds.PixelSpacing = ds.ImagerPixelSpacing = [0.55, 0.55]
    _say_removed(ds)
    set_pixels(ds, samples, bits_stored=12)
    shows = _shows(samples[None], [], []) | {"covered": [x0, y0, x1, y1]}
    return PictureCase(path, native(ds), ledger, OUTCOMES, f"radiograph: {COVERED}", shows=shows)


# --- ultrasound ------------------------------------------------------------------------------------------------------


def ultrasound_instance(ledger, person, name, echo, marked=None):
    """An Ultrasound Image, or Multi-frame Image where `echo` has several frames. `marked`: Burned In Annotation."""
    frames = len(echo.samples)
    ds = identified(ledger, person, US_MULTI_FRAME if frames > 1 else US, name)
    ds.Modality = "US"
    ds.ImageType = ["ORIGINAL", "PRIMARY"]
    ds.ManufacturerModelName, ds.SoftwareVersions = "Echo One", "1.0"
    ds.SeriesDescription = ledger.plant(f"Liver of {person.family}", "(0008,103E)")
    ds.PatientOrientation, ds.Laterality = "", ""
    ds.LossyImageCompression = "00"
    if marked:
        ds.BurnedInAnnotation = marked
    if frames > 1:
        ds.FrameTime, ds.FrameIncrementPointer = 40, 0x00181063
        _set_colour_frames(ds, echo.samples)
    else:
        set_pixels(ds, echo.samples[0], bits_stored=8)
    ds.SequenceOfUltrasoundRegions = [_region(echo.sector)]
    return ds


def _set_colour_frames(ds, samples):
    set_pixels(ds, samples[0], bits_stored=8)
    ds.NumberOfFrames = len(samples)
    ds.PixelData = samples.tobytes()


def _region(sector):
    region = Dataset()
    region.RegionSpatialFormat, region.RegionDataType, region.RegionFlags = 1, 1, 0
    region.RegionLocationMinX0, region.RegionLocationMinY0 = sector[:2]
    region.RegionLocationMaxX1, region.RegionLocationMaxY1 = sector[2] - 1, sector[3] - 1
    region.PhysicalUnitsXDirection = region.PhysicalUnitsYDirection = 3
    region.PhysicalDeltaX = region.PhysicalDeltaY = 0.03
    return region


def _echo_case(path, name, person, echo, encode=native, grey=False, marked=True):
    ledger = Ledger()
    ds = ultrasound_instance(ledger, person, name, echo, ("YES" if echo.lines else "NO") if marked else None)
    if grey:
        set_pixels(ds, np.rint(echo.samples[0].mean(axis=2)).astype(np.uint8), bits_stored=8)
        del ds.PlanarConfiguration
    texts = [{"text": line.text, "box": list(line.box), "identifies": line.identifies, "contrast": line.contrast}
             for line in echo.lines]
    shows = _shows(echo.samples, [], texts) | {"sector": list(echo.sector)}
    return PictureCase(path, encode(ds), ledger, OUTCOMES, TEXT if texts else NO_TEXT, shows=shows)


def _shows(samples, faces, texts):
    return {"frames": samples.shape[0], "rows": samples.shape[1], "columns": samples.shape[2], "faces": faces, "texts": texts}
