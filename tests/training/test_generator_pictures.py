"""What the generator is trained on: heads with an inside, pictures of them, and masks as Efface lays them.

Goal: pictures follow from their seeds, and no mask draws a person. Method: a few of each kind, drawn twice. No PyTorch.
"""

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from training.gan import catalogue, heads, occlusions, pool, radiographs  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
SIDE = 64


@pytest.fixture(scope="module", autouse=True)
def coarse_voxels():
    """An eighth as many: what is tested does not depend on how fine they are."""
    fine, radiographs.VOXEL = radiographs.VOXEL, 3.2
    radiographs.voxels.cache_clear()
    yield
    radiographs.VOXEL = fine
    radiographs.voxels.cache_clear()


def test_a_head_follows_from_its_seed_and_from_sixty_numbers_at_least():
    assert len(heads.PARAMETERS) >= 60
    assert all(low < high for low, high in heads.PARAMETERS.values())
    one, again, other = heads.Head(5), heads.Head(5), heads.Head(6)
    for name, (low, high) in heads.PARAMETERS.items():
        assert getattr(one, name) == getattr(again, name) != getattr(other, name), name
        assert low <= getattr(one, name) <= high, name


def test_every_parameter_is_used():
    source = (ROOT / "training/gan/heads.py").read_text(encoding="utf-8")
    body = source[source.index("def ellipsoid"):]
    assert [name for name in heads.PARAMETERS
            if f"self.{name}" not in body and f"u.{name}" not in body and name != "scale"] == []
    assert "head.scale" in (ROOT / "training/gan/slices.py").read_text(encoding="utf-8")


def test_a_head_has_skull_brain_airways_teeth_sinuses_fat_and_eyes_where_they_belong():
    head = heads.Head(3)
    head.teeth[:] = True
    x, y, z = (np.arange(low, high, 3.0, dtype=np.float32) for low, high in ((-90, 90), (-140, 110), (-110, 120)))
    places = np.stack([one.ravel() for one in np.meshgrid(x, y, z, indexing="ij")])
    tissues, surface = head.tissues(places)
    assert set(range(heads.TISSUES)) - {heads.METAL} <= set(np.unique(tissues).tolist())
    assert (tissues[surface >= 0] == heads.AIR).all()
    middle = {kind: places[:, tissues == kind].mean(1) for kind in (heads.WHITE, heads.ENAMEL, heads.GLOBE)}
    assert middle[heads.GLOBE][2] > 50 and abs(middle[heads.GLOBE][1] - head.eye_up) < 3
    assert middle[heads.ENAMEL][1] < -40 < middle[heads.WHITE][1] and middle[heads.ENAMEL][2] > 40
    inside = (tissues == heads.AIR) & (surface < -8)
    assert (inside & (places[1] < -90)).any() and (inside & (places[2] > 35) & (np.abs(places[0]) > 15)).any()  # Throat, sinuses.


@pytest.mark.parametrize("kind", catalogue.KINDS)
def test_pictures_are_the_same_from_the_same_seed_and_lie_between_0_and_1(kind):
    for channels in (1, 3):
        one, face = catalogue.drawn(9, 1, SIDE, channels, kind)
        again, face_again = catalogue.drawn(9, 1, SIDE, channels, kind)
        assert np.array_equal(one, again) and np.array_equal(face, face_again)
        assert one.shape == (channels, SIDE, SIDE) and one.dtype == np.float32 and face.dtype == bool
        assert np.isfinite(one).all() and one.min() >= 0 and one.max() <= 1 and one.std() > 0.02
        assert not np.array_equal(one, catalogue.drawn(9, 2, SIDE, channels, kind)[0])


def test_photographs_have_colours_where_three_channels_are_asked_for():
    picture, _ = catalogue.drawn(9, 1, SIDE, 3, "photograph")
    assert np.ptp(picture, axis=0).mean() > 0.01


def test_every_kind_is_drawn_about_as_often_as_said():
    kinds = [catalogue.kind_of(1, catalogue.GROUP * i) for i in range(2000)]
    for kind, share in catalogue.SHARES.items():
        assert abs(kinds.count(kind) / 2000 - share) < 0.04, kind
    assert sum(catalogue.SHARES.values()) == pytest.approx(1)


def head_like(random, side):
    x, y = occlusions.pixels(side)
    x0, y0 = random.uniform(0.3, 0.7, 2) * side
    return ((x - x0) / (random.uniform(0.08, 0.3) * side)) ** 2 + ((y - y0) / (random.uniform(0.1, 0.35) * side)) ** 2 < 1


@pytest.mark.parametrize("kind", [*occlusions.KINDS, None])
@pytest.mark.parametrize("side", (64, 128))
def test_masks_lie_on_the_grid_and_cover_between_2_and_45_percent(kind, side):
    for seed in range(30):
        face = head_like(np.random.default_rng([seed, 1]), side) if seed % 6 else np.zeros((side, side), bool)
        mask, again = (occlusions.drawn(np.random.default_rng(seed), face, kind) for _ in range(2))
        assert 0.02 <= mask.mean() <= 0.45
        cells = mask.reshape(side // 8, 8, side // 8, 8)
        assert (cells.any((1, 3)) == cells.all((1, 3))).all()
        assert np.array_equal(mask, again)


@pytest.mark.parametrize("kind", ("box", "hull"))
def test_boxes_and_hulls_are_one_and_a_half_times_the_face(kind):
    face = np.zeros((256, 256), bool)
    face[100:148, 90:154] = True
    mask = occlusions.on_grid(occlusions.KINDS[kind][0](None, face))
    assert mask[face].all()
    left, top, right, bottom = occlusions.bounds(mask)
    assert 96 <= right - left <= 96 + 16 and 72 <= bottom - top <= 72 + 16


def test_two_faces_that_differ_little_get_the_same_mask():
    one = np.zeros((256, 256), bool)
    one[100:147, 91:153] = True
    other = one.copy()
    other[120:124, 153:154] = True  # A nose a pixel longer.
    assert np.array_equal(*(occlusions.on_grid(occlusions.hull(None, face)) for face in (one, other)))


def test_a_pool_goes_on_where_it_was_interrupted(tmp_path):
    pool.make(tmp_path / "whole", 100, 8, SIDE, processes=1, in_turn=True, progress=None)
    pool.make(tmp_path / "half", 100, 8, SIDE, processes=1, in_turn=True, progress=None)
    pictures = np.lib.format.open_memmap(tmp_path / "half" / "pictures.npy", "r+")
    pictures[4:] = 0
    pictures.flush()
    del pictures
    (tmp_path / "half" / "done").write_text("4")
    pool.make(tmp_path / "half", 100, 8, SIDE, processes=1, in_turn=True, progress=None)
    for name in pool.NAMES:
        assert (tmp_path / "whole" / f"{name}.npy").read_bytes() == (tmp_path / "half" / f"{name}.npy").read_bytes(), name
    pictures, faces, kinds = pool.read(tmp_path / "whole")
    assert pictures.dtype == np.uint16 and pictures.shape == (8, 1, SIDE, SIDE) and faces.shape == (8, SIDE // 4, SIDE // 4)
    assert kinds.tolist() == [0, 0, 1, 1, 2, 2, 3, 3]
