"""What the user can mend: one clear message, exit code 2, nothing written."""

from __future__ import annotations

from pathlib import Path

import pytest

from collectors import resources
from tests.command_line.calling import contents, say

SAMPLE = resources.data("samples", "clinic", "clusters", "lakeside")


def _refused(folder: Path, *arguments: str | Path, because: str) -> str:
    """The message of a refusal that left the folder as it was."""
    before = contents(folder)
    said = say(*arguments)
    assert said.code == 2
    assert because in said.err
    assert "Traceback" not in said.err and said.out == ""
    assert contents(folder) == before
    return said.err


def test_a_folder_that_is_no_workspace(tmp_path: Path) -> None:
    for command in ("assess", "report", "verify", "status"):
        _refused(tmp_path, command, tmp_path, because="kubesurvey init")


def test_making_a_workspace_twice(empty: Path) -> None:
    _refused(empty, "init", empty, because="already")


def test_a_path_that_cannot_be_read(empty: Path) -> None:
    for more in ([], ["--new"]):
        _refused(empty, "collect", empty, "--from", empty / "nowhere", "--cluster", "c", *more, because="nowhere")


def test_a_source_without_a_name_for_its_cluster(empty: Path) -> None:
    _refused(empty, "collect", empty, "--from", SAMPLE, because="--cluster")
    _refused(empty, "collect", empty, "--from", SAMPLE, "--cluster", "c", "--cluster-per-folder", because="--cluster")


def test_collecting_the_same_source_twice_names_the_option_that_opens_another_run(clinic: Path) -> None:
    _refused(clinic, "collect", clinic, "--from", SAMPLE, "--cluster", "lakeside", because="--new")


def test_a_wrong_engagement_file_with_all_its_problems_and_the_nearest_right_names(clinic: Path) -> None:
    file = clinic / "engagement.yaml"
    file.write_text("client: Acme\nclustres: {}\nas_of: yesterday\n")
    for command in (["assess", clinic], ["collect", clinic, "--from", SAMPLE, "--cluster", "other"]):
        message = _refused(clinic, *command, because="'clusters'")
        assert "as_of" in message and "engagement.yaml" in message


def test_a_broken_check_of_the_client(clinic: Path) -> None:
    folder = clinic / "checks" / "own"
    folder.mkdir(parents=True)
    (folder / "broken.yaml").write_text("titel: x\njudges: workloads\n")
    message = _refused(clinic, "assess", clinic, because="broken.yaml")
    assert "'title'" in message and "passes_when" in message


def test_corrupted_evidence_names_the_item(clinic: Path) -> None:
    body = max((clinic / "evidence").rglob("objects/**/*.zst"), key=lambda path: path.stat().st_size)
    changed = bytearray(body.read_bytes())
    changed[len(changed) // 2] ^= 0xFF
    body.write_bytes(changed)
    for command in ("verify", "assess"):
        _refused(clinic, command, clinic, because="E-0000")


def test_a_run_that_does_not_exist(clinic: Path) -> None:
    _refused(clinic, "assess", clinic, "--run", "2001-01-01T000000Z", because="2001-01-01T000000Z")


def test_a_framework_that_does_not_exist(clinic: Path) -> None:
    _refused(clinic, "report", clinic, "--framework", "hippa", because="'hipaa'")


def test_a_report_before_anything_was_assessed(empty: Path) -> None:
    _refused(empty, "report", empty, because="kubesurvey assess")


@pytest.mark.parametrize(
    ("kind", "name", "meant"),
    [("checks", "pod_security.privilegd", "'pod_security.privileged'"), ("tables", "workload", "'workloads'"),
     ("frameworks", "hippa", "'hipaa'")],
)
def test_a_name_that_is_nearly_right(tmp_path: Path, kind: str, name: str, meant: str) -> None:
    _refused(tmp_path, kind, "show", name, because=meant)


@pytest.mark.parametrize("arguments", [["asses"], ["assess"], ["collect", "x", "--form", "y"], ["assess", "x", "y"]])
def test_wrong_usage(tmp_path: Path, arguments: list[str]) -> None:
    said = say(*arguments)
    assert said.code == 2 and "Traceback" not in said.err
