"""What a wheel carries, and that it works where there is no checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def unpacked(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the contents of the wheel, as an installation lays them out."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder / "dist")]
    subprocess.run(command, cwd=root, check=True, capture_output=True)
    with zipfile.ZipFile(next((folder / "dist").glob("*.whl"))) as wheel:
        wheel.extractall(folder / "site")
    return folder / "site"


def test_it_carries_data_templates_notebooks_and_the_check_library(unpacked: Path) -> None:
    carried = unpacked / "assessment" / "_carried"
    assert (carried / "data" / "frameworks" / "hipaa.yaml").is_file()
    assert (carried / "data" / "samples" / "clinic" / "engagement.yaml").is_file()
    assert any((carried / "report_templates").rglob("*.css"))
    assert (carried / "notebooks" / "README.md").is_file()
    assert any((unpacked / "assessment" / "checks" / "library").rglob("*.yaml"))
    assert not (unpacked / "tests").exists()


def test_it_finds_what_it_carries(unpacked: Path, tmp_path: Path) -> None:
    script = (
        "from collectors import resources\n"
        "from assessment.frameworks.load import carried\n"
        "print(resources.data('frameworks'), carried())"
    )
    place = os.environ | {"PYTHONPATH": str(unpacked)}
    done = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, env=place, capture_output=True, text=True,
                          check=True)
    assert done.stdout.startswith(str(unpacked)) and "hipaa" in done.stdout
