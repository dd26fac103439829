"""The top of the repository, and what may not stand anywhere in it."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from collectors import resources

FOLDERS = ("assessment", "collectors", "data", "notebooks", "report_templates", "tests")


def _files(root: Path) -> list[Path]:
    """What git keeps, or would keep."""
    command = ["git", "-C", str(root), "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("this is not a git checkout")
    return [root / name for name in listed.stdout.splitlines() if (root / name).is_file()]


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_top_level_folder_says_what_belongs_there(root: Path, folder: str) -> None:
    assert (root / folder / "README.md").read_text().startswith(f"# {folder}")


def test_packaged_files_are_found_in_a_checkout(root: Path) -> None:
    assert resources.data("samples", "clinic", "engagement.yaml").is_file()
    assert resources.report_templates() == root / "report_templates"
    assert resources.notebooks("README.md").is_file()


def test_no_source_file_grows_past_300_lines_unless_a_decision_argues_it(root: Path) -> None:
    argued = "\n".join(path.read_text() for path in (root / "docs" / "decisions").glob("*.md"))
    long = {
        path.relative_to(root).as_posix()
        for folder in ("assessment", "collectors", "benchmarks")
        for path in (root / folder).rglob("*.py")
        if len(path.read_text(encoding="utf-8").splitlines()) > 300
    }
    assert {name for name in long if name not in argued} == set()


def test_no_file_names_a_place_of_the_machine_it_was_written_on(root: Path) -> None:
    places = re.compile(rb"(?<![\w.])/(root|work|home/\w+)/(?!\.)")
    found = [path.relative_to(root).as_posix() for path in _files(root)
             if path.suffix != ".png" and places.search(path.read_bytes())]
    assert found == []


def test_nothing_is_ever_called_compliant_or_certified(root: Path) -> None:
    words = re.compile(r"\b(compliant|certified)\b", re.IGNORECASE)
    shown = [*(root / "report_templates").rglob("*.html*"), *(root / "assessment").rglob("*.py"),
             *(root / "assessment").rglob("*.yaml")]
    assert [path.relative_to(root).as_posix() for path in shown if words.search(path.read_text())] == []


def test_the_layers_are_kept(root: Path) -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([linter], cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
