"""One surveyed clinic for all to look at, and workspaces to touch."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.command_line.calling import Said, say


@pytest.fixture(scope="session")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Said]:
    """The finished demonstration and what it printed. Look, do not touch."""
    folder = tmp_path_factory.mktemp("demonstration") / "demo"
    return folder, say("demo", folder)


@pytest.fixture
def clinic(demonstration: tuple[Path, Said], tmp_path: Path) -> Path:
    """A copy of the surveyed clinic, to touch."""
    return Path(shutil.copytree(demonstration[0], tmp_path / "clinic"))


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    """A new workspace."""
    assert say("init", tmp_path / "acme").code == 0
    return tmp_path / "acme"
