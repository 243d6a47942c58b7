"""`efface run IN OUT`: every synthetic and every shared file ends in an explained outcome, and nothing planted leaves."""

import hashlib
import json
from pathlib import Path

import pytest
from node import run_efface
from planted import leaks
from programs import efface_program, shared_dicom
from pydicom import dcmread
from validity import iod_errors, unreadable_by

OUTCOMES = {"cleaned", "quarantined", "refused"}
RUN_SECONDS = 600
MULTI_FRAME_WORD = "1.2.840.10008.5.1.4.1.1.7.3"  # Multi-frame Grayscale Word Secondary Capture


class Run:
    """One run over `source`: its rows by input file, and what it printed."""

    def __init__(self, source, folder):
        self.out = folder / "out"
        self.result = run_efface("run", source, self.out, "--json", check=False, seconds=RUN_SECONDS,
                                 state_home=folder / "state")
        self.rows = {}
        for line in self.result.stdout.splitlines():
            row = json.loads(line)
            if "in" in row:
                path = (source / row["in"]).resolve()
                assert path not in self.rows, f"two outcomes of {row['in']}"
                self.rows[path] = row

    def output_of(self, row):
        path = Path(row["out"])
        return path if path.is_absolute() else self.out / path

    def everything_written(self):
        return {path: path.read_bytes() for path in self.out.parent.rglob("*") if path.is_file()}


def digests(folder):
    return {path: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def run(synthetic, tmp_path_factory):
    efface_program("efface")
    efface_program("efface-worker")
    before = digests(synthetic.folder)
    run = Run(synthetic.folder, tmp_path_factory.mktemp("run"))
    assert digests(synthetic.folder) == before, "a run writes into its input folder"
    return run


def test_every_file_has_the_outcome_that_the_manifest_allows(run, synthetic):
    wrong = []
    for entry in synthetic.files:
        row = run.rows.get(synthetic.path(entry).resolve())
        if row is None or row["outcome"] not in entry["outcomes"]:
            wrong.append((entry["file"], entry["outcomes"], row and (row["outcome"], row.get("reason"))))
    assert not wrong, "\n".join(map(str, wrong))


def test_what_was_not_cleaned_says_why_and_has_no_output(run):
    for row in run.rows.values():
        assert row["outcome"] in OUTCOMES
        if row["outcome"] != "cleaned":
            assert row["reason"], row["in"]
            assert not row.get("out"), row["in"]


def test_a_cleaned_row_names_rule_and_actions(run):
    cleaned = [row for row in run.rows.values() if row["outcome"] == "cleaned"]
    assert cleaned
    for row in cleaned:
        assert row["rule"], row["in"]
        assert set(row["actions"]) >= set("DZXKCU"), row["in"]
        assert row["actions"]["X"] > 0, row["in"]
        assert run.output_of(row).is_file(), row["in"]


def test_nothing_planted_stands_in_anything_written(run, synthetic):
    """Outputs, the run's audit, its key and state, and what it printed."""
    names = {path.name: leaks(content, synthetic.files) for path, content in run.everything_written().items()}
    found = {name: places for name, places in names.items() if places}
    assert not found, found
    assert not leaks((run.result.stdout + run.result.stderr).encode(), synthetic.files)


def test_outputs_are_valid_where_the_inputs_were(run):
    worse = {}
    for path, row in run.rows.items():
        if row["outcome"] == "cleaned":
            new = iod_errors(run.output_of(row)) - iod_errors(path)
            if new:
                worse[row["in"]] = sorted(new)
    assert not worse, json.dumps(worse, indent=1)


def test_every_reader_reads_the_outputs(run):
    failed = {}
    for path, row in run.rows.items():
        if row["outcome"] == "cleaned":
            readers = set(unreadable_by(run.output_of(row))) - set(unreadable_by(path))
            if readers:
                failed[row["in"]] = readers
    assert not failed, failed


def test_samples_are_bit_identical_in_native_files(run, synthetic):
    for name in ("syntax/explicit_le.dcm", "syntax/implicit_le.dcm", "syntax/explicit_be.dcm"):
        source = synthetic.folder / name
        row = run.rows[source.resolve()]
        assert dcmread(run.output_of(row)).PixelData == dcmread(source).PixelData, name


def test_a_second_run_keeps_the_key_and_never_overwrites(run, synthetic, tmp_path):
    """P4: the key made on first use is kept, so the new UIDs are those of the first run."""
    state_home, source, out = run.out.parent / "state", synthetic.folder / "charset", tmp_path / "out"
    arguments = ("run", source, out, "--json")
    first = run_efface(*arguments, check=False, state_home=state_home, seconds=RUN_SECONDS)
    rows = [json.loads(line) for line in first.stdout.splitlines()]
    outputs = [out / row["out"] for row in rows if row.get("outcome") == "cleaned"]
    assert outputs
    before = digests(out)

    run_efface(*arguments, check=False, state_home=state_home, seconds=RUN_SECONDS)

    after = digests(out)
    assert all(after[path] == before[path] for path in outputs)
    assert new_uids(outputs) <= new_uids(run.output_of(row) for row in run.rows.values() if row["outcome"] == "cleaned")


def new_uids(paths):
    return {dcmread(path, stop_before_pixels=True).SOPInstanceUID for path in paths}


def test_every_shared_file_has_an_explained_outcome(tmp_path):
    source = shared_dicom()
    efface_program("efface")
    run = Run(source, tmp_path)
    files = {path.resolve() for path in source.rglob("*") if path.is_file()}
    assert set(run.rows) == files
    unexplained = [row["in"] for row in run.rows.values()
                   if row["outcome"] not in OUTCOMES or (row["outcome"] != "cleaned" and not row["reason"])]
    assert not unexplained
    worse = {row["in"]: readers for path, row in run.rows.items() if row["outcome"] == "cleaned"
             if (readers := set(unreadable_by(run.output_of(row))) - set(unreadable_by(path)))}
    assert not worse, worse
    invalid = {row["in"]: sorted(new) for path, row in run.rows.items() if row["outcome"] == "cleaned"
               if (new := iod_errors(run.output_of(row)) - iod_errors(path))}
    assert not invalid, json.dumps(invalid, indent=1)


def test_a_mask_is_delivered_as_a_segmentation(synthetic, tmp_path):
    """Of one frame and of several: valid, readable, of the new UIDs alone, and the same mask when it is taken back."""
    for frames in (1, 3):
        source = tmp_path / f"{frames}.dcm"
        ds = dcmread(synthetic.folder / "syntax/explicit_le.dcm")
        if frames > 1:
            ds.SOPClassUID = ds.file_meta.MediaStorageSOPClassUID = MULTI_FRAME_WORD
            ds.NumberOfFrames, ds.FrameIncrementPointer, ds.PageNumberVector = frames, 0x00182001, list(range(1, frames + 1))
            ds.PixelData = ds.PixelData * frames
        ds.save_as(source)
        mask, clean, again = (tmp_path / f"{frames}.{part}.dcm" for part in ("mask", "clean", "again"))
        run_efface("occlude", source, "--box", "8,8,16,8", "--segmentation", mask, "-o", clean, state_home=tmp_path)
        run_efface("occlude", source, "--mask", mask, "-o", again, state_home=tmp_path)

        assert again.read_bytes() == clean.read_bytes(), frames
        assert not iod_errors(mask), iod_errors(mask)
        assert not unreadable_by(mask)
        assert not leaks(mask.read_bytes(), synthetic.files)
        segmentation, image = dcmread(mask), dcmread(clean)
        sources = [group.DerivationImageSequence[0].SourceImageSequence[0]
                   for group in segmentation.PerFrameFunctionalGroupsSequence]
        assert {item.ReferencedSOPInstanceUID for item in sources} == {image.SOPInstanceUID}
        assert segmentation.StudyInstanceUID == image.StudyInstanceUID
        assert segmentation.SeriesInstanceUID != image.SeriesInstanceUID
        bits = segmentation.pixel_array.reshape(frames, image.Rows, image.Columns)
        assert bits[:, 8:16, 8:24].all()
        assert bits.sum() == frames * 8 * 16
