"""One survey of the sample estate, as the command line makes it, for every test that reads its reports."""

from __future__ import annotations

import fcntl
import os
import shutil
from pathlib import Path

import pytest

from assessment.workspace import Workspace
from tests.acceptance.estate import collected
from tests.acceptance.packs import Pack
from tests.acceptance.running import succeed


@pytest.fixture(scope="session")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """The sample estate collected, assessed and reported on, each in a process of its own. Not to be written to.

    It takes minutes: where tests run in several processes, the first one to ask makes it for all.
    """
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    workspace, finished = Workspace(shared / "surveyed" / "clinic"), shared / "surveyed.finished"
    with (shared / "surveyed.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not finished.exists():
            shutil.rmtree(shared / "surveyed", ignore_errors=True)
            collected(shared / "surveyed")
            for command in ("assess", "report"):
                succeed(command, workspace.path, TZ="Pacific/Auckland", PYTHONHASHSEED="1")
            finished.touch()
    return workspace


@pytest.fixture(scope="session")
def reports(clinic: Workspace) -> Path:
    """The folder of its reports."""
    return clinic.reports


@pytest.fixture(scope="session")
def packs(reports: Path) -> dict[str, Pack]:
    """The evidence pack of each framework; text that one test reads, no other test reads again."""
    return {name: Pack(reports / f"evidence-pack-{name}.pdf") for name in ("hipaa", "pci_dss", "soc2")}
