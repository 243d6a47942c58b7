"""Where the programs under test and the peers are, and what to say when one is not there."""

import os
import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(os.environ.get("EFFACE_BIN", ROOT / "build" / "bin"))
SHARED = Path(os.environ.get("EFFACE_SHARED", ROOT.parent / "shared"))
# ctest sets this: there a missing program is a failure, not a skip.
STRICT = os.environ.get("EFFACE_STRICT") == "1"


def efface_program(name):
    path = BIN / name
    if not path.exists():
        (pytest.fail if STRICT else pytest.skip)(f"{path} is not built")
    return path


def tool(name):
    """A program of another project, installed by scripts/setup.sh --test."""
    path = shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin:/opt/bin")
    if path is None:
        (pytest.fail if STRICT else pytest.skip)(f"{name} is not installed; scripts/setup.sh --test installs it")
    return path


def shared_dicom():
    folder = SHARED / "dicom"
    if not folder.is_dir():
        pytest.skip(f"{folder} is not there: the real files are no part of the repository")
    return folder
