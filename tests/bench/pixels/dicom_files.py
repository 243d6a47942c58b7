"""DICOM instances around the scoring pictures: enough of a header that Efface takes them, nobody's name in it."""

import copy
import warnings

import numpy as np
from grounds import ct, radiograph, ultrasound
from inscriptions import LANGUAGES, ink_of
from pictures import to_bytes
from portraits import View, photograph
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, RLELossless, generate_uid

CT, DX = "1.2.840.10008.5.1.4.1.1.2", "1.2.840.10008.5.1.4.1.1.1.1"
US, US_CINE, VL = "1.2.840.10008.5.1.4.1.1.6.1", "1.2.840.10008.5.1.4.1.1.3.1", "1.2.840.10008.5.1.4.1.1.77.1.4"
FONT = LANGUAGES["english"].fonts[0]


def _header(sop_class, modality, name):
    ds = Dataset()
    ds.SOPClassUID, ds.SOPInstanceUID = sop_class, generate_uid(entropy_srcs=["bench-pixels", modality, str(name)])
    ds.StudyInstanceUID = generate_uid(entropy_srcs=["bench-pixels", "study"])
    ds.SeriesInstanceUID = generate_uid(entropy_srcs=["bench-pixels", "series", modality])
    ds.Modality, ds.PatientID, ds.PatientName = modality, "BENCH-1", "Nobody^Bench"
    ds.PatientBirthDate, ds.PatientSex = "19500101", "O"
    ds.StudyDate = ds.ContentDate = "20240102"
    ds.StudyTime = ds.ContentTime = "101500"
    ds.StudyID, ds.SeriesNumber, ds.InstanceNumber = "1", 1, 1
    ds.AccessionNumber, ds.ReferringPhysicianName, ds.Manufacturer = "", "", "Phantomworks"
    ds.ImageType = ["ORIGINAL", "PRIMARY"]
    ds.LossyImageCompression = "00"
    return ds


def _pixels(ds, samples, bits_stored):
    colour = samples.shape[-1] == 3
    ds.Rows, ds.Columns = samples.shape[-3:-1] if colour else samples.shape[-2:]
    ds.SamplesPerPixel = 3 if colour else 1
    ds.PhotometricInterpretation = "RGB" if colour else "MONOCHROME2"
    if colour:
        ds.PlanarConfiguration = 0
    ds.BitsAllocated = samples.dtype.itemsize * 8
    ds.BitsStored, ds.HighBit, ds.PixelRepresentation = bits_stored, bits_stored - 1, 0
    ds.PixelData = samples.tobytes() + b"\0" * (samples.nbytes % 2)
    ds["PixelData"].VR = "OB" if ds.BitsAllocated == 8 else "OW"
    return ds


def _write_lines(picture, em, texts, level):
    for k, text in enumerate(texts):
        ink = ink_of(text, FONT, em, True)[:, :picture.shape[1] - 12]
        top = 6 + k * int(1.4 * em)
        part = picture[top:top + ink.shape[0], 6:6 + ink.shape[1]]
        part += (level - part) * (ink if part.ndim == 2 else ink[:, :, None])


def ultrasound_frame(rng, index, shape=(240, 320)):
    """RGB, a name and a date above the echo."""
    return _pixels(_header(US, "US", index), to_bytes(_echo(rng, shape)), 8)


def _echo(rng, shape):
    echo = np.zeros(shape, np.float32)
    echo[60:] = _fitted(ultrasound(rng), (shape[0] - 60, shape[1]))
    picture = np.repeat(echo[:, :, None], 3, axis=2)
    _write_lines(picture, 14, (f"HARGREAVES, IRIS {rng.integers(10 ** 6)}", "02.01.2024 10:15"), 235)
    return picture


def _fitted(picture, shape):
    """Nearest samples."""
    rows, columns = (np.arange(count) * there // count for count, there in zip(shape, picture.shape))
    return picture[rows][:, columns]


def cine(rng, frames):
    """The text stands still, the echo moves."""
    first = to_bytes(_echo(rng, (480, 640)))
    samples = np.repeat(first[None], frames, axis=0)
    for k in range(frames):
        samples[k, 60:] = np.roll(first[60:], k % 9 - 4, axis=1)
    ds = _pixels(_header(US_CINE, "US", "cine"), samples, 8)
    ds.NumberOfFrames, ds.FrameTime, ds.FrameIncrementPointer = frames, 40, 0x00181063
    return ds


def radiograph_large(rng):
    """2500 columns, 2000 rows, twelve of sixteen bits, a name at the top."""
    picture = _fitted(np.asarray(radiograph(rng), np.float32), (2000, 2500))
    _write_lines(picture, 36, ("WETHERSPOON, WALTER", "DOB 02.01.1950"), 250)
    return _radiograph(picture * 16 + rng.normal(0, 8, picture.shape), "large")


def small_radiograph(rng, index):
    picture = np.asarray(radiograph(rng), np.float32)[::2, ::2]
    _write_lines(picture, 16, (f"OXLEY, HUGH {rng.integers(10 ** 6)}",), 250)
    return _radiograph(picture * 16, index)


def _radiograph(values, name):
    ds = _header(DX, "DX", name)
    ds.BodyPartExamined, ds.PresentationIntentType, ds.ViewPosition = "CHEST", "FOR PRESENTATION", "PA"
    return _pixels(ds, np.clip(values, 0, 4095).astype("<u2"), 12)


def photo(rng, index):
    view = View(rng.uniform(-20, 20), rng.uniform(-8, 8), rng.uniform(-8, 8), 170, 320, 320, (.5, .5))
    ds = _header(VL, "XC", index)
    return _pixels(ds, photograph(rng, view).samples, 8)


def ct_slice(rng, index):
    """Of an abdomen, signed values: nothing can be burned in, no face can be near."""
    ds = _header(CT, "CT", index)
    ds.ImageType, ds.BodyPartExamined = ["ORIGINAL", "PRIMARY", "AXIAL"], "ABDOMEN"
    ds.ImagePositionPatient, ds.ImageOrientationPatient = [0, 0, index], [1, 0, 0, 0, 1, 0]
    ds.PixelSpacing, ds.SliceThickness, ds.InstanceNumber = [.8, .8], 1, index + 1
    ds.FrameOfReferenceUID = generate_uid(entropy_srcs=["bench-pixels", "frame"])
    ds.RescaleIntercept, ds.RescaleSlope = -1024, 1
    values = _CT.setdefault("samples", np.clip(ct(rng) * 8, 0, 4095).astype("<u2"))
    return _pixels(ds, values, 12)


_CT = {}


def tiny(ds):
    """The same class with 16 x 16 pixels of one frame."""
    least = copy.deepcopy(ds)
    least.SOPInstanceUID = generate_uid(entropy_srcs=["bench-pixels", "tiny", ds.SOPInstanceUID])
    channels = least.SamplesPerPixel
    samples = np.zeros((16, 16, 3) if channels == 3 else (16, 16), np.uint8 if least.BitsAllocated == 8 else "<u2")
    samples[4:12, 4:12] = 100
    _pixels(least, samples, least.BitsStored)
    if "NumberOfFrames" in least:
        least.NumberOfFrames = 1
    return least


def write(path, ds, rle=False):
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID = ds.SOPClassUID, ds.SOPInstanceUID
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds.file_meta = meta
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if rle:
            ds.compress(RLELossless, encoding_plugin="pydicom", generate_instance_uid=False)
        ds.save_as(path, enforce_file_format=True)
