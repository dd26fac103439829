"""One surveyed clinic for all to look at, and workspaces to touch."""

from __future__ import annotations

import dataclasses
import fcntl
import json
import os
import shutil
from pathlib import Path

import pytest

from tests.command_line.calling import Said, say


@pytest.fixture(scope="session")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Said]:
    """The finished demonstration and what it printed. Look, do not touch.

    It takes minutes: where tests run in several processes, the first one to ask makes it for all.
    """
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folder, said = shared / "demonstration" / "demo", shared / "demonstration.json"
    with (shared / "demonstration.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not said.exists():
            shutil.rmtree(folder.parent, ignore_errors=True)
            said.write_text(json.dumps(dataclasses.astuple(say("demo", folder))))
    return folder, Said(*json.loads(said.read_text()))


@pytest.fixture
def clinic(demonstration: tuple[Path, Said], tmp_path: Path) -> Path:
    """A copy of the surveyed clinic, to touch."""
    return Path(shutil.copytree(demonstration[0], tmp_path / "clinic"))


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    """A new workspace."""
    assert say("init", tmp_path / "acme").code == 0
    return tmp_path / "acme"
