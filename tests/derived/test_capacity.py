"""What is left when a node or a zone goes, and what a gap leaves open."""

from __future__ import annotations

from typing import Any

import pytest

from assessment.derived.capacity.first_fit import Room, finds_room
from assessment.derived.run import all_tables, derive
from collectors.evidence.item import as_item
from collectors.kubernetes.offline import in_memory
from collectors.tables.build import base_tables
from tests.checks.example_worlds import Stored, renamed, tables_of, with_cells_unknown, withholdings, without

DERIVED = ("node_capacity", "cluster_capacity", "drain_outcomes", "zone_losses")
READY = {"type": "Ready", "status": "True"}


def node(name: str, zone: str = "z1", cpu: str = "4", pods: str = "10", **spec: Any) -> dict[str, Any]:
    labels = {"topology.kubernetes.io/zone": zone}
    status = {"allocatable": {"cpu": cpu, "memory": "16Gi", "pods": pods}, "conditions": [READY]}
    metadata = {"name": name, "labels": labels}
    return {"apiVersion": "v1", "kind": "Node", "metadata": metadata, "spec": spec, "status": status}


def pod(name: str, on: str | None, cpu: str = "1", owner: str = "StatefulSet/db", **content: Any) -> dict[str, Any]:
    kind, _, owned = owner.partition("/")
    reference = {"apiVersion": "apps/v1", "kind": kind, "name": owned, "controller": True}
    metadata = {"name": name, "namespace": "shop", "annotations": content.pop("annotations", {})}
    if owned:
        metadata["ownerReferences"] = [reference]
    containers = [{"name": "c", "resources": {"requests": {"cpu": cpu, "memory": "1Gi"}}}]
    spec = {"containers": containers, **({"nodeName": on} if on else {}), **content}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec, "status": {"phase": "Running"}}


def owner(kind: str = "StatefulSet", name: str = "db") -> dict[str, Any]:
    template = {"metadata": {"labels": {"app": name}}, "spec": {"containers": [{"name": "c", "image": "x:1"}]}}
    spec = {"replicas": 2, "selector": {"matchLabels": {"app": name}}, "template": template}
    return {"apiVersion": "apps/v1", "kind": kind, "metadata": {"name": name, "namespace": "shop"}, "spec": spec}


def world(*objects: dict[str, Any], whole: bool = True) -> Stored:
    items: list[Any] = []
    bodies: dict[str, list[tuple[str, dict[str, Any]]]] = {}
    for draft, held in in_memory(list(objects), cluster="c", whole=whole, kubernetes_version="1.34", running=True):
        item = as_item(draft, f"E-{len(items)}", 0, "in memory")
        items.append(item)
        bodies[item.evidence_id] = held
    return Stored(items, bodies)


def cells(table: str, *objects: dict[str, Any], whole: bool = True) -> Any:
    return tables_of([world(*objects, whole=whole)]).rows[table][0]


def test_room_is_proved_by_placing_and_refused_by_sums() -> None:
    assert finds_room([Room(2, 1), Room(2, 1)], [Room(2, 9, 9), Room(2, 9, 9)]) is True
    assert finds_room([Room(5, 1)], [Room(2, 9, 9), Room(2, 9, 9)]) is False
    assert finds_room([Room(3, 1)], [Room(2, 9, 9), Room(2, 9, 9)]) is None
    assert finds_room([Room(0, 0)], [Room(2, 9, 0)]) is False


def test_a_cluster_survives_what_it_has_room_for() -> None:
    two = (node("a"), node("b", "z2"), owner())
    found = cells("cluster_capacity", *two, pod("one", "a"), pod("two", "b"))
    assert (found.survives_node_loss, found.survives_zone_loss, found.spans_two_zones) == (True, True, True)
    found = cells("cluster_capacity", *two, pod("one", "a", "3"), pod("two", "b", "2"))
    assert (found.survives_node_loss, found.survives_zone_loss, found.has_room_for_cpu) == (False, False, True)


def test_pods_of_daemon_sets_go_with_their_node() -> None:
    agents = (pod("log-a", "a", "3", "DaemonSet/log"), pod("log-b", "b", "3", "DaemonSet/log"))
    found = cells("cluster_capacity", node("a"), node("b"), owner("DaemonSet", "log"), *agents)
    assert found.survives_node_loss is True


def test_tainted_and_cordoned_nodes_lend_no_room() -> None:
    gpu = node("b", taints=[{"key": "gpu", "effect": "NoSchedule"}])
    nodes = (node("a"), gpu, node("c", unschedulable=True))
    assert cells("cluster_capacity", *nodes, owner(), pod("one", "a")).survives_node_loss is False


def test_pods_that_nobody_could_list_leave_room_open_and_refusals_standing() -> None:
    full = (node("a", cpu="1"), node("b", cpu="1"), owner(), pod("one", "a", "1"), pod("two", "b", "1"))
    assert cells("cluster_capacity", *full, whole=False).survives_node_loss is None, "nodes may be unseen"
    assert cells("cluster_capacity", node("a"), node("b"), whole=False).has_room_for_cpu is None


def test_a_drain_leaves_pods_elsewhere_or_none() -> None:
    spread = cells("drain_outcomes", owner(), pod("one", "a"), pod("two", "b"))
    assert (spread.stands_on_several_nodes, spread.survives_drain, spread.is_bare) == (True, True, False)
    assert cells("drain_outcomes", owner(), pod("one", "a"), pod("two", "a")).survives_drain is False
    bare = cells("drain_outcomes", pod("alone", "a", owner=""))
    assert (bare.is_bare, bare.survives_drain) == (True, False)


def test_a_budget_that_lets_nobody_go_holds_a_workload() -> None:
    spec = {"minAvailable": 2, "selector": {"matchLabels": {"app": "db"}}}
    budget = {"apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": {"name": "b", "namespace": "shop"}}
    found = cells("drain_outcomes", owner(), budget | {"spec": spec}, pod("one", "a"), pod("two", "b"))
    assert (found.is_held_by_budget, found.survives_drain) == (True, False)
    second = {**budget, "metadata": {"name": "c", "namespace": "shop"}}
    loose = {"maxUnavailable": 1, "selector": {"matchLabels": {"app": "db"}}}
    both = cells("drain_outcomes", owner(), budget | {"spec": loose}, second | {"spec": loose}, pod("one", "a"))
    assert both.is_held_by_budget is True, "a pod under two budgets is never evicted"


def test_zones_of_a_workload_are_those_of_its_nodes() -> None:
    nodes = (node("a"), node("b", "z2"))
    assert cells("zone_losses", *nodes, owner(), pod("one", "a"), pod("two", "b")).stands_in_several_zones is True
    assert cells("zone_losses", *nodes, owner(), pod("one", "a"), pod("two", "a")).stands_in_several_zones is False
    assert cells("zone_losses", node("a"), owner(), pod("one", "a"), pod("two", "gone")).stands_in_several_zones is None


def test_a_node_is_held_by_a_pod_that_asks_to_stay() -> None:
    stay = {"cluster-autoscaler.kubernetes.io/safe-to-evict": "false"}
    found = cells("node_capacity", node("a"), owner(), pod("one", "a", annotations=stay))
    assert (found.is_half_empty, found.holds_pods_that_stay, found.is_near_pod_maximum) == (True, True, False)
    assert cells("node_capacity", node("a", pods="1"), owner(), pod("one", "a")).is_near_pod_maximum is True


BUSY = (
    node("a"), node("b", "z2"), owner(), owner("DaemonSet", "log"), pod("one", "a"), pod("two", "b"),
    pod("log-a", "a", "1", "DaemonSet/log"), pod("alone", "b", owner=""),
)  # fmt: skip


def keyed(table: str, rows: list[Any]) -> dict[str, Any]:
    """The rows by what they are about."""
    place = next(number for number, field in enumerate(all_tables()[table].fields) if field.column.owner)
    return {"c" if table == "cluster_capacity" else row[place]: row for row in rows}


@pytest.mark.parametrize("table", DERIVED)
def test_an_unknown_cell_leaves_every_answer_or_makes_it_unknown(table: str) -> None:
    before = tables_of([world(*BUSY)])
    inputs = [base_tables()[name] for name in ("nodes", "pods", "workloads", "disruption_budgets")]
    changed, origin = with_cells_unknown(before, lambda _: inputs)
    derive(changed)
    told = keyed(table, before.rows[table])
    for copy in origin:
        for key, row in keyed(table, [row for row in changed.rows[table] if row.cluster == copy]).items():
            no_other_answer(table, told[key], row, str(origin[copy]))


@pytest.mark.parametrize("table", DERIVED)
def test_withheld_evidence_leaves_every_answer_or_makes_it_unknown(table: str) -> None:
    seen = world({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}}, *BUSY)
    told = keyed(table, tables_of([seen]).rows[table])
    for kind, namespace, how in withholdings(seen):
        less = tables_of([renamed(without(seen, kind, namespace, "running", how), "less")])
        for key, row in keyed(table, less.rows[table]).items():
            no_other_answer(table, told[key], row, f"{kind} {how}")


def no_other_answer(table: str, was: Any, now: Any, taken: str) -> None:
    for field, before, after in zip(all_tables()[table].fields, was, now, strict=True):
        if field.sql_type == "BOOLEAN":
            assert after in (before, None), f"{taken}: {field.name} went from {before} to {after}"
