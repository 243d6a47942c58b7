"""What a generator's file says of how sure a fill is, is fitted to the features that the pipeline measures, and holds.

Goal: the coefficients of training/gan/confidence.py mean in pipeline/enhance/confidence.cpp what they were fitted to, and a reliability
table shows when they do not hold. Method: the same arrays as tests/unit/pipeline/enhance/confidence_test.cpp, with the same numbers;
regressions on cases whose chances are known. What needs PyTorch whole skips without it.
"""

import json
import sys
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from training.gan import confidence, surround  # noqa: E402


def top_bytes(count, state):
    """training/torchscript.py's, which needs PyTorch."""
    values = []
    for _ in range(count):
        state = (state * 1664525 + 1013904223) % (1 << 32)
        values.append((state >> 24) / 255)
    return np.array(values, np.float32)


def test_the_ring_is_measured_as_the_pipeline_measures_it():
    hole = np.zeros((64, 64), bool)
    hole[20:40, 24:44] = True
    seen = top_bytes(64 * 64, 1).reshape(64, 64) * 2 - 1
    answer = 0.5 * seen + 0.4 * (top_bytes(64 * 64, 3).reshape(64, 64) * 2 - 1) + 0.1
    ring = confidence.ring_about(hole, hole, 12, 0.45)
    assert ring.sum() == 1364  # Eleven pixels wide: twelve would hide more than 45 %.
    assert confidence.compare_in_ring(answer, seen, ring, hole) == pytest.approx((0.678196, 0.043474, 0.458129), abs=1e-4)


def test_the_features_of_a_hole_are_the_pipelines():
    rows, columns = np.mgrid[0:80, 0:96]
    frame = top_bytes(96 * 80, 5).reshape(80, 96) * 200 + 5 * columns + 3 * rows
    mask = np.zeros((80, 96), bool)
    mask[24:48, 32:56] = True
    shown = surround.shown(frame[None], mask, (128, 256), 32, 0.45)
    rows, columns = np.mgrid[0:128, 0:128]
    ring = confidence.ring_about(shown.hidden, shown.hidden, 12, 0.45)
    answer = (0.3 * np.sin(columns / 5) + 0.2 * np.cos(rows / 7))[None]
    assert confidence.features(shown, ring, answer) == pytest.approx(
        (0.174416, 0.044921, 2.056357, 0, 0.081818, 1.925877, -1.188469), abs=2e-4)


def test_without_a_ring_the_features_say_so():
    hidden = np.zeros((64, 64), bool)
    hidden[8:56, 8:40] = True
    shown = surround.Shown(np.zeros((1, 64, 64)), np.zeros((1, 64, 64)), hidden, np.exp(2), 0.3)
    assert confidence.ring_about(hidden, hidden, 12, 0.45) is None
    assert confidence.features(shown, None, None) == pytest.approx((0, 0, 0, 1, 0.3, 2, np.log(48 / 64)))


def test_what_hides_under_a_mask_changes_no_feature():
    random = np.random.default_rng(3)
    mask = np.zeros((96, 96), bool)
    mask[30:60, 30:60] = True
    frame = random.normal(0, 5, (1, 96, 96)) + 4 * np.arange(96)
    other = np.where(mask, random.normal(0, 1e6, mask.shape), frame)
    one, two = (surround.shown(picture, mask, (128, 256), 32, 0.45) for picture in (frame, other))
    assert np.array_equal(one.planes, two.planes) and (one.snr, one.hidden_share) == (two.snr, two.hidden_share)


def test_what_the_pipeline_refuses_is_no_case():
    random = np.random.default_rng(3)
    slope = random.normal(0, 2, (1, 128, 128)) + 4 * np.arange(128)
    mask = np.zeros((128, 128), bool)
    mask[40:80, 40:80] = True
    assert surround.shown(slope, mask, (128,), 32, 0.45) is not None
    assert surround.shown(random.normal(0, 2, (1, 128, 128)), mask, (128,), 32, 0.45) is None  # Noise alone.
    assert surround.shown(slope, mask, (128,), 32, 0.05) is None  # More than the network fills.
    whole = np.zeros((128, 128), bool)
    whole[:, 20:100] = True
    assert surround.shown(slope, whole, (128,), 32, 0.9) is None  # Too little is left.


def cases(count, seed=1):
    """Features, chances and outcomes of a known regression."""
    random = np.random.default_rng(seed)
    rows = random.normal(0, 1, (count, len(confidence.NAMES))) * [0.3, 0.1, 0.5, 1, 0.1, 0.6, 0.4] + [0.4, 0.1, 0.5, 0, 0.2, 3, -1]
    model = {"intercept": -1.0, "weights": dict(zip(confidence.NAMES, (4, -3, -1, 0.5, -2, 0.5, 0.25)))}
    chances = confidence.said(model, rows)
    return rows, chances, random.random(count) < chances


def test_the_regression_finds_the_chances_that_made_the_cases():
    rows, chances, good = cases(20_000)
    model = confidence.fitted(rows, good)
    again, true, other = cases(5_000, 2)
    assert np.abs(confidence.said(model, again) - true).mean() < 0.02
    assert confidence.calibration_error(confidence.reliability(confidence.said(model, again), other)) < 0.03
    assert model["weights"]["ring_ssim"] == pytest.approx(4, abs=0.5)


def test_the_regression_stays_finite_where_all_are_good_and_where_a_feature_never_varies():
    rows, _, _ = cases(50)
    rows[:, confidence.NAMES.index("no_ring")] = 0
    for good in (np.ones(50, bool), np.zeros(50, bool)):
        model = confidence.fitted(rows, good)
        assert all(np.isfinite(list(model["weights"].values()))) and abs(model["intercept"]) < 1000
        assert model["weights"]["no_ring"] == 0
        assert (confidence.said(model, rows).round() == good).all()


def test_reliability_shows_what_does_not_hold():
    random = np.random.default_rng(5)
    said = random.random(4_000)
    honest, boastful = random.random(4_000) < said, random.random(4_000) < said ** 3
    rows = confidence.reliability(said, honest)
    assert len(rows) == 10 and sum(n for _, n, *_ in rows) == 4_000
    assert all(least <= share <= most for _, _, _, share, least, most in rows)
    assert sum(least <= mean <= most for _, _, mean, _, least, most in rows) >= 8
    assert confidence.calibration_error(rows) < 0.03 < 0.2 < confidence.calibration_error(confidence.reliability(said, boastful))
    assert confidence.brier(said, honest) < confidence.brier(said, boastful)
    assert confidence.brier([1, 0], [True, False]) == 0 and confidence.brier([0.5, 0.5], [True, False]) == 0.25
    assert confidence.wilson(5, 10) == pytest.approx((0.2366, 0.7634), abs=1e-3) and confidence.wilson(0, 10)[0] == 0
    assert confidence.plot(rows).shape == (confidence.PLOT, confidence.PLOT, 3)
    model = {**confidence.fitted(*cases(100)[::2]), "fitted": {"cases": 100, "first_seed": 1, "generator": "ab"}}
    assert "| 0.9 to 1.0 |" in "\n".join(confidence.report(model, said, honest))


def test_the_names_are_the_contracts():
    header = (ROOT / "pipeline/picture/confidence_model.h").read_text(encoding="utf-8")
    listed = header.split("kConfidenceFeatureNames{")[1].split("}")[0]
    assert tuple(json.loads(f"[{listed}]")) == confidence.NAMES


def test_a_file_says_what_was_fitted_and_a_fill_is_judged(tmp_path):
    try:
        import torch
    except (ImportError, OSError) as error:
        pytest.skip(f"import torch fails ({type(error).__name__}): make torch-full installs what it needs")
    from training.gan import confidence_cases, export
    from training.gan.network import Generator

    torch.set_num_threads(1)
    torch.manual_seed(3)
    network = Generator("s")
    model = {"intercept": 0.5, "weights": dict.fromkeys(confidence.NAMES, 0.25), "ring": 12,
             "fitted": {"cases": 9, "first_seed": 1, "generator": "ab"}}
    facts = {"name": "n", "version": "1", "licence": "l", "trained_on": "t", "channels": 1, "sizes": [128, 256]}
    for given in ({}, {"confidence": None}, {"confidence": model}):
        export.export(tmp_path / "a.pt", network, {**facts, **given})
        files = {"metadata.json": ""}
        module = torch.jit.load(tmp_path / "a.pt", _extra_files=files)
        assert json.loads(files["metadata.json"]).get("confidence") == given.get("confidence")

    mask = np.zeros((128, 128), bool)
    mask[40:80, 40:80] = True
    slope = np.random.default_rng(3).normal(0.5, 0.01, (1, 128, 128)).astype(np.float32) + np.arange(128, dtype=np.float32) / 300
    contract = {"sizes": [128, 256], "side_multiple": 32, "max_mask_fraction": 0.45}
    features, good = confidence_cases.case(module, slope, mask, (1, 2), contract)
    again, _ = confidence_cases.case(module, np.where(mask, 9, slope), mask, (1, 2), contract)
    assert features == again and len(features) == len(confidence.NAMES) and features[3] == 0
    truth = slope[0].clip(0, 1)
    assert not good and confidence_cases.is_good(truth, truth, mask)
    assert not confidence_cases.is_good(np.where(mask, truth + 0.3, truth), truth, mask)
