"""What a node offers and reports, and what a pod asks of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from collectors.tables.kubernetes.nodes import Node, Nodes
from collectors.tables.pod_specs.scheduling import scheduling_values
from collectors.tables.schema import ClusterContext
from tests.tables.rows_of import build

MIB = 2**20


def node(labels: Any = None, spec: Any = None, info: Any = None, **status: Any) -> Node:
    context = ClusterContext("c", "running", 35, whole=True, as_of=datetime(2026, 11, 21))
    metadata = {"name": "n", "labels": labels or {}}
    status = {"nodeInfo": info or {}, **status}
    obj = {"apiVersion": "v1", "kind": "Node", "metadata": metadata, "spec": spec or {}, "status": status}
    found: Node = build(Nodes, obj, cluster=context)["nodes"][0]
    return found


def conditions(**told: str) -> list[dict[str, str]]:
    return [{"type": kind, "status": status} for kind, status in told.items()]


def requested(**spec: Any) -> tuple[int | None, int | None]:
    values = scheduling_values({"spec": spec})
    return values["requested_cpu_millicores"], values["requested_memory_bytes"]


def container(cpu: str | None = None, memory: str | None = None, **more: Any) -> dict[str, Any]:
    requests = {name: value for name, value in (("cpu", cpu), ("memory", memory)) if value}
    return {"name": "c", "resources": {"requests": requests}, **more}


def test_capacity_is_read_in_whole_units() -> None:
    found = node(allocatable={"cpu": "3920m", "memory": "1Gi", "pods": "110"}, capacity={"cpu": "4"})
    assert (found.allocatable_cpu_millicores, found.allocatable_memory_bytes, found.allocatable_pods) == (
        3920, 1024 * MIB, 110,
    )  # fmt: skip
    assert (found.capacity_cpu_millicores, found.capacity_memory_bytes) == (4000, None)


def test_conditions_are_three_valued_and_an_unreported_network_is_in_order() -> None:
    found = node(conditions=conditions(Ready="True", MemoryPressure="True", DiskPressure="Unknown"))
    assert (found.is_ready, found.has_memory_pressure, found.has_disk_pressure) == (True, True, None)
    assert (found.has_pid_pressure, found.is_network_unavailable) == (None, False)
    assert node().is_network_unavailable is None


def test_problems_beyond_the_kubelets_own_tell_that_somebody_looks() -> None:
    found = node(conditions=conditions(Ready="True", KernelDeadlock="True", ReadonlyFilesystem="False"))
    assert (found.has_problem_detector, found.other_problems) == (True, ["KernelDeadlock"])
    assert node(conditions=conditions(Ready="True")).has_problem_detector is False


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ({}, True),
        ({"unschedulable": True}, False),
        ({"taints": [{"key": "gpu", "effect": "NoSchedule"}]}, False),
        ({"taints": [{"key": "spot", "effect": "PreferNoSchedule"}]}, True),
        ({"taints": "none"}, None),
    ],
)
def test_a_node_takes_any_pod_unless_it_is_cordoned_or_tainted(spec: Any, expected: bool | None) -> None:
    assert node(spec=spec, conditions=conditions(Ready="True")).takes_any_pod is expected


def test_a_cordon_is_dated_by_its_taint() -> None:
    taint = {"key": "node.kubernetes.io/unschedulable", "effect": "NoSchedule", "timeAdded": "2026-11-01T00:00:00Z"}
    found = node(spec={"unschedulable": True, "taints": [taint]})
    assert (found.has_cordoned_at, found.cordoned_at) == (True, datetime(2026, 11, 1))
    assert node(spec={"unschedulable": True}).has_cordoned_at is False


@pytest.mark.parametrize(
    ("zone", "expected"), [("eu-1a", (True, "eu-1a")), ("0", (False, None)), ("we-0", (False, None))]
)
def test_azure_calls_no_zone_zero(zone: str, expected: tuple[bool, str | None]) -> None:
    found = node(labels={"topology.kubernetes.io/zone": zone})
    assert (found.has_zone, found.zone) == expected


@pytest.mark.parametrize(
    ("runtime", "supported", "next_minor"),
    [
        ("docker://20.10.7", False, False),
        ("containerd://1.6.39", False, False),
        ("containerd://1.7.24", None, False),
        ("containerd://2.2.1", None, True),
        ("cri-o://1.36.0", True, True),
        ("cri-o://1.28.4", False, True),
    ],
)
def test_runtimes_are_measured_by_calendars(runtime: str, supported: bool | None, next_minor: bool) -> None:
    found = node(info={"containerRuntimeVersion": runtime})
    assert (found.is_runtime_supported, found.runtime_serves_next_minor) == (supported, next_minor)


@pytest.mark.parametrize(
    ("image", "supported"),
    [
        ("Amazon Linux 2", False),
        ("Amazon Linux 2023.6.20241010", True),
        ("Ubuntu 20.04.6 LTS", False),
        ("Ubuntu 24.04.1 LTS", None),
        ("Bottlerocket OS 1.20.0 (aws-k8s-1.30)", None),
    ],
)
def test_operating_systems_are_measured_by_calendars(image: str, supported: bool | None) -> None:
    assert node(info={"osImage": image}).is_os_supported is supported


def test_a_pod_asks_for_the_sum_of_its_containers() -> None:
    assert requested(containers=[container("100m", "1Mi"), container("200m")]) == (300, MIB)
    assert requested(containers=[{"name": "c"}]) == (0, 0)
    limits = {"name": "c", "resources": {"limits": {"cpu": "1"}}}
    assert requested(containers=[limits]) == (1000, 0)
    assert requested(containers=[container("x")]) == (None, 0)


def test_init_containers_count_where_they_ask_for_more_and_sidecars_always() -> None:
    main = [container("100m")]
    assert requested(containers=main, initContainers=[container("500m")]) == (500, 0)
    sidecar = container("50m", restartPolicy="Always")
    assert requested(containers=main, initContainers=[sidecar, container("500m")]) == (550, 0)
    assert requested(containers=main, initContainers=[container("120m"), sidecar]) == (150, 0)
    assert requested(containers=main, overhead={"cpu": "20m"}) == (120, 0)


def test_a_pod_says_what_it_tolerates_and_whether_it_wants_to_stay() -> None:
    annotations = {"cluster-autoscaler.kubernetes.io/safe-to-evict": "false"}
    spec = {"tolerations": [{"key": "gpu"}, {"operator": "Exists"}], "volumes": [{"name": "v", "emptyDir": {}}]}
    found = scheduling_values({"metadata": {"annotations": annotations}, "spec": spec})
    assert found["tolerated_taint_keys"] == ["*", "gpu"]
    assert (found["asks_not_to_be_moved"], found["has_local_storage"]) == (True, True)
