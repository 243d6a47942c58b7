"""What the daemon blackens arrives as a Segmentation behind its instance, or neither arrives."""

import json
import re

import pytest
from node import dicom_destination
from peers import Storescp, pynetdicom_send
from planted import leaks
from pydicom import dcmread
from pydicom.uid import ExplicitVRLittleEndian, SegmentationStorage
from validity import iod_errors, unreadable_by

BOX = (8, 8, 16, 8)  # Left, top, width, height.
NOT_ACCEPTED = "the destination does not accept Segmentation Storage"


@pytest.fixture
def mask_rules(tmp_path):
    path = tmp_path / "masks.toml"
    path.write_text('[[rule]]\nname = "masks"\nprofile = "basic"\npixel_policy = "header-only"\n'
                    f'destinations = ["archive"]\n[rule.pixels]\nblacken = [{list(BOX)}]\nmask_segmentation = true\n',
                    encoding="utf-8")
    return path


def delivered_rows(node):
    return [row for row in node.rows("audit", "query", "--limit", 1000) if row["event"] == "delivered"]


def check_pair(image, segmentation):
    """The Segmentation is of this image, of the new UIDs alone, and exactly the box."""
    assert segmentation.file_meta.TransferSyntaxUID == ExplicitVRLittleEndian
    assert segmentation.StudyInstanceUID == image.StudyInstanceUID
    assert segmentation.PatientID == image.PatientID
    assert segmentation.SeriesInstanceUID != image.SeriesInstanceUID
    source = segmentation.PerFrameFunctionalGroupsSequence[0].DerivationImageSequence[0].SourceImageSequence[0]
    assert source.ReferencedSOPInstanceUID == image.SOPInstanceUID
    bits = segmentation.pixel_array.reshape(image.Rows, image.Columns)
    left, top, width, height = BOX
    assert bits[top:top + height, left:left + width].all()
    assert bits.sum() == width * height


def test_a_mask_arrives_behind_its_instance(make_node, make_sink, synthetic, mask_rules):
    sink = make_sink()
    node = make_node([dicom_destination(sink.port, sink.called_ae)], rules_file=mask_rules)

    pynetdicom_send(node.port, [synthetic.folder / "syntax/explicit_le.dcm"])

    assert node.wait_settled()["delivered"] == 1
    paths = sorted(sink.folder.glob("*.dcm"))
    image, segmentation = map(dcmread, paths)
    assert image.SOPClassUID != SegmentationStorage == segmentation.SOPClassUID
    check_pair(image, segmentation)
    for path in paths:
        assert not leaks(path.read_bytes(), synthetic.files)
        assert not unreadable_by(path)
    assert not iod_errors(paths[1]), iod_errors(paths[1])
    (row,) = delivered_rows(node)
    assert row["detail"]["mask_segmentation"]["sop_instance_uid"] == segmentation.SOPInstanceUID
    shown = json.loads(node.efface("quarantine", "show", str(row["job"]), "--json").stdout)
    assert shown["mask_segmentation"]["sop_instance_uid"] == segmentation.SOPInstanceUID
    assert re.search(r"^efface_segmentations_delivered_total 1$", node.page("/metrics")[1], re.MULTILINE)


def test_a_peer_without_segmentation_storage_gets_neither(make_node, make_sink, synthetic, mask_rules):
    sink = make_sink(without=[SegmentationStorage])
    node = make_node([dicom_destination(sink.port, sink.called_ae)], rules_file=mask_rules)

    pynetdicom_send(node.port, [synthetic.folder / "syntax/explicit_le.dcm"])

    assert node.wait_settled()["undelivered"] == 1
    assert not sink.arrivals
    (reason,) = [row["reason"] for row in node.rows("audit", "query", "--limit", 1000) if row["event"] == "delivery_failed"]
    assert reason.startswith(NOT_ACCEPTED)


def test_a_segmentation_that_fails_brings_both_again(make_node, make_sink, synthetic, mask_rules):
    """The archive holds the instance by then and says so; a failure of the Segmentation for good is one of the delivery."""
    order = []

    def answer(count, uid):
        if uid not in order:
            order.append(uid)
        is_image = uid == order[0]
        return (0x0000 if count == 0 else 0x0111) if is_image else (0xA700 if count == 0 else 0x0000)

    sink = make_sink(answer=answer)
    node = make_node([dicom_destination(sink.port, sink.called_ae)], rules_file=mask_rules)

    pynetdicom_send(node.port, [synthetic.folder / "syntax/explicit_le.dcm"])

    assert node.wait_settled()["delivered"] == 1
    image, segmentation = order
    assert sink.arrivals == {image: [0x0000, 0x0111], segmentation: [0xA700, 0x0000]}
    assert all(len(digests) == 1 for digests in sink.digests.values())
    assert len(delivered_rows(node)) == 1


def test_a_segmentation_that_is_refused_is_said_beside_the_instance_that_arrived(make_node, make_sink, synthetic, mask_rules):
    seen = []

    def answer(count, uid):
        seen.append(uid)
        return 0x0000 if len(seen) == 1 else 0xA900

    sink = make_sink(answer=answer)
    node = make_node([dicom_destination(sink.port, sink.called_ae)], rules_file=mask_rules)

    pynetdicom_send(node.port, [synthetic.folder / "syntax/explicit_le.dcm"])

    assert node.wait_settled()["undelivered"] == 1
    (reason,) = [row["reason"] for row in node.rows("audit", "query", "--limit", 1000) if row["event"] == "delivery_failed"]
    assert reason.startswith("the instance arrived, the Segmentation of its mask did not: the destination answered")


def test_a_second_output_has_the_segmentation_of_the_first(make_node, synthetic, mask_rules, tmp_path, stopping):
    """The peer takes no compression: the instance is made again without, its Segmentation is the same."""
    archive = stopping(Storescp(tmp_path / "plain", options=("+xe",)))
    node = make_node([dicom_destination(archive.port, archive.called_ae)], rules_file=mask_rules)

    pynetdicom_send(node.port, [synthetic.folder / "syntax/jpeg_ls.dcm"])

    assert node.wait_settled()["delivered"] == 1
    arrived = sorted(map(dcmread, archive.files()), key=lambda ds: ds.SOPClassUID == SegmentationStorage)
    check_pair(*arrived)
    assert any(row["event"] == "transcoded" for row in node.rows("audit", "query", "--limit", 1000))


def test_who_asks_a_destination_beforehand_learns_whether_it_takes_masks(make_node, make_sink, synthetic, mask_rules):
    takes, refuses = make_sink(), make_sink(without=[SegmentationStorage])
    for name, sink, masks, status, said in (
            ("takes", takes, {"rules_file": mask_rules}, 0, "it takes Segmentations of masks"),
            ("refuses", refuses, {"rules_file": mask_rules}, 1, "it does not accept Segmentation Storage"),
            ("none", refuses, {}, 0, "C-ECHO answered with status 0000")):
        node = make_node([dicom_destination(sink.port, sink.called_ae)], name, **masks)
        asked = node.efface("dest", "test", "archive", check=False)
        assert (asked.returncode, said in asked.stdout) == (status, True), asked.stdout
        looked = node.efface("doctor", "--echo", "--json", check=False)
        (row,) = [row for row in json.loads(looked.stdout) if row["what"] == "destination archive"]
        assert (row["health"], said in row["text"]) == ("wrong" if status else "ok", True), row
        assert bool(masks) == ("Segmentation" in asked.stdout)
