"""The generator fills what is hidden from what is visible, mask and noise alone, learns, and keeps its contract as a file.

Goal: `make train-generator` does what docs/training.md says, and no hidden pixel has a part in a fill. Method: networks as
they begin, some after a few steps on drawn squares. Needs PyTorch whole: make torch-full.
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

from training.gan import batches, evaluate, export, loss, pool  # noqa: E402
from training.gan.discriminator import Discriminators  # noqa: E402
from training.gan.network import Generator, weight_count  # noqa: E402
from training.gan.train import Plan, Training, rates, side_at  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def one_thread():
    torch.set_num_threads(1)


def asked(channels=1, rows=64, columns=96, seed=1):
    """picture, mask, noise"""
    generator = torch.Generator().manual_seed(seed)
    mask = torch.zeros(2, 1, rows, columns)
    mask[:, :, 16:40, 24:64] = 1
    return (torch.rand((2, channels, rows, columns), generator=generator) * 2 - 1, mask,
            torch.randn((2, 1, rows // 2, columns // 2), generator=generator))


def begun(size="s", channels=1):
    """Not as it begins: its last layers would hide what the others do."""
    torch.manual_seed(3)
    network = Generator(size, channels).eval()
    with torch.no_grad():
        network.finished.weight.normal_(std=0.2)
    return network


@pytest.fixture()
def squares(tmp_path):
    """A pool of 32 pictures of a light square on a dark slope, 64 pixels wide; its middle is the face."""
    random = np.random.default_rng(1)
    pictures = np.zeros((32, 1, 64, 64), np.uint16)
    faces = np.zeros((32, 16, 16), bool)
    for picture, face in zip(pictures, faces):
        left, top = random.integers(8, 24, 2)
        picture[0] = np.linspace(0, 12000, 64, dtype=np.uint16)[:, None]
        picture[0, top:top + 32, left:left + 32] = 50000
        face[top // 4 + 2:top // 4 + 6, left // 4 + 2:left // 4 + 6] = True
    (tmp_path / "pool").mkdir()
    for name, array in zip(pool.NAMES, (pictures, faces, np.zeros(32, np.uint8))):
        np.save(tmp_path / "pool" / f"{name}.npy", array)
    return tmp_path / "pool"


def small(steps, **more):
    return Plan(steps, 3, sides=(64, 64), batch=4, **more)


@pytest.mark.parametrize("size, low, high", (("s", 0.9e6, 1.2e6), ("m", 3.8e6, 4.5e6)))
def test_the_networks_have_the_sizes_they_say(size, low, high):
    assert low < weight_count(Generator(size)) < high


@pytest.mark.parametrize("channels", (1, 3))
def test_the_answer_is_the_picture_itself_outside_of_the_mask(channels):
    x, mask, noise = asked(channels)
    with torch.inference_mode():
        out = begun("s", channels)(x, mask, noise)
    hidden = mask.expand_as(x) > 0.5
    assert out.shape == x.shape and torch.equal(out[~hidden], x[~hidden])
    assert (out[hidden] != x[hidden]).all() and out.abs().max() <= 1


@pytest.mark.parametrize("what", (float("nan"), float("inf"), -1.0, 7.0, "noise"))
def test_hidden_pixels_change_no_bit_of_the_answer(what):
    network = begun()
    x, mask, noise = asked()
    other = torch.where(mask > 0.5, torch.rand_like(x) if what == "noise" else torch.full_like(x, what), x)
    with torch.inference_mode():
        out, again = network(x, mask, noise), network(other, mask, noise)
    assert torch.isfinite(out).all() and torch.equal(out, again)


def test_other_noise_makes_another_fill_and_the_same_noise_the_same():
    network = begun()
    x, mask, noise = asked()
    with torch.inference_mode():
        out = network(x, mask, noise)
        assert torch.equal(out, network(x, mask, noise))
        assert (network(x, mask, -noise) - out).abs().max() > 1e-3


def test_an_exported_file_keeps_the_contract_and_answers_as_the_network_does(tmp_path):
    for channels in (1, 3):
        network = begun("s", channels)
        facts = {"name": "n", "version": "1", "licence": "l", "trained_on": "t", "channels": channels, "sizes": [128, 256]}
        digest = export.export(tmp_path / "a.pt", network, facts)
        assert digest == hashlib.sha256((tmp_path / "a.pt").read_bytes()).hexdigest()
        files = {"metadata.json": ""}
        module = torch.jit.load(tmp_path / "a.pt", _extra_files=files)
        metadata = json.loads(files["metadata.json"])
        expected = {"contract": "efface-generator/1", "channels": channels, "range": [-1, 1], "sizes": [128, 256], "side_multiple": 32,
                    "hole_value": 0.0, "window": "p0.5-p99.5 visible", "max_mask_fraction": 0.45, "uses_noise": True, "alignment": "none"}
        assert {key: metadata[key] for key in expected} == expected
        with torch.inference_mode():
            for rows, columns in ((96, 64), (64, 96)):
                given = asked(channels, rows, columns)
                assert torch.allclose(module(*given), network(*given), atol=1e-4)
            poisoned = torch.where(given[1] > 0.5, torch.full_like(given[0], float("nan")), given[0])
            assert torch.equal(module(*given), module(poisoned, *given[1:]))
            with torch.autocast("cpu", torch.bfloat16):
                for _ in range(3):  # TorchScript compiles anew for the other arithmetic.
                    rough = module(*given)
                assert torch.equal(rough, module(poisoned, *given[1:]))
            visible = given[1].expand_as(given[0]) < 0.5
            assert rough.dtype == torch.float32 and torch.equal(rough[visible], given[0][visible])
            assert (rough - module(*given)).abs().max() < 0.1
            answer = module(*(torch.from_numpy(one) for one in export.self_test_input(channels))).numpy().ravel()
        test = metadata["self_test"]
        assert np.allclose(answer[test["at"]], test["values"], atol=1e-5) and test["tolerance"] == 1e-3
        left, top, right, bottom = test["hole"]
        rows, columns = np.divmod(np.array(test["at"]) % test["side"] ** 2, test["side"])
        assert ((rows >= top) & (rows < bottom) & (columns >= left) & (columns < right)).all()
        with zipfile.ZipFile(tmp_path / "a.pt") as archive:
            assert not any(name.endswith(".debug_pkl") for name in archive.namelist())
            assert all(str(ROOT).encode() not in archive.read(name) for name in archive.namelist())


def test_steps_on_one_batch_lower_what_is_asked_for(squares, tmp_path):
    training = Training(tmp_path / "t", small(400), half=False)
    given = training.batch(*pool.read(squares)[:2])
    losses = [sum(training.one_step(*given)[:2]) for _ in range(25)]
    assert np.isfinite(losses).all() and np.mean(losses[-3:]) < 0.75 * losses[0]


def test_training_is_the_same_from_the_same_seed_and_goes_on_where_it_was_interrupted(squares, tmp_path):
    whole = Training(tmp_path / "whole", small(8, slope=1.0), half=False)
    assert whole.run(squares, squares, progress=None)
    pictures, faces, _ = pool.read(squares)
    first = Training(tmp_path / "halves", small(8, slope=1.0), half=False)
    for _ in range(4):
        first.one_step(*first.batch(pictures, faces))
    first.save()
    second = Training(tmp_path / "halves", small(8, slope=1.0))
    assert second.step == 4 and second.half is False
    second.run(squares, squares, progress=None)
    for name, value in whole.average.state_dict().items():
        assert torch.allclose(value, second.average.state_dict()[name], atol=1e-5), name
    assert whole.log[-1][2] > 0 and whole.log[-1][6] > 0  # Both phases were met.
    assert (tmp_path / "whole" / "samples.png").exists()
    with pytest.raises(SystemExit, match="another training"):
        Training(tmp_path / "halves", small(9))


def test_training_pauses_when_its_time_is_over(squares, tmp_path):
    assert Training(tmp_path / "t", small(50), half=False).run(squares, None, 0.0, progress=None) is False
    assert Training(tmp_path / "t", small(50), half=False).step == 1


def test_the_judges_begin_with_the_second_phase_and_the_large_pictures_come_last():
    plan = Plan(1000)
    assert rates(0, 1000)[0] < 1e-4 < rates(100, 1000)[0] and rates(100, 1000)[1] == 0
    assert rates(260, 1000)[1] == pytest.approx(8e-4) and rates(999, 1000)[0] < 1e-4
    assert side_at(0, plan) == side_at(749, plan) == 128 and side_at(750, plan) == side_at(999, plan) == 256


def test_batches_are_windowed_by_what_is_visible_and_their_masks_lie_on_the_grid(squares):
    pictures, faces, _ = pool.read(squares)
    one, again = (batches.for_training((1, 2), pictures, faces, np.arange(8), 64) for _ in range(2))
    assert all(torch.equal(a, b) for a, b in zip(one, again))
    picture, mask = one
    assert picture.shape == mask.shape == (8, 1, 64, 64) and picture.abs().max() <= 1
    cells = mask.view(8, 8, 8, 8, 8)
    assert torch.equal(cells.amax((2, 4)), cells.amin((2, 4)))
    assert ((mask.mean((1, 2, 3)) >= 0.02) & (mask.mean((1, 2, 3)) <= 0.45)).all()
    raw = torch.rand(1, 1, 64, 64)
    hole = torch.zeros(1, 1, 64, 64)
    hole[:, :, 8:40, 8:40] = 1
    other = torch.where(hole > 0.5, torch.full_like(raw, 50.0), raw)
    assert torch.equal(batches.window(raw, hole)[hole < 0.5], batches.window(other, hole)[hole < 0.5])


def test_half_of_a_batch_shows_what_is_cut_out_about_a_face_and_the_face_lies_where_it_is_shown():
    pictures, faces = torch.zeros(64, 1, 128, 128), torch.zeros(64, 1, 32, 32)
    pictures[:, :, 40:72, 60:84] = 1
    faces[:, :, 10:18, 15:21] = 1
    half, x, y = batches.crops(faces)
    assert half[0] == pytest.approx(0.25 * 1.5 * 1.6) and (x[0], y[0]) == (pytest.approx(0.125), pytest.approx(-0.125))
    for side in (64, 128):
        shown, where = batches.placed(np.random.default_rng(1), pictures, faces, side)
        assert (shown - where.float()).abs().mean() < 0.03
        shares = where.float().mean((1, 2, 3)).sort().values
        assert shares[8] < 0.07 and shares[-8] > 0.1  # Whole pictures, and cut out ones.


def test_structure_is_that_of_a_gaussian_window_with_reflected_ends():
    truth, _, _ = asked()
    other = (truth + 0.3 * torch.randn(truth.shape, generator=torch.Generator().manual_seed(1))).clamp(-1, 1)
    kernel = torch.exp(-0.5 * ((torch.arange(11.) - 5) / 1.5) ** 2)
    kernel = torch.outer(kernel, kernel) / kernel.sum() ** 2

    def smooth(planes):
        apart = torch.nn.functional.pad(planes, (5, 5, 5, 5), mode="reflect").flatten(0, 1)[:, None]
        return torch.nn.functional.conv2d(apart, kernel[None, None]).view(planes.shape)

    a, b = truth * 0.5 + 0.5, other * 0.5 + 0.5
    mean_a, mean_b = smooth(a), smooth(b)
    spread_a, spread_b, common = smooth(a * a) - mean_a ** 2, smooth(b * b) - mean_b ** 2, smooth(a * b) - mean_a * mean_b
    wanted = (2 * mean_a * mean_b + 1e-4) * (2 * common + 9e-4) / \
        ((mean_a ** 2 + mean_b ** 2 + 1e-4) * (spread_a + spread_b + 9e-4))
    assert (loss.ssim_map(truth, other) - wanted).abs().max() < 1e-4
    assert 0.05 < wanted.mean() < 0.95


def test_the_losses_are_least_where_the_fill_is_the_truth():
    truth, mask, _ = asked()
    other = torch.where(mask > 0.5, -truth, truth)
    assert loss.difference(truth, truth, mask) == 0 and loss.structure(truth, truth, mask).abs() < 1e-5
    assert loss.difference(other, truth, mask) > 0.3 and loss.structure(other, truth, mask) > 0.3
    judges = Discriminators()
    with torch.no_grad():
        real, filled = judges(truth, mask), judges(other, mask)
    assert loss.features(real, real) == 0 < loss.features(filled, real)
    assert [answer.shape[2:] for answer, _, _ in real] == [share.shape[2:] for _, _, share in real]


def test_measures_know_the_truth_a_constant_and_what_lies_beyond_the_mask():
    random = np.random.default_rng(1)
    truth = random.random((64, 64)).astype(np.float32)
    mask = np.zeros((64, 64), bool)
    mask[16:48, 16:48] = True
    psnr, ssim, grey, high, _ = evaluate.measured(truth, truth, mask)
    assert np.isnan(psnr) and ssim == pytest.approx(1, abs=1e-4) and high == pytest.approx(1)
    psnr, ssim, grey, high, _ = evaluate.measured(evaluate.ring_mean(truth, mask), truth, mask)
    assert 8 < psnr < 14 and ssim < 0.15 and grey < 1e-3 and high < 0.01
    other = np.where(mask, truth, 9)
    assert np.allclose(evaluate.fine(truth, mask)[mask], evaluate.fine(other, mask)[mask])
    inner, outer = evaluate.rims(mask)
    assert inner.sum() == 32 ** 2 - 20 ** 2 and outer.sum() == 44 ** 2 - 32 ** 2
