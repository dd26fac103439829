from __future__ import annotations

import io
from pathlib import Path

import pytest
from pypdf import PdfReader

from assessment.reports.leadership import write
from assessment.reports.leadership.facts import LeadershipFacts, facts
from assessment.workspace import Workspace
from tests.leadership.made_up_plan import make


@pytest.fixture(scope="session")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """An estate with a plan and a day rate; nothing is planned in quarter 4."""
    return make(tmp_path_factory.mktemp("planned"), empty_quarter=4)


@pytest.fixture(scope="session")
def found(planned: Workspace) -> LeadershipFacts:
    return facts(planned)


@pytest.fixture(scope="session")
def written(planned: Workspace) -> dict[str, Path]:
    """Every report of that estate by file name."""
    return {path.name: path for path in write(planned)}


@pytest.fixture(scope="session")
def texts(written: dict[str, Path]) -> dict[str, list[str]]:
    """The text of every page of every PDF, white space taken out: where a line was broken does not matter."""
    return {name: pages_of(path.read_bytes()) for name, path in written.items() if name.endswith(".pdf")}


def pages_of(body: bytes) -> list[str]:
    return [squeezed(page.extract_text()) for page in PdfReader(io.BytesIO(body)).pages]


def squeezed(text: str) -> str:
    return "".join(text.split())
