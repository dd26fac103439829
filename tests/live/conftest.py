"""What the tests of running clusters may use."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.control_plane.server import ControlPlane
from tests.live.troubled import World, furnish, unfurnish


@pytest.fixture(scope="session")
def world(control_plane: ControlPlane, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A namespace of our own in the control plane of all tests, and somebody who may list everything."""
    yield World(control_plane, furnish(control_plane), tmp_path_factory.mktemp("troubles"))
    unfurnish(control_plane)
