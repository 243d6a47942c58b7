"""Of what a fill replaces no byte leaves the node or stays beside what it made: not of the frame, an icon, an overlay, a
private copy or a digest of it.

Goal: the same as tests/unit/pipeline/gate/nothing_left_test.cpp, of files, as the daemon makes and keeps them. Method: random
pixels under the future hole, copies and digests planted about them; then what the archive received (the mask's Segmentation
too), what the node keeps (database and audit, receipts, log; all but the original on its shelf) and what it says are searched
for every run of eight bytes. The search is shown to find them in what was sent, on the shelf of originals, and put back.
"""

import hashlib
import subprocess
import zlib

import numpy as np
import pytest
from node import dicom_destination
from peers import pynetdicom_send
from programs import tool
from pydicom import dcmread
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import generate_fragments
from pydicom.filereader import read_file_meta_info
from pydicom.pixels import pixel_array
from pydicom.sequence import Sequence
from pydicom.uid import ExplicitVRLittleEndian, JPEG2000Lossless, JPEGLSLossless, SegmentationStorage, generate_uid
from test_filled import generator  # noqa: F401 (a fixture)
from validity import unreadable_by

SIDE = 224
HIDDEN = (slice(64, 160), slice(64, 160))  # Rows, columns; on the grid of 8 pixels.
RULES = """[[rule]]
name = "filled"
profile = "basic"
pixel_policy = "remove-found"
destinations = ["archive"]
[rule.pixels]
blacken = [[64, 64, 96, 96]]
accept = ["no-face"]
mask_segmentation = true
[rule.enhance]
regions = true
"""
ENCODERS = {"native": None, "rle": ("dcmcrle",), "jpeg-ls": ("dcmcjpls",), "jpeg-2000": ("gdcmconv", "--j2k")}
RUN = 8  # Bytes.
SHELVES_OF_ORIGINALS = "spool/originals/"


DECODERS = {JPEGLSLossless: ("dcmdjpls",), JPEG2000Lossless: ("gdcmconv", "--raw")}  # Pydicom alone knows neither.


def samples_of(path):
    """The frame as it decodes."""
    decoder = DECODERS.get(read_file_meta_info(path).TransferSyntaxUID)
    if decoder:
        native = path.with_suffix(".native")
        subprocess.run([tool(decoder[0]), *decoder[1:], str(path), str(native)], check=True, capture_output=True, timeout=60)
        path = native
    return np.ascontiguousarray(pixel_array(dcmread(path), raw=True))


def digests(content):
    """By name, raw."""
    return {"SHA-256": hashlib.sha256(content).digest(), "SHA-1": hashlib.sha1(content).digest(),
            "MD5": hashlib.md5(content).digest(), "CRC-32": zlib.crc32(content).to_bytes(4, "big")}


def runs(content):
    """Every run of RUN bytes, as numbers."""
    if len(content) < RUN:
        return np.empty(0, np.uint64)
    windows = np.lib.stride_tricks.sliding_window_view(np.frombuffer(content, np.uint8), RUN)
    return np.ascontiguousarray(windows).view(np.uint64).ravel()


class Secrets:
    """What must not be found."""

    def __init__(self):
        self.runs, self.whole = {}, {}

    def add_rows(self, name, rows):
        """Rows of samples; each byte order, and each byte of the samples apart, as RLE keeps them."""
        forms = [row.tobytes() for row in rows] + [row.byteswap().tobytes() for row in rows]
        if rows.itemsize == 1:
            forms += [row.tobytes()[:len(row) // 2 * 2] for row in rows.view(np.uint16).byteswap().view(np.uint8)]
        else:
            forms += [row[byte::2].tobytes() for row in rows.view(np.uint8) for byte in (0, 1)]
        self.runs[name] = np.unique(np.concatenate([runs(form) for form in forms]))

    def add_digests(self, name, content):
        for algorithm, raw in digests(content).items():
            # Four bytes meet by chance in a database of megabytes; eight hexadecimal digits hardly.
            forms = [raw.hex().encode(), raw.hex().upper().encode()] + ([raw, raw[::-1]] if len(raw) > 4 else [])
            self.whole[f"{algorithm} of {name}"] = forms

    def found_in(self, content):
        there = np.unique(runs(content))
        found = {name for name, needles in self.runs.items() if np.isin(needles, there).any()}
        return found | {name for name, forms in self.whole.items() if any(form in content for form in forms)}

    def found_in_file(self, path):
        """As it stands, and in what its frames decode to."""
        return self.found_in(path.read_bytes()) | self.found_in(samples_of(path).tobytes())


def picture(bits):
    rows, columns = np.mgrid[0:SIDE, 0:SIDE]
    random = np.random.default_rng(7)
    shade = 0.3 + 0.2 * columns / SIDE + 0.2 * np.sin(rows / 11) * np.cos(columns / 14) + random.normal(0, 0.015, rows.shape)
    stored = np.clip(np.rint(shade * (2 ** bits - 1)), 0, 2 ** bits - 1).astype(np.uint8 if bits == 8 else np.uint16)
    stored[HIDDEN] = random.integers(0, 2 ** bits, stored[HIDDEN].shape)
    return stored


def plain(path, bits):
    """The picture with nothing planted about it."""
    ds = Dataset()
    ds.SOPClassUID, ds.SOPInstanceUID = "1.2.840.10008.5.1.4.1.1.77.1.4", generate_uid(entropy_srcs=[str(bits)])
    ds.StudyInstanceUID, ds.SeriesInstanceUID = (generate_uid(entropy_srcs=[str(bits), part]) for part in ("study", "series"))
    ds.Modality, ds.ImageType = "XC", ["ORIGINAL", "PRIMARY"]
    ds.Rows, ds.Columns, ds.SamplesPerPixel, ds.PhotometricInterpretation = SIDE, SIDE, 1, "MONOCHROME2"
    ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation = bits, bits, bits - 1, 0
    ds.PixelData = picture(bits).tobytes()
    ds["PixelData"].VR = "OB" if bits == 8 else "OW"
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds.save_as(path, enforce_file_format=True)
    return path


def icon():
    item = Dataset()
    item.Rows, item.Columns, item.SamplesPerPixel, item.PhotometricInterpretation = 32, 32, 1, "MONOCHROME2"
    item.BitsAllocated, item.BitsStored, item.HighBit, item.PixelRepresentation = 8, 8, 7, 0
    item.PixelData = np.random.default_rng(1).bytes(32 * 32)
    item["PixelData"].VR = "OB"
    return item


def plant(path, secrets):
    """Icon, overlay, a private copy, and digests as numbers, words and in a signature; says it in `secrets`."""
    ds = dcmread(path)
    frame = samples_of(path)
    value = b"".join(list(generate_fragments(ds.PixelData))[1:]) if ds.file_meta.TransferSyntaxUID.is_encapsulated else ds.PixelData
    secrets.add_rows("frame", np.ascontiguousarray(frame[HIDDEN]))
    secrets.add_digests("the frame", frame.tobytes())
    secrets.add_digests("Pixel Data", value)
    all_digests = [raw for content in (frame.tobytes(), value) for raw in digests(content).values()]
    ds.IconImageSequence = Sequence([icon()])
    secrets.add_rows("icon", np.frombuffer(ds.IconImageSequence[0].PixelData, np.uint8).reshape(1, -1))
    overlay = np.random.default_rng(2).integers(0, 256, (1, SIDE * SIDE // 8), np.uint8)
    secrets.add_rows("overlay", overlay)
    ds.add_new(0x60000010, "US", SIDE)
    ds.add_new(0x60000011, "US", SIDE)
    ds.add_new(0x60000040, "CS", "G")
    ds.add_new(0x60000050, "SS", [1, 1])
    ds.add_new(0x60000100, "US", 1)
    ds.add_new(0x60000102, "US", 0)
    ds.add_new(0x60003000, "OW", overlay.tobytes())
    block = ds.private_block(0x0009, "ACME COPIES", create=True)
    block.add_new(0x01, "OB", frame[HIDDEN][0].tobytes() + b"".join(all_digests))
    ds.DerivationDescription = " ".join(raw.hex() for raw in all_digests)
    ds.ImageComments = " ".join(raw.hex().upper() for raw in all_digests)
    signature = Dataset()
    signature.MACIDNumber, signature.DigitalSignatureUID = 1, generate_uid(entropy_srcs=["signature"])
    signature.Signature = b"".join(all_digests)
    ds.DigitalSignaturesSequence = Sequence([signature])
    ds.save_as(path, enforce_file_format=True)


def sent_file(folder, bits, encoder):
    path = plain(folder / "plain.dcm", bits)
    if encoder:
        compressed = folder / "sent.dcm"
        subprocess.run([tool(encoder[0]), *encoder[1:], str(path), str(compressed)], check=True, capture_output=True, timeout=60)
        path = compressed
    secrets = Secrets()
    plant(path, secrets)
    return path, secrets


def put_back(path, samples, target):
    """What a fill that left a corner of eight samples as they were would be, uncompressed."""
    ds = dcmread(path)
    shown = samples_of(path).copy()
    shown[64, 64:72] = samples[64, 64:72]
    ds.PixelData = shown.tobytes()
    ds["PixelData"].VR = "OW"
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds.save_as(target, enforce_file_format=True)
    return target


@pytest.mark.parametrize("bits", (8, 16))
@pytest.mark.parametrize("encoder", ENCODERS)
def test_nothing_is_left_of_what_was_filled(make_node, make_sink, tmp_path, generator, encoder, bits):  # noqa: F811
    sent, secrets = sent_file(tmp_path, bits, ENCODERS[encoder])
    everything = {"frame", "icon", "overlay", *secrets.whole}
    assert secrets.found_in_file(sent) == everything
    archive = make_sink()
    (tmp_path / "rules.toml").write_text(RULES, encoding="utf-8")
    node = make_node([dicom_destination(archive.port, archive.called_ae)], rules_file=tmp_path / "rules.toml", extra=generator)

    pynetdicom_send(node.port, [sent])

    assert node.wait_settled()["delivered"] == 1, node.efface("audit", "query").stdout
    received = {dcmread(path, stop_before_pixels=True).SOPClassUID == SegmentationStorage: path
                for path in archive.folder.glob("*.dcm")}
    image = received[False]
    assert set(received) == {False, True}
    assert dcmread(image).file_meta.TransferSyntaxUID == dcmread(sent).file_meta.TransferSyntaxUID
    assert (dcmread(image)[0x0008, 0x001C].value, not unreadable_by(image)) == ("YES", True)
    for path in received.values():
        assert not secrets.found_in_file(path)
    assert not secrets.found_in(node.everything_it_says().encode())
    kept = {path.relative_to(node.state).as_posix(): secrets.found_in(path.read_bytes())
            for path in node.state.rglob("*") if path.is_file()}
    originals = {name for name in kept if name.startswith(SHELVES_OF_ORIGINALS)}
    assert {name for name, found in kept.items() if found} == originals, kept
    assert len(originals) == 1 and kept[originals.pop()] >= {"icon", "overlay"}
    assert any(name.endswith((".db", ".sqlite")) for name in kept), sorted(kept)
    back = put_back(image, picture(bits), tmp_path / "back.dcm")
    assert secrets.found_in_file(back) == {"frame"}
