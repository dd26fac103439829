"""A control plane for the tests that want one; without Go or the modules they skip and say why."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.control_plane import build, estate, metrics_server
from tests.control_plane.server import ControlPlane, start


def _programs(minor: str) -> Path:
    try:
        build.stages()
        return build.binaries(minor)
    except build.Unavailable as why:
        pytest.skip(str(why))


@contextmanager
def _serving(minor: str, factory: pytest.TempPathFactory) -> Iterator[ControlPlane]:
    _programs(minor)
    with start(factory.mktemp(f"control-plane-{minor}"), minor=minor) as plane:
        estate.settle(plane)
        with metrics_server.serving(plane):
            yield plane


@pytest.fixture(scope="session")
def control_plane_programs() -> Path:
    """For a test that starts a control plane of its own: the programs of the newest minor."""
    return _programs("1.36")


@pytest.fixture(scope="session")
def control_plane(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ControlPlane]:
    """The newest minor we test with, its controllers, and the estate. One for all tests: leave it as it was."""
    with _serving("1.36", tmp_path_factory) as plane:
        yield plane


@pytest.fixture(scope="session")
def control_plane_134(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ControlPlane]:
    """The same on an older minor."""
    with _serving("1.34", tmp_path_factory) as plane:
        yield plane
