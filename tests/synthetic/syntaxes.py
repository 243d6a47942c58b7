"""Every transfer syntax that can be written here, and the carriers of identity that each can hold beside its samples."""

import struct
import subprocess
import tempfile
from pathlib import Path

import numpy as np
from case import CLEANED, QUARANTINED, Case
from codestreams import HTJ2K, JPEG_XL
from identity import ZEBULON, Ledger
from instances import abdomen_ct, part10, set_pixels
from openjpeg.utils import encode_array
from phantom import SIZE, abdomen
from pydicom import dcmread
from pydicom.dataelem import DataElement
from pydicom.encaps import encapsulate, encapsulate_extended, generate_frames, itemize_fragment
from pydicom.filebase import DicomBytesIO
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEG2000,
    JPEG2000Lossless,
    RLELossless,
)

COMMENT = "Plantagenetti in the comment"

ENCAPSULATED_UNCOMPRESSED = "1.2.840.10008.1.2.1.98"
JPEG_XL_LOSSLESS = "1.2.840.10008.1.2.4.110"
HTJ2K_LOSSLESS = "1.2.840.10008.1.2.4.201"
HTJ2K_ANY = "1.2.840.10008.1.2.4.203"
MPEG2 = "1.2.840.10008.1.2.4.100"
H264 = "1.2.840.10008.1.2.4.102"

WALKED = "abdominal CT; the carriers beside the samples are cut out, the samples stay"


def cases():
    yield from native_cases()
    yield from jpeg_cases()
    yield from jpeg_ls_cases()
    yield from jpeg_2000_cases()
    yield from framing_cases()
    yield from unwalkable_cases()


def _ct(name, frames=0):
    ledger = Ledger()
    ds = abdomen_ct(ledger, ZEBULON, name)
    if frames:
        set_pixels(ds, np.stack([abdomen(SIZE, i) for i in range(frames)]))
    return ds, ledger


def swap_words(ds):
    ds["PixelData"] = DataElement(0x7FE00010, "OW", np.frombuffer(ds.PixelData, "<u2").astype(">u2").tobytes())


def native_cases():
    for name, syntax in (("explicit_le", ExplicitVRLittleEndian), ("implicit_le", ImplicitVRLittleEndian),
                         ("explicit_be", ExplicitVRBigEndian)):
        ds, ledger = _ct(f"syntax_{name}")
        if syntax == ExplicitVRBigEndian:
            swap_words(ds)
        yield Case(f"syntax/{name}.dcm", part10(ds, syntax), ledger, (CLEANED,), "abdominal CT, native pixels")
    ds, ledger = _ct("syntax_deflated")
    yield Case("syntax/deflated.dcm", part10(ds, DeflatedExplicitVRLittleEndian), ledger, (CLEANED, QUARANTINED),
               "Deflated is not offered over the network; as a file it is cleaned or held", sendable=False)
    ds, ledger = _ct("syntax_encapsulated_uncompressed")
    _encapsulate(ds, [ds.PixelData])
    yield Case("syntax/encapsulated_uncompressed.dcm", part10(ds, ENCAPSULATED_UNCOMPRESSED), ledger, (CLEANED,), WALKED)
    ds, ledger = _ct("syntax_rle", frames=2)
    ds.file_meta = dcmread(DicomBytesIO(part10(ds))).file_meta
    ds.compress(RLELossless, encoding_plugin="pydicom", generate_instance_uid=False)
    yield Case("syntax/rle.dcm", part10(ds, RLELossless), ledger, (CLEANED,), WALKED)


def _encapsulate(ds, frames, has_bot=True):
    ds["PixelData"] = DataElement(0x7FE00010, "OB", encapsulate(frames, has_bot=has_bot), is_undefined_length=True)


def _with_tool(ds, *command):
    """`ds` through a DCMTK compressor: its frames and its transfer syntax."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "in.dcm"), Path(folder, "out.dcm")
        source.write_bytes(part10(ds))
        subprocess.run([*command, str(source), str(target)], check=True, capture_output=True)
        compressed = dcmread(target)
        # The near-lossless compressor gives a random UID whatever it is told.
        compressed.SOPInstanceUID = ds.SOPInstanceUID
        return compressed


def jpeg_segment(marker, payload):
    return struct.pack(">BBH", 0xFF, marker, len(payload) + 2) + payload


def insert_after_start(frame, *segments):
    """Segments right behind SOI (JPEG and JPEG-LS)."""
    assert frame[:2] == b"\xff\xd8"
    return frame[:2] + b"".join(segments) + frame[2:]


def insert_comment_in_main_header(frame, text):
    """A COM marker segment (FF64, ISO/IEC 15444-1 A.9.2) before the first tile part of a JPEG 2000 codestream."""
    assert frame[:4] == b"\xff\x4f\xff\x51"
    tile = frame.index(b"\xff\x90")
    payload = struct.pack(">H", 1) + text.encode("latin-1")
    return frame[:tile] + struct.pack(">HH", 0xFF64, len(payload) + 2) + payload + frame[tile:]


def _identity_segments(ledger):
    """COM, EXIF in APP1, and an APP13 that nobody walks; JFIF stays what it is."""
    comment = ledger.plant(COMMENT, "JPEG COM").encode()
    exif = b"Exif\0\0MM\0*\0\0\0\x08\0\0" + ledger.plant("EXIF of Plantagenetti", "JPEG APP1").encode()
    photoshop = b"Photoshop 3.0\0" + ledger.plant("APP13 of Zebulon", "JPEG APP13").encode()
    return jpeg_segment(0xFE, comment), jpeg_segment(0xE1, exif), jpeg_segment(0xED, photoshop)


def _recoded_case(name, compressed, ledger, edit, why=WALKED, outcomes=(CLEANED,)):
    count = int(compressed.get("NumberOfFrames", 1))
    frames = [edit(frame) for frame in generate_frames(compressed.PixelData, number_of_frames=count)]
    _encapsulate(compressed, frames)
    # DCMTK marks lossy ones DERIVED, where text is possible and the default rules quarantine before any
    # codestream is walked. Modalities that compress themselves send ORIGINAL: so does this set.
    compressed.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]
    return Case(f"syntax/{name}.dcm", part10(compressed, compressed.file_meta.TransferSyntaxUID), ledger, outcomes, why)


def jpeg_cases():
    for name, option in (("jpeg_baseline", "+eb"), ("jpeg_extended", "+ee"), ("jpeg_spectral", "+es"),
                         ("jpeg_progressive", "+ep"), ("jpeg_lossless", "+el"), ("jpeg_lossless_sv1", "+e1")):
        ds, ledger = _ct(f"syntax_{name}", frames=2)
        if option == "+eb":
            set_pixels(ds, np.stack([(abdomen(SIZE, i) >> 4).astype(np.uint8) for i in range(2)]), bits_stored=8)
        compressed = _with_tool(ds, "dcmcjpeg", option, "+un")
        yield _recoded_case(name, compressed, ledger,
                            lambda frame, own=ledger: insert_after_start(frame, *_identity_segments(own)))
    ds, ledger = _ct("syntax_jpeg_after_end")
    compressed = _with_tool(ds, "dcmcjpeg", "+e1", "+un")
    tail = ledger.plant("Zebulon behind the end of image", "behind EOI").encode()
    yield _recoded_case("jpeg_after_end", compressed, ledger,
                        lambda frame: frame[: frame.rindex(b"\xff\xd9") + 2] + tail + b"\0" * (len(tail) % 2))


def jpeg_ls_cases():
    for name, option in (("jpeg_ls", "+el"), ("jpeg_ls_near_lossless", "+en")):
        ds, ledger = _ct(f"syntax_{name}")
        compressed = _with_tool(ds, "dcmcjpls", option, "+un")
        yield _recoded_case(name, compressed, ledger,
                            lambda frame, own=ledger: insert_after_start(frame, *_identity_segments(own)))


def jpeg_2000_cases():
    for name, syntax in (("jpeg_2000_lossless", JPEG2000Lossless), ("jpeg_2000", JPEG2000)):
        ds, ledger = _ct(f"syntax_{name}")
        lossy = {} if syntax == JPEG2000Lossless else {"compression_ratios": [4]}
        frame = encode_array(abdomen(), bits_stored=12, photometric_interpretation=2, codec_format=0, **lossy)
        _encapsulate(ds, [insert_comment_in_main_header(frame, ledger.plant(COMMENT, "JPEG 2000 COM"))])
        if lossy:
            ds.LossyImageCompression, ds.LossyImageCompressionMethod = "01", "ISO_15444_1"
        yield Case(f"syntax/{name}.dcm", part10(ds, syntax), ledger, (CLEANED,), WALKED)
    for name, syntax in (("htj2k_lossless", HTJ2K_LOSSLESS), ("htj2k", HTJ2K_ANY)):
        ds, ledger = _ct(f"syntax_{name}")
        set_pixels(ds, abdomen(), bits_stored=16)
        _encapsulate(ds, [insert_comment_in_main_header(HTJ2K, ledger.plant(COMMENT, "HTJ2K COM"))])
        yield Case(f"syntax/{name}.dcm", part10(ds, syntax), ledger, (CLEANED,), WALKED)


def framing_cases():
    """How frames can be laid into fragments (PS3.5 A.4)."""
    ds, ledger = _ct("syntax_no_offset_table", frames=3)
    compressed = _with_tool(ds, "dcmcjpeg", "+e1", "+un")
    frames = list(generate_frames(compressed.PixelData, number_of_frames=3))
    _encapsulate(compressed, frames, has_bot=False)
    syntax = compressed.file_meta.TransferSyntaxUID
    yield Case("syntax/no_offset_table.dcm", part10(compressed, syntax), ledger, (CLEANED,), WALKED)

    # A border inside the comment is legal (PS3.5 A.4 splits bytes, not segments), though DCMTK and GDCM give up on it.
    for name, border, outcomes in (("split_in_samples", 400, (CLEANED,)), ("split_in_comment", 20, (CLEANED, QUARANTINED))):
        ds, ledger = _ct(f"syntax_{name}")
        compressed = _with_tool(ds, "dcmcjpeg", "+e1", "+un")
        frame = insert_after_start(next(generate_frames(compressed.PixelData, number_of_frames=1)),
                                   jpeg_segment(0xFE, (ledger.plant(COMMENT, "JPEG COM") * 2).encode()))
        items = b"".join(itemize_fragment(piece + b"\0" * (len(piece) % 2)) for piece in (frame[:border], frame[border:]))
        empty_table = b"\xfe\xff\x00\xe0\0\0\0\0"
        compressed["PixelData"] = DataElement(0x7FE00010, "OB", empty_table + items, is_undefined_length=True)
        yield Case(f"syntax/{name}.dcm", part10(compressed, syntax), ledger, outcomes, WALKED)

    ds, ledger = _ct("syntax_extended_offset_table", frames=3)
    compressed = _with_tool(ds, "dcmcjpeg", "+e1", "+un")
    frames = [insert_after_start(f, *_identity_segments(ledger))
              for f in generate_frames(compressed.PixelData, number_of_frames=3)]
    data, offsets, lengths = encapsulate_extended(frames)
    compressed["PixelData"] = DataElement(0x7FE00010, "OB", data, is_undefined_length=True)
    compressed.ExtendedOffsetTable, compressed.ExtendedOffsetTableLengths = offsets, lengths
    yield Case("syntax/extended_offset_table.dcm", part10(compressed, syntax), ledger, (CLEANED,), WALKED)


def _jpeg_xl_box(kind, payload):
    return struct.pack(">I4s", len(payload) + 8, kind) + payload


def unwalkable_cases():
    """Taken as bytes, but nobody here can show that nothing stands beside the samples."""
    ds, ledger = _ct("syntax_jpeg_xl")
    set_pixels(ds, abdomen(), bits_stored=16)
    box = _jpeg_xl_box(b"xml ", ledger.plant("<n>Plantagenetti in a box</n>", "JPEG XL xml box").encode())
    _encapsulate(ds, [JPEG_XL + box])
    yield Case("syntax/jpeg_xl.dcm", part10(ds, JPEG_XL_LOSSLESS), ledger, (CLEANED, QUARANTINED),
               "held unless this version walks the JPEG XL container")
    for name, syntax, start in (("mpeg2", MPEG2, b"\0\0\1\xb3\x04\x00\x40\x12\xff\xff\xe0\x18\0\0\1\xb2"),
                                ("h264", H264, b"\0\0\0\1\x67\x64\0\x29\0\0\0\1\x06\x05\x20")):
        ds, ledger = _ct(f"syntax_{name}", frames=2)
        user_data = ledger.plant("Zebulon Plantagenetti as user data", "video user data").encode()
        stream = start + user_data + b"\0\0\1\xb7" + b"\0" * (len(start + user_data) % 2)
        ds["PixelData"] = DataElement(0x7FE00010, "OB", b"\xfe\xff\x00\xe0\0\0\0\0" + itemize_fragment(stream),
                                      is_undefined_length=True)
        yield Case(f"syntax/{name}.dcm", part10(ds, syntax), ledger, (QUARANTINED,),
                   "video cannot be walked in this version, so it cannot be proven clean")
