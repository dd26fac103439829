"""One survey of the sample estate, as the command line makes it, for every test that reads its reports."""

from __future__ import annotations

from pathlib import Path

import pytest

from assessment.workspace import Workspace
from tests.acceptance.estate import collected
from tests.acceptance.packs import Pack
from tests.acceptance.running import succeed


@pytest.fixture(scope="session")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """The sample estate collected, assessed and reported on, each in a process of its own. Not to be written to."""
    workspace = collected(tmp_path_factory.mktemp("surveyed"))
    for command in ("assess", "report"):
        succeed(command, workspace.path, TZ="Pacific/Auckland", PYTHONHASHSEED="1")
    return workspace


@pytest.fixture(scope="session")
def reports(clinic: Workspace) -> Path:
    """The folder of its reports."""
    return clinic.reports


@pytest.fixture(scope="session")
def packs(reports: Path) -> dict[str, Pack]:
    """The evidence pack of each framework; text that one test reads, no other test reads again."""
    return {name: Pack(reports / f"evidence-pack-{name}.pdf") for name in ("hipaa", "pci_dss", "soc2")}
