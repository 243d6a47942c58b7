"""Goal: the measure measures, and draws what it says. Method: scores are held against figures worked out by hand, pictures
against what was asked for; nothing here runs a program."""

import ast
import io
import json

import beside
import bench_gan
import numpy as np
import pytest
import projections
import sections
from canvas import AIR, CORTEX, GREY, WHITE
from downstream import FAR, NEAR, NODULES, VERSIONS, Counts, counted, distance_to, nodules_in, planted, rows_of
from evaluation import FILLERS, MEASURES, record_of
from family import Person, Shot, hole_of
from figures import add_figures, best_classical, is_grey_right, over_best, report_kind
from holes import GRID, LEAST, MOST, OCCLUSIONS, bounds, corners_of, drawn, on_grid
from interior import Head
from intervals import mean_interval, share_interval
from likenesses import Fisherfaces, Patterns, linked, patch_of
from linkage import SECOND_VISIBLE, _known, judged
from marks import read_marks
from masks_alike import apart, guess, is_equal
from masks_alike import judged as judged_masks
from pngs import read_grey, write_grey
from scored import DRAWN_MOST, KINDS, WANTED, Case, write_cases
from scoring import Report
from stage import changed_outside_box


def seeded(*numbers):
    return np.random.default_rng(numbers)


@pytest.fixture(scope="module")
def head():
    return Head(seeded(5))


def disc(side=96, radius=20):
    y, x = np.mgrid[0:side, 0:side] - side // 2
    return np.hypot(x, y) < radius


# --- heads -----------------------------------------------------------------------------------------------------------


def test_a_head_has_air_about_it_bone_around_the_brain_and_grey_matter_outside_the_white(head):
    along = np.linspace(0, 160, 400, dtype=np.float32)
    line = head.tissues(np.zeros_like(along) + 35, along * 0 - 40, along - 5)

    assert line[-1] == AIR
    inside = np.flatnonzero(np.isin(line, (GREY, WHITE)))
    assert len(inside) > 100 and (line[inside.max():] == CORTEX).any()
    assert not (line[:inside.min()] == AIR).any()


def test_the_same_seed_gives_the_same_slice_and_another_another(head, monkeypatch):
    monkeypatch.setattr(sections, "FINER", 96)
    monkeypatch.setattr(sections, "SIDE", 64)
    for kind in ("ct", "mr"):
        first, again, other = (sections.slice_of(seeded(seed), head, kind) for seed in (1, 1, 2))
        assert (first[0] == again[0]).all() and (first[1] == again[1]).all()
        assert (first[0] != other[0]).any()
        assert first[0].shape == (64, 64) and 0 <= first[0].min() and first[0].max() <= 1 and first[0].std() > .05


def test_a_radiograph_is_the_same_from_its_seed_and_dark_where_air_is(head, monkeypatch):
    monkeypatch.setattr(projections, "VOXEL", 7.0)
    first, again = (projections.radiograph_of(seeded(4), projections.Voxels(seeded(3), head), 64, "lateral")[:2] for _ in range(2))

    assert (first[0] == again[0]).all() and first[1].any() and not first[1].all()
    assert min(first[0][20, :3].mean(), first[0][20, -3:].mean()) < first[0].mean()


def test_heads_of_a_family_differ_in_the_face_alone():
    shot = Shot(number=3, side=96, face=46)
    (one, box), (other, _) = (Person(1, 2, face).photograph(shot) for face in (0, 1))

    x0, y0, x1, y1 = box
    changed = one != other
    assert changed[y0:y1, x0:x1].mean() > .2
    changed[y0 - 3:y1 + 3, x0 - 3:x1 + 3] = False
    assert changed.mean() < .01


# --- holes -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", OCCLUSIONS)
def test_edges_of_a_hole_lie_on_the_grid(kind):
    mask = on_grid(OCCLUSIONS[kind][0](seeded(2), disc(), 1.5))
    cells = mask.reshape(12, GRID, 12, GRID)
    assert mask.any() and (cells.any(axis=(1, 3)) == cells.all(axis=(1, 3))).all()


def test_holes_are_as_large_as_promised_with_a_face_and_without():
    for seed in range(30):
        for face in (disc(), np.zeros((96, 96), bool)):
            mask, kind = drawn(seeded(seed), face)
            assert LEAST <= mask.mean() <= MOST
            assert face.any() or kind == "elsewhere"


def test_a_face_grows_by_half_as_in_the_node():
    assert hole_of((60, 50, 132, 144), 192) == (32, 0, 160, 192)
    x0, y0, x1, y1 = bounds(on_grid(OCCLUSIONS["box"][0](seeded(1), disc(), 1.5)))
    assert (x0, y0, x1, y1) == (16, 16, 80, 80)


def test_the_hull_of_a_square_is_its_corners():
    points = [(x, y) for x in range(5) for y in range(5)]
    assert {tuple(p) for p in corners_of(points)} == {(0, 0), (4, 0), (4, 4), (0, 4)}


# --- files -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [np.uint8, np.uint16])
def test_a_png_is_read_as_it_was_written(kind, tmp_path):
    samples = seeded(1).integers(0, np.iinfo(kind).max, (17, 23)).astype(kind)
    write_grey(tmp_path / "a.png", samples)
    assert (read_grey(tmp_path / "a.png") == samples).all()


def test_pngs_of_another_writer_are_read(tmp_path):
    image = pytest.importorskip("PIL.Image", reason="Pillow is not installed: scripts/setup.sh --bench-pixels")
    samples = np.add.outer(np.arange(40), np.arange(50) * 2).astype(np.uint8)
    samples[10:20] += seeded(2).integers(0, 60, (10, 50)).astype(np.uint8)
    body = io.BytesIO()
    image.fromarray(samples).save(body, "PNG", optimize=True)
    (tmp_path / "a.png").write_bytes(body.getvalue())
    assert (read_grey(tmp_path / "a.png") == samples).all()


def test_a_folder_of_cases_is_as_the_program_reads_it(tmp_path):
    mask = np.zeros((16, 24), bool)
    mask[:8, 8:16] = True
    write_cases(tmp_path, [Case("ct-0001", "ct", "box", "ct-0", np.full((16, 24), 4095, np.uint16), mask)])

    line, = (json.loads(one) for one in (tmp_path / "cases.ndjson").read_text().splitlines())
    assert line == {"name": "ct-0001", "kind": "ct", "occlusion": "box", "truth": "ct-0001.png", "mask": "ct-0001-m.png", "bits": 16}
    assert read_grey(tmp_path / line["truth"]).dtype == np.uint16 and read_grey(tmp_path / line["mask"]).max() == 255


# --- scores ----------------------------------------------------------------------------------------------------------


def record(name="ct-0000", kind="ct", ssim=.5, grey=2.0, truth_grey=5.0, fine=1.0, telea=.3):
    fills = {filler: {measure: .1 for measure in MEASURES} for filler in FILLERS}
    fills["fill"] |= {"ssim": ssim, "grey": grey, "fine": fine, "psnr": 15.0}
    fills["Telea"]["ssim"], fills["truth"]["grey"], fills["truth"]["psnr"] = telea, truth_grey, None
    return {"name": name, "kind": kind, "occlusion": "box", "filled": True, "reason": "", "holes": 1, "marked": 1, "fills": fills}


def test_an_answer_of_the_program_is_taken_over_key_by_key():
    measures = {theirs: {key: number for number, key in enumerate(MEASURES.values())} for theirs in FILLERS.values()}
    answer = {"name": "a", "kind": "ct", "occlusion": "box", "outcome": "filled", "reason": None, "holes": 2, "marked": 1,
              "confidence": None, "wall_seconds": .5, "cpu_seconds": .4, "measures": measures}
    taken = record_of(answer)
    assert taken["filled"] and taken["reason"] == "" and set(taken["fills"]) == set(FILLERS)
    assert [taken["fills"]["Telea"][ours] for ours in MEASURES] == list(range(len(MEASURES)))

    refused = record_of(answer | {"outcome": "refused", "reason": "too large", "measures": None})
    assert not refused["filled"] and refused["reason"] == "too large" and refused["fills"] == {}


def test_a_grey_difference_may_be_as_large_as_the_truths_own():
    assert is_grey_right(record(grey=4.9, truth_grey=0)) and is_grey_right(record(grey=8, truth_grey=9))
    assert not is_grey_right(record(grey=8, truth_grey=7))


def test_ssim_is_set_against_the_best_filler_of_all_cases():
    records = [record(ssim=.5, telea=.3), record(ssim=.6, telea=.2)]
    assert best_classical(records) == ("Telea", .25)
    assert over_best(records)[0] == pytest.approx([.2, .4])


def test_figures_weigh_kinds_alike_and_want_enough_of_each():
    records = [record(f"{kind}-{index:04}", kind, ssim=.4 + .1 * number) for number, kind in enumerate(KINDS)
               for index in range(20 + 20 * number)]
    records[0]["fills"]["fill"]["grey"], records[1]["fills"]["fill"]["grey"] = 7.0, 4.0
    report = Report()
    add_figures(report, records, 1)
    figures = report.figures
    assert figures["ssim"] == .55 and figures["gray_max_percent"] == 7.0 and figures["ssim_over_best_classical"] == .25

    poor = Report()
    add_figures(poor, records[5:], 1)
    assert poor.figures == {} and "ct" in poor.absent["ssim"]


def test_what_is_refused_is_counted_and_in_no_mean():
    report = Report()
    refused = record("ct-0001") | {"filled": False, "reason": "too large", "fills": {}}
    report_kind(report, "ct", [record(), refused], 1)
    assert "1 of 2 filled" in report.parts[0] and "too large: 1" in report.parts[0]


def test_an_interval_knows_that_pictures_of_one_head_are_alike():
    values = np.repeat(seeded(1).normal(size=40), 10)
    heads, alone = np.repeat(np.arange(40), 10), np.arange(400)
    (low, high), (narrow_low, narrow_high) = mean_interval(values, heads, 1), mean_interval(values, alone, 1)
    assert low < values.mean() < high
    assert high - low > 2 * (narrow_high - narrow_low)


def test_a_share_has_the_wider_of_both_intervals():
    # Ten heads of twenty pictures each, alike within a head: ten cases, not two hundred.
    heads = np.repeat(np.arange(10), 20)
    low, high = share_interval(list(np.repeat([1] * 5 + [0] * 5, 20)), heads, 1)
    assert low < .25 and high > .75
    low, high = share_interval([True] * 200, heads, 1)
    assert .97 < low < .99 and high == 1


def test_the_marks_report_is_read():
    text = ("| region | n | embedded | reserve | PSNR mean | worst | 8 bit | .7x+30 | invert | JPEG 75 | JPEG 50 |\n"
            "| all from 96x96 on | 12 | 12 | 12 | 42.1 | 38.0 | 100.0 (98-100) | 100.0 (98-100) | 100.0 (98-100) | 99.5 (97-100) | 50.0 (1-2) |\n"
            "|   no region: overlap 0.98 | | | | | | 100.0 (98-100) | 98.0 (95.0-99.0) | 100.0 (98-100) | 99.5 (97-100) | 40.0 (1-2) |  embed\n"
            "unmarked: 1 of 300 regions of 96x96 read (Wilson 95 %: 0 to 0.1 %), 2 found by searching; calculated at most 1e-8\n")
    assert read_marks(text) == {"percent": 98.0, "cell": "98.0 (95.0-99.0)", "attack": ".7x+30", "n": 12, "false": 3, "regions": 300}


def test_a_change_outside_the_hole_is_counted_and_one_on_its_grid_is_not():
    original = np.zeros((1, 40, 40, 1), np.uint16)
    written = original.copy()
    written[0, 8:24, 8:24] = 5
    assert changed_outside_box(original, written, (10, 10, 22, 22)) == 0
    written[0, 30, 3] = 1
    assert changed_outside_box(original, written, (10, 10, 22, 22)) == 1


# --- linkage ---------------------------------------------------------------------------------------------------------


def test_masks_are_compared_by_what_they_cover():
    assert is_equal([[0, 0, 16, 16]], [[0, 0, 16, 8], [0, 8, 16, 16]])
    assert apart([[0, 0, 16, 16]], [[0, 0, 16, 8], [0, 8, 24, 32]]) == 16
    assert guess([[0, 0, 8, 8]], ([[0, 0, 8, 8]], [[0, 0, 16, 8]])) == 1
    assert guess([[0, 0, 8, 8]], ([[0, 0, 16, 8]], [[8, 0, 8, 8]])) == .5


def test_an_edge_may_move_by_a_step_of_its_own_grid():
    def face(right, step):
        return {"mask": [[0, 0, right, 64]], "step": step}
    result = judged_masks([[[face(64, 8), face(80, 16)], [face(64, 16), face(96, 16)]], [[face(64, 8), {"mask": [], "step": 0}]] * 2])

    assert (result["pairs"], result["found"], result["one_step"], result["furthest"]) == (2, 1, 1, 32)


def test_auc_is_one_half_where_all_are_alike_and_one_where_the_own_is_most():
    auc, rank = linked(np.zeros((4, 4)))
    assert (auc == .5).all() and (rank == 2.5).all()
    auc, rank = linked(np.eye(4))
    assert (auc == 1).all() and (rank == 1).all()


def test_both_embeddings_know_a_head_again_and_catch_what_sees_the_face():
    """Heads are random fields; a second picture is another exposure with grain. The occluded one is plain, so is an honest fill."""
    rng, count = seeded(9), 24
    faces = [patch_of(rng.normal(0, 20, (24, 24)) + 100, (0, 0, 24, 24), 1) for _ in range(2 * count)]

    def second(face):
        return face * rng.uniform(.8, 1.2) + rng.normal(0, 4, face.shape)
    fitted = Fisherfaces([second(face) for face in faces[count:] for _ in range(3)], np.repeat(np.arange(count), 3))
    plain = [np.full((64, 64), 100.0) + rng.normal(0, 4, (64, 64)) for _ in range(count)]
    patches = {"filled": plain, "black": plain, "mean of the rim": plain, "mean face": plain, "truth": faces[:count],
               "control": [.6 * a + .4 * b for a, b in zip(plain, faces)], "second": [second(face) for face in faces[:count]],
               "visible alone": plain}
    patches[SECOND_VISIBLE] = patches["second"]
    for embedding in (Patterns(), fitted):
        _, ends = judged(patches, np.arange(count) // 4, embedding, 1)
        assert ends["all heads", "filled"] == (0, 0), embedding.name
        assert ends["all heads", "control"][0] > .03, embedding.name


# --- what it shares with what was trained on -------------------------------------------------------------------------


def test_nothing_of_training_or_of_the_synthetic_set_is_imported():
    foreign = {path.stem for folder in ("tests/synthetic", "training") for path in (beside.ROOT / folder).rglob("*.py")}
    own = {path.stem for folder in (beside.HERE, beside.PIXELS) for path in folder.glob("*.py")}
    for path in beside.HERE.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else (
                [node.module or ""] if isinstance(node, ast.ImportFrom) else [])
            for name in names:
                root = name.split(".")[0]
                assert root in own or root not in foreign | {"training"}, (path.name, name)


def test_a_full_run_asks_for_five_hundred_of_a_kind():
    assert DRAWN_MOST > WANTED >= 500 and set(KINDS) == {"ct", "mr", "radiograph", "photograph"}
    assert len(bench_gan.KEYS) == len(set(bench_gan.KEYS)) == 12


def test_the_best_view_of_the_occluded_picture_is_chosen_on_other_heads():
    families = np.arange(400)
    views = {f"view {k}": seeded(8, k).uniform(0, 1, 400) for k in range(6)}  # None tells anything.

    assert abs(_known(views, families, False).mean() - .5) < abs(max(view.mean() for view in views.values()) - .5) + .02
    assert (_known(views, families, True) == .5).all()
    even = np.where(families % 2 == 0, .9, .1)  # The best on even families, which decide for the odd ones.
    assert (_known({"even": even, "flat": np.full(400, .5)}, families, False) == np.where(families % 2 == 0, .5, .1)).all()


# --- what is found beside the hole -----------------------------------------------------------------------------------


def _with_hole():
    rng = seeded(11)
    y, x = np.mgrid[0:128, 0:128]
    picture = (1600 + 500 * np.sin(x / 19) * np.cos(y / 23) + 20 * rng.standard_normal((128, 128))).astype(np.uint16)
    mask = np.zeros((128, 128), bool)
    mask[48:80, 40:88] = True
    return picture, mask


def test_distance_to_a_mask_is_the_chessboards():
    mask = np.zeros((40, 40), bool)
    mask[10:12, 10:14] = True
    far = distance_to(mask)

    assert far[10, 10] == 0 and far[10, 14] == 1 and far[12, 14] == 1 and far[11, 20] == 7 and far[39, 39] == FAR + 1


def test_nodules_are_planted_beside_the_hole_and_never_in_it():
    picture, mask = _with_hole()
    out, places = planted(seeded(3), picture, mask)
    far = distance_to(mask)

    assert len(places) == NODULES and (out[mask] == picture[mask]).all()
    assert all(NEAR <= far[tuple(place)] <= FAR and out[tuple(place)] > picture[tuple(place)] + 400 for place in places)


def test_a_planted_nodule_is_found_where_it_is_and_a_plain_picture_has_none():
    picture, mask = _with_hole()
    out, places = planted(seeded(3), picture, mask)
    found = nodules_in((out / 16).astype(np.uint8), mask)

    assert all(np.hypot(*(found - place).T).min() <= 1.5 for place in places)
    assert len(nodules_in(np.full((128, 128), 90, np.uint8), mask)) == 0


def test_a_perfect_fill_loses_nothing_and_a_black_box_hides_what_touches_it():
    picture, mask = _with_hole()
    y, x = np.mgrid[0:128, 0:128]
    place = np.array([[64, 92]])  # Four pixels right of the hole.
    out = picture + np.where(mask, 0, 900 * (np.hypot(y - 64, x - 92) < 4.5))
    grey = (out / 16).astype(np.uint8)
    counts = counted("h", grey, grey, mask, place)

    assert counts.hits == {"original": [True], "filled": [True], "black box": [False]}
    assert counts.false["filled"] == counts.false["original"] and np.nanmax(counts.errors["filled"]) == 0


def test_one_lost_nodule_of_three_is_a_third_of_sensitivity():
    counts = [Counts(f"h{k}", *({name: value for name in VERSIONS} for value in ([True] * 3, 2, np.zeros(1)))) for k in range(4)]
    counts[0].hits["filled"] = [True, True, False]
    rows, lowest = rows_of("ct", counts, 1)

    assert rows[1][3] == "91.7" and lowest["filled"] < -1 / 12 < 0 and lowest["black box"] == 0
