"""What a wheel carries, and that it works where there is no checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def built(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel."""
    folder = tmp_path_factory.mktemp("built")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(command, cwd=root, check=True, capture_output=True)
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def unpacked(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the contents of the wheel, as an installation lays them out."""
    folder = tmp_path_factory.mktemp("wheel")
    with zipfile.ZipFile(built) as wheel:
        wheel.extractall(folder)
    return folder


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


def test_installed_in_a_clean_environment_the_demonstration_works_in_another_folder(
    root: Path, built: Path, tmp_path: Path
) -> None:
    uv = Path(sys.executable).parent / "uv"
    if not uv.exists():
        pytest.skip("needs uv beside this Python to make a clean environment quickly")
    place = tmp_path / "clean"
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}
    lock = str(root / "requirements.lock")
    for command in (
        ["venv", "--quiet", "--python", sys.executable, str(place)],
        ["pip", "install", "--quiet", "--python", str(place), "--require-hashes", "-r", lock],
        ["pip", "install", "--quiet", "--python", str(place), "--no-deps", str(built)],
    ):
        subprocess.run([str(uv), *command], check=True, env=clean)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    done = subprocess.run([str(place / "bin" / "kubesurvey"), "demo"], cwd=elsewhere, env=clean, capture_output=True,
                          text=True, check=False)
    assert done.returncode == 0, done.stderr
    reports = elsewhere / "demo" / "reports"
    wanted = {"evidence-pack-hipaa.pdf", "evidence-pack-pci_dss.pdf", "evidence-pack-soc2.pdf", "executive-roadmap.pdf",
              "workbook.xlsx", "summary.html", *(f"90-day-plan-{number}.pdf" for number in range(1, 5))}
    assert wanted <= {path.name for path in reports.iterdir()}
