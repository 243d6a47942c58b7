"""What was covered before it came here is filled by the daemon, with a generator that a site names: the archive gets a
file that says so, bears the mark, and is as it was beside the hole."""

import hashlib
import json
import subprocess

import numpy as np
import pytest
from node import dicom_destination
from peers import Storescp, pynetdicom_send
from programs import BIN, efface_program
from pydicom import dcmread
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, generate_uid
from validity import unreadable_by

GENERATOR_PROGRAM = BIN.parent / "tests" / "efface-plain-generator"
RULES = """[[rule]]
name = "covered-before"
profile = "basic"
pixel_policy = "remove-found"
destinations = ["archive"]
[rule.pixels]
accept = ["no-face"]
"""
COVERED = (slice(160, 320), slice(160, 320))  # Rows, columns.
KINDS = {
    "radiograph": ("1.2.840.10008.5.1.4.1.1.1.1", {"Modality": "DX", "BodyPartExamined": "SKULL", "ViewPosition": "AP"}, 12),
    "photograph": ("1.2.840.10008.5.1.4.1.1.77.1.4", {"Modality": "XC"}, 8),
}


def covered(path, kind):
    """A slope with grain and a plain box over it, from a sender who says that identity was removed."""
    sop_class, facts, bits = KINDS[kind]
    rows, columns = np.mgrid[0:480, 0:480]
    shade = 0.3 + 0.4 * columns / 480 + 0.2 * rows / 480 + np.random.default_rng(7).normal(0, 0.015, rows.shape)
    shade[COVERED] = 0
    ds = Dataset()
    ds.SOPClassUID, ds.SOPInstanceUID = sop_class, generate_uid(entropy_srcs=[kind])
    ds.StudyInstanceUID, ds.SeriesInstanceUID = (generate_uid(entropy_srcs=[kind, part]) for part in ("study", "series"))
    ds.PatientIdentityRemoved, ds.DeidentificationMethod = "YES", "by another program"
    for keyword, value in facts.items():
        setattr(ds, keyword, value)
    ds.ImageType = ["ORIGINAL", "PRIMARY"]
    ds.Rows, ds.Columns, ds.SamplesPerPixel, ds.PhotometricInterpretation = 480, 480, 1, "MONOCHROME2"
    ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation = (8 if bits == 8 else 16), bits, bits - 1, 0
    stored = np.clip(np.rint(shade * (2 ** bits - 1)), 0, 2 ** bits - 1)
    ds.PixelData = stored.astype(np.uint8 if bits == 8 else np.uint16).tobytes()
    ds["PixelData"].VR = "OB" if bits == 8 else "OW"
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds.save_as(path, enforce_file_format=True)
    return path


def reasons(node):
    return [row["reason"] for row in node.rows("audit", "query", "--limit", 1000) if row.get("reason")]


def models(folder, *options):
    """The [models] of a node: a generator's file and its digest."""
    efface_program("efface-model-worker")
    if not GENERATOR_PROGRAM.exists():
        pytest.fail(f"{GENERATOR_PROGRAM} is not built")
    path = folder / "generator.pt"
    subprocess.run([GENERATOR_PROGRAM, path, *options], check=True)
    return f'[models]\ngenerator = "{path}"\ngenerator_sha256 = "{hashlib.sha256(path.read_bytes()).hexdigest()}"\n'


@pytest.fixture
def generator(tmp_path):
    return models(tmp_path)


def cleaned_fill(node):
    """Of the only instance, as its receipt has it."""
    (row,) = [row for row in node.rows("audit", "query", "--limit", 1000) if row["event"] == "cleaned"]
    return row["detail"]["fill"]


@pytest.mark.parametrize("kind", KINDS)
def test_an_earlier_occlusion_arrives_filled_and_says_so(make_node, tmp_path, stopping, generator, kind):
    archive = stopping(Storescp(tmp_path / "archive"))
    (tmp_path / "rules.toml").write_text(RULES, encoding="utf-8")
    node = make_node([dicom_destination(archive.port, archive.called_ae)], rules_file=tmp_path / "rules.toml", extra=generator)
    sent = covered(tmp_path / "covered.dcm", kind)

    pynetdicom_send(node.port, [sent])

    assert node.wait_settled()["delivered"] == 1, reasons(node)
    (path,) = archive.files()
    before, after = dcmread(sent), dcmread(path)
    assert not unreadable_by(path)
    assert (after[0x0008, 0x001C].value, after.ContentQualification, after.ImageType[0]) == ("YES", "RESEARCH", "DERIVED")
    assert "not for diagnosis" in after.ImageComments
    fill = cleaned_fill(node)
    assert (fill["filled"], fill["refused"]) == (1, 0), fill
    assert "confidence_permille" not in fill["areas"][0]  # The file says none.
    left, top, right, bottom = fill["areas"][0]["box"]
    hole = np.zeros((480, 480), bool)
    hole[top:bottom, left:right] = True
    assert hole[COVERED].all() and hole.sum() < 240 * 240
    assert (after.pixel_array[~hole] == before.pixel_array[~hole]).all()
    assert (after.pixel_array[hole] != 0).mean() > 0.99
    read = node.efface("watermark", "read", path, "--json")
    mark = json.loads(read.stdout)
    assert mark["stamp"] in after.ContributingEquipmentSequence[-1].ContributionDescription
    assert mark["confidence"] > 0.95 and mark["model"], mark


@pytest.mark.parametrize("least", (0, 100))
def test_how_sure_a_fill_is_stands_in_the_receipt_and_below_the_rules_it_stays_black(make_node, tmp_path, stopping, least):
    archive = stopping(Storescp(tmp_path / "archive"))
    rules = RULES + f'[rule.enhance]\nconfidence_min = {least}\nlanguage = "zh"\n'
    (tmp_path / "rules.toml").write_text(rules, encoding="utf-8")
    node = make_node([dicom_destination(archive.port, archive.called_ae)], rules_file=tmp_path / "rules.toml",
                     extra=models(tmp_path, "--confidence"))
    sent = covered(tmp_path / "covered.dcm", "radiograph")
    with_set = dcmread(sent)
    with_set.SpecificCharacterSet = "GB18030"
    with_set.save_as(sent, enforce_file_format=True)

    pynetdicom_send(node.port, [sent])

    assert node.wait_settled()["delivered"] == 1, reasons(node)
    (path,) = archive.files()
    after, fill = dcmread(path), cleaned_fill(node)
    (area,) = fill["areas"]
    assert 0 < area["confidence_permille"] < 1000 and fill["settings"]["confidence_min"] == least
    assert (fill["filled"], fill["refused"]) == ((1, 0) if least == 0 else (0, 1))
    assert (0x0008, 0x001C) in after if least == 0 else area["outcome"] == "confidence below the rule's 100 %"
    assert after.SpecificCharacterSet == "GB18030"
    assert ("生成式网络" in after.ImageComments) if least == 0 else "ImageComments" not in after
    (row,) = [row for row in json.loads(node.efface("doctor", "--json", check=False).stdout) if row["what"] == "generator"]
    assert row["text"] == "test 1; licence: none; trained on: nothing; confidence of a fill: fitted on 384 fills"


def test_without_a_generator_it_stays_as_it_came(make_node, tmp_path, stopping):
    archive = stopping(Storescp(tmp_path / "archive"))
    (tmp_path / "rules.toml").write_text(RULES, encoding="utf-8")
    node = make_node([dicom_destination(archive.port, archive.called_ae)], rules_file=tmp_path / "rules.toml")
    sent = covered(tmp_path / "covered.dcm", "radiograph")

    pynetdicom_send(node.port, [sent])

    assert node.wait_settled()["delivered"] == 1, reasons(node)
    (path,) = archive.files()
    after = dcmread(path)
    assert (0x0008, 0x001C) not in after
    assert (after.pixel_array[COVERED] == 0).all()
    assert node.efface("watermark", "read", path, check=False).returncode == 1
