"""Edges between workloads and what selects their pods, from Kubernetes objects."""

from __future__ import annotations

from typing import Any

import pytest

from assessment.derived import workload_budgets, workload_network_policies, workload_services
from collectors.tables.kubernetes.disruption_budgets import DisruptionBudgets
from collectors.tables.kubernetes.network_policies import NetworkPolicies
from collectors.tables.kubernetes.services import Services
from collectors.tables.kubernetes.workloads import Workloads
from tests.tables.rows_of import DECLARED, build

CLUSTERS = {"c": DECLARED}
MATCH_WEB = {"matchLabels": {"app": "web"}}


def deployment(replicas: int | None = 2, labels: Any = None, kind: str = "Deployment") -> dict[str, Any]:
    pod = {"containers": [{"name": "main", "image": "registry.example/web:1"}]}
    template = {"metadata": {"labels": labels or {"app": "web"}}, "spec": pod}
    spec = {"selector": MATCH_WEB, "template": template, "replicas": replicas}
    return {"apiVersion": "apps/v1", "kind": kind, "metadata": {"name": "web", "namespace": "shop"}, "spec": spec}


def selecting(version: str, kind: str, spec: dict[str, Any], namespace: str | None = "shop") -> dict[str, Any]:
    metadata = {"name": "s"} | ({"namespace": namespace} if namespace else {})
    return {"apiVersion": version, "kind": kind, "metadata": metadata, "spec": spec}


def budgets(spec: dict[str, Any], workload: dict[str, Any], version: str = "policy/v1") -> list[Any]:
    rows = build(DisruptionBudgets, selecting(version, "PodDisruptionBudget", spec))
    return workload_budgets.rows(build(Workloads, workload) | rows, CLUSTERS)


def policies(spec: dict[str, Any], namespace: str | None = "shop") -> list[Any]:
    rows = build(NetworkPolicies, selecting("networking.k8s.io/v1", "NetworkPolicy", spec, namespace))
    return workload_network_policies.rows(build(Workloads, deployment()) | rows, CLUSTERS)


def services(spec: dict[str, Any]) -> list[Any]:
    rows = build(Services, selecting("v1", "Service", spec))
    return workload_services.rows(build(Workloads, deployment()) | rows, CLUSTERS)


def test_a_budget_selects_the_pods_of_a_workload() -> None:
    (edge,) = budgets({"minAvailable": 1, "selector": MATCH_WEB}, deployment())
    assert (edge.matches, edge.workload_kind, edge.workload_name) == (True, "Deployment", "web")
    assert edge.namespace == "shop"


@pytest.mark.parametrize(
    ("spec", "replicas", "room"),
    [
        ({"minAvailable": 1}, 2, True),
        ({"minAvailable": 1}, 1, False),
        ({"minAvailable": 1}, None, False),
        ({"minAvailable": "50%"}, 2, True),
        ({"minAvailable": "90%"}, 9, False),
        ({"minAvailable": "90%"}, 10, True),
        ({"maxUnavailable": 1}, 1, True),
        ({"maxUnavailable": 0}, 5, False),
        ({"minAvailable": "some"}, 5, None),
    ],
)
def test_a_budget_leaves_room_where_one_replica_can_go(
    spec: dict[str, Any], replicas: int | None, room: bool | None
) -> None:
    (edge,) = budgets(spec | {"selector": MATCH_WEB}, deployment(replicas))
    assert edge.leaves_room is room


def test_room_is_not_known_where_replicas_are_not_counted() -> None:
    (edge,) = budgets({"minAvailable": 1, "selector": MATCH_WEB}, deployment(kind="DaemonSet"))
    assert (edge.matches, edge.leaves_room) == (True, None)


def test_a_budget_without_a_selector_selects_no_workload() -> None:
    assert budgets({"minAvailable": 1}, deployment()) == []
    assert budgets({"minAvailable": 1, "selector": {}}, deployment(), "policy/v1beta1") == []


def test_a_budget_whose_selector_cannot_be_read_may_select_any_workload() -> None:
    (edge,) = budgets({"minAvailable": 1, "selector": {"matchExpressions": "app"}}, deployment())
    assert edge.matches is None
    assert budgets({"minAvailable": 1, "selector": {}}, deployment())[0].matches is True


def test_a_policy_brings_its_facts_to_the_workload() -> None:
    (edge,) = policies({"podSelector": {}})
    facts = (edge.isolates_ingress, edge.isolates_egress, edge.allows_all_ingress, edge.is_default_deny)
    assert facts == (True, False, False, True)
    (edge,) = policies({"podSelector": MATCH_WEB, "ingress": [{}]})
    assert (edge.allows_all_ingress, edge.is_default_deny) == (True, False)


def test_a_policy_without_a_namespace_may_belong_to_any() -> None:
    (edge,) = policies({"podSelector": {}}, namespace=None)
    assert (edge.matches, edge.namespace) == (None, "shop")


def test_a_policy_of_another_namespace_is_no_edge() -> None:
    assert policies({"podSelector": {}}, namespace="bank") == []


def test_a_service_selects_by_its_labels_and_an_empty_selector_selects_nothing() -> None:
    assert [edge.matches for edge in services({"selector": {"app": "web"}})] == [True]
    assert services({"selector": {"app": "web", "tier": "front"}}) == []
    assert services({"selector": {}}) == []
    assert services({}) == []


def test_an_external_name_has_no_pods() -> None:
    assert services({"type": "ExternalName", "selector": {"app": "web"}}) == []
    assert [edge.matches for edge in services({"type": 1, "selector": {"app": "web"}})] == [None]


def test_a_cell_that_becomes_unknown_never_decides_an_edge() -> None:
    tables = build(Workloads, deployment()) | build(Services, selecting("v1", "Service", {"selector": {"app": "web"}}))
    service = tables["services"][0]
    for field in ("has_selector", "selector", "service_type", "namespace"):
        changed = {**tables, "services": [service._replace(**{field: None})]}
        assert [edge.matches for edge in workload_services.rows(changed, CLUSTERS)] == [None], field
