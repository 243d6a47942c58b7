"""Goal: the measure measures. Method: truth, score and interval are held against figures worked out by hand, against
pictures made so that the answer is known, and against the program that is asked."""

import ast
import json
import os
import subprocess
from pathlib import Path

import numpy as np
import pytest
from cells import CELLS
from instances_through import changed_outside
from occluded import KINDS
from pictures import write_netpbm
from portraits import View, photograph, rendering
from rasteriser import rasterise
from rates import poisson, wilson
from scoring import Report, _report_near_misses, covered, curve, face_hits, occlusion_hits, recall, text_hits
from search import Cache, Finders, every_cell, generator_of

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
VIEW = View(10, 5, 0, 90, 160, 160, (.5, .5))


HEADS_NOT_ASKED_FOR = ("no_occlusion.portraits", "no_occlusion.renderings")


def seeded(*numbers):
    return np.random.default_rng(numbers)


# --- rates -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("hits, count, low, high", [(0, 20, 0, .1611), (10, 20, .2993, .7007), (20, 20, .8389, 1),
                                                     (499, 500, .9887, .9996)])
def test_wilsons_interval_is_the_known_one(hits, count, low, high):
    assert wilson(hits, count) == pytest.approx((low, high), abs=1e-4)


def test_a_rate_of_nothing_is_unknown():
    assert wilson(0, 0) == (0, 1)


def test_the_interval_of_a_count_contains_it_and_narrows_with_the_pictures():
    low, high = poisson(10, 100)
    assert low < .1 < high
    assert poisson(100, 1000)[1] < high
    # For no event: z squared over n.
    assert poisson(0, 100) == pytest.approx((0, .038415), abs=1e-5)


# --- the rasteriser --------------------------------------------------------------------------------------------------


def test_a_triangle_covers_its_area_and_the_nearer_one_is_seen():
    corners = np.array([(0, 0, 5), (40, 0, 5), (0, 40, 5), (0, 0, 2), (10, 0, 2), (0, 10, 2)], float)

    seen = rasterise(corners, np.array([(0, 1, 2), (3, 4, 5)]), 50, 50)

    assert len(seen.pixel) == len(set(seen.pixel)) == pytest.approx(800, abs=25)
    assert (seen.triangle == 1).sum() == pytest.approx(50, abs=6)
    assert seen.triangle[seen.pixel == 0] == 1
    assert seen.weights.sum(axis=1) == pytest.approx(1)


def test_triangles_of_every_extent_are_drawn():
    """They are worked through in groups of like extent; none may fall between two."""
    for side in (1, 2, 3, 4, 5, 8, 9, 16, 17, 33, 64, 65, 130):
        corners = np.array([(0, 0, 1), (side, 0, 1), (side, side, 1), (0, side, 1)], float)
        seen = rasterise(corners, np.array([(0, 1, 2), (0, 2, 3)]), 140, 140)
        assert len(seen.pixel) == side * side, side


def test_what_lies_outside_the_picture_is_left_out():
    corners = np.array([(-5, -5, 1), (500, -5, 1), (-5, 500, 1), (900, 900, 1), (950, 900, 1), (900, 950, 1)], float)
    seen = rasterise(corners, np.array([(0, 1, 2), (3, 4, 5)]), 20, 30)
    assert sorted(seen.pixel) == list(range(600))


# --- pictures --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("make", [photograph, rendering])
def test_the_same_seed_gives_the_same_head_and_another_another(make):
    first, again, other = (make(seeded(seed), VIEW) for seed in (1, 1, 2))

    assert (first.samples == again.samples).all() and first.faces == again.faces
    assert first.samples.shape != other.samples.shape or (first.samples != other.samples).any()


@pytest.mark.parametrize("make", [photograph, rendering])
def test_a_face_is_as_large_and_where_it_was_asked_for(make):
    for seed, roll in ((1, 0), (2, 90), (3, 180)):
        (x0, y0, x1, y1), = make(seeded(seed), View(0, 0, roll, 90, 160, 160, (.4, .6))).faces
        high = (x1 - x0) if roll == 90 else (y1 - y0)
        assert 70 < high < 115
        assert abs((x0 + x1) / 2 - 64) < 22 and abs((y0 + y1) / 2 - 96) < 22


def test_a_turn_of_the_view_turns_the_picture():
    """Upright the chin's side of the box shows the neck below it; upside down it stands above."""
    def head_above(roll):
        picture = rendering(seeded(4), View(0, 0, roll, 90, 240, 240, (.5, .5)))
        edge = picture.samples[:4].reshape(-1).astype(int).mean()
        x0, y0, x1, y1 = picture.faces[0]
        middle = (x0 + x1) // 2
        column = picture.samples[:, middle].reshape(240, -1).astype(int).mean(axis=1)
        drawn = np.flatnonzero(np.abs(column - np.linspace(edge, column[-1], 240)) > 25)
        return (y0 - drawn.min()) - (drawn.max() - y1)
    assert head_above(0) * head_above(180) < 0


def test_every_cell_makes_a_picture_with_the_truth_of_its_kind():
    pytest.importorskip("PIL", reason="Pillow is not installed: scripts/setup.sh --bench-pixels")
    skip_without_fonts()
    for cell in every_cell():
        picture = cell.make(generator_of(7, cell, 0))
        assert picture.samples.dtype == np.uint8 and picture.samples.ndim in (2, 3), cell.name
        assert bool(picture.faces) == (cell.kind == "face" or cell.name in HEADS_NOT_ASKED_FOR), cell.name
        assert ("verdict" in picture.facts) == (cell.kind == "occlusion"), cell.name
        assert bool(picture.lines) == (cell.kind == "text"), cell.name


def skip_without_fonts():
    from inscriptions import missing_fonts
    if missing_fonts():
        pytest.skip(f"fonts are missing: scripts/setup.sh --bench-pixels ({missing_fonts()[0]} ...)")


@pytest.mark.parametrize("ground", ["ct", "ultrasound", "banner"])
def test_ink_lies_in_its_box_and_differs_by_the_stated_contrast(ground):
    pytest.importorskip("PIL", reason="Pillow is not installed: scripts/setup.sh --bench-pixels")
    skip_without_fonts()
    from inscriptions import bare, inscribed
    # The ground is drawn first, so both begin alike.
    written, empty = inscribed(seeded(3), ground), bare(seeded(3), ground)

    changed = (written.samples != empty.samples).reshape(*written.samples.shape[:2], -1).any(axis=2)

    assert written.lines
    for line in written.lines:
        x0, y0, x1, y1 = line["box"]
        assert changed[y0:y1, x0:x1].any()
        step = np.abs(written.samples[y0:y1, x0:x1].astype(int) - np.median(empty.samples[y0:y1, x0:x1])).max()
        assert step >= 255 * line["contrast"] - 2, line
        changed[y0:y1, x0:x1] = False
    assert not changed.any()


# --- scores ----------------------------------------------------------------------------------------------------------


def record(boxes, what="text", size=(100, 100), **truth):
    return {"rows": size[0], "columns": size[1], what: [[*box, .9] for box in boxes], what + "_mask": [list(box) for box in boxes],
            "truth": {"faces": [], "lines": [], "facts": {}} | truth}


def test_two_masks_may_cover_a_box_together():
    picture = np.zeros((20, 20), bool)
    picture[:, :5], picture[:, 5:10] = True, True
    assert covered(picture, (0, 0, 10, 10)) == 1
    assert covered(picture, (0, 0, 20, 10)) == .5


def test_a_face_counts_from_nine_tenths_on():
    for width, expected in ((90, True), (89, False)):
        (_, hit), = face_hits([record([(0, 0, width, 100)], "faces", faces=[(0, 0, 100, 100)])])
        assert hit is expected


def test_a_line_whose_last_letter_is_left_is_missed():
    line = {"box": [10, 10, 90, 20]}
    assert [hit for _, hit in text_hits([record([(10, 10, 89, 20)], lines=[line])])] == [False]
    assert [hit for _, hit in text_hits([record([(8, 8, 96, 24)], lines=[line])])] == [True]


def test_a_stricter_threshold_finds_no_more():
    line = {"box": [10, 10, 90, 20], "contrast": .5}
    weak = record([(8, 8, 96, 24)], lines=[line])
    weak["text"][0][4] = .3
    found = record([(8, 8, 96, 24)], lines=[line])

    rows = curve([weak, found], [record([(0, 0, 10, 10)])])

    assert [row[1] for row in rows] == sorted((row[1] for row in rows), reverse=True)
    assert rows[0][1] == 1 and rows[0][2] == pytest.approx(.01)


def test_the_figure_is_the_unfavourable_bound_of_the_worst_cell():
    report = Report()
    report.worst("good", [recall("a", [(0, True)] * 500), recall("b", [(0, True)] * 450 + [(0, False)] * 50)], True)
    report.worst("none", [recall("c", [(0, True)] * 3)], True)

    assert report.figures == {"good": round(100 * wilson(450, 500)[0], 2)}
    assert "none" in report.absent


def test_a_change_outside_the_black_cells_is_counted():
    original = np.full((1, 40, 40, 1), 100, np.uint16)
    written = original.copy()
    written[0, 8:24, 16:32] = 0
    assert changed_outside(original, written) == (0, 256)

    written[0, 30, 3] = 99
    written[0, 31, 3] = 0
    assert changed_outside(original, written) == (2, 258)


def test_a_mask_at_the_edge_may_end_within_a_cell():
    original = np.full((1, 20, 21, 3), 50, np.uint8)
    written = original.copy()
    written[0, 16:, 16:] = 0
    assert changed_outside(original, written)[0] == 0


def test_every_frame_has_a_mask_of_its_own():
    original = np.full((3, 16, 16, 1), 100, np.uint8)
    written = original.copy()
    written[1, :8, :8] = 0
    assert changed_outside(original, written) == (0, 64)

    written[2, 2, 2] = 0
    assert changed_outside(original, written) == (1, 65)


def test_blackened_means_the_largest_value_in_monochrome1():
    original = np.full((1, 16, 16, 1), 100, np.uint16)
    written = original.copy()
    written[0, :8, :8] = 4095
    assert changed_outside(original, written) == (0, 64)


def occluded_record(boxes, verdicts, truth, verdict):
    return {"rows": 100, "columns": 100, "occlusions": [[*box, .9] for box in boxes], "occlusion_verdicts": verdicts,
            "truth": {"faces": [], "lines": [], "facts": {"box": truth, "verdict": verdict, "jpeg": False}}}


def test_an_occlusion_is_found_from_four_fifths_on_and_judged_by_the_box_that_covers_most():
    records = [occluded_record([(0, 0, 40, 50), (40, 0, 50, 50)], ["insufficient", "destroyed"], [0, 0, 50, 50], "insufficient"),
               occluded_record([(0, 0, 39, 50)], ["insufficient"], [0, 0, 50, 50], "insufficient"),
               occluded_record([(0, 0, 50, 50)], ["destroyed"], [0, 0, 50, 50], "insufficient"),
               occluded_record([(0, 0, 50, 50)], ["destroyed"], [0, 0, 50, 50], ""),
               occluded_record([], [], [0, 0, 50, 50], "destroyed")]
    assert [hit[1:] for hit in occlusion_hits(records)] == [(True, True), (False, None), (True, False), (True, None), (False, None)]


@pytest.mark.parametrize("kind", KINDS)
def test_an_occlusion_changes_its_box_and_nothing_else(kind):
    rng = seeded(11)
    before = np.add.outer(rng.uniform(0, 120, 120), rng.uniform(0, 120, 160))[:, :, None].repeat(3, axis=2).astype(np.float32)
    after, box = before.copy(), [40, 20, 120, 100]

    verdict = KINDS[kind](rng, after, box)

    changed = (before != after).any(axis=2)
    x0, y0, x1, y1 = box
    assert changed[y0:y1, x0:x1].mean() > (.05 if kind == "scribble" else .6)
    # A box may stand askew.
    margin = 24 if kind == "box" else 0
    changed[y0 - min(margin, y0):y1 + margin, x0 - margin:x1 + margin] = False
    assert not changed.any()
    assert verdict == {"box": "destroyed", "ellipse": "destroyed"}.get(kind, verdict if kind == "mosaic" else "insufficient")


# --- what it shares with what was tuned on ---------------------------------------------------------------------------


def test_nothing_of_training_or_of_the_synthetic_set_is_imported():
    foreign = {path.stem for folder in ("tests/synthetic", "training") for path in (ROOT / folder).rglob("*.py")}
    own = {path.stem for path in HERE.glob("*.py")}
    for path in HERE.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else (
                [node.module or ""] if isinstance(node, ast.ImportFrom) else [])
            for name in names:
                root = name.split(".")[0]
                assert root in own or root not in foreign | {"training"}, (path.name, name)
        assert "tests/synthetic" not in path.read_text(encoding="utf-8") or path.name == Path(__file__).name


# --- the program -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def program():
    built = Path(os.environ.get("EFFACE_BIN", ROOT / "build" / "bin")).parent / "tests" / "efface-finders"
    if not built.exists() or not (ROOT / ".models" / "manifest.json").exists():
        pytest.skip("no efface-finders or no models: built and installed without --without-packaged-models")
    return built


def letters():
    """A black picture with a white word in strokes: H I."""
    picture = np.zeros((160, 320), np.uint8)
    for x in (60, 90, 130, 170, 200, 240):
        picture[60:100, x:x + 7] = 255
    picture[77:83, 60:97] = picture[60:67, 130:177] = picture[93:100, 200:247] = 255
    return picture


def test_the_program_answers_in_order_and_grows_what_it_finds(program, tmp_path):
    for name, samples in (("a.pgm", letters()), ("b.pgm", np.zeros((64, 64), np.uint8))):
        write_netpbm(tmp_path / name, samples)
    finders = Finders(str(program), str(ROOT / ".models"), ("--text",))
    try:
        first, second = (finders.ask(tmp_path / name) for name in ("a.pgm", "b.pgm"))
    finally:
        finders.close()

    assert len(finders.head["model_digest"]) == 64
    assert (first["rows"], first["columns"], second["rows"]) == (160, 320, 64)
    assert first["text"] and not second["text"]
    for found, mask in zip(first["text"], first["text_mask"]):
        assert mask[0] <= found[0] and mask[1] <= found[1] and mask[2] >= found[2] and mask[3] >= found[3]
        assert all(edge % 8 == 0 for edge in mask)


@pytest.mark.parametrize("content", [b"P6 4 4 255\n123", b"P3 1 1 255\n1 2 3\n", b"P5 99999 99999 255\n", b""])
def test_the_program_ends_at_a_picture_that_it_cannot_read(program, tmp_path, content):
    (tmp_path / "x.ppm").write_bytes(content)
    ended = subprocess.run([program, "--models", ROOT / ".models", "--text"], input=f"{tmp_path / 'x.ppm'}\n", text=True,
                           capture_output=True, timeout=120, check=False)
    assert ended.returncode == 4 and "efface-finders" in ended.stderr


def test_kept_answers_are_asked_for_anew_when_the_models_change(tmp_path):
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "a.bin").write_bytes(b"one")
    (tmp_path / "program").write_bytes(b"p")
    cell = CELLS[0]

    def cache():
        return Cache(tmp_path / "cache", 1, tmp_path / "program", tmp_path / "models")

    cache().add(cell, {"index": 0})
    with open(cache().path(cell), "a", encoding="utf-8") as out:
        out.write('{"index": 1, "te')
    assert list(cache().read(cell)) == [0]
    (tmp_path / "models" / "a.bin").write_bytes(b"two")
    assert cache().read(cell) == {}


def test_the_cells_have_the_counts_that_their_aims_ask_for():
    counts = {cell.name: cell.count for cell in every_cell()}
    assert min(count for name, count in counts.items() if not name.startswith("text.")) >= 500
    assert min(count for name, count in counts.items() if name.startswith("face_upright.")) >= 2000
    assert len(counts) == len(every_cell())
    json.dumps(counts)


def test_a_near_miss_is_a_picture_however_much_is_nearly_found_in_it():
    cell = CELLS[0]
    report = Report()
    records = [{"text_doubts": [[0, 0, 9, 9, .8], [20, 0, 29, 9, .8]]}, {"text_doubts": []}, {"text_doubts": [[0, 0, 9, 9, .8]]}]
    _report_near_misses(report, [cell], {cell.name: records}, "text")
    assert report.parts[0].splitlines()[-1].split()[:3] == [cell.name, "3", "66.67"]
