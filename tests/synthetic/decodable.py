"""Losslessly compressed pictures that are harder to decode than the CTs of syntaxes.py: colour, odd sizes, signed samples."""

import numpy as np
from case import CLEANED, QUARANTINED, Case
from identity import ISIDORE, ZEBULON, Ledger
from instances import SECONDARY_CAPTURE, abdomen_ct, identified, part10, set_pixels
from openjpeg.utils import encode_array
from phantom import SIZE, abdomen
from pydicom import dcmread
from pydicom.filebase import DicomBytesIO
from pydicom.uid import JPEG2000Lossless, RLELossless
from syntaxes import _encapsulate, _with_tool

# 33 x 35 x 3 bytes are an odd number: native Pixel Data of them ends with a pad byte.
ROWS, COLUMNS = 33, 35
COLOUR = "colour secondary capture: may show anything; decodes to an odd number of bytes"
DEEP_COLOUR = "colour secondary capture of 16 bits: may show anything"
SIGNED = "abdominal CT with negative samples of 12 stored bits"


def cases():
    for name, encode in (("rle", _rle), ("jpeg_lossless_sv1", _jpeg_lossless), ("jpeg_ls", _jpeg_ls),
                         ("jpeg_2000_lossless", _jpeg_2000)):
        ds, ledger = _colour(f"colour_{name}")
        yield Case(f"decodable/colour_{name}.dcm", encode(ds), ledger, (QUARANTINED,), COLOUR)
        ds, ledger = _colour(f"deep_colour_{name}", deep=True)
        yield Case(f"decodable/deep_colour_{name}.dcm", encode(ds), ledger, (QUARANTINED,), DEEP_COLOUR)
        ds, ledger = _signed(f"signed_{name}")
        yield Case(f"decodable/signed_{name}.dcm", encode(ds), ledger, (CLEANED,), SIGNED)


def _colour(name, deep=False):
    ledger = Ledger()
    ds = identified(ledger, ISIDORE, SECONDARY_CAPTURE, name)
    ds.Modality, ds.ConversionType, ds.ImageType = "OT", "WSD", ["DERIVED", "SECONDARY"]
    y, x = np.mgrid[0:ROWS, 0:COLUMNS]
    picture = np.stack([x * 7 % 256, y * 5 % 256, (x * y) % 256], axis=-1)
    if deep:
        set_pixels(ds, (picture * 251).astype("<u2"), bits_stored=16)
    else:
        set_pixels(ds, picture.astype(np.uint8), bits_stored=8)
    return ds, ledger


def _signed(name):
    ledger = Ledger()
    ds = abdomen_ct(ledger, ZEBULON, name)
    set_pixels(ds, (abdomen(SIZE).astype("<i2") - 1000))
    ds.PixelRepresentation = 1
    return ds, ledger


def _rle(ds):
    ds.file_meta = dcmread(DicomBytesIO(part10(ds))).file_meta
    ds.compress(RLELossless, encoding_plugin="pydicom", generate_instance_uid=False)
    return part10(ds, RLELossless)


def _jpeg_lossless(ds):
    compressed = _with_tool(ds, "dcmcjpeg", "+e1", "+un")
    compressed.ImageType = ds.ImageType
    return part10(compressed, compressed.file_meta.TransferSyntaxUID)


def _jpeg_ls(ds):
    compressed = _with_tool(ds, "dcmcjpls", "+el", "+un")
    compressed.ImageType = ds.ImageType
    return part10(compressed, compressed.file_meta.TransferSyntaxUID)


def _jpeg_2000(ds):
    colour = ds.SamplesPerPixel == 3
    kind = np.dtype("<i2" if ds.PixelRepresentation else ("u1" if ds.BitsAllocated == 8 else "<u2"))
    count = ds.Rows * ds.Columns * ds.SamplesPerPixel
    picture = np.frombuffer(ds.PixelData, kind, count).reshape((ds.Rows, ds.Columns, 3) if colour else (ds.Rows, ds.Columns))
    # 1 is RGB, 2 monochrome; of RGB the encoder makes YBR_RCT (PS3.5 8.2.4).
    frame = encode_array(picture, bits_stored=ds.BitsStored, photometric_interpretation=1 if colour else 2, codec_format=0)
    _encapsulate(ds, [frame])
    if colour:
        ds.PhotometricInterpretation = "YBR_RCT"
    return part10(ds, JPEG2000Lossless)
