"""What every test may use."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest_plugins = ["tests.control_plane.fixtures"]

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def root() -> Path:
    """The top of the checkout."""
    return ROOT


@pytest.fixture(scope="session")
def shared_inputs() -> Path:
    """Real inputs that nobody on this project wrote, beside the checkout; without them the test skips."""
    folder = ROOT.parent / "shared" / "inputs"
    if not folder.is_dir():
        pytest.skip("../shared/inputs is not beside this checkout")
    return folder
