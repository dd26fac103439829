"""The lock files: exact, hashed, and free of addresses."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

LOCKS = ("requirements.lock", "requirements-dev.lock")


def _entries(text: str) -> dict[str, list[str]]:
    """Hashes by requirement line."""
    entries: dict[str, list[str]] = {}
    last = ""
    for line in text.splitlines():
        if line.startswith(" "):
            entries[last].append(line.strip().removesuffix(" \\"))
        else:
            last = line.removesuffix(" \\").strip()
            entries[last] = []
    return entries


@pytest.mark.parametrize("name", LOCKS)
def test_every_requirement_is_one_version_with_hashes_and_nothing_else(root: Path, name: str) -> None:
    for requirement, hashes in _entries((root / name).read_text()).items():
        assert re.fullmatch(r"[a-z0-9][a-z0-9._-]*==[^\s;]+( ; .+)?", requirement), requirement
        assert hashes, requirement
        assert all(re.fullmatch(r"--hash=sha256:[0-9a-f]{64}", one) for one in hashes), requirement


@pytest.mark.parametrize("name", LOCKS)
def test_no_lock_file_says_where_anything_is_downloaded_from(root: Path, name: str) -> None:
    text = (root / name).read_text()
    assert not re.search(r"://|--(extra-)?index|--find-links|--trusted-host|\s@\s", text)


def test_what_the_project_names_is_locked(root: Path) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    for name, wanted in (
        ("requirements.lock", project["dependencies"] + extras["build"]),
        ("requirements-dev.lock", project["dependencies"] + extras["build"] + extras["dev"]),
    ):
        locked = {line.partition("==")[0] for line in _entries((root / name).read_text())}
        assert {re.split(r"[<>=\[]", one)[0] for one in wanted} <= locked, name


def test_development_installs_the_versions_that_users_get(root: Path) -> None:
    used, developed = (_entries((root / name).read_text()) for name in LOCKS)
    versions = [{line.partition(" ")[0]: hashes for line, hashes in lock.items()} for lock in (used, developed)]
    assert {name for name, hashes in versions[0].items() if versions[1].get(name) != hashes} == set()


def test_the_packages_that_our_user_named_are_ordinary_dependencies(root: Path) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    named = {re.split(r"[<>=\[]", one)[0] for one in project["dependencies"]}
    assert named >= {"jupyter", "pandas", "plotly", "kubernetes", "boto3", "azure-mgmt-containerservice", "weasyprint"}


def test_every_dependency_has_a_lower_bound(root: Path) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    assert [one for one in project["dependencies"] if ">=" not in one] == []
