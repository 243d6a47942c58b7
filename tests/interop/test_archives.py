"""Real archives as destinations, and a sink that answers each class of C-STORE status."""

import socket

from node import dicom_destination, folder_destination
from peers import Sink, Storescp, pynetdicom_send
from planted import abdomen_series, leaks
from processes import free_port, wait_until
from validity import unreadable_by

DELIVERED = (0x0000,)
WARNINGS = (0xB000, 0xB006, 0xB007, 0x0001, 0x0107, 0x0116)
TRANSIENT = (0xA700, 0xA7FF, 0x0213)
PERMANENT = (0xA900, 0xA9FF, 0xC000, 0xCFFF, 0x0117, 0x0122, 0x0124, 0x0210, 0x0211, 0x0212, 0x0FED)
NEVER_SENT_BEFORE = (0x0111,)


def test_storescp(make_node, storescp, tmp_path):
    paths, entries = abdomen_series(tmp_path / "in", 8)
    node = make_node([dicom_destination(storescp.port, storescp.called_ae)])

    pynetdicom_send(node.port, paths)

    assert node.wait_settled()["delivered"] == len(paths)
    assert len(storescp.files()) == len(paths)
    for path in storescp.files():
        assert not leaks(path.read_bytes(), entries)
        assert not unreadable_by(path)


def test_storescp_that_takes_implicit_little_endian_only(make_node, synthetic, tmp_path, stopping):
    """The peer refuses the original syntaxes, so a gated second output is made where that loses nothing."""
    archive = stopping(Storescp(tmp_path / "implicit", options=("+xi",)))
    node = make_node([dicom_destination(archive.port, archive.called_ae)])
    native = ("syntax/explicit_le.dcm", "syntax/explicit_be.dcm")
    compressed = ("syntax/jpeg_lossless_sv1.dcm", "syntax/rle.dcm")  # Not decompressed by this version: held.

    statuses = pynetdicom_send(node.port, [synthetic.folder / name for name in native + compressed])

    assert set(statuses.values()) == {0}
    counts = node.wait_settled()
    assert (counts["delivered"], counts["undelivered"]) == (len(native), len(compressed))
    assert len(archive.files()) == len(native)
    for path in archive.files():
        assert not leaks(path.read_bytes(), synthetic.files)
    assert any(row["event"] == "transcoded" for row in node.rows("audit", "query"))


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
