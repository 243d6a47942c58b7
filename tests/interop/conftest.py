"""Fixtures of the interop tests. Every server is on loopback with folders of its own and ends with its test."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from node import Node, folder_destination  # noqa: E402
from peers import Orthanc, Sink, Storescp  # noqa: E402
from planted import SyntheticSet  # noqa: E402
from programs import efface_program  # noqa: E402


@pytest.fixture(scope="session")
def synthetic(tmp_path_factory):
    return SyntheticSet.make(tmp_path_factory.mktemp("synthetic"))


@pytest.fixture(scope="session")
def demo(tmp_path_factory):
    return SyntheticSet.make(tmp_path_factory.mktemp("demo"), "--demo")


@pytest.fixture
def stopping():
    """Registers what must be stopped at the end, last first; a node must also end in order."""
    started = []
    yield lambda server: started.append(server) or server
    for server in reversed(started):
        server.stop()


@pytest.fixture
def make_node(tmp_path, stopping):
    """make_node(destinations=[...], ...) -> a running Node. Without destinations: a folder, node.archive."""
    efface_program("effaced")

    def make(destinations=None, name="node", **settings):
        folder = tmp_path / name
        archive = folder / "archive"
        node = Node(folder, destinations or [folder_destination(archive)], **settings)
        node.archive = archive
        stopping(node)
        return node.start()

    return make


@pytest.fixture
def storescp(tmp_path, stopping):
    return stopping(Storescp(tmp_path / "storescp"))


@pytest.fixture
def make_orthanc(tmp_path, stopping):
    return lambda **settings: stopping(Orthanc(tmp_path / "orthanc", **settings))


@pytest.fixture
def make_sink(tmp_path, stopping):
    return lambda **settings: stopping(Sink(tmp_path / "sink", **settings))
