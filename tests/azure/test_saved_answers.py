"""Answers saved with the Azure command line say the same as answers given live, and never more than they hold."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from collectors import azure
from collectors.azure.operations import OF_CLUSTER, OPERATIONS
from collectors.evidence.store import Evidence, Run
from tests.azure.bodies import (
    CLUSTER,
    GROUP,
    NAME,
    ONE,
    SUBSCRIPTION,
    a_list,
    agent_pool,
    diagnostic_setting,
    managed_cluster,
)
from tests.azure.conftest import NOON, Collect
from tests.azure.rows import said, tables_of

Body = dict[str, Any]
TABLES = ("aks_clusters", "aks_agent_pools", "aks_diagnostic_settings")
RENAMED = {"enableRBAC": "enableRbac", "authorizedIPRanges": "authorizedIpRanges", "enableAzureRBAC": "enableAzureRbac"}


def as_az_prints(resource: Body) -> Body:
    """What the command line makes of an answer: properties lifted out, some names spelled otherwise."""
    lifted = {key: value for key, value in resource.items() if key != "properties"}
    properties = dict(resource["properties"])
    if "type" in properties:
        lifted["typePropertiesType"] = properties.pop("type")
    return _renamed(lifted | {"type": None} | properties | {"resourceGroup": GROUP})  # type: ignore[no-any-return]


def _renamed(node: Any) -> Any:
    if isinstance(node, list):
        return [_renamed(each) for each in node]
    if isinstance(node, dict):
        return {RENAMED.get(key, key): _renamed(value) for key, value in node.items()}
    return node


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """What `az` printed about the clinic's cluster, each answer in its file."""
    place = tmp_path / "saved" / SUBSCRIPTION / GROUP / NAME
    place.mkdir(parents=True)
    pools = [as_az_prints(agent_pool("system")), as_az_prints(agent_pool("work", mode="User"))]
    (place.parents[1] / "managed-clusters.json").write_text(json.dumps([as_az_prints(managed_cluster())]))
    (place / "managed-cluster.json").write_text(json.dumps(as_az_prints(managed_cluster())))
    (place / "agent-pools.json").write_text(json.dumps(pools))
    (place / "diagnostic-settings.json").write_text(json.dumps([as_az_prints(diagnostic_setting())]))
    return place


def root(folder: Path) -> Path:
    return folder.parents[2]


@pytest.fixture
def read(run: Run, collect: Collect, folder: Path) -> Callable[..., Run]:
    """Collect the folder into the run."""

    def collected(**options: Any) -> Run:
        collect(azure.saved(root(folder)), **options)
        return run

    return collected


def test_saved_answers_give_the_rows_of_live_answers(
    tmp_path: Path, read: Callable[..., Run], collect: Collect
) -> None:
    live = Evidence(tmp_path / "live").new_run(NOON)
    collect(into=live)
    from_file, from_azure = tables_of(read()), tables_of(live)
    for name in TABLES:
        assert [said(row) for row in from_file.rows[name]] == [said(row) for row in from_azure.rows[name]]
        assert from_file.rows[name]
    assert from_file.gaps == from_azure.gaps == []


def test_answers_of_az_rest_are_read_as_they_are(folder: Path, read: Callable[..., Run]) -> None:
    (folder / "managed-cluster.json").write_text(json.dumps(managed_cluster()))
    (folder / "agent-pools.json").write_text(json.dumps(a_list(agent_pool("system"))))
    tables = tables_of(read())
    assert [row.name for row in tables.rows["aks_agent_pools"]] == ["system"]
    assert tables.gaps == []


def test_the_evidence_keeps_what_az_printed(folder: Path, read: Callable[..., Run]) -> None:
    run = read()
    kept = next(item for item in run.items() if item.parameters.get("kind") == "aks/ManagedCluster")
    assert json.loads(run.read(kept)) == json.loads((folder / "managed-cluster.json").read_text())
    assert kept.request == f"{SUBSCRIPTION}/{GROUP}/{NAME}/managed-cluster.json"
    assert kept.collection_mode == "offline_bundle"
    assert kept.principal == "whoever saved the answers"


def test_a_page_that_was_not_saved_is_missing(folder: Path, read: Callable[..., Run]) -> None:
    page = a_list(agent_pool("system"), following="https://management.azure.com/more")
    (folder / "agent-pools.json").write_text(json.dumps(page))
    tables = tables_of(read())
    assert [row.name for row in tables.rows["aks_agent_pools"]] == ["system"]
    assert [(gap.table, gap.reason) for gap in tables.gaps] == [
        ("aks_agent_pools", "list agent pools: the page that follows was not saved")
    ]


@pytest.mark.parametrize("operation", OF_CLUSTER, ids=lambda operation: operation.name)
@pytest.mark.parametrize(
    ("content", "errors", "outcome", "reason"),
    [
        (None, "", "absent", "there is no file"),
        ("", "", "failed", "empty"),
        ('{"name": ', "", "failed", "not whole JSON"),
        ("7", "", "failed", "the answer is not"),
        (
            "",
            "(AuthorizationFailed) The client 'x' does not have authorization to perform action 'Some.Provider/a/read' "
            "over scope '/subscriptions/y' or the scope is invalid.",
            "denied",
            "Some.Provider/a/read is not allowed",
        ),
        ("", "ERROR: Please run 'az login' to setup account.", "denied", "not signed in"),
        ("", "ERROR: (ResourceNotFound) The Resource was not found.", "absent", "no such resource"),
        ("", "ERROR: The command failed with an unexpected error.", "failed", "error"),
        ("whole", "ERROR: (AuthorizationFailed)", "denied", "is not allowed"),
        ("whole", "WARNING: The behavior of this command will change.", "complete", ""),
    ],
)
def test_whatever_a_file_holds_is_an_outcome(  # type: ignore[no-untyped-def]
    folder: Path, read: Callable[..., Run], operation, content, errors: str, outcome: str, reason: str
) -> None:
    (folder.parents[1] / "managed-clusters.json").unlink()
    file = folder / f"{operation.saved_as}.json"
    if content is None:
        file.unlink()
    elif content != "whole":
        file.write_text(content)
    file.with_suffix(".err").write_text(errors)
    run = read()
    (item,) = [item for item in run.items() if item.parameters.get("kind") == operation.kind]
    assert (item.outcome, bool(item.claims)) == (outcome, outcome == "complete")
    assert reason in item.reason
    gaps = {(gap.table, gap.outcome) for gap in tables_of(run).gaps}
    assert gaps == ({(table, outcome) for table in operation.tables} if outcome != "complete" else set())


def test_a_cluster_that_stands_only_in_the_list_is_taken_from_there(folder: Path, read: Callable[..., Run]) -> None:
    (folder / "managed-cluster.json").unlink()
    run = read()
    (row,) = tables_of(run).rows["aks_clusters"]
    assert (row.name, row.has_uptime_sla) == (NAME, True)
    assert any(item.request == f"{SUBSCRIPTION}/managed-clusters.json#/0" for item in run.items())


def test_folders_are_found_in_any_case_of_letters(run: Run, collect: Collect, folder: Path) -> None:
    collect(azure.saved(root(folder)), clusters={(GROUP.upper(), NAME.title()): CLUSTER})
    assert {item.outcome for item in run.items()} == {"complete"}


def test_an_answer_in_the_wrong_folder_is_none(folder: Path, read: Callable[..., Run]) -> None:
    other = as_az_prints(managed_cluster() | {"id": ONE.replace(NAME, "other")})
    (folder / "managed-cluster.json").write_text(json.dumps(other))
    assert [gap.table for gap in tables_of(read()).gaps] == ["aks_clusters"]


def test_links_and_names_that_lead_elsewhere_are_not_followed(
    tmp_path: Path, run: Run, collect: Collect, folder: Path
) -> None:
    secret = tmp_path / "elsewhere.json"
    secret.write_text(json.dumps(managed_cluster()))
    (folder / "managed-cluster.json").unlink()
    (folder / "managed-cluster.json").symlink_to(secret)
    (folder.parents[1] / "managed-clusters.json").unlink()
    collect(azure.saved(root(folder)), clusters={(GROUP, NAME): CLUSTER, ("..", ".."): "up", ("a/b", "c"): "aside"})
    found = [item.outcome for item in run.items() if item.parameters.get("kind") == "aks/ManagedCluster"]
    assert sorted(found) == ["absent", "absent", "failed"]


def test_a_folder_that_is_not_there_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(azure.InvalidPath):
        azure.saved(tmp_path / "nowhere")


def test_each_file_of_the_layout_is_named_by_its_operation() -> None:
    assert len({operation.saved_as for operation in OPERATIONS}) == len(OPERATIONS)
