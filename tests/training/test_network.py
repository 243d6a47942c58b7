"""The network learns, its training goes on where it was interrupted, and what is exported keeps its contract.

Goal: `make train-face` does what docs/training.md says. Method: a few steps on pictures of plain squares. Needs PyTorch
whole: make torch-full.
"""

import hashlib
import json
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

try:
    import torch
except (ImportError, OSError) as error:
    pytest.skip(f"import torch fails ({type(error).__name__}): make torch-full installs what it needs", allow_module_level=True)

from training.face import export, find  # noqa: E402
from training.face.loss import edge_loss, score_loss, targets  # noqa: E402
from training.face.network import FaceNetwork, weight_count  # noqa: E402
from training.face.pool import BOXES_MAX  # noqa: E402
from training.face.train import Training, next_order, rate, turned  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def one_thread():
    torch.set_num_threads(1)


@pytest.fixture()
def squares(tmp_path):
    """A pool of 64 pictures with a light square each, 96 pixels wide."""
    random = np.random.default_rng(1)
    pictures = random.integers(0, 40, (64, 96, 96), dtype=np.uint8)
    boxes = np.full((64, BOXES_MAX, 5), -1, np.float32)
    for picture, box in zip(pictures, boxes):
        size = int(random.integers(20, 50))
        left, top = random.integers(0, 96 - size, 2)
        picture[top:top + size, left:left + size] += 180
        box[0] = (left, top, left + size, top + size, 1)
    (tmp_path / "pool").mkdir()
    np.save(tmp_path / "pool" / "pictures.npy", pictures)
    np.save(tmp_path / "pool" / "boxes.npy", boxes)
    return tmp_path / "pool"


def test_the_network_has_the_size_it_says_and_answers_for_every_cell():
    network = FaceNetwork().eval()
    assert 100_000 < weight_count(network) < 300_000
    with torch.inference_mode():
        answer = network(torch.rand(1, 1, 64, 96))
    assert answer.shape == (1, 5, 8, 12)
    assert (answer[:, 0] >= 0).all() and (answer[:, 0] <= 1).all() and (answer[:, 1:] > 0).all()


def test_it_learns_and_goes_on_where_it_was_interrupted(squares, tmp_path):
    whole = Training(tmp_path / "whole", 12, 3, "cpu", half=False)
    whole.run(squares, progress=None)
    losses = [row[1] + row[2] for row in whole.log]
    assert np.isfinite(losses).all()
    first = Training(tmp_path / "halves", 12, 3, "cpu", half=False)
    pictures, boxes = np.load(squares / "pictures.npy"), np.load(squares / "boxes.npy")
    begun = [sum(first.one_step(pictures, boxes)) for _ in range(6)]
    first._save()
    second = Training(tmp_path / "halves", 12, 3, "cpu", half=False)
    assert second.step == 6
    second.run(squares, progress=None)
    for name, value in whole.average.state_dict().items():
        assert torch.allclose(value.float(), second.average.state_dict()[name].float(), atol=1e-4), name
    assert begun[0] > losses[-1]


def test_the_rate_rises_and_falls_twice_to_its_last():
    rates = [rate(step, 1000) for step in range(1000)]
    assert rates.index(max(rates)) in (149, 150) and rates[0] < 0.02 * max(rates)
    assert rates[799] < 0.02 * max(rates) and rates[999] < 0.02 * max(rates)
    assert max(rates[800:]) == rates[800] == pytest.approx(0.4 * max(rates))


@pytest.mark.parametrize("quarter_turns", range(4))
@pytest.mark.parametrize("mirrored", (False, True))
def test_boxes_turn_with_their_pictures(quarter_turns, mirrored):
    pictures = torch.zeros(1, 1, 96, 96)
    pictures[:, :, 10:30, 50:80] = 1
    boxes = torch.tensor([[[50.0, 10.0, 80.0, 30.0, 1.0]]])
    pictures, boxes = turned(pictures, boxes, quarter_turns, mirrored)
    left, top, right, bottom = (int(value) for value in boxes[0, 0, :4])
    assert pictures[0, 0, top:bottom, left:right].mean() == 1 and pictures.sum() == 600


def test_what_was_taken_for_a_face_is_shown_more_often_and_faces_as_often_as_before():
    alarms = np.array([np.nan] * 500 + [0.01] * 250 + [0.5] * 250)
    shown = np.bincount(next_order(np.random.default_rng(1), alarms), minlength=1000)
    assert shown.sum() == 1000
    assert shown[:500].max() <= 2 and shown[500:750].mean() < 0.5 < 1.5 < shown[750:].mean()
    assert sorted(next_order(np.random.default_rng(1), np.full(10, np.nan))) == list(range(10))


def test_the_losses_are_least_where_the_answer_is_right():
    boxes = torch.tensor([[[20.0, 28.0, 52.0, 76.0, 1.0], [60.0, 60.0, 90.0, 90.0, 0.0]]])
    heat, weight, distances, edge_weight = targets(boxes, 12, 12)
    assert heat[0].argmax() == 6 * 12 + 4 and heat.max() == 1
    assert weight[0, 9, 9] == 0 and weight[0, 0, 0] == 1  # A face that is not demanded is not forbidden either.
    right = torch.where(heat > 0.99, 8.0, -8.0)
    assert score_loss(right, heat, weight) < 0.05 < score_loss(-right, heat, weight)
    exact = torch.log(distances / 16)
    assert edge_loss(exact, distances, edge_weight) < 1e-4 < edge_loss(exact + 0.3, distances, edge_weight)


def test_an_exported_file_keeps_the_contract_and_answers_as_the_network_does(tmp_path):
    network = FaceNetwork().eval()
    facts = {"name": "n", "version": "1", "licence": "l", "trained_on": "t", "threshold": 0.4}
    digest = export.export(tmp_path / "a.pt", network, facts)
    assert digest == hashlib.sha256((tmp_path / "a.pt").read_bytes()).hexdigest()
    files = {"metadata.json": ""}
    module = torch.jit.load(tmp_path / "a.pt", _extra_files=files)
    metadata = json.loads(files["metadata.json"])
    assert metadata["contract"] == "efface-detector/1" and metadata["threshold"] == 0.4
    with torch.inference_mode():
        picture = torch.rand(1, 1, 96, 64)
        assert torch.allclose(module(picture), network(picture), atol=1e-3, rtol=1e-3)
        answer = module(torch.from_numpy(export.self_test_input())).numpy().ravel()
    test = metadata["self_test"]
    assert np.allclose(answer[test["at"]], test["values"], rtol=1e-4)
    with zipfile.ZipFile(tmp_path / "a.pt") as archive:
        assert not any(name.endswith(".debug_pkl") for name in archive.namelist())
        assert all(str(ROOT).encode() not in archive.read(name) for name in archive.namelist())


def test_the_shipped_network_finds_the_faces_of_a_picture_drawn_for_this_test(tmp_path):
    from training.face import compose, evaluate, library

    path = ROOT / "models" / "face-detector.pt"
    files = {"metadata.json": ""}
    module = torch.jit.load(path, _extra_files=files)
    library.make(tmp_path, 77, {"rendering": 6, "photograph": 6, "radiograph": 1, "body": 1}, progress=None)
    composer = compose.Composer(library.read(tmp_path), 256)

    def run(canvas):
        with torch.inference_mode():
            return module(torch.from_numpy(canvas)[None, None])[0].numpy()

    threshold, hits, faces = json.loads(files["metadata.json"])["threshold"], 0, 0
    for family in ("rendering", "photograph"):
        for seed in range(25):
            sample = composer.sample(900_000 + seed, family)
            found = find.search(run, sample.picture, threshold)
            for box, demanded in zip(sample.boxes, sample.demanded):
                faces += demanded
                hits += demanded and evaluate.score_of(box, found) >= threshold
    assert faces > 30 and hits / faces > 0.65
