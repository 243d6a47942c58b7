"""What is blackened in a lossless syntax stays in it, and other decoders read every stored value as before.

`efface occlude` over every losslessly compressed synthetic and shared file; original and output decoded by two programs
each, where there are two: stored values outside the box must be the same, inside it black.
"""

import json
import subprocess

import numpy as np
import pytest
from node import run_efface
from openjpeg.utils import decode as openjpeg_decode
from programs import efface_program, shared_dicom, tool
from pydicom import dcmread
from pydicom.encaps import generate_frames
from pydicom.errors import InvalidDicomError
from pydicom.filereader import read_file_meta_info
from pydicom.pixels import pixel_array
from validity import unreadable_by

BOX = (8, 8, 16, 8)  # On the grid of 8 pixels.
SECONDS = 60
RLE, JPEG_LS, JPEG2000 = "1.2.840.10008.1.2.5", "1.2.840.10008.1.2.4.80", "1.2.840.10008.1.2.4.90"
JPEG = ("1.2.840.10008.1.2.4.57", "1.2.840.10008.1.2.4.70")
REAL_FILES = 36
# Held for what they are, blackened or not. A change here must be explained.
HELD = {
    "highdicom-sm_image_jpegls.dcm", "highdicom-sm_image_jpegls_nobot.dcm",  # A name survives, says the gate.
    "pydata-bad_sequence.dcm", "pydicom-rtdose_rle.dcm",                     # A sequence as UN.
    "pydata-emri_small_jpeg_2k_lossless_too_short.dcm",
    "pydata-liver_j2k.dcm", "pydata-liver_nonbyte_aligned_rle.dcm", "pydata-liver_rle.dcm",  # Compressed bits.
    "pydicom-GDCMJ2K_TextGBR.dcm",                                           # No raw codestream.
    "pydicom-UN_sequence.dcm",                                               # No SOP Instance UID.
}
UNREADABLE_BY_OTHERS = {"split_in_comment.dcm"}


def by_program(*command):
    """Decodes into a native file, which pydicom reads."""
    def decode(path, folder):
        target = folder / "native.dcm"
        subprocess.run([tool(command[0]), *command[1:], str(path), str(target)], check=True, capture_output=True,
                       timeout=SECONDS)
        return pixel_array(dcmread(target), raw=True)
    return decode


def by_pydicom(path, folder):
    return pixel_array(dcmread(path), raw=True, decoding_plugin="pydicom")


def by_openjpeg(path, folder):
    ds = dcmread(path)
    frames = [openjpeg_decode(frame, j2k_format=0) for frame in generate_frames(ds.PixelData, number_of_frames=frame_count(ds))]
    return frames[0] if len(frames) == 1 else np.stack(frames)


GDCM = by_program("gdcmconv", "--raw")
READERS = {RLE: (by_program("dcmdrle"), by_pydicom), JPEG_LS: (by_program("dcmdjpls"), GDCM), JPEG2000: (by_openjpeg, GDCM),
           JPEG[0]: (by_program("dcmdjpeg", "+cn"), GDCM), JPEG[1]: (by_program("dcmdjpeg", "+cn"), GDCM)}


def frame_count(ds):
    return int(ds.get("NumberOfFrames", 1))


def syntax_of(path):
    try:
        return read_file_meta_info(path).TransferSyntaxUID
    except (InvalidDicomError, AttributeError, OSError):
        return None


def stored(ds, samples):
    """Frames, rows, columns, channels; bits beside the stored ones away."""
    shape = (frame_count(ds), ds.Rows, ds.Columns, ds.SamplesPerPixel)
    return (samples.reshape(shape).astype(np.int64)) & ((1 << ds.BitsStored) - 1)


def black(ds):
    """None: the darkest entry of a palette, whichever that is."""
    low = 1 << (ds.BitsStored - 1) if ds.PixelRepresentation else 0
    return {"MONOCHROME2": low, "MONOCHROME1": low - 1 if low else (1 << ds.BitsStored) - 1, "RGB": 0, "YBR_RCT": 0,
            "YBR_FULL": np.array((0, 128, 128))}.get(ds.PhotometricInterpretation)


def check(source, target, folder):
    """How many decoders read both, after all that must hold."""
    before, after = dcmread(source), dcmread(target)
    assert after.file_meta.TransferSyntaxUID == before.file_meta.TransferSyntaxUID
    for name in ("PhotometricInterpretation", "PlanarConfiguration", "BitsAllocated", "BitsStored", "PixelRepresentation"):
        assert after.get(name) == before.get(name), name
    assert ("ExtendedOffsetTable" in after) == ("ExtendedOffsetTable" in before)
    assert not before.get("ImageType") or after.ImageType[0] == "DERIVED"
    masked = np.zeros((before.Rows, before.Columns), bool)
    left, top, width, height = BOX
    masked[top:top + height, left:left + width] = True
    count = 0
    for decode in READERS[after.file_meta.TransferSyntaxUID]:
        try:
            was = stored(before, decode(source, folder))
        except (subprocess.CalledProcessError, ValueError, RuntimeError, NotImplementedError, AttributeError):
            continue  # A decoder that cannot read the original proves nothing about the output.
        shown = stored(after, decode(target, folder))
        assert np.array_equal(was[:, ~masked], shown[:, ~masked]), "outside the box"
        value = black(before)
        under = shown[:, masked]
        assert (under == (under[:1, :1] if value is None else value)).all(), "inside the box"
        count += 1
    return count


def occlude(paths, folder):
    """Per file: the row that was printed, how many decoders agree; and what was not cleaned, with the reason."""
    efface_program("efface-worker")
    made, held = {}, {}
    for index, path in enumerate(paths):
        target = folder / f"{index}.dcm"
        result = run_efface("occlude", path, "--box", ",".join(map(str, BOX)), "-o", target, "--json", check=False,
                            state_home=folder / "state")
        row = json.loads(result.stdout.splitlines()[0]) if result.stdout else {"reason": result.stderr.strip()}
        if result.returncode != 0:
            held[path.name] = row.get("reason") or result.stderr.strip()
            continue
        made[path.name] = check(path, target, folder)
        assert not unreadable_by(target), path.name
    return made, held


def test_synthetic_files(synthetic, tmp_path):
    paths = [synthetic.path(entry) for entry in synthetic.files
             if entry["file"].startswith(("syntax/", "decodable/")) and syntax_of(synthetic.path(entry)) in READERS]
    assert {syntax_of(path) for path in paths} == set(READERS)

    made, held = occlude(paths, tmp_path)

    assert not held
    assert {name for name, decoders in made.items() if decoders == 0} == UNREADABLE_BY_OTHERS


def test_real_files(tmp_path):
    paths = [path for path in sorted(shared_dicom().rglob("*")) if path.is_file() and syntax_of(path) in READERS]

    made, held = occlude(paths, tmp_path)

    assert set(held) == HELD, held
    assert len(made) == REAL_FILES
    assert all(made.values()), made
