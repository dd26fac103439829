"""Workspaces and accounts for the tests of what a survey may do."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.command_line.calling import say


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    """A new workspace."""
    assert say("init", tmp_path / "acme").code == 0
    return tmp_path / "acme"
