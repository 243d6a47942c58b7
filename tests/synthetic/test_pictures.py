"""The picture set is what its manifest says: boxes, text and contrast are ground truth for the tests of the finders.

Goal: a search that is measured on this set is measured against the truth. Method: the set is made as other tests make
it, read back by pydicom and DCMTK, and its samples are compared with what the manifest tells of them.
"""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from pydicom import dcmread
from pydicom.uid import JPEGBaseline8Bit

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "interop"))

from album import Album  # noqa: E402
from echo import COLUMNS, DYNAMIC_RANGE_DB, ROWS, _Tissue, ultrasound_cine, ultrasound_frame  # noqa: E402
from identity import ZEBULON  # noqa: E402
from lettering import dots, strokes, write  # noqa: E402
from photograph import Pose, empty_room, photograph  # noqa: E402
from pictures import burned_in  # noqa: E402
from planted import leaks  # noqa: E402
from programs import tool  # noqa: E402
from scenery import scenery  # noqa: E402
from validity import iod_errors, unreadable_by  # noqa: E402

SECONDS = 300
# How far the samples of a line may be from the contrast that its manifest states.
CONTRAST_TOLERANCE = 2
JPEG_MEAN_DIFFERENCE_MAX = 3.0


def make(folder, *options):
    subprocess.run([sys.executable, HERE / "make_pictures.py", *options, folder], check=True, capture_output=True,
                   timeout=SECONDS)
    return {entry["file"]: entry for entry in json.loads((folder / "MANIFEST.json").read_text(encoding="utf-8"))["files"]}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("pictures")


@pytest.fixture(scope="module")
def files(folder, tmp_path_factory):
    return make(folder, "--cache", tmp_path_factory.mktemp("cache"))


def frames_of(path):
    """(frames, rows, columns, samples) of a file that pydicom decodes by itself."""
    ds = dcmread(path)
    shape = (int(ds.get("NumberOfFrames", 1)), ds.Rows, ds.Columns, ds.SamplesPerPixel)
    return ds.pixel_array.reshape(shape)


def decodable(files, folder):
    """(entry, frames) of each file but the JPEG, which the Python environment cannot decode."""
    for name, entry in files.items():
        if "jpeg" not in name:
            yield entry, frames_of(folder / name)


def inside(box, rows, columns):
    x0, y0, x1, y1 = box
    return 0 <= x0 < x1 <= columns and 0 <= y0 < y1 <= rows


def test_same_seeds_give_the_same_bytes(tmp_path):
    first, second = make(tmp_path / "a", "--demo"), make(tmp_path / "b", "--demo")

    assert first == second and len(first) == 4
    for name in first:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes(), name


def test_appending_keeps_the_set_that_is_there(tmp_path):
    subprocess.run([sys.executable, HERE / "make_synthetic.py", "--demo", tmp_path], check=True, capture_output=True,
                   timeout=SECONDS)
    before = json.loads((tmp_path / "MANIFEST.json").read_text(encoding="utf-8"))["files"]

    both = make(tmp_path, "--demo", "--append")

    assert list(both.values())[:-4] == before
    assert list(both)[-4:] == ["zebulon/photo_1.dcm", "amaryllis/us_2.dcm", "isidore/covered_1.dcm", "isidore/covered_2.dcm"]
    assert all((tmp_path / name).exists() for name in both)


def test_other_seeds_give_other_pictures():
    patient = burned_in(ZEBULON)
    assert (photograph(1, rows=80, columns=64).samples != photograph(2, rows=80, columns=64).samples).any()
    assert (ultrasound_frame(1, patient).samples != ultrasound_frame(2, patient).samples).any()
    assert (scenery(1) != scenery(2)).any()


def test_a_kept_photograph_is_the_computed_one(tmp_path):
    pose = Pose(yaw=0.1)
    computed = Album(tmp_path).photograph(3, pose)
    kept = Album(tmp_path).photograph(3, pose)

    assert len(list(tmp_path.iterdir())) == 1
    assert (kept.samples == computed.samples).all()
    assert (kept.face, kept.head, kept.landmarks) == (computed.face, computed.head, computed.landmarks)
    assert (Album(tmp_path).photograph(3, Pose(yaw=0.2)).samples != computed.samples).any()


def test_every_file_is_read_by_others_and_valid(files, folder):
    assert len(files) == 17
    for name in files:
        assert unreadable_by(folder / name) == [], name
        assert iod_errors(folder / name) == set(), name


def test_every_planted_value_stands_in_its_file(files, folder):
    for name, entry in files.items():
        places = {text.split(" of ")[0] for text in leaks((folder / name).read_bytes(), [entry])}
        assert places >= {value["where"] for value in entry["planted"]}, name


def test_the_manifest_gives_the_size_of_each_picture(files, folder):
    for name, entry in files.items():
        ds, shows = dcmread(folder / name, stop_before_pixels=True), entry["shows"]
        assert (shows["frames"], shows["rows"], shows["columns"]) == (int(ds.get("NumberOfFrames", 1)), ds.Rows, ds.Columns)


def test_boxes_lie_inside_and_the_head_holds_the_face(files):
    faces = texts = 0
    for name, entry in files.items():
        shows = entry["shows"]
        for face in shows["faces"]:
            (x0, y0, x1, y1), (hx0, hy0, hx1, hy1) = face["box"], face["head"]
            assert inside(face["box"], shows["rows"], shows["columns"]), name
            assert inside(face["head"], shows["rows"], shows["columns"]), name
            assert hx0 <= x0 and hy0 <= y0 and hx1 >= x1 and hy1 >= y1, name
            assert all(x0 <= x <= x1 and y0 <= y <= y1 for x, y in face["landmarks"].values()), name
            faces += 1
        for text in shows["texts"]:
            assert inside(text["box"], shows["rows"], shows["columns"]), (name, text)
            texts += 1
    assert faces == 5 and texts == 6 * 11


def luminance(frame):
    return frame.astype(float).mean(axis=2)


def test_eyes_are_darker_than_the_cheeks_below_them(files, folder):
    """Were the landmarks elsewhere, or the face not drawn, they would not be."""
    for entry, frames in decodable(files, folder):
        for face in entry["shows"]["faces"]:
            light, places = luminance(frames[0]), face["landmarks"]
            for side in ("left", "right"):
                eye, mouth = (np.array(places[f"{what}_{side}"]) for what in ("eye", "mouth"))
                cheek = (eye + mouth) / 2
                iris = light[_around(eye, 8)].min()
                assert iris < 0.5 * np.median(light[_around(cheek, 6)]), (entry["file"], side)


def _around(place, reach):
    x, y = (int(value) for value in place)
    return slice(y - reach, y + reach + 1), slice(x - reach, x + reach + 1)


def test_text_stands_out_by_the_stated_contrast(files, folder):
    for entry, frames in decodable(files, folder):
        for text in entry["shows"]["texts"]:
            x0, y0, x1, y1 = text["box"]
            for frame in frames:
                ink = frame[y0:y1, x0:x1].max(axis=2)
                surround = frame[max(y0 - 2, 0):y1 + 2, max(x0 - 3, 0):x1 + 3].max(axis=2)
                contrast = int(ink.max()) - int(np.median(np.concatenate([surround[0], surround[-1]])))
                assert abs(contrast - text["contrast"]) <= CONTRAST_TOLERANCE, (entry["file"], text)


def test_a_box_holds_its_text_and_no_more(files, folder):
    """Every edge of a box touches ink; directly outside there is none."""
    for entry, frames in decodable(files, folder):
        for text in entry["shows"]["texts"]:
            x0, y0, x1, y1 = text["box"]
            bright = frames[0].max(axis=2) > 0.5 * text["contrast"]
            for edge in (bright[y0, x0:x1], bright[y1 - 1, x0:x1], bright[y0:y1, x0], bright[y0:y1, x1 - 1]):
                assert edge.any(), (entry["file"], text)
            for beyond in (bright[y0 - 1:y1 + 1, x0 - 1], bright[y0 - 1, x0:x1], bright[y1, x0:x1]):
                assert not beyond.any(), (entry["file"], text)
            if x1 < frames.shape[2]:
                assert not bright[y0:y1, x1].any(), (entry["file"], text)


def test_each_scanner_names_patient_place_and_day(files):
    for name, entry in files.items():
        said = {text["text"] for text in entry["shows"]["texts"] if text["identifies"]}
        assert len(said) in (0, 4), name
        if said:
            names = {value["text"].upper() for value in entry["planted"] if value["where"] == "(0010,0010)"}
            assert names and any(all(name in text for name in names) for text in said), name


def test_text_stays_and_the_echo_moves_through_a_cine(files, folder):
    entry = files["ultrasound/cine.dcm"]
    frames = frames_of(folder / entry["file"])
    x0, y0, x1, y1 = entry["shows"]["sector"]
    still = frames.copy()
    still[:, y0:y1, x0:x1] = 0

    assert len(frames) == 8
    assert (still == still[0]).all()
    for one, next_one in zip(frames, frames[1:]):
        assert (one[y0:y1, x0:x1] != next_one[y0:y1, x0:x1]).mean() > 0.1
    for text in entry["shows"]["texts"]:
        tx0, ty0, tx1, ty1 = text["box"]
        assert tx1 <= x0 or tx0 >= x1 or ty1 <= y0 or ty0 >= y1


def test_counterparts_show_neither_text_nor_face(files, folder):
    bare = [entry for entry in files.values() if not {"texts", "faces", "covered"} & {key for key, value in entry["shows"].items() if value}]
    assert {entry["file"] for entry in bare} == {
        "photographs/empty_room.dcm", "photographs/landscape.dcm", "ultrasound/textless.dcm", "ultrasound/textless_cine.dcm"}
    for entry in bare:
        if "sector" in entry["shows"]:
            # Above the echo and left of it, where the others carry text, there is nothing.
            frames, (x0, y0, _, _) = frames_of(folder / entry["file"]), entry["shows"]["sector"]
            assert not frames[:, :y0].any() and not frames[:, :, :x0].any()


def test_a_covered_face_is_black_and_what_is_around_it_is_not(files, folder):
    covered = [entry for entry in files.values() if "covered" in entry["shows"]]
    assert len(covered) == 2
    for entry in covered:
        x0, y0, x1, y1 = entry["shows"]["covered"]
        assert inside(entry["shows"]["covered"], entry["shows"]["rows"], entry["shows"]["columns"])
        frame = frames_of(folder / entry["file"])[0]
        assert not frame[y0:y1, x0:x1].any() and frame[y0 - 4:y0].all() and frame[y1:y1 + 4].all()


def test_an_empty_room_is_the_photograph_without_its_head():
    """Beside the head both show the same but for the sensor's noise; where the face is they differ."""
    taken = photograph(5, rows=200, columns=160)
    empty = empty_room(5, rows=200, columns=160).astype(int)
    x0, y0, x1, y1 = taken.face

    difference = np.abs(taken.samples - empty).mean(axis=2)

    assert difference[:15].mean() < 5
    assert np.median(difference[y0:y1, x0:x1]) > 20


def test_rle_holds_the_samples_of_the_native_frame(files, folder):
    assert (frames_of(folder / "ultrasound/rle.dcm") == frames_of(folder / "ultrasound/dots.dcm")).all()


def test_jpeg_baseline_looks_like_the_native_photograph(files, folder, tmp_path):
    compressed = folder / "photographs/jpeg_baseline.dcm"
    assert dcmread(compressed, stop_before_pixels=True).file_meta.TransferSyntaxUID == JPEGBaseline8Bit
    subprocess.run([tool("dcmdjpeg"), compressed, tmp_path / "out.dcm"], check=True, timeout=SECONDS)

    decoded = frames_of(tmp_path / "out.dcm").astype(int)

    assert np.abs(decoded - frames_of(folder / "photographs/native.dcm")).mean() < JPEG_MEAN_DIFFERENCE_MAX


def test_speckle_has_the_spread_of_log_compressed_rayleigh():
    """In dB the deviation of a Rayleigh magnitude is 5.57, whatever its mean; noise of another kind has another."""
    tissue = _Tissue(np.random.default_rng(1))
    tissue.vessels, tissue.diaphragm = [], 1e6
    even = tissue.frame(0)[140:160] / 215 * DYNAMIC_RANGE_DB

    assert 4.5 < even.std() < 7.0


@pytest.mark.parametrize("ink", [dots("NAME 09:30", 2), strokes("Name 09:30", 12), strokes("NAME", 9, smooth=False)])
def test_written_text_is_told_as_it_stands(ink):
    picture = np.full((40, 200), 30.0)

    line = write(picture, "NAME", 5, 8, ink, level=130)

    rows, columns = np.nonzero(picture > 80)
    assert line.box == (columns.min(), rows.min(), columns.max() + 1, rows.max() + 1)
    assert line.contrast == 100
    assert picture.max() == pytest.approx(130)


def test_text_that_leaves_the_picture_is_an_error():
    with pytest.raises(AssertionError):
        write(np.zeros((ROWS, COLUMNS)), "NAME", COLUMNS - 10, 8, dots("NAME"))


def test_a_cine_begins_with_the_frame_of_its_seed():
    patient = burned_in(ZEBULON)
    assert (ultrasound_cine(4, patient, 3).samples[0] == ultrasound_frame(4, patient).samples[0]).all()
