from __future__ import annotations

import io
from pathlib import Path

import pytest
from pypdf import PdfReader

from assessment.reports.facts import ReportFacts, facts
from assessment.reports.pdf import write_evidence_pack
from assessment.workspace import Workspace
from tests.reports.made_up_results import make


@pytest.fixture(scope="session")
def estate(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A small estate whose names are hostile."""
    return make(tmp_path_factory.mktemp("estate"), checks=8, findings=160, items=24, gaps=40)


@pytest.fixture(scope="session")
def pack_facts(estate: Workspace) -> ReportFacts:
    return facts(estate)


@pytest.fixture(scope="session")
def pack(pack_facts: ReportFacts, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The evidence pack of that estate."""
    path = tmp_path_factory.mktemp("pack") / "evidence-pack-hipaa.pdf"
    return write_evidence_pack(pack_facts, path)


@pytest.fixture(scope="session")
def reader(pack: Path) -> PdfReader:
    return PdfReader(io.BytesIO(pack.read_bytes()))


@pytest.fixture(scope="session")
def pages(reader: PdfReader) -> list[str]:
    """The text of every page with all white space taken out: where a line was broken does not matter."""
    return ["".join(page.extract_text().split()) for page in reader.pages]
