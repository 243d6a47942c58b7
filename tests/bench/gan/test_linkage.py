"""Goal: neither a mask's shape nor a fill says whose face was there. Method: drawn heads that differ in the face alone,
through the program; docs/enhancement-measures.md has what this cannot show. Hours: `make test-long`. EFFACE_LINKAGE_HEADS
and EFFACE_LINKAGE_PAIRS ask for fewer.

Pictures and answers are kept in build/bench/gan, so that a run that was stopped goes on, as one of make bench-gan does."""

import os
from pathlib import Path

import beside
import pytest
from bench_gan import SEED, generator_file
from evaluation import Program, is_there
from linkage import ALLOWED, FITTED, HEAD, HEADS, measured
from masks_alike import PAIRS, linkage_interval, said
from masks_alike import measured as masks_measured
from rates import table

BIN = Path(os.environ.get("EFFACE_BIN", beside.ROOT / "build" / "bin"))
FOLDER = BIN.parent / "bench" / "gan"


def test_a_mask_does_not_say_whose_face_it_covers():
    """Equal heads, two faces: whoever guesses from the mask is right as often as a coin. How far edges lie apart is printed."""
    program, models = BIN.parent / "tests" / "efface-finders", beside.ROOT / ".models"
    if not program.exists() or not (models / "manifest.json").exists():
        pytest.skip("no efface-finders or no models: built and installed without --without-packaged-models")

    result = masks_measured(program, models, FOLDER, SEED, int(os.environ.get("EFFACE_LINKAGE_PAIRS", PAIRS)))

    print(said(result), f"seed {SEED}")
    _, low, high = linkage_interval(result)
    assert result["found"] >= .9 * result["pairs"], said(result)
    assert low <= .5 <= high, said(result)


def test_a_fill_links_no_better_than_the_occluded_picture_and_the_control_is_caught():
    generator = generator_file()
    if generator is None:
        pytest.skip("no generator ships in models/, and EFFACE_GENERATOR names none")
    program = Program(BIN / "efface", generator.resolve())
    if not program.efface.exists() or not is_there(program.efface):
        pytest.skip("no efface with evaluate: built without LibTorch")
    heads = int(os.environ.get("EFFACE_LINKAGE_HEADS", HEADS))

    rows, ends, filled = measured(program, FOLDER, SEED, heads, min(FITTED, heads))

    print(table(HEAD, rows), f"\n{filled} of {heads} heads filled, seed {SEED}")
    # Of fewer heads the intervals are too wide for either: nothing may then be surely wrong, and the control just be seen.
    is_full = heads >= HEADS
    caught = [key for key, (low, _) in ends.items() if key[2] == "control" and low > (ALLOWED if is_full else 0)]
    assert caught, "a fill that sees the face goes unnoticed: the measure is blind"
    for key, (low, high) in ends.items():
        assert key[2] != "filled" or (high if is_full else low) < ALLOWED, (key, low, high)
