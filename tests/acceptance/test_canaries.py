"""What people hide in manifests never comes out: not in evidence, tables, results, reports, nor inside a PDF."""

from __future__ import annotations

import random
from dataclasses import dataclass

import pyarrow.parquet as pq
import pytest

from assessment import pipeline
from assessment.workspace import Workspace
from tests.acceptance.planted import Canaries, write_dump, write_manifests
from tests.acceptance.unpacked import unpacked
from tests.evidence.test_canaries import alignments

CHECKS = {
    "credentials.no_literal_in_environment": {"environment-by-name", "environment-by-shape", "everywhere", "nightly"},
    "credentials.no_literal_in_arguments": {
        "arguments-by-name", "arguments-next-to-name", "arguments-by-shape", "arguments-of-probe",
        "everywhere", "nightly",
    },
    "credentials.no_literal_in_config_maps": {
        "configuration-by-name", "configuration-by-shape", "configuration-in-file", "settings",
    },
}  # fmt: skip
CLUSTERS = ("declared", "running")
FINDABLE = b"environment-by-name"


@dataclass(frozen=True)
class Survey:
    """A surveyed workspace, the canaries planted in its sources, and all that its files hold."""

    workspace: Workspace
    planted: dict[str, str]
    held: list[tuple[str, bytes]]


@pytest.fixture(scope="module")
def survey(tmp_path_factory: pytest.TempPathFactory) -> Survey:
    folder = tmp_path_factory.mktemp("canaries")
    canaries = Canaries(random.Random("planted everywhere"))
    write_manifests(folder / "manifests", canaries)
    write_dump(folder / "dump", canaries)
    workspace = pipeline.init(folder / "workspace", "Acme")
    pipeline.collect(workspace, source=folder / "manifests", cluster="declared", whole=True)
    pipeline.collect(workspace, source=folder / "dump", cluster="running")
    pipeline.assess(workspace)
    pipeline.report(workspace)
    files = sorted(path for path in workspace.path.rglob("*") if path.is_file())
    return Survey(workspace, canaries.planted, [part for path in files for part in unpacked(path)])


def test_no_canary_is_in_any_file_of_the_workspace_plain_or_in_base64(survey: Survey) -> None:
    everything = b"\0".join({data: None for _, data in survey.held})
    found = [
        f"{canary} of {place}, as {trace.decode()}, in {_holders(survey, trace)}"
        for canary, place in survey.planted.items()
        for trace in (canary.encode(), *alignments(canary), "".join(canary.split()).encode())
        if trace in everything
    ]
    assert not found, "\n".join(found)
    assert len(survey.planted) > 500


def test_the_search_looks_into_everything_that_a_workspace_holds(survey: Survey) -> None:
    holders = [name for name, data in survey.held if FINDABLE in data]
    for part in (".zst unpacked", "workloads.parquet column name", "findings.parquet column subject_name", ".csv",
                 "pdf text of page"):  # fmt: skip
        assert any(part in name for name in holders), f"{part}: not searched"
    assert any("/history/" in name for name in holders)
    searched = [name for name, _ in survey.held]
    for part in ("index.jsonl", "run.json", "pdf stream of object", "pdf strings of object", "pdf attachment "):
        assert any(part in name for name in searched), f"{part}: not searched"


@pytest.mark.parametrize("cluster", CLUSTERS)
@pytest.mark.parametrize("check", CHECKS)
def test_the_credential_checks_fail_on_what_was_planted(survey: Survey, check: str, cluster: str) -> None:
    findings = pq.read_table(survey.workspace.results / "findings.parquet").to_pylist()
    failed = {row["subject_name"] for row in findings
              if (row["check_id"], row["cluster"], row["verdict"]) == (check, cluster, "fail")}  # fmt: skip
    assert failed >= CHECKS[check]


def _holders(survey: Survey, trace: bytes) -> list[str]:
    root = survey.workspace.path.as_posix()
    return [name.removeprefix(root) for name, data in survey.held if trace in data][:4]
