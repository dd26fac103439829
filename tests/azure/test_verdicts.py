"""What is judged of an AKS cluster when Azure answers, and what is left when it refuses one call."""

from __future__ import annotations

import ast
import csv
import re
from pathlib import Path
from typing import Any

import pytest

from assessment.checks.load import Check, library
from assessment.derived.run import all_tables, derive
from collectors.azure.operations import OF_CLUSTER, Operation
from collectors.evidence.store import Evidence, Run
from collectors.kubernetes import offline
from tests.azure.arm import Arm, Response, error, not_authorized
from tests.azure.bodies import CLUSTER, LIST, LOGS, ONE, POOLS, SUBSCRIPTION, a_list, agent_pool, managed_cluster
from tests.azure.conftest import NOON, Collect
from tests.azure.rows import tables_of
from tests.checks.example_worlds import verdicts
from tests.inputs import inputs

CHECKS = library(all_tables())
OF_AZURE = [check for check in CHECKS if check.check_id.startswith("aks.")]
PATHS = {"get managed cluster": ONE, "list agent pools": POOLS, "list diagnostic settings": LOGS}
Found = dict[tuple[str, str, str], str]


def judged(run: Run, checks: list[Check] = CHECKS) -> Found:
    """(check, cluster, subject) -> verdict."""
    tables = tables_of(run)
    derive(tables)
    return {
        (check, cluster, " ".join(subject[:4])): verdict
        for check, clusters in verdicts(tables, checks).items()
        for cluster, subjects in clusters.items()
        for subject, verdict in subjects.items()
    }


MANIFEST = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: main, image: "registry.example/web:1.0"}]}
"""


@pytest.fixture
def manifests(tmp_path: Path) -> Path:
    """What runs in the cluster, as far as a folder declares it."""
    folder = tmp_path / "manifests"
    folder.mkdir()
    (folder / "web.yaml").write_text(MANIFEST)
    return folder


@pytest.fixture
def with_kubernetes(run: Run, manifests: Path) -> Run:
    """A run that knows what runs in the cluster."""
    offline.collect(run, manifests, cluster=CLUSTER, whole=True, now=lambda: NOON)
    return run


def test_a_well_kept_cluster_passes_every_check(run: Run, collect: Collect) -> None:
    collect()
    found = judged(run, OF_AZURE)
    assert {check for check, _, _ in found} == {check.check_id for check in OF_AZURE}
    assert {key: verdict for key, verdict in found.items() if verdict != "pass"} == {}


@pytest.mark.parametrize(
    "refusal",
    [lambda operation: not_authorized(operation.action, ONE), lambda _: error(500, "InternalServerError")],
    ids=["refused", "failed"],
)
@pytest.mark.parametrize("operation", OF_CLUSTER, ids=lambda operation: operation.name)
def test_a_call_that_is_not_answered_leaves_unknown_what_joins_to_it_and_nothing_else(
    tmp_path: Path,
    arm: Arm,
    manifests: Path,
    with_kubernetes: Run,
    collect: Collect,
    operation: Operation,
    refusal: Any,
) -> None:
    whole = Evidence(tmp_path / "whole").new_run(NOON)
    offline.collect(whole, manifests, cluster=CLUSTER, whole=True, now=lambda: NOON)
    collect(into=whole)
    arm.answer(PATHS[operation.name], refusal(operation))
    collect()
    before, after = judged(whole), judged(with_kubernetes)
    reads = {check.check_id for check in OF_AZURE if operation.tables[0] in _tables_read(check)}
    assert reads
    assert {key: verdict for key, verdict in after.items() if key[0] not in reads} == {
        key: verdict for key, verdict in before.items() if key[0] not in reads
    }
    assert all(verdict in ("unknown", before.get(key)) for key, verdict in after.items() if key[0] in reads)
    judging = {check.check_id for check in OF_AZURE if check.table == operation.tables[0]}
    assert {verdict for (check, _, _), verdict in after.items() if check in judging} <= {"unknown"}
    gap = next(gap for gap in tables_of(with_kubernetes).gaps if gap.table == operation.tables[0])
    assert (gap.outcome == "denied") == (operation.action in gap.closed_by)


def _tables_read(check: Check) -> set[str]:
    from assessment.checks.lists_read import tables_read

    return set(tables_read([check], all_tables())) | {check.table}


def test_a_list_of_pools_that_breaks_off_fails_what_it_shows_and_passes_it(
    arm: Arm, run: Run, collect: Collect
) -> None:
    arm.answer(POOLS, a_list(agent_pool("bad", enableNodePublicIP=True), following=f"{arm.url}{POOLS}?$skiptoken=2"))
    arm.answer(f"{POOLS}?$skiptoken=2", Response(raw=b"{"))
    collect()
    found = judged(run, OF_AZURE)
    of_pools = {key[2]: verdict for key, verdict in found.items() if key[0] == "aks.nodes_without_public_addresses"}
    assert sorted(of_pools.values()) == ["fail", "unknown"]


def test_a_subscription_that_may_not_be_listed_has_clusters_that_nobody_judged(
    arm: Arm, run: Run, collect: Collect
) -> None:
    arm.answer(LIST, not_authorized("Microsoft.ContainerService/managedClusters/read", LIST))
    collect()
    found = judged(run, OF_AZURE)
    unseen = {verdict for (_, cluster, _), verdict in found.items() if cluster == f"azure-{SUBSCRIPTION}"}
    assert unseen == {"unknown"}
    assert {verdict for (_, cluster, _), verdict in found.items() if cluster == CLUSTER} == {"pass"}


# What a peer expects of attributes that we read too, by its name for the check.
ALIKE = {
    "aks_cluster_rbac_enabled": ("aks.kubernetes_rbac",),
    "aks_clusters_created_with_private_nodes": ("aks.nodes_without_public_addresses",),
    "aks_clusters_public_access_disabled": (
        "aks.endpoint_is_private_or_restricted", "aks.nodes_without_public_addresses",
    ),
    "aks_network_policy_enabled": ("aks.network_policy",),
}  # fmt: skip


def test_verdicts_agree_with_what_a_peer_expects(arm: Arm, tmp_path: Path, collect: Collect) -> None:
    table = inputs("cloud-azure", "prowler-truth-tables", "prowler_azure.csv")
    compared = 0
    for number, row in enumerate(csv.DictReader(table.open())):
        if row["service"] != "aks" or row["check"] not in ALIKE or row["status"] not in ("PASS", "FAIL"):
            continue
        cluster, pools = _peers_world(row["mock_objects"])
        arm.answer(ONE, cluster)
        arm.answer(POOLS, a_list(*pools))
        run = Evidence(tmp_path / str(number)).new_run(NOON)
        collect(into=run)
        of_it = [verdict for key, verdict in judged(run, OF_AZURE).items() if key[0] in ALIKE[row["check"]]]
        assert ("FAIL" if "fail" in of_it else "PASS") == row["status"], row["test"]
        compared += 1
    assert compared == 10


def _peers_world(mock: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The cluster and pools that the peer's mock stands for; an engine it only calls "network_policy" is Calico."""
    private = bool(ast.literal_eval(_said(mock, "private_fqdn")))
    policy = {"networkPolicy": "calico"} if ast.literal_eval(_said(mock, "network_policy")) else {}
    cluster = managed_cluster(
        apiServerAccessProfile={"enablePrivateCluster": private, "disableRunCommand": True},
        networkProfile={"networkPlugin": "azure"} | policy,
        enableRBAC=_said(mock, "rbac_enabled") == "True",
    )
    public = re.findall(r"enable_node_public_ip=(True|False)", mock)
    return cluster, [agent_pool(f"p{at}", enableNodePublicIP=each == "True") for at, each in enumerate(public)]


def _said(mock: str, name: str) -> str:
    found = re.search(rf"\b{name}=('[^']*'|True|False|None)", mock)
    assert found
    return found[1]
