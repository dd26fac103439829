"""Products are known by their images, and a node has an agent only if a ready pod of one runs there."""

from __future__ import annotations

from typing import Any

import pytest

from assessment.derived import delivery_coverage, node_agents, products
from collectors.tables.coverage import Gap
from collectors.tables.kubernetes.delivery.deliveries import Deliveries
from collectors.tables.kubernetes.delivery.origins import WorkloadOrigins
from collectors.tables.kubernetes.nodes import Nodes
from collectors.tables.kubernetes.workloads import Workloads
from tests.tables.rows_of import RUNNING, build

CLUSTERS = {"c": RUNNING}
NODE = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "n1"}}
OWNER = {"apiVersion": "apps/v1", "kind": "DaemonSet", "name": "agent", "uid": "u", "controller": True}


@pytest.mark.parametrize(
    ("repository", "role"),
    [
        ("falcosecurity/falco", "runtime-sensor"),
        ("proxy/docker/falcosecurity/falco", "runtime-sensor"),
        ("kube-state-metrics/kube-state-metrics", "object-metrics"),
        ("shop/web", None),
        ("library/nginx", None),
    ],
)
def test_an_image_is_known_by_the_end_of_its_repository(repository: str, role: str | None) -> None:
    assert [found for found, _ in products.jobs_of(repository)] == ([role] if role else [])


def pod(ready: str, on: str = "n1", image: str = "docker.io/falcosecurity/falco:1") -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "agent-x", "namespace": "security", "ownerReferences": [OWNER]},
        "spec": {"nodeName": on, "containers": [{"name": "m", "image": image}]},
        "status": {"phase": "Running", "conditions": [{"type": "Ready", "status": ready}]},
    }


def agents(*pods: dict[str, Any], hidden: bool = False) -> dict[str, tuple[bool | None, bool | None]]:
    tables = build(Nodes, NODE, cluster=RUNNING) | build(Workloads, *pods, cluster=RUNNING)
    tables["products"] = products.rows(tables, CLUSTERS)
    gap = Gap(0, "live", "c", "other", "Pod", "pods", "denied", "", "")
    rows = node_agents.rows(tables, CLUSTERS, [gap] if hidden else [])
    return {row.role: (row.is_running, row.is_used) for row in rows}


def test_a_node_is_watched_by_a_ready_pod_on_it() -> None:
    assert agents(pod("True"))["runtime-sensor"] == (True, True)
    assert agents(pod("False"))["runtime-sensor"] == (False, True)
    assert agents(pod("True", on="n2"))["runtime-sensor"] == (False, True)
    assert agents(pod("True"))["logs"] == (False, False)


def test_a_pod_that_nobody_could_list_may_be_the_agent() -> None:
    assert agents(hidden=True)["runtime-sensor"] == (None, None)
    assert agents(pod("True"), hidden=True)["runtime-sensor"] == (True, True)


def test_a_workload_was_delivered_by_whom_its_marks_or_an_inventory_name() -> None:
    def web(**metadata: Any) -> dict[str, Any]:
        return {
            "apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web", "namespace": "shop"} | metadata,
            "spec": {"template": {"spec": {}}},
        }  # fmt: skip

    def delivered(workload: dict[str, Any], resources: Any) -> bool | None:
        application = {
            "apiVersion": "argoproj.io/v1alpha1", "kind": "Application", "spec": {},
            "metadata": {"name": "shop", "namespace": "argocd"}, "status": {"resources": resources},
        }  # fmt: skip
        tables = build(Deliveries, application, cluster=RUNNING) | build(WorkloadOrigins, workload, cluster=RUNNING)
        (row,) = delivery_coverage.rows(tables | {"workloads": []}, CLUSTERS, [])
        found: bool | None = row.is_by_git_ops
        return found

    listed = [{"group": "apps", "kind": "Deployment", "namespace": "shop", "name": "web"}]
    assert delivered(web(), listed) is True
    assert delivered(web(), []) is False
    assert delivered(web(), "malformed") is None
    assert delivered(web(labels={"app.kubernetes.io/instance": "shop"}), []) is True
    assert delivered(web(labels={"helm.toolkit.fluxcd.io/name": "shop"}), []) is True
