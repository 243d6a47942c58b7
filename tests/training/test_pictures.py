"""The training pictures are what their seeds say, and their boxes are where the faces are.

Goal: a network can be trained again from what is committed, and it is trained on the truth. Method: a library of a few
views, pictures made twice, boxes compared with what was drawn. No PyTorch.
"""

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from training import degrade, head, render, shade  # noqa: E402
from training.face import catalogue, compose, evaluate, find, library, pool  # noqa: E402

COUNTS = {"rendering": 3, "photograph": 3, "radiograph": 1, "body": 2}


@pytest.fixture(scope="session")
def shelves(tmp_path_factory):
    folder = tmp_path_factory.mktemp("library")
    library.make(folder, 11, COUNTS, progress=None)
    return folder


def test_a_library_is_the_same_from_the_same_seed_and_another_from_another(shelves):
    kept = library.read(shelves)
    for kind in ("rendering", "photograph", "body"):
        assert np.array_equal(kept[kind][1], library.item(11, kind, 1)), kind
        assert not np.array_equal(kept[kind][1], library.item(12, kind, 1)), kind


def test_pictures_are_the_same_from_the_same_seed_whatever_was_made_before(shelves):
    one, other = (compose.Composer(library.read(shelves)) for _ in range(2))
    other.sample(1)
    for family in (*compose.HEADS, "body", "room", "echo", "panels"):
        first, again = one.sample(5, family), other.sample(5, family)
        assert np.array_equal(first.picture, again.picture) and np.array_equal(first.boxes, again.boxes), family
        assert first.picture.dtype == np.uint8 and first.picture.shape == (compose.SIDE, compose.SIDE)
        assert not np.array_equal(first.picture, one.sample(6, family).picture), family


def test_pictures_without_a_face_have_no_box(shelves):
    composer = compose.Composer(library.read(shelves))
    for family in [*catalogue.WITHOUT_FACE, "body", "redacted"]:
        assert len(composer.sample(3, family).boxes) == 0, family


def test_every_scene_is_drawn_at_every_size_and_differs_from_seed_to_seed():
    for name, scene in catalogue.WITHOUT_FACE.items():
        for side in (64, 97):
            one, other = (scene(np.random.default_rng(seed), side) for seed in (1, 2))
            assert one.shape == (side, side) and np.isfinite(one).all(), name
            assert not np.array_equal(one, other), name
    drawn = {catalogue.any_name(np.random.default_rng(seed)) for seed in range(1500)}
    assert drawn == set(catalogue.WITHOUT_FACE)


def test_one_of_several_pictures_on_a_screen_is_half_as_large_and_so_is_its_face(shelves):
    composer = compose.Composer(library.read(shelves), 128)
    picture, face = np.ones((128, 128), np.float32), np.zeros((128, 128), np.float32)
    face[40:80, 60:100] = 1
    for seed in range(4):
        out, small, whole = composer._on_screen(np.random.default_rng(seed), picture, [face], [1600.0])
        rows, columns = np.nonzero(small[0])
        assert np.ptp(rows) == np.ptp(columns) == 19 and whole == [400.0]
        assert rows.min() % 64 == 20 and columns.min() % 64 == 30
        assert (out[small[0] > 0] == 1).all() and (out != 1).any()


def test_a_box_is_as_large_as_what_was_laid_there(shelves):
    layers = shade.lit(library.read(shelves)["photograph"][0], np.random.default_rng(1), False)
    length = compose.longer_side(layers)
    assert length > 30
    for degrees in (0, 90, 180):
        for size in (20, 60, 150):
            shape = compose.placed(layers, size / length, degrees, np.array([96.0, 90.0]), 192)
            rows, columns = np.nonzero(shape[2] * shape[1] > 0.3)
            assert abs(max(np.ptp(rows), np.ptp(columns)) + 1 - size) <= 0.06 * size + 2, (degrees, size)
            assert abs((columns.min() + columns.max()) / 2 - 96) < 3 and abs((rows.min() + rows.max()) / 2 - 90) < 3


def test_boxes_lie_in_the_picture_and_hidden_faces_are_not_demanded(shelves):
    composer = compose.Composer(library.read(shelves))
    demanded = 0
    for seed in range(40):
        sample = composer.sample(seed, "photograph")
        assert (sample.boxes >= 0).all() and (sample.boxes <= compose.SIDE).all()
        assert (sample.boxes[:, 2:] > sample.boxes[:, :2]).all()
        demanded += sample.demanded.sum()
    assert demanded > 20
    face = np.zeros((192, 192), np.float32)
    face[50:100, 50:100] = 1
    finished = composer._finished(np.random.default_rng(1), np.random.default_rng(2).random((192, 192)) * face, [face * 0.2], [2500.0], "x")
    assert not finished.demanded.any()


def test_a_redacted_face_is_gone_whole():
    face = np.zeros((192, 192), np.float32)
    face[60:100, 70:95] = 1
    picture = np.random.default_rng(1).random((192, 192)).astype(np.float32)
    for seed in range(10):
        out = compose.covered(np.random.default_rng(seed), picture, [face])
        assert np.ptp(out[face > 0]) == 0 and (out != picture).mean() < 0.15 and (out == picture).any()


def test_a_frontal_head_is_as_wide_on_the_left_as_on_the_right_and_faces_the_camera():
    layers = render.view(render.HeadShape(head.head(3, True)), 0, 0, side=96)
    cover = layers[0] > 0
    left, right = cover[:, :48].sum(), cover[:, 48:].sum()
    assert 0.9 < left / right < 1.1
    face = layers[7] > 128
    assert 0.1 < face.sum() / cover.sum() < 0.7
    assert layers[3][face].mean() > 170  # Most of it looks towards us: normals' third part, 128 is sideways.


def test_a_profile_shows_a_nose_and_slices_make_steps():
    smooth = render.view(render.HeadShape(head.head(3, True)), 90, 0, side=96)
    stepped = render.view(render.HeadShape(head.head(3, True), render.Cut(slice_thickness=0.12)), 90, 0, side=96)
    assert np.abs(np.diff(stepped[2].astype(int), axis=0)).mean() > 1.3 * np.abs(np.diff(smooth[2].astype(int), axis=0)).mean()
    cut = render.view(render.HeadShape(head.head(3, True), render.Cut(highest=0.5)), 0, 0, side=96)
    assert (cut[0] > 0).sum() < 0.9 * (render.view(render.HeadShape(head.head(3, True)), 0, 0, side=96)[0] > 0).sum()


def test_every_degradation_keeps_a_picture():
    picture = np.random.default_rng(1).random((64, 72)).astype(np.float32)
    for seed in range(60):
        out = degrade.degraded(picture, np.random.default_rng(seed))
        assert out.shape == picture.shape and out.dtype == np.uint8
    assert np.abs(degrade.blocky(picture, 0.01) - picture).max() < 0.01


def test_a_pool_goes_on_where_it_was_interrupted(shelves, tmp_path):
    pool.make(tmp_path / "whole", shelves, 100, 6, progress=None)
    pool.make(tmp_path / "half", shelves, 100, 6, progress=None)
    pictures = np.lib.format.open_memmap(tmp_path / "half" / "pictures.npy", "r+")
    pictures[4:] = 0
    pictures.flush()
    (tmp_path / "half" / "done").write_text("4")
    pool.make(tmp_path / "half", shelves, 100, 6, progress=None)
    for name in ("pictures.npy", "boxes.npy"):
        assert (tmp_path / "whole" / name).read_bytes() == (tmp_path / "half" / name).read_bytes()


def test_several_processes_draw_what_one_does(shelves, tmp_path):
    for processes in (1, 2):
        pool.make(tmp_path / str(processes), shelves, 100, 12, processes, progress=None)
    for name in ("pictures.npy", "boxes.npy"):
        assert (tmp_path / "1" / name).read_bytes() == (tmp_path / "2" / name).read_bytes()


def test_what_is_searched_at_two_sizes_is_found_once_and_where_it_is():
    def run(canvas):
        """Sees a square of 24 pixels about the lightest cell, surely."""
        rows, columns = canvas.shape[0] // 8, canvas.shape[1] // 8
        cells = canvas.reshape(rows, 8, columns, 8).mean((1, 3))
        answer = np.full((5, rows, columns), 12, np.float32)
        answer[0] = (cells == cells.max()) * 0.9
        return answer

    picture = np.zeros((300, 600), np.uint8)
    picture[130:170, 330:370] = 255
    found = find.search(run, picture, 0.5)
    assert len(found) >= 1
    left, top, right, bottom, _ = found[0]
    assert abs((left + right) / 2 - 350) < 20 and abs((top + bottom) / 2 - 150) < 20
    assert find.sizes(300, 600, (416, 208)) == [(208, 416), (104, 208)]
    assert find.sizes(50, 100, (416, 208)) == [(100, 200)]


def test_recall_counts_what_is_covered_by_one_grown_detection():
    face = (100, 100, 200, 200)
    assert evaluate.score_of(face, [(110, 110, 190, 190, 0.7)]) == pytest.approx(0.7)
    assert evaluate.score_of(face, [(100, 100, 150, 150, 0.7), (150, 150, 200, 200, 0.8)]) == 0
    assert evaluate.wilson(0, 100)[1] == pytest.approx(3.7, abs=0.05)
    assert evaluate.wilson(97, 100)[0] == pytest.approx(91.5, abs=0.1)
    assert evaluate.choose({"a": [0.2] * 14 + [0.6] * 10}, {"a": 100}) == pytest.approx(0.21)
