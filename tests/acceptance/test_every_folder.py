"""Every folder of real data goes from files to results, and each of its documents is accounted for."""

from __future__ import annotations

from pathlib import Path

import pandas
import pytest

from assessment import pipeline
from assessment.workspace import Workspace
from collectors.people import ANSWERS
from tests.acceptance.running import succeed
from tests.inputs import ROOT, inputs
from tests.sources.independent_count import documents_in, documents_in_file

DUMPS = ("lists", "per-namespace", "partial-account", "cluster-info-dump")
SMALLEST = "real-manifests/microservices-demo"


def folders() -> list[str]:
    """Every folder of the three collections, and each dump of the cluster that was saved in four ways."""
    found = [f"{top}/{path.name}" for top in ("live-clusters", "real-manifests")
             for path in sorted(ROOT.joinpath(top).glob("*")) if path.is_dir()]  # fmt: skip
    return [*found, *(f"live-clusters/real-1.36/{dump}" for dump in DUMPS), "health-troubleshoot"]


def surveyed(source: Path, workspace: Path) -> Workspace:
    """A workspace with this folder collected as one cluster, and assessed."""
    there = pipeline.init(workspace, "Acme")
    pipeline.collect(there, source=source, cluster="one")
    pipeline.assess(there)
    return there


def read_items(workspace: Workspace) -> pandas.DataFrame:
    """The evidence items that came from files."""
    items = workspace.result("evidence_items")
    return items[items["source"] != "people"].set_index("request")


def assert_accounted_for(items: pandas.DataFrame, source: Path) -> None:
    """Each item adds up, and says as many documents as a count says that shares nothing with the reader."""
    read = items[items["documents"].notna()]
    added = read[["objects", "repeats", "not_kubernetes", "gaps"]].sum(axis=1)
    assert read.index[read["documents"] != added].tolist() == []
    counted = {name: documents_in_file(source / name) for name in read.index if (source / name).is_file()}
    assert {name: int(read["documents"][name]) for name in counted} == counted
    assert int(read["documents"].sum()) == sum(counted.values())
    files = {path.relative_to(source).as_posix() for path in source.rglob("*") if path.is_file()}
    assert set(counted) == files


def assert_judged(workspace: Workspace, clusters: set[str]) -> None:
    """Every cluster has findings, and every stage left its results. (Manifests alone prove no coverage.)"""
    assert set(workspace.result("findings")["cluster"]) - {ANSWERS} == clusters
    for name in ("requirements", "health", "gaps", "populations"):
        assert len(workspace.result(name)) > 0, name
    assert pipeline.verify(workspace) == []


@pytest.mark.parametrize("folder", folders())
def test_a_folder_of_real_data_is_judged_and_every_document_accounted_for(folder: str, tmp_path: Path) -> None:
    source = inputs(folder)
    workspace = surveyed(source, tmp_path / "acme")
    assert_accounted_for(read_items(workspace), source)
    assert_judged(workspace, {"one"})
    if folder == SMALLEST:
        pack = pipeline.report(workspace, frameworks=["hipaa"])[0]
        assert pack.read_bytes().startswith(b"%PDF-")


def test_none_of_the_folders_is_missing_here() -> None:
    inputs("live-clusters")
    assert len(folders()) >= 14 and SMALLEST in folders()
    assert {path.name for path in (ROOT / "live-clusters" / "real-1.36").iterdir() if path.is_dir()} == set(DUMPS)


def test_each_folder_can_be_a_cluster_of_its_own(tmp_path: Path) -> None:
    source = inputs("health-troubleshoot")
    names = {path.name for path in source.iterdir() if path.is_dir()}
    workspace = pipeline.init(tmp_path / "acme", "Acme")
    pipeline.collect(workspace, source=source, cluster=None, per_folder=True)
    pipeline.assess(workspace)
    items = read_items(workspace)
    for name in sorted(names):
        assert_accounted_for(items[items["cluster"] == name], source / name)
    assert set(items["cluster"]) == names == set(workspace.result("clusters")["cluster"])


def test_the_commands_of_the_first_page_go_through(tmp_path: Path) -> None:
    acme = tmp_path / "acme"
    source = inputs("real-manifests", "kube-prometheus")
    succeed("init", acme)
    said = succeed("collect", acme, "--from", source, "--cluster", "monitoring", "--whole")
    assert f" {documents_in(source):,} documents = " in said
    assert "Verdicts" in succeed("assess", acme)
    written = [Path(line) for line in succeed("report", acme).splitlines()]
    assert written[0] == acme / "reports" / "evidence-pack-hipaa.pdf"
    assert all(path.stat().st_size > 0 for path in written)
    assert "as it was stored" in succeed("verify", acme)
    assert_judged(Workspace(acme), {"monitoring"})
