"""Real archives as destinations, and a sink that answers each class of C-STORE status."""

import socket
import subprocess
from collections import Counter

import pytest
from node import dicom_destination, folder_destination
from openjpeg.utils import decode as openjpeg_decode
from peers import Sink, Storescp, pynetdicom_send
from planted import abdomen_series, leaks
from processes import free_port, wait_until
from programs import shared_dicom, tool
from pydicom import dcmread
from pydicom.dataelem import DataElement
from pydicom.encaps import generate_frames
from pydicom.errors import InvalidDicomError
from pydicom.filereader import read_file_meta_info
from pydicom.pixels import pixel_array
from pydicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian, JPEG2000Lossless
from validity import iod_errors, unreadable_by

DELIVERED = (0x0000,)
WARNINGS = (0xB000, 0xB006, 0xB007, 0x0001, 0x0107, 0x0116)
TRANSIENT = (0xA700, 0xA7FF, 0x0213)
PERMANENT = (0xA900, 0xA9FF, 0xC000, 0xCFFF, 0x0117, 0x0122, 0x0124, 0x0210, 0x0211, 0x0212, 0x0FED)
NEVER_SENT_BEFORE = (0x0111,)
DECODERS = {
    "1.2.840.10008.1.2.5": ("dcmdrle",),
    "1.2.840.10008.1.2.4.57": ("dcmdjpeg", "+cn"),
    "1.2.840.10008.1.2.4.70": ("dcmdjpeg", "+cn"),
    "1.2.840.10008.1.2.4.80": ("gdcmconv", "--raw"),
}
DECODED_WITHOUT_LOSS = {*DECODERS, JPEG2000Lossless}
UNREADABLE_BY_OTHERS = ("syntax/split_in_comment.dcm",)
# One bit a sample, no raw codestream, cut short, or no Pixel Data: the node delivers none of them.
UNREADABLE_REAL_FILES = ("pydata-liver_j2k.dcm", "pydata-liver_nonbyte_aligned_rle.dcm", "pydata-liver_rle.dcm",
                         "pydicom-GDCMJ2K_TextGBR.dcm", "pydata-emri_small_jpeg_2k_lossless_too_short.dcm",
                         "pydicom-UN_sequence.dcm")
REAL_FILES_MIN = 26  # 36 can be decoded, of 26 SOP Instance UIDs.


def test_storescp(make_node, storescp, tmp_path):
    paths, entries = abdomen_series(tmp_path / "in", 8)
    node = make_node([dicom_destination(storescp.port, storescp.called_ae)])

    pynetdicom_send(node.port, paths)

    assert node.wait_settled()["delivered"] == len(paths)
    assert len(storescp.files()) == len(paths)
    for path in storescp.files():
        assert not leaks(path.read_bytes(), entries)
        assert not unreadable_by(path)


@pytest.mark.parametrize(("option", "syntax"), [("+xe", ExplicitVRLittleEndian), ("+xi", ImplicitVRLittleEndian)])
def test_storescp_that_takes_no_compression(make_node, synthetic, tmp_path, stopping, option, syntax):
    """The peer refuses the original syntaxes: a gated second output is made of everything that decoding leaves as it is."""
    archive = stopping(Storescp(tmp_path / "plain", options=(option,)))
    node = make_node([dicom_destination(archive.port, archive.called_ae)], rules_file=header_only_rules(tmp_path))
    entries = [entry for entry in synthetic.sendable() if entry["file"].startswith(("syntax/", "decodable/"))
               and entry["file"] not in UNREADABLE_BY_OTHERS]
    paths = [synthetic.path(entry) for entry in entries if syntax_of(synthetic.path(entry)) in DECODED_WITHOUT_LOSS]
    assert {syntax_of(path) for path in paths} == DECODED_WITHOUT_LOSS

    statuses = pynetdicom_send(node.port, paths)

    assert set(statuses.values()) == {0}
    assert node.wait_settled()["delivered"] == len(paths)
    arrived = [dcmread(path) for path in archive.files()]
    assert sorted(map(picture, arrived)) == sorted(picture(decoded_by_others(path, tmp_path)) for path in paths)
    assert {ds.file_meta.TransferSyntaxUID for ds in arrived} == {syntax}
    known_errors = set().union(*map(iod_errors, paths))
    for path, ds in zip(archive.files(), arrived, strict=True):
        assert ds.PhotometricInterpretation == ("RGB" if ds.SamplesPerPixel == 3 else "MONOCHROME2")
        assert ds.get("PlanarConfiguration", 0) == 0
        assert "ExtendedOffsetTable" not in ds
        assert not leaks(path.read_bytes(), entries)
        assert not unreadable_by(path)
        assert iod_errors(path) <= known_errors
    assert any(row["event"] == "transcoded" for row in node.rows("audit", "query"))


def test_real_files_arrive_as_others_decode_them(make_node, tmp_path, stopping):
    """All but what is held: by cleaner or gate, or because another file has the same SOP Instance UID."""
    archive = stopping(Storescp(tmp_path / "plain", options=("+xe",)))
    node = make_node([dicom_destination(archive.port, archive.called_ae)], rules_file=header_only_rules(tmp_path))
    paths = [path for path in sorted(shared_dicom().rglob("*.dcm")) if _syntax_or_none(path) in DECODED_WITHOUT_LOSS]

    pynetdicom_send(node.port, paths)

    counts = node.wait_settled()
    arrived = [picture(dcmread(path)) for path in archive.files()]
    assert len(arrived) == counts["delivered"] >= REAL_FILES_MIN
    expected = [picture(decoded_by_others(path, tmp_path)) for path in paths if path.name not in UNREADABLE_REAL_FILES]
    for one in arrived:
        assert one in expected
        expected.remove(one)


def _syntax_or_none(path):
    try:
        return syntax_of(path)
    except (InvalidDicomError, AttributeError):
        return None


WITHOUT_LOSS = "the destination accepts neither this instance's transfer syntax nor one it can be brought to without loss"
NO_DECODER = "the peer refuses the received syntax, which this version cannot decode: have it accept that syntax"


def test_what_is_not_decoded_is_not_delivered(make_node, synthetic, tmp_path, stopping):
    """Lossy pictures never are: another decoder could make other samples. The delivery fails for good and says why."""
    archive = stopping(Storescp(tmp_path / "plain", options=("+xe",)))
    node = make_node([dicom_destination(archive.port, archive.called_ae)], rules_file=header_only_rules(tmp_path))
    lossy = ("jpeg_baseline", "jpeg_extended", "jpeg_ls_near_lossless", "jpeg_2000")
    without_decoder = ("htj2k_lossless", "encapsulated_uncompressed")

    pynetdicom_send(node.port, [synthetic.folder / f"syntax/{name}.dcm" for name in lossy + without_decoder])

    assert node.wait_settled()["undelivered"] == len(lossy + without_decoder)
    assert not archive.files()
    rows = node.rows("audit", "query", "--limit", 1000)
    failed = Counter(row["reason"] for row in rows if row["event"] == "delivery_failed")
    assert failed == {WITHOUT_LOSS: len(lossy), NO_DECODER: len(without_decoder)}
    assert {row["reason"] for row in rows if row["event"] == "transcoded"} == {NO_DECODER}


def header_only_rules(folder):
    path = folder / "header-only.toml"
    path.write_text('[[rule]]\nname = "all"\nprofile = "basic"\npixel_policy = "header-only"\n'
                    'destinations = ["archive"]\n', encoding="utf-8")
    return path


def syntax_of(path):
    return read_file_meta_info(path).TransferSyntaxUID


def decoded_by_others(path, folder):
    """What the programs of DCMTK or GDCM, or OpenJPEG, make of a compressed file."""
    ds, target = dcmread(path), folder / "decoded.dcm"
    program = DECODERS.get(ds.file_meta.TransferSyntaxUID)
    if program:
        subprocess.run([tool(program[0]), *program[1:], str(path), str(target)], check=True, capture_output=True)
        return dcmread(target)
    if ds.file_meta.TransferSyntaxUID == JPEG2000Lossless:
        frames = generate_frames(ds.PixelData, number_of_frames=int(ds.get("NumberOfFrames", 1)))
        data = b"".join(openjpeg_decode(frame, j2k_format=0).astype(f"i{ds.BitsAllocated // 8}").tobytes() for frame in frames)
        ds["PixelData"] = DataElement(0x7FE00010, "OW", data + b"\0" * (len(data) % 2))
        ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    return ds


def picture(ds):
    """Size and samples, colour by pixel, whatever the encoding."""
    array = pixel_array(ds, raw=True)
    return array.shape, array.tobytes()


def test_orthanc(make_node, make_orthanc, synthetic):
    orthanc = make_orthanc()
    node = make_node([dicom_destination(orthanc.port, orthanc.called_ae)])
    entries = [entry for entry in synthetic.files if entry["file"].startswith("charset/")]

    pynetdicom_send(node.port, [synthetic.path(entry) for entry in entries])

    assert node.wait_settled()["delivered"] == len(entries)
    contents = orthanc.contents()
    assert len(contents) == len(entries)
    assert not [place for content in contents for place in leaks(content, entries)]


def test_each_class_of_status_does_what_the_table_says(make_node, make_sink, tmp_path):
    """The n-th new instance is answered with the n-th status; a second try is always taken."""
    plan = DELIVERED + WARNINGS + TRANSIENT + PERMANENT + NEVER_SENT_BEFORE
    waiting, given = list(plan), {}

    def answer(count, uid):
        if count == 0:
            given[uid] = waiting.pop(0)
            return given[uid]
        return 0x0000

    sink = make_sink(answer=answer)
    paths, _ = abdomen_series(tmp_path / "in", len(plan))
    node = make_node([dicom_destination(sink.port, sink.called_ae, associations_max=1)])

    pynetdicom_send(node.port, paths)
    counts = node.wait_settled()

    taken = len(DELIVERED + WARNINGS + TRANSIENT)
    assert counts["delivered"] == taken
    assert sum(counts.values()) == len(plan)
    for uid, first in given.items():
        tries = sink.arrivals[uid]
        assert tries == ([first, 0] if first in TRANSIENT else [first]), f"{first:04X}: {tries}"
    events = [row["event"] for row in node.rows("audit", "query", "--limit", 1000)]
    assert events.count("delivery_warning") == len(WARNINGS)
    assert events.count("delivery_failed") == len(PERMANENT + NEVER_SENT_BEFORE)
    assert node.is_ready(), "the destination goes on"


def test_a_stuck_destination_blocks_no_other(make_node, storescp, tmp_path):
    """One destination accepts connections and never answers; the other gets everything."""
    rules = tmp_path / "rules.toml"
    rules.write_text('[[rule]]\nname = "both"\nprofile = "basic"\npixel_policy = "require-clean"\n'
                     'destinations = ["stuck", "archive"]\n')
    with socket.create_server(("127.0.0.1", 0)) as silent:
        stuck = dicom_destination(silent.getsockname()[1], "STUCK", name="stuck", connect_timeout_seconds=5)
        node = make_node([stuck, dicom_destination(storescp.port, storescp.called_ae)], rules_file=rules)
        paths, _ = abdomen_series(tmp_path / "in", 4)

        pynetdicom_send(node.port, paths)

        wait_until(lambda: len(storescp.files()) == len(paths), 60, "the other destination has everything")
        assert node.job_counts()["delivering"] == len(paths)


def test_an_archive_that_comes_late_gets_everything(make_node, tmp_path, stopping):
    port = free_port()
    node = make_node([dicom_destination(port, "SINK"), folder_destination(tmp_path / "other", name="other")])
    paths, _ = abdomen_series(tmp_path / "in", 3)
    pynetdicom_send(node.port, paths)
    wait_until(lambda: any(row["event"] == "delivery_retry" for row in node.rows("audit", "query")), 60, "a first try failed")

    sink = stopping(Sink(tmp_path / "late", port=port))

    assert node.wait_settled()["delivered"] == len(paths)
    assert len(sink.accepted()) == len(paths)
