"""What is generated is current."""

from __future__ import annotations

from pathlib import Path

import pytest

from assessment import documentation
from tests.samples import make_clinic


@pytest.mark.parametrize("name", sorted(documentation.pages()))
def test_the_page_says_what_the_code_declares_or_make_docs_was_forgotten(root: Path, name: str) -> None:
    assert (root / "docs" / name).read_text(encoding="utf-8") == documentation.pages()[name]


def test_clouds_and_people_of_the_sample_clinic_are_what_its_script_writes(root: Path) -> None:
    sample = root / "data" / "samples" / "clinic"
    written = [path for part in ("clouds", "questionnaire") for path in (sample / part).rglob("*")]
    files = [path for path in written if path.is_file()]
    found = {path.relative_to(sample).as_posix(): path.read_text(encoding="utf-8") for path in files}
    assert found == make_clinic.everything()
